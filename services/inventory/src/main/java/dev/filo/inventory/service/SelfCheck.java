package dev.filo.inventory.service;

import dev.filo.inventory.domain.Drift;
import dev.filo.inventory.service.Reconciliation.News;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Optional;
import java.util.Set;
import java.util.function.ToDoubleFunction;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/**
 * Reconciles again and again and says what came of it: a line in the log for each drift, and the
 * metrics {@code filo.inventory.drift} (drifts of the last completed run), {@code
 * filo.inventory.check.completed} (when that was, seconds since 1970) and {@code
 * filo.inventory.check.levels} (levels it covered). It mends nothing: what is wrong somebody must
 * look at. Before the first run is complete the metrics are not numbers.
 */
public final class SelfCheck {
  private static final Logger log = LoggerFactory.getLogger(SelfCheck.class);

  private final Reconciliation reconciliation;
  private final InstantSource clock;
  private volatile @Nullable Completed completed;

  private record Completed(News.Far run, Instant time) {}

  /** A self-check that tells these meters. */
  public SelfCheck(Reconciliation reconciliation, InstantSource clock, MeterRegistry meters) {
    this.reconciliation = reconciliation;
    this.clock = clock;
    Gauge.builder("filo.inventory.drift", this, check -> check.number(run -> run.run.drifts()))
        .description("Places where ledger, levels and holds disagree; always 0.")
        .register(meters);
    Gauge.builder(
            "filo.inventory.check.completed",
            this,
            check -> check.number(run -> run.time.toEpochMilli() / 1000.0))
        .description("When the self-check was last complete, seconds since 1970.")
        .register(meters);
    Gauge.builder(
            "filo.inventory.check.levels", this, check -> check.number(run -> run.run.levels()))
        .description("Levels the last complete self-check covered.")
        .register(meters);
  }

  private double number(ToDoubleFunction<Completed> figure) {
    var last = completed;
    return last == null ? Double.NaN : figure.applyAsDouble(last);
  }

  /** What the last complete run found, and when that was; absent before the first. */
  public Optional<LastRun> lastRun() {
    var last = completed;
    return last == null
        ? Optional.empty()
        : Optional.of(new LastRun(last.run.drifts(), last.run.levels(), last.time));
  }

  /**
   * What a complete run found.
   *
   * @param drifts places where ledger, levels and holds disagree
   * @param levels levels it covered
   * @param time when it was complete
   */
  public record LastRun(long drifts, long levels, Instant time) {}

  /**
   * Checks without end.
   *
   * @param pause between two runs
   * @param between between two portions of a run: what leaves the database to others
   */
  public Flux<Void> every(Duration pause, Duration between) {
    return Mono.delay(pause)
        .then(Mono.defer(() -> once(Mono.delay(between).then())))
        .onErrorResume(
            error -> {
              log.warn("the self-check waits for the next time: {}", error.toString());
              return Mono.empty();
            })
        .repeat();
  }

  /** Checks once. Empty; an error when the store could not answer. */
  public Mono<Void> once(Mono<Void> between) {
    return reconciliation.check(Set.of(), between).doOnNext(this::tell).then();
  }

  private void tell(News news) {
    switch (news) {
      case News.Found(var drift) -> log.error("drift: {}", words(drift));
      case News.Far far when far.complete() -> {
        completed = new Completed(far, clock.instant());
        log.debug(
            "{} levels, {} movements, {} holds checked: {} drifts",
            far.levels(),
            far.movements(),
            far.holds(),
            far.drifts());
      }
      case News.Far far -> {}
    }
  }

  /** A drift in plain words. */
  public static String words(Drift drift) {
    var level = "stockLevels/" + drift.level();
    return switch (drift.kind()) {
      case ON_HAND ->
          "%s has %d on hand; its movements add up to %d."
              .formatted(level, drift.found(), drift.expected());
      case HELD ->
          "%s keeps %d for holds/%s, which keeps %d there."
              .formatted(level, drift.found(), drift.hold(), drift.expected());
      case HOLD ->
          "holds/%s keeps %d at %s, which does not keep them."
              .formatted(drift.hold(), drift.expected(), level);
      case SEQUENCE ->
          "%s: the ledger has movement number %d %s%s."
              .formatted(
                  level,
                  drift.expected(),
                  times(drift.found()),
                  drift.movement().isEmpty() ? "" : " (" + drift.movement() + ")");
      case LEVEL ->
          "%s does not exist; the ledger has %d movements of it."
              .formatted(level, drift.expected());
      case COUNTER ->
          "%s says that %d pieces are held; its holds add up to %d."
              .formatted(level, drift.found(), drift.expected());
      case SET_ASIDE ->
          "%s has %d set aside as %s; its movements add up to %d."
              .formatted(level, drift.found(), drift.of(), drift.expected());
      case IN_TRANSIT ->
          "%s expects %d of transfer %s; its movements add up to %d."
              .formatted(level, drift.found(), drift.of(), drift.expected());
      case SERIAL ->
          "%s %s the piece %s; %s."
              .formatted(
                  level,
                  drift.found() == 1 ? "lists" : "does not list",
                  drift.of(),
                  pieces(drift.expected()));
    };
  }

  private static String pieces(long expected) {
    return expected == 0
        ? "its movements say that it is not there"
        : expected == 1
            ? "its movements say that it is there"
            : expected > 1
                ? "its movements say that it came in more often than it went out"
                : "its movements say that it went out more often than it came in";
  }

  private static String times(long found) {
    return found == 0 ? "not at all" : found == 1 ? "and the level never had it" : "twice";
  }
}
