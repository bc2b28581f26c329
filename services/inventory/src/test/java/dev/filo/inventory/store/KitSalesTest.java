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
import dev.filo.inventory.domain.Movement.Kind;
import dev.filo.inventory.domain.StockItem;
import dev.filo.inventory.service.Reconciliation.News;
import dev.filo.inventory.service.Stock;
import dev.filo.inventory.service.Stock.Reason;
import dev.filo.inventory.service.Stock.Result;
import dev.filo.testkit.MutableClock;
import dev.filo.testkit.StoreTest;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import reactor.core.publisher.Mono;

/** A till sells and takes back kits. */
@StoreTest
class KitSalesTest {
  private static final String SET = "SKU-SET";
  private static final int STEPS_MAX = 10;

  private final MongoDatabase database;
  private final MutableClock clock = MutableClock.standing();
  private final ShopFloor floor;

  KitSalesTest(MongoDatabase database) {
    this.database = database;
    this.floor = new ShopFloor(database, clock);
  }

  private void item(String sku, boolean serialized, Hold.Line... parts) {
    got(
        floor.items.update(
            sku,
            "",
            "",
            "",
            item -> new StockItem(sku, serialized, List.of(parts), "", item.version() + 1)));
  }

  @BeforeEach
  void aSetOfOneSofaAndTwoChairs() {
    item(SET, false, new Hold.Line(SOFA, 1), new Hold.Line(CHAIR, 2));
  }

  private static Movement set(String id, Kind kind, int sets, Instant time, String... serials) {
    return new Movement(
        id,
        kind,
        Level.id(SET, MILANO),
        sets,
        time,
        "",
        TILL,
        "",
        kind + " " + sets + List.of(serials),
        new Movement.Details("", "", List.of(serials), null));
  }

  private Result record(String id, Kind kind, int sets, String... serials) {
    return floor.record(set(id, kind, sets, clock.instant(), serials));
  }

  private int onHand(String sku) {
    return floor.level(sku, MILANO).onHand();
  }

  @Test
  void aKitIsSoldAsItsComponentsOnceAndTheLedgerSaysSo() {
    floor.receive(SOFA, MILANO, 3);
    floor.receive(CHAIR, MILANO, 5);
    var sold = record("s", Kind.SALE, 2);
    assertThat(sold).isInstanceOf(Result.Recorded.class);
    assertThat(((Result.Recorded) sold).level().onHand()).as("no set is left").isZero();
    assertThat(onHand(SOFA)).isEqualTo(1);
    assertThat(onHand(CHAIR)).isEqualTo(1);
    var again = record("s", Kind.SALE, 2);
    assertThat(again).isEqualTo(new Result.Repeated(((Result.Recorded) sold).level()));
    assertThat(record("s", Kind.SALE, 1)).isEqualTo(new Result.Refused(Reason.MOVEMENT_DIFFERS));
    assertThat(record("s", Kind.RETURN, 2)).isEqualTo(new Result.Refused(Reason.MOVEMENT_DIFFERS));
    assertThat(onHand(CHAIR)).isEqualTo(1);
    for (String sku : List.of(SOFA, CHAIR)) {
      var entry = got(floor.stock.movements(Level.id(sku, MILANO), Long.MAX_VALUE, 10)).getFirst();
      assertThat(entry.movement().kind()).isEqualTo(Kind.SALE);
      assertThat(entry.movement().details().kit())
          .isEqualTo(new Movement.InKit(SET, "s", List.of(), ""));
      assertThat(entry.movement().cause()).isEqualTo("stockItems/" + SET);
    }
    assertThat(EventsOf.levels(database))
        .filteredOn(event -> event.getCause().equals("stockItems/" + SET))
        .extracting(event -> event.getLevel().getSku() + " " + event.getQuantity())
        .containsExactlyInAnyOrder(SOFA + " -2", CHAIR + " -4");
    assertThat(record("r", Kind.RETURN, 1)).isInstanceOf(Result.Recorded.class);
    assertThat(onHand(SOFA)).isEqualTo(2);
    assertThat(onHand(CHAIR)).isEqualTo(3);
    agrees();
  }

