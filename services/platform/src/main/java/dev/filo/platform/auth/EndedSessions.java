package dev.filo.platform.auth;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import com.mongodb.reactivestreams.client.MongoDatabase;
import dev.filo.platform.mongo.RecordedNames;
import java.time.Duration;
import java.time.InstantSource;
import reactor.core.publisher.Mono;

/**
 * The sessions that ended before their time, as this service has learned from identity's feed: an
 * access token of one counts no longer, though it has not expired. Kept in the service's own
 * database by the replica that follows the feed; the others read what is new once a second. Asking
 * costs a look into memory. Thread-safe.
 */
public final class EndedSessions {
  // Longer than any access token lives (ten minutes unless configured otherwise).
  private static final Duration KEPT = Duration.ofHours(2);
  private static final int REMEMBERED = 500_000;

  private final RecordedNames ended;
  private final InstantSource clock;
  private final Cache<String, Boolean> remembered =
      Caffeine.newBuilder().maximumSize(REMEMBERED).expireAfterWrite(KEPT).build();

  /** The ended sessions kept in a service's own database. */
  public EndedSessions(MongoDatabase database, InstantSource clock) {
    this.ended = new RecordedNames(database, "ended_sessions", "endTime", clock);
    this.clock = clock;
  }

  /** Makes the index. */
  public void prepare() {
    ended.prepare();
  }

  /** True when a session has ended before its time. */
  public boolean has(String session) {
    return remembered.getIfPresent(session) != null;
  }

  /** Records that a session has ended. Repeating is harmless. */
  public Mono<Void> record(String session) {
    return ended.record(session).then(Mono.fromRunnable(() -> remembered.put(session, true)));
  }

  /** Reads what other replicas have recorded since the last reading; to be called regularly. */
  public Mono<Void> refresh() {
    return Mono.defer(
        () -> ended.refresh(clock.instant().minus(KEPT), session -> remembered.put(session, true)));
  }

  /** Forgets those whose tokens have all expired. */
  public Mono<Void> forget() {
    return Mono.defer(() -> ended.forget(clock.instant().minus(KEPT)));
  }
}
