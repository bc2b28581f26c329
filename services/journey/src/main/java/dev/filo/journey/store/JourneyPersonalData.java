package dev.filo.journey.store;

import static com.mongodb.client.model.Filters.in;
import static com.mongodb.client.model.Filters.or;

import com.mongodb.client.model.Sorts;
import com.mongodb.reactivestreams.client.MongoCollection;
import com.mongodb.reactivestreams.client.MongoDatabase;
import dev.filo.platform.privacy.ExportDocuments;
import dev.filo.platform.privacy.PersonalData;
import java.util.List;
import java.util.Set;
import org.bson.Document;
import org.bson.conversions.Bson;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/** Time lines: a sequence of touchpoints could be known again even without a name, so it goes. */
public final class JourneyPersonalData implements PersonalData {
  private final MongoCollection<Document> touchpoints;
  private final MongoCollection<Document> heirs;

  /** Those in the service's database. */
  public JourneyPersonalData(MongoDatabase database) {
    this.touchpoints = database.getCollection("touchpoints");
    this.heirs = database.getCollection("heirs");
  }

  @Override
  public Flux<Part> export(Set<String> customers) {
    return ExportDocuments.of(
        "touchpoints", touchpoints.find(hers(customers)).sort(Sorts.ascending("time", "_id")));
  }

  @Override
  public Mono<List<Treatment>> preview(Set<String> customers) {
    return Mono.from(touchpoints.countDocuments(hers(customers)))
        .map(count -> List.of(Treatment.gone("touchpoints", count)));
  }

  @Override
  public Mono<Void> erase(Set<String> customers) {
    return Mono.from(touchpoints.deleteMany(hers(customers)))
        .then(Mono.from(heirs.deleteMany(or(in("_id", customers), in("heir", customers)))))
        .then();
  }

  private static Bson hers(Set<String> customers) {
    return or(in("customer", customers), in("origin", customers));
  }

  /** Nothing is told by this service. */
  @Override
  public Flux<String> subjects(Set<String> customers) {
    return Flux.empty();
  }
}
