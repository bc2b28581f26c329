package dev.filo.inventory.service;

import dev.filo.inventory.domain.Command;
import dev.filo.inventory.domain.Hold;
import dev.filo.inventory.domain.Movement;
import dev.filo.inventory.domain.Outcome;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/**
 * Tidies up: drops expired holds from levels and tells of it, ends or finishes holds that are due,
 * records movements that somebody began to record. Promises do not depend on it: what has expired
 * does not count from that instant on. Any number of replicas may do it at once.
 */
public final class Sweeper {
  private static final Logger log = LoggerFactory.getLogger(Sweeper.class);
  private static final int BATCH = 200;
  // Of one sweep; what is left waits for the next.
  private static final int ROUNDS_MAX = 100;
  // So that the levels' writes are shared.
  private static final int AT_ONCE = 32;
  // Longer than any call: whoever began to record is gone by then.
  private static final Duration RECORDING_MAX = Duration.ofSeconds(30);

  private final LevelStore levels;
  private final LevelWriter writer;
  private final HoldStore journal;
  private final Holds holds;
  private final Transfers transfers;
  private final KitMovements kits;
  private final InstantSource clock;

  /** A sweeper over these stores. */
  public Sweeper(
      LevelStore levels, LevelWriter writer, HoldStore journal, Holds holds, InstantSource clock) {
    this.levels = levels;
    this.writer = writer;
    this.journal = journal;
    this.holds = holds;
    this.transfers = new Transfers(levels, writer);
    this.kits = new KitMovements(levels, writer);
    this.clock = clock;
  }

  /** Sweeps at each interval, without end. */
  public Flux<Void> every(Duration interval) {
    return Flux.interval(interval)
        .onBackpressureDrop()
        .concatMap(
            tick ->
                sweep()
                    .onErrorResume(
                        error -> {
                          log.warn("sweeping waits for the next time: {}", error.toString());
                          return Mono.empty();
                        }),
            1);
  }

  /** Sweeps once. Empty; an error when the store could not answer. */
  public Mono<Void> sweep() {
    return expired()
        .then(due())
        .then(unsettled())
        .then(Mono.defer(() -> levels.tellLeft(clock.instant().minus(RECORDING_MAX), BATCH)))
        .then(Mono.defer(() -> transfers.goOn(clock.instant().minus(RECORDING_MAX), BATCH)));
  }

  /** A level where much has expired at once is cleaned in portions, round after round. */
  private Mono<Void> expired() {
    return levels
        .expired(clock.instant(), BATCH)
        .map(level -> new LevelWriter.Order(level, new Command.DropExpired()))
        .collectList()
        .flatMap(writer::submit)
        .repeat(ROUNDS_MAX)
        .takeWhile(outcomes -> outcomes.stream().anyMatch(Outcome.Done.class::isInstance))
        .then();
  }

  private Mono<Void> due() {
    return journal.due(clock.instant(), BATCH).flatMap(this::goOn, AT_ONCE).then();
  }

  private Mono<Void> goOn(Hold hold) {
    return holds
        .goOn(hold)
        .onErrorResume(
            error -> {
              log.warn("hold {} is looked at again later", hold.id(), error);
              return Mono.empty();
            });
  }

  private Mono<Void> unsettled() {
    return levels
        .unsettled(clock.instant().minus(RECORDING_MAX), BATCH)
        .concatMap(this::finish)
        .then();
  }

  private Mono<Void> finish(Movement movement) {
    if (movement.isOfKits()) {
      return kits.goOn(movement);
    }
    return writer
        .submit(List.of(new LevelWriter.Order(movement.level(), new Command.Enter(movement))))
        .flatMap(outcomes -> transfers.follow(List.of(movement), outcomes))
        .then(Mono.defer(() -> levels.tail(movement.level())))
        .flatMap(levels::settle);
  }
}
