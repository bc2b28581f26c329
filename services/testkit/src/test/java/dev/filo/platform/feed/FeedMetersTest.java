package dev.filo.platform.feed;

import static dev.filo.platform.feed.Things.PATIENCE;
import static dev.filo.platform.feed.Things.event;
import static org.assertj.core.api.Assertions.assertThat;

import com.mongodb.client.model.IndexOptions;
import com.mongodb.client.model.Indexes;
import com.mongodb.reactivestreams.client.MongoDatabase;
import dev.filo.platform.grpc.Channels;
import dev.filo.platform.mongo.Mongo;
import dev.filo.proto.api.v1.Role;
import dev.filo.testkit.MutableClock;
import dev.filo.testkit.StoreTest;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.time.Duration;
import java.util.List;
import org.bson.Document;
import org.junit.jupiter.api.Test;
import reactor.core.publisher.Mono;

@StoreTest
class FeedMetersTest {
  private final MongoDatabase database;
  private final FeedStore feed;
  private final MutableClock clock = MutableClock.standing();
  private final SimpleMeterRegistry meters = new SimpleMeterRegistry();
  private final FeedMeters figures;

  FeedMetersTest(MongoDatabase database) {
    this.database = database;
    feed = new FeedStore(database);
    feed.prepare();
    figures =
        new FeedMeters(
            database,
            feed,
            clock,
            meters,
            "cart",
            List.of(
                follower("aliases", "identity"),
                follower("touchpoints-reservation", "reservation"),
                follower("catalog-categories", "catalog")));
  }

  private FeedFollower follower(String name, String source) {
    var channels =
        new Channels(
            service -> Channels.IN_PROCESS + service,
            Things.TOKENS.bearer(Role.ROLE_SERVICE, "services/cart"));
    return new FeedFollower(name, source, channels, database, clock, event -> Mono.empty());
  }

  private double figure(String name, String tag, String value) {
    return meters.get(name).tag(tag, value).gauge().value();
  }

  private void look() {
    figures.look().block(PATIENCE);
  }

  private void insert(String collection, Document document) {
    Mono.from(database.getCollection(collection).insertOne(document)).block(PATIENCE);
  }

  @Test
  void head_isTheNewestPosition() {
    look();
    assertThat(figure("filo.feed.head", "source", "cart")).isZero();
    feed.append(List.of(event("a", "1"), event("a", "2")), clock.instant()).block(PATIENCE);
    look();
    assertThat(figure("filo.feed.head", "source", "cart")).isEqualTo(2);
  }

  @Test
  void followed_saysWhoseFeed() {
    insert("positions", new Document("_id", "aliases").append("position", 7L));
    insert("positions", new Document("_id", "touchpoints-reservation").append("position", 9L));
    insert("positions", new Document("_id", "catalog-categories").append("position", 3L));
    look();
    assertThat(figure("filo.feed.followed", "source", "identity")).isEqualTo(7);
    assertThat(figure("filo.feed.followed", "source", "reservation")).isEqualTo(9);
    assertThat(figure("filo.feed.followed", "source", "catalog")).isEqualTo(3);
  }

  @Test
  void outbox_countsWhatWaitsAndHowLong() {
    var carts = database.getCollection("carts");
    Mongo.index(carts, Indexes.ascending(Outbox.SINCE), new IndexOptions().sparse(true));
    insert("carts", new Document("_id", "moved"));
    look();
    assertThat(figure("filo.outbox.depth", "collection", "carts")).isZero();
    assertThat(figure("filo.outbox.age", "collection", "carts")).isZero();

    insert(
        "carts",
        Outbox.with(new Document("_id", "one"), List.of(event("a", "1")), clock.instant()));
    clock.advance(Duration.ofSeconds(40));
    insert(
        "carts",
        Outbox.with(new Document("_id", "two"), List.of(event("a", "2")), clock.instant()));
    look();
    assertThat(figure("filo.outbox.depth", "collection", "carts")).isEqualTo(2);
    assertThat(figure("filo.outbox.age", "collection", "carts")).isEqualTo(40);
  }
}
