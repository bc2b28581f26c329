package dev.filo.identity.domain;

import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * The fact that an identifier was seen to be a customer's.
 *
 * @param evidence the strongest there was
 * @param firstTime since when there is this evidence
 * @param lastTime when it was last given
 * @param by who gave it: {@code customers/abc}, {@code services/conversation}, {@code staff/…}
 * @param channel where
 * @param withdrawTime since when it counts no more; null while it does
 */
public record Link(
    IdentifierKey identifier,
    Evidence evidence,
    Instant firstTime,
    Instant lastTime,
    String by,
    String channel,
    @Nullable Instant withdrawTime) {

  /** A new one. */
  public static Link of(
      IdentifierKey identifier, Evidence evidence, Instant time, String by, String channel) {
    return new Link(identifier, evidence, time, time, by, channel, null);
  }

  /** True when it counts and is more than a claim. */
  public boolean isProven() {
    return withdrawTime == null && evidence.isProof();
  }

  /**
   * This fact together with another about the same identifier, whichever came first: the stronger
   * evidence, since when there is it and when it was last given. What was withdrawn counts again
   * only by evidence from after that.
   */
  public Link and(Link other) {
    if (withdrawTime != null) {
      return other.lastTime.isAfter(withdrawTime) ? other : this;
    }
    if (other.withdrawTime != null) {
      return other.and(this);
    }
    if (evidence != other.evidence) {
      return evidence.compareTo(other.evidence) > 0 ? this : other;
    }
    var first = firstTime.isAfter(other.firstTime) ? other : this;
    return new Link(
        identifier,
        evidence,
        first.firstTime,
        lastTime.isAfter(other.lastTime) ? lastTime : other.lastTime,
        first.by,
        first.channel,
        null);
  }

  /** The same, counting no more. */
  public Link withdrawn(Instant now) {
    return new Link(identifier, evidence, firstTime, lastTime, by, channel, now);
  }
}
