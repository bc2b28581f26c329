package dev.filo.platform.watch;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import reactor.core.publisher.Mono;
import reactor.core.publisher.Sinks;
import reactor.test.StepVerifier;

class ChangesTest {
  private static final Duration PATIENCE = Duration.ofSeconds(20);

  private final Changes changes = new Changes();

  @Test
  void aWatcherIsToldAtOnceAndOfItsKeyOnly() {
    StepVerifier.create(changes.of("a"))
        .expectNext("a")
        .then(() -> changes.tell("b"))
        .then(() -> changes.tell("a"))
        .expectNext("a")
        .thenCancel()
        .verify(PATIENCE);
  }

  @Test
  void changesWhileTheReaderIsBusyAreOne() {
    StepVerifier.create(changes.of("a"), 1)
        .expectNext("a")
        .then(() -> IntStream.range(0, 1_000).forEach(i -> changes.tell("a")))
        .thenRequest(10)
        .expectNext("a")
        .then(() -> assertThat(changes.watcherCount()).isEqualTo(1))
        .then(() -> changes.tell("a"))
        .expectNext("a")
        .thenCancel()
        .verify(PATIENCE);
  }

  @Test
  void whoNoLongerWatchesLeavesNothing() {
    var one = changes.of("a").subscribe();
    var two = changes.of("a").subscribe();
    var other = changes.of("b").subscribe();
    assertThat(changes.watcherCount()).isEqualTo(3);
    one.dispose();
    changes.tell("a");
    assertThat(changes.watcherCount()).isEqualTo(2);
    two.dispose();
    other.dispose();
    assertThat(changes.watcherCount()).isZero();
  }

  @Test
  void theLastChangeIsNeverLostHoweverManyTell() throws InterruptedException {
    int tellers = 8;
    var value = new AtomicInteger();
    var states =
        States.watch(changes, "a", () -> Mono.fromSupplier(value::get), String::valueOf, "");
    var seen = new AtomicReference<>(-1);
    var last = new CountDownLatch(1);
    var watch =
        states.subscribe(
            state -> {
              seen.set(state);
              if (state == tellers * 500) {
                last.countDown();
              }
            });
    var threads =
        IntStream.range(0, tellers)
            .mapToObj(
                i ->
                    Thread.ofVirtual()
                        .start(
                            () -> {
                              for (int n = 0; n < 500; n++) {
                                value.incrementAndGet();
                                changes.tell("a");
                              }
                            }))
            .toList();
    for (var thread : threads) {
      thread.join();
    }
    assertThat(last.await(PATIENCE.toSeconds(), java.util.concurrent.TimeUnit.SECONDS))
        .as("last seen: %s", seen.get())
        .isTrue();
    watch.dispose();
  }

  @Test
  void statesComeFirstAsTheyAreThenAfterEachChangeAndNeverTwice() {
    var state = new AtomicReference<>("v1");
    StepVerifier.create(
            States.watch(changes, "a", () -> Mono.fromSupplier(state::get), etag -> etag, ""))
        .expectNext("v1")
        .then(() -> changes.tell("a")) // nothing new
        .then(() -> state.set("v2"))
        .then(() -> changes.tell("a"))
        .expectNext("v2")
        .thenCancel()
        .verify(PATIENCE);
    assertThat(changes.watcherCount()).isZero();
  }

  @Test
  void theStateOfTheResumeCursorIsNotSentAgain() {
    var state = new AtomicReference<>("v1");
    var seen = new ArrayList<String>();
    var watch =
        States.watch(changes, "a", () -> Mono.fromSupplier(state::get), etag -> etag, "v1")
            .subscribe(seen::add);
    assertThat(seen).isEmpty();
    state.set("v2");
    changes.tell("a");
    assertThat(seen).isEqualTo(List.of("v2"));
    watch.dispose();
  }

  @Test
  void aBusyReadIsFollowedByOneThatSeesTheLastChange() {
    var state = new AtomicReference<>("v1");
    var first = Sinks.<String>one();
    var reads = new AtomicInteger();
    StepVerifier.create(
            States.watch(
                changes,
                "a",
                () -> reads.getAndIncrement() == 0 ? first.asMono() : Mono.fromSupplier(state::get),
                etag -> etag,
                ""))
        .then(
            () -> {
              for (int i = 2; i <= 100; i++) {
                state.set("v" + i);
                changes.tell("a");
              }
            })
        .then(() -> first.tryEmitValue("v1"))
        .expectNext("v1", "v100")
        .thenCancel()
        .verify(PATIENCE);
    assertThat(reads.get()).as("99 changes, a few reads").isLessThanOrEqualTo(3);
  }

  @Test
  void aFailingReadEndsTheWatchAndLeavesNothing() {
    StepVerifier.create(
            States.watch(
                changes,
                "a",
                () -> Mono.<String>error(new IllegalStateException("no")),
                etag -> etag,
                ""))
        .expectError(IllegalStateException.class)
        .verify(PATIENCE);
    assertThat(changes.watcherCount()).isZero();
  }
}
