package dev.filo.inventory.store;

import static dev.filo.inventory.ShopFloor.CHAIR;
import static dev.filo.inventory.ShopFloor.MILANO;
import static dev.filo.inventory.ShopFloor.MONZA;
import static dev.filo.inventory.ShopFloor.SOFA;
import static dev.filo.inventory.ShopFloor.done;
import static dev.filo.inventory.ShopFloor.got;
import static org.assertj.core.api.Assertions.assertThat;

import dev.filo.inventory.ShopFloor;
import dev.filo.inventory.domain.Hold;
import dev.filo.inventory.domain.Level;
import dev.filo.inventory.domain.Movement;
import dev.filo.inventory.domain.Movement.Kind;
import dev.filo.inventory.domain.SetAside;
import dev.filo.inventory.domain.StockItem;
import dev.filo.inventory.service.Imports;
import dev.filo.inventory.service.Reconciliation;
import dev.filo.inventory.service.Reconciliation.News;
import dev.filo.inventory.service.RefusedException;
import dev.filo.platform.mongo.StaleVersionException;
import dev.filo.testkit.Model;
import dev.filo.testkit.MutableClock;
import dev.filo.testkit.TestMongo;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.function.Function;
import java.util.function.Supplier;
import org.junit.jupiter.api.Test;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/**
 * Whatever is done, in whatever order: ledger, levels and holds agree; as many pieces are listed by
 * serial number as are on hand; what is on its way is what left and has not arrived.
 */
class NoDriftTest {
  // Its pieces have serial numbers.
  private static final String PIECE = "SKU-PIECE";
  // One of those and two chairs.
  private static final String SET = "SKU-SET";
  private static final List<String> SKUS = List.of(SOFA, CHAIR, "SKU-1");
  private static final List<String> HELD = List.of(SOFA, CHAIR, "SKU-1", PIECE, SET);
  private static final List<String> LOCATIONS = List.of(MILANO, MONZA);
  private static final List<Kind> KINDS =
      List.of(
          Kind.RECEIPT,
          Kind.RECEIPT,
          Kind.SALE,
          Kind.RETURN,
          Kind.ADJUSTMENT,
          Kind.COUNT,
          Kind.TRANSFER_OUT,
          Kind.TRANSFER_IN,
          Kind.SET_ASIDE);
  private static final List<Kind> OF_KITS = List.of(Kind.SALE, Kind.RETURN);

  private static final Duration LOOK_AGAIN = Duration.ofMillis(500);

  /** A shop with two replicas of inventory. */
  private static final class Shop implements AutoCloseable {
    final TestMongo.Store store = TestMongo.embedded().newStore();
    final MutableClock clock = MutableClock.standing();
    final ShopFloor first = new ShopFloor(store.database(), clock);
    final ShopFloor second = new ShopFloor(store.database(), clock);
    // A hold's journal is put among the others right after the answer.
    final Reconciliation reconciliation =
        new Reconciliation(
            new MongoCheckStore(store.database()), clock, Mono.delay(LOOK_AGAIN).then());

    Shop() {
      item(PIECE, true);
      item(SET, false, new Hold.Line(PIECE, 1), new Hold.Line(CHAIR, 2));
      first.relay.start();
      second.relay.start();
    }

    private void item(String sku, boolean serialized, Hold.Line... parts) {
      got(
          first.items.update(
              sku,
              "",
              "",
              "",
              item -> new StockItem(sku, serialized, List.of(parts), "", item.version() + 1)));
    }

    void agrees() {
      var news = got(reconciliation.check(List.of(), Mono.empty()).collectList());
      assertThat(news).noneMatch(News.Found.class::isInstance);
      assertThat(((News.Far) news.getLast()).complete()).isTrue();
      for (String location : LOCATIONS) {
        var level = got(first.stock.level(Level.id(PIECE, location), "")).level();
        assertThat(level.goods().serials()).as(level.id()).hasSize(level.onHand());
        for (String sku : HELD) {
          assertThat(first.level(sku, location).available()).isNotNegative();
        }
      }
    }

    /** To be called when nothing is under way. */
    void onTheirWayIsWhatLeftAndHasNotArrived() {
      for (String sku : List.of(SOFA, CHAIR, "SKU-1", PIECE)) {
        for (int to = 0; to < 2; to++) {
          var there = Level.id(sku, LOCATIONS.get(to));
          var open = new TreeMap<String, Integer>();
          moved(Level.id(sku, LOCATIONS.get(1 - to)), Kind.TRANSFER_OUT, 1, open);
          moved(there, Kind.TRANSFER_IN, -1, open);
          open.values().removeIf(pieces -> pieces == 0);
          var told = new TreeMap<String, Integer>();
          got(first.stock.level(there, ""))
              .level()
              .goods()
              .transit()
              .forEach(transit -> told.put(transit.transfer(), transit.pieces()));
          assertThat(told).as(there).isEqualTo(open);
        }
      }
    }

