package dev.filo.cart.service;

import static dev.filo.cart.service.CartFixture.PATIENCE;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import com.mongodb.reactivestreams.client.MongoDatabase;
import dev.filo.cart.domain.Cart;
import dev.filo.cart.domain.CartFact;
import dev.filo.platform.auth.Caller;
import dev.filo.proto.cart.v1.CartsMerged;
import dev.filo.proto.cart.v1.CartsUnmerged;
import dev.filo.testkit.StoreTest;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.core.scheduler.Schedulers;

@StoreTest
class CartMergeTest {
  private static final String JULIA = "customers/julia";
  private static final String GUEST = "customers/guest";

  private final AtomicReference<Kill> kill = new AtomicReference<>(Kill.NEVER);
  // Which of the points before and after writes is the last one reached; negative: none.
  private final AtomicInteger countdown = new AtomicInteger(-1);
  private final CartFixture fixture;

  CartMergeTest(MongoDatabase database) {
    fixture = new CartFixture(database, Killed::new);
  }

  @AfterEach
  void close() {
    fixture.close();
  }

  /** Where a merge dies. */
  private enum Kill {
    NEVER,
    BEFORE_MOVE,
    AFTER_MOVE,
    BEFORE_WRITE,
    AFTER_WRITE,
    BEFORE_MARK,
    AFTER_MARK
  }

  private void someLines() {
    fixture.add(JULIA, "j1", "SOFA", 1).block(PATIENCE);
    fixture.add(GUEST, "g1", "SOFA", 2).block(PATIENCE);
    fixture.add(GUEST, "g2", "LAMP", 4).block(PATIENCE);
  }

  private void mergedOnce() {
    assertThat(fixture.pieces(JULIA)).isEqualTo(Map.of("SOFA", 3, "LAMP", 4));
    assertThat(fixture.pieces(GUEST)).isEqualTo(Map.of("SOFA", 3, "LAMP", 4));
    await()
        .atMost(PATIENCE)
        .untilAsserted(
            () ->
                assertThat(fixture.events())
                    .filteredOn(event -> event.getData().is(CartsMerged.class))
                    .hasSize(1));
  }

  @Test
  void merge_killedAnywhere_thenAgain_losesAndDoublesNothing() {
    int customer = 0;
    for (Kill where : Kill.values()) {
      if (where == Kill.NEVER) {
        continue;
      }
      var julia = JULIA + customer;
      var guest = GUEST + customer++;
      fixture.add(julia, "j1", "SOFA", 1).block(PATIENCE);
      fixture.add(guest, "g1", "SOFA", 2).block(PATIENCE);
      fixture.add(guest, "g2", "LAMP", 4).block(PATIENCE);
      kill.set(where);
      assertThatThrownBy(() -> fixture.carts.merge(julia, guest).block(PATIENCE))
          .as(where.name())
          .isInstanceOf(IllegalStateException.class);
      kill.set(Kill.NEVER);
      if (where != Kill.BEFORE_MOVE) {
        // Whoever comes first finishes it.
        assertThat(fixture.pieces(guest)).isEqualTo(Map.of("SOFA", 3, "LAMP", 4));
      }
      fixture.carts.merge(julia, guest).block(PATIENCE);
      fixture.carts.merge(julia, guest).block(PATIENCE);
      assertThat(fixture.pieces(julia)).as(where.name()).isEqualTo(Map.of("SOFA", 3, "LAMP", 4));
    }
  }

  @Test
  void merge_16AtOnce_isOne() {
    someLines();
    Flux.range(0, 16)
        .flatMap(i -> fixture.carts.merge(JULIA, GUEST).subscribeOn(Schedulers.parallel()), 16)
        .blockLast(PATIENCE);
    mergedOnce();
  }

  @Test
  void merge_ofTwoGuestsAtOnce_whileAllAdd_losesNothing() {
    var other = "customers/other";
    var adds =
        Flux.range(0, 60)
            .flatMap(
                i ->
                    fixture
                        .add(List.of(JULIA, GUEST, other).get(i % 3), "a" + i, "SKU" + i % 7, 1)
                        .subscribeOn(Schedulers.parallel()),
                20);
    var merges =
        Flux.just(GUEST, other, GUEST, other)
            .flatMap(alias -> fixture.carts.merge(JULIA, alias).subscribeOn(Schedulers.parallel()));
    Flux.merge(adds.take(0).thenMany(merges), adds).blockLast(PATIENCE);
    int pieces = fixture.pieces(JULIA).values().stream().mapToInt(Integer::intValue).sum();
    assertThat(pieces).isEqualTo(60);
  }

