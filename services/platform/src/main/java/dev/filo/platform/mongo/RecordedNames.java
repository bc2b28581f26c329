package dev.filo.platform.mongo;

import static com.mongodb.client.model.Filters.eq;
import static com.mongodb.client.model.Filters.exists;
import static com.mongodb.client.model.Filters.gte;
import static com.mongodb.client.model.Filters.lt;
import static com.mongodb.client.model.Sorts.ascending;
import static com.mongodb.client.model.Updates.combine;
import static com.mongodb.client.model.Updates.set;

import com.mongodb.client.model.Indexes;
import com.mongodb.client.model.UpdateOptions;
import com.mongodb.reactivestreams.client.MongoCollection;
import com.mongodb.reactivestreams.client.MongoDatabase;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Date;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import org.bson.Document;
import org.bson.conversions.Bson;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/**
 * Names that one replica records and all replicas have to know soon: a document each, with the time
 * it was recorded last. A replica reads all there are once, and what is new from then on.
 * Thread-safe.
 */
public final class RecordedNames {
  // Replicas' clocks differ, and a write becomes visible a little after its time.
  private static final Duration OVERLAP = Duration.ofSeconds(10);

  private final MongoCollection<Document> names;
  private final String time;
  private final InstantSource clock;
  private volatile Instant read = Instant.EPOCH;

  /**
   * Names kept in a collection.
   *
   * @param time the field that says when a name was recorded
   */
  public RecordedNames(
      MongoDatabase database, String collection, String time, InstantSource clock) {
    this.names = database.getCollection(collection);
    this.time = time;
    this.clock = clock;
  }

  /** Makes the index; to be called when the service starts. */
  public void prepare() {
    Mongo.index(names, Indexes.ascending(time));
  }

  /**
   * Records a name now. Repeating is harmless. Empty.
   *
   * @param more what else its document says
   */
  public Mono<Void> record(String name, Bson... more) {
    return Mono.from(
            names.updateOne(
                eq("_id", name),
                combine(set(time, Date.from(clock.instant())), combine(more)),
                new UpdateOptions().upsert(true)))
        .then();
  }

  /**
   * Reads what was recorded since the last reading; a name may come more than once. Empty.
   *
   * @param oldest at the first reading, nothing recorded before it matters
   */
  public Mono<Void> refresh(Instant oldest, Consumer<String> each) {
    return Mono.defer(
        () -> {
          var now = clock.instant();
          var since = read.equals(Instant.EPOCH) ? oldest : read.minus(OVERLAP);
          return Flux.from(names.find(gte(time, Date.from(since))))
              .doOnNext(document -> each.accept(document.getString("_id")))
              .then(Mono.fromRunnable(() -> read = now));
        });
  }

  /**
   * All names, those with the same text in a field together, by that text; those without it are
   * left out.
   */
  public Flux<Map.Entry<String, List<String>>> all(String field) {
    return Flux.from(names.find(exists(field)).sort(ascending(field)))
        .bufferUntilChanged(document -> document.getString(field))
        .map(
            same ->
                Map.entry(
                    same.getFirst().getString(field),
                    same.stream().map(document -> document.getString("_id")).toList()));
  }

  /** Forgets what was recorded before an instant. Empty. */
  public Mono<Void> forget(Instant before) {
    return Mono.from(names.deleteMany(lt(time, Date.from(before)))).then();
  }
}
