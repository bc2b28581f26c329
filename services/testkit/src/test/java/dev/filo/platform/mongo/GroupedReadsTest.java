package dev.filo.platform.mongo;

import static com.mongodb.client.model.Filters.eq;
import static com.mongodb.client.model.Updates.set;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.mongodb.reactivestreams.client.MongoCollection;
import dev.filo.testkit.RecordedCommands;
import dev.filo.testkit.StoreTest;
import dev.filo.testkit.TestMongo;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.stream.IntStream;
import org.bson.Document;
import org.junit.jupiter.api.Test;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

@StoreTest
class GroupedReadsTest {
  private static final Duration PATIENCE = Duration.ofSeconds(30);
  private static final Set<String> READS = Set.of("find", "getMore");
  private static final int THINGS = 120;

  private final TestMongo.Engine engine;

  GroupedReadsTest(TestMongo.Engine engine) {
    this.engine = engine;
  }

  private static MongoCollection<Document> things(TestMongo.Store store, RecordedCommands through) {
    var things = through.database(store.name()).getCollection("things");
    Mono.from(
            things.insertMany(
                IntStream.range(0, THINGS)
                    .mapToObj(i -> new Document("_id", "t" + i).append("number", i))
                    .toList()))
        .block(PATIENCE);
    return things;
  }

  @Test
  void eachIsGivenItsOwnInFewMessages() {
    try (var store = engine.newStore();
        var commands = new RecordedCommands(engine, READS::contains)) {
      var reads = new GroupedReads(things(store, commands));
      var found =
          Flux.range(0, 2 * THINGS) // half of them are not there
              .flatMapSequential(
                  i -> reads.find("t" + i).map(it -> it.getInteger("number")).defaultIfEmpty(-1),
                  2 * THINGS)
              .collectList()
              .block(PATIENCE);
      assertThat(found)
          .isEqualTo(IntStream.range(0, 2 * THINGS).mapToObj(i -> i < THINGS ? i : -1).toList());
      assertThat(commands.seen()).hasSizeLessThan(THINGS / 2);
    }
  }

  @Test
  void oneThatManyWantIsGivenToAll() {
    try (var store = engine.newStore();
        var commands = new RecordedCommands(engine, READS::contains)) {
      var reads = new GroupedReads(things(store, commands));
      var found =
          Flux.range(0, THINGS)
              .flatMap(i -> reads.find("t7").map(it -> it.getInteger("number")), THINGS)
              .collectList()
              .block(PATIENCE);
      assertThat(found).hasSize(THINGS).containsOnly(7);
      assertThat(commands.seen()).hasSizeLessThan(THINGS / 2);
    }
  }

  /** What was acknowledged before a read was asked for is in what is read. */
  @Test
  void noReadIsOlderThanItsQuestion() {
    try (var store = engine.newStore();
        var commands = new RecordedCommands(engine, READS::contains)) {
      var things = things(store, commands);
      var reads = new GroupedReads(things);
      var older =
          Flux.range(0, 20)
              .flatMap(
                  thing ->
                      Flux.range(1, 20)
                          .concatMap(
                              number ->
                                  Mono.from(
                                          things.updateOne(
                                              eq("_id", "t" + thing), set("number", number)))
                                      .then(Mono.defer(() -> reads.find("t" + thing)))
                                      .filter(read -> read.getInteger("number") != number)))
              .collectList()
              .block(PATIENCE);
      assertThat(older).isEqualTo(List.of());
    }
  }

  @Test
  void whatCannotBeReadFailsForEachAndTheNextIsReadAgain() {
    try (var store = engine.newStore();
        var commands = new RecordedCommands(engine, READS::contains)) {
      var reads = new GroupedReads(things(store, commands));
      var wrong = reads.find(new Object()); // no codec knows it
      for (int i = 0; i < 5; i++) {
        assertThatThrownBy(() -> wrong.block(PATIENCE)).isInstanceOf(RuntimeException.class);
      }
      assertThat(reads.find("t3").blockOptional(PATIENCE)).isPresent();
    }
  }
}
