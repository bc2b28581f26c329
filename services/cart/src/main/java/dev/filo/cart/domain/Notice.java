package dev.filo.cart.domain;

import java.time.Instant;

/** Something a merge did that the customer should know. */
public sealed interface Notice {
  /** When it happened. */
  Instant time();

  /**
   * More pieces came together in a line than it may have.
   *
   * @param asked how many there would have been
   */
  record QuantityCapped(String line, int asked, Instant time) implements Notice {}

  /**
   * Lines came from another device.
   *
   * @param device empty when it is not known or there were several
   */
  record LinesMerged(int count, String device, Instant time) implements Notice {}
}
