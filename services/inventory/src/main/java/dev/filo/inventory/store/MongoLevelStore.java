package dev.filo.inventory.store;

import static com.mongodb.client.model.Filters.and;
import static com.mongodb.client.model.Filters.eq;
import static com.mongodb.client.model.Filters.gt;
import static com.mongodb.client.model.Filters.in;
import static com.mongodb.client.model.Filters.lt;
import static com.mongodb.client.model.Filters.lte;
import static com.mongodb.client.model.Projections.exclude;
import static com.mongodb.client.model.Projections.fields;
import static com.mongodb.client.model.Projections.include;
import static com.mongodb.client.model.Sorts.ascending;
import static com.mongodb.client.model.Sorts.descending;

import com.mongodb.MongoBulkWriteException;
import com.mongodb.client.model.BulkWriteOptions;
import com.mongodb.client.model.IndexOptions;
import com.mongodb.client.model.Indexes;
import com.mongodb.client.model.InsertManyOptions;
import com.mongodb.client.model.UpdateOneModel;
import com.mongodb.client.model.UpdateOptions;
import com.mongodb.client.model.Updates;
import com.mongodb.client.model.WriteModel;
import com.mongodb.reactivestreams.client.MongoCollection;
import com.mongodb.reactivestreams.client.MongoDatabase;
import dev.filo.inventory.domain.Applied;
import dev.filo.inventory.domain.Ledger;
import dev.filo.inventory.domain.Level;
import dev.filo.inventory.domain.Movement;
import dev.filo.inventory.domain.Snapshot;
import dev.filo.inventory.service.LevelStore;
import dev.filo.platform.feed.Outbox;
import dev.filo.platform.feed.Relay;
import dev.filo.platform.mongo.Mongo;
import dev.filo.proto.feed.v1.Event;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Date;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.BiFunction;
import org.bson.Document;
import org.bson.conversions.Bson;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/**
 * Levels and the ledger in MongoDB: a document for each level, {@code _id} = SKU@store, and one for
 * each movement, {@code _id} = the movement's id.
 *
 * <p>A movement takes effect in its level's one update, which also puts the effect into the level's
 * {@code tail}; the ledger's document exists before, and has the effect noted after. Only what the
 * ledger has is dropped from a tail. So a movement has taken effect exactly if its document or its
 * level's tail says so.
 */
public final class MongoLevelStore implements LevelStore {
  private static final Bson NUMBERS =
      exclude("outbox", "outboxSince", "tail", "requests", "goods.requests", "goods.serials");

  // The server's own first batch of 101 would cost a second question for 102 levels.
  private static final int IN_ONE_ANSWER = 100_000;

  private final MongoCollection<Document> levels;
  private final MongoCollection<Document> movements;
  private final Relay relay;
  // What is told has the rules' safety stock too, as far as no channel matters.
  private volatile BiFunction<Level, Snapshot, Snapshot> ruling = (level, numbers) -> numbers;

  /** Levels in a service's own database. */
  public MongoLevelStore(MongoDatabase database, Relay relay) {
    this.levels = database.getCollection("levels");
    this.movements = database.getCollection("movements");
    this.relay = relay;
  }

  /** Has what is told of a level carry the safety stock that is given here. */
  public void ruledBy(BiFunction<Level, Snapshot, Snapshot> rules) {
    ruling = rules;
  }

  /** Makes the indexes and has the relay look after what is told. */
  public void prepare() {
    Mongo.index(levels, Indexes.ascending("sku"));
    Mongo.index(levels, Indexes.ascending("nextExpiry"), new IndexOptions().sparse(true));
    Mongo.index(movements, Indexes.ascending("level", "applied.sequence"));
    Mongo.index(movements, Indexes.ascending("level", "applied.effectiveTime"));
    Mongo.index(movements, Indexes.ascending("claimTime"), new IndexOptions().sparse(true));
    Mongo.index(movements, Indexes.ascending("announceTime"), new IndexOptions().sparse(true));
    relay.watch(levels);
  }

