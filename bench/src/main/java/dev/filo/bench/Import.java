package dev.filo.bench;

import com.mongodb.client.model.BulkWriteOptions;
import com.mongodb.client.model.UpdateOneModel;
import com.mongodb.client.model.UpdateOptions;
import com.mongodb.client.model.Updates;
import com.mongodb.client.model.WriteModel;
import com.mongodb.reactivestreams.client.MongoCollection;
import com.mongodb.reactivestreams.client.MongoDatabase;
import dev.filo.proto.api.v1.Role;
import dev.filo.proto.inventory.v1.ImportStockLevelsRequest;
import dev.filo.proto.inventory.v1.ImportStockLevelsResponse;
import dev.filo.proto.inventory.v1.InventoryServiceGrpc.InventoryServiceStub;
import dev.filo.proto.inventory.v1.StockLevelRow;
import io.grpc.stub.StreamObserver;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Date;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.stream.IntStream;
import org.bson.Document;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/**
 * Rows of an import through the service, against the driver's bulk write of the same rows. Both
 * write by turns, a portion each, a thousand rows a message and three messages under way.
 */
final class Import {
  private static final int BATCH = 1_000;
  private static final int IN_FLIGHT = 3;
  private static final int LOCATIONS = 3;
  private static final int PORTIONS = 20;
  // What the compiler takes for the service's side is no part of a row's cost.
  private static final int WARM_UP = 10_000;
  private static final int WARM_UP_MAX = 250_000;
  private static final double FLAT = 1.2;
  private static final Duration WAIT = Duration.ofMinutes(10);

  private final MongoCollection<Document> raw;
  private final InventoryServiceStub stub;
  private final Date time = Date.from(Instant.now());

  private Import(MongoDatabase database, Inventory inventory) {
    this.raw = database.getCollection("raw");
    this.stub = inventory.importing(Role.ROLE_SERVICE, "services/erp");
  }

  /** So many rows: first of new levels, then of the same again. */
  static List<Figure> measure(Setting setting, int rows) throws InterruptedException {
    var database = setting.mongo().getDatabase(setting.database() + "_import");
    try (var inventory = new Inventory(database, database.getName(), Inventory.STORES)) {
      var bench = new Import(database, inventory);
      bench.compare("warm-up", -1, Math.clamp(rows / 4, Math.min(rows, WARM_UP), WARM_UP_MAX));
      var figures = new ArrayList<Figure>();
      figures.addAll(bench.compare("new levels", 0, rows));
      figures.addAll(bench.compare("levels again", 1, rows));
      return figures;
    } finally {
      Mono.from(database.drop()).block(WAIT);
    }
  }

  private List<Figure> compare(String what, int round, int rows) throws InterruptedException {
    var heap = new ArrayList<Long>();
    Load.Result driver = null;
    Load.Result service = null;
    int portion = Math.max(BATCH, rows / PORTIONS / BATCH * BATCH);
    for (int from = 0; from < rows; from += portion) {
      var batches = batches(from, Math.min(rows, from + portion));
      var first = raw(round, batches);
      var second = service(round, batches);
      driver = driver == null ? first : driver.and(first);
      service = service == null ? second : service.and(second);
      System.gc(); // what is left is what an import holds on to
      var runtime = Runtime.getRuntime();
      heap.add(runtime.totalMemory() - runtime.freeMemory());
    }
    if (driver == null || service == null) {
      throw new IllegalArgumentException("rows: " + rows + " (expected: at least 1)");
    }
    long first = most(heap.subList(0, (heap.size() + 1) / 2));
    long second = most(heap.subList(heap.size() / 2, heap.size()));
    return List.of(
        Figure.baseline(
            "driver: bulk write, %,d %s, a thousand each".formatted(rows, what), driver),
        Figure.rate("service: import of the same", service, driver).atLeast(0.5),
        Figure.plain(
            "its heap, MiB: %d in the first half, %d in the second"
                .formatted(first >> 20, second >> 20),
            service,
            "second ≤ 1.2×",
            second <= FLAT * first));
  }

  private static long most(List<Long> bytes) {
    return bytes.stream().mapToLong(Long::longValue).max().orElse(0);
  }

  private static List<int[]> batches(int from, int to) {
    var batches = new ArrayList<int[]>();
    for (int start = from; start < to; start += BATCH) {
      batches.add(new int[] {start, Math.min(to, start + BATCH)});
    }
    return batches;
  }

