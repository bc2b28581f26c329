package dev.filo.cart.service;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import dev.filo.cart.domain.Cart;
import dev.filo.cart.domain.CartFact;
import dev.filo.cart.domain.Circumstances;
import dev.filo.cart.domain.Decision;
import dev.filo.cart.domain.Goods;
import dev.filo.cart.domain.Line;
import dev.filo.cart.domain.Operation;
import dev.filo.cart.domain.Origin;
import dev.filo.cart.domain.Proposal;
import dev.filo.cart.domain.Refusal;
import dev.filo.platform.auth.Caller;
import dev.filo.platform.code.Ids;
import dev.filo.platform.grpc.Statuses;
import dev.filo.platform.mongo.StaleVersionException;
import dev.filo.platform.watch.Changes;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.time.temporal.ChronoUnit;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.util.retry.Retry;

/** Reads, changes and merges carts. Thread-safe. */
public final class Carts {
  // The language of the titles that lines and events remember.
  private static final String KEPT_LANGUAGE = "it";
  // Each lost race is another's success: of 64 at once the last one loses at most 63 times.
  private static final int STALE_RETRIES_MAX = 80;
  // As with aliases: no chain is longer unless something is broken.
  private static final int MOVES_MAX = 8;

  private final CartStore store;
  private final Catalog catalog;
  private final Stock stock;
  private final Changes changes;
  private final InstantSource clock;
  private final Cache<String, Boolean> merged = Caffeine.newBuilder().maximumSize(50_000).build();

  /** Carts kept in {@code store}. */
  public Carts(
      CartStore store, Catalog catalog, Stock stock, Changes changes, InstantSource clock) {
    this.store = store;
    this.catalog = catalog;
    this.stock = stock;
    this.changes = changes;
    this.clock = clock;
  }

  /** What {@link Changes} calls a customer's cart; its resource name. */
  public static String name(String customer) {
    return customer + "/cart";
  }

  /** What tells one state of a cart from every other, those of other customers' carts included. */
  public static String etag(Cart cart) {
    return Ids.derived(cart.customer()).substring(0, 8) + "-" + cart.version();
  }

  /** The cart, of her whose cart it is now. One value. */
  public Mono<CartView> get(String customer, String language) {
    return current(customer).flatMap(cart -> view(cart, language));
  }

  /**
   * Does all operations or none. One value: the cart after them. {@link RefusedException} when one
   * is refused, UNAVAILABLE when something is added and the catalog cannot be asked.
   *
   * @param etag only if the cart is still this; empty: whatever it is
   */
  public Mono<CartView> apply(
      String customer, List<Operation> operations, String etag, Caller caller, String language) {
    return Mono.defer(() -> attempt(customer, operations, etag, caller))
        .retryWhen(retry())
        .flatMap(cart -> view(cart, language));
  }

  private Mono<Cart> attempt(
      String customer, List<Operation> operations, String etag, Caller caller) {
    return current(customer)
        .flatMap(
            seen ->
                store
                    .archived(
                        seen, operations.stream().map(Operation::key).collect(Collectors.toSet()))
                    .flatMap(archived -> decide(seen, archived, operations, etag, caller)));
  }

  private Mono<Cart> decide(
      Cart seen,
      Map<String, Long> archived,
      List<Operation> operations,
      String etag,
      Caller caller) {
    var known = seen.history().operations();
    var fresh =
        operations.stream()
            .filter(one -> !known.containsKey(one.key()) && !archived.containsKey(one.key()))
            .toList();
    if (!fresh.isEmpty() && !etag.isEmpty() && !etag.equals(etag(seen))) {
      return Mono.error(new RefusedException(new Refusal.EtagStale(etag(seen))));
    }
    return added(seen, fresh, caller)
        .flatMap(
            goods -> {
              var now = now();
              var circumstances =
                  new Circumstances(
                      origin(caller, now),
                      !caller.isShopper(),
                      goods,
                      archived,
                      operation -> Ids.derived(seen.customer(), operation));
              return switch (seen.apply(operations, circumstances)) {
                case Decision.Refused(var why) -> Mono.error(new RefusedException(why));
                case Decision.Unchanged(var cart) -> Mono.just(cart);
                case Decision.Changed(var next, var applied, var about) ->
                    store
                        .write(
                            seen,
                            next,
                            List.of(
                                new CartFact.Changed(
                                    seen.customer(), applied, next.version(), about)),
                            caller,
                            now)
                        .doOnNext(kept -> changes.tell(name(kept.customer())));
              };
            });
  }

  /** What the catalog knows of what the operations add; it is not asked when they add nothing. */
  private Mono<Map<String, Goods>> added(Cart seen, List<Operation> fresh, Caller caller) {
    var skus = new HashSet<String>();
    for (Operation operation : fresh) {
      boolean proposes = operation instanceof Operation.Propose;
      if (proposes == caller.isShopper()) {
        return Mono.just(Map.of()); // will be refused, whatever the catalog says
      }
      switch (operation) {
        case Operation.Add add -> skus.add(add.sku());
        case Operation.Propose propose -> skus.add(propose.sku());
        case Operation.Accept accept ->
            seen.proposals().stream()
                .filter(proposal -> proposal.id().equals(accept.proposal()))
                .forEach(proposal -> skus.add(proposal.sku()));
        case Operation.SetQuantity set -> {}
        case Operation.Remove remove -> {}
        case Operation.SaveForLater save -> {}
        case Operation.MoveToCart back -> {}
        case Operation.Decline decline -> {}
      }
    }
    return skus.isEmpty()
        ? Mono.just(Map.of())
        : catalog.goods(skus, KEPT_LANGUAGE).onErrorMap(error -> Statuses.unavailable("Catalog"));
  }

