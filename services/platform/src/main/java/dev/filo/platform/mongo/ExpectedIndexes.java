package dev.filo.platform.mongo;

import com.mongodb.MongoNamespace;
import com.mongodb.client.model.IndexOptions;
import com.mongodb.reactivestreams.client.MongoCollection;
import com.mongodb.reactivestreams.client.MongoDatabase;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.bson.BsonDocument;
import org.bson.BsonValue;
import org.bson.Document;
import org.bson.conversions.Bson;
import org.jspecify.annotations.Nullable;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/** The indexes this process has made at its start, compared with those that are there now. */
public final class ExpectedIndexes {
  private static final Map<MongoNamespace, Set<Expected>> EXPECTED = new ConcurrentHashMap<>();

  private ExpectedIndexes() {}

  private record Expected(BsonDocument keys, boolean unique) {}

  /**
   * What a comparison found.
   *
   * @param expected how many indexes there should be
   * @param missing those that are not there, or not unique although they must be: {@code
   *     carts(outboxSince)}
   */
  public record Comparison(int expected, List<String> missing) {
    /** Copies what can change. */
    public Comparison {
      missing = List.copyOf(missing);
    }
  }

  static void add(MongoCollection<Document> collection, Bson keys, IndexOptions options) {
    EXPECTED
        .computeIfAbsent(collection.getNamespace(), name -> ConcurrentHashMap.newKeySet())
        .add(
            new Expected(
                keys.toBsonDocument(Document.class, collection.getCodecRegistry()),
                options.isUnique()));
  }

  /** Compares. One value; an error when the database could not answer. */
  public static Mono<Comparison> of(MongoDatabase database) {
    return Flux.fromIterable(EXPECTED.entrySet())
        .filter(each -> each.getKey().getDatabaseName().equals(database.getName()))
        .concatMap(each -> compare(database, each.getKey().getCollectionName(), each.getValue()), 1)
        .collectList()
        .map(
            all ->
                new Comparison(
                    all.stream().mapToInt(Comparison::expected).sum(),
                    all.stream().flatMap(each -> each.missing().stream()).sorted().toList()));
  }

  private static Mono<Comparison> compare(
      MongoDatabase database, String collection, Set<Expected> expected) {
    return Flux.from(database.getCollection(collection).listIndexes(BsonDocument.class))
        .collectList()
        .map(
            found -> {
              var missing = new ArrayList<String>();
              for (var each : expected) {
                if (found.stream().noneMatch(index -> fits(each, index))) {
                  missing.add(collection + "(" + String.join(", ", each.keys().keySet()) + ")");
                }
              }
              return new Comparison(expected.size(), missing);
            });
  }

  private static boolean fits(Expected expected, BsonDocument index) {
    var keys = index.getDocument("key", new BsonDocument());
    if (!List.copyOf(keys.keySet()).equals(List.copyOf(expected.keys().keySet()))) {
      return false;
    }
    for (var key : keys.keySet()) {
      if (!isSame(keys.get(key), expected.keys().get(key))) {
        return false;
      }
    }
    var unique = index.get("unique");
    return !expected.unique()
        || (unique != null && unique.isBoolean() && unique.asBoolean().getValue());
  }

  private static boolean isSame(@Nullable BsonValue has, @Nullable BsonValue wants) {
    if (has == null || wants == null) {
      return false;
    }
    boolean numbers = has.isNumber() && wants.isNumber(); // 1 and 1.0 are the same order
    return numbers
        ? has.asNumber().doubleValue() == wants.asNumber().doubleValue()
        : has.equals(wants);
  }
}
