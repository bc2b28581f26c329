package dev.filo.identity.store;

import static com.mongodb.client.model.Filters.and;
import static com.mongodb.client.model.Filters.eq;
import static com.mongodb.client.model.Filters.gt;
import static com.mongodb.client.model.Filters.lt;
import static com.mongodb.client.model.Updates.combine;
import static com.mongodb.client.model.Updates.inc;
import static com.mongodb.client.model.Updates.set;

import com.mongodb.client.model.FindOneAndUpdateOptions;
import com.mongodb.client.model.Indexes;
import com.mongodb.client.model.ReturnDocument;
import com.mongodb.reactivestreams.client.MongoCollection;
import com.mongodb.reactivestreams.client.MongoDatabase;
import dev.filo.identity.domain.Handoff;
import dev.filo.identity.domain.Session;
import dev.filo.identity.service.SessionStore;
import dev.filo.platform.mongo.Docs;
import dev.filo.platform.mongo.Mongo;
import java.time.Instant;
import java.util.Date;
import org.bson.Document;
import reactor.core.publisher.Mono;

/** Sessions and hand-offs in MongoDB. */
public final class MongoSessionStore implements SessionStore {
  private final MongoCollection<Document> sessions;
  private final MongoCollection<Document> handoffs;

  /** Sessions in a database. */
  public MongoSessionStore(MongoDatabase database) {
    this.sessions = database.getCollection("sessions");
    this.handoffs = database.getCollection("handoffs");
  }

  /** Makes the indexes. */
  public void prepare() {
    Mongo.index(sessions, Indexes.ascending("expireTime"));
    Mongo.index(handoffs, Indexes.ascending("expireTime"));
  }

  @Override
  public Mono<Session> add(Session session) {
    return Mono.from(
            sessions.insertOne(
                new Document("_id", session.id())
                    .append("client", session.clientId())
                    .append("principal", session.principal())
                    .append("device", session.device())
                    .append("former", session.former())
                    .append("generation", session.generation())
                    .append("salt", session.salt())
                    .append("ended", false)
                    .append("createTime", Date.from(session.createTime()))
                    .append("expireTime", Date.from(session.expireTime()))))
        .thenReturn(session);
  }

  @Override
  public Mono<Session> find(String id, Instant now) {
    return Mono.from(
            sessions
                .find(and(eq("_id", id), eq("ended", false), gt("expireTime", Date.from(now))))
                .first())
        .map(MongoSessionStore::session);
  }

  @Override
  public Mono<Session> refresh(String id, long generation, Instant expireTime, Instant now) {
    return Mono.from(
            sessions.findOneAndUpdate(
                and(
                    eq("_id", id),
                    eq("generation", generation),
                    eq("ended", false),
                    gt("expireTime", Date.from(now))),
                combine(inc("generation", 1L), set("expireTime", Date.from(expireTime))),
                new FindOneAndUpdateOptions().returnDocument(ReturnDocument.AFTER)))
        .map(MongoSessionStore::session);
  }

  @Override
  public Mono<Void> end(String id) {
    return Mono.from(sessions.updateOne(eq("_id", id), set("ended", true))).then();
  }

  @Override
  public Mono<Handoff> addHandoff(Handoff handoff) {
    return Mono.from(
            handoffs.insertOne(
                new Document("_id", handoff.codeHash())
                    .append("customer", handoff.customer())
                    .append("used", false)
                    .append("expireTime", Date.from(handoff.expireTime()))))
        .thenReturn(handoff)
        .onErrorResume(
            Mongo::isDuplicate,
            e ->
                Mono.from(handoffs.find(eq("_id", handoff.codeHash())).first())
                    .map(MongoSessionStore::handoff));
  }

  @Override
  public Mono<Handoff> takeHandoff(String codeHash, Instant now) {
    return Mono.from(
            handoffs.findOneAndUpdate(
                and(eq("_id", codeHash), eq("used", false), gt("expireTime", Date.from(now))),
                set("used", true)))
        .map(MongoSessionStore::handoff);
  }

  private static Handoff handoff(Document document) {
    return new Handoff(
        document.getString("_id"),
        document.getString("customer"),
        document.getDate("expireTime").toInstant());
  }

  @Override
  public Mono<Void> forget(Instant before) {
    return Mono.from(sessions.deleteMany(lt("expireTime", Date.from(before))))
        .then(Mono.from(handoffs.deleteMany(lt("expireTime", Date.from(before)))))
        .then();
  }

  private static Session session(Document document) {
    return new Session(
        document.getString("_id"),
        document.getString("client"),
        document.getString("principal"),
        Docs.string(document, "device"),
        Docs.string(document, "former"),
        Docs.number(document, "generation"),
        document.getString("salt"),
        document.getDate("createTime").toInstant(),
        document.getDate("expireTime").toInstant());
  }
}
