package dev.filo.inventory.store;

import static dev.filo.inventory.ShopFloor.CHAIR;
import static dev.filo.inventory.ShopFloor.MILANO;
import static dev.filo.inventory.ShopFloor.MONZA;
import static dev.filo.inventory.ShopFloor.SOFA;
import static dev.filo.inventory.ShopFloor.TILL;
import static dev.filo.inventory.ShopFloor.done;
import static dev.filo.inventory.ShopFloor.got;
import static org.assertj.core.api.Assertions.assertThat;

import dev.filo.inventory.ShopFloor;
import dev.filo.inventory.domain.Hold;
import dev.filo.inventory.domain.Hold.Line;
import dev.filo.inventory.domain.Level;
import dev.filo.inventory.domain.Movement.Kind;
import dev.filo.inventory.service.RefusedException;
import dev.filo.testkit.Model;
import dev.filo.testkit.MutableClock;
import dev.filo.testkit.StoreTest;
import dev.filo.testkit.TestMongo;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/** Random commands at once from two replicas: no sequence of them breaks what is promised. */
@StoreTest
class RandomCommandsTest {
  private static final Duration HOUR = Duration.ofHours(1);
  private static final List<String> SKUS = List.of(SOFA, CHAIR);
  private static final List<String> LOCATIONS = List.of(MILANO, MONZA);

  private final TestMongo.Engine engine;

  RandomCommandsTest(TestMongo.Engine engine) {
    this.engine = engine;
  }

  /** Two replicas over one new database. */
  private static final class Shop implements AutoCloseable {
    private final TestMongo.Store store;
    private final MutableClock clock = MutableClock.standing();
    private final List<ShopFloor> replicas;
    private final AtomicInteger requests = new AtomicInteger();

    Shop(TestMongo.Engine engine) {
      store = engine.newStore();
      replicas =
          List.of(
              new ShopFloor(store.database(), clock, 2), new ShopFloor(store.database(), clock, 5));
      for (String location : LOCATIONS) {
        SKUS.forEach(sku -> replicas.getFirst().receive(sku, location, 6));
      }
    }

    ShopFloor at(int replica) {
      return replicas.get(replica);
    }

    String request() {
      return "q" + requests.incrementAndGet();
    }

    @Override
    public void close() {
      store.close();
    }
  }

  /** One command, drawn once, so that a sequence can be run again. */
  private record Drawn(String what, int replica, String hold, int sofas, int chairs, String to) {
    List<Line> lines() {
      var lines = new ArrayList<Line>();
      if (sofas > 0) {
        lines.add(new Line(SOFA, sofas));
      }
      if (chairs > 0) {
        lines.add(new Line(CHAIR, chairs));
      }
      return lines;
    }

    Mono<?> run(Shop shop) {
      var at = shop.at(replica);
      return switch (what) {
        case "place" ->
            at.holds.place(
                hold, to, lines(), shop.clock.instant().plus(HOUR), "orders/" + hold, TILL, "");
        case "change" -> at.holds.change(hold, lines(), shop.request());
        case "move" -> at.holds.move(hold, to, shop.request());
        case "sell" -> at.holds.sell(hold, TILL);
        case "sell some" -> at.holds.sellSome(hold, lines(), Map.of(), false, TILL, shop.request());
        case "release" -> at.holds.release(hold, TILL);
        case "extend" ->
            at.holds.extend(
                hold, shop.clock.instant().plus(HOUR.multipliedBy(2)), shop.request(), TILL);
        case "receive" ->
            at.stock.record(
                List.of(
                    ShopFloor.movement(
                        shop.request(), Kind.RECEIPT, SOFA, to, sofas + 1, shop.clock.instant())),
                location -> true);
        default -> throw new IllegalStateException(what);
      };
    }
  }

  private static Drawn drawn(Random random) {
    var what =
        Model.oneOf(
            random,
            List.of(
                "place",
                "place",
                "place",
                "change",
                "change",
                "move",
                "move",
                "sell",
                "sell some",
                "release",
                "extend",
                "receive"));
    int sofas = random.nextInt(4);
    return new Drawn(
        what,
        random.nextInt(2),
        "h" + random.nextInt(8),
        sofas,
        sofas == 0 ? 1 + random.nextInt(3) : random.nextInt(4),
        Model.oneOf(random, LOCATIONS));
  }

