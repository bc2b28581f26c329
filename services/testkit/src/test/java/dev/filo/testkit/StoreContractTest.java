package dev.filo.testkit;

import static com.mongodb.client.model.Filters.and;
import static com.mongodb.client.model.Filters.eq;
import static com.mongodb.client.model.Filters.gt;
import static com.mongodb.client.model.Filters.in;
import static com.mongodb.client.model.Filters.lte;
import static com.mongodb.client.model.Updates.combine;
import static com.mongodb.client.model.Updates.inc;
import static com.mongodb.client.model.Updates.pull;
import static com.mongodb.client.model.Updates.push;
import static com.mongodb.client.model.Updates.pushEach;
import static com.mongodb.client.model.Updates.set;
import static com.mongodb.client.model.Updates.setOnInsert;
import static com.mongodb.client.model.Updates.unset;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.mongodb.ErrorCategory;
import com.mongodb.MongoBulkWriteException;
import com.mongodb.MongoCommandException;
import com.mongodb.MongoException;
import com.mongodb.MongoWriteException;
import com.mongodb.ReadConcern;
import com.mongodb.bulk.BulkWriteError;
import com.mongodb.client.model.Accumulators;
import com.mongodb.client.model.Aggregates;
import com.mongodb.client.model.BulkWriteOptions;
import com.mongodb.client.model.CountOptions;
import com.mongodb.client.model.DeleteOneModel;
import com.mongodb.client.model.FindOneAndUpdateOptions;
import com.mongodb.client.model.IndexOptions;
import com.mongodb.client.model.Indexes;
import com.mongodb.client.model.InsertManyOptions;
import com.mongodb.client.model.InsertOneModel;
import com.mongodb.client.model.Projections;
import com.mongodb.client.model.PushOptions;
import com.mongodb.client.model.ReplaceOptions;
import com.mongodb.client.model.ReturnDocument;
import com.mongodb.client.model.Sorts;
import com.mongodb.client.model.UpdateOneModel;
import com.mongodb.client.model.UpdateOptions;
import com.mongodb.client.model.changestream.ChangeStreamDocument;
import com.mongodb.client.model.changestream.FullDocument;
import com.mongodb.reactivestreams.client.MongoCollection;
import com.mongodb.reactivestreams.client.MongoDatabase;
import java.math.BigDecimal;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Date;
import java.util.List;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import java.util.stream.LongStream;
import org.bson.Document;
import org.bson.conversions.Bson;
import org.bson.types.Binary;
import org.bson.types.Decimal128;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.reactivestreams.Publisher;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/**
 * What our stores may rely on: the same on the embedded engine and on a real server. What only a
 * real server can do is in docs/architecture.md and used nowhere.
 */
@StoreTest
class StoreContractTest {

  private static final Instant NOW = MutableClock.START;

  private static final FindOneAndUpdateOptions AFTER =
      new FindOneAndUpdateOptions().returnDocument(ReturnDocument.AFTER);

  private static final UpdateOptions UPSERT = new UpdateOptions().upsert(true);

  private final MongoDatabase database;
  private final MongoCollection<Document> things;

  StoreContractTest(MongoDatabase database) {
    this.database = database;
    this.things = database.getCollection("things");
  }

  private static <T> T one(Publisher<T> answer) {
    return Mono.from(answer).block(Duration.ofSeconds(20));
  }

  private static <T> List<T> all(Publisher<T> answers) {
    return Flux.from(answers).collectList().block(Duration.ofSeconds(20));
  }

  private static Document json(String text) {
    return Document.parse(text.replace('\'', '"'));
  }

  private void insert(String... documents) {
    for (String document : documents) {
      one(things.insertOne(json(document)));
    }
  }

  private void insertStock() {
    one(
        things.insertOne(
            new Document("_id", "s")
                .append("onHand", 10)
                .append("version", 1L)
                .append(
                    "holds",
                    List.of(
                        new Document("id", "h1")
                            .append("quantity", 3)
                            .append("expireTime", Date.from(NOW.plusSeconds(1))),
                        new Document("id", "h2")
                            .append("quantity", 4)
                            .append("expireTime", Date.from(NOW.minusSeconds(1)))))));
  }

