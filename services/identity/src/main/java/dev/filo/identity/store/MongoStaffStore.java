package dev.filo.identity.store;

import static com.mongodb.client.model.Filters.and;
import static com.mongodb.client.model.Filters.eq;
import static com.mongodb.client.model.Filters.exists;
import static com.mongodb.client.model.Filters.gt;
import static com.mongodb.client.model.Filters.ne;
import static com.mongodb.client.model.Sorts.ascending;
import static com.mongodb.client.model.Updates.combine;
import static com.mongodb.client.model.Updates.pull;
import static com.mongodb.client.model.Updates.push;
import static com.mongodb.client.model.Updates.set;

import com.google.protobuf.Message;
import com.google.protobuf.Parser;
import com.mongodb.client.model.FindOneAndUpdateOptions;
import com.mongodb.client.model.ReturnDocument;
import com.mongodb.reactivestreams.client.MongoCollection;
import com.mongodb.reactivestreams.client.MongoDatabase;
import dev.filo.identity.domain.AuditAct;
import dev.filo.identity.domain.Device;
import dev.filo.identity.domain.StaffMember;
import dev.filo.identity.service.StaffStore;
import dev.filo.platform.feed.Outbox;
import dev.filo.platform.feed.Relay;
import dev.filo.platform.mongo.Docs;
import dev.filo.platform.mongo.Mongo;
import dev.filo.platform.mongo.Requests;
import dev.filo.proto.feed.v1.Actor;
import dev.filo.proto.identity.v1.SessionEnded;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Date;
import java.util.List;
import java.util.Optional;
import org.bson.Document;
import org.bson.conversions.Bson;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/**
 * Staff and devices in MongoDB, one document each; {@code audit} in it are acts on their way to the
 * log.
 */
public final class MongoStaffStore implements StaffStore {
  private static final String SOURCE = "filo/identity";
  private static final String ACTS = "audit";
  private static final String VERSION = "version";
  private static final FindOneAndUpdateOptions AFTER =
      new FindOneAndUpdateOptions().returnDocument(ReturnDocument.AFTER);
  private static final FindOneAndUpdateOptions ADDED =
      new FindOneAndUpdateOptions().returnDocument(ReturnDocument.AFTER).upsert(true);

  private final MongoCollection<Document> staff;
  private final MongoCollection<Document> devices;
  private final Relay relay;

  /** Staff and devices in a database; ends of devices' tokens go through the relay. */
  public MongoStaffStore(MongoDatabase database, Relay relay) {
    this.staff = database.getCollection("staff");
    this.devices = database.getCollection("devices");
    this.relay = relay;
  }

  /** Has the outboxes looked after. */
  public void prepare() {
    relay.watch(devices);
  }

  @Override
  public Mono<StaffMember> person(String email) {
    return Mono.from(staff.find(eq("_id", email)).first()).map(MongoStaffStore::person);
  }

  @Override
  public Mono<Device> device(String clientId) {
    return Mono.from(devices.find(eq("_id", clientId)).first()).map(MongoStaffStore::device);
  }

  @Override
  public Flux<StaffMember> people(String after, int max) {
    return Flux.from(staff.find(gt("_id", after)).sort(ascending("_id")).limit(max))
        .map(MongoStaffStore::person);
  }

  @Override
  public Flux<Device> devices(String after, int max) {
    return Flux.from(devices.find(gt("_id", after)).sort(ascending("_id")).limit(max))
        .map(MongoStaffStore::device);
  }

  @Override
  public Mono<Long> managersBeside(String email) {
    return Mono.from(
        staff.countDocuments(
            and(ne("_id", email), eq("role", StaffMember.MANAGER), ne("active", false))));
  }

  @Override
  public Mono<Boolean> add(StaffMember person, AuditAct act, Optional<Remembered> request) {
    return add(staff, person.email(), fields(person), act, request);
  }

  @Override
  public Mono<Boolean> replace(
      StaffMember seen, StaffMember next, AuditAct act, Optional<Remembered> request) {
    return replace(staff, seen.email(), seen.version(), fields(next), act, request);
  }

  @Override
  public Mono<Boolean> add(Device device, AuditAct act, Optional<Remembered> request) {
    return add(devices, device.clientId(), fields(device), act, request);
  }

