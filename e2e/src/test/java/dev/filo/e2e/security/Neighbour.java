package dev.filo.e2e.security;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.UncheckedIOException;
import java.time.Duration;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

/** An honest client, who goes on shopping while somebody attacks. */
final class Neighbour implements AutoCloseable {
  private static final int EVERY_MILLIS = 50;
  private static final int CALLS_MIN = 5;
  private static final Duration SLOWEST = Duration.ofSeconds(10); // Two cores for both of them.

  private final ScheduledExecutorService work = Executors.newSingleThreadScheduledExecutor();
  private final CopyOnWriteArrayList<String> failures = new CopyOnWriteArrayList<>();
  private final AtomicInteger served = new AtomicInteger();
  private final CountDownLatch enough = new CountDownLatch(CALLS_MIN);
  private final Victim victim;

  @SuppressWarnings("FutureReturnValueIgnored") // it ends with the executor
  Neighbour(Victim victim) {
    this.victim = victim;
    work.scheduleWithFixedDelay(this::call, 0, EVERY_MILLIS, TimeUnit.MILLISECONDS);
  }

  private void call() {
    long start = System.nanoTime();
    try {
      int status = victim.send(victim.request("/v1/stores?pageSize=1")).statusCode();
      var took = Duration.ofNanos(System.nanoTime() - start);
      if (status != 200) {
        failures.add("answered " + status);
      } else if (took.compareTo(SLOWEST) > 0) {
        failures.add("took " + took);
      } else {
        served.incrementAndGet();
      }
    } catch (UncheckedIOException e) {
      failures.add(e.getMessage());
    }
    enough.countDown();
  }

  /** She got everything she asked for in the meantime. */
  void assertServed() throws InterruptedException {
    assertThat(enough.await(60, TimeUnit.SECONDS)).as("some calls were made").isTrue();
    assertThat(failures).isEmpty();
    assertThat(served.get()).isPositive();
  }

  @Override
  public void close() {
    work.shutdownNow();
  }
}
