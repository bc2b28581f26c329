package dev.filo.demo.journey;

import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Supplier;

/** Checks promises. */
final class Check {
  private Check() {}

  /** Stops the journey unless the promise is kept. */
  static void that(boolean kept, String promise) {
    if (!kept) {
      throw new Broken(promise);
    }
  }

  /** Asks until there is an answer; stops the journey when there is none in time. */
  static <T> T within(Duration limit, String promise, Supplier<Optional<T>> ask) {
    long end = System.nanoTime() + limit.toNanos();
    while (true) {
      var answer = ask.get();
      if (answer.isPresent()) {
        return answer.get();
      }
      if (System.nanoTime() > end) {
        throw new Broken(promise + " within " + limit.toMillis() + " ms");
      }
      LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(20));
    }
  }
}
