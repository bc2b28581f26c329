package dev.filo.inventory.domain;

import java.time.Instant;

/**
 * One change of what is physically there, as it was asked for. Immutable.
 *
 * @param id unique for ever over the retailer
 * @param level {@code SKU@store}
 * @param quantity pieces as the kind reads them: moved, added or counted
 * @param effectiveTime when it was true at the shelf
 * @param cause why; may be empty
 * @param hold the hold the goods are sold out of; empty when none
 * @param content tells what was asked from anything else asked under the same id
 */
public record Movement(
    String id,
    Kind kind,
    String level,
    int quantity,
    Instant effectiveTime,
    String cause,
    Author author,
    String hold,
    String content) {

  /** The kinds of movement. */
  public enum Kind {
    /** Goods came in. */
    RECEIPT,
    /** Goods went to a customer. */
    SALE,
    /** Goods came back. */
    RETURN,
    /** A correction. */
    ADJUSTMENT,
    /** Somebody counted. */
    COUNT
  }

  /** The largest quantity of one movement. */
  public static final int QUANTITY_MAX = 1_000_000;

  /** True when the quantity fits the kind. */
  public boolean quantityFits() {
    return switch (kind) {
      case RECEIPT, SALE, RETURN -> quantity >= 1 && quantity <= QUANTITY_MAX;
      case ADJUSTMENT -> quantity != 0 && quantity >= -QUANTITY_MAX && quantity <= QUANTITY_MAX;
      case COUNT -> quantity >= 0 && quantity <= QUANTITY_MAX;
    };
  }

  /** True when both ask for the same. */
  public boolean sameContent(Movement other) {
    return level.equals(other.level) && content.equals(other.content);
  }

  /** What it adds to what is there; 0 for a count, which sets instead. */
  public int delta() {
    return switch (kind) {
      case RECEIPT, RETURN, ADJUSTMENT -> quantity;
      case SALE -> -quantity;
      case COUNT -> 0;
    };
  }
}
