package dev.filo.reservation.store;

import static com.mongodb.client.model.Filters.and;
import static com.mongodb.client.model.Filters.eq;
import static com.mongodb.client.model.Filters.exists;
import static com.mongodb.client.model.Filters.gt;
import static com.mongodb.client.model.Filters.gte;
import static com.mongodb.client.model.Filters.in;
import static com.mongodb.client.model.Filters.lt;
import static com.mongodb.client.model.Filters.lte;
import static com.mongodb.client.model.Filters.ne;
import static com.mongodb.client.model.Filters.nor;
import static com.mongodb.client.model.Filters.or;
import static com.mongodb.client.model.Projections.include;
import static com.mongodb.client.model.Sorts.ascending;
import static com.mongodb.client.model.Sorts.descending;
import static com.mongodb.client.model.Sorts.orderBy;
import static com.mongodb.client.model.Updates.combine;
import static com.mongodb.client.model.Updates.inc;
import static com.mongodb.client.model.Updates.set;
import static com.mongodb.client.model.Updates.unset;

import com.google.protobuf.Message;
import com.mongodb.client.model.FindOneAndUpdateOptions;
import com.mongodb.client.model.IndexOptions;
import com.mongodb.client.model.Indexes;
import com.mongodb.client.model.ReturnDocument;
import com.mongodb.reactivestreams.client.MongoCollection;
import com.mongodb.reactivestreams.client.MongoDatabase;
import dev.filo.platform.feed.Outbox;
import dev.filo.platform.mongo.Mongo;
import dev.filo.platform.mongo.Requests;
import dev.filo.platform.mongo.StaleVersionException;
import dev.filo.proto.feed.v1.Actor;
import dev.filo.proto.feed.v1.Event;
import dev.filo.reservation.domain.Reservation;
import dev.filo.reservation.domain.Reservation.Step;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.Date;
import java.util.List;
import java.util.Objects;
import org.bson.Document;
import org.bson.conversions.Bson;
import org.bson.types.Binary;
import org.jspecify.annotations.Nullable;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/**
 * Reservations in MongoDB, one document each; every change is one conditional update by version
 * that also records its events and remembers its request.
 */
public final class MongoReservationStore {
  private static final List<String> OPEN = List.of("HELD", "PREPARED");

  private static final List<String> UNFINISHED =
      Arrays.stream(Step.values()).filter(step -> step != Step.NONE).map(Step::name).toList();

  private final MongoCollection<Document> reservations;

  /** The store in the service's database. */
  public MongoReservationStore(MongoDatabase database) {
    this.reservations = database.getCollection("reservations");
  }

  /** Makes the indexes. */
  public void prepare() {
    Mongo.index(reservations, Indexes.ascending("origin"), new IndexOptions().sparse(true));
    Mongo.index(
        reservations,
        Indexes.ascending("pickupCode"),
        new IndexOptions().unique(true).sparse(true));
    Mongo.index(
        reservations,
        Indexes.compoundIndex(Indexes.ascending("customer"), Indexes.descending("createTime")));
    Mongo.index(reservations, Indexes.ascending("customer", "updateTime"));
    Mongo.index(reservations, Indexes.ascending("store", "state", "expireTime"));
    Mongo.index(reservations, Indexes.ascending("state", "expireTime"));
    Mongo.index(reservations, Indexes.ascending("createdBy.principal", "state"));
    Mongo.index(reservations, Indexes.ascending("step", "stepTime"));
    Mongo.index(reservations, Indexes.ascending("escalateDue"), new IndexOptions().sparse(true));
    Mongo.index(reservations, Indexes.ascending("remindDue"), new IndexOptions().sparse(true));
    Mongo.index(reservations, Indexes.ascending("store", "putBackDue"));
  }

  /** The collection, for the relay. */
  public MongoCollection<Document> collection() {
    return reservations;
  }

  /** The document, once a majority has it as it is. */
  public Mono<Document> settled(Document read) {
    return Mongo.settled(reservations, Objects.requireNonNull(read.get("_id"))).thenReturn(read);
  }

