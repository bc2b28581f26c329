package dev.filo.embedded;

import de.bwaldvogel.mongo.MongoCollection;
import de.bwaldvogel.mongo.MongoDatabase;
import de.bwaldvogel.mongo.backend.AbstractSynchronizedMongoDatabase;
import de.bwaldvogel.mongo.backend.CollectionOptions;
import de.bwaldvogel.mongo.backend.CursorRegistry;
import de.bwaldvogel.mongo.backend.DatabaseResolver;
import de.bwaldvogel.mongo.backend.Index;
import de.bwaldvogel.mongo.backend.IndexKey;
import de.bwaldvogel.mongo.bson.Document;
import de.bwaldvogel.mongo.exception.MongoServerError;
import de.bwaldvogel.mongo.oplog.Oplog;
import io.netty.channel.Channel;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import org.h2.mvstore.MVMap;
import org.h2.mvstore.MVStore;
import org.jspecify.annotations.Nullable;

/**
 * A database whose collections and indexes are maps of one file: {@code data/<db>.<collection>} and
 * {@code index/<db>.<collection>/<name>}.
 */
final class StoreDatabase extends AbstractSynchronizedMongoDatabase<Key> {

  static final String DATA = "data/";
  private static final String INDEX = "index/";

  private static final int FAILED_TO_PARSE = 9;
  private static final int CANNOT_CREATE_INDEX = 67;
  private static final int COMMAND_NOT_SUPPORTED = 115;

  private final MVStore store;
  private final GroupCommit commits;
  private final ChangeLog changes;

  StoreDatabase(
      String name, MVStore store, CursorRegistry cursors, GroupCommit commits, ChangeLog changes) {
    super(name, cursors);
    this.store = store;
    this.commits = commits;
    this.changes = changes;
    initializeNamespacesAndIndexes();
  }

  // ---- commands

  @Override
  public Document handleCommand(
      Channel channel, String command, Document query, DatabaseResolver databases, Oplog oplog) {
    refuseUnsupported(query);
    return switch (command) {
      case "insert" -> insert(channel, command, query, databases, oplog);
      case "update" -> update(channel, command, query, databases, oplog);
      case "aggregate" -> aggregate(channel, command, query, databases, oplog);
      case "dropIndexes" ->
          super.handleCommand(channel, command, dropIndexesByKey(query), databases, oplog);
      default -> super.handleCommand(channel, command, query, databases, oplog);
    };
  }

  /** What the library would silently do otherwise than a MongoDB server is refused by name. */
  private static void refuseUnsupported(Document query) {
    if (query.get("collation") != null) {
      throw new MongoServerError(
          COMMAND_NOT_SUPPORTED, "CommandNotSupported", "the embedded store has no collations");
    }
    if (query.get("update") instanceof Collection<?>) {
      throw noPipelineUpdates();
    }
    for (String name : List.of("projection", "fields")) {
      if (query.get(name) instanceof Document projection) {
        refuseComputed(projection);
      }
    }
  }

  private static void refuseComputed(Document projection) {
    projection.forEach(
        (field, wish) -> {
          boolean computed =
              wish instanceof String
                  || (wish instanceof Document document
                      && !document.containsKey("$slice")
                      && !document.containsKey("$elemMatch"));
          if (computed || field.endsWith(".$")) {
            throw new MongoServerError(
                COMMAND_NOT_SUPPORTED,
                "CommandNotSupported",
                "the embedded store has no computed or positional projections");
          }
        });
  }

  private static MongoServerError noPipelineUpdates() {
    return new MongoServerError(
        FAILED_TO_PARSE, "FailedToParse", "the embedded store has no updates by pipeline");
  }

  /** As the library's, but counts only what was inserted. */
  private Document insert(
      Channel channel, String command, Document query, DatabaseResolver databases, Oplog oplog) {
    Document response = super.handleCommand(channel, command, query, databases, oplog);
    if (response.get("writeErrors") instanceof List<?> errors && !errors.isEmpty()) {
      int asked = documents(query.get("documents")).size();
      boolean ordered = !Boolean.FALSE.equals(query.get("ordered"));
      response.put(
          "n", ordered ? ((Document) errors.getFirst()).get("index") : asked - errors.size());
    }
    return response;
  }

