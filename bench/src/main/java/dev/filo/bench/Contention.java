package dev.filo.bench;

import com.mongodb.client.model.Filters;
import com.mongodb.client.model.Updates;
import com.mongodb.reactivestreams.client.MongoCollection;
import com.mongodb.reactivestreams.client.MongoDatabase;
import dev.filo.platform.grpc.Statuses;
import dev.filo.platform.grpc.Times;
import dev.filo.proto.api.v1.Role;
import dev.filo.proto.inventory.v1.HoldLine;
import dev.filo.proto.inventory.v1.InventoryServiceGrpc.InventoryServiceBlockingStub;
import dev.filo.proto.inventory.v1.PlaceHoldRequest;
import io.grpc.StatusRuntimeException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Date;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.IntFunction;
import java.util.stream.IntStream;
import org.bson.Document;
import org.bson.conversions.Bson;
import reactor.core.publisher.Mono;

/**
 * Holds on one SKU that everybody wants, and spread over many, through the service; against the
 * driver taking one piece of one document, conditionally, with {@code findOneAndUpdate}.
 */
final class Contention implements AutoCloseable {
  private static final int PLENTY = 1_000_000;
  private static final int SKUS = 1_000;
  private static final int BATCH = 1_000;
  // What one SKU at one location must be able to carry; a round on one SKU ends there.
  private static final int CARRIED = 20_000;
  private static final Duration WAIT = Duration.ofMinutes(2);
  private static final Duration LIFE = Duration.ofHours(1);
  private static final String STORE = Inventory.store(0);

  private final Setting setting;
  private final MongoDatabase database;
  private final MongoCollection<Document> raw;
  private final Inventory inventory;
  private final InventoryServiceBlockingStub stub;
  private int runs;

  /** Starts inventory on a database of this name. */
  private Contention(Setting setting, String name) {
    this.setting = setting;
    this.database = setting.mongo().getDatabase(setting.database() + name);
    this.raw = database.getCollection("raw");
    this.inventory = new Inventory(database, database.getName(), Inventory.STORES);
    this.stub = inventory.as(Role.ROLE_SERVICE, "services/reservation");
  }

  /** One SKU; and the stock sold out under contention, checked. */
  static List<Figure> hot(Setting setting) throws InterruptedException {
    try (var contention = new Contention(setting, "_hot")) {
      return contention.hot();
    }
  }

  /** Many SKUs. */
  static List<Figure> spread(Setting setting) throws InterruptedException {
    try (var contention = new Contention(setting, "_spread")) {
      contention.receive(SKUS);
      return contention.spread();
    }
  }

  /** With stock of so many SKUs, for {@link #hold}. */
  static Contention over(Setting setting, int skus) {
    var contention = new Contention(setting, "_over_" + skus);
    contention.receive(skus);
    return contention;
  }

  private void receive(int skus) {
    var all = IntStream.range(0, skus).mapToObj(i -> "SPREAD-" + i).toList();
    for (int from = 0; from < skus; from += BATCH) {
      inventory.receive(all.subList(from, Math.min(skus, from + BATCH)), List.of(STORE), PLENTY);
    }
  }

  /** Holds a piece of one of the first SKUs, each in its turn. */
  boolean hold(int skus, int number) {
    return place("SPREAD-" + number % skus, "over-" + number);
  }

  private List<Figure> hot() throws InterruptedException {
    warmUp();
    var counter = new ArrayList<Load.Result>();
    var pushing = new ArrayList<Load.Result>();
    var service = new ArrayList<Load.Result>();
    for (int round = 0; round < setting.rounds(); round++) {
      counter.add(raw(1, false, setting.round(), PLENTY));
      service.add(holds(sku -> "HOT-" + runs, 1, setting.round()));
    }
    // Last, for what it writes keeps the database busy for a while.
    for (int round = 0; round < setting.rounds(); round++) {
      pushing.add(raw(1, true, setting.round(), PLENTY));
    }
    var counted = sum(counter);
    var pushed = sum(pushing);
    var held = sum(service);
    return List.of(
        Figure.baseline("driver: findOneAndUpdate takes one piece of one document", counted),
        Figure.rate("driver: the same, and keeps the hold in the document", pushed, counted),
        Figure.rate("service: holds on one SKU", held, counted).atLeast(3),
        soldOut());
  }

