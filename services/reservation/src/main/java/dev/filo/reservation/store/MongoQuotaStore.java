package dev.filo.reservation.store;

import static com.mongodb.client.model.Filters.and;
import static com.mongodb.client.model.Filters.eq;
import static com.mongodb.client.model.Filters.exists;
import static com.mongodb.client.model.Updates.combine;
import static com.mongodb.client.model.Updates.inc;
import static com.mongodb.client.model.Updates.pull;
import static com.mongodb.client.model.Updates.set;

import com.mongodb.client.model.UpdateOptions;
import com.mongodb.reactivestreams.client.MongoCollection;
import com.mongodb.reactivestreams.client.MongoDatabase;
import dev.filo.platform.mongo.Docs;
import dev.filo.platform.mongo.Mongo;
import dev.filo.platform.mongo.StaleVersionException;
import dev.filo.reservation.domain.Holdings;
import dev.filo.reservation.domain.Holdings.Claim;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.bson.Document;
import org.jspecify.annotations.Nullable;
import reactor.core.publisher.Mono;

/**
 * What counts against each person's limits: one document a person, changed only over the version
 * seen, so that two requests at once cannot both pass a limit that has room for one.
 */
public final class MongoQuotaStore {
  private final MongoCollection<Document> quotas;

  /** The store in the service's database. */
  public MongoQuotaStore(MongoDatabase database) {
    this.quotas = database.getCollection("quotas");
  }

  /**
   * What counts now.
   *
   * @param version null when nothing was ever counted under it
   */
  public record Seen(Holdings holdings, @Nullable Object version) {}

  /** What counts for somebody. One value. */
  public Mono<Seen> find(String whose) {
    return Mono.from(quotas.find(eq("_id", whose)).first())
        .map(
            document ->
                new Seen(
                    new Holdings(
                        Docs.list(document, "open").stream().map(MongoQuotaStore::claim).toList()),
                    document.get("version")))
        .defaultIfEmpty(new Seen(Holdings.NONE, null));
  }

  private static Claim claim(Document open) {
    Map<String, Integer> units =
        Docs.list(open, "skus").stream()
            .collect(
                Collectors.toMap(
                    line -> line.getString("sku"),
                    line -> (int) Docs.number(line, "units"),
                    Integer::sum));
    return new Claim(open.getString("id"), units);
  }

  private static Document document(Claim claim) {
    return new Document("id", claim.id())
        .append(
            "skus",
            claim.units().entrySet().stream()
                .sorted(Map.Entry.comparingByKey())
                .map(line -> new Document("sku", line.getKey()).append("units", line.getValue()))
                .toList());
  }

  /**
   * Counts what shall count instead of what was seen. Empty; an error {@link StaleVersionException}
   * when another change came first.
   */
  public Mono<Void> replace(String whose, Seen seen, Holdings next) {
    List<Document> open = next.claims().stream().map(MongoQuotaStore::document).toList();
    return Mono.from(
            quotas.updateOne(
                and(
                    eq("_id", whose),
                    // not «equals null»: what is made new would begin with a null, which nothing
                    // adds to
                    seen.version == null ? exists("version", false) : eq("version", seen.version)),
                combine(set("open", open), inc("version", 1L)),
                new UpdateOptions().upsert(seen.version == null)))
        .map(result -> result.getMatchedCount() == 1 || result.getUpsertedId() != null)
        .onErrorResume(Mongo::isDuplicate, raced -> Mono.just(false))
        .flatMap(
            done ->
                done
                    ? Mono.empty()
                    : Mono.error(() -> new StaleVersionException("quotas/" + whose, 0)));
  }

  /** It counts no more. */
  public Mono<Void> release(String whose, String id) {
    return Mono.from(
            quotas.updateOne(
                and(eq("_id", whose), eq("open.id", id)),
                combine(pull("open", new Document("id", id)), inc("version", 1L))))
        .then();
  }
}
