package dev.filo.inventory.service;

import dev.filo.inventory.domain.Goods;
import dev.filo.inventory.domain.Hold;
import dev.filo.inventory.domain.Ledger;
import dev.filo.inventory.domain.Level;
import dev.filo.inventory.domain.Movement;
import dev.filo.inventory.domain.StockItem;
import dev.filo.inventory.service.Stock.Reason;
import java.time.Instant;
import java.time.InstantSource;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/** Whether movements can be recorded, as far as that can be said without their levels. */
final class MovementChecks {
  private final LevelStore store;
  private final Places places;
  private final Items items;
  private final InstantSource clock;

  /** What the movements name and is not known, and the levels they transfer to that are full. */
  private record Names(Set<String> unknownSkus, Set<String> unknownLocations, Set<String> full) {}

  MovementChecks(LevelStore store, Places places, Items items, InstantSource clock) {
    this.store = store;
    this.places = places;
    this.items = items;
    this.clock = clock;
  }

  /** Why movements cannot be recorded, by their place in the list. One value. */
  Mono<Map<Integer, Reason>> refused(List<Movement> movements, Predicate<String> allowed) {
    var now = clock.instant();
    return Mono.zip(items.ready(), names(movements))
        .flatMap(
            known -> {
              var refused = new HashMap<Integer, Reason>();
              var perhapsKnown = new HashSet<String>();
              for (int i = 0; i < movements.size(); i++) {
                var movement = movements.get(i);
                var reason = always(movement, known.getT2(), allowed, now);
                if (reason == null) {
                  reason = today(movement, known.getT2());
                  if (reason != null) {
                    perhapsKnown.add(movement.id());
                  }
                }
                if (reason != null) {
                  refused.put(i, reason);
                }
              }
              return perhapsKnown.isEmpty()
                  ? Mono.just(refused)
                  : store.entries(perhapsKnown).map(kept -> without(refused, movements, kept));
            });
  }

  /** What was recorded once is a repetition, whatever was said of its SKU since. */
  private static Map<Integer, Reason> without(
      Map<Integer, Reason> refused, List<Movement> movements, Map<String, Ledger.Entry> kept) {
    var left = new HashMap<>(refused);
    left.keySet().removeIf(place -> isRecorded(kept.get(movements.get(place).id())));
    return left;
  }

  private static boolean isRecorded(Ledger.@Nullable Entry entry) {
    return entry instanceof Ledger.Entry.Settled || (entry != null && entry.movement().isOfKits());
  }

  private Mono<Names> names(List<Movement> movements) {
    var skus = new HashSet<String>();
    var locations = new HashSet<String>();
    var targets = new LinkedHashSet<String>();
    for (Movement movement : movements) {
      var level = Level.empty(movement.level());
      skus.add(level.sku());
      locations.add(level.location());
      var counterpart = movement.details().counterpart();
      if (!counterpart.isEmpty()) {
        locations.add(counterpart);
        if (movement.kind() == Movement.Kind.TRANSFER_OUT) {
          targets.add(Level.id(level.sku(), counterpart));
        }
      }
    }
    return Mono.zip(
            places.unknown(skus),
            unknownLocations(locations),
            targets.isEmpty() ? Mono.just(Set.<String>of()) : full(targets))
        .map(all -> new Names(all.getT1(), all.getT2(), all.getT3()));
  }

  private Mono<Set<String>> unknownLocations(Set<String> names) {
    return Flux.fromIterable(names)
        .filterWhen(name -> places.location(name).hasElement().map(known -> !known))
        .collect(Collectors.toSet());
  }

  private Mono<Set<String>> full(Set<String> targets) {
    return store
        .numbers(targets, clock.instant())
        .map(
            levels ->
                levels.values().stream()
                    .filter(level -> level.goods().transit().size() >= Goods.TRANSFERS_MAX)
                    .map(Level::id)
                    .collect(Collectors.toSet()));
  }

  /** What would be refused at any time. */
  private static @Nullable Reason always(
      Movement movement, Names names, Predicate<String> allowed, Instant now) {
    var level = Level.empty(movement.level());
    if (!allowed.test(level.location())) {
      return Reason.LOCATION_NOT_ALLOWED;
    }
    if (names.unknownLocations.contains(level.location())) {
      return Reason.LOCATION_NOT_FOUND;
    }
    if (names.unknownSkus.contains(level.sku())) {
      return Reason.SKU_NOT_FOUND;
    }
    if (!movement.quantityFits()) {
      return Reason.QUANTITY_INVALID;
    }
    if (movement.effectiveTime().isAfter(now.plus(Stock.AHEAD_MAX))) {
      return Reason.TIME_INVALID;
    }
    if (!transferFits(movement, level, names)) {
      return Reason.TRANSFER_INVALID;
    }
    boolean isSetAside = movement.kind() == Movement.Kind.SET_ASIDE;
    return isSetAside == (movement.details().reason() != null)
        ? null
        : Reason.SET_ASIDE_REASON_INVALID;
  }

  private static boolean transferFits(Movement movement, Level level, Names names) {
    var details = movement.details();
    return movement.kind().isTransfer()
        ? !details.transfer().isEmpty()
            && !details.counterpart().isEmpty()
            && !details.counterpart().equals(level.location())
            && !names.unknownLocations.contains(details.counterpart())
        : details.transfer().isEmpty() && details.counterpart().isEmpty();
  }

  /** What is refused as things are. */
  private @Nullable Reason today(Movement movement, Names names) {
    var level = Level.empty(movement.level());
    var item = items.item(level.sku());
    if (item.isKit()) {
      return ofKits(movement, item);
    }
    if (!serialsFit(movement, item)) {
      return Reason.SERIALS_INVALID;
    }
    boolean isFull =
        movement.kind() == Movement.Kind.TRANSFER_OUT
            && names.full.contains(Level.id(level.sku(), movement.details().counterpart()));
    return isFull ? Reason.TRANSFERS_TOO_MANY : null;
  }

  /** True for the kinds of movement a kit can have. */
  static boolean canBeOfKits(Movement movement) {
    return movement.kind() == Movement.Kind.SALE || movement.kind() == Movement.Kind.RETURN;
  }

  private @Nullable Reason ofKits(Movement movement, StockItem kit) {
    var serialized = items.serialized(kit.components());
    if (!canBeOfKits(movement) || serialized.size() > 1) {
      return Reason.KIT_NOT_ALLOWED;
    }
    long named = 0;
    for (Hold.Line part : kit.components()) {
      long pieces = (long) part.quantity() * movement.quantity();
      if (pieces > Movement.QUANTITY_MAX) {
        return Reason.QUANTITY_INVALID;
      }
      named += serialized.contains(part.sku()) ? pieces : 0;
    }
    return movement.details().serials().size() == named ? null : Reason.SERIALS_INVALID;
  }

  private static boolean serialsFit(Movement movement, StockItem item) {
    int named = movement.details().serials().size();
    if (!item.serialized()) {
      return named == 0;
    }
    int wanted = Math.abs(movement.quantity());
    return named == wanted || (named == 0 && movement.kind() == Movement.Kind.SET_ASIDE);
  }
}
