package dev.filo.inventory.service;

import dev.filo.inventory.domain.Hold;
import dev.filo.inventory.domain.Level;
import dev.filo.inventory.domain.Snapshot;
import dev.filo.inventory.service.Locations.At;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.IntUnaryOperator;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import reactor.core.publisher.Mono;

/** What is where near a point. One question of the database each, however many stores. */
public final class Availability {
  private final LevelStore store;
  private final RecentLevels recent;
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
  private static final Comparator<Counted> MOST_FIRST =
      Comparator.comparing((Counted here) -> here.available == 0)
          .thenComparingInt(here -> -here.found);

  /**
   * What is known, when, and for callers on which channel.
   *
   * @param levels by SKU
   * @param locations all that are asked about
   */
  private record Known(
      Map<String, SkuLevels> levels, List<Location> locations, Instant now, String channel) {}

  /** How many whole baskets a location has, and how many of the pieces asked for. */
  private record Counted(At at, int available, int found) {}

  /**
   * How many of a SKU are wanted.
   *
   * @param available by the index of a location
   */
  private record Wanted(IntUnaryOperator available, int quantity) {}

  private record Counter(List<Wanted> asked, List<Wanted> pieces, int size) {
    Counted count(At at) {
      return count(at, at.index());
    }

    /** At a location that is known as another one of those asked about. */
    Counted count(At at, int index) {
      long sum = 0;
      for (Wanted one : asked) {
        sum += Math.min(one.quantity, one.available.applyAsInt(index));
      }
      int whole = Integer.MAX_VALUE;
      for (Wanted one : pieces) {
        whole = Math.min(whole, one.available.applyAsInt(index) / one.quantity);
      }
      // Two kits may share a component: each could be had, but not both.
      return new Counted(at, whole, (int) Math.min(sum, whole > 0 ? size : size - 1));
    }
  }

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
  public Availability(
      LevelStore store, RecentLevels recent, Places places, Items items, InstantSource clock) {
    this.store = store;
    this.recent = recent;
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
              var all = known.getT1();
              var basket = basket(wanted);
              return wanted.size() > 1
                  ? basket(basket, all, point, radiusMeters, limit, channel)
                  : one(basket, all.near(point, radiusMeters, limit), channel);
            });
  }

  /** Their levels of one SKU, or of a kit's components, in one question. */
  private Mono<Nearby> one(Basket basket, List<At> near, String channel) {
    var now = clock.instant();
    var ids = new ArrayList<String>();
    for (At at : near) {
      basket.pieces.keySet().forEach(sku -> ids.add(Level.id(sku, at.location().name())));
    }
    return store
        .numbers(ids, now)
        .map(
            levels -> {
              var bySku = new HashMap<String, SkuLevels>();
              for (Level level : levels.values()) {
                bySku.computeIfAbsent(level.sku(), sku -> new SkuLevels()).learn(level);
              }
              var known = new Known(bySku, near.stream().map(At::location).toList(), now, channel);
              var counter = counter(basket, known);
              return new Nearby(
                  now,
                  IntStream.range(0, near.size())
                      .mapToObj(i -> here(counter.count(near.get(i), i), basket, known))
                      .toList(),
                  basket.size());
            });
  }

  private Mono<Nearby> basket(
      Basket basket,
      Locations all,
      @Nullable Point point,
      double radiusMeters,
      int limit,
      String channel) {
    return recent
        .of(basket.pieces.keySet())
        .map(
            levels -> {
              var known = new Known(levels.bySku(), all.all(), clock.instant(), channel);
              // All is said only of those that are told of.
              return new Nearby(
                  levels.time(),
                  all.near(point, radiusMeters, Integer.MAX_VALUE).stream()
                      .map(counter(basket, known)::count)
                      .sorted(MOST_FIRST)
                      .limit(limit)
                      .map(counted -> here(counted, basket, known))
                      .toList(),
                  basket.size());
            });
  }

  private Basket basket(Map<String, Integer> asked) {
    var lines = new ArrayList<Hold.Line>();
    asked.forEach((sku, quantity) -> lines.add(new Hold.Line(sku, quantity)));
    return new Basket(asked, Hold.pieces(items.pieces(lines).lines()));
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
    return Mono.zip(places.all(), items.ready())
        .flatMap(
            known ->
                recent
                    .of(known.getT2().physical(skus))
                    .map(
                        levels -> {
                          var all = known.getT1();
                          var now = new Known(levels.bySku(), all.all(), clock.instant(), channel);
                          var near = all.near(point, radiusMeters, Integer.MAX_VALUE);
                          var chosen = all.named(stores, point);
                          var warehouses = all.warehouses();
                          return new NearestOfMany(
                              levels.time(),
                              skus.stream()
                                  .map(
                                      sku ->
                                          nearest(
                                              sku, near, point != null, chosen, warehouses, now))
                                  .toList());
                        }));
  }

  private Nearest nearest(
      String sku,
      List<At> near,
      boolean hasPoint,
      List<At> chosen,
      List<At> warehouses,
      Known known) {
    var available = available(sku, known);
    long deliverable = 0;
    for (At warehouse : warehouses) {
      deliverable += available.applyAsInt(warehouse.index());
    }
    At best = null;
    int bestPieces = 0;
    int count = 0;
    for (At at : near) {
      int pieces = available.applyAsInt(at.index());
      if (pieces <= 0) {
        continue;
      }
      count++;
      if (best == null || (!hasPoint && pieces > bestPieces)) {
        best = at;
        bestPieces = pieces;
      }
    }
    var one = basket(Map.of(sku, 1));
    var counter = counter(one, known);
    return new Nearest(
        sku,
        Optional.ofNullable(best).map(at -> here(counter.count(at), one, known)),
        (int) Math.min(deliverable, Integer.MAX_VALUE),
        count,
        chosen.stream().map(at -> here(counter.count(at), one, known)).toList());
  }

  private Counter counter(Basket basket, Known known) {
    return new Counter(wanted(basket.asked, known), wanted(basket.pieces, known), basket.size());
  }

  private List<Wanted> wanted(Map<String, Integer> pieces, Known known) {
    return pieces.entrySet().stream()
        .map(entry -> new Wanted(available(entry.getKey(), known), entry.getValue()))
        .toList();
  }

  private IntUnaryOperator available(String sku, Known known) {
    return items.available(sku, known.locations, known.levels, known.now, known.channel);
  }

  private Here here(Counted counted, Basket basket, Known known) {
    var location = counted.at.location();
    var pieces = new ArrayList<Pieces>();
    var levels = new HashMap<String, Level>();
    for (String sku : items.physical(basket.asked.keySet())) {
      var here = known.levels.get(sku);
      var level = here == null ? null : here.at(location.name());
      if (level != null) {
        levels.put(level.id(), level);
      }
    }
    for (String sku : basket.asked.keySet()) {
      pieces.add(
          new Pieces(sku, items.numbers(sku, location.name(), levels, known.now, known.channel)));
    }
    return new Here(
            location,
            counted.at.distanceMeters(),
            counted.available,
            counted.found,
            pieces,
            Optional.empty())
        .ready(known.now);
  }
}
