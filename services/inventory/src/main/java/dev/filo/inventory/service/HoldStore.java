package dev.filo.inventory.service;

import dev.filo.inventory.domain.Hold;
import java.time.Instant;
import java.util.Collection;
import java.util.Map;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/** Where the journals of holds are kept. */
public interface HoldStore {
  /** Keeps a new hold. True when it was kept; false when one of its id is there already. */
  Mono<Boolean> insert(Hold hold);

  /** The hold of this id; empty when there is none. */
  Mono<Hold> find(String id);

  /**
   * Keeps the next state. The next state; StaleVersionException when the hold is not as it was
   * read.
   */
  Mono<Hold> replace(Hold seen, Hold next);

  /** What these holds are for, by id; those not known are left out. One value. */
  Mono<Map<String, String>> owners(Collection<String> ids);

  /** Holds somebody must look at. */
  Flux<Hold> due(Instant now, int limit);
}
