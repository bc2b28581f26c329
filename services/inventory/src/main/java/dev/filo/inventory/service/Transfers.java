package dev.filo.inventory.service;

import dev.filo.inventory.domain.Command;
import dev.filo.inventory.domain.Movement;
import dev.filo.inventory.domain.Outcome;
import dev.filo.platform.code.Ids;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import reactor.core.publisher.Mono;

/**
 * Tells the other end of a transfer that goods are on their way, once for each movement out. Until
 * it is told the movement's own entry in the ledger says that it is not, so that whoever finds it
 * can do it; the other end's ledger knows the announcement for ever.
 */
final class Transfers {
  private final LevelStore store;
  private final LevelWriter writer;

  Transfers(LevelStore store, LevelWriter writer) {
    this.store = store;
    this.writer = writer;
  }

  /**
   * Deals with what movements leave to be done: tells other ends, and lets go of movements that
   * were refused. Empty.
   *
   * @param outcomes how each ended
   */
  Mono<Void> follow(List<Movement> movements, List<Outcome> outcomes) {
    var sent = new ArrayList<Movement>();
    var unfit = new ArrayList<String>();
    for (int i = 0; i < movements.size(); i++) {
      var movement = movements.get(i);
      switch (outcomes.get(i)) {
        case Outcome.Done d -> sent.add(movement);
        case Outcome.Repeated r -> sent.add(movement);
        case Outcome.Unfit u -> unfit.add(movement.id());
        case Outcome.Differs d -> {}
        case Outcome.TooFew t -> {}
        case Outcome.Full f -> {}
        case Outcome.Over o -> {}
      }
    }
    sent.removeIf(movement -> movement.kind() != Movement.Kind.TRANSFER_OUT);
    return announce(sent)
        .then(unfit.isEmpty() ? Mono.empty() : Mono.defer(() -> store.abandon(unfit)));
  }

  private Mono<Void> announce(List<Movement> sent) {
    if (sent.isEmpty()) {
      return Mono.empty();
    }
    var orders =
        sent.stream()
            .map(out -> out.announced("transfer-" + Ids.derived("announced", out.id())))
            .map(told -> new LevelWriter.Order(told.level(), new Command.Enter(told)))
            .toList();
    return writer
        .submit(orders)
        .then(Mono.defer(() -> store.announced(sent.stream().map(Movement::id).toList())));
  }

  /** Tells the other ends that nobody has told. Empty; repeating is harmless. */
  Mono<Void> goOn(Instant before, int limit) {
    return store.unannounced(before, limit).collectList().flatMap(this::announce);
  }
}
