package dev.filo.inventory.store;

import static com.mongodb.client.model.Filters.eq;
import static dev.filo.inventory.ShopFloor.CHAIR;
import static dev.filo.inventory.ShopFloor.MILANO;
import static dev.filo.inventory.ShopFloor.MONZA;
import static dev.filo.inventory.ShopFloor.SOFA;
import static dev.filo.inventory.ShopFloor.done;
import static dev.filo.inventory.ShopFloor.got;
import static dev.filo.inventory.ShopFloor.movement;
import static org.assertj.core.api.Assertions.assertThat;

import com.mongodb.client.model.Updates;
import com.mongodb.reactivestreams.client.MongoCollection;
import com.mongodb.reactivestreams.client.MongoDatabase;
import dev.filo.inventory.ShopFloor;
import dev.filo.inventory.domain.Drift;
import dev.filo.inventory.domain.Hold;
import dev.filo.inventory.domain.Level;
import dev.filo.inventory.domain.Movement;
import dev.filo.inventory.domain.Movement.Kind;
import dev.filo.inventory.domain.SetAside;
import dev.filo.inventory.domain.StockItem;
import dev.filo.inventory.service.Reconciliation;
import dev.filo.inventory.service.Reconciliation.News;
import dev.filo.inventory.service.SelfCheck;
import dev.filo.inventory.service.Stock;
import dev.filo.testkit.MutableClock;
import dev.filo.testkit.StoreTest;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.bson.Document;
import org.bson.conversions.Bson;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import reactor.core.publisher.Mono;

/** Drift made on purpose, behind inventory's back, is named exactly; nothing else is. */
@StoreTest
class CheckTest {
  private static final Duration HOUR = Duration.ofHours(1);
  private static final String SOFA_MILANO = SOFA + "@milano";

  private final MongoDatabase database;
  private final MutableClock clock = MutableClock.standing();
  private final ShopFloor floor;

  CheckTest(MongoDatabase database) {
    this.database = database;
    this.floor = new ShopFloor(database, clock);
  }

  /** Levels with receipts, a sale, a count, holds of every kind of past. */
  @BeforeEach
  void aShop() {
    var time = clock.instant();
    floor.record(movement("r1", Kind.RECEIPT, SOFA, MILANO, 9, time.minus(HOUR)));
    floor.record(movement("s1", Kind.SALE, SOFA, MILANO, 2, time.minusSeconds(60)));
    floor.record(movement("c1", Kind.COUNT, SOFA, MILANO, 8, time.minusSeconds(120)));
    floor.record(movement("a1", Kind.ADJUSTMENT, SOFA, MILANO, 1, time.minusSeconds(30)));
    floor.receive(CHAIR, MILANO, 5);
    floor.receive(SOFA, MONZA, 3);
    got(floor.hold("both", HOUR, new Hold.Line(SOFA, 1), new Hold.Line(CHAIR, 2)));
    got(floor.hold("sold", HOUR, new Hold.Line(SOFA, 1)));
    got(floor.holds.sell("sold", ShopFloor.TILL));
    got(floor.hold("freed", HOUR, new Hold.Line(CHAIR, 1)));
    got(floor.holds.release("freed", ShopFloor.TILL));
    got(floor.hold("short", Duration.ofMinutes(1), new Hold.Line(CHAIR, 1)));
    clock.advance(Duration.ofMinutes(2));
    assertThat(check()).as("before").isEmpty();
    for (int i = 0; i < 3; i++) { // what is over is cleaned up to the end
      done(floor.sweeper.sweep());
      clock.advance(Duration.ofMinutes(2));
    }
    assertThat(check()).as("after cleaning up").isEmpty();
    assertThat(floor.level(SOFA, MILANO).onHand()).isEqualTo(8 - 2 + 1 - 1);
  }

  private List<News> news(String... names) {
    return got(floor.reconciliation.check(List.of(names), Mono.empty()).collectList());
  }

  private static List<Drift> drifts(List<News> news) {
    var drifts = new ArrayList<Drift>();
    for (News one : news) {
      if (one instanceof News.Found(var drift)) {
        drifts.add(drift);
      }
    }
    return drifts;
  }

  private List<Drift> check(String... names) {
    return drifts(news(names));
  }

  private void behindItsBack(String collection, String id, Bson update) {
    var result = Mono.from(database.getCollection(collection).updateOne(eq("_id", id), update));
    assertThat(got(result).getModifiedCount()).isEqualTo(1);
  }

  private MongoCollection<Document> collection(String name) {
    return database.getCollection(name);
  }

