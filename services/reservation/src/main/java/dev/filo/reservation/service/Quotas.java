package dev.filo.reservation.service;

import dev.filo.reservation.domain.Refusal;
import dev.filo.reservation.domain.Reservation;
import dev.filo.reservation.store.MongoQuotaStore;
import dev.filo.reservation.store.MongoReservationStore;
import dev.filo.reservation.store.ReservationDocuments;
import java.time.InstantSource;
import java.util.stream.Collectors;
import org.bson.Document;
import reactor.core.publisher.Mono;

/** How much is kept for one person. */
final class Quotas {
  private final MongoReservationStore store;
  private final MongoQuotaStore quotas;
  private final ReservationPolicy policy;
  private final InstantSource clock;

  Quotas(
      MongoReservationStore store,
      MongoQuotaStore quotas,
      ReservationPolicy policy,
      InstantSource clock) {
    this.store = store;
    this.quotas = quotas;
    this.policy = policy;
    this.clock = clock;
  }

  /** Completes when the reservation counts; {@link RefusedException} when there is no room. */
  Mono<Void> claim(Reservation reservation, Document document) {
    var createdBy = ReservationDocuments.actor(document.get("createdBy", Document.class));
    var quota =
        switch (createdBy.getRole()) {
          case "guest" -> policy.guest();
          case "customer" -> policy.customer();
          default -> null;
        };
    if (quota == null) {
      return Mono.empty();
    }
    if (reservation.units() > quota.units()) {
      return refused(new Refusal.Limit("units", quota.units()));
    }
    Mono<Boolean> claim =
        quotas.claim(
            reservation.customer(),
            reservation.id(),
            reservation.units(),
            quota.reservations(),
            quota.units());
    return claim
        .flatMap(room -> room ? Mono.just(true) : recount(reservation.customer()).then(claim))
        .flatMap(
            room ->
                room
                    ? Mono.<Void>empty()
                    : store
                        .counted(reservation.customer(), clock.instant())
                        .filter(kept -> !kept.getString("_id").equals(reservation.id()))
                        .count()
                        .flatMap(
                            kept ->
                                refused(
                                    kept >= quota.reservations()
                                        ? new Refusal.Limit("reservations", quota.reservations())
                                        : new Refusal.Limit("units", quota.units()))));
  }

  /** The reservation counts no more. */
  Mono<Void> release(Reservation reservation) {
    return quotas.release(reservation.customer(), reservation.id());
  }

  /** The reservation counts for a customer, whether or not there is room. */
  Mono<Void> count(String customer, Reservation kept) {
    return quotas.count(customer, kept.id(), kept.units());
  }

  /** What was counted for reservations that have ended since makes room. */
  private Mono<Void> recount(String customer) {
    return quotas.forgetAllBut(
        customer,
        store
            .counted(customer, clock.instant())
            .map(kept -> kept.getString("_id"))
            .collect(Collectors.toSet()));
  }

  private static <T> Mono<T> refused(Refusal why) {
    return Mono.error(() -> new RefusedException(why));
  }
}
