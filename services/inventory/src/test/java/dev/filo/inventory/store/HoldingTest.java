package dev.filo.inventory.store;

import static dev.filo.inventory.ShopFloor.CHAIR;
import static dev.filo.inventory.ShopFloor.MILANO;
import static dev.filo.inventory.ShopFloor.SOFA;
import static dev.filo.inventory.ShopFloor.done;
import static dev.filo.inventory.ShopFloor.got;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.mongodb.reactivestreams.client.MongoDatabase;
import dev.filo.inventory.ShopFloor;
import dev.filo.inventory.domain.Hold;
import dev.filo.inventory.domain.Level;
import dev.filo.inventory.domain.Refusal;
import dev.filo.inventory.service.RefusedException;
import dev.filo.testkit.MutableClock;
import dev.filo.testkit.StoreTest;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

@StoreTest
class HoldingTest {
  private static final Duration HOUR = Duration.ofHours(1);

  private final MongoDatabase database;
  private final MutableClock clock = MutableClock.standing();
  private final ShopFloor floor;

  HoldingTest(MongoDatabase database) {
    this.database = database;
    this.floor = new ShopFloor(database, clock);
  }

  private static Refusal refusal(Mono<?> call) {
    return got(
        call.<Refusal>map(value -> new Refusal.HoldUnknown("not refused: " + value))
            .onErrorResume(RefusedException.class, refused -> Mono.just(refused.refusal())));
  }

  @Test
  void ofManyWhoWantTheLastPieceOneGetsIt() {
    var replicas =
        List.of(
            floor,
            new ShopFloor(database, clock),
            new ShopFloor(database, clock),
            new ShopFloor(database, clock));
    for (int round = 0; round < 10; round++) {
      var sku = "SKU-" + round;
      var name = "racer-" + round + "-";
      floor.receive(sku, MILANO, 1);
      int won =
          got(
              Flux.range(0, 40)
                  .flatMap(
                      i ->
                          replicas
                              .get(i % 4)
                              .hold(name + i, HOUR, new Hold.Line(sku, 1))
                              .map(hold -> 1)
                              .onErrorResume(RefusedException.class, refused -> Mono.just(0)),
                      64)
                  .reduce(0, Integer::sum));
      assertThat(won).isEqualTo(1);
      var level = floor.level(sku, MILANO);
      assertThat(level.held()).isEqualTo(1);
      assertThat(level.available()).isZero();
    }
  }

  @Test
  void exactlyAsManyAreHeldAsThereAre() {
    floor.receive(SOFA, MILANO, 30);
    var other = new ShopFloor(database, clock);
    int won =
        got(
            Flux.range(0, 200)
                .flatMap(
                    i ->
                        (i % 2 == 0 ? floor : other)
                            .hold("racer-" + i, 1, HOUR)
                            .map(hold -> 1)
                            .onErrorResume(RefusedException.class, refused -> Mono.just(0)),
                    64)
                .reduce(0, Integer::sum));
    assertThat(won).isEqualTo(30);
    assertThat(floor.level(SOFA, MILANO).held()).isEqualTo(30);
  }

  @Test
  void anExpiredHoldStopsCountingAtThatVeryInstant() {
    floor.receive(SOFA, MILANO, 1);
    got(floor.hold("first", 1, HOUR));
    clock.advance(HOUR.minusMillis(1));
    assertThat(floor.level(SOFA, MILANO).available()).isZero();
    assertThat(refusal(floor.hold("early", 1, HOUR)))
        .isEqualTo(new Refusal.StockInsufficient(MILANO, Map.of(SOFA, 0)));
    clock.advance(Duration.ofMillis(1));
    assertThat(floor.level(SOFA, MILANO).available()).isEqualTo(1);
    assertThat(got(floor.hold("second", 1, HOUR)).state()).isEqualTo(Hold.State.ACTIVE);
    assertThat(refusal(floor.holds.sell("first", ShopFloor.TILL)))
        .isEqualTo(new Refusal.HoldOver("first", "EXPIRED"));
    assertThat(floor.level(SOFA, MILANO).onHand()).isEqualTo(1);
  }

