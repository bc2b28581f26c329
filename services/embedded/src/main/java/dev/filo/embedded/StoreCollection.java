package dev.filo.embedded;

import de.bwaldvogel.mongo.MongoDatabase;
import de.bwaldvogel.mongo.backend.AbstractSynchronizedMongoCollection;
import de.bwaldvogel.mongo.backend.ArrayFilters;
import de.bwaldvogel.mongo.backend.CollectionOptions;
import de.bwaldvogel.mongo.backend.CursorRegistry;
import de.bwaldvogel.mongo.backend.DocumentWithPosition;
import de.bwaldvogel.mongo.backend.Index;
import de.bwaldvogel.mongo.backend.QueryResult;
import de.bwaldvogel.mongo.bson.Document;
import de.bwaldvogel.mongo.oplog.Oplog;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Objects;
import java.util.Spliterator;
import java.util.Spliterators;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Supplier;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;
import org.h2.mvstore.MVMap;
import org.jspecify.annotations.Nullable;

/**
 * A collection whose documents lie in one map of the file, by the key of their {@code _id}.
 *
 * <p>A document in the map is never changed: queries hand out copies, an update puts the changed
 * copy in place. (The library changes what a query returned, so without this an answer being sent
 * could show a later update, or half of one.)
 */
final class StoreCollection extends AbstractSynchronizedMongoCollection<Key> {

  static final String ID = "_id";

  private static final String NATURAL = "$natural";

  private static final ScopedValue<Reading> READING = ScopedValue.newInstance();

  private static final AtomicLong NUMBERS = new AtomicLong();

  private final MVMap<Key, Document> documents;
  private final GroupCommit commits;
  private final ChangeLog changes;
  private volatile long changedIn; // the generation of the newest change
  private boolean replacing; // guarded by this: whether the running update replaces documents

  StoreCollection(
      MongoDatabase database,
      String name,
      CollectionOptions options,
      CursorRegistry cursors,
      MVMap<Key, Document> documents,
      GroupCommit commits,
      ChangeLog changes) {
    super(database, name, options, cursors);
    this.documents = documents;
    this.commits = commits;
    this.changes = changes;
  }

  MVMap<Key, Document> documents() {
    return documents;
  }

  /** The generation of the newest change; what a reader has seen may be as new as this. */
  long changedIn() {
    return changedIn;
  }

  // ---- reading

  @Override
  protected QueryResult queryDocuments(
      Document query,
      @Nullable Document orderBy,
      int skip,
      int limit,
      int batchSize,
      @Nullable Document projection) {
    boolean backwards = isBackwards(orderBy);
    boolean byId = isById(orderBy);
    Conditions conditions = Conditions.of(query);
    Stream<Document> candidates = fromIndex(conditions);
    boolean ordered = byId && candidates == null;
    if (candidates == null) {
      candidates = byId(conditions, backwards && (ordered || isNatural(orderBy)));
    }
    return matchDocumentsFromStream(
        candidates, query, ordered ? null : orderBy, skip, limit, batchSize, projection);
  }

  @Override
  protected QueryResult matchDocuments(
      Document query,
      @Nullable Document orderBy,
      int skip,
      int limit,
      int batchSize,
      @Nullable Document projection) {
    return queryDocuments(query, orderBy, skip, limit, batchSize, projection);
  }

  private static boolean isById(@Nullable Document orderBy) {
    return orderBy != null && orderBy.size() == 1 && orderBy.containsKey(ID);
  }

  private static boolean isNatural(@Nullable Document orderBy) {
    return orderBy != null && orderBy.containsKey(NATURAL);
  }

  private static boolean isBackwards(@Nullable Document orderBy) {
    return orderBy != null
        && orderBy.values().stream().findFirst().orElse(1) instanceof Number direction
        && direction.intValue() < 0;
  }

