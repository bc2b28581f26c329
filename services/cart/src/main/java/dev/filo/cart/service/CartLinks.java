package dev.filo.cart.service;

import dev.filo.cart.domain.Cart;
import dev.filo.cart.domain.CartFact;
import dev.filo.cart.domain.Goods;
import dev.filo.cart.domain.Line;
import dev.filo.cart.domain.Operation;
import dev.filo.cart.domain.Refusal;
import dev.filo.platform.auth.Caller;
import dev.filo.platform.code.Ids;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/**
 * Links to copies of carts: for others, and back to a cart that was left. Whoever has a link may
 * take the copy; nobody comes by it to the cart itself. Thread-safe.
 */
public final class CartLinks {
  /** Links a customer may have for others. */
  public static final int LINKS_MAX = 20;

  private static final int BATCH = 100;
  private static final int SKUS_TOLD = 20;

  private final Carts carts;
  private final CartStore store;
  private final LinkStore links;
  private final Catalog catalog;
  private final CartPolicy policy;

  /** Links to what is in {@code carts}. */
  public CartLinks(
      Carts carts, CartStore store, LinkStore links, Catalog catalog, CartPolicy policy) {
    this.carts = carts;
    this.store = store;
    this.links = links;
    this.catalog = catalog;
    this.policy = policy;
  }

  /**
   * A link with what is known of its lines now.
   *
   * @param goods empty when the catalog could not be asked
   */
  public record Shown(Link link, Optional<Map<String, Goods>> goods) {}

  /**
   * Makes a link to the lines as they are. One value; the earlier one for a request known already.
   * {@link RefusedException} when there is nothing to share, or there are links enough.
   */
  public Mono<Shown> share(String customer, String request, String language) {
    return carts
        .current(customer)
        .flatMap(
            cart -> {
              if (cart.lines().isEmpty()) {
                return refused(new Refusal.CartEmpty());
              }
              return links
                  .list(cart.customer(), carts.now(), LINKS_MAX)
                  .count()
                  .flatMap(
                      count ->
                          count >= LINKS_MAX
                              ? refused(new Refusal.LinksLimit(LINKS_MAX))
                              : links.create(link(cart, false), Ids.derived(customer, request)));
            })
        .flatMap(link -> shown(link, language));
  }

  private Link link(Cart cart, boolean abandoned) {
    var now = carts.now();
    return new Link(
        Ids.random(),
        cart.customer(),
        cart.customer(),
        abandoned,
        cart.lines().stream().map(line -> new Link.Item(line.quantity(), line.goods())).toList(),
        now,
        now.plus(abandoned ? policy.restoreKeep() : policy.linkKeep()),
        false);
  }

  /** Her links for others. One value. */
  public Mono<List<Link>> list(String customer) {
    return carts
        .current(customer)
        .flatMap(cart -> links.list(cart.customer(), carts.now(), LINKS_MAX).collectList());
  }

  /** Ends one of her links. Empty; {@link RefusedException} when it is not hers. */
  public Mono<Void> revoke(String customer, String id) {
    return carts
        .current(customer)
        .flatMap(cart -> links.revoke(cart.customer(), id))
        .flatMap(known -> known ? Mono.<Void>empty() : refused(new Refusal.LinkNotFound()));
  }

  /** What a link leads to. One value; {@link RefusedException} when it does not work. */
  public Mono<Shown> get(String id, String language) {
    return valid(id).flatMap(link -> shown(link, language));
  }

  private Mono<Link> valid(String id) {
    return links
        .find(id)
        .filter(link -> !link.revoked())
        .switchIfEmpty(refused(new Refusal.LinkNotFound()))
        .flatMap(
            link ->
                carts.now().isBefore(link.expireTime())
                    ? Mono.just(link)
                    : refused(new Refusal.LinkExpired(link.expireTime())));
  }

  private Mono<Shown> shown(Link link, String language) {
    var skus = link.items().stream().map(item -> item.goods().sku()).collect(Collectors.toSet());
    return catalog
        .goods(skus, language)
        .map(Optional::of)
        .onErrorResume(error -> Mono.just(Optional.empty()))
        .map(goods -> new Shown(link, goods));
  }

  /**
   * Puts what a link leads to into a cart. One value; errors as of {@link #get}.
   *
   * @param requestId once done under it, nothing more is done under it; empty: a request of its own
   */
  public Mono<Answer> take(
      String customer, String id, Caller caller, String requestId, String language) {
    return valid(id)
        .flatMap(
            link -> {
              var request = requestId.isEmpty() ? Ids.random() : requestId;
              var operations =
                  link.items().stream()
                      .<Operation>map(
                          item ->
                              new Operation.Bring(
                                  "link-" + Ids.derived(id, item.goods().sku(), request),
                                  item.goods().sku(),
                                  item.quantity()))
                      .toList();
              return carts.replay(
                  customer,
                  operations,
                  caller,
                  Carts.origin(caller, carts.now()).copiedFrom(link.owner()),
                  language);
            });
  }

  /** Tells of carts that were left since, each once, with a link back. Empty. */
  public Mono<Void> sweep() {
    return store
        .idle(carts.now().minus(policy.abandonedAfter()), BATCH)
        .concatMap(store::load)
        .concatMap(this::tell)
        .then(Mono.defer(() -> links.purge(carts.now().minus(policy.linkKeep()))));
  }

  /** The link goes first: one that nobody is told of does no harm. */
  private Mono<Boolean> tell(Cart cart) {
    if (cart.lines().isEmpty() || cart.isMoved()) {
      return Mono.empty();
    }
    return links
        .create(
            link(cart, true),
            Ids.derived("abandoned", cart.customer(), Long.toString(cart.version())))
        .flatMap(
            link ->
                store.tellIdle(
                    cart,
                    List.of(
                        new CartFact.Abandoned(
                            cart.customer(),
                            cart.version(),
                            link.id(),
                            link.expireTime(),
                            cart.itemCount(),
                            cart.lines().stream().map(Line::sku).limit(SKUS_TOLD).toList())),
                    carts.now()));
  }

  private static <T> Mono<T> refused(Refusal why) {
    return Mono.error(() -> new RefusedException(why));
  }

  /** Looks for left carts now and then, for ever. */
  public Flux<?> sweeping() {
    return Flux.interval(policy.sweep()).onBackpressureDrop().concatMap(tick -> sweep(), 1);
  }
}