  @Test
  void merge_ofAChain_bringsEverythingToItsEnd() {
    var third = "customers/third";
    someLines();
    fixture.add(third, "t1", "RUG", 1).block(PATIENCE);
    kill.set(Kill.AFTER_MOVE);
    assertThatThrownBy(() -> fixture.carts.merge(GUEST, third).block(PATIENCE))
        .isInstanceOf(IllegalStateException.class);
    kill.set(Kill.NEVER);
    fixture.carts.merge(JULIA, GUEST).block(PATIENCE);
    fixture.carts.merge(GUEST, third).block(PATIENCE);
    assertThat(fixture.pieces(JULIA)).isEqualTo(Map.of("SOFA", 3, "LAMP", 4, "RUG", 1));
    assertThat(fixture.pieces(third)).isEqualTo(Map.of("SOFA", 3, "LAMP", 4, "RUG", 1));
  }

  @Test
  void operations_ofTheGuest_areKnownAfterwards() {
    someLines();
    fixture.carts.merge(JULIA, GUEST).block(PATIENCE);
    fixture.add(JULIA, "g2", "LAMP", 4).block(PATIENCE);
    fixture.add(GUEST, "g1", "SOFA", 2).block(PATIENCE);
    mergedOnce();
  }

  @Test
  void add_toAGuestsCartThatHasGone_isInTheNewOne() {
    someLines();
    fixture.carts.merge(JULIA, GUEST).block(PATIENCE);
    fixture.add(GUEST, "late", "RUG", 1).block(PATIENCE);
    assertThat(fixture.pieces(JULIA)).isEqualTo(Map.of("SOFA", 3, "LAMP", 4, "RUG", 1));
  }

  @Test
  void unmerge_killedAtEveryStep_thenAgain_losesAndDoublesNothing() {
    boolean died = true;
    int step = 0;
    for (; died; step++) {
      var julia = "customers/unmerged-julia" + step;
      var guest = "customers/unmerged-guest" + step;
      fixture.add(julia, "j1", "SOFA", 1).block(PATIENCE);
      fixture.add(guest, "g1", "SOFA", 2).block(PATIENCE);
      fixture.add(guest, "g2", "LAMP", 4).block(PATIENCE);
      fixture.carts.merge(julia, guest).block(PATIENCE);
      fixture.add(julia, "j2", "LAMP", 1).block(PATIENCE);
      countdown.set(step);
      try {
        fixture.carts.unmerge(julia, guest, Set.of(guest)).block(PATIENCE);
        died = false;
      } catch (IllegalStateException e) {
        assertThat(e).hasMessage("killed");
      }
      countdown.set(-1);
      fixture.carts.unmerge(julia, guest, Set.of(guest)).block(PATIENCE);
      fixture.carts.unmerge(julia, guest, Set.of(guest)).block(PATIENCE);
      assertThat(fixture.pieces(julia)).as("%d", step).isEqualTo(Map.of("SOFA", 1, "LAMP", 1));
      assertThat(fixture.pieces(guest)).as("%d", step).isEqualTo(Map.of("SOFA", 2, "LAMP", 4));
    }
    // Three writes, each with a before and an after; and the one that went through.
    assertThat(step).isEqualTo(7);
  }

  @Test
  void unmerge_16AtOnce_whileSheAdds_isOne() {
    someLines();
    fixture.carts.merge(JULIA, GUEST).block(PATIENCE);
    var adds =
        Flux.range(0, 20)
            .flatMap(
                i -> fixture.add(JULIA, "late" + i, "RUG", 1).subscribeOn(Schedulers.parallel()));
    var unmerges =
        Flux.range(0, 16)
            .flatMap(
                i ->
                    fixture
                        .carts
                        .unmerge(JULIA, GUEST, Set.of(GUEST))
                        .subscribeOn(Schedulers.parallel()),
                16);
    Flux.merge(adds.then(), unmerges.then()).blockLast(PATIENCE);
    assertThat(fixture.pieces(JULIA)).isEqualTo(Map.of("SOFA", 1, "RUG", 20));
    assertThat(fixture.pieces(GUEST)).isEqualTo(Map.of("SOFA", 2, "LAMP", 4));
    await()
        .atMost(PATIENCE)
        .untilAsserted(
            () ->
                assertThat(fixture.events())
                    .filteredOn(event -> event.getData().is(CartsUnmerged.class))
                    .hasSize(1));
  }

