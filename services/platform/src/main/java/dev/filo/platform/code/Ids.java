package dev.filo.platform.code;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.security.SecureRandom;
import java.util.HexFormat;

/** Makes ids that say nothing and codes that people can type. */
public final class Ids {
  // Crockford's base 32 without I, L, O, U: what is read aloud or typed from paper is not mistaken.
  private static final String ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ";
  private static final SecureRandom RANDOM = new SecureRandom();

  private Ids() {}

  /** 20 letters and digits in lower case, 100 random bits. */
  public static String random() {
    return draw(20).toLowerCase(java.util.Locale.ROOT);
  }

  /** A code for people: {@code length} signs of Crockford's base 32, 5 random bits each. */
  public static String code(int length) {
    return draw(length);
  }

  /** Digits, for codes sent by mail or text message. */
  public static String digits(int length) {
    var digits = new StringBuilder(length);
    for (int i = 0; i < length; i++) {
      digits.append((char) ('0' + RANDOM.nextInt(10)));
    }
    return digits.toString();
  }

  /**
   * A typed code as it was made: case, spaces and hyphens dropped, look-alikes read as what they
   * look like.
   */
  public static String readCode(String typed) {
    var code = new StringBuilder(typed.length());
    for (char sign : typed.toUpperCase(java.util.Locale.ROOT).toCharArray()) {
      switch (sign) {
        case ' ', '-', '_', '.' -> {}
        case 'O' -> code.append('0');
        case 'I', 'L' -> code.append('1');
        default -> code.append(sign);
      }
    }
    return code.toString();
  }

  /**
   * The same 32 hexadecimal digits for the same parts: an id for something that must exist once.
   */
  public static String derived(String... parts) {
    return HexFormat.of().formatHex(sha256(String.join("\u0000", parts)), 0, 16);
  }

  /** SHA-256 of a text's UTF-8. */
  public static byte[] sha256(String text) {
    return sha256(text.getBytes(StandardCharsets.UTF_8));
  }

  /** SHA-256. */
  public static byte[] sha256(byte[] bytes) {
    try {
      return MessageDigest.getInstance("SHA-256").digest(bytes);
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every JDK has SHA-256", e);
    }
  }

  private static String draw(int length) {
    var drawn = new byte[length];
    RANDOM.nextBytes(drawn);
    var code = new StringBuilder(length);
    for (byte each : drawn) {
      code.append(ALPHABET.charAt(each & 31)); // 32 signs: each as likely as the others
    }
    return code.toString();
  }
}
