package dev.filo.platform.feed;

import static com.mongodb.client.model.Filters.and;
import static com.mongodb.client.model.Filters.eq;
import static com.mongodb.client.model.Filters.exists;
import static dev.filo.platform.feed.Things.PATIENCE;
import static dev.filo.platform.feed.Things.all;
import static dev.filo.platform.feed.Things.event;
import static dev.filo.platform.feed.Things.ids;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.mongodb.client.model.FindOneAndUpdateOptions;
import com.mongodb.client.model.ReturnDocument;
import com.mongodb.client.model.Updates;
import com.mongodb.reactivestreams.client.MongoCollection;
import com.mongodb.reactivestreams.client.MongoDatabase;
import dev.filo.platform.watch.Changes;
import dev.filo.testkit.MutableClock;
import dev.filo.testkit.StoreTest;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Date;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.bson.Document;
import org.bson.conversions.Bson;
import org.junit.jupiter.api.Test;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

@StoreTest
class RelayTest {
  private final MutableClock clock = MutableClock.standing();
  private final Changes changes = new Changes();
  private final MongoCollection<Document> things;
  private final FeedStore feed;
  private final MongoDatabase database;

  RelayTest(MongoDatabase database) {
    this.database = database;
    things = database.getCollection("things");
    feed = new FeedStore(database);
    feed.prepare();
  }

  /** A relay as another process has one. */
  private Relay relay() {
    var tail = new FeedTail(feed, changes, Duration.ofMillis(50), event -> List.of());
    var relay = new Relay(feed, tail, clock);
    relay.watch(things);
    return relay;
  }

  /** The write of an aggregate, with what happened in it. */
  private Document write(String thing, String eventId) {
    var written =
        Mono.from(
                things.findOneAndUpdate(
                    eq("_id", thing),
                    Updates.combine(
                        Updates.inc("version", 1),
                        Outbox.record(List.of(event(thing, eventId)), clock.instant())),
                    new FindOneAndUpdateOptions()
                        .upsert(true)
                        .returnDocument(ReturnDocument.AFTER)))
            .block(PATIENCE);
    assertThat(written).isNotNull();
    return written;
  }

  private void sweep(Relay relay) {
    clock.advance(Duration.ofSeconds(2));
    relay.sweep().block(PATIENCE);
  }

  private void assertNothingLeft() {
    assertThat(Flux.from(things.find()).collectList().blockOptional(PATIENCE).orElseThrow())
        .allMatch(thing -> Outbox.events(thing).isEmpty())
        .noneMatch(thing -> thing.containsKey(Outbox.SINCE));
  }

  @Test
  void sweep_whereNothingWaits_wakesNobody() {
    var woken = new CopyOnWriteArrayList<String>();
    var listening = changes.of(FeedTail.NUDGE).skip(1).subscribe(woken::add); // told at once
    sweep(relay());
    assertThat(woken).isEmpty();
    write("a", "e1");
    sweep(relay());
    assertThat(woken).hasSize(1);
    listening.dispose();
  }

  @Test
  void whatIsOfferedReachesTheFeedAndLeavesTheOutbox() {
    var relay = relay();
    relay.start();
    try {
      for (int i = 1; i <= 20; i++) {
        relay.offer(things, write("a", "a" + i));
        relay.offer(things, write("b", "b" + i));
      }
      await().atMost(PATIENCE).until(() -> ids(feed).size() == 40);
      assertThat(ids(feed).stream().filter(id -> id.startsWith("a")))
          .isEqualTo(IntStream.rangeClosed(1, 20).mapToObj(i -> "a" + i).toList());
      await().atMost(PATIENCE).untilAsserted(this::assertNothingLeft);
    } finally {
      relay.stop();
    }
  }

  @Test
  void killedAfterTheWriteAnotherRelaysIt() {
    write("a", "e1");
    write("a", "e2");
    sweep(relay());
    assertThat(ids(feed)).containsExactly("e1", "e2");
    assertNothingLeft();
  }

