package dev.filo.cart.service;

import com.mongodb.reactivestreams.client.MongoDatabase;
import dev.filo.cart.domain.Goods;
import dev.filo.cart.domain.Money;
import dev.filo.cart.domain.Operation;
import dev.filo.cart.events.CartEvents;
import dev.filo.cart.store.MongoCartStore;
import dev.filo.cart.store.MongoLinkStore;
import dev.filo.cart.store.MongoVoucherStore;
import dev.filo.platform.auth.Caller;
import dev.filo.platform.feed.FeedStore;
import dev.filo.platform.feed.FeedTail;
import dev.filo.platform.feed.Relay;
import dev.filo.platform.watch.Changes;
import dev.filo.proto.api.v1.Role;
import dev.filo.proto.feed.v1.Event;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.UnaryOperator;
import reactor.core.publisher.Mono;

/** Carts over a real store, for tests. */
public final class CartFixture implements AutoCloseable {
  /** How long anything may take. */
  public static final Duration PATIENCE = Duration.ofSeconds(20);

  /** Where they are kept. */
  public final CartStore store;

  /** What they are kept with. */
  public final FeedStore feed;

  /** The carts. */
  public final Carts carts;

  /** Links to them. */
  public final CartLinks cartLinks;

  /** Vouchers. */
  public final Vouchers vouchers;

  /** What links are kept in. */
  public final MongoLinkStore links;

  /** Who is said to be a customer of her own again. */
  public final Set<String> parted = ConcurrentHashMap.newKeySet();

  /** What time it is. */
  public final AtomicReference<Instant> now =
      new AtomicReference<>(Instant.parse("2026-03-02T09:00:00Z"));

  /** What the retailer decides. */
  public static final CartPolicy POLICY =
      new CartPolicy(
          Duration.ofHours(4),
          Duration.ofDays(30),
          Duration.ofDays(14),
          Duration.ofMinutes(1),
          Duration.ZERO,
          Duration.ZERO);

  private final Relay relay;

  /** Carts over a store, through whatever {@code around} puts about it. */
  public CartFixture(MongoDatabase database, UnaryOperator<CartStore> around) {
    feed = new FeedStore(database);
    feed.prepare();
    var changes = new Changes();
    relay =
        new Relay(
            feed,
            new FeedTail(feed, changes, Duration.ofMillis(100), event -> List.of()),
            InstantSource.system());
    var mongo = new MongoCartStore(database, relay, CartEvents::event);
    mongo.prepare();
    relay.start();
    store = around.apply(mongo);
    links = new MongoLinkStore(database);
    links.prepare();
    vouchers = new Vouchers(new MongoVoucherStore(database));
    Catalog catalog = (skus, language) -> Mono.just(goods(skus));
    carts =
        new Carts(
            store,
            new Carts.Others(
                catalog,
                (skus, near, stores) -> Mono.just(new Stock.Levels(Instant.EPOCH, Map.of())),
                new Nowhere(),
                store -> Mono.just(true)),
            vouchers,
            links,
            customer -> Mono.just(parted.contains(customer)),
            changes,
            now::get);
    cartLinks = new CartLinks(carts, store, links, catalog, POLICY);
  }

  /** Nobody has said where she shops. */
  private static final class Nowhere implements Places {
    @Override
    public Mono<Place> of(String customer) {
      return Mono.just(Place.UNKNOWN);
    }

    @Override
    public Mono<Map<String, Place>> of(Collection<String> customers) {
      return Mono.just(Map.of());
    }
  }

  private static Map<String, Goods> goods(Set<String> skus) {
    var goods = new HashMap<String, Goods>();
    skus.forEach(
        sku ->
            goods.put(
                sku, new Goods(sku, "products/" + sku, sku, "", new Money("EUR", 1, 0), false)));
    return goods;
  }

  /** A shopper. */
  public static Caller shopper(String customer) {
    return new Caller(
        customer, Set.of(Role.ROLE_CUSTOMER), List.of(), "shop-web", "web", "PC", "", "", "s", "t");
  }

  /** Adds. */
  public Mono<CartView> add(String customer, String operation, String sku, int quantity) {
    return carts.apply(
        customer,
        List.of(new Operation.Add(operation, sku, quantity)),
        "",
        shopper(customer),
        "it");
  }

  /** Pieces of each SKU in a cart, saved ones included. */
  public Map<String, Integer> pieces(String customer) {
    var cart = Objects.requireNonNull(carts.get(customer, "it").block(PATIENCE)).cart();
    var pieces = new HashMap<String, Integer>();
    cart.lines().forEach(line -> pieces.merge(line.sku(), line.quantity(), Integer::sum));
    cart.savedLines().forEach(line -> pieces.merge(line.sku(), line.quantity(), Integer::sum));
    return pieces;
  }

  /** All events there are. */
  public List<Event> events() {
    return Objects.requireNonNull(feed.after(0, 10_000).block(PATIENCE)).stream()
        .map(FeedStore.Positioned::event)
        .toList();
  }

  @Override
  public void close() {
    relay.stop();
  }
}
