package dev.filo.pos.journal;

import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * An entry and where it stands. Immutable.
 *
 * @param number what the clerk calls it
 * @param skus the SKU of each barcode that was looked up
 * @param refusals why it was not taken; empty unless refused
 * @param settleTime when it was answered; absent before
 * @param answer the words of the answer; empty before
 */
public record Item(
    int number,
    Entry entry,
    State state,
    Map<String, String> skus,
    List<Fact.Refusal> refusals,
    @Nullable Instant settleTime,
    String answer) {

  /** Where an entry can stand. */
  public enum State {
    /** It is to be sent. Of a collection: it was asked for, and no answer is known. */
    WAITING,
    /** It was not taken, and nobody has dealt with it. */
    REFUSED,
    /** The gateway has it. */
    DONE,
    /** Somebody took it out of the queue. */
    DROPPED
  }

  static Item recorded(Fact.Recorded fact) {
    return new Item(fact.number(), fact.entry(), State.WAITING, Map.of(), List.of(), null, "");
  }

  /** The item after something happened to it. */
  Item after(Fact fact) {
    return switch (fact) {
      case Fact.Recorded again -> this;
      case Fact.Counted counted -> this;
      case Fact.Resolved(var n, var found) ->
          new Item(number, entry, state, found, refusals, settleTime, answer);
      case Fact.Done(var n, var time, var words) ->
          new Item(number, entry, State.DONE, skus, List.of(), time, words);
      case Fact.Refused(var n, var time, var why) ->
          new Item(number, entry, State.REFUSED, skus, why, time, "");
      case Fact.Retried(var n, var time) ->
          // A barcode that nobody knew may be known now.
          new Item(number, entry, State.WAITING, Map.of(), List.of(), null, "");
      case Fact.Dropped(var n, var time) ->
          new Item(number, entry, State.DROPPED, skus, refusals, time, "");
    };
  }

  /** True while somebody or something has to do with it. */
  public boolean isOpen() {
    return state == State.WAITING || state == State.REFUSED;
  }

  /** True for a sale, return, receipt or count that is to be sent. */
  public boolean isToSend() {
    return state == State.WAITING && entry instanceof Entry.Movements;
  }

  /** True for a hand-over that was asked for without an answer. */
  public boolean isUnanswered() {
    return state == State.WAITING && entry instanceof Entry.Collection;
  }
}
