package dev.filo.inventory.domain;

import java.time.Instant;

/**
 * The newest count of a level by the time it was true; of two at one instant the one with the
 * greater movement id, so that the order of arrival never matters.
 */
public record Count(String movement, Instant effectiveTime, int quantity) {

  /** True when a count at this time, with this id, is newer. */
  public boolean isBefore(Instant otherTime, String otherMovement) {
    int order = effectiveTime.compareTo(otherTime);
    return order < 0 || (order == 0 && movement.compareTo(otherMovement) < 0);
  }
}
