package dev.filo.inventory.store;

import static com.mongodb.client.model.Filters.and;
import static com.mongodb.client.model.Filters.eq;
import static com.mongodb.client.model.Filters.in;
import static com.mongodb.client.model.Filters.lt;
import static com.mongodb.client.model.Projections.include;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import com.mongodb.ReadConcern;
import com.mongodb.client.model.Indexes;
import com.mongodb.client.model.Updates;
import com.mongodb.reactivestreams.client.MongoCollection;
import com.mongodb.reactivestreams.client.MongoDatabase;
import dev.filo.inventory.domain.HeldPieces;
import dev.filo.inventory.domain.Level;
import dev.filo.platform.code.Ids;
import dev.filo.platform.mongo.Docs;
import dev.filo.platform.mongo.Mongo;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.bson.Document;
import org.bson.conversions.Bson;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.util.retry.Retry;

/**
 * Where the holds of a level lie that has very many: most of them in a document of their own, the
 * sheet, and in the level's document those that came or changed since, with a mark for those that
 * went. So a write of such a level does not grow with its holds. When many have changed a new sheet
 * is written, then the level that names it, then the old one is deleted; a level's document at one
 * version names exactly one sheet or none, and a sheet never changes.
 */
final class HoldSheets {
  /** The text of a hold that lies on the sheet and is gone. */
  static final String GONE = "-";

  /** The field of a level's document that names its sheet. */
  static final String SHEET = "sheet";

  private static final Logger log = LoggerFactory.getLogger(HoldSheets.class);
  // The field that says how many holds lie in the level's document, gone ones included.
  private static final String INLINE = "inline";
  private static final int REMEMBERED_MAX = 100_000;
  private static final int READS_MAX = 5;

  private final MongoCollection<Document> sheets;
  private final MongoCollection<Document> levels;
  private final int inlineMax;
  private final Cache<String, Layout> remembered =
      Caffeine.newBuilder().maximumSize(REMEMBERED_MAX).executor(Runnable::run).build();

  /**
   * How a level's holds lie at a version of it.
   *
   * @param sheet the id of the sheet; empty for none
   * @param inline how many lie in the level's own document, gone ones included
   */
  record Layout(long version, String sheet, int inline) {
    /** The same at another version. */
    Layout at(long next) {
      return new Layout(next, sheet, inline);
    }

    boolean hasSheet() {
      return !sheet.isEmpty();
    }
  }

  /** A sheet that a level is to name next. */
  record Sheet(String id, Level level) {}

  /**
   * In a service's own database.
   *
   * @param inlineMax how many holds may lie in a level's document
   */
  HoldSheets(MongoDatabase database, int inlineMax) {
    this.sheets = database.getCollection("holdSheets").withReadConcern(ReadConcern.MAJORITY);
    this.levels = database.getCollection("levels").withReadConcern(ReadConcern.MAJORITY);
    this.inlineMax = inlineMax;
  }

  void prepare() {
    Mongo.index(sheets, Indexes.ascending("level", "version"));
  }

  /** Whether so few holds that they are worth no sheet. */
  private boolean isFew(HeldPieces holds) {
    return holds.size() <= inlineMax / 4;
  }

  /** How the holds of levels lie; of those without holds nothing. One value, by level. */
  Mono<Map<String, Layout>> layouts(Collection<Level> of) {
    var found = new HashMap<String, Layout>();
    var unknown = new ArrayList<String>();
    for (Level level : of) {
      if (level.holds().size() > 0) { // one without never has a sheet
        var known = remembered.getIfPresent(level.id());
        if (known != null && known.version == level.version()) {
          found.put(level.id(), known);
        } else {
          unknown.add(level.id());
        }
      }
    }
    return unknown.isEmpty()
        ? Mono.just(found)
        : Flux.from(levels.find(in("_id", unknown)).projection(include("version", SHEET, INLINE)))
            .doOnNext(document -> found.put(document.getString("_id"), layout(document)))
            .then(Mono.just(found));
  }

  private static Layout layout(Document level) {
    return new Layout(
        Docs.number(level, "version"), Docs.string(level, SHEET), (int) Docs.number(level, INLINE));
  }

