package dev.filo.inventory.service;

import dev.filo.inventory.domain.SafetyRules;
import dev.filo.inventory.domain.StockItem;
import java.time.Instant;
import java.util.Optional;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/** Where it is kept what is known of SKUs, and the rules of the safety stock. */
public interface ItemStore {
  /**
   * A request that changed something, and its answer.
   *
   * @param content tells what was asked from anything else asked under the same id
   */
  record Request<T>(String id, String content, T answer) {}

  /** Items that changed at or after a time, and the changes' times. */
  Flux<StockItem> changedSince(Instant time);

  /** An item and the request of this id, if it changed it; empty when nothing was ever said. */
  Mono<Seen<StockItem>> item(String sku, String requestId);

  /** The rules and the request of this id, if it changed them; empty when there never were any. */
  Mono<Seen<SafetyRules>> rules(String requestId);

  /**
   * What is kept.
   *
   * @param request the one asked about, when it is remembered
   */
  record Seen<T>(T value, Optional<Request<T>> request) {}

  /** Keeps an item with its next version. False when it is not as it was read. One value. */
  Mono<Boolean> write(StockItem next, Optional<Request<StockItem>> request, Instant now);

  /** Keeps the rules with their next version. False when they are not as read. One value. */
  Mono<Boolean> write(SafetyRules next, Optional<Request<SafetyRules>> request, Instant now);
}
