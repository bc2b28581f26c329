package dev.filo.embedded;

import de.bwaldvogel.mongo.MongoCollection;
import de.bwaldvogel.mongo.backend.Index;
import de.bwaldvogel.mongo.backend.IndexKey;
import de.bwaldvogel.mongo.bson.Document;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import org.h2.mvstore.MVMap;
import org.jspecify.annotations.Nullable;

/**
 * An index that makes reads short and refuses nothing. A document has one entry for each
 * combination of its values; an array counts as its elements.
 */
final class SecondaryIndex extends Index<Key> implements StoreIndex {

  private final MVMap<Key, Key> entries;
  private final List<String[]> paths;

  SecondaryIndex(String name, List<IndexKey> keys, boolean sparse, MVMap<Key, Key> entries) {
    super(name, keys, sparse);
    this.entries = entries;
    this.paths = keys.stream().map(key -> key.getKey().split("\\.")).toList();
  }

  @Override
  public MVMap<Key, Key> entries() {
    return entries;
  }

  private Set<Key> keys(Document document) {
    Set<Key> keys = Set.of(Key.EMPTY);
    for (String[] path : paths) {
      var values = new LinkedHashSet<@Nullable Object>();
      collect(document, path, 0, values);
      var longer = new LinkedHashSet<Key>();
      for (Key key : keys) {
        for (Object value : values) {
          longer.add(key.with(value));
        }
      }
      keys = longer;
    }
    return keys;
  }

  private static void collect(
      @Nullable Object value, String[] path, int depth, Collection<@Nullable Object> found) {
    if (value instanceof Collection<?> array) {
      for (Object element : array) {
        if (depth == path.length) {
          found.add(element);
        } else {
          collect(element, path, depth, found);
        }
      }
      if (depth < path.length
          && array instanceof List<?> list
          && path[depth].chars().allMatch(Character::isDigit)
          && path[depth].length() < 6
          && Integer.parseInt(path[depth]) < list.size()) {
        collect(list.get(Integer.parseInt(path[depth])), path, depth + 1, found);
      }
      if (array.isEmpty()) {
        found.add(null);
      }
    } else if (depth == path.length) {
      found.add(value);
    } else if (value instanceof Map<?, ?> document) {
      collect(document.get(path[depth]), path, depth + 1, found);
    } else {
      found.add(null);
    }
  }

  private static Key position(Document document) {
    return Key.of(document.get(StoreCollection.ID));
  }

  @Override
  public @Nullable Key getPosition(Document document) {
    return null; // others know it
  }

  @Override
  public void checkAdd(Document document, MongoCollection<Key> collection) {
    // refuses nothing
  }

  @Override
  public void add(Document document, Key position, MongoCollection<Key> collection) {
    for (Key key : keys(document)) {
      entries.put(key.followedBy(position), position);
    }
  }

  @Override
  public Key remove(Document document) {
    Key position = position(document);
    for (Key key : keys(document)) {
      entries.remove(key.followedBy(position));
    }
    return position;
  }

  @Override
  public void checkUpdate(
      Document oldDocument, Document newDocument, MongoCollection<Key> collection) {
    // refuses nothing
  }

  @Override
  public void updateInPlace(
      Document oldDocument, Document newDocument, Key position, MongoCollection<Key> collection) {
    Set<Key> before = keys(oldDocument);
    Set<Key> after = keys(newDocument);
    if (before.equals(after)) {
      return;
    }
    var gone = new ArrayList<>(before);
    gone.removeAll(after);
    gone.forEach(key -> entries.remove(key.followedBy(position)));
    after.stream()
        .filter(key -> !before.contains(key))
        .forEach(key -> entries.put(key.followedBy(position), position));
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

  @Override
  public void drop() {
    // the database removes the map
  }
}
