package dev.filo.identity.store;

import static com.mongodb.client.model.Filters.and;
import static com.mongodb.client.model.Filters.eq;
import static com.mongodb.client.model.Filters.exists;
import static com.mongodb.client.model.Filters.lt;
import static com.mongodb.client.model.Filters.ne;
import static com.mongodb.client.model.Updates.combine;
import static com.mongodb.client.model.Updates.inc;
import static com.mongodb.client.model.Updates.pushEach;
import static com.mongodb.client.model.Updates.set;
import static com.mongodb.client.model.Updates.setOnInsert;
import static com.mongodb.client.model.Updates.unset;

import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.Message;
import com.google.protobuf.Parser;
import com.mongodb.client.model.FindOneAndUpdateOptions;
import com.mongodb.client.model.IndexOptions;
import com.mongodb.client.model.Indexes;
import com.mongodb.client.model.PushOptions;
import com.mongodb.client.model.ReturnDocument;
import com.mongodb.client.model.UpdateOptions;
import com.mongodb.reactivestreams.client.MongoCollection;
import com.mongodb.reactivestreams.client.MongoDatabase;
import dev.filo.identity.domain.ContactAddress;
import dev.filo.identity.domain.Customer;
import dev.filo.identity.domain.Identifier;
import dev.filo.identity.domain.Place;
import dev.filo.identity.service.CustomerStore;
import dev.filo.platform.feed.Outbox;
import dev.filo.platform.feed.Relay;
import dev.filo.platform.mongo.Docs;
import dev.filo.platform.mongo.Mongo;
import dev.filo.platform.mongo.Requests;
import dev.filo.proto.feed.v1.Actor;
import dev.filo.proto.feed.v1.Event;
import dev.filo.proto.identity.v1.CustomerMerged;
import java.time.Instant;
import java.util.Date;
import java.util.List;
import org.bson.Document;
import org.bson.conversions.Bson;
import org.bson.types.Binary;
import org.jspecify.annotations.Nullable;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/**
 * Customers in MongoDB: {@code customers}, one document each with its outbox; {@code claims}, whose
 * {@code _id} is an address, so that it belongs to one customer; {@code merges}, the journal.
 */
public final class MongoCustomerStore implements CustomerStore {
  private static final String SOURCE = "filo/identity";
  // A merge's event is told once as long as the alias is among the newest of the customer's.
  private static final int ALIASES_KEPT = 200;
  private static final FindOneAndUpdateOptions AFTER =
      new FindOneAndUpdateOptions().returnDocument(ReturnDocument.AFTER);

  private final MongoCollection<Document> customers;
  private final MongoCollection<Document> claims;
  private final MongoCollection<Document> merges;
  private final Relay relay;

  /** Customers in a database; their events go through the relay. */
  public MongoCustomerStore(MongoDatabase database, Relay relay) {
    this.customers = database.getCollection("customers");
    this.claims = database.getCollection("claims");
    this.merges = database.getCollection("merges");
    this.relay = relay;
  }

  /** Makes the indexes and has the outboxes looked after. */
  public void prepare() {
    relay.watch(customers);
    Mongo.index(customers, Indexes.ascending("mergePending"), new IndexOptions().sparse(true));
  }

