package dev.filo.cart.domain;

import java.util.List;

/**
 * Pieces of a line that came from another customer's cart, with what the line was there: enough to
 * take them out again, or to give them back.
 *
 * @param customer in whose cart they were put first
 * @param quantity how many of the line's pieces they are; 0 only when all are {@code over}
 * @param over how many more came than the line could take; they do not count
 * @param id the line's id there
 */
public record Part(
    String customer,
    int quantity,
    int over,
    String id,
    Goods goods,
    Origin origin,
    String note,
    Fulfilment fulfilment) {
  /** Fewer of them; what was over is not wanted any more either. */
  Part less(int pieces) {
    return new Part(customer, quantity - pieces, 0, id, goods, origin, note, fulfilment);
  }

  /** Fewer that count, as many over the line's limit. */
  Part capped(int pieces) {
    return new Part(
        customer, quantity - pieces, over + pieces, id, goods, origin, note, fulfilment);
  }

  Part uncapped() {
    int all = Math.min(quantity + over, Cart.QUANTITY_MAX);
    return new Part(customer, all, 0, id, goods, origin, note, fulfilment);
  }

  Part withNote(String text) {
    return new Part(customer, quantity, over, id, goods, origin, text, fulfilment);
  }

  Part with(Fulfilment way) {
    return new Part(customer, quantity, over, id, goods, origin, note, way);
  }

  /** They as a line of their own: of {@code owner} herself, or of somebody who came to her. */
  Line line(String owner, String newId) {
    return customer.equals(owner)
        ? new Line(newId, quantity, goods, origin, note, fulfilment, null, List.of())
        : new Line(newId, quantity, goods, origin, "", Fulfilment.OPEN, null, List.of(this));
  }
}
