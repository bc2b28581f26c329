package dev.filo.inventory.store;

import static dev.filo.inventory.ShopFloor.MILANO;
import static dev.filo.inventory.ShopFloor.MONZA;
import static dev.filo.inventory.ShopFloor.SOFA;
import static dev.filo.inventory.ShopFloor.TILL;
import static dev.filo.inventory.ShopFloor.done;
import static dev.filo.inventory.ShopFloor.got;
import static org.assertj.core.api.Assertions.assertThat;

import com.mongodb.reactivestreams.client.MongoDatabase;
import dev.filo.inventory.ShopFloor;
import dev.filo.inventory.domain.Level;
import dev.filo.inventory.domain.Movement;
import dev.filo.inventory.domain.Movement.Details;
import dev.filo.inventory.domain.Movement.Kind;
import dev.filo.inventory.domain.SetAside;
import dev.filo.inventory.service.Stock;
import dev.filo.testkit.MutableClock;
import dev.filo.testkit.StoreTest;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** Goods on their way and goods set aside, in the store. */
@StoreTest
class TransfersTest {
  private final MongoDatabase database;
  private final MutableClock clock = MutableClock.standing();
  private final ShopFloor floor;

  TransfersTest(MongoDatabase database) {
    this.database = database;
    this.floor = new ShopFloor(database, clock);
  }

  private Movement movement(
      String id, Kind kind, String sku, String location, int quantity, Details details) {
    return new Movement(
        id,
        kind,
        Level.id(sku, location),
        quantity,
        clock.instant(),
        "test",
        TILL,
        "",
        kind + " " + quantity + details,
        details);
  }

  private Movement out(String id, String sku, int quantity) {
    return movement(
        id, Kind.TRANSFER_OUT, sku, MILANO, quantity, Details.transfer("t-" + sku, MONZA));
  }

  private Movement in(String id, String sku, int quantity) {
    return movement(
        id, Kind.TRANSFER_IN, sku, MONZA, quantity, Details.transfer("t-" + sku, MILANO));
  }

  @Test
  void whatLeavesIsOnItsWayToTheOtherEndUntilItArrives() {
    floor.receive(SOFA, MILANO, 5);
    floor.record(out("o", SOFA, 3));
    assertThat(floor.level(SOFA, MILANO).onHand()).isEqualTo(2);
    assertThat(floor.level(SOFA, MONZA).inTransit()).isEqualTo(3);
    assertThat(floor.level(SOFA, MONZA).available()).isZero();
    assertThat(floor.record(out("o", SOFA, 3))).isInstanceOf(Stock.Result.Repeated.class);
    assertThat(floor.level(SOFA, MONZA).inTransit()).isEqualTo(3);
    floor.record(in("i", SOFA, 2));
    assertThat(floor.level(SOFA, MONZA).inTransit()).isEqualTo(1);
    assertThat(floor.level(SOFA, MONZA).available()).isEqualTo(2);
    floor.record(out("back", SOFA, -1));
    assertThat(floor.level(SOFA, MILANO).onHand()).isEqualTo(3);
    assertThat(floor.level(SOFA, MONZA).inTransit()).isZero();
    var ledger = got(floor.stock.movements(Level.id(SOFA, MONZA), Long.MAX_VALUE, 10));
    assertThat(ledger)
        .extracting(entry -> entry.movement().kind())
        .containsExactly(Kind.TRANSFER_ANNOUNCED, Kind.TRANSFER_IN, Kind.TRANSFER_ANNOUNCED);
    assertThat(ledger.getFirst().movement().details().counterpart()).isEqualTo(MILANO);
  }

