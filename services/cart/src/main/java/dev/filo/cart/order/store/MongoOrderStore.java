package dev.filo.cart.order.store;

import static com.mongodb.client.model.Filters.and;
import static com.mongodb.client.model.Filters.eq;
import static com.mongodb.client.model.Filters.gte;
import static com.mongodb.client.model.Filters.in;
import static com.mongodb.client.model.Filters.lt;
import static com.mongodb.client.model.Filters.lte;
import static com.mongodb.client.model.Filters.ne;
import static com.mongodb.client.model.Filters.or;
import static com.mongodb.client.model.Projections.exclude;
import static com.mongodb.client.model.Projections.include;
import static com.mongodb.client.model.Sorts.ascending;
import static com.mongodb.client.model.Sorts.descending;
import static com.mongodb.client.model.Sorts.orderBy;
import static com.mongodb.client.model.Updates.combine;
import static com.mongodb.client.model.Updates.inc;
import static com.mongodb.client.model.Updates.set;
import static com.mongodb.client.model.Updates.unset;

import com.mongodb.client.model.FindOneAndUpdateOptions;
import com.mongodb.client.model.IndexOptions;
import com.mongodb.client.model.Indexes;
import com.mongodb.client.model.ReturnDocument;
import com.mongodb.reactivestreams.client.MongoCollection;
import com.mongodb.reactivestreams.client.MongoDatabase;
import dev.filo.cart.order.domain.Fact;
import dev.filo.cart.order.domain.Order;
import dev.filo.cart.order.domain.Parcel;
import dev.filo.cart.order.domain.Payment;
import dev.filo.cart.order.service.Notice;
import dev.filo.cart.order.service.OrderStore;
import dev.filo.platform.auth.Caller;
import dev.filo.platform.feed.Outbox;
import dev.filo.platform.feed.Relay;
import dev.filo.platform.mongo.Docs;
import dev.filo.platform.mongo.Mongo;
import dev.filo.platform.mongo.StaleVersionException;
import dev.filo.proto.feed.v1.Event;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Date;
import java.util.List;
import java.util.Set;
import org.bson.Document;
import org.bson.conversions.Bson;
import org.bson.types.Binary;
import org.jspecify.annotations.Nullable;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/**
 * Orders in MongoDB: one document each, changed only at the version that was read, with what
 * happened in the same write. Providers' words lie beside them, one document each, {@code _id} the
 * account and the provider's name for it: so what comes twice is there once.
 */
public final class MongoOrderStore implements OrderStore {
  static final String DUE = "due";
  private static final String PARCEL_STATE = "parcels.state";
  private static final String OPEN_SINCE = "openSince";

  private final MongoCollection<Document> orders;
  private final MongoCollection<Document> notices;
  private final Relay relay;
  private final EventMaker events;
  private final InstantSource clock;

  /** Orders in a database, whose events {@code relay} takes to the feed. */
  public MongoOrderStore(
      MongoDatabase database, Relay relay, EventMaker events, InstantSource clock) {
    this.orders = database.getCollection("orders");
    this.notices = database.getCollection("paymentEvents");
    this.relay = relay;
    this.events = events;
    this.clock = clock;
  }

  /** Makes the indexes; to be called when the service starts. */
  public void prepare() {
    relay.watch(orders);
    Mongo.index(
        orders,
        Indexes.compoundIndex(
            Indexes.ascending(OrderDocuments.CUSTOMER),
            Indexes.descending(OrderDocuments.CREATED)));
    Mongo.index(orders, Indexes.ascending(OrderDocuments.ORIGINAL));
    Mongo.index(orders, Indexes.ascending(OrderDocuments.RESERVATIONS));
    var sparse = new IndexOptions().sparse(true);
    Mongo.index(orders, Indexes.ascending(DUE), sparse);
    Mongo.index(notices, Indexes.ascending(OPEN_SINCE), sparse);
  }