  /**
   * Keeps a new reservation. The document as kept; a duplicate-key error when its id or its pickup
   * code is taken.
   *
   * @param made how it came about
   */
  public Mono<Document> insert(Reservation reservation, Made made, Instant now) {
    var document =
        new Document("_id", reservation.id())
            .append("version", reservation.version())
            .append("customer", reservation.customer())
            .append("store", reservation.store())
            .append("storeTitle", reservation.storeTitle())
            .append("customerDisplayName", made.customerDisplayName)
            .append("lines", ReservationDocuments.lines(reservation.lines()))
            .append("step", reservation.step().name())
            .append("stepTime", Date.from(now))
            .append("expireTime", Date.from(reservation.expireTime()))
            .append("hold", reservation.hold())
            .append("pickupCode", reservation.pickupCode())
            .append("createdBy", ReservationDocuments.actor(made.createdBy))
            .append("createTime", Date.from(now))
            .append("requestHash", new Binary(made.requestHash))
            .append("partial", made.partial)
            .append("identityCheck", made.identityCheck)
            .append("replaces", made.replaces);
    document.putAll(ReservationDocuments.stateFields(reservation.state(), now));
    ReservationDocuments.careFields(reservation)
        .forEach(
            (key, value) -> {
              if (value != null) {
                document.append(key, value);
              }
            });
    return Mono.from(reservations.insertOne(document)).thenReturn(document);
  }

  /**
   * Writes the next state over the one seen, with its events and the request it answers. The
   * document after it; an error {@link StaleVersionException} when another change came first.
   */
  public Mono<Document> replace(
      Reservation seen,
      Reservation next,
      List<Event> events,
      @Nullable Remembered request,
      Instant now) {
    var updates = new ArrayList<Bson>();
    ReservationDocuments.stateFields(next.state(), now)
        .forEach((key, value) -> updates.add(set(key, value)));
    updates.add(set("version", next.version()));
    updates.add(set("step", next.step().name()));
    updates.add(set("stepTime", Date.from(now)));
    updates.add(set("expireTime", Date.from(next.expireTime())));
    updates.add(set("lines", ReservationDocuments.lines(next.lines())));
    updates.add(set("hold", next.hold()));
    updates.add(setOrUnset("wantedEnd", ReservationDocuments.date(next.wantedEnd())));
    updates.add(setOrUnset("sale", ReservationDocuments.sale(next.sale())));
    updates.add(setOrUnset("offer", ReservationDocuments.offer(next.offer())));
    ReservationDocuments.careFields(next)
        .forEach((key, value) -> updates.add(setOrUnset(key, value)));
    ReservationDocuments.putBackFields(next.putBack())
        .forEach((key, value) -> updates.add(setOrUnset(key, value)));
    if (!events.isEmpty()) {
      updates.add(Outbox.record(events, now));
    }
    var refused = next.unsold(seen);
    if (refused.isPresent()) {
      updates.add(Requests.forget(refused.get()));
    } else if (request != null && !request.id.isEmpty()) {
      updates.add(Requests.remember(request.id, request.request, request.answer, now));
    }
    return Mono.from(
            reservations.findOneAndUpdate(
                and(eq("_id", seen.id()), eq("version", seen.version())),
                combine(updates),
                new FindOneAndUpdateOptions().returnDocument(ReturnDocument.AFTER)))
        .switchIfEmpty(
            Mono.error(
                () -> new StaleVersionException("reservations/" + seen.id(), seen.version())));
  }

  private static Bson setOrUnset(String key, @Nullable Object value) {
    return value == null ? unset(key) : set(key, value);
  }

  /** Forgets a reservation that was given up before it held anything. */
  public Mono<Void> deleteDropped(String id) {
    return Mono.from(
            reservations.deleteOne(
                and(eq("_id", id), eq("state", "PENDING"), eq("step", Step.RELEASE.name()))))
        .then();
  }

  /** One reservation; empty when there is none. */
  public Mono<Document> find(String id) {
    return Mono.from(reservations.find(eq("_id", id)).first());
  }

  /** The reservation of a pickup code; empty when there is none. */
  public Mono<Document> findByPickupCode(String code) {
    return Mono.from(reservations.find(eq("pickupCode", code)).first());
  }

