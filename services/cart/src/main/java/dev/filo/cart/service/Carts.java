package dev.filo.cart.service;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import dev.filo.cart.domain.Cart;
import dev.filo.cart.domain.CartFact;
import dev.filo.cart.domain.Circumstances;
import dev.filo.cart.domain.Decision;
import dev.filo.cart.domain.Fulfilment;
import dev.filo.cart.domain.Goods;
import dev.filo.cart.domain.Line;
import dev.filo.cart.domain.Operation;
import dev.filo.cart.domain.Origin;
import dev.filo.cart.domain.Outcome;
import dev.filo.cart.domain.Proposal;
import dev.filo.cart.domain.Refusal;
import dev.filo.platform.auth.Caller;
import dev.filo.platform.code.Ids;
import dev.filo.platform.fresh.KeptFresh;
import dev.filo.platform.grpc.Statuses;
import dev.filo.platform.mongo.StaleRetry;
import dev.filo.platform.mongo.StaleVersionException;
import dev.filo.platform.watch.Changes;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.time.temporal.ChronoUnit;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.util.retry.Retry;

/** Reads, changes and merges carts. Thread-safe. */
public final class Carts {
  // The language of the titles that lines and events remember.
  // A second each: a change waits for a catalog that has just started, which a look does not.
  private static final int CATALOG_RETRIES = 3;
  private static final String KEPT_LANGUAGE = "it";
  // Each lost race is another's success: of 64 at once the last one loses at most 63 times.
  private static final int STALE_RETRIES_MAX = 80;
  // As with aliases: no chain is longer unless something is broken.
  private static final int MOVES_MAX = 8;
  private static final int AT_ONCE = 8;
  // Some 100 bytes each: 20 MB.
  private static final int WRITTEN_MAX = 200_000;
  private static final int LINE_WEIGHT = 5;
  private static final Duration WRITTEN_AGE = Duration.ofMinutes(10);
  private static final int NEARBY_MAX = 50_000;
  private static final Duration NEARBY_AGE = Duration.ofSeconds(30);
  // Nobody looks at more stores than this; inventory's own limit.
  private static final int STORES_MAX = 10;

  private final CartStore store;
  private final Catalog catalog;
  private final Stock stock;
  private final Places places;
  private final Stores stores;
  private final Vouchers vouchers;
  private final LinkStore links;
  private final Names names;
  private final Changes changes;
  private final InstantSource clock;
  private final Cache<String, Boolean> pickups =
      Caffeine.newBuilder().maximumSize(10_000).expireAfterWrite(Duration.ofMinutes(1)).build();
  private final KeptFresh<String, Places.Place> nearby;
  // Carts in use as this process wrote them last; one weighs what its operations and lines do.
  private final Cache<String, Cart> written =
      Caffeine.newBuilder()
          .maximumWeight(WRITTEN_MAX)
          .weigher(
              (String customer, Cart cart) ->
                  1 + cart.history().operations().size() + LINE_WEIGHT * cart.lines().size())
          .expireAfterWrite(WRITTEN_AGE)
          .build();
  private final Cache<String, Boolean> merged = Caffeine.newBuilder().maximumSize(50_000).build();

  /** Carts kept in {@code store}. */
  public Carts(
      CartStore store,
      Others others,
      Vouchers vouchers,
      LinkStore links,
      Names names,
      Changes changes,
      InstantSource clock) {
    this.store = store;
    this.catalog = others.catalog();
    this.stock = others.stock();
    this.places = others.places();
    this.nearby = new KeptFresh<>(NEARBY_MAX, NEARBY_AGE, Places.TOGETHER, places::of);
    this.stores = others.stores();
    this.vouchers = vouchers;
    this.links = links;
    this.names = names;
    this.changes = changes;
    this.clock = clock;
  }

  /** What the cart asks of other services. */
  public record Others(Catalog catalog, Stock stock, Places places, Stores stores) {}

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

  /** Whose cart it is now: hers, or the one it has become part of. One value. */
  public Mono<String> owner(String customer) {
    return current(customer).map(Cart::customer);
  }

  /**
   * Does all operations or none. One value: the cart after them. {@link RefusedException} when one
   * is refused, UNAVAILABLE when something is added and the catalog cannot be asked.
   *
   * @param etag only if the cart is still this; empty: whatever it is
   */
  public Mono<CartView> apply(
      String customer, List<Operation> operations, String etag, Caller caller, String language) {
    return Mono.defer(() -> attempt(customer, operations, etag, caller, Cart::apply))
        .retryWhen(retry())
        .flatMap(done -> view(done.cart(), language));
  }

