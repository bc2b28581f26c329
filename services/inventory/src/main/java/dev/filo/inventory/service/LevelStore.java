package dev.filo.inventory.service;

import dev.filo.inventory.domain.Applied;
import dev.filo.inventory.domain.Change;
import dev.filo.inventory.domain.Ledger;
import dev.filo.inventory.domain.Level;
import dev.filo.inventory.domain.Movement;
import java.time.Instant;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/** Where levels and the ledger are kept. */
public interface LevelStore {
  /**
   * A level's next state.
   *
   * @param before as it was read
   * @param changes what is to be told, recorded with it
   */
  record Write(Level before, Level after, List<Change> changes) {}

  /** The levels with these ids by id; those never written are left out. One value. */
  Mono<Map<String, Level>> read(Collection<String> ids);

  /**
   * Makes sure that the ledger knows these movements, as not having changed anything yet. One
   * value: what it knows of each now, by id.
   */
  Mono<Map<String, Ledger.Entry>> claim(List<Movement> movements, Instant now);

  /** What the ledger knows of these movements, by id; unknown ones are left out. One value. */
  Mono<Map<String, Ledger.Entry>> entries(Collection<String> ids);

  /** The settled movements of a level that were true after a time. One value. */
  Mono<List<Applied>> settledAfter(String level, Instant time);

  /**
   * Keeps each level's next state where the level is as it was read; and what is to be told with
   * it. True when all were kept; false when some were not, and which is not said.
   */
  Mono<Boolean> write(List<Write> writes, Instant now);

  /** Notes in the ledger what movements did. Repeating is harmless. */
  Mono<Void> settle(List<Applied> applied);

  /** The movements of a level, newest first, those below a sequence number. */
  Flux<Ledger.Entry.Settled> movements(String level, long below, int limit);

  /** Ids of levels where a hold has expired and is still there. */
  Flux<String> expired(Instant now, int limit);

  /** Movements that were claimed before a time and are not settled. */
  Flux<Movement> unsettled(Instant before, int limit);

  /**
   * Settled movements out to another location that were claimed before a time, and whose other end
   * is not known to have been told.
   */
  Flux<Movement> unannounced(Instant before, int limit);

  /** Notes that the other ends of these movements were told. Repeating is harmless. */
  Mono<Void> announced(Collection<String> ids);

  /**
   * Nobody is to finish these movements any more, for they were refused; one that has changed its
   * level all the same stays as it is.
   */
  Mono<Void> abandon(Collection<String> ids);

  /** Levels of these SKUs that have pieces, at any location; for reading only. */
  Flux<Level> ofSkus(Collection<String> skus);

  /**
   * Levels in the order of their ids; for reading only.
   *
   * @param afterId only those behind; empty: from the first
   * @param skus only these; none: all
   * @param locations only these; none: all
   */
  Flux<Level> page(
      String afterId, Collection<String> skus, Collection<String> locations, int limit);
}