  @Test
  void whatAgreesIsCountedAndComplete() {
    assertThat(news())
        .last()
        .isInstanceOfSatisfying(
            News.Far.class,
            far -> {
              assertThat(far.complete()).isTrue();
              assertThat(far.levels()).isEqualTo(3);
              assertThat(far.movements()).isEqualTo(7);
              assertThat(far.holds()).isEqualTo(1);
              assertThat(far.drifts()).isZero();
            });
  }

  @Test
  void onHandThatNoMovementMade() {
    behindItsBack("levels", SOFA_MILANO, Updates.inc("onHand", 2));
    var drift = new Drift(Drift.Kind.ON_HAND, SOFA_MILANO, "", "", 6, 8);
    assertThat(check()).containsExactly(drift);
    assertThat(check(SOFA_MILANO)).containsExactly(drift);
    assertThat(check(CHAIR + "@milano")).isEmpty();
    assertThat(SelfCheck.words(drift))
        .isEqualTo("stockLevels/" + SOFA_MILANO + " has 8 on hand; its movements add up to 6.");
  }

  @Test
  void aMovementTheLedgerLost() {
    got(floor.stock.movements(SOFA_MILANO, Long.MAX_VALUE, 10)); // all are settled, none in a tail
    behindItsBack("levels", SOFA_MILANO, Updates.set("tail", List.of()));
    assertThat(got(Mono.from(collection("movements").deleteOne(eq("_id", "a1")))).getDeletedCount())
        .isEqualTo(1);
    assertThat(check())
        .containsExactlyInAnyOrder(
            new Drift(Drift.Kind.SEQUENCE, SOFA_MILANO, "", "", 4, 0),
            new Drift(Drift.Kind.ON_HAND, SOFA_MILANO, "", "", 5, 6));
  }

  @Test
  void aMovementOfATailTheLedgerNeverHeardOf() {
    var id = Level.id("SKU-1", MILANO);
    floor.receive("SKU-1", MILANO, 4);
    var carried = got(floor.levels.read(List.of(id))).get(id);
    assertThat(carried).isNotNull();
    var movement = carried.tail().getFirst().movement();
    got(Mono.from(collection("movements").deleteOne(eq("_id", movement))));
    assertThat(check()).containsExactly(new Drift(Drift.Kind.SEQUENCE, id, movement, "", 1, 0));
  }

  @Test
  void twoMovementsOfOneNumberAndOneTheLevelNeverHad() {
    got(floor.stock.movements(SOFA_MILANO, Long.MAX_VALUE, 10));
    behindItsBack("levels", SOFA_MILANO, Updates.set("tail", List.of()));
    behindItsBack("movements", "s1", Updates.set("applied.sequence", 1L));
    assertThat(check())
        .anySatisfy(
            drift -> {
              assertThat(drift.kind()).isEqualTo(Drift.Kind.SEQUENCE);
              assertThat(drift.expected()).isEqualTo(1);
              assertThat(drift.found()).isEqualTo(2);
            })
        .contains(new Drift(Drift.Kind.SEQUENCE, SOFA_MILANO, "", "", 2, 0));
    behindItsBack("movements", "s1", Updates.set("applied.sequence", 99L));
    assertThat(check()).contains(new Drift(Drift.Kind.SEQUENCE, SOFA_MILANO, "s1", "", 99, 1));
  }

  private Movement apart(String id, Kind kind, int pieces, Movement.Details details) {
    var plain = movement(id, kind, SOFA, MILANO, pieces, clock.instant());
    return new Movement(
        id,
        kind,
        plain.level(),
        pieces,
        plain.effectiveTime(),
        plain.cause(),
        plain.author(),
        "",
        plain.content(),
        details);
  }

  @Test
  void piecesSetAsideThatNoMovementSetAside() {
    var display = new Movement.Details("", "", List.of(), SetAside.DISPLAY);
    floor.record(apart("d1", Kind.SET_ASIDE, 2, display));
    floor.record(apart("d2", Kind.SET_ASIDE, -1, display));
    assertThat(check()).as("carried").isEmpty();
    got(floor.stock.movements(SOFA_MILANO, Long.MAX_VALUE, 10));
    assertThat(check()).as("settled").isEmpty();
    behindItsBack("levels", SOFA_MILANO, Updates.inc("goods.aside.DISPLAY", 2));
    behindItsBack("levels", SOFA_MILANO, Updates.set("goods.aside.DAMAGED", 1));
    var shown = new Drift(Drift.Kind.SET_ASIDE, SOFA_MILANO, "", "", "DISPLAY", 1, 3);
    assertThat(check())
        .containsExactlyInAnyOrder(
            shown, new Drift(Drift.Kind.SET_ASIDE, SOFA_MILANO, "", "", "DAMAGED", 0, 1));
    assertThat(SelfCheck.words(shown))
        .isEqualTo(
            "stockLevels/"
                + SOFA_MILANO
                + " has 3 set aside as DISPLAY; its movements add up to 1.");
    behindItsBack("levels", SOFA_MILANO, Updates.set("goods.aside", new Document()));
    assertThat(check())
        .containsExactly(new Drift(Drift.Kind.SET_ASIDE, SOFA_MILANO, "", "", "DISPLAY", 1, 0));
  }

