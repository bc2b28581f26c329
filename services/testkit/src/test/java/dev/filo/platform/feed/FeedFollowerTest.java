package dev.filo.platform.feed;

import static com.mongodb.client.model.Filters.eq;
import static com.mongodb.client.model.Filters.exists;
import static com.mongodb.client.model.Filters.gt;
import static dev.filo.platform.feed.Things.PATIENCE;
import static dev.filo.platform.feed.Things.event;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.mongodb.client.model.Updates;
import com.mongodb.reactivestreams.client.MongoCollection;
import com.mongodb.reactivestreams.client.MongoDatabase;
import dev.filo.platform.reconcile.Reconciliations;
import dev.filo.platform.watch.Changes;
import dev.filo.proto.feed.v1.Event;
import dev.filo.proto.feed.v1.FeedServiceGrpc;
import dev.filo.proto.feed.v1.WatchRequest;
import dev.filo.proto.feed.v1.WatchResponse;
import dev.filo.testkit.MutableClock;
import dev.filo.testkit.StoreTest;
import io.grpc.stub.StreamObserver;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Date;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Function;
import java.util.stream.IntStream;
import org.bson.Document;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import reactor.core.publisher.Mono;

@StoreTest
class FeedFollowerTest {
  private static final String NAME = "mine";

  private final MutableClock clock = MutableClock.standing();
  private final Changes changes = new Changes();
  private final MongoDatabase database;
  private final MongoCollection<Document> positions;
  private final FeedStore feed;
  private final Things.Served served;
  private final List<FeedFollower> followers = new ArrayList<>();
  private final List<String> handled = new CopyOnWriteArrayList<>();

  FeedFollowerTest(MongoDatabase database) {
    this.database = database;
    positions = database.getCollection("positions");
    feed = new FeedStore(database);
    feed.prepare();
    served = Things.Served.of(new GrpcFeedService(feed, changes));
  }

  @AfterEach
  void close() {
    followers.forEach(FeedFollower::stop);
    served.close();
  }

  private void append(String... ids) {
    feed.append(List.of(ids).stream().map(id -> event("a", id)).toList(), clock.instant())
        .block(PATIENCE);
    changes.tell(FeedTail.ALL);
  }

  private FeedFollower follow(Function<Event, Mono<Void>> handler) {
    return follow(served, clock, handler);
  }

  private FeedFollower follow(
      Things.Served source, InstantSource by, Function<Event, Mono<Void>> handler) {
    var follower = new FeedFollower(NAME, "source", source.channels(), database, by, handler);
    followers.add(follower);
    follower.start();
    return follower;
  }

  private Mono<Void> note(Event event) {
    return Mono.fromRunnable(() -> handled.add(event.getId()));
  }

  private void awaitHandled(String... ids) {
    await().atMost(PATIENCE).untilAsserted(() -> assertThat(handled).containsExactly(ids));
  }

  private long position() {
    return Mono.from(positions.find(eq("_id", NAME)).first())
        .map(document -> ((Number) document.get("position", 0L)).longValue())
        .blockOptional(PATIENCE)
        .orElse(0L);
  }

  private void awaitPosition(long position) {
    await().atMost(PATIENCE).until(() -> position() == position);
  }

  /** As a replica leaves it that was killed. */
  private void ownedByADead(long position) {
    Mono.from(
            positions.insertOne(
                new Document("_id", NAME)
                    .append("owner", "dead")
                    .append("ownedUntil", Date.from(clock.instant().plusSeconds(6)))
                    .append("position", position)))
        .block(PATIENCE);
  }

  @Test
  void itGoesOnWhereItWas() {
    append("e1", "e2");
    var first = follow(this::note);
    append("e3");
    awaitHandled("e1", "e2", "e3");
    awaitPosition(3);
    first.stop();
    append("e4");
    follow(this::note);
    awaitHandled("e1", "e2", "e3", "e4");
  }