  /** The documents an index or their _ids give; null when none helps. */
  private @Nullable Stream<Document> fromIndex(Conditions conditions) {
    List<Object> ids = conditions.equal(ID);
    if (ids != null && hasIds()) {
      return positions(ids.stream().map(Key::of));
    }
    StoreIndex best = null;
    int bestScore = 0;
    for (Index<Key> index : getIndexes()) {
      if (index instanceof StoreIndex candidate) {
        int score = score(candidate, conditions);
        if (score > bestScore) {
          bestScore = score;
          best = candidate;
        }
      }
    }
    return best == null ? null : positions(scan(best, conditions));
  }

  private Stream<Document> positions(Stream<Key> keys) {
    return keys.distinct().map(documents::get).filter(Objects::nonNull);
  }

  private boolean hasIds() {
    return ID.equals(getIdField());
  }

  /** Two for each leading field known exactly, one for a range after them. */
  private static int score(StoreIndex index, Conditions conditions) {
    int score = 0;
    for (var field : index.getKeys()) {
      if (conditions.equal(field.getKey()) != null) {
        score += 2;
      } else if (conditions.least(field.getKey()) != null
          || conditions.most(field.getKey()) != null) {
        return score + 1;
      } else {
        return score;
      }
    }
    return score;
  }

  private static Stream<Key> scan(StoreIndex index, Conditions conditions) {
    List<Key> prefixes = List.of(Key.EMPTY);
    Object least = null;
    Object most = null;
    for (var field : index.getKeys()) {
      List<Object> values = conditions.equal(field.getKey());
      if (values == null) {
        least = conditions.least(field.getKey());
        most = conditions.most(field.getKey());
        break;
      }
      var longer = new ArrayList<Key>();
      for (Key prefix : prefixes) {
        for (Object value : values) {
          longer.add(prefix.with(value));
        }
      }
      prefixes = longer;
    }
    Object from = least;
    // an array may have one element above and another below: then only one bound may be used
    Object to = least == null ? most : null;
    return prefixes.stream().distinct().flatMap(prefix -> scan(index, prefix, from, to));
  }

  private static Stream<Key> scan(
      StoreIndex index, Key prefix, @Nullable Object from, @Nullable Object to) {
    Key last = to == null ? null : prefix.with(to);
    Key first = prefix;
    if (from != null) {
      first = prefix.with(from);
    } else if (to != null) { // what is of another type is not below it: a field that is not there
      first = prefix.followedBy(Key.of(to).type());
    }
    var cursor = index.entries().cursor(first);
    var positions =
        new Iterator<Key>() {
          private @Nullable Key next = advance();

          private @Nullable Key advance() {
            if (!cursor.hasNext()) {
              return null;
            }
            Key key = cursor.next();
            boolean within =
                key.startsWith(prefix)
                    && (last == null || key.compareTo(last) <= 0 || key.startsWith(last));
            return within ? cursor.getValue() : null;
          }

          @Override
          public boolean hasNext() {
            return next != null;
          }

          @Override
          public Key next() {
            Key result = Objects.requireNonNull(next);
            next = advance();
            return result;
          }
        };
    return stream(positions);
  }

  private Stream<Document> byId(Conditions conditions, boolean backwards) {
    Object least = hasIds() ? conditions.least(ID) : null;
    Object most = hasIds() ? conditions.most(ID) : null;
    Key from = least == null ? null : Key.of(least);
    Key to = most == null ? null : Key.of(most);
    var cursor = backwards ? documents.cursor(to, from, true) : documents.cursor(from, to, false);
    var values =
        new Iterator<Document>() {
          @Override
          public boolean hasNext() {
            return cursor.hasNext();
          }

          @Override
          public Document next() {
            cursor.next();
            return cursor.getValue();
          }
        };
    return stream(values);
  }

  private static <T> Stream<T> stream(Iterator<T> values) {
    return StreamSupport.stream(
        Spliterators.spliteratorUnknownSize(values, Spliterator.ORDERED), false);
  }

  /** The one filter under which a whole collection is read next, on this thread. */
  private static final class Reading {
    private final StoreCollection collection;
    private final Document filter;
    private boolean used;

