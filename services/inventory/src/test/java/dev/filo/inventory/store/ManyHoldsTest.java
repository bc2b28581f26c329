package dev.filo.inventory.store;

import static dev.filo.inventory.ShopFloor.MILANO;
import static dev.filo.inventory.ShopFloor.SOFA;
import static dev.filo.inventory.ShopFloor.TILL;
import static dev.filo.inventory.ShopFloor.got;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.mongodb.client.model.Filters;
import com.mongodb.client.model.Projections;
import com.mongodb.reactivestreams.client.MongoDatabase;
import dev.filo.inventory.ShopFloor;
import dev.filo.inventory.domain.Command;
import dev.filo.inventory.domain.HeldPieces;
import dev.filo.inventory.domain.Level;
import dev.filo.inventory.domain.Outcome;
import dev.filo.inventory.service.LevelStore;
import dev.filo.inventory.service.LevelWriter;
import dev.filo.testkit.MutableClock;
import dev.filo.testkit.StoreTest;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.bson.Document;
import org.junit.jupiter.api.Test;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/** Very many holds on one SKU at one location. */
@StoreTest
class ManyHoldsTest {
  private static final String ID = Level.id(SOFA, MILANO);
  private static final int MANY = 20_000;
  private static final Duration LIMIT = Duration.ofSeconds(60);

  private final MongoDatabase database;
  private final MutableClock clock = MutableClock.standing();
  private final ShopFloor floor;

  ManyHoldsTest(MongoDatabase database) {
    this.database = database;
    this.floor = new ShopFloor(database, clock);
  }

  private LevelWriter.Order place(int number, Instant end) {
    // As long as an id may be.
    var id = "reservation-0123456789-0123456789-0123456789-" + String.format("%08d", number);
    return new LevelWriter.Order(ID, new Command.Place(id, 1, end, TILL));
  }

  /** Places holds number {@code from} to {@code to}; the relay takes out what is told meanwhile. */
  private void place(int from, int to, java.util.function.IntFunction<Instant> end) {
    for (int first = from; first < to; first += 500) {
      var orders = new ArrayList<LevelWriter.Order>();
      for (int i = first; i < Math.min(to, first + 500); i++) {
        orders.add(place(i, end.apply(i)));
      }
      var outcomes = floor.writer.submit(orders).block(LIMIT);
      assertThat(outcomes).isNotNull().allMatch(Outcome.Done.class::isInstance);
    }
  }

  private Document document(String... fields) {
    return got(
        Mono.from(
            database
                .getCollection("levels")
                .find(Filters.eq("_id", ID))
                .projection(Projections.include(fields))
                .first()));
  }

  @Test
  void aLocationCarriesTwentyThousandHoldsOnOneSku() {
    floor.start();
    try {
      floor.receive(SOFA, MILANO, MANY + 1);
      var end = clock.instant().plus(Duration.ofHours(1));
      long begun = System.nanoTime();
      place(0, MANY, i -> end.plusMillis(i));
      long placed = System.nanoTime();
      assertThat(floor.level(SOFA, MILANO).held()).isEqualTo(MANY);
      assertThat(floor.level(SOFA, MILANO).available()).isEqualTo(1);

      assertThat(inline()).as("what a write of the level has to copy").isLessThan(2_000);
      await().atMost(LIMIT).until(() -> sheets() == 1);

      // Another replica, which has to read them all first, and then one that need not.
      var other = new ShopFloor(database, clock);
      assertThat(other.writer.submit(List.of(place(MANY, end))).block(LIMIT))
          .allMatch(Outcome.Done.class::isInstance);
      assertThat(floor.writer.submit(List.of(place(MANY + 1, end))).block(LIMIT))
          .containsExactly(new Outcome.TooFew(0));
      long single = System.nanoTime();
      for (int i = 0; i < 20; i++) {
        assertThat(floor.writer.submit(ID, new Command.Free(id(i), TILL)).block(LIMIT))
            .isInstanceOf(Outcome.Done.class);
      }
      long freed = System.nanoTime();
      System.out.printf(
          "%,d holds on one level: placed in %d ms, one more change each %d ms%n",
          MANY, (placed - begun) / 1_000_000, (freed - single) / 20_000_000);
      assertThat(Duration.ofNanos(freed - begun)).isLessThan(LIMIT);
    } finally {
      floor.stop();
    }
  }

