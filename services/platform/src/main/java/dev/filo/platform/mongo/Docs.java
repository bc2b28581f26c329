package dev.filo.platform.mongo;

import java.time.Instant;
import java.util.Date;
import java.util.List;
import org.bson.Document;
import org.bson.types.Binary;
import org.jspecify.annotations.Nullable;

/** Reads fields of documents, absent ones included. */
public final class Docs {
  private Docs() {}

  /** An instant, or null when absent. */
  public static @Nullable Instant instant(Document document, String key) {
    Date date = document.getDate(key);
    return date == null ? null : date.toInstant();
  }

  /** A text, empty when absent. */
  public static String string(Document document, String key) {
    var text = document.getString(key);
    return text == null ? "" : text;
  }

  /** A whole number, 0 when absent. */
  public static long number(Document document, String key) {
    Object value = document.get(key);
    return value instanceof Number number ? number.longValue() : 0;
  }

  /** Documents in an array, none when absent. */
  public static List<Document> list(Document document, String key) {
    var list = document.getList(key, Document.class);
    return list == null ? List.of() : list;
  }

  /** Texts in an array, none when absent. */
  public static List<String> strings(Document document, String key) {
    var list = document.getList(key, String.class);
    return list == null ? List.of() : list;
  }

  /** Bytes, none when absent. */
  public static byte[] bytes(Document document, String key) {
    var binary = document.get(key, Binary.class);
    return binary == null ? new byte[0] : binary.getData();
  }
}
