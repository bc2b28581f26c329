package dev.filo.cart.order.service;

import dev.filo.cart.domain.Operation;
import dev.filo.cart.order.domain.Decision;
import dev.filo.cart.order.domain.Order;
import dev.filo.cart.order.domain.Parcel;
import dev.filo.cart.order.domain.Securing;
import dev.filo.cart.service.Carts;
import dev.filo.platform.auth.Caller;
import dev.filo.platform.mongo.StaleVersionException;
import dev.filo.platform.watch.Changes;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/**
 * Takes an order through what is to be done for it, one act after the other. What is to be done
 * follows from the order alone, every act may be done twice, and each write is over the version
 * that was seen: so any replica goes on after a kill anywhere.
 *
 * <p>No payment without stock: a payment is opened only once all goods are kept, and what comes in
 * for an order that is over goes back. No stock without payment: what is unpaid in time is freed,
 * and was held for little longer anyway.
 */
final class OrderSaga {
  private static final Logger log = LoggerFactory.getLogger(OrderSaga.class);
  // Longer than any act takes; one older than this was left by somebody who died, or failed.
  private static final Duration ABANDONED = Duration.ofSeconds(8);
  private static final int BATCH = 50;

  /** This service, when nobody calls. */
  static final Caller ITSELF = Caller.service("cart");

  private final OrderStore store;
  private final Keeping keeping;
  private final Payments payments;
  private final Carts carts;
  private final OrderPolicy policy;
  private final Changes changes;
  private final InstantSource clock;

  OrderSaga(
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
    this.changes = changes;
    this.clock = clock;
  }

  /** As exactly as it is kept. */
  Instant now() {
    return clock.instant().truncatedTo(ChronoUnit.MILLIS);
  }

  /**
   * Does what is to be done, act after act, until nothing is or one fails. One value: the order
   * after it.
   */
  Mono<Order> finish(Order order, Caller by) {
    var now = now();
    Mono<Order> act =
        switch (order.todo(now)) {
          case NONE -> null;
          case SECURE -> secure(order, by);
          case OPEN_PAYMENT -> open(order, by);
          case KEEP -> keep(order, by);
          case CLOSE_PAYMENT -> close(order, by);
          case RELEASE -> release(order, by);
          case SELL -> sell(order, by);
          case REFUND -> refund(order, by);
          case EMPTY_CART -> emptyCart(order, by);
        };
    return act == null
        ? Mono.just(order)
        : act.onErrorResume(StaleVersionException.class, stale -> again(order))
            // What did not get on does not by being done again at once.
            .flatMap(
                next -> next.version() == order.version() ? Mono.just(next) : finish(next, by));
  }

  private Mono<Order> again(Order order) {
    return store
        .find(order.id())
        .switchIfEmpty(Mono.error(() -> new IllegalStateException("an order is gone")));
  }

  /** Writes what was decided; the order as it is now. */
  Mono<Order> write(Order seen, Decision decision, Caller by) {
    return switch (decision) {
      case Decision.Refused(var why) -> Mono.error(new OrderRefusedException(why));
      case Decision.Unchanged(var current) -> Mono.just(current);
      case Decision.Changed(var next, var facts) ->
          store.write(seen, next, facts, by, due(next)).doOnNext(this::tell);
    };
  }

  void tell(Order order) {
    changes.tell("orders/" + order.id());
    changes.tell(order.customer() + "/orders");
  }

  /** When somebody has to look at it; null: never. */
  @Nullable Instant due(Order order) {
    var now = now();
    if (order.todo(now) != Order.Todo.NONE) {
      return now.plus(ABANDONED);
    }
    var until = order.payment().until();
    if (order.state() == Order.State.AWAITING_PAYMENT && until != null) {
      return until;
    }
    var held = order.keptUntil();
    return order.state() == Order.State.PLACED && held != null && isSentFrom(order)
        ? held.minus(policy.holdFor().dividedBy(2))
        : null;
  }

  private static boolean isSentFrom(Order order) {
    return order.parcels().stream()
        .anyMatch(one -> !one.isPickup() && one.state() == Parcel.State.SECURED);
  }

  // ---- the acts

  private Mono<Order> secure(Order order, Caller by) {
    if (!now().isBefore(order.createTime().plus(policy.placeWithin()))) {
      return write(order, order.giveUp(now()), by);
    }
    return Flux.fromIterable(order.parcels())
        .filter(parcel -> parcel.state() == Parcel.State.PENDING)
        .flatMapSequential(
            parcel ->
                keeping
                    .secure(order, parcel, order.heldUnpaidUntil(policy.payGrace()))
                    .map(outcome -> Map.entry(parcel.id(), outcome)))
        .collectMap(Map.Entry<String, Securing>::getKey, Map.Entry::getValue)
        .flatMap(outcomes -> write(order, order.secured(outcomes, now()), by));
  }

