package dev.filo.bench;

import com.mongodb.client.model.Filters;
import com.mongodb.client.model.FindOneAndUpdateOptions;
import com.mongodb.client.model.ReturnDocument;
import com.mongodb.client.model.Updates;
import com.mongodb.reactivestreams.client.MongoCollection;
import dev.filo.bench.Shop.Guest;
import io.netty.handler.codec.http.HttpHeaderNames;
import java.lang.management.ManagementFactory;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLongArray;
import org.bson.Document;
import org.jspecify.annotations.Nullable;
import reactor.core.Disposable;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.netty.DisposableServer;
import reactor.netty.http.client.HttpClient;
import reactor.netty.http.server.HttpServer;

/**
 * A cart's changes and reads through the gateway, over HTTP, with all that is checked on the way;
 * against a handler of Reactor Netty that does one operation on the same documents and answers with
 * what it found. And how soon a thousand watchers are told.
 */
final class CartCalls {
  private static final Duration WAIT = Duration.ofMinutes(2);
  private static final int CARTS = 1_000;
  private static final int LINES = 5;
  private static final int LINES_MAX = 200;
  private static final int BATCH = 100;
  private static final int WATCHED = 250;
  private static final int DEVICES = 4;
  private static final String CART = "/v1/customers/me/cart";

  private CartCalls() {}

  /** What a load took, and the processor's time for one of its requests. */
  private record Cost(Load.Result result, double micros) {
    Cost and(Cost more) {
      double calls = answers(result);
      double others = answers(more.result);
      return new Cost(
          result.and(more.result), (micros * calls + more.micros * others) / (calls + others));
    }

    private static int answers(Load.Result result) {
      return result.done() + result.other();
    }

    String text(String what) {
      return String.format(Locale.ROOT, "%s; %.0f µs of CPU", what, micros);
    }
  }

  /** The least there can be: one operation on one document, and what came of it. */
  private static final class Bare implements AutoCloseable {
    private final MongoCollection<Document> carts;
    private final DisposableServer server;

    Bare(MongoCollection<Document> carts) {
      this.carts = carts;
      server =
          HttpServer.create()
              .host("127.0.0.1")
              .port(0)
              .route(
                  routes ->
                      routes
                          .get(
                              "/cart/{id}",
                              (request, response) ->
                                  response
                                      .header(HttpHeaderNames.CONTENT_TYPE, "application/json")
                                      .sendString(read(String.valueOf(request.param("id")))))
                          .post(
                              "/cart/{id}",
                              (request, response) ->
                                  response
                                      .header(HttpHeaderNames.CONTENT_TYPE, "application/json")
                                      .sendString(
                                          request
                                              .receive()
                                              .aggregate()
                                              .asString()
                                              .flatMap(
                                                  body ->
                                                      change(
                                                          String.valueOf(request.param("id")),
                                                          body)))))
              .bindNow();
    }

    int port() {
      return server.port();
    }

    private Mono<String> read(String id) {
      return Mono.from(carts.find(Filters.eq("_id", id)).first()).map(Document::toJson);
    }

    private Mono<String> change(String id, String body) {
      return Mono.from(
              carts.findOneAndUpdate(
                  Filters.eq("_id", id),
                  Updates.combine(
                      Updates.set("lines.0.quantity", Document.parse(body).get("quantity")),
                      Updates.inc("version", 1L)),
                  new FindOneAndUpdateOptions().returnDocument(ReturnDocument.AFTER)))
          .map(Document::toJson);
    }

    @Override
    public void close() {
      server.disposeNow(WAIT);
    }
  }

  static List<Figure> measure(Setting setting) throws InterruptedException {
    try (var shop = new Shop(setting)) {
      int carts = Math.min(CARTS, 16 * setting.clients());
      var skus = Shop.skus(LINES_MAX);
      var guests = shop.guests(carts);
      var first = fill(shop, guests, skus.subList(0, LINES));
      var one = shop.guests(1);
      fill(shop, one, skus.subList(0, 1));
      var full = shop.guests(1);
      fill(shop, full, skus);
      var copies = shop.database("bare").getCollection("carts");
      copy(shop, copies);
      var figures = new ArrayList<Figure>();
      try (var bare = new Bare(copies)) {
        var client = shop.client(bare.port());
        figures.addAll(changes(setting, shop, client, guests, first));
        figures.addAll(reads(setting, shop, client, guests, "5 lines"));
        figures.addAll(reads(setting, shop, client, one, "1 line"));
        figures.addAll(reads(setting, shop, client, full, "200 lines"));
      }
      figures.add(watchers(setting, shop, guests, first));
      return figures;
    }
  }

