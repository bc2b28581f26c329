package dev.filo.catalog.store;

import com.mongodb.reactivestreams.client.MongoCollection;
import com.mongodb.reactivestreams.client.MongoDatabase;
import dev.filo.calendar.CalendarInvalidException;
import dev.filo.calendar.StoreCalendars;
import dev.filo.catalog.domain.Refusal;
import dev.filo.platform.code.Ids;
import dev.filo.platform.feed.Outbox;
import dev.filo.platform.feed.Relay;
import dev.filo.platform.mongo.StaleVersionException;
import dev.filo.proto.catalog.v1.Store;
import dev.filo.proto.catalog.v1.StoreChanged;
import dev.filo.proto.feed.v1.Actor;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.bson.Document;
import org.bson.types.Binary;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/** Stores and warehouses, one document each. */
public final class MongoStores {
  private static final String NAME = "stores/";
  private static final String SOURCE = "filo/catalog";
  private static final int TRIES_MAX = 10;

  private final MongoCollection<Document> stores;
  private final Records<Store> records;

  /** Stores of this database; their events go out through the relay. */
  public MongoStores(MongoDatabase database, Relay relay) {
    stores = database.getCollection("stores");
    records = new Records<>(stores, relay, Store.parser());
  }

  /** Has the relay look after the outboxes. */
  public void prepare(Relay relay) {
    relay.watch(stores);
  }

  /** A store by its id. Empty when there is none. */
  public Mono<Store> get(String id) {
    return records.byIds(List.of(id)).next().map(Kept::content);
  }

  /** The stores with these ids that are there, in no order. */
  public Flux<Kept<Store>> byIds(Collection<String> ids) {
    return records.byIds(ids);
  }

  /** All stores, by id. */
  public Flux<Kept<Store>> all() {
    return records.all();
  }

  /** Adds or replaces stores, each by itself; the same content again changes nothing. One value. */
  public Mono<Imported<Store>> importAll(List<Store> rows, Actor actor, Instant now) {
    var refusals = new LinkedHashMap<Integer, Refusal>();
    var wanted = new LinkedHashMap<String, Store>(); // a store twice: the last one counts
    for (int i = 0; i < rows.size(); i++) {
      var store = rows.get(i).toBuilder().clearDistanceMeters().build();
      var refusal = refusal(store);
      if (refusal.isPresent()) {
        refusals.put(i, refusal.get());
      } else {
        wanted.put(store.getName().substring(NAME.length()), store);
      }
    }
    var changed = new LinkedHashMap<String, Kept<Store>>();
    return write(wanted, changed, actor, now, 0)
        .then(Mono.fromSupplier(() -> new Imported<>(List.copyOf(changed.values()), refusals)));
  }

  private Mono<Void> write(
      Map<String, Store> wanted,
      Map<String, Kept<Store>> changed,
      Actor actor,
      Instant now,
      int tries) {
    if (wanted.isEmpty()) {
      return Mono.empty();
    }
    if (tries == TRIES_MAX) {
      return Mono.error(new StaleVersionException(NAME + wanted.keySet().iterator().next(), 0));
    }
    return records
        .states(wanted.keySet())
        .flatMap(
            states -> {
              var writes = new ArrayList<Records.Write<Store>>();
              wanted.forEach(
                  (id, store) -> {
                    var state = states.getOrDefault(id, Records.State.ABSENT);
                    var hash = new Binary(Ids.sha256(store.toByteArray()));
                    if (!state.hash().equals(hash)) {
                      writes.add(
                          new Records.Write<>(
                              id,
                              state.version() + 1,
                              store,
                              hash,
                              Map.of(),
                              Outbox.event(
                                  SOURCE,
                                  store.getName(),
                                  now,
                                  actor,
                                  StoreChanged.newBuilder().setStore(store).build())));
                    }
                  });
              return records
                  .write(writes, now)
                  .flatMap(
                      missed -> {
                        for (var write : writes) {
                          if (!missed.contains(write.id())) {
                            changed.put(
                                write.id(),
                                new Kept<>(write.id(), write.version(), write.content()));
                          }
                        }
                        wanted.keySet().retainAll(missed);
                        return write(wanted, changed, actor, now, tries + 1);
                      });
            });
  }

  private static Optional<Refusal> refusal(Store store) {
    var place = store.getLocation();
    if (!(Math.abs(place.getLatitude()) <= 90) || !(Math.abs(place.getLongitude()) <= 180)) {
      return Optional.of(new Refusal.LocationInvalid());
    }
    if (store.getPickupLead().getSeconds() < 0 || store.getPickupLead().getNanos() < 0) {
      return Optional.of(new Refusal.CalendarInvalid("The pickup lead must not be negative."));
    }
    try {
      StoreCalendars.of(store);
      return Optional.empty();
    } catch (CalendarInvalidException e) {
      return Optional.of(new Refusal.CalendarInvalid(String.valueOf(e.getMessage())));
    }
  }
}
