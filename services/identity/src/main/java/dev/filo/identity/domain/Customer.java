package dev.filo.identity.domain;

import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A person who shops.
 *
 * @param guest true until an address of hers was verified
 * @param version rises with every change
 * @param mergedInto the id of the customer this guest turned out to be; empty for all others
 */
public record Customer(
    String id,
    boolean guest,
    Profile profile,
    List<Identifier> identifiers,
    Instant createTime,
    long version,
    String mergedInto) {

  /** Identifiers a customer has at most; the oldest stay. */
  public static final int IDENTIFIERS_MAX = 50;

  /**
   * What she tells about herself.
   *
   * @param language {@code it} or {@code en}; empty when not told
   */
  public record Profile(
      String givenName, String familyName, String language, @Nullable Place place) {
    /** Nothing told. */
    public static final Profile EMPTY = new Profile("", "", "", null);

    /** The names are personal and stay out of logs. */
    @Override
    public String toString() {
      return "Profile";
    }
  }

  /** Copies what can change. */
  public Customer {
    identifiers = List.copyOf(identifiers);
  }

  /** Her resource name. */
  public String name() {
    return name(id);
  }

  /** The resource name of the customer with an id. */
  public static String name(String id) {
    return "customers/" + id;
  }

  /** The id in a resource name. */
  public static String id(String name) {
    return name.substring("customers/".length());
  }

  /** True when this guest became an alias. */
  public boolean isAlias() {
    return !mergedInto.isEmpty();
  }
}
