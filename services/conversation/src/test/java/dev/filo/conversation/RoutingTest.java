package dev.filo.conversation;

import static org.assertj.core.api.Assertions.assertThat;

import com.mongodb.reactivestreams.client.MongoDatabase;
import dev.filo.conversation.domain.ChatThread;
import dev.filo.conversation.domain.ChatThread.State;
import dev.filo.conversation.service.Conversations;
import dev.filo.conversation.store.MongoConversationStore;
import dev.filo.conversation.store.MongoConversationStore.CustomerName;
import dev.filo.platform.auth.Caller;
import dev.filo.platform.feed.FeedStore;
import dev.filo.platform.feed.FeedTail;
import dev.filo.platform.feed.Relay;
import dev.filo.platform.watch.Changes;
import dev.filo.proto.api.v1.Role;
import dev.filo.testkit.MutableClock;
import dev.filo.testkit.StoreTest;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/** Who is given a thread that waits. */
@StoreTest
class RoutingTest {
  private static final Duration PATIENCE = Duration.ofSeconds(30);
  private static final int CAPACITY = 4;

  private final MongoConversationStore store;
  private final Conversations conversations;

  RoutingTest(MongoDatabase database) {
    var clock = MutableClock.standing();
    var changes = new Changes();
    var feed = new FeedStore(database);
    feed.prepare();
    var tail = new FeedTail(feed, changes, Duration.ofMillis(50), event -> List.of());
    store = new MongoConversationStore(database);
    store.prepare();
    var relay = new Relay(feed, tail, clock);
    relay.watch(store.collection());
    conversations = new Conversations(store, relay, changes, clock, CAPACITY);
  }

  private static Caller caller(String principal, Role role) {
    return new Caller(principal, Set.of(role), List.of(), "c", "web", "", "", "", "s", "t");
  }

  private void comes(String agent) {
    conversations.present(caller("staff/" + agent, Role.ROLE_AGENT)).block(PATIENCE);
  }

  private Mono<ChatThread.Said> says(String id) {
    return conversations.customerSays(
        id,
        "hello",
        "hello",
        caller("customers/" + id, Role.ROLE_CUSTOMER),
        new CustomerName("", false));
  }

  private Map<String, Long> loads() {
    return Objects.requireNonNull(
        store
            .list(State.OPEN, null, 0, 100)
            .map(ChatThread::assignee)
            .collect(Collectors.groupingBy(Function.identity(), Collectors.counting()))
            .block(PATIENCE));
  }

  @Test
  void manyAtOnce_goToWhoeverHasTheFewest_andNobodyHasMoreThanSheCanAnswer() {
    comes("anna");
    comes("bruno");
    comes("carla");
    Flux.range(0, 9).flatMap(i -> says("early" + i), 9).blockLast(PATIENCE);
    assertThat(loads()).isEqualTo(Map.of("staff/anna", 3L, "staff/bruno", 3L, "staff/carla", 3L));
    Flux.range(0, 40).flatMap(i -> says("late" + i), 40).blockLast(PATIENCE);
    assertThat(loads())
        .isEqualTo(
            Map.of("staff/anna", 4L, "staff/bruno", 4L, "staff/carla", 4L, "", 49L - 3 * CAPACITY));
    comes("dora");
    assertThat(loads()).containsEntry("staff/dora", (long) CAPACITY);
  }
}
