package dev.filo.platform.feed;

import static com.mongodb.client.model.Filters.and;
import static com.mongodb.client.model.Filters.eq;
import static com.mongodb.client.model.Filters.lt;
import static com.mongodb.client.model.Filters.or;
import static com.mongodb.client.model.Updates.combine;
import static com.mongodb.client.model.Updates.set;

import com.mongodb.client.model.FindOneAndUpdateOptions;
import com.mongodb.client.model.ReturnDocument;
import com.mongodb.reactivestreams.client.MongoCollection;
import com.mongodb.reactivestreams.client.MongoDatabase;
import dev.filo.platform.code.Ids;
import dev.filo.platform.grpc.Calls;
import dev.filo.platform.grpc.Channels;
import dev.filo.platform.grpc.Statuses;
import dev.filo.platform.mongo.Docs;
import dev.filo.platform.mongo.Mongo;
import dev.filo.platform.reconcile.Reconciliations;
import dev.filo.proto.api.v1.ErrorReason;
import dev.filo.proto.feed.v1.Event;
import dev.filo.proto.feed.v1.FeedServiceGrpc;
import dev.filo.proto.feed.v1.WatchRequest;
import dev.filo.proto.feed.v1.WatchResponse;
import io.grpc.Status;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Date;
import java.util.function.Function;
import org.bson.Document;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.context.SmartLifecycle;
import reactor.core.Disposable;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/**
 * Follows another service's feed: each event in order, at least once, the position kept in the
 * follower's own database after the event was dealt with, with the event's id: a source that was
 * restored to an older moment and went on from there has another event at that position, and is
 * followed anew, so that nothing is passed over (docs/decisions/0013). Of several replicas one
 * follows; when it dies another goes on within seconds. An event whose handling fails is tried
 * again until it works: nothing behind it overtakes it.
 */
public final class FeedFollower implements SmartLifecycle {
  private static final Logger log = LoggerFactory.getLogger(FeedFollower.class);
  private static final Duration LEASE = Duration.ofSeconds(6);
  private static final Duration RENEW = Duration.ofSeconds(2);
  private static final Duration RETRY = Duration.ofMillis(300);

  private final String name;
  private final String source;
  private final Channels channels;
  private final MongoDatabase database;
  private final MongoCollection<Document> positions;
  private final InstantSource clock;
  private final Function<Event, Mono<Void>> handler;
  private final String me = Ids.random();
  private @Nullable Disposable running;

  /**
   * A follower.
   *
   * @param name tells this follower's position from that of others in the same service
   * @param source the short name of the service to follow: {@code identity}
   * @param database the follower's own
   * @param handler deals with one event; repeating it must be harmless
   */
  public FeedFollower(
      String name,
      String source,
      Channels channels,
      MongoDatabase database,
      InstantSource clock,
      Function<Event, Mono<Void>> handler) {
    this.name = name;
    this.source = source;
    this.channels = channels;
    this.database = database;
    this.positions = database.getCollection("positions");
    this.clock = clock;
    this.handler = handler;
  }

  /** Tells it from the other followers of the service. */
  public String name() {
    return name;
  }

  /** The short name of the service it follows. */
  public String source() {
    return source;
  }

  @Override
  public void start() {
    running =
        Mono.defer(this::lead)
            .filter(Boolean::booleanValue)
            .flatMapMany(
                leads ->
                    Flux.merge(
                        follow()
                            .concatWith(
                                Mono.error(() -> new IllegalStateException("the feed ended"))),
                        Flux.interval(RENEW)
                            .onBackpressureDrop()
                            .concatMap(tick -> lead(), 1)
                            .map(
                                still -> {
                                  if (!still) {
                                    throw new IllegalStateException("another replica follows");
                                  }
                                  return still;
                                })))
            .then()
            .onErrorResume(error -> paused(error).onErrorComplete())
            .then(Mono.delay(RETRY))
            .repeat()
            .subscribe();
  }

  private Mono<Void> paused(Throwable error) {
    if (Statuses.isReason(error, ErrorReason.ERROR_REASON_CURSOR_TOO_OLD)) {
      log.error(
          "{} no longer keeps what comes next for {}, or was restored: it is followed anew",
          source,
          name);
      // What events no longer tell is found by comparing; then the oldest there is.
      return Reconciliations.open(database, "feed of " + source, clock.instant()).then(keep(0, ""));
    }
    if (Status.fromThrowable(error).getCode() == Status.Code.PERMISSION_DENIED) {
      log.warn("{} does not let {} follow", source, name);
    }
    log.debug("following {} pauses: {}", source, error.toString());
    return Mono.empty();
  }

  private Flux<Void> follow() {
    return request()
        .flatMapMany(
            request ->
                Calls.stream(
                    channels.asService(FeedServiceGrpc.newStub(channels.to(source))),
                    FeedServiceGrpc.FeedServiceStub::watch,
                    request))
        .concatMap(this::deal, 1);
  }

  private Mono<Void> deal(WatchResponse answer) {
    if (!answer.hasEvent()) {
      return Mono.empty();
    }
    return Mono.defer(() -> handler.apply(answer.getEvent()))
        .doOnError(
            error ->
                log.warn(
                    "{} {} of {} is tried again",
                    answer.getEvent().getType(),
                    answer.getEvent().getId(),
                    source,
                    error))
        .then(Mono.defer(() -> keep(answer.getPosition(), answer.getEvent().getId())));
  }

  private Mono<WatchRequest> request() {
    return Mono.from(positions.find(eq("_id", name)).first())
        .map(
            document ->
                WatchRequest.newBuilder()
                    .setAfterPosition(Docs.number(document, "position"))
                    .setAfterEventId(Docs.string(document, "event"))
                    .build())
        .defaultIfEmpty(WatchRequest.getDefaultInstance());
  }

  /** Only while it leads: one that was stopped for long must not put the position back. */
  private Mono<Void> keep(long position, String event) {
    return Mono.from(
            positions.updateOne(
                and(eq("_id", name), eq("owner", me)),
                combine(set("position", position), set("event", event))))
        .flatMap(
            result ->
                result.getMatchedCount() == 1
                    ? Mono.empty()
                    : Mono.error(new IllegalStateException("another replica follows")));
  }

  /** Takes or keeps the right to follow. */
  private Mono<Boolean> lead() {
    var now = clock.instant();
    return Mono.from(
            positions.findOneAndUpdate(
                and(
                    eq("_id", name),
                    or(eq("owner", me), lt("ownedUntil", Date.from(now)), eq("owner", null))),
                combine(set("owner", me), set("ownedUntil", Date.from(now.plus(LEASE)))),
                new FindOneAndUpdateOptions().upsert(true).returnDocument(ReturnDocument.AFTER)))
        .map(document -> true)
        .onErrorResume(Mongo::isDuplicate, error -> Mono.just(false));
  }

  @Override
  public void stop() {
    var disposable = running;
    if (disposable != null) {
      disposable.dispose();
      running = null;
      Mono.from(
              positions.updateOne(
                  and(eq("_id", name), eq("owner", me)),
                  set("ownedUntil", Date.from(Instant.EPOCH))))
          .timeout(Duration.ofSeconds(1))
          .onErrorComplete()
          .block();
    }
  }

  @Override
  public int getPhase() {
    return 0;
  }

  @Override
  public boolean isRunning() {
    return running != null;
  }
}
