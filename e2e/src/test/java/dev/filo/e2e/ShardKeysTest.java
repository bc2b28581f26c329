package dev.filo.e2e;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.mongodb.reactivestreams.client.MongoClient;
import dev.filo.admin.data.ShardKeys;
import dev.filo.admin.data.ShardKeys.Scatter;
import dev.filo.admin.data.ShardKeys.Sharded;
import dev.filo.platform.mongo.Mongo;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeSet;
import org.bson.BsonRegularExpression;
import org.bson.Document;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/**
 * Plays what people do in the shop on a real MongoDB whose profiler writes every query down; each
 * query of a collection that is spread over shards names its shard key, or is one that is said to
 * ask all of them. And no unique index would be impossible there.
 */
class ShardKeysTest extends ShopOverHttp {
  private static final int PROFILE_BYTES = 256 * 1024 * 1024;

  @TempDir Path data;

  @Test
  void everyQuery_carriesItsShardKey() {
    var uri = System.getenv("FILO_TEST_MONGODB_URI");
    Assumptions.assumeTrue(
        uri != null && !uri.isBlank(), "no real MongoDB: set FILO_TEST_MONGODB_URI");
    var prefix = "e2e_" + run + "_";
    try (var client = Mongo.client(uri, "test");
        var suite =
            SuiteProcess.start(
                data,
                Map.of(
                    "FILO_MONGODB_URI", uri,
                    "FILO_MONGODB_PREFIX", prefix,
                    "FILO_IDENTITY_PRIVACY_SETTLE", "3s"))) {
      try {
        target = suite.target();
        databases(client, prefix).forEach(name -> profile(client, name));
        play();
        var missing = new TreeSet<String>();
        var seen = new LinkedHashSet<String>();
        for (String name : databases(client, prefix)) {
          check(client, name, name.substring(prefix.length()), missing, seen);
        }
        assertThat(missing).isEmpty();
        // That there was something to look at: what everybody waits for.
        assertThat(seen)
            .contains(
                "cart.carts",
                "cart.orders",
                "inventory.levels",
                "inventory.holds",
                "journey.touchpoints",
                "identity.claims");
      } finally {
        databases(client, prefix)
            .forEach(name -> Mono.from(client.getDatabase(name).drop()).block(PATIENCE));
      }
    }
  }

  @Test
  void documentation_saysWhatTheCodeSays() throws Exception {
    var page = Files.readString(Path.of("..", "docs", "scaling.md"));
    assertThat(page).contains(ShardKeys.commands("filo_"));
    for (Scatter one : ShardKeys.SCATTERS) {
      assertThat(page).contains(one.why());
    }
    for (ShardKeys.Placement one : ShardKeys.PLACEMENTS) {
      assertThat(page).contains(one.why());
    }
  }

  private static void profile(MongoClient client, String name) {
    var database = client.getDatabase(name);
    Mono.from(
            database.runCommand(
                new Document("create", "system.profile")
                    .append("capped", true)
                    .append("size", PROFILE_BYTES)))
        .block(PATIENCE);
    Mono.from(database.runCommand(new Document("profile", 2))).block(PATIENCE);
  }

  /** A day in the shop. */
  private void play() {
    var mail = "julia-" + run + "@example.com";
    var guest = guest("phone");
    var sku = sku(guest);
    apply(guest, "add", Map.of("sku", sku, "quantity", 1), run + "1");
    var julia = token(mail, guest);
    var name = get(julia, "/v1/customers/me").path("name").asString("");
    get(julia, "/v1/customers/me/cart");
    apply(julia, "add", Map.of("sku", sku, "quantity", 1), run + "2");
    say(julia, "Buongiorno");
    var agent = staff("agent@filo.example");
    var clerk = staff("milano@filo.example");
    for (int i = 0; i < 2; i++) {
      var held =
          ok(
              call(
                  agent,
                  "POST",
                  "/v1/reservations",
                  json(
                      Map.of(
                          "customer",
                          name,
                          "store",
                          STORE,
                          "lines",
                          List.of(Map.of("sku", sku, "quantity", 1))))));
      var reservation = held.path("name").asString("");
      if (i == 0) {
        var code = get(julia, "/v1/" + reservation).path("pickupCode").asString("");
        ok(
            call(
                clerk,
                "POST",
                "/v1/" + STORE + "/pickups:collect",
                json(Map.of("pickupCode", code))));
      } else {
        ok(call(julia, "POST", "/v1/" + reservation + ":cancel", json(Map.of())));
      }
    }
    for (var line : get(julia, "/v1/customers/me/cart").path("lines")) {
      var id = line.path("id").asString("");
      apply(
          julia,
          "chooseFulfilment",
          Map.of("line", id, "fulfilment", Map.of("kind", "SHIP")),
          run + "way" + id);
    }
    ok(checkout(julia, "Julia"));
    get(julia, "/v1/customers/me/orders");
    get(julia, "/v1/customers/me/reservations");
    get(agent, "/v1/" + name + "/cart");
    await()
        .atMost(PATIENCE)
        .untilAsserted(
            () ->
                assertThat(
                        get(julia, "/v1/customers/me/timeline?pageSize=200")
                            .path("touchpoints")
                            .size())
                    .isGreaterThanOrEqualTo(3));
    var again = token(mail, guest("other")); // another guest becomes her
    var signIn = signIn(mail);
    var erasure =
        ok(
            call(
                again,
                "POST",
                "/v1/customers/me:erase",
                json(Map.of("signIn", signIn.name(), "code", signIn.code()))));
    var saga = erasure.path("name").asString("");
    await()
        .atMost(PATIENCE)
        .untilAsserted(
            () -> assertThat(get("", "/v1/" + saga).path("state").asString("")).isEqualTo("DONE"));
  }