  @Override
  public Mono<Map<String, Level>> read(Collection<String> ids) {
    return Flux.from(
            levels
                .find(in("_id", ids))
                .batchSize(IN_ONE_ANSWER)
                .projection(exclude("outbox", "outboxSince")))
        .map(Documents::level)
        .collectMap(Level::id);
  }

  @Override
  public Mono<Map<String, Ledger.Entry>> claim(List<Movement> claimed, Instant now) {
    var rows = new ArrayList<Document>(claimed.size());
    for (Movement movement : claimed) {
      var row = Documents.movement(movement);
      if (movement.hold().isEmpty()) { // of a hold's sale the hold's own journal takes care
        row.append("claimTime", Date.from(now));
      }
      if (movement.kind() == Movement.Kind.TRANSFER_OUT) {
        row.append("announceTime", Date.from(now));
      }
      rows.add(row);
    }
    var all = new HashMap<String, Ledger.Entry>();
    claimed.forEach(movement -> all.put(movement.id(), new Ledger.Entry.Claimed(movement)));
    return Mono.from(movements.insertMany(rows, new InsertManyOptions().ordered(false)))
        .thenReturn(Map.copyOf(all))
        .onErrorResume(
            MongoLevelStore::onlyDuplicates,
            error ->
                entries(all.keySet())
                    .map(
                        found -> {
                          all.putAll(found);
                          return Map.copyOf(all);
                        }));
  }

  private static boolean onlyDuplicates(Throwable error) {
    return Mongo.isDuplicate(error)
        || (error instanceof MongoBulkWriteException bulk
            && bulk.getWriteErrors().stream().allMatch(one -> one.getCode() == 11000));
  }

  @Override
  public Mono<Map<String, Ledger.Entry>> entries(Collection<String> ids) {
    return Flux.from(movements.find(in("_id", ids)))
        .map(Documents::entry)
        .collectMap(entry -> entry.movement().id());
  }

  @Override
  public Mono<List<Applied>> settledAfter(String level, Instant time) {
    return Flux.from(
            movements.find(and(eq("level", level), gt("applied.effectiveTime", Date.from(time)))))
        .map(document -> Documents.settled(document).applied())
        .collectList();
  }

  @Override
  public Mono<Boolean> write(List<Write> writes, Instant now) {
    var models = new ArrayList<UpdateOneModel<Document>>(writes.size());
    var told = new ArrayList<Document>();
    for (Write write : writes) {
      var events =
          write.changes().stream()
              .map(
                  change ->
                      StockEvents.event(
                          write.after(), change, ruling.apply(write.after(), change.after())))
              .toList();
      models.add(
          new UpdateOneModel<>(
              and(eq("_id", write.before().id()), eq("version", write.before().version())),
              update(write, events, now),
              new UpdateOptions().upsert(write.before().version() == 0)));
      if (!events.isEmpty()) {
        told.add(Outbox.with(new Document("_id", write.after().id()), events, now));
      }
    }
    return kept(models)
        .onErrorResume(MongoLevelStore::onlyDuplicates, error -> Mono.just(false))
        .doOnNext(
            all -> {
              if (all) {
                told.forEach(document -> relay.offer(levels, document));
              }
            });
  }

  private Mono<Boolean> kept(List<UpdateOneModel<Document>> models) {
    if (models.size() == 1) {
      var model = models.getFirst();
      return Mono.from(levels.updateOne(model.getFilter(), update(model), model.getOptions()))
          .map(result -> result.getMatchedCount() == 1 || result.getUpsertedId() != null);
    }
    List<WriteModel<Document>> all = List.copyOf(models);
    return Mono.from(levels.bulkWrite(all, new BulkWriteOptions().ordered(false)))
        .map(result -> result.getMatchedCount() + result.getUpserts().size() == models.size());
  }

  private static Bson update(UpdateOneModel<Document> model) {
    var update = model.getUpdate();
    if (update == null) {
      throw new IllegalStateException("an update without operators");
    }
    return update;
  }

