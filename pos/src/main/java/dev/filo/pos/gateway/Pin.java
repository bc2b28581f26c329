package dev.filo.pos.gateway;

import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.security.PublicKey;
import java.util.Arrays;
import java.util.Base64;

/**
 * What a certificate's public key must be: SHA-256 over its SubjectPublicKeyInfo (RFC 7469, 2.4).
 * Immutable.
 */
public final class Pin {
  private static final String PREFIX = "sha256/";
  private static final int LENGTH = 32;

  private final byte[] sum;

  private Pin(byte[] sum) {
    this.sum = sum;
  }

  /**
   * Reads {@code sha256/BASE64}.
   *
   * @throws IllegalArgumentException with what is wrong
   */
  public static Pin parse(String text) {
    if (!text.startsWith(PREFIX)) {
      throw new IllegalArgumentException("a pin is sha256/ and 44 characters of Base64: " + text);
    }
    byte[] sum;
    try {
      sum = Base64.getDecoder().decode(text.substring(PREFIX.length()));
    } catch (IllegalArgumentException e) {
      throw new IllegalArgumentException("a pin is sha256/ and Base64: " + text, e);
    }
    if (sum.length != LENGTH) {
      throw new IllegalArgumentException("a pin has 32 bytes, not " + sum.length + ": " + text);
    }
    return new Pin(sum);
  }

  /** The pin of a public key. */
  public static Pin of(PublicKey key) {
    try {
      return new Pin(MessageDigest.getInstance("SHA-256").digest(key.getEncoded()));
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java has SHA-256", e);
    }
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof Pin pin && MessageDigest.isEqual(sum, pin.sum);
  }

  @Override
  public int hashCode() {
    return Arrays.hashCode(sum);
  }

  @Override
  public String toString() {
    return PREFIX + Base64.getEncoder().encodeToString(sum);
  }
}
