package dev.filo.conversation.service;

import dev.filo.conversation.domain.ChatThread;
import dev.filo.conversation.domain.ChatThread.Said;
import dev.filo.conversation.domain.ChatThread.Speaker;
import dev.filo.conversation.domain.ChatThread.State;
import dev.filo.conversation.store.MongoConversationStore;
import dev.filo.conversation.store.MongoConversationStore.Agent;
import dev.filo.conversation.store.MongoConversationStore.CustomerName;
import dev.filo.conversation.store.MongoConversationStore.Placed;
import dev.filo.platform.auth.Caller;
import dev.filo.platform.auth.SignInMerges;
import dev.filo.platform.code.Ids;
import dev.filo.platform.feed.Outbox;
import dev.filo.platform.feed.Relay;
import dev.filo.platform.grpc.Statuses;
import dev.filo.platform.mongo.Questions;
import dev.filo.platform.mongo.Questions.Asked;
import dev.filo.platform.mongo.StaleRetry;
import dev.filo.platform.mongo.StaleVersionException;
import dev.filo.platform.watch.Changes;
import dev.filo.proto.conversation.v1.ConversationChanged;
import dev.filo.proto.conversation.v1.MessageSent;
import dev.filo.proto.feed.v1.Actor;
import dev.filo.proto.feed.v1.Event;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Comparator;
import java.util.Date;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.PriorityQueue;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.bson.Document;
import org.jspecify.annotations.Nullable;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/** Saying things, and finding somebody who answers. */
public final class Conversations {
  private static final String BEFORE = "before";

  /** The key that is told when any thread changes. */
  public static final String INBOX = "conversations";

  private static final String SOURCE = "filo/conversation";
  private static final int STALE_RETRIES_MAX = 8;
  private static final int MERGE_PAGE = 200;
  // Whoever signed in is no guest; what she was called elsewhere would stay when it goes back.
  private static final CustomerName SIGNED_IN = new CustomerName("", false);
  // Longer than counting takes; what is older was left by somebody who died.
  private static final Duration ABANDONED = Duration.ofSeconds(10);
  // An agent's page says every ten seconds that she is there; two missed ones and she is gone.
  private static final Duration PRESENCE = Duration.ofSeconds(25);
  private static final int ROUTED_MAX = 100;
  private static final Comparator<Agent> FEWEST =
      Comparator.comparingInt(Agent::load).thenComparing(Agent::name);
  private static final Actor SYSTEM =
      Actor.newBuilder()
          .setPrincipal("services/conversation")
          .setRole("service")
          .setChannel("system")
          .build();

  private final MongoConversationStore store;
  private final Relay relay;
  private final Changes changes;
  private final InstantSource clock;
  private final int capacity;
  private final SignInMerges merges = new SignInMerges(this::merged);
  // One at a time: who is given a thread has one more when the next group is looked at.
  private final Questions<ChatThread, Void> routing =
      new Questions<>(1, ROUTED_MAX, this::routeAll);

  /**
   * The use cases over their store.
   *
   * @param capacity threads one agent answers at a time
   */
  public Conversations(
      MongoConversationStore store,
      Relay relay,
      Changes changes,
      InstantSource clock,
      int capacity) {
    this.store = store;
    this.relay = relay;
    this.changes = changes;
    this.clock = clock;
    this.capacity = capacity;
  }

  /** The key that is told when a thread changes. */
  public static String key(String id) {
    return "conversations/" + id;
  }

  /** A customer says something; the thread is open, and somebody free answers it. */
  public Mono<Said> customerSays(
      String id, String text, String requestId, Caller caller, CustomerName names) {
    var said =
        new Said(
            0,
            messageKey(id, caller, requestId),
            Speaker.CUSTOMER,
            names.displayName(),
            text,
            "chat",
            now(),
            "",
            "");
    return store
        .say(
            id, said, names, (thread, at) -> sent(thread, at, caller.actor()), this::written, now())
        .flatMap(
            done -> {
              var same = same(done.said(), text);
              return after(id, done).flatMap(this::route).thenReturn(same);
            });
  }

