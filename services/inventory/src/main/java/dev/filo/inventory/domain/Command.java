package dev.filo.inventory.domain;

import java.time.Instant;
import org.jspecify.annotations.Nullable;

/** What can be asked of one level. Repeating a command changes nothing. */
public sealed interface Command {
  /**
   * Keeps pieces for a hold.
   *
   * @param safety what is kept back unless the level has a number of its own
   * @param journal the hold as it is once its pieces are kept here, if it is of this level alone:
   *     the level carries it until it lies among the journals. Null when its journal is there
   *     already.
   */
  record Place(
      String hold,
      int quantity,
      Instant expireTime,
      Author author,
      int safety,
      @Nullable Hold journal)
      implements Command {
    /** For a hold whose journal is there already. */
    public Place(String hold, int quantity, Instant expireTime, Author author, int safety) {
      this(hold, quantity, expireTime, author, safety, null);
    }

    /** With nothing kept back but by the level itself. */
    public Place(String hold, int quantity, Instant expireTime, Author author) {
      this(hold, quantity, expireTime, author, 0);
    }
  }

  /**
   * Keeps so many pieces for a hold, more or fewer than before, or lets as many expire again after
   * a {@link Pin}. What is asked with a smaller revision afterwards changes nothing.
   *
   * @param quantity 0 to keep none
   * @param isNew true when the hold may have had nothing here before
   * @param safety what is kept back unless the level has a number of its own
   */
  record Resize(
      String hold,
      int quantity,
      Instant expireTime,
      long revision,
      boolean isNew,
      int safety,
      Author author)
      implements Command {}

  /**
   * Keeps a hold's pieces from expiring while it is sold with other SKUs.
   *
   * @param revision what was asked with a greater one before has made it void
   */
  record Pin(String hold, Movement sale, long revision) implements Command {}

  /**
   * Moves the end of a hold. What is asked with a smaller revision than something before changes
   * nothing; of several ends asked with the same one the latest stays.
   */
  record Extend(String hold, Instant expireTime, long revision, Author author) implements Command {}

  /** Frees a hold's pieces. */
  record Free(String hold, Author author) implements Command {}

  /** Sells a hold's pieces: on hand and held fall together. */
  record Sell(Movement sale) implements Command {}

  /** Records a movement that concerns no hold. */
  record Enter(Movement movement) implements Command {}

  /**
   * Sets what is kept back.
   *
   * @param own false: the rules decide, the level has no number of its own any more
   */
  record SetSafety(String requestId, int safety, Author author, boolean own) implements Command {
    /** Sets a number of the level's own. */
    public SetSafety(String requestId, int safety, Author author) {
      this(requestId, safety, author, true);
    }
  }

  /** Says what is expected under an id; a quantity of 0: nothing more. */
  record Expect(String requestId, Incoming incoming, Author author) implements Command {}

  /** Drops what has expired, at most {@link Level#DROPS_MAX} holds. */
  record DropExpired() implements Command {}
}
