package dev.filo.identity.store;

import static com.mongodb.client.model.Filters.and;
import static com.mongodb.client.model.Filters.eq;
import static com.mongodb.client.model.Filters.exists;
import static com.mongodb.client.model.Filters.gt;
import static com.mongodb.client.model.Filters.lt;
import static com.mongodb.client.model.Filters.lte;
import static com.mongodb.client.model.Filters.or;
import static com.mongodb.client.model.Updates.combine;
import static com.mongodb.client.model.Updates.inc;
import static com.mongodb.client.model.Updates.pushEach;
import static com.mongodb.client.model.Updates.set;

import com.mongodb.client.model.FindOneAndUpdateOptions;
import com.mongodb.client.model.Indexes;
import com.mongodb.client.model.PushOptions;
import com.mongodb.client.model.ReturnDocument;
import com.mongodb.reactivestreams.client.MongoCollection;
import com.mongodb.reactivestreams.client.MongoDatabase;
import dev.filo.identity.domain.ContactAddress;
import dev.filo.identity.domain.SignIn;
import dev.filo.identity.service.SignInStore;
import dev.filo.platform.mongo.Docs;
import dev.filo.platform.mongo.Mongo;
import java.time.Duration;
import java.time.Instant;
import java.util.Date;
import java.util.List;
import org.bson.Document;
import reactor.core.publisher.Mono;

/** Sign-ins and the counts that limit them, in MongoDB. */
public final class MongoSignInStore implements SignInStore {
  private static final String OPEN = "OPEN";
  private static final String USED = "USED";

  private final MongoCollection<Document> signIns;
  private final MongoCollection<Document> limits;

  /** Sign-ins in a database. */
  public MongoSignInStore(MongoDatabase database) {
    this.signIns = database.getCollection("sign_ins");
    this.limits = database.getCollection("limits");
  }

  /** Makes the indexes. */
  public void prepare() {
    Mongo.index(signIns, Indexes.ascending("expireTime"));
    Mongo.index(limits, Indexes.ascending("lastTime"));
  }

  @Override
  public Mono<SignIn> add(SignIn signIn) {
    return Mono.from(
            signIns.insertOne(
                new Document("_id", signIn.id())
                    .append("address", signIn.address().claim())
                    .append("guest", signIn.guest())
                    .append("code", signIn.codeHash())
                    .append("request", signIn.requestHash())
                    .append("sent", signIn.sent())
                    .append("state", OPEN)
                    .append("attempts", 0)
                    .append("expireTime", Date.from(signIn.expireTime()))))
        .thenReturn(signIn)
        .onErrorResume(Mongo::isDuplicate, e -> find(signIn.id()));
  }

  @Override
  public Mono<SignIn> find(String id) {
    return Mono.from(signIns.find(eq("_id", id)).first()).map(MongoSignInStore::signIn);
  }

  @Override
  public Mono<Void> sent(String id, String codeHash) {
    return Mono.from(
            signIns.updateOne(eq("_id", id), combine(set("sent", true), set("code", codeHash))))
        .then();
  }

  @Override
  public Mono<Redemption> redeem(String id, String codeHash, int attemptsMax, Instant now) {
    var open =
        and(
            eq("_id", id),
            eq("state", OPEN),
            lt("attempts", attemptsMax),
            gt("expireTime", Date.from(now)));
    Mono<Redemption> right =
        Mono.from(signIns.findOneAndUpdate(and(open, eq("code", codeHash)), set("state", USED)))
            .map(document -> new Redemption.Redeemed(signIn(document)));
    Mono<Redemption> wrong =
        Mono.defer(() -> Mono.from(signIns.findOneAndUpdate(open, inc("attempts", 1))))
            .map(document -> new Redemption.Wrong());
    Mono<Redemption> neither =
        Mono.defer(() -> Mono.from(signIns.find(eq("_id", id)).first()))
            .map(
                document ->
                    OPEN.equals(document.getString("state"))
                            && Docs.number(document, "attempts") >= attemptsMax
                            && document.getDate("expireTime").toInstant().isAfter(now)
                        ? (Redemption) new Redemption.Exhausted()
                        : new Redemption.Over())
            .defaultIfEmpty(new Redemption.Over());
    return right.switchIfEmpty(wrong).switchIfEmpty(neither);
  }

  @Override
  public Mono<Duration> limit(String key, int max, Duration window, Instant now) {
    // The newest `max` moments are kept, oldest first: another one is let in when there are fewer,
    // or when the oldest of them has left the window.
    var since = Date.from(now.minus(window));
    return Mono.from(
            limits.findOneAndUpdate(
                and(eq("_id", key), or(exists("times." + (max - 1), false), lte("times.0", since))),
                combine(
                    pushEach("times", List.of(Date.from(now)), new PushOptions().slice(-max)),
                    set("lastTime", Date.from(now))),
                new FindOneAndUpdateOptions().upsert(true).returnDocument(ReturnDocument.AFTER)))
        .flatMap(document -> Mono.<Duration>empty())
        .onErrorResume(Mongo::isDuplicate, e -> wait(key, window, now));
  }

  private Mono<Duration> wait(String key, Duration window, Instant now) {
    return Mono.from(limits.find(eq("_id", key)).first())
        .map(
            document -> {
              var times = document.getList("times", Date.class);
              return Duration.between(now, times.getFirst().toInstant().plus(window));
            })
        .map(wait -> wait.isPositive() ? wait : Duration.ofSeconds(1));
  }

  @Override
  public Mono<Void> forget(Instant before) {
    return Mono.from(signIns.deleteMany(lt("expireTime", Date.from(before))))
        .then(Mono.from(limits.deleteMany(lt("lastTime", Date.from(before)))))
        .then();
  }

  private static SignIn signIn(Document document) {
    return new SignIn(
        document.getString("_id"),
        ContactAddress.ofClaim(document.getString("address")),
        Docs.string(document, "guest"),
        document.getString("code"),
        document.getString("request"),
        document.getBoolean("sent", false),
        document.getDate("expireTime").toInstant());
  }
}