  @Test
  void whatHappenedIsRecordedHoweverFewThereWereAndTheOtherKindsAreRefused() {
    assertThat(record("late", Kind.SALE, 1)).isInstanceOf(Result.Recorded.class);
    assertThat(onHand(SOFA)).isEqualTo(-1);
    assertThat(onHand(CHAIR)).isEqualTo(-2);
    for (Kind kind : List.of(Kind.RECEIPT, Kind.COUNT, Kind.ADJUSTMENT)) {
      assertThat(record("no-" + kind, kind, 1))
          .isEqualTo(new Result.Refused(Reason.KIT_NOT_ALLOWED));
    }
    assertThat(record("big", Kind.SALE, 600_000))
        .isEqualTo(new Result.Refused(Reason.QUANTITY_INVALID));
    assertThat(record("named", Kind.SALE, 1, "S1"))
        .isEqualTo(new Result.Refused(Reason.SERIALS_INVALID));
    agrees();
  }

  @Test
  void itIsSoldAsItWasMadeWhenItWasRecordedFirst() {
    floor.receive(SOFA, MILANO, 5);
    floor.receive(CHAIR, MILANO, 5);
    assertThat(record("s", Kind.SALE, 1)).isInstanceOf(Result.Recorded.class);
    item(SET, false, new Hold.Line(SOFA, 3));
    assertThat(record("s", Kind.SALE, 1)).isInstanceOf(Result.Repeated.class);
    item(SET, false);
    assertThat(record("s", Kind.SALE, 1)).as("no kit any more").isInstanceOf(Result.Repeated.class);
    assertThat(onHand(SOFA)).isEqualTo(4);
    assertThat(onHand(CHAIR)).isEqualTo(3);
    assertThat(onHand(SET)).isZero();
    assertThat(record("plain", Kind.SALE, 1)).isInstanceOf(Result.Recorded.class);
    assertThat(record("plain-back", Kind.RETURN, 1)).isInstanceOf(Result.Recorded.class);
    item(SET, false, new Hold.Line(SOFA, 1));
    assertThat(record("plain", Kind.SALE, 1)).as("no kit yet").isInstanceOf(Result.Repeated.class);
    assertThat(onHand(SOFA)).isEqualTo(4);
    agrees();
  }

  @Test
  void theOnePieceWithASerialNumberDecides() {
    item(SOFA, true);
    var receipt =
        new Movement(
            "in",
            Kind.RECEIPT,
            Level.id(SOFA, MILANO),
            2,
            clock.instant(),
            "",
            TILL,
            "",
            "in",
            new Movement.Details("", "", List.of("S1", "S2"), null));
    assertThat(floor.record(receipt)).isInstanceOf(Result.Recorded.class);
    floor.receive(CHAIR, MILANO, 4);
    assertThat(record("none", Kind.SALE, 1)).isEqualTo(new Result.Refused(Reason.SERIALS_INVALID));
    assertThat(record("wrong", Kind.SALE, 1, "S9"))
        .isEqualTo(new Result.Refused(Reason.SERIAL_NOT_FOUND));
    clock.advance(Duration.ofMinutes(1));
    done(floor.sweeper.sweep());
    assertThat(onHand(SOFA)).as("refused for good").isEqualTo(2);
    assertThat(onHand(CHAIR)).as("none of the others has moved").isEqualTo(4);
    assertThat(record("right", Kind.SALE, 1, "S2")).isInstanceOf(Result.Recorded.class);
    assertThat(got(floor.stock.level(Level.id(SOFA, MILANO), "")).level().goods().serials())
        .containsExactly("S1");
    assertThat(onHand(CHAIR)).isEqualTo(2);
    item(CHAIR, true);
    assertThat(record("two", Kind.SALE, 1, "S1"))
        .isEqualTo(new Result.Refused(Reason.KIT_NOT_ALLOWED));
    agrees();
  }

