package dev.filo.platform.feed;

import com.google.rpc.Code;
import dev.filo.platform.grpc.Answers;
import dev.filo.platform.grpc.Statuses;
import dev.filo.platform.watch.Changes;
import dev.filo.proto.api.v1.ErrorReason;
import dev.filo.proto.feed.v1.FeedServiceGrpc;
import dev.filo.proto.feed.v1.WatchRequest;
import dev.filo.proto.feed.v1.WatchResponse;
import io.grpc.StatusRuntimeException;
import io.grpc.stub.StreamObserver;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/** Serves a service's feed to its followers. */
public final class GrpcFeedService extends FeedServiceGrpc.FeedServiceImplBase {
  private static final int BATCH = 200;
  private static final Duration HEARTBEAT = Duration.ofSeconds(10);

  /** In the metadata of a refused position that was one of a history that is no more. */
  static final String OTHER_HISTORY = "history";

  private final FeedStore feed;
  private final Changes changes;

  /** Serves one feed. */
  public GrpcFeedService(FeedStore feed, Changes changes) {
    this.feed = feed;
    this.changes = changes;
  }

  @Override
  public void watch(WatchRequest request, StreamObserver<WatchResponse> observer) {
    Answers.stream(
        observer,
        sameHistory(request.getAfterPosition(), request.getAfterEventId())
            .thenMany(
                events(
                    request.getAfterPosition(),
                    Set.copyOf(new HashSet<>(request.getTypesList())))));
  }

  /**
   * Events are appended and never change places: as long as the one a follower saw last is where it
   * was, so is all before it. Else this feed was restored to an older moment and has gone another
   * way since (docs/decisions/0013).
   */
  private Mono<Void> sameHistory(long position, String event) {
    return position == 0 || event.isEmpty()
        ? Mono.empty()
        : Mono.zip(feed.eventAt(position).defaultIfEmpty(""), feed.first())
            .flatMap(
                there ->
                    there.getT1().equals(event)
                            || (there.getT1().isEmpty() && position < there.getT2())
                        ? Mono.empty()
                        : Mono.error(otherHistory()));
  }

  /** The events after a position, without end, with a heartbeat when there are none. */
  Flux<WatchResponse> events(long after, Set<String> types) {
    var position = new AtomicLong(after);
    return kept(after)
        .thenMany(
            Flux.merge(changes.of(FeedTail.ALL), Flux.interval(HEARTBEAT).onBackpressureDrop())
                .onBackpressureLatest()
                .concatMap(tick -> batch(position, types).concatWith(heartbeat(position)), 1));
  }

  private Flux<WatchResponse> batch(AtomicLong position, Set<String> types) {
    var full = new AtomicBoolean();
    return Mono.defer(() -> feed.after(position.get(), BATCH))
        .doOnNext(events -> full.set(events.size() == BATCH))
        .flatMapIterable(events -> unbroken(position.get(), events))
        .doOnNext(event -> position.set(event.position()))
        .filter(event -> types.isEmpty() || types.contains(event.event().getType()))
        .map(
            event ->
                WatchResponse.newBuilder()
                    .setPosition(event.position())
                    .setEvent(event.event())
                    .build())
        .repeat(full::get);
  }

  /** Positions have no gaps: where one is, events were forgotten before a slow reader saw them. */
  private static List<FeedStore.Positioned> unbroken(
      long position, List<FeedStore.Positioned> events) {
    if (position > 0 && !events.isEmpty() && events.getFirst().position() > position + 1) {
      throw tooOld();
    }
    return events;
  }

  private static Mono<WatchResponse> heartbeat(AtomicLong position) {
    return Mono.fromSupplier(() -> WatchResponse.newBuilder().setPosition(position.get()).build());
  }

  private Mono<Void> kept(long after) {
    if (after == 0) {
      return Mono.empty();
    }
    return Mono.zip(feed.first(), feed.last())
        .flatMap(
            kept ->
                // Beyond the newest: a position in a feed that was there before this one.
                kept.getT1() > after + 1 || after > kept.getT2()
                    ? Mono.error(tooOld())
                    : Mono.empty());
  }

  private static StatusRuntimeException otherHistory() {
    return Statuses.api(
        Code.OUT_OF_RANGE,
        ErrorReason.ERROR_REASON_CURSOR_TOO_OLD,
        "This feed was restored to an older moment. Read the state anew and start at 0.",
        Map.of(OTHER_HISTORY, "other"));
  }

  private static StatusRuntimeException tooOld() {
    return Statuses.api(
        Code.OUT_OF_RANGE,
        ErrorReason.ERROR_REASON_CURSOR_TOO_OLD,
        "These events are no longer kept. Read the state anew and start at 0.",
        Map.of());
  }
}
