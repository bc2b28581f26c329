package dev.filo.pos.journal;

import com.fasterxml.jackson.annotation.JsonInclude;
import java.nio.charset.StandardCharsets;
import java.util.HexFormat;
import java.util.zip.CRC32C;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.exc.InvalidTypeIdException;
import tools.jackson.databind.json.JsonMapper;

/**
 * The journal's lines: eight hexadecimal digits of CRC-32C over the rest, a space, the fact as
 * JSON, a line feed. JSON escapes line feeds, so that a line is a fact and a fact is a line.
 */
final class Lines {
  private static final JsonMapper JSON =
      JsonMapper.builder()
          .changeDefaultPropertyInclusion(
              inclusion -> inclusion.withValueInclusion(JsonInclude.Include.NON_EMPTY))
          .build();
  private static final int SUM_LENGTH = 8;
  private static final HexFormat HEX = HexFormat.of();

  private Lines() {}

  /** A fact's line, with its line feed. */
  static byte[] line(Fact fact) {
    byte[] json = JSON.writeValueAsBytes(fact);
    byte[] line = new byte[SUM_LENGTH + 1 + json.length + 1];
    byte[] sum = HEX.toHexDigits(sum(json, 0, json.length)).getBytes(StandardCharsets.US_ASCII);
    System.arraycopy(sum, 0, line, 0, SUM_LENGTH);
    line[SUM_LENGTH] = ' ';
    System.arraycopy(json, 0, line, SUM_LENGTH + 1, json.length);
    line[line.length - 1] = '\n';
    return line;
  }

  /**
   * The fact of a line; null when its sum does not fit.
   *
   * @param from where the line begins
   * @param to where its line feed is
   * @throws JournalException when it is whole and says what only a newer filo-pos understands
   */
  static @Nullable Fact fact(byte[] bytes, int from, int to) {
    int json = from + SUM_LENGTH + 1;
    if (to < json || bytes[json - 1] != ' ') {
      return null;
    }
    var sum = new String(bytes, from, SUM_LENGTH, StandardCharsets.US_ASCII);
    if (!sum.equals(HEX.toHexDigits(sum(bytes, json, to - json)))) {
      return null;
    }
    try {
      return JSON.readValue(bytes, json, to - json, Fact.class);
    } catch (InvalidTypeIdException e) {
      throw new JournalException(
          JournalException.Cause.NEWER, "a newer filo-pos wrote this journal; use that one", e);
    } catch (JacksonException e) {
      return null;
    }
  }

  private static int sum(byte[] bytes, int from, int length) {
    var crc = new CRC32C();
    crc.update(bytes, from, length);
    return (int) crc.getValue();
  }
}
