package dev.filo.testkit;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.Random;

/**
 * Inputs that nobody should send, made of some that people do: bits turned, parts left out,
 * repeated, mixed with others, and what has broken parsers elsewhere put between. The same seed
 * makes the same inputs. It does not know which of them reach new code, as a coverage-guided fuzzer
 * does.
 */
public final class Mutations {
  private static final int LENGTH_MAX = 64 * 1024;
  private static final int STEPS_MAX = 6;
  private static final List<byte[]> TROUBLE =
      List.of(
              "\u0000",
              "\r\n",
              "\n",
              "\t",
              " ",
              "\"",
              "'",
              "\\",
              "/",
              "//",
              "../",
              "%",
              "%00",
              "%2e%2e%2f",
              "%zz",
              "%c0%ae",
              ";",
              ":",
              "::",
              "@",
              "&",
              "=",
              "?",
              "#",
              "{",
              "}",
              "[",
              "]",
              "{}",
              "[[[[",
              "]]]]",
              ",",
              ",,",
              "-",
              "-0",
              "0",
              "1",
              "-1",
              "2147483648",
              "9223372036854775808",
              "1e999999999",
              "NaN",
              "Infinity",
              "0x10",
              "+",
              "null",
              "true",
              "\\u0000",
              "\\ud800",
              "\\uDFFF",
              "\ufeff",
              "\u0130",
              "\u00df",
              "\u202e",
              "\u0661",
              "\ud83d\ude00",
              "a\u0301",
              "xn--",
              "t=",
              "v1=",
              "q=",
              "*",
              "$where",
              "${a}",
              "<!DOCTYPE x>",
              "<![CDATA[",
              "&amp;",
              "&#0;",
              "T00:00:00Z",
              "9999-12-31",
              "0000-00-00",
              "-999999999-01-01",
              "+999999999-12-31",
              "24:00",
              "Europe/Rome",
              "stores/",
              "customers/me")
          .stream()
          .map(text -> text.getBytes(StandardCharsets.UTF_8))
          .toList();
  private static final List<byte[]> BYTES =
      List.of(
          new byte[] {(byte) 0xff},
          new byte[] {(byte) 0x80},
          new byte[] {(byte) 0xc0, (byte) 0x80},
          new byte[] {(byte) 0xed, (byte) 0xa0, (byte) 0x80},
          new byte[] {(byte) 0xff, (byte) 0xff, (byte) 0xff, (byte) 0xff, 0x0f},
          new byte[] {(byte) 0x7f, (byte) 0xff, (byte) 0xff, (byte) 0xff});

  private final Random random;
  private final List<byte[]> from;

  /** Mutations of some inputs; there must be one. */
  public Mutations(long seed, List<byte[]> from) {
    this.random = new Random(seed);
    this.from = List.copyOf(from);
  }

  /** The next input, of 64 KiB at most. */
  public byte[] next() {
    byte[] input = any(from);
    int steps = 1 + random.nextInt(STEPS_MAX);
    for (int i = 0; i < steps; i++) {
      input = step(input);
    }
    return input.length > LENGTH_MAX ? Arrays.copyOf(input, LENGTH_MAX) : input;
  }

  private byte[] any(List<byte[]> some) {
    return some.get(random.nextInt(some.size()));
  }

  private byte[] step(byte[] input) {
    int at = random.nextInt(input.length + 1);
    int end = Math.min(input.length, at + 1 + random.nextInt(Math.max(1, input.length)));
    return switch (random.nextInt(9)) {
      case 0 -> turned(input);
      case 1 -> joined(input, at, any(TROUBLE), at);
      case 2 -> joined(input, at, any(TROUBLE), end);
      case 3 -> joined(input, at, any(BYTES), Math.min(input.length, at + random.nextInt(3)));
      case 4 -> joined(input, at, new byte[0], end);
      case 5 -> joined(input, at, repeated(Arrays.copyOfRange(input, at, end)), end);
      case 6 -> joined(input, at, slice(any(from)), end);
      case 7 -> Arrays.copyOf(input, at);
      default -> joined(input, at, new byte[] {(byte) random.nextInt(256)}, at);
    };
  }

  private byte[] turned(byte[] input) {
    byte[] turned = input.clone();
    if (turned.length > 0) {
      turned[random.nextInt(turned.length)] ^= (byte) (1 << random.nextInt(8));
    }
    return turned;
  }

  private byte[] slice(byte[] other) {
    int at = random.nextInt(other.length + 1);
    return Arrays.copyOfRange(other, at, at + random.nextInt(other.length - at + 1));
  }

  private byte[] repeated(byte[] part) {
    int times = 1 << random.nextInt(random.nextInt(12) + 1);
    var out = new ByteArrayOutputStream();
    for (int i = 0; i < times && out.size() < LENGTH_MAX; i++) {
      out.writeBytes(part);
    }
    return out.toByteArray();
  }

  private static byte[] joined(byte[] input, int to, byte[] between, int from) {
    var out = new ByteArrayOutputStream();
    out.write(input, 0, to);
    out.writeBytes(between);
    out.write(input, from, input.length - from);
    return out.toByteArray();
  }
}