  @Test
  void killedAfterAppendingAnotherForgetsItAndNothingComesTwice() {
    feed.append(Outbox.events(write("a", "e1")), clock.instant()).block(PATIENCE);
    write("a", "e2");
    sweep(relay());
    assertThat(ids(feed)).containsExactly("e1", "e2");
    assertNothingLeft();
  }

  @Test
  void killedWhileForgettingNothingComesTwice() {
    feed.append(Outbox.events(write("a", "e1")), clock.instant()).block(PATIENCE);
    // The events are out, their mark is still there.
    Mono.from(things.updateOne(eq("_id", "a"), Updates.set(Outbox.FIELD, List.of())))
        .block(PATIENCE);
    sweep(relay());
    assertThat(ids(feed)).containsExactly("e1");
    assertNothingLeft();
  }

  /** A write of a document that is written all the time, taking out what was moved before. */
  private Document writeBusy(Relay relay, int version) {
    var left = relay.takeLeft(busy(), "busy");
    var parts = new ArrayList<Bson>();
    left.ifPresent(one -> parts.add(one.removal()));
    var outbox = Outbox.keyed(List.of(event("busy", "e" + version)), version);
    var name = "c" + version;
    parts.add(Updates.set("version", version));
    parts.add(Updates.set("carried." + name, new Document("id", name)));
    parts.add(Outbox.record(outbox, version == 1, clock.instant()));
    var written =
        Mono.from(
                busy()
                    .findOneAndUpdate(
                        eq("_id", "busy"),
                        Updates.combine(parts),
                        new FindOneAndUpdateOptions()
                            .upsert(true)
                            .returnDocument(ReturnDocument.AFTER)))
            .blockOptional(PATIENCE)
            .orElseThrow();
    relay.offer(busy(), "busy", List.of(event("busy", "e" + version)), outbox, Map.of(name, name));
    return written;
  }

  private MongoCollection<Document> busy() {
    return database.getCollection("busy");
  }

  private Relay busyRelay(List<String> kept) {
    var relay = relay();
    relay.watch(
        busy(),
        new Relay.Carried<>(
            "carried",
            one -> one.getString("id"),
            some -> Mono.fromRunnable(() -> kept.addAll(some))));
    return relay;
  }

  private void assertNothingCarried() {
    var busy = Mono.from(busy().find()).blockOptional(PATIENCE).orElseThrow();
    assertThat(busy).doesNotContainKeys(Outbox.FIELD, Outbox.SINCE);
    assertThat(busy.get("carried", Document.class)).isEmpty();
  }

  @Test
  void aBusyDocumentsNextWriteTakesOutWhatWasMoved() {
    var kept = new CopyOnWriteArrayList<String>();
    var relay = busyRelay(kept);
    relay.start();
    try {
      for (int version = 1; version <= 20; version++) {
        var written = writeBusy(relay, version);
        assertThat(Outbox.events(written).getLast().getId()).isEqualTo("e" + version);
        int so = version;
        await().atMost(PATIENCE).until(() -> kept.contains("c" + so));
      }
      await().atMost(PATIENCE).untilAsserted(this::assertNothingCarried);
      assertThat(ids(feed)).isEqualTo(IntStream.rangeClosed(1, 20).mapToObj(i -> "e" + i).toList());
    } finally {
      relay.stop();
    }
  }

  @Test
  void ofABusyDocumentNothingIsLostThatOneReplicaLeftAndAnotherDidNotKnow() {
    var dead = busyRelay(new ArrayList<>());
    writeBusy(dead, 1);
    var kept = new CopyOnWriteArrayList<String>();
    var relay = busyRelay(kept);
    relay.start();
    try {
      writeBusy(relay, 2);
      await().atMost(PATIENCE).until(() -> kept.contains("c2"));
      await()
          .atMost(PATIENCE)
          .untilAsserted(
              () ->
                  assertThat(
                          Mono.from(busy().find())
                              .map(busy -> busy.get("carried", new Document()).keySet())
                              .blockOptional(PATIENCE)
                              .orElseThrow())
                      .isEqualTo(Set.of("c1")));
    } finally {
      relay.stop();
    }
    sweep(relay);
    assertThat(kept).contains("c1", "c2");
    assertThat(ids(feed)).containsExactlyInAnyOrder("e1", "e2");
    assertNothingCarried();
  }