  /**
   * Reservations that fit, newest first; those still pending are left out.
   *
   * @param attention which of them by who has looked
   */
  public Flux<Document> list(
      String customer,
      List<String> stores,
      List<String> states,
      Attention attention,
      int skip,
      int limit,
      Instant now) {
    var filters = new ArrayList<Bson>();
    filters.add(ne("state", "PENDING"));
    if (attention != Attention.ANY) {
      filters.add(eq("state", "HELD"));
      filters.add(exists("acknowledgeTime", false));
      filters.add(gt("expireTime", Date.from(now)));
    }
    if (attention == Attention.ESCALATED) {
      filters.add(exists("escalateTime"));
    }
    if (!customer.isEmpty()) {
      filters.add(eq("customer", customer));
    }
    if (!stores.isEmpty()) {
      filters.add(in("store", stores));
    }
    if (!states.isEmpty()) {
      filters.add(states(states, now));
    }
    return Flux.from(
        reservations
            .find(and(filters))
            .sort(orderBy(descending("createTime"), ascending("_id")))
            .skip(skip)
            .limit(limit));
  }

  /** What is kept lapses at its end, whether or not anybody has written so. */
  private static Bson states(List<String> states, Instant now) {
    var alternatives = new ArrayList<Bson>();
    for (String state : states) {
      if (OPEN.contains(state)) {
        alternatives.add(and(eq("state", state), gt("expireTime", Date.from(now))));
      } else {
        alternatives.add(eq("state", state));
      }
      if (state.equals("EXPIRED")) {
        alternatives.add(and(in("state", OPEN), lte("expireTime", Date.from(now))));
      }
    }
    return or(alternatives);
  }

  /**
   * What a store has to set aside and hand over: what has escalated and nobody has seen yet first,
   * then the one that ends first.
   */
  public Flux<Document> pickList(String store, Instant now, int limit) {
    var open = and(eq("store", store), in("state", OPEN), gt("expireTime", Date.from(now)));
    var waiting =
        and(eq("state", "HELD"), exists("escalateTime"), exists("acknowledgeTime", false));
    return Flux.concat(byEnd(and(open, waiting), limit), byEnd(and(open, nor(waiting)), limit))
        .distinct(document -> document.getString("_id")) // seen between the two looks
        .take(limit);
  }

  private Flux<Document> byEnd(Bson which, int limit) {
    return Flux.from(
        reservations
            .find(which)
            .sort(orderBy(ascending("expireTime"), ascending("_id")))
            .limit(limit));
  }

  /**
   * What stands on a store's shelf for nobody, the longest first: what was prepared has its place
   * here from its end on, whether or not anybody has written so.
   */
  public Flux<Document> putBackList(String store, Instant now, int limit) {
    return Flux.concat(
            Flux.from(
                reservations
                    .find(and(eq("store", store), gt("putBackDue", Date.from(Instant.EPOCH))))
                    .sort(orderBy(ascending("putBackDue"), ascending("_id")))
                    .limit(limit)),
            byEnd(
                and(
                    eq("store", store),
                    eq("state", "PREPARED"),
                    ne("step", Step.SELL.name()),
                    lte("expireTime", Date.from(now))),
                limit))
        .distinct(document -> document.getString("_id"))
        .take(limit);
  }

  /** What nobody at its store has seen although it is time. */
  public Flux<Document> unseen(Instant now, int limit) {
    return Flux.from(
        reservations
            .find(and(lte("escalateDue", Date.from(now)), eq("state", "HELD")))
            .sort(ascending("escalateDue"))
            .limit(limit));
  }

  /** What its owner is to be reminded of. */
  public Flux<Document> ending(Instant now, int limit) {
    return Flux.from(
        reservations
            .find(
                and(
                    lte("remindDue", Date.from(now)),
                    in("state", OPEN),
                    gt("expireTime", Date.from(now))))
            .sort(ascending("remindDue"))
            .limit(limit));
  }

  /** All that is kept now, of everybody. */
  public Flux<Document> kept(Instant now) {
    return Flux.from(reservations.find(and(in("state", OPEN), gt("expireTime", Date.from(now)))));
  }

  /** What was handed over at or after an instant, or has changed since. */
  public Flux<Document> collectedSince(Instant since) {
    return Flux.from(
        reservations.find(and(eq("state", "COLLECTED"), gte("updateTime", Date.from(since)))));
  }

  /** What is kept for a customer now. */
  public Flux<Document> open(String customer, Instant now) {
    return Flux.from(
        reservations
            .find(
                and(eq("customer", customer), in("state", OPEN), gt("expireTime", Date.from(now))))
            .sort(descending("createTime"))
            .limit(200));
  }

