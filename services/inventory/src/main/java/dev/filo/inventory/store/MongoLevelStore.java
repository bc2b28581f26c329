package dev.filo.inventory.store;

import static com.mongodb.client.model.Filters.and;
import static com.mongodb.client.model.Filters.eq;
import static com.mongodb.client.model.Filters.exists;
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
import com.mongodb.ReadConcern;
import com.mongodb.client.model.BulkWriteOptions;
import com.mongodb.client.model.IndexOptions;
import com.mongodb.client.model.Indexes;
import com.mongodb.client.model.InsertManyOptions;
import com.mongodb.client.model.InsertOneModel;
import com.mongodb.client.model.UpdateOneModel;
import com.mongodb.client.model.UpdateOptions;
import com.mongodb.client.model.Updates;
import com.mongodb.client.model.WriteModel;
import com.mongodb.reactivestreams.client.FindPublisher;
import com.mongodb.reactivestreams.client.MongoCollection;
import com.mongodb.reactivestreams.client.MongoDatabase;
import dev.filo.inventory.domain.Applied;
import dev.filo.inventory.domain.Held;
import dev.filo.inventory.domain.HeldPieces;
import dev.filo.inventory.domain.Ledger;
import dev.filo.inventory.domain.Level;
import dev.filo.inventory.domain.Movement;
import dev.filo.inventory.domain.Snapshot;
import dev.filo.inventory.service.HoldStore;
import dev.filo.inventory.service.LevelStore;
import dev.filo.inventory.store.CarriedJournals.Journal;
import dev.filo.platform.code.Ids;
import dev.filo.platform.feed.Left;
import dev.filo.platform.feed.Outbox;
import dev.filo.platform.feed.Relay;
import dev.filo.platform.mongo.Docs;
import dev.filo.platform.mongo.GroupedReads;
import dev.filo.platform.mongo.GroupedUpdates;
import dev.filo.platform.mongo.Mongo;
import dev.filo.proto.feed.v1.Event;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Date;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.function.BiFunction;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.bson.BsonDocument;
import org.bson.BsonString;
import org.bson.Document;
import org.bson.conversions.Bson;
import org.jspecify.annotations.Nullable;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/**
 * Levels and the ledger in MongoDB: a document for each level, {@code _id} = SKU@store, and one for
 * each movement, {@code _id} = the movement's id.
 *
 * <p>A hold is a field of its level's document, {@code holds.b<bucket>.h<id>}: a write says only
 * which holds changed, and of a level with very many most lie elsewhere ({@link HoldSheets}).
 * Beside them is what readers need: {@code held}, the pieces in all of them, and {@code ends}, how
 * many of these pieces end at the next instants.
 *
 * <p>A movement takes effect in its level's one update, which also puts the effect into the level's
 * {@code tail}; the ledger's document exists before, and has the effect noted after. Only what the
 * ledger has is dropped from a tail. So a movement has taken effect exactly if its document or its
 * level's tail says so.
 */
public final class MongoLevelStore implements LevelStore {
  private static final Bson NUMBERS =
      exclude(
          "holds", "outbox", "outboxSince", Documents.OPENED, "tail", "requests", "goods.requests");
  // So many different ends a reader learns of without reading the holds; some 700 bytes.
  private static final int ENDS_MAX = 24;
  // The server's own first batch of 101 would cost a second question for 102 levels.
  private static final int IN_ONE_ANSWER = 100_000;
  // So many questions about levels go in one message; each may be about a page of stores.
  private static final int READ_TOGETHER = 8;
  // From so many levels on it costs less to announce what they tell in one document.
  private static final int ANNOUNCED_MIN = 20;
  // 70 kB of a level's document; with more it gets a sheet.
  private static final int INLINE_MAX = 1_000;

