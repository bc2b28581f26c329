package dev.filo.embedded;

import static com.mongodb.client.model.Filters.and;
import static com.mongodb.client.model.Filters.eq;
import static com.mongodb.client.model.Filters.exists;
import static com.mongodb.client.model.Filters.gt;
import static com.mongodb.client.model.Filters.in;
import static com.mongodb.client.model.Filters.lt;
import static com.mongodb.client.model.Filters.lte;
import static com.mongodb.client.model.Updates.combine;
import static com.mongodb.client.model.Updates.inc;
import static com.mongodb.client.model.Updates.push;
import static com.mongodb.client.model.Updates.set;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.mongodb.MongoChangeStreamException;
import com.mongodb.MongoCommandException;
import com.mongodb.MongoException;
import com.mongodb.MongoWriteException;
import com.mongodb.client.model.Aggregates;
import com.mongodb.client.model.Collation;
import com.mongodb.client.model.FindOneAndUpdateOptions;
import com.mongodb.client.model.IndexOptions;
import com.mongodb.client.model.Indexes;
import com.mongodb.client.model.ReturnDocument;
import com.mongodb.client.model.Sorts;
import com.mongodb.client.model.UpdateOptions;
import com.mongodb.reactivestreams.client.MongoClients;
import com.mongodb.reactivestreams.client.MongoCollection;
import com.mongodb.reactivestreams.client.MongoDatabase;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.NetworkInterface;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.TreeMap;
import java.util.concurrent.atomic.AtomicBoolean;
import org.bson.BsonDocument;
import org.bson.BsonString;
import org.bson.Document;
import org.bson.conversions.Bson;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.reactivestreams.Publisher;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

class EmbeddedMongoTest {

  @TempDir Path directory;

  private interface Use {
    void with(MongoDatabase database) throws Exception;
  }

  private void open(Use use) throws Exception {
    try (var store = EmbeddedMongo.start(directory);
        var client = MongoClients.create(store.uri())) {
      use.with(client.getDatabase("filo"));
    }
  }

  private static void inMemory(Use use) throws Exception {
    try (var store = EmbeddedMongo.inMemory();
        var client = MongoClients.create(store.uri())) {
      use.with(client.getDatabase("filo"));
    }
  }

  private static <T> T one(Publisher<T> answer) {
    return Mono.from(answer).block(Duration.ofSeconds(20));
  }

  private static <T> List<T> all(Publisher<T> answers) {
    return Flux.from(answers).collectList().block(Duration.ofSeconds(20));
  }

  @Test
  void dataAndIndexesAreThereAfterRestart() throws Exception {
    open(
        database -> {
          var carts = database.getCollection("carts");
          one(carts.createIndex(Indexes.ascending("code"), new IndexOptions().unique(true)));
          one(carts.createIndex(Indexes.ascending("owner")));
          one(
              carts.insertOne(
                  new Document("_id", "c1").append("code", 1).append("owner", "julia")));
          one(database.getCollection("gone").insertOne(new Document("_id", 1)));
          one(database.getCollection("gone").drop());
        });
    open(
        database -> {
          var carts = database.getCollection("carts");
          assertThat(all(carts.find(eq("owner", "julia")))).hasSize(1);
          assertThat(all(database.listCollectionNames())).containsExactly("carts");
          assertThat(all(carts.listIndexes()).stream().map(index -> index.getString("name")))
              .containsExactly("_id_", "code_1", "owner_1");
          assertThatThrownBy(
                  () -> one(carts.insertOne(new Document("_id", "c2").append("code", 1L))))
              .isInstanceOfSatisfying(
                  MongoException.class, refused -> assertThat(refused.getCode()).isEqualTo(11000));
        });
  }

  @Test
  void oneProcessAtATime() {
    try (var store = EmbeddedMongo.start(directory)) {
      assertThat(store.port()).isPositive();
      assertThatThrownBy(() -> EmbeddedMongo.start(directory))
          .isInstanceOf(StoreInUseException.class)
          .hasMessageContaining(directory.toString())
          .hasMessageContaining("in use by another process");
    }
    EmbeddedMongo.start(directory).close();
  }

