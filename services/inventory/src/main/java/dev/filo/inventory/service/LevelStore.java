package dev.filo.inventory.service;

import dev.filo.inventory.domain.Applied;
import dev.filo.inventory.domain.Change;
import dev.filo.inventory.domain.Hold;
import dev.filo.inventory.domain.Ledger;
import dev.filo.inventory.domain.Level;
import dev.filo.inventory.domain.Movement;
import java.time.Instant;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/**
 * Where levels and the ledger are kept. Levels "for reading only" come without the ids of their
 * holds ({@link dev.filo.inventory.domain.HeldPieces#totals}) and without what only a change needs;
 * their numbers are exact at {@code now}, also where a hold has expired and is still there.
 */
public interface LevelStore {
  /**
   * A level's next state.
   *
   * @param before as it was read
   * @param changes what is to be told, recorded with it
   * @param opened holds whose journals the level carries until they lie among the journals
   * @param isRepeatable true when all of it are movements that whoever asked for them asks for
   *     again after a break: rows of an import
   */
  record Write(
      Level before, Level after, List<Change> changes, List<Hold> opened, boolean isRepeatable) {}

  /**
   * The levels with these ids by id, whole, as a majority of the database has them, so that no
   * failover takes them back; those never written are left out. One value.
   */
  Mono<Map<String, Level>> read(Collection<String> ids);

  /**
   * Tells what a killed process has written before a time and not told. Empty.
   *
   * @param limit how much at a time
   */
  Mono<Void> tellLeft(Instant before, int limit);

  /** The versions of the levels with these ids, by id, as {@link #read} would find them. */
  Mono<Map<String, Long>> versions(Collection<String> ids);

  /** The levels with these ids by id, for reading only. One value. */
  Mono<Map<String, Level>> numbers(Collection<String> ids, Instant now);

  /** The effects a level still carries. One value; empty when it was never written. */
  Mono<List<Applied>> tail(String id);

  /**
   * Makes sure that the ledger knows these movements, as not having changed anything yet. One
   * value: what it knows of each now, by id.
   *
   * @param claimTime from when on somebody else may finish them; null when whoever asked for them
   *     asks again
   */
  Mono<Map<String, Ledger.Entry>> claim(List<Movement> movements, @Nullable Instant claimTime);

  /** What the ledger knows of these movements, by id; unknown ones are left out. One value. */
  Mono<Map<String, Ledger.Entry>> entries(Collection<String> ids);

  /** The settled movements of levels that were true after a time, by level. One value. */
  Mono<Map<String, List<Applied>>> settledAfter(Collection<String> levels, Instant time);

  /**
   * Keeps what changed in each level where the level is as it was read; and what is to be told with
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
  Flux<Level> ofSkus(Collection<String> skus, Instant now);

  /**
   * Levels in the order of their ids; for reading only.
   *
   * @param afterId only those behind; empty: from the first
   * @param skus only these; none: all
   * @param locations only these; none: all
   */
  Flux<Level> page(
      String afterId,
      Collection<String> skus,
      Collection<String> locations,
      int limit,
      Instant now);
}
