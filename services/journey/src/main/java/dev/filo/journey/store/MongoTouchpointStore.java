package dev.filo.journey.store;

import static com.mongodb.client.model.Filters.and;
import static com.mongodb.client.model.Filters.eq;
import static com.mongodb.client.model.Filters.exists;
import static com.mongodb.client.model.Filters.in;
import static com.mongodb.client.model.Filters.lt;
import static com.mongodb.client.model.Filters.lte;
import static com.mongodb.client.model.Filters.ne;
import static com.mongodb.client.model.Filters.or;
import static com.mongodb.client.model.Sorts.descending;
import static com.mongodb.client.model.Updates.set;

import com.mongodb.MongoBulkWriteException;
import com.mongodb.client.model.IndexOptions;
import com.mongodb.client.model.Indexes;
import com.mongodb.client.model.InsertManyOptions;
import com.mongodb.client.model.ReplaceOptions;
import com.mongodb.reactivestreams.client.MongoCollection;
import com.mongodb.reactivestreams.client.MongoDatabase;
import dev.filo.journey.domain.Touchpoint;
import dev.filo.journey.service.TouchpointStore;
import dev.filo.platform.mongo.Docs;
import dev.filo.platform.mongo.Mongo;
import java.util.Collection;
import java.util.Date;
import java.util.List;
import org.bson.Document;
import org.bson.conversions.Bson;
import org.jspecify.annotations.Nullable;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/** Touchpoints in MongoDB: a document each, {@code _id} its key. */
public final class MongoTouchpointStore implements TouchpointStore {
  private final MongoCollection<Document> touchpoints;
  private final MongoCollection<Document> heirs;

  /** Touchpoints in a database. */
  public MongoTouchpointStore(MongoDatabase database) {
    this.touchpoints = database.getCollection("touchpoints");
    this.heirs = database.getCollection("heirs");
  }

  /** Makes the indexes; to be called when the service starts. */
  public void prepare() {
    Mongo.index(
        touchpoints,
        Indexes.compoundIndex(Indexes.ascending("customer"), Indexes.descending("time", "_id")));
    Mongo.index(touchpoints, Indexes.ascending("origin"), new IndexOptions().sparse(true));
    Mongo.index(heirs, Indexes.ascending("heir"));
  }

  @Override
  public Mono<Integer> insert(List<Touchpoint> all) {
    var documents = all.stream().map(MongoTouchpointStore::document).toList();
    return Mono.from(touchpoints.insertMany(documents, new InsertManyOptions().ordered(false)))
        .thenReturn(documents.size())
        .onErrorResume(
            MongoBulkWriteException.class,
            error ->
                Mongo.isDuplicate(error)
                    ? Mono.just(documents.size() - error.getWriteErrors().size())
                    : Mono.error(error));
  }

  @Override
  public Mono<List<Touchpoint>> before(String customer, @Nullable Place place, int limit) {
    return Flux.from(
            touchpoints
                .find(
                    place == null
                        ? eq("customer", customer)
                        : and(eq("customer", customer), older(place)))
                .sort(descending("time", "_id"))
                .limit(limit))
        .map(MongoTouchpointStore::touchpoint)
        .collectList();
  }

  private static Bson older(Place place) {
    var time = Date.from(place.time());
    return and(lte("time", time), or(lt("time", time), lt("_id", place.key())));
  }

  @Override
  public Mono<String> heir(String customer) {
    return Mono.from(heirs.find(eq("_id", customer)).first()).map(row -> row.getString("heir"));
  }

  @Override
  public Mono<Void> recordHeir(String customer, String heir) {
    return Mono.from(
            heirs.replaceOne(
                eq("_id", customer),
                new Document("_id", customer).append("heir", heir),
                new ReplaceOptions().upsert(true)))
        .then();
  }

  @Override
  public Mono<Void> forgetHeir(String customer) {
    return Mono.from(heirs.deleteOne(eq("_id", customer))).then();
  }

  @Override
  public Mono<Void> move(String customer, String heir) {
    return Mono.from(
            touchpoints.updateMany(
                and(eq("customer", customer), exists("origin", false)), set("origin", customer)))
        .then(Mono.from(touchpoints.updateMany(eq("customer", customer), set("customer", heir))))
        .then();
  }

  @Override
  public Mono<Void> giveBack(String customer, Collection<String> names) {
    return Mono.from(
            touchpoints.updateMany(
                and(in("origin", names), ne("customer", customer)), set("customer", customer)))
        .then();
  }

  private static Document document(Touchpoint touchpoint) {
    return new Document("_id", touchpoint.key())
        .append("source", touchpoint.source().name())
        .append("id", touchpoint.id())
        .append("customer", touchpoint.customer())
        .append("time", Date.from(touchpoint.time()))
        .append("channel", touchpoint.channel())
        .append("type", touchpoint.type())
        .append("subject", touchpoint.subject())
        .append("by", touchpoint.by())
        .append("title", touchpoint.title());
  }

  private static Touchpoint touchpoint(Document document) {
    return new Touchpoint(
        Touchpoint.Source.valueOf(document.getString("source")),
        document.getString("id"),
        document.getString("customer"),
        document.getDate("time").toInstant(),
        Docs.string(document, "channel"),
        Docs.string(document, "type"),
        Docs.string(document, "subject"),
        Docs.string(document, "by"),
        Docs.string(document, "title"));
  }
}