  /** As the library's, but an ordered list of updates ends at its first error. */
  private Document update(
      Channel channel, String command, Document query, DatabaseResolver databases, Oplog oplog) {
    List<Document> updates = documents(query.get("updates"));
    for (Document update : updates) {
      refuseUnsupported(update);
      if (update.get("u") instanceof Collection<?>) {
        throw noPipelineUpdates();
      }
    }
    if (updates.size() < 2 || Boolean.FALSE.equals(query.get("ordered"))) {
      return super.handleCommand(channel, command, query, databases, oplog);
    }
    int matched = 0;
    int modified = 0;
    var upserted = new ArrayList<Document>();
    Document response = new Document();
    for (int i = 0; i < updates.size(); i++) {
      Document single = query.clone();
      single.put("updates", List.of(updates.get(i)));
      response = super.handleCommand(channel, command, single, databases, oplog);
      matched += number(response, "n");
      modified += number(response, "nModified");
      for (Document each : documents(response.get("upserted"))) {
        upserted.add(each.append("index", i));
      }
      List<Document> errors = documents(response.get("writeErrors"));
      if (!errors.isEmpty()) {
        errors.getFirst().put("index", i);
        break;
      }
    }
    response.put("n", matched);
    response.put("nModified", modified);
    if (!upserted.isEmpty()) {
      response.put("upserted", upserted);
    }
    return response;
  }

  /** As the library's, but a pipeline's first $match chooses what is read at all. */
  private Document aggregate(
      Channel channel, String command, Document query, DatabaseResolver databases, Oplog oplog) {
    List<Document> stages = documents(query.get("pipeline"));
    if (!stages.isEmpty()
        && stages.getFirst().get("$match") instanceof Document filter
        && resolveCollection(String.valueOf(query.get(command)), false)
            instanceof StoreCollection collection) {
      return collection.readingOnly(
          filter, () -> super.handleCommand(channel, command, query, databases, oplog));
    }
    return super.handleCommand(channel, command, query, databases, oplog);
  }

  @SuppressWarnings("unchecked")
  private static List<Document> documents(@Nullable Object list) {
    return list == null ? List.of() : List.copyOf((Collection<Document>) list);
  }

  private static int number(Document document, String name) {
    return document.get(name) instanceof Number number ? number.intValue() : 0;
  }

  /** The library drops the same name in other collections too when asked by name. */
  private Document dropIndexesByKey(Document query) {
    if (!(query.get("index") instanceof String name)) {
      return query;
    }
    String namespace = getFullCollectionNamespace((String) query.get("dropIndexes"));
    MongoCollection<Key> descriptions = indexes.get();
    if (name.equals("*") || descriptions == null) {
      throw new MongoServerError(
          COMMAND_NOT_SUPPORTED,
          "CommandNotSupported",
          "the embedded store drops indexes one by one");
    }
    for (Document each :
        descriptions.handleQuery(new Document("ns", namespace).append("name", name))) {
      return query.clone().append("index", each.get("key"));
    }
    return query;
  }

  // ---- collections

  @Override
  protected MongoCollection<Key> openOrCreateCollection(String name, CollectionOptions options) {
    return new StoreCollection(
        this, name, options, cursorRegistry, documents(name), commits, changes);
  }

  private MVMap<Key, Document> documents(String collection) {
    var builder =
        new MVMap.Builder<Key, Document>()
            .keyType(KeyType.INSTANCE)
            .valueType(DocumentType.INSTANCE);
    return store.openMap(DATA + getFullCollectionNamespace(collection), builder);
  }

  @Override
  public void dropCollection(String name, Oplog oplog) {
    super.dropCollection(name, oplog);
    removeMaps(DATA + getFullCollectionNamespace(name), indexPrefix(name));
  }