  private int inline() {
    return document("holds").get("holds", new Document()).values().stream()
        .mapToInt(bucket -> ((Document) bucket).size())
        .sum();
  }

  private long sheets() {
    return got(Mono.from(database.getCollection("holdSheets").countDocuments()));
  }

  @Test
  void whenFewAreLeftOfManyTheyLieInTheLevelAgain() {
    floor.receive(SOFA, MILANO, 5_000);
    var end = clock.instant().plus(Duration.ofHours(1));
    place(0, 3_000, i -> end);
    place(3_000, 3_005, i -> end.plus(Duration.ofHours(1)));
    assertThat(sheets()).isPositive();
    clock.set(end);
    for (int i = 0; i < 10; i++) {
      got(floor.writer.submit(ID, new Command.DropExpired()));
    }
    await().atMost(LIMIT).until(() -> sheets() == 0);
    assertThat(inline()).isEqualTo(5);
    var read = got(new ShopFloor(database, clock).levels.read(List.of(ID))).get(ID);
    assertThat(read).isNotNull();
    assertThat(read.holds().all())
        .extracting(held -> held.hold())
        .containsExactlyInAnyOrder(id(3_000), id(3_001), id(3_002), id(3_003), id(3_004));
  }

  private static String id(int number) {
    return "reservation-0123456789-0123456789-0123456789-" + String.format("%08d", number);
  }

  @Test
  void whatExpiresCountsNoMoreAtThatInstantAndIsCleanedOnceInPortions() {
    int expiring = 3 * Level.DROPS_MAX + 7;
    floor.receive(SOFA, MILANO, 5_000);
    var end = clock.instant().plus(Duration.ofMinutes(15));
    place(0, expiring, i -> end);
    place(expiring, expiring + 100, i -> end.plusMillis(1 + i));
    place(expiring + 100, expiring + 110, i -> end.plus(Duration.ofDays(1)));
    clock.set(end.minusMillis(1));
    assertThat(floor.level(SOFA, MILANO).held()).isEqualTo(expiring + 110);
    clock.set(end);
    var at = floor.level(SOFA, MILANO);
    assertThat(at.held()).isEqualTo(110);
    // More different ends than a reader is told of.
    clock.set(end.plusMillis(expiring + 80));
    var then = floor.level(SOFA, MILANO);
    assertThat(then.held()).isEqualTo(10 + 100 - 80);
    assertThat(then.etag()).isNotEqualTo(at.etag());
    assertThat(
            got(floor.levels.numbers(List.of(ID), clock.instant()))
                .get(ID)
                .snapshot(clock.instant()))
        .isEqualTo(got(floor.levels.read(List.of(ID))).get(ID).snapshot(clock.instant()));

    assertThat(floor.writer.submit(ID, new Command.DropExpired()).block(LIMIT)).isNotNull();
    assertThat(document("holdCount").getInteger("holdCount"))
        .as("a portion, not all")
        .isBetween(expiring + 110 - 2 * Level.DROPS_MAX, expiring + 110 - Level.DROPS_MAX);
    var other = new ShopFloor(database, clock);
    Mono.when(floor.sweeper.sweep(), other.sweeper.sweep()).block(LIMIT);
    floor.sweeper.sweep().block(LIMIT);
    assertThat(document("holdCount").getInteger("holdCount")).isEqualTo(30);
    assertThat(floor.level(SOFA, MILANO).held()).isEqualTo(30);

    var ended = new ArrayList<String>();
    for (var event : EventsOf.levels(database)) {
      for (var change : event.getHoldChangesList()) {
        if (change.getQuantity() < 0) {
          ended.add(change.getHold());
        }
      }
    }
    assertThat(ended).hasSize(expiring + 80);
    assertThat(new HashSet<>(ended)).hasSize(expiring + 80);
  }