    private void moved(String level, Kind kind, int sign, Map<String, Integer> open) {
      for (var entry : got(first.stock.movements(level, Long.MAX_VALUE, 500))) {
        var movement = entry.movement();
        if (movement.kind() == kind) {
          open.merge(movement.details().transfer(), sign * movement.quantity(), Integer::sum);
        }
      }
    }

    @Override
    public void close() {
      first.relay.stop();
      second.relay.stop();
      store.close();
    }
  }

  /** Something done to a shop; refusals are answers too. */
  private record Act(String what, boolean bySecond, Function<ShopFloor, Mono<?>> act)
      implements Model.Step<Shop> {
    Mono<Void> on(Shop shop) {
      return Mono.defer(() -> act.apply(bySecond ? shop.second : shop.first))
          .onErrorResume(RefusedException.class, refused -> Mono.empty())
          .onErrorResume(StaleVersionException.class, contended -> Mono.empty())
          .then();
    }

    @Override
    public void run(Shop shop) {
      done(on(shop));
    }

    @Override
    public String toString() {
      return what + (bySecond ? " (second)" : "");
    }
  }

  private static Act act(Random random) {
    boolean bySecond = random.nextBoolean();
    var sku = Model.oneOf(random, SKUS);
    int minutes = random.nextInt(120);
    int quantity = 1 + random.nextInt(9);
    var id = "m" + random.nextInt(60);
    var hold = "h" + random.nextInt(12);
    return switch (random.nextInt(16)) {
      case 0, 1, 2, 3, 4, 5 -> {
        var kind = Model.oneOf(random, KINDS);
        boolean isPiece = random.nextInt(3) == 0;
        int pieces = isPiece ? quantity % 3 + 1 : quantity;
        yield recorded(random, id, kind, isPiece ? PIECE : sku, pieces, isPiece ? pieces : 0);
      }
      case 6 ->
          recorded(
              random, id, Model.oneOf(random, OF_KITS), SET, quantity % 2 + 1, quantity % 2 + 1);
      case 7, 8, 9 -> {
        var some = Model.oneOf(random, HELD);
        var other = Model.oneOf(random, HELD);
        int pieces = SKUS.contains(some) ? quantity % 3 + 1 : 1;
        yield new Act(
            "hold %s: %d of %s, 1 of %s, %d min".formatted(hold, pieces, some, other, minutes),
            bySecond,
            floor ->
                floor.hold(
                    hold,
                    Duration.ofMinutes(minutes),
                    new Hold.Line(some, pieces),
                    new Hold.Line(other, 1)));
      }
      case 10 ->
          new Act("release " + hold, bySecond, floor -> floor.holds.release(hold, ShopFloor.TILL));
      case 11 -> sold(bySecond, hold, Map.of(), id);
      case 12, 13 -> sold(bySecond, hold, Map.of(PIECE, serials(random, quantity % 2 + 1)), id);
      case 14 ->
          new Act(
              "import %d of %s as row %d".formatted(quantity, sku, minutes + 1),
              bySecond,
              floor ->
                  floor
                      .imports
                      .begin("import")
                      .flatMap(
                          begun ->
                              floor.imports.record(
                                  begun,
                                  List.of(
                                      new Imports.Row(minutes + 1L, sku, MILANO, quantity, null)),
                                  ShopFloor.TILL))
                      .flatMap(floor.imports::done));
      default ->
          new Act(
              "sweep %d min later".formatted(minutes % 10),
              bySecond,
              floor -> {
                floor.clock.advance(Duration.ofMinutes(minutes % 10));
                return floor.sweeper.sweep();
              });
    };
  }

  /** A movement at one of the locations, with all that its kind needs. */
  private static Act recorded(
      Random random, String id, Kind kind, String sku, int quantity, int named) {
    int from = random.nextInt(2);
    int minutes = random.nextInt(120);
    boolean canFall =
        kind == Kind.ADJUSTMENT || kind == Kind.SET_ASIDE || kind == Kind.TRANSFER_OUT;
    int signed = canFall && random.nextInt(3) == 0 ? -quantity : quantity;
    var details =
        new Movement.Details(
            kind.isTransfer() ? LOCATIONS.get(1 - from) : "",
            kind.isTransfer() ? "t" + random.nextInt(6) : "",
            serials(random, named),
            kind == Kind.SET_ASIDE ? Model.oneOf(random, List.of(SetAside.values())) : null);
    var what =
        "%s %s %d of %s at %s, %d min ago, %s"
            .formatted(id, kind, signed, sku, LOCATIONS.get(from), minutes, details);
    return new Act(
        what,
        random.nextBoolean(),
        floor ->
            floor.stock.record(
                List.of(
                    new Movement(
                        id,
                        kind,
                        Level.id(sku, LOCATIONS.get(from)),
                        signed,
                        floor.clock.instant().minus(Duration.ofMinutes(minutes)),
                        "test",
                        ShopFloor.TILL,
                        "",
                        what,
                        details)),
                location -> true));
  }

