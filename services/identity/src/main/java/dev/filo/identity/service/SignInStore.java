package dev.filo.identity.service;

import dev.filo.identity.domain.SignIn;
import java.time.Duration;
import java.time.Instant;
import reactor.core.publisher.Mono;

/** Keeps sign-ins under way. */
public interface SignInStore {
  /** Adds a sign-in; gives the one that is there when its id is taken. */
  Mono<SignIn> add(SignIn signIn);

  /** A sign-in, whatever has become of it. Empty when there is none. */
  Mono<SignIn> find(String id);

  /** Notes that the code with this hash is on its way. */
  Mono<Void> sent(String id, String codeHash);

  /**
   * Uses a sign-in up if the code is right: exactly one of many at once gets it. Otherwise counts
   * the attempt.
   */
  Mono<Redemption> redeem(String id, String codeHash, int attemptsMax, Instant now);

  /** What became of an attempt. */
  sealed interface Redemption {
    /** The code was right, and now is used up. */
    record Redeemed(SignIn signIn) implements Redemption {}

    /** The code was wrong. */
    record Wrong() implements Redemption {}

    /** There were too many wrong ones before. */
    record Exhausted() implements Redemption {}

    /** It is unknown, over or used. */
    record Over() implements Redemption {}
  }

  /**
   * Counts an act under a key if there were fewer than {@code max} within {@code window}. Empty
   * when it is let; otherwise how long to wait.
   */
  Mono<Duration> limit(String key, int max, Duration window, Instant now);

  /** Forgets what ended before a moment. */
  Mono<Void> forget(Instant before);
}
