package dev.filo.demo.journey;

import java.net.http.HttpClient;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Consumer;

/**
 * Many shoppers ask for the last pieces of one SKU through the public door at the same moment, each
 * twice, as an impatient finger does. Exactly as many get one as there are pieces, nobody gets two,
 * everybody else is told why; when all have given theirs back, the stock is as before. It stops
 * with {@link Broken} at the first promise that is not kept, and can be played again and again.
 */
public final class Contention {
  private static final String STORE = "stores/milano-buenos-aires";
  private static final int SHOPPERS = 64;
  private static final int PIECES = 10;
  private static final int TRIES_MAX = 10;
  private static final Duration PATIENCE = Duration.ofMinutes(5);

  private final String target;
  private final Consumer<String> tell;
  private final String run = UUID.randomUUID().toString().substring(0, 8);
  private String sku = "";
  private int heldBefore;

  /** One shopper, and what she was told. */
  private record Asked(Shopfront shopper, Shopfront.Answer first, Shopfront.Answer second) {}

  /**
   * A contention.
   *
   * @param target the public HTTP address
   * @param tell is told what happens, a line at a time
   */
  public Contention(String target, Consumer<String> tell) {
    this.target = target;
    this.tell = tell;
  }

  /** Plays it. */
  public void play() {
    try (var http =
            HttpClient.newBuilder()
                .version(HttpClient.Version.HTTP_1_1)
                .connectTimeout(Duration.ofSeconds(5))
                .build();
        var threads = Executors.newVirtualThreadPerTaskExecutor()) {
      var stage = new Shopfront(http, target, "shop-web");
      prepare(stage);
      var shoppers = new ArrayList<Shopfront>();
      for (int i = 0; i < SHOPPERS; i++) {
        var shopper = new Shopfront(http, target, "shop-web");
        shopper.grant("urn:filo:oauth:guest", Map.of("device", "contention"));
        shoppers.add(shopper);
      }
      var begin = new CountDownLatch(1);
      var asking = new ArrayList<Future<Asked>>();
      for (Shopfront shopper : shoppers) {
        asking.add(threads.submit(() -> ask(shopper, begin)));
      }
      long began = System.nanoTime();
      begin.countDown();
      var asked = all(asking);
      double millis = (System.nanoTime() - began) / 1e6;
      int sold = judge(asked);
      tell.accept(
          "%d shoppers, %d pieces, %d requests in %.0f ms: %d reserved, %d refused, 0 oversold"
              .formatted(SHOPPERS, PIECES, 2 * SHOPPERS, millis, sold, SHOPPERS - sold));
      giveBack(asked, threads);
      expect(stage, "given back");
      tell.accept("every piece given back is available again, once");
    }
  }

  private void prepare(Shopfront stage) {
    stage.grant("urn:filo:oauth:guest", Map.of("device", "contention"));
    var found = stage.get("/v1/products:search?query=" + Shopfront.encode("lampada"));
    sku =
        found
            .path("results")
            .path(0)
            .path("product")
            .path("variants")
            .path(0)
            .path("sku")
            .asString("");
    Check.that(!sku.isEmpty(), "there is something to reserve");
    stage.as(stage.clientCredentials("till-milano-1", "till-secret"));
    var level = stage.get(level());
    heldBefore = level.path("held").asInt();
    int missing = PIECES - level.path("available").asInt();
    if (missing != 0) {
      var movement =
          new HashMap<String, Object>(
              Map.of("id", "contention-" + run, "kind", "ADJUSTMENT", "sku", sku));
      movement.put("location", STORE);
      movement.put("quantity", missing);
      movement.put("cause", "contention");
      stage.post("/v1/stockMovements:batchCreate", Map.of("movements", List.of(movement)));
    }
    expect(stage, "prepared");
  }

  private Asked ask(Shopfront shopper, CountDownLatch begin) throws InterruptedException {
    var wish = Map.of("store", STORE, "lines", List.of(Map.of("sku", sku, "quantity", 1)));
    var key = UUID.randomUUID().toString();
    begin.await();
    var path = "/v1/reservations";
    return new Asked(
        shopper, untilAnswered(shopper, path, wish, key), untilAnswered(shopper, path, wish, key));
  }

  /** On a busy machine an answer may be late: then the same is asked again, as one should. */
  private static Shopfront.Answer untilAnswered(
      Shopfront shopper, String path, Object body, String key) {
    for (int i = 1; i < TRIES_MAX; i++) {
      try {
        var answer = shopper.attempt(path, body, key);
        if (answer.status() < 500) {
          return answer;
        }
      } catch (Unanswered e) {
        // whether it was done is told by the next answer: the key is the same
      }
    }
    return shopper.attempt(path, body, key);
  }

  private int judge(List<Asked> asked) {
    var names = new HashSet<String>();
    for (Asked one : asked) {
      var first = one.first();
      if (first.status() == 200) {
        Check.that(
            first.body().path("state").asString("").equals("HELD"), "what is reserved is held");
        Check.that(names.add(first.body().path("name").asString("")), "each shopper has her own");
        Check.that(
            one.second().body().path("name").equals(first.body().path("name")),
            "pressing twice reserves once");
      } else {
        refused(first);
        refused(one.second());
      }
    }
    Check.that(
        names.size() == PIECES,
        "%d pieces are reserved by exactly %d shoppers, not %d"
            .formatted(PIECES, PIECES, names.size()));
    return names.size();
  }

  private static void refused(Shopfront.Answer answer) {
    Check.that(
        answer.status() >= 400
            && answer.status() < 500
            && answer.body().path("reason").asString("").equals("STOCK_INSUFFICIENT"),
        "who comes too late is told so, not %d %s".formatted(answer.status(), answer.body()));
  }

  private static void giveBack(List<Asked> asked, ExecutorService threads) {
    var giving = new ArrayList<Future<Shopfront.Answer>>();
    for (Asked one : asked) {
      if (one.first().status() == 200) {
        var path = "/v1/" + one.first().body().path("name").asString("") + ":cancel";
        var key = UUID.randomUUID().toString();
        giving.add(threads.submit(() -> untilAnswered(one.shopper(), path, Map.of(), key)));
      }
    }
    all(giving)
        .forEach(
            given -> Check.that(given.status() == 200, "what she has is given back: " + given));
  }

  private void expect(Shopfront stage, String when) {
    var level = stage.get(level());
    Check.that(
        level.path("available").asInt() == PIECES && level.path("held").asInt() == heldBefore,
        "%s: available %d, held %d, not %s".formatted(when, PIECES, heldBefore, level));
  }

  private String level() {
    return "/v1/stockLevels/" + sku + "@" + STORE.substring("stores/".length());
  }

  private static <T> List<T> all(List<Future<T>> futures) {
    var values = new ArrayList<T>();
    for (Future<T> future : futures) {
      try {
        values.add(future.get(PATIENCE.toSeconds(), TimeUnit.SECONDS));
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        throw new Broken("interrupted");
      } catch (TimeoutException e) {
        throw new Broken("every request is answered within " + PATIENCE.toSeconds() + " s");
      } catch (ExecutionException e) {
        throw e.getCause() instanceof Broken broken ? broken : new Broken(e.toString());
      }
    }
    return values;
  }
}
