package dev.filo.inventory.store;

import static com.mongodb.client.model.Filters.and;
import static com.mongodb.client.model.Filters.exists;
import static com.mongodb.client.model.Filters.gt;
import static com.mongodb.client.model.Projections.include;

import com.mongodb.reactivestreams.client.MongoCollection;
import dev.filo.inventory.domain.Hold;
import dev.filo.inventory.service.HoldStore;
import dev.filo.platform.feed.Outbox;
import java.time.Instant;
import java.util.Collection;
import java.util.Date;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;
import org.bson.Document;
import org.bson.RawBsonDocument;
import org.bson.conversions.Bson;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/**
 * Journals of holds that their levels carry until they lie among the others: what was answered some
 * milliseconds ago, or what a killed process left. A level has an outbox as long as it carries one.
 */
final class CarriedJournals {
  private static final Bson UNRELAYED = gt(Outbox.SINCE, Date.from(Instant.EPOCH));

  private CarriedJournals() {}

  /**
   * A journal and its document, written once: its level gets it, and then the journals do.
   *
   * @param written the document's bytes
   */
  record Journal(Hold hold, RawBsonDocument written) implements HoldStore.Carried {
    static Journal of(Hold hold) {
      return new Journal(hold, HoldDocuments.written(hold));
    }

    static Journal read(Document document) {
      return of(HoldDocuments.hold(document));
    }
  }

  static RawBsonDocument written(HoldStore.Carried journal) {
    return journal instanceof Journal one ? one.written : HoldDocuments.written(journal.hold());
  }

  /**
   * What was found of holds among the journals, by id, with what their levels still carry.
   *
   * @param of what is looked for in a hold
   */
  static <T> Mono<Map<String, T>> with(
      Map<String, T> found,
      MongoCollection<Document> levels,
      Collection<String> ids,
      Function<Hold, T> of) {
    return found.size() == ids.size()
        ? Mono.just(found)
        : of(levels, ids)
            .doOnNext(hold -> found.putIfAbsent(hold.id(), of.apply(hold)))
            .then(Mono.just(found));
  }

  /** The holds with these ids whose levels still carry their journals, in no order. */
  static Flux<Hold> of(MongoCollection<Document> levels, Collection<String> ids) {
    var wanted = Set.copyOf(ids);
    var found =
        wanted.size() == 1
            ? in(levels, and(UNRELAYED, exists(Documents.opened(wanted.iterator().next()))))
            : all(levels);
    return found.filter(hold -> wanted.contains(hold.id()));
  }

  /** All holds whose levels still carry their journals, in no order. */
  static Flux<Hold> all(MongoCollection<Document> levels) {
    return in(levels, UNRELAYED);
  }

  private static Flux<Hold> in(MongoCollection<Document> levels, Bson which) {
    return Flux.from(levels.find(which).projection(include(Documents.OPENED)))
        .concatMapIterable(Documents::opened);
  }
}
