package dev.filo.catalog.store;

import static com.mongodb.client.model.Filters.in;

import com.google.type.Money;
import com.mongodb.client.model.Indexes;
import com.mongodb.reactivestreams.client.MongoCollection;
import com.mongodb.reactivestreams.client.MongoDatabase;
import dev.filo.catalog.domain.Gtin;
import dev.filo.catalog.domain.Refusal;
import dev.filo.platform.code.Ids;
import dev.filo.platform.feed.Outbox;
import dev.filo.platform.feed.Relay;
import dev.filo.platform.mongo.Mongo;
import dev.filo.platform.mongo.StaleVersionException;
import dev.filo.proto.catalog.v1.ProductChanged;
import dev.filo.proto.catalog.v1.ProductRecord;
import dev.filo.proto.catalog.v1.VariantRecord;
import dev.filo.proto.feed.v1.Actor;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;
import org.bson.Document;
import org.bson.types.Binary;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/** Products, one document each; SKUs and GTINs are unique over all of them. */
public final class MongoProducts {
  private static final String NAME = "products/";
  private static final String SOURCE = "filo/catalog";
  private static final String SKU = "sku:";
  private static final String GTIN = "gtin:";
  // The SKUs and GTINs a product has, as the claims name them.
  private static final String NUMBERS = "numbers";
  private static final int TRIES_MAX = 10;
  private static final int NANOS_A_CENT = 10_000_000;

  private final MongoCollection<Document> products;
  private final Records<ProductRecord> records;
  private final NumberClaims claims;

  /** Products of this database; their events go out through the relay. */
  public MongoProducts(MongoDatabase database, Relay relay) {
    products = database.getCollection("products");
    records = new Records<>(products, relay, ProductRecord.parser());
    claims = new NumberClaims(database.getCollection("claims"), products);
  }

  /** Makes the indexes and has the relay look after the outboxes. */
  public void prepare(Relay relay) {
    Mongo.index(products, Indexes.ascending(NUMBERS));
    relay.watch(products);
  }

  /** A product by its id. Empty when there is none. */
  public Mono<Kept<ProductRecord>> get(String id) {
    return records.byIds(List.of(id)).next();
  }

  /** The products with these ids that are there, in no order; one query. */
  public Flux<Kept<ProductRecord>> byIds(Collection<String> ids) {
    return records.byIds(ids);
  }

  /** The products that have one of these SKUs or GTINs, in no order; one query. */
  public Flux<Kept<ProductRecord>> byNumbers(Collection<String> skus, Collection<String> gtins) {
    var numbers =
        Stream.concat(
                skus.stream().map(sku -> SKU + sku),
                gtins.stream().map(gtin -> GTIN + Gtin.normal(gtin)))
            .toList();
    return numbers.isEmpty() ? Flux.empty() : records.found(in(NUMBERS, numbers));
  }

  /** All products, by id. */
  public Flux<Kept<ProductRecord>> all() {
    return records.all();
  }

  /**
   * Adds or replaces products, each by itself; the same content again changes nothing. One value.
   */
  public Mono<Imported<ProductRecord>> importAll(
      List<ProductRecord> products, Actor actor, Instant now) {
    var work = new Work(actor, now);
    var rounds = new ArrayList<Map<String, Row>>(); // a product twice: one after the other
    for (int i = 0; i < products.size(); i++) {
      var row = new Row(i, products.get(i));
      var refusal = refusal(row.product);
      if (refusal.isPresent()) {
        work.refusals.put(i, refusal.get());
        continue;
      }
      int round = 0;
      while (round < rounds.size() && rounds.get(round).containsKey(row.id())) {
        round++;
      }
      if (round == rounds.size()) {
        rounds.add(new LinkedHashMap<>());
      }
      rounds.get(round).put(row.id(), row);
    }
    return Flux.fromIterable(rounds)
        .concatMap(rows -> write(rows, work, 0))
        .then(
            Mono.fromSupplier(
                () -> new Imported<>(List.copyOf(work.changed.values()), work.refusals)));
  }

