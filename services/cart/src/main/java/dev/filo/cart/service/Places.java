package dev.filo.cart.service;

import java.util.Optional;
import reactor.core.publisher.Mono;

/** Where customers are. */
@FunctionalInterface
public interface Places {
  /** Where she shops, as she has said. One value; an error when not to be asked. */
  Mono<Place> of(String customer);

  /**
   * Where somebody shops.
   *
   * @param point nothing when she has not said
   * @param store the store she chose as hers, {@code stores/x}; empty when she chose none
   */
  record Place(Optional<Stock.Point> point, String store) {
    /** Nothing is known. */
    public static final Place UNKNOWN = new Place(Optional.empty(), "");
  }
}
