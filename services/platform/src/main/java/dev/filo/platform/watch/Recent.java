package dev.filo.platform.watch;

import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.HashMap;
import java.util.Map;
import java.util.function.Function;
import java.util.function.Supplier;
import reactor.core.publisher.Flux;

/**
 * Watches many things by when they last changed: first as they are, or what changed since the
 * cursor a reader comes back with; then each after each of its changes.
 *
 * @param <T> a thing
 * @param name what it is known by
 * @param etag tells its states apart
 * @param updateTime when its writer says it last changed
 */
public record Recent<T>(
    Function<T, String> name, Function<T, String> etag, Function<T, Instant> updateTime) {

  /**
   * How far writers' clocks may differ: changes this far back are looked at again, and a state
   * already sent is not sent twice.
   */
  static final Duration OVERLAP = Duration.ofSeconds(5);

  /**
   * A state and where a reader who has seen it goes on.
   *
   * @param cursor to resume from
   */
  public record Seen<T>(T state, String cursor) {}

  /**
   * The states, without end.
   *
   * @param looks says when to look, as {@link Changes#of} does: at once, and after each change
   * @param all the things as they are: read once, when there is nothing to resume from
   * @param changedSince what changed at or after an instant, the oldest change first
   * @param resume the cursor of the last state seen; empty, or none of ours: from the things as
   *     they are
   */
  public Flux<Seen<T>> watch(
      Flux<?> looks,
      Supplier<Flux<T>> all,
      Function<Instant, Flux<T>> changedSince,
      String resume,
      InstantSource clock) {
    return Flux.defer(
        () -> {
          var sent = new Sent(instant(resume));
          return looks
              .concatMap(
                  look -> {
                    if (sent.newest.equals(Instant.EPOCH)) {
                      sent.newest = clock.instant(); // what comes after this is a change
                      return all.get();
                    }
                    return changedSince.apply(sent.horizon());
                  },
                  1)
              .filter(sent::isNew)
              .map(state -> new Seen<>(state, Long.toString(sent.newest.toEpochMilli())));
        });
  }

  private static Instant instant(String cursor) {
    try {
      return cursor.isEmpty() ? Instant.EPOCH : Instant.ofEpochMilli(Long.parseLong(cursor));
    } catch (NumberFormatException e) {
      return Instant.EPOCH;
    }
  }

  /** What one reader has seen: as far back as she looks again. */
  private final class Sent {
    private final Map<String, Version> versions = new HashMap<>();
    private Instant newest;

    Sent(Instant newest) {
      this.newest = newest;
    }

    Instant horizon() {
      var horizon = newest.minus(OVERLAP);
      versions.values().removeIf(version -> version.updateTime.isBefore(horizon));
      return horizon;
    }

    boolean isNew(T state) {
      var version = new Version(etag.apply(state), updateTime.apply(state));
      if (version.updateTime.isAfter(newest)) {
        newest = version.updateTime;
      }
      var before = versions.put(name.apply(state), version);
      return before == null || !before.etag.equals(version.etag);
    }
  }

  private record Version(String etag, Instant updateTime) {}
}
