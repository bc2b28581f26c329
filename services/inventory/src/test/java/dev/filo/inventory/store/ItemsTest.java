package dev.filo.inventory.store;

import static dev.filo.inventory.ShopFloor.CHAIR;
import static dev.filo.inventory.ShopFloor.MILANO;
import static dev.filo.inventory.ShopFloor.MONZA;
import static dev.filo.inventory.ShopFloor.SOFA;
import static dev.filo.inventory.ShopFloor.TILL;
import static dev.filo.inventory.ShopFloor.got;
import static dev.filo.inventory.ShopFloor.refusal;
import static org.assertj.core.api.Assertions.assertThat;

import com.mongodb.reactivestreams.client.MongoDatabase;
import dev.filo.inventory.ShopFloor;
import dev.filo.inventory.domain.Hold;
import dev.filo.inventory.domain.Incoming;
import dev.filo.inventory.domain.Level;
import dev.filo.inventory.domain.Movement;
import dev.filo.inventory.domain.Refusal;
import dev.filo.inventory.domain.Safety;
import dev.filo.inventory.domain.SafetyRules;
import dev.filo.inventory.domain.StockItem;
import dev.filo.inventory.service.Stock;
import dev.filo.testkit.MutableClock;
import dev.filo.testkit.StoreTest;
import java.time.Duration;
import java.time.LocalDate;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import reactor.core.publisher.Mono;

/** Kits, serial numbers, safety rules and what is expected, in the store. */
@StoreTest
class ItemsTest {
  private static final Duration HOUR = Duration.ofHours(1);
  private static final String SET = "SKU-SET";

  private final MongoDatabase database;
  private final MutableClock clock = MutableClock.standing();
  private final ShopFloor floor;

  ItemsTest(MongoDatabase database) {
    this.database = database;
    this.floor = new ShopFloor(database, clock);
  }

  private Mono<StockItem> kit(String sku, Hold.Line... parts) {
    return floor.items.update(
        sku, "", "", "", item -> new StockItem(sku, false, List.of(parts), "", item.version() + 1));
  }

  private void aSetOfOneSofaAndTwoChairs() {
    got(kit(SET, new Hold.Line(SOFA, 1), new Hold.Line(CHAIR, 2)));
  }

  @Test
  void aKitIsAvailableAsOftenAsItsScarcestComponent() {
    aSetOfOneSofaAndTwoChairs();
    floor.receive(SOFA, MILANO, 3);
    floor.receive(CHAIR, MILANO, 5);
    assertThat(floor.level(SET, MILANO).available()).isEqualTo(2);
    assertThat(floor.level(SET, MONZA).available()).isZero();
    got(floor.hold("h", HOUR, new Hold.Line(CHAIR, 2)));
    assertThat(floor.level(SET, MILANO).available()).isEqualTo(1);
    var nearby = got(floor.availability.nearby(List.of(SET), null, 0, 10, ""));
    assertThat(nearby.locations().getFirst().available()).isEqualTo(1);
    var nearest =
        got(floor.availability.nearestOfMany(List.of(SET, CHAIR), null, 1e9, List.of(), ""))
            .items();
    assertThat(nearest.getFirst().storeCount()).isEqualTo(1);
    assertThat(nearest.getLast().here().orElseThrow().available()).isEqualTo(3);
  }

