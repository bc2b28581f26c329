package dev.filo.catalog.store;

import static com.mongodb.client.model.Filters.and;
import static com.mongodb.client.model.Filters.eq;
import static com.mongodb.client.model.Filters.in;
import static com.mongodb.client.model.Projections.include;
import static com.mongodb.client.model.Updates.combine;
import static com.mongodb.client.model.Updates.max;
import static com.mongodb.client.model.Updates.set;

import com.mongodb.MongoBulkWriteException;
import com.mongodb.client.model.InsertManyOptions;
import com.mongodb.reactivestreams.client.MongoCollection;
import dev.filo.platform.mongo.Docs;
import dev.filo.platform.mongo.Mongo;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.bson.Document;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/**
 * Which product has which SKU and GTIN: a document for each, whose id is the number, so that the
 * database itself refuses a second one.
 *
 * <p>A claim is made before the product is written and says for which version of it. It stays when
 * the product gives the number up; another product may take it over once the first is at the
 * claim's version or beyond and has not got the number: then no write that would give it the number
 * can be under way.
 */
final class NumberClaims {
  private static final int AT_ONCE = 16;
  private static final int TRIES_MAX = 20;

  private final MongoCollection<Document> claims;
  private final MongoCollection<Document> products;

  /**
   * Claims.
   *
   * @param products documents with {@code numbers}, what a product has, and {@code version}
   */
  NumberClaims(MongoCollection<Document> claims, MongoCollection<Document> products) {
    this.claims = claims;
    this.products = products;
  }

  /**
   * What a product wants to have.
   *
   * @param version the version it will have them from
   */
  record Want(String product, long version, Set<String> numbers) {}

  /** A number somebody else has. */
  record Taken(String number, String product) {}

  /**
   * Claims numbers for products: of each product all or none. One value: the products that could
   * not have theirs.
   *
   * @param attempt unique for this try, so that giving up undoes nobody else's claim
   */
  Mono<Map<String, Taken>> take(List<Want> wants, String attempt) {
    var fresh = wants.stream().filter(want -> want.version == 1).toList();
    var known = wants.stream().filter(want -> want.version > 1).toList();
    return Flux.concat(
            insert(fresh, attempt)
                .flatMapMany(
                    missed ->
                        Flux.fromIterable(missed.entrySet())
                            .concatMap(entry -> settle(entry.getKey(), entry.getValue(), attempt))),
            Flux.fromIterable(known).flatMap(want -> assertAgain(want, attempt), AT_ONCE))
        .collectMap(Denied::product, Denied::taken)
        .flatMap(
            denied ->
                Flux.fromIterable(wants)
                    .filter(want -> denied.containsKey(want.product))
                    .concatMap(want -> release(want, attempt))
                    .then(Mono.just(denied)));
  }

  private record Denied(String product, Taken taken) {}

  /** Makes the claims of new products; what was there already is left to be settled. */
  private Mono<Map<Want, List<String>>> insert(List<Want> wants, String attempt) {
    var rows = new ArrayList<Document>();
    var owners = new ArrayList<Want>();
    for (Want want : wants) {
      for (String number : want.numbers) {
        rows.add(claim(number, want, attempt, true));
        owners.add(want);
      }
    }
    if (rows.isEmpty()) {
      return Mono.just(Map.of());
    }
    return Mono.from(claims.insertMany(rows, new InsertManyOptions().ordered(false)))
        .map(result -> Map.<Want, List<String>>of())
        .onErrorResume(
            MongoBulkWriteException.class,
            error -> {
              var missed = new HashMap<Want, List<String>>();
              for (int place : Records.duplicates(error)) {
                missed
                    .computeIfAbsent(owners.get(place), want -> new ArrayList<>())
                    .add(rows.get(place).getString("_id"));
              }
              return Mono.just(missed);
            });
  }

  private static Document claim(String number, Want want, String attempt, boolean gained) {
    return new Document("_id", number)
        .append("product", want.product)
        .append("version", want.version)
        .append("by", attempt)
        .append("gained", gained);
  }

  /** Says of the claims a product has that they hold for its next version too; makes the others. */
  private Mono<Denied> assertAgain(Want want, String attempt) {
    return Mono.from(
            claims.updateMany(
                and(in("_id", want.numbers), eq("product", want.product)),
                combine(max("version", want.version), set("by", attempt), set("gained", false))))
        .flatMap(
            result ->
                result.getMatchedCount() == want.numbers.size()
                    ? Mono.empty()
                    : settle(want, List.copyOf(want.numbers), attempt));
  }

  /** Empty when the product has all of these numbers now. */
  private Mono<Denied> settle(Want want, List<String> numbers, String attempt) {
    return Flux.fromIterable(numbers)
        .concatMap(number -> one(number, want, attempt, 0))
        .next()
        .map(taken -> new Denied(want.product, taken));
  }

  private Mono<Taken> one(String number, Want want, String attempt, int tries) {
    if (tries == TRIES_MAX) {
      return Mono.error(new dev.filo.platform.mongo.StaleVersionException("a claim", want.version));
    }
    var again = Mono.defer(() -> one(number, want, attempt, tries + 1));
    return Mono.from(claims.find(eq("_id", number)).first())
        .map(java.util.Optional::of)
        .defaultIfEmpty(java.util.Optional.empty())
        .flatMap(
            found -> {
              if (found.isEmpty()) {
                return Mono.from(claims.insertOne(claim(number, want, attempt, true)))
                    .then(Mono.<Taken>empty())
                    .onErrorResume(Mongo::isDuplicate, error -> again);
              }
              var claim = found.get();
              if (want.product.equals(claim.getString("product"))) {
                boolean mine = attempt.equals(claim.getString("by"));
                return Mono.from(
                        claims.updateOne(
                            and(eq("_id", number), eq("product", want.product)),
                            combine(
                                max("version", want.version),
                                set("by", attempt),
                                set("gained", mine && claim.getBoolean("gained", false)))))
                    .flatMap(result -> result.getMatchedCount() == 1 ? Mono.empty() : again);
              }
              return takeOver(claim, want, attempt, again);
            });
  }

  private Mono<Taken> takeOver(Document claim, Want want, String attempt, Mono<Taken> again) {
    var number = claim.getString("_id");
    var other = claim.getString("product");
    return Mono.from(
            products.find(eq("_id", other)).projection(include("version", "numbers")).first())
        .defaultIfEmpty(new Document())
        .flatMap(
            product -> {
              boolean isFree =
                  Docs.number(product, "version") >= Docs.number(claim, "version")
                      && !Docs.strings(product, "numbers").contains(number);
              if (!isFree) {
                return Mono.just(new Taken(number, other));
              }
              var asSeen =
                  and(
                      eq("_id", number),
                      eq("product", other),
                      eq("version", claim.get("version")),
                      eq("by", claim.getString("by")));
              return Mono.from(claims.replaceOne(asSeen, claim(number, want, attempt, true)))
                  .flatMap(result -> result.getMatchedCount() == 1 ? Mono.empty() : again);
            });
  }

  /** Gives up what this attempt gained for a product that is refused. */
  private Mono<Void> release(Want want, String attempt) {
    return Mono.from(
            claims.deleteMany(
                and(
                    in("_id", new HashSet<>(want.numbers)),
                    eq("product", want.product),
                    eq("by", attempt),
                    eq("gained", true))))
        .then();
  }
}
