package dev.filo.inventory.domain;

import java.time.Instant;

/**
 * A hold's part on one level.
 *
 * @param expireTime from this instant on it holds nothing
 * @param pinned true while it is being sold together with other SKUs: then it does not expire
 */
public record Held(String hold, int quantity, Instant expireTime, boolean pinned) {

  /** True when it keeps pieces at this instant. */
  public boolean counts(Instant now) {
    return pinned || now.isBefore(expireTime);
  }
}
