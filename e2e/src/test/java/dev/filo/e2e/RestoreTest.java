package dev.filo.e2e;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.mongodb.reactivestreams.client.MongoClient;
import dev.filo.admin.AdminCommand;
import dev.filo.platform.mongo.Mongo;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import org.bson.Document;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/**
 * The whole suite on a real MongoDB: backups are made while people reserve, collect, become one and
 * are erased; then services are restored to different moments, one not at all. Once they have
 * reconciled, stock and reservations agree, nobody is somebody else than identity says, carts are
 * there, who was erased is not, and every follower goes on.
 */
class RestoreTest extends ShopOverHttp {
  @TempDir Path data;

  private String uri = "";
  private String prefix = "";

  private record Told(int code, String text) {}

  private Told admin(String... arguments) {
    var out = new StringWriter();
    int code =
        new CommandLine(new AdminCommand())
            .setOut(new PrintWriter(out))
            .setErr(new PrintWriter(out))
            .execute(arguments);
    return new Told(code, out.toString());
  }

  private Told data(String command, String... more) {
    var arguments = new java.util.ArrayList<>(List.of(command));
    arguments.addAll(List.of(more));
    arguments.addAll(List.of("--mongodb-uri", uri, "--prefix", prefix));
    return admin(arguments.toArray(String[]::new));
  }

  private void done(Told told) {
    assertThat(told.code).as(told.text).isZero();
  }

  @Test
  void servicesRestoredToDifferentMoments_reconcile() {
    uri = Objects.requireNonNullElse(System.getenv("FILO_TEST_MONGODB_URI"), "");
    Assumptions.assumeFalse(uri.isBlank(), "no real MongoDB: set FILO_TEST_MONGODB_URI");
    prefix = "e2e_" + run + "_";
    try (var client = Mongo.client(uri, "test");
        var suite =
            SuiteProcess.start(
                data.resolve("suite"),
                Map.of(
                    "FILO_MONGODB_URI", uri,
                    "FILO_MONGODB_PREFIX", prefix,
                    "FILO_IDENTITY_PRIVACY_SETTLE", "3s"))) {
      try {
        play(suite, client);
      } finally {
        databases(client, prefix)
            .forEach(name -> Mono.from(client.getDatabase(name).drop()).block(PATIENCE));
      }
    }
  }

  private String mail(String who) {
    return who + "-" + run + "@example.com";
  }

  private void play(SuiteProcess suite, MongoClient client) {
    target = suite.target();
    var first = data.resolve("first");
    var second = data.resolve("second");
    var julia = token(mail("julia"), "");
    var marco = token(mail("marco"), "");
    var nina = token(mail("nina"), "");
    var sku = sku(julia);
    put(julia, sku, "j1");
    put(nina, sku, "n1");
    var guest = guest("phone");
    var alias = name(guest);
    put(guest, sku, "g1");
    var early = reserve(name(julia), sku);
    done(data("backup", first.toString()));
    assertThat(data("backup", first.toString()).code).isEqualTo(3); // never over another

    // After the first backup: she is marco too, one more is kept, one is handed over.
    assertThat(name(token(mail("marco"), guest))).isEqualTo(name(marco));
    var handedOver = reserve(name(julia), sku);
    collect(julia, handedOver);
    done(data("backup", second.toString()));

    // After the second: what inventory will not know of, what reservation will not.
    collect(julia, early);
    put(julia, sku, "j2");
    erase(nina);
    await()
        .atMost(PATIENCE)
        .untilAsserted(
            () -> {
              assertRead(client, prefix);
              assertThat(learned(client, "cart")).containsKey(alias);
            });
    var pieces = pieces(client, name(julia));
    assertThat(data("restore", first.toString(), "--replace").code).isEqualTo(3); // Filo runs

    suite.whileStopped(
        () -> {
          assertThat(data("restore", first.toString()).text).contains("--replace");
          damageIsFound(second);
          done(data("restore", first.toString(), "--replace", "--service", "identity"));
          done(data("restore", first.toString(), "--replace", "--service", "reservation"));
          done(data("restore", second.toString(), "--replace", "--service", "inventory"));
          done(data("restore", first.toString(), "--replace", "--service", "journey"));
        });
    await()
        .atMost(PATIENCE.multipliedBy(2))
        .untilAsserted(() -> done(data("reconcile", "--status")));

    stockAndReservationsAgree(client);
    var check =
        admin(
            "check",
            "--target",
            target,
            "--grpc",
            suite.door(),
            "--secret-file",
            data.resolve("suite").resolve("secrets.properties").toString());
    done(check);

    // Who is who is what identity says: it has forgotten that he is the guest on the phone.
    assertThat(learnedByIdentity(client)).doesNotContainKey(alias);
    assertThat(pieces(client, alias)).isEqualTo(1);
    for (String service : List.of("cart", "reservation", "conversation", "journey")) {
      assertThat(learnedByIdentity(client))
          .as(service)
          .containsAllEntriesOf(learned(client, service));
    }
    // Nobody who was erased is back.
    assertThat(mentions(client, prefix, List.of(mail("nina")))).isEmpty();
    // Carts are where they were, and go on.
    var again = token(mail("julia"), "");
    assertThat(pieces(client, name(again))).isEqualTo(pieces);
    put(again, sku, "j3");
    var late = reserve(name(again), sku);
    collect(again, late);
    await().atMost(PATIENCE).untilAsserted(() -> assertRead(client, prefix));
    stockAndReservationsAgree(client);
  }

