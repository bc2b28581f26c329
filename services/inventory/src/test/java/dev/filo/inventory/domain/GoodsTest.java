package dev.filo.inventory.domain;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What levels know of their pieces: set aside, on their way, expected, by serial number. */
class GoodsTest {
  private static final Instant NOW = Instant.parse("2026-03-02T09:00:00Z");
  private static final Author TILL = new Author("devices/till", "device", "till", "", "");
  private static final String MILANO = "SOFA@milano";

  private static Movement movement(
      String id, Movement.Kind kind, int quantity, int minute, Movement.Details details) {
    return new Movement(
        id,
        kind,
        MILANO,
        quantity,
        at(minute),
        "",
        TILL,
        "",
        kind + " " + quantity + " " + minute + details,
        details);
  }

  private static Movement.Details details(Movement.Kind kind) {
    return switch (kind) {
      case TRANSFER_OUT, TRANSFER_IN, TRANSFER_ANNOUNCED ->
          Movement.Details.transfer("t1", "stores/monza");
      case SET_ASIDE -> new Movement.Details("", "", List.of(), SetAside.DAMAGED);
      case RECEIPT, SALE, RETURN, ADJUSTMENT, COUNT -> Movement.Details.NONE;
    };
  }

  private static Movement serials(String id, Movement.Kind kind, int minute, String... numbers) {
    return movement(
        id, kind, numbers.length, minute, new Movement.Details("", "", List.of(numbers), null));
  }

  private static Instant at(int minute) {
    return NOW.minus(Duration.ofHours(2)).plus(Duration.ofMinutes(minute));
  }

  private static Level after(Level level, Command command) {
    return level.apply(command, Ledger.NONE, NOW).next();
  }

  private static Level enter(Level level, Movement... movements) {
    var next = level;
    for (Movement movement : movements) {
      next = after(next, new Command.Enter(movement));
    }
    return next;
  }

  private static Level ten() {
    return enter(
        Level.empty(MILANO), movement("r", Movement.Kind.RECEIPT, 10, 0, Movement.Details.NONE));
  }

  @ParameterizedTest
  @CsvSource({
    // kind, quantity, on hand, set aside, in transit, available, told
    "RECEIPT, 3, 13, 0, 0, 13, 3",
    "SALE, 3, 7, 0, 0, 7, -3",
    "RETURN, 3, 13, 0, 0, 13, 3",
    "ADJUSTMENT, -3, 7, 0, 0, 7, -3",
    "COUNT, 3, 3, 0, 0, 3, -7",
    "TRANSFER_OUT, 3, 7, 0, 0, 7, -3",
    "TRANSFER_OUT, -3, 13, 0, 0, 13, 3",
    "TRANSFER_IN, 3, 13, 0, 0, 13, 3",
    "TRANSFER_ANNOUNCED, 3, 10, 0, 3, 10, 3",
    "SET_ASIDE, 3, 10, 3, 0, 7, 3",
    "SET_ASIDE, -3, 10, 0, 0, 10, -3",
  })
  void eachKindOfMovementOnTenPieces(
      Movement.Kind kind,
      int quantity,
      int onHand,
      int setAside,
      int inTransit,
      int available,
      int told) {
    var step =
        ten()
            .apply(
                new Command.Enter(movement("m", kind, quantity, 1, details(kind))),
                Ledger.NONE,
                NOW);
    var numbers = step.next().snapshot(NOW);
    assertThat(step.outcome()).isEqualTo(new Outcome.Done(numbers));
    assertThat(numbers.onHand()).isEqualTo(onHand);
    assertThat(numbers.setAside()).isEqualTo(setAside);
    assertThat(numbers.inTransit()).isEqualTo(inTransit);
    assertThat(numbers.available()).isEqualTo(available);
    assertThat(step.changes()).singleElement().extracting(Change::quantity).isEqualTo(told);
    var again =
        step.next()
            .apply(
                new Command.Enter(movement("m", kind, quantity, 1, details(kind))),
                Ledger.NONE,
                NOW);
    assertThat(again.next()).isEqualTo(step.next());
    assertThat(again.outcome()).isEqualTo(new Outcome.Repeated(numbers));
  }

