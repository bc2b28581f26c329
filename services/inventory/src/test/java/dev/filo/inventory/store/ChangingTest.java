package dev.filo.inventory.store;

import static dev.filo.inventory.ShopFloor.CHAIR;
import static dev.filo.inventory.ShopFloor.MILANO;
import static dev.filo.inventory.ShopFloor.MONZA;
import static dev.filo.inventory.ShopFloor.SOFA;
import static dev.filo.inventory.ShopFloor.TILL;
import static dev.filo.inventory.ShopFloor.done;
import static dev.filo.inventory.ShopFloor.got;
import static dev.filo.inventory.ShopFloor.refusal;
import static org.assertj.core.api.Assertions.assertThat;

import com.mongodb.reactivestreams.client.MongoDatabase;
import dev.filo.inventory.ShopFloor;
import dev.filo.inventory.domain.Hold;
import dev.filo.inventory.domain.Hold.Line;
import dev.filo.inventory.domain.Refusal;
import dev.filo.testkit.MutableClock;
import dev.filo.testkit.StoreTest;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import org.junit.jupiter.api.Test;
import reactor.core.publisher.Mono;

/** Holds that are changed, moved and sold in part. */
@StoreTest
class ChangingTest {
  private static final Duration HOUR = Duration.ofHours(1);
  private static final int STEPS_MAX = 10;

  private final MongoDatabase database;
  private final MutableClock clock = MutableClock.standing();
  private final ShopFloor floor;

  ChangingTest(MongoDatabase database) {
    this.database = database;
    this.floor = new ShopFloor(database, clock);
  }

  private Mono<Hold> change(String id, String request, Line... lines) {
    return floor.holds.change(id, List.of(lines), request);
  }

  private int held(String sku, String location) {
    return floor.level(sku, location).held();
  }

  @Test
  void otherQuantitiesAreTakenAndFreed() {
    floor.receive(SOFA, MILANO, 3);
    floor.receive(CHAIR, MILANO, 2);
    got(floor.hold("h", HOUR, new Line(SOFA, 3)));
    var changed = got(change("h", "q1", new Line(SOFA, 1), new Line(CHAIR, 1), new Line(CHAIR, 1)));
    assertThat(changed.state()).isEqualTo(Hold.State.ACTIVE);
    assertThat(changed.lines()).containsExactlyInAnyOrder(new Line(SOFA, 1), new Line(CHAIR, 2));
    assertThat(held(SOFA, MILANO)).isEqualTo(1);
    assertThat(held(CHAIR, MILANO)).isEqualTo(2);
    got(change("h", "q2", new Line(SOFA, 2)));
    assertThat(held(CHAIR, MILANO)).isZero();
    assertThat(got(change("h", "q1", new Line(SOFA, 1), new Line(CHAIR, 2))).lines())
        .as("the first answer")
        .isEqualTo(changed.lines());
    assertThat(held(SOFA, MILANO)).isEqualTo(2);
    assertThat(refusal(change("h", "q1", new Line(SOFA, 3))))
        .isEqualTo(new Refusal.RequestIdReused());
    got(floor.holds.release("h", TILL));
    assertThat(held(SOFA, MILANO)).isZero();
    assertThat(refusal(change("h", "q3", new Line(SOFA, 1))))
        .isEqualTo(new Refusal.HoldOver("h", "RELEASED"));
    assertThat(refusal(change("none", "q3", new Line(SOFA, 1))))
        .isEqualTo(new Refusal.HoldUnknown("none"));
  }

