package dev.filo.cart.service;

import dev.filo.cart.domain.Outcome;
import java.util.List;

/** A cart after several operations, and what became of each. */
public record Answer(CartView view, List<Outcome> outcomes) {
  /** Copies what can change. */
  public Answer {
    outcomes = List.copyOf(outcomes);
  }
}
