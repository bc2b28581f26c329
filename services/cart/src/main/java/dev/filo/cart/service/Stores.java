package dev.filo.cart.service;

import java.util.Set;
import reactor.core.publisher.Mono;

/** Where goods can be fetched. */
@FunctionalInterface
public interface Stores {
  /**
   * Those of the stores that exist and hand goods over. One value; an error when not to be asked.
   */
  Mono<Set<String>> pickup(Set<String> stores);
}