  @Test
  void aWriteSaysOnlyWhatChanged() {
    floor.receive(SOFA, MILANO, 5_000);
    var end = clock.instant().plus(Duration.ofHours(1));
    place(0, 1_000, i -> end.plusMillis(i));
    var before = document("holds").get("holds", Document.class);
    got(floor.writer.submit(ID, new Command.Free(id(5), TILL)));
    var after = document("holds").get("holds", Document.class);
    var bucket = "b" + HeldPieces.bucket(id(5));
    before.get(bucket, Document.class).remove("h" + id(5));
    assertThat(after).isEqualTo(before);
    assertThat(document("held", "holdCount").getInteger("holdCount")).isEqualTo(999);
  }

  @Test
  void aHotLevelCostsOneWriteAndNoRead() {
    var reads = new AtomicInteger();
    var writes = new AtomicInteger();
    var counting =
        new ShopFloor(
            database,
            clock,
            levels -> Counted.wrap(LevelStore.class, levels, reads, writes),
            journal -> journal);
    counting.receive(SOFA, MILANO, 100);
    var end = clock.instant().plus(Duration.ofHours(1));
    reads.set(0);
    writes.set(0);
    for (int i = 0; i < 10; i++) {
      got(counting.writer.submit(List.of(place(i, end))));
    }
    assertThat(reads).hasValue(0);
    assertThat(writes).hasValue(10);
    // Somebody else writes: found by the write, read once.
    got(floor.writer.submit(List.of(place(50, end))));
    got(counting.writer.submit(List.of(place(51, end))));
    assertThat(reads).hasValue(1);
    assertThat(counting.level(SOFA, MILANO).held()).isEqualTo(12);
  }

  @Test
  void aRefusalIsNotMadeFromAnOldMemory() {
    var other = new ShopFloor(database, clock);
    floor.receive(SOFA, MILANO, 1);
    var end = clock.instant().plus(Duration.ofHours(1));
    assertThat(got(floor.writer.submit(List.of(place(0, end)))))
        .allMatch(Outcome.Done.class::isInstance);
    assertThat(got(floor.writer.submit(List.of(place(1, end)))))
        .containsExactly(new Outcome.TooFew(0));
    got(other.writer.submit(ID, new Command.Free(id(0), TILL)));
    assertThat(got(floor.writer.submit(List.of(place(1, end)))))
        .allMatch(Outcome.Done.class::isInstance);
    assertThat(floor.level(SOFA, MILANO).available()).isZero();
  }

  @Test
  void twoWritersTakeTurnsOnOneLevelAndSellWhatThereIs() {
    var other = new ShopFloor(database, clock);
    floor.receive(SOFA, MILANO, 300);
    var end = clock.instant().plus(Duration.ofHours(1));
    var outcomes =
        Flux.range(0, 800)
            .flatMap(i -> (i % 2 == 0 ? floor : other).writer.submit(List.of(place(i, end))), 64)
            .map(List::getFirst)
            .collectList()
            .block(LIMIT);
    assertThat(outcomes).isNotNull();
    assertThat(outcomes).filteredOn(Outcome.Done.class::isInstance).hasSize(300);
    assertThat(outcomes).filteredOn(Outcome.TooFew.class::isInstance).hasSize(500);
    assertThat(floor.level(SOFA, MILANO).held()).isEqualTo(300);
    assertThat(got(floor.levels.read(List.of(ID))).get(ID).holds().size()).isEqualTo(300);
  }
}
