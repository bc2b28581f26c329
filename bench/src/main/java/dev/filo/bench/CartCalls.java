package dev.filo.bench;

import com.mongodb.client.model.Filters;
import com.mongodb.client.model.FindOneAndUpdateOptions;
import com.mongodb.client.model.ReturnDocument;
import com.mongodb.client.model.Updates;
import com.mongodb.reactivestreams.client.MongoCollection;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.bson.Document;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

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
  private static final int FULL_FEWER = 4; // they take long to fill
  private static final int BATCH = 100;
  private static final int WATCHED = 250;

  private CartCalls() {}

  static List<Figure> measure(Setting setting) throws InterruptedException {
    try (var shop = new Shop(setting, Shop.CART)) {
      var skus = Shop.skus(LINES_MAX);
      var carts = FilledCarts.of(shop, carts(setting), skus.subList(0, LINES));
      var one = FilledCarts.of(shop, carts(setting), skus.subList(0, 1));
      var full = FilledCarts.of(shop, carts(setting) / FULL_FEWER, skus);
      var figures = new ArrayList<Figure>();
      try (var bare = bare(shop)) {
        figures.addAll(ofFiveLines(setting, bare, carts));
        figures.addAll(reads(setting, bare, one, "1 line"));
        figures.addAll(reads(setting, bare, full, "200 lines"));
        figures.addAll(changes(setting, bare, one, "1 line"));
        figures.addAll(changes(setting, bare, full, "200 lines"));
      }
      figures.add(watchers(setting, carts.first(WATCHED)));
      return figures;
    }
  }

  /** Only changes and reads of carts of five lines. */
  static List<Figure> ofFiveLines(Setting setting) throws InterruptedException {
    try (var shop = new Shop(setting, Shop.CART)) {
      var carts = FilledCarts.of(shop, carts(setting), Shop.skus(LINES));
      try (var bare = bare(shop)) {
        return ofFiveLines(setting, bare, carts);
      }
    }
  }

  private static List<Figure> ofFiveLines(Setting setting, Bare bare, FilledCarts carts)
      throws InterruptedException {
    var figures = new ArrayList<>(changes(setting, bare, carts, "5 lines"));
    figures.addAll(reads(setting, bare, carts, "5 lines"));
    return figures;
  }

  private static int carts(Setting setting) {
    return Math.min(CARTS, 16 * setting.clients());
  }

  /** Over copies of all carts that are there. */
  private static Bare bare(Shop shop) {
    var copies = shop.database("bare").getCollection("carts");
    copy(shop, copies);
    return new Bare(
        shop,
        routes ->
            routes
                .get("/cart/{id}", Bare.reading(id -> read(copies, id)))
                .post("/cart/{id}", Bare.writing((id, body) -> change(copies, id, body))));
  }

  private static void copy(Shop shop, MongoCollection<Document> copies) {
    Flux.from(shop.database("cart").getCollection("carts").find())
        .buffer(BATCH)
        .concatMap(
            some -> {
              some.forEach(
                  cart -> {
                    cart.remove("outbox");
                    cart.put("_id", FilledCarts.id(cart.getString("_id")));
                  });
              return copies.insertMany(some);
            })
        .then()
        .block(WAIT);
  }

  private static Mono<String> read(MongoCollection<Document> carts, String id) {
    return Mono.from(carts.find(Filters.eq("_id", id)).first()).map(Document::toJson);
  }

  private static Mono<String> change(MongoCollection<Document> carts, String id, String body) {
    return Mono.from(
            carts.findOneAndUpdate(
                Filters.eq("_id", id),
                Updates.combine(
                    Updates.set("lines.0.quantity", Document.parse(body).get("quantity")),
                    Updates.inc("version", 1L)),
                new FindOneAndUpdateOptions().returnDocument(ReturnDocument.AFTER)))
        .map(Document::toJson);
  }

  private static List<Figure> changes(Setting setting, Bare bare, FilledCarts carts, String what)
      throws InterruptedException {
    var both =
        Turns.measure(
            setting,
            (client, number) ->
                bare.post("/cart/" + carts.id(number), "{\"quantity\":" + (1 + number % 9) + "}"),
            (client, number) -> carts.change(number));
    return List.of(
        Figure.baseline("bare: findOneAndUpdate of a cart of " + what, both.getFirst()),
        Figure.rate("gateway: cart:apply of " + what, both.getLast(), both.getFirst())
            .atLeast(0.5));
  }

  private static List<Figure> reads(Setting setting, Bare bare, FilledCarts carts, String what)
      throws InterruptedException {
    var both =
        Turns.measure(
            setting,
            (client, number) -> bare.get("/cart/" + carts.id(number)),
            (client, number) -> carts.read(number));
    return List.of(
        Figure.baseline("bare: find of a cart of " + what, both.getFirst()),
        Figure.rate("gateway: cart of " + what, both.getLast(), both.getFirst()).atLeast(0.6));
  }

  /** A thousand streams on 250 carts; a cart at a time changes. */
  private static Figure watchers(Setting setting, FilledCarts carts) throws InterruptedException {
    try (var watchers = new Watchers(carts)) {
      var result = watchers.run(setting.round().multipliedBy(setting.rounds()));
      return Figure.plain(
          String.format(
              Locale.ROOT, "%,d watchers: from the answer to the event", watchers.count()),
          result,
          "p99 ≤ 100 ms",
          result.millis(0.99) <= 100);
    }
  }
}