  private static void check(
      MongoClient client, String name, String service, Set<String> missing, Set<String> seen) {
    var database = client.getDatabase(name);
    for (String collection :
        Objects.requireNonNull(
            Flux.from(database.listCollectionNames()).collectList().block(PATIENCE))) {
      if (collection.startsWith("system.")) {
        continue;
      }
      var placement = ShardKeys.of(service, collection);
      if (placement.isEmpty()) {
        missing.add(service + "." + collection + " is not in ShardKeys");
      } else if (placement.get() instanceof Sharded) {
        for (Document index :
            Objects.requireNonNull(
                Flux.from(database.getCollection(collection).listIndexes())
                    .collectList()
                    .block(PATIENCE))) {
          if (index.getBoolean("unique", false)) {
            missing.add(service + "." + collection + " cannot have a unique " + index.get("key"));
          }
        }
        for (Document entry :
            Objects.requireNonNull(
                Flux.from(
                        database
                            .getCollection("system.profile")
                            .find(
                                new Document("ns", name + "." + collection)
                                    .append("appName", new Document("$regex", "^filo-"))))
                    .collectList()
                    .block(PATIENCE))) {
          var filter = filter(entry);
          if (filter != null) {
            seen.add(service + "." + collection);
            for (var fields : alternatives(filter)) {
              if (!fields.contains("_id=") && !isSaid(service, collection, fields)) {
                missing.add(
                    service + "." + collection + " is asked by " + fields + ", not by its key");
              }
            }
          }
        }
      }
    }
  }

  private static boolean isSaid(String service, String collection, Set<String> fields) {
    return ShardKeys.SCATTERS.stream()
        .anyMatch(
            one ->
                one.service().equals(service)
                    && one.collection().equals(collection)
                    && one.fields().stream()
                        .allMatch(field -> fields.contains(field) || fields.contains(field + "=")));
  }

  /**
   * What an operation selects by; null when it selects nothing: an insert, the rest of a cursor.
   */
  private static @Nullable Document filter(Document entry) {
    var command = entry.get("command", Document.class);
    if (command == null) {
      return null;
    }
    if (command.get("pipeline") instanceof List<?> stages) {
      return stages.isEmpty()
          ? new Document()
          : ((Document) stages.getFirst()).get("$match", new Document());
    }
    return switch (entry.getString("op")) {
      case "query" -> command.get("filter", new Document());
      case "update", "remove" -> command.get("q", new Document());
      case "command" ->
          command.containsKey("findAndModify")
                  || command.containsKey("findandmodify")
                  || command.containsKey("count")
                  || command.containsKey("distinct")
              ? command.get("query", new Document())
              : null;
      default -> null;
    };
  }

  /**
   * The fields of a filter, for each of its alternatives; those it names by value, or by a list of
   * values, with a = behind.
   */
  private static List<Set<String>> alternatives(Document filter) {
    List<Set<String>> all = List.of(Set.of());
    for (var entry : filter.entrySet()) {
      all =
          switch (entry.getKey()) {
            case "$and" -> {
              var joined = all;
              for (var part : (List<?>) entry.getValue()) {
                joined = each(joined, alternatives((Document) part));
              }
              yield joined;
            }
            case "$or" ->
                each(
                    all,
                    ((List<?>) entry.getValue())
                        .stream().flatMap(part -> alternatives((Document) part).stream()).toList());
            default ->
                each(
                    all,
                    List.of(Set.of(entry.getKey() + (isByValue(entry.getValue()) ? "=" : ""))));
          };
    }
    return all;
  }

  private static List<Set<String>> each(List<Set<String>> these, List<Set<String>> those) {
    return these.stream()
        .flatMap(
            one ->
                those.stream()
                    .<Set<String>>map(
                        other -> {
                          var both = new TreeSet<>(one);
                          both.addAll(other);
                          return both;
                        }))
        .toList();
  }

  private static boolean isByValue(@Nullable Object value) {
    return !(value instanceof BsonRegularExpression)
        && (!(value instanceof Document operators)
            || operators.containsKey("$in")
            || operators.containsKey("$eq")
            || operators.keySet().stream().noneMatch(key -> key.startsWith("$")));
  }
}
