package dev.filo.identity.store;

import static com.mongodb.client.model.Filters.and;
import static com.mongodb.client.model.Filters.eq;
import static com.mongodb.client.model.Filters.exists;
import static com.mongodb.client.model.Filters.in;
import static com.mongodb.client.model.Filters.lt;
import static com.mongodb.client.model.Filters.ne;
import static com.mongodb.client.model.Projections.exclude;
import static com.mongodb.client.model.Updates.combine;
import static com.mongodb.client.model.Updates.inc;
import static com.mongodb.client.model.Updates.set;
import static com.mongodb.client.model.Updates.unset;

import com.google.protobuf.Message;
import com.google.protobuf.Parser;
import com.mongodb.client.model.FindOneAndUpdateOptions;
import com.mongodb.client.model.IndexOptions;
import com.mongodb.client.model.Indexes;
import com.mongodb.client.model.ReturnDocument;
import com.mongodb.reactivestreams.client.MongoCollection;
import com.mongodb.reactivestreams.client.MongoDatabase;
import dev.filo.identity.domain.AuditAct;
import dev.filo.identity.domain.Consent;
import dev.filo.identity.domain.Customer;
import dev.filo.identity.domain.Evidence;
import dev.filo.identity.domain.IdentifierKey;
import dev.filo.identity.domain.Link;
import dev.filo.identity.domain.Merge;
import dev.filo.identity.domain.Place;
import dev.filo.identity.domain.Verdict;
import dev.filo.identity.service.ActStore;
import dev.filo.identity.service.CustomerStore;
import dev.filo.platform.feed.Outbox;
import dev.filo.platform.feed.Relay;
import dev.filo.platform.mongo.Docs;
import dev.filo.platform.mongo.GroupedReads;
import dev.filo.platform.mongo.Mongo;
import dev.filo.platform.mongo.Requests;
import dev.filo.proto.feed.v1.Actor;
import dev.filo.proto.feed.v1.Event;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Date;
import java.util.List;
import org.bson.Document;
import org.bson.conversions.Bson;
import org.jspecify.annotations.Nullable;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/**
 * Customers in MongoDB: {@code customers}, one document each with all facts about her, her journal
 * and her outbox; {@code claims}, whose {@code _id} is what an identifier is compared by, so that
 * one customer was first to have it.
 */
public final class MongoCustomerStore implements CustomerStore {
  private static final String SOURCE = "filo/identity";
  private static final Bson LIVING = ne("erased", true);
  private static final FindOneAndUpdateOptions AFTER =
      new FindOneAndUpdateOptions().returnDocument(ReturnDocument.AFTER);

  private final MongoCollection<Document> customers;
  private final GroupedReads reads;
  private final MongoCollection<Document> claims;
  private final PendingActs acts;
  private final Relay relay;

  /** Customers in a database; their events go through the relay. */
  public MongoCustomerStore(MongoDatabase database, Relay relay) {
    this.customers = database.getCollection("customers");
    this.reads = new GroupedReads(customers);
    this.claims = database.getCollection("claims");
    this.acts = new PendingActs(customers, act -> Customer.id(act.subject()));
    this.relay = relay;
  }

  /** Makes the indexes and has the outboxes looked after. */
  public void prepare() {
    relay.watch(customers);
    acts.prepare();
    Mongo.index(customers, Indexes.ascending("unsettledSince"), new IndexOptions().sparse(true));
    Mongo.index(customers, Indexes.ascending("mergedInto"), new IndexOptions().sparse(true));
    Mongo.index(customers, Indexes.ascending("identifiers.claim"));
  }

  @Override
  public Mono<Customer> find(String id) {
    return reads
        .find(id)
        .filter(document -> !document.getBoolean("erased", false))
        .map(MongoCustomerStore::customer);
  }

  @Override
  public Mono<Customer> add(Customer customer, List<Message> told, Actor actor) {
    var document =
        new Document("_id", customer.id())
            .append("guest", customer.guest())
            .append("createTime", Date.from(customer.createTime()))
            .append("version", customer.version());
    Outbox.with(
        document, events(customer.id(), told, actor, customer.createTime()), customer.createTime());
    return Mono.from(customers.insertOne(document))
        .doOnNext(done -> relay.offer(customers, document))
        .thenReturn(customer)
        .onErrorResume(Mongo::isDuplicate, e -> find(customer.id()));
  }

  @Override
  public Flux<Customer> findAll(Collection<String> ids) {
    return ids.isEmpty() ? Flux.empty() : read(in("_id", ids));
  }

  @Override
  public Flux<Customer> having(Collection<String> identifiers) {
    return identifiers.isEmpty() ? Flux.empty() : read(in("identifiers.claim", identifiers));
  }

  @Override
  public Flux<Customer> mergedInto(Collection<String> ids) {
    return ids.isEmpty() ? Flux.empty() : read(in("mergedInto", ids));
  }

