package dev.filo.cart.service;

import static dev.filo.cart.service.CartFixture.PATIENCE;
import static dev.filo.cart.service.CartFixture.shopper;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import com.mongodb.reactivestreams.client.MongoDatabase;
import dev.filo.cart.domain.Operation;
import dev.filo.cart.domain.Refusal;
import dev.filo.testkit.StoreTest;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** A replica decides on the cart it wrote last, and is never wrong because of it. */
@StoreTest
class KnownCartTest {
  private static final String JULIA = "customers/julia";
  private static final String GUEST = "customers/guest";

  private final AtomicInteger loads = new AtomicInteger();
  private final CartFixture one;
  private final CartFixture other;

  KnownCartTest(MongoDatabase database) {
    one = new CartFixture(database, this::counted);
    other = new CartFixture(database, store -> store);
  }

  @AfterEach
  void close() {
    one.close();
    other.close();
  }

  private CartStore counted(CartStore store) {
    return (CartStore)
        Proxy.newProxyInstance(
            CartStore.class.getClassLoader(),
            new Class<?>[] {CartStore.class},
            (proxy, method, arguments) -> {
              if (method.getName().equals("load")) {
                loads.incrementAndGet();
              }
              try {
                return method.invoke(store, arguments);
              } catch (InvocationTargetException e) {
                throw e.getCause();
              }
            });
  }

  private static CartView apply(CartFixture at, String customer, Operation operation) {
    return Objects.requireNonNull(
        at.carts.apply(customer, List.of(operation), "", shopper(customer), "it").block(PATIENCE));
  }

  private static String line(CartView view) {
    return view.cart().lines().getFirst().id();
  }

  @Test
  void change_afterAChange_readsNothing() {
    var line = line(apply(one, JULIA, new Operation.Add("1", "SOFA", 1)));
    int before = loads.get();
    apply(one, JULIA, new Operation.SetQuantity("2", line, 5));
    assertThat(loads).hasValue(before);
    assertThat(other.pieces(JULIA)).isEqualTo(Map.of("SOFA", 5));
  }

  @Test
  void change_afterAnotherReplicas_losesNothing() {
    apply(one, JULIA, new Operation.Add("1", "SOFA", 1));
    for (int round = 0; round < 5; round++) {
      apply(other, JULIA, new Operation.Add("other" + round, "LAMP", 1));
      apply(one, JULIA, new Operation.Add("one" + round, "SOFA", 1));
    }
    assertThat(one.pieces(JULIA)).isEqualTo(Map.of("SOFA", 6, "LAMP", 5));
  }

  @Test
  void change_anotherReplicaHasMade_isNotMadeAgain() {
    apply(one, JULIA, new Operation.Add("1", "SOFA", 1));
    apply(other, JULIA, new Operation.Add("2", "SOFA", 1));
    var again = apply(one, JULIA, new Operation.Add("2", "SOFA", 1));
    assertThat(again.cart().itemCount()).isEqualTo(2);
  }

  @Test
  void change_ofWhatAnotherReplicaTookOut_isRefused() {
    var line = line(apply(one, JULIA, new Operation.Add("1", "SOFA", 1)));
    apply(other, JULIA, new Operation.Remove("2", line));
    var refused =
        catchThrowableOfType(
            RefusedException.class,
            () -> apply(one, JULIA, new Operation.SetQuantity("3", line, 5)));
    assertThat(refused.refusal()).isInstanceOf(Refusal.LineNotFound.class);
    assertThat(one.pieces(JULIA)).isEmpty();
  }

  @Test
  void change_whoseLineAnotherReplicaPutIn_isMade() {
    apply(one, JULIA, new Operation.Add("1", "SOFA", 1));
    var both = apply(other, JULIA, new Operation.Add("2", "LAMP", 1));
    apply(one, JULIA, new Operation.SetQuantity("3", both.cart().lines().getLast().id(), 7));
    assertThat(one.pieces(JULIA)).isEqualTo(Map.of("SOFA", 1, "LAMP", 7));
  }

  @Test
  void change_ofACartThatMovedMeanwhile_isMadeWhereItIs_andOfOneThatCameBackThere() {
    apply(one, GUEST, new Operation.Add("1", "SOFA", 1));
    other.carts.merge(JULIA, GUEST).block(PATIENCE);
    apply(one, GUEST, new Operation.Add("2", "LAMP", 1));
    assertThat(other.pieces(JULIA)).isEqualTo(Map.of("SOFA", 1, "LAMP", 1));
    other.carts.unmerge(JULIA, GUEST, java.util.Set.of(GUEST)).block(PATIENCE);
    apply(one, GUEST, new Operation.Add("3", "RUG", 1));
    apply(one, JULIA, new Operation.Add("4", "VASE", 1));
    assertThat(other.pieces(GUEST)).containsEntry("SOFA", 1).containsEntry("RUG", 1);
    assertThat(other.pieces(JULIA)).containsEntry("VASE", 1).doesNotContainKey("RUG");
  }

  @Test
  void etag_ofAnOlderCart_isRefusedWithTheOneThatIs() {
    var first = apply(one, JULIA, new Operation.Add("1", "SOFA", 1));
    var second = apply(other, JULIA, new Operation.Add("2", "SOFA", 1));
    var refused =
        catchThrowableOfType(
            RefusedException.class,
            () ->
                one.carts
                    .apply(
                        JULIA,
                        List.of(new Operation.Add("3", "SOFA", 1)),
                        Carts.etag(first.cart()),
                        shopper(JULIA),
                        "it")
                    .block(PATIENCE));
    assertThat(refused.refusal()).isEqualTo(new Refusal.EtagStale(Carts.etag(second.cart())));
  }
}
