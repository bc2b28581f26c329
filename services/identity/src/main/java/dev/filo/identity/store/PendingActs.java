package dev.filo.identity.store;

import static com.mongodb.client.model.Filters.and;
import static com.mongodb.client.model.Filters.eq;
import static com.mongodb.client.model.Filters.exists;
import static com.mongodb.client.model.Updates.combine;
import static com.mongodb.client.model.Updates.pull;
import static com.mongodb.client.model.Updates.push;
import static com.mongodb.client.model.Updates.set;
import static com.mongodb.client.model.Updates.unset;

import com.mongodb.client.model.IndexOptions;
import com.mongodb.client.model.Indexes;
import com.mongodb.reactivestreams.client.MongoCollection;
import dev.filo.identity.domain.AuditAct;
import dev.filo.identity.service.ActStore;
import dev.filo.platform.mongo.Docs;
import dev.filo.platform.mongo.Mongo;
import java.util.Date;
import java.util.List;
import java.util.function.Function;
import org.bson.Document;
import org.bson.conversions.Bson;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/**
 * Acts on their way to the audit log, in the documents of a large collection: {@code audit} holds
 * them, {@code auditSince} lets those be found that have any.
 */
final class PendingActs implements ActStore {
  /** There while a document has acts on their way. */
  static final String SINCE = "auditSince";

  private static final String ACTS = "audit";

  private final MongoCollection<Document> documents;
  private final Function<AuditAct, String> idOf;

  /**
   * Those in a collection.
   *
   * @param idOf the {@code _id} of the document an act is kept in
   */
  PendingActs(MongoCollection<Document> documents, Function<AuditAct, String> idOf) {
    this.documents = documents;
    this.idOf = idOf;
  }

  /** Makes the index; to be called when the service starts. */
  void prepare() {
    Mongo.index(documents, Indexes.ascending(SINCE), new IndexOptions().sparse(true));
  }

  /** Part of the update that does what the act tells of. */
  static Bson record(AuditAct act) {
    return combine(push(ACTS, MongoAuditStore.pending(act)), set(SINCE, Date.from(act.time())));
  }

  @Override
  public Flux<AuditAct> unsettled() {
    return Flux.from(documents.find(exists(SINCE)))
        .flatMapIterable(document -> Docs.list(document, ACTS))
        .map(MongoAuditStore::pending);
  }

  @Override
  public Mono<Void> settle(AuditAct act) {
    var document = eq("_id", idOf.apply(act));
    return Mono.from(documents.updateOne(document, pull(ACTS, new Document("id", act.id()))))
        .then(
            Mono.from(
                documents.updateOne(
                    and(document, eq(ACTS, List.of())), combine(unset(ACTS), unset(SINCE)))))
        .then();
  }
}
