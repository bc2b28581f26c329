package dev.filo.reservation.domain;

import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Goods kept for a person at a store until a moment. Immutable: a command gives the next state or a
 * {@link Refusal}. A reservation lapses at {@code expireTime} itself, whoever looks.
 *
 * @param id {@code reservations/} and this is its name
 * @param version rises by one with every change
 * @param state where it stands as last written; {@link #stateAt} is where it stands now
 * @param step what of inventory's is still to be done
 * @param wantedEnd what the end shall become, while {@link Step#EXTEND} is to be done; null
 *     otherwise
 * @param hold the name of the goods' hold at inventory: another one for each attempt to hold them
 */
public record Reservation(
    String id,
    long version,
    String customer,
    String store,
    List<Line> lines,
    State state,
    Step step,
    Instant expireTime,
    @Nullable Instant wantedEnd,
    String hold,
    String pickupCode) {

  /** Copies the lines. */
  public Reservation {
    lines = List.copyOf(lines);
  }

  /** Pieces of one SKU; {@code requested} is more than {@code quantity} when it was partial. */
  public record Line(
      String sku,
      int quantity,
      int requested,
      String title,
      String mediaUri,
      String currency,
      long unitPriceNanos) {}

  /** Where a reservation stands. */
  public sealed interface State {
    /** Not known yet whether the goods can be kept. */
    record Pending() implements State {}

    /** Kept; not yet set aside. */
    record Held() implements State {}

    /** Set aside. */
    record Prepared(Instant at) implements State {}

    /** She has it. */
    record Collected(Instant at) implements State {}

    /** The moment passed. */
    record Expired() implements State {}

    /** Withdrawn. */
    record Cancelled() implements State {}

    /** The store could not keep it. */
    record Refused(String reason) implements State {}

    /** True while goods are kept. */
    default boolean isOpen() {
      return this instanceof Held || this instanceof Prepared;
    }

    /** The state's name as clients and the database know it. */
    default String label() {
      return switch (this) {
        case Pending p -> "PENDING";
        case Held h -> "HELD";
        case Prepared p -> "PREPARED";
        case Collected c -> "COLLECTED";
        case Expired e -> "EXPIRED";
        case Cancelled c -> "CANCELLED";
        case Refused r -> "REFUSED";
      };
    }
  }

  /** What inventory has still to be asked; repeating any of it is harmless. */
  public enum Step {
    /** Nothing: both sides agree. */
    NONE,
    /** To hold the goods. */
    PLACE,
    /** To move the end of the hold to {@link #wantedEnd}. */
    EXTEND,
    /** To sell the held goods; nothing else may happen until it is known whether that worked. */
    SELL,
    /** To free the goods. */
    RELEASE
  }

  /**
   * Where it stands at an instant: what is kept lapses at {@code expireTime}, unless it is being
   * sold.
   */
  public State stateAt(Instant now) {
    return state.isOpen() && step != Step.SELL && !now.isBefore(expireTime)
        ? new State.Expired()
        : state;
  }

  /** The goods are held. */
  public Reservation held() {
    return with(new State.Held(), Step.NONE);
  }

  /** Fewer goods shall be held, by a hold of another name: the former holds nothing. */
  public Reservation part(List<Line> kept, String otherHold) {
    return new Reservation(
        id,
        version + 1,
        customer,
        store,
        kept,
        state,
        step,
        expireTime,
        wantedEnd,
        otherHold,
        pickupCode);
  }

  /** The goods cannot be held: what was begun is undone, and then nothing is left of it. */
  public Reservation dropped() {
    return with(state, Step.RELEASE);
  }

  /** The store has set it aside; a second time changes nothing. */
  public Decision prepare(Instant now) {
    return switch (stateAt(now)) {
      case State.Held h when step != Step.SELL ->
          new Decision.Changed(with(new State.Prepared(now), step, expireTime, wantedEnd));
      case State.Prepared p -> new Decision.Unchanged(this);
      case State other -> over(other);
    };
  }

  /** It is withdrawn; a second time changes nothing. */
  public Decision cancel(Instant now) {
    return switch (stateAt(now)) {
      case State.Held h when step != Step.SELL -> ended(new State.Cancelled());
      case State.Prepared p when step != Step.SELL -> ended(new State.Cancelled());
      case State.Cancelled c -> new Decision.Unchanged(this);
      case State other -> over(other);
    };
  }

  /** The store cannot keep it; a second time changes nothing. */
  public Decision refuse(String reason, Instant now) {
    return switch (stateAt(now)) {
      case State.Held h when step != Step.SELL -> ended(new State.Refused(reason));
      case State.Prepared p when step != Step.SELL -> ended(new State.Refused(reason));
      case State.Refused r -> new Decision.Unchanged(this);
      case State other -> over(other);
    };
  }

  /**
   * It shall be kept longer, until {@code end}; {@code latest} is what the policy allows. First
   * inventory moves the end of the hold, then it is {@link #extended}.
   */
  public Decision extend(Instant end, Instant latest, Instant now) {
    return switch (stateAt(now)) {
      case State.Held h when step != Step.SELL -> extending(end, latest, now);
      case State.Prepared p when step != Step.SELL -> extending(end, latest, now);
      case State other -> over(other);
    };
  }

  private Decision extending(Instant end, Instant latest, Instant now) {
    if (step == Step.EXTEND) {
      return end.equals(wantedEnd)
          ? new Decision.Unchanged(this)
          : new Decision.Refused(new Refusal.StateWrong(state.label()));
    }
    if (!end.isAfter(now)) {
      return new Decision.Refused(new Refusal.TimeInvalid(latest));
    }
    if (end.isAfter(latest)) {
      return new Decision.Refused(new Refusal.ExtensionTooLong(latest));
    }
    if (end.isBefore(expireTime)) {
      return new Decision.Refused(new Refusal.TimeInvalid(latest)); // it is never kept shorter
    }
    return end.equals(expireTime)
        ? new Decision.Unchanged(this)
        : new Decision.Changed(with(state, Step.EXTEND, expireTime, end));
  }

  /** Inventory has moved the end of the hold. */
  public Reservation extended() {
    return with(state, Step.NONE, wantedEnd == null ? expireTime : wantedEnd, null);
  }

  /**
   * It is about to be handed over at {@code where}: first inventory sells, then it is collected.
   */
  public Decision collect(String where, Instant now) {
    return switch (stateAt(now)) {
      case State.Collected c -> new Decision.Refused(new Refusal.AlreadyCollected(c.at()));
      case State.Held h when !store.equals(where) ->
          new Decision.Refused(new Refusal.WrongStore(store));
      case State.Prepared p when !store.equals(where) ->
          new Decision.Refused(new Refusal.WrongStore(store));
      case State.Held h -> selling();
      case State.Prepared p -> selling();
      case State other -> over(other);
    };
  }

  private Decision selling() {
    return step == Step.SELL
        ? new Decision.Unchanged(this)
        : new Decision.Changed(with(state, Step.SELL));
  }

  /** Inventory has sold the goods. */
  public Reservation sold(Instant now) {
    return with(new State.Collected(now), Step.NONE);
  }

  /** Inventory's hold had ended, or the moment passed; should the hold last longer, it is freed. */
  public Reservation expired() {
    return with(new State.Expired(), Step.RELEASE);
  }

  /** Inventory has freed the goods. */
  public Reservation released() {
    return with(state, Step.NONE);
  }

  private Decision ended(State end) {
    return new Decision.Changed(with(end, Step.RELEASE));
  }

  private static Decision over(State now) {
    return new Decision.Refused(
        now.isOpen() || now instanceof State.Pending
            ? new Refusal.StateWrong(now.label())
            : new Refusal.Over(now.label()));
  }

  private Reservation with(State next, Step todo) {
    return with(next, todo, expireTime, null);
  }

  private Reservation with(State next, Step todo, Instant end, @Nullable Instant wanted) {
    return new Reservation(
        id, version + 1, customer, store, lines, next, todo, end, wanted, hold, pickupCode);
  }

  /** Pieces in all lines. */
  public int units() {
    return lines.stream().mapToInt(Line::quantity).sum();
  }
}