  @Test
  void aKitIsHeldAndSoldAsItsComponentsAllOrNone() {
    aSetOfOneSofaAndTwoChairs();
    floor.receive(SOFA, MILANO, 2);
    floor.receive(CHAIR, MILANO, 3);
    assertThat(refusal(floor.hold("two", HOUR, new Hold.Line(SET, 2))))
        .isEqualTo(new Refusal.StockInsufficient(MILANO, Map.of(CHAIR, 3, SET, 1)));
    assertThat(floor.level(SOFA, MILANO).held()).isZero();
    var hold = got(floor.hold("one", HOUR, new Hold.Line(SET, 1), new Hold.Line(CHAIR, 1)));
    assertThat(hold.lines())
        .containsExactlyInAnyOrder(new Hold.Line(SOFA, 1), new Hold.Line(CHAIR, 3));
    assertThat(hold.asked())
        .containsExactlyInAnyOrder(new Hold.Line(SET, 1), new Hold.Line(CHAIR, 1));
    got(kit(SET, new Hold.Line(SOFA, 2)));
    got(floor.holds.sell("one", TILL));
    assertThat(floor.level(SOFA, MILANO).onHand()).as("as it was placed").isEqualTo(1);
    assertThat(floor.level(CHAIR, MILANO).onHand()).isZero();
    var ledger = got(floor.stock.movements(Level.id(CHAIR, MILANO), Long.MAX_VALUE, 10));
    assertThat(ledger.getFirst().movement().quantity()).isEqualTo(3);
  }

  @Test
  void someKitsOfAHoldAreSold() {
    aSetOfOneSofaAndTwoChairs();
    floor.receive(SOFA, MILANO, 2);
    floor.receive(CHAIR, MILANO, 5);
    got(floor.hold("h", HOUR, new Hold.Line(SET, 2), new Hold.Line(CHAIR, 1)));
    var rest =
        got(floor.holds.sellSome("h", List.of(new Hold.Line(SET, 1)), Map.of(), false, TILL, "q"));
    assertThat(rest.asked())
        .containsExactlyInAnyOrder(new Hold.Line(SET, 1), new Hold.Line(CHAIR, 1));
    assertThat(floor.level(CHAIR, MILANO).onHand()).isEqualTo(3);
    assertThat(floor.level(CHAIR, MILANO).held()).isEqualTo(3);
    assertThat(
            refusal(
                floor.holds.sellSome(
                    "h", List.of(new Hold.Line(SET, 2)), Map.of(), false, TILL, "q2")))
        .isEqualTo(new Refusal.HoldLineInvalid("h", SET));
  }

  @Test
  void aKitIsNoComponentAndHasNoStock() {
    aSetOfOneSofaAndTwoChairs();
    assertThat(refusal(kit("SKU-BIG", new Hold.Line(SET, 2))))
        .isEqualTo(new Refusal.KitNested(SET));
    assertThat(refusal(kit(SOFA, new Hold.Line(CHAIR, 2)))).isEqualTo(new Refusal.KitNested(SOFA));
    assertThat(refusal(kit(SET, new Hold.Line(SET, 1)))).isEqualTo(new Refusal.KitNested(SET));
    assertThat(refusal(kit("SKU-BIG", new Hold.Line("NOPE", 1))))
        .isEqualTo(new Refusal.SkuUnknown("NOPE"));
    floor.receive("SKU-OLD", MILANO, 1);
    assertThat(refusal(kit("SKU-OLD", new Hold.Line(SOFA, 1))))
        .isEqualTo(new Refusal.KitHasStock("SKU-OLD"));
    assertThat(
            floor.record(
                ShopFloor.movement("m", Movement.Kind.RECEIPT, SET, MILANO, 1, clock.instant())))
        .isEqualTo(new Stock.Result.Refused(Stock.Reason.KIT_NOT_ALLOWED));
    assertThat(refusal(floor.stock.setSafety(Level.id(SET, MILANO), 1, true, "q", TILL)))
        .isEqualTo(new Refusal.KitNotAllowed(SET));
  }