  /** Commands at once, then perhaps some time. */
  private record AtOnce(List<Drawn> commands, int minutes) implements Model.Step<Shop> {
    @Override
    public void run(Shop shop) {
      Flux.fromIterable(commands)
          .flatMap(
              command ->
                  command
                      .run(shop)
                      .then()
                      .onErrorResume(RefusedException.class, refused -> Mono.empty()),
              commands.size())
          .blockLast(Duration.ofSeconds(30));
      shop.clock.advance(Duration.ofMinutes(minutes));
      done(shop.at(0).sweeper.sweep());
    }
  }

  private static AtOnce step(Random random) {
    var commands = new ArrayList<Drawn>();
    // One id is one hold: what comes of another one at the same instant is CarriedJournalTest's.
    var placed = new HashMap<String, Drawn>();
    int size = 1 + random.nextInt(12);
    for (int i = 0; i < size; i++) {
      var drawn = drawn(random);
      var first = drawn.what.equals("place") ? placed.putIfAbsent(drawn.hold, drawn) : null;
      commands.add(
          first == null
              ? drawn
              : new Drawn("place", drawn.replica, drawn.hold, first.sofas, first.chairs, first.to));
    }
    return new AtOnce(commands, random.nextInt(3) == 0 ? 31 : 0);
  }

  private static void assertKept(Shop shop) {
    var floor = shop.at(0);
    Relayed.journals(floor); // an id that was used for two holds keeps one
    Map<String, Integer> journal = new TreeMap<>();
    for (int i = 0; i < 8; i++) {
      var hold = floor.journal.find("h" + i).block(Duration.ofSeconds(20));
      if (hold != null && hold.state() == Hold.State.ACTIVE) {
        for (Line line : hold.lines()) {
          journal.merge(Level.id(line.sku(), hold.location()), line.quantity(), Integer::sum);
        }
      }
    }
    for (String location : LOCATIONS) {
      for (String sku : SKUS) {
        var id = Level.id(sku, location);
        var level = floor.level(sku, location);
        assertThat(level.held()).as("held %s", id).isEqualTo(journal.getOrDefault(id, 0));
        assertThat(level.onHand()).as("promised %s", id).isGreaterThanOrEqualTo(level.held());
        int sum =
            got(floor.stock.movements(id, Long.MAX_VALUE, 500)).stream()
                .mapToInt(entry -> entry.movement().delta())
                .sum();
        assertThat(level.onHand()).as("the ledger of %s", id).isEqualTo(sum);
      }
    }
  }

  @Test
  void neverNegativeNeverOversoldTheLedgerAddsUpAndEachHoldIsFreedOnce() {
    Model.of("two replicas", () -> new Shop(engine), RandomCommandsTest::step)
        .runs(8)
        .stepsMax(8)
        .invariant(RandomCommandsTest::assertKept)
        .run();
  }

  @Test
  void whenAllHoldsAreOverEachWasFreedExactlyOnce() {
    Model.of(
            "a day's end",
            () -> new Shop(engine),
            random -> new Day(List.of(step(random), step(random))))
        .runs(6)
        .stepsMax(2)
        .run();
  }

  /** Some commands, then the time after which no hold is left. */
  private record Day(List<AtOnce> hours) implements Model.Step<Shop> {
    @Override
    public void run(Shop shop) {
      hours.forEach(hour -> hour.run(shop));
      for (int i = 0; i < 3; i++) {
        shop.clock.advance(HOUR.multipliedBy(3));
        Mono.when(shop.at(0).sweeper.sweep(), shop.at(1).sweeper.sweep())
            .block(Duration.ofSeconds(30));
      }
      assertThat(Balance.of(shop.store.database()))
          .allSatisfy((hold, pieces) -> assertThat(pieces).as(hold).isZero());
      for (String location : LOCATIONS) {
        SKUS.forEach(sku -> assertThat(shop.at(0).level(sku, location).held()).isZero());
      }
    }
  }
}
