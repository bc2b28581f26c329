package dev.filo.cart.order.service;

import dev.filo.cart.order.domain.Refusal;

/** Carries a refusal of an order. */
public final class OrderRefusedException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  private final transient Refusal refusal;

  /** For this refusal. */
  public OrderRefusedException(Refusal refusal) {
    super(refusal.getClass().getSimpleName(), null, false, false);
    this.refusal = refusal;
  }

  /** Why. */
  public Refusal refusal() {
    return refusal;
  }
}
