package dev.filo.calendar;

import java.time.Instant;

/**
 * A stretch of time a store is open.
 *
 * @param opens inclusive
 * @param closes exclusive
 */
public record OpenSpan(Instant opens, Instant closes) {
  /** True when the store is open at this instant because of this span. */
  public boolean contains(Instant instant) {
    return !instant.isBefore(opens) && instant.isBefore(closes);
  }
}
