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
    EventsOf.levels(database).stream()
        .filter(event -> !event.getHold().isEmpty())
        .forEach(
            event ->
                balance.merge(
                    event.getHold() + " at " + event.getLevel().getName(),
                    event.getQuantity(),
                    Integer::sum));
    return balance;
  }
}
