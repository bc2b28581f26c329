package dev.filo.identity.domain;

import java.time.Instant;
import java.util.List;

/**
 * A person who works for the retailer.
 *
 * @param role {@code agent}, {@code store_staff} or {@code manager}
 * @param stores resource names of the stores of store staff; none for others
 * @param active whether she may come in
 * @param version rises with every change; 0 in what was kept before it was counted
 */
public record StaffMember(
    String email,
    String displayName,
    String role,
    List<String> stores,
    boolean active,
    Instant createTime,
    long version) {
  /** What runs the installation. */
  public static final String MANAGER = "manager";

  private static final String STORE_STAFF = "store_staff";

  /** Copies what can change. */
  public StaffMember {
    stores = List.copyOf(stores);
  }

  /** A new one, who may come in. */
  public static StaffMember added(
      String email, String displayName, String role, List<String> stores, Instant now) {
    return new StaffMember(email, displayName, role, stores, true, now, 1);
  }

  /** Her resource name. */
  public String name() {
    return "staff/" + email;
  }

  /** Whom her tokens speak for. */
  public Principal principal() {
    return new Principal(name(), role, stores, displayName);
  }

  /** True for one who may manage now. */
  public boolean manages() {
    return active && role.equals(MANAGER);
  }

  /** True when role and stores go together: store staff have stores, others have none. */
  public boolean isConsistent() {
    return role.equals(STORE_STAFF) == !stores.isEmpty();
  }

  /** True when tokens made before a change say other than what she may do since. */
  public boolean mustSignInAgain(StaffMember next) {
    return (!next.active && active) || !next.role.equals(role) || !next.stores.equals(stores);
  }
}