  /**
   * Does what can be done of operations, each by itself. One value: the cart after them and what
   * became of each. UNAVAILABLE when something is added and the catalog cannot be asked.
   */
  public Mono<Answer> replay(
      String customer, List<Operation> operations, Caller caller, String language) {
    return replay(customer, operations, caller, origin(caller, now()), language);
  }

  /** Likewise, with another origin than the caller's. */
  Mono<Answer> replay(
      String customer, List<Operation> operations, Caller caller, Origin origin, String language) {
    return Mono.defer(
            () ->
                attempt(
                    customer,
                    operations,
                    "",
                    caller,
                    (cart, all, circumstances) ->
                        cart.replay(all, circumstances.from(origin.at(circumstances.time())))))
        .retryWhen(retry())
        .flatMap(
            done -> view(done.cart(), language).map(view -> new Answer(view, done.outcomes())));
  }

  /**
   * What became of operations.
   *
   * @param wrote whether anything was to be written
   */
  private record Done(Cart cart, List<Outcome> outcomes, boolean wrote) {}

  /** Decides about operations. */
  @FunctionalInterface
  private interface Way {
    Decision decide(Cart cart, List<Operation> operations, Circumstances circumstances);
  }

  /*
   * What this process wrote last is what there is, unless it has changed since: then the version is
   * another one, the write is refused, and the cart is read. So it is when nothing is to be written,
   * as that could be because of what is no longer so.
   */
  private Mono<Done> attempt(
      String customer, List<Operation> operations, String etag, Caller caller, Way way) {
    var last = written.getIfPresent(customer);
    var read =
        Mono.defer(() -> current(customer))
            .flatMap(seen -> attempt(seen, operations, etag, caller, way))
            .delayUntil(done -> done.wrote() ? Mono.empty() : store.settled(done.cart()));
    return last == null
        ? read
        : attempt(last, operations, etag, caller, way)
            .filter(Done::wrote)
            .onErrorResume(RefusedException.class, error -> Mono.empty())
            .doOnError(StaleVersionException.class, error -> written.invalidate(customer))
            .switchIfEmpty(read);
  }

  private Mono<Done> attempt(
      Cart seen, List<Operation> operations, String etag, Caller caller, Way way) {
    return store
        .archived(seen, operations.stream().map(Operation::key).collect(Collectors.toSet()))
        .flatMap(archived -> decide(seen, archived, operations, etag, caller, way));
  }

  private Mono<Done> decide(
      Cart seen,
      Map<String, Long> archived,
      List<Operation> operations,
      String etag,
      Caller caller,
      Way way) {
    var known = seen.history().operations();
    var fresh =
        operations.stream()
            .filter(one -> !known.containsKey(one.key()) && !archived.containsKey(one.key()))
            .toList();
    if (!fresh.isEmpty() && !etag.isEmpty() && !etag.equals(etag(seen))) {
      return Mono.error(new RefusedException(new Refusal.EtagStale(etag(seen))));
    }
    return Mono.zip(added(seen, fresh, caller), vouchers.named(codes(fresh)), pickup(fresh))
        .flatMap(
            named -> {
              var now = now();
              var circumstances =
                  new Circumstances(
                      origin(caller, now),
                      !caller.isShopper(),
                      named.getT1(),
                      named.getT2(),
                      named.getT3(),
                      archived,
                      (customer, operation) -> Ids.derived(customer, operation));
              return switch (way.decide(seen, operations, circumstances)) {
                case Decision.Refused(var why) -> Mono.error(new RefusedException(why));
                case Decision.Unchanged(var cart, var outcomes) ->
                    Mono.just(new Done(cart, outcomes, false));
                case Decision.Changed(var next, var applied, var about, var outcomes) ->
                    store
                        .write(
                            seen,
                            next,
                            List.of(
                                new CartFact.Changed(
                                    seen.customer(), applied, next.version(), about)),
                            caller,
                            now)
                        .doOnNext(
                            kept -> {
                              written.put(kept.customer(), kept);
                              changes.tell(name(kept.customer()));
                            })
                        .map(kept -> new Done(kept, outcomes, true));
              };
            });
  }

