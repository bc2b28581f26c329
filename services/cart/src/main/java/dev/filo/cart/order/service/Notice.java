package dev.filo.cart.order.service;

/**
 * A payment provider's word.
 *
 * @param account the account it came to
 * @param id the provider's name for it
 * @param order the order's id
 * @param charge the provider's name for the money; empty when it is about none
 */
public record Notice(
    String account,
    String id,
    Kind kind,
    String order,
    String session,
    String charge,
    long cents,
    String currency) {
  /** What it says. */
  public enum Kind {
    /** Money came in. */
    PAID,
    /** The session is over, nothing was paid. */
    ENDED,
    /** Nothing that changes an order: a failed try, a refund's progress. */
    OTHER
  }
}
