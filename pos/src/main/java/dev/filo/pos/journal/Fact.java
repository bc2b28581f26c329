package dev.filo.pos.journal;

import com.fasterxml.jackson.annotation.JsonSubTypes;
import com.fasterxml.jackson.annotation.JsonTypeInfo;
import java.time.Instant;
import java.util.List;
import java.util.Map;

/** One line of the journal: what happened to an entry. Immutable. */
@JsonTypeInfo(use = JsonTypeInfo.Id.NAME, property = "fact")
@JsonSubTypes({
  @JsonSubTypes.Type(value = Fact.Recorded.class, name = "recorded"),
  @JsonSubTypes.Type(value = Fact.Resolved.class, name = "resolved"),
  @JsonSubTypes.Type(value = Fact.Done.class, name = "done"),
  @JsonSubTypes.Type(value = Fact.Refused.class, name = "refused"),
  @JsonSubTypes.Type(value = Fact.Retried.class, name = "retried"),
  @JsonSubTypes.Type(value = Fact.Dropped.class, name = "dropped"),
  @JsonSubTypes.Type(value = Fact.Counted.class, name = "counted")
})
public sealed interface Fact {
  /**
   * Something happened and is to be sent.
   *
   * @param number what the clerk calls it: 1, 2, 3 …
   */
  record Recorded(int number, Entry entry) implements Fact {}

  /**
   * The barcodes of an entry were looked up. From now on the same SKUs are sent, whatever the
   * catalog says later.
   *
   * @param skus the SKU of each barcode
   */
  record Resolved(int number, Map<String, String> skus) implements Fact {
    /** Copies the map. */
    public Resolved {
      skus = skus == null ? Map.of() : Map.copyOf(skus);
    }
  }

  /**
   * The gateway has it.
   *
   * @param time when the till heard so
   * @param answer the words of it, for who asks again
   */
  record Done(int number, Instant time, String answer) implements Fact {
    /** Reads what was left out as empty. */
    public Done {
      answer = java.util.Objects.requireNonNullElse(answer, "");
    }
  }

  /** The gateway did not take it, or not all of it. */
  record Refused(int number, Instant time, List<Refusal> refusals) implements Fact {
    /** Copies the list. */
    public Refused {
      refusals = refusals == null ? List.of() : List.copyOf(refusals);
    }
  }

  /**
   * Why a line was not taken.
   *
   * @param code the SKU or GTIN; empty: the whole entry
   * @param reason a reason of the API's {@code ErrorReason}s, without prefix
   * @param detail the gateway's words
   */
  record Refusal(String code, String reason, String detail) {
    /** Reads what was left out as empty. */
    public Refusal {
      code = java.util.Objects.requireNonNullElse(code, "");
      reason = java.util.Objects.requireNonNullElse(reason, "");
      detail = java.util.Objects.requireNonNullElse(detail, "");
    }
  }

  /** Somebody wants it sent again. */
  record Retried(int number, Instant time) implements Fact {}

  /** Somebody has dealt with it another way: it is not sent again. */
  record Dropped(int number, Instant time) implements Fact {}

  /**
   * The first line of a journal that goes on from an older one.
   *
   * @param next the next entry's number
   */
  record Counted(int next) implements Fact {}
}
