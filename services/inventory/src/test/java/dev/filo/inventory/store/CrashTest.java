package dev.filo.inventory.store;

import static dev.filo.inventory.ShopFloor.CHAIR;
import static dev.filo.inventory.ShopFloor.MILANO;
import static dev.filo.inventory.ShopFloor.SOFA;
import static dev.filo.inventory.ShopFloor.TILL;
import static dev.filo.inventory.ShopFloor.done;
import static dev.filo.inventory.ShopFloor.got;
import static org.assertj.core.api.Assertions.assertThat;

import com.mongodb.reactivestreams.client.MongoDatabase;
import dev.filo.inventory.ShopFloor;
import dev.filo.inventory.domain.Hold;
import dev.filo.inventory.domain.Level;
import dev.filo.inventory.domain.Movement;
import dev.filo.inventory.service.HoldStore;
import dev.filo.inventory.service.LevelStore;
import dev.filo.inventory.service.RefusedException;
import dev.filo.inventory.service.Stock;
import dev.filo.testkit.MutableClock;
import dev.filo.testkit.StoreTest;
import java.time.Duration;
import java.util.List;
import java.util.function.Function;
import org.junit.jupiter.api.Test;
import reactor.core.publisher.Mono;

/** A process that dies at any of its writes, and what the others make of it. */
@StoreTest
class CrashTest {
  private static final Duration HOUR = Duration.ofHours(1);
  private static final int STEPS_MAX = 12;

  private final MongoDatabase database;
  private final MutableClock clock = MutableClock.standing();
  private final ShopFloor floor;

  CrashTest(MongoDatabase database) {
    this.database = database;
    this.floor = new ShopFloor(database, clock);
  }

  /** Does something in a process that dies at a write; false when it lived. */
  private boolean dies(int at, boolean after, Function<ShopFloor, Mono<?>> work) {
    var crash = new Crashing(at, after);
    var doomed =
        new ShopFloor(
            database,
            clock,
            levels -> crash.wrap(LevelStore.class, levels),
            holds -> crash.wrap(HoldStore.class, holds));
    work.apply(doomed)
        .then()
        .onErrorResume(IllegalStateException.class, died -> Mono.empty())
        .onErrorResume(RefusedException.class, refused -> Mono.empty())
        .block(Duration.ofSeconds(20));
    return crash.died();
  }

  private static Mono<Hold> set(ShopFloor at, String id) {
    return at.hold(id, HOUR, new Hold.Line(SOFA, 1), new Hold.Line(CHAIR, 2));
  }

  @Test
  void aPlacementIsFinishedByRepeatingIt() {
    floor.receive(SOFA, MILANO, 100);
    floor.receive(CHAIR, MILANO, 100);
    int crashes = 0;
    for (int step = 1; step <= STEPS_MAX; step++) {
      for (boolean after : new boolean[] {false, true}) {
        var id = "hold-" + step + after;
        if (dies(step, after, doomed -> set(doomed, id))) {
          crashes++;
        }
        assertThat(got(set(floor, id)).state()).isEqualTo(Hold.State.ACTIVE);
        assertThat(got(floor.holds.release(id, TILL)).state()).isEqualTo(Hold.State.RELEASED);
        assertThat(floor.level(SOFA, MILANO).held()).as("after %s", id).isZero();
        assertThat(floor.level(CHAIR, MILANO).held()).as("after %s", id).isZero();
      }
    }
    assertThat(crashes).isGreaterThanOrEqualTo(6);
  }

  @Test
  void aPlacementNobodyResumesIsReleased() {
    floor.receive(SOFA, MILANO, 100);
    floor.receive(CHAIR, MILANO, 100);
    for (int step = 1; step <= 3; step++) {
      for (boolean after : new boolean[] {false, true}) {
        var id = "hold-" + step + after;
        dies(step, after, doomed -> set(doomed, id));
        clock.advance(Duration.ofSeconds(31));
        done(floor.sweeper.sweep());
        var hold = floor.journal.find(id).block(Duration.ofSeconds(20));
        if (hold != null && hold.state() == Hold.State.ACTIVE) {
          got(floor.holds.release(id, TILL)); // it was placed: only the answer got lost
        }
        assertThat(floor.level(SOFA, MILANO).held()).as("after %s", id).isZero();
        assertThat(floor.level(CHAIR, MILANO).held()).as("after %s", id).isZero();
      }
    }
  }

