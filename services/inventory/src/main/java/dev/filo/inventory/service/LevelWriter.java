package dev.filo.inventory.service;

import dev.filo.inventory.domain.Applied;
import dev.filo.inventory.domain.Change;
import dev.filo.inventory.domain.Command;
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
  private static final int PAUSE_MAX_MILLIS = 20;
  // How many effects a level carries before it waits for the ledger to have them.
  private static final int TAIL_MAX = 16;
  private static final Duration PATIENCE = Duration.ofSeconds(10);

  private final LevelStore store;
  private final InstantSource clock;
  private final List<Lane> lanes = new ArrayList<>();

  /** A command and the level it is for. */
  public record Order(String level, Command command) {}

  /** A writer; a process has one. */
  public LevelWriter(LevelStore store, InstantSource clock) {
    this.store = store;
    this.clock = clock;
    for (int i = 0; i < LANES; i++) {
      lanes.add(new Lane());
    }
  }

  /** Does a command. One value; an error when the store cannot say how it ended. */
  public Mono<Outcome> submit(String level, Command command) {
    return submit(List.of(new Order(level, command))).map(List::getFirst);
  }

  /**
   * Does commands, each by itself, those for one level in this order. One value: how each ended, in
   * this order.
   */
  public Mono<List<Outcome>> submit(List<Order> orders) {
    return Flux.fromIterable(orders)
        .map(this::enqueue)
        .collectList()
        .doOnNext(waiting -> lanes.forEach(Lane::next))
        .flatMap(waiting -> Flux.fromIterable(waiting).concatMap(one -> one).collectList());
  }

  private Mono<Outcome> enqueue(Order order) {
    var waiting = new Waiting(order);
    lanes.get(Math.floorMod(order.level.hashCode(), LANES)).add(waiting);
    return waiting.answer;
  }

  private Mono<Map<Waiting, Outcome>> attempt(
      List<Waiting> batch, Set<String> attempted, int tries) {
    var now = clock.instant();
    var ids = new LinkedHashSet<String>();
    batch.forEach(one -> ids.add(one.order.level));
    return store
        .read(ids)
        .flatMap( // the ledger is asked after the levels: what was applied before is in one of them
            levels ->
                ledger(batch, levels, now)
                    .flatMap(ledger -> decide(batch, levels, ledger, attempted, now)))
        .onErrorResume(
            StaleVersionException.class,
            stale ->
                tries >= TRIES_MAX
                    ? Mono.error(stale)
                    : Mono.delay(pause())
                        .then(Mono.defer(() -> attempt(batch, attempted, tries + 1))));
  }

  private static Duration pause() {
    return Duration.ofMillis(ThreadLocalRandom.current().nextInt(1, PAUSE_MAX_MILLIS));
  }

  private Mono<Ledger> ledger(List<Waiting> batch, Map<String, Level> levels, Instant now) {
    var claims = new LinkedHashMap<String, Movement>();
    var lookups = new LinkedHashSet<String>();
    for (Waiting one : batch) {
      switch (one.order.command) {
        case Command.Enter(var movement) -> claims.putIfAbsent(movement.id(), movement);
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
    if (claims.isEmpty() && lookups.isEmpty()) {
      return Mono.just(Ledger.NONE);
    }
    var claimed =
        claims.isEmpty()
            ? Mono.just(Map.<String, Ledger.Entry>of())
            : store.claim(List.copyOf(claims.values()), now);
    var found =
        lookups.isEmpty() ? Mono.just(Map.<String, Ledger.Entry>of()) : store.entries(lookups);
    return claimed.flatMap(
        known ->
            found.flatMap(
                more -> {
                  var entries = new HashMap<>(known);
                  more.forEach(entries::putIfAbsent);
                  return later(entries, levels).map(later -> new Ledger(entries, later));
                }));
  }

  /** What the counts among the movements must add to what was found. */
  private Mono<Map<String, List<Applied>>> later(
      Map<String, Ledger.Entry> entries, Map<String, Level> levels) {
    return Flux.fromIterable(entries.values())
        .filter(entry -> entry instanceof Ledger.Entry.Claimed)
        .map(Ledger.Entry::movement)
        .filter(movement -> movement.kind() == Movement.Kind.COUNT)
        .filter(movement -> levels.containsKey(movement.level()))
        .flatMap(
            count ->
                store
                    .settledAfter(count.level(), count.effectiveTime())
                    .map(applied -> Map.entry(count.id(), applied)))
        .collectMap(Map.Entry::getKey, Map.Entry::getValue);
  }

  private Mono<Map<Waiting, Outcome>> decide(
      List<Waiting> batch,
      Map<String, Level> levels,
      Ledger ledger,
      Set<String> attempted,
      Instant now) {
    var next = new LinkedHashMap<String, Level>();
    var changes = new HashMap<String, List<Change>>();
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
            writes.add(new LevelStore.Write(before, kept, changes.getOrDefault(id, List.of())));
          }
        });
    if (writes.isEmpty()) {
      return Mono.just(outcomes);
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
                return Mono.error(
                    new StaleVersionException(
                        writes.getFirst().before().id(), writes.getFirst().before().version()));
              }
              settleLater(writes);
              return Mono.just(outcomes);
            });
  }

  /** A movement that an earlier try of ours has written is recorded, not repeated. */
  private static Outcome ours(Command command, Outcome outcome, Set<String> attempted) {
    return command instanceof Command.Enter(var movement)
            && outcome instanceof Outcome.Repeated(var level)
            && attempted.contains(movement.id())
        ? new Outcome.Done(level)
        : outcome;
  }

  /** Nobody waits for it: until the ledger has them, the level itself carries the effects. */
  private void settleLater(List<LevelStore.Write> writes) {
    var applied = new ArrayList<Applied>();
    for (LevelStore.Write write : writes) {
      for (Applied one : write.after().tail()) {
        if (one.sequence() > write.before().sequence()) {
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
          .doFinally(
              signal -> {
                synchronized (this) {
                  busy = false;
                }
                next();
              })
          .subscribe(
              outcomes -> outcomes.forEach((one, outcome) -> one.sink.tryEmitValue(outcome)),
              error -> batch.forEach(one -> one.sink.tryEmitError(error)));
    }
  }
}
