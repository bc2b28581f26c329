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
import dev.filo.inventory.domain.Level;
import dev.filo.inventory.domain.Movement;
import dev.filo.inventory.domain.Refusal;
import dev.filo.inventory.domain.StockItem;
import dev.filo.inventory.service.Stock;
import dev.filo.testkit.MutableClock;
import dev.filo.testkit.StoreTest;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/** Sales out of a hold that say which pieces leave. */
@StoreTest
class SerialSalesTest {
  private static final Duration HOUR = Duration.ofHours(1);
  private static final int STEPS_MAX = 14;

  private final MongoDatabase database;
  private final MutableClock clock = MutableClock.standing();
  private final ShopFloor floor;
  private int receipts;

  SerialSalesTest(MongoDatabase database) {
    this.database = database;
    this.floor = new ShopFloor(database, clock);
  }

  @BeforeEach
  void theSofaHasSerialNumbers() {
    got(
        floor.items.update(
            SOFA,
            "",
            "",
            "",
            item -> new StockItem(SOFA, true, List.of(), "", item.version() + 1)));
  }

  private void receive(String location, String... serials) {
    var receipt =
        new Movement(
            "in-" + ++receipts,
            Movement.Kind.RECEIPT,
            Level.id(SOFA, location),
            serials.length,
            clock.instant(),
            "",
            TILL,
            "",
            List.of(serials).toString(),
            new Movement.Details("", "", List.of(serials), null));
    assertThat(floor.record(receipt)).isInstanceOf(Stock.Result.Recorded.class);
  }

  private List<String> there() {
    return got(floor.stock.level(Level.id(SOFA, MILANO), "")).level().goods().serials();
  }

  private Mono<Hold> sell(String hold, String request, String... serials) {
    return floor.holds.sellSome(
        hold, List.of(), Map.of(SOFA, List.of(serials)), false, TILL, request);
  }

  @Test
  void theLedgerHasThePiecesThatWereNamed() {
    receive(MILANO, "S1", "S2", "S3");
    got(floor.hold("h", 2, HOUR));
    assertThat(got(sell("h", "q", "S2", "S3")).state()).isEqualTo(Hold.State.SOLD);
    assertThat(got(sell("h", "q", "S2", "S3")).state()).as("repeated").isEqualTo(Hold.State.SOLD);
    assertThat(refusal(sell("h", "q", "S1", "S3"))).isEqualTo(new Refusal.RequestIdReused());
    assertThat(there()).containsExactly("S1");
    assertThat(floor.level(SOFA, MILANO).onHand()).isEqualTo(1);
    var ledger = got(floor.stock.movements(Level.id(SOFA, MILANO), Long.MAX_VALUE, 10));
    assertThat(ledger.getFirst().applied().serials()).containsExactly("S2", "S3");
  }

  @Test
  void someOfAHoldLeaveByNameAndTheRestLater() {
    receive(MILANO, "S1", "S2", "S3");
    got(floor.hold("h", 3, HOUR));
    var some =
        floor.holds.sellSome(
            "h", List.of(new Hold.Line(SOFA, 1)), Map.of(SOFA, List.of("S2")), false, TILL, "q1");
    assertThat(got(some).lines()).containsExactly(new Hold.Line(SOFA, 2));
    assertThat(refusal(sell("h", "q2", "S1", "S2")))
        .isEqualTo(new Refusal.SerialNotFound(MILANO, SOFA, "S2"));
    assertThat(got(sell("h", "q3", "S1", "S3")).state()).isEqualTo(Hold.State.SOLD);
    assertThat(there()).isEmpty();
  }

  @Test
  void aPieceThatIsNotHereIsRefusedAndNothingChanges() {
    receive(MILANO, "S1", "S2");
    receive(MONZA, "M1");
    got(floor.hold("h", 1, HOUR));
    assertThat(refusal(sell("h", "unknown", "S9")))
        .isEqualTo(new Refusal.SerialNotFound(MILANO, SOFA, "S9"));
    assertThat(refusal(sell("h", "foreign", "M1")))
        .isEqualTo(new Refusal.SerialNotFound(MILANO, SOFA, "M1"));
    assertThat(refusal(sell("h", "foreign", "M1")))
        .as("the first answer")
        .isEqualTo(new Refusal.SerialNotFound(MILANO, SOFA, "M1"));
    assertThat(refusal(sell("h", "many", "S1", "S2")))
        .isEqualTo(new Refusal.SerialsInvalid(SOFA, 1));
    assertThat(
            refusal(
                floor.holds.sellSome(
                    "h", List.of(), Map.of(CHAIR, List.of("C")), false, TILL, "other")))
        .isEqualTo(new Refusal.HoldLineInvalid("h", CHAIR));
    assertThat(there()).containsExactly("S1", "S2");
    assertThat(floor.level(SOFA, MILANO).held()).isEqualTo(1);
    assertThat(floor.level(SOFA, MILANO).onHand()).isEqualTo(2);
    assertThat(got(floor.journal.find("h")).state()).isEqualTo(Hold.State.ACTIVE);
    assertThat(got(sell("h", "right", "S2")).state()).isEqualTo(Hold.State.SOLD);
  }

