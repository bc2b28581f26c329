package dev.filo.platform.feed;

import static com.mongodb.client.model.Filters.and;
import static com.mongodb.client.model.Filters.elemMatch;
import static com.mongodb.client.model.Filters.eq;
import static com.mongodb.client.model.Filters.in;
import static com.mongodb.client.model.Filters.lt;
import static com.mongodb.client.model.Filters.nin;
import static com.mongodb.client.model.Filters.not;
import static com.mongodb.client.model.Filters.size;
import static com.mongodb.client.model.Projections.include;
import static com.mongodb.client.model.Updates.combine;
import static com.mongodb.client.model.Updates.pull;
import static com.mongodb.client.model.Updates.unset;

import com.mongodb.client.model.BulkWriteOptions;
import com.mongodb.client.model.IndexOptions;
import com.mongodb.client.model.Indexes;
import com.mongodb.client.model.UpdateOneModel;
import com.mongodb.client.model.WriteModel;
import com.mongodb.reactivestreams.client.MongoCollection;
import dev.filo.platform.mongo.Mongo;
import dev.filo.platform.watch.Changes;
import dev.filo.proto.feed.v1.Event;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Date;
import java.util.IdentityHashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.atomic.AtomicBoolean;
import org.bson.Document;
import org.bson.conversions.Bson;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.context.SmartLifecycle;
import reactor.core.Disposable;
import reactor.core.Disposables;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.util.retry.Retry;

/**
 * Moves events from the outboxes of a service's documents to its feed. At once after a write of
 * this process; and, for whatever a killed process left, by looking once a second. A kill between
 * any two steps repeats a step that changes nothing: the feed knows event ids, and the outbox
 * forgets only what the feed has.
 */
public final class Relay implements SmartLifecycle {
  private static final Logger log = LoggerFactory.getLogger(Relay.class);
  private static final Duration SWEEP = Duration.ofSeconds(1);
  private static final int BATCH = 250;
  // What waits in memory while the database is slow; beyond it the sweep does the work.
  private static final int PENDING_MAX = 10_000;
  private static final String OFFERED = "offered";
  private static final BulkWriteOptions UNORDERED = new BulkWriteOptions().ordered(false);

  private final FeedStore feed;
  private final FeedTail tail;
  private final InstantSource clock;
  private final List<MongoCollection<Document>> collections = new CopyOnWriteArrayList<>();
  private final Queue<Pending> pending = new LinkedBlockingQueue<>(PENDING_MAX);
  private final Changes wake = new Changes();
  private Disposable.@Nullable Composite running;

  /** A relay into one feed. */
  public Relay(FeedStore feed, FeedTail tail, InstantSource clock) {
    this.feed = feed;
    this.tail = tail;
    this.clock = clock;
  }

  /**
   * Looks after a collection whose documents have outboxes. To be called when the service starts.
   */
  public void watch(MongoCollection<Document> collection) {
    Mongo.index(collection, Indexes.ascending(Outbox.SINCE), new IndexOptions().sparse(true));
    collections.add(collection);
  }

  /** Takes what is in the outbox of a document as just written; returns at once. */
  public void offer(MongoCollection<Document> collection, Document written) {
    if (!Outbox.events(written).isEmpty()) {
      if (pending.offer(new Pending(collection, written))) { // else the sweep finds it
        wake.tell(OFFERED);
      }
    }
  }

  @Override
  public void start() {
    var all = Disposables.composite();
    all.add(wake.of(OFFERED).concatMap(tick -> drain(), 1).subscribe());
    all.add(
        Flux.interval(SWEEP, SWEEP)
            .onBackpressureDrop()
            .concatMap(tick -> sweep().onErrorResume(this::later), 1)
            .subscribe());
    running = all;
  }

  /** Moves what was offered, as much as there is at a time, until there is no more. */
  private Mono<Void> drain() {
    return Mono.defer(this::moveSome).repeat(() -> !pending.isEmpty()).then();
  }

  private Mono<Void> moveSome() {
    var batch = new ArrayList<Pending>();
    for (Pending one = pending.poll(); one != null; one = pending.poll()) {
      batch.add(one);
      if (batch.size() == BATCH) {
        break;
      }
    }
    return batch.isEmpty() ? Mono.empty() : move(batch).onErrorResume(this::later);
  }

