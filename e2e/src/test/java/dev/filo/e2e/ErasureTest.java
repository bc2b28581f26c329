package dev.filo.e2e;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.mongodb.reactivestreams.client.MongoClient;
import dev.filo.embedded.EmbeddedMongo;
import dev.filo.platform.mongo.Mongo;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.zip.ZipInputStream;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import reactor.core.publisher.Mono;
import tools.jackson.databind.JsonNode;

/**
 * Somebody who has left traces in every service is exported and erased, through HTTP, while the
 * suite is killed; then all databases are looked through for anything of hers.
 */
class ErasureTest extends ShopOverHttp {
  @TempDir Path data;

  @Test
  void erased_embeddedStore_leavesNothingOfHer() {
    try (var suite = SuiteProcess.start(data, Map.of("FILO_IDENTITY_PRIVACY_SETTLE", "3s"))) {
      play(suite, () -> {});
    }
    try (var store = EmbeddedMongo.start(data.resolve("store"));
        var client = Mongo.client(store.uri(), "test")) {
      assertNothingOfHer(client, "filo_");
    }
  }

  @Test
  void fixture17_erased_realMongoDb_leavesNothingOfHerAndReplaysBringNothingBack() {
    var uri = System.getenv("FILO_TEST_MONGODB_URI");
    Assumptions.assumeTrue(
        uri != null && !uri.isBlank(), "no real MongoDB: set FILO_TEST_MONGODB_URI");
    var prefix = "e2e_" + run + "_";
    try (var client = Mongo.client(uri, "test");
        var suite =
            SuiteProcess.start(
                data,
                Map.of(
                    "FILO_MONGODB_URI",
                    uri,
                    "FILO_MONGODB_PREFIX",
                    prefix,
                    "FILO_IDENTITY_PRIVACY_SETTLE",
                    "3s"))) {
      try {
        play(suite, () -> assertNothingOfHer(client, prefix));
        replay(client, prefix, suite);
        assertNothingOfHer(client, prefix);
        assertThat(mentions(client, prefix, List.of(julia.name)).get(julia.name))
            .as("where her random name still stands")
            .isSubsetOf(
                "identity/customers",
                "identity/erased",
                "identity/erasures",
                "identity/erasure_sagas",
                "identity/audit_log",
                "identity/feed",
                "identity/sessions",
                "cart/aliases",
                "cart/erased",
                "cart/erasures",
                "cart/feed",
                "reservation/aliases",
                "reservation/erased",
                "reservation/erasures",
                "reservation/feed",
                "conversation/aliases",
                "conversation/erased",
                "conversation/erasures",
                "conversation/feed",
                "journey/aliases",
                "journey/erased",
                "journey/erasures",
                "inventory/aliases",
                "inventory/erased",
                "inventory/erasures",
                "catalog/aliases",
                "catalog/erased",
                "catalog/erasures");
      } finally {
        databases(client, prefix)
            .forEach(name -> Mono.from(client.getDatabase(name).drop()).block(PATIENCE));
      }
    }
  }

  /** A person, and what only she is known by. */
  private final class Person {
    final String email;
    final String given;
    final String family;
    final String note;
    final String said;
    final String saidBefore;
    final String device;
    String token = "";
    String name = "";
    String alias = "";

    Person(String who) {
      email = who + "-" + run + "@example.com";
      given = "Given" + who + run;
      family = "<b>Family</b>" + who + run;
      note = "note of " + who + run;
      said = "said by " + who + run;
      saidBefore = "said before by " + who + run;
      device = "Device" + who + run;
    }

    List<String> traces() {
      return List.of(email, given, "Family</b>" + family.substring(13), note, said, device);
    }
  }

  private final Person julia = new Person("julia");
  private final Person marco = new Person("marco");

