package dev.filo.conversation.store;

import static com.mongodb.client.model.Updates.combine;
import static com.mongodb.client.model.Updates.unset;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import com.mongodb.reactivestreams.client.MongoDatabase;
import dev.filo.conversation.domain.ChatThread;
import dev.filo.conversation.domain.ChatThread.Said;
import dev.filo.conversation.domain.ChatThread.Speaker;
import dev.filo.conversation.domain.ChatThread.State;
import dev.filo.conversation.store.MongoConversationStore.CustomerName;
import dev.filo.conversation.store.MongoConversationStore.Placed;
import dev.filo.platform.feed.Outbox;
import dev.filo.platform.mongo.StaleVersionException;
import dev.filo.proto.feed.v1.Event;
import dev.filo.testkit.RecordedCommands;
import dev.filo.testkit.StoreTest;
import dev.filo.testkit.TestMongo;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.IntStream;
import org.bson.Document;
import org.junit.jupiter.api.Test;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

@StoreTest
class MongoConversationStoreTest {
  private static final Duration PATIENCE = Duration.ofSeconds(60);
  private static final Instant NOW = Instant.parse("2026-03-02T09:00:00Z");

  private final TestMongo.Engine engine;
  private final MongoDatabase database;
  private final MongoConversationStore store;

  MongoConversationStoreTest(TestMongo.Engine engine, MongoDatabase database) {
    this.engine = engine;
    this.database = database;
    store = new MongoConversationStore(database);
    store.prepare();
  }

  private static Said said(String key, Speaker speaker) {
    return new Said(0, key, speaker, "", "text of " + key, "chat", NOW, "", "");
  }

  private Mono<Placed> say(MongoConversationStore by, String key, Speaker speaker) {
    return by.say(
        "c",
        said(key, speaker),
        new CustomerName("", true),
        (thread, at) -> Event.newBuilder().setId("event of " + at.key()).build(),
        (thread, outbox) -> {},
        NOW);
  }

  private Said say(String key, Speaker speaker) {
    return get(say(store, key, speaker)).said();
  }

  private static <T> T get(Mono<T> mono) {
    return Objects.requireNonNull(mono.block(PATIENCE));
  }

  private ChatThread thread() {
    return get(store.thread("c"));
  }

  private List<String> told() {
    return Outbox.events(get(store.find("c"))).stream().map(Event::getId).toList();
  }

  /** As the relay does, once the feed has all events. */
  private void toldAll() {
    Mono.from(
            database
                .getCollection("conversations")
                .updateMany(new Document(), combine(unset(Outbox.FIELD), unset(Outbox.SINCE))))
        .block(PATIENCE);
  }

  /** A process that dies after it has put a message down, before it counts it. */
  private void putDown(String key, long number) {
    var all = database.getCollection("messages");
    var document =
        new Document("_id", "c/%010d".formatted(number))
            .append("thread", "c")
            .append("number", number)
            .append("key", key)
            .append("speaker", "CUSTOMER")
            .append("text", "text of " + key)
            .append("time", java.util.Date.from(NOW))
            .append("insertTime", java.util.Date.from(NOW))
            .append("counted", false)
            .append(
                "event",
                new org.bson.types.Binary(
                    Event.newBuilder().setId("event of " + key).build().toByteArray()));
    Mono.from(all.insertOne(document)).block(PATIENCE);
  }

  @Test
  void ofManyAtOnce_eachHasItsOwnPlace() {
    Flux.range(0, 32).flatMap(i -> say(store, "k" + i, Speaker.CUSTOMER), 32).blockLast(PATIENCE);
    var all = get(store.between("c", 0, 100, 100).collectList());
    assertThat(all)
        .extracting(Said::number)
        .containsExactlyElementsOf(IntStream.rangeClosed(1, 32).mapToObj(Long::valueOf).toList());
    assertThat(all).extracting(Said::key).doesNotHaveDuplicates();
    assertThat(thread().messageCount()).isEqualTo(32);
    assertThat(Objects.requireNonNull(thread().last())).isEqualTo(all.getLast());
    // told in the order of their places
    assertThat(told()).isEqualTo(all.stream().map(said -> "event of " + said.key()).toList());
  }

  /** What she waits for, and then one update in which others' messages go as well. */
  @Test
  void aMessage_isOneReadAndTwoWrites_andSettledAfterwards() {
    say("first", Speaker.CUSTOMER);
    toldAll();
    try (var commands = new RecordedCommands(engine, name -> !name.equals("endSessions"))) {
      var counted = new MongoConversationStore(commands.database(database.getName()));
      get(say(counted, "second", Speaker.CUSTOMER));
      await().atMost(PATIENCE).until(() -> commands.seen().size() == 4);
      assertThat(commands.seen()).containsExactly("find", "insert", "update", "update");
      await()
          .atMost(PATIENCE)
          .until(
              () ->
                  get(
                      Flux.from(database.getCollection("messages").find())
                          .filter(message -> message.containsKey("event"))
                          .collectList()
                          .map(List::isEmpty)));
    }
  }

