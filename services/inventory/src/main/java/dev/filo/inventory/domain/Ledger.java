package dev.filo.inventory.domain;

import java.time.Instant;
import java.util.List;
import java.util.Map;

/**
 * What the ledger says about the movements a batch of commands names.
 *
 * @param entries each named movement the ledger has, by id
 * @param later for each count in the batch, by its movement's id: the level's settled movements
 *     that were true after it
 */
public record Ledger(Map<String, Entry> entries, Map<String, List<Applied>> later) {
  /** A ledger that was asked nothing. */
  public static final Ledger NONE = new Ledger(Map.of(), Map.of());

  /** A movement in the ledger. */
  public sealed interface Entry {
    /** The movement as it was first asked for. */
    Movement movement();

    /** Claimed: it has, as far as the ledger knows, not changed its level yet. */
    record Claimed(Movement movement) implements Entry {}

    /** It changed its level. */
    record Settled(Movement movement, Applied applied, Instant recordTime) implements Entry {}
  }
}
