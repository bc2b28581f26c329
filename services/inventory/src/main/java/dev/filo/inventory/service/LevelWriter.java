package dev.filo.inventory.service;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import dev.filo.inventory.domain.Applied;
import dev.filo.inventory.domain.Change;
import dev.filo.inventory.domain.Command;
import dev.filo.inventory.domain.Hold;
import dev.filo.inventory.domain.Ledger;
import dev.filo.inventory.domain.Level;
import dev.filo.inventory.domain.Movement;
import dev.filo.inventory.domain.Outcome;
import dev.filo.platform.mongo.StaleVersionException;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ThreadLocalRandom;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.core.publisher.Sinks;

/**
 * Does commands on levels. A level is read, the commands that wait for it are decided one after the
 * other, and what comes out is written if nobody else wrote meanwhile; else it is read and decided
 * again. So every decision is true at the moment it is kept, however many replicas there are.
 *
 * <p>What it wrote last it remembers, and decides on that without reading: a SKU many want here
 * costs one write for all who wait. When another replica has written, the write finds so, and the
 * level is read. Where nothing is to be written, as when all are refused, the level's version is
 * compared instead. Only what a majority of the database has is remembered.
 *
 * <p>Commands that come while a write is under way wait and are done together in the next one: a
 * SKU everybody wants costs one write for all of them, not a queue of lost races. Levels are spread
 * over a few lanes by their id. Thread-safe.
 */
public final class LevelWriter {
  private static final Logger log = LoggerFactory.getLogger(LevelWriter.class);
  private static final int LANES = 4;
  // Keeps one write well below the 16 MB and the time that a server gives one message.
  private static final int BATCH = 500;
  // Other replicas can only win a level as often as they have something to write.
  private static final int TRIES_MAX = 50;
  private static final int TRIES_AT_ONCE = 5;
  private static final int PAUSE_MAX_MILLIS = 20;
  // How many effects a level carries before it waits for the ledger to have them.
  private static final int TAIL_MAX = 16;
  private static final Duration PATIENCE = Duration.ofSeconds(10);

  // Some 30 MB: a hold takes 250 bytes, a level without any 500.
  private static final int REMEMBERED_MAX = 100_000;
  private static final int LEVEL_WEIGHT = 4;

  private final LevelStore store;
  private final RecentLevels recent;
  private final InstantSource clock;
  private final List<Lane> lanes = new ArrayList<>();
  private final Cache<String, Level> remembered =
      Caffeine.newBuilder()
          .maximumWeight(REMEMBERED_MAX)
          .weigher((String id, Level level) -> LEVEL_WEIGHT + level.holds().size())
          .executor(Runnable::run)
          .build();

  /**
   * A command and the level it is for.
   *
   * @param settles false for a movement whose effect the level may carry until somebody asks for
   *     the ledger, and which whoever asked for it asks for again after a break: half the writes
   */
  public record Order(String level, Command command, boolean settles) {
    /** A command whose effects the ledger has soon. */
    public Order(String level, Command command) {
      this(level, command, true);
    }
  }

  /** A writer; a process has one. */
  public LevelWriter(LevelStore store, RecentLevels recent, InstantSource clock) {
    this.store = store;
    this.recent = recent;
    this.clock = clock;
    for (int i = 0; i < LANES; i++) {
      lanes.add(new Lane());
    }
  }

  /** Does a command. One value; an error when the store cannot say how it ended. */
  public Mono<Outcome> submit(String level, Command command) {
    return submit(new Order(level, command));
  }

  private Mono<Outcome> submit(Order order) {
    return Mono.defer(
        () -> {
          var answer = enqueue(order);
          lane(order.level).next();
          return answer;
        });
  }

  /**
   * Does commands, each by itself, those for one level in this order. One value: how each ended, in
   * this order.
   */
  public Mono<List<Outcome>> submit(List<Order> orders) {
    if (orders.size() == 1) {
      return submit(orders.getFirst()).map(List::of);
    }
    return Flux.fromIterable(orders)
        .map(this::enqueue)
        .collectList()
        .doOnNext(waiting -> lanes.forEach(Lane::next))
        .flatMap(waiting -> Flux.fromIterable(waiting).concatMap(one -> one).collectList());
  }

