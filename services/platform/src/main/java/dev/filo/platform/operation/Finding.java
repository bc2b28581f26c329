package dev.filo.platform.operation;

/**
 * What a service found out about itself.
 *
 * @param check what was checked: {@code stock}
 * @param verdict what came of it
 * @param seen what was seen: a sentence, nothing personal
 * @param advice what to do: a sentence; empty when nothing is
 */
public record Finding(String check, Verdict verdict, String seen, String advice) {
  /** What a check comes to. */
  public enum Verdict {
    /** As it should be. */
    GOOD,
    /** Somebody should look at it soon. */
    DOUBTFUL,
    /** Something is broken. */
    BAD
  }

  /** As it should be. */
  public static Finding good(String check, String seen) {
    return new Finding(check, Verdict.GOOD, seen, "");
  }

  /** Somebody should look at it soon. */
  public static Finding doubtful(String check, String seen, String advice) {
    return new Finding(check, Verdict.DOUBTFUL, seen, advice);
  }

  /** Something is broken. */
  public static Finding bad(String check, String seen, String advice) {
    return new Finding(check, Verdict.BAD, seen, advice);
  }
}
