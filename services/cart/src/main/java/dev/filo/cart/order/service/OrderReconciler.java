package dev.filo.cart.order.service;

import dev.filo.cart.order.domain.Order;
import dev.filo.cart.order.domain.Parcel;
import dev.filo.cart.order.domain.Securing;
import dev.filo.platform.mongo.StaleVersionException;
import java.time.Instant;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/**
 * Makes orders agree with the stores and warehouses that keep their goods, after one of the
 * databases was restored to another moment (docs/decisions/0013). What nobody keeps any more is
 * kept anew, or the parcel ends as if the store had lost it, and what was paid for it goes back.
 * What a warehouse holds for an order that is not there is freed; a reservation at a store stays,
 * for she has its code.
 */
final class OrderReconciler {
  private static final Logger log = LoggerFactory.getLogger(OrderReconciler.class);
  private static final int AT_ONCE = 8;

  private final OrderStore store;
  private final Keeping keeping;
  private final OrderSaga saga;
  private final OrderPolicy policy;

  OrderReconciler(OrderStore store, Keeping keeping, OrderSaga saga, OrderPolicy policy) {
    this.store = store;
    this.keeping = keeping;
    this.saga = saga;
    this.policy = policy;
  }

  /** A value for each thing mended; see {@link dev.filo.platform.reconcile.Reconciler}. */
  Flux<String> reconcile(Instant since) {
    return Flux.concat(
        keeping.holdings().flatMap(this::ownerless, AT_ONCE),
        // What has left is out of the stock, or is told to be counted.
        store.handedOverSince(since).flatMap(this::sent, AT_ONCE).thenMany(Flux.<String>empty()),
        store.keeping().flatMap(this::kept, AT_ONCE));
  }

  private Mono<String> ownerless(Keeping.Holding holding) {
    return store
        .find(holding.order())
        .hasElement()
        .filter(isThere -> !isThere)
        .flatMap(
            gone -> {
              log.error("order {} is not there: look for its payment", holding.order());
              return keeping.free(holding).thenReturn("hold of an unknown order freed");
            });
  }

  private Mono<Void> sent(Order order) {
    return Flux.fromIterable(order.parcels())
        .filter(one -> !one.isPickup() && one.state() == Parcel.State.HANDED_OVER)
        .concatMap(one -> keeping.sell(order, one))
        .then();
  }

  private Flux<String> kept(Order order) {
    return Flux.fromIterable(order.parcels())
        .filter(one -> one.state() == Parcel.State.SECURED)
        .concatMap(one -> one.isPickup() ? atStore(order, one) : atWarehouse(order, one))
        // Somebody has just done something with it.
        .onErrorResume(StaleVersionException.class, stale -> Mono.empty());
  }

  private Mono<String> atStore(Order order, Parcel parcel) {
    return keeping
        .look(parcel)
        .flatMap(
            found ->
                switch (found) {
                  case SECURED, LEAVING -> Mono.<String>empty();
                  case PENDING -> again(order, parcel, order.heldUnpaidUntil(policy.payGrace()));
                  case HANDED_OVER, RELEASED -> ended(order, parcel, found);
                });
  }

  private Mono<String> atWarehouse(Order order, Parcel parcel) {
    var until = saga.now().plus(policy.holdFor());
    return order.state() == Order.State.AWAITING_PAYMENT
        ? again(order, parcel, order.heldUnpaidUntil(policy.payGrace()))
        : keeping
            .keep(order, parcel, until)
            .filter(isKept -> !isKept)
            .flatMap(lost -> again(order, parcel, until));
  }

  /** Asks for the goods as when it was placed; what cannot be had ends. */
  private Mono<String> again(Order order, Parcel parcel, @Nullable Instant until) {
    boolean isUnpaid = order.state() == Order.State.AWAITING_PAYMENT;
    return keeping
        .secure(order, parcel, isUnpaid || !parcel.isPickup() ? until : null)
        .flatMap(
            outcome ->
                outcome instanceof Securing.Kept
                    ? isUnpaid && !parcel.isPickup()
                        ? Mono
                            .<String>
                                empty() // it was asked whether it is, and may have been all along
                        : Mono.just("parcel kept again")
                    : ended(order, parcel, Parcel.State.RELEASED));
  }

  private Mono<String> ended(Order order, Parcel parcel, Parcel.State to) {
    return store
        .find(order.id())
        .flatMap(now -> saga.write(now, now.ended(parcel.id(), to, saga.now()), OrderSaga.ITSELF))
        .flatMap(next -> saga.finish(next, OrderSaga.ITSELF))
        .thenReturn(to == Parcel.State.RELEASED ? "parcel lost" : "parcel was handed over");
  }
}
