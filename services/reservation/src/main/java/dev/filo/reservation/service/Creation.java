package dev.filo.reservation.service;

import dev.filo.platform.auth.Caller;
import dev.filo.platform.code.Ids;
import dev.filo.platform.grpc.Statuses;
import dev.filo.platform.mongo.Docs;
import dev.filo.platform.mongo.Requests;
import dev.filo.proto.api.v1.Role;
import dev.filo.proto.catalog.v1.BatchGetVariantsResponse;
import dev.filo.proto.catalog.v1.Store;
import dev.filo.proto.catalog.v1.VariantItem;
import dev.filo.proto.identity.v1.Customer;
import dev.filo.proto.reservation.v1.CreateReservationRequest;
import dev.filo.proto.reservation.v1.ReservationLine;
import dev.filo.reservation.domain.Refusal;
import dev.filo.reservation.domain.Reservation;
import dev.filo.reservation.domain.Reservation.Line;
import dev.filo.reservation.store.MongoReservationStore;
import dev.filo.reservation.store.MongoReservationStore.Made;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.bson.Document;
import reactor.core.publisher.Mono;

/** Makes reservations as they are asked for. */
final class Creation {
  private final MongoReservationStore store;
  private final Neighbours neighbours;
  private final Terms terms;
  private final Saga saga;
  private final Placement placement;
  private final InstantSource clock;

  Creation(
      MongoReservationStore store,
      Neighbours neighbours,
      Terms terms,
      Saga saga,
      InstantSource clock) {
    this.store = store;
    this.neighbours = neighbours;
    this.terms = terms;
    this.saga = saga;
    this.placement = new Placement(store, clock);
    this.clock = clock;
  }

  /** Keeps goods. One value; {@link RefusedException} when they cannot be kept. */
  Mono<Document> create(CreateReservationRequest request, Caller caller) {
    var customer = request.getCustomer().isEmpty() ? caller.principal() : request.getCustomer();
    if (!customer.startsWith("customers/")) {
      return refused(new Refusal.CustomerMissing());
    }
    if (caller.is(Role.ROLE_STORE_STAFF) && !caller.stores().contains(request.getStore())) {
      return refused(new Refusal.StoreNotFound(request.getStore()));
    }
    var id = Ids.derived("reservation", caller.principal(), request.getRequestId());
    var hash = Requests.hash(request);
    return store
        .find(id)
        .flatMap(known -> repeated(known, hash, caller))
        .switchIfEmpty(Mono.defer(() -> createNew(id, hash, customer, request, caller)));
  }

  private Mono<Document> repeated(Document known, byte[] hash, Caller caller) {
    if (!Arrays.equals(Docs.bytes(known, "requestHash"), hash)) {
      return Mono.error(Statuses.requestIdReused());
    }
    return "PENDING".equals(known.getString("state"))
        ? saga.finish(known, caller.actor()) // nothing is left of one that was given up: a new one
        : store.settled(known);
  }

  private Mono<Document> createNew(
      String id, byte[] hash, String customer, CreateReservationRequest request, Caller caller) {
    var wanted = new LinkedHashMap<String, Integer>();
    for (ReservationLine line : request.getLinesList()) {
      wanted.merge(line.getSku(), line.getQuantity(), Integer::sum);
    }
    return Mono.zip(
            neighbours
                .store(request.getStore())
                .switchIfEmpty(refused(new Refusal.StoreNotFound(request.getStore()))),
            neighbours.variants(List.copyOf(wanted.keySet())),
            neighbours
                .customer(customer)
                .switchIfEmpty(refused(new Refusal.CustomerNotFound(customer))))
        .flatMap(
            known -> {
              var lines = lines(wanted, known.getT2());
              if (!known.getT1().getPickup()) {
                return refused(new Refusal.PickupNotOffered(request.getStore()));
              }
              return placement
                  .insert(
                      reservation(id, customer, request, known.getT1(), lines),
                      new Made(
                          caller.actor(),
                          displayName(known.getT3()),
                          hash,
                          request.getPartial(),
                          terms.identityCheck(lines),
                          ""))
                  .flatMap(document -> saga.finish(document, caller.actor()));
            });
  }

  private Reservation reservation(
      String id, String customer, CreateReservationRequest request, Store at, List<Line> lines) {
    var now = clock.instant();
    var end = terms.end(request, at, now);
    return Reservation.pending(
        id,
        customer,
        request.getStore(),
        at.getTitle(),
        lines,
        end,
        Ids.random(),
        Placement.code(),
        terms.care(at, now, end));
  }

  private static List<Line> lines(Map<String, Integer> wanted, BatchGetVariantsResponse variants) {
    Map<String, VariantItem> bySku =
        variants.getItemsList().stream()
            .collect(Collectors.toMap(item -> item.getVariant().getSku(), Function.identity()));
    var lines = new ArrayList<Line>();
    wanted.forEach(
        (sku, quantity) -> {
          var item = bySku.get(sku);
          if (item == null || item.getWithdrawn()) {
            throw new RefusedException(new Refusal.SkuNotFound(sku));
          }
          lines.add(
              new Line(
                  sku,
                  quantity,
                  quantity,
                  item.getTitle(),
                  item.getMedia().getUri(),
                  item.getVariant().getPrice().getCurrencyCode(),
                  ReservationProtos.nanos(item.getVariant().getPrice())));
        });
    return lines;
  }

  private static String displayName(Customer customer) {
    var family = customer.getFamilyName();
    return (customer.getGivenName() + (family.isEmpty() ? "" : " " + family.charAt(0) + "."))
        .trim();
  }

  private static <T> Mono<T> refused(Refusal why) {
    return Mono.error(() -> new RefusedException(why));
  }
}