  /** Puts goods into each cart; the id of each one's first line. */
  private static List<String> fill(Shop shop, List<Guest> guests, List<String> skus) {
    return Flux.fromIterable(guests)
        .flatMapSequential(
            guest ->
                Flux.fromIterable(skus)
                    .buffer(BATCH)
                    .concatMap(
                        some ->
                            shop.call("POST", CART + ":apply", guest.token(), add(some)).retry(5))
                    .last()
                    .map(cart -> cart.path("lines").path(0).path("id").asString("")),
            8)
        .collectList()
        .blockOptional(WAIT)
        .orElseThrow();
  }

  private static String add(List<String> skus) {
    return "{\"operations\":["
        + String.join(
            ",",
            skus.stream()
                .map(
                    sku ->
                        "{\"id\":\"add-"
                            + sku
                            + "\",\"add\":{\"sku\":\""
                            + sku
                            + "\",\"quantity\":1}}")
                .toList())
        + "]}";
  }

  private static void copy(Shop shop, MongoCollection<Document> copies) {
    Flux.from(shop.database("cart").getCollection("carts").find())
        .buffer(BATCH)
        .concatMap(
            some -> {
              some.forEach(
                  cart -> {
                    cart.remove("outbox");
                    cart.put("_id", id(cart.getString("_id")));
                  });
              return copies.insertMany(some);
            })
        .then()
        .block(WAIT);
  }

  private static String id(String customer) {
    return customer.substring(customer.indexOf('/') + 1);
  }

  private static List<Figure> changes(
      Setting setting, Shop shop, HttpClient client, List<Guest> guests, List<String> first)
      throws InterruptedException {
    Load.Request bare =
        (each, number) ->
            sent(
                client
                    .post()
                    .uri("/cart/" + id(guests.get(number % guests.size()).customer()))
                    .send(
                        Mono.fromSupplier(
                            () ->
                                io.netty.buffer.Unpooled.copiedBuffer(
                                    "{\"quantity\":" + (1 + number % 9) + "}",
                                    StandardCharsets.UTF_8)))
                    .responseSingle((response, content) -> content.asString()));
    Load.Request apply =
        (each, number) -> {
          int whose = number % guests.size();
          return sent(
              shop.text(
                  "POST",
                  CART + ":apply",
                  guests.get(whose).token(),
                  quantity("q" + number, first.get(whose), 1 + number % 9)));
        };
    var both = byTurns(setting, bare, apply);
    return List.of(
        Figure.baseline(
            both.getFirst().text("bare: findOneAndUpdate of a cart"), both.getFirst().result()),
        Figure.rate(
                both.getLast().text("gateway: cart:apply"),
                both.getLast().result(),
                both.getFirst().result())
            .atLeast(0.5));
  }

  private static String quantity(String operation, String line, int quantity) {
    return "{\"operations\":[{\"id\":\""
        + operation
        + "\",\"setQuantity\":{\"line\":\""
        + line
        + "\",\"quantity\":"
        + quantity
        + "}}]}";
  }

  private static List<Figure> reads(
      Setting setting, Shop shop, HttpClient client, List<Guest> guests, String what)
      throws InterruptedException {
    Load.Request bare =
        (each, number) ->
            sent(
                client
                    .get()
                    .uri("/cart/" + id(guests.get(number % guests.size()).customer()))
                    .responseSingle((response, content) -> content.asString()));
    Load.Request read =
        (each, number) ->
            sent(shop.text("GET", CART, guests.get(number % guests.size()).token(), ""));
    var both = byTurns(setting, bare, read);
    var figure =
        Figure.rate(
            both.getLast().text("gateway: cart of " + what),
            both.getLast().result(),
            both.getFirst().result());
    return List.of(
        Figure.baseline(
            both.getFirst().text("bare: find of a cart of " + what), both.getFirst().result()),
        figure.atLeast(0.6));
  }

  private static boolean sent(Mono<String> call) {
    return !call.blockOptional(WAIT).orElse("").isEmpty();
  }

  private static List<Cost> byTurns(Setting setting, Load.Request one, Load.Request other)
      throws InterruptedException {
    warm(setting, one);
    int numbers = warm(setting, other);
    @Nullable Cost first = null;
    @Nullable Cost second = null;
    for (int round = 0; round < setting.rounds(); round++) {
      var a = run(setting, one, numbers);
      var b = run(setting, other, numbers);
      numbers += b.result().done() + setting.clients();
      first = first == null ? a : first.and(a);
      second = second == null ? b : second.and(b);
    }
    if (first == null || second == null) {
      throw new IllegalArgumentException("rounds: 0 (expected: > 0)");
    }
    return List.of(first, second);
  }

