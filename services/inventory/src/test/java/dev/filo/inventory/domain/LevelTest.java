package dev.filo.inventory.domain;

import static org.assertj.core.api.Assertions.assertThat;

import dev.filo.testkit.Model;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class LevelTest {
  private static final Instant NOW = Instant.parse("2026-03-02T09:00:00Z");
  private static final Author TILL = new Author("devices/till", "device", "till", "", "");

  private static final Goods OWN = Goods.NONE.ownSafety(true);

  private static Level level(int onHand, int safety, Held... held) {
    return new Level(
        "SOFA@milano",
        onHand,
        safety,
        1,
        0,
        HeldPieces.of(List.of(held)),
        null,
        List.of(),
        List.of(),
        OWN);
  }

  @ParameterizedTest
  @CsvSource({
    // on hand, safety, held, expires after (s), available
    "3, 1, 2, 10, 0",
    "3, 0, 2, 10, 1",
    "3, 0, 2, 0, 3",
    "3, 0, 2, -1, 3",
    "1, 5, 0, 10, 0",
    "-2, 0, 0, 10, 0",
  })
  void availableIsOnHandWithoutSafetyAndWhatIsHeld(
      int onHand, int safety, int held, int seconds, int available) {
    var level = level(onHand, safety, new Held("h", held, NOW.plusSeconds(seconds), false));
    assertThat(level.available(NOW)).isEqualTo(available);
  }

  @Test
  void aPinnedHoldDoesNotExpire() {
    var level = level(3, 0, new Held("h", 2, NOW, true));
    assertThat(level.available(NOW.plusSeconds(99))).isEqualTo(1);
    assertThat(level.nextExpiry()).isEmpty();
    assertThat(level.apply(new Command.DropExpired(), Ledger.NONE, NOW).next()).isEqualTo(level);
  }

  @Test
  void aHoldThatHasExpiredIsNotRevived() {
    var level = level(3, 0, new Held("h", 2, NOW, false));
    for (Command command :
        List.of(
            new Command.Extend("h", NOW.plusSeconds(60), 1, TILL),
            new Command.Sell(sale("h", 2)),
            new Command.Pin("h", sale("h", 2), 1))) {
      var step = level.apply(command, Ledger.NONE, NOW);
      assertThat(step.outcome()).isEqualTo(new Outcome.Over());
      assertThat(step.next()).isEqualTo(level);
    }
  }

  @ParameterizedTest
  @CsvSource({
    // asked with revision, to end after (s), ends after (s)
    "2, 90, 60",
    "3, 30, 60",
    "3, 90, 90",
    "4, 30, 30",
    "4, 90, 90",
  })
  void anEndAskedTooLateChangesNothing_ofTwoAtOnceTheLaterStays(
      long revision, int asked, int seconds) {
    var level = level(3, 0, new Held("h", 2, NOW.plusSeconds(60), false, 3));
    var step =
        level.apply(
            new Command.Extend("h", NOW.plusSeconds(asked), revision, TILL), Ledger.NONE, NOW);
    assertThat(step.outcome()).isNotInstanceOf(Outcome.Over.class);
    assertThat(step.next().held(NOW.plusSeconds(seconds - 1))).isEqualTo(2);
    assertThat(step.next().held(NOW.plusSeconds(seconds))).isZero();
  }

  @Test
  void aLevelThatCarriesAllItCanRefuses() {
    var held = new Held[Level.HOLDS_MAX];
    for (int i = 0; i < held.length; i++) {
      held[i] = new Held("h" + i, 1, NOW.plusSeconds(60), false);
    }
    var full = level(2 * held.length, 0, held);
    var place = new Command.Place("one-more", 1, NOW.plusSeconds(60), TILL);
    assertThat(full.apply(place, Ledger.NONE, NOW).outcome()).isEqualTo(new Outcome.Full());
    var again = new Command.Place("h1", 1, NOW.plusSeconds(60), TILL);
    assertThat(full.apply(again, Ledger.NONE, NOW).outcome()).isInstanceOf(Outcome.Repeated.class);
    var freed = full.apply(new Command.Free("h1", TILL), Ledger.NONE, NOW).next();
    assertThat(freed.apply(place, Ledger.NONE, NOW).outcome()).isInstanceOf(Outcome.Done.class);
  }

  @Test
  void anExpiredHoldIsReplacedByANewOneOfItsId() {
    var level = level(3, 0, new Held("h", 2, NOW, false));
    var step = level.apply(new Command.Place("h", 3, NOW.plusSeconds(9), TILL), Ledger.NONE, NOW);
    assertThat(step.outcome()).isInstanceOf(Outcome.Done.class);
    assertThat(step.changes()).extracting(Change::quantity).containsExactly(-2, 3);
    assertThat(step.next().held(NOW)).isEqualTo(3);
  }

  @Test
  void whatHasExpiredIsDroppedInPortionsEachOnce() {
    var held = new Held[Level.DROPS_MAX + 10];
    for (int i = 0; i < held.length; i++) {
      held[i] = new Held("h" + i, 1, NOW.minusSeconds(i), false);
    }
    var level = level(5, 0, held);
    assertThat(level.held(NOW)).isZero();
    var first = level.apply(new Command.DropExpired(), Ledger.NONE, NOW);
    assertThat(first.changes()).hasSize(Level.DROPS_MAX);
    var second = first.next().apply(new Command.DropExpired(), Ledger.NONE, NOW);
    assertThat(second.changes()).hasSize(10);
    assertThat(second.next().holds()).isEqualTo(HeldPieces.NONE);
    var third = second.next().apply(new Command.DropExpired(), Ledger.NONE, NOW);
    assertThat(third.next()).isEqualTo(second.next());
  }

  @Test
  void theEtagChangesAtTheInstantOfExpiry() {
    var level = level(3, 0, new Held("h", 2, NOW, false));
    assertThat(level.snapshot(NOW.minusMillis(1)).etag()).isNotEqualTo(level.snapshot(NOW).etag());
  }

  @ParameterizedTest
  @CsvSource({
    "RECEIPT, 1, true", "RECEIPT, 0, false", "SALE, -1, false", "RETURN, 1000001, false",
    "ADJUSTMENT, -5, true", "ADJUSTMENT, 0, false", "COUNT, 0, true", "COUNT, -1, false",
  })
  void quantitiesFitTheirKind(Movement.Kind kind, int quantity, boolean fits) {
    assertThat(movement("m", kind, quantity, NOW).quantityFits()).isEqualTo(fits);
  }

  private static Movement sale(String hold, int quantity) {
    return new Movement(
        "sale-" + hold,
        Movement.Kind.SALE,
        "SOFA@milano",
        quantity,
        NOW,
        "",
        TILL,
        hold,
        "hold " + hold);
  }

  private static Movement movement(String id, Movement.Kind kind, int quantity, Instant time) {
    return new Movement(
        id, kind, "SOFA@milano", quantity, time, "", TILL, "", kind + " " + quantity + " " + time);
  }

  /** A level beside what it must be, by a slower way of reckoning. */
  private static final class Shelf {
    private Level level = Level.empty("SOFA@milano");
    private Instant now = NOW;
    private final Map<String, Movement> recorded = new HashMap<>();
    private int promisesBroken;

    Outcome apply(Command command) {
      level = level.apply(new Command.DropExpired(), Ledger.NONE, now).next();
      var step = level.apply(command, Ledger.NONE, now);
      level = step.next();
      return step.outcome();
    }

    void enter(Movement movement) {
      if (apply(new Command.Enter(movement)) instanceof Outcome.Done) {
        recorded.put(movement.id(), movement);
      }
    }

    int reckoned() {
      Movement count = null;
      for (Movement movement : recorded.values()) {
        if (movement.kind() == Movement.Kind.COUNT
            && (count == null
                || count.effectiveTime().isBefore(movement.effectiveTime())
                || (count.effectiveTime().equals(movement.effectiveTime())
                    && count.id().compareTo(movement.id()) < 0))) {
          count = movement;
        }
      }
      int sum = count == null ? 0 : count.quantity();
      for (Movement movement : recorded.values()) {
        if (count == null || movement.effectiveTime().isAfter(count.effectiveTime())) {
          sum += movement.delta();
        }
      }
      return sum;
    }
  }

  private record Enter(String id, Movement.Kind kind, int quantity, int minute)
      implements Model.Step<Shelf> {
    @Override
    public void run(Shelf shelf) {
      shelf.enter(movement(id, kind, quantity, NOW.minus(Duration.ofMinutes(minute))));
    }
  }

  private record Place(String hold, int quantity, int seconds) implements Model.Step<Shelf> {
    @Override
    public void run(Shelf shelf) {
      int before = shelf.level.available(shelf.now);
      boolean isNew =
          shelf.level.holds().all().stream()
              .noneMatch(held -> held.hold().equals(hold) && held.counts(shelf.now));
      var outcome =
          shelf.apply(new Command.Place(hold, quantity, shelf.now.plusSeconds(seconds), TILL));
      if (outcome instanceof Outcome.Done && isNew && before < quantity) {
        shelf.promisesBroken++;
      }
    }
  }

  private record Free(String hold) implements Model.Step<Shelf> {
    @Override
    public void run(Shelf shelf) {
      shelf.apply(new Command.Free(hold, TILL));
    }
  }

  private record Wait(int seconds) implements Model.Step<Shelf> {
    @Override
    public void run(Shelf shelf) {
      shelf.now = shelf.now.plusSeconds(seconds);
    }
  }

  private static Model.Step<Shelf> step(Random random) {
    return switch (random.nextInt(5)) {
      case 0, 1 -> {
        var kind = Model.oneOf(random, List.of(Movement.Kind.values()));
        yield new Enter("m" + random.nextInt(12), kind, 1 + random.nextInt(9), random.nextInt(20));
      }
      case 2 -> new Place("h" + random.nextInt(6), 1 + random.nextInt(4), random.nextInt(30));
      case 3 -> new Free("h" + random.nextInt(6));
      default -> new Wait(random.nextInt(20));
    };
  }

  @Test
  void onHandIsWhatTheLedgerAddsUpToAndNoPromiseIsBroken() {
    Model.of("a level", Shelf::new, LevelTest::step)
        .runs(300)
        .invariant(
            shelf -> {
              assertThat(shelf.level.onHand()).isEqualTo(shelf.reckoned());
              assertThat(shelf.promisesBroken).isZero();
            })
        .run();
  }

  @Test
  void everyOrderOfArrivalGivesTheSame() {
    Model.forAll(
        "a small feed in two orders",
        (random, size) -> {
          var feed = new ArrayList<Movement>();
          for (int i = 0; i < Math.max(1, size / 10); i++) {
            feed.add(
                movement(
                    "m" + i,
                    Model.oneOf(random, List.of(Movement.Kind.values())),
                    1 + random.nextInt(9),
                    NOW.minus(Duration.ofMinutes(random.nextInt(5)))));
          }
          var other = new ArrayList<>(feed);
          Collections.shuffle(other, random);
          return List.of(feed, other);
        },
        orders -> {
          var first = new Shelf();
          var second = new Shelf();
          orders.getFirst().forEach(first::enter);
          orders.getLast().forEach(second::enter);
          orders.getFirst().forEach(second::enter);
          assertThat(second.level.onHand()).isEqualTo(first.level.onHand());
        });
  }
}
