package dev.filo.identity.store;

import static com.mongodb.client.model.Filters.eq;

import com.mongodb.client.model.ReplaceOptions;
import com.mongodb.reactivestreams.client.MongoCollection;
import com.mongodb.reactivestreams.client.MongoDatabase;
import dev.filo.identity.domain.Device;
import dev.filo.identity.domain.StaffMember;
import dev.filo.identity.service.StaffStore;
import dev.filo.platform.mongo.Docs;
import org.bson.Document;
import reactor.core.publisher.Mono;

/** Staff and devices in MongoDB. */
public final class MongoStaffStore implements StaffStore {
  private final MongoCollection<Document> staff;
  private final MongoCollection<Document> devices;

  /** Staff and devices in a database. */
  public MongoStaffStore(MongoDatabase database) {
    this.staff = database.getCollection("staff");
    this.devices = database.getCollection("devices");
  }

  @Override
  public Mono<StaffMember> person(String email) {
    return Mono.from(staff.find(eq("_id", email)).first())
        .map(
            document ->
                new StaffMember(
                    document.getString("_id"),
                    Docs.string(document, "displayName"),
                    document.getString("role"),
                    Docs.strings(document, "stores")));
  }

  @Override
  public Mono<Device> device(String clientId) {
    return Mono.from(devices.find(eq("_id", clientId)).first())
        .map(
            document ->
                new Device(
                    document.getString("_id"),
                    document.getString("secret"),
                    Docs.string(document, "displayName"),
                    document.getString("store")));
  }

  @Override
  public Mono<Void> put(StaffMember person) {
    return Mono.from(
            staff.replaceOne(
                eq("_id", person.email()),
                new Document("_id", person.email())
                    .append("displayName", person.displayName())
                    .append("role", person.role())
                    .append("stores", person.stores()),
                new ReplaceOptions().upsert(true)))
        .then();
  }

  @Override
  public Mono<Void> put(Device device) {
    return Mono.from(
            devices.replaceOne(
                eq("_id", device.clientId()),
                new Document("_id", device.clientId())
                    .append("secret", device.secretHash())
                    .append("displayName", device.displayName())
                    .append("store", device.store()),
                new ReplaceOptions().upsert(true)))
        .then();
  }
}
