package dev.filo.reservation.waitlist.domain;

/** Why something may not be. */
public sealed interface Refusal {
  /** No entry of this name is the caller's to see. */
  record NotFound(String name) implements Refusal {}

  /** She is in this line. */
  record AlreadyWaiting(String name) implements Refusal {}

  /** The line takes no more. */
  record Full(int limit) implements Refusal {}

  /**
   * So much may not be waited for by this person; {@code what} is {@code entries} or {@code
   * units_per_sku}.
   */
  record Limit(String what, int limit) implements Refusal {}

  /** The entry has ended. */
  record Over(String state) implements Refusal {}

  /** Nothing is held for her yet. */
  record NotOffered(String state) implements Refusal {}
}