  @Test
  void whereAllMustBeNamedTheSkuThatIsNotIsSaid() {
    receive(MILANO, "S1", "S2");
    floor.receive(CHAIR, MILANO, 1);
    got(floor.hold("h", HOUR, new Hold.Line(SOFA, 2), new Hold.Line(CHAIR, 1)));
    assertThat(refusal(floor.holds.sellSome("h", List.of(), Map.of(), true, TILL, "q1")))
        .isEqualTo(new Refusal.SerialsInvalid(SOFA, 2));
    assertThat(floor.level(CHAIR, MILANO).onHand()).isEqualTo(1);
    var chair = List.of(new Hold.Line(CHAIR, 1));
    assertThat(got(floor.holds.sellSome("h", chair, Map.of(), true, TILL, "q2")).lines())
        .containsExactly(new Hold.Line(SOFA, 2));
    var both = Map.of(SOFA, List.of("S1", "S2"));
    assertThat(got(floor.holds.sellSome("h", List.of(), both, true, TILL, "q3")).state())
        .isEqualTo(Hold.State.SOLD);
  }

  @Test
  void ofSeveralSkusAllAreSoldOrNoneAndWhatIsLeftStillExpires() {
    receive(MILANO, "S1");
    floor.receive(CHAIR, MILANO, 2);
    got(floor.hold("h", HOUR, new Hold.Line(SOFA, 1), new Hold.Line(CHAIR, 2)));
    assertThat(refusal(sell("h", "wrong", "S9")))
        .isEqualTo(new Refusal.SerialNotFound(MILANO, SOFA, "S9"));
    assertThat(
            refusal(
                floor.holds.sellSome(
                    "h",
                    List.of(),
                    Map.of(SOFA, List.of("S1"), CHAIR, List.of("C1", "C2")),
                    false,
                    TILL,
                    "none")))
        .isEqualTo(new Refusal.SerialsInvalid(CHAIR, 0));
    clock.advance(HOUR);
    assertThat(floor.level(SOFA, MILANO).held()).isZero();
    assertThat(floor.level(CHAIR, MILANO).held()).as("not pinned any more").isZero();
  }

  @Test
  void aPieceIsSoldOnceHoweverManyNameIt() {
    receive(MILANO, "S1", "S2", "S3", "S4", "S5", "S6", "S7", "S8");
    var other = new ShopFloor(database, clock);
    for (int i = 0; i < 8; i++) {
      got(floor.hold("h" + i, 1, HOUR));
    }
    var answers =
        Flux.range(0, 8)
            .flatMap(
                i ->
                    (i % 2 == 0 ? floor : other)
                        .holds
                        .sellSome(
                            "h" + i, List.of(), Map.of(SOFA, List.of("S1")), false, TILL, "q" + i)
                        .map(sold -> "sold")
                        .onErrorResume(
                            dev.filo.inventory.service.RefusedException.class,
                            refused -> Mono.just(refused.refusal().toString())),
                8)
            .collectList()
            .block(Duration.ofSeconds(20));
    assertThat(answers).filteredOn("sold"::equals).hasSize(1);
    assertThat(answers)
        .filteredOn(answer -> !answer.equals("sold"))
        .containsOnly(new Refusal.SerialNotFound(MILANO, SOFA, "S1").toString());
    assertThat(there()).hasSize(7);
    assertThat(floor.level(SOFA, MILANO).held()).isEqualTo(7);
  }

