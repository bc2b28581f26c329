package dev.filo.cart.domain;

import java.time.Instant;

/** Something that happened to a cart and that the customer should know. */
public sealed interface Notice {
  /** When it happened. */
  Instant time();

  /**
   * More pieces came together in a line than it may have.
   *
   * @param asked how many there would have been
   */
  record QuantityCapped(String line, int asked, Instant time) implements Notice {}

  /** Lines went back to a cart of which it turned out that it is somebody else's. */
  record LinesReturned(int count, Instant time) implements Notice {}

  /** An agent took a line out, with her consent. */
  record AgentRemoved(String title, String by, Instant time) implements Notice {}
}