  private Mono<Outcome> enqueue(Order order) {
    var waiting = new Waiting(order);
    lane(order.level).add(waiting);
    return waiting.answer;
  }

  private Lane lane(String level) {
    return lanes.get(Math.floorMod(level.hashCode(), LANES));
  }

  private Mono<Map<Waiting, Outcome>> attempt(
      List<Waiting> batch, Set<String> attempted, int tries) {
    var now = clock.instant();
    var ids = new LinkedHashSet<String>();
    batch.forEach(one -> ids.add(one.order.level));
    var known = remembered.getAllPresent(ids);
    ids.removeAll(known.keySet());
    return (ids.isEmpty() ? Mono.just(known) : store.read(ids).map(read -> joined(read, known)))
        .flatMap( // the ledger is asked after the levels: what was applied before is in one of them
            levels ->
                ledger(batch, levels, now)
                    .flatMap(ledger -> decide(batch, levels, known, ledger, attempted, now)))
        .doOnError(error -> forget(batch))
        .onErrorResume(
            StaleVersionException.class,
            stale ->
                tries >= TRIES_MAX
                    ? Mono.error(stale)
                    : Mono.delay(pause(tries))
                        .then(Mono.defer(() -> attempt(batch, attempted, tries + 1))));
  }

  private static Map<String, Level> joined(Map<String, Level> read, Map<String, Level> known) {
    var all = new HashMap<>(known);
    all.putAll(read);
    return all;
  }

  /** What is not certain any more is read the next time. */
  private void forget(List<Waiting> batch) {
    batch.forEach(one -> remembered.invalidate(one.order.level));
  }

  /** Whoever has just won answers its callers before it writes again: the moment to try is now. */
  private static Duration pause(int tries) {
    return tries <= TRIES_AT_ONCE
        ? Duration.ZERO
        : Duration.ofMillis(ThreadLocalRandom.current().nextInt(1, PAUSE_MAX_MILLIS));
  }

  private Mono<Ledger> ledger(List<Waiting> batch, Map<String, Level> levels, Instant now) {
    var claims = new LinkedHashMap<String, Movement>();
    var repeatable = new LinkedHashMap<String, Movement>();
    var lookups = new LinkedHashSet<String>();
    for (Waiting one : batch) {
      switch (one.order.command) {
        case Command.Enter(var movement) ->
            (one.order.settles ? claims : repeatable).putIfAbsent(movement.id(), movement);
        case Command.Sell(var sale) -> claims.putIfAbsent(sale.id(), sale);
        case Command.Pin pin -> lookups.add(pin.sale().id());
        case Command.Place place -> {}
        case Command.Resize resize -> {}
        case Command.Extend extend -> {}
        case Command.Free free -> {}
        case Command.SetSafety set -> {}
        case Command.Expect expect -> {}
        case Command.DropExpired drop -> {}
      }
    }
    if (claims.isEmpty() && repeatable.isEmpty() && lookups.isEmpty()) {
      return Mono.just(Ledger.NONE);
    }
    var found =
        lookups.isEmpty() ? Mono.just(Map.<String, Ledger.Entry>of()) : store.entries(lookups);
    return Flux.concat(claim(claims, now), claim(repeatable, null), found)
        .collect(
            HashMap<String, Ledger.Entry>::new,
            (entries, more) -> more.forEach(entries::putIfAbsent))
        .flatMap(entries -> later(entries, levels).map(later -> new Ledger(entries, later)));
  }

  private Mono<Map<String, Ledger.Entry>> claim(
      Map<String, Movement> movements, @Nullable Instant claimTime) {
    return movements.isEmpty()
        ? Mono.just(Map.of())
        : store.claim(List.copyOf(movements.values()), claimTime);
  }

