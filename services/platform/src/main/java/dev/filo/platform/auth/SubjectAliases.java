package dev.filo.platform.auth;

import static com.mongodb.client.model.Filters.and;
import static com.mongodb.client.model.Filters.eq;
import static com.mongodb.client.model.Filters.gt;
import static com.mongodb.client.model.Filters.in;
import static com.mongodb.client.model.Filters.ne;
import static com.mongodb.client.model.Updates.combine;
import static com.mongodb.client.model.Updates.set;
import static com.mongodb.client.model.Updates.unset;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import com.mongodb.client.model.IndexOptions;
import com.mongodb.client.model.Indexes;
import com.mongodb.client.model.UpdateOptions;
import com.mongodb.reactivestreams.client.MongoCollection;
import com.mongodb.reactivestreams.client.MongoDatabase;
import dev.filo.platform.fresh.KeptFresh;
import dev.filo.platform.mongo.Docs;
import dev.filo.platform.mongo.GroupedReads;
import dev.filo.platform.mongo.Mongo;
import java.time.Duration;
import java.time.Instant;
import java.util.Collection;
import java.util.Date;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Set;
import org.bson.Document;
import org.bson.conversions.Bson;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/**
 * The subjects that became another one, as this service has learned from identity's feed. Each
 * alias is kept with the subject it was merged into itself, so that any of a chain can be taken out
 * again. What a subject is, is remembered for ten seconds, which is how long a replica that does
 * not follow the feed itself may be behind.
 */
public final class SubjectAliases {
  // As many as can be merged into one customer, each into the next: identity's limit.
  private static final int CHAIN = 100;
  private static final String SETTLE_TIME = "settleTime";
  private static final int REMEMBERED_MAX = 100_000;
  private static final int TOGETHER = 500;

  /** How long a replica may go on believing what it has looked up. */
  static final Duration REMEMBERED = Duration.ofSeconds(10);

  private final MongoCollection<Document> aliases;
  private final AliasSource source;
  private final KeptFresh<String, String> remembered =
      new KeptFresh<>(REMEMBERED_MAX, REMEMBERED, TOGETHER, this::subjects);
  // Aliases that are none any more, and those looked up that are not like this.
  private final Cache<String, Boolean> parted =
      Caffeine.newBuilder().maximumSize(REMEMBERED_MAX).expireAfterWrite(REMEMBERED).build();

  /** The aliases kept in a service's own database. */
  public SubjectAliases(MongoDatabase database) {
    this.aliases = database.getCollection("aliases");
    var reads = new GroupedReads(aliases);
    this.source = alias -> reads.find(alias).map(row -> row.getString("subject"));
  }

  /** The aliases another source knows; nothing is recorded here. */
  public SubjectAliases(MongoDatabase database, AliasSource source) {
    this.aliases = database.getCollection("aliases");
    this.source = source;
  }

  /** Makes the indexes; to be called when the service starts. */
  public void prepare() {
    Mongo.index(aliases, Indexes.ascending("subject"));
    Mongo.index(aliases, Indexes.ascending(SETTLE_TIME), new IndexOptions().sparse(true));
  }

  /** The subject that is valid now: itself when it is no alias. One value. */
  public Mono<String> resolve(String subject) {
    return resolve(subject, CHAIN);
  }

  private Mono<String> resolve(String subject, int hops) {
    var known = remembered.get(subject);
    if (known != null) {
      return known.equals(subject) || hops == 0 ? Mono.just(known) : resolve(known, hops - 1);
    }
    return source
        .subjectOf(subject)
        .defaultIfEmpty(subject)
        .flatMap(
            found -> {
              remembered.put(subject, found);
              return found.equals(subject) || hops == 0
                  ? Mono.just(found)
                  : resolve(found, hops - 1);
            });
  }

  private Mono<Map<String, String>> subjects(Collection<String> names) {
    return Flux.fromIterable(names)
        .flatMap(name -> source.subjectOf(name).defaultIfEmpty(name).map(is -> Map.entry(name, is)))
        .collectMap(Map.Entry::getKey, Map.Entry::getValue);
  }

  /** Records that {@code alias} is {@code subject} from now on. Repeating is harmless. */
  public Mono<Void> record(String alias, String subject) {
    return alias.equals(subject) ? Mono.empty() : put(alias, set("subject", subject));
  }

  /** As {@link #record(String, String)}; it is {@link #unsettled} until it was {@link #settled}. */
  Mono<Void> record(String alias, String subject, Instant settleTime) {
    return alias.equals(subject)
        ? Mono.empty()
        : put(
            alias,
            combine(
                set("subject", subject), unset("former"), set(SETTLE_TIME, Date.from(settleTime))));
  }

