package dev.filo.identity.domain;

import java.time.Instant;

/**
 * A customer's session on its way to another device.
 *
 * @param id the keyed hash of its code, by which it is found
 * @param session the session that made it; it ends with that one
 * @param confirm whether that session must say yes to the device that shows the code
 * @param device the device that has shown the code, as it named itself; empty before, and when it
 *     did not
 * @param clientId that device's OAuth client; empty before
 * @param claimHash the hash of what tells that device from others; empty before
 */
public record Handoff(
    String id,
    String customer,
    String session,
    boolean confirm,
    State state,
    String device,
    String clientId,
    String claimHash,
    Instant expireTime) {

  /** The states of a hand-off. */
  public enum State {
    /** The code has not been shown yet. */
    OPEN,
    /** A device has shown the code and waits. */
    CLAIMED,
    /** That device may go on. */
    APPROVED,
    /** Nobody goes on. */
    DENIED,
    /** A device has gone on. */
    USED
  }

  /** A new one. */
  public static Handoff open(
      String id, String customer, String session, boolean confirm, Instant expireTime) {
    return new Handoff(id, customer, session, confirm, State.OPEN, "", "", "", expireTime);
  }

  /** What becomes of a hand-off by an act. */
  public sealed interface Outcome {
    /** It moves on, if it still is in the state it was seen in. */
    record Moves(Handoff next) implements Outcome {}

    /** Nothing changes. */
    record Stays() implements Outcome {}

    /** The act is refused. */
    record Refused(Refusal why) implements Outcome {}
  }

  /**
   * A device shows the code.
   *
   * @param by what tells this device from others, hashed; empty when it has nothing
   * @param now the code is worth nothing at {@code expireTime} itself
   */
  public Outcome show(String by, String byDevice, String byClient, Instant now) {
    if (!now.isBefore(expireTime)) {
      return new Outcome.Refused(new Refusal.HandoffExpired());
    }
    if (!confirm) {
      return state == State.OPEN
          ? new Outcome.Moves(moved(State.USED, byDevice, byClient, by))
          : new Outcome.Refused(new Refusal.HandoffExpired());
    }
    if (by.isEmpty()) {
      return new Outcome.Refused(new Refusal.HandoffClaimMissing());
    }
    if (state == State.OPEN) {
      return new Outcome.Moves(moved(State.CLAIMED, byDevice, byClient, by));
    }
    if (!claimHash.equals(by)) {
      return new Outcome.Refused(new Refusal.HandoffExpired()); // another device was first
    }
    return switch (state) {
      case OPEN, USED -> new Outcome.Refused(new Refusal.HandoffExpired());
      case CLAIMED -> new Outcome.Refused(new Refusal.HandoffPending());
      case APPROVED -> new Outcome.Moves(moved(State.USED, device, clientId, claimHash));
      case DENIED -> new Outcome.Refused(new Refusal.HandoffDenied());
    };
  }

  /**
   * The session that made it says yes or no. A no is possible at any time before the yes.
   *
   * @param now nothing can be decided at {@code expireTime} itself
   */
  public Outcome decide(boolean approve, Instant now) {
    boolean same = approve ? state == State.APPROVED || state == State.USED : state == State.DENIED;
    if (same) {
      return new Outcome.Stays();
    }
    if (!now.isBefore(expireTime)) {
      return new Outcome.Refused(new Refusal.HandoffExpired());
    }
    if (state == State.CLAIMED) {
      return new Outcome.Moves(
          moved(approve ? State.APPROVED : State.DENIED, device, clientId, claimHash));
    }
    return state == State.OPEN && !approve
        ? new Outcome.Moves(moved(State.DENIED, "", "", ""))
        : new Outcome.Refused(new Refusal.HandoffNotClaimed());
  }

  private Handoff moved(State to, String byDevice, String byClient, String by) {
    return new Handoff(id, customer, session, confirm, to, byDevice, byClient, by, expireTime);
  }
}
