package dev.filo.cart.domain;

import java.util.List;

/** Something that happened to a cart. */
public sealed interface CartFact {
  /** Operations changed it; {@code version} is the one after them. */
  record Changed(String customer, List<Operation> operations, long version, List<About> about)
      implements CartFact {
    /** Copies what can change. */
    public Changed {
      operations = List.copyOf(operations);
      about = List.copyOf(about);
    }
  }

  /** The cart of {@code alias} came in. */
  record Merged(String customer, String alias, int lineCount) implements CartFact {}
}
