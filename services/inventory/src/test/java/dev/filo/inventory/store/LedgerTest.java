package dev.filo.inventory.store;

import static dev.filo.inventory.ShopFloor.MILANO;
import static dev.filo.inventory.ShopFloor.SOFA;
import static dev.filo.inventory.ShopFloor.got;
import static dev.filo.inventory.ShopFloor.movement;
import static org.assertj.core.api.Assertions.assertThat;

import com.mongodb.reactivestreams.client.MongoDatabase;
import dev.filo.inventory.ShopFloor;
import dev.filo.inventory.domain.Level;
import dev.filo.inventory.domain.Movement;
import dev.filo.inventory.domain.Movement.Kind;
import dev.filo.inventory.service.Stock;
import dev.filo.testkit.MutableClock;
import dev.filo.testkit.StoreTest;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashSet;
import java.util.List;
import java.util.Random;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;
import reactor.core.publisher.Flux;

@StoreTest
class LedgerTest {
  private final MongoDatabase database;
  private final MutableClock clock = MutableClock.standing();
  private final ShopFloor floor;

  LedgerTest(MongoDatabase database) {
    this.database = database;
    this.floor = new ShopFloor(database, clock);
  }

  private Instant at(int minutes) {
    return clock.instant().minus(Duration.ofHours(2)).plus(Duration.ofMinutes(minutes));
  }

  private List<Movement> feed(String sku) {
    return List.of(
        movement(sku + "-1", Kind.RECEIPT, sku, MILANO, 10, at(0)),
        movement(sku + "-2", Kind.SALE, sku, MILANO, 1, at(10)),
        movement(sku + "-3", Kind.COUNT, sku, MILANO, 8, at(20)),
        movement(sku + "-4", Kind.SALE, sku, MILANO, 2, at(20)),
        movement(sku + "-5", Kind.SALE, sku, MILANO, 3, at(30)),
        movement(sku + "-6", Kind.RETURN, sku, MILANO, 1, at(40)),
        movement(sku + "-7", Kind.COUNT, sku, MILANO, 7, at(35)),
        movement(sku + "-8", Kind.ADJUSTMENT, sku, MILANO, -2, at(50)));
  }

  @Test
  void theOrderOfArrivalAndRepetitionsChangeNothing() {
    // counted 7 at 35, a return at 40, an adjustment at 50
    int expected = 7 + 1 - 2;
    var random = new Random(7);
    for (int run = 0; run < 40; run++) {
      var sku = "SKU-" + run;
      var arriving = new ArrayList<>(feed(sku));
      arriving.addAll(feed(sku).subList(0, random.nextInt(8)));
      Collections.shuffle(arriving, random);
      var remaining = new ArrayList<>(arriving);
      while (!remaining.isEmpty()) { // in batches of any size
        int size = 1 + random.nextInt(remaining.size());
        var batch = new ArrayList<>(remaining.subList(0, size));
        remaining.subList(0, size).clear();
        got(floor.stock.record(batch, location -> true));
      }
      assertThat(floor.level(sku, MILANO).onHand()).as("order %s", arriving).isEqualTo(expected);
      var ledger = got(floor.stock.movements(Level.id(sku, MILANO), Long.MAX_VALUE, 100));
      assertThat(ledger).hasSize(8);
      assertThat(new HashSet<>(ledger.stream().map(e -> e.movement().id()).toList())).hasSize(8);
      assertThat(ledger.getFirst().applied().after().onHand()).isEqualTo(expected);
    }
  }

  @Test
  void aLateSaleIsInTheCountAlready() {
    got(
        floor.stock.record(
            List.of(
                movement("a", Kind.RECEIPT, SOFA, MILANO, 10, at(0)),
                movement("b", Kind.COUNT, SOFA, MILANO, 9, at(30))),
            location -> true));
    floor.record(movement("c", Kind.SALE, SOFA, MILANO, 1, at(20)));
    assertThat(floor.level(SOFA, MILANO).onHand()).isEqualTo(9);
    floor.record(movement("d", Kind.SALE, SOFA, MILANO, 1, at(31)));
    assertThat(floor.level(SOFA, MILANO).onHand()).isEqualTo(8);
  }

  @Test
  void aHoldSoldAfterACountOfTheFutureStillLowersOnHand() {
    floor.receive(SOFA, MILANO, 5);
    got(floor.hold("h", 1, Duration.ofHours(1)));
    floor.record(
        movement("c", Kind.COUNT, SOFA, MILANO, 5, clock.instant().plus(Duration.ofMinutes(4))));
    got(floor.holds.sell("h", ShopFloor.TILL));
    assertThat(floor.level(SOFA, MILANO).onHand()).isEqualTo(4);
  }

