package dev.filo.inventory.service;

import dev.filo.inventory.domain.Audit;
import dev.filo.inventory.domain.Drift;
import dev.filo.inventory.domain.Held;
import dev.filo.inventory.domain.Hold;
import dev.filo.inventory.domain.Hold.State;
import dev.filo.inventory.domain.Ledger;
import dev.filo.inventory.domain.Level;
import dev.filo.inventory.service.CheckStore.Range;
import dev.filo.inventory.service.CheckStore.Stand;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;
import java.util.stream.Stream;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/**
 * Proves that ledger, levels and holds agree: each level is what its movements add up to, on hand,
 * set aside, on its way and piece by piece where pieces have serial numbers, has had every movement
 * the ledger has of it and no other, and keeps exactly the pieces of the holds that are active. It
 * reads a portion at a time, writes nothing, and takes nothing under way for a drift: what it finds
 * it looks at once more after a pause, and tells only what is still so.
 */
public final class Reconciliation {
  private static final int LEVELS = 200;
  private static final int HOLDS = 200;

  private final CheckStore store;
  private final InstantSource clock;
  private final Mono<Void> pause;

  /** News of a check. */
  public sealed interface News {
    /** Something does not agree. */
    record Found(Drift drift) implements News {}

    /**
     * How far the check is.
     *
     * @param complete true in the last news
     */
    record Far(
        long levels, long movements, long holds, long drifts, boolean complete, Instant startTime)
        implements News {}
  }

  /**
   * A check over a store.
   *
   * @param pause between the first look and the second: longer than a step of a hold takes
   */
  public Reconciliation(CheckStore store, InstantSource clock, Mono<Void> pause) {
    this.store = store;
    this.clock = clock;
    this.pause = pause;
  }

  /**
   * Checks once. Drifts as they are found and progress after each portion, the last complete; an
   * error when the store could not answer.
   *
   * @param names only these levels; none: all
   * @param between waited for between two portions
   */
  public Flux<News> check(Collection<String> names, Mono<Void> between) {
    return Flux.defer(() -> new Run(Set.copyOf(names)).news(between));
  }

  /** The holds that keep goods now, each at least once. */
  public Flux<Hold> keeping() {
    return Flux.concat(store.carriedHolds(), store.liveHolds())
        .filter(
            hold ->
                switch (hold.state()) {
                  case PLACING, ACTIVE, CHANGING, MOVING, TRIMMING ->
                      clock.instant().isBefore(hold.expireTime());
                  case SELLING, SETTLING, REFUSED, SOLD, RELEASED, EXPIRED -> false;
                });
  }

  private final class Run {
    private final Set<String> names;
    private final Instant start = clock.instant();
    private String after = "";
    private boolean more = true;
    private long levels;
    private long movements;
    private long holds;
    private long drifts;

    Run(Set<String> names) {
      this.names = names;
    }

    Flux<News> news(Mono<Void> between) {
      var ofLevels =
          names.isEmpty()
              ? Flux.defer(this::nextLevels).concatWith(wait(between)).repeat(() -> more)
              : Flux.defer(this::namedLevels);
      var ofHolds =
          store
              .liveHolds()
              .filter(this::isAsked)
              .buffer(HOLDS)
              .concatMap(portion -> ofHolds(portion).concatWith(wait(between)), 1);
      return Flux.concat(ofLevels, ofHolds, Flux.defer(() -> Flux.just(far(true))));
    }

    private Flux<News> wait(Mono<Void> between) {
      return between.thenMany(Flux.empty());
    }

    private boolean isAsked(Hold hold) {
      return names.isEmpty()
          || hold.lines().stream()
              .anyMatch(line -> names.contains(Level.id(line.sku(), hold.location())));
    }

    private Flux<News> nextLevels() {
      return store
          .levels(after, LEVELS)
          .flatMapMany(
              page -> {
                more = page.size() == LEVELS;
                var range = new Range(after, more ? page.getLast().id() : null);
                after = more ? page.getLast().id() : after;
                return portion(page, audits -> store.ledger(range).doOnNext(audits::add).then());
              });
    }

    private Flux<News> namedLevels() {
      return store
          .levels(names)
          .flatMapMany(
              page -> portion(page, audits -> store.ledger(names).doOnNext(audits::add).then()));
    }

    private Flux<News> portion(List<Stand> page, Function<Audits, Mono<Void>> read) {
      levels += page.size();
      var audits = new Audits(page);
      return read.apply(audits)
          .then(Mono.defer(() -> audits.result()))
          .flatMapMany(
              found -> {
                movements += audits.movements;
                return confirmed(found).concatWith(Flux.defer(() -> Flux.just(far(false))));
              });
    }

    /** Of what was found, what is still so after the pause. */
    private Flux<News> confirmed(List<Drift> found) {
      if (found.isEmpty()) {
        return Flux.empty();
      }
      var again = new LinkedHashSet<String>();
      found.forEach(drift -> again.add(drift.level()));
      return pause
          .then(Mono.defer(() -> store.levels(again)))
          .flatMap(
              page -> {
                var audits = new Audits(page);
                return store
                    .ledger(again)
                    .doOnNext(audits::add)
                    .then(Mono.defer(() -> audits.result()));
              })
          .flatMapIterable(second -> same(found, second))
          .map(this::found);
    }

    private Flux<News> ofHolds(List<Hold> portion) {
      holds += portion.size();
      return missing(portion)
          .flatMapMany(
              found -> {
                if (found.isEmpty()) {
                  return Flux.<Drift>empty();
                }
                var again = new HashSet<String>();
                found.forEach(drift -> again.add(drift.hold()));
                return pause
                    .then(Mono.defer(() -> store.holds(again)))
                    .flatMap(journals -> missing(journals.values()))
                    .flatMapIterable(second -> same(found, second));
              })
          .map(this::found)
          .concatWith(Flux.defer(() -> Flux.just(far(false))));
    }

