package dev.filo.cart.domain;

import dev.filo.testkit.Model;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** The decisions alone, against the table. */
class CartModelTest {
  private static final Instant NOW = Instant.parse("2026-03-02T09:00:00Z");

  @Test
  void customersWhoAreOneAndThenNot_haveWhatTheyPutIn() {
    Model.of("the algebra of carts", () -> new CartAlgebra(new Decisions(), "c"), CartAlgebra::step)
        .invariant(CartAlgebra::check)
        .runs(800)
        .run();
  }

  private static final class Decisions implements CartAlgebra.Carts {
    private final Map<String, Cart> carts = new HashMap<>();
    private final Map<String, String> moved = new HashMap<>();
    private final Map<String, Goods> goods = new HashMap<>();

    Decisions() {
      CartAlgebra.SKUS.forEach(sku -> goods.put(sku, CartTest.goods(sku)));
    }

    @Override
    public Cart cart(String customer) {
      return carts.computeIfAbsent(customer, Cart::empty);
    }

    @Override
    public Outcome apply(String customer, Operation operation) {
      var decision =
          cart(customer)
              .replay(
                  List.of(operation),
                  new Circumstances(
                      new Origin("web", "PC", "customer", NOW),
                      false,
                      goods,
                      Map.of(),
                      (whose, id) -> whose + "/" + id));
      if (decision instanceof Decision.Changed changed) {
        carts.put(customer, changed.next());
      }
      return decision.outcomes().getFirst();
    }

    @Override
    public void merge(String customer, String alias) {
      moved.put(alias, customer);
      if (!cart(alias).isBlank() && !cart(customer).history().has(alias)) {
        carts.put(customer, cart(customer).merge(cart(alias), NOW));
      }
    }

    @Override
    public void unmerge(String customer, String alias, Set<String> names) {
      if (!moved.containsKey(alias)) {
        return;
      }
      var at = alias;
      while (moved.containsKey(at)) {
        at = Objects.requireNonNull(moved.get(at));
      }
      moved.remove(alias);
      var parted = cart(at).part(alias, names, NOW);
      var departure = Objects.requireNonNull(parted.departure(alias));
      carts.put(alias, cart(alias).arrive(departure, parted.history(), NOW));
      carts.put(at, parted.departed(departure.id(), NOW));
    }

    @Override
    public void close() {}
  }
}