  @Test
  void killedBetweenHandlingAndKeepingThePositionItComesAgain() {
    append("e1", "e2", "e3");
    var killed =
        follow(
            event ->
                event.getId().equals("e2")
                    ? note(event).then(Mono.never()) // handled, and no further
                    : note(event));
    awaitHandled("e1", "e2");
    assertThat(position()).isEqualTo(1);
    killed.stop();
    follow(this::note);
    awaitHandled("e1", "e2", "e2", "e3");
  }

  @Test
  void whatFailsIsTriedAgainAndNothingOvertakes() {
    append("e1", "e2", "e3", "e4");
    var tries = new AtomicInteger();
    follow(
        event -> {
          handled.add(event.getId());
          if (event.getId().equals("e2") && tries.incrementAndGet() < 3) {
            return Mono.error(new IllegalStateException("not yet"));
          }
          if (event.getId().equals("e3") && tries.incrementAndGet() == 4) {
            throw new IllegalStateException("not in the chain either");
          }
          return Mono.empty();
        });
    awaitHandled("e1", "e2", "e2", "e2", "e3", "e3", "e4");
    awaitPosition(4);
  }

  @Test
  void ofTwoOneFollowsAndTheOtherTakesOverWhenItStops() {
    var by = new CopyOnWriteArrayList<String>();
    var first = follow(event -> Mono.fromRunnable(() -> by.add("first")));
    append("e0");
    await().atMost(PATIENCE).until(() -> by.size() == 1);
    var second = new AtomicInteger();
    follow(
        served,
        () -> {
          second.incrementAndGet(); // asked at each try to lead
          return clock.instant();
        },
        event -> Mono.fromRunnable(() -> by.add("second")));
    IntStream.rangeClosed(1, 10).forEach(i -> append("e" + i));
    await().atMost(PATIENCE).until(() -> second.get() >= 3 && by.size() == 11);
    assertThat(by).containsOnly("first");
    awaitPosition(11);
    first.stop();
    append("e11");
    await().atMost(PATIENCE).until(() -> by.size() == 12);
    assertThat(by.getLast()).isEqualTo("second");
  }

  @Test
  void aDeadOnesLeaseIsWaitedForAndNoLonger() {
    append("e1", "e2");
    ownedByADead(1);
    var tries = new AtomicInteger();
    follow(
        served,
        () -> {
          tries.incrementAndGet();
          return clock.instant();
        },
        this::note);
    await().atMost(PATIENCE).until(() -> tries.get() >= 3);
    assertThat(handled).isEmpty();
    clock.advance(Duration.ofSeconds(7));
    awaitHandled("e2");
  }

  @Test
  void whoHasLostTheLeaseStopsAndDoesNotPutThePositionBack() throws InterruptedException {
    append("e1", "e2");
    var begun = new CountDownLatch(1);
    var stopped = new CountDownLatch(1);
    follow(
        event ->
            Mono.<Void>never()
                .doOnSubscribe(subscription -> begun.countDown())
                .doOnCancel(stopped::countDown));
    assertThat(begun.await(PATIENCE.toSeconds(), TimeUnit.SECONDS)).isTrue();
    Mono.from(
            positions.updateOne(
                eq("_id", NAME),
                Updates.combine(
                    Updates.set("owner", "other"),
                    Updates.set("ownedUntil", Date.from(clock.instant().plusSeconds(60))),
                    Updates.set("position", 2L))))
        .block(PATIENCE);
    assertThat(stopped.await(PATIENCE.toSeconds(), TimeUnit.SECONDS)).isTrue();
    assertThat(position()).isEqualTo(2);
  }