    private Reading(StoreCollection collection, Document filter) {
      this.collection = collection;
      this.filter = filter;
    }
  }

  /** Runs an aggregation whose first stage lets through only what the filter matches. */
  <T> T readingOnly(Document filter, Supplier<T> aggregation) {
    return ScopedValue.where(READING, new Reading(this, filter)).call(aggregation::get);
  }

  @Override
  public Stream<Document> queryAllAsStream() {
    if (READING.isBound()) {
      Reading reading = READING.get();
      if (reading.collection == this && !reading.used) {
        reading.used = true; // a later stage may read this collection as a whole
        return handleQueryAsStream(reading.filter);
      }
    }
    return super.queryAllAsStream();
  }

  /** All that leaves a query leaves as a copy. */
  @Override
  protected QueryResult createQueryResult(List<Document> matched, int batchSize) {
    return super.createQueryResult(matched.stream().map(Document::cloneDeeply).toList(), batchSize);
  }

  @Override
  public synchronized int count(@Nullable Document query, int skip, int limit) {
    return super.count(query, skip, limit);
  }

  @Override
  public int count() {
    return documents.size();
  }

  @Override
  public boolean isEmpty() {
    return documents.isEmpty();
  }

  @Override
  protected Document getDocument(Key position) {
    return Objects.requireNonNull(documents.get(position)).cloneDeeply();
  }

  @Override
  protected Stream<DocumentWithPosition<Key>> streamAllDocumentsWithPosition() {
    return documents.entrySet().stream()
        .map(entry -> new DocumentWithPosition<>(entry.getValue(), entry.getKey()));
  }

  // ---- changing

  /** While an index is built nothing is written that it could miss. */
  @Override
  public synchronized void addIndex(Index<Key> index) {
    super.addIndex(index);
  }

  @Override
  public synchronized void dropIndex(String name) {
    super.dropIndex(name);
  }

  @Override
  public synchronized Document updateDocuments(
      Document selector,
      Document update,
      ArrayFilters arrayFilters,
      boolean isMulti,
      boolean isUpsert,
      Oplog oplog) {
    replacing = isReplacement(update);
    return super.updateDocuments(selector, update, arrayFilters, isMulti, isUpsert, oplog);
  }

  @Override
  public synchronized Document findAndModify(Document query) {
    replacing = query.get("update") instanceof Document update && isReplacement(update);
    return super.findAndModify(query);
  }

  private static boolean isReplacement(Document update) {
    return update.keySet().stream().noneMatch(name -> name.startsWith("$"));
  }

  @Override
  protected Key addDocumentInternal(Document document) {
    String idField = getIdField();
    Key key = idField == null ? nextKey() : Key.of(document.get(idField));
    documents.put(key, document);
    changed();
    if (isWatchable()) {
      changes.inserted(getFullName(), document);
    }
    return key;
  }

  /** For documents without an _id of their own, which the library's own lists have: in order. */
  private static Key nextKey() {
    return Key.of(System.currentTimeMillis()).with(NUMBERS.incrementAndGet());
  }

  @Override
  protected void handleUpdate(Key position, Document oldDocument, Document newDocument) {
    documents.put(position, newDocument);
    changed();
    if (isWatchable()) {
      changes.updated(getFullName(), oldDocument, newDocument, replacing);
    }
  }

  @Override
  protected void removeDocument(Key position) {
    Document removed = documents.remove(position);
    changed();
    if (removed != null && isWatchable()) {
      changes.deleted(getFullName(), removed);
    }
  }

  private void changed() {
    changedIn = commits.generation();
  }

  private boolean isWatchable() {
    return !getCollectionName().startsWith("system.");
  }

  /** Sizes are not kept: that would be one more page in every commit. */
  @Override
  protected boolean tracksDataSize() {
    return false;
  }

  @Override
  protected void updateDataSize(int sizeDelta) {
    // not kept
  }

  @Override
  protected int getDataSize() {
    return 0;
  }
}