  /** A sale, a count and another sale, in every order, twice: the numbers end the same. */
  @Test
  void aCountIsNotSubtractedTwiceWhateverComesFirst() {
    var nine = clock.instant().minus(Duration.ofHours(1));
    var acts = new ArrayList<Movement>();
    for (int i = 0; i < 3; i++) {
      acts.add(set("sale-" + i, Kind.SALE, 1, nine.plus(Duration.ofMinutes(10L * i))));
    }
    acts.add(set("back", Kind.RETURN, 1, nine.plus(Duration.ofMinutes(25))));
    acts.add(
        ShopFloor.movement(
            "count-sofas", Kind.COUNT, SOFA, MILANO, 10, nine.plus(Duration.ofMinutes(15))));
    acts.add(
        ShopFloor.movement(
            "count-chairs", Kind.COUNT, CHAIR, MILANO, 20, nine.plus(Duration.ofMinutes(5))));
    var random = new Random(4);
    for (int run = 0; run < 12; run++) {
      Collections.shuffle(acts, random);
      for (int twice = 0; twice < 2; twice++) {
        for (Movement act : acts) {
          var named =
              new Movement(
                  run + act.id(),
                  act.kind(),
                  act.level(),
                  act.quantity(),
                  act.effectiveTime().plus(Duration.ofHours(run)).minus(Duration.ofHours(12)),
                  act.cause(),
                  act.author(),
                  "",
                  act.content());
          assertThat(floor.record(named)).isNotInstanceOf(Result.Refused.class);
        }
      }
      // After its count: one sale and one return of a sofa's set; two sales and one return of two.
      assertThat(onHand(SOFA)).as("run %s %s", run, acts).isEqualTo(10);
      assertThat(onHand(CHAIR)).as("run %s %s", run, acts).isEqualTo(18);
    }
    agrees();
  }

  @Test
  void afterADeathAtAnyStepAllComponentsMoveOrNone() {
    floor.receive(SOFA, MILANO, 100);
    floor.receive(CHAIR, MILANO, 100);
    int sold = 0;
    int deaths = 0;
    for (int step = 1; step <= STEPS_MAX; step++) {
      for (boolean after : new boolean[] {false, true}) {
        for (boolean repeats : new boolean[] {false, true}) {
          var sale = set("s-" + step + after + repeats, Kind.SALE, 1, clock.instant());
          boolean died =
              Crashing.dies(
                  database,
                  clock,
                  step,
                  after,
                  at -> at.items.refresh().then(at.stock.record(List.of(sale), any -> true)));
          deaths += died ? 1 : 0;
          if (repeats) {
            assertThat(floor.record(sale)).isNotInstanceOf(Result.Refused.class);
          } else {
            clock.advance(Duration.ofSeconds(31));
            done(floor.sweeper.sweep());
          }
          sold = 100 - onHand(SOFA);
          assertThat(onHand(CHAIR)).as("after %s", sale.id()).isEqualTo(100 - 2 * sold);
          if (repeats || step > 1 || after) {
            assertThat(floor.record(sale)).as("%s", sale.id()).isInstanceOf(Result.Repeated.class);
          }
        }
      }
    }
    assertThat(deaths).isGreaterThanOrEqualTo(12);
    assertThat(sold).isGreaterThanOrEqualTo(deaths - 1);
    agrees();
  }

  private void agrees() {
    var found = new ArrayList<News>();
    floor
        .reconciliation
        .check(List.of(), Mono.empty())
        .filter(News.Found.class::isInstance)
        .doOnNext(found::add)
        .blockLast(Duration.ofSeconds(20));
    assertThat(found).isEmpty();
    assertThat(got(floor.stock.level(Level.id(SET, MILANO), ""))).isInstanceOf(Stock.Seen.class);
  }
}
