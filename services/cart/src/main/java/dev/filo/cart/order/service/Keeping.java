package dev.filo.cart.order.service;

import dev.filo.cart.order.domain.Order;
import dev.filo.cart.order.domain.Parcel;
import dev.filo.cart.order.domain.Securing;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/**
 * Who keeps goods: stores by reservations, warehouses by holds. Every call may be made twice and
 * has its effect once; each is UNAVAILABLE when it cannot be known whether it had.
 */
public interface Keeping {
  /** Where goods are sent from, the first choice first. One value. */
  Mono<List<String>> warehouses();

  /**
   * Has a parcel's goods kept. One value.
   *
   * @param until until when; null: as long as a store keeps what is paid there
   */
  Mono<Securing> secure(Order order, Parcel parcel, @Nullable Instant until);

  /**
   * Has them kept for good, as they are paid. One value: false when they are kept no more.
   *
   * @param until until when; a store that keeps nothing so long keeps it as long as it can
   */
  Mono<Boolean> keep(Order order, Parcel parcel, Instant until);

  /** Frees them. One value: RELEASED, or HANDED_OVER when she has them already. */
  Mono<Parcel.State> release(Order order, Parcel parcel, @Nullable Instant until);

  /** Sells what leaves the warehouse. Empty. */
  Mono<Void> sell(Order order, Parcel parcel);

  /**
   * What has become of what a store keeps for a parcel. One value: SECURED, HANDED_OVER or
   * RELEASED; PENDING when the store has never heard of it.
   */
  Mono<Parcel.State> look(Parcel parcel);

  /** What warehouses hold for orders now, each at least once. */
  Flux<Holding> holdings();

  /** Frees what a warehouse holds for nobody. Repeating is harmless. Empty. */
  Mono<Void> free(Holding holding);

  /**
   * What a warehouse holds.
   *
   * @param order the order's id
   */
  record Holding(String order, String hold) {}
}
