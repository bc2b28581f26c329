package dev.filo.conversation;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.mongodb.reactivestreams.client.MongoDatabase;
import dev.filo.conversation.domain.ChatThread.Said;
import dev.filo.conversation.service.Conversations;
import dev.filo.conversation.store.MongoConversationStore;
import dev.filo.conversation.store.MongoConversationStore.CustomerName;
import dev.filo.platform.auth.Caller;
import dev.filo.platform.code.Ids;
import dev.filo.platform.feed.FeedStore;
import dev.filo.platform.feed.FeedTail;
import dev.filo.platform.feed.Relay;
import dev.filo.platform.watch.Changes;
import dev.filo.proto.api.v1.Role;
import dev.filo.testkit.Model;
import dev.filo.testkit.MortalMongo;
import dev.filo.testkit.MutableClock;
import dev.filo.testkit.StoreTest;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Function;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import reactor.core.publisher.Mono;

/** What was said in a thread that came by a merge goes back with its end. */
@StoreTest
class UnmergeTest {
  private static final Duration PATIENCE = Duration.ofSeconds(30);
  private static final int PEOPLE = 4;

  private final MutableClock clock = MutableClock.standing();
  private final Changes changes = new Changes();
  private final MongoDatabase database;
  private final FeedStore feed;
  private final FeedTail tail;
  private final Relay relay;
  private final MongoConversationStore store;
  private final Conversations conversations;

  UnmergeTest(MongoDatabase database) {
    this.database = database;
    feed = new FeedStore(database);
    feed.prepare();
    tail = new FeedTail(feed, changes, Duration.ofMillis(50), event -> List.of());
    relay = new Relay(feed, tail, clock);
    store = new MongoConversationStore(database);
    store.prepare();
    relay.watch(store.collection());
    relay.start();
    tail.start();
    conversations = over(database);
  }

  @AfterEach
  void close() {
    relay.stop();
    tail.stop();
  }

  private Conversations over(MongoDatabase any) {
    return new Conversations(new MongoConversationStore(any), relay, changes, clock, 2);
  }

  private static Caller caller(String principal, Role role, String displayName) {
    return new Caller(
        principal, Set.of(role), List.of(), "c", "web", "", displayName, "", "s", "t");
  }

  /** Threads, and what should be in them: in whose each message was said, in order. */
  private final class World {
    final String prefix = Ids.random() + "-";
    final List<String> texts = new ArrayList<>();
    final TreeMap<String, String> firsts = new TreeMap<>();
    final TreeMap<String, String> into = new TreeMap<>();

    String root(String id) {
      return into.containsKey(id) ? root(Objects.requireNonNull(into.get(id))) : id;
    }

    Set<String> names(String id) {
      var names = new LinkedHashSet<>(Set.of("customers/" + id));
      into.keySet().stream()
          .filter(one -> under(one, id))
          .forEach(one -> names.add("customers/" + one));
      return names;
    }

    private boolean under(String one, String id) {
      return one.equals(id)
          || (into.containsKey(one) && under(Objects.requireNonNull(into.get(one)), id));
    }

    void say(String id, boolean agent) {
      clock.advance(Duration.ofMinutes(1));
      var text = "m" + String.format(java.util.Locale.ROOT, "%03d", texts.size());
      var caller =
          agent
              ? caller("staff/anna", Role.ROLE_AGENT, "Anna")
              : caller("customers/" + id, Role.ROLE_CUSTOMER, "");
      (agent
              ? conversations.agentSays(id, text, Ids.random(), caller)
              : conversations.customerSays(
                  id, text, Ids.random(), caller, new CustomerName("", true)))
          .block(PATIENCE);
      texts.add(text);
      firsts.put(text, id);
    }

    /** Does it in a process that dies at any of its writes, then again in one that lives. */
    void survives(Function<Conversations, Mono<Void>> work, int at) {
      var mortal = new MortalMongo(at);
      work.apply(over(mortal.wrap(database))).onErrorComplete().block(PATIENCE);
      work.apply(conversations).block(PATIENCE);
    }

