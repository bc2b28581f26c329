package dev.filo.identity.domain;

import java.time.Instant;
import java.util.List;

/**
 * A till or another machine of one store, with an OAuth client of its own.
 *
 * @param active whether it may come in
 * @param epoch rises whenever all its tokens must end
 * @param version rises with every change; 0 in what was kept before it was counted
 */
public record Device(
    String clientId,
    String secretHash,
    String displayName,
    String store,
    boolean active,
    long epoch,
    Instant createTime,
    long version) {

  /** A new one, which may come in. */
  public static Device registered(
      String clientId, String secretHash, String displayName, String store, Instant now) {
    return new Device(clientId, secretHash, displayName, store, true, 1, now, 1);
  }

  /** Its resource name. */
  public String name() {
    return "devices/" + clientId;
  }

  /** Whom its tokens speak for. */
  public Principal principal() {
    return new Principal(name(), "device", List.of(store), displayName);
  }

  /** What its tokens have in common until the next one must be got: their session. */
  public String session() {
    return "device." + clientId + "." + epoch;
  }

  /** True when tokens made before a change must end. */
  public boolean mustSignInAgain(Device next) {
    return (!next.active && active)
        || !next.store.equals(store)
        || !next.secretHash.equals(secretHash);
  }
}