  /** How many calls that were. */
  private static int warm(Setting setting, Load.Request request) throws InterruptedException {
    var numbers = new AtomicInteger();
    Load.warmUp(
        setting,
        () -> {
          int from = numbers.get();
          var result = run(setting, request, from).result();
          numbers.addAndGet(result.done() + setting.clients());
          return result;
        });
    return numbers.get();
  }

  /**
   * @param from the first request's number, so that none comes twice
   */
  private static Cost run(Setting setting, Load.Request request, int from)
      throws InterruptedException {
    long begun = cpuNanos();
    var result =
        Load.run(
            setting.clients(),
            setting.round(),
            Integer.MAX_VALUE - from,
            (client, number) -> request.send(client, from + number));
    long used = cpuNanos() - begun;
    if (result.other() > 0) {
      throw new IllegalStateException(result.other() + " answers were not as expected");
    }
    return new Cost(result, used / 1e3 / Math.max(1, result.done()));
  }

  private static long cpuNanos() {
    return ManagementFactory.getPlatformMXBean(com.sun.management.OperatingSystemMXBean.class)
        .getProcessCpuTime();
  }

  /** A thousand streams on 250 carts; a cart at a time changes. */
  private static Figure watchers(Setting setting, Shop shop, List<Guest> guests, List<String> first)
      throws InterruptedException {
    var watched = guests.subList(0, Math.min(WATCHED, guests.size()));
    var seen = new ConcurrentHashMap<String, Seen>();
    var open = new ArrayList<Disposable>();
    var ready = new CountDownLatch(watched.size() * DEVICES);
    try {
      for (Guest guest : watched) {
        for (int device = 0; device < DEVICES; device++) {
          var text = new StringBuilder();
          int number = device;
          open.add(
              shop.watch(CART + ":watch", guest.token())
                  .subscribe(
                      part -> {
                        long now = System.nanoTime();
                        text.append(part);
                        for (int end = text.indexOf("\n\n"); end >= 0; end = text.indexOf("\n\n")) {
                          var event = text.substring(0, end);
                          text.delete(0, end + 2);
                          var etag = etag(event);
                          if (!etag.isEmpty()) {
                            ready.countDown();
                            seen.computeIfAbsent(etag, key -> new Seen()).mark(number, now);
                          }
                        }
                      },
                      error -> {
                        throw new IllegalStateException("a watch broke", error);
                      }));
        }
      }
      if (!ready.await(WAIT.toSeconds(), TimeUnit.SECONDS)) {
        throw new IllegalStateException(ready.getCount() + " watches did not begin");
      }
      var late = new ArrayList<Long>();
      long begun = System.nanoTime();
      long end = begun + setting.rounds() * setting.round().toNanos();
      for (int number = 0; System.nanoTime() < end; number++) {
        int whose = number % watched.size();
        var cart =
            shop.call(
                    "POST",
                    CART + ":apply",
                    watched.get(whose).token(),
                    quantity("w" + number, first.get(whose), 11 + number % 80))
                .blockOptional(WAIT)
                .orElseThrow();
        long answered = System.nanoTime();
        var told = seen.computeIfAbsent(cart.path("etag").asString(""), key -> new Seen());
        if (!told.all.await(WAIT.toSeconds(), TimeUnit.SECONDS)) {
          throw new IllegalStateException("a watcher was not told");
        }
        for (int device = 0; device < DEVICES; device++) {
          late.add(Math.max(0, told.times.get(device) - answered));
        }
      }
      var nanos = late.stream().mapToLong(Long::longValue).sorted().toArray();
      var took = Duration.ofNanos(System.nanoTime() - begun);
      var result = new Load.Result(nanos.length, 0, took, nanos);
      return Figure.plain(
          String.format(
              Locale.ROOT, "%,d watchers: from the answer to the event", watched.size() * DEVICES),
          result,
          "p99 ≤ 100 ms",
          result.millis(0.99) <= 100);
    } finally {
      open.forEach(Disposable::dispose);
    }
  }

  private static String etag(String event) {
    int at = event.indexOf("\"etag\":\"");
    if (at < 0) {
      return "";
    }
    int from = at + "\"etag\":\"".length();
    return event.substring(from, event.indexOf('"', from));
  }

  /** When each device saw a state. */
  private static final class Seen {
    private final CountDownLatch all = new CountDownLatch(DEVICES);
    private final AtomicLongArray times = new AtomicLongArray(DEVICES);

    void mark(int device, long now) {
      if (times.compareAndSet(device, 0, now)) {
        all.countDown();
      }
    }
  }
}