  private Mono<Order> open(Order order, Caller by) {
    if (!now().isBefore(order.createTime().plus(policy.placeWithin()))) {
      return write(order, order.giveUp(now()), by);
    }
    return payments
        .open(order)
        .flatMap(
            session -> write(order, order.opened(session.id(), session.redirect(), now()), by));
  }

  private Mono<Order> keep(Order order, Caller by) {
    var until = now().plus(policy.holdFor());
    return Flux.fromIterable(order.parcels())
        .filter(parcel -> parcel.state() == Parcel.State.SECURED)
        .flatMapSequential(
            parcel ->
                keeping
                    .keep(
                        order, parcel, parcel.isPickup() ? now().plus(policy.fetchWithin()) : until)
                    .filter(kept -> !kept)
                    .map(lost -> parcel.id()))
        .collectList()
        .flatMap(lost -> write(order, order.kept(lost, until, now()), by));
  }

  private Mono<Order> close(Order order, Caller by) {
    return payments
        .close(order)
        .map(ending -> order.closed(ending.charge(), ending.cents(), ending.currency(), now()))
        .onErrorResume(
            error -> {
              // Its goods are kept no longer: with or without the provider's word it is over.
              var until = order.heldUnpaidUntil(policy.payGrace());
              return order.state() == Order.State.AWAITING_PAYMENT
                      && until != null
                      && !now().isBefore(until)
                  ? Mono.just(order.overdue(now()))
                  : Mono.error(error);
            })
        .flatMap(decision -> write(order, decision, by));
  }

  private Mono<Order> release(Order order, Caller by) {
    var parcel = order.parcels().stream().filter(Parcel::isOpen).findFirst().orElseThrow();
    return keeping
        .release(order, parcel, order.heldUnpaidUntil(policy.payGrace()))
        .flatMap(to -> write(order, order.ended(parcel.id(), to, now()), by));
  }

  private Mono<Order> sell(Order order, Caller by) {
    var parcel =
        order.parcels().stream()
            .filter(one -> one.state() == Parcel.State.LEAVING)
            .findFirst()
            .orElseThrow();
    return keeping
        .sell(order, parcel)
        .then(
            Mono.defer(
                () -> write(order, order.ended(parcel.id(), Parcel.State.HANDED_OVER, now()), by)));
  }

  private Mono<Order> refund(Order order, Caller by) {
    var owed = Objects.requireNonNull(order.payment().owed());
    return payments
        .refund(order, owed)
        .then(Mono.defer(() -> write(order, order.refunded(owed.id(), now()), by)));
  }

  /** By an operation whose id is the order's: what was put in meanwhile stays, and once is once. */
  private Mono<Order> emptyCart(Order order, Caller by) {
    var pieces =
        order.contents().lines().stream()
            .map(line -> new Operation.Taken(line.cartLine(), line.sku(), line.quantity()))
            .toList();
    return carts
        .apply(
            order.original(),
            List.of(
                new Operation.TakeOrdered(
                    "order:" + order.id(),
                    "orders/" + order.id(),
                    pieces,
                    order.contents().voucher())),
            "",
            ITSELF,
            "it")
        .then(Mono.defer(() -> write(order, order.emptied(now()), by)));
  }

  // ---- by time alone

  /** Goes on with what was left undone, and with what time has come for. Completes. */
  Mono<Void> sweep() {
    return store
        .due(now(), BATCH)
        .concatMap(
            order ->
                store
                    .putOff(order, now().plus(ABANDONED.multipliedBy(2)))
                    .filter(Boolean::booleanValue)
                    .flatMap(mine -> finish(order, ITSELF))
                    .flatMap(this::heldLonger)
                    .then()
                    .onErrorResume(left(order)))
        .then();
  }

  private Mono<Order> heldLonger(Order order) {
    var held = order.keptUntil();
    if (order.state() != Order.State.PLACED || held == null || !isSentFrom(order)) {
      return Mono.just(order);
    }
    var until = now().plus(policy.holdFor());
    return Flux.fromIterable(order.parcels())
        .filter(one -> !one.isPickup() && one.state() == Parcel.State.SECURED)
        .concatMap(
            parcel ->
                keeping.keep(order, parcel, until).filter(kept -> !kept).map(lost -> parcel.id()))
        .collectList()
        .flatMap(
            lost ->
                lost.isEmpty()
                    ? write(order, order.heldUntil(until, now()), ITSELF)
                    : write(
                            order,
                            order.ended(lost.getFirst(), Parcel.State.RELEASED, now()),
                            ITSELF)
                        .flatMap(next -> finish(next, ITSELF)));
  }

  private static Function<Throwable, Mono<Void>> left(Order order) {
    return error -> {
      log.warn("order {} waits for the next look: {}", order.id(), error.toString());
      return Mono.empty();
    };
  }
}
