package dev.filo.reservation.grpc;

import dev.filo.platform.auth.Caller;
import dev.filo.platform.code.Ids;
import dev.filo.platform.grpc.Answers;
import dev.filo.platform.grpc.PageTokens;
import dev.filo.platform.grpc.Statuses;
import dev.filo.platform.grpc.Times;
import dev.filo.platform.mongo.Docs;
import dev.filo.platform.watch.Changes;
import dev.filo.platform.watch.Recent;
import dev.filo.platform.watch.States;
import dev.filo.proto.reservation.v1.AcceptOfferRequest;
import dev.filo.proto.reservation.v1.AcknowledgeReservationRequest;
import dev.filo.proto.reservation.v1.CancelReservationRequest;
import dev.filo.proto.reservation.v1.CollectPickupRequest;
import dev.filo.proto.reservation.v1.CompletePutBackRequest;
import dev.filo.proto.reservation.v1.CreateReservationRequest;
import dev.filo.proto.reservation.v1.DeclineOfferRequest;
import dev.filo.proto.reservation.v1.ExtendReservationRequest;
import dev.filo.proto.reservation.v1.GetPickListRequest;
import dev.filo.proto.reservation.v1.GetPutBackListRequest;
import dev.filo.proto.reservation.v1.GetReservationPolicyRequest;
import dev.filo.proto.reservation.v1.GetReservationRequest;
import dev.filo.proto.reservation.v1.ListReservationsRequest;
import dev.filo.proto.reservation.v1.ListReservationsResponse;
import dev.filo.proto.reservation.v1.PickList;
import dev.filo.proto.reservation.v1.PrepareReservationRequest;
import dev.filo.proto.reservation.v1.PutBackList;
import dev.filo.proto.reservation.v1.RefuseReservationRequest;
import dev.filo.proto.reservation.v1.Reservation;
import dev.filo.proto.reservation.v1.ReservationServiceGrpc;
import dev.filo.proto.reservation.v1.WatchPickListRequest;
import dev.filo.proto.reservation.v1.WatchPutBackListRequest;
import dev.filo.proto.reservation.v1.WatchReservationRequest;
import dev.filo.proto.reservation.v1.WatchReservationsRequest;
import dev.filo.proto.reservation.v1.WatchReservationsResponse;
import dev.filo.reservation.service.ReservationProtos;
import dev.filo.reservation.service.Reservations;
import dev.filo.reservation.store.MongoReservationStore;
import dev.filo.reservation.store.MongoReservationStore.Attention;
import io.grpc.stub.StreamObserver;
import java.time.Duration;
import java.time.InstantSource;
import java.util.HexFormat;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.bson.Document;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/** The reservation service over gRPC. */
public final class GrpcReservationService
    extends ReservationServiceGrpc.ReservationServiceImplBase {
  private static final int LIST_MAX = 500;
  private static final String PUT_BACK = "/putBackList";
  private static final String POLICY = "/reservationPolicy";
  private static final Recent<Reservation> RECENT =
      new Recent<>(
          Reservation::getName,
          Reservation::getEtag,
          reservation -> Times.instant(reservation.getUpdateTime()));
  // A state can change by time alone, at its end: watchers look at least this often.
  private static final Duration LOOK = Duration.ofSeconds(5);

  private final Reservations reservations;
  private final MongoReservationStore store;
  private final Changes changes;
  private final InstantSource clock;

  /** Serves the use cases. */
  public GrpcReservationService(
      Reservations reservations,
      MongoReservationStore store,
      Changes changes,
      InstantSource clock) {
    this.reservations = reservations;
    this.store = store;
    this.changes = changes;
    this.clock = clock;
  }

  @Override
  public void createReservation(
      CreateReservationRequest request, StreamObserver<Reservation> observer) {
    var caller = Caller.current();
    answer(observer, Mono.defer(() -> reservations.create(request, caller)), caller);
  }

  @Override
  public void getReservation(GetReservationRequest request, StreamObserver<Reservation> observer) {
    var caller = Caller.current();
    answer(observer, reservations.get(id(request.getName()), caller), caller);
  }

  @Override
  public void listReservations(
      ListReservationsRequest request, StreamObserver<ListReservationsResponse> observer) {
    var caller = Caller.current();
    int size = PageTokens.size(request.getPageSize(), 50);
    Answers.unary(
        observer,
        Mono.defer(
            () -> {
              int skip = PageTokens.number(request.getPageToken());
              return reservations
                  .ensureMerged(caller)
                  .thenMany(
                      Flux.defer(
                          () ->
                              reservations.list(
                                  request.getCustomer(),
                                  request.getStore(),
                                  request.getStatesList().stream().map(Enum::name).toList(),
                                  attention(request),
                                  skip,
                                  size + 1,
                                  caller)))
                  .map(document -> message(document, caller))
                  .collectList()
                  .map(
                      rows -> {
                        var page = PageTokens.page(rows, size, skip);
                        return ListReservationsResponse.newBuilder()
                            .addAllReservations(page.rows())
                            .setNextPageToken(page.nextToken())
                            .build();
                      });
            }));
  }

  private static Attention attention(ListReservationsRequest request) {
    return request.getEscalated()
        ? Attention.ESCALATED
        : request.getUnacknowledged() ? Attention.UNSEEN : Attention.ANY;
  }

  @Override
  public void watchReservation(
      WatchReservationRequest request, StreamObserver<Reservation> observer) {
    var caller = Caller.current();
    var id = id(request.getName());
    Answers.stream(
        observer,
        reservations
            .ensureMerged(caller)
            .thenMany(
                States.watch(
                    changes.of(request.getName(), LOOK),
                    () -> reservations.get(id, caller).map(document -> message(document, caller)),
                    Reservation::getEtag,
                    request.getResumeCursor()))
            .onErrorMap(Refusals::map));
  }

  @Override
  public void watchReservations(
      WatchReservationsRequest request, StreamObserver<WatchReservationsResponse> observer) {
    var caller = Caller.current();
    Answers.stream(
        observer,
        reservations
            .ensureMerged(caller)
            .thenMany(
                RECENT.watch(
                    changes.of(Reservations.customerKey(request.getParent()), LOOK),
                    () -> messages(store.open(request.getParent(), clock.instant()), caller),
                    since -> messages(store.changedSince(request.getParent(), since), caller),
                    request.getResumeCursor(),
                    clock))
            .map(
                seen ->
                    WatchReservationsResponse.newBuilder()
                        .setCursor(seen.cursor())
                        .setReservation(seen.state())
                        .build()));
  }

  private Flux<Reservation> messages(Flux<Document> documents, Caller caller) {
    return documents.map(document -> message(document, caller));
  }

  @Override
  public void extendReservation(
      ExtendReservationRequest request, StreamObserver<Reservation> observer) {
    var caller = Caller.current();
    answer(observer, reservations.extend(id(request.getName()), request, caller), caller);
  }

  @Override
  public void cancelReservation(
      CancelReservationRequest request, StreamObserver<Reservation> observer) {
    var caller = Caller.current();
    answer(
        observer,
        reservations.cancel(
            id(request.getName()), request.getEtag(), request.getRequestId(), request, caller),
        caller);
  }

  @Override
  public void acknowledgeReservation(
      AcknowledgeReservationRequest request, StreamObserver<Reservation> observer) {
    var caller = Caller.current();
    answer(
        observer,
        reservations.acknowledge(
            id(request.getName()), request.getEtag(), request.getRequestId(), request, caller),
        caller);
  }

  @Override
  public void prepareReservation(
      PrepareReservationRequest request, StreamObserver<Reservation> observer) {
    var caller = Caller.current();
    answer(observer, reservations.prepare(id(request.getName()), request, caller), caller);
  }

  @Override
  public void refuseReservation(
      RefuseReservationRequest request, StreamObserver<Reservation> observer) {
    var caller = Caller.current();
    boolean wordsNeeded =
        switch (request.getCause()) {
          case NOT_FOUND, DAMAGED, DISPLAY_ONLY -> false;
          case OTHER, REFUSAL_CAUSE_UNSPECIFIED, UNRECOGNIZED -> true;
        };
    answer(
        observer,
        wordsNeeded && request.getReason().isBlank()
            ? Mono.error(() -> Statuses.field("reason", "says in words why, when no cause does"))
            : reservations.refuse(id(request.getName()), request, caller),
        caller);
  }

  @Override
  public void acceptOffer(AcceptOfferRequest request, StreamObserver<Reservation> observer) {
    var caller = Caller.current();
    answer(observer, reservations.accept(id(request.getName()), request, caller), caller);
  }

  @Override
  public void declineOffer(DeclineOfferRequest request, StreamObserver<Reservation> observer) {
    var caller = Caller.current();
    answer(observer, reservations.decline(id(request.getName()), request, caller), caller);
  }

  @Override
  public void collectPickup(CollectPickupRequest request, StreamObserver<Reservation> observer) {
    var caller = Caller.current();
    answer(observer, reservations.collect(request, caller), caller);
  }

  @Override
  public void getPickList(GetPickListRequest request, StreamObserver<PickList> observer) {
    Answers.unary(observer, pickList(request.getName()));
  }

  @Override
  public void watchPickList(WatchPickListRequest request, StreamObserver<PickList> observer) {
    Answers.stream(
        observer,
        States.watch(
            changes.of(request.getName(), LOOK),
            () -> pickList(request.getName()),
            PickList::getEtag,
            request.getResumeCursor()));
  }

  private Mono<PickList> pickList(String name) {
    var storeName = name.substring(0, name.length() - "/pickList".length());
    return Mono.defer(
        () -> {
          var now = clock.instant();
          return store
              .pickList(storeName, now, LIST_MAX)
              .map(document -> ReservationProtos.message(document, now))
              .collectList()
              .map(
                  picks ->
                      PickList.newBuilder()
                          .setName(name)
                          .addAllReservations(picks)
                          .setAsOfTime(Times.timestamp(now))
                          .setEtag(etag(picks.stream().map(one -> one.getName() + one.getEtag())))
                          .build());
        });
  }

  private static String etag(Stream<String> states) {
    return HexFormat.of().formatHex(Ids.sha256(states.collect(Collectors.joining(" "))), 0, 8);
  }

  @Override
  public void getPutBackList(GetPutBackListRequest request, StreamObserver<PutBackList> observer) {
    Answers.unary(observer, putBackList(store(request.getName(), PUT_BACK)));
  }

  @Override
  public void watchPutBackList(
      WatchPutBackListRequest request, StreamObserver<PutBackList> observer) {
    var storeName = store(request.getName(), PUT_BACK);
    Answers.stream(
        observer,
        States.watch(
            changes.of(Reservations.storeKey(storeName), LOOK),
            () -> putBackList(storeName),
            PutBackList::getEtag,
            request.getResumeCursor()));
  }

  @Override
  public void completePutBack(
      CompletePutBackRequest request, StreamObserver<PutBackList> observer) {
    var caller = Caller.current();
    var storeName = store(request.getName(), PUT_BACK);
    Answers.unary(
        observer,
        reservations
            .putAway(storeName, request, caller)
            .then(putBackList(storeName))
            .onErrorMap(Refusals::map));
  }

  private Mono<PutBackList> putBackList(String storeName) {
    return Mono.defer(
        () -> {
          var now = clock.instant();
          return store
              .putBackList(storeName, now, LIST_MAX)
              .map(document -> ReservationProtos.putBack(document, now))
              .collectList()
              .map(
                  entries ->
                      PutBackList.newBuilder()
                          .setName(storeName + PUT_BACK)
                          .addAllEntries(entries)
                          .setAsOfTime(Times.timestamp(now))
                          .setEtag(
                              etag(
                                  entries.stream()
                                      .map(one -> HexFormat.of().formatHex(one.toByteArray()))))
                          .build());
        });
  }

  @Override
  public void getReservationPolicy(
      GetReservationPolicyRequest request,
      StreamObserver<dev.filo.proto.reservation.v1.ReservationPolicy> observer) {
    Answers.unary(
        observer,
        reservations
            .policy(request.getName().startsWith("stores/") ? store(request.getName(), POLICY) : "")
            .onErrorMap(Refusals::map));
  }

  private static String store(String name, String suffix) {
    return name.substring(0, name.length() - suffix.length());
  }

  private void answer(
      StreamObserver<Reservation> observer, Mono<Document> document, Caller caller) {
    Answers.unary(
        observer,
        reservations
            .ensureMerged(caller)
            .then(document)
            .map(found -> message(found, caller))
            .onErrorMap(Refusals::map));
  }

  private Reservation message(Document document, Caller caller) {
    return ReservationProtos.forCaller(
        ReservationProtos.message(document, clock.instant()),
        Docs.string(document, "pickupCode"),
        caller);
  }

  private static String id(String name) {
    return name.substring(ReservationProtos.PREFIX.length());
  }
}
