package dev.filo.cart.order.payment;

import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

/**
 * Signatures of webhooks: {@code t=1700000000,v1=5257a8…}. Signed are the seconds, a dot and the
 * very bytes of the body, by HMAC-SHA256; several {@code v1} while a secret takes another's place.
 */
final class Signatures {
  private static final String ALGORITHM = "HmacSHA256";
  // Two while a secret changes; some room for providers that do it slowly.
  private static final int SIGNATURES_MAX = 8;
  private static final int SECONDS_DIGITS_MAX = 12;

  private Signatures() {}

  /** True when one of the secrets signed it, not longer ago than {@code tolerance}. */
  static boolean isValid(
      String header, byte[] body, List<String> secrets, Instant now, Duration tolerance) {
    var seconds = "";
    var given = new ArrayList<byte[]>();
    for (String part : header.split(",", -1)) {
      var text = part.strip();
      if (text.startsWith("t=")) {
        seconds = text.substring(2);
      } else if (text.startsWith("v1=") && given.size() < SIGNATURES_MAX) {
        try {
          given.add(HexFormat.of().parseHex(text.substring(3)));
        } catch (IllegalArgumentException e) {
          return false;
        }
      }
    }
    if (seconds.isEmpty()
        || seconds.length() > SECONDS_DIGITS_MAX
        || !seconds.chars().allMatch(sign -> sign >= '0' && sign <= '9')) {
      return false;
    }
    var age = Duration.between(Instant.ofEpochSecond(Long.parseLong(seconds)), now).abs();
    boolean valid = false;
    for (String secret : secrets) {
      var right = sign(seconds, body, secret);
      for (byte[] one : given) {
        // All are compared, each in constant time: nothing is learnt by how long it takes.
        valid |= MessageDigest.isEqual(right, one);
      }
    }
    return valid && age.compareTo(tolerance) <= 0;
  }

  /** The signature of a body sent at some time. */
  static byte[] sign(String seconds, byte[] body, String secret) {
    try {
      var mac = Mac.getInstance(ALGORITHM);
      mac.init(new SecretKeySpec(secret.getBytes(StandardCharsets.UTF_8), ALGORITHM));
      mac.update((seconds + ".").getBytes(StandardCharsets.UTF_8));
      return mac.doFinal(body);
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("every JDK has HMAC-SHA256", e);
    }
  }
}
