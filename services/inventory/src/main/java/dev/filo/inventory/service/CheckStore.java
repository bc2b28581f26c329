package dev.filo.inventory.service;

import dev.filo.inventory.domain.Applied;
import dev.filo.inventory.domain.Goods;
import dev.filo.inventory.domain.Held;
import dev.filo.inventory.domain.HeldPieces;
import dev.filo.inventory.domain.Hold;
import dev.filo.inventory.domain.Ledger;
import java.time.Instant;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/** What the self-check reads. */
public interface CheckStore {
  /**
   * A level as far as it is checked.
   *
   * @param goods of which what is set aside, on its way and listed by serial number is checked
   * @param held what it keeps, expired or not
   * @param counters what readers are told of that, without the holds themselves
   * @param countersUntil from this instant on readers are told of the holds themselves; null: never
   */
  record Stand(
      String id,
      int onHand,
      Goods goods,
      long sequence,
      List<Applied> tail,
      List<Held> held,
      HeldPieces counters,
      @Nullable Instant countersUntil) {}

  /**
   * Levels as they are in the database.
   *
   * @param after exclusive; empty: from the first
   * @param through inclusive; null: to the last
   */
  record Range(String after, @Nullable String through) {}

  /** The levels behind one, in the order of their ids. One value. */
  Mono<List<Stand>> levels(String after, int limit);

  /** The levels of these ids; those that do not exist are left out. One value. */
  Mono<List<Stand>> levels(Collection<String> ids);

  /**
   * The ledger of levels, also of those that do not exist; of each level from the latest effective
   * time to the earliest, those that are only claimed last.
   */
  Flux<Ledger.Entry> ledger(Range levels);

  /** The same for these levels. */
  Flux<Ledger.Entry> ledger(Collection<String> levels);

  /** The journals of these holds by id; unknown ones are left out. One value. */
  Mono<Map<String, Hold>> holds(Collection<String> ids);

  /** All journals that somebody will look at again: those of active holds are among them. */
  Flux<Hold> liveHolds();

  /** Holds whose levels still carry their journals. */
  Flux<Hold> carriedHolds();
}
