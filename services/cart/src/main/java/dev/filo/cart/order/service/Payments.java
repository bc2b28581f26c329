package dev.filo.cart.order.service;

import dev.filo.cart.order.domain.Order;
import dev.filo.cart.order.domain.Refund;
import java.util.Optional;
import reactor.core.publisher.Mono;

/** Payment providers. Every call may be made twice and has its effect once. */
public interface Payments {
  /** The account orders are paid at now; empty when none is configured. */
  Optional<String> account();

  /** Begins a payment of an order. One value; UNAVAILABLE when the provider cannot be asked. */
  Mono<Session> open(Order order);

  /**
   * Ends a payment, so that nothing can be paid any more. One value: what was paid before, if
   * anything; UNAVAILABLE when the provider cannot be asked.
   */
  Mono<Ending> close(Order order);

  /** Sends money back. Empty; UNAVAILABLE when the provider cannot be asked. */
  Mono<Void> refund(Order order, Refund refund);

  /**
   * What a webhook says.
   *
   * @param body the very bytes that came
   * @throws dev.filo.cart.order.service.OrderRefusedException when the account is not known, or it
   *     is not signed as it must be
   */
  Notice read(String account, String signature, byte[] body);

  /** A payment under way: the provider's name for it, and where she pays. */
  record Session(String id, String redirect) {}

  /**
   * The end of a payment.
   *
   * @param charge the provider's name for what was paid; empty when nothing was
   */
  record Ending(String charge, long cents, String currency) {}
}