  private final MongoCollection<Document> levels;
  private final GroupedReads read;
  private final GroupedUpdates updated;
  private final MongoCollection<Document> settled;
  private final MongoCollection<Document> movements;
  private final Announcements announcements;
  private final HoldSheets sheets;
  private final Relay relay;
  // What is told has the rules' safety stock too, as far as no channel matters.
  private volatile BiFunction<Level, Snapshot, Snapshot> ruling = (level, numbers) -> numbers;

  private volatile Function<List<? extends HoldStore.Carried>, Mono<Void>> journal =
      opened -> Mono.empty();

  /** Levels in a service's own database. */
  public MongoLevelStore(MongoDatabase database, Relay relay) {
    this(database, relay, INLINE_MAX);
  }

  /**
   * Levels whose holds go to a sheet early.
   *
   * @param inlineMax how many holds may lie in a level's document, at least 1
   */
  public MongoLevelStore(MongoDatabase database, Relay relay, int inlineMax) {
    this.sheets = new HoldSheets(database, inlineMax);
    this.levels = database.getCollection("levels");
    this.read = new GroupedReads(levels, NUMBERS, READ_TOGETHER);
    this.updated = new GroupedUpdates(levels);
    this.settled = levels.withReadConcern(ReadConcern.MAJORITY);
    this.movements = database.getCollection("movements");
    this.announcements = new Announcements(database);
    this.relay = relay;
  }

  /** Has what is told of a level carry the safety stock that is given here. */
  public void ruledBy(BiFunction<Level, Snapshot, Snapshot> rules) {
    ruling = rules;
  }

  /** Has the journals that levels carry put among the others by what is given here. */
  public void journaledBy(Function<List<? extends HoldStore.Carried>, Mono<Void>> keep) {
    journal = keep;
  }

  /** Makes the indexes and has the relay look after what is told. */
  public void prepare() {
    sheets.prepare();
    Mongo.index(levels, Indexes.ascending("sku"));
    Mongo.index(levels, Indexes.ascending("nextExpiry"), new IndexOptions().sparse(true));
    Mongo.index(
        movements,
        Indexes.ascending("level", "applied.sequence"),
        new IndexOptions().partialFilterExpression(exists("applied.sequence")));
    Mongo.index(movements, Indexes.ascending("level", "applied.effectiveTime"));
    Mongo.index(movements, Indexes.ascending("claimTime"), new IndexOptions().sparse(true));
    Mongo.index(movements, Indexes.ascending("announceTime"), new IndexOptions().sparse(true));
    relay.watch(
        levels,
        new Relay.Carried<>(Documents.OPENED, Journal::read, journals -> journal.apply(journals)));
  }

  @Override
  public Mono<Map<String, Level>> read(Collection<String> ids) {
    return sheets
        .whole(
            Flux.from(
                    settled
                        .find(in("_id", ids))
                        .projection(exclude("outbox", "outboxSince", Documents.OPENED)))
                .collectList())
        .map(
            found -> {
              found.forEach(sheets::remember);
              return found.stream()
                  .map(Documents::level)
                  .collect(Collectors.toMap(Level::id, level -> level));
            });
  }

  @Override
  public Mono<Map<String, Long>> versions(Collection<String> ids) {
    return Flux.from(settled.find(in("_id", ids)).projection(include("version")))
        .collectMap(
            document -> document.getString("_id"), document -> Docs.number(document, "version"));
  }

  @Override
  public Mono<Map<String, Level>> numbers(Collection<String> ids, Instant now) {
    return read.find(ids)
        .flatMapMany(
            found ->
                numbers(
                    ids.stream().distinct().map(found::get).filter(Objects::nonNull).toList(), now))
        .collectMap(Level::id);
  }

  /**
   * Levels without their holds. What ends when is in {@code ends}, from the first that is still
   * there on; if more different ends have passed since the level was written or cleaned than fit in
   * there, which {@code endsUntil} tells, the holds themselves are read.
   */
  private Flux<Level> numbers(FindPublisher<Document> found, Instant now) {
    return Flux.from(found.batchSize(IN_ONE_ANSWER).projection(NUMBERS))
        .collectList()
        .flatMapMany(documents -> numbers(documents, now));
  }