  private static String sku(int round, int row) {
    return (round < 0 ? "WARM-" : "ROW-") + row / LOCATIONS;
  }

  private static String location(int row) {
    return Inventory.store(row % LOCATIONS);
  }

  private static int onHand(int round, int row) {
    return (row * 31 + round + 1) % 100;
  }

  private static Load.Result result(int rows, long begun, List<Long> nanos) {
    return new Load.Result(
        rows,
        0,
        Duration.ofNanos(System.nanoTime() - begun),
        nanos.stream().mapToLong(Long::longValue).sorted().toArray());
  }

  private static int rows(List<int[]> batches) {
    return batches.getLast()[1] - batches.getFirst()[0];
  }

  private Load.Result raw(int round, List<int[]> batches) {
    long begun = System.nanoTime();
    var nanos =
        Flux.fromIterable(batches)
            .flatMap(
                batch ->
                    Mono.defer(
                        () -> {
                          long sent = System.nanoTime();
                          return Mono.from(
                                  raw.bulkWrite(
                                      IntStream.range(batch[0], batch[1])
                                          .mapToObj(row -> upsert(round, row))
                                          .toList(),
                                      new BulkWriteOptions().ordered(false)))
                              .map(done -> System.nanoTime() - sent);
                        }),
                IN_FLIGHT)
            .collectList()
            .block(WAIT);
    return result(rows(batches), begun, nanos == null ? List.of() : nanos);
  }

  private WriteModel<Document> upsert(int round, int row) {
    return new UpdateOneModel<>(
        new Document("_id", sku(round, row) + "@" + location(row)),
        Updates.combine(
            Updates.set("sku", sku(round, row)),
            Updates.set("location", location(row)),
            Updates.set("onHand", onHand(round, row)),
            Updates.set("effectiveTime", time)),
        new UpdateOptions().upsert(true));
  }

  private Load.Result service(int round, List<int[]> batches) throws InterruptedException {
    var answers = new Answers();
    long begun = System.nanoTime();
    var stream =
        stub.withDeadlineAfter(WAIT.toMinutes(), TimeUnit.MINUTES).importStockLevels(answers);
    for (int[] batch : batches) {
      var request =
          ImportStockLevelsRequest.newBuilder()
              .setImportId(round < 0 ? "import-warm-up" : "import-" + round);
      for (int row = batch[0]; row < batch[1]; row++) {
        request.addRows(
            StockLevelRow.newBuilder()
                .setRow(row + 1L)
                .setSku(sku(round, row))
                .setLocation(location(row))
                .setOnHand(onHand(round, row)));
      }
      answers.sending();
      stream.onNext(request.build());
    }
    stream.onCompleted();
    return result(rows(batches), begun, answers.all());
  }

  /** The answers of one stream, as many under way as may be. */
  private static final class Answers implements StreamObserver<ImportStockLevelsResponse> {
    private final Semaphore free = new Semaphore(IN_FLIGHT);
    private final ArrayDeque<Long> sent = new ArrayDeque<>();
    private final List<Long> nanos = new ArrayList<>();
    private final CompletableFuture<List<Long>> end = new CompletableFuture<>();

    void sending() throws InterruptedException {
      if (!free.tryAcquire(WAIT.toMinutes(), TimeUnit.MINUTES)) {
        throw new IllegalStateException("the import does not answer");
      }
      synchronized (sent) {
        sent.add(System.nanoTime());
      }
    }

    @Override
    public void onNext(ImportStockLevelsResponse answer) {
      if (answer.getProgress().getRefusedCount() > 0) {
        end.completeExceptionally(new IllegalStateException("refused: " + answer.getResults(0)));
      }
      synchronized (sent) {
        nanos.add(System.nanoTime() - sent.remove());
      }
      free.release();
    }

    @Override
    public void onError(Throwable error) {
      end.completeExceptionally(error);
      free.release(IN_FLIGHT);
    }

    @Override
    public void onCompleted() {
      end.complete(nanos);
    }

    List<Long> all() throws InterruptedException {
      try {
        return end.get(WAIT.toMinutes(), TimeUnit.MINUTES);
      } catch (ExecutionException | TimeoutException e) {
        throw new IllegalStateException("the import failed", e);
      }
    }
  }
}
