package dev.filo.inventory.store;

import static dev.filo.inventory.ShopFloor.CHAIR;
import static dev.filo.inventory.ShopFloor.MILANO;
import static dev.filo.inventory.ShopFloor.SOFA;
import static dev.filo.inventory.ShopFloor.done;
import static dev.filo.inventory.ShopFloor.got;
import static org.assertj.core.api.Assertions.assertThat;

import dev.filo.inventory.ShopFloor;
import dev.filo.inventory.domain.Hold;
import dev.filo.inventory.domain.Movement.Kind;
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
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/** Whatever is done, in whatever order: ledger, levels and holds agree. */
class NoDriftTest {
  private static final List<String> SKUS = List.of(SOFA, CHAIR, "SKU-1");
  private static final List<Kind> KINDS =
      List.of(Kind.RECEIPT, Kind.RECEIPT, Kind.SALE, Kind.RETURN, Kind.ADJUSTMENT, Kind.COUNT);

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
      first.relay.start();
      second.relay.start();
    }

    void agrees() {
      var news = got(reconciliation.check(List.of(), Mono.empty()).collectList());
      assertThat(news).noneMatch(News.Found.class::isInstance);
      assertThat(((News.Far) news.getLast()).complete()).isTrue();
    }

    @Override
    public void close() {
      first.relay.stop();
      second.relay.stop();
      store.close();
    }
  }

  /** Something done to a shop; refusals are answers too. */
  private record Act(
      String what, boolean bySecond, java.util.function.Function<ShopFloor, Mono<?>> act)
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
    return switch (random.nextInt(10)) {
      case 0, 1, 2, 3 -> {
        var kind = Model.oneOf(random, KINDS);
        int signed = kind == Kind.ADJUSTMENT && random.nextBoolean() ? -quantity : quantity;
        yield new Act(
            "%s %s %d of %s, %d min ago".formatted(id, kind, signed, sku, minutes),
            bySecond,
            floor ->
                floor.stock.record(
                    List.of(
                        ShopFloor.movement(
                            id,
                            kind,
                            sku,
                            MILANO,
                            signed,
                            floor.clock.instant().minus(Duration.ofMinutes(minutes)))),
                    location -> true));
      }
      case 4, 5 -> {
        var other = Model.oneOf(random, SKUS);
        yield new Act(
            "hold %s: %d of %s, 1 of %s, %d min"
                .formatted(hold, quantity % 3 + 1, sku, other, minutes),
            bySecond,
            floor ->
                floor.hold(
                    hold,
                    Duration.ofMinutes(minutes),
                    new Hold.Line(sku, quantity % 3 + 1),
                    new Hold.Line(other, 1)));
      }
      case 6 ->
          new Act("release " + hold, bySecond, floor -> floor.holds.release(hold, ShopFloor.TILL));
      case 7 -> new Act("sell " + hold, bySecond, floor -> floor.holds.sell(hold, ShopFloor.TILL));
      case 8 ->
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

  @Test
  void oneAfterTheOther() {
    Model.of("a shop's books", Shop::new, NoDriftTest::act)
        .invariant(Shop::agrees)
        .runs(12)
        .stepsMax(40)
        .run();
  }

  /** Also while much is under way, and from several sides at once. */
  @Test
  void allAtOnce() {
    long seed = Long.getLong(Model.SEED_PROPERTY, System.nanoTime());
    var random = new Random(seed);
    try (var shop = new Shop()) {
      var acts = new ArrayList<Act>();
      for (int i = 0; i < 400; i++) {
        acts.add(act(random));
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
      shop.agrees();
    }
  }
}
