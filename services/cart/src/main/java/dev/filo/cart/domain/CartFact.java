package dev.filo.cart.domain;

import java.time.Instant;
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

  /** What came with {@code alias} went back. */
  record Unmerged(String customer, String alias, int lineCount) implements CartFact {}

  /** Nobody has touched it for a while. */
  record Abandoned(
      String customer,
      long version,
      String link,
      Instant linkExpireTime,
      int itemCount,
      List<String> skus)
      implements CartFact {
    /** Copies what can change. */
    public Abandoned {
      skus = List.copyOf(skus);
    }
  }
}
