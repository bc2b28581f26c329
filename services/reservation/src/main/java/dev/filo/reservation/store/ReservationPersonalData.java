package dev.filo.reservation.store;

import static com.mongodb.client.model.Filters.and;
import static com.mongodb.client.model.Filters.eq;
import static com.mongodb.client.model.Filters.in;
import static com.mongodb.client.model.Filters.ne;
import static com.mongodb.client.model.Filters.or;
import static com.mongodb.client.model.Projections.include;
import static com.mongodb.client.model.Updates.combine;
import static com.mongodb.client.model.Updates.inc;
import static com.mongodb.client.model.Updates.set;
import static com.mongodb.client.model.Updates.unset;

import com.mongodb.reactivestreams.client.MongoCollection;
import com.mongodb.reactivestreams.client.MongoDatabase;
import dev.filo.platform.grpc.Statuses;
import dev.filo.platform.privacy.ExportDocuments;
import dev.filo.platform.privacy.PersonalData;
import java.util.List;
import java.util.Set;
import java.util.function.Function;
import org.bson.Document;
import org.bson.conversions.Bson;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/**
 * Reservations: what is still kept for her is cancelled; then all of them stay as what a store sold
 * or kept, of nobody.
 */
public final class ReservationPersonalData implements PersonalData {
  private static final List<String> OPEN = List.of("HELD", "PREPARED");
  private static final String COLLECTED = "COLLECTED";
  private static final String PENDING = "PENDING";

  private final MongoCollection<Document> reservations;
  private final MongoCollection<Document> quotas;
  private final Function<String, Mono<Void>> cancel;

  /**
   * Those in the service's database.
   *
   * @param cancel cancels an open reservation by its id, with all that follows
   */
  public ReservationPersonalData(MongoDatabase database, Function<String, Mono<Void>> cancel) {
    this.reservations = database.getCollection("reservations");
    this.quotas = database.getCollection("quotas");
    this.cancel = cancel;
  }

  @Override
  public Flux<Part> export(Set<String> customers) {
    return ExportDocuments.of("reservations", reservations.find(hers(customers)));
  }

  @Override
  public Mono<List<Treatment>> preview(Set<String> customers) {
    return Mono.zip(
        Mono.from(reservations.countDocuments(and(hers(customers), eq("state", COLLECTED)))),
        Mono.from(reservations.countDocuments(and(hers(customers), ne("state", COLLECTED)))),
        (sold, others) ->
            List.of(
                new Treatment("collected_reservations", Kind.ANONYMISED, sold, "tax_law"),
                new Treatment("reservations", Kind.ANONYMISED, others, "statistics")));
  }

  @Override
  public Mono<Void> erase(Set<String> customers) {
    return Flux.from(
            reservations.find(and(hers(customers), in("state", OPEN))).projection(include("_id")))
        .concatMap(open -> cancel.apply(open.getString("_id")))
        .then(
            Mono.defer(
                () ->
                    Mono.from(
                        reservations.countDocuments(
                            and(hers(customers), in("state", "HELD", "PREPARED", PENDING))))))
        .flatMap(
            left ->
                left > 0 // being placed or handed over at this moment: that ends first
                    ? Mono.<Void>error(Statuses.unavailable("A reservation"))
                    : anonymise(customers));
  }

  private Mono<Void> anonymise(Set<String> customers) {
    return Mono.from(
            reservations.updateMany(
                in("createdBy.principal", customers),
                combine(
                    set("createdBy.principal", ""),
                    set("createdBy.device", ""),
                    set("createdBy.displayName", ""))))
        .then(
            Mono.from(
                reservations.updateMany(
                    hers(customers),
                    combine(
                        set("customer", ""),
                        set("customerDisplayName", ""),
                        unset("origin"),
                        unset("pickupCode"),
                        unset("requests"),
                        unset("requestHash"),
                        unset("refusalReason"),
                        inc("version", 1L)))))
        .then(Mono.from(quotas.deleteMany(in("_id", customers))))
        .then();
  }

  private static Bson hers(Set<String> customers) {
    return or(in("customer", customers), in("origin", customers));
  }

  @Override
  public Flux<String> subjects(Set<String> customers) {
    return Flux.from(reservations.find(hers(customers)).projection(include("_id")))
        .map(found -> "reservations/" + found.getString("_id"));
  }
}
