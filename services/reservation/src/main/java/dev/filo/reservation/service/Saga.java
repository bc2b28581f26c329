package dev.filo.reservation.service;

import dev.filo.platform.code.Ids;
import dev.filo.platform.grpc.Statuses;
import dev.filo.platform.mongo.StaleVersionException;
import dev.filo.proto.feed.v1.Actor;
import dev.filo.proto.inventory.v1.ErrorReason;
import dev.filo.reservation.domain.Refusal;
import dev.filo.reservation.domain.Reservation;
import dev.filo.reservation.domain.Reservation.Line;
import dev.filo.reservation.domain.Reservation.State;
import dev.filo.reservation.domain.Reservation.Step;
import dev.filo.reservation.store.MongoReservationStore;
import dev.filo.reservation.store.ReservationDocuments;
import io.grpc.StatusRuntimeException;
import java.time.InstantSource;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import org.bson.Document;
import reactor.core.publisher.Mono;

/**
 * The steps of a reservation's life that others have a part in. Each was written into the
 * reservation before the others are asked, and is struck out after they have answered; each may be
 * repeated. So after a kill anywhere, any replica goes on where it stopped.
 */
final class Saga {
  private static final int PARTS_MAX = 5;

  private final MongoReservationStore store;
  private final ReservationWriter writer;
  private final Neighbours neighbours;
  private final Limits limits;
  private final Offers offers;
  private final InstantSource clock;

  Saga(
      MongoReservationStore store,
      ReservationWriter writer,
      Neighbours neighbours,
      Limits limits,
      ReservationPolicy policy,
      Terms terms,
      InstantSource clock) {
    this.store = store;
    this.writer = writer;
    this.neighbours = neighbours;
    this.limits = limits;
    this.offers = new Offers(store, writer, neighbours, policy, terms, this, clock);
    this.clock = clock;
  }

  /**
   * Does what is still to be done for a reservation, step after step. The reservation after it,
   * empty when nothing is left of it.
   */
  Mono<Document> finish(Document document, Actor actor) {
    return handOver(document, actor)
        .onErrorResume(
            UnsoldException.class, // whoever asked for that is told, or asks again
            e -> again(ReservationDocuments.read(document).id(), actor));
  }

  /** The same for whoever hands over herself: {@link UnsoldException} when that did not work. */
  Mono<Document> handOver(Document document, Actor actor) {
    var seen = ReservationDocuments.read(document);
    Mono<Document> step =
        switch (seen.step()) {
          case NONE -> Mono.just(document);
          case PLACE -> place(document, actor);
          case EXTEND -> extend(document, seen, actor);
          case SELL -> sell(document, seen, actor);
          case CORRECT -> correct(document, seen, actor);
          case RELEASE -> release(document, seen, actor);
          case OFFER -> offers.find(document, seen, actor);
          case ACCEPT -> offers.accept(document, seen, actor);
        };
    return seen.step() == Step.PLACE
        ? step
        : step.onErrorResume(StaleVersionException.class, e -> again(seen.id(), actor));
  }

  /** Goes on with a reservation as it is now; empty when there is nothing left of it. */
  private Mono<Document> again(String id, Actor actor) {
    return store.find(id).flatMap(now -> finish(now, actor));
  }

  private Mono<Document> then(Mono<Document> written, Actor actor) {
    return written.flatMap(next -> finish(next, actor));
  }

  // ---- PLACE

  /** Limits, hold, then it is held; or it is given up. */
  private Mono<Document> place(Document document, Actor actor) {
    var seen = ReservationDocuments.read(document);
    if (!clock.instant().isBefore(seen.expireTime())) {
      return drop(document, seen, actor, new RefusedException(new Refusal.Over("EXPIRED")));
    }
    return limits
        .claim(seen, Limits.by(document))
        .then(Mono.defer(() -> neighbours.place(seen, Limits.by(document).getChannel())))
        .flatMap(hold -> writer.write(document, seen, seen.held(), actor, null))
        .onErrorResume(
            e -> Statuses.isReason(e, ErrorReason.ERROR_REASON_STOCK_INSUFFICIENT),
            e -> placePart(document, seen, actor))
        .onErrorResume(
            StaleVersionException.class, // another replica goes on with it
            e -> again(seen.id(), actor).switchIfEmpty(Mono.error(e)))
        .onErrorResume(
            Saga::isFinal,
            e ->
                store
                    .find(seen.id())
                    .filter(now -> ReservationDocuments.read(now).version() == seen.version())
                    .flatMap(now -> drop(now, seen, actor, e))
                    .switchIfEmpty(Mono.error(e)));
  }

  /** True when asking again would not help. */
  static boolean isFinal(Throwable error) {
    return error instanceof RefusedException
        || (error instanceof StatusRuntimeException status
            && switch (status.getStatus().getCode()) {
              case FAILED_PRECONDITION, INVALID_ARGUMENT, NOT_FOUND, ALREADY_EXISTS -> true;
              default -> false;
            });
  }

