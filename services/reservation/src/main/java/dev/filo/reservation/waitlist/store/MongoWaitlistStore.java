package dev.filo.reservation.waitlist.store;

import static com.mongodb.client.model.Filters.and;
import static com.mongodb.client.model.Filters.eq;
import static com.mongodb.client.model.Filters.exists;
import static com.mongodb.client.model.Filters.expr;
import static com.mongodb.client.model.Filters.gte;
import static com.mongodb.client.model.Filters.in;
import static com.mongodb.client.model.Filters.lte;
import static com.mongodb.client.model.Filters.ne;
import static com.mongodb.client.model.Projections.include;
import static com.mongodb.client.model.Sorts.ascending;
import static com.mongodb.client.model.Sorts.descending;
import static com.mongodb.client.model.Sorts.orderBy;
import static com.mongodb.client.model.Updates.combine;
import static com.mongodb.client.model.Updates.inc;
import static com.mongodb.client.model.Updates.push;
import static com.mongodb.client.model.Updates.set;
import static com.mongodb.client.model.Updates.setOnInsert;
import static com.mongodb.client.model.Updates.unset;

import com.mongodb.client.model.FindOneAndUpdateOptions;
import com.mongodb.client.model.IndexOptions;
import com.mongodb.client.model.Indexes;
import com.mongodb.client.model.ReturnDocument;
import com.mongodb.client.model.UpdateOptions;
import com.mongodb.reactivestreams.client.MongoCollection;
import com.mongodb.reactivestreams.client.MongoDatabase;
import dev.filo.platform.feed.Outbox;
import dev.filo.platform.mongo.Docs;
import dev.filo.platform.mongo.Mongo;
import dev.filo.platform.mongo.StaleVersionException;
import dev.filo.proto.feed.v1.Event;
import dev.filo.reservation.waitlist.domain.Entry;
import dev.filo.reservation.waitlist.domain.Waitlist;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.Date;
import java.util.List;
import org.bson.Document;
import org.bson.conversions.Bson;
import org.bson.types.Binary;
import org.jspecify.annotations.Nullable;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/**
 * Lines in MongoDB, one document for each SKU and store: who is first is what the database took
 * first. Beside them a register with one document an entry, which says in which line it stands and,
 * once it has ended, how.
 */
public final class MongoWaitlistStore {
  private static final String POSITION = "waitlist";

  private final MongoCollection<Document> lists;
  private final MongoCollection<Document> register;
  private final MongoCollection<Document> positions;

  /** The store in the service's database. */
  public MongoWaitlistStore(MongoDatabase database) {
    this.lists = database.getCollection("waitlists");
    this.register = database.getCollection("waitlistEntries");
    this.positions = database.getCollection("positions");
  }

  /** Makes the indexes. */
  public void prepare() {
    Mongo.index(lists, Indexes.ascending("due"));
    Mongo.index(lists, Indexes.ascending("store", "_id"));
    Mongo.index(register, Indexes.ascending("origin"), new IndexOptions().sparse(true));
    Mongo.index(
        register,
        Indexes.compoundIndex(Indexes.ascending("customer"), Indexes.descending("createTime")));
  }

  /** The collection of lines, for the relay. */
  public MongoCollection<Document> collection() {
    return lists;
  }

  /** The key of a line. */
  public static String key(String sku, String store) {
    return sku + "@" + store.substring("stores/".length());
  }

  private static String key(Waitlist list) {
    return key(list.sku(), list.store());
  }

  /**
   * An entry as the register knows it.
   *
   * @param key of the line it stands in, or stood
   * @param ended how it ended; null while it has not, or while the line still knows
   */
  public record Registered(String id, String key, String customer, @Nullable Entry ended) {}

  private static Registered registered(Document document) {
    var ended = document.get("entry", Document.class);
    return new Registered(
        document.getString("_id"),
        Docs.string(document, "list"),
        Docs.string(document, "customer"),
        ended == null ? null : WaitlistDocuments.entry(ended));
  }

