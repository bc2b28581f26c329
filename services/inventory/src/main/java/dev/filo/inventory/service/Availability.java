package dev.filo.inventory.service;

import dev.filo.inventory.domain.Hold;
import dev.filo.inventory.domain.Level;
import dev.filo.inventory.domain.Snapshot;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import reactor.core.publisher.Mono;

/** What is where near a point. One question of the database each, however many stores. */
public final class Availability {
  private final LevelStore store;
  private final Places places;
  private final Items items;
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
   * @param found how many of the pieces asked for are there
   * @param pieces each SKU once
   * @param readyTime when goods reserved now could be picked up
   */
  public record Here(
      Location location,
      @Nullable Double distanceMeters,
      int available,
      int found,
      List<Pieces> pieces,
      Optional<Instant> readyTime) {
    private Here ready(Instant now) {
      return available > 0 && location.pickup()
          ? new Here(
              location,
              distanceMeters,
              available,
              found,
              pieces,
              location.calendar().afterOpenTime(now, location.pickupLead()))
          : this;
    }
  }

  /** An answer, when it was true and how many pieces were asked for. */
  public record Nearby(Instant time, List<Here> locations, int basketSize) {}

  /**
   * Where one SKU is.
   *
   * @param chosen the stores asked for by name, in that order
   */
  public record Nearest(
      String sku, Optional<Here> here, int deliverable, int storeCount, List<Here> chosen) {}

  /** Many answers and when they were true. */
  public record NearestOfMany(Instant time, List<Nearest> items) {}

  // All of the basket first, then most of it; the order before decides what is the same.
  private static final Comparator<Here> MOST_FIRST =
      Comparator.comparing((Here here) -> here.available == 0)
          .thenComparingInt(here -> -here.found);

  private record At(Location location, @Nullable Double distanceMeters) {}

  /**
   * What is asked for.
   *
   * @param asked pieces by SKU, kits as kits
   * @param pieces what must be there for it, kits taken apart
   */
  private record Basket(Map<String, Integer> asked, Map<String, Integer> pieces) {
    int size() {
      return asked.values().stream().mapToInt(Integer::intValue).sum();
    }
  }

  /** Availability of what is in a store. */
  public Availability(LevelStore store, Places places, Items items, InstantSource clock) {
    this.store = store;
    this.places = places;
    this.items = items;
    this.clock = clock;
  }

  /**
   * The stores near a point, with what they have: for one SKU nearest first, without a point by
   * title; for a basket those that have all of it, then those that have most. One value;
   * RefusedException for an unknown SKU.
   *
   * @param skus a SKU twice for two pieces
   * @param channel where it is asked, for the safety rules
   */
  public Mono<Nearby> nearby(
      List<String> skus, @Nullable Point point, double radiusMeters, int limit, String channel) {
    var wanted = new LinkedHashMap<String, Integer>();
    skus.forEach(sku -> wanted.merge(sku, 1, Integer::sum));
    return places
        .requireSkus(wanted.keySet())
        .then(Mono.defer(() -> Mono.zip(places.all(), items.ready())))
        .flatMap(
            known -> {
              var near = near(known.getT1(), point, radiusMeters);
              var basket = basket(wanted);
              boolean isBasket = wanted.size() > 1;
              var some = isBasket ? near : near.stream().limit(limit).toList();
              var now = clock.instant();
              return levels(basket, some, isBasket, now)
                  .map(
                      levels -> {
                        var here = some.stream().map(at -> here(at, basket, levels, now, channel));
                        // The calendars only of those that are told of.
                        return new Nearby(
                            now,
                            (isBasket ? here.sorted(MOST_FIRST).limit(limit) : here)
                                .map(one -> one.ready(now))
                                .toList(),
                            basket.size());
                      });
            });
  }

  private Basket basket(Map<String, Integer> asked) {
    var lines = new ArrayList<Hold.Line>();
    asked.forEach((sku, quantity) -> lines.add(new Hold.Line(sku, quantity)));
    return new Basket(asked, Hold.pieces(items.pieces(lines).lines()));
  }

