package dev.filo.pos.journal;

import com.fasterxml.jackson.annotation.JsonSubTypes;
import com.fasterxml.jackson.annotation.JsonTypeInfo;
import java.time.Instant;
import java.util.List;
import java.util.Map;

/** One thing a clerk did, under an id that it keeps for ever. Immutable. */
@JsonTypeInfo(use = JsonTypeInfo.Id.NAME, property = "entry")
@JsonSubTypes({
  @JsonSubTypes.Type(value = Entry.Movements.class, name = "movements"),
  @JsonSubTypes.Type(value = Entry.Collection.class, name = "collection")
})
public sealed interface Entry {
  /** Unique for ever: what the gateway recognises a repetition by. */
  String id();

  /** The store it happened at: {@code stores/milano}. */
  String store();

  /** When it happened, by the till's clock, to the millisecond. */
  Instant time();

  /** What. */
  List<Line> lines();

  /** The id of the movement that a line becomes. */
  default String movementId(int line) {
    return id() + "-" + (line + 1);
  }

  /** The kinds of movement a till records. */
  enum Kind {
    /** Goods went to a customer. */
    SALE,
    /** Goods came back. */
    RETURN,
    /** Goods came in. */
    RECEIPT,
    /** Somebody counted. */
    COUNT
  }

  /**
   * Pieces of something.
   *
   * @param code a SKU or a GTIN, as it was typed or scanned
   * @param sku the SKU it means; empty when nobody could be asked yet
   * @param quantity pieces; of a count what was found
   * @param serials the pieces' serial numbers; empty when they have none
   */
  record Line(String code, String sku, int quantity, List<String> serials) {
    /** Reads what an older till left out as empty. */
    public Line {
      sku = java.util.Objects.requireNonNullElse(sku, "");
      serials = serials == null ? List.of() : List.copyOf(serials);
    }

    /** Pieces without serial numbers. */
    public Line(String code, String sku, int quantity) {
      this(code, sku, quantity, List.of());
    }
  }

  /**
   * A sale, a return, a receipt or a count: each line becomes one movement of the ledger.
   *
   * @param cause why; may be empty
   */
  record Movements(String id, Kind kind, String store, Instant time, String cause, List<Line> lines)
      implements Entry {
    /** Copies the lines; what is empty is left out in the journal. */
    public Movements {
      lines = List.copyOf(lines);
      cause = java.util.Objects.requireNonNullElse(cause, "");
    }
  }

  /**
   * Reserved goods handed over for a code.
   *
   * @param code the pickup code
   * @param lines which pieces; empty: all
   * @param releaseRest whether the pieces not taken are freed
   * @param serials which pieces leave, by SKU; empty: whichever
   */
  record Collection(
      String id,
      String store,
      Instant time,
      String code,
      List<Line> lines,
      boolean releaseRest,
      Map<String, List<String>> serials)
      implements Entry {
    /** Copies what can change; what is empty is left out in the journal. */
    public Collection {
      lines = lines == null ? List.of() : List.copyOf(lines);
      serials = serials == null ? Map.of() : Map.copyOf(serials);
    }

    /** True when both ask for the same goods under the same code. */
    public boolean asksTheSame(Collection other) {
      return store.equals(other.store)
          && plain(code).equals(plain(other.code))
          && lines.equals(other.lines)
          && releaseRest == other.releaseRest
          && serials.equals(other.serials);
    }

    /** A code as the gateway reads it: without case, spaces and hyphens. */
    public static String plain(String code) {
      return code.replaceAll("[\\s-]", "").toUpperCase(java.util.Locale.ROOT);
    }
  }
}