  @Test
  void ofABusyDocumentWhoseEventsAreOutAlreadyWhatIsWrittenMeanwhileStays() {
    var relay =
        relayMeanwhile(
            exists("carried.c2", false), Updates.set("carried.c2", new Document("id", "c2")));
    insertMarked("busy", Set.of("c1"));
    sweep(relay);
    sweep(relay);
    assertThat(ids(feed)).containsExactly("e2");
    assertNothingCarried();
  }

  @Test
  void ofABusyDocumentThatHasNothingButItsMarkWhatIsWrittenMeanwhileStays() {
    var relay = relayMeanwhile(exists("_id"), Updates.set("touched", true));
    insertMarked("another", Set.of("c1"));
    insertMarked("busy", Set.of());
    sweep(relay);
    sweep(relay);
    assertThat(ids(feed)).containsExactly("e2");
    var left = Flux.from(busy().find(exists(Outbox.SINCE))).collectList().block(PATIENCE);
    assertThat(left).isEmpty();
  }

  /** A relay during whose work the busy document is written, if it meets a condition. */
  private Relay relayMeanwhile(Bson condition, Bson change) {
    var relay = relay();
    var written =
        Updates.combine(
            change,
            Outbox.record(Outbox.keyed(List.of(event("busy", "e2")), 2), false, clock.instant()));
    relay.watch(
        busy(),
        new Relay.Carried<>(
            "carried",
            one -> one.getString("id"),
            some ->
                Mono.from(busy().updateOne(and(eq("_id", "busy"), condition), written)).then()));
    return relay;
  }

  /** A document as a process leaves it that is killed while it takes out what was told. */
  private void insertMarked(String id, Set<String> carried) {
    var document =
        new Document("_id", id)
            .append(Outbox.FIELD, new Document())
            .append(Outbox.SINCE, Date.from(clock.instant()));
    if (!carried.isEmpty()) {
      var all = new Document();
      carried.forEach(name -> all.append(name, new Document("id", name)));
      document.append("carried", all);
    }
    Mono.from(busy().insertOne(document)).block(PATIENCE);
  }

  @Test
  void whatIsWrittenWhileOlderIsRelayedStays() {
    var first = write("a", "e1");
    write("a", "e2");
    var relay = relay();
    relay.offer(things, first);
    relay.start();
    try {
      await().atMost(PATIENCE).until(() -> ids(feed).contains("e1"));
    } finally {
      relay.stop();
    }
    sweep(relay());
    assertThat(ids(feed)).containsExactly("e1", "e2");
    assertNothingLeft();
  }

  @Test
  void aRelayInAnotherProcessFindsWhatTheFirstLeftByItself() {
    write("a", "e1");
    clock.advance(Duration.ofSeconds(2));
    var second = relay();
    second.start();
    try {
      await().atMost(PATIENCE).until(() -> ids(feed).equals(List.of("e1")));
      await().atMost(PATIENCE).untilAsserted(this::assertNothingLeft);
    } finally {
      second.stop();
    }
  }

  @Test
  void oneSweepTakesAllThatWasLeft() {
    var events = IntStream.range(0, 250).mapToObj(i -> "e" + i).toList();
    Flux.fromIterable(events)
        .flatMap(
            id ->
                things.insertOne(
                    Outbox.with(new Document("_id", id), List.of(event(id, id)), clock.instant())),
            32)
        .then()
        .block(PATIENCE);
    sweep(relay());
    assertThat(ids(feed)).containsExactlyInAnyOrderElementsOf(events);
    assertNothingLeft();
  }

