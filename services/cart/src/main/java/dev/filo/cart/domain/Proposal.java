package dev.filo.cart.domain;

/**
 * A line an agent proposes.
 *
 * @param note why, in the agent's words; may be empty
 * @param customer to whom it was proposed, when that was another name; empty otherwise
 */
public record Proposal(
    String id, int quantity, Goods goods, String note, Origin origin, String customer) {
  /** One made here. */
  public Proposal(String id, int quantity, Goods goods, String note, Origin origin) {
    this(id, quantity, goods, note, origin, "");
  }

  /** What it is pieces of. */
  public String sku() {
    return goods.sku();
  }

  Proposal from(String other) {
    return customer.isEmpty() ? new Proposal(id, quantity, goods, note, origin, other) : this;
  }

  Proposal backTo(String owner) {
    return customer.equals(owner) ? new Proposal(id, quantity, goods, note, origin, "") : this;
  }
}
