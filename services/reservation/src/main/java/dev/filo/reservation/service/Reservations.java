package dev.filo.reservation.service;

import com.google.protobuf.Message;
import dev.filo.platform.auth.Caller;
import dev.filo.platform.auth.SignInMerges;
import dev.filo.platform.feed.Relay;
import dev.filo.platform.watch.Changes;
import dev.filo.proto.api.v1.Role;
import dev.filo.proto.feed.v1.Actor;
import dev.filo.proto.reservation.v1.AcceptOfferRequest;
import dev.filo.proto.reservation.v1.CancelReservationRequest;
import dev.filo.proto.reservation.v1.CollectPickupRequest;
import dev.filo.proto.reservation.v1.CompletePutBackRequest;
import dev.filo.proto.reservation.v1.CreateReservationRequest;
import dev.filo.proto.reservation.v1.DeclineOfferRequest;
import dev.filo.proto.reservation.v1.ExtendReservationRequest;
import dev.filo.proto.reservation.v1.PrepareReservationRequest;
import dev.filo.proto.reservation.v1.RefuseReservationRequest;
import dev.filo.reservation.domain.Decision;
import dev.filo.reservation.domain.Offer;
import dev.filo.reservation.domain.Pieces;
import dev.filo.reservation.domain.Refusal;
import dev.filo.reservation.domain.RefusalCause;
import dev.filo.reservation.domain.Reservation;
import dev.filo.reservation.domain.Reservation.State;
import dev.filo.reservation.domain.Reservation.Step;
import dev.filo.reservation.store.MongoReservationStore;
import dev.filo.reservation.store.MongoReservationStore.Attention;
import dev.filo.reservation.store.ReservationDocuments;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Set;
import java.util.function.Function;
import org.bson.Document;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/**
 * Keeps goods for people: every use case, each over the part it belongs to. What others have to do
 * is written into the reservation before they are asked ({@link Step}); so after a kill anywhere,
 * any replica goes on where it stopped ({@link #resume}).
 */
public final class Reservations {
  private static final Caller ITSELF = Caller.service("reservation");

  private final MongoReservationStore store;
  private final Neighbours neighbours;
  private final Terms terms;
  private final Limits limits;
  private final ReservationWriter writer;
  private final Saga saga;
  private final Creation creation;
  private final HandOver handOver;
  private final HoldReconciler holds;
  private final Sweeps sweeps;
  private final Changes changes;
  private final InstantSource clock;
  private final SignInMerges merges = new SignInMerges(this::merged);

  /** The use cases over their stores and neighbours. */
  public Reservations(
      MongoReservationStore store,
      Limits limits,
      Neighbours neighbours,
      ReservationPolicy policy,
      Relay relay,
      Changes changes,
      InstantSource clock) {
    this.store = store;
    this.neighbours = neighbours;
    this.terms = new Terms(policy, limits);
    this.limits = limits;
    this.writer = new ReservationWriter(store, relay, changes, clock);
    this.saga = new Saga(store, writer, neighbours, limits, policy, terms, clock);
    this.creation = new Creation(store, neighbours, terms, saga, clock);
    this.handOver = new HandOver(store, writer, saga, clock);
    this.holds = new HoldReconciler(store, writer, neighbours, limits, saga, clock);
    this.sweeps = new Sweeps(store, writer, saga, clock);
    this.changes = changes;
    this.clock = clock;
  }

  /** The key that is told when anything of a customer's changes. */
  public static String customerKey(String customer) {
    return customer + "/reservations";
  }

  /** The key that is told when a store's pick list changes, or its put-back list. */
  public static String storeKey(String storeName) {
    return storeName + "/pickList";
  }

  // ---- after data were restored

  /**
   * Makes what is kept here and what inventory holds agree; see {@link
   * dev.filo.platform.reconcile.Reconciler}.
   */
  public Flux<String> reconcile(Instant since) {
    return holds.reconcile(since);
  }

  // ---- reading

  /** A reservation the caller may see; {@link RefusedException} with NotFound otherwise. */
  public Mono<Document> get(String id, Caller caller) {
    return store
        .find(id)
        .filter(document -> maySee(ReservationDocuments.read(document), caller))
        .filter(document -> !"PENDING".equals(document.getString("state")))
        .switchIfEmpty(refused(new Refusal.NotFound(ReservationProtos.PREFIX + id)));
  }

  private static boolean maySee(Reservation reservation, Caller caller) {
    if (caller.isShopper()) {
      return reservation.customer().equals(caller.principal());
    }
    if (caller.is(Role.ROLE_STORE_STAFF) || caller.is(Role.ROLE_DEVICE)) {
      return caller.stores().contains(reservation.store());
    }
    return true;
  }