  private static Set<String> codes(List<Operation> fresh) {
    return fresh.stream()
        .flatMap(
            one ->
                one instanceof Operation.ApplyVoucher apply
                    ? Stream.of(apply.code())
                    : Stream.empty())
        .collect(Collectors.toSet());
  }

  private Mono<Set<String>> pickup(List<Operation> fresh) {
    var asked =
        fresh.stream()
            .flatMap(
                one ->
                    one instanceof Operation.ChooseFulfilment choose
                            && choose.fulfilment().kind() == Fulfilment.Kind.PICKUP
                        ? Stream.of(choose.fulfilment().store())
                        : Stream.empty())
            .collect(Collectors.toSet());
    return asked.isEmpty()
        ? Mono.just(Set.of())
        : Flux.fromIterable(asked)
            .filterWhen(this::isPickup, AT_ONCE)
            .collect(Collectors.toUnmodifiableSet())
            .onErrorMap(error -> Statuses.unavailable("Catalog"));
  }

  private Mono<Boolean> isPickup(String store) {
    var seen = pickups.getIfPresent(store);
    return seen != null
        ? Mono.just(seen)
        : stores.isPickup(store).doOnNext(pickup -> pickups.put(store, pickup));
  }

  /**
   * Where she shops, as it was at most half a minute ago. It only makes an answer better: what
   * cannot be asked is not known, and not asked again at once, or everybody would wait.
   */
  private Mono<Places.Place> near(String customer) {
    var seen = nearby.get(customer);
    return seen != null
        ? Mono.just(seen)
        : places
            .of(customer)
            .onErrorResume(error -> Mono.just(Places.Place.UNKNOWN))
            .doOnNext(place -> nearby.put(customer, place));
  }

  /** Hers first, then those where she fetches something of this cart. */
  private static List<String> stores(Cart cart, String hers) {
    return Stream.concat(
            Stream.of(hers), cart.lines().stream().map(line -> line.shownFulfilment().store()))
        .filter(store -> !store.isEmpty())
        .distinct()
        .limit(STORES_MAX)
        .toList();
  }

  /** What the catalog knows of what the operations add; it is not asked when they add nothing. */
  private Mono<Map<String, Goods>> added(Cart seen, List<Operation> fresh, Caller caller) {
    var skus = new HashSet<String>();
    boolean mayEdit = caller.isShopper() || seen.grant().isOpen(now());
    for (Operation operation : fresh) {
      switch (operation) {
        // Who may not will be refused, whatever the catalog says.
        case Operation.Add add when mayEdit -> skus.add(add.sku());
        case Operation.Bring bring when mayEdit -> skus.add(bring.sku());
        case Operation.Propose propose when !caller.isShopper() -> skus.add(propose.sku());
        case Operation.Accept accept when caller.isShopper() ->
            seen.proposals().stream()
                .filter(proposal -> proposal.id().equals(accept.proposal()))
                .forEach(proposal -> skus.add(proposal.sku()));
        default -> {}
      }
    }
    return skus.isEmpty()
        ? Mono.just(Map.of())
        : catalog
            .goods(skus, KEPT_LANGUAGE)
            .retry(CATALOG_RETRIES)
            .onErrorMap(error -> Statuses.unavailable("Catalog"));
  }

  static Origin origin(Caller caller, Instant now) {
    return new Origin(
        caller.channel(),
        caller.device(),
        caller.isShopper() ? "customer" : caller.displayName(),
        now);
  }

  /** The cart with what is true of its lines now; what cannot be asked is said to be unknown. */
  Mono<CartView> view(Cart cart, String language) {
    var buyable =
        Flux.just(cart.lines(), cart.savedLines()).flatMapIterable(lines -> lines).map(Line::sku);
    return buyable
        .collect(Collectors.toSet())
        .flatMap(
            lines -> {
              Set<String> all = new HashSet<>(lines);
              cart.proposals().stream().map(Proposal::sku).forEach(all::add);
              if (all.isEmpty()) {
                return vouchers
                    .shown(cart.voucher())
                    .map(
                        voucher ->
                            new CartView(cart, Optional.of(Map.of()), Optional.empty(), voucher));
              }
              return Mono.zip(
                      catalog
                          .goods(all, language)
                          .map(Optional::of)
                          .onErrorResume(error -> Mono.just(Optional.empty())),
                      lines.isEmpty()
                          ? Mono.just(Optional.<Stock.Levels>empty())
                          : near(cart.customer())
                              .flatMap(
                                  near ->
                                      stock.levels(lines, near.point(), stores(cart, near.store())))
                              .map(Optional::of)
                              .onErrorResume(error -> Mono.just(Optional.empty())),
                      vouchers.shown(cart.voucher()))
                  .map(known -> new CartView(cart, known.getT1(), known.getT2(), known.getT3()));
            });
  }

