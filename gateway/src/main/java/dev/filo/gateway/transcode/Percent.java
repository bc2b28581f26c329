package dev.filo.gateway.transcode;

import dev.filo.gateway.problem.Problem;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;

/** Percent-decoding that refuses what is damaged instead of guessing. */
final class Percent {
  private Percent() {}

  /** Decodes a segment of a path; an encoded slash is refused, as no name has one. */
  static String decodePath(String raw) {
    String decoded = decode(raw, false);
    if (decoded.indexOf('/') >= 0) {
      throw Problem.of(404, "PATH_UNKNOWN", "No name in a path has a slash.").exception();
    }
    return decoded;
  }

  /** Decodes a name or value of a query, where a plus is a space. */
  static String decodeQuery(String raw) {
    return decode(raw, true);
  }

  private static String decode(String raw, boolean plus) {
    if (raw.indexOf('%') < 0 && !(plus && raw.indexOf('+') >= 0)) {
      return raw;
    }
    byte[] in = raw.getBytes(StandardCharsets.UTF_8);
    ByteBuffer out = ByteBuffer.allocate(in.length);
    for (int i = 0; i < in.length; i++) {
      if (in[i] == '%') {
        int high = i + 2 < in.length ? Character.digit(in[i + 1], 16) : -1;
        int low = i + 2 < in.length ? Character.digit(in[i + 2], 16) : -1;
        if (high < 0 || low < 0) {
          throw damaged();
        }
        out.put((byte) (high << 4 | low));
        i += 2;
      } else {
        out.put(plus && in[i] == '+' ? (byte) ' ' : in[i]);
      }
    }
    try {
      return StandardCharsets.UTF_8.newDecoder().decode(out.flip()).toString();
    } catch (CharacterCodingException e) {
      throw damaged();
    }
  }

  private static RuntimeException damaged() {
    return Problem.of(400, "FIELDS_INVALID", "The URL's percent-encoding is damaged.").exception();
  }
}
