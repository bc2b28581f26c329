package dev.filo.inventory.domain;

import java.time.Instant;

/**
 * A level's numbers at one instant.
 *
 * @param onHand pieces physically there
 * @param setAside pieces of them that cannot be sold
 * @param held pieces in holds that counted at {@code time}
 * @param safety pieces kept back, and why
 * @param inTransit pieces on their way here by transfers
 * @param etag tells this state from others
 */
public record Snapshot(
    int onHand, int setAside, int held, Safety safety, int inTransit, String etag, Instant time) {

  /** Pieces that can be promised, never below 0. */
  public int available() {
    return available(onHand, setAside, held, safety.pieces());
  }

  static int available(int onHand, int setAside, int held, int safety) {
    return (int) Math.clamp((long) onHand - setAside - held - safety, 0L, Integer.MAX_VALUE);
  }

  /** The same with another safety stock. */
  public Snapshot with(Safety other) {
    return new Snapshot(onHand, setAside, held, other, inTransit, etag, time);
  }
}
