package dev.filo.platform.feed;

import static dev.filo.platform.feed.Things.PATIENCE;
import static dev.filo.platform.feed.Things.TOKENS;
import static dev.filo.platform.feed.Things.event;
import static org.assertj.core.api.Assertions.assertThat;

import com.mongodb.reactivestreams.client.MongoDatabase;
import dev.filo.platform.grpc.Calls;
import dev.filo.platform.grpc.Statuses;
import dev.filo.platform.watch.Changes;
import dev.filo.proto.api.v1.ErrorReason;
import dev.filo.proto.api.v1.Role;
import dev.filo.proto.feed.v1.FeedServiceGrpc;
import dev.filo.proto.feed.v1.WatchRequest;
import dev.filo.proto.feed.v1.WatchResponse;
import dev.filo.testkit.MutableClock;
import dev.filo.testkit.StoreTest;
import io.grpc.CallCredentials;
import io.grpc.Status;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.LongStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import reactor.core.publisher.Flux;
import reactor.test.StepVerifier;

@StoreTest
class FeedServiceTest {
  private static final Instant NOW = MutableClock.START;

  private final Changes changes = new Changes();
  private final FeedStore feed;
  private final Things.Served served;

  FeedServiceTest(MongoDatabase database) {
    feed = new FeedStore(database);
    feed.prepare();
    served = Things.Served.of(new GrpcFeedService(feed, changes));
  }

  @AfterEach
  void close() {
    served.close();
  }

  private void append(int first, int last) {
    feed.append(IntStream.rangeClosed(first, last).mapToObj(i -> event("a", "e" + i)).toList(), NOW)
        .block(PATIENCE);
    changes.tell(FeedTail.ALL);
  }

  private Flux<WatchResponse> watch(WatchRequest request) {
    return Calls.stream(
        served.channels().asService(FeedServiceGrpc.newStub(served.channels().to("feed"))),
        FeedServiceGrpc.FeedServiceStub::watch,
        request);
  }

  /** The events' positions, without heartbeats. */
  private Flux<Long> positions(long after) {
    return watch(WatchRequest.newBuilder().setAfterPosition(after).build())
        .filter(WatchResponse::hasEvent)
        .map(WatchResponse::getPosition);
  }

  @Test
  void itGivesWhatIsThereThenWhatComes() {
    append(1, 3);
    StepVerifier.create(positions(1))
        .expectNext(2L, 3L)
        .then(() -> append(4, 5))
        .expectNext(4L, 5L)
        .thenCancel()
        .verify(PATIENCE);
  }

  @Test
  void aSlowReaderGetsAllOfALongFeedInOrder() {
    append(1, 950);
    StepVerifier.create(positions(0).take(950), 0)
        .thenRequest(1)
        .expectNext(1L)
        .thenRequest(299)
        .expectNextSequence(LongStream.rangeClosed(2, 300).boxed().toList())
        .then(() -> append(951, 960)) // while it is behind
        .thenRequest(650)
        .expectNextSequence(LongStream.rangeClosed(301, 950).boxed().toList())
        .expectComplete()
        .verify(PATIENCE);
  }

  @Test
  void onlyTheTypesAskedForComeAndThePositionGoesOn() {
    var other = event("a", "other").toBuilder().setType("filo.test.Other").build();
    feed.append(List.of(event("a", "e1"), other, event("a", "e3")), NOW).block(PATIENCE);
    StepVerifier.create(watch(WatchRequest.newBuilder().addTypes("filo.test.Other").build()))
        .assertNext(answer -> assertThat(answer.getEvent()).isEqualTo(other))
        .assertNext(
            answer -> {
              assertThat(answer.hasEvent()).isFalse();
              assertThat(answer.getPosition()).isEqualTo(3);
            })
        .thenCancel()
        .verify(PATIENCE);
  }

  @Test
  void aPositionThatIsNoLongerKeptIsRefusedAndTheOldestIsNot() {
    append(1, 3);
    feed.append(List.of(event("a", "e4")), NOW.plus(Duration.ofDays(2))).block(PATIENCE);
    feed.append(List.of(event("a", "e5")), NOW.plus(Duration.ofDays(2))).block(PATIENCE);
    feed.trim(Duration.ofDays(1), NOW.plus(Duration.ofDays(2))).block(PATIENCE);
    StepVerifier.create(positions(2)).expectErrorMatches(this::isTooOld).verify(PATIENCE);
    for (long kept : List.of(0L, 3L)) {
      StepVerifier.create(positions(kept)).expectNext(4L, 5L).thenCancel().verify(PATIENCE);
    }
  }

  @Test
  void aPositionOfAFeedThatWasHereBeforeIsRefused() {
    append(1, 3);
    StepVerifier.create(positions(4)).expectErrorMatches(this::isTooOld).verify(PATIENCE);
    StepVerifier.create(
            positions(3)
                .mergeWith(
                    Flux.defer(
                        () -> {
                          append(4, 4);
                          return Flux.empty();
                        })))
        .expectNext(4L)
        .thenCancel()
        .verify(PATIENCE);
  }

  @Test
  void aReaderThatIsOvertakenByForgettingIsTold() {
    append(1, 500);
    StepVerifier.create(positions(0), 0)
        .thenRequest(1)
        .expectNext(1L)
        .then(
            () -> {
              feed.append(List.of(event("a", "new")), NOW.plus(Duration.ofDays(2)))
                  .then(feed.trim(Duration.ofDays(1), NOW.plus(Duration.ofDays(2))))
                  .block(PATIENCE);
            })
        .thenRequest(Long.MAX_VALUE)
        .thenConsumeWhile(position -> position <= 500)
        .expectErrorMatches(this::isTooOld)
        .verify(PATIENCE);
  }

  private boolean isTooOld(Throwable error) {
    return Status.fromThrowable(error).getCode() == Status.Code.OUT_OF_RANGE
        && Statuses.isReason(error, ErrorReason.ERROR_REASON_CURSOR_TOO_OLD);
  }

  @Test
  void watchersWhoLeaveLeaveNothing() {
    append(1, 1);
    StepVerifier.create(positions(0)).expectNext(1L).thenCancel().verify(PATIENCE);
    org.awaitility.Awaitility.await().atMost(PATIENCE).until(() -> changes.watcherCount() == 0);
  }

  @Test
  void shoppersAndStaffMayNotFollow() {
    assertRefused(TOKENS.bearer(Role.ROLE_CUSTOMER, "customers/c1"));
    assertRefused(TOKENS.bearer(Role.ROLE_AGENT, "staff/a@filo.example"));
  }

  private void assertRefused(CallCredentials who) {
    StepVerifier.create(
            Calls.stream(
                FeedServiceGrpc.newStub(served.channels().to("feed")).withCallCredentials(who),
                FeedServiceGrpc.FeedServiceStub::watch,
                WatchRequest.getDefaultInstance()))
        .expectErrorMatches(
            error -> Status.fromThrowable(error).getCode() == Status.Code.PERMISSION_DENIED)
        .verify(PATIENCE);
  }
}
