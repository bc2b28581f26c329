package dev.filo.cart.order.service;

import dev.filo.cart.order.domain.Address;
import dev.filo.cart.order.domain.Decision;
import dev.filo.cart.order.domain.Order;
import dev.filo.cart.order.domain.Parcel;
import dev.filo.cart.order.domain.Payment;
import dev.filo.cart.order.domain.Refusal;
import dev.filo.cart.order.domain.Tax;
import dev.filo.cart.service.Carts;
import dev.filo.platform.auth.Caller;
import dev.filo.platform.auth.SignInMerges;
import dev.filo.platform.code.Ids;
import dev.filo.platform.mongo.StaleRetry;
import dev.filo.platform.watch.Changes;
import dev.filo.proto.api.v1.Role;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Set;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.util.retry.Retry;

/** Orders from carts: made, paid, cancelled, sent. Thread-safe. */
public final class Orders {
  private static final Logger log = LoggerFactory.getLogger(Orders.class);
  // The language of the titles an order remembers, as of a cart's lines.
  private static final String KEPT_LANGUAGE = "it";
  private static final int STALE_RETRIES_MAX = 30;
  private static final int BATCH = 50;
  // A provider waits some seconds for its acknowledgement; what takes longer is done afterwards.
  private static final Duration AT_ONCE = Duration.ofSeconds(3);
  private static final Duration LEFT = Duration.ofSeconds(5);

  private final OrderStore store;
  private final Keeping keeping;
  private final Payments payments;
  private final Carts carts;
  private final OrderPolicy policy;
  private final OrderSaga saga;
  private final OrderReconciler reconciler;
  private final InstantSource clock;
  private final SignInMerges merges = new SignInMerges(this::merged);

  /** Orders kept in {@code store}. */
  public Orders(
      OrderStore store,
      Keeping keeping,
      Payments payments,
      Carts carts,
      OrderPolicy policy,
      Changes changes,
      InstantSource clock) {
    this.store = store;
    this.keeping = keeping;
    this.payments = payments;
    this.carts = carts;
    this.policy = policy;
    this.saga = new OrderSaga(store, keeping, payments, carts, policy, changes, clock);
    this.reconciler = new OrderReconciler(store, keeping, saga, policy);
    this.clock = clock;
  }

  /**
   * What she orders, beside what is in the cart.
   *
   * @param address null when nothing is sent
   * @param expected the total she saw, in cents; null: whatever it is
   * @param etag the cart's; empty: whatever it is
   * @param hash tells a repeated request by its content
   */
  public record Wish(
      Payment.Method method,
      String returnPath,
      @Nullable Address address,
      @Nullable Long expected,
      String etag,
      String requestId,
      String hash) {}

  /**
   * What an order would be.
   *
   * @param payments ways to pay it
   */
  public record Offer(
      List<Order.Line> lines,
      String currency,
      List<Tax> taxes,
      List<Payment.Method> payments,
      boolean sent,
      String etag,
      List<Refusal> problems) {}

  /** What an order of the cart would be. One value; UNAVAILABLE without the catalog. */
  public Mono<Offer> quote(String customer) {
    return quoted(customer)
        .map(
            quote ->
                new Offer(
                    quote.lines(),
                    quote.currency(),
                    Tax.in(quote.lines()),
                    quote.payments(payments.account().isPresent()),
                    quote.isSent(),
                    quote.etag(),
                    quote.problems()));
  }

  private Mono<Quotes.Quote> quoted(String customer) {
    return carts
        .get(customer, KEPT_LANGUAGE)
        .map(view -> Quotes.of(view, policy.vat(), clock.instant()));
  }

  /**
   * Orders what is in the cart. One value: the order, placed or to be paid; {@link
   * OrderRefusedException}; UNAVAILABLE when a part cannot be reached: the same request goes on.
   */
  public Mono<Order> checkout(String customer, Wish wish, Caller caller) {
    return known(customer, wish, caller)
        .switchIfEmpty(Mono.defer(() -> placed(customer, wish, caller)))
        .flatMap(
            order ->
                order.contents().requestHash().equals(wish.hash())
                    ? saga.finish(order, caller)
                    : refused(new Refusal.RequestReused()))
        .flatMap(Orders::answered);
  }

  /** The order this request has made already, be it under the name she had before she signed in. */
  private Mono<Order> known(String customer, Wish wish, Caller caller) {
    var mine = store.find(id(customer, wish));
    return caller.former().isEmpty()
        ? mine
        : mine.switchIfEmpty(Mono.defer(() -> store.find(id(caller.former(), wish))));
  }

  private static String id(String customer, Wish wish) {
    return Ids.derived("order", customer, wish.requestId()).substring(0, 24);
  }

  /** Where an order that could not be placed is told so, each time it is asked. */
  private static Mono<Order> answered(Order order) {
    if (order.cause() == Order.Cause.OUT_OF_STOCK) {
      return refused(
          order.refusedAt().isEmpty()
              ? new Refusal.StockInsufficient(order.missing())
              : new Refusal.PickupRefused(order.refusedAt()));
    }
    return order.cause() == Order.Cause.NOT_SECURED
        ? refused(new Refusal.GivenUp())
        : Mono.just(order);
  }

