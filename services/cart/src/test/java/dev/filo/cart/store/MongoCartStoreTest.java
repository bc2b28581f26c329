package dev.filo.cart.store;

import static com.mongodb.client.model.Filters.eq;
import static dev.filo.cart.service.CartFixture.PATIENCE;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import com.mongodb.client.model.Updates;
import com.mongodb.reactivestreams.client.MongoCollection;
import com.mongodb.reactivestreams.client.MongoDatabase;
import dev.filo.cart.domain.Cart;
import dev.filo.cart.domain.CartFact;
import dev.filo.cart.domain.Circumstances;
import dev.filo.cart.domain.Decision;
import dev.filo.cart.domain.Goods;
import dev.filo.cart.domain.Money;
import dev.filo.cart.domain.Notice;
import dev.filo.cart.domain.Operation;
import dev.filo.cart.domain.Origin;
import dev.filo.cart.events.CartEvents;
import dev.filo.cart.service.CartFixture;
import dev.filo.cart.service.CartView;
import dev.filo.platform.auth.Caller;
import dev.filo.platform.feed.Outbox;
import dev.filo.platform.mongo.StaleVersionException;
import dev.filo.proto.cart.v1.CartChanged;
import dev.filo.testkit.StoreTest;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import org.bson.Document;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.core.scheduler.Schedulers;

@StoreTest
class MongoCartStoreTest {
  private static final String JULIA = "customers/julia";
  private static final Instant NOW = Instant.parse("2026-03-02T09:00:00Z");

  private final CartFixture fixture;

  private final MongoDatabase database;

  MongoCartStoreTest(MongoDatabase database) {
    this.database = database;
    fixture = new CartFixture(database, store -> store);
  }

  @AfterEach
  void close() {
    fixture.close();
  }

  private Cart load(String customer) {
    return Objects.requireNonNull(fixture.store.load(customer).block(PATIENCE));
  }

  private static Cart with(Cart cart, Operation... operations) {
    var goods =
        new Goods("S", "products/s", "S", "/media/s", new Money("EUR", 12, 340_000_000), false);
    var decision =
        (Decision.Changed)
            cart.apply(
                List.of(operations),
                new Circumstances(
                    new Origin("web", "PC", "customer", NOW),
                    false,
                    Map.of("S", goods),
                    Map.of(),
                    (customer, id) -> "line-" + id));
    return decision.next();
  }

  private Cart write(Cart seen, Cart next) {
    return Objects.requireNonNull(
        fixture.store.write(seen, next, List.of(), Caller.ANONYMOUS, NOW).block(PATIENCE));
  }

  @Test
  void load_unknown_isEmpty() {
    assertThat(load(JULIA)).isEqualTo(Cart.empty(JULIA));
  }

  @Test
  void write_load_givesTheSame() {
    var other =
        with(
            Cart.empty("customers/guest"),
            new Operation.Add("1", "S", 2),
            new Operation.SaveForLater("2", "line-1"));
    var cart =
        with(Cart.empty(JULIA), new Operation.Add("3", "S", 998))
            .merge(other, NOW)
            .merge(with(Cart.empty("customers/third"), new Operation.Add("4", "S", 9)), NOW);
    assertThat(cart.notices()).hasAtLeastOneElementOfType(Notice.QuantityCapped.class);
    write(Cart.empty(JULIA), cart);
    assertThat(load(JULIA)).isEqualTo(cart);
    var next = with(cart, new Operation.Remove("5", "line-3"));
    write(cart, next);
    assertThat(load(JULIA)).isEqualTo(next);
  }

  @Test
  void write_stale_isRefusedAndChangesNothing() {
    var empty = Cart.empty(JULIA);
    var first = with(empty, new Operation.Add("1", "S", 1));
    write(empty, first);
    assertThatThrownBy(() -> write(empty, with(empty, new Operation.Add("2", "S", 1))))
        .isInstanceOf(StaleVersionException.class);
    write(first, with(first, new Operation.Add("3", "S", 1)));
    assertThatThrownBy(() -> write(first, with(first, new Operation.Add("4", "S", 1))))
        .isInstanceOf(StaleVersionException.class);
    assertThat(load(JULIA).itemCount()).isEqualTo(2);
  }

  @Test
  void add_64AtOnce_areAllThere_andTold() {
    Flux.range(0, 64)
        .flatMap(
            i ->
                fixture
                    .add(JULIA, "op-" + i, i % 2 == 0 ? "S" : "S" + i, 1)
                    .subscribeOn(Schedulers.parallel()),
            64)
        .blockLast(PATIENCE);
    var cart = load(JULIA);
    assertThat(cart.itemCount()).isEqualTo(64);
    assertThat(cart.lines()).hasSize(33);
    assertThat(cart.version()).isEqualTo(64);
    await()
        .atMost(PATIENCE)
        .untilAsserted(
            () -> {
              var versions = new ArrayList<Long>();
              for (var event : fixture.events()) {
                versions.add(event.getData().unpack(CartChanged.class).getVersion());
              }
              assertThat(versions).hasSize(64).doesNotHaveDuplicates();
            });
  }

