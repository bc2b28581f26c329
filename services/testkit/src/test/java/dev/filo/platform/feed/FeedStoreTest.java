package dev.filo.platform.feed;

import static dev.filo.platform.feed.Things.PATIENCE;
import static dev.filo.platform.feed.Things.all;
import static dev.filo.platform.feed.Things.event;
import static dev.filo.platform.feed.Things.ids;
import static org.assertj.core.api.Assertions.assertThat;

import com.mongodb.reactivestreams.client.MongoCollection;
import com.mongodb.reactivestreams.client.MongoDatabase;
import dev.filo.proto.feed.v1.Event;
import dev.filo.testkit.MutableClock;
import dev.filo.testkit.RecordedCommands;
import dev.filo.testkit.StoreTest;
import dev.filo.testkit.TestMongo;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Date;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.IntStream;
import java.util.stream.LongStream;
import org.bson.Document;
import org.bson.types.Binary;
import org.junit.jupiter.api.Test;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.core.scheduler.Schedulers;

@StoreTest
class FeedStoreTest {
  private static final Instant NOW = MutableClock.START;

  private final FeedStore feed;
  private final MongoCollection<Document> collection;

  private final TestMongo.Engine engine;

  FeedStoreTest(MongoDatabase database, TestMongo.Engine engine) {
    this.engine = engine;
    collection = database.getCollection("feed");
    feed = new FeedStore(database);
    feed.prepare();
  }

  private void append(Instant now, Event... events) {
    feed.append(List.of(events), now).block(PATIENCE);
  }

  @Test
  void eightAppendersAtOnceLeaveNoGapAndAReaderMissesNothing() {
    int appenders = 8;
    int batches = 8;
    int each = 3;
    int total = appenders * batches * each;
    var at = new AtomicLong();
    var read = new ArrayList<FeedStore.Positioned>();
    var reading =
        Mono.defer(() -> feed.after(at.get(), 7))
            .doOnNext(
                some -> {
                  read.addAll(some);
                  some.forEach(one -> at.set(one.position()));
                })
            .subscribeOn(Schedulers.boundedElastic())
            .repeat(() -> read.size() < total)
            .then();
    var writing =
        Flux.range(0, appenders)
            .flatMap(
                appender ->
                    Flux.range(0, batches)
                        .concatMap(batch -> feed.append(batch(appender, batch, each), NOW)),
                appenders)
            .then();
    Mono.when(writing, reading).block(PATIENCE);

    assertThat(all(feed).stream().map(FeedStore.Positioned::position))
        .isEqualTo(LongStream.rangeClosed(1, total).boxed().toList());
    assertThat(read).isEqualTo(all(feed));
    for (int appender = 0; appender < appenders; appender++) {
      var subject = "things/" + appender;
      int one = appender;
      assertThat(
              read.stream()
                  .map(FeedStore.Positioned::event)
                  .filter(event -> event.getSubject().equals(subject)))
          .isEqualTo(
              IntStream.range(0, batches)
                  .boxed()
                  .flatMap(batch -> batch(one, batch, each).stream())
                  .toList());
    }
  }

  @Test
  void atTheEndOnceIsAsked_inThePageItsRestIsGiven() {
    try (var store = engine.newStore();
        var commands = new RecordedCommands(engine, "find"::equals)) {
      var written = new FeedStore(commands.database(store.name()));
      written.prepare();
      written
          .append(List.of(event("a", "e1"), event("a", "e2"), event("a", "e3")), NOW)
          .block(PATIENCE);
      // Another process, which has read nothing yet.
      for (var one : List.of(written, new FeedStore(commands.database(store.name())))) {
        assertThat(one.after(2, 10).block(PATIENCE))
            .extracting(FeedStore.Positioned::position)
            .containsExactly(3L);
        commands.seen().clear();
        assertThat(one.after(3, 10).block(PATIENCE)).isEmpty();
        assertThat(commands.seen()).hasSize(1);
      }
    }
  }

  private static List<Event> batch(int appender, int batch, int size) {
    return IntStream.range(0, size)
        .mapToObj(i -> event(String.valueOf(appender), appender + "-" + batch + "-" + i))
        .toList();
  }

  @Test
  void anEventThatIsThereStaysWhereItIs() {
    append(NOW, event("a", "e1"), event("a", "e2"));
    append(NOW, event("a", "e2"), event("a", "e3"), event("a", "e1"), event("a", "e4"));
    append(NOW);
    append(NOW, event("a", "e4"));
    assertThat(ids(feed)).containsExactly("e1", "e2", "e3", "e4");
    assertThat(feed.last().block(PATIENCE)).isEqualTo(4);
  }

  @Test
  void theSameEventsFromTwoAtOnceAreThereOnce() {
    var events = IntStream.range(0, 20).mapToObj(i -> event("a", "e" + i)).toList();
    Flux.range(0, 4).flatMap(i -> feed.append(events, NOW), 4).then().block(PATIENCE);
    assertThat(ids(feed)).isEqualTo(events.stream().map(Event::getId).toList());
  }