  @Test
  void onlyWhoLeadsKeepsThePosition() {
    append("e1", "e2");
    follow(
        event ->
            note(event)
                .then(
                    Mono.from(
                        positions.updateOne(
                            eq("_id", NAME),
                            Updates.combine(
                                Updates.set("owner", "other"),
                                Updates.set(
                                    "ownedUntil", Date.from(clock.instant().plusSeconds(60))),
                                Updates.set("position", 7L)))))
                .then());
    awaitHandled("e1");
    await().atMost(PATIENCE).until(() -> changes.watcherCount() == 0); // it has stopped reading
    assertThat(position()).isEqualTo(7);
    assertThat(handled).containsExactly("e1");
  }

  @Test
  void eventsThatAreNoLongerKeptAreSkippedToTheOldestThatAre() {
    append("e1", "e2", "e3");
    clock.advance(Duration.ofDays(2));
    append("e4", "e5");
    feed.trim(Duration.ofDays(1), clock.instant()).block(PATIENCE);
    clock.advance(Duration.ofDays(-2));
    ownedByADead(1);
    clock.advance(Duration.ofSeconds(7));
    follow(this::note);
    awaitHandled("e4", "e5");
  }

  @Test
  void aSourceThatBeganANewFeedIsFollowedFromItsBeginning() {
    append("e1", "e2");
    ownedByADead(500);
    clock.advance(Duration.ofSeconds(7));
    follow(this::note);
    awaitHandled("e1", "e2");
    awaitPosition(2);
  }

  @Test
  void aSourceThatWasRestoredAndWentOnFromThere_isFollowedAnewAndNothingIsPassedOver() {
    append("e1");
    append("e2", "e3"); // a restored feed ends where one was appended, as it was written
    var first = follow(this::note);
    awaitHandled("e1", "e2", "e3");
    awaitPosition(3);
    first.stop();
    restoreTo(1);
    // Another history, longer than the one that was followed: its positions alone say nothing.
    new FeedStore(database)
        .append(List.of(event("a", "f2"), event("a", "f3"), event("a", "f4")), clock.instant())
        .block(PATIENCE);
    follow(this::note);
    awaitHandled("e1", "e2", "e3", "e1", "f2", "f3", "f4");
    awaitPosition(4);
    assertThat(openReconciliations()).isEqualTo(1);
  }

  @Test
  void aFollowerThatWasRestoredHearsOnceMoreWhatItHasForgotten() {
    append("e1", "e2", "e3");
    var first = follow(this::note);
    awaitHandled("e1", "e2", "e3");
    awaitPosition(3);
    first.stop();
    Mono.from(
            positions.updateOne(
                eq("_id", NAME),
                Updates.combine(Updates.set("position", 1L), Updates.set("event", "e1"))))
        .block(PATIENCE);
    follow(this::note);
    awaitHandled("e1", "e2", "e3", "e2", "e3");
    assertThat(openReconciliations()).isZero();
  }

  private void restoreTo(long position) {
    Mono.from(database.getCollection("feed").deleteMany(gt("_id", position))).block(PATIENCE);
  }

  private long openReconciliations() {
    return Mono.from(
            database.getCollection(Reconciliations.COLLECTION).countDocuments(exists("due")))
        .blockOptional(PATIENCE)
        .orElse(0L);
  }

  @Test
  void aStreamThatEndsIsBegunAgain() {
    append("e1", "e2", "e3");
    try (var restless =
        Things.Served.of(
            new FeedServiceGrpc.FeedServiceImplBase() {
              @Override
              public void watch(WatchRequest request, StreamObserver<WatchResponse> observer) {
                var next = feed.after(request.getAfterPosition(), 1).block(PATIENCE);
                if (next != null && !next.isEmpty()) {
                  observer.onNext(
                      WatchResponse.newBuilder()
                          .setPosition(next.getFirst().position())
                          .setEvent(next.getFirst().event())
                          .build());
                }
                observer.onCompleted();
              }
            })) {
      var follower = follow(restless, clock, this::note);
      awaitHandled("e1", "e2", "e3");
      follower.stop();
    }
  }
}
