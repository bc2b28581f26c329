package dev.filo.reservation.waitlist.events;

import com.google.protobuf.InvalidProtocolBufferException;
import dev.filo.platform.feed.Gathered;
import dev.filo.platform.grpc.Calls;
import dev.filo.platform.grpc.Channels;
import dev.filo.platform.grpc.Statuses;
import dev.filo.proto.api.v1.ErrorReason;
import dev.filo.proto.feed.v1.Event;
import dev.filo.proto.feed.v1.FeedServiceGrpc;
import dev.filo.proto.feed.v1.WatchRequest;
import dev.filo.proto.feed.v1.WatchResponse;
import dev.filo.proto.inventory.v1.StockLevelChanged;
import dev.filo.reservation.waitlist.service.Waitlists;
import dev.filo.reservation.waitlist.store.MongoWaitlistStore;
import dev.filo.reservation.waitlist.store.MongoWaitlistStore.Heard;
import java.time.Duration;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/**
 * Hears of pieces that can be had again: a hold ended, goods came in or back. The news is taken in
 * batches, each asked about in one query: an import of a million rows holds nobody up. Every
 * replica follows for itself from where any of them has come to; hearing of a thing twice changes
 * nothing, and what is missed is found by looking.
 */
public final class StockNews {
  private static final String CHANGED = StockLevelChanged.getDescriptor().getFullName();
  private static final String PREFIX = "stockLevels/";
  private static final int BATCH = 1_000;
  // Shorter than anybody notices.
  private static final Duration GATHER = Duration.ofMillis(50);

  private final Channels channels;
  private final MongoWaitlistStore store;
  private final Waitlists waitlists;
  private final Mono<Void> missed;

  /**
   * Tells these lines what inventory's feed says.
   *
   * @param missed done when news was missed, or inventory was restored to an older moment
   */
  public StockNews(
      Channels channels, MongoWaitlistStore store, Waitlists waitlists, Mono<Void> missed) {
    this.channels = channels;
    this.store = store;
    this.waitlists = waitlists;
    this.missed = missed;
  }

  /** Follows without end; an error when inventory or the store cannot be reached. */
  public Flux<Void> follow() {
    return store
        .heard()
        .flatMapMany(heard -> Gathered.deal(news(heard), BATCH, GATHER, this::deal))
        .onErrorResume(
            e -> Statuses.isReason(e, ErrorReason.ERROR_REASON_CURSOR_TOO_OLD),
            // Begins again with the oldest there is.
            e -> missed.then(store.keep(Heard.NOTHING)).thenMany(Flux.error(e)));
  }

  private Flux<WatchResponse> news(Heard heard) {
    return Calls.stream(
            channels.asService(FeedServiceGrpc.newStub(channels.to("inventory"))),
            FeedServiceGrpc.FeedServiceStub::watch,
            WatchRequest.newBuilder()
                .setAfterPosition(heard.position())
                .setAfterEventId(heard.event())
                .build())
        .filter(WatchResponse::hasEvent);
  }

  /** Deals with some events; repeating is harmless. */
  Mono<Void> deal(List<WatchResponse> news) {
    var keys = new LinkedHashSet<String>();
    news.forEach(one -> available(one.getEvent()).ifPresent(keys::add));
    var last = news.getLast();
    return waitlists
        .heard(keys)
        .then(Mono.defer(() -> store.keep(new Heard(last.getPosition(), last.getEvent().getId()))));
  }

  /** The key of a level that has pieces; empty of any other event. */
  static Optional<String> available(Event event) {
    if (!event.getType().equals(CHANGED)) {
      return Optional.empty();
    }
    try {
      var level = event.getData().unpack(StockLevelChanged.class).getLevel();
      return level.getAvailable() > 0
          ? Optional.of(level.getName().substring(PREFIX.length()))
          : Optional.empty();
    } catch (InvalidProtocolBufferException e) {
      throw new IllegalStateException("an event of inventory cannot be read", e);
    }
  }
}