  /** What the counts among the movements must add to what was found. */
  private Mono<Map<String, List<Applied>>> later(
      Map<String, Ledger.Entry> entries, Map<String, Level> levels) {
    return Flux.fromIterable(entries.values())
        .filter(entry -> entry instanceof Ledger.Entry.Claimed)
        .map(Ledger.Entry::movement)
        .filter(movement -> movement.kind() == Movement.Kind.COUNT)
        .filter(movement -> hasSettled(levels.get(movement.level())))
        .collect(Collectors.groupingBy(Movement::effectiveTime))
        .flatMapIterable(Map::entrySet)
        .flatMap(counts -> later(counts.getKey(), counts.getValue()))
        .collect(HashMap::new, Map::putAll);
  }

  /** Whether the ledger may have movements of a level that the level does not carry itself. */
  private static boolean hasSettled(@Nullable Level level) {
    return level != null && level.sequence() > level.tail().size();
  }

  /** What the counts of one time must add: one question for all their levels. */
  private Mono<Map<String, List<Applied>>> later(Instant time, List<Movement> counts) {
    return store
        .settledAfter(counts.stream().map(Movement::level).distinct().toList(), time)
        .map(
            byLevel -> {
              var later = new HashMap<String, List<Applied>>();
              counts.forEach(
                  count -> {
                    var found = byLevel.get(count.level());
                    if (found != null) {
                      later.put(count.id(), found);
                    }
                  });
              return later;
            });
  }

  private Mono<Map<Waiting, Outcome>> decide(
      List<Waiting> batch,
      Map<String, Level> levels,
      Map<String, Level> known,
      Ledger ledger,
      Set<String> attempted,
      Instant now) {
    var next = new LinkedHashMap<String, Level>();
    var changes = new HashMap<String, List<Change>>();
    var opened = new HashMap<String, List<Hold>>();
    var settling = new HashSet<String>();
    var outcomes = new LinkedHashMap<Waiting, Outcome>();
    for (Waiting one : batch) {
      var id = one.order.level;
      var told = changes.computeIfAbsent(id, key -> new ArrayList<>());
      var level = next.get(id);
      if (level == null) {
        var dropped =
            levels.getOrDefault(id, Level.empty(id)).apply(new Command.DropExpired(), ledger, now);
        told.addAll(dropped.changes());
        level = dropped.next();
      }
      var step = level.apply(one.order.command, ledger, now);
      told.addAll(step.changes());
      next.put(id, step.next());
      outcomes.put(one, ours(one.order.command, step.outcome(), attempted));
      if (one.order.settles) {
        settling.add(id);
      }
      if (one.order.command instanceof Command.Place place
          && place.journal() != null
          && step.outcome() instanceof Outcome.Done) {
        opened.computeIfAbsent(id, key -> new ArrayList<>()).add(place.journal());
      }
    }
    var writes = new ArrayList<LevelStore.Write>();
    var full = new ArrayList<Applied>();
    next.forEach(
        (id, after) -> {
          var before = levels.getOrDefault(id, Level.empty(id));
          if (after.version() != before.version()) {
            var kept = after;
            if (before.tail().size() >= TAIL_MAX) {
              full.addAll(before.tail());
              kept =
                  after.withTail(after.tail().subList(before.tail().size(), after.tail().size()));
            }
            writes.add(
                new LevelStore.Write(
                    before,
                    kept,
                    changes.getOrDefault(id, List.of()),
                    opened.getOrDefault(id, List.of()),
                    !settling.contains(id)));
          }
        });
    var unwritten = new HashMap<>(known);
    var asRead = new HashMap<>(levels);
    asRead.keySet().removeAll(known.keySet());
    writes.forEach(
        write -> {
          unwritten.remove(write.before().id());
          asRead.remove(write.before().id());
        });
    remembered.putAll(asRead);
    if (writes.isEmpty()) {
      return unchanged(unwritten).thenReturn(outcomes);
    }
    outcomes.forEach(
        (one, outcome) -> {
          if (one.order.command instanceof Command.Enter(var movement)
              && outcome instanceof Outcome.Done) {
            attempted.add(movement.id());
          }
        });
    var settled = full.isEmpty() ? Mono.<Void>empty() : store.settle(full);
    return settled
        .then(Mono.defer(() -> store.write(writes, now)))
        .flatMap(
            kept -> {
              if (!kept) {
                return Mono.error(stale(writes.getFirst().before()));
              }
              writes.forEach(
                  write -> {
                    remembered.put(write.after().id(), write.after());
                    recent.written(write.after());
                  });
              settleLater(writes, carried(batch));
              return unchanged(unwritten).thenReturn(outcomes);
            });
  }

