package dev.filo.reservation.service;

import dev.filo.reservation.domain.Refusal;

/** Inventory has not sold what was to be handed over, and keeps it as before. */
final class UnsoldException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  private final transient Refusal why;

  UnsoldException(Refusal why) {
    super(why.getClass().getSimpleName(), null, false, false);
    this.why = why;
  }

  /** Why. */
  Refusal why() {
    return why;
  }
}
