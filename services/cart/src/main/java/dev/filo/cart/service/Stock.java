package dev.filo.cart.service;

import java.time.Instant;
import java.util.Map;
import java.util.Set;
import reactor.core.publisher.Mono;

/** What can be had. */
@FunctionalInterface
public interface Stock {
  /** How much there is of SKUs. One value; an error when it could not be asked. */
  Mono<Levels> levels(Set<String> skus);

  /**
   * How much there is, by SKU.
   *
   * @param asOf when this was true
   */
  record Levels(Instant asOf, Map<String, Level> bySku) {
    /** Copies what can change. */
    public Levels {
      bySku = Map.copyOf(bySku);
    }
  }

  /**
   * How much there is of one SKU.
   *
   * @param deliverable pieces that can be delivered
   * @param stores stores that have it
   * @param most pieces in the store that has most
   */
  record Level(int deliverable, int stores, int most) {}
}