  @Test
  void aRepetitionGivesTheFirstResult() {
    var receipt = movement("r", Kind.RECEIPT, SOFA, MILANO, 2, at(0));
    assertThat(floor.record(receipt)).isInstanceOf(Stock.Result.Recorded.class);
    floor.receive(SOFA, MILANO, 5);
    var repeated = floor.record(receipt);
    assertThat(repeated).isInstanceOf(Stock.Result.Repeated.class);
    assertThat(((Stock.Result.Repeated) repeated).level().onHand()).isEqualTo(2);
    assertThat(floor.record(movement("r", Kind.RECEIPT, SOFA, MILANO, 3, at(0))))
        .isEqualTo(new Stock.Result.Refused(Stock.Reason.MOVEMENT_DIFFERS));
    assertThat(floor.record(movement("r", Kind.RECEIPT, "SKU-1", MILANO, 2, at(0))))
        .isEqualTo(new Stock.Result.Refused(Stock.Reason.MOVEMENT_DIFFERS));
  }

  @Test
  void everyRowHasItsOwnResult() {
    var results =
        got(
            floor.stock.record(
                List.of(
                    movement("a", Kind.RECEIPT, SOFA, MILANO, 1, at(0)),
                    movement("b", Kind.RECEIPT, "NOPE", MILANO, 1, at(0)),
                    movement("c", Kind.RECEIPT, SOFA, "stores/atlantis", 1, at(0)),
                    movement("d", Kind.RECEIPT, SOFA, MILANO, 0, at(0)),
                    movement("e", Kind.SALE, SOFA, ShopFloor.MONZA, 1, at(0)),
                    movement("f", Kind.SALE, SOFA, MILANO, 1, at(200)),
                    movement("a", Kind.RECEIPT, SOFA, MILANO, 1, at(0))),
                location -> !location.equals(ShopFloor.MONZA)));
    assertThat(results.get(0)).isInstanceOf(Stock.Result.Recorded.class);
    assertThat(results.subList(1, 6))
        .containsExactly(
            new Stock.Result.Refused(Stock.Reason.SKU_NOT_FOUND),
            new Stock.Result.Refused(Stock.Reason.LOCATION_NOT_FOUND),
            new Stock.Result.Refused(Stock.Reason.QUANTITY_INVALID),
            new Stock.Result.Refused(Stock.Reason.LOCATION_NOT_ALLOWED),
            new Stock.Result.Refused(Stock.Reason.TIME_INVALID));
    assertThat(results.get(6)).isInstanceOf(Stock.Result.Repeated.class);
    assertThat(floor.level(SOFA, MILANO).onHand()).isEqualTo(1);
  }

  @Test
  void manyMovementsOfOneLevelFromTwoReplicasAllCount() {
    var other = new ShopFloor(database, clock);
    Flux.range(0, 200)
        .flatMap(
            i ->
                (i % 2 == 0 ? floor : other)
                    .stock.record(
                        List.of(movement("m" + i, Kind.RECEIPT, SOFA, MILANO, 1, at(0))),
                        location -> true),
            64)
        .then()
        .block(Duration.ofSeconds(30));
    assertThat(floor.level(SOFA, MILANO).onHand()).isEqualTo(200);
    assertThat(got(floor.stock.movements(Level.id(SOFA, MILANO), Long.MAX_VALUE, 500)))
        .extracting(entry -> entry.applied().sequence())
        .containsExactlyElementsOf(
            LongStream.rangeClosed(1, 200).map(n -> 201 - n).boxed().toList());
  }

  @Test
  void thousandsOfReceiptsTakeSeconds() {
    var receipts = new ArrayList<Movement>();
    for (int i = 0; i < 1000; i++) {
      receipts.add(movement("bulk-" + i, Kind.RECEIPT, "SKU-" + i, MILANO, 5, at(0)));
    }
    long begun = System.nanoTime();
    var results = got(floor.stock.record(receipts, location -> true));
    var took = Duration.ofNanos(System.nanoTime() - begun);
    assertThat(results).allMatch(Stock.Result.Recorded.class::isInstance);
    assertThat(took).isLessThan(Duration.ofSeconds(15));
    System.out.println("1000 receipts for 1000 levels took " + took.toMillis() + " ms");
  }

  @Test
  void theSafetyStockIsKeptBack() {
    floor.receive(SOFA, MILANO, 3);
    var id = Level.id(SOFA, MILANO);
    assertThat(got(floor.stock.setSafety(id, 2, true, "q1", ShopFloor.TILL)).available())
        .isEqualTo(1);
    assertThat(got(floor.stock.setSafety(id, 5, true, "q2", ShopFloor.TILL)).available()).isZero();
    assertThat(got(floor.stock.setSafety(id, 2, true, "q1", ShopFloor.TILL)).available())
        .as("the first answer")
        .isEqualTo(1);
    assertThat(floor.level(SOFA, MILANO).safety().pieces()).isEqualTo(5);
  }
}
