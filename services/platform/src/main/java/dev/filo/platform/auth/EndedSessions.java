package dev.filo.platform.auth;

import static com.mongodb.client.model.Filters.eq;
import static com.mongodb.client.model.Filters.gte;
import static com.mongodb.client.model.Filters.lt;
import static com.mongodb.client.model.Updates.set;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import com.mongodb.client.model.Indexes;
import com.mongodb.client.model.UpdateOptions;
import com.mongodb.reactivestreams.client.MongoCollection;
import com.mongodb.reactivestreams.client.MongoDatabase;
import dev.filo.platform.mongo.Mongo;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Date;
import org.bson.Document;
import reactor.core.publisher.Flux;
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
  // Replicas' clocks differ, and a write becomes visible a little after its time.
  private static final Duration OVERLAP = Duration.ofSeconds(10);
  private static final int REMEMBERED = 500_000;

  private final MongoCollection<Document> ended;
  private final InstantSource clock;
  private final Cache<String, Boolean> remembered =
      Caffeine.newBuilder().maximumSize(REMEMBERED).expireAfterWrite(KEPT).build();
  private volatile Instant read = Instant.EPOCH;

  /** The ended sessions kept in a service's own database. */
  public EndedSessions(MongoDatabase database, InstantSource clock) {
    this.ended = database.getCollection("ended_sessions");
    this.clock = clock;
  }

  /** Makes the index. */
  public void prepare() {
    Mongo.index(ended, Indexes.ascending("endTime"));
  }

  /** True when a session has ended before its time. */
  public boolean has(String session) {
    return remembered.getIfPresent(session) != null;
  }

  /** Records that a session has ended. Repeating is harmless. */
  public Mono<Void> record(String session) {
    return Mono.from(
            ended.updateOne(
                eq("_id", session),
                set("endTime", Date.from(clock.instant())),
                new UpdateOptions().upsert(true)))
        .then(Mono.fromRunnable(() -> remembered.put(session, true)));
  }

  /** Reads what other replicas have recorded since the last reading; to be called regularly. */
  public Mono<Void> refresh() {
    return Mono.defer(
        () -> {
          var now = clock.instant();
          var since = read.equals(Instant.EPOCH) ? now.minus(KEPT) : read.minus(OVERLAP);
          return Flux.from(ended.find(gte("endTime", Date.from(since))))
              .doOnNext(document -> remembered.put(document.getString("_id"), true))
              .then(Mono.fromRunnable(() -> read = now));
        });
  }

  /** Forgets those whose tokens have all expired. */
  public Mono<Void> forget() {
    return Mono.defer(
        () ->
            Mono.from(ended.deleteMany(lt("endTime", Date.from(clock.instant().minus(KEPT)))))
                .then());
  }
}
