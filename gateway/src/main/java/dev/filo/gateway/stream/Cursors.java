package dev.filo.gateway.stream;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * One opaque cursor for several topics: base64url of, for each topic, six bytes of its SHA-256, the
 * length of its cursor in two bytes, and the cursor. A topic that is asked for later simply is not
 * in it.
 */
final class Cursors {
  private static final int NAME = 6; // 48 bits: no two of 20 topics meet by chance.

  private Cursors() {}

  /** Writes the cursors of topics; those that are empty are left out. */
  static String write(List<String> topics, String[] cursors) {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    for (int i = 0; i < cursors.length; i++) {
      byte[] cursor = cursors[i].getBytes(StandardCharsets.UTF_8);
      if (cursor.length > 0 && cursor.length <= 0xFFFF) {
        out.writeBytes(name(topics.get(i)));
        out.write(cursor.length >> 8);
        out.write(cursor.length);
        out.writeBytes(cursor);
      }
    }
    return Base64.getUrlEncoder().withoutPadding().encodeToString(out.toByteArray());
  }

  /**
   * Reads the cursors of topics, empty for those that are not in it; nothing when it is not one of
   * ours.
   */
  static String @Nullable [] read(List<String> topics, String cursor) {
    Map<String, String> known = new TreeMap<>();
    try {
      byte[] in = Base64.getUrlDecoder().decode(cursor);
      for (int i = 0; i < in.length; ) {
        String name = Base64.getEncoder().encodeToString(Arrays.copyOfRange(in, i, i + NAME));
        int length = (in[i + NAME] & 0xFF) << 8 | (in[i + NAME + 1] & 0xFF);
        int from = i + NAME + 2;
        if (from + length > in.length) {
          return null;
        }
        known.put(name, new String(in, from, length, StandardCharsets.UTF_8));
        i = from + length;
      }
    } catch (IllegalArgumentException | IndexOutOfBoundsException e) {
      return null;
    }
    String[] cursors = new String[topics.size()];
    for (int i = 0; i < cursors.length; i++) {
      String name = Base64.getEncoder().encodeToString(name(topics.get(i)));
      cursors[i] = known.getOrDefault(name, "");
    }
    return cursors;
  }

  private static byte[] name(String topic) {
    try {
      byte[] hash =
          MessageDigest.getInstance("SHA-256").digest(topic.getBytes(StandardCharsets.UTF_8));
      return Arrays.copyOf(hash, NAME);
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("Every JDK has SHA-256.", e);
    }
  }
}
