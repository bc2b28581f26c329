package dev.filo.reservation.waitlist.domain;

/** What a command comes to. */
public sealed interface Decision {
  /** The line as it shall be. */
  record Changed(Waitlist next) implements Decision {}

  /** It is so already. */
  record Unchanged() implements Decision {}

  /** It may not be. */
  record Refused(Refusal why) implements Decision {}
}
