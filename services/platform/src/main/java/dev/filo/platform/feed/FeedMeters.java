package dev.filo.platform.feed;

import com.mongodb.reactivestreams.client.MongoDatabase;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Tags;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.Collectors;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/**
 * How far a service's feed and its outboxes are, for the meters. Read from the database, so that
 * each replica tells the same: {@code filo.feed.head} (the newest position of the own feed), {@code
 * filo.feed.followed} (how far this service has come in another's; tags {@code source}, {@code
 * follower}), {@code filo.outbox.depth} (documents with events that are not in the feed yet, at
 * most 10,000) and {@code filo.outbox.age} (seconds the oldest of them waits; tag {@code
 * collection}). A follower's lag is the source's head less what it has followed.
 */
public final class FeedMeters {
  private final Backlog backlog;
  private final List<FeedFollower> followers;
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
    this.backlog = new Backlog(database);
    this.followers = List.copyOf(followers);
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
        backlog.positions(followers).doOnNext(positions -> positions.forEach(this::followed)),
        backlog.outboxes(clock).doOnNext(this::waiting));
  }

  private void followed(String follower, long position) {
    var source = sources.getOrDefault(follower, "");
    set("filo.feed.followed", Tags.of("follower", follower).and("source", source), position);
  }

  private void waiting(Backlog.Waiting waiting) {
    var tags = Tags.of("collection", waiting.collection());
    set("filo.outbox.depth", tags, waiting.depth());
    set("filo.outbox.age", tags, waiting.age().toSeconds());
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
