package dev.filo.inventory.store;

import static dev.filo.inventory.ShopFloor.done;

import dev.filo.inventory.ShopFloor;
import dev.filo.inventory.store.CarriedJournals.Journal;
import java.util.List;
import reactor.core.publisher.Flux;

/** What the relay does right after an answer, done once while none runs. */
final class Relayed {
  private Relayed() {}

  /** Puts the journals that levels carry among the others, one after the other. */
  static void journals(ShopFloor floor) {
    done(
        Flux.from(floor.database.getCollection("levels").find())
            .concatMapIterable(Documents::opened)
            .concatMap(hold -> floor.holds.keep(List.of(Journal.of(hold))))
            .then());
  }
}
