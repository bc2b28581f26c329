package dev.filo.inventory.service;

import dev.filo.inventory.domain.Level;
import dev.filo.inventory.domain.SafetyRules;
import dev.filo.inventory.domain.StockItem;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.IntUnaryOperator;
import org.jspecify.annotations.Nullable;

/**
 * The levels of one SKU by location. How many pieces can be promised where is counted once for all
 * who ask, until a level, a rule or an end of a hold changes it. Thread-safe.
 */
final class SkuLevels {
  // A retailer has a handful; some bytes per location each.
  private static final int CHANNELS_MAX = 16;

  private final ConcurrentMap<String, Level> levels = new ConcurrentHashMap<>();
  private final AtomicLong changes = new AtomicLong();
  private final ConcurrentMap<String, Counted> counted = new ConcurrentHashMap<>();

  /**
   * What was counted, and for which question and how long that is the answer.
   *
   * @param pieces by the index of a location
   * @param change the last one that is in it
   * @param since the last end of a hold that is in it
   * @param until the next end of a hold
   */
  private record Counted(
      IntUnaryOperator pieces,
      List<Location> locations,
      SafetyRules rules,
      String category,
      long change,
      Instant since,
      Instant until) {
    @SuppressWarnings("ReferenceEquality") // the same ones, not only equal ones: both are long
    boolean answers(
        List<Location> askedLocations,
        SafetyRules askedRules,
        String askedCategory,
        long newest,
        Instant now) {
      return locations == askedLocations
          && rules == askedRules
          && category.equals(askedCategory)
          && change == newest
          && !now.isBefore(since)
          && now.isBefore(until);
    }
  }

  /** The level at a location; null when nothing is known to be there. */
  @Nullable Level at(String location) {
    return levels.get(location);
  }

  /** All that is known now. */
  Map<String, Level> copy() {
    return new HashMap<>(levels);
  }

  /** Takes the newer one. */
  void learn(Level level) {
    levels.merge(level.location(), level, (old, now) -> now.version() >= old.version() ? now : old);
    changes.incrementAndGet();
  }

  /** Forgets a level unless it has been written since. */
  void forget(Level level) {
    levels.computeIfPresent(
        level.location(), (key, there) -> there.version() == level.version() ? null : there);
    changes.incrementAndGet();
  }

  /**
   * How many pieces can be promised at each of these locations.
   *
   * @param item what is known of this SKU
   * @param channel where it is asked, for the safety rules
   * @return pieces by the index of a location
   */
  IntUnaryOperator available(
      List<Location> locations, StockItem item, SafetyRules rules, Instant now, String channel) {
    long change = changes.get(); // before the levels: what is written meanwhile is counted anew
    var category = item.ruledCategory();
    var known = counted.get(channel);
    if (known != null && known.answers(locations, rules, category, change, now)) {
      return known.pieces;
    }
    var fresh = count(locations, item.sku(), rules, category, change, now, channel);
    if (known == null && counted.size() >= CHANNELS_MAX) {
      counted.clear();
    }
    counted.put(channel, fresh);
    return fresh.pieces;
  }

  private Counted count(
      List<Location> locations,
      String sku,
      SafetyRules rules,
      String category,
      long change,
      Instant now,
      String channel) {
    var pieces = new int[locations.size()];
    var since = Instant.MIN;
    var until = Instant.MAX;
    for (int i = 0; i < pieces.length; i++) {
      var level = levels.get(locations.get(i).name());
      if (level == null || level.onHand() <= 0) {
        continue;
      }
      pieces[i] = level.available(now, rules.of(sku, level.location(), category, channel).pieces());
      since = later(since, level.holds().lastExpiry(now).orElse(since));
      var next = level.holds().nextExpiry(now).orElse(until);
      until = next.isBefore(until) ? next : until;
    }
    return new Counted(i -> pieces[i], locations, rules, category, change, since, until);
  }

  private static Instant later(Instant one, Instant other) {
    return one.isAfter(other) ? one : other;
  }
}