  /** Records that {@code alias} is a subject of its own again. Repeating is harmless. */
  public Mono<Void> part(String alias) {
    return put(alias, set("subject", alias));
  }

  /** As {@link #part(String)}; it is {@link #unsettled} until it was {@link #settled}. */
  Mono<Void> part(String alias, String subject, Instant settleTime) {
    return put(
        alias,
        combine(
            set("subject", alias),
            set("former", subject),
            set(SETTLE_TIME, Date.from(settleTime))));
  }

  private Mono<Void> put(String alias, Bson update) {
    return Mono.from(aliases.updateOne(eq("_id", alias), update, new UpdateOptions().upsert(true)))
        .then(
            Mono.fromRunnable(
                () -> {
                  remembered.forget(alias);
                  parted.invalidate(alias);
                }));
  }

  /**
   * What was recorded lately.
   *
   * @param subject the alias itself when it is none any more
   * @param former what it stood for until then; empty when it is an alias
   * @param settleTime when what was under way then is over; the epoch: it is settled
   */
  record Recorded(String alias, String subject, String former, Instant settleTime) {
    boolean isParted() {
      return alias.equals(subject);
    }

    boolean isSettled() {
      return settleTime.equals(Instant.EPOCH);
    }
  }

  /**
   * What was recorded lately and is not settled, by whatever replica; this process knows it then.
   */
  Flux<Recorded> unsettled() {
    return Flux.from(aliases.find(gt(SETTLE_TIME, Date.from(Instant.EPOCH))))
        .map(SubjectAliases::recorded)
        .doOnNext(
            row -> {
              remembered.put(row.alias, row.subject);
              parted.put(row.alias, row.isParted());
            });
  }

  /** What was recorded of some subjects: of each as an alias, and of their aliases. */
  Flux<Recorded> about(Set<String> subjects) {
    return Flux.concat(
            Flux.from(aliases.find(in("_id", subjects))),
            Flux.from(aliases.find(in("subject", subjects))),
            Flux.from(
                aliases.find(
                    and(gt(SETTLE_TIME, Date.from(Instant.EPOCH)), in("former", subjects)))))
        .map(SubjectAliases::recorded)
        .distinct(Recorded::alias);
  }

  private static Recorded recorded(Document row) {
    var settleTime = row.getDate(SETTLE_TIME);
    return new Recorded(
        row.getString("_id"),
        row.getString("subject"),
        Docs.string(row, "former"),
        settleTime == null ? Instant.EPOCH : settleTime.toInstant());
  }

  /** One value: false when something else was recorded of the alias meanwhile. */
  Mono<Boolean> settled(Recorded seen) {
    return Mono.from(
            aliases.updateOne(
                and(
                    eq("_id", seen.alias),
                    eq("subject", seen.subject),
                    eq(SETTLE_TIME, Date.from(seen.settleTime))),
                unset(SETTLE_TIME)))
        .map(result -> result.getMatchedCount() == 1);
  }

  /**
   * True when a subject was an alias once and is none any more: what had come with it may still be
   * on its way back. One value.
   */
  public Mono<Boolean> isParted(String subject) {
    return source.subjectOf(subject).map(subject::equals).defaultIfEmpty(false);
  }

  /** Looks again at what is asked next: something has changed at the source. */
  public void forget() {
    remembered.forgetAll();
    parted.invalidateAll();
  }

  /** A subject, and all that became it, directly or by way of others. One value. */
  public Mono<Set<String>> names(String subject) {
    return names(Set.of(subject), new LinkedHashSet<>(Set.of(subject)));
  }

  private Mono<Set<String>> names(Set<String> latest, Set<String> all) {
    return Flux.from(aliases.find(and(in("subject", latest), ne("_id", null))))
        .map(row -> row.getString("_id"))
        .filter(all::add)
        .collectList()
        .flatMap(
            found -> found.isEmpty() ? Mono.just(all) : names(new LinkedHashSet<>(found), all));
  }

  /**
   * Takes for granted, in this process, that {@code alias} is {@code subject}: a checked token says
   * so. One value: false, and nothing taken for granted, when it was parted since; a token does not
   * know that.
   */
  public Mono<Boolean> trust(String alias, String subject) {
    var known = parted.getIfPresent(alias);
    var isParted =
        known != null
            ? Mono.just(known)
            : source
                .subjectOf(alias)
                .map(alias::equals)
                .defaultIfEmpty(false)
                .doOnNext(found -> parted.put(alias, found));
    return isParted.map(
        found -> {
          if (!found) {
            var before = remembered.get(alias);
            if (before == null || before.equals(alias)) {
              remembered.put(alias, subject);
            }
          }
          return !found;
        });
  }
}
