package dev.filo.identity.store;

import static com.mongodb.client.model.Filters.and;
import static com.mongodb.client.model.Filters.eq;
import static com.mongodb.client.model.Filters.gt;
import static com.mongodb.client.model.Filters.in;
import static com.mongodb.client.model.Filters.lt;
import static com.mongodb.client.model.Filters.or;
import static com.mongodb.client.model.Sorts.descending;
import static com.mongodb.client.model.Updates.combine;
import static com.mongodb.client.model.Updates.inc;
import static com.mongodb.client.model.Updates.set;

import com.google.protobuf.Message;
import com.mongodb.client.model.FindOneAndUpdateOptions;
import com.mongodb.client.model.Indexes;
import com.mongodb.client.model.ReturnDocument;
import com.mongodb.reactivestreams.client.MongoCollection;
import com.mongodb.reactivestreams.client.MongoDatabase;
import dev.filo.identity.domain.AuditAct;
import dev.filo.identity.domain.Handoff;
import dev.filo.identity.domain.Session;
import dev.filo.identity.service.ActStore;
import dev.filo.identity.service.SessionStore;
import dev.filo.platform.feed.Outbox;
import dev.filo.platform.feed.Relay;
import dev.filo.platform.mongo.Docs;
import dev.filo.platform.mongo.Mongo;
import dev.filo.proto.feed.v1.Actor;
import dev.filo.proto.identity.v1.SessionEnded;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Date;
import java.util.List;
import java.util.Optional;
import org.bson.Document;
import org.bson.conversions.Bson;
import org.jspecify.annotations.Nullable;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/** Sessions and hand-offs in MongoDB. */
public final class MongoSessionStore implements SessionStore {
  private static final String SOURCE = "filo/identity";
  private static final Actor IDENTITY =
      Actor.newBuilder().setPrincipal("services/identity").setRole("service").build();
  private static final FindOneAndUpdateOptions AFTER =
      new FindOneAndUpdateOptions().returnDocument(ReturnDocument.AFTER);

  private final MongoCollection<Document> sessions;
  private final MongoCollection<Document> handoffs;
  private final PendingActs acts;
  private final Relay relay;

  /** Sessions in a database; the events of ended ones go through the relay. */
  public MongoSessionStore(MongoDatabase database, Relay relay) {
    this.relay = relay;
    this.sessions = database.getCollection("sessions");
    this.handoffs = database.getCollection("handoffs");
    this.acts = new PendingActs(sessions, act -> act.changes().getOrDefault("session", ""));
  }

  /** Makes the indexes and has the outboxes looked after. */
  public void prepare() {
    relay.watch(sessions);
    acts.prepare();
    Mongo.index(sessions, Indexes.ascending("principal"));
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
                    .append("useTime", Date.from(session.useTime()))
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
                combine(
                    inc("generation", 1L),
                    set("useTime", Date.from(now)),
                    set("expireTime", Date.from(expireTime))),
                AFTER))
        .map(MongoSessionStore::session);
  }

  @Override
  public Flux<Session> list(List<String> principals, Optional<Place> after, int max, Instant now) {
    var live =
        and(in("principal", principals), eq("ended", false), gt("expireTime", Date.from(now)));
    var page =
        after
            .map(
                last ->
                    and(
                        live,
                        or(
                            lt("createTime", Date.from(last.createTime())),
                            and(
                                eq("createTime", Date.from(last.createTime())),
                                lt("_id", last.id())))))
            .orElse(live);
    return Flux.from(sessions.find(page).sort(descending("createTime", "_id")).limit(max))
        .map(MongoSessionStore::session);
  }

  @Override
  public Mono<Boolean> end(String id, @Nullable AuditAct act, Instant now) {
    Message told = SessionEnded.newBuilder().setSession(id).build();
    var changes = new ArrayList<Bson>();
    changes.add(set("ended", true));
    changes.add(
        Outbox.record(List.of(Outbox.event(SOURCE, "sessions/" + id, now, IDENTITY, told)), now));
    if (act != null) {
      changes.add(PendingActs.record(act));
    }
    return Mono.from(
            sessions.findOneAndUpdate(
                and(eq("_id", id), eq("ended", false)), combine(changes), AFTER))
        .doOnNext(written -> relay.offer(sessions, written))
        .hasElement();
  }

  @Override
  public ActStore acts() {
    return acts;
  }

  @Override
  public Mono<Handoff> addHandoff(Handoff handoff) {
    return Mono.from(
            handoffs.insertOne(
                new Document("_id", handoff.id())
                    .append("customer", handoff.customer())
                    .append("session", handoff.session())
                    .append("confirm", handoff.confirm())
                    .append("state", handoff.state().name())
                    .append("expireTime", Date.from(handoff.expireTime()))))
        .thenReturn(handoff)
        .onErrorResume(Mongo::isDuplicate, e -> handoff(handoff.id()));
  }

  @Override
  public Mono<Handoff> handoff(String id) {
    return Mono.from(handoffs.find(eq("_id", id)).first()).map(MongoSessionStore::handoff);
  }

  @Override
  public Mono<Handoff> moveHandoff(Handoff seen, Handoff next) {
    return Mono.from(
            handoffs.findOneAndUpdate(
                and(eq("_id", seen.id()), eq("state", seen.state().name())),
                combine(
                    set("state", next.state().name()),
                    set("device", next.device()),
                    set("client", next.clientId()),
                    set("claim", next.claimHash())),
                AFTER))
        .map(MongoSessionStore::handoff);
  }

  private static Handoff handoff(Document document) {
    return new Handoff(
        document.getString("_id"),
        document.getString("customer"),
        document.getString("session"),
        document.getBoolean("confirm", false),
        Handoff.State.valueOf(document.getString("state")),
        Docs.string(document, "device"),
        Docs.string(document, "client"),
        Docs.string(document, "claim"),
        document.getDate("expireTime").toInstant());
  }

  @Override
  public Mono<Void> forget(Instant before) {
    return Mono.from(sessions.deleteMany(lt("expireTime", Date.from(before))))
        .then(Mono.from(handoffs.deleteMany(lt("expireTime", Date.from(before)))))
        .then();
  }

  private static Session session(Document document) {
    var used = Docs.instant(document, "useTime"); // Absent in those that began before it was noted.
    return new Session(
        document.getString("_id"),
        document.getString("client"),
        document.getString("principal"),
        Docs.string(document, "device"),
        Docs.string(document, "former"),
        Docs.number(document, "generation"),
        document.getString("salt"),
        document.getDate("createTime").toInstant(),
        used == null ? document.getDate("createTime").toInstant() : used,
        document.getDate("expireTime").toInstant());
  }
}
