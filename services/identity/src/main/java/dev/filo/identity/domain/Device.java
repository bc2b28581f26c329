package dev.filo.identity.domain;

import java.util.List;

/** A till or another machine of one store, with an OAuth client of its own. */
public record Device(String clientId, String secretHash, String displayName, String store) {
  /** Whom its tokens speak for. */
  public Principal principal() {
    return new Principal("devices/" + clientId, "device", List.of(store), displayName);
  }
}
