package dev.filo.identity.store;

import static com.mongodb.client.model.Filters.and;
import static com.mongodb.client.model.Filters.eq;
import static com.mongodb.client.model.Filters.exists;
import static com.mongodb.client.model.Filters.in;
import static com.mongodb.client.model.Filters.ne;
import static com.mongodb.client.model.Filters.nin;
import static com.mongodb.client.model.Filters.or;
import static com.mongodb.client.model.Updates.combine;
import static com.mongodb.client.model.Updates.inc;
import static com.mongodb.client.model.Updates.pullByFilter;
import static com.mongodb.client.model.Updates.set;
import static com.mongodb.client.model.Updates.unset;

import com.mongodb.client.model.Indexes;
import com.mongodb.client.model.UpdateOptions;
import com.mongodb.reactivestreams.client.MongoCollection;
import com.mongodb.reactivestreams.client.MongoDatabase;
import dev.filo.identity.domain.Customer;
import dev.filo.identity.domain.IdentifierKey;
import dev.filo.platform.feed.Outbox;
import dev.filo.platform.mongo.Docs;
import dev.filo.platform.mongo.Mongo;
import dev.filo.platform.privacy.ExportDocuments;
import dev.filo.platform.privacy.PersonalData;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Date;
import java.util.List;
import java.util.Set;
import java.util.function.Function;
import org.bson.Document;
import org.bson.conversions.Bson;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/**
 * Who people are: names, identifiers, consents, sessions, passkeys. Of a customer who was erased
 * only her random id is left, so that nobody is ever given it again.
 */
public final class IdentityPersonalData implements PersonalData {
  private final MongoCollection<Document> customers;
  private final MongoCollection<Document> claims;
  private final MongoCollection<Document> signIns;
  private final MongoCollection<Document> sessions;
  private final MongoCollection<Document> handoffs;
  private final MongoCollection<Document> passkeys;
  private final MongoCollection<Document> challenges;
  private final MongoCollection<Document> logins;
  private final MongoCollection<Document> authorizations;
  private final MongoCollection<Document> cases;
  private final MongoCollection<Document> audit;
  private final MongoCollection<Document> tickets;
  private final MongoCollection<Document> mailbox;
  private final Function<String, Mono<Void>> endSession;
  private final InstantSource clock;

  /**
   * Those in the service's database.
   *
   * @param endSession ends a session by its id, and says so in the feed
   */
  public IdentityPersonalData(
      MongoDatabase database, Function<String, Mono<Void>> endSession, InstantSource clock) {
    this.customers = database.getCollection("customers");
    this.claims = database.getCollection("claims");
    this.signIns = database.getCollection("sign_ins");
    this.sessions = database.getCollection("sessions");
    this.handoffs = database.getCollection("handoffs");
    this.passkeys = database.getCollection("passkeys");
    this.challenges = database.getCollection("passkey_challenges");
    this.logins = database.getCollection("device_logins");
    this.authorizations = database.getCollection("authorizations");
    this.cases = database.getCollection("mergeCases");
    this.audit = database.getCollection("audit_log");
    this.tickets = database.getCollection("export_tickets");
    this.mailbox = database.getCollection("mailbox");
    this.endSession = endSession;
    this.clock = clock;
  }

  /** Makes the indexes; to be called when the service starts. */
  public void prepare() {
    Mongo.index(claims, Indexes.ascending("customer"));
  }

  @Override
  public Flux<Part> export(Set<String> names) {
    var ids = ids(names);
    return Flux.concat(
        ExportDocuments.of("customers", customers.find(in("_id", ids))),
        ExportDocuments.of(
            "sessions",
            Flux.from(sessions.find(in("principal", names)))
                .doOnNext(session -> session.remove("salt"))),
        ExportDocuments.of(
            "passkeys",
            Flux.from(passkeys.find(in("customer", names)))
                .doOnNext(passkey -> passkey.remove("registration"))),
        ExportDocuments.of(
            "audit-entries",
            Flux.from(audit.find(in("subject", names)))
                .doOnNext(
                    entry -> {
                      entry.remove("hash");
                      entry.remove("previousHash");
                    })));
  }