  @Override
  public Mono<Order> find(String id) {
    return Mono.from(
            orders.find(eq("_id", id)).projection(exclude(Outbox.FIELD, Outbox.SINCE)).first())
        .map(OrderDocuments::order);
  }

  @Override
  public Mono<Boolean> insert(Order order, @Nullable Instant due) {
    var document = new Document("_id", order.id());
    OrderDocuments.fields(order)
        .forEach(
            (field, value) -> {
              if (value != null) {
                document.append(field, value);
              }
            });
    if (due != null) {
      document.append(DUE, Date.from(due));
    }
    return Mono.from(orders.insertOne(document))
        .map(done -> true)
        .onErrorResume(Mongo::isDuplicate, error -> Mono.just(false));
  }

  @Override
  public Mono<Order> write(
      Order seen, Order next, List<Fact> facts, Caller by, @Nullable Instant due) {
    var now = next.updateTime();
    List<Event> happened = facts.stream().map(fact -> events.event(fact, next, by, now)).toList();
    var updates = new ArrayList<Bson>();
    OrderDocuments.fields(next)
        .forEach((field, value) -> updates.add(value == null ? unset(field) : set(field, value)));
    updates.add(due == null ? unset(DUE) : set(DUE, Date.from(due)));
    if (!happened.isEmpty()) {
      updates.add(Outbox.record(happened, now));
    }
    return Mono.from(
            orders.findOneAndUpdate(
                and(eq("_id", seen.id()), eq(OrderDocuments.VERSION, seen.version())),
                combine(updates),
                new FindOneAndUpdateOptions()
                    .projection(include(Outbox.FIELD))
                    .returnDocument(ReturnDocument.AFTER)))
        .switchIfEmpty(Mono.error(() -> new StaleVersionException("an order", seen.version())))
        .doOnNext(document -> relay.offer(orders, document))
        .thenReturn(next);
  }

  @Override
  public Flux<Order> list(String customer, String before, int limit) {
    var hers = and(eq(OrderDocuments.CUSTOMER, customer), eq(OrderDocuments.LISTED, true));
    return Flux.from(
            orders
                .find(before.isEmpty() ? hers : and(hers, after(before)))
                .projection(exclude(Outbox.FIELD, Outbox.SINCE))
                .sort(orderBy(descending(OrderDocuments.CREATED), ascending("_id")))
                .limit(limit))
        .map(OrderDocuments::order);
  }

  private static Bson after(String place) {
    int dash = place.indexOf('-');
    var time = Date.from(Instant.ofEpochMilli(Long.parseLong(place.substring(0, dash))));
    var id = place.substring(dash + 1);
    return or(
        lt(OrderDocuments.CREATED, time),
        and(eq(OrderDocuments.CREATED, time), com.mongodb.client.model.Filters.gt("_id", id)));
  }

  @Override
  public String place(Order order) {
    return order.createTime().toEpochMilli() + "-" + order.id();
  }

  @Override
  public Mono<Long> unpaid(String customer) {
    return Mono.from(
        orders.countDocuments(
            and(
                eq(OrderDocuments.CUSTOMER, customer),
                in(
                    OrderDocuments.STATE,
                    List.of(Order.State.PLACING.name(), Order.State.PLACED.name())),
                eq(OrderDocuments.METHOD, Payment.Method.PAY_IN_STORE.name()))));
  }

  @Override
  public Flux<Order> due(Instant now, int limit) {
    return Flux.from(
            orders
                .find(lte(DUE, Date.from(now)))
                .projection(exclude(Outbox.FIELD, Outbox.SINCE))
                .sort(ascending(DUE))
                .limit(limit))
        .map(OrderDocuments::order);
  }

  @Override
  public Flux<Order> keeping() {
    return all(
        and(
            in(
                OrderDocuments.STATE,
                Order.State.AWAITING_PAYMENT.name(),
                Order.State.PLACED.name()),
            eq(PARCEL_STATE, Parcel.State.SECURED.name())));
  }

