package dev.filo.inventory.service;

import dev.filo.inventory.domain.Author;
import dev.filo.inventory.domain.Command;
import dev.filo.inventory.domain.Ledger;
import dev.filo.inventory.domain.Level;
import dev.filo.inventory.domain.Movement;
import dev.filo.inventory.domain.Outcome;
import dev.filo.inventory.domain.Refusal;
import dev.filo.inventory.domain.Snapshot;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.function.Predicate;
import reactor.core.publisher.Mono;

/** Levels and their ledger: recording, reading, the safety stock. */
public final class Stock {
  /** How far ahead of ours a shelf's clock may be. */
  public static final Duration AHEAD_MAX = Duration.ofMinutes(5);

  private final LevelStore store;
  private final LevelWriter writer;
  private final Places places;
  private final InstantSource clock;

  /** What became of a movement. */
  public sealed interface Result {
    /** It is in the ledger now. */
    record Recorded(Snapshot level) implements Result {}

    /** It was there already. */
    record Repeated(Snapshot level) implements Result {}

    /** It was not taken. */
    record Refused(Reason reason) implements Result {}
  }

  /** Why a movement was not taken. */
  public enum Reason {
    /** No SKU of this name. */
    SKU_NOT_FOUND,
    /** No location of this name. */
    LOCATION_NOT_FOUND,
    /** The id is known with other content. */
    MOVEMENT_DIFFERS,
    /** The quantity does not fit the kind. */
    QUANTITY_INVALID,
    /** Not one of the caller's stores. */
    LOCATION_NOT_ALLOWED,
    /** True only in the future. */
    TIME_INVALID
  }

  /** Stock kept in a store. */
  public Stock(LevelStore store, LevelWriter writer, Places places, InstantSource clock) {
    this.store = store;
    this.writer = writer;
    this.places = places;
    this.clock = clock;
  }

  /**
   * Records movements, each by itself. One value: a result for each, in this order.
   *
   * @param allowed whether the caller may record at a location
   */
  public Mono<List<Result>> record(List<Movement> movements, Predicate<String> allowed) {
    return record(movements, allowed, true);
  }

  /**
   * Records movements that are asked for again should they not be answered. Their levels carry the
   * effects until somebody reads the ledger; that is half the writes. One value: a result for each,
   * in this order.
   */
  public Mono<List<Result>> recordCarried(List<Movement> movements) {
    return record(movements, location -> true, false);
  }

  private Mono<List<Result>> record(
      List<Movement> movements, Predicate<String> allowed, boolean settles) {
    var now = clock.instant();
    var skus = new HashSet<String>();
    var locations = new HashSet<String>();
    for (Movement movement : movements) {
      skus.add(Level.empty(movement.level()).sku());
      locations.add(Level.empty(movement.level()).location());
    }
    return Mono.zip(places.unknown(skus), unknownLocations(locations))
        .flatMap(
            unknown -> {
              var results = new HashMap<Integer, Result>();
              var orders = new ArrayList<LevelWriter.Order>();
              var asked = new ArrayList<Integer>();
              for (int i = 0; i < movements.size(); i++) {
                var movement = movements.get(i);
                var reason = reason(movement, unknown.getT1(), unknown.getT2(), allowed, now);
                if (reason != null) {
                  results.put(i, new Result.Refused(reason));
                } else {
                  orders.add(
                      new LevelWriter.Order(
                          movement.level(), new Command.Enter(movement), settles));
                  asked.add(i);
                }
              }
              return writer
                  .submit(orders)
                  .map(
                      outcomes -> {
                        for (int i = 0; i < outcomes.size(); i++) {
                          results.put(asked.get(i), result(outcomes.get(i)));
                        }
                        var inOrder = new ArrayList<Result>();
                        for (int i = 0; i < movements.size(); i++) {
                          inOrder.add(results.get(i));
                        }
                        return (List<Result>) inOrder;
                      });
            });
  }

  private Mono<Set<String>> unknownLocations(Set<String> names) {
    return reactor.core.publisher.Flux.fromIterable(names)
        .filterWhen(name -> places.location(name).hasElement().map(known -> !known))
        .collect(java.util.stream.Collectors.toSet());
  }

  private static @org.jspecify.annotations.Nullable Reason reason(
      Movement movement,
      Set<String> unknownSkus,
      Set<String> unknownLocations,
      Predicate<String> allowed,
      Instant now) {
    var level = Level.empty(movement.level());
    if (!allowed.test(level.location())) {
      return Reason.LOCATION_NOT_ALLOWED;
    }
    if (unknownLocations.contains(level.location())) {
      return Reason.LOCATION_NOT_FOUND;
    }
    if (unknownSkus.contains(level.sku())) {
      return Reason.SKU_NOT_FOUND;
    }
    if (!movement.quantityFits()) {
      return Reason.QUANTITY_INVALID;
    }
    return movement.effectiveTime().isAfter(now.plus(AHEAD_MAX)) ? Reason.TIME_INVALID : null;
  }

  private static Result result(Outcome outcome) {
    return switch (outcome) {
      case Outcome.Done(var level) -> new Result.Recorded(level);
      case Outcome.Repeated(var level) -> new Result.Repeated(level);
      case Outcome.Differs() -> new Result.Refused(Reason.MOVEMENT_DIFFERS);
      case Outcome.TooFew s -> throw new IllegalStateException("a movement is never short");
      case Outcome.Over o -> throw new IllegalStateException("a movement has no hold");
    };
  }

  /** A level as it is; RefusedException for an unknown location or SKU. One value. */
  public Mono<Snapshot> level(String id) {
    return store
        .read(List.of(id))
        .flatMap(
            found -> {
              var level = found.get(id);
              return level != null
                  ? Mono.just(level.snapshot(clock.instant()))
                  : known(id).then(Mono.fromSupplier(() -> empty(id)));
            });
  }

  private Snapshot empty(String id) {
    return Level.empty(id).snapshot(clock.instant());
  }

  private Mono<Void> known(String id) {
    var level = Level.empty(id);
    return places.requireLocation(level.location()).then(places.requireSkus(List.of(level.sku())));
  }

  /** Sets what is kept back at a level. One value: the level then. */
  public Mono<Snapshot> setSafety(String id, int safety, String requestId, Author author) {
    return known(id)
        .then(Mono.defer(() -> writer.submit(id, new Command.SetSafety(requestId, safety, author))))
        .flatMap(
            outcome ->
                switch (outcome) {
                  case Outcome.Done(var level) -> Mono.just(level);
                  case Outcome.Repeated(var level) -> Mono.just(level);
                  case Outcome.Differs() ->
                      Mono.error(new RefusedException(new Refusal.RequestIdReused()));
                  case Outcome.TooFew s -> Mono.error(new IllegalStateException("short"));
                  case Outcome.Over o -> Mono.error(new IllegalStateException("over"));
                });
  }

  /**
   * The movements of a level, newest first. One value.
   *
   * @param below only those with a smaller sequence number
   */
  public Mono<List<Ledger.Entry.Settled>> movements(String id, long below, int limit) {
    return store
        .read(List.of(id))
        .flatMap(
            found -> {
              var level = found.get(id);
              return level == null ? known(id) : store.settle(level.tail());
            })
        .then(Mono.defer(() -> store.movements(id, below, limit).collectList()));
  }
}
