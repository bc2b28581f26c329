package dev.filo.testkit.untidy.domain;

import java.time.Instant;
import org.bson.Document;

/** A domain class that knows the driver, reads the system clock and is named vaguely. */
public final class StockManager {

  /** Now, wherever that is. */
  public Document stamp() {
    return new Document("at", Instant.now());
  }
}