  /**
   * Enters an entry into the register. True when it is there now, by this request or by the same
   * before; false when it is there by another.
   */
  public Mono<Boolean> register(
      String id, String key, String customer, byte[] requestHash, Instant now) {
    return Mono.from(
            register.insertOne(
                new Document("_id", id)
                    .append("list", key)
                    .append("customer", customer)
                    .append("requestHash", new Binary(requestHash))
                    .append("createTime", Date.from(now))))
        .thenReturn(true)
        .onErrorResume(
            Mongo::isDuplicate,
            known ->
                Mono.from(register.find(eq("_id", id)).first())
                    .map(seen -> Arrays.equals(Docs.bytes(seen, "requestHash"), requestHash)));
  }

  /** Strikes out an entry that was not let in. */
  public Mono<Void> strikeOut(String id) {
    return Mono.from(register.deleteOne(and(eq("_id", id), exists("entry", false)))).then();
  }

  /** What the register says of an entry; empty when there is none. */
  public Mono<Registered> registered(String id) {
    return Mono.from(register.find(eq("_id", id)).first()).map(MongoWaitlistStore::registered);
  }

  /** What the register says of a customer's entries, newest first. */
  public Flux<Registered> registeredOf(String customer, int skip, int limit) {
    return Flux.from(
            register
                .find(eq("customer", customer))
                .sort(orderBy(descending("createTime"), ascending("_id")))
                .skip(skip)
                .limit(limit))
        .map(MongoWaitlistStore::registered);
  }

  /** What the register says of a customer's entries that have not ended, newest first. */
  public Flux<Registered> openOf(String customer) {
    return Flux.from(
            register
                .find(and(eq("customer", customer), exists("entry", false)))
                .sort(orderBy(descending("createTime"), ascending("_id")))
                .limit(1000))
        .map(MongoWaitlistStore::registered);
  }

  /** Writes into the register how an entry ended; repeating it changes nothing. */
  public Mono<Void> putAway(Entry ended) {
    return Mono.from(
            register.updateOne(
                eq("_id", ended.id()),
                combine(
                    set("customer", ended.customer()),
                    set("entry", WaitlistDocuments.entry(ended)))))
        .then();
  }

  /** What the register has of an alias is the customer's; repeating it changes nothing. */
  public Mono<Void> move(String customer, String alias) {
    return Mono.from(
            register.updateMany(
                and(eq("customer", alias), exists("origin", false)), set("origin", alias)))
        .then(Mono.from(register.updateMany(eq("customer", alias), set("customer", customer))))
        .then();
  }

  /**
   * What the register has that was first one of these names' and is somebody else's than {@code
   * alias}'s.
   */
  public Flux<Registered> awayFrom(String alias, Collection<String> names) {
    return Flux.from(register.find(and(in("origin", names), ne("customer", alias))))
        .map(MongoWaitlistStore::registered);
  }

  /** An entry is this customer's. */
  public Mono<Void> assign(String id, String customer) {
    return Mono.from(register.updateOne(eq("_id", id), set("customer", customer))).then();
  }

  /**
   * Puts an entry at the end of its line. True when it is in the line now; false when the customer
   * is in it already, or the line is full.
   */
  public Mono<Boolean> enqueue(Waitlist at, Entry entry, int lengthMax, Instant now) {
    var key = key(at);
    var room =
        and(
            eq("_id", key),
            ne("line.customer", entry.customer()),
            ne("line.id", entry.id()),
            ne("ended.id", entry.id()),
            expr(new Document("$lt", List.of(new Document("$size", "$line"), lengthMax))));
    return Mono.from(
            lists.updateOne(
                eq("_id", key),
                combine(
                    setOnInsert("sku", at.sku()),
                    setOnInsert("store", at.store()),
                    setOnInsert("version", 0L),
                    setOnInsert("line", List.of()),
                    setOnInsert("ended", List.of())),
                new UpdateOptions().upsert(true)))
        .onErrorResume(Mongo::isDuplicate, raced -> Mono.empty())
        .then(
            Mono.defer(
                () ->
                    Mono.from(
                        lists.updateOne(
                            room,
                            combine(
                                push("line", WaitlistDocuments.entry(entry)),
                                inc("version", 1L),
                                set("due", Date.from(now.plus(Waitlist.ABANDONED))))))))
        .map(result -> result.getModifiedCount() == 1);
  }