  @Test
  void afterGivesWhatFollowsOldestFirstAndNoMore() {
    append(NOW, event("a", "e1"), event("a", "e2"), event("a", "e3"), event("a", "e4"));
    assertThat(feed.after(1, 2).block(PATIENCE))
        .extracting(FeedStore.Positioned::position)
        .containsExactly(2L, 3L);
    assertThat(feed.after(4, 2).block(PATIENCE)).isEmpty();
  }

  @Test
  void aReaderGoesOnInTheMidstOfWhatWasAppendedTogether() {
    append(NOW, event("a", "e0"));
    int many = 3 * FeedPage.EVENTS_MAX + 5;
    append(
        NOW,
        IntStream.rangeClosed(1, many).mapToObj(i -> event("a", "e" + i)).toArray(Event[]::new));
    append(NOW, event("a", "last"));
    for (int limit : List.of(1, 7, FeedPage.EVENTS_MAX, many + 1)) {
      for (long at : List.of(0L, 1L, 2L, 50L, 101L, 102L, 206L, many + 1L)) {
        assertThat(feed.after(at, limit).block(PATIENCE))
            .extracting(FeedStore.Positioned::position)
            .isEqualTo(
                LongStream.rangeClosed(at + 1, Math.min(at + limit, many + 2)).boxed().toList());
      }
    }
    assertThat(feed.eventAt(1).block(PATIENCE)).isEqualTo("e0");
    assertThat(feed.eventAt(151).block(PATIENCE)).isEqualTo("e150");
    assertThat(feed.eventAt(many + 2).block(PATIENCE)).isEqualTo("last");
    assertThat(feed.eventAt(many + 3).block(PATIENCE)).isNull();
  }

  @Test
  void whatWasAppendedBeforeThereWerePagesIsRead() {
    for (long i = 1; i <= 3; i++) {
      Mono.from(
              collection.insertOne(
                  new Document("_id", i)
                      .append("eventId", "e" + i)
                      .append("type", "google.protobuf.StringValue")
                      .append("subject", "things/a")
                      .append("time", Date.from(NOW))
                      .append("event", new Binary(event("a", "e" + i).toByteArray()))))
          .block(PATIENCE);
    }
    append(NOW, event("a", "e4"), event("a", "e2"), event("a", "e5"));
    assertThat(all(feed).stream().map(FeedStore.Positioned::position))
        .containsExactly(1L, 2L, 3L, 4L, 5L);
    assertThat(ids(feed)).containsExactly("e1", "e2", "e3", "e4", "e5");
    assertThat(feed.eventAt(2).block(PATIENCE)).isEqualTo("e2");
    assertThat(feed.trim(Duration.ofDays(1), NOW.plus(Duration.ofDays(9))).block(PATIENCE))
        .isEqualTo(3);
  }

  @Test
  void anEmptyFeedHasNoPositions() {
    assertThat(feed.first().block(PATIENCE)).isZero();
    assertThat(feed.last().block(PATIENCE)).isZero();
    assertThat(feed.trim(Duration.ZERO, NOW).block(PATIENCE)).isZero();
  }

  @Test
  void theOldIsForgottenAndTheNewestNever() {
    append(NOW, event("a", "e1"), event("a", "e2"));
    append(NOW.plus(Duration.ofDays(2)), event("a", "e3"), event("a", "e4"));
    assertThat(feed.trim(Duration.ofDays(2), NOW.plus(Duration.ofDays(1))).block(PATIENCE))
        .isZero();
    assertThat(feed.trim(Duration.ofDays(1), NOW.plus(Duration.ofDays(2))).block(PATIENCE))
        .isEqualTo(2);
    assertThat(feed.first().block(PATIENCE)).isEqualTo(3);
    append(NOW.plus(Duration.ofDays(3)), event("a", "e5"), event("a", "e6"));
    feed.trim(Duration.ofDays(1), NOW.plus(Duration.ofDays(99))).block(PATIENCE);
    assertThat(ids(feed)).containsExactly("e5", "e6"); // appended together, kept together
    append(NOW, event("a", "e7"));
    assertThat(feed.last().block(PATIENCE)).isEqualTo(7);
  }

  @Test
  void forgettingLeavesNoGapWhenAClockWasBehind() {
    append(NOW, event("a", "e1"));
    append(NOW.plus(Duration.ofDays(3)), event("a", "e2"));
    append(NOW, event("a", "e3"));
    append(NOW.plus(Duration.ofDays(3)), event("a", "e4"));
    feed.trim(Duration.ofDays(1), NOW.plus(Duration.ofDays(3))).block(PATIENCE);
    assertThat(ids(feed)).containsExactly("e2", "e3", "e4");
  }
}
