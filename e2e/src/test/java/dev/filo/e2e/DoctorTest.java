package dev.filo.e2e;

import static com.mongodb.client.model.Filters.eq;
import static com.mongodb.client.model.Updates.combine;
import static com.mongodb.client.model.Updates.set;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.mongodb.client.model.IndexOptions;
import com.mongodb.reactivestreams.client.MongoClient;
import com.mongodb.reactivestreams.client.MongoDatabase;
import dev.filo.admin.AdminCommand;
import dev.filo.embedded.EmbeddedMongo;
import dev.filo.platform.mongo.Mongo;
import dev.filo.suite.FreePorts;
import dev.filo.suite.Suite;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Date;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.bson.Document;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import tools.jackson.databind.JsonNode;

/** {@code ./filo doctor} at a suite that is well, and at suites that are not. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class DoctorTest extends ShopOverHttp {
  private static final Set<String> PARTS =
      Set.of("identity", "catalog", "inventory", "reservation", "cart", "conversation", "journey");

  private final String prefix = "e2e_" + run + "_";
  private EmbeddedMongo embedded;
  private MongoClient client;
  private SuiteProcess suite;
  private Path folder;

  @BeforeAll
  void start(@TempDir Path folder) {
    this.folder = folder;
    // Not a MongoDB of the machine's: how full its disk is, is nothing of ours.
    embedded = EmbeddedMongo.start(folder.resolve("store"));
    var uri = embedded.uri();
    client = Mongo.client(uri, "test");
    suite =
        SuiteProcess.start(
            folder.resolve("suite"),
            Map.of("FILO_MONGODB_URI", uri, "FILO_MONGODB_PREFIX", prefix));
    target = suite.target();
  }

  @AfterAll
  void stop() {
    suite.close();
    client.close();
    embedded.close();
  }

  /** What the doctor says. */
  private record Diagnosis(int exit, JsonNode said) {
    List<String> of(String check, String part) {
      return said.path("checks")
          .valueStream()
          .filter(each -> each.path("check").asString("").equals(check))
          .filter(each -> each.path("part").asString("").equals(part))
          .map(each -> each.path("state").asString("") + " " + each.path("seen").asString(""))
          .toList();
    }

    List<String> unwell() {
      return said.path("checks")
          .valueStream()
          .filter(each -> !each.path("state").asString("").equals("OK"))
          .map(each -> each.path("check").asString("") + " " + each.path("part").asString(""))
          .toList();
    }
  }

  private Diagnosis diagnose() {
    return diagnose(suite.target(), suite.door(), folder.resolve("suite/secrets.properties"));
  }

  private static Diagnosis diagnose(String target, String door, Path secret) {
    var out = new StringWriter();
    int exit =
        new CommandLine(new AdminCommand())
            .setOut(new PrintWriter(out, true))
            .execute(
                "doctor",
                "--json",
                "--target=" + target,
                "--grpc=" + door,
                "--secret-file=" + secret);
    return new Diagnosis(exit, JSON.readTree(out.toString()));
  }

  private MongoDatabase database(String service) {
    return client.getDatabase(prefix + service);
  }

  private void awaitWell() {
    await()
        .atMost(PATIENCE)
        .untilAsserted(
            () -> {
              var found = diagnose();
              assertThat(found.said.path("checks").valueStream().toList())
                  .allMatch(each -> each.path("state").asString("").equals("OK"));
              assertThat(found.exit).isZero();
            });
  }

  @Test
  void suiteThatIsWell_isSaidToBe() {
    awaitWell();
    var found = diagnose();
    assertThat(found.exit).isZero();
    assertThat(found.said.path("well").asBoolean(false)).isTrue();
    var checks =
        found
            .said
            .path("checks")
            .valueStream()
            .map(each -> each.path("check").asString(""))
            .toList();
    assertThat(checks)
        .contains(
            "gateway",
            "till-door",
            "sign-in",
            "reachable",
            "versions",
            "clocks",
            "database",
            "indexes",
            "outbox",
            "feeds",
            "stock",
            "signing-key",
            "passkeys",
            "public-url");
    assertThat(found.of("reachable", "").getFirst()).contains(PARTS);
  }

  @Test
  void suiteThatIsWell_isToldInWords() {
    awaitWell();
    var out = new StringWriter();
    int exit =
        new CommandLine(new AdminCommand())
            .setOut(new PrintWriter(out, true))
            .execute(
                "doctor",
                "--target=" + suite.target(),
                "--grpc=" + suite.door(),
                "--secret-file=" + folder.resolve("suite/secrets.properties"));
    assertThat(exit).isZero();
    assertThat(out.toString()).contains("OK    indexes").endsWith("Everything is well.\n");
  }

  @Test
  void indexThatIsMissing_isNamed() {
    var carts = database("cart").getCollection("carts");
    var index =
        Flux.from(carts.listIndexes())
            .filter(each -> !each.getString("name").equals("_id_"))
            .blockFirst(PATIENCE);
    assertThat(index).isNotNull();
    var keys = index.get("key", Document.class);
    Mono.from(carts.dropIndex(index.getString("name"))).block(PATIENCE);
    try {
      var found = diagnose();
      assertThat(found.exit).isEqualTo(1);
      assertThat(found.of("indexes", "cart"))
          .containsExactly("FAIL Missing: carts(" + String.join(", ", keys.keySet()) + ").");
      assertThat(found.unwell()).contains("indexes cart").doesNotContain("reachable ");
    } finally {
      Mono.from(
              carts.createIndex(
                  keys,
                  new IndexOptions()
                      .unique(index.getBoolean("unique", false))
                      .sparse(index.getBoolean("sparse", false))))
          .block(PATIENCE);
    }
    awaitWell();
  }

  @Test
  void readerThatStandsStill_isNamed() {
    awaitWell();
    var positions = database("journey").getCollection("positions");
    var reader = eq("_id", "touchpoints-cart");
    Mono.from(
            positions.updateOne(
                reader,
                combine(
                    set("owner", "nobody"),
                    set("ownedUntil", Date.from(Instant.parse("2200-01-01T00:00:00Z"))))))
        .block(PATIENCE);
    try {
      var token = guest("doctor");
      apply(token, "add", Map.of("sku", Goods.next(), "quantity", 1), "op-" + run);
      await()
          .atMost(PATIENCE)
          .untilAsserted(
              () -> {
                var found = diagnose();
                assertThat(found.exit).isEqualTo(1);
                assertThat(found.of("feeds", "journey")).hasSize(1);
                assertThat(found.of("feeds", "journey").getFirst())
                    .startsWith("FAIL Its reader touchpoints-cart is ")
                    .endsWith(" behind cart and stands still.");
              });
    } finally {
      Mono.from(positions.updateOne(reader, set("ownedUntil", Date.from(Instant.EPOCH))))
          .block(PATIENCE);
    }
    awaitWell();
  }

  @Test
  void serviceThatIsAway_isNamedAndTheRestIsChecked(@TempDir Path data) throws Exception {
    int port = FreePorts.next();
    int grpcPort = FreePorts.next();
    var environment = new HashMap<String, String>();
    environment.put("FILO_PORT", Integer.toString(port));
    environment.put("FILO_GRPC_PORT", Integer.toString(grpcPort));
    environment.put("FILO_DATA", data.toString());
    environment.put("FILO_DEMO", "false");
    var services = new ArrayList<>(PARTS);
    services.remove("journey");
    try (var away = Suite.start(environment, Map.of(), Set.copyOf(services), line -> {})) {
      assertThat(away).isNotNull();
      await()
          .atMost(PATIENCE)
          .untilAsserted(
              () -> {
                var found =
                    diagnose(
                        "http://localhost:" + port,
                        "localhost:" + grpcPort,
                        data.resolve("secrets.properties"));
                assertThat(found.unwell()).containsExactly("reachable journey");
                assertThat(found.exit).isEqualTo(1);
                assertThat(found.of("indexes", "").getFirst()).startsWith("OK All ");
                assertThat(found.of("stock", "inventory")).hasSize(1);
              });
    }
  }

  @Test
  void noGateway_cannotBeLookedAt() throws Exception {
    var found =
        diagnose(
            "http://localhost:" + FreePorts.next(),
            suite.door(),
            folder.resolve("suite/secrets.properties"));
    assertThat(found.exit).isEqualTo(2);
    assertThat(found.unwell()).containsExactly("gateway gateway");
    assertThat(found.of("till-door", "gateway").getFirst()).startsWith("OK");
  }

  @Test
  void wrongSecret_tellsTheHealthOnly() throws Exception {
    var secret = Files.writeString(folder.resolve("wrong"), "wrong-secret");
    var found = diagnose(suite.target(), suite.door(), secret);
    assertThat(found.exit).isEqualTo(2);
    assertThat(found.unwell()).containsExactly("sign-in identity");
    for (var part : PARTS) {
      assertThat(found.of("health", part)).containsExactly("OK Serves.");
    }
  }

  @Test
  void whoMayNotKnow_isRefused() {
    var answer = call(guest("doctor"), "GET", "/v1/diagnosis", null);
    assertThat(answer.status()).isEqualTo(403);
    assertThat(answer.text("reason")).isEqualTo("ROLE_NOT_ALLOWED");
    assertThat(call("", "GET", "/v1/diagnosis", null).status()).isEqualTo(401);
  }
}
