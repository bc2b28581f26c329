package dev.filo.cart.store;

import static com.mongodb.client.model.Filters.and;
import static com.mongodb.client.model.Filters.eq;
import static com.mongodb.client.model.Filters.exists;
import static com.mongodb.client.model.Filters.in;
import static com.mongodb.client.model.Filters.lt;
import static com.mongodb.client.model.Projections.exclude;
import static com.mongodb.client.model.Projections.include;
import static com.mongodb.client.model.Updates.combine;
import static com.mongodb.client.model.Updates.inc;
import static com.mongodb.client.model.Updates.set;
import static com.mongodb.client.model.Updates.unset;

import com.mongodb.client.model.FindOneAndUpdateOptions;
import com.mongodb.client.model.Indexes;
import com.mongodb.client.model.ReplaceOptions;
import com.mongodb.client.model.ReturnDocument;
import com.mongodb.reactivestreams.client.MongoCollection;
import com.mongodb.reactivestreams.client.MongoDatabase;
import dev.filo.cart.domain.Cart;
import dev.filo.cart.domain.CartFact;
import dev.filo.cart.service.CartStore;
import dev.filo.platform.auth.Caller;
import dev.filo.platform.code.Ids;
import dev.filo.platform.feed.Outbox;
import dev.filo.platform.feed.Relay;
import dev.filo.platform.mongo.GroupedReads;
import dev.filo.platform.mongo.GroupedUpdates;
import dev.filo.platform.mongo.Mongo;
import dev.filo.platform.mongo.StaleVersionException;
import dev.filo.proto.feed.v1.Event;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Date;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.bson.Document;
import org.bson.conversions.Bson;
import org.jspecify.annotations.Nullable;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/**
 * Carts in MongoDB: one document a customer, {@code _id} her name, changed only at the version that
 * was read. Operations beyond the newest are remembered in pages of a second collection, which are
 * named by their content and therefore never change.
 */
public final class MongoCartStore implements CartStore {
  /** Operations that the cart's own document remembers at most. */
  static final int OPERATIONS_MAX = 1_000;

  /** Operations in a page of the archive. */
  static final int PAGE = 500;

  private final MongoCollection<Document> carts;
  private final GroupedReads reads;
  private final GroupedUpdates updated;
  private final MongoCollection<Document> pages;
  private final Relay relay;
  private final EventMaker events;

  /** Carts in a database, whose events {@code relay} takes to the feed. */
  public MongoCartStore(MongoDatabase database, Relay relay, EventMaker events) {
    this.carts = database.getCollection("carts");
    this.reads = new GroupedReads(carts);
    this.updated = new GroupedUpdates(carts);
    this.pages = database.getCollection("operations");
    this.relay = relay;
    this.events = events;
  }

  /** Makes the indexes; to be called when the service starts. */
  public void prepare() {
    relay.watch(carts);
    Mongo.index(carts, Indexes.ascending(CartDocuments.IDLE_SINCE));
  }

  @Override
  public Mono<Cart> load(String customer) {
    // With its outbox, which is empty nearly always: a projection costs a server more.
    return reads.find(customer).map(CartDocuments::cart).defaultIfEmpty(Cart.empty(customer));
  }

  @Override
  public Mono<Void> settled(Cart seen) {
    return Mongo.settled(carts, seen.customer());
  }

  @Override
  public Mono<Map<String, Long>> archived(Cart cart, Set<String> operations) {
    var archives = cart.history().archives();
    if (archives.isEmpty() || cart.history().operations().keySet().containsAll(operations)) {
      return Mono.just(Map.of());
    }
    return Flux.from(pages.find(in("_id", archives)))
        .collect(
            HashMap::new,
            (found, page) ->
                CartDocuments.operations(
                        page.get(CartDocuments.OPERATIONS, org.bson.types.Binary.class).getData())
                    .forEach(
                        (key, content) -> {
                          if (operations.contains(key)) {
                            found.put(key, content);
                          }
                        }));
  }

  @Override
  public Mono<Cart> write(Cart seen, Cart next, List<CartFact> facts, Caller by, Instant now) {
    return archive(next).flatMap(kept -> put(seen, kept, facts, by, now));
  }

  /** Pages go first: a page that no cart names does no harm, a lost one would. */
  private Mono<Cart> archive(Cart cart) {
    var operations = cart.history().operations();
    if (operations.size() <= OPERATIONS_MAX) {
      return Mono.just(cart);
    }
    var oldest = new LinkedHashMap<String, Long>();
    for (var entry : operations.entrySet()) {
      oldest.put(entry.getKey(), entry.getValue());
      if (oldest.size() == PAGE) {
        break;
      }
    }
    var packed = CartDocuments.operations(oldest);
    var id =
        cart.customer() + "/" + Ids.derived(java.util.HexFormat.of().formatHex(packed.getData()));
    return Mono.from(
            pages.replaceOne(
                eq("_id", id),
                new Document("_id", id).append(CartDocuments.OPERATIONS, packed),
                new ReplaceOptions().upsert(true)))
        .then(Mono.defer(() -> archive(cart.withHistory(cart.history().archived(PAGE, id)))));
  }