  /** Empty when the levels are still as they are remembered; else StaleVersionException. */
  private Mono<Void> unchanged(Map<String, Level> levels) {
    return levels.isEmpty()
        ? Mono.empty()
        : store
            .versions(levels.keySet())
            .flatMap(
                versions -> {
                  for (Level level : levels.values()) {
                    if (versions.getOrDefault(level.id(), 0L) != level.version()) {
                      return Mono.error(stale(level));
                    }
                  }
                  return Mono.empty();
                });
  }

  private static StaleVersionException stale(Level level) {
    return new StaleVersionException(level.id(), level.version());
  }

  /** A movement that an earlier try of ours has written is recorded, not repeated. */
  private static Outcome ours(Command command, Outcome outcome, Set<String> attempted) {
    return command instanceof Command.Enter(var movement)
            && outcome instanceof Outcome.Repeated(var level)
            && attempted.contains(movement.id())
        ? new Outcome.Done(level)
        : outcome;
  }

  /** The movements whose effects their levels go on carrying. */
  private static Set<String> carried(List<Waiting> batch) {
    var carried = new HashSet<String>();
    for (Waiting one : batch) {
      if (!one.order.settles && one.order.command instanceof Command.Enter(var movement)) {
        carried.add(movement.id());
      }
    }
    return carried;
  }

  /** Nobody waits for it: until the ledger has them, the level itself carries the effects. */
  private void settleLater(List<LevelStore.Write> writes, Set<String> carried) {
    var applied = new ArrayList<Applied>();
    for (LevelStore.Write write : writes) {
      for (Applied one : write.after().tail()) {
        if (one.sequence() > write.before().sequence() && !carried.contains(one.movement())) {
          applied.add(one);
        }
      }
    }
    if (!applied.isEmpty()) {
      store
          .settle(applied)
          .subscribe(
              nothing -> {},
              error -> log.debug("the ledger is settled by the next sweep: {}", error.toString()));
    }
  }

  /** A command that waits, and whoever waits for it. */
  private static final class Waiting {
    private final Order order;
    private final Sinks.One<Outcome> sink = Sinks.one();
    private final Mono<Outcome> answer = sink.asMono();

    Waiting(Order order) {
      this.order = order;
    }
  }

  /** Commands for the levels of one lane: one batch at a time, the next one grows meanwhile. */
  private final class Lane {
    private final ArrayDeque<Waiting> queue = new ArrayDeque<>();
    private boolean busy;

    synchronized void add(Waiting one) {
      queue.add(one);
    }

    /** Sends the next write before the last one's callers are answered, which takes a while. */
    private void free() {
      synchronized (this) {
        busy = false;
      }
      next();
    }

    void next() {
      var batch = new ArrayList<Waiting>();
      synchronized (this) {
        if (busy || queue.isEmpty()) {
          return;
        }
        busy = true;
        while (!queue.isEmpty() && batch.size() < BATCH) {
          batch.add(queue.poll());
        }
      }
      Mono.defer(() -> attempt(batch, new HashSet<>(), 1))
          .timeout(PATIENCE)
          .doOnError(error -> forget(batch))
          .subscribe(
              outcomes -> {
                free();
                outcomes.forEach((one, outcome) -> one.sink.tryEmitValue(outcome));
              },
              error -> {
                free();
                batch.forEach(one -> one.sink.tryEmitError(error));
              });
    }
  }
}