  private Mono<Void> write(Map<String, Row> rows, Work work, int tries) {
    if (rows.isEmpty()) {
      return Mono.empty();
    }
    if (tries == TRIES_MAX) {
      return Mono.error(new StaleVersionException(NAME + rows.keySet().iterator().next(), 0));
    }
    return records
        .states(rows.keySet())
        .flatMap(
            states -> {
              var versions = new LinkedHashMap<String, Long>();
              for (Row row : rows.values()) {
                var state = states.getOrDefault(row.id(), Records.State.ABSENT);
                if (!state.hash().equals(row.hash)) {
                  versions.put(row.id(), state.version() + 1);
                }
              }
              return write(rows, versions, work)
                  .flatMap(
                      missed -> {
                        rows.keySet().retainAll(missed);
                        return write(rows, work, tries + 1);
                      });
            });
  }

  private Mono<Set<String>> write(Map<String, Row> rows, Map<String, Long> versions, Work work) {
    var wants = new ArrayList<NumberClaims.Want>();
    versions.forEach(
        (id, version) -> wants.add(new NumberClaims.Want(id, version, row(rows, id).numbers)));
    return claims
        .take(wants, Ids.random())
        .flatMap(
            taken -> {
              var writes = new ArrayList<Records.Write<ProductRecord>>();
              for (var want : wants) {
                var row = row(rows, want.product());
                var other = taken.get(want.product());
                if (other != null) {
                  work.refusals.put(
                      row.index,
                      new Refusal.NumberTaken(plain(other.number()), NAME + other.product()));
                } else {
                  writes.add(
                      new Records.Write<>(
                          row.id(),
                          want.version(),
                          row.product,
                          row.hash,
                          Map.of(NUMBERS, List.copyOf(row.numbers)),
                          Outbox.event(
                              SOURCE,
                              row.product.getName(),
                              work.now,
                              work.actor,
                              ProductChanged.newBuilder().setProduct(row.product).build())));
                }
              }
              return records.write(writes, work.now).doOnNext(missed -> work.note(writes, missed));
            });
  }

  private static Row row(Map<String, Row> rows, String id) {
    var row = rows.get(id);
    if (row == null) {
      throw new IllegalStateException(id + " is not in the import");
    }
    return row;
  }

  private static String plain(String number) {
    return number.substring(number.indexOf(':') + 1);
  }

  private static Optional<Refusal> refusal(ProductRecord product) {
    var numbers = new HashSet<String>();
    for (VariantRecord variant : product.getVariantsList()) {
      if (!variant.getGtin().isEmpty() && !Gtin.isValid(variant.getGtin())) {
        return Optional.of(new Refusal.GtinInvalid(variant.getGtin()));
      }
      if (!isPrice(variant.getPrice())) {
        return Optional.of(new Refusal.PriceInvalid(variant.getSku()));
      }
      for (String number : numbers(variant)) {
        if (!numbers.add(number)) {
          return Optional.of(new Refusal.NumberTaken(plain(number), product.getName()));
        }
      }
    }
    return Optional.empty();
  }

  private static boolean isPrice(Money price) {
    return price.getUnits() >= 0
        && price.getNanos() >= 0
        && price.getNanos() < 1_000_000_000
        && price.getNanos() % NANOS_A_CENT == 0
        && price.getCurrencyCode().matches("[A-Z]{3}");
  }

  private static List<String> numbers(VariantRecord variant) {
    return variant.getGtin().isEmpty()
        ? List.of(SKU + variant.getSku())
        : List.of(SKU + variant.getSku(), GTIN + Gtin.normal(variant.getGtin()));
  }

  /** A row of an import. */
  private static final class Row {
    private final int index;
    private final ProductRecord product;
    private final Binary hash;
    private final Set<String> numbers = new LinkedHashSet<>();

    Row(int index, ProductRecord product) {
      this.index = index;
      this.product = product;
      this.hash = new Binary(Ids.sha256(product.toByteArray()));
      product.getVariantsList().forEach(variant -> numbers.addAll(numbers(variant)));
    }

    String id() {
      return product.getName().substring(NAME.length());
    }
  }

  /** What an import has done so far; its steps come one after the other. */
  private static final class Work {
    private final Actor actor;
    private final Instant now;
    private final Map<String, Kept<ProductRecord>> changed = new LinkedHashMap<>();
    private final Map<Integer, Refusal> refusals = new LinkedHashMap<>();

    Work(Actor actor, Instant now) {
      this.actor = actor;
      this.now = now;
    }

    void note(List<Records.Write<ProductRecord>> writes, Set<String> missed) {
      for (var write : writes) {
        if (!missed.contains(write.id())) {
          changed.put(write.id(), new Kept<>(write.id(), write.version(), write.content()));
        }
      }
    }
  }
}
