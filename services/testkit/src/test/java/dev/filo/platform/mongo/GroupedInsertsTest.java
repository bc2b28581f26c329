package dev.filo.platform.mongo;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.mongodb.MongoException;
import com.mongodb.WriteConcern;
import com.mongodb.client.model.IndexOptions;
import com.mongodb.client.model.Indexes;
import com.mongodb.reactivestreams.client.MongoCollection;
import com.mongodb.reactivestreams.client.MongoDatabase;
import dev.filo.testkit.RecordedCommands;
import dev.filo.testkit.StoreTest;
import dev.filo.testkit.TestMongo;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.bson.Document;
import org.junit.jupiter.api.Test;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

@StoreTest
class GroupedInsertsTest {
  private static final Duration PATIENCE = Duration.ofSeconds(30);
  private static final int THINGS = 120;

  private final TestMongo.Engine engine;
  private final MongoDatabase database;
  private final MongoCollection<Document> things;
  private final GroupedInserts inserts;

  GroupedInsertsTest(TestMongo.Engine engine, MongoDatabase database) {
    this.engine = engine;
    this.database = database;
    things = database.getCollection("things");
    inserts = new GroupedInserts(things);
  }

  private Mono<String> insert(String id, String name) {
    return inserts
        .insert(new Document("_id", id).append("name", name))
        .thenReturn("there")
        .onErrorResume(Mongo::isDuplicate, taken -> Mono.just("taken"));
  }

  @Test
  void eachIsThereOrRefusedByItself() {
    Mongo.index(things, Indexes.ascending("name"), new IndexOptions().unique(true));
    for (int i = 0; i < THINGS; i += 3) {
      assertThat(insert("t" + i, "before" + i).block(PATIENCE)).isEqualTo("there");
    }
    var all =
        Flux.range(0, THINGS)
            .flatMapSequential(
                i -> insert("t" + i, i % 3 == 1 ? "before" + (i - 1) : "new" + i), THINGS)
            .collectList()
            .block(PATIENCE);
    assertThat(all)
        .isEqualTo(
            IntStream.range(0, THINGS).mapToObj(i -> i % 3 == 2 ? "there" : "taken").toList());
    assertThat(
            Flux.from(things.find())
                .map(thing -> thing.getString("_id") + " " + thing.getString("name"))
                .collectList()
                .block(PATIENCE))
        .containsExactlyInAnyOrderElementsOf(
            IntStream.range(0, THINGS)
                .filter(i -> i % 3 != 1)
                .mapToObj(i -> "t" + i + (i % 3 == 0 ? " before" : " new") + i)
                .toList());
  }

  @Test
  void ofManyThatWantOneIdOneHasIt() {
    var all =
        Flux.range(0, 40)
            .flatMap(i -> insert("one", "n" + i).map(became -> became + " n" + i), 40)
            .filter(became -> became.startsWith("there"))
            .collectList()
            .block(PATIENCE);
    var thing = Mono.from(things.find().first()).block(PATIENCE);
    assertThat(thing).isNotNull();
    assertThat(all).isEqualTo(List.of("there " + thing.getString("name")));
  }

  @Test
  void whatComesAtTheSameTimeGoesTogether() {
    try (var commands = new RecordedCommands(engine, name -> name.equals("insert"))) {
      var recorded =
          new GroupedInserts(commands.database(database.getName()).getCollection("things"));
      Flux.range(0, THINGS)
          .flatMap(i -> recorded.insert(new Document("_id", "t" + i)), THINGS)
          .blockLast(PATIENCE);
      assertThat(commands.seen()).hasSizeBetween(3, THINGS / 2);
    }
    assertThat(Mono.from(things.countDocuments()).block(PATIENCE)).isEqualTo(THINGS);
  }

  /** What is there but not acknowledged by as many as asked is not taken for taken. */
  @Test
  void whereTooFewHaveIt_onlyWhatIsTakenIsADuplicate() {
    assumeTrue(!engine.name().equals("embedded"), "the embedded store has no members");
    for (int i = 0; i < THINGS; i += 3) {
      assertThat(insert("t" + i, "n").block(PATIENCE)).isEqualTo("there");
    }
    var asManyAsThereAreNot = new WriteConcern(7).withWTimeout(100, TimeUnit.MILLISECONDS);
    var unsure = new GroupedInserts(things.withWriteConcern(asManyAsThereAreNot));
    var all =
        Flux.range(0, THINGS)
            .flatMapSequential(
                i ->
                    unsure
                        .insert(new Document("_id", "t" + i))
                        .thenReturn("there")
                        .onErrorResume(Mongo::isDuplicate, taken -> Mono.just("taken"))
                        .onErrorResume(MongoException.class, error -> Mono.just("unsure")),
                THINGS)
            .collectList()
            .block(PATIENCE);
    assertThat(all)
        .isEqualTo(
            IntStream.range(0, THINGS).mapToObj(i -> i % 3 == 0 ? "taken" : "unsure").toList());
    assertThat(Mono.from(things.countDocuments()).block(PATIENCE)).isEqualTo(THINGS);
  }

  @Test
  void whatCannotBeWrittenIsAnError() {
    var pointless = inserts.insert(new Document("_id", "t").append("name", new Object()));
    for (int i = 0; i < 3; i++) { // no lane is left taken
      assertThatThrownBy(() -> pointless.block(PATIENCE))
          .isInstanceOf(RuntimeException.class)
          .isNotInstanceOf(MongoException.class);
    }
    assertThat(insert("t", "n").block(PATIENCE)).isEqualTo("there");
  }
}
