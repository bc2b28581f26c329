package dev.filo.identity.service;

import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.security.SecureRandom;
import java.util.Arrays;
import java.util.Base64;
import javax.crypto.Cipher;
import javax.crypto.Mac;
import javax.crypto.spec.GCMParameterSpec;
import javax.crypto.spec.SecretKeySpec;

/**
 * What identity does with its own secret: keyed hashes of codes and tokens, so that a copy of the
 * database opens nothing, and encryption of the signing keys. One key per purpose is derived from
 * the secret. Thread-safe.
 */
public final class Secrets {
  private static final int NONCE_BYTES = 12; // what GCM is made for (NIST SP 800-38D §5.2.1.1)
  private static final int TAG_BITS = 128;
  // Crockford's base 32, as in Ids.code.
  private static final String CODE_ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ";
  private static final SecureRandom RANDOM = new SecureRandom();

  private final byte[] secret;

  /** From identity's secret, at least 16 characters. */
  public Secrets(String secret) {
    if (secret.length() < 16) {
      throw new IllegalArgumentException(
          "filo.identity.key-secret must have at least 16 characters, better 32 random ones");
    }
    this.secret = secret.getBytes(StandardCharsets.UTF_8);
  }

  /** A keyed hash of parts, for one purpose; 43 letters that fit into URLs. */
  public String hash(String purpose, String... parts) {
    return Base64.getUrlEncoder()
        .withoutPadding()
        .encodeToString(
            mac(mac(secret, "hash " + purpose), String.join("\u0000", Arrays.asList(parts))));
  }

  /** A code people can type, the same for the same parts, that nobody else can tell. */
  public String code(int length, String purpose, String... parts) {
    var bytes = mac(mac(secret, "code " + purpose), String.join("\u0000", Arrays.asList(parts)));
    var code = new StringBuilder(length);
    for (int i = 0; i < length; i++) {
      code.append(CODE_ALPHABET.charAt(bytes[i] & 31));
    }
    return code.toString();
  }

  /** True when the two are the same; takes as long when they are not. */
  public static boolean same(String one, String other) {
    return MessageDigest.isEqual(
        one.getBytes(StandardCharsets.UTF_8), other.getBytes(StandardCharsets.UTF_8));
  }

  /** Encrypts a text; it opens only with the same label. */
  public String seal(String label, String text) {
    try {
      var nonce = new byte[NONCE_BYTES];
      RANDOM.nextBytes(nonce);
      var sealed = cipher(Cipher.ENCRYPT_MODE, label, nonce).doFinal(utf8(text));
      var all = Arrays.copyOf(nonce, NONCE_BYTES + sealed.length);
      System.arraycopy(sealed, 0, all, NONCE_BYTES, sealed.length);
      return Base64.getEncoder().encodeToString(all);
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("every JDK has AES-GCM", e);
    }
  }

  /** Opens what {@link #seal} closed. */
  public String open(String label, String sealed) {
    try {
      var all = Base64.getDecoder().decode(sealed);
      var nonce = Arrays.copyOf(all, NONCE_BYTES);
      var text =
          cipher(Cipher.DECRYPT_MODE, label, nonce)
              .doFinal(all, NONCE_BYTES, all.length - NONCE_BYTES);
      return new String(text, StandardCharsets.UTF_8);
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException(
          "what is kept encrypted does not open: filo.identity.key-secret is not the one it was"
              + " encrypted with",
          e);
    }
  }

  private Cipher cipher(int mode, String label, byte[] nonce) throws GeneralSecurityException {
    var cipher = Cipher.getInstance("AES/GCM/NoPadding");
    cipher.init(
        mode, new SecretKeySpec(mac(secret, "seal"), "AES"), new GCMParameterSpec(TAG_BITS, nonce));
    cipher.updateAAD(utf8(label));
    return cipher;
  }

  private static byte[] mac(byte[] key, String text) {
    try {
      var mac = Mac.getInstance("HmacSHA256");
      mac.init(new SecretKeySpec(key, "HmacSHA256"));
      return mac.doFinal(utf8(text));
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("every JDK has HMAC-SHA-256", e);
    }
  }

  private static byte[] utf8(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }
}
