package dev.filo.inventory.store;

import com.mongodb.reactivestreams.client.MongoDatabase;
import java.util.Map;
import java.util.TreeMap;

/** What holds have taken and given back, as it was told. */
final class Balance {
  private Balance() {}

  /** The pieces each hold has taken from each level, less those freed or sold out of it. */
  static Map<String, Integer> of(MongoDatabase database) {
    var balance = new TreeMap<String, Integer>();
    for (var event : EventsOf.levels(database)) {
      var level = " at " + event.getLevel().getName();
      if (!event.getHold().isEmpty()) {
        balance.merge(event.getHold() + level, event.getQuantity(), Integer::sum);
      }
      for (var change : event.getHoldChangesList()) {
        balance.merge(change.getHold() + level, change.getQuantity(), Integer::sum);
      }
    }
    return balance;
  }
}