  /**
   * What counts against a customer's quota: what is kept or being placed because she asked for it
   * herself.
   */
  public Flux<Document> counted(String customer, Instant now) {
    return Flux.from(
        reservations.find(
            and(
                eq("customer", customer),
                in("createdBy.role", List.of("guest", "customer")),
                in("state", List.of("PENDING", "HELD", "PREPARED")),
                gt("expireTime", Date.from(now)))));
  }

  /**
   * The ids of what counts against an agent's limit: what is kept or being placed because of her.
   */
  public Flux<String> countedBy(String agent, Instant now) {
    return Flux.from(
            reservations
                .find(
                    and(
                        eq("createdBy.principal", agent),
                        in("state", List.of("PENDING", "HELD", "PREPARED")),
                        gt("expireTime", Date.from(now))))
                .projection(include("_id")))
        .map(kept -> kept.getString("_id"));
  }

  /** Forgets one that is pending and of which nothing is to be done any more. */
  public Mono<Void> deletePending(String id) {
    return Mono.from(
            reservations.deleteOne(
                and(eq("_id", id), eq("state", "PENDING"), eq("step", Step.NONE.name()))))
        .then();
  }

  /** A customer's reservations changed at or after an instant, oldest change first. */
  public Flux<Document> changedSince(String customer, Instant since) {
    return Flux.from(
        reservations
            .find(
                and(
                    eq("customer", customer),
                    ne("state", "PENDING"),
                    gte("updateTime", Date.from(since))))
            .sort(ascending("updateTime"))
            .limit(500));
  }

  /** What is kept beyond its end. */
  public Flux<Document> lapsed(Instant now, int limit) {
    return Flux.from(
        reservations
            .find(
                and(
                    in("state", OPEN),
                    lte("expireTime", Date.from(now)),
                    in("step", List.of(Step.NONE.name(), Step.EXTEND.name()))))
            .limit(limit));
  }

  /** Reservations whose step was begun before an instant and is not done. */
  public Flux<Document> unfinished(Instant before, int limit) {
    return Flux.from(
        reservations
            .find(and(in("step", UNFINISHED), lt("stepTime", Date.from(before))))
            .limit(limit));
  }

  /** Makes everything of {@code alias} the customer's; repeating changes nothing. */
  public Mono<Void> move(String customer, String alias, Instant now) {
    return Mono.from(
            reservations.updateMany(
                and(eq("customer", alias), exists("origin", false)), set("origin", alias)))
        .then(Mono.from(reservations.updateMany(eq("customer", alias), movedTo(customer, now))))
        .then();
  }

  private static Bson movedTo(String customer, Instant now) {
    return combine(
        set("customer", customer), set("updateTime", Date.from(now)), inc("version", 1L));
  }

  /** What was first made under one of these names and is somebody else's than {@code alias}'s. */
  public Flux<Document> awayFrom(String alias, Collection<String> names) {
    return Flux.from(reservations.find(and(in("origin", names), ne("customer", alias))));
  }

  /** Gives back to {@code alias} what was first made under one of these names. */
  public Mono<Void> giveBack(String alias, Collection<String> names, Instant now) {
    return Flux.fromIterable(names)
        .filter(name -> !name.equals(alias))
        .concatMap(name -> move(alias, name, now))
        .then(
            Mono.from(
                reservations.updateMany(
                    and(in("origin", names), ne("customer", alias)), movedTo(alias, now))))
        .then();
  }

  /**
   * How a reservation came about.
   *
   * @param customerDisplayName what is written on the shelf
   * @param requestHash what was asked, to know a repetition by
   * @param partial whether fewer pieces than asked for will do
   * @param identityCheck whether a document is to be seen at the hand-over
   * @param replaces the id of the refused one it was made instead of; empty for all others
   */
  @SuppressWarnings("ArrayRecordComponent") // written as it is, never compared
  public record Made(
      Actor createdBy,
      String customerDisplayName,
      byte[] requestHash,
      boolean partial,
      boolean identityCheck,
      String replaces) {}

  /** Which reservations by who at the store has looked. */
  public enum Attention {
    /** All. */
    ANY,
    /** Held, and nobody has seen it yet. */
    UNSEEN,
    /** Held, it has escalated, and nobody has seen it yet. */
    ESCALATED
  }

  /** A request to remember with the change that answers it. */
  public record Remembered(String id, Message request, Message answer) {}
}