  @Override
  public void moveCollection(
      MongoDatabase oldDatabase, MongoCollection<?> collection, String newName) {
    String oldNamespace = collection.getFullName();
    super.moveCollection(oldDatabase, collection, newName);
    String newNamespace = getFullCollectionNamespace(newName);
    for (String name : List.copyOf(store.getMapNames())) {
      if (name.equals(DATA + oldNamespace)) {
        store.renameMap(store.openMap(name), DATA + newNamespace);
      } else if (name.startsWith(INDEX + oldNamespace + "/")) {
        String index = name.substring((INDEX + oldNamespace + "/").length());
        store.renameMap(store.openMap(name), INDEX + newNamespace + "/" + index);
      }
    }
  }

  @Override
  public void drop(Oplog oplog) {
    super.drop(oplog);
    for (String name : List.copyOf(store.getMapNames())) {
      if (name.startsWith(DATA + getDatabaseName() + ".")
          || name.startsWith(INDEX + getDatabaseName() + ".")) {
        store.removeMap(name);
      }
    }
  }

  private void removeMaps(String data, String indexPrefix) {
    for (String name : List.copyOf(store.getMapNames())) {
      if (name.equals(data) || name.startsWith(indexPrefix)) {
        store.removeMap(name);
      }
    }
  }

  // ---- indexes

  @Override
  protected synchronized void addIndex(Document description) {
    boolean isPartial = description.get("partialFilterExpression") != null;
    if (isPartial && Boolean.TRUE.equals(description.get("unique"))) {
      throw new MongoServerError(
          CANNOT_CREATE_INDEX,
          "CannotCreateIndex",
          "the embedded store has no partial unique indexes");
    }
    // One that only finds documents finds the same when it has them all.
    var whole = description.clone();
    whole.remove("partialFilterExpression");
    try {
      super.addIndex(whole);
    } catch (MongoServerError e) {
      forgetHalfBuilt(description);
      throw e;
    }
  }

  /** Entries of an index that was refused would be taken for the whole index next time. */
  private void forgetHalfBuilt(Document description) {
    String namespace = (String) description.get("ns");
    String name = (String) description.get("name");
    MongoCollection<Key> descriptions = indexes.get();
    boolean known =
        descriptions != null
            && descriptions
                .handleQuery(new Document("ns", namespace).append("name", name))
                .iterator()
                .hasNext();
    if (!known) {
      store.removeMap(INDEX + namespace + "/" + name);
    }
  }

  @Override
  protected Index<Key> openOrCreateUniqueIndex(
      String collection, String name, List<IndexKey> keys, boolean sparse) {
    if (keys.size() == 1 && keys.getFirst().getKey().equals(StoreCollection.ID)) {
      return new PrimaryIndex(name, keys, documents(collection));
    }
    return new UniqueIndex(name, keys, sparse, entries(collection, name));
  }

  @Override
  protected Index<Key> openOrCreateSecondaryIndex(
      String collection, String name, List<IndexKey> keys, boolean sparse) {
    return new SecondaryIndex(name, keys, sparse, entries(collection, name));
  }

  @Override
  protected void dropIndex(MongoCollection<Key> collection, String name) {
    super.dropIndex(collection, name);
    store.removeMap(indexPrefix(collection.getCollectionName()) + name);
  }

  private MVMap<Key, Key> entries(String collection, String index) {
    var builder =
        new MVMap.Builder<Key, Key>().keyType(KeyType.INSTANCE).valueType(KeyType.INSTANCE);
    return store.openMap(indexPrefix(collection) + index, builder);
  }

  private String indexPrefix(String collection) {
    return INDEX + getFullCollectionNamespace(collection) + "/";
  }

  // ---- sizes

  @Override
  protected long getStorageSize() {
    return store.getFileStore() == null ? 0 : store.getFileStore().size();
  }

  @Override
  protected long getFileSize() {
    return getStorageSize();
  }
}