  /** A line; empty when there never was one. */
  public Mono<Waitlist> find(String key) {
    return Mono.from(lists.find(eq("_id", key)).first()).map(WaitlistDocuments::read);
  }

  /** The lines of these keys that there are. */
  public Flux<Waitlist> find(Collection<String> keys) {
    return keys.isEmpty()
        ? Flux.empty()
        : Flux.from(lists.find(in("_id", keys))).map(WaitlistDocuments::read);
  }

  /** A store's lines from a key on, in the order of their keys; the empty ones too. */
  public Flux<Waitlist> at(String store, String fromKey, int limit) {
    return Flux.from(
            lists
                .find(and(eq("store", store), gte("_id", fromKey)))
                .sort(ascending("_id"))
                .limit(limit))
        .map(WaitlistDocuments::read);
  }

  /**
   * Writes the next line over the one seen, with its events; should whoever does so not come to
   * look who can be served, somebody else will. The document after it; an error {@link
   * StaleVersionException} when another change came first.
   */
  public Mono<Document> replace(Waitlist seen, Waitlist next, List<Event> events, Instant now) {
    var updates = new ArrayList<Bson>();
    updates.add(set("version", next.version()));
    updates.add(set("line", WaitlistDocuments.entries(next.line())));
    updates.add(set("ended", WaitlistDocuments.entries(next.ended())));
    updates.add(due(next.due(now, Waitlist.ABANDONED)));
    if (!events.isEmpty()) {
      updates.add(Outbox.record(events, now));
    }
    return Mono.from(
            lists.findOneAndUpdate(
                and(eq("_id", key(seen)), eq("version", seen.version())),
                combine(updates),
                new FindOneAndUpdateOptions().returnDocument(ReturnDocument.AFTER)))
        .switchIfEmpty(
            Mono.error(() -> new StaleVersionException("waitlists/" + key(seen), seen.version())));
  }

  private static Bson due(@Nullable Instant at) {
    return at == null ? unset("due") : set("due", Date.from(at));
  }

  /** The line is to be looked at then, unless it changed since. */
  public Mono<Void> lookAgain(Waitlist seen, @Nullable Instant at) {
    return Mono.from(
            lists.updateOne(and(eq("_id", key(seen)), eq("version", seen.version())), due(at)))
        .then();
  }

  /** The keys of lines that are to be looked at, the longest due first. */
  public Flux<String> due(Instant now, int limit) {
    return Flux.from(
            lists
                .find(lte("due", Date.from(now)))
                .sort(ascending("due"))
                .projection(include("_id"))
                .limit(limit))
        .map(document -> document.getString("_id"));
  }

  /** Those of the keys in whose lines anybody stands. */
  public Flux<String> inUse(Collection<String> keys) {
    return keys.isEmpty()
        ? Flux.empty()
        : Flux.from(lists.find(and(in("_id", keys), exists("line.0"))).projection(include("_id")))
            .map(document -> document.getString("_id"));
  }

  /**
   * Up to where inventory's news was dealt with.
   *
   * @param position 0 for none yet
   * @param event the id of the event there; empty when it is not known
   */
  public record Heard(long position, String event) {
    /** Nothing yet. */
    public static final Heard NOTHING = new Heard(0, "");
  }

  /** Up to where inventory's news was dealt with. One value. */
  public Mono<Heard> heard() {
    return Mono.from(positions.find(eq("_id", POSITION)).first())
        .map(
            document ->
                new Heard(Docs.number(document, "position"), Docs.string(document, "event")))
        .defaultIfEmpty(Heard.NOTHING);
  }

  /** Inventory's news was dealt with up to there. */
  public Mono<Void> keep(Heard heard) {
    return Mono.from(
            positions.updateOne(
                eq("_id", POSITION),
                combine(set("position", heard.position), set("event", heard.event)),
                new UpdateOptions().upsert(true)))
        .then()
        .onErrorResume(Mongo::isDuplicate, raced -> Mono.empty());
  }
}
