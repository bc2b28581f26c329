package dev.filo.cart.domain;

/**
 * How goods come to her.
 *
 * @param store {@code stores/x} for pickup; empty otherwise
 */
public record Fulfilment(Kind kind, String store) {
  /** Not chosen. */
  public static final Fulfilment OPEN = new Fulfilment(Kind.OPEN, "");

  /** Ways goods come to her. */
  public enum Kind {
    /** Not chosen. */
    OPEN,
    /** Sent to her. */
    SHIP,
    /** Fetched at a store. */
    PICKUP
  }
}
