package dev.filo.testkit.tidy.store;

import dev.filo.testkit.tidy.domain.Stock;
import org.bson.Document;

/** Driver and domain. */
public final class MongoStockStore {

  private MongoStockStore() {}

  /** A document of it. */
  public static Document document(Stock stock) {
    return new Document("onHand", stock.onHand());
  }
}
