package dev.filo.inventory.domain;

import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

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
 * @param details what only some kinds have
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
    String content,
    Details details) {

  /**
   * What only some kinds of movement have.
   *
   * @param counterpart the other end of a transfer, {@code stores/milano}; empty when it is none
   * @param transfer joins both ends of a transfer; empty when it is none
   * @param serials the pieces' serial numbers; empty when they have none
   * @param reason why pieces are set aside; null when they are not
   */
  public record Details(
      String counterpart, String transfer, List<String> serials, @Nullable SetAside reason) {
    /** Nothing of it. */
    public static final Details NONE = new Details("", "", List.of(), null);

    /** Copies what can change. */
    public Details {
      serials = List.copyOf(serials);
    }

    /** A transfer's. */
    public static Details transfer(String transfer, String counterpart) {
      return new Details(counterpart, transfer, List.of(), null);
    }
  }

  /** A movement without details. */
  public Movement(
      String id,
      Kind kind,
      String level,
      int quantity,
      Instant effectiveTime,
      String cause,
      Author author,
      String hold,
      String content) {
    this(id, kind, level, quantity, effectiveTime, cause, author, hold, content, Details.NONE);
  }

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
    COUNT,
    /** Goods left for another location. */
    TRANSFER_OUT,
    /** Goods of a transfer arrived. */
    TRANSFER_IN,
    /** Pieces were set aside, or can be sold again. */
    SET_ASIDE,
    /** Goods are on their way here: written beside the other end's {@link #TRANSFER_OUT}. */
    TRANSFER_ANNOUNCED;

    /** True for the two ends of a transfer. */
    public boolean isTransfer() {
      return this == TRANSFER_OUT || this == TRANSFER_IN;
    }
  }

  /** The largest quantity of one movement. */
  public static final int QUANTITY_MAX = 1_000_000;

  /** True when the quantity fits the kind. */
  public boolean quantityFits() {
    return switch (kind) {
      case RECEIPT, SALE, RETURN, TRANSFER_IN -> quantity >= 1 && quantity <= QUANTITY_MAX;
      case ADJUSTMENT, TRANSFER_OUT, SET_ASIDE, TRANSFER_ANNOUNCED ->
          quantity != 0 && quantity >= -QUANTITY_MAX && quantity <= QUANTITY_MAX;
      case COUNT -> quantity >= 0 && quantity <= QUANTITY_MAX;
    };
  }

  /** True when both ask for the same. */
  public boolean sameContent(Movement other) {
    return level.equals(other.level) && content.equals(other.content);
  }

  /** What it adds to what is there; 0 for a count, which sets instead, and where nothing moves. */
  public int delta() {
    return switch (kind) {
      case RECEIPT, RETURN, ADJUSTMENT, TRANSFER_IN -> quantity;
      case SALE, TRANSFER_OUT -> -quantity;
      case COUNT, SET_ASIDE, TRANSFER_ANNOUNCED -> 0;
    };
  }

  /**
   * What the other end of a transfer is told when goods leave for it.
   *
   * @param announcedId unique for ever, and always the same for this movement
   */
  public Movement announced(String announcedId) {
    var here = Level.empty(level);
    return new Movement(
        announcedId,
        Kind.TRANSFER_ANNOUNCED,
        Level.id(here.sku(), details.counterpart()),
        quantity,
        effectiveTime,
        cause,
        author,
        "",
        "announces " + id,
        Details.transfer(details.transfer(), here.location()));
  }
}