  private Mono<Order> placed(String customer, Wish wish, Caller caller) {
    return quoted(customer)
        .flatMap(
            quote -> {
              var refusal = refusal(quote, wish);
              return refusal == null
                  ? allowed(customer, quote, wish, caller)
                      .then(quote.isSent() ? keeping.warehouses() : Mono.just(List.<String>of()))
                      .flatMap(warehouses -> insert(customer, quote, wish, warehouses, caller))
                  : refused(refusal);
            });
  }

  private @Nullable Refusal refusal(Quotes.Quote quote, Wish wish) {
    if (!wish.etag().isEmpty() && !wish.etag().equals(quote.etag())) {
      return new Refusal.EtagStale(quote.etag());
    }
    if (!quote.problems().isEmpty()) {
      return quote.problems().getFirst();
    }
    if (wish.expected() != null && wish.expected() != quote.total()) {
      return new Refusal.TotalChanged(quote.currency(), quote.total());
    }
    if (!quote.payments(payments.account().isPresent()).contains(wish.method())) {
      return new Refusal.PaymentNotOffered(wish.method());
    }
    return quote.isSent() && wish.address() == null ? new Refusal.AddressMissing() : null;
  }

  /** Goods are kept unpaid for one person only so often, and up to some value. */
  private Mono<Void> allowed(String customer, Quotes.Quote quote, Wish wish, Caller caller) {
    if (wish.method() != Payment.Method.PAY_IN_STORE) {
      return Mono.empty();
    }
    long value = policy.unpaid().value();
    if (quote.total() > Math.multiplyExact(value, 100L)) {
      return refused(new Refusal.Limit(value));
    }
    int most = caller.is(Role.ROLE_CUSTOMER) ? policy.unpaid().customer() : policy.unpaid().guest();
    return store
        .unpaid(customer)
        .flatMap(count -> count >= most ? refused(new Refusal.Limit(most)) : Mono.<Void>empty());
  }

  private Mono<Order> insert(
      String customer, Quotes.Quote quote, Wish wish, List<String> warehouses, Caller caller) {
    if (quote.isSent() && warehouses.isEmpty()) {
      return refused(new Refusal.StockInsufficient(java.util.Map.of()));
    }
    var now = saga.now();
    var payment =
        wish.method() == Payment.Method.PAY_IN_STORE
            ? Payment.inStore()
            : Payment.at(
                payments.account().orElseThrow(), wish.returnPath(), now.plus(policy.payWithin()));
    var order =
        Order.placing(
            id(customer, wish),
            customer,
            new Order.Contents(
                quote.lines(),
                quote.currency(),
                quote.voucher(),
                quote.isSent() ? wish.address() : null,
                wish.hash(),
                caller.channel()),
            warehouses,
            payment,
            now);
    return store
        .insert(order, saga.due(order))
        .flatMap(isNew -> isNew ? Mono.just(order) : store.find(order.id()));
  }

  // ---- reading

  /** An order the caller may see; {@link OrderRefusedException} with NotFound otherwise. */
  public Mono<Order> get(String id, Caller caller) {
    return store
        .find(id)
        .filter(order -> !caller.isShopper() || order.customer().equals(caller.principal()))
        .filter(Order::isListed)
        .switchIfEmpty(refused(new Refusal.NotFound("orders/" + id)));
  }

  /** A customer's orders, newest first. */
  public Flux<Order> list(String customer, String before, int limit) {
    return store.list(customer, before, limit);
  }

  /** Where the page after this order begins. */
  public String place(Order order) {
    return store.place(order);
  }

  // ---- changing

  /** Cancels one. One value; {@link OrderRefusedException} when it cannot be any more. */
  public Mono<Order> cancel(String id, Caller caller) {
    var cause = caller.isShopper() ? Order.Cause.CUSTOMER : Order.Cause.AGENT;
    return change(id, caller, order -> order.cancel(cause, saga.now()))
        // It is cancelled; what is to be done for that is done by and by.
        .flatMap(order -> saga.finish(order, caller).onErrorResume(later(order)))
        .flatMap(
            order ->
                order.state() == Order.State.COMPLETED
                    ? refused(new Refusal.StateWrong(order.state().name()))
                    : Mono.just(order));
  }

  /**
   * Cancels an order of somebody who is to be erased. Completes; also when it cannot be cancelled
   * any more: then it ends by itself.
   */
  public Mono<Void> withdraw(String id) {
    return Mono.defer(
            () ->
                store
                    .find(id)
                    .flatMap(
                        order ->
                            saga.write(
                                order,
                                order.cancel(Order.Cause.CUSTOMER, saga.now()),
                                OrderSaga.ITSELF)))
        .retryWhen(stale())
        .flatMap(order -> saga.finish(order, OrderSaga.ITSELF).onErrorResume(later(order)))
        .then()
        .onErrorResume(OrderRefusedException.class, over -> Mono.empty());
  }