  @Test
  void events_thatAnotherProcessLeft_areToldBeforeNewOnes() throws Exception {
    fixture.add(JULIA, "1", "S", 1).block(PATIENCE);
    await()
        .atMost(PATIENCE)
        .until(
            () ->
                !Objects.requireNonNull(
                        Mono.from(carts().find(eq("_id", JULIA)).first()).block(PATIENCE))
                    .containsKey(Outbox.SINCE));
    // As one leaves it that was killed before its relay told anybody.
    var seen = load(JULIA);
    var left =
        CartEvents.event(
            new CartFact.Changed(JULIA, List.of(), 1_000, List.of()), Caller.ANONYMOUS, NOW);
    Mono.from(
            carts()
                .updateOne(
                    eq("_id", JULIA),
                    Updates.combine(
                        Outbox.record(List.of(left), Instant.now()), Updates.inc("version", 1L))))
        .block(PATIENCE);
    fixture.add(JULIA, "2", "S", 1).block(PATIENCE);
    assertThat(load(JULIA).version()).isEqualTo(seen.version() + 2);
    await()
        .atMost(PATIENCE)
        .untilAsserted(
            () -> {
              var versions = new ArrayList<Long>();
              for (var event : fixture.events()) {
                versions.add(event.getData().unpack(CartChanged.class).getVersion());
              }
              assertThat(versions).containsExactly(1L, 1_000L, 3L);
            });
  }

  private MongoCollection<Document> carts() {
    return database.getCollection("carts");
  }

  @Test
  void operations_beyondTheNewest_areStillKnown() {
    Cart cart = Cart.empty(JULIA);
    var operations = new ArrayList<Operation>();
    for (int i = 0; i < 1_700; i++) {
      operations.add(new Operation.Add("op-" + i, "S", 1));
    }
    for (int from = 0; from < operations.size(); from += 100) {
      var batch = operations.subList(from, from + 100);
      // Taken out again, or the line would have too many pieces.
      var next = with(cart, batch.toArray(Operation[]::new));
      next = with(next, new Operation.Remove("out-" + from, next.lines().getFirst().id()));
      cart = write(cart, withVersion(cart, next));
    }
    var kept = load(JULIA);
    assertThat(kept.history().operations().size())
        .isLessThanOrEqualTo(MongoCartStore.OPERATIONS_MAX);
    assertThat(kept.history().archives()).isNotEmpty();
    Set<String> keys = new HashSet<>();
    operations.forEach(operation -> keys.add(operation.key()));
    var known = new HashSet<>(kept.history().operations().keySet());
    known.addAll(
        Objects.requireNonNull(fixture.store.archived(kept, keys).block(PATIENCE)).keySet());
    assertThat(known).containsAll(keys);
    CartView same = fixture.add(JULIA, "op-0", "S", 1).block(PATIENCE);
    assertThat(Objects.requireNonNull(same).cart().version()).isEqualTo(kept.version());
  }

  /** Two decisions in one write. */
  private static Cart withVersion(Cart seen, Cart next) {
    return new Cart(
        next.customer(),
        seen.version() + 1,
        next.lines(),
        next.savedLines(),
        next.proposals(),
        next.voucher(),
        next.grant(),
        next.history(),
        next.notices(),
        next.departures(),
        "",
        false,
        next.updateTime());
  }

  @Test
  void move_fixesTheCart_onceAndForEver() {
    var cart = with(Cart.empty(JULIA), new Operation.Add("1", "S", 1));
    write(Cart.empty(JULIA), cart);
    fixture.store.move(JULIA, "customers/a", NOW).block(PATIENCE);
    fixture.store.move(JULIA, "customers/b", NOW).block(PATIENCE);
    assertThat(load(JULIA).movedTo()).isEqualTo("customers/a");
    assertThat(load(JULIA).lines()).isEqualTo(cart.lines());
    assertThatThrownBy(() -> write(cart, with(cart, new Operation.Add("2", "S", 1))))
        .isInstanceOf(StaleVersionException.class);
  }

  @Test
  void move_ofACartThatNeverWas_closesItToo() {
    fixture.store.move(JULIA, "customers/a", NOW).block(PATIENCE);
    assertThatThrownBy(
            () -> write(Cart.empty(JULIA), with(Cart.empty(JULIA), new Operation.Add("1", "S", 1))))
        .isInstanceOf(StaleVersionException.class);
  }
}
