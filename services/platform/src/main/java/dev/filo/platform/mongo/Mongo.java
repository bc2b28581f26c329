package dev.filo.platform.mongo;

import static com.mongodb.client.model.Filters.and;
import static com.mongodb.client.model.Filters.eq;
import static com.mongodb.client.model.Filters.exists;
import static com.mongodb.client.model.Updates.unset;

import com.mongodb.ConnectionString;
import com.mongodb.MongoBulkWriteException;
import com.mongodb.MongoClientSettings;
import com.mongodb.MongoConnectionPoolClearedException;
import com.mongodb.MongoException;
import com.mongodb.MongoNodeIsRecoveringException;
import com.mongodb.MongoNotPrimaryException;
import com.mongodb.MongoQueryException;
import com.mongodb.MongoSocketException;
import com.mongodb.MongoTimeoutException;
import com.mongodb.MongoWriteConcernException;
import com.mongodb.ReadConcern;
import com.mongodb.WriteConcern;
import com.mongodb.client.model.IndexOptions;
import com.mongodb.reactivestreams.client.MongoClient;
import com.mongodb.reactivestreams.client.MongoClients;
import com.mongodb.reactivestreams.client.MongoCollection;
import com.mongodb.reactivestreams.client.MongoDatabase;
import dev.filo.telemetry.trace.Traces;
import java.time.Duration;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import org.bson.Document;
import org.bson.conversions.Bson;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import reactor.core.publisher.Mono;
import reactor.util.retry.Retry;

/**
 * MongoDB as every service uses it: majority and journaled writes, bounded waiting, one database a
 * service.
 */
public final class Mongo {
  // Long enough for a replica set's election (10 s by default), short enough that a caller is told.
  private static final Duration SERVER_SELECTION = Duration.ofSeconds(5);

  private static final Duration LOOK = Duration.ofSeconds(1);
  private static final int LOOKS = 120;

  private static final int DUPLICATE = 11000;
  private static final int OTHER_OPTIONS = 85;
  private static final int OTHER_SPECIFICATION = 86;
  // What a server says that is going or is not the primary, and a cursor whose server has gone:
  // the codes of retryable reads (driver specifications), CursorNotFound and CursorKilled.
  private static final Set<Integer> OUTAGES =
      Set.of(6, 7, 43, 89, 91, 134, 189, 237, 262, 9001, 10107, 11600, 11602, 13435, 13436);
  private static final Logger log = LoggerFactory.getLogger(Mongo.class);

  private Mongo() {}

  /** A client; close it with the process. */
  public static MongoClient client(String uri, String applicationName) {
    return client(uri, "", applicationName, Traces.off());
  }

  /**
   * A client whose commands are seen in traces.
   *
   * @param ca the authorities that may have signed the servers' certificates, as PEM or the path of
   *     a file with it; empty: those Java knows, where {@code uri} asks for TLS
   * @throws IllegalArgumentException when {@code uri} or {@code ca} cannot be read
   */
  public static MongoClient client(String uri, String ca, String applicationName, Traces traces) {
    var settings = settings(uri, applicationName);
    if (!ca.isBlank()) {
      var trusted = Authorities.trusted(ca);
      settings.applyToSslSettings(tls -> tls.enabled(true).context(trusted));
    }
    if (traces.isOn()) {
      var spans = new MongoSpans(traces);
      settings.contextProvider(spans).addCommandListener(spans);
    }
    return MongoClients.create(settings.build());
  }

  private static MongoClientSettings.Builder settings(String uri, String applicationName) {
    return MongoClientSettings.builder()
        .applyConnectionString(new ConnectionString(uri))
        .applicationName("filo-" + applicationName)
        .writeConcern(WriteConcern.MAJORITY.withJournal(true))
        .readConcern(ReadConcern.LOCAL)
        .applyToClusterSettings(
            cluster ->
                cluster.serverSelectionTimeout(SERVER_SELECTION.toMillis(), TimeUnit.MILLISECONDS))
        .applyToConnectionPoolSettings(pool -> pool.maxSize(64).maxWaitTime(5, TimeUnit.SECONDS))
        .applyToSocketSettings(
            socket ->
                socket.connectTimeout(10, TimeUnit.SECONDS).readTimeout(15, TimeUnit.SECONDS));
  }

