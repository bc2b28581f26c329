package dev.filo.inventory.domain;

import java.time.Instant;

/**
 * A level's numbers at one instant.
 *
 * @param onHand pieces physically there
 * @param held pieces in holds that counted at {@code time}
 * @param safety pieces kept back
 * @param etag tells this state from others
 */
public record Snapshot(int onHand, int held, int safety, String etag, Instant time) {

  /** Pieces that can be promised, never below 0. */
  public int available() {
    return (int) Math.max(0L, (long) onHand - held - safety);
  }
}
