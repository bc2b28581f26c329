package dev.filo.identity.domain;

import java.time.Duration;
import java.time.Instant;

/**
 * A sign-in of a device that has no browser of its own (RFC 8628): a person enters its user code on
 * another device and says yes or no there.
 *
 * @param id the keyed hash of its device code
 * @param userCodeHash the keyed hash of what the person enters
 * @param device as it named itself; empty when it did not
 * @param principal who said yes; empty before
 * @param pollTime when it last asked
 * @param interval how long it must wait between two questions
 */
public record DeviceLogin(
    String id,
    String userCodeHash,
    String clientId,
    String device,
    State state,
    String principal,
    Instant pollTime,
    Duration interval,
    Instant expireTime) {

  /** The states of such a sign-in. */
  public enum State {
    /** Nobody has answered yet. */
    OPEN,
    /** Somebody said yes. */
    APPROVED,
    /** Somebody said no. */
    DENIED,
    /** The device has its tokens. */
    USED
  }

  /** True while somebody may answer. */
  public boolean isOpen(Instant now) {
    return state == State.OPEN && now.isBefore(expireTime);
  }
}
