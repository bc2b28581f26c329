package dev.filo.e2e.chaos;

import java.util.Set;

/** A way a service is broken on purpose, for the checker to find. Never in what is shipped. */
enum Flaw {
  /** None. */
  NONE(Set.of()),
  /** A level is written over whatever another replica has written meanwhile: oversold. */
  UNCHECKED_VERSION(Set.of("inventory")),
  /** Writes are answered before a majority has them: lost when the primary is. */
  EARLY_ANSWER(Set.of("inventory", "reservation", "cart")),
  /** Of the events of one message to the feed one is lost now and then. */
  LOST_EVENT(Set.of("inventory", "reservation", "cart")),
  /** A cart that is read anew does not know which operations it has had: done twice. */
  FORGOTTEN_OPERATIONS(Set.of("cart")),
  /** The last line of a guest's cart is not taken along. */
  LOST_LINE(Set.of("cart")),
  /** What proves that two customers are one is answered and not kept. */
  LOST_LINK(Set.of("identity"));

  private final Set<String> services;

  Flaw(Set<String> services) {
    this.services = services;
  }

  /** Whether a service has it. */
  boolean isIn(String service) {
    return services.contains(service);
  }
}
