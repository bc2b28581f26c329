package dev.filo.reservation.domain;

import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Another store that has all of what one could not keep. It lapses at {@code expireTime} itself.
 *
 * @param store {@code stores/} and its id
 * @param distanceMeters from the store that refused; null: not known
 * @param available pieces of the scarcest line, when it was offered
 * @param pickupReadyTime the earliest collection there; null: not known
 * @param state as last written; {@link Reservation#offerStateAt} is where it stands now
 * @param gone stores that were offered before and had it no more
 * @param reservation the id of what came of it; null unless accepted
 */
public record Offer(
    String store,
    String storeTitle,
    @Nullable Double distanceMeters,
    int available,
    @Nullable Instant pickupReadyTime,
    Instant expireTime,
    State state,
    List<String> gone,
    @Nullable String reservation) {

  /** Copies the stores. */
  public Offer {
    gone = List.copyOf(gone);
  }

  /** Where an offer can stand. */
  public enum State {
    /** It can be taken or left. */
    OPEN,
    /** It was taken. */
    ACCEPTED,
    /** It was left. */
    DECLINED,
    /** That store has it no more. */
    GONE,
    /** Nobody answered in time. */
    LAPSED
  }

  Offer accepted(String by) {
    return new Offer(
        store,
        storeTitle,
        distanceMeters,
        available,
        pickupReadyTime,
        expireTime,
        State.ACCEPTED,
        gone,
        by);
  }

  Offer in(State next) {
    return new Offer(
        store,
        storeTitle,
        distanceMeters,
        available,
        pickupReadyTime,
        expireTime,
        next,
        gone,
        reservation);
  }

  /** All stores that are of no use any more, this one included. */
  public List<String> tried() {
    var tried = new ArrayList<>(gone);
    tried.add(store);
    return tried;
  }
}