  @Test
  void theEndOfAHoldIsToldOnce() {
    floor.receive(SOFA, MILANO, 1);
    got(floor.hold("first", 1, HOUR));
    got(floor.journal.find("first")); // so that its journal lies among the others
    clock.advance(HOUR);
    var other = new ShopFloor(database, clock);
    Mono.when(floor.sweeper.sweep(), other.sweeper.sweep()).block(Duration.ofSeconds(20));
    done(floor.sweeper.sweep());
    assertThat(EventsOf.levels(database))
        .flatExtracting(event -> event.getHoldChangesList())
        .filteredOn(change -> change.getHold().equals("holds/first"))
        .extracting(change -> change.getQuantity())
        .containsExactly(1, -1);
    assertThat(got(floor.journal.find("first")).state()).isEqualTo(Hold.State.EXPIRED);
  }

  @Test
  void allLinesOrNone() {
    floor.receive(SOFA, MILANO, 2);
    floor.receive(CHAIR, MILANO, 1);
    var call =
        floor.hold(
            "both", HOUR, new Hold.Line(SOFA, 1), new Hold.Line(CHAIR, 1), new Hold.Line(CHAIR, 1));
    assertThat(refusal(call)).isEqualTo(new Refusal.StockInsufficient(MILANO, Map.of(CHAIR, 1)));
    assertThat(floor.level(SOFA, MILANO).held()).isZero();
    floor.receive(CHAIR, MILANO, 5);
    assertThat(refusal(call)).as("the first answer").isInstanceOf(Refusal.StockInsufficient.class);
    var fits = floor.hold("fits", HOUR, new Hold.Line(CHAIR, 2), new Hold.Line(CHAIR, 1));
    assertThat(got(fits).lines()).containsExactly(new Hold.Line(CHAIR, 3));
    assertThat(got(fits).lines()).containsExactly(new Hold.Line(CHAIR, 3));
    assertThat(floor.level(CHAIR, MILANO).held()).isEqualTo(3);
  }

  @Test
  void anotherHoldOfTheSameIdIsRefused() {
    floor.receive(SOFA, MILANO, 5);
    got(floor.hold("one", 1, HOUR));
    assertThat(refusal(floor.hold("one", 2, HOUR))).isEqualTo(new Refusal.HoldDiffers("one"));
    assertThat(floor.level(SOFA, MILANO).held()).isEqualTo(1);
  }

  @Test
  void sellingLowersOnHandAndHeldTogetherOnce() {
    floor.receive(SOFA, MILANO, 3);
    got(floor.hold("one", 2, HOUR));
    for (int i = 0; i < 3; i++) {
      assertThat(got(floor.holds.sell("one", ShopFloor.TILL)).state()).isEqualTo(Hold.State.SOLD);
    }
    var level = floor.level(SOFA, MILANO);
    assertThat(level.onHand()).isEqualTo(1);
    assertThat(level.held()).isZero();
    assertThat(level.available()).isEqualTo(1);
    var ledger = got(floor.stock.movements(Level.id(SOFA, MILANO), Long.MAX_VALUE, 10));
    assertThat(ledger).hasSize(2);
    assertThat(ledger.getFirst().movement().cause()).isEqualTo("reservations/one");
    assertThat(ledger.getFirst().movement().author()).isEqualTo(ShopFloor.TILL);
    assertThat(ledger.getFirst().applied().after().onHand()).isEqualTo(1);
    assertThat(got(floor.holds.release("one", ShopFloor.TILL)).state()).isEqualTo(Hold.State.SOLD);
    assertThat(floor.level(SOFA, MILANO).onHand()).isEqualTo(1);
  }