  @Test
  void piecesOnTheirWayThatNoTransferSent() {
    floor.record(apart("t1", Kind.TRANSFER_OUT, 3, Movement.Details.transfer("T-1", MONZA)));
    var there = SOFA + "@monza";
    assertThat(floor.level(SOFA, MONZA).inTransit()).isEqualTo(3);
    assertThat(check()).isEmpty();
    floor.record(
        new Movement(
            "t2",
            Kind.TRANSFER_IN,
            there,
            1,
            clock.instant(),
            "",
            ShopFloor.TILL,
            "",
            "t2",
            Movement.Details.transfer("T-1", MILANO)));
    assertThat(check()).isEmpty();
    behindItsBack("levels", there, Updates.set("goods.transit.0.pieces", 7));
    var drift = new Drift(Drift.Kind.IN_TRANSIT, there, "", "", "T-1", 2, 7);
    assertThat(check()).containsExactly(drift);
    assertThat(SelfCheck.words(drift))
        .isEqualTo(
            "stockLevels/" + there + " expects 7 of transfer T-1; its movements add up to 2.");
    behindItsBack("levels", there, Updates.set("goods.transit.0.id", "T-9"));
    assertThat(check())
        .containsExactlyInAnyOrder(
            new Drift(Drift.Kind.IN_TRANSIT, there, "", "", "T-1", 2, 0),
            new Drift(Drift.Kind.IN_TRANSIT, there, "", "", "T-9", 0, 7));
  }

  @Test
  void piecesListedThatNoMovementBroughtAndOnesThatAreNot() {
    got(
        floor.items.update(
            "SKU-1",
            "",
            "",
            "",
            item -> new StockItem("SKU-1", true, List.of(), "", item.version() + 1)));
    var id = Level.id("SKU-1", MILANO);
    var time = clock.instant();
    named("n1", Kind.RECEIPT, time.minusSeconds(90), "S1", "S2", "S3");
    named("n2", Kind.SALE, time.minusSeconds(80), "S1");
    named("n3", Kind.COUNT, time.minusSeconds(60), "S2", "S3", "S4");
    named("n4", Kind.SALE, time.minusSeconds(60), "S2"); // seen by the count
    named("n5", Kind.SALE, time.minusSeconds(50), "S3");
    named("n6", Kind.RETURN, time.minusSeconds(40), "S1");
    assertThat(check()).as("carried").isEmpty();
    got(floor.stock.movements(id, Long.MAX_VALUE, 10));
    assertThat(check()).as("settled").isEmpty();
    assertThat(got(floor.stock.level(id, "")).level().goods().serials())
        .containsExactly("S1", "S2", "S4");
    behindItsBack("levels", id, Updates.set("goods.serials", List.of("S1", "S4", "S9")));
    var missing = new Drift(Drift.Kind.SERIAL, id, "", "", "S2", 1, 0);
    var extra = new Drift(Drift.Kind.SERIAL, id, "", "", "S9", 0, 1);
    assertThat(check()).containsExactly(missing, extra);
    assertThat(SelfCheck.words(missing))
        .isEqualTo(
            "stockLevels/"
                + id
                + " does not list the piece S2; its movements say that it is there.");
    assertThat(SelfCheck.words(extra))
        .isEqualTo(
            "stockLevels/" + id + " lists the piece S9; its movements say that it is not there.");
  }

  private void named(String id, Kind kind, Instant time, String... serials) {
    var details = new Movement.Details("", "", List.of(serials), null);
    var plain = movement(id, kind, "SKU-1", MILANO, serials.length, time);
    assertThat(
            floor.record(
                new Movement(
                    id,
                    kind,
                    plain.level(),
                    serials.length,
                    time,
                    "",
                    plain.author(),
                    "",
                    plain.content(),
                    details)))
        .isInstanceOf(Stock.Result.Recorded.class);
  }

  @Test
  void aLevelThatIsGone() {
    got(floor.stock.movements(SOFA + "@monza", Long.MAX_VALUE, 10));
    got(Mono.from(collection("levels").deleteOne(eq("_id", SOFA + "@monza"))));
    assertThat(check()).containsExactly(new Drift(Drift.Kind.LEVEL, SOFA + "@monza", "", "", 1, 0));
  }

