package dev.filo.platform.reconcile;

import static com.mongodb.client.model.Filters.and;
import static com.mongodb.client.model.Filters.eq;
import static com.mongodb.client.model.Filters.exists;
import static com.mongodb.client.model.Filters.lt;
import static com.mongodb.client.model.Filters.lte;
import static com.mongodb.client.model.Updates.combine;
import static com.mongodb.client.model.Updates.set;
import static com.mongodb.client.model.Updates.unset;

import com.mongodb.client.model.FindOneAndUpdateOptions;
import com.mongodb.client.model.IndexOptions;
import com.mongodb.client.model.Indexes;
import com.mongodb.client.model.ReturnDocument;
import com.mongodb.reactivestreams.client.MongoCollection;
import com.mongodb.reactivestreams.client.MongoDatabase;
import dev.filo.platform.code.Ids;
import dev.filo.platform.mongo.Docs;
import dev.filo.platform.mongo.Mongo;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Date;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.bson.Document;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/**
 * What a service has to reconcile: a document each in its own database, put there by {@code ./filo
 * restore} and {@code ./filo reconcile}, or by a follower that finds its source at another history
 * (docs/decisions/0013). One replica works on it; what it leaves, any other does anew. Thread-safe.
 */
public final class Reconciliations {
  /** The collection, in each service's own database. */
  public static final String COLLECTION = "reconciliations";

  // Nobody restores to what is older than events are kept, without saying so.
  private static final Duration LOOK_BACK = Duration.ofDays(30);
  private static final Duration LEASE = Duration.ofMinutes(1);
  private static final Duration RENEW = Duration.ofSeconds(20);
  private static final Duration REMEMBERED = Duration.ofDays(90);
  private static final Duration AGAIN = Duration.ofSeconds(5);
  private static final String DUE = "due";
  private static final Logger log = LoggerFactory.getLogger(Reconciliations.class);

  private final MongoCollection<Document> reconciliations;
  private final Supplier<Stream<Reconciler>> reconcilers;
  private final InstantSource clock;

  /**
   * A service's own.
   *
   * @param reconcilers what it compares, in order
   */
  public Reconciliations(
      MongoDatabase database, Supplier<Stream<Reconciler>> reconcilers, InstantSource clock) {
    this.reconciliations = database.getCollection(COLLECTION);
    this.reconcilers = reconcilers;
    this.clock = clock;
  }

  /** Makes the index; to be called when the service starts. */
  public void prepare() {
    Mongo.index(reconciliations, Indexes.ascending(DUE), new IndexOptions().sparse(true));
  }

  /**
   * Says that a service has to reconcile everything of the last 30 days. Empty.
   *
   * @param reason for people who read it
   */
  public static Mono<Void> open(MongoDatabase database, String reason, Instant now) {
    return Mono.from(
            database
                .getCollection(COLLECTION)
                .insertOne(
                    new Document("_id", Ids.random())
                        .append("reason", reason)
                        .append("openTime", Date.from(now))
                        .append("since", Date.from(now.minus(LOOK_BACK)))
                        .append(DUE, Date.from(now))))
        .then();
  }

  /**
   * Takes up the next that is due, if there is one; to be called every second. Empty; what fails is
   * done again later.
   */
  public Mono<Void> work() {
    return Mono.defer(this::take).flatMap(this::reconcile);
  }

  /** Forgets what was done 90 days ago; to be called now and then. Empty. */
  public Mono<Void> forget() {
    return Mono.from(
            reconciliations.deleteMany(
                lt("doneTime", Date.from(clock.instant().minus(REMEMBERED)))))
        .then();
  }

  private Mono<Document> take() {
    var now = clock.instant();
    return Mono.from(
        reconciliations.findOneAndUpdate(
            lte(DUE, Date.from(now)),
            set(DUE, Date.from(now.plus(LEASE))),
            new FindOneAndUpdateOptions().returnDocument(ReturnDocument.AFTER)));
  }

  private Mono<Void> reconcile(Document open) {
    var id = open.getString("_id");
    var since = Docs.instant(open, "since");
    var mended = new TreeMap<String, Long>();
    log.info("reconciling with the other services: {}", Docs.string(open, "reason"));
    var all =
        Flux.fromStream(reconcilers::get)
            .concatMap(one -> one.reconcile(since == null ? Instant.EPOCH : since))
            .doOnNext(what -> mended.merge(what, 1L, Long::sum))
            .then(Mono.defer(() -> done(id, mended)));
    var renewing =
        Flux.interval(RENEW)
            .onBackpressureDrop()
            .concatMap(tick -> due(id, clock.instant().plus(LEASE)), 1)
            .then();
    return Mono.firstWithSignal(all, renewing).onErrorResume(error -> later(id, error));
  }

  private Mono<Void> done(String id, Map<String, Long> mended) {
    log.info("reconciled: {}", mended.isEmpty() ? "nothing differed" : mended);
    return Mono.from(
            reconciliations.updateOne(
                eq("_id", id),
                combine(
                    unset(DUE),
                    set("doneTime", Date.from(clock.instant())),
                    set("mended", new Document(mended)))))
        .then();
  }

  private Mono<Void> later(String id, Throwable error) {
    log.warn("reconciling is done again in a moment: {}", error.toString());
    return due(id, clock.instant().plus(AGAIN));
  }

  /** Only while it is open: who was slow must not open again what another has done. */
  private Mono<Void> due(String id, Instant time) {
    return Mono.from(
            reconciliations.updateOne(and(eq("_id", id), exists(DUE)), set(DUE, Date.from(time))))
        .then();
  }
}
