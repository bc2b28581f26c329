package dev.filo.reservation.service;

import dev.filo.platform.auth.Caller;
import dev.filo.platform.code.Ids;
import dev.filo.platform.grpc.Statuses;
import dev.filo.platform.mongo.StaleVersionException;
import dev.filo.proto.feed.v1.Actor;
import dev.filo.proto.inventory.v1.ErrorReason;
import dev.filo.proto.inventory.v1.Hold;
import dev.filo.reservation.domain.Decision;
import dev.filo.reservation.domain.Pieces;
import dev.filo.reservation.domain.RefusalCause;
import dev.filo.reservation.domain.Reservation;
import dev.filo.reservation.domain.Reservation.State;
import dev.filo.reservation.domain.Reservation.Step;
import dev.filo.reservation.service.Neighbours.Known;
import dev.filo.reservation.store.MongoReservationStore;
import dev.filo.reservation.store.ReservationDocuments;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import org.bson.Document;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/**
 * Makes reservations and inventory's holds agree after one of the two databases was restored to
 * another moment (docs/decisions/0013). What is kept for somebody is held again, or, when it is not
 * there any more, is refused as the store would refuse it, so that she is told and another store is
 * looked for. What was handed over leaves the stock. What is held for nobody is freed.
 */
final class HoldReconciler {
  private static final Logger log = LoggerFactory.getLogger(HoldReconciler.class);
  private static final int AT_ONCE = 8;
  // Long enough to sell out of it.
  private static final Duration TO_SELL = Duration.ofHours(1);
  private static final Actor SYSTEM = Caller.service("reservation").actor();

  private final MongoReservationStore store;
  private final ReservationWriter writer;
  private final Neighbours neighbours;
  private final Limits limits;
  private final Saga saga;
  private final InstantSource clock;

  HoldReconciler(
      MongoReservationStore store,
      ReservationWriter writer,
      Neighbours neighbours,
      Limits limits,
      Saga saga,
      InstantSource clock) {
    this.store = store;
    this.writer = writer;
    this.neighbours = neighbours;
    this.limits = limits;
    this.saga = saga;
    this.clock = clock;
  }

  /** A value for each thing mended; see {@link dev.filo.platform.reconcile.Reconciler}. */
  Flux<String> reconcile(Instant since) {
    var asked = Ids.random(); // inventory is to answer as it is now, not as it did before
    return Flux.concat(
        // Room first, then what is kept.
        neighbours.holds().flatMap(this::ownerless, AT_ONCE),
        store.collectedSince(since).flatMap(document -> collected(document, asked), AT_ONCE),
        store.kept(clock.instant()).flatMap(document -> kept(document, asked), AT_ONCE));
  }

  // ---- what is kept

  private Mono<String> kept(Document document, String asked) {
    var seen = ReservationDocuments.read(document);
    return seen.step() != Step.NONE // whoever goes on with it asks inventory anyway
        ? Mono.empty()
        : neighbours
            .known(seen.hold(), seen.expireTime(), asked)
            .flatMap(
                known ->
                    switch (known) {
                      case Known.Keeps(var left) -> keptSo(document, seen, left);
                      case Known.Sold sold -> handedOver(document, seen, List.of());
                      case Known.Freed freed -> withdrawn(document, seen);
                      case Known.Nothing nothing -> holdAgain(document, seen);
                    })
            // Somebody has just done something with it, and has asked inventory for it.
            .onErrorResume(StaleVersionException.class, stale -> Mono.empty());
  }

  /** Held, but perhaps another number of pieces: a part was handed over that one side forgot. */
  private Mono<String> keptSo(Document document, Reservation seen, List<Pieces> left) {
    var unsold = seen.unsoldOf(left);
    return unsold.isEmpty()
        ? handedOver(document, seen, left)
        : neighbours
            .sell(seen.hold(), unsold, "again-" + seen.hold() + "-" + seen.version())
            .thenReturn("sale recorded again");
  }

  private Mono<String> handedOver(Document document, Reservation seen, List<Pieces> left) {
    return Mono.justOrEmpty(seen.handedOverBut(left, clock.instant()))
        .flatMap(
            next ->
                writer
                    .write(document, seen, next, SYSTEM, null)
                    .then(
                        next.state().isOpen()
                            ? Mono.empty()
                            : limits.release(seen, Limits.by(document)))
                    .thenReturn("reservation was handed over"));
  }

  private Mono<String> withdrawn(Document document, Reservation seen) {
    return seen.cancel(clock.instant()) instanceof Decision.Changed(var next)
        ? finished(writer.write(document, seen, next, SYSTEM, null))
            .thenReturn("reservation was withdrawn")
        : Mono.empty();
  }

