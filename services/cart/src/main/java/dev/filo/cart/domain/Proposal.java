package dev.filo.cart.domain;

/**
 * A line an agent proposes.
 *
 * @param note why, in the agent's words; may be empty
 */
public record Proposal(String id, int quantity, Goods goods, String note, Origin origin) {
  /** What it is pieces of. */
  public String sku() {
    return goods.sku();
  }
}