  @Override
  public Mono<Customer> find(String id) {
    return Mono.from(customers.find(eq("_id", id)).first()).map(MongoCustomerStore::customer);
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
  public Mono<String> owner(ContactAddress address) {
    return Mono.from(claims.find(eq("_id", address.claim())).first())
        .map(claim -> claim.getString("customer"));
  }

  @Override
  public Mono<String> claim(ContactAddress address, String customer, Instant now) {
    return Mono.from(
            claims.insertOne(
                new Document("_id", address.claim())
                    .append("customer", customer)
                    .append("createTime", Date.from(now))))
        .thenReturn(customer)
        .onErrorResume(Mongo::isDuplicate, e -> owner(address));
  }

  @Override
  public Mono<Customer> verified(
      String id, ContactAddress address, List<Message> told, Actor actor, Instant now) {
    var common =
        List.of(
            set("guest", false),
            inc("version", 1L),
            Outbox.record(events(id, told, actor, now), now));
    // Known already: the moment moves. Else it is added. Two documents' worth of conditions, one
    // update each; only one of them can match.
    var again =
        write(
            and(eq("_id", id), alive(), eq("identifiers.claim", address.claim())),
            combine(combine(common), set("identifiers.$.verifyTime", Date.from(now))));
    var first =
        write(
            and(eq("_id", id), alive(), ne("identifiers.claim", address.claim())),
            combine(
                combine(common),
                pushEach(
                    "identifiers",
                    List.of(
                        new Document("claim", address.claim())
                            .append("verifyTime", Date.from(now))),
                    new PushOptions().slice(Customer.IDENTIFIERS_MAX))));
    return again.switchIfEmpty(first).switchIfEmpty(again);
  }

  @Override
  public Mono<Customer> tell(String id, List<Message> told, Actor actor, Instant now) {
    return write(eq("_id", id), Outbox.record(events(id, told, actor, now), now));
  }

  @Override
  public Mono<Customer> update(
      Customer seen, Customer.Profile profile, Remembered remembered, Instant now) {
    var next =
        new Customer(
            seen.id(),
            seen.guest(),
            profile,
            seen.identifiers(),
            seen.createTime(),
            seen.version() + 1,
            seen.mergedInto());
    var place = profile.place();
    var change =
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
                        .append("longitude", place.longitude())),
            inc("version", 1L));
    var id = remembered.requestId();
    return write(
        and(eq("_id", seen.id()), eq("version", seen.version()), Requests.notSeen(id)),
        id.isEmpty()
            ? change
            : combine(
                change,
                Requests.remember(id, remembered.request(), remembered.answer().apply(next), now)));
  }

  @Override
  public <T extends Message> Mono<T> remembered(
      String id, String requestId, Message request, Parser<T> parser) {
    if (requestId.isEmpty()) {
      return Mono.empty();
    }
    return Mono.from(customers.find(eq("_id", id)).first())
        .flatMap(
            document -> Mono.justOrEmpty(Requests.answer(document, requestId, request, parser)));
  }

  @Override
  public Mono<Customer> mergeInto(String guest, String customer, Actor actor, Instant now) {
    return write(
        and(eq("_id", guest), eq("guest", true), alive()),
        combine(
            set("mergedInto", customer),
            set("mergePending", Date.from(now)),
            set("mergeActor", new Binary(actor.toByteArray())),
            inc("version", 1L)));
  }

  @Override
  public Mono<Void> journal(String alias, String customer, Actor actor, Instant now) {
    return Mono.from(
            merges.updateOne(
                eq("_id", alias),
                combine(
                    setOnInsert("customer", customer),
                    setOnInsert("cause", "verified address"),
                    setOnInsert("principal", actor.getPrincipal()),
                    setOnInsert("channel", actor.getChannel()),
                    setOnInsert("time", Date.from(now))),
                new UpdateOptions().upsert(true)))
        .then();
  }

  @Override
  public Mono<Void> absorb(String customer, String alias, Actor actor, Instant now) {
    Message told =
        CustomerMerged.newBuilder()
            .setCustomer(Customer.name(customer))
            .setAlias(Customer.name(alias))
            .build();
    return write(
            and(eq("_id", customer), ne("aliases", alias)),
            combine(
                pushEach("aliases", List.of(alias), new PushOptions().slice(-ALIASES_KEPT)),
                Outbox.record(events(customer, List.of(told), actor, now), now)))
        .then();
  }

  @Override
  public Mono<Void> merged(String alias) {
    return Mono.from(
            customers.updateOne(
                eq("_id", alias), combine(unset("mergePending"), unset("mergeActor"))))
        .then();
  }

  @Override
  public Flux<PendingMerge> pendingMerges(Instant before) {
    return Flux.from(
            customers.find(and(exists("mergePending"), lt("mergePending", Date.from(before)))))
        .map(
            document -> {
              try {
                return new PendingMerge(
                    document.getString("_id"),
                    document.getString("mergedInto"),
                    Actor.parseFrom(Docs.bytes(document, "mergeActor")));
              } catch (InvalidProtocolBufferException e) {
                throw new IllegalStateException("who began a merge cannot be read", e);
              }
            });
  }

  private Mono<Customer> write(Bson filter, Bson update) {
    return Mono.defer(() -> Mono.from(customers.findOneAndUpdate(filter, update, AFTER)))
        .doOnNext(written -> relay.offer(customers, written))
        .map(MongoCustomerStore::customer);
  }

  private static Bson alive() {
    return exists("mergedInto", false);
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
        Docs.list(document, "identifiers").stream()
            .map(
                identifier ->
                    new Identifier(
                        ContactAddress.ofClaim(identifier.getString("claim")),
                        identifier.getDate("verifyTime").toInstant()))
            .toList(),
        document.getDate("createTime").toInstant(),
        Docs.number(document, "version"),
        Docs.string(document, "mergedInto"));
  }

  private static @Nullable Place place(@Nullable Document place) {
    return place == null
        ? null
        : new Place(
            Docs.string(place, "title"), place.getDouble("latitude"), place.getDouble("longitude"));
  }
}