  @Override
  public Mono<Boolean> replace(
      Device seen, Device next, AuditAct act, Optional<Remembered> request) {
    var fields = new ArrayList<>(fields(next));
    if (next.epoch() != seen.epoch()) {
      Message told = SessionEnded.newBuilder().setSession(seen.session()).build();
      var actor = Actor.newBuilder().setPrincipal(act.actor()).build();
      fields.add(
          Outbox.record(
              List.of(Outbox.event(SOURCE, "sessions/" + seen.session(), act.time(), actor, told)),
              act.time()));
    }
    return replace(devices, seen.clientId(), seen.version(), fields, act, request);
  }

  /** Matches nothing that is there: inserts, or is a duplicate. */
  private Mono<Boolean> add(
      MongoCollection<Document> where,
      String id,
      List<Bson> fields,
      AuditAct act,
      Optional<Remembered> request) {
    return Mono.from(
            where.findOneAndUpdate(
                and(eq("_id", id), eq(VERSION, -1L)), change(fields, act, request), ADDED))
        .thenReturn(true)
        .onErrorResume(Mongo::isDuplicate, e -> Mono.just(false));
  }

  private Mono<Boolean> replace(
      MongoCollection<Document> where,
      String id,
      long version,
      List<Bson> fields,
      AuditAct act,
      Optional<Remembered> request) {
    var atVersion = version == 0 ? exists(VERSION, false) : eq(VERSION, version);
    return Mono.from(
            where.findOneAndUpdate(
                and(eq("_id", id), atVersion), change(fields, act, request), AFTER))
        .doOnNext(written -> relay.offer(where, written))
        .hasElement();
  }

  private static Bson change(List<Bson> fields, AuditAct act, Optional<Remembered> request) {
    var all = new ArrayList<>(fields);
    all.add(push(ACTS, MongoAuditStore.pending(act)));
    request.ifPresent(
        one ->
            all.add(Requests.remember(one.requestId(), one.request(), one.answer(), act.time())));
    return combine(all);
  }

  @Override
  public <T extends Message> Mono<T> remembered(
      String name, String requestId, Message request, Parser<T> parser) {
    return Requests.remembered(of(name), id(name), requestId, request, parser);
  }

  @Override
  public Flux<AuditAct> unsettled() {
    return Flux.concat(
            staff.find(exists(ACTS + ".0", true)), devices.find(exists(ACTS + ".0", true)))
        .flatMapIterable(document -> Docs.list(document, ACTS))
        .map(MongoAuditStore::pending);
  }

  @Override
  public Mono<Void> settle(AuditAct act) {
    return Mono.from(
            of(act.subject())
                .updateOne(eq("_id", id(act.subject())), pull(ACTS, new Document("id", act.id()))))
        .then();
  }

  private MongoCollection<Document> of(String name) {
    return name.startsWith("staff/") ? staff : devices;
  }

  private static String id(String name) {
    return name.substring(name.indexOf('/') + 1);
  }

  private static List<Bson> fields(StaffMember person) {
    return List.of(
        set("displayName", person.displayName()),
        set("role", person.role()),
        set("stores", person.stores()),
        set("active", person.active()),
        set("createTime", Date.from(person.createTime())),
        set(VERSION, person.version()));
  }

  private static List<Bson> fields(Device device) {
    return List.of(
        set("secret", device.secretHash()),
        set("displayName", device.displayName()),
        set("store", device.store()),
        set("active", device.active()),
        set("epoch", device.epoch()),
        set("createTime", Date.from(device.createTime())),
        set(VERSION, device.version()));
  }

  private static StaffMember person(Document document) {
    return new StaffMember(
        document.getString("_id"),
        Docs.string(document, "displayName"),
        document.getString("role"),
        Docs.strings(document, "stores"),
        document.getBoolean("active", true),
        created(document),
        Docs.number(document, VERSION));
  }

  private static Device device(Document document) {
    return new Device(
        document.getString("_id"),
        document.getString("secret"),
        Docs.string(document, "displayName"),
        document.getString("store"),
        document.getBoolean("active", true),
        Docs.number(document, "epoch"),
        created(document),
        Docs.number(document, VERSION));
  }

  private static Instant created(Document document) {
    var time = Docs.instant(document, "createTime");
    return time == null ? Instant.EPOCH : time;
  }
}
