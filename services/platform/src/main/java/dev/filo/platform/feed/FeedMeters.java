package dev.filo.platform.feed;

import static com.mongodb.client.model.Filters.gt;
import static com.mongodb.client.model.Filters.in;
import static com.mongodb.client.model.Projections.include;
import static com.mongodb.client.model.Sorts.ascending;

import com.mongodb.client.model.CountOptions;
import com.mongodb.reactivestreams.client.MongoCollection;
import com.mongodb.reactivestreams.client.MongoDatabase;
import dev.filo.platform.mongo.Docs;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Tags;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Collection;
import java.util.Date;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.Collectors;
import org.bson.Document;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/**
 * How far a service's feed and its outboxes are, for the meters. Read from the database, so that
 * each replica tells the same: {@code filo.feed.head} (the newest position of the own feed), {@code
 * filo.feed.followed} (how far this service has come in another's; tags {@code source}, {@code
 * follower}), {@code filo.outbox.depth} (documents with events that are not in the feed yet, at
 * most {@value #DEPTH_MAX}) and {@code filo.outbox.age} (seconds the oldest of them waits; tag
 * {@code collection}). A follower's lag is the source's head less what it has followed.
 */
public final class FeedMeters {
  private static final int DEPTH_MAX = 10_000; // Beyond it the number no longer matters.

  private final MongoDatabase database;
  private final FeedStore feed;
  private final InstantSource clock;
  private final MeterRegistry meters;
  private final String service;
  private final Map<String, String> sources;
  private final Map<String, AtomicLong> figures = new ConcurrentHashMap<>();

  /**
   * Meters of one service.
   *
   * @param service its short name: {@code cart}
   * @param followers all it has
   */
  public FeedMeters(
      MongoDatabase database,
      FeedStore feed,
      InstantSource clock,
      MeterRegistry meters,
      String service,
      Collection<FeedFollower> followers) {
    this.database = database;
    this.feed = feed;
    this.clock = clock;
    this.meters = meters;
    this.service = service;
    this.sources =
        followers.stream().collect(Collectors.toMap(FeedFollower::name, FeedFollower::source));
  }

  /**
   * Looks without end.
   *
   * @param pause between two looks
   */
  public Flux<Void> every(Duration pause) {
    return Flux.interval(pause)
        .onBackpressureDrop()
        .concatMap(tick -> look().onErrorComplete(), 1); // The next look may find it again.
  }

  /** Looks once. Empty; an error when the database could not answer. */
  public Mono<Void> look() {
    return Mono.when(
        feed.last().doOnNext(last -> set("filo.feed.head", Tags.of("source", service), last)),
        Flux.from(database.getCollection("positions").find(in("_id", sources.keySet())))
            .doOnNext(row -> followed(row.getString("_id"), Docs.number(row, "position"))),
        Flux.from(database.listCollectionNames()).concatMap(this::outbox, 1));
  }

  private void followed(String follower, long position) {
    var source = sources.getOrDefault(follower, "");
    set("filo.feed.followed", Tags.of("follower", follower).and("source", source), position);
  }

  private Mono<Void> outbox(String name) {
    var collection = database.getCollection(name);
    return Flux.from(collection.listIndexes())
        .filter(index -> index.get("key", new Document()).containsKey(Outbox.SINCE))
        .next()
        .flatMap(index -> depth(collection));
  }

  private Mono<Void> depth(MongoCollection<Document> collection) {
    var waiting = gt(Outbox.SINCE, Date.from(Instant.EPOCH));
    var tags = Tags.of("collection", collection.getNamespace().getCollectionName());
    return Mono.when(
        Mono.from(collection.countDocuments(waiting, new CountOptions().limit(DEPTH_MAX)))
            .doOnNext(depth -> set("filo.outbox.depth", tags, depth)),
        Mono.from(
                collection
                    .find(waiting)
                    .projection(include(Outbox.SINCE))
                    .sort(ascending(Outbox.SINCE))
                    .first())
            .map(
                oldest -> {
                  var since = oldest.getDate(Outbox.SINCE);
                  return since == null
                      ? 0
                      : Math.max(
                          0, Duration.between(since.toInstant(), clock.instant()).toSeconds());
                })
            .defaultIfEmpty(0L)
            .doOnNext(age -> set("filo.outbox.age", tags, age)));
  }

  private void set(String name, Tags tags, long value) {
    figures
        .computeIfAbsent(
            name + tags.stream().toList(),
            key -> {
              var figure = new AtomicLong();
              Gauge.builder(name, figure, AtomicLong::doubleValue).tags(tags).register(meters);
              return figure;
            })
        .set(value);
  }
}