  @Test
  void theSameKey_isSaidOnce() {
    var first = say("k", Speaker.CUSTOMER);
    say("l", Speaker.AGENT);
    assertThat(say("k", Speaker.CUSTOMER)).isEqualTo(first);
    Flux.range(0, 8).flatMap(i -> say(store, "m", Speaker.CUSTOMER), 8).blockLast(PATIENCE);
    assertThat(thread().messageCount()).isEqualTo(3);
    assertThat(told()).hasSize(3);
  }

  @Test
  void aKeyKnownInAnotherThread_endsThere() {
    say("k", Speaker.SYSTEM);
    var again =
        get(
            store.say(
                "other",
                said("k", Speaker.SYSTEM),
                null,
                (thread, at) -> null,
                (thread, outbox) -> {},
                NOW));
    assertThat(again.said().number()).isEqualTo(1);
    assertThat(get(store.thread("other")).messageCount()).isZero();
  }

  @Test
  void whatWasPutDownAndNotCounted_isCountedByTheNext() {
    putDown("left", 1);
    assertThat(thread().messageCount()).isZero();
    assertThat(say("next", Speaker.SYSTEM).number()).isEqualTo(2);
    assertThat(thread().messageCount()).isEqualTo(2);
    assertThat(thread().state()).isEqualTo(State.OPEN);
    assertThat(told()).containsExactly("event of left", "event of next");
  }

  @Test
  void whatWasPutDownAndNotCounted_isCountedByItsOwnRepetition() {
    say("first", Speaker.AGENT);
    putDown("left", 2);
    assertThat(say("left", Speaker.CUSTOMER).number()).isEqualTo(2);
    assertThat(thread().messageCount()).isEqualTo(2);
    assertThat(told()).containsExactly("event of first", "event of left");
  }

  @Test
  void whatWasPutDownAndNotCounted_isCountedByTheSweep() {
    putDown("left", 1);
    store.sweep(NOW, (thread, outbox) -> {}, NOW).block(PATIENCE);
    assertThat(thread().messageCount()).isZero();
    store.sweep(NOW.plusMillis(1), (thread, outbox) -> {}, NOW).block(PATIENCE);
    store.sweep(NOW.plusMillis(1), (thread, outbox) -> {}, NOW).block(PATIENCE);
    assertThat(thread().messageCount()).isEqualTo(1);
    assertThat(told()).containsExactly("event of left");
  }

  @Test
  void whatIsDecidedMeanwhile_isNotUndone() {
    say("1", Speaker.CUSTOMER);
    // resolved between the suite's reading of the thread and its counting
    get(
        store.say(
            "c",
            said("2", Speaker.SYSTEM),
            null,
            (thread, at) -> {
              if (thread.state() == State.OPEN) {
                get(
                    store.change(
                        thread, Map.of("state", "RESOLVED"), Event.getDefaultInstance(), NOW));
              }
              return Event.newBuilder().setId("x").build();
            },
            (thread, outbox) -> {},
            NOW));
    assertThat(thread().state()).isEqualTo(State.RESOLVED);
    assertThat(thread().messageCount()).isEqualTo(2);
  }

  @Test
  void aStaleChange_isRefused() {
    say("1", Speaker.CUSTOMER);
    var seen = thread();
    say("2", Speaker.CUSTOMER);
    assertThatThrownBy(
            () ->
                get(
                    store.change(
                        seen, Map.of("assignee", "staff/a"), Event.getDefaultInstance(), NOW)))
        .isInstanceOf(StaleVersionException.class);
  }

  @Test
  void pagesOfMessages() {
    for (int i = 1; i <= 5; i++) {
      say("k" + i, Speaker.CUSTOMER);
    }
    assertThat(get(store.before("c", 0, 2).collectList()))
        .extracting(Said::number)
        .containsExactly(5L, 4L);
    assertThat(get(store.before("c", 4, 9).collectList()))
        .extracting(Said::number)
        .containsExactly(3L, 2L, 1L);
    assertThat(get(store.between("c", 1, 4, 2).collectList()))
        .extracting(Said::number)
        .containsExactly(2L, 3L);
  }

  @Test
  void agents_whoAreThere() {
    store.present("staff/a", "Anna", NOW.plusSeconds(25)).block(PATIENCE);
    store.present("staff/b", "Berta", NOW).block(PATIENCE);
    say("1", Speaker.CUSTOMER);
    get(store.change(thread(), Map.of("assignee", "staff/a"), Event.getDefaultInstance(), NOW));
    store.present("staff/c", "Carla", NOW.plusSeconds(25)).block(PATIENCE);
    var there = get(store.agents(NOW).collectList());
    assertThat(there)
        .containsExactlyInAnyOrder(
            new MongoConversationStore.Agent("staff/a", "Anna", 1),
            new MongoConversationStore.Agent("staff/c", "Carla", 0));
    assertThat(get(store.agentName("staff/b"))).isEqualTo("Berta");
    assertThat(get(store.agentName("staff/x"))).isEmpty();
  }
}
