package dev.filo.inventory.store;

import static com.mongodb.client.model.Filters.and;
import static com.mongodb.client.model.Filters.exists;
import static com.mongodb.client.model.Filters.gt;
import static com.mongodb.client.model.Projections.include;

import com.mongodb.reactivestreams.client.MongoCollection;
import dev.filo.inventory.domain.Hold;
import dev.filo.platform.feed.Outbox;
import java.time.Instant;
import java.util.Collection;
import java.util.Date;
import java.util.Set;
import org.bson.Document;
import reactor.core.publisher.Flux;

/**
 * Journals of holds that their levels carry until they lie among the others: what was answered some
 * milliseconds ago, or what a killed process left. A level has an outbox as long as it carries one.
 */
final class CarriedJournals {
  private CarriedJournals() {}

  /** The holds with these ids whose levels still carry their journals, in no order. */
  static Flux<Hold> of(MongoCollection<Document> levels, Collection<String> ids) {
    var unrelayed = gt(Outbox.SINCE, Date.from(Instant.EPOCH));
    var wanted = Set.copyOf(ids);
    var found =
        wanted.size() == 1
            ? levels.find(and(unrelayed, exists(Documents.opened(wanted.iterator().next()))))
            : levels.find(unrelayed);
    return Flux.from(found.projection(include(Documents.OPENED)))
        .concatMapIterable(Documents::opened)
        .filter(hold -> wanted.contains(hold.id()));
  }
}