  /** An agent says something; a thread nobody had is hers. */
  public Mono<Said> agentSays(String id, String text, String requestId, Caller caller) {
    var said =
        new Said(
            0,
            messageKey(id, caller, requestId),
            Speaker.AGENT,
            caller.displayName(),
            text,
            "chat",
            now(),
            "",
            "");
    return store
        .say(id, said, null, (thread, at) -> sent(thread, at, caller.actor()), this::written, now())
        .flatMap(
            done -> {
              var same = same(done.said(), text);
              return after(id, done)
                  .filter(thread -> thread.assignee().isEmpty())
                  .flatMap(
                      thread ->
                          assign(id, caller.principal(), caller.displayName(), caller.actor()))
                  .thenReturn(same);
            });
  }

  private Mono<ChatThread> after(String id, Placed placed) {
    var known = placed.thread();
    return known == null ? store.thread(id) : Mono.just(known);
  }

  /** The suite itself says something about a subject, once for each {@code key}. */
  public Mono<Said> systemSays(
      String id, String key, String text, String subject, String subjectState) {
    var said = new Said(0, key, Speaker.SYSTEM, "", text, "chat", now(), subject, subjectState);
    return store
        .say(id, said, null, (thread, at) -> sent(thread, at, SYSTEM), this::written, now())
        .map(Placed::said);
  }

  /**
   * The suite notes something about a subject for staff, once for each {@code key}: she does not
   * see it, and nobody else is told.
   */
  public Mono<Said> systemNotes(
      String id, String key, String text, String subject, String subjectState) {
    var said =
        new Said(
            0,
            ChatThread.NOTE + key,
            Speaker.SYSTEM,
            "",
            text,
            "chat",
            now(),
            subject,
            subjectState);
    return store.say(id, said, null, (thread, at) -> null, this::written, now()).map(Placed::said);
  }

  private static Said same(Said said, String text) {
    if (!said.text().equals(text)) {
      throw Statuses.requestIdReused();
    }
    return said;
  }

  private static String messageKey(String id, Caller caller, String requestId) {
    return requestId.isEmpty()
        ? "message:" + Ids.random()
        : "message:" + Ids.derived(id, caller.principal(), requestId);
  }

  /** Gives an open thread that nobody answers to the agent who is there and has the fewest. */
  public Mono<Void> route(String id) {
    return store.thread(id).flatMap(this::route);
  }

  private Mono<Void> route(ChatThread seen) {
    return seen.state() == State.OPEN && seen.assignee().isEmpty()
        ? routing.ask(seen)
        : Mono.empty();
  }

  /** Each of some threads to whoever has the fewest once those before it are given. */
  private Mono<Runnable> routeAll(List<Asked<ChatThread, Void>> group) {
    return store
        .agents(clock.instant())
        .filter(agent -> agent.load() < capacity)
        .collect(() -> new PriorityQueue<>(FEWEST), PriorityQueue::add)
        .flatMapMany(free -> Flux.fromIterable(group).flatMap(one -> give(one, free)))
        .collectList()
        .map(told -> () -> told.forEach(Runnable::run));
  }

  private Mono<Runnable> give(Asked<ChatThread, Void> one, PriorityQueue<Agent> free) {
    var agent = free.poll();
    if (agent == null) {
      return Mono.just(one::done);
    }
    var busier = new Agent(agent.name(), agent.displayName(), agent.load() + 1);
    if (busier.load() < capacity) {
      free.add(busier);
    }
    return change(
            one.question(),
            Map.of("assignee", agent.name(), "assigneeName", agent.displayName()),
            SYSTEM)
        .map(changed -> (Runnable) one::done)
        .onErrorResume(StaleVersionException.class, raced -> Mono.just(one::done))
        .onErrorResume(error -> Mono.just(() -> one.fail(error)));
  }

  /** An agent is there: threads that wait come to whoever is free. */
  public Mono<Void> present(Caller agent) {
    return store
        .present(agent.principal(), agent.displayName(), clock.instant().plus(PRESENCE))
        .thenMany(store.unassigned(capacity))
        .concatMap(this::route)
        .then();
  }

  /** Gives a thread to an agent. */
  public Mono<ChatThread> assign(String id, String agent, String displayName, Actor actor) {
    return retried(
        id,
        thread ->
            thread.assignee().equals(agent)
                ? Mono.just(thread)
                : (displayName.isEmpty() ? store.agentName(agent) : Mono.just(displayName))
                    .flatMap(
                        name ->
                            change(
                                thread, Map.of("assignee", agent, "assigneeName", name), actor)));
  }

