package dev.filo.inventory.domain;

import java.time.Instant;

/** What can be asked of one level. Repeating a command changes nothing. */
public sealed interface Command {
  /** Keeps pieces for a hold. */
  record Place(String hold, int quantity, Instant expireTime, Author author) implements Command {}

  /** Keeps a hold's pieces from expiring while it is sold with other SKUs. */
  record Pin(String hold, Movement sale) implements Command {}

  /** Moves the end of a hold. */
  record Extend(String hold, Instant expireTime, Author author) implements Command {}

  /** Frees a hold's pieces. */
  record Free(String hold, Author author) implements Command {}

  /** Sells a hold's pieces: on hand and held fall together. */
  record Sell(Movement sale) implements Command {}

  /** Records a movement that concerns no hold. */
  record Enter(Movement movement) implements Command {}

  /** Sets what is kept back. */
  record SetSafety(String requestId, int safety, Author author) implements Command {}

  /** Drops what has expired, at most {@link Level#DROPS_MAX} holds. */
  record DropExpired() implements Command {}
}
