package dev.filo.reservation.service;

import com.google.protobuf.Message;
import dev.filo.platform.auth.Caller;
import dev.filo.platform.feed.Outbox;
import dev.filo.platform.feed.Relay;
import dev.filo.platform.grpc.Statuses;
import dev.filo.platform.mongo.Requests;
import dev.filo.platform.mongo.StaleRetry;
import dev.filo.platform.watch.Changes;
import dev.filo.proto.feed.v1.Actor;
import dev.filo.proto.feed.v1.Event;
import dev.filo.proto.reservation.v1.ReservationChanged;
import dev.filo.proto.reservation.v1.ReservationChanged.Kind;
import dev.filo.reservation.domain.Decision;
import dev.filo.reservation.domain.Offer;
import dev.filo.reservation.domain.Reservation;
import dev.filo.reservation.domain.Reservation.State;
import dev.filo.reservation.domain.Reservation.Step;
import dev.filo.reservation.store.MongoReservationStore;
import dev.filo.reservation.store.MongoReservationStore.Remembered;
import dev.filo.reservation.store.ReservationDocuments;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import org.bson.Document;
import org.jspecify.annotations.Nullable;
import reactor.core.publisher.Mono;
import reactor.util.retry.Retry;

/**
 * Writes what was decided, with the event it is to others, and tells whoever watches. One
 * conditional update each time.
 */
final class ReservationWriter {
  private static final String SOURCE = "filo/reservation";
  private static final int STALE_RETRIES_MAX = 8;

  private final MongoReservationStore store;
  private final Relay relay;
  private final Changes changes;
  private final InstantSource clock;

  ReservationWriter(
      MongoReservationStore store, Relay relay, Changes changes, InstantSource clock) {
    this.store = store;
    this.relay = relay;
    this.changes = changes;
    this.clock = clock;
  }

  /** Tries again what was decided on a state that is not there any more. */
  static Retry stale() {
    return StaleRetry.atOnce(STALE_RETRIES_MAX);
  }

  /** True when the reservation remembers the request: it had its effect. */
  static boolean isRepeated(Document document, String requestId, Message request) {
    return Requests.answer(
            document, requestId, request, dev.filo.proto.reservation.v1.Reservation.parser())
        .isPresent();
  }

  /** What a command comes to, written: the reservation after it, or {@link RefusedException}. */
  Mono<Document> decide(
      Document document,
      String etag,
      String requestId,
      Message request,
      Caller caller,
      Function<Reservation, Decision> command) {
    if (isRepeated(document, requestId, request)) {
      return store.settled(document);
    }
    var seen = ReservationDocuments.read(document);
    var current = ReservationProtos.etag(seen, clock.instant());
    if (!etag.isEmpty() && !etag.equals(current)) {
      return Mono.error(Statuses.etagStale(current));
    }
    return switch (command.apply(seen)) {
      case Decision.Changed(var next) ->
          write(
              document,
              seen,
              next,
              caller.actor(),
              new Remembered(
                  requestId, request, ReservationProtos.message(document, clock.instant())));
      case Decision.Unchanged(var same) -> store.settled(document);
      case Decision.Refused(var why) -> Mono.error(() -> new RefusedException(why));
    };
  }

  /** Writes a state over the one seen, with its event when people can see a difference. */
  Mono<Document> write(
      Document document,
      Reservation seen,
      Reservation next,
      Actor actor,
      @Nullable Remembered request) {
    var now = clock.instant();
    List<Event> events =
        kind(seen, next)
            .map(
                kind ->
                    Outbox.event(
                        SOURCE,
                        ReservationProtos.PREFIX + seen.id(),
                        now,
                        actor,
                        ReservationChanged.newBuilder()
                            .setReservation(ReservationProtos.message(next, document, now, now))
                            .setPreviousState(label(seen.state()))
                            .setKind(kind)
                            .build()))
            .map(List::of)
            .orElse(List.of());
    return store
        .replace(seen, next, events, request, now)
        .doOnNext(
            written -> {
              relay.offer(store.collection(), written);
              changes.tell(ReservationProtos.PREFIX + seen.id());
              changes.tell(Reservations.customerKey(seen.customer()));
              changes.tell(Reservations.storeKey(seen.store()));
            });
  }

  private static dev.filo.proto.reservation.v1.Reservation.State label(State before) {
    return before instanceof State.Pending // it is new
        ? dev.filo.proto.reservation.v1.Reservation.State.STATE_UNSPECIFIED
        : dev.filo.proto.reservation.v1.Reservation.State.valueOf(before.label());
  }

  /** What a change is to others; empty when nobody can see a difference. */
  private static Optional<Kind> kind(Reservation seen, Reservation next) {
    if (!seen.state().label().equals(next.state().label())) {
      return Optional.of(Kind.valueOf(next.state().label()));
    }
    if (!seen.expireTime().equals(next.expireTime())) {
      return Optional.of(Kind.EXTENDED);
    }
    if (next.left() < seen.left() && next.state().isOpen()) {
      return Optional.of(Kind.PARTLY_COLLECTED);
    }
    if (seen.care().acknowledgeTime() == null && next.care().acknowledgeTime() != null) {
      return Optional.of(Kind.ACKNOWLEDGED);
    }
    if (seen.care().escalateTime() == null && next.care().escalateTime() != null) {
      return Optional.of(Kind.ESCALATED);
    }
    if (seen.care().remindTime() == null && next.care().remindTime() != null) {
      return Optional.of(Kind.REMINDED);
    }
    var done = seen.putBack() == null ? null : seen.putBack().done();
    if (done == null && next.putBack() != null && next.putBack().done() != null) {
      return Optional.of(Kind.PUT_BACK);
    }
    return seen.step() == Step.OFFER && next.step() == Step.NONE
        ? Optional.of(isOpen(next.offer()) ? Kind.OFFERED : Kind.OFFER_NONE)
        : answer(seen.offer(), next.offer());
  }

  private static boolean isOpen(@Nullable Offer offer) {
    return offer != null && offer.state() == Offer.State.OPEN;
  }

  private static Optional<Kind> answer(@Nullable Offer seen, @Nullable Offer next) {
    if (seen == null || next == null || seen.state() == next.state()) {
      return Optional.empty();
    }
    return switch (next.state()) {
      case ACCEPTED -> Optional.of(Kind.OFFER_ACCEPTED);
      case DECLINED -> Optional.of(Kind.OFFER_DECLINED);
      case OPEN, GONE, LAPSED -> Optional.empty();
    };
  }
}