  @ParameterizedTest
  @CsvSource({
    "TRANSFER_OUT, 1, true", "TRANSFER_OUT, -1, true", "TRANSFER_OUT, 0, false",
    "TRANSFER_IN, 1, true", "TRANSFER_IN, 0, false", "TRANSFER_IN, -1, false",
    "SET_ASIDE, 1, true", "SET_ASIDE, -1, true", "SET_ASIDE, 0, false",
    "SET_ASIDE, 1000001, false", "TRANSFER_OUT, -1000001, false",
  })
  void quantitiesFitTheirKind(Movement.Kind kind, int quantity, boolean fits) {
    assertThat(movement("m", kind, quantity, 0, details(kind)).quantityFits()).isEqualTo(fits);
  }

  @Test
  void whatArrivesBeforeItWasAnnouncedIsNotOnItsWayAfterwards() {
    var arrived =
        enter(
            ten(),
            movement("in", Movement.Kind.TRANSFER_IN, 4, 10, details(Movement.Kind.TRANSFER_IN)));
    assertThat(arrived.snapshot(NOW).inTransit()).isZero();
    var announced =
        enter(
            arrived,
            movement(
                "out",
                Movement.Kind.TRANSFER_ANNOUNCED,
                5,
                5,
                details(Movement.Kind.TRANSFER_ANNOUNCED)));
    assertThat(announced.snapshot(NOW).inTransit()).isEqualTo(1);
    assertThat(announced.onHand()).isEqualTo(14);
    var wholly =
        enter(
            announced,
            movement("in2", Movement.Kind.TRANSFER_IN, 1, 11, details(Movement.Kind.TRANSFER_IN)));
    assertThat(wholly.goods().transit()).isEmpty();
  }

  @Test
  void aCountHasSeenWhatArrivedBeforeItButNotThatItIsNoMoreOnItsWay() {
    var counted =
        enter(
            Level.empty(MILANO),
            movement(
                "a",
                Movement.Kind.TRANSFER_ANNOUNCED,
                5,
                0,
                details(Movement.Kind.TRANSFER_ANNOUNCED)),
            movement("c", Movement.Kind.COUNT, 5, 20, Movement.Details.NONE),
            movement("i", Movement.Kind.TRANSFER_IN, 5, 10, details(Movement.Kind.TRANSFER_IN)));
    assertThat(counted.onHand()).isEqualTo(5);
    assertThat(counted.snapshot(NOW).inTransit()).isZero();
  }

  @Test
  void onlySellablePiecesAreHeld() {
    var aside =
        enter(
            ten(), movement("s", Movement.Kind.SET_ASIDE, 8, 1, details(Movement.Kind.SET_ASIDE)));
    var tooMany =
        aside.apply(new Command.Place("h", 3, NOW.plusSeconds(60), TILL), Ledger.NONE, NOW);
    assertThat(tooMany.outcome()).isEqualTo(new Outcome.TooFew(2));
    var fits = aside.apply(new Command.Place("h", 2, NOW.plusSeconds(60), TILL), Ledger.NONE, NOW);
    assertThat(fits.next().available(NOW)).isZero();
  }

  @Test
  void aRuleKeepsPiecesBackUnlessTheLevelHasANumberOfItsOwn() {
    var end = NOW.plusSeconds(60);
    assertThat(ten().apply(new Command.Place("h", 9, end, TILL, 2), Ledger.NONE, NOW).outcome())
        .isEqualTo(new Outcome.TooFew(8));
    var own = after(ten(), new Command.SetSafety("q", 0, TILL));
    assertThat(own.snapshot(NOW).safety()).isEqualTo(new Safety(0, "level"));
    assertThat(own.apply(new Command.Place("h", 9, end, TILL, 2), Ledger.NONE, NOW).outcome())
        .isInstanceOf(Outcome.Done.class);
    var ruled = after(own, new Command.SetSafety("q2", 0, TILL, false));
    assertThat(ruled.snapshot(NOW).safety()).isEqualTo(Safety.NONE);
    assertThat(own.apply(new Command.SetSafety("q", 0, TILL, false), Ledger.NONE, NOW).outcome())
        .isEqualTo(new Outcome.Differs());
  }