  private static Origin origin(Caller caller, Instant now) {
    return new Origin(
        caller.channel(),
        caller.device(),
        caller.isShopper() ? "customer" : caller.displayName(),
        now);
  }

  /** The cart with what is true of its lines now; what cannot be asked is said to be unknown. */
  private Mono<CartView> view(Cart cart, String language) {
    var buyable =
        Flux.just(cart.lines(), cart.savedLines()).flatMapIterable(lines -> lines).map(Line::sku);
    return buyable
        .collect(Collectors.toSet())
        .flatMap(
            lines -> {
              Set<String> all = new HashSet<>(lines);
              cart.proposals().stream().map(Proposal::sku).forEach(all::add);
              if (all.isEmpty()) {
                return Mono.just(new CartView(cart, Optional.of(Map.of()), Optional.empty()));
              }
              return Mono.zip(
                  catalog
                      .goods(all, language)
                      .map(Optional::of)
                      .onErrorResume(error -> Mono.just(Optional.empty())),
                  lines.isEmpty()
                      ? Mono.just(Optional.<Stock.Levels>empty())
                      : stock
                          .levels(lines)
                          .map(Optional::of)
                          .onErrorResume(error -> Mono.just(Optional.empty())),
                  (goods, levels) -> new CartView(cart, goods, levels));
            });
  }

  /** The cart in use: where this customer's cart has moved, if it has, with everything in it. */
  private Mono<Cart> current(String customer) {
    return current(customer, MOVES_MAX);
  }

  private Mono<Cart> current(String customer, int hops) {
    return store
        .load(customer)
        .flatMap(
            cart -> {
              if (!cart.isMoved()) {
                return Mono.just(cart);
              }
              if (hops == 0) {
                return Mono.error(new IllegalStateException("a cart moved too often"));
              }
              var whole = cart.handedOver() ? Mono.<Void>empty() : handOver(cart, Caller.ANONYMOUS);
              return whole.then(Mono.defer(() -> current(cart.movedTo(), hops - 1)));
            });
  }

  /**
   * Makes sure that what the caller had before this sign-in is in her cart before she sees it.
   * Empty.
   */
  public Mono<Void> ensureMerged(Caller caller) {
    var former = caller.former();
    if (!caller.isShopper() || former.isEmpty() || former.equals(caller.principal())) {
      return Mono.empty();
    }
    var pair = caller.principal() + " " + former;
    if (merged.getIfPresent(pair) != null) {
      return Mono.empty();
    }
    return merge(caller.principal(), former, caller)
        .then(Mono.fromRunnable(() -> merged.put(pair, true)));
  }

  /**
   * Moves everything in the cart of {@code alias} to that of {@code customer}, once, however often
   * it is asked for and wherever it was interrupted. Empty.
   */
  public Mono<Void> merge(String customer, String alias) {
    return merge(customer, alias, Caller.ANONYMOUS);
  }

  /*
   * Three writes, each to one document, each harmless to repeat. First the alias's cart is closed:
   * what is in it is fixed, and whoever comes to it later is sent on. Then the other cart takes
   * that in and, by the same write, remembers whose it was. Last the alias's cart is marked, only
   * to spare later callers the second step.
   */
  private Mono<Void> merge(String customer, String alias, Caller by) {
    if (customer.equals(alias)) {
      return Mono.empty();
    }
    return Mono.defer(() -> store.move(alias, customer, now()))
        .flatMap(moved -> moved.handedOver() ? Mono.empty() : handOver(moved, by));
  }

  private Mono<Void> handOver(Cart moved, Caller by) {
    return Mono.defer(() -> takeIn(moved, moved.movedTo(), by, MOVES_MAX))
        .retryWhen(retry())
        .then(Mono.defer(() -> store.handedOver(moved.customer())))
        .then(Mono.fromRunnable(() -> changes.tell(name(moved.customer()))));
  }

  private Mono<Void> takeIn(Cart moved, String into, Caller by, int hops) {
    return store
        .load(into)
        .flatMap(
            seen -> {
              if (moved.isBlank() || seen.history().merges().contains(moved.customer())) {
                return Mono.empty();
              }
              if (seen.isMoved()) {
                return hops == 0
                    ? Mono.error(new IllegalStateException("a cart moved too often"))
                    : takeIn(moved, seen.movedTo(), by, hops - 1);
              }
              var now = now();
              var next = seen.merge(moved, now);
              List<CartFact> facts =
                  moved.lineCount() == 0
                      ? List.of()
                      : List.of(
                          new CartFact.Merged(
                              seen.customer(), moved.customer(), moved.lineCount()));
              return store
                  .write(seen, next, facts, by, now)
                  .doOnNext(kept -> changes.tell(name(kept.customer())))
                  .then();
            });
  }

  private Instant now() {
    return clock.instant().truncatedTo(ChronoUnit.MILLIS);
  }

  private static Retry retry() {
    return Retry.backoff(STALE_RETRIES_MAX, Duration.ofMillis(2))
        .maxBackoff(Duration.ofMillis(40))
        .jitter(0.8)
        .filter(StaleVersionException.class::isInstance)
        .onRetryExhaustedThrow((spec, last) -> last.failure());
  }
}
