package dev.filo.cart.domain;

/**
 * Pieces of one SKU.
 *
 * @param id stays for the line's life; never used again after it
 * @param quantity 1..{@value Cart#QUANTITY_MAX}
 * @param goods as they were when the line came in
 */
public record Line(String id, int quantity, Goods goods, Origin origin) {
  /** What it is pieces of. */
  public String sku() {
    return goods.sku();
  }

  Line withQuantity(int pieces) {
    return new Line(id, pieces, goods, origin);
  }
}
