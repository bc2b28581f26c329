package dev.filo.inventory.domain;

import java.time.Instant;

/**
 * A movement's effect on its level, carried by the level itself until the ledger has it.
 *
 * @param movement the movement's id
 * @param sequence 1 for a level's first movement, then 2
 * @param counted true for a count
 * @param delta what the movement adds when it is not a count
 * @param after the level right after it
 */
public record Applied(
    String movement,
    long sequence,
    boolean counted,
    int delta,
    Instant effectiveTime,
    Snapshot after) {}
