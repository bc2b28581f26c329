package dev.filo.platform.auth;

import static com.mongodb.client.model.Filters.eq;
import static com.mongodb.client.model.Updates.combine;
import static com.mongodb.client.model.Updates.set;
import static com.mongodb.client.model.Updates.setOnInsert;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import com.mongodb.client.model.UpdateOptions;
import com.mongodb.reactivestreams.client.MongoCollection;
import com.mongodb.reactivestreams.client.MongoDatabase;
import java.time.Duration;
import org.bson.Document;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/**
 * The subjects that became another one, as this service has learned from identity's feed. A subject
 * that is no alias is remembered as such for ten seconds, which is how long a replica that does not
 * follow the feed itself may be behind.
 */
public final class SubjectAliases {
  // No chain is longer unless something is broken: merging an alias's target re-points the alias.
  private static final int CHAIN = 8;

  private final MongoCollection<Document> aliases;
  private final Cache<String, String> remembered =
      Caffeine.newBuilder().maximumSize(100_000).expireAfterWrite(Duration.ofSeconds(10)).build();

  /** The aliases kept in a service's own database. */
  public SubjectAliases(MongoDatabase database) {
    this.aliases = database.getCollection("aliases");
  }

  /** The subject that is valid now: itself when it is no alias. One value. */
  public Mono<String> resolve(String subject) {
    return resolve(subject, CHAIN);
  }

  private Mono<String> resolve(String subject, int hops) {
    var known = remembered.getIfPresent(subject);
    if (known != null) {
      return known.equals(subject) || hops == 0 ? Mono.just(known) : resolve(known, hops - 1);
    }
    return Mono.from(aliases.find(eq("_id", subject)).first())
        .map(alias -> alias.getString("subject"))
        .defaultIfEmpty(subject)
        .flatMap(
            found -> {
              remembered.put(subject, found);
              return found.equals(subject) || hops == 0
                  ? Mono.just(found)
                  : resolve(found, hops - 1);
            });
  }

  /** The aliases of a subject, as this service has learned. */
  public Flux<String> of(String subject) {
    return Flux.from(aliases.find(eq("subject", subject))).map(alias -> alias.getString("_id"));
  }

  /**
   * Records that {@code alias} is {@code subject} from now on, and what was an alias of it too.
   * Repeating is harmless.
   */
  public Mono<Void> record(String alias, String subject) {
    if (alias.equals(subject)) {
      return Mono.empty();
    }
    return Mono.from(
            aliases.updateOne(
                eq("_id", alias),
                combine(set("subject", subject), setOnInsert("_id", alias)),
                new UpdateOptions().upsert(true)))
        .thenMany(Flux.from(aliases.find(eq("subject", alias))))
        .concatMap(
            earlier ->
                Mono.from(
                    aliases.updateOne(
                        eq("_id", earlier.getString("_id")), set("subject", subject))))
        .then(Mono.fromRunnable(() -> remembered.invalidateAll()));
  }

  /**
   * Takes for granted, in this process, that {@code alias} is {@code subject}: a checked token says
   * so.
   */
  public void trust(String alias, String subject) {
    remembered.put(alias, subject);
  }
}
