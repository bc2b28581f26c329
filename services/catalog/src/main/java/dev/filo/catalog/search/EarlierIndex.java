package dev.filo.catalog.search;

import dev.filo.catalog.store.Kept;
import dev.filo.proto.catalog.v1.ProductRecord;
import java.io.IOException;
import java.util.Map;
import java.util.zip.CRC32C;
import org.apache.lucene.index.DirectoryReader;
import org.apache.lucene.index.DocValues;
import org.apache.lucene.index.IndexFileNames;
import org.apache.lucene.index.IndexWriter;
import org.apache.lucene.index.IndexWriterConfig;
import org.apache.lucene.index.IndexWriterConfig.OpenMode;
import org.apache.lucene.index.SegmentInfos;
import org.apache.lucene.store.Directory;
import org.apache.lucene.store.LockObtainFailedException;
import org.apache.lucene.util.IOUtils;
import org.apache.lucene.util.Version;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What one process leaves in its index's directory for the next. An index of another format, of
 * another Lucene or a damaged one is dropped: it can be made from the database.
 */
final class EarlierIndex {
  /** How products become documents: to be raised whenever the same product gives other ones. */
  static final int FORMAT = 2;

  private static final Logger log = LoggerFactory.getLogger(EarlierIndex.class);
  private static final String MADE_BY = "madeBy";
  private static final String THIS = FORMAT + "/" + Version.LATEST;

  private EarlierIndex() {}

  /**
   * What a product's documents were made of: its version, and a checksum of its content for where a
   * restored database goes on with other contents under the same versions.
   */
  static long state(Kept<ProductRecord> product) {
    var checksum = new CRC32C();
    checksum.update(product.content().toByteArray());
    return (checksum.getValue() << Integer.SIZE) | (product.version() & 0xFFFF_FFFFL);
  }

  /**
   * Opens a directory to write an index.
   *
   * @param states is given the products in it, by their ids
   */
  static IndexWriter open(Directory directory, Map<String, Long> states) throws IOException {
    if (isUsable(directory)) {
      IndexWriter writer = null;
      try {
        writer = new IndexWriter(directory, config(OpenMode.APPEND));
        read(writer, states);
        return writer;
      } catch (LockObtainFailedException taken) {
        throw taken;
      } catch (IOException damaged) {
        log.warn("the index is made anew, it is damaged: {}", damaged.toString());
        states.clear();
        IOUtils.closeWhileHandlingException(writer);
      }
    }
    drop(directory);
    return new IndexWriter(directory, config(OpenMode.CREATE));
  }

  /** Not left to the writer, which wants to read first what it replaces. */
  private static void drop(Directory directory) throws IOException {
    try (var mine = directory.obtainLock(IndexWriter.WRITE_LOCK_NAME)) {
      for (String file : directory.listAll()) {
        if (file.contains(IndexFileNames.SEGMENTS)
            || IndexFileNames.CODEC_FILE_PATTERN.matcher(file).matches()) {
          mine.ensureValid();
          directory.deleteFile(file);
        }
      }
    }
  }

  private static IndexWriterConfig config(OpenMode mode) {
    return new IndexWriterConfig(Analysis.ofIndex()).setOpenMode(mode).setCommitOnClose(false);
  }

  private static boolean isUsable(Directory directory) {
    try {
      return DirectoryReader.indexExists(directory)
          && THIS.equals(SegmentInfos.readLatestCommit(directory).getUserData().get(MADE_BY));
    } catch (IOException e) {
      return false;
    }
  }

  private static void read(IndexWriter writer, Map<String, Long> states) throws IOException {
    try (var reader = DirectoryReader.open(writer)) {
      for (var leaf : reader.leaves()) {
        var ids = DocValues.getSorted(leaf.reader(), Fields.PRODUCT);
        var values = DocValues.getNumeric(leaf.reader(), Fields.STATE);
        var live = leaf.reader().getLiveDocs();
        for (int document = 0; document < leaf.reader().maxDoc(); document++) {
          if ((live == null || live.get(document))
              && ids.advanceExact(document)
              && values.advanceExact(document)) {
            states.put(ids.lookupOrd(ids.ordValue()).utf8ToString(), values.longValue());
          }
        }
      }
    }
  }

  /** Makes an index last, with who can read it. */
  static void commit(IndexWriter writer) throws IOException {
    writer.setLiveCommitData(Map.of(MADE_BY, THIS).entrySet());
    writer.commit();
  }
}
