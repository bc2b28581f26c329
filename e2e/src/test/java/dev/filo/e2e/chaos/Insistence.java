package dev.filo.e2e.chaos;

import dev.filo.platform.grpc.Statuses;
import io.grpc.ManagedChannel;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Function;

/**
 * Calls as a careful client: when it does not know how a call ended it makes the same call again,
 * with the same ids, at any replica, until it is answered. Thread-safe.
 */
final class Insistence {
  /** One try; longer than any step of ours should take. */
  static final Duration TRY = Duration.ofSeconds(6);

  /** One try of somebody impatient: shorter than a deserted primary takes to see that it is. */
  static final Duration IMPATIENT = Duration.ofMillis(1_500);

  // Both replicas of a service may be starting at once, several times over, on a busy machine.
  private static final Duration PATIENCE = Duration.ofMinutes(6);
  private static final long PAUSE_MIN_MILLIS = 20;
  private static final long PAUSE_MAX_MILLIS = 400;

  // Of tries that ended without an answer, one in so many is the last where a caller may give up.
  private static final int GIVES_UP_OF = 6;

  private final AtomicLong answered = new AtomicLong();
  private final AtomicLong tries = new AtomicLong();
  private final AtomicLong unanswered = new AtomicLong();
  private final AtomicLong lastAnswer = new AtomicLong(System.nanoTime());
  private final AtomicLong longestSilence = new AtomicLong();
  private final Violations violations;

  Insistence(Violations violations) {
    this.violations = violations;
  }

  /** How an operation ended. */
  sealed interface Ending<T> {
    /** It was done; this is the answer. */
    record Done<T>(T answer) implements Ending<T> {}

    /** It was refused for this reason. */
    record Refused<T>(String reason) implements Ending<T> {}
  }

  /** Does one operation at one of these replicas, until it is answered. */
  <T> Ending<T> call(List<Replica> replicas, String what, Function<ManagedChannel, T> operation) {
    return call(replicas, what, operation, false).orElseThrow();
  }

  /** Does one operation; empty when its caller gave up and does not know whether it was done. */
  <T> Optional<Ending<T>> callOrGiveUp(
      List<Replica> replicas, String what, Function<ManagedChannel, T> operation) {
    return call(replicas, what, operation, true);
  }

  private <T> Optional<Ending<T>> call(
      List<Replica> replicas,
      String what,
      Function<ManagedChannel, T> operation,
      boolean mayGiveUp) {
    long end = System.nanoTime() + PATIENCE.toNanos();
    long pause = PAUSE_MIN_MILLIS;
    while (true) {
      var replica = replicas.get(ThreadLocalRandom.current().nextInt(replicas.size()));
      tries.incrementAndGet();
      try {
        var answer = operation.apply(replica.channel());
        countAnswer();
        return Optional.of(new Ending.Done<>(answer));
      } catch (StatusRuntimeException e) {
        if (!isUnknown(e)) {
          countAnswer();
          return Optional.of(new Ending.Refused<>(reason(e, what)));
        }
        unanswered.incrementAndGet();
        if (mayGiveUp && ThreadLocalRandom.current().nextInt(GIVES_UP_OF) == 0) {
          return Optional.empty();
        }
        if (System.nanoTime() > end) {
          throw new IllegalStateException(what + " was never answered: " + e.getStatus(), e);
        }
        replica.channel().resetConnectBackoff();
        LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(pause));
        pause = Math.min(PAUSE_MAX_MILLIS, pause * 2);
      }
    }
  }

  private void countAnswer() {
    answered.incrementAndGet();
    long now = System.nanoTime();
    long silence = now - lastAnswer.getAndSet(now);
    longestSilence.accumulateAndGet(silence, Math::max);
  }

  /** Begins to measure anew how long nothing is answered. */
  void listen() {
    lastAnswer.set(System.nanoTime());
    longestSilence.set(0);
  }

  /** The longest time without any answer since. */
  Duration longestSilence() {
    long now = System.nanoTime() - lastAnswer.get();
    return Duration.ofNanos(Math.max(now, longestSilence.get()));
  }

  /** Tries that ended without an answer: whether they were done was not known. */
  long unanswered() {
    return unanswered.get();
  }

  /** True for what says nothing about whether the operation was done, or that it may be later. */
  private static boolean isUnknown(StatusRuntimeException error) {
    return switch (error.getStatus().getCode()) {
      case UNAVAILABLE, DEADLINE_EXCEEDED, CANCELLED, ABORTED -> true;
      default -> false;
    };
  }

  private String reason(StatusRuntimeException error, String what) {
    var info = Statuses.errorInfo(error);
    if (info == null || error.getStatus().getCode() == Status.Code.INTERNAL) {
      violations.add(what + " failed without a reason of ours: " + error.getStatus());
      return "";
    }
    return info.getReason();
  }

  /** Operations that were answered, well or with a refusal. */
  long answered() {
    return answered.get();
  }

  /** Calls made for them. */
  long tries() {
    return tries.get();
  }
}
