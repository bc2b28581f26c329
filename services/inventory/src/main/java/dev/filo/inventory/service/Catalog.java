package dev.filo.inventory.service;

import java.util.Collection;
import java.util.Set;
import reactor.core.publisher.Mono;

/** Catalog, asked about what its feed may not have told yet. */
public interface Catalog {
  /** Catalog's message for a store; empty when it has none. An error when it cannot be asked. */
  Mono<byte[]> store(String name);

  /** Those of the SKUs that it has. One value; an error when it cannot be asked. */
  Mono<Set<String>> known(Collection<String> skus);
}
