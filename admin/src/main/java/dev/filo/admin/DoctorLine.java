package dev.filo.admin;

/**
 * What one check came to.
 *
 * @param check what was checked: {@code indexes}
 * @param part which part of the suite, by its short name; empty: the whole
 * @param state what it came to
 * @param seen what was seen: a sentence
 * @param advice what to do: a sentence; empty when nothing is
 */
record DoctorLine(String check, String part, State state, String seen, String advice) {
  /** What a check comes to. */
  enum State {
    OK,
    /** Somebody should look at it soon. */
    WARN,
    /** Something is broken. */
    FAIL
  }

  static DoctorLine ok(String check, String part, String seen) {
    return new DoctorLine(check, part, State.OK, seen, "");
  }

  static DoctorLine warn(String check, String part, String seen, String advice) {
    return new DoctorLine(check, part, State.WARN, seen, advice);
  }

  static DoctorLine fail(String check, String part, String seen, String advice) {
    return new DoctorLine(check, part, State.FAIL, seen, advice);
  }
}
