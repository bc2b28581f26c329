package dev.filo.inventory.service;

import dev.filo.inventory.domain.Held;
import dev.filo.inventory.domain.Hold;
import dev.filo.inventory.domain.Level;
import dev.filo.inventory.domain.Snapshot;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import reactor.core.publisher.Mono;

/** How the numbers of a level came about, and what changes next. */
public final class Explanations {
  /** How many holds are listed. */
  public static final int HOLDS_MAX = 100;

  private final LevelStore levels;
  private final HoldStore holds;
  private final Places places;
  private final Items items;
  private final InstantSource clock;

  /** A hold that counts, and what it is for. */
  public record Open(Held held, String owner) {}

  /**
   * How a level's numbers came about.
   *
   * @param level as it is; of a kit empty
   * @param numbers for the channel asked for
   * @param holds those that count, the first to expire first, {@link #HOLDS_MAX} at most
   * @param holdCount how many count
   * @param components of a kit: its components
   */
  public record Explanation(
      Level level, Snapshot numbers, List<Open> holds, int holdCount, List<Component> components) {}

  /** A component of a kit. */
  public record Component(int quantity, Explanation explanation) {}

  /** Explanations of what is in these stores. */
  public Explanations(
      LevelStore levels, HoldStore holds, Places places, Items items, InstantSource clock) {
    this.levels = levels;
    this.holds = holds;
    this.places = places;
    this.items = items;
    this.clock = clock;
  }

  /**
   * Explains a level. One value; RefusedException for an unknown location or SKU.
   *
   * @param channel for whom, for the safety rules
   */
  public Mono<Explanation> explain(String id, String channel) {
    var asked = Level.empty(id);
    return places
        .requireLocation(asked.location())
        .then(places.requireSkus(List.of(asked.sku())))
        .then(Mono.defer(items::ready))
        .flatMap(
            known ->
                levels.read(
                    known.physical(List.of(asked.sku())).stream()
                        .map(sku -> Level.id(sku, asked.location()))
                        .toList()))
        .flatMap(
            found -> {
              var now = clock.instant();
              var open =
                  found.values().stream()
                      .collect(Collectors.toMap(Level::id, level -> counting(level, now)));
              var ids =
                  open.values().stream()
                      .flatMap(all -> all.stream().limit(HOLDS_MAX))
                      .map(Held::hold)
                      .collect(Collectors.toSet());
              return (ids.isEmpty() ? Mono.just(Map.<String, String>of()) : holds.owners(ids))
                  .map(owners -> explain(asked, found, open, owners, now, channel));
            });
  }

  private static List<Held> counting(Level level, Instant now) {
    return level.holds().all().stream()
        .filter(held -> held.counts(now) && held.quantity() > 0)
        .sorted(Comparator.comparing(Held::expireTime).thenComparing(Held::hold))
        .toList();
  }

  private Explanation explain(
      Level asked,
      Map<String, Level> found,
      Map<String, List<Held>> open,
      Map<String, String> owners,
      Instant now,
      String channel) {
    var numbers = items.numbers(asked.sku(), asked.location(), found, now, channel);
    var components = new ArrayList<Component>();
    for (Hold.Line part : items.item(asked.sku()).components()) {
      var level = Level.empty(Level.id(part.sku(), asked.location()));
      components.add(
          new Component(part.quantity(), explain(level, found, open, owners, now, channel)));
    }
    var here = open.getOrDefault(asked.id(), List.of());
    return new Explanation(
        found.getOrDefault(asked.id(), asked),
        numbers,
        here.stream()
            .limit(HOLDS_MAX)
            .map(held -> new Open(held, owners.getOrDefault(held.hold(), "")))
            .toList(),
        here.size(),
        components);
  }
}