  /** With other goods in the holds each is first decided and then done: also then. */
  @Test
  void aPieceIsSoldOnceHoweverManyNameItWithOtherGoods() {
    receive(MILANO, "S1", "S2", "S3", "S4", "S5", "S6", "S7", "S8");
    floor.receive(CHAIR, MILANO, 8);
    var other = new ShopFloor(database, clock);
    for (int i = 0; i < 8; i++) {
      got(floor.hold("h" + i, HOUR, new Hold.Line(SOFA, 1), new Hold.Line(CHAIR, 1)));
    }
    var sold =
        Flux.range(0, 8)
            .flatMap(i -> named(i % 2 == 0 ? floor : other, "h" + i, "q", "S1"), 8)
            .map(hold -> hold.id())
            .onErrorContinue(dev.filo.inventory.service.RefusedException.class, (e, what) -> {})
            .collectList()
            .block(Duration.ofSeconds(20));
    assertThat(sold).hasSize(1);
    assertThat(there()).hasSize(7).doesNotContain("S1");
    assertThat(floor.level(SOFA, MILANO).onHand()).isEqualTo(7);
    assertThat(floor.level(SOFA, MILANO).held()).isEqualTo(7);
    assertThat(floor.level(CHAIR, MILANO).onHand()).isEqualTo(7);
  }

  /** A count that cannot be true with what moved since: the pieces listed stay those on hand. */
  @Test
  void aCountThatDoesNotGoWithWhatMovedSinceIsRefused() {
    var before = clock.instant();
    receive(MILANO, "S0");
    clock.advance(HOUR);
    receive(MILANO, "S1", "S2");
    got(floor.hold("h", 1, HOUR));
    got(sell("h", "q", "S2"));
    assertThat(counted("later", before.plusSeconds(60), "S0", "S1", "S2"))
        .as("they came in an hour after")
        .isEqualTo(new Stock.Result.Refused(Stock.Reason.SERIAL_DUPLICATE));
    assertThat(counted("now", clock.instant(), "S1"))
        .as("S0 was not found")
        .isInstanceOf(Stock.Result.Recorded.class);
    assertThat(there()).containsExactly("S1");
    clock.advance(HOUR);
    got(floor.hold("h2", 1, HOUR));
    got(sell("h2", "q", "S1"));
    assertThat(counted("late", clock.instant().minusSeconds(60)))
        .as("it was sold after")
        .isEqualTo(new Stock.Result.Refused(Stock.Reason.SERIAL_NOT_FOUND));
    assertThat(counted("right", clock.instant().minusSeconds(60), "S1"))
        .isInstanceOf(Stock.Result.Recorded.class);
    assertThat(there()).isEmpty();
    assertThat(floor.level(SOFA, MILANO).onHand()).isZero();
  }

  private Stock.Result counted(String id, Instant time, String... serials) {
    return floor.record(
        new Movement(
            id,
            Movement.Kind.COUNT,
            Level.id(SOFA, MILANO),
            serials.length,
            time,
            "",
            TILL,
            "",
            "count " + List.of(serials) + time,
            new Movement.Details("", "", List.of(serials), null)));
  }

  @Test
  void afterADeathAtAnyStepItIsSoldByNameOnceOrNotAtAll() {
    floor.receive(CHAIR, MILANO, 100);
    int sold = 0;
    for (int step = 1; step <= STEPS_MAX; step++) {
      for (boolean after : new boolean[] {false, true}) {
        var id = "hold-" + step + after;
        receive(MILANO, "A" + id, "B" + id);
        got(floor.hold(id, HOUR, new Hold.Line(SOFA, 1), new Hold.Line(CHAIR, 1)));
        Crashing.dies(database, clock, step, after, at -> named(at, id, "wrong", "Z"));
        assertThat(refusal(named(floor, id, "wrong", "Z")))
            .as("after %s", id)
            .isEqualTo(new Refusal.SerialNotFound(MILANO, SOFA, "Z"));
        assertThat(got(floor.journal.find(id)).state()).isEqualTo(Hold.State.ACTIVE);
        Crashing.dies(database, clock, step, after, at -> named(at, id, "right", "B" + id));
        assertThat(got(named(floor, id, "right", "B" + id)).state())
            .as("after %s", id)
            .isEqualTo(Hold.State.SOLD);
        sold++;
        assertThat(there()).contains("A" + id).doesNotContain("B" + id).hasSize(sold);
        assertThat(floor.level(CHAIR, MILANO).onHand()).isEqualTo(100 - sold);
        assertThat(floor.level(CHAIR, MILANO).held()).isZero();
      }
    }
    done(floor.sweeper.sweep());
    var drifts = new ArrayList<>();
    floor
        .reconciliation
        .check(List.of(), Mono.empty())
        .doOnNext(
            news -> {
              if (news instanceof dev.filo.inventory.service.Reconciliation.News.Found found) {
                drifts.add(found.drift());
              }
            })
        .blockLast(Duration.ofSeconds(20));
    assertThat(drifts).isEmpty();
  }

  private static Mono<Hold> named(ShopFloor at, String id, String request, String serial) {
    return at.holds.sellSome(
        id, List.of(), Map.of(SOFA, List.of(serial)), false, TILL, request + id);
  }
}
