package dev.filo.reservation.domain;

/** What a command comes to. */
public sealed interface Decision {
  /** The reservation as it shall be. */
  record Changed(Reservation next) implements Decision {}

  /** It is so already. */
  record Unchanged(Reservation current) implements Decision {}

  /** It may not be. */
  record Refused(Refusal why) implements Decision {}
}