  @Test
  void whatIsExpectedIsSetByItsId() {
    var monday = LocalDate.parse("2026-03-09");
    var first = new Incoming("PO-1", 4, monday);
    var sooner = new Incoming("PO-2", 1, monday.minusDays(1));
    var level = after(ten(), new Command.Expect("q1", first, TILL));
    level = after(level, new Command.Expect("q2", sooner, TILL));
    assertThat(level.goods().incoming()).containsExactly(sooner, first);
    assertThat(level.available(NOW)).isEqualTo(10);
    var same = level.apply(new Command.Expect("q1", first, TILL), Ledger.NONE, NOW);
    assertThat(same.outcome()).isInstanceOf(Outcome.Repeated.class);
    assertThat(level.apply(new Command.Expect("q1", sooner, TILL), Ledger.NONE, NOW).outcome())
        .isEqualTo(new Outcome.Differs());
    level = after(level, new Command.Expect("q3", new Incoming("PO-1", 0, monday), TILL));
    assertThat(level.goods().incoming()).containsExactly(sooner);
    for (int i = 0; i < Goods.INCOMING_MAX - 1; i++) {
      level = after(level, new Command.Expect("x" + i, new Incoming("X" + i, 1, monday), TILL));
    }
    assertThat(
            level
                .apply(
                    new Command.Expect("full", new Incoming("more", 1, monday), TILL),
                    Ledger.NONE,
                    NOW)
                .outcome())
        .isEqualTo(new Outcome.Unfit(Outcome.Unfit.Why.INCOMING_TOO_MANY));
  }

  private static Outcome.@Nullable Unfit unfit(Level level, Movement movement) {
    return level.apply(new Command.Enter(movement), Ledger.NONE, NOW).outcome()
            instanceof Outcome.Unfit unfit
        ? unfit
        : null;
  }

  @Test
  void serialNumbersComeAndGoWithTheirPieces() {
    var level =
        enter(Level.empty(MILANO), serials("r", Movement.Kind.RECEIPT, 0, "S2", "S1", "S3"));
    assertThat(level.goods().serials()).containsExactly("S1", "S2", "S3");
    assertThat(unfit(level, serials("d", Movement.Kind.RETURN, 1, "S1")))
        .isEqualTo(new Outcome.Unfit(Outcome.Unfit.Why.SERIAL_DUPLICATE, "S1"));
    assertThat(unfit(level, serials("x", Movement.Kind.SALE, 1, "S9")))
        .isEqualTo(new Outcome.Unfit(Outcome.Unfit.Why.SERIAL_NOT_FOUND, "S9"));
    var sold = enter(level, serials("s", Movement.Kind.SALE, 2, "S2"));
    assertThat(sold.goods().serials()).containsExactly("S1", "S3");
    assertThat(sold.tail().getLast().serials()).containsExactly("S2");
    var numbers = new String[Goods.SERIALS_MAX];
    for (int i = 0; i < numbers.length; i++) {
      numbers[i] = "N" + i;
    }
    assertThat(unfit(level, serials("many", Movement.Kind.RECEIPT, 1, numbers)))
        .isEqualTo(new Outcome.Unfit(Outcome.Unfit.Why.SERIALS_TOO_MANY));
  }

  @Test
  void aSaleOutOfAHoldTakesTheFirstSerialNumbers() {
    var level = enter(Level.empty(MILANO), serials("r", Movement.Kind.RECEIPT, 0, "B", "A"));
    level = after(level, new Command.Place("h", 1, NOW.plusSeconds(9), TILL));
    level = after(level, new Command.Sell(sale("sale", "h", 1)));
    assertThat(level.goods().serials()).containsExactly("B");
    assertThat(level.tail().getLast().serials()).containsExactly("A");
  }

  private static Movement naming(Movement sale, String... serials) {
    return new Movement(
        sale.id(),
        sale.kind(),
        sale.level(),
        sale.quantity(),
        sale.effectiveTime(),
        sale.cause(),
        sale.author(),
        sale.hold(),
        sale.content(),
        new Movement.Details("", "", List.of(serials), null));
  }

  @Test
  void aSaleOutOfAHoldTakesTheSerialNumbersItNames() {
    var level = enter(Level.empty(MILANO), serials("r", Movement.Kind.RECEIPT, 0, "A", "B", "C"));
    level = after(level, new Command.Place("h", 2, NOW.plusSeconds(9), TILL));
    var wrong = new Command.Sell(naming(sale("sale", "h", 2), "B", "Z"));
    assertThat(level.apply(wrong, Ledger.NONE, NOW))
        .isEqualTo(
            new Level.Step(
                level, new Outcome.Unfit(Outcome.Unfit.Why.SERIAL_NOT_FOUND, "Z"), List.of()));
    level = after(level, new Command.Sell(naming(sale("sale", "h", 2), "B", "C")));
    assertThat(level.goods().serials()).containsExactly("A");
    assertThat(level.tail().getLast().serials()).containsExactly("B", "C");
  }

