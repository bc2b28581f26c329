package dev.filo.reservation.service;

import dev.filo.platform.auth.Caller;
import dev.filo.platform.mongo.StaleVersionException;
import dev.filo.proto.feed.v1.Actor;
import dev.filo.reservation.domain.Decision;
import dev.filo.reservation.domain.Reservation;
import dev.filo.reservation.store.MongoReservationStore;
import dev.filo.reservation.store.ReservationDocuments;
import java.time.Duration;
import java.time.InstantSource;
import java.util.function.Function;
import org.bson.Document;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/**
 * What happens by time alone. Every replica may do it at any time: each single change is one
 * conditional write, and what one leaves the next finds.
 */
final class Sweeps {
  private static final Logger log = LoggerFactory.getLogger(Sweeps.class);
  private static final int BATCH = 100;
  // Longer than any step takes; a step older than this was left by somebody who died.
  private static final Duration ABANDONED = Duration.ofSeconds(8);
  private static final Actor SYSTEM = Caller.service("reservation").actor();

  private final MongoReservationStore store;
  private final ReservationWriter writer;
  private final Saga saga;
  private final InstantSource clock;

  Sweeps(MongoReservationStore store, ReservationWriter writer, Saga saga, InstantSource clock) {
    this.store = store;
    this.writer = writer;
    this.saga = saga;
    this.clock = clock;
  }

  /** Ends what has lapsed. */
  Mono<Void> expire() {
    return each(
        store.lapsed(clock.instant(), BATCH),
        document -> saga.end(document, ReservationDocuments.read(document), SYSTEM));
  }

  /** Escalates what nobody at its store has seen in time. */
  Mono<Void> escalate() {
    return each(
        store.unseen(clock.instant(), BATCH),
        document -> decided(document, seen -> seen.escalate(clock.instant())));
  }

  /** Reminds of what ends soon. */
  Mono<Void> remind() {
    return each(
        store.ending(clock.instant(), BATCH),
        document -> decided(document, seen -> seen.remind(clock.instant())));
  }

  /** Goes on with what a process that died has begun. */
  Mono<Void> resume() {
    return each(
        store.unfinished(clock.instant().minus(ABANDONED), BATCH),
        document ->
            saga.finish(document, SYSTEM).onErrorResume(RefusedException.class, e -> Mono.empty()));
  }

  private Mono<Document> decided(Document document, Function<Reservation, Decision> by) {
    var seen = ReservationDocuments.read(document);
    return by.apply(seen) instanceof Decision.Changed(var next)
        ? writer.write(document, seen, next, SYSTEM, null)
        : Mono.empty();
  }

  /** One after the other; an error of one is left to the next time. */
  private static Mono<Void> each(
      Flux<Document> documents, Function<Document, Mono<Document>> work) {
    return documents
        .concatMap(
            document ->
                Mono.defer(() -> work.apply(document))
                    .then()
                    .onErrorResume(StaleVersionException.class, e -> Mono.empty())
                    .onErrorResume(
                        e -> {
                          log.warn(
                              "reservation {} waits for the next sweep: {}",
                              document.getString("_id"),
                              e.toString());
                          return Mono.empty();
                        }))
        .then();
  }
}
