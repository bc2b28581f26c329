package dev.filo.cart.service;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import reactor.core.publisher.Mono;

/**
 * Stock whose answers are used again for a short while, by every cart with the same goods whose
 * owner shops in the same place, and which is asked once by all who want to know the same at a
 * time; an answer says since when it is true. Thread-safe.
 */
public final class RecentStock implements Stock {
  private static final int PLACES_MAX = 10_000;

  private final Stock stock;
  private final Cache<Where, Known> known;

  /**
   * Remembers what {@code stock} says.
   *
   * @param age how old an answer may be
   */
  public RecentStock(Stock stock, Duration age, InstantSource clock) {
    this.stock = stock;
    this.known =
        Caffeine.newBuilder()
            .maximumSize(PLACES_MAX)
            .expireAfterWrite(age)
            .ticker(() -> clock.millis() * 1_000_000)
            .build();
  }

  private record Where(Optional<Point> near, List<String> stores) {}

  private record Seen(Level level, Instant asOf) {}

  /** Begins with the first question and is forgotten as one. */
  private record Known(ConcurrentHashMap<String, Seen> bySku, Asking<Levels> asking) {
    Known() {
      this(new ConcurrentHashMap<>(), new Asking<>());
    }

    Levels remember(Levels answer) {
      answer.bySku().forEach((sku, level) -> bySku.put(sku, new Seen(level, answer.asOf())));
      return answer;
    }
  }

  @Override
  public Mono<Levels> levels(Set<String> skus, Optional<Point> near, List<String> stores) {
    return Mono.defer(
        () -> {
          var where = new Where(near, stores);
          var remembered = known.get(where, key -> new Known());
          var found = new HashMap<String, Level>();
          var missing = new HashSet<String>();
          var oldest = Instant.MAX;
          for (String sku : skus) {
            var seen = remembered.bySku.get(sku);
            if (seen == null) {
              missing.add(sku);
            } else {
              found.put(sku, seen.level);
              oldest = seen.asOf.isBefore(oldest) ? seen.asOf : oldest;
            }
          }
          if (missing.isEmpty()) {
            return Mono.just(new Levels(oldest, found));
          }
          return remembered
              .asking
              .about(missing, some -> stock.levels(some, near, stores).map(remembered::remember))
              .reduce(new Levels(oldest, found), (known, answer) -> with(known, answer, missing));
        });
  }

  private static Levels with(Levels known, Levels answer, Set<String> wanted) {
    var all = new HashMap<>(known.bySku());
    answer
        .bySku()
        .forEach(
            (sku, level) -> {
              if (wanted.contains(sku)) {
                all.put(sku, level);
              }
            });
    return new Levels(answer.asOf().isBefore(known.asOf()) ? answer.asOf() : known.asOf(), all);
  }
}
