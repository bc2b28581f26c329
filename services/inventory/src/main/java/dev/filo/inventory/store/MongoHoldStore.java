package dev.filo.inventory.store;

import static com.mongodb.client.model.Filters.and;
import static com.mongodb.client.model.Filters.eq;
import static com.mongodb.client.model.Filters.in;
import static com.mongodb.client.model.Filters.lte;
import static com.mongodb.client.model.Projections.include;

import com.mongodb.MongoBulkWriteException;
import com.mongodb.ReadConcern;
import com.mongodb.client.model.BulkWriteOptions;
import com.mongodb.client.model.IndexOptions;
import com.mongodb.client.model.Indexes;
import com.mongodb.client.model.InsertManyOptions;
import com.mongodb.client.model.ReplaceOneModel;
import com.mongodb.client.model.WriteModel;
import com.mongodb.reactivestreams.client.MongoCollection;
import com.mongodb.reactivestreams.client.MongoDatabase;
import dev.filo.inventory.domain.Hold;
import dev.filo.inventory.service.HoldStore;
import dev.filo.platform.mongo.Docs;
import dev.filo.platform.mongo.Mongo;
import dev.filo.platform.mongo.StaleVersionException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.Date;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.IntStream;
import org.bson.Document;
import org.bson.RawBsonDocument;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/**
 * The journals of holds in MongoDB, {@code _id} = the hold's id. Writes that come while others are
 * under way go together in one message.
 */
public final class MongoHoldStore implements HoldStore {
  // 500 journals of 2 kB each are 1 MB.
  private static final int BATCH = 500;
  // While one batch is on its way the next one need not wait.
  private static final int AT_ONCE = 2;

  private final MongoCollection<Document> holds;
  private final MongoCollection<RawBsonDocument> written;
  private final MongoCollection<Document> levels;
  private final Batches<Hold, Boolean> inserts = new Batches<>(BATCH, AT_ONCE, this::insertAll);
  // A read is short: whoever comes meanwhile shares the next one.
  private final Batches<String, Optional<Hold>> finds = new Batches<>(BATCH, 1, this::findAll);
  private final Batches<Next, Boolean> replacements =
      new Batches<>(BATCH, AT_ONCE, this::replaceAll);

  private record Next(Hold seen, Hold next) {}

  /** Holds in a service's own database. */
  public MongoHoldStore(MongoDatabase database) {
    this.holds = database.getCollection("holds");
    this.written = holds.withDocumentClass(RawBsonDocument.class);
    // A journal must not outlive a level's write that a failover takes back.
    this.levels = database.getCollection("levels").withReadConcern(ReadConcern.MAJORITY);
  }

  /** Makes the indexes. */
  public void prepare() {
    Mongo.index(holds, Indexes.ascending("due"), new IndexOptions().sparse(true));
  }

  @Override
  public Mono<Boolean> insert(Hold hold) {
    return inserts.submit(hold);
  }

  private Mono<List<Boolean>> insertAll(List<Hold> batch) {
    return insertWritten(batch.stream().map(HoldDocuments::written).toList());
  }

  private Mono<List<Boolean>> insertWritten(List<RawBsonDocument> batch) {
    var isNew = new ArrayList<>(Collections.nCopies(batch.size(), true));
    return Mono.from(written.insertMany(batch, new InsertManyOptions().ordered(false)))
        .then()
        .onErrorResume(
            MongoBulkWriteException.class,
            error -> {
              if (!Mongo.isDuplicate(error)) {
                return Mono.error(error);
              }
              error.getWriteErrors().forEach(taken -> isNew.set(taken.getIndex(), false));
              return Mono.empty();
            })
        .then(Mono.fromSupplier(() -> isNew));
  }

  @Override
  public Mono<List<Hold>> insert(List<? extends Carried> journals) {
    return insertWritten(journals.stream().map(CarriedJournals::written).toList())
        .map(
            isNew ->
                IntStream.range(0, journals.size())
                    .filter(i -> !isNew.get(i))
                    .mapToObj(i -> journals.get(i).hold())
                    .toList());
  }

  @Override
  public Mono<Hold> journal(String id) {
    return finds.submit(id).flatMap(Mono::justOrEmpty);
  }

  private Mono<List<Optional<Hold>>> findAll(List<String> ids) {
    return Flux.from(holds.find(in("_id", ids)).batchSize(ids.size() + 1))
        .map(HoldDocuments::hold)
        .collectMap(Hold::id)
        .map(found -> ids.stream().map(id -> Optional.ofNullable(found.get(id))).toList());
  }

  @Override
  public Mono<Hold> find(String id) {
    return journal(id)
        .switchIfEmpty(Mono.defer(() -> ofLevel(id)))
        // its journal was put among the others between the two looks
        .switchIfEmpty(Mono.defer(() -> journal(id)));
  }

  /** A hold whose level still carries its journal; then it is among the journals as well. */
  private Mono<Hold> ofLevel(String id) {
    return CarriedJournals.of(levels, Set.of(id))
        .next()
        .flatMap(hold -> insert(hold).then(Mono.defer(() -> journal(id))));
  }

  @Override
  public Mono<Hold> replace(Hold seen, Hold next) {
    return replacements
        .submit(new Next(seen, next))
        .flatMap(
            kept ->
                kept
                    ? Mono.just(next)
                    : Mono.error(new StaleVersionException(seen.id(), seen.version())));
  }

  private Mono<List<Boolean>> replaceAll(List<Next> batch) {
    var all = new ArrayList<WriteModel<Document>>(batch.size());
    for (Next one : batch) {
      all.add(
          new ReplaceOneModel<>(
              and(eq("_id", one.seen.id()), eq("version", one.seen.version())),
              HoldDocuments.document(one.next)));
    }
    return Mono.from(holds.bulkWrite(all, new BulkWriteOptions().ordered(false)))
        .flatMap(
            result ->
                result.getMatchedCount() == batch.size()
                    ? Mono.just(Collections.nCopies(batch.size(), true))
                    : batch.size() == 1 ? Mono.just(List.of(false)) : keptOf(batch));
  }

  /**
   * Which of a batch were kept: those whose next state is there. One that was kept and has changed
   * again is taken for stale, and whoever asked reads it.
   */
  private Mono<List<Boolean>> keptOf(List<Next> batch) {
    return Flux.from(holds.find(in("_id", batch.stream().map(one -> one.next.id()).toList())))
        .collectMap(document -> document.getString("_id"))
        .map(
            found ->
                batch.stream()
                    .map(one -> HoldDocuments.document(one.next).equals(found.get(one.next.id())))
                    .toList());
  }

  @Override
  public Mono<Map<String, String>> owners(Collection<String> ids) {
    return Flux.from(holds.find(in("_id", ids)).projection(include("owner")))
        .collectMap(
            document -> document.getString("_id"), document -> Docs.string(document, "owner"))
        .flatMap(found -> CarriedJournals.with(found, levels, ids, Hold::owner));
  }

  @Override
  public Flux<String> carried(String level) {
    return Flux.from(levels.find(eq("_id", level)).projection(include(Documents.OPENED)))
        .concatMapIterable(Documents::opened)
        .map(Hold::id);
  }

  @Override
  public Flux<Hold> due(Instant now, int limit) {
    return Flux.from(holds.find(lte("due", Date.from(now))).limit(limit)).map(HoldDocuments::hold);
  }
}
