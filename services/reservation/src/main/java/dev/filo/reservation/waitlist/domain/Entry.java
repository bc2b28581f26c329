package dev.filo.reservation.waitlist.domain;

import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * One person's place in a line. Immutable.
 *
 * @param id {@code waitlistEntries/} and this is its name
 * @param quantity pieces asked for, at least 1
 * @param tries how often pieces were asked for her: each try has a hold of its own
 * @param stateTime since when it stands so
 * @param about what people are shown
 */
public record Entry(
    String id,
    String customer,
    int quantity,
    Instant joinTime,
    int tries,
    State state,
    Instant stateTime,
    About about) {

  /**
   * What people are shown of an entry, as it was when she joined.
   *
   * @param guest true when she had not signed in: the guest's limits are hers
   */
  public record About(
      String title,
      String mediaUri,
      String storeTitle,
      String customerDisplayName,
      boolean guest,
      Author createdBy) {}

  /**
   * Pieces held, or to be held, for her.
   *
   * @param hold its name at inventory
   * @param quantity 1 to what was asked for
   * @param expireTime from this instant on nothing is held
   */
  public record Offer(String hold, int quantity, Instant expireTime) {}

  /** Where an entry stands. */
  public sealed interface State {
    /** Not known yet whether the policy lets her wait. */
    record Joining() implements State {}

    /** In line. */
    record Waiting() implements State {}

    /** Inventory is being asked for her pieces; nothing was said to her yet. */
    record Offering(Offer offer) implements State {}

    /** Pieces are held for her. */
    record Offered(Offer offer) implements State {}

    /**
     * She takes them: the hold is being made a reservation's.
     *
     * @param until how long the reservation shall be
     * @param by who took them
     */
    record Accepting(Offer offer, Instant until, Author by) implements State {}

    /** She has a reservation, the id of which it is, of so many pieces. */
    record Taken(String reservation, int quantity) implements State {}

    /** She did not take them in time; {@code hold} is to be freed should it still be there. */
    record Lapsed(String hold) implements State {}

    /** She left; {@code hold} is to be freed, empty when there is none. */
    record Left(String hold) implements State {}

    /** True when she is in line no more. */
    default boolean isOver() {
      return this instanceof Taken || this instanceof Lapsed || this instanceof Left;
    }

    /** The state's name as clients know it; empty when they do not know of it yet. */
    default String label() {
      return switch (this) {
        case Joining j -> "";
        case Waiting w -> "WAITING";
        case Offering o -> "WAITING";
        case Offered o -> "OFFERED";
        case Accepting a -> "OFFERED";
        case Taken t -> "TAKEN";
        case Lapsed l -> "LAPSED";
        case Left l -> "LEFT";
      };
    }

    /** What is held, or to be held, for her; null when nothing is. */
    default @Nullable Offer offer() {
      return switch (this) {
        case Offering(var offer) -> offer;
        case Offered(var offer) -> offer;
        case Accepting(var offer, var until, var by) -> offer;
        case Joining j -> null;
        case Waiting w -> null;
        case Taken t -> null;
        case Lapsed l -> null;
        case Left l -> null;
      };
    }

    /** The hold that is to be freed; empty when there is none. */
    default String toFree() {
      return switch (this) {
        case Lapsed(var hold) -> hold;
        case Left(var hold) -> hold;
        case Joining j -> "";
        case Waiting w -> "";
        case Offering o -> "";
        case Offered o -> "";
        case Accepting a -> "";
        case Taken t -> "";
      };
    }
  }

  /** Where it stands at an instant: an offer lapses at its end, unless it is being taken. */
  public State stateAt(Instant now) {
    return state instanceof State.Offered(var offer) && !now.isBefore(offer.expireTime())
        ? new State.Lapsed(offer.hold())
        : state;
  }

  /** The same, standing otherwise since an instant. */
  Entry with(State next, Instant now) {
    return new Entry(id, customer, quantity, joinTime, tries, next, now, about);
  }

  /** The same, with pieces to be asked for once more. */
  Entry offering(Offer offer, Instant now) {
    return new Entry(
        id, customer, quantity, joinTime, tries + 1, new State.Offering(offer), now, about);
  }

  /** The same, another's. */
  Entry of(String other) {
    return new Entry(id, other, quantity, joinTime, tries, state, stateTime, about);
  }
}
