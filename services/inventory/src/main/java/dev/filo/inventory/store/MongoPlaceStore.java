package dev.filo.inventory.store;

import static com.mongodb.client.model.Filters.eq;
import static com.mongodb.client.model.Filters.in;

import com.google.protobuf.InvalidProtocolBufferException;
import com.mongodb.client.model.InsertManyOptions;
import com.mongodb.client.model.UpdateOptions;
import com.mongodb.client.model.Updates;
import com.mongodb.reactivestreams.client.MongoCollection;
import com.mongodb.reactivestreams.client.MongoDatabase;
import dev.filo.calendar.StoreCalendars;
import dev.filo.inventory.service.Location;
import dev.filo.inventory.service.PlaceStore;
import dev.filo.platform.mongo.Mongo;
import dev.filo.proto.catalog.v1.Store;
import java.time.Duration;
import java.util.Collection;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Collectors;
import org.bson.Document;
import org.bson.types.Binary;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/** Locations, as catalog's own messages, and SKUs in MongoDB. */
public final class MongoPlaceStore implements PlaceStore {
  private final MongoCollection<Document> locations;
  private final MongoCollection<Document> skus;
  private final Map<String, Understood> understood = new ConcurrentHashMap<>();

  private record Understood(Binary message, Location location) {}

  /** Places in a service's own database. */
  public MongoPlaceStore(MongoDatabase database) {
    this.locations = database.getCollection("locations");
    this.skus = database.getCollection("skus");
  }

  @Override
  public Flux<Location> locations() {
    return Flux.from(locations.find()).map(this::location);
  }

  @Override
  public Mono<Void> keepLocation(String name, byte[] store) {
    return Mono.from(
            locations.updateOne(
                eq("_id", name),
                Updates.set("store", new Binary(store)),
                new UpdateOptions().upsert(true)))
        .then();
  }

  @Override
  public Mono<Set<String>> known(Collection<String> asked) {
    return Flux.from(skus.find(in("_id", asked)))
        .map(document -> document.getString("_id"))
        .collect(Collectors.toSet());
  }

  @Override
  public Mono<Void> keepSkus(Collection<String> known) {
    if (known.isEmpty()) {
      return Mono.empty();
    }
    // An import brings a hundred thousand of them: to insert one costs a third of an upsert.
    var rows = known.stream().map(sku -> new Document("_id", sku)).toList();
    return Mono.from(skus.insertMany(rows, new InsertManyOptions().ordered(false)))
        .then()
        .onErrorResume(Mongo::isDuplicate, there -> Mono.empty());
  }

  /** The same one as long as its message is: all are read every few seconds, few ever change. */
  private Location location(Document document) {
    return understood.compute(
            document.getString("_id"),
            (name, known) -> {
              var message = document.get("store", Binary.class);
              return known != null && known.message.equals(message)
                  ? known
                  : new Understood(message, location(name, message));
            })
        .location;
  }

  private static Location location(String name, Binary message) {
    try {
      var store = Store.parseFrom(message.getData());
      return new Location(
          name,
          store.getTitle(),
          store.getLocation().getLatitude(),
          store.getLocation().getLongitude(),
          store.getPickup(),
          Duration.ofSeconds(store.getPickupLead().getSeconds(), store.getPickupLead().getNanos()),
          store.getWarehouse(),
          StoreCalendars.of(store));
    } catch (InvalidProtocolBufferException e) {
      throw new IllegalStateException("a location cannot be read", e);
    }
  }
}