  private void play(SuiteProcess suite, Runnable check) {
    target = suite.target();
    live(julia);
    live(marco);
    var before = seenBy(marco);
    var sold = sold();
    var manager = staff("manager@filo.example");

    // A dry run says what there is and changes nothing.
    var hers = seenBy(julia);
    var preview = get(julia.token, "/v1/customers/me:previewErasure");
    assertThat(preview.path("state").asString("")).isEqualTo("PREVIEW");
    var counts = counts(preview);
    assertThat(counts)
        .containsEntry("profiles", 2L)
        .containsEntry("carts", 2L)
        .containsEntry("collected_reservations", 1L)
        .containsEntry("reservations", 1L)
        .containsEntry("conversations", 2L);
    assertThat(counts.get("messages")).isGreaterThanOrEqualTo(3);
    assertThat(counts.get("touchpoints")).isPositive();
    assertThat(seenBy(julia)).isEqualTo(hers);
    assertThat(counts(get(julia.token, "/v1/customers/me:previewErasure"))).isEqualTo(counts);
    assertThat(call(marco.token, "GET", "/v1/" + julia.name + ":previewErasure", null).status())
        .isEqualTo(404);

    exported();

    // Not without showing again that she is herself.
    assertThat(call(julia.token, "POST", "/v1/customers/me:erase", "{}").text("reason"))
        .isEqualTo("CONFIRMATION_NEEDED");
    var others = signIn(marco.email);
    assertThat(
            call(
                    julia.token,
                    "POST",
                    "/v1/customers/me:erase",
                    json(Map.of("signIn", others.name(), "code", others.code())))
                .text("reason"))
        .isEqualTo("CONFIRMATION_NEEDED");
    assertThat(call(marco.token, "POST", "/v1/" + julia.name + ":erase", json(Map.of())).status())
        .isEqualTo(404);

    var again = signIn(julia.email);
    var erasure =
        ok(
            call(
                julia.token,
                "POST",
                "/v1/customers/me:erase",
                json(Map.of("signIn", again.name(), "code", again.code()))));
    var name = erasure.path("name").asString("");
    assertThat(name).startsWith("erasures/");
    suite.killAndRestart();
    suite.killAndRestart();
    await()
        .atMost(PATIENCE)
        .untilAsserted(
            () -> assertThat(get("", "/v1/" + name).path("state").asString("")).isEqualTo("DONE"));
    var done = get("", "/v1/" + name);
    assertThat(done.path("receipts"))
        .hasSize(5)
        .allMatch(receipt -> receipt.path("done").asBoolean(false))
        .allMatch(receipt -> !receipt.path("time").asString("").isEmpty());
    counts.remove("events"); // more of them were there in the end
    counts.remove("audit_entries");
    counts.remove("sessions");
    counts.remove("touchpoints");
    counts.remove("messages"); // her reservation was cancelled, and she was told
    assertThat(counts(done)).containsAllEntriesOf(counts);

    // Her tokens are worth nothing; she is not there for anybody.
    assertThat(call(julia.token, "GET", "/v1/customers/me", null).status()).isEqualTo(401);
    assertThat(call(manager, "GET", "/v1/" + julia.name, null).status()).isEqualTo(404);
    assertThat(call(manager, "GET", "/v1/" + julia.alias, null).status()).isEqualTo(404);
    var agent = staff("agent@filo.example");
    assertThat(call(agent, "GET", "/v1/" + julia.name + "/cart", null).status()).isEqualTo(404);
    check.run();

    // What others have, and what law keeps, is as it was.
    marco.token = token(marco.email, "");
    assertThat(seenBy(marco)).isEqualTo(before);
    assertThat(sold()).isEqualTo(sold);

    // Her address is anybody's.
    var new_ = token(julia.email, "");
    var me = get(new_, "/v1/customers/me");
    assertThat(me.path("name").asString("")).isNotEqualTo(julia.name).isNotEqualTo(julia.alias);
    assertThat(get(new_, "/v1/customers/me/cart").path("lines")).isEmpty();
    // ... and by a manager, who says why.
    var second = me.path("name").asString("");
    assertThat(call(manager, "POST", "/v1/" + second + ":erase", json(Map.of())).status())
        .isEqualTo(400);
    var asked =
        ok(
            call(
                manager,
                "POST",
                "/v1/" + second + ":erase",
                json(Map.of("reason", "asked by letter"))));
    await()
        .atMost(PATIENCE)
        .untilAsserted(
            () ->
                assertThat(
                        get("", "/v1/" + asked.path("name").asString(""))
                            .path("state")
                            .asString(""))
                    .isEqualTo("DONE"));
    var audit = get(manager, "/v1/auditEntries?pageSize=100");
    assertThat(audit.path("auditEntries"))
        .anyMatch(
            entry ->
                entry.path("action").asString("").equals("customer.erase")
                    && entry.path("subject").asString("").equals(second)
                    && entry.path("changes").path("reason").asString("").equals("asked by letter"));
  }

  /** Leaves traces everywhere, on two devices, as two customers who turn out to be one. */
  private void live(Person person) {
    var guest = guest(person.device);
    person.alias = get(guest, "/v1/customers/me").path("name").asString("");
    var sku = sku(guest);
    var first = guest(person.device + "2");
    apply(first, "add", Map.of("sku", sku, "quantity", 1), person.email + "-1");
    person.token = token(person.email, first);
    person.name = get(person.token, "/v1/customers/me").path("name").asString("");
    ok(
        call(
            person.token,
            "PATCH",
            "/v1/customers/me",
            json(Map.of("givenName", person.given, "familyName", person.family))));
    ok(
        call(
            person.token,
            "PATCH",
            "/v1/customers/me/consents",
            json(
                Map.of(
                    "purpose",
                    "PURPOSE_OFFERS",
                    "channel",
                    "CHANNEL_EMAIL",
                    "granted",
                    true,
                    "proof",
                    "privacy page"))));
    var cart = apply(person.token, "add", Map.of("sku", sku, "quantity", 1), person.email + "-2");
    apply(
        person.token,
        "note",
        Map.of("line", cart.path("lines").path(0).path("id").asString(""), "note", person.note),
        person.email + "-3");
    apply(guest, "add", Map.of("sku", sku, "quantity", 1), person.email + "-4");
    say(guest, person.saidBefore);
    var merged = token(person.email, guest);
    assertThat(get(merged, "/v1/customers/me").path("name").asString("")).isEqualTo(person.name);
    say(person.token, person.said);
    reserve(person, sku, true);
    reserve(person, sku, false);
    await()
        .atMost(PATIENCE)
        .untilAsserted(
            () ->
                assertThat(
                        get(person.token, "/v1/customers/me/timeline?pageSize=200")
                            .path("touchpoints")
                            .size())
                    .isGreaterThanOrEqualTo(6));
  }

