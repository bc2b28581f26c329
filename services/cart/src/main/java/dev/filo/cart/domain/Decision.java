package dev.filo.cart.domain;

import java.util.List;

/** What becomes of a cart that is asked to change. */
public sealed interface Decision {
  /** What became of each operation; none when all were refused together. */
  List<Outcome> outcomes();

  /**
   * It changes.
   *
   * @param next as it will be
   * @param applied the operations that were new, in order
   * @param about what each of them was about
   */
  record Changed(Cart next, List<Operation> applied, List<About> about, List<Outcome> outcomes)
      implements Decision {
    /** Copies what can change. */
    public Changed {
      applied = List.copyOf(applied);
      about = List.copyOf(about);
      outcomes = List.copyOf(outcomes);
    }
  }

  /** Nothing was new, or what was new was refused. */
  record Unchanged(Cart current, List<Outcome> outcomes) implements Decision {
    /** Copies what can change. */
    public Unchanged {
      outcomes = List.copyOf(outcomes);
    }
  }

  /** Nothing is done. */
  record Refused(Refusal why) implements Decision {
    @Override
    public List<Outcome> outcomes() {
      return List.of();
    }
  }
}