  /** What is to be sent has left. One value; {@link OrderRefusedException} when nothing can. */
  public Mono<Order> ship(String id, Caller caller) {
    return change(id, caller, order -> order.ship(saga.now()))
        .flatMap(order -> saga.finish(order, caller).onErrorResume(later(order)));
  }

  private Mono<Order> change(String id, Caller caller, Function<Order, Decision> command) {
    return Mono.defer(
            () -> get(id, caller).flatMap(order -> saga.write(order, command.apply(order), caller)))
        .retryWhen(stale());
  }

  /** The order as it was; the next look goes on with it. */
  private Function<Throwable, Mono<Order>> later(Order order) {
    return error -> {
      log.warn("order {} waits for the next look: {}", order.id(), error.toString());
      return store.find(order.id()).onErrorReturn(order).defaultIfEmpty(order);
    };
  }

  /** A store has handed over what an order reserved there, or keeps it no more. Empty. */
  public Mono<Void> heard(String reservation, Parcel.State became) {
    return Mono.defer(
            () ->
                store
                    .withReservation(reservation)
                    .flatMap(
                        order -> {
                          var parcel =
                              order.parcels().stream()
                                  .filter(one -> one.reservation().equals(reservation))
                                  .findFirst()
                                  .orElseThrow();
                          return saga.write(
                              order,
                              order.ended(parcel.id(), became, saga.now()),
                              OrderSaga.ITSELF);
                        }))
        .retryWhen(stale())
        .flatMap(order -> saga.finish(order, OrderSaga.ITSELF).onErrorResume(later(order)))
        .then();
  }

  // ---- the provider's word

  /**
   * Takes a webhook: keeps it, then deals with it, now if that is quick. Empty once it is kept;
   * {@link OrderRefusedException} when it is not to be believed.
   */
  public Mono<Void> webhook(String account, String signature, byte[] body) {
    return Mono.fromCallable(() -> payments.read(account, signature, body))
        .flatMap(
            notice ->
                store
                    .keep(notice, body, saga.now())
                    .filter(Boolean::booleanValue)
                    .flatMap(
                        isNew ->
                            deal(notice)
                                .timeout(AT_ONCE)
                                .onErrorResume(
                                    error -> {
                                      log.warn(
                                          "payment event {} waits: {}",
                                          notice.id(),
                                          error.toString());
                                      return Mono.empty();
                                    })));
  }

  private Mono<Void> deal(Notice notice) {
    return Mono.defer(() -> store.find(notice.order()))
        .filter(order -> order.payment().account().equals(notice.account()))
        .flatMap(order -> saga.write(order, decision(order, notice), OrderSaga.ITSELF))
        .retryWhen(stale())
        .flatMap(order -> store.dealtWith(notice).thenReturn(order))
        .switchIfEmpty(Mono.defer(() -> unknown(notice)))
        .flatMap(order -> saga.finish(order, OrderSaga.ITSELF))
        .then();
  }

  private Mono<Order> unknown(Notice notice) {
    log.error("payment event {} is about no order of ours", notice.id());
    return store.dealtWith(notice).then(Mono.empty());
  }

  private Decision decision(Order order, Notice notice) {
    return switch (notice.kind()) {
      case PAID -> order.charged(notice.charge(), notice.cents(), notice.currency(), saga.now());
      case ENDED ->
          order.payment().session().equals(notice.session())
              ? order.unpaid(saga.now())
              : new Decision.Unchanged(order);
      case OTHER -> new Decision.Unchanged(order);
    };
  }

  // ---- after data were restored

  /**
   * Makes orders and what is kept for them agree; see {@link
   * dev.filo.platform.reconcile.Reconciler}.
   */
  public Flux<String> reconcile(Instant since) {
    return reconciler.reconcile(since);
  }

  // ---- by time alone, and who she is

  /** Goes on with what was left undone. Completes; errors of single orders are left to later. */
  public Mono<Void> sweep() {
    return store
        .kept(saga.now().minus(LEFT), BATCH)
        .concatMap(
            notice ->
                deal(notice)
                    .onErrorResume(
                        error -> {
                          log.warn("payment event {} waits: {}", notice.id(), error.toString());
                          return Mono.empty();
                        }))
        .then(Mono.defer(saga::sweep));
  }

  /** Everything of an alias is the customer's. Repeating changes nothing. Empty. */
  public Mono<Void> merged(String customer, String alias) {
    return customer.equals(alias) ? Mono.empty() : store.merged(customer, alias);
  }

  /** What an alias had ordered is hers again. Repeating changes nothing. Empty. */
  public Mono<Void> unmerged(String customer, String alias, Set<String> names) {
    merges.forget();
    return store.unmerged(alias, names);
  }

  /**
   * Empty once what the caller ordered before signing in is hers: she sees it in the first answer
   * after it.
   */
  public Mono<Void> ensureMerged(Caller caller) {
    return merges.ensure(caller);
  }

  private static Retry stale() {
    return StaleRetry.backoff(STALE_RETRIES_MAX, Duration.ofMillis(2), Duration.ofMillis(40))
        .jitter(0.8);
  }

  private static <T> Mono<T> refused(Refusal why) {
    return Mono.error(() -> new OrderRefusedException(why));
  }
}
