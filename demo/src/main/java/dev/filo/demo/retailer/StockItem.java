package dev.filo.demo.retailer;

import java.util.List;

/**
 * The stock of one SKU at one place.
 *
 * @param locationId a store's id, or the warehouse's
 * @param onHand pieces there, zero or more
 * @param safety pieces not to be promised, zero or more
 * @param incoming deliveries on their way, soonest first
 */
public record StockItem(
    String sku, String locationId, int onHand, int safety, List<Incoming> incoming) {

  /** Keeps its own copy of the deliveries. */
  public StockItem {
    incoming = List.copyOf(incoming);
  }

  /**
   * A delivery on its way.
   *
   * @param quantity pieces, at least 1
   * @param inDays days after the day the demo is loaded, so that the demo never ages
   */
  public record Incoming(int quantity, int inDays) {}
}
