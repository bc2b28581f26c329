package dev.filo.platform.mongo;

import static com.mongodb.client.model.Filters.eq;
import static com.mongodb.client.model.Filters.exists;
import static com.mongodb.client.model.Updates.combine;
import static com.mongodb.client.model.Updates.inc;
import static com.mongodb.client.model.Updates.set;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.mongodb.MongoException;
import com.mongodb.reactivestreams.client.MongoCollection;
import com.mongodb.reactivestreams.client.MongoDatabase;
import dev.filo.testkit.StoreTest;
import java.time.Duration;
import java.util.List;
import java.util.stream.IntStream;
import org.bson.Document;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

@StoreTest
class GroupedUpdatesTest {
  private static final Duration PATIENCE = Duration.ofSeconds(30);
  private static final int THINGS = 120;

  private final MongoCollection<Document> things;
  private final GroupedUpdates updates;

  GroupedUpdatesTest(MongoDatabase database) {
    things = database.getCollection("things");
    updates = new GroupedUpdates(things);
  }

  @BeforeEach
  void things() {
    var all =
        IntStream.range(0, THINGS)
            .mapToObj(i -> new Document("_id", "t" + i).append("version", 1L).append("name", "n"))
            .toList();
    Mono.from(things.insertMany(all)).block(PATIENCE);
  }

  private Mono<Boolean> update(int thing, long version, String name) {
    return updates.update(
        "t" + thing, eq("version", version), combine(inc("version", 1L), set("name", name)));
  }

  @Test
  void eachIsToldWhatBecameOfItsOwn() {
    var written =
        Flux.range(0, THINGS)
            .flatMapSequential(i -> update(i, i % 3 == 0 ? 7 : 1, "new" + i), THINGS)
            .collectList()
            .block(PATIENCE);
    assertThat(written).isEqualTo(IntStream.range(0, THINGS).mapToObj(i -> i % 3 != 0).toList());
    for (var thing : Flux.from(things.find()).toIterable()) {
      int i = Integer.parseInt(thing.getString("_id").substring(1));
      assertThat(thing.getString("name")).isEqualTo(i % 3 == 0 ? "n" : "new" + i);
      assertThat(thing.getLong("version")).isEqualTo(i % 3 == 0 ? 1L : 2L);
    }
    assertThat(Mono.from(things.countDocuments(exists(GroupedUpdates.WRITTEN_BY))).block(PATIENCE))
        .as("written in a message with others")
        .isGreaterThan(THINGS / 2);
  }

  @Test
  void ofManyThatWantOneVersionOneHasIt() {
    for (long version = 1; version <= 5; version++) {
      long seen = version;
      var names = IntStream.range(0, 40).mapToObj(i -> "v" + seen + "-" + i).toList();
      var written =
          Flux.fromIterable(names)
              .flatMap(name -> update(0, seen, name).filter(is -> is).map(is -> name), 40)
              .collectList()
              .block(PATIENCE);
      var thing = Mono.from(things.find(eq("_id", "t0")).first()).block(PATIENCE);
      assertThat(thing).isNotNull();
      assertThat(written).isEqualTo(List.of(thing.getString("name")));
      assertThat(thing.getLong("version")).isEqualTo(seen + 1);
    }
  }

  @Test
  void oneThatCannotBeWrittenFailsAlone() {
    var all =
        Flux.range(0, THINGS)
            .flatMapSequential(
                i ->
                    (i % 10 == 5
                            ? updates.update("t" + i, eq("version", 1L), inc("name", 1))
                            : update(i, 1, "new"))
                        .map(String::valueOf)
                        .onErrorResume(MongoException.class, error -> Mono.just("failed")),
                THINGS)
            .collectList()
            .block(PATIENCE);
    assertThat(all)
        .isEqualTo(
            IntStream.range(0, THINGS).mapToObj(i -> i % 10 == 5 ? "failed" : "true").toList());
  }

  @Test
  void oneByItselfIsWrittenAtOnce() {
    assertThat(update(3, 1, "new").block(PATIENCE)).isTrue();
    assertThat(update(3, 1, "again").block(PATIENCE)).isFalse();
    assertThat(updates.update("none", exists("_id"), set("name", "x")).block(PATIENCE)).isFalse();
    var failing = updates.update("t4", exists("_id"), inc("name", 1));
    assertThatThrownBy(() -> failing.block(PATIENCE)).isInstanceOf(MongoException.class);
    var pointless = updates.update("t5", exists("_id"), new Document());
    for (int i = 0; i < 3; i++) {
      assertThatThrownBy(() -> pointless.block(PATIENCE))
          .isInstanceOf(IllegalArgumentException.class);
    }
    assertThat(update(4, 1, "new").block(PATIENCE)).isTrue();
  }
}
