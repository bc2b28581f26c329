package dev.filo.pos.sync;

import dev.filo.pos.gateway.GatewayException;
import java.time.Duration;
import java.util.random.RandomGenerator;

/**
 * How long to wait before the next try: twice as long each time, with a random part so that the
 * tills of a shop do not come back all at once.
 */
final class Backoff {
  private static final Duration FIRST = Duration.ofMillis(500);
  private static final Duration LONGEST = Duration.ofSeconds(30);

  /** What somebody must mend first is tried rarely. */
  private static final Duration BLOCKED = Duration.ofMinutes(1);

  private static final int DOUBLINGS_MAX = 6; // 500 ms become 32 s

  private final RandomGenerator random;
  private int failures;

  Backoff(RandomGenerator random) {
    this.random = random;
  }

  void succeeded() {
    failures = 0;
  }

  Duration failed(GatewayException why) {
    if (!why.mayPass()) {
      return BLOCKED;
    }
    var longest = FIRST.multipliedBy(1L << Math.min(failures, DOUBLINGS_MAX));
    failures++;
    if (longest.compareTo(LONGEST) > 0) {
      longest = LONGEST;
    }
    var wait = longest.dividedBy(2).plusNanos(random.nextLong(1 + longest.toNanos() / 2));
    return wait.compareTo(why.retryAfter()) < 0 ? why.retryAfter() : wait;
  }
}
