package dev.filo.gateway.edge;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import dev.filo.gateway.GatewayProperties;
import dev.filo.gateway.problem.Problem;
import java.time.Duration;
import java.util.function.LongSupplier;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.stereotype.Component;

/**
 * Token buckets per address and per token's subject. Each replica counts for itself: n replicas let
 * n times as much through, which is what keeping the edge free of shared state costs. Bounded: the
 * least recent callers are forgotten. Thread-safe.
 */
@Component
public final class RateLimits {
  private static final int CALLERS_MAX = 100_000; // About 10 MB of buckets at most.

  private final Cache<String, Bucket> addresses;
  private final Cache<String, Bucket> subjects;
  private final GatewayProperties.Rate rate;
  private final LongSupplier nanos;

  /** Limits as configured. */
  @Autowired
  public RateLimits(GatewayProperties properties) {
    this(properties.rate(), System::nanoTime);
  }

  RateLimits(GatewayProperties.Rate rate, LongSupplier nanos) {
    this.rate = rate;
    this.nanos = nanos;
    this.addresses = buckets();
    this.subjects = buckets();
  }

  private static Cache<String, Bucket> buckets() {
    return Caffeine.newBuilder()
        .maximumSize(CALLERS_MAX)
        .expireAfterAccess(Duration.ofMinutes(10))
        .build();
  }

  /**
   * Counts a call from an address.
   *
   * @throws dev.filo.gateway.problem.ProblemException RATE_LIMITED
   */
  public void address(String address) {
    take(addresses, address, rate.perAddress(), rate.perAddressBurst());
  }

  /**
   * Counts a call with a token.
   *
   * @throws dev.filo.gateway.problem.ProblemException RATE_LIMITED
   */
  public void caller(Caller caller) {
    if (caller.subject() != null) {
      take(subjects, caller.subject(), rate.perSubject(), rate.perSubjectBurst());
    }
  }

  private void take(Cache<String, Bucket> buckets, String key, int perSecond, int burst) {
    long now = nanos.getAsLong();
    Bucket bucket = buckets.get(key, k -> new Bucket(burst, now));
    double waitSeconds = bucket.take(now, perSecond, burst);
    if (waitSeconds > 0) {
      throw limited((long) Math.ceil(waitSeconds)).exception();
    }
  }

  /** The refusal of a call too many. */
  public static Problem limited(long retrySeconds) {
    return Problem.of(429, "RATE_LIMITED", "Too many calls at once. Come back a little later.")
        .retryAfter(retrySeconds);
  }

  private static final class Bucket {
    private double tokens;
    private long at;

    Bucket(int burst, long now) {
      tokens = burst;
      at = now;
    }

    /** Takes one token; else says in how many seconds there will be one. */
    synchronized double take(long now, int perSecond, int burst) {
      tokens = Math.min(burst, tokens + Math.max(0, now - at) / 1e9 * perSecond);
      at = now;
      if (tokens >= 1) {
        tokens -= 1;
        return 0;
      }
      return (1 - tokens) / perSecond;
    }
  }
}
