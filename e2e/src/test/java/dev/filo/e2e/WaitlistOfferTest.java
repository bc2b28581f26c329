package dev.filo.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.function.Predicate;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * A line from end to end, through the door of a running suite on its embedded store: a piece
 * becomes free, the first in line is offered it, takes it, and has a reservation; what she gives
 * back goes to the next. And what a store does not see is mailed to its manager.
 */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class WaitlistOfferTest {
  private static final JsonMapper JSON = JsonMapper.builder().build();
  private static final String STORE = "stores/milano-buenos-aires";
  private static final String MANAGER = "manager@filo.example";
  private static final Duration PATIENCE = Duration.ofSeconds(60);
  private static final String LINES = "/v1/customers/me/waitlistEntries:watch";

  private final HttpClient http = HttpClient.newHttpClient();
  private @Nullable SuiteProcess suite;
  private String target = "";
  private String till = "";

  @BeforeAll
  void open(@TempDir Path data) throws Exception {
    target = System.getProperty("filo.target", "");
    if (target.isEmpty()) {
      suite = SuiteProcess.start(data.resolve("suite"), Map.of());
      target = suite.target();
    }
    till = token("grant_type=client_credentials&client_id=till-milano-1&client_secret=till-secret");
  }

  @AfterAll
  void close() {
    if (suite != null) {
      suite.close();
    }
  }

  @Test
  void aPieceThatBecomesFree_goesToTheFirstInLine_andOnToTheNext() throws Exception {
    var sku = Goods.next();
    move("COUNT", sku, 0);
    var anna = guest();
    var bea = guest();
    var first = join(anna, sku);
    assertThat(text(first, "state")).isEqualTo("WAITING");
    assertThat(first.path("position").asInt(0)).isEqualTo(1);
    var second = join(bea, sku);
    assertThat(second.path("position").asInt(0)).isEqualTo(2);
    assertThat(post("/v1/waitlistEntries", anna, line(sku)).statusCode())
        .as("she is in it already")
        .isEqualTo(409);
    assertThat(post("/v1/" + text(first, "name") + ":accept", anna, Map.of()).statusCode())
        .as("nothing is held for her yet")
        .isEqualTo(400);

    try (var annas = new Watch(anna);
        var beas = new Watch(bea)) {
      annas.until(entry -> text(entry, "state").equals("WAITING"));
      beas.until(entry -> entry.path("position").asInt(0) == 2);

      move("RECEIPT", sku, 1);
      var offered = annas.until(entry -> text(entry, "state").equals("OFFERED"));
      assertThat(offered.path("offeredQuantity").asInt(0)).isEqualTo(1);
      assertThat(text(offered, "offerExpireTime")).isNotEmpty();
      beas.until(entry -> entry.path("position").asInt(0) == 1);
      var hurried = post("/v1/reservations", guest(), reservation(sku));
      assertThat(hurried.statusCode()).as(hurried.body()).isEqualTo(400);
      assertThat(hurried.body()).as("it is hers").contains("STOCK_INSUFFICIENT");

      var key = UUID.randomUUID().toString();
      var taken = ok(post("/v1/" + text(first, "name") + ":accept", anna, Map.of(), key));
      assertThat(text(taken, "state")).isEqualTo("TAKEN");
      assertThat(ok(post("/v1/" + text(first, "name") + ":accept", anna, Map.of(), key)))
          .isEqualTo(taken);
      var kept = ok(get("/v1/" + text(taken, "reservation"), anna));
      assertThat(text(kept, "state")).isEqualTo("HELD");
      assertThat(text(kept.path("lines").path(0), "sku")).isEqualTo(sku);
      assertThat(text(kept, "pickupCode")).hasSize(8);
      assertThat(onPickList(text(kept, "name"))).isTrue();
      assertThat(said(anna, "OFFERED")).as("she was told").isTrue();

      // What she gives back goes to the next, who leaves: then it is anybody's.
      ok(post("/v1/" + text(kept, "name") + ":cancel", anna, Map.of()));
      beas.until(entry -> text(entry, "state").equals("OFFERED"));
      var left = ok(post("/v1/" + text(second, "name") + ":leave", bea, Map.of()));
      assertThat(text(left, "state")).isEqualTo("LEFT");
      beas.untilEmpty();
      assertThat(text(ok(post("/v1/reservations", guest(), reservation(sku))), "state"))
          .isEqualTo("HELD");
    }
  }

  @Test
  void whatNobodyAtTheStoreSees_isMailedToItsManager() throws Exception {
    var sku = Goods.next();
    move("RECEIPT", sku, 1);
    var anna = guest();
    var kept = ok(post("/v1/reservations", anna, Goods.reservation(sku, STORE, "16s")));
    var line = kept.path("lines").path(0).path("title").asString("");
    assertThat(line).isNotEmpty();
    assertThat(mail(line)).contains("Nessuno ha visto una prenotazione").contains("/store");
  }

  /** The first mail to the manager with these words: subject and text. */
  private String mail(String words) throws Exception {
    long end = System.nanoTime() + PATIENCE.toNanos();
    while (System.nanoTime() < end) {
      for (var mail : ok(get("/dev/mailbox?to=" + MANAGER, "")).path("messages")) {
        if (text(mail, "text").contains(words)) {
          return text(mail, "subject") + "\n" + text(mail, "text");
        }
      }
      Thread.onSpinWait();
    }
    throw new AssertionError("no mail with «" + words + "»");
  }

  /** What one person's lines are, live. */
  private final class Watch implements AutoCloseable {
    private final BlockingQueue<JsonNode> states = new LinkedBlockingQueue<>();
    private final Stream<String> lines;

    Watch(String token) throws IOException, InterruptedException {
      var answer =
          http.send(
              HttpRequest.newBuilder(URI.create(target + LINES))
                  .header("Authorization", "Bearer " + token)
                  .header("Accept", "text/event-stream")
                  .build(),
              HttpResponse.BodyHandlers.ofLines());
      assertThat(answer.statusCode()).isEqualTo(200);
      lines = answer.body();
      Thread.ofVirtual()
          .start(
              () -> {
                try (lines) {
                  lines
                      .filter(line -> line.startsWith("data:"))
                      .forEach(line -> states.add(JSON.readTree(line.substring(5))));
                } catch (java.io.UncheckedIOException closed) {
                  // It is over.
                }
              });
    }

    /** The entry once it is so. */
    JsonNode until(Predicate<JsonNode> so) throws InterruptedException {
      return await(state -> state.path("entries").size() == 1 && so.test(entry(state)));
    }

    /** Returns once she waits for nothing. */
    void untilEmpty() throws InterruptedException {
      await(state -> state.path("entries").isEmpty());
    }

    private JsonNode await(Predicate<JsonNode> so) throws InterruptedException {
      long end = System.nanoTime() + PATIENCE.toNanos();
      JsonNode last = null;
      while (true) {
        var state = states.poll(end - System.nanoTime(), TimeUnit.NANOSECONDS);
        if (state == null) {
          throw new AssertionError("it was last: " + last);
        }
        last = state;
        if (so.test(state)) {
          return entry(state);
        }
      }
    }

    private static JsonNode entry(JsonNode state) {
      return state.path("entries").path(0);
    }

    @Override
    public void close() {
      lines.close();
    }
  }

  // ---- the world around it

  private boolean onPickList(String reservation) throws Exception {
    for (var pick : ok(get("/v1/" + STORE + "/pickList", till)).path("reservations")) {
      if (text(pick, "name").equals(reservation)) {
        return true;
      }
    }
    return false;
  }

  /** Whether her thread says it, within a while: it comes by a feed. */
  private boolean said(String who, String state) throws Exception {
    long end = System.nanoTime() + PATIENCE.toNanos();
    while (System.nanoTime() < end) {
      for (var message : ok(get("/v1/customers/me/conversation/messages", who)).path("messages")) {
        if (text(message, "subjectState").equals(state)) {
          return true;
        }
      }
      Thread.onSpinWait();
    }
    return false;
  }

  private void move(String kind, String sku, int quantity) throws Exception {
    ok(
        post(
            "/v1/stockMovements:batchCreate",
            till,
            Map.of("movements", List.of(Goods.movement(kind, sku, STORE, quantity)))));
  }

  private static Map<String, ?> line(String sku) {
    return Map.of("sku", sku, "store", STORE, "quantity", 1);
  }

  private static Map<String, ?> reservation(String sku) {
    return Map.of("store", STORE, "lines", List.of(Map.of("sku", sku, "quantity", 1)));
  }

  private JsonNode join(String who, String sku) throws Exception {
    return ok(post("/v1/waitlistEntries", who, line(sku)));
  }

  private String guest() throws Exception {
    return token("grant_type=urn:filo:oauth:guest&client_id=shop-web&device=PC");
  }

  private String token(String fields) throws Exception {
    return text(
        ok(
            http.send(
                HttpRequest.newBuilder(URI.create(target + "/oauth2/token"))
                    .header("Content-Type", "application/x-www-form-urlencoded")
                    .POST(HttpRequest.BodyPublishers.ofString(fields))
                    .build(),
                HttpResponse.BodyHandlers.ofString())),
        "access_token");
  }

  private HttpResponse<String> get(String path, String token) throws Exception {
    var request = HttpRequest.newBuilder(URI.create(target + path));
    return http.send(
        (token.isEmpty() ? request : request.header("Authorization", "Bearer " + token)).build(),
        HttpResponse.BodyHandlers.ofString());
  }

  private HttpResponse<String> post(String path, String token, Map<String, ?> body)
      throws Exception {
    return post(path, token, body, UUID.randomUUID().toString());
  }

  private HttpResponse<String> post(String path, String token, Map<String, ?> body, String key)
      throws Exception {
    return http.send(
        HttpRequest.newBuilder(URI.create(target + path))
            .header("Authorization", "Bearer " + token)
            .header("Content-Type", "application/json")
            .header("Idempotency-Key", key)
            .POST(HttpRequest.BodyPublishers.ofString(JSON.writeValueAsString(body)))
            .build(),
        HttpResponse.BodyHandlers.ofString());
  }

  private static JsonNode ok(HttpResponse<String> answer) {
    assertThat(answer.statusCode()).as(answer.body()).isEqualTo(200);
    return JSON.readTree(answer.body());
  }

  private static String text(JsonNode node, String field) {
    return node.path(field).asString("");
  }
}
