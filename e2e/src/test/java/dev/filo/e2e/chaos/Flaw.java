package dev.filo.e2e.chaos;

import java.util.Collection;
import java.util.List;
import java.util.Set;
import java.util.regex.Pattern;

/**
 * A way a service is broken on purpose, for the checker to find, each against one promise. Never in
 * what is shipped.
 */
enum Flaw {
  /** None. */
  NONE("", "nothing"),
  /** A level is written over whatever another replica has written meanwhile: oversold. */
  UNCHECKED_VERSION("inventory", "(KEPT|MOVED)-\\d+ at stores/.*"),
  /** Stock is answered before a majority has it: lost when the primary is. */
  EARLY_ANSWER("inventory", "(KEPT|MOVED)-\\d+ at stores/.*"),
  /** Of the events of one message to the feed one is lost now and then. */
  LOST_EVENT("reservation", "the feed of reservation does not tell of .*"),
  /** A cart that is read anew does not know which operations it has had: done twice. */
  FORGOTTEN_OPERATIONS("cart", "(the cart of|operation) .*"),
  /** The last line of a guest's cart is not taken along. */
  LOST_LINE("cart", "the cart of .*"),
  /** What proves that two customers are one is answered and not kept. */
  LOST_LINK("identity", "(of .*, who are one,|.* has lost what proves) .*");

  private final String service;
  private final Pattern violation;

  Flaw(String service, String violation) {
    this.service = service;
    this.violation = Pattern.compile(violation);
  }

  /** The one of some flaws that a service has. */
  static Flaw of(Set<Flaw> flaws, String service) {
    return flaws.stream().filter(flaw -> flaw.service.equals(service)).findFirst().orElse(NONE);
  }

  /** Those of some violations that say what this flaw does. */
  List<String> in(Collection<String> violations) {
    return violations.stream().filter(one -> violation.matcher(one).matches()).toList();
  }
}