  private Flux<Customer> read(Bson filter) {
    return Flux.from(
            customers.find(and(filter, LIVING)).projection(exclude("requests", Outbox.FIELD)))
        .map(MongoCustomerStore::customer);
  }

  @Override
  public Mono<String> owner(String identifier) {
    return Mono.from(claims.find(eq("_id", identifier)).first())
        .map(claim -> claim.getString("customer"));
  }

  @Override
  public Mono<String> claim(String identifier, String customer, Instant now) {
    return Mono.from(
            claims.insertOne(
                new Document("_id", identifier)
                    .append("customer", customer)
                    .append("createTime", Date.from(now))))
        .thenReturn(customer)
        .onErrorResume(Mongo::isDuplicate, e -> owner(identifier));
  }

  @Override
  public Mono<Void> passOn(String identifier, String from, String to) {
    return Mono.from(
            claims.updateOne(and(eq("_id", identifier), eq("customer", from)), set("customer", to)))
        .then();
  }

  @Override
  public Mono<Customer> tell(String id, List<Message> told, Actor actor, Instant now) {
    return write(and(eq("_id", id), LIVING), Outbox.record(events(id, told, actor, now), now));
  }

  @Override
  public Mono<Void> tellErased(String id, Message told, Actor actor, Instant now) {
    return Mono.from(
            customers.findOneAndUpdate(
                and(eq("_id", id), eq("erased", true), ne("told", true)),
                combine(
                    set("told", true), Outbox.record(events(id, List.of(told), actor, now), now)),
                AFTER))
        .doOnNext(written -> relay.offer(customers, written))
        .then();
  }

  @Override
  public Mono<Boolean> isErased(String id) {
    return Mono.from(customers.find(and(eq("_id", id), eq("erased", true))).first()).hasElement();
  }

  @Override
  public Mono<Customer> update(
      Customer seen,
      Customer.Profile profile,
      Remembered remembered,
      @Nullable AuditAct act,
      Instant now) {
    var next = seen.telling(profile);
    var place = profile.place();
    var changes = new ArrayList<Bson>();
    changes.add(
        combine(
            set("givenName", profile.givenName()),
            set("familyName", profile.familyName()),
            set("language", profile.language()),
            place == null
                ? unset("place")
                : set(
                    "place",
                    new Document("title", place.title())
                        .append("latitude", place.latitude())
                        .append("longitude", place.longitude())
                        .append("store", place.store())),
            inc("version", 1L)));
    var id = remembered.requestId();
    if (!id.isEmpty()) {
      changes.add(
          Requests.remember(id, remembered.request(), remembered.answer().apply(next), now));
    }
    if (act != null) {
      changes.add(PendingActs.record(act));
    }
    return write(
        and(eq("_id", seen.id()), eq("version", seen.version()), Requests.notSeen(id)),
        combine(changes));
  }

  @Override
  public <T extends Message> Mono<T> remembered(
      String id, String requestId, Message request, Parser<T> parser) {
    return Requests.remembered(customers, id, requestId, request, parser);
  }

  @Override
  public Mono<Customer> replace(
      Customer seen,
      Customer next,
      List<Told> told,
      Actor actor,
      @Nullable Remembered remembered,
      @Nullable AuditAct act,
      Instant now) {
    var changes = new ArrayList<Bson>();
    changes.add(set("guest", next.guest()));
    changes.add(set("identifiers", next.links().stream().map(MongoCustomerStore::link).toList()));
    changes.add(
        set("verdicts", next.verdicts().stream().map(MongoCustomerStore::verdict).toList()));
    changes.add(next.isAlias() ? set("mergedInto", next.mergedInto()) : unset("mergedInto"));
    changes.add(set("merges", next.merges().stream().map(MongoCustomerStore::merge).toList()));
    changes.add(
        set("consents", next.consents().stream().map(MongoCustomerStore::consent).toList()));
    var since = next.unsettledSince();
    changes.add(since == null ? unset("unsettledSince") : set("unsettledSince", Date.from(since)));
    changes.add(set("version", next.version()));
    if (!told.isEmpty()) {
      changes.add(
          Outbox.record(
              told.stream()
                  .map(
                      one ->
                          Outbox.event(
                              SOURCE, Customer.name(one.customer()), now, actor, one.message()))
                  .toList(),
              now));
    }
    var id = remembered == null ? "" : remembered.requestId();
    if (remembered != null && !id.isEmpty()) {
      changes.add(
          Requests.remember(id, remembered.request(), remembered.answer().apply(next), now));
    }
    if (act != null) {
      changes.add(PendingActs.record(act));
    }
    return write(
        and(eq("_id", seen.id()), eq("version", seen.version()), Requests.notSeen(id)),
        combine(changes));
  }

  @Override
  public ActStore acts() {
    return acts;
  }