  @Override
  public Mono<List<Treatment>> preview(Set<String> names) {
    return Mono.zip(
            Flux.from(customers.find(and(in("_id", ids(names)), ne("erased", true)))).collectList(),
            Mono.from(sessions.countDocuments(in("principal", names))),
            Mono.from(audit.countDocuments(in("subject", names))),
            Mono.from(cases.countDocuments(about(ids(names)))),
            Mono.from(passkeys.countDocuments(in("customer", names))))
        .map(
            found -> {
              var hers = found.getT1();
              return List.of(
                  Treatment.gone("profiles", hers.size()),
                  Treatment.gone("identifiers", size(hers, "identifiers")),
                  Treatment.gone("consents", size(hers, "consents")),
                  Treatment.gone("sessions", found.getT2()),
                  Treatment.gone("passkeys", found.getT5()),
                  Treatment.gone("merge_cases", found.getT4()),
                  new Treatment("audit_entries", Kind.KEPT, found.getT3(), "accountability"));
            });
  }

  private static long size(List<Document> documents, String field) {
    return documents.stream().mapToLong(document -> Docs.list(document, field).size()).sum();
  }

  /** What else needs her identifiers to be found goes before them. */
  @Override
  public Mono<Void> erase(Set<String> names) {
    var ids = ids(names);
    return Flux.from(customers.find(in("_id", ids)))
        .concatMapIterable(document -> Docs.list(document, "identifiers"))
        .map(MongoCustomerStore::key)
        .collectList()
        .flatMap(keys -> erase(names, ids, keys));
  }

  private Mono<Void> erase(Set<String> names, List<String> ids, List<String> keys) {
    var joins = keys.stream().map(key -> IdentifierKey.ofKey(key).joins()).toList();
    var values = keys.stream().map(key -> IdentifierKey.ofKey(key).value()).toList();
    var owned = new ArrayList<String>(joins);
    joins.forEach(join -> owned.add("claimed/" + join));
    return Flux.concat(
            signIns.deleteMany(or(in("address", joins), in("guest", ids))),
            mailbox.deleteMany(in("to", values)),
            logins.deleteMany(in("principal", names)),
            authorizations.deleteMany(in("principal.name", names)),
            handoffs.deleteMany(in("customer", names)),
            passkeys.deleteMany(in("customer", names)),
            challenges.deleteMany(in("customer", names)),
            tickets.deleteMany(in("customer", names)),
            cases.deleteMany(about(ids)))
        .thenMany(Flux.from(sessions.find(and(in("principal", names), ne("ended", true)))))
        .concatMap(session -> endSession.apply(session.getString("_id")))
        .thenMany(
            Flux.concat(
                sessions.updateMany(
                    in("principal", names), combine(set("device", ""), set("former", ""))),
                claims.deleteMany(and(in("customer", ids), in("_id", owned))),
                claims.deleteMany(in("customer", ids)),
                elsewhere(ids, keys),
                customers.updateMany(
                    in("_id", ids),
                    combine(
                        set("erased", true),
                        set("eraseTime", Date.from(clock.instant())),
                        set("guest", true),
                        unset("givenName"),
                        unset("familyName"),
                        unset("language"),
                        unset("place"),
                        unset("identifiers"),
                        unset("consents"),
                        unset("verdicts"),
                        unset("merges"),
                        unset("requests"),
                        unset("unsettledSince"),
                        inc("version", 1L))),
                // What ended is needed no more once it was told.
                sessions.deleteMany(
                    and(
                        in("principal", names),
                        eq("ended", true),
                        exists(Outbox.SINCE, false),
                        exists(PendingActs.SINCE, false)))))
        .then();
  }

  /** What was withdrawn from others because it is hers. */
  private Flux<?> elsewhere(List<String> ids, List<String> keys) {
    if (keys.isEmpty()) {
      return Flux.empty();
    }
    return Flux.concat(
        customers.updateMany(
            and(nin("_id", ids), in("identifiers.key", keys)),
            combine(
                pullByFilter(
                    new Document(
                        "identifiers",
                        new Document("key", new Document("$in", keys))
                            .append("withdrawTime", new Document("$exists", true)))),
                inc("version", 1L))),
        customers.updateMany(
            and(nin("_id", ids), in("merges.cause", keys)),
            combine(set("merges.$[one].cause", ""), inc("version", 1L)),
            new UpdateOptions().arrayFilters(List.of(in("one.cause", keys)))));
  }

  private static Bson about(List<String> ids) {
    return or(in("one", ids), in("other", ids));
  }

  private static List<String> ids(Set<String> names) {
    return names.stream().map(Customer::id).toList();
  }

  @Override
  public Flux<String> subjects(Set<String> names) {
    return Flux.fromIterable(names);
  }
}