  /**
   * Makes an index and waits for it; making one that is there does nothing. One with these keys but
   * other options, as an older version of this service has made it and may still want it, stays and
   * is told of. While the database is away, or changes its primary, it is tried again for two
   * minutes.
   *
   * @throws IllegalStateException when one is to be unique and is not: nothing would keep what it
   *     promises
   */
  public static void index(MongoCollection<Document> collection, Bson keys, IndexOptions options) {
    ExpectedIndexes.add(collection, keys, options);
    Mono.defer(() -> Mono.from(collection.createIndex(keys, options)))
        .retryWhen(Retry.fixedDelay(LOOKS, LOOK).filter(Mongo::isOutage))
        .then()
        .onErrorResume(Mongo::isOtherIndex, error -> keepOther(collection, keys, options))
        .block(Duration.ofMinutes(10));
  }

  private static boolean isOtherIndex(Throwable error) {
    return error instanceof MongoException mongo
        && (mongo.getCode() == OTHER_OPTIONS || mongo.getCode() == OTHER_SPECIFICATION);
  }

  private static Mono<Void> keepOther(
      MongoCollection<Document> collection, Bson keys, IndexOptions options) {
    var what =
        collection.getNamespace().getFullName()
            + " has another index over "
            + keys.toBsonDocument();
    if (options.isUnique()) {
      return Mono.error(
          new IllegalStateException(
              what + ", which is not unique. Drop it; this service makes it anew when it starts."));
    }
    log.warn("{} than this version makes. Drop it once no older version runs.", what);
    return Mono.empty();
  }

  /** Makes an index and waits for it. */
  public static void index(MongoCollection<Document> collection, Bson keys) {
    index(collection, keys, new IndexOptions());
  }

  /**
   * Waits until the database answers: it may be started together with the service.
   *
   * @throws IllegalStateException when it has not within {@code most}
   */
  public static void await(MongoDatabase database, Duration most) {
    var reason = new AtomicReference<>("");
    boolean answered =
        Boolean.TRUE.equals(
            Mono.from(database.runCommand(new Document("ping", 1)))
                .doOnError(error -> waiting(error, reason))
                .retryWhen(Retry.fixedDelay(Long.MAX_VALUE, LOOK))
                .thenReturn(true)
                .timeout(most)
                .onErrorReturn(false)
                .block());
    if (!answered) {
      throw new IllegalStateException(
          "MongoDB has not answered for "
              + most.toSeconds()
              + " s. Is filo.mongodb.uri (FILO_MONGODB_URI) right, and has it a primary? "
              + reason);
    }
  }

  private static void waiting(Throwable error, AtomicReference<String> reason) {
    var said = String.valueOf(error.getMessage());
    if (reason.getAndSet(said).isEmpty()) {
      log.info("MongoDB does not answer yet; waiting for it. {}", said);
    }
  }

  /** True once the database answers. One value; never an error. */
  public static Mono<Boolean> answers(MongoDatabase database) {
    return Mono.from(database.runCommand(new Document("ping", 1)))
        .thenReturn(true)
        .timeout(Duration.ofSeconds(3))
        .onErrorReturn(false);
  }

  /**
   * Waits until a majority has what has been read of a document: its server may be a primary that
   * the other members have deposed without its knowing, and what it shows be taken back. To be
   * asked before a repeated request is acknowledged by what it did the first time, as nothing is
   * written then that would wait itself. An update that changes nothing waits, as any write, for
   * all that its server has written before (MongoDB manual, write concern). Empty; an error as of
   * an outage when it waits in vain.
   */
  public static Mono<Void> settled(MongoCollection<Document> collection, Object id) {
    return Mono.from(
            collection.updateOne(and(eq("_id", id), exists("_id", false)), unset("settled")))
        .then();
  }

  /** Whether the database was not there, or changed its primary: the next try may well work. */
  public static boolean isOutage(Throwable error) {
    return switch (error) {
      case MongoTimeoutException timeout -> true;
      case MongoSocketException socket -> true;
      case MongoNotPrimaryException stepped -> true;
      case MongoNodeIsRecoveringException recovering -> true;
      case MongoConnectionPoolClearedException cleared -> true;
      case MongoWriteConcernException unconfirmed -> true;
      // A query that was refused says why by its code alone.
      case MongoQueryException query -> OUTAGES.contains(query.getCode());
      case MongoException other -> other.hasErrorLabel("RetryableWriteError");
      default -> false;
    };
  }

  /** True when a write was refused because something unique is taken. */
  public static boolean isDuplicate(Throwable error) {
    return switch (error) {
      // Of many writes at once: the exception's own code says nothing.
      case MongoBulkWriteException bulk ->
          !bulk.getWriteErrors().isEmpty()
              && bulk.getWriteErrors().stream().allMatch(one -> one.getCode() == DUPLICATE);
      case MongoException mongo -> mongo.getCode() == DUPLICATE;
      default -> false;
    };
  }
}