  @Test
  void whatWasPinnedForASaleThatIsNotMadeExpiresAgain() {
    var level = enter(Level.empty(MILANO), serials("r", Movement.Kind.RECEIPT, 0, "A", "B"));
    level = after(level, new Command.Place("h", 1, NOW.plusSeconds(9), TILL));
    var wrong = new Command.Pin("h", naming(sale("sale", "h", 1), "Z"), 3);
    assertThat(level.apply(wrong, Ledger.NONE, NOW).outcome())
        .isEqualTo(new Outcome.Unfit(Outcome.Unfit.Why.SERIAL_NOT_FOUND, "Z"));
    var pin = new Command.Pin("h", naming(sale("sale", "h", 1), "B"), 3);
    var pinned = after(level, pin);
    assertThat(pinned.held(NOW.plusSeconds(9))).isEqualTo(1);
    var free = after(pinned, new Command.Resize("h", 1, NOW.plusSeconds(9), 4, false, 0, TILL));
    assertThat(free.held(NOW.plusSeconds(8))).isEqualTo(1);
    assertThat(free.held(NOW.plusSeconds(9))).isZero();
    assertThat(free.apply(pin, Ledger.NONE, NOW).outcome())
        .as("asked for before, arrives after")
        .isEqualTo(new Outcome.Over());
    var sold = after(pinned, new Command.Sell(naming(sale("sale", "h", 1), "Z")));
    assertThat(sold.goods().serials()).as("decided when it was pinned").containsExactly("A", "B");
    assertThat(sold.onHand()).isEqualTo(1);
  }

  @Test
  void aCountSaysWhichSerialNumbersAreThere() {
    var level =
        enter(
            Level.empty(MILANO),
            serials("r", Movement.Kind.RECEIPT, 0, "A", "B"),
            serials("later", Movement.Kind.RECEIPT, 30, "D"),
            serials("sold", Movement.Kind.SALE, 40, "B"),
            serials("c", Movement.Kind.COUNT, 20, "B", "C"));
    assertThat(level.goods().serials()).containsExactly("C", "D");
    assertThat(level.onHand()).isEqualTo(2);
    var late = enter(level, serials("late", Movement.Kind.RECEIPT, 10, "E"));
    assertThat(late.goods()).isEqualTo(level.goods());
  }

  private static Movement sale(String id, String hold, int quantity) {
    return new Movement(
        id, Movement.Kind.SALE, MILANO, quantity, at(100), "", TILL, hold, "hold " + hold);
  }

  @Test
  void ofWhatIsAskedOfAHoldTheNewestCounts() {
    var end = NOW.plusSeconds(60);
    var level = after(ten(), new Command.Place("h", 4, end, TILL));
    level = after(level, new Command.Resize("h", 2, end, 5, false, 0, TILL));
    assertThat(level.held(NOW)).isEqualTo(2);
    var stale = new Command.Resize("h", 9, end, 4, false, 0, TILL);
    assertThat(level.apply(stale, Ledger.NONE, NOW).next()).isEqualTo(level);
    var short1 = new Command.Resize("h", 11, end, 6, false, 0, TILL);
    assertThat(level.apply(short1, Ledger.NONE, NOW).outcome()).isEqualTo(new Outcome.TooFew(10));
    var gone = after(level, new Command.Resize("h", 0, end, 7, false, 0, TILL));
    assertThat(gone.held(NOW)).isZero();
    assertThat(gone.apply(stale, Ledger.NONE, NOW).next().held(NOW)).isZero();
    var placedLate = new Command.Place("h", 4, end, TILL);
    assertThat(gone.apply(placedLate, Ledger.NONE, NOW).next().held(NOW)).isZero();
    assertThat(after(gone, new Command.Resize("h", 3, end, 9, true, 0, TILL)).held(NOW))
        .isEqualTo(3);
    var unknown = new Command.Resize("other", 3, end, 9, false, 0, TILL);
    assertThat(gone.apply(unknown, Ledger.NONE, NOW).outcome()).isEqualTo(new Outcome.Over());
    var dropped = gone.apply(new Command.DropExpired(), Ledger.NONE, end);
    assertThat(dropped.next().holds().all()).isEmpty();
    assertThat(dropped.changes()).as("nothing was held").isEmpty();
  }

