package dev.filo.reservation.service;

import dev.filo.platform.auth.Caller;
import dev.filo.platform.code.Ids;
import dev.filo.platform.grpc.Statuses;
import dev.filo.platform.mongo.StaleVersionException;
import dev.filo.proto.reservation.v1.CollectPickupRequest;
import dev.filo.proto.reservation.v1.PieceSerials;
import dev.filo.reservation.domain.Pieces;
import dev.filo.reservation.domain.Refusal;
import dev.filo.reservation.domain.Reservation.State;
import dev.filo.reservation.domain.Reservation.Step;
import dev.filo.reservation.domain.Sale;
import dev.filo.reservation.store.MongoReservationStore;
import dev.filo.reservation.store.ReservationDocuments;
import java.time.InstantSource;
import java.util.List;
import java.util.TreeMap;
import org.bson.Document;
import reactor.core.publisher.Mono;

/** Hands goods over for a code, all or some of them. */
final class HandOver {
  private final MongoReservationStore store;
  private final ReservationWriter writer;
  private final Saga saga;
  private final InstantSource clock;

  HandOver(MongoReservationStore store, ReservationWriter writer, Saga saga, InstantSource clock) {
    this.store = store;
    this.writer = writer;
    this.saga = saga;
    this.clock = clock;
  }

  Mono<Document> collect(CollectPickupRequest request, Caller caller) {
    var requestId = request.getRequestId();
    return store
        .findByPickupCode(Ids.readCode(request.getPickupCode()))
        .filter(document -> !"PENDING".equals(document.getString("state")))
        .switchIfEmpty(refused(new Refusal.PickupCodeUnknown()))
        .flatMap(found -> settled(found, request, caller))
        .flatMap(
            document ->
                writer.decide(
                    document,
                    "",
                    requestId,
                    request,
                    caller,
                    seen -> seen.collect(request.getStore(), asked(request), clock.instant())))
        .flatMap(selling -> saga.handOver(selling, caller.actor()))
        .onErrorMap(UnsoldException.class, e -> new RefusedException(e.why()))
        .flatMap(done -> answer(done, request))
        .retryWhen(ReservationWriter.stale());
  }

  /** A hand-over that another has begun comes first. */
  private Mono<Document> settled(Document found, CollectPickupRequest request, Caller caller) {
    boolean another =
        ReservationDocuments.read(found).step() == Step.SELL
            && !ReservationWriter.isRepeated(found, request.getRequestId(), request);
    return another ? saga.finish(found, caller.actor()) : Mono.just(found);
  }

  private static Mono<Document> answer(Document done, CollectPickupRequest request) {
    boolean mine = ReservationWriter.isRepeated(done, request.getRequestId(), request);
    return switch (ReservationDocuments.read(done).state()) {
      // whoever comes second, even while the first is being sold to, is told so
      case State.Collected collected when !mine ->
          refused(new Refusal.AlreadyCollected(collected.at()));
      case State.Collected collected -> Mono.just(done);
      case State.Held held when mine -> Mono.just(done); // some of it
      case State.Prepared prepared when mine -> Mono.just(done);
      // another replica was told that it cannot be sold so: asked again, we are told why
      case State.Held held -> again(done);
      case State.Prepared prepared -> again(done);
      case State other -> refused(new Refusal.Over(other.label()));
    };
  }

  private static Mono<Document> again(Document done) {
    var seen = ReservationDocuments.read(done);
    return Mono.error(() -> new StaleVersionException(seen.id(), seen.version()));
  }

  private static Sale asked(CollectPickupRequest request) {
    var serials = new TreeMap<String, List<String>>();
    for (PieceSerials pieces : request.getSerialsList()) {
      if (serials.put(pieces.getSku(), pieces.getSerialsList()) != null) {
        throw Statuses.field("serials", "names each SKU once");
      }
    }
    return new Sale(
        request.getLinesList().stream()
            .map(line -> new Pieces(line.getSku(), line.getQuantity()))
            .toList(),
        request.getReleaseRest(),
        0,
        serials,
        request.getSerialsRequired(),
        request.getRequestId());
  }

  private static <T> Mono<T> refused(Refusal why) {
    return Mono.error(() -> new RefusedException(why));
  }
}