  @Test
  void severalLinesAreSoldTogether() {
    floor.receive(SOFA, MILANO, 1);
    floor.receive(CHAIR, MILANO, 2);
    got(floor.hold("set", HOUR, new Hold.Line(SOFA, 1), new Hold.Line(CHAIR, 2)));
    got(floor.holds.sell("set", ShopFloor.TILL));
    assertThat(floor.level(SOFA, MILANO).onHand()).isZero();
    assertThat(floor.level(CHAIR, MILANO).onHand()).isZero();
    assertThat(floor.level(CHAIR, MILANO).held()).isZero();
  }

  @Test
  void releasingFreesOnceAndForgivesRepetition() {
    floor.receive(SOFA, MILANO, 1);
    got(floor.hold("one", 1, HOUR));
    assertThat(got(floor.holds.release("one", ShopFloor.TILL)).state())
        .isEqualTo(Hold.State.RELEASED);
    assertThat(got(floor.holds.release("one", ShopFloor.TILL)).state())
        .isEqualTo(Hold.State.RELEASED);
    assertThat(floor.level(SOFA, MILANO).available()).isEqualTo(1);
    assertThat(refusal(floor.holds.sell("one", ShopFloor.TILL)))
        .isEqualTo(new Refusal.HoldOver("one", "RELEASED"));
    assertThat(refusal(floor.holds.release("none", ShopFloor.TILL)))
        .isEqualTo(new Refusal.HoldUnknown("none"));
  }

  @Test
  void extendingMovesTheEndOnAllLevels() {
    floor.receive(SOFA, MILANO, 1);
    floor.receive(CHAIR, MILANO, 1);
    got(floor.hold("set", HOUR, new Hold.Line(SOFA, 1), new Hold.Line(CHAIR, 1)));
    var later = clock.instant().plus(HOUR.multipliedBy(3));
    var longer = got(floor.holds.extend("set", later, "r1", ShopFloor.TILL));
    assertThat(longer.expireTime()).isEqualTo(later);
    clock.advance(HOUR.multipliedBy(2));
    done(floor.sweeper.sweep());
    assertThat(floor.level(CHAIR, MILANO).held()).isEqualTo(1);
    assertThat(refusal(floor.holds.extend("set", later.plusSeconds(1), "r1", ShopFloor.TILL)))
        .isEqualTo(new Refusal.RequestIdReused());
    assertThat(refusal(floor.holds.extend("set", clock.instant(), "r2", ShopFloor.TILL)))
        .isEqualTo(new Refusal.TimeInvalid("expire_time"));
    clock.set(later);
    assertThat(floor.level(CHAIR, MILANO).held()).isZero();
    assertThat(refusal(floor.holds.extend("set", later.plusSeconds(9), "r3", ShopFloor.TILL)))
        .isEqualTo(new Refusal.HoldOver("set", "EXPIRED"));
    assertThat(got(floor.holds.extend("set", later, "r1", ShopFloor.TILL)).expireTime())
        .as("the first answer")
        .isEqualTo(later);
  }

  @Test
  void whatIsNotKnownIsRefused() {
    assertThat(refusal(floor.hold("x", HOUR, new Hold.Line("NOPE", 1))))
        .isEqualTo(new Refusal.SkuUnknown("NOPE"));
    assertThat(
            refusal(
                floor.holds.place(
                    "x",
                    "stores/atlantis",
                    List.of(new Hold.Line(SOFA, 1)),
                    clock.instant().plus(HOUR),
                    "o",
                    ShopFloor.TILL,
                    "")))
        .isEqualTo(new Refusal.LocationUnknown("stores/atlantis"));
    assertThat(refusal(floor.hold("x", 1, Duration.ZERO)))
        .isEqualTo(new Refusal.TimeInvalid("expire_time"));
    assertThatThrownBy(() -> got(floor.hold("x", 1, HOUR))).isInstanceOf(RefusedException.class);
  }
}