  @Override
  public Flux<Order> handedOverSince(Instant since) {
    return all(
        and(
            eq(PARCEL_STATE, Parcel.State.HANDED_OVER.name()),
            gte(OrderDocuments.UPDATED, Date.from(since))));
  }

  /** Seldom asked, and answered by reading all there are. */
  private Flux<Order> all(Bson which) {
    return Flux.from(orders.find(which).projection(exclude(Outbox.FIELD, Outbox.SINCE)))
        .map(OrderDocuments::order);
  }

  @Override
  public Mono<Boolean> putOff(Order seen, Instant until) {
    return Mono.from(
            orders.updateOne(
                and(
                    eq("_id", seen.id()),
                    eq(OrderDocuments.VERSION, seen.version()),
                    lt(DUE, Date.from(until))),
                set(DUE, Date.from(until))))
        .map(done -> done.getMatchedCount() == 1);
  }

  @Override
  public Mono<Order> withReservation(String reservation) {
    return Mono.from(
            orders
                .find(eq(OrderDocuments.RESERVATIONS, reservation))
                .projection(exclude(Outbox.FIELD, Outbox.SINCE))
                .first())
        .map(OrderDocuments::order);
  }

  @Override
  public Mono<Void> merged(String customer, String alias) {
    return Mono.from(orders.updateMany(eq(OrderDocuments.CUSTOMER, alias), movedTo(customer)))
        .then();
  }

  @Override
  public Mono<Void> unmerged(String alias, Set<String> names) {
    return Mono.from(
            orders.updateMany(
                and(in(OrderDocuments.ORIGINAL, names), ne(OrderDocuments.CUSTOMER, alias)),
                movedTo(alias)))
        .then();
  }

  private Bson movedTo(String customer) {
    return combine(
        set(OrderDocuments.CUSTOMER, customer),
        set(OrderDocuments.UPDATED, Date.from(clock.instant())),
        inc(OrderDocuments.VERSION, 1L));
  }

  // ---- providers' words

  @Override
  public Mono<Boolean> keep(Notice notice, byte[] body, Instant now) {
    return Mono.from(
            notices.insertOne(
                new Document("_id", id(notice))
                    .append("account", notice.account())
                    .append("event", notice.id())
                    .append("kind", notice.kind().name())
                    .append("order", notice.order())
                    .append("session", notice.session())
                    .append("charge", notice.charge())
                    .append("cents", notice.cents())
                    .append("currency", notice.currency())
                    .append("body", new Binary(body))
                    .append("time", Date.from(now))
                    .append(OPEN_SINCE, Date.from(now))))
        .map(done -> true)
        .onErrorResume(Mongo::isDuplicate, error -> Mono.just(false));
  }

  private static String id(Notice notice) {
    return notice.account() + "/" + notice.id();
  }

  @Override
  public Flux<Notice> kept(Instant before, int limit) {
    return Flux.from(
            notices
                .find(lt(OPEN_SINCE, Date.from(before)))
                .sort(ascending(OPEN_SINCE))
                .limit(limit))
        .map(
            document ->
                new Notice(
                    document.getString("account"),
                    document.getString("event"),
                    Notice.Kind.valueOf(document.getString("kind")),
                    Docs.string(document, "order"),
                    Docs.string(document, "session"),
                    Docs.string(document, "charge"),
                    Docs.number(document, "cents"),
                    Docs.string(document, "currency")));
  }

  @Override
  public Mono<Void> dealtWith(Notice notice) {
    return Mono.from(notices.updateOne(eq("_id", id(notice)), unset(OPEN_SINCE))).then();
  }

  /** Makes the event that tells followers of a fact. */
  @FunctionalInterface
  public interface EventMaker {
    /** The event. */
    Event event(Fact fact, Order order, Caller by, Instant now);
  }
}