  private Mono<Cart> put(Cart seen, Cart next, List<CartFact> facts, Caller by, Instant now) {
    List<Event> happened = facts.stream().map(fact -> events.event(fact, by, now)).toList();
    var fields = CartDocuments.differences(seen, next);
    return (seen.version() == 0
            ? insert(seen, fields, happened, now)
            : update(seen, fields, happened, now))
        .thenReturn(next);
  }

  private Mono<?> insert(
      Cart seen, Map<String, @Nullable Object> fields, List<Event> happened, Instant now) {
    var document = new Document("_id", seen.customer());
    fields.forEach(
        (field, value) -> {
          if (value != null) {
            document.append(field, value);
          }
        });
    Outbox.with(document, happened, now);
    return Mono.from(carts.insertOne(document))
        .doOnNext(inserted -> relay.offer(carts, document))
        .onErrorMap(Mongo::isDuplicate, error -> stale(seen));
  }

  /*
   * Where nothing waits in the outbox, what this write puts there is all there is, and the document
   * need not come back: a server keeps the image of each document that comes back from a write. Else
   * it comes back with its outbox, so that what waits goes before what is new.
   */
  private Mono<?> update(
      Cart seen, Map<String, @Nullable Object> fields, List<Event> happened, Instant now) {
    var updates = new ArrayList<Bson>();
    fields.forEach((field, value) -> updates.add(value == null ? unset(field) : set(field, value)));
    if (!happened.isEmpty()) {
      updates.add(Outbox.record(happened, now));
    }
    var unchanged = eq(CartDocuments.VERSION, seen.version());
    Mono<?> withOutbox =
        Mono.from(
                carts.findOneAndUpdate(
                    and(eq("_id", seen.customer()), unchanged),
                    combine(updates),
                    new FindOneAndUpdateOptions()
                        .projection(include(Outbox.FIELD))
                        .returnDocument(ReturnDocument.AFTER)))
            .switchIfEmpty(Mono.error(() -> stale(seen)))
            .doOnNext(document -> relay.offer(carts, document));
    return updated
        .update(seen.customer(), and(unchanged, exists(Outbox.SINCE, false)), combine(updates))
        .filter(written -> written)
        .doOnNext(written -> relay.offer(carts, seen.customer(), happened))
        .cast(Object.class)
        .switchIfEmpty(Mono.defer(() -> withOutbox));
  }

  private static StaleVersionException stale(Cart seen) {
    return new StaleVersionException("a cart", seen.version());
  }

  @Override
  public Mono<Cart> move(String customer, String movedTo, Instant now) {
    return Mono.from(
            carts.findOneAndUpdate(
                and(eq("_id", customer), exists(CartDocuments.MOVED_TO, false)),
                combine(
                    set(CartDocuments.MOVED_TO, movedTo),
                    inc(CartDocuments.VERSION, 1L),
                    unset(CartDocuments.IDLE_SINCE)),
                new FindOneAndUpdateOptions()
                    .upsert(true)
                    .projection(exclude(Outbox.FIELD, Outbox.SINCE))
                    .returnDocument(ReturnDocument.AFTER)))
        .map(CartDocuments::cart)
        // Moved before; or, on a server, somebody made the document at this moment.
        .onErrorResume(
            Mongo::isDuplicate,
            error ->
                load(customer)
                    .flatMap(
                        cart -> cart.isMoved() ? Mono.just(cart) : move(customer, movedTo, now)));
  }

  @Override
  public Mono<Void> handedOver(Cart moved) {
    return Mono.from(
            carts.updateOne(
                and(
                    eq("_id", moved.customer()),
                    eq(CartDocuments.VERSION, moved.version()),
                    exists(CartDocuments.MOVED_TO)),
                set(CartDocuments.HANDED_OVER, true)))
        .then();
  }

  @Override
  public Flux<String> idle(Instant before, int limit) {
    return Flux.from(
            carts
                .find(lt(CartDocuments.IDLE_SINCE, Date.from(before)))
                .projection(include("_id"))
                .limit(limit))
        .map(document -> document.getString("_id"));
  }

  @Override
  public Mono<Boolean> tellIdle(Cart seen, List<CartFact> facts, Instant now) {
    List<Event> happened =
        facts.stream().map(fact -> events.event(fact, Caller.ANONYMOUS, now)).toList();
    return Mono.from(
            carts.findOneAndUpdate(
                and(
                    eq("_id", seen.customer()),
                    eq(CartDocuments.VERSION, seen.version()),
                    exists(CartDocuments.IDLE_SINCE)),
                combine(unset(CartDocuments.IDLE_SINCE), Outbox.record(happened, now)),
                new FindOneAndUpdateOptions()
                    .projection(include(Outbox.FIELD))
                    .returnDocument(ReturnDocument.AFTER)))
        .doOnNext(document -> relay.offer(carts, document))
        .map(document -> true)
        .defaultIfEmpty(false);
  }

  /** Makes the event that tells followers of a fact. */
  @FunctionalInterface
  public interface EventMaker {
    /** The event. */
    Event event(CartFact fact, Caller by, Instant now);
  }
}
