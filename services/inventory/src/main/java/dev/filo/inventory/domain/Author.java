package dev.filo.inventory.domain;

/**
 * Who did something, as the ledger and events name it.
 *
 * @param principal {@code devices/till-milano-1}
 * @param role {@code device}; empty when not known
 * @param channel {@code till}
 * @param device as its owner named it; empty when not named
 * @param displayName empty for customers
 */
public record Author(
    String principal, String role, String channel, String device, String displayName) {

  /** Inventory itself: expiries. */
  public static final Author INVENTORY =
      new Author("services/inventory", "service", "system", "", "");

  /** The same act, done for somebody whose name is all that is known. */
  public Author onBehalfOf(String other) {
    if (other.isEmpty()) {
      return this;
    }
    boolean till = other.startsWith("devices/");
    boolean staff = other.startsWith("staff/");
    return new Author(
        other, till ? "device" : "", till ? "till" : staff ? "store" : channel, "", "");
  }
}
