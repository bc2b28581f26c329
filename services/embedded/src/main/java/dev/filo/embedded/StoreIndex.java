package dev.filo.embedded;

import de.bwaldvogel.mongo.backend.IndexKey;
import java.util.List;
import org.h2.mvstore.MVMap;

/** An index that can be read from one key to another. */
interface StoreIndex {

  /** The indexed fields. */
  List<IndexKey> getKeys();

  /**
   * From the values' key (and, where several documents may share it, the document's) to its place.
   */
  MVMap<Key, Key> entries();
}
