package dev.filo.embedded;

import de.bwaldvogel.mongo.backend.AbstractUniqueIndex;
import de.bwaldvogel.mongo.backend.Index;
import de.bwaldvogel.mongo.backend.IndexKey;
import de.bwaldvogel.mongo.backend.KeyValue;
import de.bwaldvogel.mongo.bson.Document;
import java.util.List;
import java.util.Map.Entry;
import java.util.Objects;
import org.h2.mvstore.MVMap;
import org.jspecify.annotations.Nullable;

/**
 * An index whose values belong to one document each; its entries are committed with the documents.
 */
final class UniqueIndex extends AbstractUniqueIndex<Key> implements StoreIndex {

  private final MVMap<Key, Key> entries;

  UniqueIndex(String name, List<IndexKey> keys, boolean sparse, MVMap<Key, Key> entries) {
    super(name, keys, sparse);
    this.entries = entries;
  }

  private static Key key(KeyValue values) {
    Key key = Key.EMPTY;
    for (Object value : values) {
      key = key.with(value);
    }
    return key;
  }

  @Override
  public MVMap<Key, Key> entries() {
    return entries;
  }

  @Override
  protected @Nullable Key removeDocument(KeyValue values) {
    return entries.remove(key(values));
  }

  @Override
  protected boolean putKeyPosition(KeyValue values, Key position) {
    return entries.putIfAbsent(key(values), position) == null;
  }

  @Override
  protected Iterable<Entry<KeyValue, Key>> getIterable() {
    throw new UnsupportedOperationException();
  }

  @Override
  protected @Nullable Key getPosition(KeyValue values) {
    return entries.get(key(values));
  }

  @Override
  public boolean canHandle(Document query) {
    return false; // StoreCollection plans its reads itself
  }

  @Override
  public boolean hasSameOptions(Index<?> other) {
    return super.hasSameOptions(other)
        && getClass() == other.getClass()
        && Objects.equals(toIndexDescription().get("key"), other.toIndexDescription().get("key"));
  }

  @Override
  public long getCount() {
    return entries.sizeAsLong();
  }

  @Override
  public long getDataSize() {
    return getCount();
  }
}
