package dev.filo.reservation.service;

import dev.filo.platform.code.Ids;
import dev.filo.platform.feed.Relay;
import dev.filo.platform.grpc.Statuses;
import dev.filo.platform.mongo.StaleVersionException;
import dev.filo.platform.watch.Changes;
import dev.filo.proto.catalog.v1.BatchGetVariantsResponse;
import dev.filo.proto.feed.v1.Actor;
import dev.filo.reservation.domain.Care;
import dev.filo.reservation.domain.Refusal;
import dev.filo.reservation.domain.Reservation;
import dev.filo.reservation.domain.Reservation.Line;
import dev.filo.reservation.domain.Reservation.State;
import dev.filo.reservation.domain.Reservation.Step;
import dev.filo.reservation.store.MongoReservationStore;
import dev.filo.reservation.store.MongoReservationStore.Made;
import dev.filo.reservation.store.ReservationDocuments;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import org.bson.Document;
import reactor.core.publisher.Mono;

/**
 * Makes reservations of goods that are held already, without giving them up in between: it is kept
 * pending, counted against the limits, the hold is moved to its end, and then it is held. Whoever
 * asks has written down what is to be taken over; each step may be repeated, by any replica.
 */
public final class TakeOver {
  private final MongoReservationStore store;
  private final Limits limits;
  private final Neighbours neighbours;
  private final Terms terms;
  private final Placement placement;
  private final ReservationWriter writer;
  private final InstantSource clock;

  /** Take-overs into these stores. */
  public TakeOver(
      MongoReservationStore store,
      Limits limits,
      Neighbours neighbours,
      ReservationPolicy policy,
      Relay relay,
      Changes changes,
      InstantSource clock) {
    this.store = store;
    this.limits = limits;
    this.neighbours = neighbours;
    this.terms = new Terms(policy, limits);
    this.placement = new Placement(store, clock);
    this.writer = new ReservationWriter(store, relay, changes, clock);
    this.clock = clock;
  }

  /**
   * What is taken over.
   *
   * @param id the reservation's
   * @param hold the goods' hold
   * @param until the reservation's end
   * @param title of the product, should catalog not know it any more
   */
  public record Held(
      String id,
      String customer,
      String customerDisplayName,
      String store,
      String storeTitle,
      String sku,
      int quantity,
      int requested,
      String title,
      String mediaUri,
      String hold,
      Instant until) {}

  /**
   * The end of a reservation at a store for which nothing is said, and no earlier than an instant.
   * {@link RefusedException} when there is no such store.
   */
  public Mono<Instant> defaultEnd(String storeName, Instant atLeast) {
    return neighbours
        .store(storeName)
        .switchIfEmpty(Reservations.refused(new Refusal.StoreNotFound(storeName)))
        .map(at -> terms.end(atLeast, at, clock.instant()));
  }

  /**
   * The reservation. One value: true when it is there; false when the hold had ended; {@link
   * RefusedException} when the policy does not let it be: the hold is as it was.
   */
  public Mono<Boolean> make(Held held, Actor by) {
    return store
        .find(held.id())
        .switchIfEmpty(Mono.defer(() -> insert(held, by)))
        .flatMap(
            document -> {
              var seen = ReservationDocuments.read(document);
              return seen.state() instanceof State.Pending
                  ? hold(held, document, seen, by)
                  : Mono.just(true); // it was made before
            });
  }

  private Mono<Document> insert(Held held, Actor by) {
    return Mono.zip(
            neighbours
                .store(held.store())
                .switchIfEmpty(Reservations.refused(new Refusal.StoreNotFound(held.store()))),
            neighbours.variants(List.of(held.sku())))
        .flatMap(
            found -> {
              var lines = List.of(line(held, found.getT2()));
              return placement.insert(
                  pending(held, lines, terms.care(found.getT1(), clock.instant(), held.until())),
                  new Made(
                      by,
                      held.customerDisplayName(),
                      Ids.sha256(held.id()),
                      false,
                      terms.identityCheck(lines),
                      ""));
            });
  }

  private static Line line(Held held, BatchGetVariantsResponse variants) {
    return variants.getItemsList().stream()
        .findFirst()
        .map(
            item ->
                new Line(
                    held.sku(),
                    held.quantity(),
                    held.requested(),
                    item.getTitle(),
                    item.getMedia().getUri(),
                    item.getVariant().getPrice().getCurrencyCode(),
                    ReservationProtos.nanos(item.getVariant().getPrice())))
        .orElseGet(
            () ->
                new Line(
                    held.sku(),
                    held.quantity(),
                    held.requested(),
                    held.title(),
                    held.mediaUri(),
                    "",
                    0));
  }

  private static Reservation pending(Held held, List<Line> lines, Care care) {
    return new Reservation(
        held.id(),
        1,
        held.customer(),
        held.store(),
        held.storeTitle(),
        lines,
        new State.Pending(),
        Step.NONE, // whoever asked goes on with it, not the sweep over reservations
        held.until(),
        null,
        held.hold(),
        Placement.code(),
        care,
        null,
        null,
        null);
  }

  private Mono<Boolean> hold(Held held, Document document, Reservation seen, Actor by) {
    return limits
        .claim(seen, by)
        .onErrorResume(
            RefusedException.class, why -> store.deletePending(seen.id()).then(Mono.error(why)))
        .then(
            Mono.defer(
                () ->
                    clock.instant().isBefore(held.until())
                        ? neighbours.extend(held.hold(), held.until())
                        : Mono.just(false)))
        .flatMap(
            moved ->
                moved
                    ? write(document, seen, by)
                    : limits
                        .release(seen, by)
                        .then(store.deletePending(seen.id()))
                        .thenReturn(false));
  }

  private Mono<Boolean> write(Document document, Reservation seen, Actor by) {
    return writer
        .write(document, seen, seen.held(), by, null)
        .thenReturn(true)
        .onErrorResume(
            StaleVersionException.class,
            stale -> // another replica made it
            store
                    .find(seen.id())
                    .filter(found -> !"PENDING".equals(found.getString("state")))
                    .map(made -> true)
                    .switchIfEmpty(Mono.error(() -> Statuses.unavailable("The reservation"))));
  }
}
