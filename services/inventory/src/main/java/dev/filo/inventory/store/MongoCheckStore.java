package dev.filo.inventory.store;

import static com.mongodb.client.model.Filters.and;
import static com.mongodb.client.model.Filters.gt;
import static com.mongodb.client.model.Filters.in;
import static com.mongodb.client.model.Filters.lte;
import static com.mongodb.client.model.Projections.exclude;
import static com.mongodb.client.model.Sorts.ascending;
import static com.mongodb.client.model.Sorts.descending;

import com.mongodb.reactivestreams.client.MongoCollection;
import com.mongodb.reactivestreams.client.MongoDatabase;
import dev.filo.inventory.domain.Hold;
import dev.filo.inventory.domain.Ledger;
import dev.filo.inventory.service.CheckStore;
import dev.filo.platform.mongo.Docs;
import java.time.Instant;
import java.util.Collection;
import java.util.Date;
import java.util.List;
import java.util.Map;
import org.bson.Document;
import org.bson.conversions.Bson;
import org.reactivestreams.Publisher;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/** Reads levels, ledger and holds for the self-check; never writes. */
public final class MongoCheckStore implements CheckStore {
  private static final int BATCH = 500;
  private static final Bson CHECKED =
      exclude("outbox", "outboxSince", Documents.OPENED, "requests");
  private static final Bson NEWEST_FIRST = descending("level", "applied.effectiveTime");

  private final MongoCollection<Document> levels;
  private final MongoCollection<Document> movements;
  private final MongoCollection<Document> holds;
  private final HoldSheets sheets;

  /** Over a service's own database. */
  public MongoCheckStore(MongoDatabase database) {
    this.levels = database.getCollection("levels");
    this.movements = database.getCollection("movements");
    this.holds = database.getCollection("holds");
    this.sheets = new HoldSheets(database, 0);
  }

  @Override
  public Mono<List<Stand>> levels(String after, int limit) {
    return stands(
        levels.find(gt("_id", after)).projection(CHECKED).sort(ascending("_id")).limit(limit));
  }

  @Override
  public Mono<List<Stand>> levels(Collection<String> ids) {
    return stands(levels.find(in("_id", ids)).projection(CHECKED));
  }

  private Mono<List<Stand>> stands(Publisher<Document> found) {
    return sheets
        .whole(Flux.from(found).collectList())
        .map(documents -> documents.stream().map(MongoCheckStore::stand).toList());
  }

  private static Stand stand(Document document) {
    var level = Documents.numbers(document);
    return new Stand(
        level.id(),
        level.onHand(),
        level.goods(),
        level.sequence(),
        level.tail(),
        Documents.held(document),
        level.holds(),
        Docs.instant(document, "endsUntil"));
  }

  @Override
  public Flux<Ledger.Entry> ledger(Range range) {
    var through = range.through();
    var after = gt("level", range.after());
    return ledger(through == null ? after : and(after, lte("level", through)));
  }

  @Override
  public Flux<Ledger.Entry> ledger(Collection<String> ids) {
    return ledger(in("level", ids));
  }

  private Flux<Ledger.Entry> ledger(Bson which) {
    return Flux.from(
            movements
                .find(which)
                .projection(exclude("author", "cause", "content"))
                .sort(NEWEST_FIRST)
                .batchSize(BATCH))
        .map(Documents::entry);
  }

  @Override
  public Mono<Map<String, Hold>> holds(Collection<String> ids) {
    return Flux.from(holds.find(in("_id", ids)))
        .map(HoldDocuments::hold)
        .collectMap(Hold::id)
        .flatMap(found -> CarriedJournals.with(found, levels, ids, hold -> hold));
  }

  @Override
  public Flux<Hold> liveHolds() {
    return Flux.from(holds.find(gt("due", Date.from(Instant.EPOCH))).batchSize(BATCH))
        .map(HoldDocuments::hold);
  }

  @Override
  public Flux<Hold> carriedHolds() {
    return CarriedJournals.all(levels);
  }
}