  /**
   * Reservations that fit and that the caller may see, newest first.
   *
   * @param attention which of them by who has looked
   */
  public Flux<Document> list(
      String customer,
      String storeName,
      List<String> states,
      Attention attention,
      int skip,
      int limit,
      Caller caller) {
    var whose = caller.isShopper() ? caller.principal() : customer;
    List<String> where =
        !storeName.isEmpty()
            ? List.of(storeName)
            : caller.is(Role.ROLE_STORE_STAFF) ? caller.stores() : List.of();
    return caller.is(Role.ROLE_STORE_STAFF) && where.isEmpty()
        ? Flux.empty()
        : store.list(whose, where, states, attention, skip, limit, clock.instant());
  }

  /** What is allowed and promised at a store; of an empty one, where none has its own figures. */
  public Mono<dev.filo.proto.reservation.v1.ReservationPolicy> policy(String storeName) {
    if (storeName.isEmpty()) {
      return Mono.fromCallable(() -> terms.message(storeName));
    }
    return neighbours
        .store(storeName)
        .switchIfEmpty(refused(new Refusal.StoreNotFound(storeName)))
        .map(at -> terms.message(storeName));
  }

  // ---- hers, and the agent's for her

  /** Keeps goods. One value; {@link RefusedException} when they cannot be kept. */
  public Mono<Document> create(CreateReservationRequest request, Caller caller) {
    return creation.create(request, caller);
  }

  /** It is withdrawn. */
  public Mono<Document> cancel(
      String id, String etag, String requestId, Message request, Caller caller) {
    return change(id, etag, requestId, request, caller, seen -> seen.cancel(clock.instant()))
        .flatMap(document -> saga.finish(document, caller.actor()));
  }

  /**
   * It is withdrawn, as she is to be erased. Completes; also when it is over, or ends by itself at
   * this moment.
   */
  public Mono<Void> withdraw(String id) {
    return cancel(id, "", "", CancelReservationRequest.getDefaultInstance(), ITSELF)
        .then()
        .onErrorResume(RefusedException.class, over -> Mono.empty());
  }

  /**
   * It shall be kept longer. The new end is written down, then inventory's hold is moved, then it
   * is the reservation's end: so the hold is never shorter than the reservation.
   */
  public Mono<Document> extend(String id, ExtendReservationRequest request, Caller caller) {
    return get(id, caller)
        // an extension somebody has begun comes first
        .flatMap(found -> settled(found, Step.EXTEND, caller.actor()))
        .flatMap(
            document -> {
              var seen = ReservationDocuments.read(document);
              if (ReservationWriter.isRepeated(document, request.getRequestId(), request)) {
                return store.settled(document);
              }
              var now = clock.instant();
              if (!seen.stateAt(now).isOpen()) {
                return refused(new Refusal.Over(seen.stateAt(now).label()));
              }
              return neighbours
                  .store(seen.store())
                  .switchIfEmpty(refused(new Refusal.StoreNotFound(seen.store())))
                  .flatMap(
                      at -> {
                        var end = terms.end(request, at, now);
                        return writer.decide(
                            document,
                            request.getEtag(),
                            request.getRequestId(),
                            request,
                            caller,
                            current -> current.extend(end, terms.latest(at, now), clock.instant()));
                      });
            })
        .flatMap(document -> saga.finish(document, caller.actor()))
        .flatMap(
            done ->
                ReservationDocuments.read(done).state() instanceof State.Expired
                    ? refused(new Refusal.Over("EXPIRED"))
                    : Mono.just(done))
        .retryWhen(ReservationWriter.stale());
  }

  /** What another store offers is taken; the reservation made there. */
  public Mono<Document> accept(String id, AcceptOfferRequest request, Caller caller) {
    return change(
            id,
            "",
            request.getRequestId(),
            request,
            caller,
            seen -> seen.accept(request.getStore(), clock.instant()))
        .flatMap(
            document -> {
              var wanted = ReservationDocuments.read(document).offer();
              return saga.finish(document, caller.actor())
                  .flatMap(done -> replacing(done, wanted == null ? "" : wanted.store()));
            });
  }

  private Mono<Document> replacing(Document done, String wanted) {
    var offer = ReservationDocuments.read(done).offer();
    return offer != null && offer.state() == Offer.State.ACCEPTED && offer.reservation() != null
        ? store.find(offer.reservation())
        : refused(new Refusal.OfferGone(wanted)); // another call found that out
  }

  /** What another store offers is not wanted. */
  public Mono<Document> decline(String id, DeclineOfferRequest request, Caller caller) {
    return change(
        id,
        "",
        request.getRequestId(),
        request,
        caller,
        seen -> seen.decline(request.getStore(), clock.instant()));
  }

  // ---- the store's

  /** Somebody at the store has seen it. */
  public Mono<Document> acknowledge(
      String id, String etag, String requestId, Message request, Caller caller) {
    return change(id, etag, requestId, request, caller, seen -> seen.acknowledge(clock.instant()));
  }

  /** The store has set it aside. */
  public Mono<Document> prepare(String id, PrepareReservationRequest request, Caller caller) {
    return change(
        id,
        request.getEtag(),
        request.getRequestId(),
        request,
        caller,
        seen -> seen.prepare(request.getShelf().strip(), clock.instant()));
  }

