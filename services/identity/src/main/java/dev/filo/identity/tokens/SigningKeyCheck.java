package dev.filo.identity.tokens;

import dev.filo.platform.operation.Check;
import dev.filo.platform.operation.Finding;
import java.time.Duration;
import java.time.InstantSource;
import reactor.core.publisher.Mono;

/** Tells an operator whether the key that signs tokens is renewed as it should be. */
public final class SigningKeyCheck implements Check {
  private static final String KEY = "signing-key";
  private static final Duration LATE = Duration.ofDays(1);

  private final SigningKeys keys;
  private final SigningKeys.Times times;
  private final InstantSource clock;

  /** Looks at these keys, which are to be renewed at these times. */
  public SigningKeyCheck(SigningKeys keys, SigningKeys.Times times, InstantSource clock) {
    this.keys = keys;
    this.times = times;
    this.clock = clock;
  }

  @Override
  public Mono<Finding> look() {
    return Mono.fromSupplier(
        () -> {
          var since = keys.activeSince();
          if (since.isEmpty()) {
            return Finding.bad(
                KEY,
                "No key signs tokens now.",
                "Compare the clocks; then look into identity's log.");
          }
          var age = Duration.between(since.get(), clock.instant());
          var seen =
              "Tokens are signed with a key that is %d days old; renewed after %d."
                  .formatted(age.toDays(), times.age().toDays());
          return age.compareTo(times.age().plus(times.lead()).plus(LATE)) > 0
              ? Finding.doubtful(
                  KEY, seen, "It should have been renewed: look into identity's log.")
              : Finding.good(KEY, seen);
        });
  }
}
