package dev.filo.platform.privacy;

import static com.mongodb.client.model.Filters.eq;
import static com.mongodb.client.model.Filters.gte;
import static com.mongodb.client.model.Updates.combine;
import static com.mongodb.client.model.Updates.set;
import static com.mongodb.client.model.Updates.setOnInsert;

import com.mongodb.client.model.Indexes;
import com.mongodb.client.model.UpdateOptions;
import com.mongodb.reactivestreams.client.MongoCollection;
import com.mongodb.reactivestreams.client.MongoDatabase;
import dev.filo.platform.mongo.Mongo;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Collection;
import java.util.Date;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.bson.Document;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/**
 * The customers who were erased: nothing about them is let in again, by whatever late token, event
 * or replay. Kept for ever in the service's own database, a random name each; all replicas have
 * them in memory and read what is new once a second. Thread-safe.
 */
public final class Tombstones {
  // Replicas' clocks differ, and a write becomes visible a little after its time.
  private static final Duration OVERLAP = Duration.ofSeconds(10);

  private final MongoCollection<Document> erased;
  private final InstantSource clock;
  private final Set<String> names = ConcurrentHashMap.newKeySet();
  private volatile Instant read = Instant.EPOCH;

  /** The tombstones kept in a service's own database. */
  public Tombstones(MongoDatabase database, InstantSource clock) {
    this.erased = database.getCollection("erased");
    this.clock = clock;
  }

  /** Makes the index and reads all there are; to be called when the service starts. */
  public void prepare() {
    Mongo.index(erased, Indexes.ascending("time"));
    refresh().block(Duration.ofMinutes(1));
  }

  /** True when a customer was erased. */
  public boolean has(String customer) {
    return names.contains(customer);
  }

  /** Records that customers are erased under an erasure. Repeating is harmless. */
  public Mono<Void> record(Collection<String> customers, String erasure) {
    return Flux.fromIterable(customers)
        .concatMap(
            name ->
                Mono.from(
                    erased.updateOne(
                        eq("_id", name),
                        combine(
                            setOnInsert("erasure", erasure),
                            set("time", Date.from(clock.instant()))),
                        new UpdateOptions().upsert(true))))
        .then(Mono.fromRunnable(() -> names.addAll(customers)));
  }

  /** Reads what other replicas have recorded since the last reading; to be called regularly. */
  public Mono<Void> refresh() {
    return Mono.defer(
        () -> {
          var now = clock.instant();
          var since = read.equals(Instant.EPOCH) ? read : read.minus(OVERLAP);
          return Flux.from(erased.find(gte("time", Date.from(since))))
              .doOnNext(document -> names.add(document.getString("_id")))
              .then(Mono.fromRunnable(() -> read = now));
        });
  }
}
