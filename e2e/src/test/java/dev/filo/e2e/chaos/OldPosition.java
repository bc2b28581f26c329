package dev.filo.e2e.chaos;

import static com.mongodb.client.model.Filters.eq;
import static com.mongodb.client.model.Filters.lt;
import static com.mongodb.client.model.Filters.lte;
import static com.mongodb.client.model.Updates.set;

import com.mongodb.ConnectionString;
import com.mongodb.reactivestreams.client.MongoClient;
import com.mongodb.reactivestreams.client.MongoClients;
import com.mongodb.reactivestreams.client.MongoCollection;
import dev.filo.platform.grpc.Statuses;
import dev.filo.proto.api.v1.ErrorReason;
import dev.filo.proto.feed.v1.FeedServiceGrpc;
import dev.filo.proto.feed.v1.WatchRequest;
import dev.filo.proto.feed.v1.WatchResponse;
import io.grpc.StatusException;
import io.grpc.stub.BlockingClientCall;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.locks.LockSupport;
import org.bson.Document;
import org.jspecify.annotations.Nullable;
import reactor.core.publisher.Mono;

/**
 * Followers whose position is older than what a feed still keeps: they are told so, and the suite's
 * own go on with the oldest there is. Nobody goes on as if nothing had been missed.
 */
final class OldPosition {
  private static final Duration PATIENCE = Duration.ofSeconds(60);

  private final String mongodbUri;
  private final Fleet fleet;
  private final Surroundings around;
  private final Violations violations;

  OldPosition(String mongodbUri, Fleet fleet, Surroundings around, Violations violations) {
    this.mongodbUri = mongodbUri;
    this.fleet = fleet;
    this.around = around;
    this.violations = violations;
  }

  /** Forgets the older half of identity's feed, and looks what its followers make of it. */
  void check() throws InterruptedException {
    try (var client = MongoClients.create(new ConnectionString(mongodbUri))) {
      var feed = collection(client, "identity", "feed");
      var newest = Mono.from(feed.find().sort(new Document("_id", -1)).first()).block(PATIENCE);
      if (newest == null) {
        return; // nothing was told in this run
      }
      long last = number(newest, "last");
      var page =
          Mono.from(feed.find(lte("_id", last / 2 + 1)).sort(new Document("_id", -1)).first())
              .block(PATIENCE);
      long kept = page == null ? 1 : number(page, "_id");
      Mono.from(feed.deleteMany(lt("_id", kept))).block(PATIENCE);
      var old = watch(1);
      violations.require(
          old.equals(ErrorReason.ERROR_REASON_CURSOR_TOO_OLD.name()) || kept <= 2,
          "a position older than the feed is answered with " + old);
      var anew = watch(0);
      violations.require(
          anew.equals(Long.toString(kept)),
          "a feed read anew begins with %s, not with %d".formatted(anew, kept));
      follower(client, last);
    }
  }

  /** The cart's follower is put back behind what is kept; it comes to the end all the same. */
  private void follower(MongoClient client, long last) {
    var positions = collection(client, "cart", "positions");
    var mine = eq("_id", "aliases");
    Mono.from(positions.updateOne(mine, set("position", 1L))).block(PATIENCE);
    // Whoever follows has a position in hand: another one begins with what is written.
    for (Replica replica : fleet.of("cart")) {
      replica.running().kill();
    }
    fleet.of("cart").forEach(OldPosition::start);
    long end = System.nanoTime() + PATIENCE.toNanos();
    while (position(positions) < last && System.nanoTime() < end) {
      LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(100));
    }
    long reached = position(positions);
    violations.require(
        reached >= last,
        "the cart follows identity to %d of %d after events were forgotten"
            .formatted(reached, last));
  }

  private static void start(Replica replica) {
    try {
      replica.running().start();
    } catch (java.io.IOException e) {
      throw new java.io.UncheckedIOException(e);
    }
  }

  private static long position(MongoCollection<Document> positions) {
    var mine = Mono.from(positions.find(eq("_id", "aliases")).first()).block(PATIENCE);
    return mine == null ? 0 : number(mine, "position");
  }

  /** The position of the first event after one, or the reason why there is none. */
  private String watch(long after) throws InterruptedException {
    BlockingClientCall<?, WatchResponse> call =
        FeedServiceGrpc.newBlockingV2Stub(fleet.any("identity").channel())
            .withCallCredentials(fleet.credentials("identity", around))
            .watch(WatchRequest.newBuilder().setAfterPosition(after).build());
    try {
      var first = call.read(PATIENCE.toSeconds(), TimeUnit.SECONDS);
      return first == null ? "the end" : Long.toString(first.getPosition());
    } catch (StatusException e) {
      return reason(e);
    } catch (TimeoutException e) {
      return "nothing";
    } finally {
      call.cancel("seen", null);
    }
  }

  private static String reason(StatusException error) {
    var info = Statuses.errorInfo(error);
    return info == null ? error.getStatus().toString() : "ERROR_REASON_" + info.getReason();
  }

  private static MongoCollection<Document> collection(
      MongoClient client, String service, String name) {
    return client.getDatabase("filo_" + service).getCollection(name);
  }

  private static long number(@Nullable Document document, String field) {
    return document != null && document.get(field) instanceof Number number
        ? number.longValue()
        : 0;
  }
}