  /**
   * The cart in use: where this customer's cart has moved, if it has, with everything in it. While
   * it is known that she is a customer of her own again but her cart is not back yet, that is
   * UNAVAILABLE: the other cart is somebody else's.
   */
  Mono<Cart> current(String customer) {
    return store
        .load(customer)
        .flatMap(
            cart ->
                !cart.isMoved()
                    ? Mono.just(cart)
                    : names
                        .isParted(customer)
                        .flatMap(
                            parted ->
                                parted
                                    ? Mono.error(Statuses.unavailable("Cart"))
                                    : Mono.defer(() -> current(customer, List.of()))
                                        .retryWhen(retry())));
  }

  /** The cart at the end of the moves passed so far. */
  private Mono<Cart> current(String customer, List<Cart> passed) {
    return store
        .load(customer)
        .flatMap(
            cart -> {
              if (!cart.isMoved()) {
                return allHere(cart, passed);
              }
              if (passed.size() == MOVES_MAX) {
                return Mono.error(new IllegalStateException("a cart moved too often"));
              }
              var whole = cart.handedOver() ? Mono.<Void>empty() : handOver(cart, Caller.ANONYMOUS);
              var further = Stream.concat(passed.stream(), Stream.of(cart)).toList();
              return whole.then(Mono.defer(() -> current(cart.movedTo(), further)));
            });
  }

  /**
   * A cart, if it is the one of all whose moves led here: what they do now is done here, and known
   * here when it is asked for again. Where something of theirs is on its way back it is brought
   * there first; that, and a cart that has been in use again since it was passed, is to be read
   * anew.
   */
  private Mono<Cart> allHere(Cart there, List<Cart> passed) {
    return Flux.fromIterable(passed)
        .filter(moved -> !there.history().has(moved.customer()))
        .concatMap(
            moved ->
                there.departure(moved.customer()) == null
                    ? requireUnchanged(moved)
                    : arrive(there, moved)
                        .then(Mono.defer(() -> forget(there, moved.customer())))
                        .then(Mono.error(() -> again(moved))))
        .then(Mono.just(there));
  }

  private static StaleVersionException again(Cart moved) {
    return new StaleVersionException("a cart", moved.version());
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
    return store
        .load(caller.principal())
        // What went out again comes in only when identity says so; a token is older than that.
        .filter(cart -> !cart.history().parted().contains(former))
        .flatMap(cart -> merge(caller.principal(), former, caller))
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
    return Mono.defer(() -> end(customer))
        // Hers is in this one already: the other way round it would be in itself.
        .filter(last -> !last.customer().equals(alias))
        .flatMap(last -> store.move(alias, customer, now()))
        .flatMap(moved -> moved.handedOver() ? Mono.empty() : handOver(moved, by))
        .then(Mono.defer(() -> links.inherit(alias, customer)));
  }

  /**
   * Gives back to {@code alias}, who is a customer of her own again, what came with her cart and is
   * still there, once, however often it is asked for and wherever it was interrupted. What was put
   * in since stays where it is. Empty.
   *
   * @param aliases the names that are hers now, as identity knows them
   */
  public Mono<Void> unmerge(String customer, String alias, Set<String> aliases) {
    return Mono.defer(() -> giveBack(customer, alias, aliases))
        .retryWhen(retry())
        .then(Mono.defer(() -> links.own(aliases, alias)));
  }

  /*
   * Three writes, each to one document, each harmless to repeat. First what came with the alias is
   * taken out of the cart it is in, which keeps it as being on its way. Then the alias's cart is in
   * use again with it, and remembers that it arrived. Last the other cart forgets it.
   */
  private Mono<Void> giveBack(String customer, String alias, Set<String> aliases) {
    return store
        .load(alias)
        .flatMap(
            hers -> {
              if (!hers.isMoved()) {
                return end(customer).flatMap(there -> forget(there, alias));
              }
              var whole = hers.handedOver() ? Mono.<Void>empty() : handOver(hers, Caller.ANONYMOUS);
              return whole
                  .then(Mono.defer(() -> end(hers.movedTo())))
                  .delayUntil(there -> requireUnchanged(hers))
                  .flatMap(there -> depart(there, alias, aliases))
                  .flatMap(there -> arrive(there, hers).then(forget(there, alias)));
            });
  }