  @Test
  void aChangeThatIsShortLeavesTheHoldAsItWas() {
    floor.receive(SOFA, MILANO, 3);
    floor.receive(CHAIR, MILANO, 1);
    got(floor.hold("h", HOUR, new Line(SOFA, 1)));
    var tooFew = new Refusal.StockInsufficient(MILANO, Map.of(CHAIR, 1));
    assertThat(refusal(change("h", "q1", new Line(SOFA, 3), new Line(CHAIR, 2)))).isEqualTo(tooFew);
    assertThat(held(SOFA, MILANO)).isEqualTo(1);
    assertThat(held(CHAIR, MILANO)).isZero();
    floor.receive(CHAIR, MILANO, 9);
    assertThat(refusal(change("h", "q1", new Line(SOFA, 3), new Line(CHAIR, 2))))
        .as("the first answer")
        .isEqualTo(tooFew);
    got(change("h", "q2", new Line(SOFA, 3), new Line(CHAIR, 2)));
    assertThat(held(SOFA, MILANO)).isEqualTo(3);
    assertThat(got(floor.hold("h", HOUR, new Line(SOFA, 1))).lines())
        .as("as it was placed")
        .containsExactly(new Line(SOFA, 1));
  }

  @Test
  void aHoldMovesWhollyOrNotAtAll() {
    floor.receive(SOFA, MILANO, 1);
    floor.receive(CHAIR, MILANO, 1);
    floor.receive(SOFA, MONZA, 1);
    got(floor.hold("h", HOUR, new Line(SOFA, 1), new Line(CHAIR, 1)));
    assertThat(refusal(floor.holds.move("h", MONZA, "q1")))
        .isEqualTo(new Refusal.StockInsufficient(MONZA, Map.of(CHAIR, 0)));
    assertThat(held(SOFA, MONZA)).isZero();
    assertThat(held(SOFA, MILANO)).isEqualTo(1);
    floor.receive(CHAIR, MONZA, 1);
    var moved = got(floor.holds.move("h", MONZA, "q2"));
    assertThat(moved.location()).isEqualTo(MONZA);
    assertThat(held(CHAIR, MONZA)).isEqualTo(1);
    assertThat(held(CHAIR, MILANO)).isZero();
    got(floor.holds.move("h", MILANO, "q3"));
    assertThat(held(CHAIR, MONZA)).isZero();
    assertThat(held(CHAIR, MILANO)).isEqualTo(1);
    assertThat(got(floor.holds.move("h", MONZA, "q2")).location())
        .as("the first answer")
        .isEqualTo(MONZA);
    assertThat(held(CHAIR, MONZA)).isZero();
    assertThat(refusal(floor.holds.move("h", "stores/atlantis", "q4")))
        .isEqualTo(new Refusal.LocationUnknown("stores/atlantis"));
    clock.advance(HOUR);
    assertThat(refusal(floor.holds.move("h", MONZA, "q5")))
        .isEqualTo(new Refusal.HoldOver("h", "EXPIRED"));
    done(floor.sweeper.sweep());
    assertThat(held(CHAIR, MILANO) + held(CHAIR, MONZA)).isZero();
  }

  @Test
  void someOfAHoldIsSoldAndTheRestKept() {
    floor.receive(SOFA, MILANO, 3);
    floor.receive(CHAIR, MILANO, 4);
    got(floor.hold("h", HOUR, new Line(SOFA, 2), new Line(CHAIR, 4)));
    var part = List.of(new Line(SOFA, 1), new Line(CHAIR, 2), new Line(CHAIR, 1));
    var rest = got(floor.holds.sellSome("h", part, Map.of(), false, TILL, "q1"));
    assertThat(rest.state()).isEqualTo(Hold.State.ACTIVE);
    assertThat(rest.lines()).containsExactlyInAnyOrder(new Line(SOFA, 1), new Line(CHAIR, 1));
    assertThat(got(floor.holds.sellSome("h", part, Map.of(), false, TILL, "q1")).lines())
        .isEqualTo(rest.lines());
    assertThat(floor.level(SOFA, MILANO).onHand()).isEqualTo(2);
    assertThat(floor.level(CHAIR, MILANO).onHand()).isEqualTo(1);
    assertThat(held(CHAIR, MILANO)).isEqualTo(1);
    assertThat(refusal(floor.holds.sellSome("h", part, Map.of(), false, TILL, "q2")))
        .isEqualTo(new Refusal.HoldLineInvalid("h", CHAIR));
    var last = List.of(new Line(SOFA, 1), new Line(CHAIR, 1));
    assertThat(got(floor.holds.sellSome("h", last, Map.of(), false, TILL, "q3")).state())
        .isEqualTo(Hold.State.SOLD);
    assertThat(floor.level(CHAIR, MILANO).onHand()).isZero();
    assertThat(held(SOFA, MILANO)).isZero();
    assertThat(got(floor.holds.sell("h", TILL)).state()).isEqualTo(Hold.State.SOLD);
    assertThat(floor.level(SOFA, MILANO).onHand()).isEqualTo(1);
  }

