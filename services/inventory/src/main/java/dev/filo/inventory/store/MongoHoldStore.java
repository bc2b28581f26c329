package dev.filo.inventory.store;

import static com.mongodb.client.model.Filters.and;
import static com.mongodb.client.model.Filters.eq;
import static com.mongodb.client.model.Filters.in;
import static com.mongodb.client.model.Filters.lte;
import static com.mongodb.client.model.Projections.include;

import com.mongodb.client.model.IndexOptions;
import com.mongodb.client.model.Indexes;
import com.mongodb.reactivestreams.client.MongoCollection;
import com.mongodb.reactivestreams.client.MongoDatabase;
import dev.filo.inventory.domain.Hold;
import dev.filo.inventory.service.HoldStore;
import dev.filo.platform.mongo.Docs;
import dev.filo.platform.mongo.Mongo;
import dev.filo.platform.mongo.StaleVersionException;
import java.time.Instant;
import java.util.Collection;
import java.util.Date;
import java.util.Map;
import org.bson.Document;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/** The journals of holds in MongoDB, {@code _id} = the hold's id. */
public final class MongoHoldStore implements HoldStore {
  private final MongoCollection<Document> holds;

  /** Holds in a service's own database. */
  public MongoHoldStore(MongoDatabase database) {
    this.holds = database.getCollection("holds");
  }

  /** Makes the indexes. */
  public void prepare() {
    Mongo.index(holds, Indexes.ascending("due"), new IndexOptions().sparse(true));
  }

  @Override
  public Mono<Boolean> insert(Hold hold) {
    return Mono.from(holds.insertOne(HoldDocuments.document(hold)))
        .thenReturn(true)
        .onErrorResume(Mongo::isDuplicate, error -> Mono.just(false));
  }

  @Override
  public Mono<Hold> find(String id) {
    return Mono.from(holds.find(eq("_id", id)).first()).map(HoldDocuments::hold);
  }

  @Override
  public Mono<Hold> replace(Hold seen, Hold next) {
    return Mono.from(
            holds.replaceOne(
                and(eq("_id", seen.id()), eq("version", seen.version())),
                HoldDocuments.document(next)))
        .flatMap(
            result ->
                result.getMatchedCount() == 1
                    ? Mono.just(next)
                    : Mono.error(new StaleVersionException(seen.id(), seen.version())));
  }

  @Override
  public Mono<Map<String, String>> owners(Collection<String> ids) {
    return Flux.from(holds.find(in("_id", ids)).projection(include("owner")))
        .collectMap(
            document -> document.getString("_id"), document -> Docs.string(document, "owner"));
  }

  @Override
  public Flux<Hold> due(Instant now, int limit) {
    return Flux.from(holds.find(lte("due", Date.from(now))).limit(limit)).map(HoldDocuments::hold);
  }
}
