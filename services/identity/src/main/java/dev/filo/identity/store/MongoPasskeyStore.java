package dev.filo.identity.store;

import static com.mongodb.client.model.Filters.and;
import static com.mongodb.client.model.Filters.eq;
import static com.mongodb.client.model.Filters.gt;
import static com.mongodb.client.model.Filters.in;
import static com.mongodb.client.model.Filters.lt;
import static com.mongodb.client.model.Filters.or;
import static com.mongodb.client.model.Sorts.descending;
import static com.mongodb.client.model.Updates.combine;
import static com.mongodb.client.model.Updates.set;

import com.mongodb.client.model.FindOneAndUpdateOptions;
import com.mongodb.client.model.Indexes;
import com.mongodb.client.model.ReturnDocument;
import com.mongodb.reactivestreams.client.MongoCollection;
import com.mongodb.reactivestreams.client.MongoDatabase;
import dev.filo.identity.domain.Passkey;
import dev.filo.identity.domain.PasskeyChallenge;
import dev.filo.identity.service.PasskeyStore;
import dev.filo.identity.service.SessionStore.Place;
import dev.filo.platform.mongo.Docs;
import dev.filo.platform.mongo.Mongo;
import java.time.Instant;
import java.util.Date;
import java.util.List;
import java.util.Optional;
import org.bson.Document;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/** Passkeys and challenges in MongoDB. */
public final class MongoPasskeyStore implements PasskeyStore {
  private static final String REGISTER = "REGISTER";
  private static final String SIGN_IN = "SIGN_IN";

  private final MongoCollection<Document> passkeys;
  private final MongoCollection<Document> challenges;

  /** Passkeys in a database. */
  public MongoPasskeyStore(MongoDatabase database) {
    this.passkeys = database.getCollection("passkeys");
    this.challenges = database.getCollection("passkey_challenges");
  }

  /** Makes the indexes. */
  public void prepare() {
    Mongo.index(passkeys, Indexes.ascending("customer"));
    Mongo.index(passkeys, Indexes.ascending("registration"));
    Mongo.index(challenges, Indexes.ascending("expireTime"));
  }

  @Override
  public Mono<Void> add(PasskeyChallenge challenge) {
    return Mono.from(
            challenges.insertOne(
                new Document("_id", challenge.id())
                    .append("kind", challenge.customer().isEmpty() ? SIGN_IN : REGISTER)
                    .append("value", challenge.value())
                    .append("session", challenge.session())
                    .append("customer", challenge.customer())
                    .append("userHandle", challenge.userHandle())
                    .append("expireTime", Date.from(challenge.expireTime()))))
        .then();
  }

  @Override
  public Mono<PasskeyChallenge> take(String id, boolean registers, String session, Instant now) {
    return Mono.from(
            challenges.findOneAndDelete(
                and(
                    eq("_id", id),
                    eq("kind", registers ? REGISTER : SIGN_IN),
                    in("session", List.of("", session)),
                    gt("expireTime", Date.from(now)))))
        .map(
            document ->
                new PasskeyChallenge(
                    document.getString("_id"),
                    document.getString("value"),
                    document.getString("session"),
                    document.getString("customer"),
                    document.getString("userHandle"),
                    document.getDate("expireTime").toInstant()));
  }

  @Override
  public Mono<Boolean> add(Passkey passkey) {
    return Mono.from(
            passkeys.insertOne(
                new Document("_id", passkey.id())
                    .append("customer", passkey.customer())
                    .append("title", passkey.title())
                    .append("credentialId", passkey.credentialId())
                    .append("userHandle", passkey.userHandle())
                    .append("credential", passkey.credential())
                    .append("signCount", passkey.signCount())
                    .append("backupEligible", passkey.backupEligible())
                    .append("backedUp", passkey.backedUp())
                    .append("transports", passkey.transports())
                    .append("registration", passkey.registration())
                    .append("createTime", Date.from(passkey.createTime()))))
        .thenReturn(true)
        .onErrorResume(Mongo::isDuplicate, error -> Mono.just(false));
  }

  @Override
  public Mono<Passkey> find(String id) {
    return Mono.from(passkeys.find(eq("_id", id)).first()).map(MongoPasskeyStore::passkey);
  }

  @Override
  public Mono<Passkey> ofRegistration(String registration) {
    return Mono.from(passkeys.find(eq("registration", registration)).first())
        .map(MongoPasskeyStore::passkey);
  }

  @Override
  public Flux<Passkey> list(List<String> customers, Optional<Place> after, int max) {
    var hers = in("customer", customers);
    var page =
        after
            .map(
                last ->
                    and(
                        hers,
                        or(
                            lt("createTime", Date.from(last.createTime())),
                            and(
                                eq("createTime", Date.from(last.createTime())),
                                lt("_id", last.id())))))
            .orElse(hers);
    return Flux.from(passkeys.find(page).sort(descending("createTime", "_id")).limit(max))
        .map(MongoPasskeyStore::passkey);
  }

  @Override
  public Mono<Passkey> used(String id, long signCount, boolean backedUp, Instant now) {
    return Mono.from(
            passkeys.findOneAndUpdate(
                and(
                    eq("_id", id),
                    signCount == 0 ? eq("signCount", 0L) : lt("signCount", signCount)),
                combine(
                    set("signCount", signCount),
                    set("backedUp", backedUp),
                    set("useTime", Date.from(now))),
                new FindOneAndUpdateOptions().returnDocument(ReturnDocument.AFTER)))
        .map(MongoPasskeyStore::passkey);
  }

  @Override
  public Mono<Boolean> remove(String id, List<String> customers) {
    return Mono.from(passkeys.deleteOne(and(eq("_id", id), in("customer", customers))))
        .map(result -> result.getDeletedCount() == 1);
  }

  @Override
  public Mono<Void> forget(Instant before) {
    return Mono.from(challenges.deleteMany(lt("expireTime", Date.from(before)))).then();
  }

  private static Passkey passkey(Document document) {
    return new Passkey(
        document.getString("_id"),
        document.getString("customer"),
        Docs.string(document, "title"),
        document.getString("credentialId"),
        document.getString("userHandle"),
        document.getString("credential"),
        Docs.number(document, "signCount"),
        document.getBoolean("backupEligible", false),
        document.getBoolean("backedUp", false),
        Docs.strings(document, "transports"),
        document.getString("registration"),
        document.getDate("createTime").toInstant(),
        Docs.instant(document, "useTime"));
  }
}