  @Test
  void aRefusedPlacementLeaksNothing() {
    floor.receive(SOFA, MILANO, 100);
    for (int step = 1; step <= 6; step++) {
      for (boolean after : new boolean[] {false, true}) {
        var id = "hold-" + step + after;
        dies(step, after, doomed -> set(doomed, id));
        clock.advance(Duration.ofSeconds(31));
        done(floor.sweeper.sweep());
        assertThat(floor.level(SOFA, MILANO).held()).as("after %s", id).isZero();
      }
    }
  }

  @Test
  void aSaleIsFinishedByRepeatingIt() {
    floor.receive(SOFA, MILANO, 100);
    floor.receive(CHAIR, MILANO, 100);
    int sold = 0;
    for (int step = 1; step <= STEPS_MAX; step++) {
      for (boolean after : new boolean[] {false, true}) {
        var id = "hold-" + step + after;
        got(set(floor, id));
        dies(step, after, doomed -> doomed.holds.sell(id, TILL));
        assertThat(got(floor.holds.sell(id, TILL)).state()).isEqualTo(Hold.State.SOLD);
        sold++;
        assertSold(id, sold);
      }
    }
  }

  @Test
  void aSaleNobodyRepeatsIsFinishedBySweeping() {
    floor.receive(SOFA, MILANO, 100);
    floor.receive(CHAIR, MILANO, 100);
    int sold = 0;
    for (int step = 2; step <= STEPS_MAX; step++) { // at step 1 nothing is decided yet
      for (boolean after : new boolean[] {false, true}) {
        var id = "hold-" + step + after;
        got(set(floor, id));
        dies(step, after, doomed -> doomed.holds.sell(id, TILL));
        clock.advance(Duration.ofSeconds(6));
        done(floor.sweeper.sweep());
        assertThat(got(floor.journal.find(id)).state()).isEqualTo(Hold.State.SOLD);
        sold++;
        assertSold(id, sold);
      }
    }
  }

  private void assertSold(String id, int sold) {
    assertThat(floor.level(SOFA, MILANO).onHand()).as("after %s", id).isEqualTo(100 - sold);
    assertThat(floor.level(CHAIR, MILANO).onHand()).as("after %s", id).isEqualTo(100 - 2 * sold);
    assertThat(floor.level(SOFA, MILANO).held()).as("after %s", id).isZero();
    assertThat(floor.level(CHAIR, MILANO).held()).as("after %s", id).isZero();
  }

  @Test
  void aMovementTakesEffectOnce() {
    int received = 0;
    for (int step = 1; step <= 4; step++) {
      for (boolean after : new boolean[] {false, true}) {
        var receipt =
            ShopFloor.movement(
                "m-" + step + after, Movement.Kind.RECEIPT, SOFA, MILANO, 1, clock.instant());
        dies(step, after, doomed -> doomed.stock.record(List.of(receipt), location -> true));
        assertThat(floor.record(receipt)).isNotInstanceOf(Stock.Result.Refused.class);
        received++;
        assertThat(floor.level(SOFA, MILANO).onHand()).isEqualTo(received);
        assertThat(floor.record(receipt)).isInstanceOf(Stock.Result.Repeated.class);
      }
    }
    var ledger = got(floor.stock.movements(Level.id(SOFA, MILANO), Long.MAX_VALUE, 100));
    assertThat(ledger).hasSize(received);
  }

  @Test
  void aMovementNobodyRepeatsIsFinishedBySweeping() {
    var receipt = ShopFloor.movement("m", Movement.Kind.RECEIPT, SOFA, MILANO, 1, clock.instant());
    dies(1, true, doomed -> doomed.stock.record(List.of(receipt), location -> true));
    assertThat(floor.level(SOFA, MILANO).onHand()).isZero();
    clock.advance(Duration.ofSeconds(31));
    done(floor.sweeper.sweep());
    assertThat(floor.level(SOFA, MILANO).onHand()).isEqualTo(1);
    done(floor.sweeper.sweep());
    assertThat(floor.record(receipt)).isInstanceOf(Stock.Result.Repeated.class);
    assertThat(floor.level(SOFA, MILANO).onHand()).isEqualTo(1);
  }
}