  @Override
  public Mono<Void> settled(Customer seen) {
    return Mono.from(
            customers.updateOne(
                and(eq("_id", seen.id()), eq("version", seen.version())), unset("unsettledSince")))
        .then();
  }

  @Override
  public Flux<Customer> unsettled(Instant before) {
    return read(and(exists("unsettledSince"), lt("unsettledSince", Date.from(before))));
  }

  private Mono<Customer> write(Bson filter, Bson update) {
    return Mono.defer(() -> Mono.from(customers.findOneAndUpdate(filter, update, AFTER)))
        .doOnNext(written -> relay.offer(customers, written))
        .map(MongoCustomerStore::customer);
  }

  private static List<Event> events(String id, List<Message> told, Actor actor, Instant now) {
    return told.stream()
        .map(message -> Outbox.event(SOURCE, Customer.name(id), now, actor, message))
        .toList();
  }

  private static Customer customer(Document document) {
    return new Customer(
        document.getString("_id"),
        document.getBoolean("guest", true),
        new Customer.Profile(
            Docs.string(document, "givenName"),
            Docs.string(document, "familyName"),
            Docs.string(document, "language"),
            place(document.get("place", Document.class))),
        Docs.list(document, "identifiers").stream().map(MongoCustomerStore::link).toList(),
        Docs.list(document, "verdicts").stream()
            .map(
                verdict ->
                    new Verdict(
                        verdict.getString("other"),
                        verdict.getBoolean("together", false),
                        time(verdict, "time"),
                        Docs.string(verdict, "by")))
            .toList(),
        Docs.string(document, "mergedInto"),
        Docs.list(document, "merges").stream()
            .map(
                merge ->
                    new Merge(
                        merge.getString("into"),
                        Docs.string(merge, "cause"),
                        time(merge, "time"),
                        Docs.string(merge, "by"),
                        Docs.instant(merge, "endTime"),
                        Docs.string(merge, "endedBy")))
            .toList(),
        Docs.list(document, "consents").stream()
            .map(
                consent ->
                    new Consent(
                        Consent.Purpose.valueOf(consent.getString("purpose")),
                        Consent.Channel.valueOf(consent.getString("channel")),
                        consent.getBoolean("granted", false),
                        time(consent, "time"),
                        Docs.string(consent, "proof"),
                        Docs.string(consent, "by"),
                        Docs.string(consent, "channelOfAnswer")))
            .toList(),
        document.getDate("createTime").toInstant(),
        Docs.number(document, "version"),
        Docs.instant(document, "unsettledSince"));
  }

  /** One written before there were links knows only when it was last verified, by code. */
  private static Link link(Document document) {
    var last = time(document, "verifyTime");
    var first = Docs.instant(document, "firstTime");
    return new Link(
        IdentifierKey.ofKey(key(document)),
        document.containsKey("evidence")
            ? Evidence.valueOf(document.getString("evidence"))
            : Evidence.CODE,
        first == null ? last : first,
        last,
        Docs.string(document, "by"),
        Docs.string(document, "channel"),
        Docs.instant(document, "withdrawTime"));
  }

  static String key(Document link) {
    return link.getString(link.containsKey("key") ? "key" : "claim");
  }

  private static Document link(Link link) {
    var document =
        new Document("claim", link.identifier().joins())
            .append("key", link.identifier().key())
            .append("evidence", link.evidence().name())
            .append("firstTime", Date.from(link.firstTime()))
            .append("verifyTime", Date.from(link.lastTime()))
            .append("by", link.by())
            .append("channel", link.channel());
    var withdrawn = link.withdrawTime();
    return withdrawn == null ? document : document.append("withdrawTime", Date.from(withdrawn));
  }

  private static Document verdict(Verdict verdict) {
    return new Document("other", verdict.other())
        .append("together", verdict.together())
        .append("time", Date.from(verdict.time()))
        .append("by", verdict.by());
  }

  private static Document merge(Merge merge) {
    var document =
        new Document("into", merge.into())
            .append("cause", merge.cause())
            .append("time", Date.from(merge.time()))
            .append("by", merge.by());
    var end = merge.endTime();
    return end == null
        ? document
        : document.append("endTime", Date.from(end)).append("endedBy", merge.endedBy());
  }

  private static Document consent(Consent consent) {
    return new Document("purpose", consent.purpose().name())
        .append("channel", consent.channel().name())
        .append("granted", consent.granted())
        .append("time", Date.from(consent.time()))
        .append("proof", consent.proof())
        .append("by", consent.by())
        .append("channelOfAnswer", consent.channelOfAnswer());
  }

  private static Instant time(Document document, String key) {
    return document.getDate(key).toInstant();
  }

  private static @Nullable Place place(@Nullable Document place) {
    return place == null
        ? null
        : new Place(
            Docs.string(place, "title"),
            place.getDouble("latitude"),
            place.getDouble("longitude"),
            Docs.string(place, "store"));
  }
}