  @Test
  void anItemIsChangedOnceForARequestAndOnlyWhenItIsAsItWasRead() {
    var first =
        got(
            floor.items.update(
                SOFA,
                "",
                "r1",
                "one",
                item -> new StockItem(SOFA, false, List.of(), "sofas", item.version() + 1)));
    assertThat(first.version()).isEqualTo(1);
    var other = new ShopFloor(database, clock);
    got(
        other.items.update(
            SOFA,
            "1",
            "r2",
            "two",
            item -> new StockItem(SOFA, false, List.of(), "divani", item.version() + 1)));
    assertThat(got(floor.items.update(SOFA, "", "r1", "one", item -> item)))
        .as("the first answer")
        .isEqualTo(first);
    assertThat(refusal(floor.items.update(SOFA, "", "r1", "else", item -> item)))
        .isEqualTo(new Refusal.RequestIdReused());
    assertThat(refusal(floor.items.update(SOFA, "1", "r3", "x", item -> item)))
        .isEqualTo(new Refusal.EtagStale("2"));
    assertThat(got(floor.items.get(SOFA)).category()).isEqualTo("divani");
    assertThat(got(floor.items.get(CHAIR))).isEqualTo(StockItem.plain(CHAIR));
    assertThat(refusal(floor.items.get("NOPE"))).isEqualTo(new Refusal.SkuUnknown("NOPE"));
    assertThat(floor.items.item(SOFA).category()).isEqualTo("sofas");
    got(floor.items.refresh());
    assertThat(floor.items.item(SOFA).category()).isEqualTo("divani");
  }

  @Test
  void theFirstRuleThatMatchesKeepsPiecesBackAndSaysWhich() {
    floor.receive(SOFA, MILANO, 5);
    got(
        floor.items.update(
            SOFA,
            "",
            "",
            "",
            item -> new StockItem(SOFA, false, List.of(), "sofas", item.version() + 1)));
    var rules =
        List.of(
            new SafetyRules.Rule("web", "", "", "", "web", 4),
            new SafetyRules.Rule("sofas", "", "", "sofas", "", 1));
    got(floor.items.update(rules, "", "q1", "a"));
    var id = Level.id(SOFA, MILANO);
    assertThat(got(floor.stock.level(id, "web")).numbers().available()).isEqualTo(1);
    var desk = got(floor.stock.level(id, "desk")).numbers();
    assertThat(desk.safety()).isEqualTo(new Safety(1, "safetyRules/sofas"));
    assertThat(refusal(place("w", 2, "web")))
        .isEqualTo(new Refusal.StockInsufficient(MILANO, Map.of(SOFA, 1)));
    assertThat(got(place("d", 4, "desk")).state()).isEqualTo(Hold.State.ACTIVE);
    got(floor.stock.setSafety(id, 0, true, "own", TILL));
    assertThat(got(floor.stock.level(id, "web")).numbers().safety())
        .isEqualTo(new Safety(0, "level"));
    got(floor.stock.setSafety(id, 0, false, "rules", TILL));
    assertThat(got(floor.stock.level(id, "web")).numbers().safety().rule())
        .isEqualTo("safetyRules/web");
    assertThat(got(floor.items.update(List.of(), "1", "q2", "b")).version()).isEqualTo(2);
    assertThat(got(floor.items.update(rules, "", "q1", "a")).rules()).isEqualTo(rules);
    assertThat(refusal(floor.items.update(rules, "1", "q3", "c")))
        .isEqualTo(new Refusal.EtagStale("2"));
    assertThat(got(floor.items.rules()).rules()).isEmpty();
    assertThat(EventsOf.levels(database))
        .filteredOn(
            event ->
                event.getHoldChangesList().stream()
                    .anyMatch(change -> change.getHold().equals("holds/d")))
        .extracting(event -> event.getLevel().getSafetyRule())
        .containsExactly("safetyRules/sofas");
  }

  private Mono<Hold> place(String id, int quantity, String channel) {
    return floor.holds.place(
        id,
        MILANO,
        List.of(new Hold.Line(SOFA, quantity)),
        clock.instant().plus(HOUR),
        "reservations/" + id,
        TILL,
        channel);
  }

  private Stock.Result serials(String id, Movement.Kind kind, int quantity, String... numbers) {
    return floor.record(
        new Movement(
            id,
            kind,
            Level.id(SOFA, MILANO),
            quantity,
            clock.instant(),
            "",
            TILL,
            "",
            kind + List.of(numbers).toString(),
            new Movement.Details("", "", List.of(numbers), null)));
  }