  /** It is written down first by which hold: one that nobody knows of would keep goods from all. */
  private Mono<String> holdAgain(Document document, Reservation seen) {
    return writer
        .write(document, seen, seen.heldBy(Ids.random()), SYSTEM, null)
        .flatMap(
            written -> {
              var now = ReservationDocuments.read(written);
              return neighbours
                  .place(
                      now,
                      now.hold(),
                      now.allLeft(),
                      now.expireTime(),
                      Limits.by(document).getChannel())
                  .thenReturn("reservation held again")
                  .onErrorResume(Saga::isFinal, e -> lost(written, now));
            });
  }

  /**
   * Others have the goods by now: refused, as the store would, so that nobody comes for nothing.
   */
  private Mono<String> lost(Document document, Reservation seen) {
    log.warn("reservation {} cannot be held again: it is refused", seen.id());
    return seen.refuse(RefusalCause.OTHER, "", List.of(), clock.instant())
            instanceof Decision.Changed(var next)
        ? finished(writer.write(document, seen, next, SYSTEM, null))
            .thenReturn("reservation refused")
        : Mono.empty();
  }

  private Mono<Void> finished(Mono<Document> written) {
    return written
        .flatMap(document -> saga.finish(document, SYSTEM))
        .onErrorResume(RefusedException.class, e -> Mono.empty())
        .then();
  }

  // ---- what was handed over

  /** Its pieces are out of the store: they leave the stock if they have not. */
  private Mono<String> collected(Document document, String asked) {
    var seen = ReservationDocuments.read(document);
    return neighbours
        .known(seen.hold(), clock.instant().plus(TO_SELL), asked)
        .flatMap(
            known ->
                switch (known) {
                  case Known.Keeps(var left) -> sellFrom(seen, left);
                  case Known.Nothing nothing -> sellAnew(seen, Limits.by(document).getChannel());
                  case Known.Sold sold -> Mono.<String>empty();
                  case Known.Freed freed -> Mono.<String>empty(); // the rest, after a part was sold
                });
  }

  private Mono<String> sellFrom(Reservation seen, List<Pieces> left) {
    var missing = seen.unsoldOf(left);
    return (missing.isEmpty()
            ? Mono.just(false)
            : neighbours.sell(seen.hold(), missing, "again-" + seen.hold()))
        .flatMap(
            sold ->
                neighbours
                    .release(seen.hold())
                    .thenReturn(sold ? "sale recorded again" : "hold freed"));
  }

  /** Inventory has never heard of it. Its name says which it is, so that twice is once. */
  private Mono<String> sellAnew(Reservation seen, String channel) {
    var hold = Ids.derived("reconcile", seen.id(), seen.hold());
    var pieces = seen.handedOver();
    return pieces.isEmpty()
        ? Mono.empty()
        : neighbours
            .known(hold, clock.instant().plus(TO_SELL), Ids.random())
            .flatMap(
                known ->
                    known instanceof Known.Nothing
                        ? neighbours
                            .place(seen, hold, pieces, clock.instant().plus(TO_SELL), channel)
                            .then(neighbours.sell(hold, pieces, "again-" + hold))
                            .thenReturn("sale recorded again")
                        : known instanceof Known.Keeps
                            ? neighbours
                                .sell(hold, pieces, "again-" + hold)
                                .thenReturn("sale recorded again")
                            : Mono.<String>empty())
            .onErrorResume(
                e -> Statuses.isReason(e, ErrorReason.ERROR_REASON_STOCK_INSUFFICIENT),
                e -> {
                  log.error(
                      "what reservation {} handed over is not in the stock: count it", seen.id());
                  return Mono.just("to be counted");
                });
  }

  // ---- what is held for nobody

  private Mono<String> ownerless(Hold hold) {
    var name = hold.getName().substring("holds/".length());
    return store
        .find(hold.getOwner().substring(ReservationProtos.PREFIX.length()))
        .map(document -> isHeldFor(ReservationDocuments.read(document), name))
        .defaultIfEmpty(false)
        .filter(isHeld -> !isHeld)
        .flatMap(nobody -> neighbours.release(name).thenReturn("hold freed"));
  }

  /** What was collected is looked at by itself; a step that is not done will free it. */
  private static boolean isHeldFor(Reservation reservation, String hold) {
    return reservation.hold().equals(hold)
        && (reservation.state().isOpen()
            || reservation.state() instanceof State.Pending
            || reservation.state() instanceof State.Collected
            || reservation.step() != Step.NONE);
  }
}
