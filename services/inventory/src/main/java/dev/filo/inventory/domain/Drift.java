package dev.filo.inventory.domain;

/**
 * Something in a level, the ledger and the holds that does not agree.
 *
 * @param level {@code SKU@store}
 * @param movement the id of the movement concerned; empty when none is, or when it is not known
 * @param hold the id of the hold concerned; empty when none is
 * @param of why pieces are set aside, the transfer they come with, or a piece's serial number;
 *     empty for all other kinds
 * @param expected what it should be
 * @param found what it is
 */
public record Drift(
    Kind kind, String level, String movement, String hold, String of, long expected, long found) {

  /** Of no reason, no transfer and no piece of its own. */
  public Drift(Kind kind, String level, String movement, String hold, long expected, long found) {
    this(kind, level, movement, hold, "", expected, found);
  }

  /** What can disagree. */
  public enum Kind {
    /** On hand is not what the movements add up to. */
    ON_HAND,
    /** The level keeps pieces for a hold that keeps none, or another number than it says. */
    HELD,
    /** A hold is active and the level does not keep its pieces. */
    HOLD,
    /**
     * Of a level's movements one is not known to the ledger, or is there twice, or the ledger has
     * one that the level never had; {@code expected} is the movement's number, {@code found} how
     * many the ledger has of that number.
     */
    SEQUENCE,
    /** The ledger has movements of a level that does not exist; {@code expected} says how many. */
    LEVEL,
    /** The pieces a level says it keeps in all are not those of the holds it keeps. */
    COUNTER,
    /** Pieces set aside for a reason are not what the movements add up to. */
    SET_ASIDE,
    /** Pieces on their way here by a transfer are not what the movements add up to. */
    IN_TRANSIT,
    /** A piece with a serial number is listed, or is not, and the movements say otherwise. */
    SERIAL
  }

  /** True when both are the same drift, though the numbers may have moved on meanwhile. */
  public boolean isSame(Drift other) {
    return kind == other.kind
        && level.equals(other.level)
        && movement.equals(other.movement)
        && hold.equals(other.hold)
        && of.equals(other.of)
        && found - expected == other.found - other.expected;
  }
}
