package dev.filo.platform.feed;

import static com.mongodb.client.model.Filters.gt;
import static com.mongodb.client.model.Filters.in;
import static com.mongodb.client.model.Projections.include;
import static com.mongodb.client.model.Sorts.ascending;

import com.mongodb.client.model.CountOptions;
import com.mongodb.reactivestreams.client.MongoCollection;
import com.mongodb.reactivestreams.client.MongoDatabase;
import dev.filo.platform.mongo.Docs;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Collection;
import java.util.Date;
import java.util.Map;
import org.bson.Document;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/** What a service has still to do with events: its own that wait, others' that are to be read. */
public final class Backlog {
  private static final int DEPTH_MAX = 10_000; // Beyond it the number no longer matters.

  private final MongoDatabase database;

  /** The backlog of the service whose database this is. */
  public Backlog(MongoDatabase database) {
    this.database = database;
  }

  /**
   * The events of one collection that are not in the feed yet.
   *
   * @param collection its name
   * @param depth documents with such events, 10,000 at most
   * @param age how long the oldest waits; zero when there is none
   */
  public record Waiting(String collection, long depth, Duration age) {}

  /** By collection that has an outbox; those with nothing waiting are there with 0. */
  public Flux<Waiting> outboxes(InstantSource clock) {
    return Flux.from(database.listCollectionNames()).concatMap(name -> outbox(name, clock), 1);
  }

  private Mono<Waiting> outbox(String name, InstantSource clock) {
    var collection = database.getCollection(name);
    return Flux.from(collection.listIndexes())
        .filter(index -> index.get("key", new Document()).containsKey(Outbox.SINCE))
        .next()
        .flatMap(index -> waiting(collection, clock));
  }

  private static Mono<Waiting> waiting(MongoCollection<Document> collection, InstantSource clock) {
    var waiting = gt(Outbox.SINCE, Date.from(Instant.EPOCH));
    var depth = Mono.from(collection.countDocuments(waiting, new CountOptions().limit(DEPTH_MAX)));
    var age =
        Mono.from(
                collection
                    .find(waiting)
                    .projection(include(Outbox.SINCE))
                    .sort(ascending(Outbox.SINCE))
                    .first())
            .map(
                oldest -> {
                  var since = oldest.getDate(Outbox.SINCE);
                  var waits =
                      since == null
                          ? Duration.ZERO
                          : Duration.between(since.toInstant(), clock.instant());
                  return waits.isNegative() ? Duration.ZERO : waits;
                })
            .defaultIfEmpty(Duration.ZERO);
    return Mono.zip(depth, age)
        .map(
            both ->
                new Waiting(
                    collection.getNamespace().getCollectionName(), both.getT1(), both.getT2()));
  }

  /** The position of each follower by its name; those that have read nothing yet are not there. */
  public Mono<Map<String, Long>> positions(Collection<FeedFollower> followers) {
    return Flux.from(
            database
                .getCollection("positions")
                .find(in("_id", followers.stream().map(FeedFollower::name).toList())))
        .collectMap(row -> row.getString("_id"), row -> Docs.number(row, "position"));
  }
}