  private Flux<Level> numbers(List<Document> documents, Instant now) {
    var inOrder = new ArrayList<Level>(documents.size());
    var whole = new ArrayList<String>();
    for (Document document : documents) {
      var until = Docs.instant(document, "endsUntil");
      if (until != null && !now.isBefore(until)) {
        whole.add(document.getString("_id"));
      }
      inOrder.add(Documents.numbers(document));
    }
    return whole.isEmpty()
        ? Flux.fromIterable(inOrder)
        : read(whole)
            .flatMapIterable(
                read ->
                    inOrder.stream().map(level -> read.getOrDefault(level.id(), level)).toList());
  }

  @Override
  public Mono<List<Applied>> tail(String id) {
    return Mono.from(levels.find(eq("_id", id)).projection(include("tail")).first())
        .map(Documents::tail);
  }

  @Override
  public Mono<Map<String, Ledger.Entry>> claim(
      List<Movement> claimed, @Nullable Instant claimTime) {
    var rows = new ArrayList<Document>(claimed.size());
    for (Movement movement : claimed) {
      var row = Documents.movement(movement);
      // Of a hold's sale the hold's own journal takes care.
      if (claimTime != null && movement.hold().isEmpty()) {
        row.append("claimTime", Date.from(claimTime));
      }
      if (claimTime != null && movement.kind() == Movement.Kind.TRANSFER_OUT) {
        row.append("announceTime", Date.from(claimTime));
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
  public Mono<Map<String, List<Applied>>> settledAfter(Collection<String> ids, Instant time) {
    return Flux.from(
            movements.find(and(in("level", ids), gt("applied.effectiveTime", Date.from(time)))))
        .map(Documents::settled)
        .collect(
            Collectors.groupingBy(
                settled -> settled.movement().level(),
                Collectors.mapping(Ledger.Entry.Settled::applied, Collectors.toList())));
  }

  /**
   * A level's write as it is sent, and what is to be done once it is there.
   *
   * @param events told by its outbox
   * @param rows told by an announcement instead
   * @param left what it takes out of the level because it lies elsewhere by now
   */
  private record Prepared(
      String level,
      WriteModel<Document> model,
      List<Event> events,
      Document outbox,
      Map<String, Journal> opened,
      List<Announcements.Row> rows,
      Optional<Laid> laid,
      Optional<Left> left) {}

  @Override
  public Mono<Boolean> write(List<Write> writes, Instant now) {
    return sheets
        .layouts(writes.stream().map(Write::before).toList())
        .flatMap(layouts -> write(writes, layouts, now));
  }

  private Mono<Boolean> write(
      List<Write> writes, Map<String, HoldSheets.Layout> layouts, Instant now) {
    for (Write write : writes) {
      var layout = layouts.get(write.before().id());
      if (layout != null && layout.version() != write.before().version()) {
        return Mono.just(false); // somebody has written it meanwhile
      }
    }
    boolean isMany = writes.size() >= ANNOUNCED_MIN;
    var prepared =
        writes.stream()
            .map(write -> prepare(write, layouts.get(write.after().id()), isMany, now))
            .toList();
    var sheet = prepared.stream().flatMap(one -> one.laid.flatMap(Laid::next).stream()).toList();
    var rows = prepared.stream().flatMap(one -> one.rows.stream()).toList();
    var id = Ids.random();
    return sheets
        .insert(sheet)
        .then(rows.isEmpty() ? Mono.empty() : announcements.insert(id, rows, now))
        .then(Mono.defer(() -> kept(writes, prepared)))
        .onErrorResume(MongoLevelStore::onlyDuplicates, error -> Mono.just(false))
        .doOnError(error -> prepared.forEach(this::giveBack))
        .doOnNext(
            all -> {
              if (all) {
                prepared.forEach(this::done);
                relay.offer(
                    rows.stream().map(Announcements.Row::event).toList(), announcements.delete(id));
              } else {
                prepared.forEach(this::giveBack);
              }
            });
  }

  private Prepared prepare(
      Write write, HoldSheets.@Nullable Layout layout, boolean isMany, Instant now) {
    var level = write.after().id();
    var events = StockEvents.events(write.after(), write.changes(), ruling);
    boolean isAnnounced = isMany && isAnnounced(write);
    var own = isAnnounced ? List.<Event>of() : events;
    var outbox = Outbox.keyed(own, write.after().version());
    var opened = new LinkedHashMap<String, Journal>();
    write.opened().forEach(hold -> opened.put(Documents.openedKey(hold.id()), Journal.of(hold)));
    var laid = laid(write, layout);
    var left =
        write.before().version() > 0 ? relay.takeLeft(levels, level) : Optional.<Left>empty();
    var parts = new ArrayList<Bson>();
    if (!opened.isEmpty()) {
      var journals = new BsonDocument();
      opened.forEach(
          (key, journal) -> journals.append(Documents.OPENED + "." + key, journal.written()));
      parts.add(new BsonDocument("$set", journals));
    }
    if (!outbox.isEmpty()) {
      parts.add(Outbox.record(outbox, write.before().version() == 0, now));
    }
    laid.ifPresent(one -> parts.addAll(one.parts));
    left.ifPresent(one -> parts.add(one.removal()));
    return new Prepared(
        level,
        model(write.before(), changed(write), parts),
        own,
        outbox,
        opened,
        isAnnounced ? rows(write, events) : List.of(),
        laid,
        left);
  }

  private void done(Prepared one) {
    relay.offer(levels, one.level, one.events, one.outbox, one.opened);
    one.laid.ifPresent(this::remember);
  }

  private void giveBack(Prepared one) {
    one.left.ifPresent(left -> relay.giveBack(levels, one.level, left));
  }

  /**
   * What a write does with a level's holds.
   *
   * @param layout how they lie then
   * @param next the sheet the level names then, if it is a new one
   * @param replaces whether the level named another one before
   */
  private record Laid(
      String level,
      List<Bson> parts,
      HoldSheets.Layout layout,
      Optional<HoldSheets.Sheet> next,
      boolean replaces) {}

  /** Empty when a level has no holds and gets none. */
  private Optional<Laid> laid(Write write, HoldSheets.@Nullable Layout known) {
    var before = write.before();
    var after = write.after();
    var changed = after.holds().since(before.holds());
    if (changed.isEmpty()) {
      return Optional.ofNullable(known)
          .map(
              same ->
                  new Laid(
                      after.id(), List.of(), same.at(after.version()), Optional.empty(), false));
    }
    var was = known == null ? new HoldSheets.Layout(0, "", before.holds().size()) : known;
    var plan = sheets.plan(after, was, changed.size());
    var next =
        plan == HoldSheets.Plan.NEW_SHEET
            ? Optional.of(sheets.next(after))
            : Optional.<HoldSheets.Sheet>empty();
    var parts = new ArrayList<>(ends(after.holds()));
    var layout =
        switch (plan) {
          case AS_IT_IS -> {
            parts.addAll(changes(changed, was.hasSheet()));
            yield new HoldSheets.Layout(
                after.version(),
                was.sheet(),
                was.hasSheet() ? was.inline() + changed.size() : after.holds().size());
          }
          case NEW_SHEET -> {
            parts.add(Updates.set("holds", new Document()));
            yield new HoldSheets.Layout(after.version(), next.orElseThrow().id(), 0);
          }
          case NO_SHEET -> {
            parts.add(Updates.set("holds", Documents.holds(after.holds())));
            yield new HoldSheets.Layout(after.version(), "", after.holds().size());
          }
        };
    parts.addAll(sheets.parts(layout));
    return Optional.of(
        new Laid(
            after.id(), parts, layout, next, was.hasSheet() && plan != HoldSheets.Plan.AS_IT_IS));
  }

  /** Made at once: there are dozens of them in every write of a level that many want. */
  private static List<Bson> changes(Map<String, Optional<Held>> changed, boolean hasSheet) {
    var kept = new BsonDocument();
    var gone = new BsonDocument();
    changed.forEach(
        (hold, held) -> {
          var path = Documents.path(hold);
          if (held.isPresent()) {
            kept.append(path, new BsonString(Documents.held(held.get())));
          } else if (hasSheet) {
            kept.append(path, new BsonString(HoldSheets.GONE));
          } else {
            gone.append(path, new BsonString(""));
          }
        });
    var parts = new ArrayList<Bson>();
    if (!kept.isEmpty()) {
      parts.add(new BsonDocument("$set", kept));
    }
    if (!gone.isEmpty()) {
      parts.add(new BsonDocument("$unset", gone));
    }
    return parts;
  }

  private void remember(Laid laid) {
    sheets.remember(laid.level, laid.layout);
    if (laid.replaces) {
      sheets.deleteOlder(laid.level, laid.layout.version());
    }
  }

  private static boolean isAnnounced(Write write) {
    return write.isRepeatable()
        && write.changes().stream().noneMatch(change -> change.movement().isEmpty());
  }

  private static List<Announcements.Row> rows(Write write, List<Event> events) {
    var sequences =
        write.after().tail().stream()
            .collect(Collectors.toMap(Applied::movement, Applied::sequence));
    var rows = new ArrayList<Announcements.Row>(events.size());
    for (int i = 0; i < events.size(); i++) {
      var movement = write.changes().get(i).movement();
      rows.add(
          Announcements.Row.of(
              write.after().id(), movement, sequences.getOrDefault(movement, 0L), events.get(i)));
    }
    return rows;
  }

  @Override
  public Mono<Void> tellLeft(Instant before, int limit) {
    return announcements.left(before, limit).concatMap(this::tellLeft).then();
  }

  /** Tells those that came true: their level carries the movement, or the ledger has it. */
  private Mono<Void> tellLeft(Announcements.Left left) {
    var ids = left.rows().stream().map(Announcements.Row::level).distinct().toList();
    var movements = left.rows().stream().map(Announcements.Row::movement).toList();
    return Flux.from(settled.find(in("_id", ids)).projection(include("tail")))
        .flatMapIterable(Documents::tail)
        .collectMap(Applied::movement, Applied::sequence)
        .flatMap(
            carried ->
                entries(movements)
                    .map(
                        ledger -> {
                          var sequences = new HashMap<>(carried);
                          ledger.forEach(
                              (movement, entry) -> {
                                if (entry instanceof Ledger.Entry.Settled one) {
                                  sequences.put(movement, one.applied().sequence());
                                }
                              });
                          return left.rows().stream()
                              .filter(
                                  row ->
                                      sequences.getOrDefault(row.movement(), 0L) == row.sequence())
                              .map(Announcements.Row::event)
                              .toList();
                        }))
        .flatMap(relay::tell)
        .then(Mono.defer(() -> announcements.delete(left.id())));
  }

  /**
   * A write as it is sent.
   *
   * @param changed fields to set
   * @param parts what else is to be done
   */
  private WriteModel<Document> model(Level before, Document changed, List<Bson> parts) {
    boolean isNew = before.version() == 0;
    var made = isNew ? made(before.id(), changed, parts) : null;
    if (made != null) {
      return new InsertOneModel<>(made);
    }
    var all = new ArrayList<Bson>();
    all.add(new Document("$set", changed));
    all.addAll(parts);
    return new UpdateOneModel<>(
        and(eq("_id", before.id()), eq("version", before.version())),
        Updates.combine(all),
        new UpdateOptions().upsert(isNew));
  }

  /**
   * The document that an update makes where there is none: to insert it costs the server a third of
   * an upsert, which tells in an import of new levels. Null when the update has parts that only the
   * server can do.
   */
  private @Nullable Document made(String id, Document changed, List<Bson> parts) {
    var made = new Document("_id", id);
    made.putAll(changed);
    for (Bson one : parts) {
      for (var part : one.toBsonDocument(Document.class, levels.getCodecRegistry()).entrySet()) {
        for (var field : part.getValue().asDocument().entrySet()) {
          if (field.getKey().indexOf('.') >= 0) {
            return null;
          }
          switch (part.getKey()) {
            case "$set" -> made.append(field.getKey(), field.getValue());
            case "$unset" -> {}
            default -> {
              return null;
            }
          }
        }
      }
    }
    return made;
  }

  /** One level's write goes with those of others that come at the same time. */
  private Mono<Boolean> kept(List<Write> writes, List<Prepared> prepared) {
    var before = writes.getFirst().before();
    if (writes.size() == 1
        && before.version() > 0
        && prepared.getFirst().model instanceof UpdateOneModel<Document> one
        && one.getUpdate() != null) {
      return updated.update(before.id(), eq("version", before.version()), one.getUpdate());
    }
    return bulk(prepared.stream().map(Prepared::model).toList());
  }

  private Mono<Boolean> bulk(List<WriteModel<Document>> models) {
    return Mono.from(levels.bulkWrite(models, new BulkWriteOptions().ordered(false)))
        .map(
            result ->
                result.getMatchedCount() + result.getInsertedCount() + result.getUpserts().size()
                    == models.size());
  }

  /** The fields that changed; a level's first write says everything. */
  private static Document changed(Write write) {
    var before = write.before();
    var after = write.after();
    var changed = new Document("version", after.version());
    if (before.version() == 0) {
      changed.append("sku", after.sku()).append("location", after.location());
    }
    if (before.version() == 0 || after.onHand() != before.onHand()) {
      changed.append("onHand", after.onHand());
    }
    if (after.safety() != before.safety()) {
      changed.append("safety", after.safety());
    }
    if (after.sequence() != before.sequence()) {
      changed.append("sequence", after.sequence());
    }
    if (!after.goods().equals(before.goods())) {
      changed.append("goods", GoodsDocuments.document(after.goods()));
    }
    if (!Objects.equals(after.count(), before.count())) {
      changed.append("count", Documents.count(after));
    }
    if (!after.tail().equals(before.tail())) {
      changed.append("tail", Documents.tail(after));
    }
    if (!after.requests().equals(before.requests())) {
      changed.append("requests", Documents.requests(after));
    }
    return changed;
  }

  private static List<Bson> ends(HeldPieces holds) {
    var ends = holds.ends(ENDS_MAX + 1);
    boolean isAll = ends.size() <= ENDS_MAX;
    return List.of(
        Updates.set("held", holds.pieces()),
        Updates.set("holdCount", holds.size()),
        Updates.set("ends", Documents.ends(isAll ? ends : ends.subList(0, ENDS_MAX))),
        isAll
            ? Updates.unset("endsUntil")
            : Updates.set("endsUntil", Date.from(ends.getLast().time())),
        ends.isEmpty()
            ? Updates.unset("nextExpiry")
            : Updates.set("nextExpiry", Date.from(ends.getFirst().time())));
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
  public Flux<Level> ofSkus(Collection<String> skus, Instant now) {
    return numbers(levels.find(and(in("sku", skus), gt("onHand", 0))), now);
  }

  @Override
  public Flux<Level> page(
      String afterId,
      Collection<String> skus,
      Collection<String> locations,
      int limit,
      Instant now) {
    var filters = new ArrayList<Bson>();
    filters.add(gt("_id", afterId));
    if (!skus.isEmpty()) {
      filters.add(in("sku", skus));
    }
    if (!locations.isEmpty()) {
      filters.add(in("location", locations));
    }
    return numbers(levels.find(and(filters)).sort(ascending("_id")).limit(limit), now);
  }
}