  private static Bson update(Write write, List<Event> events, Instant now) {
    var after = write.after();
    var parts = new ArrayList<Bson>();
    parts.add(Updates.set("onHand", after.onHand()));
    parts.add(Updates.set("safety", after.safety()));
    parts.add(Updates.set("version", after.version()));
    parts.add(Updates.set("sequence", after.sequence()));
    parts.add(Updates.set("holds", Documents.holds(after)));
    parts.add(Updates.set("count", Documents.count(after)));
    parts.add(Updates.set("tail", Documents.tail(after)));
    parts.add(Updates.set("requests", Documents.requests(after)));
    if (!after.goods().equals(write.before().goods())) {
      parts.add(Updates.set("goods", GoodsDocuments.document(after.goods())));
    }
    parts.add(
        after
            .nextExpiry()
            .map(time -> Updates.set("nextExpiry", Date.from(time)))
            .orElseGet(() -> Updates.unset("nextExpiry")));
    if (write.before().version() == 0) {
      parts.add(Updates.setOnInsert("sku", after.sku()));
      parts.add(Updates.setOnInsert("location", after.location()));
    }
    if (!events.isEmpty()) {
      parts.add(Outbox.record(events, now));
    }
    return Updates.combine(parts);
  }

  @Override
  public Mono<Void> settle(List<Applied> applied) {
    if (applied.isEmpty()) {
      return Mono.empty();
    }
    var notes = new ArrayList<WriteModel<Document>>(applied.size());
    for (Applied one : applied) {
      notes.add(
          new UpdateOneModel<>(
              eq("_id", one.movement()),
              Updates.combine(
                  Updates.set("applied", Documents.applied(one)), Updates.unset("claimTime"))));
    }
    return Mono.from(movements.bulkWrite(notes, new BulkWriteOptions().ordered(false))).then();
  }

  @Override
  public Flux<Ledger.Entry.Settled> movements(String level, long below, int limit) {
    return Flux.from(
            movements
                .find(
                    and(
                        eq("level", level),
                        gt("applied.sequence", 0L),
                        lt("applied.sequence", below)))
                .sort(descending("applied.sequence"))
                .limit(limit))
        .map(Documents::settled);
  }

  @Override
  public Flux<String> expired(Instant now, int limit) {
    return Flux.from(
            levels
                .find(lte("nextExpiry", Date.from(now)))
                .projection(fields(include("_id")))
                .limit(limit))
        .map(document -> document.getString("_id"));
  }

  @Override
  public Flux<Movement> unsettled(Instant before, int limit) {
    return Flux.from(movements.find(lt("claimTime", Date.from(before))).limit(limit))
        .map(Documents::movement);
  }

  @Override
  public Flux<Movement> unannounced(Instant before, int limit) {
    return Flux.from(
            movements
                .find(and(lt("announceTime", Date.from(before)), gt("applied.sequence", 0L)))
                .limit(limit))
        .map(Documents::movement);
  }

  @Override
  public Mono<Void> announced(Collection<String> ids) {
    return Mono.from(movements.updateMany(in("_id", ids), Updates.unset("announceTime"))).then();
  }

  @Override
  public Mono<Void> abandon(Collection<String> ids) {
    return Mono.from(movements.updateMany(in("_id", ids), Updates.unset("claimTime"))).then();
  }

  @Override
  public Flux<Level> ofSkus(Collection<String> skus) {
    return Flux.from(
            levels
                .find(and(in("sku", skus), gt("onHand", 0)))
                .batchSize(IN_ONE_ANSWER)
                .projection(NUMBERS))
        .map(Documents::level);
  }

  @Override
  public Flux<Level> page(
      String afterId, Collection<String> skus, Collection<String> locations, int limit) {
    var filters = new ArrayList<Bson>();
    filters.add(gt("_id", afterId));
    if (!skus.isEmpty()) {
      filters.add(in("sku", skus));
    }
    if (!locations.isEmpty()) {
      filters.add(in("location", locations));
    }
    return Flux.from(
            levels.find(and(filters)).projection(NUMBERS).sort(ascending("_id")).limit(limit))
        .map(Documents::level);
  }
}
