package dev.filo.inventory.service;

import dev.filo.inventory.domain.Level;
import dev.filo.inventory.domain.Snapshot;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import reactor.core.publisher.Mono;

/** What is where near a point. One question of the database each, however many stores. */
public final class Availability {
  private final LevelStore store;
  private final Places places;
  private final InstantSource clock;

  /** A point on earth, degrees, WGS 84. */
  public record Point(double latitude, double longitude) {}

  /** Pieces of one SKU and how that came about. */
  public record Pieces(String sku, Snapshot level) {}

  /**
   * What one location has.
   *
   * @param distanceMeters null without a point
   * @param available pieces, or whole baskets
   * @param pieces each SKU once
   * @param readyTime when goods reserved now could be picked up
   */
  public record Here(
      Location location,
      @Nullable Double distanceMeters,
      int available,
      List<Pieces> pieces,
      Optional<Instant> readyTime) {}

  /** An answer and when it was true. */
  public record Nearby(Instant time, List<Here> locations) {}

  /** Where one SKU is. */
  public record Nearest(String sku, Optional<Here> here, int deliverable, int storeCount) {}

  /** Many answers and when they were true. */
  public record NearestOfMany(Instant time, List<Nearest> items) {}

  private record At(Location location, @Nullable Double distanceMeters) {}

  /** Availability of what is in a store. */
  public Availability(LevelStore store, Places places, InstantSource clock) {
    this.store = store;
    this.places = places;
    this.clock = clock;
  }

  /**
   * The stores near a point, nearest first, with what they have; without a point all, by title. One
   * value; RefusedException for an unknown SKU.
   *
   * @param skus a SKU twice for two pieces
   */
  public Mono<Nearby> nearby(
      List<String> skus, @Nullable Point point, double radiusMeters, int limit) {
    var wanted = new LinkedHashMap<String, Integer>();
    skus.forEach(sku -> wanted.merge(sku, 1, Integer::sum));
    return places
        .requireSkus(wanted.keySet())
        .then(Mono.defer(places::all))
        .flatMap(
            all -> {
              var near = near(all, point, radiusMeters).stream().limit(limit).toList();
              var ids = new ArrayList<String>();
              for (At at : near) {
                wanted.keySet().forEach(sku -> ids.add(Level.id(sku, at.location.name())));
              }
              var now = clock.instant();
              return store
                  .numbers(ids, now)
                  .map(
                      levels ->
                          new Nearby(
                              now,
                              near.stream().map(at -> here(at, wanted, levels, now)).toList()));
            });
  }

  /**
   * The nearest store for each SKU; without a point the one with most pieces. One value, unknown
   * SKUs being nowhere.
   */
  public Mono<NearestOfMany> nearestOfMany(
      List<String> skus, @Nullable Point point, double radiusMeters) {
    var distinct = new LinkedHashSet<>(skus);
    return Mono.defer(() -> nearestOfMany(skus, distinct, point, radiusMeters, clock.instant()));
  }

  private Mono<NearestOfMany> nearestOfMany(
      List<String> skus,
      Set<String> distinct,
      @Nullable Point point,
      double radiusMeters,
      Instant now) {
    return Mono.zip(places.all(), store.ofSkus(distinct, now).collectList())
        .map(
            found -> {
              var bySku = new HashMap<String, Map<String, Level>>();
              for (Level level : found.getT2()) {
                bySku
                    .computeIfAbsent(level.sku(), sku -> new HashMap<>())
                    .put(level.location(), level);
              }
              var near = near(found.getT1(), point, radiusMeters);
              var warehouses =
                  found.getT1().stream().filter(Location::warehouse).map(Location::name).toList();
              var items = new ArrayList<Nearest>();
              for (String sku : skus) {
                items.add(
                    nearest(
                        sku,
                        bySku.getOrDefault(sku, Map.of()),
                        near,
                        warehouses,
                        point != null,
                        now));
              }
              return new NearestOfMany(now, items);
            });
  }

  private static Nearest nearest(
      String sku,
      Map<String, Level> levels,
      List<At> near,
      List<String> warehouses,
      boolean hasPoint,
      Instant now) {
    At best = null;
    int bestPieces = 0;
    int count = 0;
    for (At at : near) {
      var level = levels.get(at.location.name());
      int pieces = level == null ? 0 : level.available(now);
      if (pieces > 0) {
        count++;
        if (best == null || (!hasPoint && pieces > bestPieces)) {
          best = at;
          bestPieces = pieces;
        }
      }
    }
    long deliverable = 0;
    for (String warehouse : warehouses) {
      var level = levels.get(warehouse);
      deliverable += level == null ? 0 : level.available(now);
    }
    var here =
        best == null
            ? Optional.<Here>empty()
            : Optional.of(here(best, Map.of(sku, 1), byId(levels), now));
    return new Nearest(sku, here, (int) Math.min(deliverable, Integer.MAX_VALUE), count);
  }

  private static Map<String, Level> byId(Map<String, Level> levels) {
    var byId = new HashMap<String, Level>();
    levels.values().forEach(level -> byId.put(level.id(), level));
    return byId;
  }

  private static Here here(
      At at, Map<String, Integer> wanted, Map<String, Level> levels, Instant now) {
    var pieces = new ArrayList<Pieces>();
    int available = Integer.MAX_VALUE;
    for (var entry : wanted.entrySet()) {
      var id = Level.id(entry.getKey(), at.location.name());
      var level = levels.getOrDefault(id, Level.empty(id)).snapshot(now);
      pieces.add(new Pieces(entry.getKey(), level));
      available = Math.min(available, level.available() / entry.getValue());
    }
    var ready =
        available > 0 && at.location.pickup()
            ? at.location.calendar().afterOpenTime(now, at.location.pickupLead())
            : Optional.<Instant>empty();
    return new Here(at.location, at.distanceMeters, available, pieces, ready);
  }

  private static List<At> near(
      Collection<Location> all, @Nullable Point point, double radiusMeters) {
    var near = new ArrayList<At>();
    for (Location location : all) {
      if (location.warehouse()) {
        continue;
      }
      if (point == null) {
        near.add(new At(location, null));
        continue;
      }
      double meters = location.distanceMeters(point.latitude, point.longitude);
      if (meters <= radiusMeters) {
        near.add(new At(location, meters));
      }
    }
    near.sort(
        point == null
            ? Comparator.comparing((At at) -> at.location.title())
            : Comparator.comparingDouble(
                (At at) -> at.distanceMeters == null ? 0 : at.distanceMeters));
    return near;
  }
}