    void check() {
      for (int i = 0; i < PEOPLE; i++) {
        var id = prefix + i;
        if (into.containsKey(id)) {
          continue; // nobody looks into the thread of an alias
        }
        var expected =
            texts.stream()
                .filter(text -> root(Objects.requireNonNull(firsts.get(text))).equals(id))
                .toList();
        var there =
            Objects.requireNonNull(
                store.between(id, 0, Long.MAX_VALUE, 1000).collectList().block(PATIENCE));
        assertThat(there)
            .extracting(Said::text)
            .as(id)
            .containsExactlyInAnyOrderElementsOf(expected);
        assertThat(there).extracting(Said::number).as("numbers").doesNotHaveDuplicates();
        var thread = Objects.requireNonNull(store.thread(id).block(PATIENCE));
        if (expected.isEmpty()) {
          assertThat(thread.last()).as("nothing was said last in %s", id).isNull();
        } else {
          assertThat(Objects.requireNonNull(thread.last()).text())
              .as("said last in %s", id)
              .isEqualTo(there.getLast().text());
          assertThat(thread.messageCount())
              .as("what went leaves its number")
              .isGreaterThanOrEqualTo(there.getLast().number());
        }
      }
    }
  }

  private record Say(int who, boolean agent) implements Model.Step<World> {
    @Override
    public void run(World world) {
      world.say(world.root(world.prefix + who), agent);
    }
  }

  private record Merge(int alias, int customer, int diesAt) implements Model.Step<World> {
    @Override
    public void run(World world) {
      var from = world.root(world.prefix + alias);
      var to = world.root(world.prefix + customer);
      if (!from.equals(to)) {
        world.survives(
            conversations -> conversations.merged("customers/" + to, "customers/" + from), diesAt);
        world.into.put(from, to);
      }
    }
  }

  private record Unmerge(int alias, int diesAt) implements Model.Step<World> {
    @Override
    public void run(World world) {
      var id = world.prefix + alias;
      if (world.into.containsKey(id)) {
        var from = world.root(id);
        world.into.remove(id);
        var names = world.names(id);
        world.survives(
            conversations -> conversations.unmerged("customers/" + from, "customers/" + id, names),
            diesAt);
      }
    }
  }

  @Test
  void anySequenceOfMergesAndUnmerges_diedAnywhere_leavesEachHerOwn() {
    Model.of(
            "threads under merge and unmerge",
            World::new,
            random ->
                switch (random.nextInt(7)) {
                  case 0, 1 -> new Say(random.nextInt(PEOPLE), random.nextInt(4) == 0);
                  case 2, 3, 4 ->
                      new Merge(
                          random.nextInt(PEOPLE), random.nextInt(PEOPLE), 1 + random.nextInt(9));
                  default -> new Unmerge(random.nextInt(PEOPLE), 1 + random.nextInt(9));
                })
        .runs(8)
        .stepsMax(20)
        .invariant(World::check)
        .run();
  }

  @Test
  void whoGoesBack_leavesNothingInTheOthersThread_norInWhatIsToldOfIt() {
    say("ada", "Ada Bianchi", "hers");
    conversations.merged("customers/julia", "customers/ada").block(PATIENCE);
    conversations
        .unmerged("customers/julia", "customers/ada", Set.of("customers/ada"))
        .block(PATIENCE);
    assertThat(Objects.requireNonNull(store.find("julia").block(PATIENCE)).toJson())
        .contains("julia")
        .doesNotContain("hers", "Bianchi");
    say("julia", "", "the end");
    await()
        .atMost(PATIENCE)
        .untilAsserted(() -> assertThat(told("julia")).last().asString().contains("the end"));
    assertThat(told("julia"))
        .hasSizeGreaterThan(1)
        .allSatisfy(event -> assertThat(event).doesNotContain("hers", "Bianchi"));
    assertThat(told("ada")).anySatisfy(event -> assertThat(event).contains("hers"));
  }

  private void say(String id, String name, String text) {
    conversations
        .customerSays(
            id,
            text,
            Ids.random(),
            caller("customers/" + id, Role.ROLE_CUSTOMER, ""),
            new CustomerName(name, false))
        .block(PATIENCE);
  }

  /** What the feed says about a thread, oldest first. */
  private List<String> told(String id) {
    return Objects.requireNonNull(feed.after(0, 1_000).block(PATIENCE)).stream()
        .map(FeedStore.Positioned::event)
        .filter(event -> event.getSubject().equals("conversations/" + id))
        .map(event -> event.getData().getValue().toStringUtf8())
        .toList();
  }
}
