package dev.filo.cart.service;

import java.util.Collection;
import java.util.Map;
import java.util.Optional;
import reactor.core.publisher.Mono;

/** Where customers are. */
public interface Places {
  /** How many customers are asked about at once at most. */
  int TOGETHER = 200;

  /** Where she shops, as she has said. One value; an error when not to be asked. */
  Mono<Place> of(String customer);

  /**
   * The same of some, at most {@link #TOGETHER}, by their names; one who is not known is left out.
   */
  Mono<Map<String, Place>> of(Collection<String> customers);

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