  @Test
  void unmerge_ofACartThatNeverWas_opensIt_andAMergeAgainIsAMerge() {
    fixture.add(JULIA, "j1", "SOFA", 1).block(PATIENCE);
    fixture.carts.merge(JULIA, GUEST).block(PATIENCE);
    fixture.carts.unmerge(JULIA, GUEST, Set.of(GUEST)).block(PATIENCE);
    fixture.add(GUEST, "g1", "LAMP", 4).block(PATIENCE);
    assertThat(fixture.pieces(JULIA)).isEqualTo(Map.of("SOFA", 1));
    assertThat(fixture.pieces(GUEST)).isEqualTo(Map.of("LAMP", 4));
    // A token of before says still that the guest was she: it is older than that.
    var old =
        new Caller(
            JULIA,
            Set.of(dev.filo.proto.api.v1.Role.ROLE_CUSTOMER),
            List.of(),
            "shop-web",
            "web",
            "PC",
            "",
            GUEST,
            "s",
            "t");
    fixture.carts.ensureMerged(old).block(PATIENCE);
    assertThat(fixture.pieces(JULIA)).isEqualTo(Map.of("SOFA", 1));
    fixture.carts.merge(JULIA, GUEST).block(PATIENCE);
    assertThat(fixture.pieces(JULIA)).isEqualTo(Map.of("SOFA", 1, "LAMP", 4));
  }

  @Test
  void cart_onItsWayBack_isNeverSomebodyElses() {
    someLines();
    fixture.carts.merge(JULIA, GUEST).block(PATIENCE);
    fixture.parted.add(GUEST);
    assertThatThrownBy(() -> fixture.carts.get(GUEST, "it").block(PATIENCE))
        .isInstanceOfSatisfying(
            io.grpc.StatusRuntimeException.class,
            error ->
                assertThat(error.getStatus().getCode()).isEqualTo(io.grpc.Status.Code.UNAVAILABLE));
    assertThatThrownBy(() -> fixture.add(GUEST, "x", "RUG", 1).block(PATIENCE))
        .isInstanceOf(io.grpc.StatusRuntimeException.class);
    fixture.carts.unmerge(JULIA, GUEST, Set.of(GUEST)).block(PATIENCE);
    assertThat(fixture.pieces(GUEST)).isEqualTo(Map.of("SOFA", 2, "LAMP", 4));
  }

  private final class Killed implements CartStore {
    private final CartStore store;

    Killed(CartStore store) {
      this.store = store;
    }

    @Override
    public Mono<Void> settled(Cart seen) {
      return store.settled(seen);
    }

    private <T> Mono<T> die(Kill before, Kill after, Mono<T> work) {
      return Mono.defer(
          () ->
              countdown.get() >= 0
                  ? dieInTime(work)
                  : kill.get() == before
                      ? Mono.error(new IllegalStateException("killed"))
                      : kill.get() == after
                          ? work.then(Mono.error(new IllegalStateException("killed")))
                          : work);
    }

    private <T> Mono<T> dieInTime(Mono<T> work) {
      if (countdown.getAndDecrement() == 0) {
        return Mono.error(new IllegalStateException("killed"));
      }
      return countdown.getAndDecrement() == 0
          ? work.then(Mono.error(new IllegalStateException("killed")))
          : work;
    }

    @Override
    public Mono<Cart> load(String customer) {
      return store.load(customer);
    }

    @Override
    public Mono<Map<String, Long>> archived(Cart cart, Set<String> operations) {
      return store.archived(cart, operations);
    }

    @Override
    public Mono<Cart> write(Cart seen, Cart next, List<CartFact> facts, Caller by, Instant now) {
      return die(Kill.BEFORE_WRITE, Kill.AFTER_WRITE, store.write(seen, next, facts, by, now));
    }

    @Override
    public Mono<Cart> move(String customer, String movedTo, Instant now) {
      return die(Kill.BEFORE_MOVE, Kill.AFTER_MOVE, store.move(customer, movedTo, now));
    }

    @Override
    public Flux<String> idle(Instant before, int limit) {
      return store.idle(before, limit);
    }

    @Override
    public Mono<Boolean> tellIdle(Cart seen, List<CartFact> facts, Instant now) {
      return store.tellIdle(seen, facts, now);
    }

    @Override
    public Mono<Void> handedOver(Cart moved) {
      return die(Kill.BEFORE_MARK, Kill.AFTER_MARK, store.handedOver(moved));
    }
  }
}
