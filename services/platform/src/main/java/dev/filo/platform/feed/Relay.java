package dev.filo.platform.feed;

import static com.mongodb.client.model.Filters.and;
import static com.mongodb.client.model.Filters.elemMatch;
import static com.mongodb.client.model.Filters.eq;
import static com.mongodb.client.model.Filters.in;
import static com.mongodb.client.model.Filters.lt;
import static com.mongodb.client.model.Filters.nin;
import static com.mongodb.client.model.Filters.not;
import static com.mongodb.client.model.Projections.include;
import static com.mongodb.client.model.Updates.combine;
import static com.mongodb.client.model.Updates.pull;
import static com.mongodb.client.model.Updates.unset;

import com.mongodb.ReadConcern;
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
import java.util.Objects;
import java.util.Optional;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Function;
import org.bson.Document;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.context.SmartLifecycle;
import reactor.core.Disposable;
import reactor.core.Disposables;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.core.publisher.Sinks;
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
  private static final int BATCH = 500;
  // What waits in memory while the database is slow; beyond it the sweep does the work.
  private static final int PENDING_MAX = 10_000;
  // How long what the feed has may wait for a next write of its document to take it out.
  private static final Duration LEAVE = Duration.ofMillis(50);
  // Meanwhile more is written, which then goes in one message.
  private static final Duration GATHER = Duration.ofMillis(2);
  // Where there is always more, no message goes sooner after the one before is there: what a
  // database does
  // for a message is many times what it does for an event in it.
  private static final Duration PACE = Duration.ofMillis(20);
  // What the feed has is taken out while the next events go there: so many batches may wait.
  private static final int TOLD_MAX = 16;
  private static final String OFFERED = "offered";
  private static final BulkWriteOptions UNORDERED = new BulkWriteOptions().ordered(false);

  private final FeedStore feed;
  private final FeedTail tail;
  private final InstantSource clock;
  private final List<Watched> watched = new CopyOnWriteArrayList<>();
  private final Queue<Pending> pending = new LinkedBlockingQueue<>(PENDING_MAX);
  private final Changes wake = new Changes();
  private volatile Sinks.Many<List<Pending>> told = told();
  private volatile long movedAt = System.nanoTime();
  private Disposable.@Nullable Composite running;

  /** A relay into one feed. */
  public Relay(FeedStore feed, FeedTail tail, InstantSource clock) {
    this.feed = feed;
    this.tail = tail;
    this.clock = clock;
  }

  /**
   * What a document carries beside its events until it lies elsewhere: written with an event in one
   * update, kept elsewhere while the event goes to the feed, forgotten with it.
   *
   * @param field an object in the document; each of its entries is one thing carried
   * @param read an entry as the thing it is
   * @param keep keeps things elsewhere; repeating is harmless
   */
  public record Carried<T>(
      String field, Function<Document, T> read, Function<List<T>, Mono<Void>> keep) {
    private static final Carried<Document> NOTHING =
        new Carried<>("", entry -> entry, entries -> Mono.empty());

    @SuppressWarnings("unchecked") // what was offered for a collection is what it carries
    private Mono<Void> keepAll(List<Object> things) {
      return keep.apply((List<T>) things);
    }
  }

  /**
   * Looks after a collection whose documents have outboxes. To be called when the service starts.
   */
  public void watch(MongoCollection<Document> collection) {
    watch(collection, Carried.NOTHING);
  }

  /**
   * Looks after a collection whose documents are written all the time: their outboxes are {@link
   * Outbox#keyed}, they carry something, and their writes take out what has been moved ({@link
   * #takeLeft}).
   */
  public void watch(MongoCollection<Document> collection, Carried<?> carried) {
    Mongo.index(collection, Indexes.ascending(Outbox.SINCE), new IndexOptions().sparse(true));
    watched.add(new Watched(collection, carried));
  }

  /** Takes what is in the outbox of a document as just written; returns at once. */
  public void offer(MongoCollection<Document> collection, Document written) {
    offer(collection, Objects.requireNonNull(written.get("_id")), Outbox.events(written));
  }

  /**
   * Takes what was just written to a document; returns at once.
   *
   * @param events what is in its outbox since, in this order
   */
  public void offer(MongoCollection<Document> collection, Object id, List<Event> events) {
    offer(new Pending(of(collection), id, events, null, Map.of(), Mono.empty()));
  }

  /**
   * Takes what was just written to a document that is written all the time; returns at once.
   *
   * @param outbox what the write put into its outbox
   * @param carried what else the document carries since, as {@link Carried} reads it, by its name
   *     in the watched field
   */
  public void offer(
      MongoCollection<Document> collection,
      Object id,
      List<Event> events,
      Document outbox,
      Map<String, ?> carried) {
    offer(new Pending(of(collection), id, events, outbox, carried, Mono.empty()));
  }

  /**
   * Takes events that are recorded elsewhere than in an outbox; returns at once. What this process
   * does not tell any more, whoever recorded it has to {@link #tell}.
   *
   * @param then done once the feed has them
   */
  public void offer(List<Event> events, Mono<Void> then) {
    offer(new Pending(null, "", events, null, Map.of(), then));
  }

  /** Puts events into the feed; those that are there already stay as they are. Empty. */
  public Mono<Void> tell(List<Event> events) {
    var told = distinct(events);
    return feed.append(told, clock.instant())
        .retryWhen(Retry.backoff(3, Duration.ofMillis(50)))
        .doOnNext(first -> tail.nudge(first, told))
        .then();
  }

  private void offer(Pending written) {
    if (!written.events.isEmpty() && pending.offer(written)) { // else the sweep
      wake.tell(OFFERED);
    }
  }

  /**
   * What a document still has though it lies elsewhere by now: to be taken out by a write that is
   * made anyway. Empty when there is nothing. Whoever takes it and could not write gives it back.
   */
  public Optional<Left> takeLeft(MongoCollection<Document> collection, Object id) {
    return Optional.ofNullable(of(collection).left.remove(id));
  }

  /** Gives back what could not be taken out. */
  public void giveBack(MongoCollection<Document> collection, Object id, Left left) {
    of(collection).leave(id, left);
  }

  private Watched of(MongoCollection<Document> collection) {
    for (Watched one : watched) {
      if (one.collection.getNamespace().equals(collection.getNamespace())) {
        return one;
      }
    }
    return new Watched(collection, Carried.NOTHING);
  }

  @Override
  public void start() {
    var all = Disposables.composite();
    told = told();
    all.add(
        told.asFlux()
            .concatMap(batch -> forgotten(batch, false).onErrorResume(this::later), 1)
            .subscribe());
    all.add(wake.of(OFFERED).concatMap(tick -> drain(), 1).subscribe());
    all.add(
        Flux.interval(SWEEP, SWEEP)
            .onBackpressureDrop()
            .concatMap(tick -> sweep().onErrorResume(this::later), 1)
            .subscribe());
    all.add(
        Flux.interval(LEAVE, LEAVE)
            .onBackpressureDrop()
            .concatMap(tick -> forgetLeft().onErrorResume(this::later), 1)
            .subscribe());
    running = all;
  }

  /** Moves what was offered, as much as there is at a time, until there is no more. */
  private Mono<Void> drain() {
    return Mono.defer(() -> Mono.delay(pause()))
        .then(Mono.defer(this::moveSome))
        .repeat(() -> !pending.isEmpty())
        .then();
  }

  private Duration pause() {
    var left = PACE.minusNanos(System.nanoTime() - movedAt);
    return left.compareTo(GATHER) > 0 ? left : GATHER;
  }

  private Mono<Void> moveSome() {
    var batch = new ArrayList<Pending>();
    int events = 0;
    for (Pending one = pending.poll(); one != null; one = pending.poll()) {
      batch.add(one);
      events += one.events.size();
      if (events >= BATCH) {
        break;
      }
    }
    return batch.isEmpty()
        ? Mono.empty()
        : tellAndKeep(batch)
            .doFinally(end -> movedAt = System.nanoTime())
            .then(Mono.defer(() -> forgetSoon(batch)))
            .onErrorResume(this::later);
  }

  private static Sinks.Many<List<Pending>> told() {
    return Sinks.many().unicast().onBackpressureBuffer(new ArrayBlockingQueue<>(TOLD_MAX));
  }

  /** Taken out by and by; where that is slower than the feed, the feed waits for it. */
  private Mono<Void> forgetSoon(List<Pending> batch) {
    return told.tryEmitNext(batch).isSuccess() ? Mono.empty() : forgotten(batch, false);
  }

  private Mono<Void> later(Throwable error) {
    log.warn("relaying waits for the next sweep: {}", error.toString());
    return Mono.empty();
  }

  /** Relays everything left by others for a second or more. */
  Mono<Void> sweep() {
    return Flux.fromIterable(watched).concatMap(this::sweep).then();
  }

  private Mono<Void> sweep(Watched one) {
    var full = new AtomicBoolean();
    var fields =
        one.carried.field.isEmpty()
            ? include(Outbox.FIELD)
            : include(Outbox.FIELD, one.carried.field);
    return Flux.defer(
            () ->
                one.settled
                    .find(lt(Outbox.SINCE, Date.from(clock.instant().minus(SWEEP))))
                    .projection(fields)
                    .limit(BATCH))
        .map(document -> pending(one, document))
        .collectList()
        .doOnNext(batch -> full.set(batch.size() == BATCH))
        .filter(batch -> !batch.isEmpty())
        .flatMap(batch -> tellAndKeep(batch).then(Mono.defer(() -> forgotten(batch, true))))
        .repeat(full::get)
        .then();
  }

  private static Pending pending(Watched from, Document document) {
    var carried = new LinkedHashMap<String, Object>();
    document
        .get(from.carried.field, new Document())
        .forEach((name, entry) -> carried.put(name, from.carried.read.apply((Document) entry)));
    return new Pending(
        from,
        Objects.requireNonNull(document.get("_id")),
        Outbox.events(document),
        document.get(Outbox.FIELD) instanceof Document keyed ? keyed : null,
        carried,
        Mono.empty());
  }

  /** Puts events into the feed, and what lies beside them where it belongs. */
  private Mono<Void> tellAndKeep(List<Pending> batch) {
    var events = new ArrayList<Event>();
    batch.forEach(one -> events.addAll(one.events));
    return Mono.when(tell(events), kept(batch));
  }

  /**
   * Takes out what was told.
   *
   * @param atOnce whether it is taken out of documents that are written all the time as well, or
   *     left there for a moment
   */
  private static Mono<Void> forgotten(List<Pending> batch, boolean atOnce) {
    return forget(batch, atOnce).then(Flux.fromIterable(batch).concatMap(Pending::then).then());
  }

  private static Mono<Void> kept(List<Pending> batch) {
    var things = new IdentityHashMap<Watched, List<Object>>();
    for (Pending one : batch) {
      if (one.from != null && !one.carried.isEmpty()) {
        things.computeIfAbsent(one.from, key -> new ArrayList<>()).addAll(one.carried.values());
      }
    }
    return Flux.fromIterable(things.entrySet())
        .concatMap(entry -> entry.getKey().carried.keepAll(entry.getValue()))
        .then();
  }

  private static List<Event> distinct(List<Event> events) {
    var seen = new java.util.HashSet<String>();
    return events.stream().filter(event -> seen.add(event.getId())).toList();
  }

  private static Mono<Void> forget(List<Pending> batch, boolean atOnce) {
    var told = new IdentityHashMap<Watched, Told>();
    for (Pending one : batch) {
      var from = one.from;
      if (from == null) {
        continue;
      }
      if (one.outbox == null) {
        told.computeIfAbsent(from, key -> new Told()).add(one);
      } else if (atOnce) {
        told.computeIfAbsent(from, key -> new Told())
            .keyed
            .merge(one.id, one.left(from, one.outbox), Left::and);
      } else {
        from.leave(one.id, one.left(from, one.outbox));
      }
    }
    return Flux.fromIterable(told.entrySet())
        .concatMap(entry -> forget(entry.getKey().collection, entry.getValue()))
        .then();
  }

  /** Takes out of documents what no write of theirs has taken out meanwhile. */
  private Mono<Void> forgetLeft() {
    return Flux.fromIterable(watched)
        .concatMap(one -> forgetKeyed(one.collection, one.takeOld()))
        .then();
  }

  /**
   * Takes what the feed has out of the outboxes: two writes at most, however many documents. Most
   * have nothing else in them and are removed at once; if not all had, the moved events are taken
   * out of each by name. What came meanwhile is moved next and takes the rest along, or the sweep
   * does.
   */
  private static Mono<Void> forget(MongoCollection<Document> collection, Told told) {
    return Mono.when(forgetKeyed(collection, told.keyed), forgetInArrays(collection, told));
  }

  /** One update of all: an event is in one outbox only, so the ids of all may be asked of each. */
  private static Mono<Void> forgetInArrays(MongoCollection<Document> collection, Told told) {
    if (told.ids.isEmpty()) {
      return Mono.empty();
    }
    var these = in("_id", told.ids);
    var hasOnly = not(elemMatch(Outbox.FIELD, nin("id", told.events)));
    return Mono.from(
            collection.updateMany(
                and(these, hasOnly), combine(unset(Outbox.FIELD), unset(Outbox.SINCE))))
        .filter(done -> done.getMatchedCount() < told.ids.size())
        .flatMap(
            done ->
                Mono.from(collection.updateMany(these, pull(Outbox.FIELD, in("id", told.events)))))
        .then();
  }

  private static Mono<Void> forgetKeyed(
      MongoCollection<Document> collection, Map<Object, Left> moved) {
    if (moved.isEmpty()) {
      return Mono.empty();
    }
    var whole = new ArrayList<WriteModel<Document>>();
    moved.forEach(
        (id, one) ->
            whole.add(
                new UpdateOneModel<>(
                    and(eq("_id", id), one.hasOnly()),
                    combine(one.others(), unset(Outbox.FIELD), unset(Outbox.SINCE)))));
    return Mono.from(collection.bulkWrite(whole, UNORDERED))
        .filter(done -> done.getMatchedCount() < whole.size())
        .flatMap(
            done -> {
              var removals = new ArrayList<WriteModel<Document>>();
              moved.forEach(
                  (id, one) -> {
                    if (!one.isNothing()) { // else only its mark was left, and is wanted again
                      removals.add(new UpdateOneModel<>(eq("_id", id), one.removal()));
                    }
                  });
              return removals.isEmpty()
                  ? Mono.empty()
                  : Mono.from(collection.bulkWrite(removals, UNORDERED));
            })
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

  private record Watched(
      MongoCollection<Document> collection,
      MongoCollection<Document> settled,
      Carried<?> carried,
      ConcurrentMap<Object, Left> left) {
    Watched(MongoCollection<Document> collection, Carried<?> carried) {
      // What a failover may still take back is not moved.
      this(
          collection,
          collection.withReadConcern(ReadConcern.MAJORITY),
          carried,
          new ConcurrentHashMap<>());
    }

    void leave(Object id, Left more) {
      left.merge(id, more, Left::and);
    }

    /** What was there the last time this was asked; the rest is given the next time. */
    Map<Object, Left> takeOld() {
      var old = new LinkedHashMap<Object, Left>();
      left.forEach(
          (id, one) -> {
            if (!one.isOld()) {
              left.replace(id, one, one.aged());
            } else if (left.remove(id, one)) {
              old.put(id, one);
            }
          });
      return old;
    }
  }

  /**
   * What was told of the documents of one collection and is to be taken out of them.
   *
   * @param ids documents whose outboxes are arrays
   * @param events ids of what was told of them
   * @param keyed what was told of documents whose outboxes are by name
   */
  private record Told(Set<Object> ids, Set<String> events, Map<Object, Left> keyed) {
    Told() {
      this(new LinkedHashSet<>(), new LinkedHashSet<>(), new LinkedHashMap<>());
    }

    void add(Pending one) {
      ids.add(one.id);
      one.events.forEach(event -> events.add(event.getId()));
    }
  }

  /**
   * What is to be moved.
   *
   * @param from null: from nowhere the relay knows of
   * @param outbox the events by name; null: they lie in an array, or nowhere
   * @param then done once it is moved
   */
  private record Pending(
      @Nullable Watched from,
      Object id,
      List<Event> events,
      @Nullable Document outbox,
      Map<String, ?> carried,
      Mono<Void> then) {

    Left left(Watched of, Document keyed) {
      var names = carried.keySet().stream().map(name -> of.carried.field + "." + name).toList();
      return new Left(keyed, names);
    }
  }
}