  private void reserve(Person person, String sku, boolean collect) {
    var agent = staff("agent@filo.example");
    var held =
        ok(
            call(
                agent,
                "POST",
                "/v1/reservations",
                json(
                    Map.of(
                        "customer",
                        person.name,
                        "store",
                        STORE,
                        "lines",
                        List.of(Map.of("sku", sku, "quantity", 1))))));
    if (collect) {
      var code =
          get(person.token, "/v1/" + held.path("name").asString(""))
              .path("pickupCode")
              .asString("");
      ok(
          call(
              staff("milano@filo.example"),
              "POST",
              "/v1/" + STORE + "/pickups:collect",
              json(Map.of("pickupCode", code))));
    }
  }

  private void exported() {
    assertThat(call(julia.token, "POST", "/v1/customers/me:export", "{}").text("reason"))
        .isEqualTo("CONFIRMATION_NEEDED");
    var shown = signIn(julia.email);
    var leave =
        ok(
            call(
                julia.token,
                "POST",
                "/v1/customers/me:export",
                json(Map.of("signIn", shown.name(), "code", shown.code()))));
    var path = URI.create(leave.path("uri").asString("")).getPath();
    assertThat(call(marco.token, "GET", path, null).status()).isEqualTo(404);
    // ... and of her own sessions only the one that asked.
    assertThat(call(token(julia.email, ""), "GET", path, null).status()).isEqualTo(404);
    var response = send(request(julia.token, "GET", path, null), bytes());
    assertThat(response.statusCode()).isEqualTo(200);
    assertThat(response.headers().firstValue("content-type")).hasValue("application/zip");
    assertThat(response.headers().firstValue("cache-control")).hasValue("no-store");
    var files = unzip(response.body());
    assertThat(files.keySet())
        .contains("index.html", "contents.json", "identity/customers-1.json", "cart/carts-1.json")
        .contains("conversation/messages-1.json", "journey/touchpoints-1.json");
    assertThat(JSON.readTree(files.get("contents.json")).path("complete").asBoolean(false))
        .isTrue();
    var all = String.join("\n", files.values());
    assertThat(all).contains(julia.email, julia.given, julia.note, julia.said, julia.device);
    assertThat(all).doesNotContain(marco.email, marco.said, marco.name);
    assertThat(files.get("index.html"))
        .contains("&lt;b&gt;Family&lt;/b&gt;", julia.said)
        .doesNotContain("<b>Family");
  }

  private Map<String, Object> seenBy(Person person) {
    var me = get(person.token, "/v1/customers/me");
    return Map.of(
        "name",
        me.path("name").asString(""),
        "given",
        me.path("givenName").asString(""),
        "identifiers",
        me.path("identifiers").size(),
        "cart",
        get(person.token, "/v1/customers/me/cart").path("lines").size(),
        "messages",
        get(person.token, "/v1/customers/me/conversation/messages?pageSize=200")
            .path("messages")
            .toString(),
        "reservations",
        get(person.token, "/v1/reservations").path("reservations").size(),
        "consents",
        get(person.token, "/v1/customers/me/consents").path("consents").size());
  }

  /** How many reservations the store has handed over. */
  private long sold() {
    return get(
            staff("milano@filo.example"),
            "/v1/reservations?states=COLLECTED&store=" + STORE + "&pageSize=100")
        .path("reservations")
        .size();
  }

  /** Every follower reads every feed from the start. */
  private static void replay(MongoClient client, String prefix, SuiteProcess suite) {
    fromTheStart(client, prefix);
    suite.killAndRestart();
    await().atMost(PATIENCE).untilAsserted(() -> assertRead(client, prefix));
  }

  private void assertNothingOfHer(MongoClient client, String prefix) {
    var sought = new ArrayList<>(julia.traces());
    sought.add(marco.email);
    assertThat(mentions(client, prefix, sought).keySet())
        .as("what stands anywhere; his address shows that what is there is found")
        .containsExactly(marco.email);
  }

  private static Map<String, Long> counts(JsonNode erasure) {
    var counts = new HashMap<String, Long>();
    for (var receipt : erasure.path("receipts")) {
      for (var treatment : receipt.path("treatments")) {
        counts.merge(
            treatment.path("category").asString(""),
            Long.parseLong(treatment.path("count").asString("0")),
            Long::sum);
      }
    }
    return counts;
  }

  private static Map<String, String> unzip(byte[] zip) {
    var files = new HashMap<String, String>();
    try (var in = new ZipInputStream(new ByteArrayInputStream(zip))) {
      for (var entry = in.getNextEntry(); entry != null; entry = in.getNextEntry()) {
        files.put(entry.getName(), new String(in.readAllBytes(), StandardCharsets.UTF_8));
      }
    } catch (IOException e) {
      throw new AssertionError(e);
    }
    return files;
  }
}
