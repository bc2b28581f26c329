package dev.filo.reservation.waitlist.store;

import static com.mongodb.client.model.Filters.and;
import static com.mongodb.client.model.Filters.exists;
import static com.mongodb.client.model.Filters.in;
import static com.mongodb.client.model.Filters.or;
import static com.mongodb.client.model.Projections.include;

import com.mongodb.reactivestreams.client.MongoCollection;
import com.mongodb.reactivestreams.client.MongoDatabase;
import dev.filo.platform.grpc.Statuses;
import dev.filo.platform.mongo.Docs;
import dev.filo.platform.privacy.ExportDocuments;
import dev.filo.platform.privacy.PersonalData;
import java.util.List;
import java.util.Set;
import java.util.function.Function;
import org.bson.Document;
import org.bson.conversions.Bson;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/** Places in lines: she leaves every line, and nothing of it stays. */
public final class WaitlistPersonalData implements PersonalData {
  private final MongoCollection<Document> lists;
  private final MongoCollection<Document> register;
  private final Function<String, Mono<Void>> leave;

  /**
   * Those in the service's database.
   *
   * @param leave takes an entry out of its line by its id, with all that follows; nothing when it
   *     is out already
   */
  public WaitlistPersonalData(MongoDatabase database, Function<String, Mono<Void>> leave) {
    this.lists = database.getCollection("waitlists");
    this.register = database.getCollection("waitlistEntries");
    this.leave = leave;
  }

  @Override
  public Flux<Part> export(Set<String> customers) {
    return Flux.concat(
        ExportDocuments.of("waitlist-entries", register.find(hers(customers))),
        ExportDocuments.of(
            "waitlist-places",
            Flux.from(lists.find(in("line.customer", customers)))
                .flatMapIterable(list -> Docs.list(list, "line"))
                .filter(place -> customers.contains(place.getString("customer")))));
  }

  @Override
  public Mono<List<Treatment>> preview(Set<String> customers) {
    return Mono.from(register.countDocuments(hers(customers)))
        .map(count -> List.of(Treatment.gone("waitlist_entries", count)));
  }

  @Override
  public Mono<Void> erase(Set<String> customers) {
    return Flux.from(
            register.find(and(hers(customers), exists("entry", false))).projection(include("_id")))
        .concatMap(entry -> leave.apply(entry.getString("_id")))
        .then(
            Mono.defer(
                () ->
                    Mono.from(
                        lists.countDocuments(
                            or(in("line.customer", customers), in("ended.customer", customers))))))
        .flatMap(
            left ->
                left > 0 // pieces are being held for her, or freed, at this moment
                    ? Mono.<Void>error(Statuses.unavailable("A waitlist"))
                    : Mono.from(register.deleteMany(hers(customers))).then());
  }

  private static Bson hers(Set<String> customers) {
    return or(in("customer", customers), in("origin", customers));
  }

  @Override
  public Flux<String> subjects(Set<String> customers) {
    return Flux.from(register.find(hers(customers)).projection(include("_id")))
        .map(found -> "waitlistEntries/" + found.getString("_id"));
  }
}
