package dev.filo.gateway.edge;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.filo.gateway.GatewayProperties;
import dev.filo.gateway.problem.ProblemException;
import java.time.Instant;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

class RateLimitsTest {
  private final AtomicLong now = new AtomicLong();
  private final RateLimits limits =
      new RateLimits(new GatewayProperties.Rate(2, 3, 1, 1), now::get);

  private boolean passes(String address) {
    try {
      limits.address(address);
      return true;
    } catch (ProblemException refused) {
      return false;
    }
  }

  @Test
  void address_burstThenRate() {
    assertThat(passes("a") && passes("a") && passes("a")).isTrue();
    ProblemException refused =
        catchThrowableOfType(ProblemException.class, () -> limits.address("a"));
    assertThat(refused.problem().status()).isEqualTo(429);
    assertThat(refused.problem().reason()).isEqualTo("RATE_LIMITED");
    assertThat(refused.problem().retryAfterSeconds()).isEqualTo(1);
    assertThat(passes("b")).as("another address").isTrue();
    now.addAndGet(500_000_000);
    assertThat(passes("a")).as("half a second later").isTrue();
    assertThat(passes("a")).isFalse();
    now.addAndGet(3_600_000_000_000L);
    assertThat(passes("a") && passes("a") && passes("a")).isTrue();
    assertThat(passes("a")).as("no more than the burst is saved up").isFalse();
  }

  @Test
  void caller_countsBySubject() {
    Caller julia = new Caller("customers/julia", Instant.MAX);
    limits.caller(julia);
    assertThat(catchThrowableOfType(ProblemException.class, () -> limits.caller(julia)))
        .isNotNull();
    limits.caller(new Caller("customers/marco", Instant.MAX));
    limits.caller(Caller.NOBODY);
    limits.caller(Caller.NOBODY);
  }
}