  private Document update(Object id, Bson change) {
    return one(things.findOneAndUpdate(eq("_id", id), change, AFTER));
  }

  private static void assertDuplicate(Supplier<Publisher<?>> write, Class<?> type) {
    assertThatThrownBy(() -> one(write.get()))
        .isInstanceOf(type)
        .isInstanceOfSatisfying(
            MongoException.class, refused -> assertThat(refused.getCode()).isEqualTo(11000));
  }

  // ---- conditional updates

  @ParameterizedTest
  @CsvSource({"3, true", "4, false"})
  void anExpressionOverAnArraysSumDecides(int wanted, boolean enough) {
    insertStock();
    Bson filter =
        and(
            eq("_id", "s"),
            json(
                "{$expr: {$gte: [{$subtract: ['$onHand', {$sum: '$holds.quantity'}]}, "
                    + wanted
                    + "]}}"));
    assertThat(one(things.findOneAndUpdate(filter, inc("version", 1L), AFTER)) != null)
        .isEqualTo(enough);
  }

  @ParameterizedTest
  @CsvSource({"7, true", "8, false"})
  void expiredHoldsDoNotCount(int wanted, boolean enough) {
    insertStock();
    var unexpired =
        new Document(
            "$filter",
            new Document("input", "$holds")
                .append("as", "h")
                .append("cond", new Document("$gt", List.of("$$h.expireTime", Date.from(NOW)))));
    var held =
        new Document(
            "$sum",
            new Document(
                "$map",
                new Document("input", unexpired).append("as", "h").append("in", "$$h.quantity")));
    var available = new Document("$subtract", List.of("$onHand", held));
    var filter =
        new Document("_id", "s").append("$expr", new Document("$gte", List.of(available, wanted)));
    assertThat(one(things.findOneAndUpdate(filter, inc("version", 1L), AFTER)) != null)
        .isEqualTo(enough);
  }

