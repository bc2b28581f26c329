package dev.filo.identity.store;

import static com.mongodb.client.model.Filters.eq;
import static com.mongodb.client.model.Filters.gt;
import static com.mongodb.client.model.Filters.lt;
import static com.mongodb.client.model.Sorts.ascending;
import static com.mongodb.client.model.Sorts.descending;

import com.mongodb.client.model.IndexOptions;
import com.mongodb.client.model.Indexes;
import com.mongodb.reactivestreams.client.MongoCollection;
import com.mongodb.reactivestreams.client.MongoDatabase;
import dev.filo.identity.domain.AuditAct;
import dev.filo.identity.domain.AuditEntry;
import dev.filo.identity.service.AuditStore;
import dev.filo.platform.mongo.Docs;
import dev.filo.platform.mongo.Mongo;
import java.time.Instant;
import java.util.Date;
import java.util.SortedMap;
import java.util.TreeMap;
import org.bson.Document;
import org.jspecify.annotations.Nullable;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/** The audit log in MongoDB: one document an entry, whose {@code _id} is its place. */
public final class MongoAuditStore implements AuditStore {
  private final MongoCollection<Document> entries;

  /** The log in a database. */
  public MongoAuditStore(MongoDatabase database) {
    this.entries = database.getCollection("audit_log");
  }

  /** Makes the index that lets an act in once. */
  public void prepare() {
    Mongo.index(entries, Indexes.ascending("act"), new IndexOptions().unique(true));
  }

  @Override
  public Mono<AuditEntry> last() {
    return Mono.from(entries.find().sort(descending("_id")).limit(1).first())
        .map(MongoAuditStore::entry);
  }

  @Override
  public Mono<Boolean> has(String actId) {
    return Mono.from(entries.find(eq("act", actId)).first()).hasElement();
  }

  @Override
  public Mono<Boolean> add(AuditEntry entry) {
    var act = entry.act();
    var changes = new Document();
    act.changes().forEach(changes::append);
    return Mono.from(
            entries.insertOne(
                new Document("_id", entry.sequence())
                    .append("act", act.id())
                    .append("time", Date.from(act.time()))
                    .append("actor", act.actor())
                    .append("action", act.action())
                    .append("subject", act.subject())
                    .append("changes", changes)
                    .append("previousHash", entry.previousHash())
                    .append("hash", entry.hash())))
        .thenReturn(true)
        .onErrorResume(Mongo::isDuplicate, e -> Mono.just(false));
  }

  @Override
  public Flux<AuditEntry> after(long sequence, int max) {
    return Flux.from(entries.find(gt("_id", sequence)).sort(ascending("_id")).limit(max))
        .map(MongoAuditStore::entry);
  }

  @Override
  public Flux<AuditEntry> before(long sequence, int max) {
    return Flux.from(entries.find(lt("_id", sequence)).sort(descending("_id")).limit(max))
        .map(MongoAuditStore::entry);
  }

  @Override
  public Flux<AuditEntry> all() {
    return Flux.from(entries.find().sort(ascending("_id"))).map(MongoAuditStore::entry);
  }

  /** Reads whatever is there: somebody may have written to it who should not. */
  private static AuditEntry entry(Document document) {
    return new AuditEntry(
        document.get("_id") instanceof Long sequence ? sequence : 0,
        new AuditAct(
            text(document.get("act")),
            document.get("time") instanceof Date time ? time.toInstant() : Instant.EPOCH,
            text(document.get("actor")),
            text(document.get("action")),
            text(document.get("subject")),
            changes(document.get("changes")),
            false),
        text(document.get("previousHash")),
        text(document.get("hash")));
  }

  private static SortedMap<String, String> changes(@Nullable Object value) {
    var changes = new TreeMap<String, String>();
    if (value instanceof Document kept) {
      kept.forEach((name, each) -> changes.put(name, text(each)));
    }
    return changes;
  }

  private static String text(@Nullable Object value) {
    return value == null ? "" : value.toString();
  }

  /** An act inside the document of what it was done to. */
  static Document pending(AuditAct act) {
    var changes = new Document();
    act.changes().forEach(changes::append);
    return new Document("id", act.id())
        .append("time", Date.from(act.time()))
        .append("actor", act.actor())
        .append("action", act.action())
        .append("subject", act.subject())
        .append("changes", changes)
        .append("signOut", act.signOut());
  }

  static AuditAct pending(Document document) {
    return new AuditAct(
        document.getString("id"),
        document.getDate("time").toInstant(),
        Docs.string(document, "actor"),
        document.getString("action"),
        document.getString("subject"),
        changes(document.get("changes")),
        document.getBoolean("signOut", false));
  }
}
