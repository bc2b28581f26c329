package dev.filo.reservation.service;

import dev.filo.platform.code.Ids;
import dev.filo.platform.grpc.Times;
import dev.filo.platform.mongo.Docs;
import dev.filo.proto.catalog.v1.Store;
import dev.filo.proto.feed.v1.Actor;
import dev.filo.proto.inventory.v1.LocationAvailability;
import dev.filo.reservation.domain.Offer;
import dev.filo.reservation.domain.Refusal;
import dev.filo.reservation.domain.Reservation;
import dev.filo.reservation.domain.Reservation.Line;
import dev.filo.reservation.store.MongoReservationStore;
import dev.filo.reservation.store.MongoReservationStore.Made;
import dev.filo.reservation.store.ReservationDocuments;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.bson.Document;
import reactor.core.publisher.Mono;

/** After a refusal: finds the nearest store that has all of it, and keeps it there when wanted. */
final class Offers {
  private final MongoReservationStore store;
  private final ReservationWriter writer;
  private final Neighbours neighbours;
  private final ReservationPolicy policy;
  private final Terms terms;
  private final Saga saga;
  private final Placement placement;
  private final InstantSource clock;

  Offers(
      MongoReservationStore store,
      ReservationWriter writer,
      Neighbours neighbours,
      ReservationPolicy policy,
      Terms terms,
      Saga saga,
      InstantSource clock) {
    this.store = store;
    this.writer = writer;
    this.neighbours = neighbours;
    this.policy = policy;
    this.terms = terms;
    this.saga = saga;
    this.placement = new Placement(store, clock);
    this.clock = clock;
  }

  /** The step OFFER: the nearest store that has all of it is written down, or that none has. */
  Mono<Document> find(Document document, Reservation seen, Actor actor) {
    var wanted = wanted(seen);
    var tried = tried(seen);
    var but = new ArrayList<>(tried);
    but.add(seen.store());
    return neighbours
        .store(seen.store())
        .filter(Store::hasLocation)
        .flatMap(from -> neighbours.nearest(from, wanted, policy.offerWithinMeters(), but))
        .map(found -> seen.offered(offer(found, wanted, tried, clock.instant())))
        .defaultIfEmpty(seen.nothingToOffer())
        .flatMap(next -> writer.write(document, seen, next, actor, null));
  }

  private static List<String> tried(Reservation seen) {
    return seen.offer() == null ? List.of() : seen.offer().tried();
  }

  /** What she has not got yet. */
  private static List<Line> wanted(Reservation seen) {
    return seen.lines().stream()
        .filter(line -> line.left() > 0)
        .map(line -> line.of(line.left()))
        .toList();
  }

  private Offer offer(
      LocationAvailability found, List<Line> wanted, List<String> tried, Instant now) {
    return new Offer(
        found.getStore(),
        found.getTitle(),
        found.hasDistanceMeters() ? found.getDistanceMeters() : null,
        wanted.stream().mapToInt(line -> Neighbours.pieces(found, line.sku())).min().orElse(0),
        Times.instant(found.getPickupReadyTime()),
        Instant.ofEpochMilli(now.plus(policy.offerLasts()).toEpochMilli()),
        Offer.State.OPEN,
        tried,
        null);
  }

  /**
   * The step ACCEPT: first the goods are held at the other store, by a reservation whose id is this
   * one's and that store's; then this one is linked to it. When that store has them no more, the
   * next is looked for, and the refusal says so.
   */
  Mono<Document> accept(Document document, Reservation seen, Actor actor) {
    var offer = Objects.requireNonNull(seen.offer());
    var id = Ids.derived("offer", seen.id(), offer.store());
    return store
        .find(id)
        .switchIfEmpty(Mono.defer(() -> insert(id, document, seen, offer)))
        .flatMap(
            other ->
                "PENDING".equals(other.getString("state"))
                    ? saga.finish(other, actor)
                    : Mono.just(other))
        .flatMap(kept -> writer.write(document, seen, seen.accepted(id), actor, null))
        .onErrorResume(
            RefusedException.class,
            e ->
                isHers(e.why())
                    ? writer
                        .write(document, seen, seen.notAccepted(), actor, null)
                        .then(Mono.error(e))
                    : writer
                        .write(document, seen, seen.gone(), actor, null)
                        .flatMap(gone -> find(gone, ReservationDocuments.read(gone), actor))
                        .then(
                            Mono.error(
                                () -> new RefusedException(new Refusal.OfferGone(offer.store())))))
        .switchIfEmpty(Mono.defer(() -> accept(document, seen, actor))); // it was being given up
  }

  /** True when it is not for want of goods. */
  private static boolean isHers(Refusal why) {
    return why instanceof Refusal.Limit;
  }

  private Mono<Document> insert(String id, Document document, Reservation seen, Offer offer) {
    return neighbours
        .store(offer.store())
        .filter(Store::getPickup)
        .switchIfEmpty(
            Mono.error(() -> new RefusedException(new Refusal.StoreNotFound(offer.store()))))
        .flatMap(
            at -> {
              var now = clock.instant();
              var end = terms.end(seen.expireTime(), at, now);
              var lines = wanted(seen);
              return placement.insert(
                  Reservation.pending(
                      id,
                      seen.customer(),
                      offer.store(),
                      at.getTitle(),
                      lines,
                      end,
                      Ids.random(),
                      Placement.code(),
                      terms.care(at, now, end)),
                  new Made(
                      ReservationDocuments.actor(document.get("createdBy", Document.class)),
                      Docs.string(document, "customerDisplayName"),
                      Ids.sha256(id),
                      false,
                      terms.identityCheck(lines),
                      seen.id()));
            });
  }
}
