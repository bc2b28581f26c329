package dev.filo.cart.order.domain;

import java.util.List;

/** What becomes of an order that is asked to change. */
public sealed interface Decision {
  /** It changes; {@code facts} are what happened, in order. */
  record Changed(Order next, List<Fact> facts) implements Decision {
    /** Copies what can change. */
    public Changed {
      facts = List.copyOf(facts);
    }
  }

  /** It is so already. */
  record Unchanged(Order current) implements Decision {}

  /** Nothing is done. */
  record Refused(Refusal why) implements Decision {}
}
