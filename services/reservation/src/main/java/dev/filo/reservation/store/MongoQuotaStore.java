package dev.filo.reservation.store;

import static com.mongodb.client.model.Filters.and;
import static com.mongodb.client.model.Filters.eq;
import static com.mongodb.client.model.Filters.expr;
import static com.mongodb.client.model.Filters.ne;
import static com.mongodb.client.model.Updates.pull;
import static com.mongodb.client.model.Updates.push;
import static com.mongodb.client.model.Updates.set;
import static com.mongodb.client.model.Updates.setOnInsert;

import com.mongodb.client.model.UpdateOptions;
import com.mongodb.reactivestreams.client.MongoCollection;
import com.mongodb.reactivestreams.client.MongoDatabase;
import dev.filo.platform.mongo.Docs;
import dev.filo.platform.mongo.Mongo;
import java.util.List;
import java.util.Set;
import org.bson.Document;
import reactor.core.publisher.Mono;

/**
 * How much is kept for each person who reserves herself: one document a person, so that two
 * requests at once cannot both pass a limit that has room for one.
 */
public final class MongoQuotaStore {
  private final MongoCollection<Document> quotas;

  /** The store in the service's database. */
  public MongoQuotaStore(MongoDatabase database) {
    this.quotas = database.getCollection("quotas");
  }

  /** True when the reservation counts now, or did already; false when there is no room for it. */
  public Mono<Boolean> claim(
      String customer, String reservation, int units, int reservationsMax, int unitsMax) {
    var room =
        and(
            eq("_id", customer),
            ne("open.id", reservation),
            expr(
                new Document(
                    "$and",
                    List.of(
                        new Document(
                            "$lt", List.of(new Document("$size", "$open"), reservationsMax)),
                        new Document(
                            "$lte",
                            List.of(
                                new Document(
                                    "$add", List.of(new Document("$sum", "$open.units"), units)),
                                unitsMax))))));
    return Mono.from(
            quotas.updateOne(
                eq("_id", customer),
                setOnInsert("open", List.of()),
                new UpdateOptions().upsert(true)))
        .onErrorResume(Mongo::isDuplicate, raced -> Mono.empty())
        .then(
            Mono.from(
                quotas.updateOne(
                    room, push("open", new Document("id", reservation).append("units", units)))))
        .flatMap(
            result ->
                result.getModifiedCount() == 1
                    ? Mono.just(true)
                    : Mono.from(
                            quotas
                                .find(and(eq("_id", customer), eq("open.id", reservation)))
                                .first())
                        .hasElement());
  }

  /** The reservation counts no more. */
  public Mono<Void> release(String customer, String reservation) {
    return Mono.from(
            quotas.updateOne(eq("_id", customer), pull("open", new Document("id", reservation))))
        .then();
  }

  /** The reservation counts, whether or not there is room for it. */
  public Mono<Void> count(String customer, String reservation, int units) {
    return Mono.from(
            quotas.updateOne(
                and(eq("_id", customer), ne("open.id", reservation)),
                push("open", new Document("id", reservation).append("units", units)),
                new UpdateOptions().upsert(true)))
        .then()
        .onErrorResume(Mongo::isDuplicate, counted -> Mono.empty());
  }

  /**
   * Forgets what is counted but not kept any more. What is counted is read before {@code kept} is
   * asked for: a reservation is there before it is counted, so none that is kept is forgotten.
   *
   * @param kept the ids of what is kept
   */
  public Mono<Void> forgetAllBut(String customer, Mono<Set<String>> kept) {
    return Mono.from(quotas.find(eq("_id", customer)).first())
        .map(seen -> Docs.list(seen, "open"))
        .flatMap(
            seen ->
                kept.flatMap(
                    ids ->
                        Mono.from(
                            quotas.updateOne(
                                and(eq("_id", customer), eq("open", seen)),
                                set(
                                    "open",
                                    seen.stream()
                                        .filter(one -> ids.contains(one.getString("id")))
                                        .toList())))))
        .then();
  }
}
