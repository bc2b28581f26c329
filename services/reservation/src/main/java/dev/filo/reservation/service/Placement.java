package dev.filo.reservation.service;

import dev.filo.platform.code.Ids;
import dev.filo.platform.grpc.Statuses;
import dev.filo.platform.mongo.Docs;
import dev.filo.platform.mongo.Mongo;
import dev.filo.reservation.domain.Reservation;
import dev.filo.reservation.store.MongoReservationStore;
import dev.filo.reservation.store.MongoReservationStore.Made;
import java.time.InstantSource;
import java.util.Arrays;
import org.bson.Document;
import reactor.core.publisher.Mono;

/** Writes new reservations, each with a pickup code of its own. */
final class Placement {
  private static final int CODE_LENGTH = 8;
  private static final int CODE_TRIES = 5;

  private final MongoReservationStore store;
  private final InstantSource clock;

  Placement(MongoReservationStore store, InstantSource clock) {
    this.store = store;
    this.clock = clock;
  }

  /** A pickup code that nobody can guess. */
  static String code() {
    return Ids.code(CODE_LENGTH);
  }

  /**
   * Writes a new one; the one that is there already when it was asked for in the same words. An
   * error with REQUEST_ID_REUSED when it was in others.
   */
  Mono<Document> insert(Reservation reservation, Made made) {
    return insert(reservation, made, 0);
  }

  private Mono<Document> insert(Reservation reservation, Made made, int tries) {
    return store
        .insert(reservation, made, clock.instant())
        .onErrorResume(
            Mongo::isDuplicate,
            taken ->
                store
                    .find(reservation.id())
                    .flatMap(
                        known ->
                            Arrays.equals(Docs.bytes(known, "requestHash"), made.requestHash())
                                ? Mono.just(known)
                                : Mono.<Document>error(Statuses.requestIdReused()))
                    .switchIfEmpty(
                        Mono.defer(
                            () -> // the pickup code is somebody else's: draw another
                            tries >= CODE_TRIES
                                    ? Mono.error(taken)
                                    : insert(reservation.withCode(code()), made, tries + 1))));
  }
}
