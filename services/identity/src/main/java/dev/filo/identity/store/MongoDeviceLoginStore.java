package dev.filo.identity.store;

import static com.mongodb.client.model.Filters.and;
import static com.mongodb.client.model.Filters.eq;
import static com.mongodb.client.model.Filters.gt;
import static com.mongodb.client.model.Filters.lt;
import static com.mongodb.client.model.Updates.combine;
import static com.mongodb.client.model.Updates.inc;
import static com.mongodb.client.model.Updates.set;

import com.mongodb.client.model.IndexOptions;
import com.mongodb.client.model.Indexes;
import com.mongodb.reactivestreams.client.MongoCollection;
import com.mongodb.reactivestreams.client.MongoDatabase;
import dev.filo.identity.domain.DeviceLogin;
import dev.filo.identity.service.DeviceLoginStore;
import dev.filo.platform.mongo.Docs;
import dev.filo.platform.mongo.Mongo;
import java.time.Duration;
import java.time.Instant;
import java.util.Date;
import org.bson.Document;
import reactor.core.publisher.Mono;

/** Sign-ins of devices without a browser, in MongoDB; their codes only as hashes. */
public final class MongoDeviceLoginStore implements DeviceLoginStore {
  private final MongoCollection<Document> logins;

  /** Sign-ins in a database. */
  public MongoDeviceLoginStore(MongoDatabase database) {
    this.logins = database.getCollection("device_logins");
  }

  /** Makes the indexes. */
  public void prepare() {
    Mongo.index(logins, Indexes.ascending("userCode"), new IndexOptions().unique(true));
    Mongo.index(logins, Indexes.ascending("expireTime"));
  }

  @Override
  public Mono<Boolean> add(DeviceLogin login) {
    return Mono.from(
            logins.insertOne(
                new Document("_id", login.id())
                    .append("userCode", login.userCodeHash())
                    .append("client", login.clientId())
                    .append("device", login.device())
                    .append("state", login.state().name())
                    .append("principal", login.principal())
                    .append("pollTime", Date.from(login.pollTime()))
                    .append("intervalSeconds", login.interval().toSeconds())
                    .append("expireTime", Date.from(login.expireTime()))))
        .thenReturn(true)
        .onErrorResume(Mongo::isDuplicate, e -> Mono.just(false));
  }

  @Override
  public Mono<DeviceLogin> byUserCode(String userCodeHash) {
    return Mono.from(logins.find(eq("userCode", userCodeHash)).first())
        .map(MongoDeviceLoginStore::login);
  }

  @Override
  public Mono<Boolean> decide(String id, DeviceLogin.State answer, String principal, Instant now) {
    return Mono.from(
            logins.updateOne(
                and(
                    eq("_id", id),
                    eq("state", DeviceLogin.State.OPEN.name()),
                    gt("expireTime", Date.from(now))),
                combine(set("state", answer.name()), set("principal", principal))))
        .map(result -> result.getMatchedCount() == 1);
  }

  @Override
  public Mono<DeviceLogin> poll(String id, String clientId, Instant now) {
    return Mono.from(
            logins.findOneAndUpdate(
                and(eq("_id", id), eq("client", clientId)), set("pollTime", Date.from(now))))
        .map(MongoDeviceLoginStore::login);
  }

  @Override
  public Mono<Void> slowDown(String id, Duration by) {
    return Mono.from(logins.updateOne(eq("_id", id), inc("intervalSeconds", by.toSeconds())))
        .then();
  }

  @Override
  public Mono<Boolean> take(String id, Instant now) {
    return Mono.from(
            logins.updateOne(
                and(
                    eq("_id", id),
                    eq("state", DeviceLogin.State.APPROVED.name()),
                    gt("expireTime", Date.from(now))),
                set("state", DeviceLogin.State.USED.name())))
        .map(result -> result.getMatchedCount() == 1);
  }

  @Override
  public Mono<Void> forget(Instant before) {
    return Mono.from(logins.deleteMany(lt("expireTime", Date.from(before)))).then();
  }

  private static DeviceLogin login(Document document) {
    return new DeviceLogin(
        document.getString("_id"),
        document.getString("userCode"),
        document.getString("client"),
        Docs.string(document, "device"),
        DeviceLogin.State.valueOf(document.getString("state")),
        Docs.string(document, "principal"),
        document.getDate("pollTime").toInstant(),
        Duration.ofSeconds(Docs.number(document, "intervalSeconds")),
        document.getDate("expireTime").toInstant());
  }
}
