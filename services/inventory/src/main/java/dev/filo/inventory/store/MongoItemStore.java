package dev.filo.inventory.store;

import static com.mongodb.client.model.Filters.and;
import static com.mongodb.client.model.Filters.eq;
import static com.mongodb.client.model.Filters.gte;

import com.mongodb.client.model.FindOneAndUpdateOptions;
import com.mongodb.client.model.IndexOptions;
import com.mongodb.client.model.Indexes;
import com.mongodb.client.model.PushOptions;
import com.mongodb.client.model.ReturnDocument;
import com.mongodb.client.model.Updates;
import com.mongodb.reactivestreams.client.MongoCollection;
import com.mongodb.reactivestreams.client.MongoDatabase;
import dev.filo.inventory.domain.SafetyRules;
import dev.filo.inventory.domain.StockItem;
import dev.filo.inventory.service.ItemStore;
import dev.filo.platform.feed.Outbox;
import dev.filo.platform.feed.Relay;
import dev.filo.platform.mongo.Docs;
import dev.filo.platform.mongo.Mongo;
import dev.filo.proto.feed.v1.Event;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Date;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import org.bson.Document;
import org.bson.conversions.Bson;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/** What is known of SKUs in MongoDB, {@code _id} = the SKU, and one document of safety rules. */
public final class MongoItemStore implements ItemStore {
  private static final String RULES = "safetyRules";
  // What a client repeats it repeats within seconds. An answer of 1000 rules has 200 kB.
  private static final int REQUESTS_MAX = 10;

  private final MongoCollection<Document> items;
  private final MongoCollection<Document> settings;
  private final Relay relay;

  /** Items in a service's own database, whose changes go to its feed. */
  public MongoItemStore(MongoDatabase database, Relay relay) {
    this.relay = relay;
    this.items = database.getCollection("items");
    this.settings = database.getCollection("settings");
  }

  /** Makes the indexes. */
  public void prepare() {
    Mongo.index(items, Indexes.ascending("changeTime"), new IndexOptions());
    relay.watch(items);
    relay.watch(settings);
  }

  @Override
  public Flux<StockItem> changedSince(Instant time) {
    return Flux.from(items.find(gte("changeTime", Date.from(time)))).map(MongoItemStore::item);
  }

  @Override
  public Mono<Seen<StockItem>> item(String sku, String requestId) {
    return Mono.from(items.find(eq("_id", sku)).first())
        .map(
            document ->
                new Seen<>(item(document), request(document, requestId, MongoItemStore::item)));
  }

  @Override
  public Mono<Seen<SafetyRules>> rules(String requestId) {
    return Mono.from(settings.find(eq("_id", RULES)).first())
        .map(
            document ->
                new Seen<>(rules(document), request(document, requestId, MongoItemStore::rules)));
  }

  @Override
  public Mono<Boolean> write(StockItem next, Optional<Request<StockItem>> request, Instant now) {
    return write(
        items,
        next.sku(),
        next.version(),
        fields(next),
        request.map(MongoItemStore::made),
        StockEvents.changed(next, now),
        now);
  }

  @Override
  public Mono<Boolean> write(
      SafetyRules next, Optional<Request<SafetyRules>> request, Instant now) {
    return write(
        settings,
        RULES,
        next.version(),
        fields(next),
        request.map(
            one ->
                new Document("id", one.id())
                    .append("content", one.content())
                    .append("answer", fields(one.answer()))),
        StockEvents.changed(next, now),
        now);
  }

  private static Document made(Request<StockItem> request) {
    return new Document("id", request.id())
        .append("content", request.content())
        .append("answer", fields(request.answer()).append("_id", request.answer().sku()));
  }

  private Mono<Boolean> write(
      MongoCollection<Document> collection,
      String id,
      long version,
      Document fields,
      Optional<Document> request,
      Event event,
      Instant now) {
    var parts = new ArrayList<Bson>();
    fields.forEach((name, value) -> parts.add(Updates.set(name, value)));
    parts.add(Updates.set("changeTime", Date.from(now)));
    request.ifPresent(
        one ->
            parts.add(
                Updates.pushEach(
                    "requests", List.of(one), new PushOptions().slice(-REQUESTS_MAX))));
    parts.add(Outbox.record(List.of(event), now));
    // The first write makes the document, and fails as a duplicate where there is one already.
    return Mono.from(
            collection.findOneAndUpdate(
                and(eq("_id", id), eq("version", version - 1)),
                Updates.combine(parts),
                new FindOneAndUpdateOptions()
                    .upsert(version == 1)
                    .returnDocument(ReturnDocument.AFTER)))
        .doOnNext(written -> relay.offer(collection, written))
        .map(written -> true)
        .defaultIfEmpty(false)
        .onErrorResume(Mongo::isDuplicate, error -> Mono.just(false));
  }

  private static <T> Optional<Request<T>> request(
      Document document, String id, Function<Document, T> answer) {
    return Docs.list(document, "requests").stream()
        .filter(one -> !id.isEmpty() && id.equals(one.getString("id")))
        .findFirst()
        .map(
            one ->
                new Request<>(
                    id,
                    Docs.string(one, "content"),
                    answer.apply(one.get("answer", new Document()))));
  }

  private static Document fields(StockItem item) {
    return new Document("serialized", item.serialized())
        .append("components", Documents.lines(item.components()))
        .append("category", item.category())
        .append("catalogCategory", item.catalogCategory())
        .append("version", item.version());
  }

  private static StockItem item(Document document) {
    return new StockItem(
        Docs.string(document, "_id"),
        document.getBoolean("serialized", false),
        Documents.lines(document, "components"),
        Docs.string(document, "category"),
        Docs.string(document, "catalogCategory").intern(), // few words for many SKUs
        Docs.number(document, "version"));
  }

  private static Document fields(SafetyRules rules) {
    return new Document(
            "rules",
            rules.rules().stream()
                .map(
                    rule ->
                        new Document("id", rule.id())
                            .append("sku", rule.sku())
                            .append("location", rule.location())
                            .append("category", rule.category())
                            .append("channel", rule.channel())
                            .append("pieces", rule.pieces()))
                .toList())
        .append("version", rules.version());
  }

  private static SafetyRules rules(Document document) {
    return new SafetyRules(
        Docs.list(document, "rules").stream()
            .map(
                rule ->
                    new SafetyRules.Rule(
                        Docs.string(rule, "id"),
                        Docs.string(rule, "sku"),
                        Docs.string(rule, "location"),
                        Docs.string(rule, "category"),
                        Docs.string(rule, "channel"),
                        (int) Docs.number(rule, "pieces")))
            .toList(),
        Docs.number(document, "version"));
  }
}
