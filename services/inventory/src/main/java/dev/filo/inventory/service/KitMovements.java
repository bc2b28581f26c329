package dev.filo.inventory.service;

import dev.filo.inventory.domain.Command;
import dev.filo.inventory.domain.Hold;
import dev.filo.inventory.domain.Ledger;
import dev.filo.inventory.domain.Level;
import dev.filo.inventory.domain.Movement;
import dev.filo.inventory.domain.Outcome;
import dev.filo.inventory.domain.Snapshot;
import dev.filo.platform.code.Ids;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/**
 * Records sales and returns of kits. The kits' own movement goes into the ledger first, with what a
 * kit is made of: it changes no level, and is what remains to be done until each component has its
 * movement. What happened is always recorded, as with any late sale, so the only thing that may
 * still be refused is a serial number that does not go with what is there: that component comes
 * first, and when it is refused none of the others has moved. Each step can be done again by
 * anybody: the same call repeated, or the sweeper.
 */
final class KitMovements {
  // So that the levels' writes are shared.
  private static final int AT_ONCE = 16;

  private final LevelStore store;
  private final LevelWriter writer;

  KitMovements(LevelStore store, LevelWriter writer) {
    this.store = store;
    this.writer = writer;
  }

  /**
   * Records movements of kits. One value: how each ended, in this order.
   *
   * @param claimTime from when on somebody else may go on with them
   */
  Mono<List<Outcome>> record(List<Movement> journals, Instant claimTime) {
    if (journals.isEmpty()) {
      return Mono.just(List.of());
    }
    return store
        .claim(journals, claimTime)
        .flatMap(
            entries ->
                Flux.fromIterable(journals)
                    .flatMapSequential(
                        journal ->
                            record(journal, Objects.requireNonNull(entries.get(journal.id()))),
                        AT_ONCE)
                    .collectList());
  }

  /**
   * Goes on with a movement of kits that somebody began to record. Empty; repeating is harmless.
   */
  Mono<Void> goOn(Movement journal) {
    return move(journal).then();
  }

  private Mono<Outcome> record(Movement asked, Ledger.Entry known) {
    var journal = known.movement();
    if (!journal.sameContent(asked)) {
      return Mono.just(new Outcome.Differs());
    }
    // Without components: it was recorded when the SKU was no kit yet.
    return journal.isOfKits()
        ? move(journal)
        : writer.submit(journal.level(), new Command.Enter(journal));
  }

  private Mono<Outcome> move(Movement journal) {
    var parts = journal.parts(sku -> "kit-" + Ids.derived("kit", journal.id(), sku));
    return enter(parts.subList(0, 1))
        .flatMap(
            first ->
                first.getFirst() instanceof Outcome.Unfit unfit
                    ? store
                        .abandon(List.of(journal.id(), parts.getFirst().id()))
                        .thenReturn((Outcome) unfit)
                    : enter(parts.subList(1, parts.size()))
                        .flatMap(
                            rest -> {
                              var all = new ArrayList<>(first);
                              all.addAll(rest);
                              return store
                                  .abandon(List.of(journal.id()))
                                  .thenReturn(outcome(journal, parts, all));
                            }));
  }

  private Mono<List<Outcome>> enter(List<Movement> parts) {
    return parts.isEmpty()
        ? Mono.just(List.of())
        : writer.submit(
            parts.stream()
                .map(part -> new LevelWriter.Order(part.level(), new Command.Enter(part)))
                .toList());
  }

  /** How it ended: what is new is done, even when a part of it was there already. */
  private static Outcome outcome(Movement journal, List<Movement> parts, List<Outcome> outcomes) {
    Map<String, Snapshot> levels = new HashMap<>();
    var latest = Instant.EPOCH;
    boolean isNew = false;
    for (int i = 0; i < parts.size(); i++) {
      var level =
          switch (outcomes.get(i)) {
            case Outcome.Done done -> done.level();
            case Outcome.Repeated repeated -> repeated.level();
            case Outcome.Differs differs -> throw unexpected(parts.get(i), differs);
            case Outcome.Unfit unfit -> throw unexpected(parts.get(i), unfit);
            case Outcome.TooFew few -> throw unexpected(parts.get(i), few);
            case Outcome.Full full -> throw unexpected(parts.get(i), full);
            case Outcome.Over over -> throw unexpected(parts.get(i), over);
          };
      levels.put(Level.empty(parts.get(i).level()).sku(), level);
      latest = level.time().isAfter(latest) ? level.time() : latest;
      isNew |= outcomes.get(i) instanceof Outcome.Done;
    }
    List<Hold.Line> components = Objects.requireNonNull(journal.details().kit()).components();
    var after = Items.ofKit(components, sku -> Objects.requireNonNull(levels.get(sku)), latest);
    return isNew ? new Outcome.Done(after) : new Outcome.Repeated(after);
  }

  private static IllegalStateException unexpected(Movement part, Outcome outcome) {
    return new IllegalStateException("to " + part.id() + ": " + outcome);
  }
}
