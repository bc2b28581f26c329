package dev.filo.platform.feed;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.core.publisher.Sinks;
import reactor.test.StepVerifier;

class GatheredTest {
  private static final Duration PATIENCE = Duration.ofSeconds(30);
  private static final Duration MOMENT = Duration.ofMillis(1);

  /** Four hundred streams at once, whose elements come as batches end. */
  @Test
  void nothingIsHeldBack() {
    Flux.range(0, 400).flatMap(i -> someInDribs(), 400).then().block(PATIENCE);
  }

  private static Mono<Void> someInDribs() {
    int total = 60;
    var source = Sinks.many().unicast().<Integer>onBackpressureBuffer();
    var got = Collections.synchronizedList(new ArrayList<Integer>());
    var came =
        Flux.range(0, total)
            .concatMap(
                i ->
                    Mono.delay(Duration.ofMillis(ThreadLocalRandom.current().nextInt(3)))
                        .map(d -> i))
            .doOnNext(i -> source.tryEmitNext(i).orThrow())
            .then();
    var dealt =
        Gathered.deal(
                source.asFlux(),
                1_000,
                MOMENT,
                some ->
                    Mono.delay(Duration.ofMillis(ThreadLocalRandom.current().nextInt(3)))
                        .doOnNext(
                            tick -> {
                              got.addAll(some);
                              if (got.size() == total) {
                                source.tryEmitComplete().orThrow();
                              }
                            })
                        .then())
            .then();
    return Mono.when(came, dealt)
        .doOnSuccess(
            nothing -> assertThat(got).isEqualTo(IntStream.range(0, total).boxed().toList()));
  }

  @Test
  void oneBatchAfterTheOtherAndNoMoreAskedForThanTwo() {
    var asked = new AtomicLong();
    var most = new AtomicLong();
    var seen = new AtomicInteger();
    var isDealing = new AtomicBoolean();
    Gathered.deal(
            Flux.range(0, 2_000).doOnRequest(asked::addAndGet).concatWith(Mono.never()),
            50,
            MOMENT,
            some -> {
              assertThat(some).hasSizeBetween(1, 50);
              assertThat(isDealing.compareAndSet(false, true)).isTrue();
              most.accumulateAndGet(asked.get() - seen.get(), Math::max);
              return Mono.delay(MOMENT)
                  .doOnNext(
                      tick -> {
                        seen.addAndGet(some.size());
                        isDealing.set(false);
                      })
                  .then();
            })
        .takeUntilOther(
            Flux.interval(Duration.ofMillis(5)).filter(tick -> seen.get() == 2_000).next())
        .blockLast(PATIENCE);
    assertThat(seen).hasValue(2_000);
    assertThat(most.get()).isLessThanOrEqualTo(100);
  }

  @Test
  void theFirstErrorEndsIt() {
    var failing =
        Gathered.deal(
            Flux.just(1, 2).concatWith(Mono.never()),
            10,
            MOMENT,
            some -> Mono.error(new IllegalStateException(some.toString())));
    StepVerifier.create(failing).expectErrorMessage(List.of(1, 2).toString()).verify(PATIENCE);
    var source =
        Gathered.deal(
            Flux.<Integer>error(new IllegalStateException("away")),
            10,
            MOMENT,
            some -> Mono.empty());
    StepVerifier.create(source).expectErrorMessage("away").verify(PATIENCE);
  }
}
