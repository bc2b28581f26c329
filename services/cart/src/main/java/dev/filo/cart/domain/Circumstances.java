package dev.filo.cart.domain;

import java.util.Map;
import java.util.function.UnaryOperator;

/**
 * What a change is decided by, beside the cart.
 *
 * @param origin who asks, from where, when
 * @param agent true for an agent, who may only propose
 * @param goods what the catalog knows of the SKUs the operations add; one that is missing does not
 *     exist
 * @param archived what those operations that the cart itself no longer remembers did, by key
 * @param lineIds the id of the line or proposal that an operation, by its id, makes
 */
public record Circumstances(
    Origin origin,
    boolean agent,
    Map<String, Goods> goods,
    Map<String, Long> archived,
    UnaryOperator<String> lineIds) {
  /** Copies what can change. */
  public Circumstances {
    goods = Map.copyOf(goods);
    archived = Map.copyOf(archived);
  }
}
