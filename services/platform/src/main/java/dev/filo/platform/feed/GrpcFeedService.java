package dev.filo.platform.feed;

import com.google.rpc.Code;
import dev.filo.platform.grpc.Answers;
import dev.filo.platform.grpc.Statuses;
import dev.filo.platform.watch.Changes;
import dev.filo.proto.api.v1.ErrorReason;
import dev.filo.proto.feed.v1.FeedServiceGrpc;
import dev.filo.proto.feed.v1.WatchRequest;
import dev.filo.proto.feed.v1.WatchResponse;
import io.grpc.stub.StreamObserver;
import java.time.Duration;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.atomic.AtomicLong;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/** Serves a service's feed to its followers. */
public final class GrpcFeedService extends FeedServiceGrpc.FeedServiceImplBase {
  private static final int BATCH = 200;
  private static final Duration HEARTBEAT = Duration.ofSeconds(10);

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
        events(request.getAfterPosition(), Set.copyOf(new HashSet<>(request.getTypesList()))));
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
    return feed.after(position.get(), BATCH)
        .flatMapMany(
            events -> {
              var answers =
                  Flux.fromIterable(events)
                      .doOnNext(event -> position.set(event.position()))
                      .filter(event -> types.isEmpty() || types.contains(event.event().getType()))
                      .map(
                          event ->
                              WatchResponse.newBuilder()
                                  .setPosition(event.position())
                                  .setEvent(event.event())
                                  .build());
              return events.size() == BATCH
                  ? answers.concatWith(Flux.defer(() -> batch(position, types)))
                  : answers;
            });
  }

  private static Mono<WatchResponse> heartbeat(AtomicLong position) {
    return Mono.fromSupplier(() -> WatchResponse.newBuilder().setPosition(position.get()).build());
  }

  private Mono<Void> kept(long after) {
    if (after == 0) {
      return Mono.empty();
    }
    return feed.first()
        .flatMap(
            first ->
                first > after + 1
                    ? Mono.error(
                        Statuses.api(
                            Code.OUT_OF_RANGE,
                            ErrorReason.ERROR_REASON_CURSOR_TOO_OLD,
                            "These events are no longer kept. Read the state anew and start at 0.",
                            Map.of()))
                    : Mono.empty());
  }
}
