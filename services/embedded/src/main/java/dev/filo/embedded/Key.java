package dev.filo.embedded;

import de.bwaldvogel.mongo.backend.Missing;
import de.bwaldvogel.mongo.bson.BinData;
import de.bwaldvogel.mongo.bson.BsonTimestamp;
import de.bwaldvogel.mongo.bson.LegacyUUID;
import de.bwaldvogel.mongo.bson.MaxKey;
import de.bwaldvogel.mongo.bson.MinKey;
import de.bwaldvogel.mongo.bson.ObjectId;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.Arrays;
import java.util.Collection;
import java.util.Map;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * One or more BSON values as bytes. The unsigned order of the bytes is the order of the values, and
 * values that a MongoDB server takes for equal (5, 5L, 5.0) have the same bytes. No value's bytes
 * are the beginning of another's, so keys can be put one after the other.
 */
final class Key implements Comparable<Key> {

  /** The key of no value: the beginning of every key. */
  static final Key EMPTY = new Key(new byte[0]);

  private static final int END = 0x00;
  private static final int MIN_KEY = 0x01;
  private static final int NULL = 0x05;
  private static final int NUMBER = 0x10;
  private static final int STRING = 0x20;
  private static final int DOCUMENT = 0x30;
  private static final int ARRAY = 0x35;
  private static final int BINARY = 0x40;
  private static final int UNIQUE_ID = 0x41;
  private static final int OBJECT_ID = 0x50;
  private static final int BOOLEAN = 0x60;
  private static final int DATE = 0x70;
  private static final int TIMESTAMP = 0x75;
  private static final int OTHER = 0x80;
  private static final int MAX_KEY = 0xF0;

  private final byte[] bytes;

  Key(byte[] bytes) {
    this.bytes = bytes;
  }

  static Key of(@Nullable Object value) {
    return EMPTY.with(value);
  }

  /** This key followed by the value's. */
  Key with(@Nullable Object value) {
    var out = new ByteArrayOutputStream(bytes.length + 32);
    out.writeBytes(bytes);
    append(out, value);
    return new Key(out.toByteArray());
  }

  /** This key followed by the other. */
  Key followedBy(Key other) {
    byte[] joined = Arrays.copyOf(bytes, bytes.length + other.bytes.length);
    System.arraycopy(other.bytes, 0, joined, bytes.length, other.bytes.length);
    return new Key(joined);
  }

  /** What the keys of all values begin with that are of the type of this one's first. */
  Key type() {
    return new Key(Arrays.copyOf(bytes, 1));
  }

  boolean startsWith(Key prefix) {
    int length = prefix.bytes.length;
    return bytes.length >= length && Arrays.equals(bytes, 0, length, prefix.bytes, 0, length);
  }

  byte[] bytes() {
    return bytes;
  }

  private static void append(ByteArrayOutputStream out, @Nullable Object value) {
    switch (value) {
      case null -> out.write(NULL);
      case Missing missing -> out.write(NULL);
      case Number number -> number(out, number);
      case String string -> {
        out.write(STRING);
        escaped(out, string.getBytes(StandardCharsets.UTF_8));
      }
      case Map<?, ?> document -> {
        out.write(DOCUMENT);
        document.forEach(
            (name, field) -> {
              append(out, name);
              append(out, field);
            });
        out.write(END);
      }
      case Collection<?> array -> {
        out.write(ARRAY);
        array.forEach(element -> append(out, element));
        out.write(END);
      }
      case BinData binary -> {
        out.write(BINARY);
        escaped(out, binary.getData());
      }
      case UUID id -> uniqueId(out, id);
      case LegacyUUID id -> uniqueId(out, id.getUuid());
      case ObjectId id -> {
        out.write(OBJECT_ID);
        out.writeBytes(id.toByteArray());
      }
      case Boolean flag -> {
        out.write(BOOLEAN);
        out.write(flag ? 1 : 0);
      }
      case Instant instant -> {
        out.write(DATE);
        sortable(out, instant.toEpochMilli());
      }
      case BsonTimestamp timestamp -> {
        out.write(TIMESTAMP);
        sortable(out, timestamp.getValue());
      }
      case MinKey least -> out.write(MIN_KEY);
      case MaxKey greatest -> out.write(MAX_KEY);
      default -> {
        out.write(OTHER);
        escaped(out, (value.getClass().getName() + value).getBytes(StandardCharsets.UTF_8));
      }
    }
  }

  /** The nearest double, then what a long has beyond it: exact, and ordered across both. */
  private static void number(ByteArrayOutputStream out, Number number) {
    double nearest = number.doubleValue() + 0.0; // -0.0 becomes 0.0
    long beyond =
        number instanceof Long exact && exact != (long) nearest ? exact - (long) nearest : 0;
    long bits = Double.doubleToLongBits(nearest);
    out.write(NUMBER);
    sortable(out, bits ^ ((bits >> 63) & Long.MAX_VALUE));
    sortable(out, beyond);
  }

  private static void uniqueId(ByteArrayOutputStream out, UUID id) {
    out.write(UNIQUE_ID);
    sortable(out, id.getMostSignificantBits());
    sortable(out, id.getLeastSignificantBits());
  }

  private static void sortable(ByteArrayOutputStream out, long value) {
    long unsigned = value ^ Long.MIN_VALUE;
    for (int shift = Long.SIZE - Byte.SIZE; shift >= 0; shift -= Byte.SIZE) {
      out.write((int) (unsigned >>> shift));
    }
  }

  /** Ends with 00 00; a 00 within is written as 00 FF. */
  private static void escaped(ByteArrayOutputStream out, byte[] content) {
    for (byte each : content) {
      out.write(each);
      if (each == 0) {
        out.write(0xFF);
      }
    }
    out.write(END);
    out.write(END);
  }

  @Override
  public int compareTo(Key other) {
    return Arrays.compareUnsigned(bytes, other.bytes);
  }

  @Override
  public boolean equals(@Nullable Object other) {
    return other instanceof Key key && Arrays.equals(bytes, key.bytes);
  }

  @Override
  public int hashCode() {
    return Arrays.hashCode(bytes);
  }

  @Override
  public String toString() {
    return "Key[" + bytes.length + " bytes]";
  }
}
