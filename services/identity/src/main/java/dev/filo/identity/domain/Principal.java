package dev.filo.identity.domain;

import java.util.List;

/**
 * Whom a token speaks for.
 *
 * @param name {@code customers/abc}, {@code staff/agent@filo.example}, {@code
 *     devices/till-milano-1}, {@code services/cart}
 * @param role {@code guest}, {@code customer}, {@code agent}, {@code store_staff}, {@code manager},
 *     {@code device}, {@code service}
 * @param stores resource names of the stores of store staff and devices
 * @param displayName empty for customers
 */
public record Principal(String name, String role, List<String> stores, String displayName) {
  /** Copies what can change. */
  public Principal {
    stores = List.copyOf(stores);
  }

  /** A customer, guest or not. */
  public static Principal of(Customer customer) {
    return new Principal(customer.name(), customer.guest() ? "guest" : "customer", List.of(), "");
  }

  /** True for guests and customers. */
  public boolean isShopper() {
    return name.startsWith("customers/");
  }

  /** The channel her tokens are used on when she comes through this client. */
  public String channel(String clientId) {
    return switch (role) {
      case "agent" -> "desk";
      case "store_staff" -> "store";
      case "manager" -> "insight";
      case "device" -> "till";
      case "service" -> "system";
      default ->
          switch (clientId) {
            case "shop-app" -> "app";
            case "desk-web" -> "desk";
            case "store-web" -> "store";
            case "insight-web" -> "insight";
            default -> "web";
          };
    };
  }
}