  /** Gives up what is being placed; the error. The reservation, when another replica has it. */
  private Mono<Document> drop(Document document, Reservation seen, Actor actor, Throwable why) {
    return then(writer.write(document, seen, seen.dropped(), actor, null), actor)
        .onErrorResume(StaleVersionException.class, e -> again(seen.id(), actor))
        .switchIfEmpty(Mono.error(() -> given(why, seen)));
  }

  /** What inventory says for good, in our words. */
  private static Throwable given(Throwable why, Reservation seen) {
    if (Statuses.isReason(why, ErrorReason.ERROR_REASON_SKU_NOT_FOUND)) {
      var info = Statuses.errorInfo(why);
      return new RefusedException(
          new Refusal.SkuNotFound(info == null ? "" : info.getMetadataOrDefault("sku", "")));
    }
    if (Statuses.isReason(why, ErrorReason.ERROR_REASON_LOCATION_NOT_FOUND)) {
      return new RefusedException(new Refusal.StoreNotFound(seen.store()));
    }
    return why instanceof RefusedException
        ? why
        : Statuses.unavailable("Inventory"); // the hold was ended over there: a new one may do
  }

  /**
   * Keeps what there is, when that was asked for; a few times, as stock moves meanwhile. Each time
   * it is written down first what is to be held by which hold: a hold nobody knows of would keep
   * goods from everybody.
   */
  private Mono<Document> placePart(Document document, Reservation seen, Actor actor) {
    boolean partial = document.getBoolean("partial", false) && seen.version() < PARTS_MAX;
    return neighbours
        .available(seen.store(), seen.lines())
        .flatMap(
            available -> {
              var kept =
                  seen.lines().stream()
                      .map(
                          line ->
                              line.of(
                                  Math.min(
                                      line.requested(), available.getOrDefault(line.sku(), 0))))
                      .filter(line -> line.quantity() > 0)
                      .toList();
              return !partial || kept.isEmpty()
                  ? Mono.error(() -> new RefusedException(insufficient(seen, available)))
                  : writer
                      .write(document, seen, seen.part(kept, Ids.random()), actor, null)
                      .flatMap(part -> place(part, actor));
            });
  }

  private static Refusal insufficient(Reservation reservation, Map<String, Integer> available) {
    var shortOf = new TreeMap<String, String>();
    for (Line line : reservation.lines()) {
      int there = available.getOrDefault(line.sku(), 0);
      if (there < line.requested()) {
        shortOf.put(line.sku(), Integer.toString(there));
      }
    }
    return new Refusal.StockInsufficient(reservation.store(), shortOf);
  }

  // ---- EXTEND, SELL

  private Mono<Document> extend(Document document, Reservation seen, Actor actor) {
    return seen.stateAt(clock.instant()) instanceof State.Expired
        ? end(document, seen, actor)
        : neighbours
            .extend(seen.hold(), Objects.requireNonNull(seen.wantedEnd()))
            .flatMap(
                moved ->
                    moved
                        ? writer.write(document, seen, seen.extended(), actor, null)
                        : end(document, seen, actor));
  }

  private Mono<Document> sell(Document document, Reservation seen, Actor actor) {
    return neighbours
        .sell(seen, actor.getPrincipal())
        .flatMap(
            sold ->
                sold
                    ? then(
                        writer.write(document, seen, seen.sold(clock.instant()), actor, null),
                        actor)
                    : end(document, seen, actor))
        .onErrorResume(
            UnsoldException.class,
            e -> writer.write(document, seen, seen.unsold(), actor, null).then(Mono.error(e)))
        .flatMap(
            done ->
                ReservationDocuments.read(done).state().isOpen()
                    ? Mono.just(done)
                    : limits.release(seen, Limits.by(document)).thenReturn(done));
  }

  // ---- its end

  /** Ends what has lapsed. */
  Mono<Document> end(Document document, Reservation seen, Actor actor) {
    return then(writer.write(document, seen, seen.expired(), actor, null), actor);
  }

  /** The level first: while the hold is there nobody is promised what the store has not. */
  private Mono<Document> correct(Document document, Reservation seen, Actor actor) {
    return Mono.just(seen.state())
        .ofType(State.Refused.class)
        .flatMap(refused -> neighbours.correct(seen, refused))
        .then(
            Mono.defer(
                () -> then(writer.write(document, seen, seen.corrected(), actor, null), actor)));
  }

  private Mono<Document> release(Document document, Reservation seen, Actor actor) {
    return neighbours
        .release(seen.hold())
        .then(limits.release(seen, Limits.by(document)))
        .then(
            Mono.defer(
                () ->
                    seen.state() instanceof State.Pending
                        ? store.deleteDropped(seen.id()).then(Mono.empty())
                        : then(writer.write(document, seen, seen.released(), actor, null), actor)));
  }
}