  /** Empty when a moved cart has not been in use again; else it is read anew. */
  private Mono<Void> requireUnchanged(Cart moved) {
    return store
        .load(moved.customer())
        .flatMap(
            now ->
                now.version() == moved.version() ? Mono.empty() : Mono.error(() -> again(moved)));
  }

  /** The cart at the end of a chain, whether or not all of it has been handed over. */
  private Mono<Cart> end(String customer) {
    return Mono.just(customer)
        .expand(
            name ->
                store
                    .load(name)
                    .flatMap(cart -> cart.isMoved() ? Mono.just(cart.movedTo()) : Mono.empty()))
        .take(MOVES_MAX + 2L)
        .last()
        .flatMap(store::load);
  }

  private Mono<Cart> depart(Cart there, String alias, Set<String> aliases) {
    if (there.departure(alias) != null) {
      return Mono.just(there);
    }
    var now = now();
    var next = there.part(alias, aliases, now);
    var leaving = Objects.requireNonNull(next.departure(alias));
    int count = leaving.lines().size() + leaving.savedLines().size();
    return store
        .write(
            there,
            next,
            List.of(new CartFact.Unmerged(there.customer(), alias, count)),
            Caller.ANONYMOUS,
            now)
        .doOnNext(kept -> changes.tell(name(kept.customer())));
  }

  private Mono<Void> arrive(Cart there, Cart hers) {
    var departure = there.departure(hers.customer());
    if (departure == null || hers.history().arrivals().contains(departure.id())) {
      return Mono.empty();
    }
    var now = now();
    return store
        .load(hers.customer())
        .flatMap(
            seen ->
                seen.isMoved() && seen.version() == hers.version()
                    ? store.write(
                        seen,
                        seen.arrive(departure, there.history(), now),
                        List.of(),
                        Caller.ANONYMOUS,
                        now)
                    : Mono.empty())
        .doOnNext(kept -> changes.tell(name(kept.customer())))
        .then();
  }

  private Mono<Void> forget(Cart there, String alias) {
    var departure = there.departure(alias);
    return departure == null
        ? Mono.empty()
        : store
            .write(there, there.departed(departure.id(), now()), List.of(), Caller.ANONYMOUS, now())
            .then();
  }

  private Mono<Void> handOver(Cart moved, Caller by) {
    return Mono.defer(() -> takeIn(moved, moved.movedTo(), by, MOVES_MAX))
        .retryWhen(retry())
        .then(Mono.defer(() -> store.handedOver(moved)))
        .then(Mono.fromRunnable(() -> changes.tell(name(moved.customer()))));
  }

  private Mono<Void> takeIn(Cart moved, String into, Caller by, int hops) {
    return store
        .load(into)
        .flatMap(
            seen -> {
              if (moved.isBlank() || seen.history().has(moved.customer())) {
                return Mono.empty();
              }
              if (seen.isMoved()) {
                return hops == 0
                    ? Mono.error(new IllegalStateException("a cart moved too often"))
                    : takeIn(moved, seen.movedTo(), by, hops - 1);
              }
              return isStill(moved)
                  .filter(still -> still)
                  .flatMap(still -> takeIn(moved, seen, by));
            });
  }

  /**
   * Whether a cart is as it was when it was moved, and not yet where it belongs. Asked after the
   * other cart was read, whose write fails should anything have happened since: what came in and
   * went out again meanwhile does not come in a second time.
   */
  private Mono<Boolean> isStill(Cart moved) {
    return store
        .load(moved.customer())
        .map(now -> now.version() == moved.version() && !now.handedOver());
  }

  private Mono<Void> takeIn(Cart moved, Cart seen, Caller by) {
    var now = now();
    List<CartFact> facts =
        moved.lineCount() == 0
            ? List.of()
            : List.of(new CartFact.Merged(seen.customer(), moved.customer(), moved.lineCount()));
    return store
        .write(seen, seen.merge(moved, now), facts, by, now)
        .doOnNext(kept -> changes.tell(name(kept.customer())))
        .then();
  }

  Instant now() {
    return clock.instant().truncatedTo(ChronoUnit.MILLIS);
  }

  private static Retry retry() {
    return StaleRetry.backoff(STALE_RETRIES_MAX, Duration.ofMillis(2), Duration.ofMillis(40))
        .jitter(0.8);
  }
}