  /** As many racers as twice the stock: exactly the stock is held, everybody else is refused. */
  private Figure soldOut() throws InterruptedException {
    int pieces = 1_000;
    var sku = "LAST-" + ++runs;
    inventory.receive(List.of(sku), List.of(STORE), pieces);
    var result =
        Load.run(
            setting.clients(),
            WAIT,
            2 * pieces,
            (client, number) -> place(sku, "last-" + runs + "-" + number));
    var level = inventory.level(sku, STORE);
    if (result.done() != pieces || level.held() != pieces || level.available() != 0) {
      throw new IllegalStateException(
          "oversold: " + result.done() + " of " + pieces + " held, the level says " + level);
    }
    return Figure.plain(
        "service: 2,000 want 1,000 pieces; held exactly 1,000", result, "0 oversold", true);
  }

  private List<Figure> spread() throws InterruptedException {
    warmUp();
    var counter = new ArrayList<Load.Result>();
    var service = new ArrayList<Load.Result>();
    for (int round = 0; round < setting.rounds(); round++) {
      counter.add(raw(SKUS, false, setting.round(), PLENTY));
      service.add(holds(number -> "SPREAD-" + number % SKUS, SKUS, setting.round()));
    }
    var counted = sum(counter);
    return List.of(
        Figure.baseline("driver: findOneAndUpdate takes one piece of one of 1,000", counted),
        Figure.rate("service: holds on 1,000 SKUs", sum(service), counted));
  }

  private void warmUp() throws InterruptedException {
    raw(1, true, setting.round(), PLENTY);
    raw(1, false, setting.round(), PLENTY);
    Load.warmUp(setting, () -> holds(number -> "HOT-" + runs, 1, setting.round()));
  }

  private static Load.Result sum(List<Load.Result> results) {
    return results.stream().reduce(Load.Result::and).orElseThrow();
  }

  private Load.Result raw(int documents, boolean keeping, Duration time, int stock)
      throws InterruptedException {
    int run = ++runs;
    for (int i = 0; i < documents; i++) {
      Mono.from(raw.insertOne(new Document("_id", run + "-" + i).append("available", stock)))
          .block(WAIT);
    }
    return Load.run(
        setting.clients(),
        time,
        documents == 1 ? CARRIED : Integer.MAX_VALUE,
        (client, number) -> {
          Bson take = Updates.inc("available", -1);
          var update =
              keeping
                  ? Updates.combine(
                      take,
                      Updates.set(
                          "holds.hold-" + run + "-" + number,
                          new Document("quantity", 1)
                              .append("expireTime", Date.from(Instant.now().plus(LIFE)))))
                  : take;
          return Mono.from(
                      raw.findOneAndUpdate(
                          Filters.and(
                              Filters.eq("_id", run + "-" + number % documents),
                              Filters.gte("available", 1)),
                          update,
                          new com.mongodb.client.model.FindOneAndUpdateOptions()
                              .projection(
                                  com.mongodb.client.model.Projections.include("available"))))
                  .block(WAIT)
              != null;
        });
  }

  private Load.Result holds(IntFunction<String> sku, int skus, Duration time)
      throws InterruptedException {
    int run = ++runs;
    if (skus == 1) {
      inventory.receive(List.of(sku.apply(0)), List.of(STORE), PLENTY);
    }
    var result =
        Load.run(
            setting.clients(),
            time,
            skus == 1 ? CARRIED : Integer.MAX_VALUE,
            (client, number) -> place(sku.apply(number), "hold-" + run + "-" + number));
    if (skus == 1 && inventory.level(sku.apply(0), STORE).held() != result.done()) {
      throw new IllegalStateException("the level does not have what was answered");
    }
    return result;
  }

  /** True when it was held; false when pieces were short. */
  private boolean place(String sku, String hold) {
    try {
      stub.withDeadlineAfter(30, TimeUnit.SECONDS)
          .placeHold(
              PlaceHoldRequest.newBuilder()
                  .setHoldId(database.getName() + "-" + hold)
                  .setLocation(STORE)
                  .addLines(HoldLine.newBuilder().setSku(sku).setQuantity(1))
                  .setExpireTime(Times.timestamp(Instant.now().plus(LIFE)))
                  .setOwner("reservations/" + hold)
                  .setRequestId("q-" + hold)
                  .build());
      return true;
    } catch (StatusRuntimeException e) {
      var info = Statuses.errorInfo(e);
      if (info != null && info.getReason().equals("STOCK_INSUFFICIENT")) {
        return false;
      }
      throw e;
    }
  }

  @Override
  public void close() {
    inventory.close();
    Mono.from(database.drop()).block(WAIT);
  }
}
