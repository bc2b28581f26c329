package dev.filo.cart.service;

import dev.filo.cart.domain.Cart;
import dev.filo.cart.domain.CartFact;
import dev.filo.platform.auth.Caller;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Set;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/** Where carts are kept. */
public interface CartStore {
  /** A cart; an empty one of version 0 when there is none. One value. */
  Mono<Cart> load(String customer);

  /**
   * Waits until what was read of a cart will stay so, before somebody is told that nothing had to
   * be written. Empty.
   */
  Mono<Void> settled(Cart seen);

  /** What those of the operations did that only the cart's archives remember, by key. One value. */
  Mono<Map<String, Long>> archived(Cart cart, Set<String> operations);

  /**
   * Puts {@code next} in the place of {@code seen}, with what happened. One value, the cart as it
   * is kept; {@link dev.filo.platform.mongo.StaleVersionException} when it is not at {@code seen}'s
   * version any more.
   *
   * @param by who did it
   */
  Mono<Cart> write(Cart seen, Cart next, List<CartFact> facts, Caller by, Instant now);

  /**
   * Ends the use of a cart, even of one that was never used: from now on it is {@code movedTo}'s
   * and does not change. One value: the cart as it is for ever. One that was moved before stays
   * where it is.
   */
  Mono<Cart> move(String customer, String movedTo, Instant now);

  /**
   * Remembers that what was in a moved cart is where it belongs, unless it has been in use again
   * since. Empty.
   */
  Mono<Void> handedOver(Cart moved);

  /** Customers whose carts have something in them and have not been touched since; not told yet. */
  Flux<String> idle(Instant before, int limit);

  /**
   * Tells that a cart was left, once for each time it is left, unless it has changed. One value:
   * whether it was told.
   */
  Mono<Boolean> tellIdle(Cart seen, List<CartFact> facts, Instant now);
}