  @Test
  void whatIsLeftOfAHoldSoldInPartExpires() {
    floor.receive(SOFA, MILANO, 2);
    got(floor.hold("h", 2, HOUR));
    got(floor.holds.sellSome("h", List.of(new Line(SOFA, 1)), Map.of(), false, TILL, "q"));
    clock.advance(HOUR);
    assertThat(floor.level(SOFA, MILANO).available()).isEqualTo(1);
    assertThat(refusal(floor.holds.sell("h", TILL)))
        .isEqualTo(new Refusal.HoldOver("h", "EXPIRED"));
  }

  private int everyDeath(String name, Function<ShopFloor, Function<String, Mono<Hold>>> work) {
    int deaths = 0;
    for (int step = 1; step <= STEPS_MAX; step++) {
      for (boolean after : new boolean[] {false, true}) {
        var id = name + "-" + step + after;
        got(floor.hold(id, HOUR, new Line(SOFA, 2), new Line(CHAIR, 1)));
        if (Crashing.dies(database, clock, step, after, doomed -> work.apply(doomed).apply(id))) {
          deaths++;
        }
        clock.advance(Duration.ofSeconds(6));
        done(floor.sweeper.sweep());
        var hold = got(floor.journal.find(id));
        assertThat(hold.state()).as(id).isEqualTo(Hold.State.ACTIVE);
        assertHeld(hold);
        hold = got(work.apply(floor).apply(id));
        assertHeld(got(floor.journal.find(id)));
        got(floor.holds.release(id, TILL));
        for (String location : List.of(MILANO, MONZA)) {
          assertThat(held(SOFA, location)).as("%s at %s", id, location).isZero();
          assertThat(held(CHAIR, location)).as("%s at %s", id, location).isZero();
        }
      }
    }
    return deaths;
  }

  /** What the journal says is what the levels keep, there and nowhere else. */
  private void assertHeld(Hold hold) {
    for (String location : List.of(MILANO, MONZA)) {
      for (String sku : List.of(SOFA, CHAIR)) {
        int wanted =
            hold.location().equals(location) ? Hold.pieces(hold.lines()).getOrDefault(sku, 0) : 0;
        assertThat(held(sku, location))
            .as("%s of %s at %s", sku, hold.id(), location)
            .isEqualTo(wanted);
      }
    }
  }

  private void stock() {
    for (String location : List.of(MILANO, MONZA)) {
      floor.receive(SOFA, location, 100);
      floor.receive(CHAIR, location, 100);
    }
  }

  @Test
  void aChangeIsFinishedOrNeverBegunWhereverTheProcessDies() {
    stock();
    assertThat(
            everyDeath(
                "change",
                at ->
                    id -> at.holds.change(id, List.of(new Line(SOFA, 1), new Line(CHAIR, 5)), "q")))
        .isGreaterThanOrEqualTo(8);
  }

  @Test
  void aMoveIsFinishedOrNeverBegunWhereverTheProcessDies() {
    stock();
    assertThat(everyDeath("move", at -> id -> at.holds.move(id, MONZA, "q")))
        .isGreaterThanOrEqualTo(8);
  }

  @Test
  void aPartIsSoldOnceWhereverTheProcessDies() {
    stock();
    everyDeath(
        "part",
        at ->
            id ->
                at.holds.sellSome(
                    id,
                    List.of(new Line(SOFA, 1), new Line(CHAIR, 1)),
                    Map.of(),
                    false,
                    TILL,
                    "q"));
    assertThat(floor.level(SOFA, MILANO).onHand()).isEqualTo(100 - 2 * STEPS_MAX);
    assertThat(floor.level(CHAIR, MILANO).onHand()).isEqualTo(100 - 2 * STEPS_MAX);
  }
}
