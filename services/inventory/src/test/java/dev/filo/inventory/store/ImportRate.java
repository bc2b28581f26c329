package dev.filo.inventory.store;

import com.mongodb.client.model.BulkWriteOptions;
import com.mongodb.client.model.UpdateOneModel;
import com.mongodb.client.model.UpdateOptions;
import com.mongodb.client.model.Updates;
import com.mongodb.client.model.WriteModel;
import com.mongodb.reactivestreams.client.MongoCollection;
import com.mongodb.reactivestreams.client.MongoDatabase;
import dev.filo.inventory.ShopFloor;
import dev.filo.inventory.grpc.ImportDoor;
import dev.filo.platform.mongo.Mongo;
import dev.filo.proto.inventory.v1.ImportStockLevelsRequest;
import dev.filo.proto.inventory.v1.StockLevelRow;
import dev.filo.testkit.MutableClock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Date;
import java.util.Locale;
import java.util.UUID;
import org.bson.Document;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/**
 * How fast rows are imported, against the raw driver's bulk write of the same rows in the same run:
 * {@code ImportRate MONGODB-URI [ROWS] [ROUNDS]}. Both write by turns, a portion each, so that what
 * else the machine does meets both; both wait for a majority and the journal. Ours is the whole
 * way: messages through a gRPC server, ledger, level, event and its relay to the feed.
 */
public final class ImportRate {
  private static final int BATCH = 1000;
  private static final int IN_FLIGHT = 3;
  private static final int LOCATIONS = 3;

  private final MongoCollection<Document> raw;
  private final Date time;
  private final ShopFloor floor;

  private ImportRate(MongoDatabase database, ShopFloor floor) {
    this.raw = database.getCollection("raw");
    this.floor = floor;
    this.time = Date.from(floor.clock.instant());
  }

  /** Measures and prints. */
  public static void main(String[] args) throws Exception {
    int rows = args.length > 1 ? Integer.parseInt(args[1]) : 200_000;
    int rounds = args.length > 2 ? Integer.parseInt(args[2]) : 2;
    int portion = Math.max(BATCH, rows / 20 / BATCH * BATCH);
    try (var client = Mongo.client(args[0], "import-rate")) {
      var database =
          client.getDatabase("import_rate_" + UUID.randomUUID().toString().substring(0, 8));
      var floor = new ShopFloor(database, MutableClock.standing());
      floor.start();
      var rate = new ImportRate(database, floor);
      rate.learnSkus(rows);
      try (var door = new ImportDoor(floor)) {
        for (int round = 0; round < rounds; round++) {
          long rawNanos = 0;
          long oursNanos = 0;
          var id = "round-" + round;
          for (int from = 0; from < rows; from += portion) {
            int to = Math.min(rows, from + portion);
            long begin = System.nanoTime();
            rate.raw(round, from, to);
            long between = System.nanoTime();
            rate.ours(door, id, round, from, to);
            long end = System.nanoTime();
            rawNanos += between - begin;
            oursNanos += end - between;
            System.gc();
            System.out.printf(
                Locale.ROOT,
                "  %,d rows, ratio of this portion %.2f, heap %d MiB%n",
                to,
                (double) (between - begin) / (end - between),
                (Runtime.getRuntime().totalMemory() - Runtime.getRuntime().freeMemory()) >> 20);
          }
          long relayed = System.nanoTime();
          rate.awaitFeed((long) rows * (round + 1));
          relayed = System.nanoTime() - relayed;
          System.out.printf(
              Locale.ROOT,
              "%s, %,d rows: raw bulk write %,.0f rows/s, import %,.0f rows/s, ratio %.2f; the feed had"
                  + " all %.1f s later%n",
              round == 0 ? "new levels" : "levels again",
              rows,
              rows / (rawNanos / 1e9),
              rows / (oursNanos / 1e9),
              (double) rawNanos / oursNanos,
              relayed / 1e9);
        }
      } finally {
        floor.stop();
        Mono.from(database.drop()).block(Duration.ofMinutes(1));
      }
    }
  }

  /** Inventory knows its SKUs long before they are counted. */
  private void learnSkus(int rows) {
    Flux.range(0, (rows + LOCATIONS - 1) / LOCATIONS)
        .map(i -> sku(i * LOCATIONS))
        .buffer(BATCH)
        .concatMap(floor.places::learnSkus)
        .blockLast(Duration.ofMinutes(10));
  }

  private static String sku(int row) {
    return "SKU-%07d".formatted(row / LOCATIONS);
  }

  private static String location(int row) {
    return switch (row % LOCATIONS) {
      case 0 -> ShopFloor.MILANO;
      case 1 -> ShopFloor.MONZA;
      default -> ShopFloor.WAREHOUSE;
    };
  }

  private static int onHand(int round, int row) {
    return (row * 31 + round) % 100;
  }

  private void raw(int round, int from, int to) {
    Flux.range(0, (to - from + BATCH - 1) / BATCH)
        .flatMapSequential(
            batch ->
                rawBatch(round, from + batch * BATCH, Math.min(to, from + (batch + 1) * BATCH)),
            IN_FLIGHT,
            1)
        .blockLast(Duration.ofMinutes(30));
  }

  private Mono<?> rawBatch(int round, int from, int to) {
    var upserts = new ArrayList<WriteModel<Document>>();
    for (int row = from; row < to; row++) {
      var location = location(row);
      upserts.add(
          new UpdateOneModel<>(
              new Document("_id", sku(row) + "@" + location.substring("stores/".length())),
              Updates.combine(
                  Updates.set("sku", sku(row)),
                  Updates.set("location", location),
                  Updates.set("onHand", onHand(round, row)),
                  Updates.set("effectiveTime", time)),
              new UpdateOptions().upsert(true)));
    }
    return Mono.from(raw.bulkWrite(upserts, new BulkWriteOptions().ordered(false)));
  }

  private void ours(ImportDoor door, String id, int round, int from, int to) throws Exception {
    var requests = new ArrayList<ImportStockLevelsRequest>();
    for (int start = from; start < to; start += BATCH) {
      var request = ImportStockLevelsRequest.newBuilder().setImportId(id);
      for (int row = start; row < Math.min(to, start + BATCH); row++) {
        request.addRows(
            StockLevelRow.newBuilder()
                .setRow(row + 1L)
                .setSku(sku(row))
                .setLocation(location(row))
                .setOnHand(onHand(round, row)));
      }
      requests.add(request.build());
    }
    for (var answer : door.send(requests)) {
      if (answer.getProgress().getRefusedCount() > 0) {
        throw new IllegalStateException("refused: " + answer.getResults(0));
      }
    }
  }

  private void awaitFeed(long events) {
    floor.clock.advance(Duration.ofSeconds(2)); // the relay's sweep takes what is older than one
    floor
        .feed
        .last()
        .repeatWhen(again -> again.delayElements(Duration.ofMillis(100)))
        .takeUntil(last -> last >= events)
        .blockLast(Duration.ofMinutes(30));
  }
}
