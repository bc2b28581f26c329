package dev.filo.inventory.service;

import dev.filo.inventory.domain.Author;
import dev.filo.inventory.domain.Command;
import dev.filo.inventory.domain.Incoming;
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
import java.util.List;
import java.util.function.Predicate;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/** Levels and their ledger: recording, reading, the safety stock. */
public final class Stock {
  /** How far ahead of ours a shelf's clock may be. */
  public static final Duration AHEAD_MAX = Duration.ofMinutes(5);

  private final LevelStore store;
  private final LevelWriter writer;
  private final Places places;
  private final Items items;
  private final MovementChecks checks;
  private final Transfers transfers;
  private final KitMovements kits;
  private final InstantSource clock;

  /**
   * A level and its numbers for somebody.
   *
   * @param level of a kit an empty one
   */
  public record Seen(Level level, Snapshot numbers) {}

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
    TIME_INVALID,
    /** A transfer without its id or other end, or another kind with one. */
    TRANSFER_INVALID,
    /** Too many transfers are on their way to one location. */
    TRANSFERS_TOO_MANY,
    /** A set-aside without a reason, or another kind with one. */
    SET_ASIDE_REASON_INVALID,
    /** Not as many serial numbers as pieces, or some where there are none. */
    SERIALS_INVALID,
    /** A serial number that comes in is there already. */
    SERIAL_DUPLICATE,
    /** A serial number that goes out is not there. */
    SERIAL_NOT_FOUND,
    /** More serial numbers than a level can have. */
    SERIALS_TOO_MANY,
    /** A kit is only sold and returned, and at most one of its components has serial numbers. */
    KIT_NOT_ALLOWED
  }

  /** Stock kept in a store. */
  public Stock(
      LevelStore store, LevelWriter writer, Places places, Items items, InstantSource clock) {
    this.store = store;
    this.writer = writer;
    this.places = places;
    this.items = items;
    this.checks = new MovementChecks(store, places, items, clock);
    this.transfers = new Transfers(store, writer);
    this.kits = new KitMovements(store, writer);
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
    return checks
        .refused(movements, allowed)
        .flatMap(
            refused -> {
              var asked = new ArrayList<Movement>();
              for (int i = 0; i < movements.size(); i++) {
                if (!refused.containsKey(i)) {
                  asked.add(movements.get(i));
                }
              }
              return enter(asked, settles)
                  .map(
                      outcomes -> {
                        var results = new ArrayList<Result>();
                        var rest = outcomes.iterator();
                        for (int i = 0; i < movements.size(); i++) {
                          var reason = refused.get(i);
                          results.add(
                              reason == null ? result(rest.next()) : new Result.Refused(reason));
                        }
                        return (List<Result>) results;
                      });
            });
  }

  /** Records movements that were found good, those of kits as their components'. */
  private Mono<List<Outcome>> enter(List<Movement> movements, boolean settles) {
    var journaled = movements.stream().map(items::journaled).toList();
    var plain = journaled.stream().filter(movement -> !movement.isOfKits()).toList();
    var ofKits = journaled.stream().filter(Movement::isOfKits).toList();
    return enterPlain(plain, settles)
        .flatMap(outcomes -> onceKits(plain, outcomes))
        .flatMap(
            outcomes ->
                kits.record(ofKits, clock.instant())
                    .map(
                        others -> {
                          var all = new ArrayList<Outcome>();
                          var next = outcomes.iterator();
                          var nextOfKits = others.iterator();
                          journaled.forEach(
                              movement ->
                                  all.add(movement.isOfKits() ? nextOfKits.next() : next.next()));
                          return all;
                        }));
  }

  /**
   * What was recorded as of a kit is a repetition of that, also when the SKU is no kit any more.
   */
  private Mono<List<Outcome>> onceKits(List<Movement> movements, List<Outcome> outcomes) {
    var ids = new ArrayList<String>();
    for (int i = 0; i < movements.size(); i++) {
      if (outcomes.get(i) instanceof Outcome.Differs
          && MovementChecks.canBeOfKits(movements.get(i))) {
        ids.add(movements.get(i).id());
      }
    }
    if (ids.isEmpty()) {
      return Mono.just(outcomes);
    }
    return store
        .entries(ids)
        .flatMap(
            entries ->
                Flux.range(0, movements.size())
                    .concatMap(
                        i -> {
                          var movement = movements.get(i);
                          var known = entries.get(movement.id());
                          return known != null && known.movement().isOfKits()
                              ? kits.record(List.of(movement), clock.instant()).map(List::getFirst)
                              : Mono.just(outcomes.get(i));
                        })
                    .collectList());
  }

  /** The same of what is no kit; tells the other ends of transfers. */
  private Mono<List<Outcome>> enterPlain(List<Movement> movements, boolean settles) {
    return writer
        .submit(
            movements.stream()
                .map(one -> new LevelWriter.Order(one.level(), new Command.Enter(one), settles))
                .toList())
        .flatMap(outcomes -> transfers.follow(movements, outcomes).thenReturn(outcomes));
  }

  private static Result result(Outcome outcome) {
    return switch (outcome) {
      case Outcome.Done(var level) -> new Result.Recorded(level);
      case Outcome.Repeated(var level) -> new Result.Repeated(level);
      case Outcome.Differs() -> new Result.Refused(Reason.MOVEMENT_DIFFERS);
      case Outcome.Unfit(var why, var serial) ->
          new Result.Refused(
              switch (why) {
                case SERIAL_DUPLICATE -> Reason.SERIAL_DUPLICATE;
                case SERIAL_NOT_FOUND -> Reason.SERIAL_NOT_FOUND;
                case SERIALS_TOO_MANY -> Reason.SERIALS_TOO_MANY;
                case INCOMING_TOO_MANY ->
                    throw new IllegalStateException("a movement expects nothing");
              });
      case Outcome.TooFew s -> throw new IllegalStateException("a movement is never short");
      case Outcome.Full f -> throw new IllegalStateException("a movement is no hold");
      case Outcome.Over o -> throw new IllegalStateException("a movement has no hold");
    };
  }

  /**
   * A level as it is; of a kit how many its components make. One value; RefusedException for an
   * unknown location or SKU.
   *
   * @param channel where it is asked, for the safety rules
   */
  public Mono<Seen> level(String id, String channel) {
    return items.ready().flatMap(known -> level(id, known, channel, clock.instant()));
  }

  private Mono<Seen> level(String id, Items known, String channel, Instant now) {
    var asked = Level.empty(id);
    var physical =
        known.physical(List.of(asked.sku())).stream()
            .map(sku -> Level.id(sku, asked.location()))
            .toList();
    return store
        .numbers(physical, now)
        .flatMap(
            found -> {
              var seen =
                  new Seen(
                      found.getOrDefault(id, asked),
                      known.numbers(asked.sku(), asked.location(), found, now, channel));
              return found.containsKey(id) ? Mono.just(seen) : known(id).thenReturn(seen);
            });
  }

  private Mono<Void> known(String id) {
    var level = Level.empty(id);
    return places.requireLocation(level.location()).then(places.requireSkus(List.of(level.sku())));
  }

  private Mono<Void> knownNoKit(String id) {
    return known(id).then(items.requireNoKit(Level.empty(id).sku()));
  }

  /**
   * Sets what is kept back at a level. One value: the level then.
   *
   * @param own false: the rules decide from now on
   */
  public Mono<Snapshot> setSafety(
      String id, int safety, boolean own, String requestId, Author author) {
    return planned(id, new Command.SetSafety(requestId, safety, author, own));
  }

  /** Says what a level expects from outside. One value: the level then. */
  public Mono<Snapshot> expect(String id, Incoming incoming, String requestId, Author author) {
    return planned(id, new Command.Expect(requestId, incoming, author));
  }

  private Mono<Snapshot> planned(String id, Command command) {
    return knownNoKit(id)
        .then(Mono.defer(() -> writer.submit(id, command)))
        .flatMap(
            outcome ->
                switch (outcome) {
                  case Outcome.Done(var level) -> Mono.just(level);
                  case Outcome.Repeated(var level) -> Mono.just(level);
                  case Outcome.Differs() ->
                      Mono.error(new RefusedException(new Refusal.RequestIdReused()));
                  case Outcome.Unfit u ->
                      Mono.error(new RefusedException(new Refusal.IncomingTooMany(id)));
                  case Outcome.TooFew s -> Mono.error(new IllegalStateException("short"));
                  case Outcome.Full f -> Mono.error(new IllegalStateException("full"));
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
        .tail(id)
        .map(store::settle)
        .switchIfEmpty(Mono.fromSupplier(() -> known(id)))
        .flatMap(step -> step)
        .then(Mono.defer(() -> store.movements(id, below, limit).collectList()));
  }
}
