package dev.filo.bench;

import java.time.Duration;
import java.util.Arrays;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/** Clients that each ask again as soon as they are answered. */
final class Load {
  private static final int WARM_UPS_MAX = 30;
  // Warm is what has not become faster by this for so many rounds.
  private static final double FASTER = 1.03;
  private static final int STEADY = 3;

  private Load() {}

  /** A round of something, for a time. */
  interface Round {
    Result run() throws InterruptedException;
  }

  /** One request; its number is unique in the run. True when it did what it was to do. */
  interface Request {
    boolean send(int client, int number);
  }

  /**
   * What came of a load.
   *
   * @param done requests that did what they were to do
   * @param other requests that were answered and did not
   * @param took from the first request to the last answer
   * @param nanos how long each took, sorted
   */
  @SuppressWarnings("ArrayRecordComponent") // results are not compared
  record Result(int done, int other, Duration took, long[] nanos) {
    /** Requests answered. */
    int answers() {
      return done + other;
    }

    /** Requests answered a second. */
    double rate() {
      return answers() / (took.toNanos() / 1e9);
    }

    /** The time within which this part of the requests was answered, milliseconds. */
    double millis(double part) {
      return nanos.length == 0
          ? 0
          : nanos[(int) Math.min(nanos.length - 1, Math.floor(part * nanos.length))] / 1e6;
    }

    /** Both together, one after the other. */
    Result and(Result more) {
      var all = Arrays.copyOf(nanos, nanos.length + more.nanos.length);
      System.arraycopy(more.nanos, 0, all, nanos.length, more.nanos.length);
      Arrays.sort(all);
      return new Result(done + more.done, other + more.other, took.plus(more.took), all);
    }
  }

  /** Repeats something until it does not become faster any more; a short setting has one round. */
  static void warmUp(Setting setting, Round round) throws InterruptedException {
    boolean isShort = setting.round().compareTo(Duration.ofSeconds(1)) <= 0;
    double best = 0;
    int steady = 0;
    for (int i = 0; i < (isShort ? 1 : WARM_UPS_MAX) && steady < STEADY; i++) {
      double rate = round.run().rate();
      steady = rate > best * FASTER ? 0 : steady + 1;
      best = Math.max(best, rate);
    }
  }

  /** Runs clients for a time, or until so many requests were sent. Fails when a request does. */
  static Result run(int clients, Duration time, int requestsMax, Request request)
      throws InterruptedException {
    var numbers = new AtomicInteger();
    var done = new AtomicInteger();
    var times = new ConcurrentLinkedQueue<long[]>();
    var failure = new AtomicReference<@Nullable RuntimeException>();
    long begun = System.nanoTime();
    long end = begun + time.toNanos();
    try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
      for (int i = 0; i < clients; i++) {
        int client = i;
        threads.execute(
            () -> {
              var mine = new long[1024];
              int count = 0;
              try {
                while (System.nanoTime() < end && failure.get() == null) {
                  int number = numbers.getAndIncrement();
                  if (number >= requestsMax) {
                    break;
                  }
                  long sent = System.nanoTime();
                  if (request.send(client, number)) {
                    done.incrementAndGet();
                  }
                  if (count == mine.length) {
                    mine = Arrays.copyOf(mine, 2 * count);
                  }
                  mine[count++] = System.nanoTime() - sent;
                }
              } catch (RuntimeException e) {
                failure.compareAndSet(null, e);
              }
              times.add(Arrays.copyOf(mine, count));
            });
      }
    }
    var took = Duration.ofNanos(System.nanoTime() - begun);
    var failed = failure.get();
    if (failed != null) {
      throw failed;
    }
    var nanos = times.stream().flatMapToLong(Arrays::stream).sorted().toArray();
    return new Result(done.get(), nanos.length - done.get(), took, nanos);
  }
}
