package dev.filo.inventory.service;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import com.github.benmanes.caffeine.cache.Scheduler;
import dev.filo.inventory.domain.Level;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Collection;
import java.util.HashMap;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.atomic.AtomicBoolean;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.core.publisher.Sinks;

/**
 * Where some SKUs are: read once by all who ask at the same time, and used again for a while. What
 * this process writes is known at once. What another one writes is known once it is read again,
 * which is done beside the questions, about as often as the age says, as long as there are any.
 * What expires counts no more at its instant. Nothing may be decided on it. Thread-safe.
 */
public final class RecentLevels {
  // Of a SKU in 500 stores some 100 kB. How many are read within the age bounds it further.
  private static final int SKUS_MAX = 1_000;

  private final LevelStore store;
  private final Duration age;
  private final InstantSource clock;
  private final Cache<String, Known> known;

  /**
   * Remembers what a store says.
   *
   * @param age how old it may be before it is read again; until that is done, at most for as long
   *     again, it is used. Zero: always read anew
   */
  public RecentLevels(LevelStore store, Duration age, InstantSource clock) {
    this.store = store;
    this.age = age;
    this.clock = clock;
    this.known =
        Caffeine.newBuilder()
            .maximumSize(SKUS_MAX)
            .expireAfterAccess(age.multipliedBy(2))
            .ticker(() -> clock.millis() * 1_000_000)
            .scheduler(Scheduler.systemScheduler())
            .build();
  }

  /**
   * Levels of some SKUs.
   *
   * @param time since when it is true
   * @param bySku each SKU that was asked for
   */
  record Levels(Instant time, Map<String, SkuLevels> bySku) {}

  /** A SKU's levels; all of them once {@code question} is answered. */
  private static final class Known {
    private final Question question;
    private final SkuLevels levels = new SkuLevels();
    private final AtomicBoolean isBeingRead = new AtomicBoolean(true);
    private volatile Instant time;
    private volatile Instant due;

    Known(Question question, Instant time) {
      this.question = question;
      this.time = time;
      this.due = time;
    }

    /** Has been read. Not all SKUs of a page are due at once the next time. */
    void isTrueSince(Instant read, Duration age) {
      time = read;
      due = read.plus(age.dividedBy(2).plus(Duration.ofMillis(random(age.toMillis() / 2))));
      isBeingRead.set(false);
    }

    private static long random(long most) {
      return ThreadLocalRandom.current().nextLong(most + 1);
    }

    /** True for one caller, who is to read it again. */
    boolean takesReading(Instant now) {
      return !now.isBefore(due) && isBeingRead.compareAndSet(false, true);
    }

    boolean isOver(Instant now, Duration age) {
      return time.plus(age.multipliedBy(2)).isBefore(now);
    }
  }

  /** About SKUs nobody has asked about yet. What is written meanwhile is learnt meanwhile. */
  private static final class Question {
    private final Instant time;
    private final Map<String, Known> asked = new HashMap<>();
    private final Sinks.Empty<Void> answered = Sinks.empty();

    Question(Instant time) {
      this.time = time;
    }

    Known about(String sku) {
      return asked.computeIfAbsent(sku, key -> new Known(this, time));
    }
  }

  /** The levels of these SKUs. One value. */
  Mono<Levels> of(Collection<String> skus) {
    return Mono.defer(
        () -> {
          var question = new Question(clock.instant());
          var found = new HashMap<String, Known>();
          var due = new HashMap<String, Known>();
          for (String sku : skus) {
            var one = known(sku, question);
            found.put(sku, one);
            if (one.takesReading(question.time)) {
              due.put(sku, one);
            }
          }
          if (!question.asked.isEmpty()) {
            ask(question);
          }
          if (!due.isEmpty()) {
            refresh(due, question.time);
          }
          return Mono.when(
                  found.values().stream().map(one -> one.question.answered.asMono()).toList())
              .then(Mono.fromSupplier(() -> levels(found)));
        });
  }

  private Known known(String sku, Question question) {
    var one = Objects.requireNonNull(known.get(sku, question::about));
    return one.isOver(question.time, age)
        ? Objects.requireNonNull(
            known
                .asMap()
                .compute(
                    sku,
                    (key, now) ->
                        now == null || now.isOver(question.time, age) ? question.about(key) : now))
        : one;
  }

  /** To the end, whoever goes away: others may be waiting. */
  private void ask(Question question) {
    read(question.asked, question.time)
        .subscribe(
            level -> {},
            error -> {
              question.asked.forEach((sku, one) -> known.asMap().remove(sku, one));
              question.answered.tryEmitError(error);
            },
            question.answered::tryEmitEmpty);
  }

  /** Reads them again, for whoever asks later. */
  private void refresh(Map<String, Known> due, Instant now) {
    read(due, now)
        .subscribe(level -> {}, error -> due.values().forEach(one -> one.isBeingRead.set(false)));
  }

  /** Learns what is where of some SKUs. */
  private Flux<Level> read(Map<String, Known> some, Instant now) {
    var before = new HashMap<String, Map<String, Level>>();
    some.forEach((sku, one) -> before.put(sku, one.levels.copy()));
    return store
        .ofSkus(some.keySet(), now)
        .doOnNext(
            level -> {
              Objects.requireNonNull(before.get(level.sku())).remove(level.location());
              Objects.requireNonNull(some.get(level.sku())).levels.learn(level);
            })
        .doOnComplete(
            () ->
                some.forEach(
                    (sku, one) -> {
                      // Nothing is left there, unless something was written meanwhile.
                      Objects.requireNonNull(before.get(sku)).values().forEach(one.levels::forget);
                      one.isTrueSince(now, age);
                    }));
  }

  private static Levels levels(Map<String, Known> found) {
    var time = Instant.MAX;
    var bySku = new HashMap<String, SkuLevels>();
    for (var entry : found.entrySet()) {
      var read = entry.getValue().time;
      time = read.isBefore(time) ? read : time;
      bySku.put(entry.getKey(), entry.getValue().levels);
    }
    return new Levels(time, bySku);
  }

  /** Learns what was written. */
  void written(Level level) {
    var one = known.getIfPresent(level.sku());
    if (one != null) {
      one.levels.learn(level);
    }
  }
}