  @Test
  void piecesKeptForAHoldThatKeepsNone() {
    got(Mono.from(collection("holds").deleteOne(eq("_id", "both"))));
    assertThat(check())
        .containsExactlyInAnyOrder(
            new Drift(Drift.Kind.HELD, SOFA_MILANO, "", "both", 0, 1),
            new Drift(Drift.Kind.HELD, CHAIR + "@milano", "", "both", 0, 2));
  }

  @Test
  void otherPiecesKeptThanTheHoldSays() {
    behindItsBack("holds", "both", Updates.set("lines.1.quantity", 1));
    assertThat(check())
        .containsExactly(new Drift(Drift.Kind.HELD, CHAIR + "@milano", "", "both", 1, 2));
  }

  @Test
  void aHoldWhosePiecesAreNotKept() {
    behindItsBack(
        "levels",
        CHAIR + "@milano",
        Updates.combine(
            Updates.set("holds", new Document()),
            Updates.set("held", 0L),
            Updates.set("holdCount", 0),
            Updates.set("ends", List.of())));
    assertThat(check())
        .containsExactly(new Drift(Drift.Kind.HOLD, CHAIR + "@milano", "", "both", 2, 0));
    assertThat(check(SOFA_MILANO))
        .as("the hold is of that level too")
        .containsExactly(new Drift(Drift.Kind.HOLD, CHAIR + "@milano", "", "both", 2, 0));
    assertThat(check(SOFA + "@monza")).isEmpty();
  }

  @Test
  void whatReadersAreToldIsNotWhatIsHeld() {
    behindItsBack("levels", SOFA_MILANO, Updates.inc("held", 3));
    assertThat(check()).containsExactly(new Drift(Drift.Kind.COUNTER, SOFA_MILANO, "", "", 1, 4));
    behindItsBack("levels", SOFA_MILANO, Updates.inc("held", -3));
    behindItsBack(
        "levels",
        SOFA_MILANO,
        Updates.set("ends.0.t", java.util.Date.from(clock.instant().minusSeconds(1))));
    assertThat(check()).containsExactly(new Drift(Drift.Kind.COUNTER, SOFA_MILANO, "", "", 1, 0));
  }

  @Test
  void whatIsUnderWayIsNotTold() {
    behindItsBack("levels", SOFA_MILANO, Updates.inc("onHand", 2));
    behindItsBack("holds", "both", Updates.set("lines.1.quantity", 1));
    // Both are put right between the two looks.
    Mono<Void> mended =
        Mono.defer(
            () ->
                Mono.from(
                        collection("levels")
                            .updateOne(eq("_id", SOFA_MILANO), Updates.set("onHand", 6)))
                    .then(
                        Mono.from(
                            collection("holds")
                                .updateOne(eq("_id", "both"), Updates.set("lines.1.quantity", 2))))
                    .then());
    var check = new Reconciliation(new MongoCheckStore(database), clock, mended);
    assertThat(drifts(got(check.check(List.of(), Mono.empty()).collectList()))).isEmpty();
  }

  @Test
  void theMetricIsWhatTheLastCompleteRunFoundAndNothingIsMended() {
    var meters = new SimpleMeterRegistry();
    var check = new SelfCheck(floor.reconciliation, clock, meters);
    assertThat(meters.get("filo.inventory.drift").gauge().value()).isNaN();
    done(check.once(Mono.empty()));
    assertThat(meters.get("filo.inventory.drift").gauge().value()).isZero();
    assertThat(meters.get("filo.inventory.check.levels").gauge().value()).isEqualTo(3);
    behindItsBack("levels", SOFA_MILANO, Updates.inc("onHand", 2));
    clock.advance(HOUR.dividedBy(4));
    for (int i = 0; i < 2; i++) {
      done(check.once(Mono.empty()));
      assertThat(meters.get("filo.inventory.drift").gauge().value()).isEqualTo(1);
    }
    assertThat(meters.get("filo.inventory.check.completed").gauge().value())
        .isEqualTo(clock.instant().toEpochMilli() / 1000.0);
  }

  @Test
  void moreLevelsThanOnePortion() {
    var receipts = new ArrayList<dev.filo.inventory.domain.Movement>();
    for (int i = 0; i < 450; i++) {
      receipts.add(
          movement("many-" + i, Kind.RECEIPT, "SKU-%03d".formatted(i), MILANO, 1, clock.instant()));
    }
    got(floor.stock.record(receipts, location -> true));
    behindItsBack("levels", "SKU-199@milano", Updates.inc("onHand", 1));
    behindItsBack("levels", "SKU-449@milano", Updates.inc("onHand", 1));
    assertThat(check())
        .extracting(Drift::level)
        .containsExactly("SKU-199@milano", "SKU-449@milano");
  }
}
