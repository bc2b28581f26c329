package dev.filo.reservation.waitlist.service;

import dev.filo.reservation.waitlist.domain.Refusal;

/** A {@link Refusal} on its way through a reactive chain. */
public final class WaitlistRefusedException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  private final transient Refusal why;

  /** Carries the refusal; it has no stack trace, as it is no fault. */
  public WaitlistRefusedException(Refusal why) {
    super(why.getClass().getSimpleName(), null, false, false);
    this.why = why;
  }

  /** The refusal. */
  public Refusal why() {
    return why;
  }
}