  /** The matter is settled; the next message finds whoever is free then. */
  public Mono<ChatThread> resolve(String id, Actor actor) {
    return retried(
        id,
        thread ->
            thread.state() == State.RESOLVED
                ? Mono.just(thread)
                : change(thread, resolved(), actor));
  }

  private static Map<String, @Nullable Object> resolved() {
    var fields = new HashMap<String, @Nullable Object>();
    fields.put("state", State.RESOLVED.name());
    fields.put("assignee", "");
    fields.put("assigneeName", "");
    fields.put("waitingSince", null); // nobody waits for an answer any more
    return fields;
  }

  private Mono<ChatThread> retried(
      String id, java.util.function.Function<ChatThread, Mono<ChatThread>> command) {
    return store
        .find(id)
        .map(MongoConversationStore::read)
        .flatMap(command)
        .retryWhen(StaleRetry.atOnce(STALE_RETRIES_MAX));
  }

  private Mono<ChatThread> change(
      ChatThread thread, Map<String, ? extends @Nullable Object> fields, Actor actor) {
    var now = now();
    var next = new HashMap<String, @Nullable Object>(fields);
    var waiting = next.containsKey("waitingSince") ? (Date) next.get("waitingSince") : null;
    var after =
        new ChatThread(
            thread.id(),
            thread.version() + 1,
            State.valueOf(text(next, "state", thread.state().name())),
            text(next, "assignee", thread.assignee()),
            text(next, "assigneeName", thread.assigneeName()),
            thread.customerName(),
            thread.guest(),
            next.containsKey("waitingSince")
                ? (waiting == null ? null : waiting.toInstant())
                : thread.waitingSince(),
            thread.messageCount(),
            null, // told when it was said, and about the thread it was said in
            now);
    var event =
        Outbox.event(
            SOURCE,
            key(thread.id()),
            now,
            actor,
            ConversationChanged.newBuilder()
                .setConversation(ConversationProtos.conversation(after))
                .build());
    return store
        .change(thread, next, event, now)
        .doOnNext(document -> written(thread.id(), Outbox.events(document)))
        .map(MongoConversationStore::read);
  }

  private static String text(Map<String, @Nullable Object> fields, String key, String now) {
    return fields.get(key) instanceof String text ? text : now;
  }

  private static Event sent(ChatThread thread, Said said, Actor actor) {
    return Outbox.event(
        SOURCE,
        key(thread.id()),
        said.time(),
        actor,
        MessageSent.newBuilder()
            .setCustomer("customers/" + thread.id())
            .setMessage(ConversationProtos.message(thread.id(), said))
            .build());
  }

  private void written(String id, List<Event> outbox) {
    relay.offer(store.collection(), id, outbox);
    changes.tell(key(id));
    changes.tell(INBOX);
  }

  /** Counts what a killed process left. */
  public Mono<Void> sweep() {
    return store.sweep(clock.instant().minus(ABANDONED), this::written, now());
  }

  /**
   * Empty once what the caller said before signing in is in her thread: she sees it in the first
   * answer after it.
   */
  public Mono<Void> ensureMerged(Caller caller) {
    return merges.ensure(caller);
  }

  /**
   * Everything said in the alias's thread is said in the customer's too, as it was, after what is
   * there; and what was open there is open here. Repeating is harmless: each message has a key of
   * its own, and the alias's thread is resolved last.
   */
  public Mono<Void> merged(String customer, String alias) {
    if (customer.equals(alias)) {
      return Mono.empty();
    }
    var to = customer.substring("customers/".length());
    var from = alias.substring("customers/".length());
    return store
        .thread(from)
        .flatMap(
            former ->
                copy(from, to, 0)
                    .then(takeOver(former, to))
                    .then(
                        former.state() == State.OPEN ? putAside(from).then() : Mono.<Void>empty()))
        .then(Mono.defer(() -> route(to)));
  }

  /** Resolves what goes on in another thread, and remembers where it stood. */
  private Mono<ChatThread> putAside(String id) {
    return retried(
        id,
        thread -> {
          if (thread.state() == State.RESOLVED) {
            return Mono.just(thread);
          }
          var fields = resolved();
          var waiting = thread.waitingSince();
          fields.put(
              BEFORE,
              new Document("state", thread.state().name())
                  .append("assignee", thread.assignee())
                  .append("assigneeName", thread.assigneeName())
                  .append("waitingSince", waiting == null ? null : Date.from(waiting)));
          return change(thread, fields, SYSTEM);
        });
  }