  @Test
  void theOrderOfArrivalAndRepetitionsChangeNothing() {
    var random = new Random(11);
    for (int run = 0; run < 15; run++) {
      var sku = "SKU-" + run;
      floor.receive(sku, MILANO, 10);
      var feed =
          new ArrayList<>(
              List.of(
                  out(sku + "o1", sku, 4),
                  out(sku + "o2", sku, 2),
                  in(sku + "i1", sku, 3),
                  in(sku + "i2", sku, 1)));
      feed.addAll(List.copyOf(feed));
      Collections.shuffle(feed, random);
      while (!feed.isEmpty()) {
        int size = 1 + random.nextInt(feed.size());
        got(floor.stock.record(List.copyOf(feed.subList(0, size)), location -> true));
        feed.subList(0, size).clear();
      }
      assertThat(floor.level(sku, MILANO).onHand()).isEqualTo(4);
      assertThat(floor.level(sku, MONZA).onHand()).isEqualTo(4);
      assertThat(floor.level(sku, MONZA).inTransit()).isEqualTo(2);
    }
  }

  @Test
  void theOtherEndIsToldOnceWhereverTheProcessDies() {
    int crashes = 0;
    int sent = 0;
    for (int step = 1; step <= 8; step++) {
      for (boolean after : new boolean[] {false, true}) {
        var out = out("o-" + step + after, SOFA, 1);
        if (Crashing.dies(
            database,
            clock,
            step,
            after,
            doomed -> doomed.stock.record(List.of(out), location -> true))) {
          crashes++;
        }
        clock.advance(Duration.ofSeconds(31));
        done(floor.sweeper.sweep());
        done(floor.sweeper.sweep());
        int left = -floor.level(SOFA, MILANO).onHand();
        assertThat(floor.level(SOFA, MONZA).inTransit()).as("died at %s", step).isEqualTo(left);
        floor.record(out);
        sent++;
        assertThat(floor.level(SOFA, MILANO).onHand()).isEqualTo(-sent);
        assertThat(floor.level(SOFA, MONZA).inTransit()).isEqualTo(sent);
      }
    }
    assertThat(crashes).isGreaterThanOrEqualTo(10);
  }

  @Test
  void aTransferNamesItsIdAndAnotherLocation() {
    var invalid = new Stock.Result.Refused(Stock.Reason.TRANSFER_INVALID);
    for (Details details :
        List.of(
            Details.NONE,
            Details.transfer("", MONZA),
            Details.transfer("t", ""),
            Details.transfer("t", MILANO),
            Details.transfer("t", "stores/atlantis"))) {
      assertThat(floor.record(movement("x", Kind.TRANSFER_OUT, SOFA, MILANO, 1, details)))
          .as("%s", details)
          .isEqualTo(invalid);
    }
    assertThat(
            floor.record(movement("x", Kind.SALE, SOFA, MILANO, 1, Details.transfer("t", MONZA))))
        .isEqualTo(invalid);
  }

  @Test
  void whatIsSetAsideIsNotSoldUntilItIsBack() {
    floor.receive(SOFA, MILANO, 3);
    var damaged = new Details("", "", List.of(), SetAside.DAMAGED);
    floor.record(movement("a", Kind.SET_ASIDE, SOFA, MILANO, 2, damaged));
    assertThat(floor.level(SOFA, MILANO).setAside()).isEqualTo(2);
    assertThat(floor.level(SOFA, MILANO).available()).isEqualTo(1);
    assertThat(floor.level(SOFA, MILANO).onHand()).isEqualTo(3);
    floor.record(movement("b", Kind.SET_ASIDE, SOFA, MILANO, -2, damaged));
    assertThat(floor.level(SOFA, MILANO).available()).isEqualTo(3);
    assertThat(floor.record(movement("c", Kind.SET_ASIDE, SOFA, MILANO, 1, Details.NONE)))
        .isEqualTo(new Stock.Result.Refused(Stock.Reason.SET_ASIDE_REASON_INVALID));
    assertThat(floor.record(movement("c", Kind.SALE, SOFA, MILANO, 1, damaged)))
        .isEqualTo(new Stock.Result.Refused(Stock.Reason.SET_ASIDE_REASON_INVALID));
  }
}
