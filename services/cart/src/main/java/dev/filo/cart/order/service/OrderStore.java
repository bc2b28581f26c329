package dev.filo.cart.order.service;

import dev.filo.cart.order.domain.Fact;
import dev.filo.cart.order.domain.Order;
import dev.filo.platform.auth.Caller;
import java.time.Instant;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/** Where orders are kept. */
public interface OrderStore {
  /** An order; empty when there is none. */
  Mono<Order> find(String id);

  /**
   * Keeps a new one. One value: whether it is new.
   *
   * @param due when somebody has to look at it; null: never
   */
  Mono<Boolean> insert(Order order, @Nullable Instant due);

  /**
   * Puts {@code next} in the place of {@code seen}, with what happened. One value, the order as it
   * is kept; {@link dev.filo.platform.mongo.StaleVersionException} when it is not at {@code seen}'s
   * version any more.
   */
  Mono<Order> write(Order seen, Order next, List<Fact> facts, Caller by, @Nullable Instant due);

  /**
   * A customer's orders that are listed, newest first.
   *
   * @param before where the page begins: what {@link #place} said of the last one of the page
   *     before; empty: at the newest
   */
  Flux<Order> list(String customer, String before, int limit);

  /** Where an order stands in its list. */
  String place(Order order);

  /** How many orders a customer has that stand and are to be paid in the store. One value. */
  Mono<Long> unpaid(String customer);

  /** Orders that somebody has to look at by now, the longest waiting first. */
  Flux<Order> due(Instant now, int limit);

  /** All whose goods are kept now. */
  Flux<Order> keeping();

  /** All of which something was handed over, and that have changed at or after an instant. */
  Flux<Order> handedOverSince(Instant since);

  /** Puts off when somebody has to look at it, unless it has changed. One value: whether it did. */
  Mono<Boolean> putOff(Order seen, Instant until);

  /** The order whose goods a reservation keeps; empty when there is none. */
  Mono<Order> withReservation(String reservation);

  /** Makes everything of {@code alias} the customer's; repeating changes nothing. Empty. */
  Mono<Void> merged(String customer, String alias);

  /** Gives back to {@code alias} what was ordered under these names. Empty. */
  Mono<Void> unmerged(String alias, Set<String> names);

  /** Keeps a provider's word. One value: whether it is new. */
  Mono<Boolean> keep(Notice notice, byte[] body, Instant now);

  /** What was kept and not dealt with, the oldest first. */
  Flux<Notice> kept(Instant before, int limit);

  /** It was dealt with. Empty. */
  Mono<Void> dealtWith(Notice notice);
}
