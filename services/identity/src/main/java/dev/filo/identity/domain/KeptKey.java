package dev.filo.identity.domain;

import java.time.Instant;

/**
 * A signing key as it is kept.
 *
 * @param number the first key is 1; the next one is made once
 * @param publicJwk the public half as a JSON Web Key
 * @param sealedJwk both halves, encrypted
 * @param activeTime from when on it signs, until the next one does
 */
public record KeptKey(
    String id, long number, String publicJwk, String sealedJwk, Instant activeTime) {
  /** Without the key. */
  @Override
  public String toString() {
    return "key " + number;
  }
}
