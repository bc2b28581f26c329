package dev.filo.cart.order.domain;

/** Something that happened to an order and that others hear of. */
public enum Fact {
  /** It stands. */
  PLACED,
  /** It was paid. */
  PAID,
  /** It was cancelled after its goods had been kept. */
  CANCELLED,
  /** Everything was handed over or sent. */
  COMPLETED
}