    private News found(Drift drift) {
      drifts++;
      return new News.Found(drift);
    }

    private News far(boolean complete) {
      return new News.Far(levels, movements, holds, drifts, complete, start);
    }
  }

  private static List<Drift> same(List<Drift> first, List<Drift> second) {
    return second.stream().filter(drift -> first.stream().anyMatch(drift::isSame)).toList();
  }

  /** The active holds whose pieces their levels do not keep. One value. */
  private Mono<List<Drift>> missing(Collection<Hold> journals) {
    var now = clock.instant();
    var active =
        journals.stream()
            .filter(hold -> hold.state() == State.ACTIVE && now.isBefore(hold.expireTime()))
            .filter(hold -> names(hold).findAny().isPresent())
            .toList();
    var ids = new HashSet<String>();
    active.forEach(hold -> names(hold).forEach(ids::add));
    if (ids.isEmpty()) {
      return Mono.just(List.of());
    }
    return store
        .levels(ids)
        .map(
            page -> {
              var kept = new HashMap<String, Set<String>>();
              for (Stand level : page) {
                var holds = new HashSet<String>();
                level.held().forEach(held -> holds.add(held.hold()));
                kept.put(level.id(), holds);
              }
              var drifts = new ArrayList<Drift>();
              for (Hold hold : active) {
                for (Hold.Line line : hold.lines()) {
                  var id = Level.id(line.sku(), hold.location());
                  if (!kept.getOrDefault(id, Set.of()).contains(hold.id())) {
                    drifts.add(new Drift(Drift.Kind.HOLD, id, "", hold.id(), line.quantity(), 0));
                  }
                }
              }
              return drifts;
            });
  }

  private static Stream<String> names(Hold hold) {
    return hold.lines().stream().map(line -> Level.id(line.sku(), hold.location()));
  }

  /** Adds up the ledgers of some levels at once. */
  private final class Audits {
    private final Instant now = clock.instant();
    private final List<Stand> page;
    private final Map<String, Audit> byLevel = new LinkedHashMap<>();
    private final Map<String, Long> orphans = new LinkedHashMap<>();
    private long movements;

    Audits(List<Stand> page) {
      this.page = page;
      for (Stand level : page) {
        byLevel.put(
            level.id(),
            new Audit(level.id(), level.onHand(), level.goods(), level.sequence(), level.tail()));
      }
    }

    void add(Ledger.Entry entry) {
      movements++;
      var id = entry.movement().level();
      var audit = byLevel.get(id);
      if (audit != null) {
        audit.add(entry);
      } else if (entry instanceof Ledger.Entry.Settled) {
        orphans.merge(id, 1L, Long::sum);
      }
    }

    /** What differs, the holds that the levels keep compared with their journals. One value. */
    Mono<List<Drift>> result() {
      var drifts = new ArrayList<Drift>();
      byLevel.values().forEach(audit -> drifts.addAll(audit.drifts()));
      orphans.forEach((id, count) -> drifts.add(new Drift(Drift.Kind.LEVEL, id, "", "", count, 0)));
      var holds = new HashSet<String>();
      for (Stand level : page) {
        counters(level, drifts);
        level.held().stream()
            .filter(held -> held.counts(now))
            .forEach(held -> holds.add(held.hold()));
      }
      if (holds.isEmpty()) {
        return Mono.just(drifts);
      }
      return store
          .holds(holds)
          .map(
              journals -> {
                for (Stand level : page) {
                  held(level, journals, drifts);
                }
                return drifts;
              });
    }

    /** Whether readers are told what the holds add up to. */
    private void counters(Stand level, List<Drift> drifts) {
      long all = level.held().stream().mapToLong(Held::quantity).sum();
      long counting =
          level.held().stream().filter(held -> held.counts(now)).mapToLong(Held::quantity).sum();
      var until = level.countersUntil();
      if (all != level.counters().pieces()) {
        drifts.add(counter(level, all, level.counters().pieces()));
      } else if ((until == null || now.isBefore(until)) && counting != level.counters().held(now)) {
        drifts.add(counter(level, counting, level.counters().held(now)));
      }
    }

    private static Drift counter(Stand level, long expected, long found) {
      return new Drift(Drift.Kind.COUNTER, level.id(), "", "", expected, found);
    }

    private void held(Stand level, Map<String, Hold> journals, List<Drift> drifts) {
      level.held().stream()
          .filter(held -> held.counts(now))
          .forEach(
              held -> {
                var journal = journals.get(held.hold());
                long expected =
                    journal == null ? 0 : expected(journal, level.id(), held.quantity());
                if (expected != held.quantity()) {
                  drifts.add(
                      new Drift(
                          Drift.Kind.HELD, level.id(), "", held.hold(), expected, held.quantity()));
                }
              });
    }

    /** What a level should keep for a hold; what it does keep, as long as that is being changed. */
    private static long expected(Hold journal, String level, int kept) {
      return switch (journal.state()) {
        case PLACING, ACTIVE, SELLING, SETTLING ->
            journal.lines().stream()
                .filter(line -> Level.id(line.sku(), journal.location()).equals(level))
                .mapToLong(Hold.Line::quantity)
                .sum();
        case CHANGING, MOVING, TRIMMING -> kept;
        case REFUSED, SOLD, RELEASED, EXPIRED -> journal.due() == null ? 0 : kept;
      };
    }
  }
}