  /** The levels that may have something of it, in one question. */
  private Mono<Map<String, Level>> levels(
      Basket basket, List<At> near, boolean isBasket, Instant now) {
    if (isBasket) {
      return store.ofSkus(basket.pieces.keySet(), now).collectMap(Level::id);
    }
    var ids = new ArrayList<String>();
    for (At at : near) {
      basket.pieces.keySet().forEach(sku -> ids.add(Level.id(sku, at.location.name())));
    }
    return store.numbers(ids, now);
  }

  /**
   * The nearest store for each SKU; without a point the one with most pieces. One value, unknown
   * SKUs being nowhere.
   *
   * @param stores told of in any case; those not known are left out
   * @param channel where it is asked, for the safety rules
   */
  public Mono<NearestOfMany> nearestOfMany(
      List<String> skus,
      @Nullable Point point,
      double radiusMeters,
      List<String> stores,
      String channel) {
    return items
        .ready()
        .flatMap(
            known ->
                nearestOfMany(skus, known, stores, point, radiusMeters, channel, clock.instant()));
  }

  private Mono<NearestOfMany> nearestOfMany(
      List<String> skus,
      Items known,
      List<String> stores,
      @Nullable Point point,
      double radiusMeters,
      String channel,
      Instant now) {
    return Mono.zip(places.all(), store.ofSkus(known.physical(skus), now).collectMap(Level::id))
        .map(
            found -> {
              var near = near(found.getT1(), point, radiusMeters);
              var chosen = chosen(found.getT1(), stores, point);
              var warehouses =
                  found.getT1().stream().filter(Location::warehouse).map(Location::name).toList();
              var answers = new ArrayList<Nearest>();
              for (String sku : skus) {
                var levels = found.getT2();
                long deliverable = 0;
                for (String warehouse : warehouses) {
                  deliverable += items.numbers(sku, warehouse, levels, now, channel).available();
                }
                var best = best(sku, near, point != null, levels, now, channel);
                answers.add(
                    new Nearest(
                        sku,
                        best.here,
                        (int) Math.min(deliverable, Integer.MAX_VALUE),
                        best.count,
                        chosen.stream()
                            .map(
                                at ->
                                    here(at, basket(Map.of(sku, 1)), levels, now, channel)
                                        .ready(now))
                            .toList()));
              }
              return new NearestOfMany(now, answers);
            });
  }

  private static List<At> chosen(
      Collection<Location> all, List<String> stores, @Nullable Point point) {
    var chosen = new ArrayList<At>();
    for (String store : stores) {
      for (Location location : all) {
        if (location.name().equals(store) && !location.warehouse()) {
          chosen.add(
              new At(
                  location,
                  point == null ? null : location.distanceMeters(point.latitude, point.longitude)));
        }
      }
    }
    return chosen;
  }

  /** Where a SKU is best, and in how many stores it is. */
  private record Best(Optional<Here> here, int count) {}

  private Best best(
      String sku,
      List<At> near,
      boolean hasPoint,
      Map<String, Level> levels,
      Instant now,
      String channel) {
    At best = null;
    int bestPieces = 0;
    int count = 0;
    for (At at : near) {
      int pieces = items.numbers(sku, at.location.name(), levels, now, channel).available();
      if (pieces <= 0) {
        continue;
      }
      count++;
      if (best == null || (!hasPoint && pieces > bestPieces)) {
        best = at;
        bestPieces = pieces;
      }
    }
    return new Best(
        best == null
            ? Optional.empty()
            : Optional.of(here(best, basket(Map.of(sku, 1)), levels, now, channel).ready(now)),
        count);
  }

  private Here here(At at, Basket basket, Map<String, Level> levels, Instant now, String channel) {
    var location = at.location.name();
    var pieces = new ArrayList<Pieces>();
    long sum = 0;
    for (var entry : basket.asked.entrySet()) {
      var level = items.numbers(entry.getKey(), location, levels, now, channel);
      pieces.add(new Pieces(entry.getKey(), level));
      sum += Math.min(entry.getValue(), level.available());
    }
    int available = Integer.MAX_VALUE;
    for (var entry : basket.pieces.entrySet()) {
      var level = items.numbers(entry.getKey(), location, levels, now, channel);
      available = Math.min(available, level.available() / entry.getValue());
    }
    // Two kits may share a component: each could be had, but not both.
    int found = (int) Math.min(sum, available > 0 ? basket.size() : basket.size() - 1);
    return new Here(at.location, at.distanceMeters, available, found, pieces, Optional.empty());
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
