package dev.filo.cart.order.domain;

import java.util.Map;

/** What came of keeping a parcel's goods where it is tried. */
public sealed interface Securing {
  /**
   * They are kept.
   *
   * @param reservation {@code reservations/x}; empty when they are held at a warehouse
   * @param title the place's name to show; empty when not known
   */
  record Kept(String reservation, String title) implements Securing {}

  /** There are too few; pieces available by short SKU. */
  record TooFew(Map<String, String> shortOf) implements Securing {
    /** Copies what can change. */
    public TooFew {
      shortOf = Map.copyOf(shortOf);
    }
  }

  /** The store hands nothing over now. */
  record Closed(String store) implements Securing {}
}