  @Test
  void listensOnLoopbackOnly() throws Exception {
    try (var store = EmbeddedMongo.inMemory()) {
      for (NetworkInterface each : Collections.list(NetworkInterface.getNetworkInterfaces())) {
        for (InetAddress address : Collections.list(each.getInetAddresses())) {
          if (!address.isLoopbackAddress()) {
            try (var socket = new Socket()) {
              assertThatThrownBy(
                      () -> socket.connect(new InetSocketAddress(address, store.port()), 1_000))
                  .as("%s", address)
                  .isInstanceOf(java.io.IOException.class);
            }
          }
        }
      }
    }
  }

  @Test
  void directoryIsForItsOwnerOnly() throws Exception {
    Path data = directory.resolve("deep/data");
    EmbeddedMongo.start(data).close();
    assertThat(data.resolve(EmbeddedMongo.FILE)).exists();
    if (Files.getFileStore(data).supportsFileAttributeView("posix")) {
      assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(data)))
          .isEqualTo("rwx------");
    }
  }

  @Test
  void anAnswerShowsTheStateItsUpdateMade() throws Exception {
    inMemory(
        database -> {
          var counters = database.getCollection("counters");
          one(counters.insertOne(new Document("_id", 1).append("n", 0).append("log", List.of())));
          var after = new FindOneAndUpdateOptions().returnDocument(ReturnDocument.AFTER);
          List<Document> answers =
              Flux.range(0, 500)
                  .flatMap(
                      i ->
                          counters.findOneAndUpdate(
                              eq("_id", 1), combine(inc("n", 1), push("log", i)), after),
                      64)
                  .collectList()
                  .block(Duration.ofSeconds(30));
          assertThat(answers).extracting(answer -> answer.getInteger("n")).doesNotHaveDuplicates();
          assertThat(answers)
              .allSatisfy(
                  answer ->
                      assertThat(answer.getList("log", Integer.class))
                          .hasSize(answer.getInteger("n")));
        });
  }

  @Test
  void anAggregationChangesNothing() throws Exception {
    inMemory(
        database -> {
          var things = database.getCollection("things");
          var thing = new Document("_id", 1).append("deep", new Document("a", 1));
          one(things.insertOne(thing));
          all(things.aggregate(List.of(Document.parse("{$addFields: {deep: {b: 2}}}"))));
          assertThat(one(things.find())).isEqualTo(thing);
        });
  }

  /** Random documents and queries: an index never changes what a query finds. */
  @Test
  void indexesFindWhatAScanFinds() throws Exception {
    inMemory(
        database -> {
          var random = new Random(7);
          var scanned = database.getCollection("scanned");
          var indexed = database.getCollection("indexed");
          one(indexed.createIndex(Indexes.ascending("a")));
          one(indexed.createIndex(Indexes.compoundIndex(Indexes.ascending("b", "c"))));
          one(indexed.createIndex(Indexes.ascending("items.sku")));
          one(
              indexed.createIndex(
                  Indexes.ascending("u"), new IndexOptions().unique(true).sparse(true)));
          for (int i = 0; i < 300; i++) {
            Document document = randomDocument(random, i);
            one(scanned.insertOne(new Document(document)));
            one(indexed.insertOne(new Document(document)));
          }
          for (int i = 0; i < 600; i++) {
            if (i % 3 == 0) {
              Bson filter = eq("_id", random.nextInt(300));
              Bson change = randomChange(random, i);
              one(scanned.updateOne(filter, change));
              one(indexed.updateOne(filter, change));
            } else if (i % 20 == 1) {
              Bson filter = eq("_id", random.nextInt(300));
              one(scanned.deleteOne(filter));
              one(indexed.deleteOne(filter));
            }
            Bson query = randomQuery(random);
            assertThat(all(indexed.find(query).sort(Sorts.ascending("_id"))))
                .as("%s", query)
                .isEqualTo(all(scanned.find(query).sort(Sorts.ascending("_id"))));
            var matched = List.of(Aggregates.match(query), Aggregates.sort(Sorts.ascending("_id")));
            assertThat(all(indexed.aggregate(matched))).isEqualTo(all(scanned.aggregate(matched)));
            assertThat(one(indexed.countDocuments(query)))
                .isEqualTo(one(scanned.countDocuments(query)));
          }
        });
  }

  private static Document randomDocument(Random random, int id) {
    var document = new Document("_id", id);
    document.append("a", randomValue(random)).append("b", random.nextInt(5));
    if (random.nextBoolean()) {
      document.append("c", randomValue(random));
    }
    if (random.nextInt(3) == 0) {
      document.append("u", "u" + id);
    }
    var items = new ArrayList<Document>();
    for (int i = random.nextInt(4); i > 0; i--) {
      items.add(new Document("sku", random.nextInt(6)));
    }
    return document.append("items", items);
  }

  private static Object randomValue(Random random) {
    return switch (random.nextInt(6)) {
      case 0 -> "s" + random.nextInt(4);
      case 1 -> (long) random.nextInt(8);
      case 2 -> random.nextInt(8) / 2.0;
      case 3 -> List.of(random.nextInt(8), random.nextInt(8));
      default -> random.nextInt(8);
    };
  }

  private static Bson randomChange(Random random, int i) {
    return switch (random.nextInt(4)) {
      case 0 -> set("a", randomValue(random));
      case 1 -> push("items", new Document("sku", random.nextInt(6)));
      case 2 -> combine(set("b", random.nextInt(5)), set("c", randomValue(random)));
      default -> set("u", "v" + i);
    };
  }

  private static Bson randomQuery(Random random) {
    return switch (random.nextInt(12)) {
      case 0 -> eq("a", random.nextInt(8));
      case 1 -> in("a", random.nextInt(8), "s1", 2.5);
      case 2 -> gt("a", random.nextInt(8));
      case 3 -> Document.parse("{a: {$gte: 2, $lt: 5}}");
      case 4 -> and(eq("b", random.nextInt(5)), gt("c", random.nextInt(8)));
      case 5 -> and(in("b", 1, 3), eq("c", random.nextInt(8)));
      case 6 -> eq("items.sku", random.nextInt(6));
      case 7 -> lt("a", random.nextInt(8));
      case 8 -> lte("u", "u" + random.nextInt(300)); // most have none
      case 9 -> and(eq("b", random.nextInt(5)), lt("c", random.nextInt(8)));
      case 10 -> and(gt("_id", random.nextInt(300)), eq("b", 2));
      default -> and(eq("u", "u" + random.nextInt(300)), in("_id", 1, 2, 3, random.nextInt(300)));
    };
  }

  /** A bench drops what its service's last requests still work on. */
  @Test
  void aDatabaseIsDroppedWhileOthersUseIt() throws Exception {
    open(
        database -> {
          var going = new AtomicBoolean(true);
          var users = new ArrayList<Thread>();
          for (int i = 0; i < 6; i++) {
            int number = i;
            users.add(Thread.ofVirtual().start(() -> use(database, number, going)));
          }
          try {
            for (int i = 0; i < 100; i++) {
              one(database.drop());
              one(
                  database
                      .getCollection("carts")
                      .createIndex(Indexes.ascending("owner"), new IndexOptions()));
            }
          } finally {
            going.set(false);
          }
          for (var user : users) {
            user.join();
          }
          one(database.drop());
          assertThat(all(database.listCollectionNames())).isEmpty();
        });
  }

  private static void use(MongoDatabase database, int number, AtomicBoolean going) {
    var carts = database.getCollection("carts");
    while (going.get()) {
      try {
        one(
            carts.updateOne(
                eq("_id", number), set("owner", "julia"), new UpdateOptions().upsert(true)));
        all(carts.find(eq("owner", "julia")));
        one(carts.deleteOne(eq("_id", number)));
      } catch (MongoCommandException | MongoWriteException e) {
        // what it used was dropped under it
      }
    }
  }

  /** 200,000 updates must not leave a file of 200,000 updates. */
  @Test
  void theFileStaysInProportion() throws Exception {
    int updates = Integer.getInteger("filo.updates", 10_000);
    open(
        database -> {
          var things = database.getCollection("things");
          var random = new Random(3);
          Flux.range(0, updates)
              .flatMap(
                  i ->
                      things.updateOne(
                          eq("_id", random.nextInt(1_000)),
                          combine(inc("n", 1), set("text", "x".repeat(200))),
                          new UpdateOptions().upsert(true)),
                  64)
              .blockLast(Duration.ofMinutes(5));
          assertThat(Files.size(directory.resolve(EmbeddedMongo.FILE))).isLessThan(48L << 20);
        });
    assertThat(Files.size(directory.resolve(EmbeddedMongo.FILE))).isLessThan(24L << 20);
  }

  @Test
  void refusesWhatItCannotDo() throws Exception {
    inMemory(
        database -> {
          var things = database.getCollection("things");
          one(things.insertOne(new Document("_id", "Abc")));
          var refusals = new TreeMap<String, Publisher<?>>();
          refusals.put(
              "partial unique indexes",
              things.createIndex(
                  Indexes.ascending("a"),
                  new IndexOptions().unique(true).partialFilterExpression(new Document("b", 1))));
          refusals.put(
              "updates by pipeline",
              things.updateOne(eq("_id", "Abc"), List.of(new Document("$set", new Document()))));
          refusals.put(
              "computed or positional projections",
              things.find().projection(new Document("twice", "$once")));
          refusals.put(
              "collations", things.find().collation(Collation.builder().locale("en").build()));
          refusals.forEach(
              (what, asked) ->
                  assertThatThrownBy(() -> one(asked))
                      .as(what)
                      .isInstanceOf(MongoException.class)
                      .hasMessageContaining("the embedded store has no " + what));
        });
  }

  @Test
  void aPartialIndexHasAllDocuments() throws Exception {
    inMemory(
        database -> {
          var things = database.getCollection("things");
          one(things.insertOne(new Document("_id", 1).append("a", 1)));
          one(
              things.createIndex(
                  Indexes.ascending("a"), new IndexOptions().partialFilterExpression(exists("b"))));
          one(things.insertOne(new Document("_id", 2).append("a", 1).append("b", 1)));
          assertThat(all(things.find(eq("a", 1)))).hasSize(2);
          assertThat(all(things.find(and(eq("a", 1), exists("b"))))).hasSize(1);
        });
  }

  @Test
  void anIndexThatWasRefusedLeavesNothing() throws Exception {
    inMemory(
        database -> {
          var things = database.getCollection("things");
          one(
              things.insertMany(
                  List.of(
                      new Document("_id", 1).append("e", 1),
                      new Document("_id", 2).append("e", 1))));
          var unique = new IndexOptions().unique(true);
          assertThatThrownBy(() -> one(things.createIndex(Indexes.ascending("e"), unique)))
              .isInstanceOf(MongoException.class);
          one(things.deleteOne(eq("_id", 2)));
          one(things.insertOne(new Document("_id", 3).append("e", 3)));
          one(things.createIndex(Indexes.ascending("e"), unique));
          assertThat(all(things.find(eq("e", 3)))).hasSize(1);
        });
  }

  @Test
  void aDroppedIndexIsDroppedThereOnly() throws Exception {
    inMemory(
        database -> {
          for (String name : List.of("one", "two")) {
            one(database.getCollection(name).createIndex(Indexes.ascending("e")));
          }
          one(database.getCollection("one").dropIndex("e_1"));
          assertThat(all(database.getCollection("one").listIndexes())).hasSize(1);
          assertThat(all(database.getCollection("two").listIndexes())).hasSize(2);
          one(database.drop());
        });
  }

  @Test
  void changesAreWatchedFromWhereOneWas() throws Exception {
    inMemory(
        database -> {
          MongoCollection<Document> things = database.getCollection("things");
          one(things.insertOne(new Document("_id", 0)));
          var first =
              Flux.from(things.watch())
                  .next()
                  .doOnSubscribe(
                      subscription ->
                          Flux.interval(Duration.ofMillis(20))
                              .concatMap(i -> things.insertOne(new Document("_id", "tick" + i)))
                              .takeUntilOther(Flux.from(things.watch()).next())
                              .subscribe())
                  .block(Duration.ofSeconds(10));
          one(things.findOneAndUpdate(eq("_id", 0), set("a", 1)));
          one(things.deleteOne(eq("_id", 0)));
          assertThat(
                  Flux.from(things.watch().resumeAfter(first.getResumeToken()))
                      .filter(event -> event.getDocumentKey().get("_id").isInt32())
                      .take(2)
                      .map(event -> event.getOperationType().getValue())
                      .collectList()
                      .block(Duration.ofSeconds(10)))
              .containsExactly("update", "delete");
          var old = new BsonDocument("_data", new BsonString("0".repeat(32)));
          assertThatThrownBy(() -> one(things.watch().resumeAfter(old)))
              .isInstanceOfAny(MongoCommandException.class, MongoChangeStreamException.class)
              .hasMessageContaining("286");
        });
  }
}
