package dev.filo.inventory.service;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import dev.filo.inventory.domain.Refusal;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/**
 * The locations and SKUs there are, in memory. What is not known here is asked of catalog before it
 * is said not to exist, so that goods can be recorded the moment after they were imported.
 * Thread-safe.
 */
public final class Places {
  // Names only: some 20 MiB at most.
  private static final int SKUS_MAX = 200_000;

  private final PlaceStore store;
  private final Catalog catalog;
  private final Cache<String, Boolean> skus = Caffeine.newBuilder().maximumSize(SKUS_MAX).build();
  private volatile @Nullable Known known;

  /** The locations, by name and as a whole: the same ones as long as none has changed. */
  private record Known(Map<String, Location> byName, Locations all) {
    Known(Map<String, Location> byName) {
      this(byName, new Locations(byName.values()));
    }
  }

  /** Places kept in a store. */
  public Places(PlaceStore store, Catalog catalog) {
    this.store = store;
    this.catalog = catalog;
  }

  /** Reads the locations again; other replicas may have learned of more. */
  public Mono<Map<String, Location>> refresh() {
    return read().map(Known::byName);
  }

  private Mono<Known> read() {
    return store
        .locations()
        .collectMap(Location::name)
        .map(
            found -> {
              var before = known;
              if (before != null && before.byName.equals(found)) {
                return before;
              }
              var now = new Known(new TreeMap<>(found));
              known = now;
              return now;
            });
  }

  /** All locations, by name; the same as long as none has changed. One value. */
  Mono<Locations> all() {
    return ready().map(Known::all);
  }

  private Mono<Known> ready() {
    var now = known;
    return now == null ? read() : Mono.just(now);
  }

  /** The location of this name; empty when there is none. */
  public Mono<Location> location(String name) {
    return ready()
        .flatMap(now -> Mono.justOrEmpty(now.byName.get(name)))
        .switchIfEmpty(
            Mono.defer(
                () ->
                    catalog
                        .store(name)
                        .flatMap(message -> store.keepLocation(name, message).thenReturn(name))
                        .flatMap(kept -> refresh())
                        .flatMap(known -> Mono.justOrEmpty(known.get(name)))));
  }

  /** Completes when there is a location of this name, else RefusedException. */
  public Mono<Void> requireLocation(String name) {
    return location(name)
        .switchIfEmpty(Mono.error(() -> new RefusedException(new Refusal.LocationUnknown(name))))
        .then();
  }

  /** Completes when all SKUs are known, else RefusedException naming one that is not. */
  public Mono<Void> requireSkus(Collection<String> asked) {
    return unknown(asked)
        .flatMap(
            unknown ->
                unknown.isEmpty()
                    ? Mono.empty()
                    : Mono.error(
                        new RefusedException(
                            new Refusal.SkuUnknown(
                                unknown.stream().sorted().toList().getFirst()))));
  }

  /** Those of the SKUs that there are not. One value. */
  public Mono<Set<String>> unknown(Collection<String> asked) {
    var missing = new HashSet<>(asked);
    missing.removeIf(sku -> skus.getIfPresent(sku) != null);
    if (missing.isEmpty()) {
      return Mono.just(Set.of());
    }
    return store
        .known(missing)
        .flatMap(
            kept -> {
              remember(kept);
              missing.removeAll(kept);
              return missing.isEmpty() ? Mono.just(Set.<String>of()) : ask(missing);
            });
  }

  private Mono<Set<String>> ask(Set<String> missing) {
    return catalog
        .known(missing)
        .flatMap(
            known -> {
              var unknown = new HashSet<>(missing);
              unknown.removeAll(known);
              Mono<Void> keep = known.isEmpty() ? Mono.empty() : learnSkus(known);
              return keep.thenReturn((Set<String>) unknown);
            });
  }

  /** Takes note of SKUs. */
  public Mono<Void> learnSkus(Collection<String> known) {
    return store.keepSkus(known).then(Mono.fromRunnable(() -> remember(known)));
  }

  /** Takes note of a location. */
  public Mono<Void> learnLocation(String name, byte[] message) {
    return store.keepLocation(name, message).then(refresh()).then();
  }

  private void remember(Collection<String> known) {
    List.copyOf(known).forEach(sku -> skus.put(sku, true));
  }

  /** Reads the locations again and again, for what other replicas have learned. */
  public Flux<Map<String, Location>> refreshing(java.time.Duration interval) {
    return Flux.interval(java.time.Duration.ZERO, interval)
        .onBackpressureDrop()
        .concatMap(tick -> refresh().onErrorResume(error -> Mono.empty()), 1);
  }
}