  @Test
  void anExpressionMaySumAMap() {
    insert("{_id: 1, onHand: 10, holds: {h1: {q: 3}, h2: {q: 4}}}");
    String sum =
        "{$reduce: {input: {$objectToArray: '$holds'}, initialValue: 0, "
            + "in: {$add: ['$$value', '$$this.v.q']}}}";
    assertThat(all(things.find(json("{$expr: {$eq: [" + sum + ", 7]}}")))).hasSize(1);
    assertThat(all(things.find(json("{$expr: {$eq: [" + sum + ", 8]}}")))).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "{holds: {$elemMatch: {id: 'h1', quantity: {$gte: 3}}}}",
        "{holds: {$not: {$elemMatch: {id: 'h3'}}}}",
        "{'holds.id': {$ne: 'h3'}}",
        "{holds: {$size: 2}, 'holds.id': {$all: ['h1', 'h2']}}",
        "{version: {$exists: true, $type: 'long'}, missing: {$exists: false}}",
        "{onHand: {$mod: [5, 0], $nin: [1, 2]}}",
        "{$or: [{onHand: 10}, {onHand: 11}], $nor: [{onHand: 12}]}",
        "{missing: null}",
        "{_id: {$regex: '^S', $options: 'i'}}",
        "{$expr: {$and: [{$in: ['h1', '$holds.id']}, {$lt: [{$size: '$holds'}, 3]}]}}",
        "{$expr: {$eq: [{$sum: {$ifNull: ['$missing', []]}}, 0]}}",
        "{$expr: {$and: [{$cond: [{$gt: ['$onHand', '$version']}, true, false]}]}}",
      })
  void filtersMatch(String filter) {
    insertStock();
    assertThat(all(things.find(json(filter)))).hasSize(1);
    assertThat(all(things.find(new Document("$nor", List.of(json(filter)))))).isEmpty();
  }

  @Test
  void oneOfManyRacersTakesEachUnit() {
    insert("{_id: 'sofa', left: 10}");
    long sold =
        Flux.range(0, 200)
            .flatMap(
                i ->
                    things.findOneAndUpdate(
                        and(eq("_id", "sofa"), gt("left", 0)),
                        combine(inc("left", -1), push("sold", i)),
                        AFTER),
                64)
            .count()
            .block(Duration.ofSeconds(30));
    assertThat(sold).isEqualTo(10);
    Document sofa = one(things.find());
    assertThat(sofa.getInteger("left")).isZero();
    assertThat(sofa.getList("sold", Integer.class)).hasSize(10).doesNotHaveDuplicates();
  }

  // ---- update operators

  @Test
  void arraysArePushedSlicedAndPulled() {
    insertStock();
    var h0 = new Document("id", "h0");
    assertThat(ids(update("s", push("holds", h0)))).containsExactly("h1", "h2", "h0");
    assertThat(ids(update("s", pushEach("holds", List.of(h0), new PushOptions().slice(-2)))))
        .containsExactly("h0", "h0");
    assertThat(ids(update("s", pull("holds", h0)))).isEmpty();
  }

  @Test
  void elementsArePulledByCondition() {
    insertStock();
    assertThat(ids(update("s", pull("holds", lte("expireTime", Date.from(NOW))))))
        .containsExactly("h1");
    assertThat(ids(update("s", pull("holds", in("id", "h1", "h2"))))).isEmpty();
  }

  private static List<Object> ids(Document stock) {
    return stock.getList("holds", Document.class).stream().map(hold -> hold.get("id")).toList();
  }

  @Test
  void anElementIsChangedInPlace() {
    insertStock();
    Document byPosition =
        one(
            things.findOneAndUpdate(
                and(eq("_id", "s"), eq("holds.id", "h2")), set("holds.$.quantity", 8), AFTER));
    assertThat(byPosition.getList("holds", Document.class).get(1)).containsEntry("quantity", 8);
    Document byFilter =
        one(
            things.findOneAndUpdate(
                eq("_id", "s"),
                inc("holds.$[h].quantity", 1),
                new FindOneAndUpdateOptions()
                    .returnDocument(ReturnDocument.AFTER)
                    .arrayFilters(List.of(json("{'h.id': 'h2', 'h.quantity': {$gte: 8}}")))));
    assertThat(byFilter.getList("holds", Document.class).get(1)).containsEntry("quantity", 9);
    assertThat(update("s", set("holds.$[].quantity", 1)).getList("holds", Document.class))
        .allSatisfy(hold -> assertThat(hold).containsEntry("quantity", 1));
  }

  @Test
  void mapsKeyedByIdAreSetAndUnsetByPath() {
    insert("{_id: 1, holds: {ab: {state: 'H', q: 1}}, requests: {r1: 1, r2: 2}}");
    assertThat(
            update(
                1,
                combine(
                    set("holds.ab.state", "X"),
                    set("holds.7", json("{q: 2}")),
                    set("fresh.deep.x", 1),
                    inc("counts.n", 5L),
                    unset("requests.r1"))))
        .isEqualTo(
            json(
                "{_id: 1, holds: {ab: {state: 'X', q: 1}, '7': {q: 2}}, requests: {r2: 2}, "
                    + "fresh: {deep: {x: 1}}, counts: {n: {$numberLong: '5'}}}"));
    assertThat(
            all(
                things.find(
                    json("{'requests.r2': {$exists: true}, 'requests.r1': {$exists: false}}"))))
        .hasSize(1);
  }

  @Test
  void oneUpdateDoesSeveralThings() {
    insert("{_id: 1, a: 1, b: 1, c: [], d: 3, e: [1, 2], g: 1}");
    assertThat(
            update(
                1,
                json(
                    "{$inc: {a: 1}, $unset: {b: ''}, $push: {c: 'x'}, $min: {d: 2}, "
                        + "$pull: {e: 1}, $set: {f: 9}, $rename: {g: 'h'}}")))
        .containsExactlyInAnyOrderEntriesOf(
            json("{_id: 1, a: 2, c: ['x'], d: 2, e: [2], f: 9, h: 1}"));
    assertThat(update(1, json("{$addToSet: {c: {$each: ['x', 'y']}}, $max: {a: 7}}")))
        .containsEntry("c", List.of("x", "y"))
        .containsEntry("a", 7);
    assertThatThrownBy(() -> update(1, json("{$push: {c: 1}, $pull: {c: 2}}")))
        .isInstanceOf(MongoCommandException.class);
  }

  @Test
  void queuesAreTakenFromInOrder() {
    insert("{_id: 3, state: 'NEW', at: 2}", "{_id: 1, state: 'NEW', at: 1}");
    var first = new FindOneAndUpdateOptions().sort(Sorts.ascending("at"));
    assertThat(one(things.findOneAndUpdate(eq("state", "NEW"), set("state", "TAKEN"), first)))
        .containsEntry("_id", 1)
        .containsEntry("state", "NEW");
    assertThat(one(things.findOneAndDelete(eq("state", "NEW")))).containsEntry("_id", 3);
    assertThat(one(things.findOneAndDelete(eq("state", "NEW")))).isNull();
  }

  @Test
  void onlyWhatIsAskedForIsReturned() {
    insert("{_id: 1, a: 1, b: 2}");
    var projected =
        new FindOneAndUpdateOptions()
            .returnDocument(ReturnDocument.AFTER)
            .projection(Projections.include("a"));
    assertThat(one(things.findOneAndUpdate(eq("_id", 1), inc("a", 1), projected)))
        .isEqualTo(json("{_id: 1, a: 2}"));
    assertThat(one(things.findOneAndUpdate(eq("_id", 2), inc("a", 1), projected))).isNull();
  }

  // ---- versions and upserts

  @Test
  void aReplacementOfAStaleVersionMatchesNothing() {
    insert("{_id: 1, version: 1, old: true}");
    Bson seen = and(eq("_id", 1), eq("version", 1));
    assertThat(one(things.replaceOne(seen, json("{version: 2}"))).getMatchedCount()).isEqualTo(1);
    assertThat(one(things.replaceOne(seen, json("{version: 2}"))).getMatchedCount()).isZero();
    assertThat(one(things.find())).isEqualTo(json("{_id: 1, version: 2}"));
  }

  @Test
  void anUpsertSetsSomeFieldsOnInsertOnly() {
    Bson change = combine(setOnInsert("first", 1), set("last", 2));
    assertThat(one(things.updateOne(eq("_id", "k"), change, UPSERT)).getUpsertedId()).isNotNull();
    insert("{_id: 'there'}");
    var again = one(things.updateOne(eq("_id", "there"), change, UPSERT));
    assertThat(again.getUpsertedId()).isNull();
    assertThat(again.getModifiedCount()).isEqualTo(1);
    assertThat(all(things.find().sort(Sorts.ascending("_id"))))
        .containsExactly(json("{_id: 'k', first: 1, last: 2}"), json("{_id: 'there', last: 2}"));
  }

  @Test
  void anUpsertWhoseConditionFailsIsADuplicate() {
    insert("{_id: 'k', v: 2}");
    Bson stale = and(eq("_id", "k"), eq("v", 1));
    assertDuplicate(() -> things.updateOne(stale, set("b", 1), UPSERT), MongoWriteException.class);
    assertDuplicate(
        () -> things.replaceOne(stale, json("{v: 3}"), new ReplaceOptions().upsert(true)),
        MongoWriteException.class);
    assertDuplicate(
        () ->
            things.findOneAndUpdate(stale, set("b", 1), new FindOneAndUpdateOptions().upsert(true)),
        MongoCommandException.class);
    assertThatThrownBy(() -> insert("{_id: 'k'}"))
        .isInstanceOfSatisfying(
            MongoWriteException.class,
            refused ->
                assertThat(refused.getError().getCategory())
                    .isEqualTo(ErrorCategory.DUPLICATE_KEY));
  }

  @Test
  void racingUpsertsMakeOneDocument() {
    Flux.range(0, 200)
        .flatMap(
            i ->
                Mono.from(
                        things.updateOne(
                            eq("_id", "k"), combine(inc("n", 1), setOnInsert("first", i)), UPSERT))
                    .retry(3), // a real server may tell a racer of the duplicate
            64)
        .blockLast(Duration.ofSeconds(30));
    assertThat(one(things.find())).containsEntry("n", 200);
  }

  // ---- uniqueness

  @Test
  void uniqueIndexesAreEnforced() {
    one(things.createIndex(Indexes.ascending("e"), new IndexOptions().unique(true)));
    one(things.createIndex(Indexes.ascending("a.b", "c"), new IndexOptions().unique(true)));
    insert("{_id: 1, e: 'x', a: {b: 1}, c: 1}", "{_id: 2, e: 'y', a: {b: 1}, c: 2}");
    assertDuplicate(
        () -> things.insertOne(json("{_id: 3, e: 'x', a: {b: 9}}")), MongoWriteException.class);
    assertDuplicate(
        () -> things.insertOne(json("{_id: 3, e: 'z', a: {b: 1}, c: 2}")),
        MongoWriteException.class);
    assertDuplicate(() -> things.updateOne(eq("_id", 2), set("e", "x")), MongoWriteException.class);
    one(things.updateOne(eq("_id", 1), set("e", "free")));
    one(things.updateOne(eq("_id", 2), set("e", "x")));
    insert("{_id: 3, a: {b: 3}}");
    assertDuplicate(() -> things.insertOne(json("{_id: 4, a: {b: 4}}")), MongoWriteException.class);
  }

  @Test
  void sparseUniqueIndexesLetMissingValuesBe() {
    one(things.createIndex(Indexes.ascending("e"), new IndexOptions().unique(true).sparse(true)));
    insert("{_id: 1}", "{_id: 2}", "{_id: 3, e: 1}");
    assertDuplicate(() -> things.insertOne(json("{_id: 4, e: 1}")), MongoWriteException.class);
    assertDuplicate(() -> things.updateOne(eq("_id", 1), set("e", 1)), MongoWriteException.class);
    one(things.updateOne(eq("_id", 3), unset("e")));
    one(things.updateOne(eq("_id", 1), set("e", 1)));
    assertThat(all(things.find(eq("e", 1)))).hasSize(1);
  }

  @Test
  void makingAnIndexAgainDoesNothingAndMakingItOtherwiseIsRefused() {
    one(things.createIndex(Indexes.ascending("e")));
    assertThat(one(things.createIndex(Indexes.ascending("e")))).isEqualTo("e_1");
    assertThatThrownBy(
            () -> one(things.createIndex(Indexes.ascending("e"), new IndexOptions().unique(true))))
        .isInstanceOfSatisfying(
            MongoCommandException.class, refused -> assertThat(refused.getCode()).isEqualTo(86));
    one(
        things.createIndex(
            Indexes.ascending("t"), new IndexOptions().expireAfter(0L, TimeUnit.SECONDS)));
    assertThat(all(things.listIndexes()).stream().map(index -> index.getString("name")))
        .containsExactly("_id_", "e_1", "t_1");
  }

  @Test
  void aUniqueIndexOverDuplicatesIsRefused() {
    insert("{_id: 1, e: 1}", "{_id: 2, e: 1}");
    assertThatThrownBy(
            () -> one(things.createIndex(Indexes.ascending("e"), new IndexOptions().unique(true))))
        .isInstanceOfSatisfying(
            MongoException.class, refused -> assertThat(refused.getCode()).isEqualTo(11000));
  }

  // ---- many at once

  @Test
  void anOrderedListStopsAtItsFirstError() {
    assertThatThrownBy(
            () ->
                one(
                    things.bulkWrite(
                        List.of(
                            new InsertOneModel<>(json("{_id: 1}")),
                            new InsertOneModel<>(json("{_id: 1}")),
                            new InsertOneModel<>(json("{_id: 2}"))))))
        .isInstanceOfSatisfying(
            MongoBulkWriteException.class,
            refused -> {
              assertThat(refused.getWriteErrors())
                  .extracting(BulkWriteError::getIndex)
                  .containsExactly(1);
              assertThat(refused.getWriteResult().getInsertedCount()).isEqualTo(1);
            });
    assertThat(one(things.countDocuments())).isEqualTo(1);
  }

  @Test
  void anOrderedListOfUpdatesStopsAtItsFirstError() {
    one(things.createIndex(Indexes.ascending("e"), new IndexOptions().unique(true).sparse(true)));
    insert("{_id: 1, e: 1}", "{_id: 2}", "{_id: 3}");
    assertThatThrownBy(
            () ->
                one(
                    things.bulkWrite(
                        List.of(
                            new UpdateOneModel<>(eq("_id", 3), set("x", 1)),
                            new UpdateOneModel<>(eq("_id", 2), set("e", 1)),
                            new UpdateOneModel<>(eq("_id", 3), set("y", 1))))))
        .isInstanceOfSatisfying(
            MongoBulkWriteException.class,
            refused -> {
              assertThat(refused.getWriteErrors().getFirst().getIndex()).isEqualTo(1);
              assertThat(refused.getWriteResult().getModifiedCount()).isEqualTo(1);
            });
    assertThat(one(things.find(eq("_id", 3)))).isEqualTo(json("{_id: 3, x: 1}"));
  }

  @Test
  void anUnorderedListGoesOn() {
    assertThatThrownBy(
            () ->
                one(
                    things.bulkWrite(
                        List.of(
                            new InsertOneModel<>(json("{_id: 1}")),
                            new InsertOneModel<>(json("{_id: 1}")),
                            new InsertOneModel<>(json("{_id: 2}"))),
                        new BulkWriteOptions().ordered(false))))
        .isInstanceOfSatisfying(
            MongoBulkWriteException.class,
            refused -> assertThat(refused.getWriteResult().getInsertedCount()).isEqualTo(2));
    assertThatThrownBy(
            () ->
                one(
                    things.insertMany(
                        List.of(json("{_id: 2}"), json("{_id: 3}")),
                        new InsertManyOptions().ordered(false))))
        .isInstanceOf(MongoBulkWriteException.class);
    assertThat(one(things.countDocuments())).isEqualTo(3);
  }

  @Test
  void aMixedListCountsWhatItDid() {
    insert("{_id: 1, a: 1}", "{_id: 2}");
    var result =
        one(
            things.bulkWrite(
                List.of(
                    new UpdateOneModel<>(eq("_id", 1), inc("a", 1)),
                    new DeleteOneModel<>(eq("_id", 2)),
                    new InsertOneModel<>(json("{_id: 9}")),
                    new UpdateOneModel<>(eq("_id", 10), set("a", 1), UPSERT),
                    new UpdateOneModel<>(eq("_id", 1), inc("a", 1)))));
    assertThat(result.getMatchedCount()).isEqualTo(2);
    assertThat(result.getModifiedCount()).isEqualTo(2);
    assertThat(result.getDeletedCount()).isEqualTo(1);
    assertThat(result.getInsertedCount()).isEqualTo(1);
    assertThat(result.getUpserts()).hasSize(1);
    assertThat(result.getUpserts().getFirst().getIndex()).isEqualTo(3);
  }

  // ---- reading

  private void insertThousand() {
    one(
        things.insertMany(
            LongStream.range(0, 1_000)
                .mapToObj(
                    i ->
                        new Document("_id", i * 7 % 1_000)
                            .append("g", "g" + i % 3)
                            .append("v", (int) i))
                .toList()));
  }

  @Test
  void pagesAreReadByKey() {
    insertThousand();
    assertThat(all(things.find(gt("_id", 100L)).sort(Sorts.ascending("_id")).limit(3)))
        .extracting(found -> found.getLong("_id"))
        .containsExactly(101L, 102L, 103L);
    assertThat(all(things.find().sort(Sorts.descending("_id")).skip(1).limit(2)))
        .extracting(found -> found.getLong("_id"))
        .containsExactly(998L, 997L);
    assertThat(all(things.find(eq("_id", 5)))).hasSize(1);
    assertThat(all(things.find().batchSize(7))).hasSize(1_000);
    List<Long> ids = LongStream.range(0, 500).mapToObj(i -> i * 2).toList();
    assertThat(all(things.find(in("_id", ids)))).hasSize(500);
    assertThat(all(things.find(and(in("_id", ids), eq("g", "g0"))))).hasSize(167);
    assertThat(
            all(
                things
                    .find()
                    .sort(Sorts.orderBy(Sorts.ascending("g"), Sorts.descending("v")))
                    .limit(2)))
        .extracting(found -> found.getInteger("v"))
        .containsExactly(999, 996);
    assertThat(all(things.distinct("g", String.class))).containsExactlyInAnyOrder("g0", "g1", "g2");
    assertThat(one(things.countDocuments(eq("g", "g0")))).isEqualTo(334);
    assertThat(one(things.countDocuments(eq("g", "g0"), new CountOptions().limit(10))))
        .isEqualTo(10);
  }

  @Test
  void largeLongsAreExact() {
    long large = 1L << 60;
    one(things.insertOne(new Document("_id", large).append("v", large)));
    one(things.insertOne(new Document("_id", large + 1).append("v", large + 1)));
    assertThat(all(things.find(eq("_id", large)))).hasSize(1);
    assertThat(all(things.find(gt("_id", large)))).hasSize(1);
    assertThat(all(things.find(eq("v", large + 1)))).hasSize(1);
  }

  @Test
  void partsOfDocumentsAreRead() {
    insert("{_id: 1, a: {b: 1, c: 2}, list: [1, 2, 3], holds: [{id: 'h1'}, {id: 'h2'}]}");
    assertThat(one(things.find().projection(Projections.include("a.b"))))
        .isEqualTo(json("{_id: 1, a: {b: 1}}"));
    assertThat(one(things.find().projection(Projections.exclude("a.b", "list", "holds"))))
        .isEqualTo(json("{_id: 1, a: {c: 2}}"));
    assertThat(one(things.find().projection(Projections.slice("list", -1))).get("list"))
        .isEqualTo(List.of(3));
    assertThat(one(things.find().projection(Projections.slice("list", 1, 1))).get("list"))
        .isEqualTo(List.of(2));
    assertThat(
            one(things.find().projection(Projections.elemMatch("holds", eq("id", "h2"))))
                .get("holds"))
        .isEqualTo(List.of(json("{id: 'h2'}")));
  }

  @Test
  void valuesComeBackAsTheyWere() {
    var document =
        new Document("_id", new Document("sku", "a").append("location", "b"))
            .append("amount", new Decimal128(new BigDecimal("12.340")))
            .append("at", new Date(1_700_000_000_123L))
            .append("bytes", new Binary(new byte[] {0, 1, 2}))
            .append("long", 5L)
            .append("int", 5)
            .append("double", 5.5)
            .append("nothing", null)
            .append("deep", new Document("list", List.of(new Document("x", true))));
    one(things.insertOne(document));
    assertThat(one(things.find(eq("_id", document.get("_id"))))).isEqualTo(document);
    assertThat(all(things.find(eq("bytes", new Binary(new byte[] {0, 1, 2}))))).hasSize(1);
    assertThat(all(things.find(gt("amount", new Decimal128(12))))).hasSize(1);
    assertThat(all(things.find(lte("at", Instant.ofEpochMilli(1_700_000_000_123L))))).hasSize(1);
    assertThat(all(things.find(eq("_id.sku", "a")))).hasSize(1);
  }

  @Test
  void aggregatesGroupJoinAndCount() {
    insertThousand();
    assertThat(
            all(
                things.aggregate(
                    List.of(
                        Aggregates.match(eq("g", "g1")),
                        Aggregates.group(
                            "$g",
                            Accumulators.sum("sum", "$v"),
                            Accumulators.max("max", "$v"),
                            Accumulators.sum("n", 1)),
                        Aggregates.sort(Sorts.ascending("_id")),
                        Aggregates.limit(1)))))
        .containsExactly(json("{_id: 'g1', sum: 166167, max: 997, n: 333}"));
    var groups = database.getCollection("groups");
    one(groups.insertOne(json("{_id: 'g1'}")));
    Document joined =
        one(
            groups.aggregate(
                List.of(
                    Aggregates.lookup("things", "_id", "g", "members"),
                    json("{$addFields: {size: {$size: '$members'}}}"),
                    json("{$project: {size: 1}}"))));
    assertThat(joined).isEqualTo(json("{_id: 'g1', size: 333}"));
    assertThat(
            one(
                things.aggregate(
                    List.of(json("{$facet: {a: [{$count: 'n'}], b: [{$skip: 1}, {$limit: 1}]}}")))))
        .containsEntry("a", List.of(json("{n: 1000}")));
  }

  @Test
  void daysAreCutInAZone() {
    one(things.insertOne(new Document("at", Date.from(Instant.parse("2026-03-01T23:30:00Z")))));
    String day = "{$dateToString: {date: '$at', format: '%Y-%m-%d', timezone: 'Europe/Rome'}}";
    assertThat(one(things.aggregate(List.of(json("{$project: {_id: 0, day: " + day + "}}")))))
        .isEqualTo(json("{day: '2026-03-02'}"));
  }

  // ---- the rest

  @Test
  void deletionsCount() {
    insert("{_id: 1}", "{_id: 2, a: 1}", "{_id: 3, a: 1}");
    assertThat(one(things.deleteOne(eq("_id", 1))).getDeletedCount()).isEqualTo(1);
    assertThat(one(things.deleteMany(eq("a", 1))).getDeletedCount()).isEqualTo(2);
    assertThat(one(things.deleteOne(eq("_id", 1))).getDeletedCount()).isZero();
    one(things.drop());
    assertThat(one(things.countDocuments())).isZero();
  }

  @Test
  void theServerAnswers() {
    for (String command : List.of("ping", "hello", "buildInfo", "serverStatus", "dbStats")) {
      assertThat(((Number) one(database.runCommand(new Document(command, 1))).get("ok")).intValue())
          .as(command)
          .isEqualTo(1);
    }
  }

  @Test
  void everyKindOfChangeIsWatchedInOrder() throws Exception {
    insert("{_id: 0, a: 1}");
    var seen = new LinkedBlockingQueue<ChangeStreamDocument<Document>>();
    var watching =
        Flux.from(
                things
                    .withReadConcern(ReadConcern.MAJORITY) // a real server insists
                    .watch()
                    .fullDocument(FullDocument.UPDATE_LOOKUP))
            .subscribe(seen::add);
    ChangeStreamDocument<Document> event = null;
    for (int i = 0; i < 100 && event == null; i++) { // until the stream stands
      insert("{_id: 'tick" + i + "'}");
      event = seen.poll(100, TimeUnit.MILLISECONDS);
    }
    assertThat(event).isNotNull();
    one(things.updateOne(eq("_id", 0), set("a", 2)));
    update(0, set("a", 3));
    one(things.replaceOne(eq("_id", 0), json("{a: 4}")));
    one(things.deleteOne(eq("_id", 0)));
    var kinds = new ArrayList<String>();
    while (kinds.size() < 4) {
      event = seen.poll(10, TimeUnit.SECONDS);
      assertThat(event).as("after %s", kinds).isNotNull();
      if (event.getDocumentKey().get("_id").isInt32()) {
        kinds.add(event.getOperationType().getValue());
      }
    }
    watching.dispose();
    assertThat(kinds).containsExactly("update", "update", "replace", "delete");
  }

  @Test
  void eachTestHasADatabaseOfItsOwn() {
    assertThat(all(database.listCollectionNames())).isEmpty();
  }
}
