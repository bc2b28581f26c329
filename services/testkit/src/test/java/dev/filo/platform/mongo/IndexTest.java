package dev.filo.platform.mongo;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.mongodb.client.model.IndexOptions;
import com.mongodb.client.model.Indexes;
import com.mongodb.reactivestreams.client.MongoCollection;
import com.mongodb.reactivestreams.client.MongoDatabase;
import dev.filo.testkit.StoreTest;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import org.bson.Document;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/** Indexes as an older or a newer version of a service has made them. */
@StoreTest
class IndexTest {
  private static final Duration PATIENCE = Duration.ofSeconds(20);

  private final MongoDatabase database;
  private final MongoCollection<Document> things;

  IndexTest(MongoDatabase database) {
    this.database = database;
    things = database.getCollection("things");
  }

  private List<String> names() {
    return Objects.requireNonNull(
        Flux.from(things.listIndexes())
            .map(index -> index.getString("name"))
            .collectList()
            .block(PATIENCE));
  }

  private void old(IndexOptions options) {
    Mono.from(things.createIndex(Indexes.ascending("a"), options)).block(PATIENCE);
  }

  /** The embedded store takes the newest options, without a word. */
  private void onlyWhereOptionsConflict() {
    var hello =
        Objects.requireNonNull(
            Mono.from(database.runCommand(new Document("hello", 1)))
                .onErrorReturn(new Document())
                .block(PATIENCE));
    Assumptions.assumeTrue(hello.containsKey("setName"), "the embedded store has no such conflict");
  }

  @Test
  void made_twice_isThereOnce() {
    Mongo.index(things, Indexes.ascending("a"));
    Mongo.index(things, Indexes.ascending("a"));
    assertThat(names()).containsExactlyInAnyOrder("_id_", "a_1");
  }

  @Test
  void made_beside_others_leavesThem() {
    old(new IndexOptions());
    Mongo.index(things, Indexes.ascending("a", "b"));
    assertThat(names()).contains("a_1", "a_1_b_1");
  }

  @Test
  void made_whereAnOlderVersionHasOtherOptions_thatStaysAndTheServiceStarts() {
    onlyWhereOptionsConflict();
    old(new IndexOptions());
    Mongo.index(things, Indexes.ascending("a"), new IndexOptions().sparse(true));
    Mongo.index(things, Indexes.ascending("a"), new IndexOptions().name("another"));
    assertThat(names()).containsExactlyInAnyOrder("_id_", "a_1");
  }

  @Test
  void unique_whereAnOlderVersionHasOneThatIsNot_isNamed() {
    onlyWhereOptionsConflict();
    old(new IndexOptions());
    assertThatThrownBy(
            () -> Mongo.index(things, Indexes.ascending("a"), new IndexOptions().unique(true)))
        .isInstanceOf(IllegalStateException.class)
        .hasMessageContaining("things")
        .hasMessageContaining("not unique");
  }
}
