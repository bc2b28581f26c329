package dev.filo.platform.mongo;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.mongodb.WriteConcern;
import com.mongodb.reactivestreams.client.MongoCollection;
import com.mongodb.reactivestreams.client.MongoDatabase;
import dev.filo.testkit.StoreTest;
import dev.filo.testkit.TestMongo;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import org.bson.Document;
import org.junit.jupiter.api.Test;
import reactor.core.publisher.Mono;

/** That nobody is told of what a failover may still take back. */
@StoreTest
class SettledTest {
  private static final Duration PATIENCE = Duration.ofSeconds(20);

  private final MongoCollection<Document> things;
  private final boolean isReal;

  SettledTest(MongoDatabase database, TestMongo.Engine engine) {
    things = database.getCollection("things");
    isReal = !engine.name().equals("embedded");
  }

  @Test
  void nothingChanges() {
    var thing = new Document("_id", "a").append("settled", 1);
    Mono.from(things.insertOne(thing)).block(PATIENCE);
    Mongo.settled(things, "a").block(PATIENCE);
    Mongo.settled(things, "none").block(PATIENCE);
    assertThat(Mono.from(things.find()).block(PATIENCE)).isEqualTo(thing);
    assertThat(Mono.from(things.countDocuments()).block(PATIENCE)).isEqualTo(1);
  }

  @Test
  void membersThatCannotBeReachedAreWaitedFor() {
    assumeTrue(isReal, "the embedded store has no members");
    Mono.from(things.insertOne(new Document("_id", "a"))).block(PATIENCE);
    var asManyAsThereAreNot = new WriteConcern(7).withWTimeout(100, TimeUnit.MILLISECONDS);
    var waiting = Mongo.settled(things.withWriteConcern(asManyAsThereAreNot), "a");
    assertThatThrownBy(() -> waiting.block(PATIENCE)).matches(Mongo::isOutage);
  }
}
