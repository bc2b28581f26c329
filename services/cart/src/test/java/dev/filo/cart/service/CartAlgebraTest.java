package dev.filo.cart.service;

import static dev.filo.cart.service.CartFixture.PATIENCE;
import static org.assertj.core.api.Assertions.assertThat;

import com.mongodb.reactivestreams.client.MongoDatabase;
import dev.filo.cart.domain.Cart;
import dev.filo.cart.domain.CartAlgebra;
import dev.filo.cart.domain.Operation;
import dev.filo.cart.domain.Outcome;
import dev.filo.platform.code.Ids;
import dev.filo.testkit.Model;
import dev.filo.testkit.StoreTest;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.core.scheduler.Schedulers;

/** The algebra of carts over a store: what is read back is what the table says. */
@StoreTest
class CartAlgebraTest {
  private final MongoDatabase database;
  private final CartFixture fixture;
  private final AtomicInteger runs = new AtomicInteger();

  CartAlgebraTest(MongoDatabase database) {
    this.database = database;
    fixture = new CartFixture(database, store -> store);
  }

  @AfterEach
  void close() {
    fixture.close();
  }

  @Test
  void customersWhoAreOneAndThenNot_haveWhatTheyPutIn() {
    Model.of(
            "the algebra of carts in a store",
            () ->
                new CartAlgebra(new Stored(List.of(fixture)), "run" + runs.incrementAndGet() + "-"),
            CartAlgebra::step)
        .invariant(CartAlgebra::check)
        .runs(12)
        .stepsMax(30)
        .run();
  }

  /** As above; each step is another replica's. */
  @Test
  void customersWhoAreOneAndThenNot_onTwoReplicas_haveWhatTheyPutIn() {
    try (var replica = new CartFixture(database, store -> store)) {
      Model.of(
              "the algebra of carts on two replicas",
              () ->
                  new CartAlgebra(
                      new Stored(List.of(fixture, replica)), "run" + runs.incrementAndGet() + "-"),
              CartAlgebra::step)
          .invariant(CartAlgebra::check)
          .runs(12)
          .stepsMax(30)
          .run();
    }
  }

  private static final class Stored implements CartAlgebra.Carts {
    private final List<CartFixture> replicas;
    private int calls;

    Stored(List<CartFixture> replicas) {
      this.replicas = replicas;
    }

    private dev.filo.cart.service.Carts carts() {
      return replicas.get(calls++ % replicas.size()).carts;
    }

    @Override
    public Outcome apply(String customer, Operation operation) {
      var answer =
          carts()
              .replay(customer, List.of(operation), CartFixture.shopper(customer), "it")
              .block(PATIENCE);
      return Objects.requireNonNull(answer).outcomes().getFirst();
    }

    @Override
    public void merge(String customer, String alias) {
      carts().merge(customer, alias).block(PATIENCE);
    }

    @Override
    public void unmerge(String customer, String alias, Set<String> names) {
      carts().unmerge(customer, alias, names).block(PATIENCE);
    }

    @Override
    public Cart cart(String customer) {
      return Objects.requireNonNull(carts().get(customer, "it").block(PATIENCE)).cart();
    }

    @Override
    public void close() {}
  }

  /**
   * Three devices of two customers add in any order, at once, while the two become one, are taken
   * apart and become one again: what adds up is always the same.
   */
  @Test
  void addsCommute_whateverHappensMeanwhile() {
    long seed = Long.getLong(Model.SEED_PROPERTY, System.nanoTime());
    var random = new Random(seed);
    for (int run = 0; run < 10; run++) {
      var julia = "customers/" + Ids.random();
      var guest = "customers/" + Ids.random();
      Map<String, Integer> expected = new HashMap<>();
      var adds =
          Flux.range(0, 60)
              .map(
                  i -> {
                    var sku = Model.oneOf(random, CartAlgebra.SKUS);
                    int quantity = 1 + random.nextInt(5);
                    expected.merge(sku, quantity, Integer::sum);
                    return Map.entry(
                        i % 3 == 0 ? guest : julia, new Operation.Add("op" + i, sku, quantity));
                  })
              .collectList()
              .block(PATIENCE);
      var sending =
          Flux.fromIterable(Objects.requireNonNull(adds))
              .concatWith(Flux.fromIterable(adds)) // a lost answer: everything again
              .flatMap(
                  one ->
                      fixture
                          .carts
                          .replay(
                              one.getKey(),
                              List.of(one.getValue()),
                              CartFixture.shopper(one.getKey()),
                              "it")
                          .subscribeOn(Schedulers.parallel()),
                  6)
              .then();
      var merging =
          fixture
              .carts
              .merge(julia, guest)
              .then(Mono.defer(() -> fixture.carts.unmerge(julia, guest, Set.of(guest))))
              .then(Mono.defer(() -> fixture.carts.merge(julia, guest)))
              .subscribeOn(Schedulers.parallel());
      Mono.when(sending, merging).block(PATIENCE);
      assertThat(new TreeMap<>(fixture.pieces(julia)))
          .as("repeat with -D%s=%d", Model.SEED_PROPERTY, seed)
          .isEqualTo(new TreeMap<>(expected));
    }
  }
}