  @Test
  void whatWasJustWrittenIsLeftToItsOwnProcess() {
    write("a", "e1");
    relay().sweep().block(PATIENCE);
    assertThat(ids(feed)).isEmpty();
  }

  @Test
  void anUnreadableOutboxDoesNotStopWhatIsOffered() {
    Mono.from(
            things.insertOne(
                new Document("_id", "broken")
                    .append(
                        Outbox.FIELD,
                        List.of(
                            new Document("id", "x")
                                .append("event", new org.bson.types.Binary(new byte[] {9}))))
                    .append(Outbox.SINCE, java.util.Date.from(clock.instant()))))
        .block(PATIENCE);
    clock.advance(Duration.ofSeconds(2));
    var relay = relay();
    relay.start();
    try {
      relay.offer(things, write("a", "e1"));
      await().atMost(PATIENCE).until(() -> ids(feed).contains("e1"));
      relay.offer(things, write("a", "e2"));
      await().atMost(PATIENCE).until(() -> ids(feed).contains("e2"));
    } finally {
      relay.stop();
    }
  }

  @Test
  void killedAnywhereEveryEventIsInTheFeedOnceAndInOrder() {
    var random = new Random(20260302);
    var written = new HashMap<String, List<String>>();
    var survivors = List.of(relay(), relay());
    for (int i = 0; i < 60; i++) {
      var thing = "t" + random.nextInt(3);
      var id = thing + "-" + i;
      var document = write(thing, id);
      written.computeIfAbsent(thing, key -> new ArrayList<>()).add(id);
      switch (random.nextInt(4)) {
        case 0 -> {} // killed before anything
        case 1 ->
            feed.append(Outbox.events(document), clock.instant())
                .block(PATIENCE); // killed before forgetting
        case 2 -> {
          clock.advance(Duration.ofSeconds(2));
          Flux.fromIterable(survivors).flatMap(Relay::sweep, 2).then().block(PATIENCE);
        }
        default -> {
          // An old read of the document, relayed late.
          clock.advance(Duration.ofSeconds(2));
          survivors.getFirst().sweep().block(PATIENCE);
          feed.append(Outbox.events(document), clock.instant()).block(PATIENCE);
        }
      }
    }
    sweep(survivors.getLast());
    assertThat(all(feed).stream().map(FeedStore.Positioned::position).toList())
        .isEqualTo(IntStream.rangeClosed(1, 60).mapToObj(Long::valueOf).toList());
    written.forEach(
        (thing, events) ->
            assertThat(ids(feed).stream().filter(id -> id.startsWith(thing + "-")))
                .isEqualTo(events));
    assertNothingLeft();
  }

  @Test
  void watchersHearOfWhatAnotherProcessAppends() throws InterruptedException {
    var tail = new FeedTail(feed, changes, Duration.ofMillis(20), event -> List.of("more"));
    write("a", "e0");
    sweep(relay());
    var heard = new CountDownLatch(3);
    // The first telling of each is for beginning to watch.
    var watches =
        Flux.merge(
                changes.of("things/a").skip(1),
                changes.of("more").skip(1),
                changes.of(FeedTail.ALL).skip(1))
            .subscribe(key -> heard.countDown());
    tail.start();
    try {
      // Its first look only finds out where the feed is: write until it has taken one.
      for (int i = 0; heard.getCount() > 0 && i < 200; i++) {
        feed.append(List.of(event("a", "later" + i)), clock.instant()).block(PATIENCE);
        if (heard.await(100, TimeUnit.MILLISECONDS)) {
          break;
        }
      }
      assertThat(heard.getCount()).isZero();
    } finally {
      tail.stop();
      watches.dispose();
    }
    assertThat(Mono.from(things.countDocuments(exists(Outbox.SINCE))).blockOptional(PATIENCE))
        .contains(0L);
  }
}