  /** A sale of a whole hold that names its pieces. */
  private static Act sold(
      boolean bySecond, String hold, Map<String, List<String>> serials, String request) {
    return new Act(
        "sell " + hold + " with " + serials,
        bySecond,
        floor ->
            floor.holds.sellSome(
                hold, List.of(), serials, true, ShopFloor.TILL, request + serials));
  }

  private static List<String> serials(Random random, int count) {
    var all = new ArrayList<>(List.of("S1", "S2", "S3", "S4", "S5"));
    Collections.shuffle(all, random);
    return List.copyOf(all.subList(0, count));
  }

  /** The same around a few pieces that everybody names. */
  private static Act pieceAct(Random random) {
    boolean bySecond = random.nextBoolean();
    var hold = "h" + random.nextInt(8);
    var id = "m" + random.nextInt(200);
    return switch (random.nextInt(12)) {
      case 0, 1, 2, 3 -> {
        int pieces = 1 + random.nextInt(2);
        yield recorded(random, id, Model.oneOf(random, KINDS), PIECE, pieces, pieces);
      }
      case 4 -> {
        int found = random.nextInt(3);
        yield recorded(random, id, Kind.COUNT, PIECE, found, found);
      }
      case 5 -> recorded(random, id, Model.oneOf(random, OF_KITS), SET, 1, 1);
      case 6, 7, 8 ->
          new Act(
              "hold " + hold,
              bySecond,
              floor ->
                  floor.hold(
                      hold,
                      Duration.ofMinutes(30),
                      new Hold.Line(PIECE, 1),
                      new Hold.Line(SOFA, 1)));
      case 9, 10 -> sold(bySecond, hold, Map.of(PIECE, serials(random, 1)), id);
      default ->
          new Act(
              "sweep 7 min later",
              bySecond,
              floor -> {
                floor.clock.advance(Duration.ofMinutes(7));
                return floor.sweeper.sweep();
              });
    };
  }

  @Test
  void oneAfterTheOther() {
    Model.of("a shop's books", Shop::new, NoDriftTest::act)
        .invariant(Shop::agrees)
        .runs(12)
        .stepsMax(40)
        .run();
  }

  @Test
  void oneAfterTheOther_piecesByName() {
    Model.of("a shop's pieces", NoDriftTest::withSofas, NoDriftTest::pieceAct)
        .invariant(Shop::agrees)
        .runs(12)
        .stepsMax(40)
        .run();
  }

  /** Also while much is under way, and from several sides at once. */
  @Test
  void allAtOnce() {
    atOnce(Shop::new, NoDriftTest::act);
  }

  @Test
  void allAtOnce_piecesByName() {
    atOnce(NoDriftTest::withSofas, NoDriftTest::pieceAct);
  }

  private static Shop withSofas() {
    var shop = new Shop();
    shop.first.receive(SOFA, MILANO, 1000);
    return shop;
  }

  private static void atOnce(Supplier<Shop> start, Function<Random, Act> drawn) {
    long seed = Long.getLong(Model.SEED_PROPERTY, System.nanoTime());
    var random = new Random(seed);
    try (var shop = start.get()) {
      var acts = new ArrayList<Act>();
      for (int i = 0; i < 400; i++) {
        acts.add(drawn.apply(random));
      }
      var work = Flux.fromIterable(acts).flatMap(act -> act.on(shop), 16).then().cache();
      var checks =
          Flux.defer(() -> shop.reconciliation.check(List.of(), Mono.empty()))
              .repeat()
              .takeUntilOther(work)
              .filter(News.Found.class::isInstance)
              .collectList();
      var found = Mono.zip(work.thenReturn(true), checks).block(Duration.ofMinutes(3));
      assertThat(found).isNotNull();
      assertThat(found.getT2()).as("seed %d", seed).isEmpty();
      // What a contended call left undone is done by whoever cleans up.
      for (int i = 0; i < 3; i++) {
        shop.clock.advance(Duration.ofMinutes(2));
        done(shop.first.sweeper.sweep());
      }
      shop.agrees();
      shop.onTheirWayIsWhatLeftAndHasNotArrived();
    }
  }
}