  private void damageIsFound(Path backup) {
    try {
      var file = backup.resolve(prefix + "inventory").resolve("levels.bson.gz");
      var good = Files.readAllBytes(file);
      var bad = good.clone();
      bad[bad.length / 2] ^= 1;
      Files.write(file, bad);
      var told = data("restore", backup.toString(), "--replace", "--service", "inventory");
      assertThat(told.code).isEqualTo(3);
      assertThat(told.text).contains("checksum");
      Files.write(file, good);
    } catch (java.io.IOException e) {
      throw new java.io.UncheckedIOException(e);
    }
  }

  private String name(String token) {
    return get(token, "/v1/customers/me").path("name").asString("");
  }

  private void put(String token, String sku, String id) {
    apply(token, "add", Map.of("sku", sku, "quantity", 1), run + id);
  }

  private String reserve(String customer, String sku) {
    return ok(call(
            staff("agent@filo.example"),
            "POST",
            "/v1/reservations",
            json(
                Map.of(
                    "customer",
                    customer,
                    "store",
                    STORE,
                    "lines",
                    List.of(Map.of("sku", sku, "quantity", 1))))))
        .path("name")
        .asString("");
  }

  private void collect(String token, String reservation) {
    var code = get(token, "/v1/" + reservation).path("pickupCode").asString("");
    ok(
        call(
            staff("milano@filo.example"),
            "POST",
            "/v1/" + STORE + "/pickups:collect",
            json(Map.of("pickupCode", code))));
  }

  private void erase(String token) {
    var again = signIn(mail("nina"));
    var erasure =
        ok(
            call(
                token,
                "POST",
                "/v1/customers/me:erase",
                json(Map.of("signIn", again.name(), "code", again.code()))));
    var name = erasure.path("name").asString("");
    await()
        .atMost(PATIENCE)
        .untilAsserted(
            () -> assertThat(get("", "/v1/" + name).path("state").asString("")).isEqualTo("DONE"));
  }

  // ---- a look into the databases

  private List<Document> all(
      MongoClient client, String service, String collection, Document which) {
    return Objects.requireNonNull(
        Flux.from(client.getDatabase(prefix + service).getCollection(collection).find(which))
            .collectList()
            .block(PATIENCE));
  }

  /** Pieces in a customer's cart. */
  private int pieces(MongoClient client, String customer) {
    return all(client, "cart", "carts", new Document("_id", customer)).stream()
        .flatMap(cart -> cart.getList("lines", Document.class, List.of()).stream())
        .mapToInt(line -> ((Number) line.get("quantity")).intValue())
        .sum();
  }

  private Map<String, String> learned(MongoClient client, String service) {
    var learned = new HashMap<String, String>();
    for (Document row : all(client, service, "aliases", new Document())) {
      if (!row.getString("_id").equals(row.getString("subject"))) {
        learned.put(row.getString("_id"), row.getString("subject"));
      }
    }
    return learned;
  }

  private Map<String, String> learnedByIdentity(MongoClient client) {
    var learned = new HashMap<String, String>();
    for (Document row :
        all(client, "identity", "customers", new Document("mergedInto", new Document("$gt", "")))) {
      learned.put(customer(row.getString("_id")), customer(row.getString("mergedInto")));
    }
    return learned;
  }

  private static String customer(String id) {
    return id.startsWith("customers/") ? id : "customers/" + id;
  }

  /** What is kept is held, what is held is kept, what was handed over is sold. */
  private void stockAndReservationsAgree(MongoClient client) {
    var kept = new HashSet<String>();
    for (Document one : all(client, "reservation", "reservations", new Document())) {
      if (Set.of("HELD", "PREPARED").contains(one.getString("state"))) {
        kept.add(one.getString("hold"));
      }
    }
    await()
        .atMost(PATIENCE)
        .untilAsserted(
            () -> {
              var held = new HashSet<String>();
              for (Document one : all(client, "inventory", "holds", new Document())) {
                if (one.getString("owner").startsWith("reservations/")
                    && one.getString("state").equals("ACTIVE")) {
                  held.add(one.getString("_id"));
                }
              }
              assertThat(held).isEqualTo(kept);
            });
  }
}
