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
import java.util.concurrent.ConcurrentMap;
import reactor.core.publisher.Mono;

/**
 * A catalog whose answers are used again for a short while, by every cart with the same goods. What
 * it does not know is not remembered. Thread-safe.
 */
public final class RecentCatalog implements Catalog {
  private final Catalog catalog;
  private final Cache<String, ConcurrentMap<String, Goods>> known;

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
          // What is remembered begins with the first question and is forgotten as one.
          var remembered = known.get(language, key -> new ConcurrentHashMap<>());
          var found = new HashMap<String, Goods>();
          var missing = new HashSet<String>();
          for (String sku : skus) {
            var goods = remembered.get(sku);
            if (goods == null) {
              missing.add(sku);
            } else {
              found.put(sku, goods);
            }
          }
          return missing.isEmpty()
              ? Mono.just(found)
              : catalog
                  .goods(missing, language)
                  .map(
                      answer -> {
                        remembered.putAll(answer);
                        found.putAll(answer);
                        return found;
                      });
        });
  }
}
