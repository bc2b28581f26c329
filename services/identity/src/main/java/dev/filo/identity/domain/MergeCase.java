package dev.filo.identity.domain;

import java.time.Instant;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * Two customers who may be one person; a person decides.
 *
 * @param one the elder's id when the case was opened
 * @param other the other's
 * @param identifiers what both have, by what it is compared by
 * @param factTime of the newest of the facts
 * @param decidedBy empty while nobody has decided
 * @param version rises with every change
 * @param pending true while what was decided is still to be done
 */
public record MergeCase(
    String id,
    String one,
    String other,
    Graph.Cause cause,
    Set<String> identifiers,
    State state,
    Instant createTime,
    Instant factTime,
    String decidedBy,
    @Nullable Instant decideTime,
    long version,
    boolean pending) {

  /** Where a case can stand. */
  public enum State {
    /** Somebody has to decide. */
    OPEN,
    /** They are one. */
    MERGED,
    /** They are two, until there is new evidence. */
    KEPT_APART
  }

  /** Copies what can change. */
  public MergeCase {
    identifiers = Set.copyOf(identifiers);
  }

  /** A new one. */
  public static MergeCase of(String id, Graph.Ambiguity ambiguity, Instant now) {
    return new MergeCase(
        id,
        ambiguity.one(),
        ambiguity.other(),
        ambiguity.cause(),
        ambiguity.identifiers(),
        State.OPEN,
        now,
        ambiguity.time(),
        "",
        null,
        1,
        false);
  }

  /** With the facts known now, open again if they are newer than what was decided. */
  public MergeCase seenAgain(Graph.Ambiguity ambiguity) {
    var all = new TreeSet<>(identifiers);
    all.addAll(ambiguity.identifiers());
    boolean newer = decideTime == null || ambiguity.time().isAfter(decideTime);
    if (!newer || (state == State.OPEN && all.equals(identifiers))) {
      return this;
    }
    return new MergeCase(
        id,
        one,
        other,
        ambiguity.cause(),
        all,
        State.OPEN,
        createTime,
        ambiguity.time(),
        "",
        null,
        version + 1,
        false);
  }

  /** Decided, and to be done. */
  public MergeCase decided(boolean together, String by, Instant now) {
    return new MergeCase(
        id,
        one,
        other,
        cause,
        identifiers,
        together ? State.MERGED : State.KEPT_APART,
        createTime,
        factTime,
        by,
        now,
        version + 1,
        true);
  }
}