  /**
   * What was said in the threads of {@code names} is in nobody else's any more, and the alias's
   * thread stands where it stood before it went on in another. Repeating is harmless.
   */
  public Mono<Void> unmerged(String customer, String alias, Set<String> names) {
    var ids =
        names.stream()
            .map(name -> name.substring("customers/".length()))
            .collect(Collectors.toCollection(TreeSet::new));
    var subject = customer.substring("customers/".length());
    var id = alias.substring("customers/".length());
    merges.forget();
    return store
        .dropCopies(ids)
        .map(
            threads -> {
              threads.add(subject); // should a process have died after the copies were gone
              threads.removeAll(ids);
              return threads;
            })
        .flatMapMany(Flux::fromIterable)
        .concatMap(this::readAgain)
        .thenMany(Flux.fromIterable(ids).filter(one -> !one.equals(id)))
        .concatMap(one -> merged(alias, "customers/" + one))
        .then(Mono.defer(() -> takeUp(id)))
        .then(Mono.defer(() -> route(id)));
  }

  /** What was said last, and who waits, of what is there. */
  private Mono<ChatThread> readAgain(String id) {
    return retried(
        id,
        thread ->
            thread.version() == 0
                ? Mono.just(thread)
                : store
                    .remaining(thread)
                    .flatMap(
                        fields ->
                            fields.isEmpty() ? Mono.just(thread) : change(thread, fields, SYSTEM)));
  }

  private Mono<Void> takeUp(String id) {
    return store
        .find(id)
        .filter(document -> document.get(BEFORE, Document.class) != null)
        .flatMap(
            document -> {
              var before = document.get(BEFORE, Document.class);
              return retried(
                  id,
                  thread -> {
                    var fields = new HashMap<String, @Nullable Object>();
                    fields.put(BEFORE, null);
                    if (thread.state() == State.RESOLVED) {
                      fields.put("state", before.getString("state"));
                      fields.put("assignee", before.getString("assignee"));
                      fields.put("assigneeName", before.getString("assigneeName"));
                      fields.put("waitingSince", before.getDate("waitingSince"));
                    }
                    return change(thread, fields, SYSTEM);
                  });
            })
        .then();
  }

  private Mono<Void> copy(String from, String to, long after) {
    return store
        .between(from, after, Long.MAX_VALUE, MERGE_PAGE)
        .concatMap(
            said ->
                store
                    .say(
                        to,
                        new Said(
                            0,
                            said.copyKey(from, to),
                            said.speaker(),
                            said.displayName(),
                            said.text(),
                            said.channel(),
                            said.time(),
                            said.subject(),
                            said.subjectState()),
                        SIGNED_IN,
                        (thread, at) -> null, // it was told when it was said
                        this::written,
                        now())
                    .thenReturn(said.number()))
        .collectList()
        .flatMap(
            copied ->
                copied.size() < MERGE_PAGE ? Mono.<Void>empty() : copy(from, to, copied.getLast()));
  }

  /** What was open in the former thread is open in this one, and waits as long. */
  private Mono<Void> takeOver(ChatThread former, String to) {
    return retried(
            to,
            thread -> {
              var fields = new HashMap<String, @Nullable Object>();
              if (former.state() == State.OPEN
                  || (former.state() == State.RESOLVED && thread.state() == State.NEW)) {
                fields.put("state", former.state().name());
              }
              var waiting = former.waitingSince();
              var here = thread.waitingSince();
              if (former.state() == State.OPEN
                  && waiting != null
                  && (here == null || waiting.isBefore(here))) {
                fields.put("waitingSince", Date.from(waiting));
              }
              if (former.state() == State.OPEN
                  && thread.assignee().isEmpty()
                  && !former.assignee().isEmpty()) {
                fields.put("assignee", former.assignee());
                fields.put("assigneeName", former.assigneeName());
              }
              return fields.isEmpty() ? Mono.just(thread) : change(thread, fields, SYSTEM);
            })
        .then();
  }

  private Instant now() {
    return Instant.ofEpochMilli(clock.instant().toEpochMilli()); // what the database keeps
  }

  /** Open threads, for a desk that has just come. */
  public Flux<ChatThread> open(int limit) {
    return store.list(State.OPEN, null, 0, limit);
  }
}
