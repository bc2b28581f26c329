package dev.filo.identity.domain;

import java.util.List;

/** A person who works for the retailer. */
public record StaffMember(String email, String displayName, String role, List<String> stores) {
  /** Copies what can change. */
  public StaffMember {
    stores = List.copyOf(stores);
  }

  /** Whom her tokens speak for. */
  public Principal principal() {
    return new Principal("staff/" + email, role, stores, displayName);
  }
}