  /** The store cannot keep it. */
  public Mono<Document> refuse(String id, RefuseReservationRequest request, Caller caller) {
    var cause =
        switch (request.getCause()) {
          case NOT_FOUND -> RefusalCause.NOT_FOUND;
          case DAMAGED -> RefusalCause.DAMAGED;
          case DISPLAY_ONLY -> RefusalCause.DISPLAY_ONLY;
          case OTHER, REFUSAL_CAUSE_UNSPECIFIED, UNRECOGNIZED -> RefusalCause.OTHER;
        };
    var missing =
        request.getLinesList().stream()
            .map(line -> new Pieces(line.getSku(), line.getQuantity()))
            .toList();
    return change(
            id,
            request.getEtag(),
            request.getRequestId(),
            request,
            caller,
            seen -> seen.refuse(cause, request.getReason().strip(), missing, clock.instant()))
        .flatMap(document -> saga.finish(document, caller.actor()));
  }

  /** Hands goods over for a code. */
  public Mono<Document> collect(CollectPickupRequest request, Caller caller) {
    return handOver.collect(request, caller);
  }

  /** What stood on a store's shelf for nobody is back in its place. */
  public Mono<Document> putAway(String storeName, CompletePutBackRequest request, Caller caller) {
    var id = request.getReservation().substring(ReservationProtos.PREFIX.length());
    return Mono.defer(
            () ->
                store
                    .find(id)
                    .filter(found -> storeName.equals(found.getString("store")))
                    .switchIfEmpty(refused(new Refusal.NotFound(request.getReservation())))
                    .flatMap(found -> ended(found, caller.actor()))
                    .flatMap(
                        found ->
                            writer.decide(
                                found,
                                "",
                                request.getRequestId(),
                                request,
                                caller,
                                seen -> seen.putAway(clock.instant()))))
        .retryWhen(ReservationWriter.stale());
  }

  /** What has lapsed and nobody has written so ends now. */
  private Mono<Document> ended(Document found, Actor actor) {
    var seen = ReservationDocuments.read(found);
    boolean lapsed = seen.state().isOpen() && !seen.stateAt(clock.instant()).isOpen();
    return lapsed ? saga.end(found, seen, actor) : Mono.just(found);
  }

  private Mono<Document> settled(Document found, Step begun, Actor actor) {
    return ReservationDocuments.read(found).step() == begun
        ? saga.finish(found, actor)
        : Mono.just(found);
  }

  private Mono<Document> change(
      String id,
      String etag,
      String requestId,
      Message request,
      Caller caller,
      Function<Reservation, Decision> command) {
    return get(id, caller)
        .flatMap(document -> writer.decide(document, etag, requestId, request, caller, command))
        .retryWhen(ReservationWriter.stale());
  }

  // ---- by time alone

  /** Ends what has lapsed. Completes; errors of single reservations are left to the next time. */
  public Mono<Void> expire() {
    return sweeps.expire();
  }

  /** Escalates what nobody at its store has seen in time. Completes, as {@link #expire}. */
  public Mono<Void> escalate() {
    return sweeps.escalate();
  }

  /** Reminds of what ends soon. Completes, as {@link #expire}. */
  public Mono<Void> remind() {
    return sweeps.remind();
  }

  /** Goes on with what a process that died has begun. Completes, as {@link #expire}. */
  public Mono<Void> resume() {
    return sweeps.resume();
  }

  // ---- who she is

  /** Everything of an alias is the customer's. Repeating changes nothing. */
  public Mono<Void> merged(String customer, String alias) {
    if (customer.equals(alias)) {
      return Mono.empty();
    }
    return store
        .move(customer, alias, clock.instant())
        .thenMany(store.counted(customer, clock.instant()))
        .concatMap(kept -> limits.count(ReservationDocuments.read(kept), Limits.by(kept)))
        .then()
        .doOnSuccess(done -> changes.tell(customerKey(customer)));
  }

  /**
   * Everything that was first made under one of {@code names} is the alias's again, who is a
   * customer of her own; it counts for her and for nobody else. Repeating changes nothing.
   */
  public Mono<Void> unmerged(String customer, String alias, Set<String> names) {
    merges.forget();
    return store
        .awayFrom(alias, names)
        .concatMap(kept -> limits.release(ReservationDocuments.read(kept), Limits.by(kept)))
        .then(Mono.defer(() -> store.giveBack(alias, names, clock.instant())))
        .thenMany(Flux.defer(() -> store.counted(alias, clock.instant())))
        .concatMap(kept -> limits.count(ReservationDocuments.read(kept), Limits.by(kept)))
        .then()
        .doOnSuccess(
            done -> {
              changes.tell(customerKey(customer));
              changes.tell(customerKey(alias));
            });
  }

  /**
   * Empty once what the caller had before signing in is hers: she sees it in the first answer after
   * it.
   */
  public Mono<Void> ensureMerged(Caller caller) {
    return merges.ensure(caller);
  }

  static <T> Mono<T> refused(Refusal why) {
    return Mono.error(() -> new RefusedException(why));
  }
}
