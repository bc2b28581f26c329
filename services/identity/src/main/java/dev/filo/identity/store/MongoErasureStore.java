package dev.filo.identity.store;

import static com.mongodb.client.model.Filters.and;
import static com.mongodb.client.model.Filters.eq;
import static com.mongodb.client.model.Filters.lt;
import static com.mongodb.client.model.Filters.lte;
import static com.mongodb.client.model.Updates.addEachToSet;
import static com.mongodb.client.model.Updates.combine;
import static com.mongodb.client.model.Updates.set;
import static com.mongodb.client.model.Updates.unset;

import com.mongodb.client.model.FindOneAndUpdateOptions;
import com.mongodb.client.model.IndexOptions;
import com.mongodb.client.model.Indexes;
import com.mongodb.client.model.ReturnDocument;
import com.mongodb.reactivestreams.client.MongoCollection;
import com.mongodb.reactivestreams.client.MongoDatabase;
import dev.filo.identity.domain.Erasure;
import dev.filo.identity.domain.ExportTicket;
import dev.filo.identity.service.ErasureStore;
import dev.filo.platform.mongo.Docs;
import dev.filo.platform.mongo.Mongo;
import dev.filo.platform.mongo.StaleVersionException;
import java.time.Instant;
import java.util.Collection;
import java.util.Date;
import java.util.HashMap;
import java.util.List;
import org.bson.Document;
import org.bson.conversions.Bson;
import org.bson.types.Binary;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/** Erasures and leaves to download in MongoDB, a document each. */
public final class MongoErasureStore implements ErasureStore {
  private static final FindOneAndUpdateOptions AFTER =
      new FindOneAndUpdateOptions().returnDocument(ReturnDocument.AFTER);

  private final MongoCollection<Document> erasures;
  private final MongoCollection<Document> tickets;

  /** Those in a database. */
  public MongoErasureStore(MongoDatabase database) {
    this.erasures = database.getCollection("erasure_sagas");
    this.tickets = database.getCollection("export_tickets");
  }

  /** Makes the indexes; to be called when the service starts. */
  public void prepare() {
    Mongo.index(erasures, Indexes.ascending("due"), new IndexOptions().sparse(true));
    Mongo.index(tickets, Indexes.ascending("expireTime"));
  }

  @Override
  public Mono<Erasure> add(Erasure erasure) {
    return Mono.from(
            erasures.insertOne(
                new Document("_id", erasure.id())
                    .append("customers", erasure.customers())
                    .append("actor", erasure.actor())
                    .append("reason", erasure.reason())
                    .append("request", erasure.requestHash())
                    .append("audited", false)
                    .append("round", 1)
                    .append("next", 0)
                    .append("receipts", new Document())
                    .append("createTime", Date.from(erasure.createTime()))
                    .append("due", Date.from(erasure.createTime()))))
        .thenReturn(erasure)
        .onErrorResume(Mongo::isDuplicate, there -> find(erasure.id()));
  }

  @Override
  public Mono<Erasure> find(String id) {
    return Mono.from(erasures.find(eq("_id", id)).first()).map(MongoErasureStore::erasure);
  }

  @Override
  public Mono<Erasure> take(String id, Instant now, Instant until) {
    return Mono.from(
            erasures.findOneAndUpdate(
                and(eq("_id", id), lte("due", Date.from(now))),
                set("due", Date.from(until)),
                AFTER))
        .map(MongoErasureStore::erasure);
  }

  @Override
  public Flux<String> due(Instant now, int limit) {
    return Flux.from(
            erasures
                .find(lte("due", Date.from(now)))
                .projection(new Document("_id", 1))
                .sort(Indexes.ascending("due"))
                .limit(limit))
        .map(document -> document.getString("_id"));
  }

  @Override
  public Mono<Erasure> audited(Erasure seen) {
    return change(eq("_id", seen.id()), set("audited", true))
        .switchIfEmpty(Mono.error(() -> new StaleVersionException(seen.name(), seen.round())));
  }

  @Override
  public Mono<Erasure> include(Erasure seen, Collection<String> customers) {
    return change(eq("_id", seen.id()), addEachToSet("customers", List.copyOf(customers)))
        .switchIfEmpty(Mono.error(() -> new StaleVersionException(seen.name(), seen.round())));
  }

  @Override
  public Mono<Erasure> advance(
      Erasure seen, String service, byte[] receipt, int round, int next, Instant due) {
    return change(
        and(eq("_id", seen.id()), eq("round", seen.round()), eq("next", seen.next())),
        combine(
            set("receipts." + service, new Binary(receipt)),
            set("round", round),
            set("next", next),
            set("due", Date.from(due))));
  }

  @Override
  public Mono<Erasure> end(Erasure seen, Instant now) {
    return change(eq("_id", seen.id()), combine(set("endTime", Date.from(now)), unset("due")))
        .switchIfEmpty(Mono.error(() -> new StaleVersionException(seen.name(), seen.round())));
  }

  private Mono<Erasure> change(Bson which, Bson how) {
    return Mono.from(erasures.findOneAndUpdate(which, how, AFTER)).map(MongoErasureStore::erasure);
  }

  @Override
  public Mono<Void> postpone(String id, Instant due) {
    return Mono.from(
            erasures.updateOne(and(eq("_id", id), eq("endTime", null)), set("due", Date.from(due))))
        .then();
  }

  private static Erasure erasure(Document document) {
    var receipts = new HashMap<String, byte[]>();
    document
        .get("receipts", new Document())
        .forEach((service, receipt) -> receipts.put(service, ((Binary) receipt).getData()));
    return new Erasure(
        document.getString("_id"),
        Docs.strings(document, "customers"),
        Docs.string(document, "actor"),
        Docs.string(document, "reason"),
        Docs.string(document, "request"),
        document.getBoolean("audited", false),
        (int) Docs.number(document, "round"),
        (int) Docs.number(document, "next"),
        receipts,
        document.getDate("createTime").toInstant(),
        Docs.instant(document, "endTime"));
  }

  @Override
  public Mono<ExportTicket> add(ExportTicket ticket) {
    return Mono.from(
            tickets.insertOne(
                new Document("_id", ticket.id())
                    .append("customer", ticket.customer())
                    .append("session", ticket.session())
                    .append("request", ticket.requestHash())
                    .append("createTime", Date.from(ticket.createTime()))
                    .append("expireTime", Date.from(ticket.expireTime()))))
        .thenReturn(ticket)
        .onErrorResume(Mongo::isDuplicate, there -> ticket(ticket.id()));
  }

  @Override
  public Mono<ExportTicket> ticket(String id) {
    return Mono.from(tickets.find(eq("_id", id)).first())
        .map(
            document ->
                new ExportTicket(
                    document.getString("_id"),
                    document.getString("customer"),
                    document.getString("session"),
                    document.getString("request"),
                    document.getDate("createTime").toInstant(),
                    document.getDate("expireTime").toInstant()));
  }

  @Override
  public Mono<Void> forgetTickets(Instant before) {
    return Mono.from(tickets.deleteMany(lt("expireTime", Date.from(before)))).then();
  }
}
