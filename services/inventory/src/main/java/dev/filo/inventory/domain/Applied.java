package dev.filo.inventory.domain;

import java.time.Instant;
import java.util.List;

/**
 * A movement's effect on its level, carried by the level itself until the ledger has it.
 *
 * @param movement the movement's id
 * @param sequence 1 for a level's first movement, then 2
 * @param counted true for a count
 * @param delta what the movement adds when it is not a count
 * @param after the level right after it
 * @param serials the serial numbers that came in, went out or were found
 */
public record Applied(
    String movement,
    long sequence,
    boolean counted,
    int delta,
    Instant effectiveTime,
    Snapshot after,
    List<String> serials) {
  /** Copies what can change. */
  public Applied {
    serials = List.copyOf(serials);
  }
}