  @Test
  void aPartIsSoldOnceAndTheRestStaysHeld() {
    var level = after(ten(), new Command.Place("h", 3, NOW.plusSeconds(60), TILL));
    var part = sale("part", "h", 2);
    level = after(level, new Command.Sell(part));
    assertThat(level.onHand()).isEqualTo(8);
    assertThat(level.held(NOW)).isEqualTo(1);
    assertThat(level.apply(new Command.Sell(part), Ledger.NONE, NOW).next()).isEqualTo(level);
    assertThat(level.apply(new Command.Sell(sale("more", "h", 2)), Ledger.NONE, NOW).outcome())
        .isEqualTo(new Outcome.Over());
    level = after(level, new Command.Sell(sale("rest", "h", 1)));
    assertThat(level.onHand()).isEqualTo(7);
    assertThat(level.holds().all()).isEmpty();
  }

  /** Milano and what is told to Monza, with an open hold in Milano. */
  private static List<Snapshot> replay(List<Command> order) {
    var milano = after(ten(), new Command.Place("h", 2, NOW.plusSeconds(60), TILL));
    for (Command command : order) {
      milano = after(milano, command);
      assertThat(milano.snapshot(NOW).available()).isNotNegative();
    }
    for (Command command : order.reversed()) {
      milano = after(milano, command);
    }
    var numbers = milano.snapshot(NOW);
    return List.of(
        new Snapshot(
            numbers.onHand(),
            numbers.setAside(),
            numbers.held(),
            numbers.safety(),
            numbers.inTransit(),
            "",
            NOW));
  }

  @Test
  void everyOrderOfASmallFeedReachesTheSameNumbersEachMessageTwice() {
    List<Command> feed =
        List.of(
            new Command.Enter(movement("s1", Movement.Kind.SALE, 1, 10, Movement.Details.NONE)),
            new Command.Enter(movement("c", Movement.Kind.COUNT, 9, 20, Movement.Details.NONE)),
            new Command.Enter(
                movement(
                    "out", Movement.Kind.TRANSFER_OUT, 2, 25, details(Movement.Kind.TRANSFER_OUT))),
            new Command.Enter(
                movement(
                    "told",
                    Movement.Kind.TRANSFER_ANNOUNCED,
                    5,
                    15,
                    details(Movement.Kind.TRANSFER_ANNOUNCED))),
            new Command.Enter(
                movement(
                    "in", Movement.Kind.TRANSFER_IN, 3, 30, details(Movement.Kind.TRANSFER_IN))),
            new Command.Enter(
                movement("aside", Movement.Kind.SET_ASIDE, 1, 5, details(Movement.Kind.SET_ASIDE))),
            new Command.Sell(sale("sold", "h", 1)));
    // counted 9; then 2 out, 3 in, 1 sold out of the hold; 1 set aside; 2 of 5 still on their way
    var expected = List.of(new Snapshot(9, 1, 1, Safety.NONE, 2, "", NOW));
    int orders = 0;
    for (List<Command> order : permutations(feed)) {
      assertThat(replay(order)).as("%s", order).isEqualTo(expected);
      orders++;
    }
    assertThat(orders).isEqualTo(5040);
  }

  private static List<List<Command>> permutations(List<Command> commands) {
    if (commands.isEmpty()) {
      return List.of(List.of());
    }
    var all = new ArrayList<List<Command>>();
    for (int i = 0; i < commands.size(); i++) {
      var rest = new ArrayList<>(commands);
      var first = rest.remove(i);
      for (List<Command> order : permutations(rest)) {
        var whole = new ArrayList<Command>();
        whole.add(first);
        whole.addAll(order);
        all.add(Collections.unmodifiableList(whole));
      }
    }
    return all;
  }

  @ParameterizedTest
  @CsvSource({
    "SOFA, stores/milano, sofas, web, 5, safetyRules/web-sofa",
    "SOFA, stores/milano, sofas, till, 3, safetyRules/sofas",
    "LAMP, stores/monza, lamps, web, 1, safetyRules/monza",
    "LAMP, stores/milano, lamps, web, 0, ''",
    "LAMP, stores/milano, '', till, 7, safetyRules/till",
  })
  void theFirstRuleThatMatchesDecides(
      String sku, String location, String category, String channel, int pieces, String rule) {
    var rules =
        new SafetyRules(
            List.of(
                new SafetyRules.Rule("web-sofa", "SOFA", "", "", "web", 5),
                new SafetyRules.Rule("monza", "", "stores/monza", "", "", 1),
                new SafetyRules.Rule("sofas", "", "", "sofas", "", 3),
                new SafetyRules.Rule("till", "", "", "", "till", 7)),
            1);
    assertThat(rules.of(sku, location, category, channel)).isEqualTo(new Safety(pieces, rule));
  }
}
