package dev.filo.cart.domain;

import java.util.List;

/** What becomes of a cart that is asked to change. */
public sealed interface Decision {
  /**
   * It changes.
   *
   * @param next as it will be
   * @param applied the operations that were new, in order
   * @param about what each of them was about
   */
  record Changed(Cart next, List<Operation> applied, List<About> about) implements Decision {
    /** Copies what can change. */
    public Changed {
      applied = List.copyOf(applied);
      about = List.copyOf(about);
    }
  }

  /** Everything asked for had been done before. */
  record Unchanged(Cart current) implements Decision {}

  /** Nothing is done. */
  record Refused(Refusal why) implements Decision {}
}