  private Mono<Void> later(Throwable error) {
    log.warn("relaying waits for the next sweep: {}", error.toString());
    return Mono.empty();
  }

  /** Relays everything left by others for a second or more. */
  Mono<Void> sweep() {
    return Flux.fromIterable(collections).concatMap(this::sweep).then();
  }

  private Mono<Void> sweep(MongoCollection<Document> collection) {
    var full = new AtomicBoolean();
    return Flux.defer(
            () ->
                collection
                    .find(lt(Outbox.SINCE, Date.from(clock.instant().minus(SWEEP))))
                    .projection(include(Outbox.FIELD))
                    .limit(BATCH))
        .map(document -> new Pending(collection, document))
        .collectList()
        .doOnNext(batch -> full.set(batch.size() == BATCH))
        .flatMap(this::move)
        .repeat(full::get)
        .then();
  }

  private Mono<Void> move(List<Pending> batch) {
    return Mono.defer(() -> moved(batch));
  }

  private Mono<Void> moved(List<Pending> batch) {
    var events = new ArrayList<Event>();
    batch.forEach(one -> events.addAll(Outbox.events(one.document)));
    return feed.append(distinct(events), clock.instant())
        .retryWhen(Retry.backoff(3, Duration.ofMillis(50)))
        .then(Mono.fromRunnable(tail::nudge))
        .then(Mono.defer(() -> forget(batch)));
  }

  private static List<Event> distinct(List<Event> events) {
    var seen = new java.util.HashSet<String>();
    return events.stream().filter(event -> seen.add(event.getId())).toList();
  }

  /** Two writes for each collection, however many documents. */
  private static Mono<Void> forget(List<Pending> batch) {
    var byCollection = new IdentityHashMap<MongoCollection<Document>, List<Pending>>();
    batch.forEach(
        one -> byCollection.computeIfAbsent(one.collection, key -> new ArrayList<>()).add(one));
    return Flux.fromIterable(byCollection.entrySet())
        .concatMap(entry -> forget(entry.getKey(), entry.getValue()))
        .then();
  }

  /**
   * Takes what the feed has out of the outboxes. Most have nothing else in them and are removed at
   * once; if not all had, the moved events are taken out of each by name.
   */
  private static Mono<Void> forget(MongoCollection<Document> collection, List<Pending> batch) {
    var moved = new LinkedHashMap<Object, Set<String>>();
    for (Pending one : batch) {
      var ids = moved.computeIfAbsent(one.document.get("_id"), id -> new LinkedHashSet<>());
      Outbox.events(one.document).forEach(event -> ids.add(event.getId()));
    }
    var whole = new ArrayList<WriteModel<Document>>();
    moved.forEach(
        (id, ids) ->
            whole.add(
                new UpdateOneModel<>(
                    and(eq("_id", id), hasOnly(ids)),
                    combine(unset(Outbox.FIELD), unset(Outbox.SINCE)))));
    return Mono.from(collection.bulkWrite(whole, UNORDERED))
        .flatMap(
            done ->
                done.getMatchedCount() == whole.size()
                    ? Mono.empty()
                    : forgetByName(collection, moved));
  }

  private static Bson hasOnly(Set<String> ids) {
    return not(elemMatch(Outbox.FIELD, nin("id", ids)));
  }

  private static Mono<Void> forgetByName(
      MongoCollection<Document> collection, Map<Object, Set<String>> moved) {
    var pulls = new ArrayList<WriteModel<Document>>();
    var unsets = new ArrayList<WriteModel<Document>>();
    moved.forEach(
        (id, ids) -> {
          pulls.add(new UpdateOneModel<>(eq("_id", id), pull(Outbox.FIELD, in("id", ids))));
          unsets.add(
              new UpdateOneModel<>(and(eq("_id", id), size(Outbox.FIELD, 0)), unset(Outbox.SINCE)));
        });
    return Mono.from(collection.bulkWrite(pulls, UNORDERED))
        .then(Mono.defer(() -> Mono.from(collection.bulkWrite(unsets, UNORDERED))))
        .then();
  }

  @Override
  public void stop() {
    var disposable = running;
    if (disposable != null) {
      disposable.dispose();
      running = null;
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

  private record Pending(MongoCollection<Document> collection, Document document) {}
}
