package dev.filo.inventory.service;

import java.util.Collection;
import java.util.Set;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/** What inventory keeps of catalog: its locations and which SKUs there are. */
public interface PlaceStore {
  /** All locations. */
  Flux<Location> locations();

  /** Keeps a location, as the bytes of catalog's own message. */
  Mono<Void> keepLocation(String name, byte[] store);

  /** Those of the SKUs that are known. One value. */
  Mono<Set<String>> known(Collection<String> skus);

  /** Keeps SKUs as known. */
  Mono<Void> keepSkus(Collection<String> skus);
}
