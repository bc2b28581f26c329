package dev.filo.embedded;

import de.bwaldvogel.mongo.MongoCollection;
import de.bwaldvogel.mongo.backend.Index;
import de.bwaldvogel.mongo.backend.IndexKey;
import de.bwaldvogel.mongo.backend.KeyValue;
import de.bwaldvogel.mongo.bson.Document;
import de.bwaldvogel.mongo.exception.DuplicateKeyError;
import java.util.Collections;
import java.util.List;
import org.h2.mvstore.MVMap;
import org.jspecify.annotations.Nullable;

/**
 * The index over {@code _id}. Documents lie in the file by the key of their {@code _id}, so this
 * index has no entries of its own that could differ from them.
 */
final class PrimaryIndex extends Index<Key> {

  private final MVMap<Key, Document> documents;

  PrimaryIndex(String name, List<IndexKey> keys, MVMap<Key, Document> documents) {
    super(name, keys, false);
    this.documents = documents;
  }

  private static Key key(Document document) {
    return Key.of(document.get(StoreCollection.ID));
  }

  @Override
  public @Nullable Key getPosition(Document document) {
    Key key = key(document);
    return documents.containsKey(key) ? key : null;
  }

  @Override
  public void checkAdd(Document document, MongoCollection<Key> collection) {
    if (documents.containsKey(key(document))) {
      var id = new KeyValue(Collections.singletonList(document.get(StoreCollection.ID)));
      throw new DuplicateKeyError(this, collection, getKeys(), id);
    }
  }

  @Override
  public void add(Document document, Key position, MongoCollection<Key> collection) {
    // the document's own place is the entry
  }

  @Override
  public @Nullable Key remove(Document document) {
    return getPosition(document);
  }

  @Override
  public boolean canHandle(Document query) {
    return false; // StoreCollection plans its reads itself
  }

  @Override
  public Iterable<Key> getPositions(Document query) {
    throw new UnsupportedOperationException();
  }

  @Override
  public long getCount() {
    return documents.sizeAsLong();
  }

  @Override
  public long getDataSize() {
    return getCount();
  }

  @Override
  public void checkUpdate(
      Document oldDocument, Document newDocument, MongoCollection<Key> collection) {
    // an update cannot change the _id
  }

  @Override
  public void updateInPlace(
      Document oldDocument, Document newDocument, Key position, MongoCollection<Key> collection) {
    // an update cannot change the _id
  }

  @Override
  public boolean isUnique() {
    return true;
  }

  @Override
  public void drop() {
    // goes with the documents
  }
}