  /** What a write of a level does with its sheet. */
  enum Plan {
    /** Says what changed. */
    AS_IT_IS,
    /** Begins a new sheet with all holds. */
    NEW_SHEET,
    /** Takes the few holds that are left into the level's document. */
    NO_SHEET
  }

  Plan plan(Level after, Layout before, int changed) {
    if (before.hasSheet() && isFew(after.holds())) {
      return Plan.NO_SHEET;
    }
    boolean isFull =
        before.hasSheet() ? before.inline + changed > inlineMax : after.holds().size() > inlineMax;
    return isFull ? Plan.NEW_SHEET : Plan.AS_IT_IS;
  }

  /** The update's parts that say how a level's holds lie. */
  List<Bson> parts(Layout layout) {
    return layout.hasSheet()
        ? List.of(Updates.set(SHEET, layout.sheet), Updates.set(INLINE, layout.inline))
        : List.of(Updates.unset(SHEET), Updates.set(INLINE, layout.inline));
  }

  Sheet next(Level after) {
    return new Sheet(after.id() + "#" + after.version() + "#" + Ids.random(), after);
  }

  Mono<Void> insert(List<Sheet> next) {
    return next.isEmpty()
        ? Mono.empty()
        : Mono.from(
                sheets.insertMany(
                    next.stream()
                        .map(
                            sheet ->
                                new Document("_id", sheet.id)
                                    .append("level", sheet.level.id())
                                    .append("version", sheet.level.version())
                                    .append("holds", Documents.holds(sheet.level.holds())))
                        .toList()))
            .then();
  }

  /** Remembers how the holds of a level lie that was read. */
  void remember(Document level) {
    remember(level.getString("_id"), layout(level));
  }

  /** Remembers how a level's holds lie once it has been written. */
  void remember(String level, Layout layout) {
    if (layout.hasSheet() || layout.inline > 0) {
      remembered.put(level, layout);
    }
  }

  /**
   * Deletes what a level cannot name any more: sheets of versions before the one it has. Nobody
   * waits for it; what stays goes with the next one.
   */
  void deleteOlder(String level, long version) {
    Mono.from(sheets.deleteMany(and(eq("level", level), lt("version", version))))
        .subscribe(
            done -> {}, error -> log.debug("a sheet is deleted later: {}", error.toString()));
  }

  /**
   * Levels with all their holds, as {@link Documents#level} reads them.
   *
   * @param read reads them; again when a sheet was replaced between level and sheet
   */
  Mono<List<Document>> whole(Mono<List<Document>> read) {
    return read.flatMap(this::joined)
        .retryWhen(Retry.max(READS_MAX).filter(SheetReplaced.class::isInstance));
  }

  private Mono<List<Document>> joined(List<Document> found) {
    var ids = new ArrayList<String>();
    for (Document level : found) {
      var layout = layout(level);
      if (layout.hasSheet()) {
        ids.add(layout.sheet);
      }
    }
    return ids.isEmpty()
        ? Mono.just(found)
        : Flux.from(sheets.find(in("_id", ids)))
            .collectMap(sheet -> sheet.getString("_id"))
            .map(
                byId -> {
                  for (Document level : found) {
                    var id = Docs.string(level, SHEET);
                    if (!id.isEmpty()) {
                      var sheet = byId.get(id);
                      if (sheet == null) {
                        throw new SheetReplaced();
                      }
                      join(level, sheet.get("holds", new Document()));
                    }
                  }
                  return found;
                });
  }

  private static void join(Document level, Document all) {
    level
        .get("holds", new Document())
        .forEach(
            (bucket, holds) ->
                ((Document) all.computeIfAbsent(bucket, key -> new Document()))
                    .putAll((Document) holds));
    level.append("holds", all);
  }

  /** Between a level and its sheet another one was written. */
  private static final class SheetReplaced extends RuntimeException {
    private static final long serialVersionUID = 1;

    SheetReplaced() {
      super("a level's sheet was replaced while it was read", null, false, false);
    }
  }
}
