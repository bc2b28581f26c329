package dev.filo.inventory.service;

import dev.filo.inventory.domain.Hold;
import java.time.Instant;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/** Where the journals of holds are kept. */
public interface HoldStore {
  /** The journal of a new hold, as its level carries it until it lies among the others. */
  interface Carried {
    /** What it says. */
    Hold hold();
  }

  /** Keeps a new hold. True when it was kept; false when one of its id is there already. */
  Mono<Boolean> insert(Hold hold);

  /** The hold of this id, also where its level still carries its journal; empty for none. */
  Mono<Hold> find(String id);

  /** The hold of this id among the journals only; empty when it is not there. */
  Mono<Hold> journal(String id);

  /**
   * Keeps journals that levels carried. The holds whose ids other journals have already, which stay
   * as they are. One value.
   */
  Mono<List<Hold>> insert(List<? extends Carried> journals);

  /**
   * Keeps the next state. The next state; StaleVersionException when the hold is not as it was
   * read.
   */
  Mono<Hold> replace(Hold seen, Hold next);

  /** What these holds are for, by id; those not known are left out. One value. */
  Mono<Map<String, String>> owners(Collection<String> ids);

  /** The ids of the holds whose journals a level carries. */
  Flux<String> carried(String level);

  /** Holds somebody must look at. */
  Flux<Hold> due(Instant now, int limit);
}
