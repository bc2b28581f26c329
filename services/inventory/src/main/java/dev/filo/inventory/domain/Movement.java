package dev.filo.inventory.domain;

import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.function.UnaryOperator;
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
   * @param kit the kit they moved in; null when in none
   */
  public record Details(
      String counterpart,
      String transfer,
      List<String> serials,
      @Nullable SetAside reason,
      @Nullable InKit kit) {
    /** Nothing of it. */
    public static final Details NONE = new Details("", "", List.of(), null);

    /** Copies what can change. */
    public Details {
      serials = List.copyOf(serials);
    }

    /** In no kit. */
    public Details(
        String counterpart, String transfer, List<String> serials, @Nullable SetAside reason) {
      this(counterpart, transfer, serials, reason, null);
    }

    /** A transfer's. */
    public static Details transfer(String transfer, String counterpart) {
      return new Details(counterpart, transfer, List.of(), null);
    }
  }

  /**
   * What joins a movement of kits with those of their components. The kits' own movement is the
   * journal: it changes no level, and says what a kit was made of when it was recorded first.
   *
   * @param sku the kit
   * @param movement the id of the kits' own movement
   * @param components of the kits' own movement what one kit is made of, each SKU once; of a
   *     component's movement empty
   * @param serialized of the kits' own movement the component whose pieces have serial numbers;
   *     empty when none has
   */
  public record InKit(String sku, String movement, List<Hold.Line> components, String serialized) {
    /** Copies what can change. */
    public InKit {
      components = List.copyOf(components);
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

  /**
   * The same as a movement of kits.
   *
   * @param serialized the component whose pieces have serial numbers; empty when none has
   */
  public Movement ofKits(List<Hold.Line> components, String serialized) {
    return with(
        new Details(
            details.counterpart,
            details.transfer,
            details.serials,
            details.reason,
            new InKit(Level.empty(level).sku(), id, components, serialized)));
  }

  /** True for a movement of kits, not of their components. */
  public boolean isOfKits() {
    return details.kit != null && !details.kit.components.isEmpty();
  }

  /**
   * What a movement of kits moves: a movement for each component, always the same ones. The first
   * is the only one that may not go with what is there: the one whose pieces have serial numbers.
   *
   * @param idOf a component's movement's id, from its SKU
   */
  public List<Movement> parts(UnaryOperator<String> idOf) {
    var kit = details.kit;
    if (kit == null) {
      throw new IllegalStateException("not of kits: " + id);
    }
    var parts = new ArrayList<Movement>();
    for (Hold.Line line : kit.components) {
      boolean isNamed = line.sku().equals(kit.serialized);
      var part =
          new Movement(
              idOf.apply(line.sku()),
              kind,
              Level.id(line.sku(), Level.empty(level).location()),
              Math.multiplyExact(line.quantity(), quantity),
              effectiveTime,
              cause.isEmpty() ? "stockItems/" + kit.sku : cause,
              author,
              "",
              "in " + id,
              new Details(
                  "",
                  "",
                  isNamed ? details.serials : List.of(),
                  null,
                  new InKit(kit.sku, id, List.of(), "")));
      parts.add(isNamed ? 0 : parts.size(), part);
    }
    return parts;
  }

  private Movement with(Details next) {
    return new Movement(
        id, kind, level, quantity, effectiveTime, cause, author, hold, content, next);
  }

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
