package dev.filo.cart.service;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import dev.filo.cart.domain.Goods;
import java.time.Duration;
import java.time.InstantSource;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import reactor.core.publisher.Mono;

/**
 * A catalog whose answers are used again for a short while, by every cart with the same goods, and
 * which is asked once by all who want to know the same at a time. What it does not know is not
 * remembered. Thread-safe.
 */
public final class RecentCatalog implements Catalog {
  private final Catalog catalog;
  private final Cache<String, Known> known;

  /** Begins with the first question and is forgotten as one. */
  private record Known(ConcurrentHashMap<String, Goods> bySku, Asking<Map<String, Goods>> asking) {
    Known() {
      this(new ConcurrentHashMap<>(), new Asking<>());
    }
  }

  /**
   * Remembers what {@code catalog} says.
   *
   * @param age how old an answer may be
   */
  public RecentCatalog(Catalog catalog, Duration age, InstantSource clock) {
    this.catalog = catalog;
    this.known =
        Caffeine.newBuilder()
            .expireAfterWrite(age)
            .ticker(() -> clock.millis() * 1_000_000)
            .build();
  }

  @Override
  public Mono<Map<String, Goods>> goods(Set<String> skus, String language) {
    return Mono.defer(
        () -> {
          var remembered = known.get(language, key -> new Known());
          var found = new HashMap<String, Goods>();
          var missing = new HashSet<String>();
          for (String sku : skus) {
            var goods = remembered.bySku.get(sku);
            if (goods == null) {
              missing.add(sku);
            } else {
              found.put(sku, goods);
            }
          }
          if (missing.isEmpty()) {
            return Mono.just(found);
          }
          return remembered
              .asking
              .about(
                  missing, some -> catalog.goods(some, language).doOnNext(remembered.bySku::putAll))
              .doOnNext(
                  answer ->
                      answer.forEach(
                          (sku, goods) -> {
                            if (missing.contains(sku)) {
                              found.put(sku, goods);
                            }
                          }))
              .then(Mono.just(found));
        });
  }
}