  @Test
  void piecesOfASerializedSkuAreNamed() {
    got(
        floor.items.update(
            SOFA,
            "",
            "",
            "",
            item -> new StockItem(SOFA, true, List.of(), "", item.version() + 1)));
    assertThat(serials("r0", Movement.Kind.RECEIPT, 2, "S1"))
        .isEqualTo(new Stock.Result.Refused(Stock.Reason.SERIALS_INVALID));
    assertThat(serials("r1", Movement.Kind.RECEIPT, 2, "S1", "S2"))
        .isInstanceOf(Stock.Result.Recorded.class);
    assertThat(serials("r2", Movement.Kind.RETURN, 1, "S1"))
        .isEqualTo(new Stock.Result.Refused(Stock.Reason.SERIAL_DUPLICATE));
    assertThat(serials("s1", Movement.Kind.SALE, 1, "S9"))
        .isEqualTo(new Stock.Result.Refused(Stock.Reason.SERIAL_NOT_FOUND));
    clock.advance(Duration.ofMinutes(1));
    floor.sweeper.sweep().block(Duration.ofSeconds(20));
    assertThat(floor.level(SOFA, MILANO).onHand()).as("refused for good").isEqualTo(2);
    got(floor.hold("h", 1, HOUR));
    got(floor.holds.sell("h", TILL));
    assertThat(got(floor.stock.level(Level.id(SOFA, MILANO), "")).level().goods().serials())
        .containsExactly("S2");
    assertThat(serials("s2", Movement.Kind.SALE, 1, "S2"))
        .isInstanceOf(Stock.Result.Recorded.class);
    assertThat(serials("s2", Movement.Kind.SALE, 1, "S2"))
        .isInstanceOf(Stock.Result.Repeated.class);
    assertThat(
            floor.record(
                new Movement(
                    "c",
                    Movement.Kind.SALE,
                    Level.id(CHAIR, MILANO),
                    1,
                    clock.instant(),
                    "",
                    TILL,
                    "",
                    "",
                    new Movement.Details("", "", List.of("X"), null))))
        .isEqualTo(new Stock.Result.Refused(Stock.Reason.SERIALS_INVALID));
  }

  @Test
  void whatIsExpectedIsSaidAndForgotten() {
    var id = Level.id(SOFA, MILANO);
    var order = new Incoming("PO-1", 5, LocalDate.parse("2026-03-09"));
    got(floor.stock.expect(id, order, "q1", TILL));
    assertThat(got(floor.stock.level(id, "")).level().goods().incoming()).containsExactly(order);
    assertThat(refusal(floor.stock.expect(id, new Incoming("PO-2", 1, order.date()), "q1", TILL)))
        .isEqualTo(new Refusal.RequestIdReused());
    got(floor.stock.expect(id, new Incoming("PO-1", 0, order.date()), "q2", TILL));
    assertThat(got(floor.stock.level(id, "")).level().goods().incoming()).isEmpty();
  }

  @Test
  void anExplanationNamesEachTermEachHoldAndWhatChangesNext() {
    aSetOfOneSofaAndTwoChairs();
    floor.receive(SOFA, MILANO, 5);
    got(floor.hold("late", 1, HOUR.multipliedBy(2)));
    got(floor.hold("soon", 2, HOUR));
    got(floor.hold("over", 1, Duration.ofMinutes(1)));
    clock.advance(Duration.ofMinutes(1));
    var explained = got(floor.explanations.explain(Level.id(SOFA, MILANO), ""));
    assertThat(explained.numbers().available()).isEqualTo(2);
    assertThat(explained.holds())
        .extracting(open -> open.held().hold() + " " + open.owner())
        .containsExactly("soon reservations/soon", "late reservations/late");
    assertThat(explained.holdCount()).isEqualTo(2);
    var kit = got(floor.explanations.explain(Level.id(SET, MILANO), ""));
    assertThat(kit.numbers().available()).isZero();
    assertThat(kit.components())
        .extracting(
            part ->
                part.explanation().level().sku()
                    + " "
                    + part.explanation().numbers().available()
                    + "/"
                    + part.quantity())
        .containsExactly(SOFA + " 2/1", CHAIR + " 0/2");
  }
}
