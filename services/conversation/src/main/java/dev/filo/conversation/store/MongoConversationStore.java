package dev.filo.conversation.store;

import static com.mongodb.client.model.Accumulators.sum;
import static com.mongodb.client.model.Aggregates.group;
import static com.mongodb.client.model.Aggregates.match;
import static com.mongodb.client.model.Filters.and;
import static com.mongodb.client.model.Filters.eq;
import static com.mongodb.client.model.Filters.exists;
import static com.mongodb.client.model.Filters.gt;
import static com.mongodb.client.model.Filters.gte;
import static com.mongodb.client.model.Filters.in;
import static com.mongodb.client.model.Filters.lt;
import static com.mongodb.client.model.Filters.lte;
import static com.mongodb.client.model.Filters.ne;
import static com.mongodb.client.model.Filters.nin;
import static com.mongodb.client.model.Sorts.ascending;
import static com.mongodb.client.model.Sorts.descending;
import static com.mongodb.client.model.Sorts.orderBy;
import static com.mongodb.client.model.Updates.combine;
import static com.mongodb.client.model.Updates.inc;
import static com.mongodb.client.model.Updates.set;
import static com.mongodb.client.model.Updates.unset;

import com.google.protobuf.InvalidProtocolBufferException;
import com.mongodb.client.model.FindOneAndUpdateOptions;
import com.mongodb.client.model.IndexOptions;
import com.mongodb.client.model.Indexes;
import com.mongodb.client.model.ReturnDocument;
import com.mongodb.client.model.UpdateOptions;
import com.mongodb.reactivestreams.client.MongoCollection;
import com.mongodb.reactivestreams.client.MongoDatabase;
import dev.filo.conversation.domain.ChatThread;
import dev.filo.conversation.domain.ChatThread.Said;
import dev.filo.conversation.domain.ChatThread.Speaker;
import dev.filo.conversation.domain.ChatThread.State;
import dev.filo.platform.feed.Outbox;
import dev.filo.platform.mongo.Docs;
import dev.filo.platform.mongo.GroupedInserts;
import dev.filo.platform.mongo.GroupedReads;
import dev.filo.platform.mongo.GroupedUpdates;
import dev.filo.platform.mongo.Groups;
import dev.filo.platform.mongo.Mongo;
import dev.filo.platform.mongo.StaleVersionException;
import dev.filo.proto.feed.v1.Event;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Date;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.BiConsumer;
import java.util.function.BiFunction;
import org.bson.Document;
import org.bson.conversions.Bson;
import org.bson.types.Binary;
import org.jspecify.annotations.Nullable;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/**
 * Threads, their messages and the agents in MongoDB. A message is numbered by inserting it at the
 * next free place of its thread, then counted by the thread's own conditional update, which also
 * records the event; that it is counted is noted in it after the answer. A kill in between leaves a
 * message that the next one to come, or the sweep, counts first: nothing said is lost, nothing is
 * said twice.
 */
public final class MongoConversationStore {
  private static final int TRIES_MAX = 40;
  private static final int SETTLED_MAX = 1_000;

  private final MongoCollection<Document> threads;
  private final MongoCollection<Document> messages;
  private final MongoCollection<Document> agents;
  private final GroupedReads reads;
  private final GroupedInserts inserts;
  private final GroupedUpdates updated;

  // Messages that are counted and not settled yet, for which nobody waits; the sweep does what is
  // left.
  private final Groups<String> settling =
      new Groups<>(1, SETTLED_MAX, counted -> settle(counted).thenReturn(() -> {}));

  /** The store in the service's database. */
  public MongoConversationStore(MongoDatabase database) {
    this.threads = database.getCollection("conversations");
    this.reads = new GroupedReads(threads);
    this.updated = new GroupedUpdates(threads);
    this.messages = database.getCollection("messages");
    this.inserts = new GroupedInserts(messages);
    this.agents = database.getCollection("agents");
  }

  /** Makes the indexes. */
  public void prepare() {
    Mongo.index(messages, Indexes.ascending("thread", "number"), new IndexOptions().unique(true));
    Mongo.index(messages, Indexes.ascending("key"), new IndexOptions().unique(true).sparse(true));
    Mongo.index(messages, Indexes.ascending("counted"), new IndexOptions().sparse(true));
    Mongo.index(threads, Indexes.ascending("state", "waitingSince"));
    Mongo.index(threads, Indexes.ascending("assignee", "state"));
    Mongo.index(threads, Indexes.descending("updateTime"));
  }

  /** The threads' collection, for the relay. */
  public MongoCollection<Document> collection() {
    return threads;
  }

  /** A thread as a document; empty when nothing was ever said in it. */
  public Mono<Document> find(String id) {
    return reads.find(id);
  }

  /** A thread; an empty one when nothing was ever said in it. */
  public Mono<ChatThread> thread(String id) {
    return find(id).map(MongoConversationStore::read).defaultIfEmpty(ChatThread.empty(id));
  }

  /**
   * Says something. One value: what was said, at its place; for a key that is known what was said
   * then.
   *
   * @param names the customer's name and whether she is a guest, written to the thread; null leaves
   *     them
   * @param event the event of a message and the thread it is said in; null: none
   * @param written is told the thread that was written and what is in its outbox, oldest first
   */
  public Mono<Placed> say(
      String id,
      Said said,
      @Nullable CustomerName names,
      BiFunction<ChatThread, Said, @Nullable Event> event,
      BiConsumer<String, List<Event>> written,
      Instant now) {
    return say(id, said, names, event, written, now, 0);
  }

  private Mono<Placed> say(
      String id,
      Said said,
      @Nullable CustomerName names,
      BiFunction<ChatThread, Said, @Nullable Event> event,
      BiConsumer<String, List<Event>> written,
      Instant now,
      int tries) {
    return thread(id)
        .flatMap(
            thread -> {
              var placed = said.at(thread.messageCount() + 1);
              var document = message(id, placed, names, event.apply(thread, placed));
              return inserts
                  .insert(document)
                  .then(Mono.defer(() -> count(thread, document, written, now)))
                  .map(after -> new Placed(placed, after))
                  .switchIfEmpty(
                      Mono.defer(() -> countThrough(id, placed.number(), written, now))
                          .thenReturn(new Placed(placed, null)))
                  .onErrorResume(
                      Mongo::isDuplicate,
                      taken ->
                          known(said.key())
                              .flatMap(before -> counted(before, written, now))
                              .switchIfEmpty(
                                  Mono.defer(
                                      () ->
                                          tries >= TRIES_MAX
                                              ? Mono.error(
                                                  new StaleVersionException(id, thread.version()))
                                              : countThrough(id, placed.number(), written, now)
                                                  .then(
                                                      say(
                                                          id, said, names, event, written, now,
                                                          tries + 1)))));
            });
  }

  private Mono<Document> known(String key) {
    return Mono.from(messages.find(eq("key", key)).first());
  }

  private Mono<Placed> counted(
      Document message, BiConsumer<String, List<Event>> written, Instant now) {
    var said = readSaid(message);
    return countThrough(message.getString("thread"), said.number(), written, now)
        .thenReturn(new Placed(said, null));
  }

  /** Counts what was inserted up to a place, by whomever. */
  private Mono<Void> countThrough(
      String id, long number, BiConsumer<String, List<Event>> written, Instant now) {
    return thread(id)
        .filter(thread -> thread.messageCount() < number)
        .flatMap(
            thread ->
                Mono.from(
                        messages
                            .find(and(eq("thread", id), eq("number", thread.messageCount() + 1)))
                            .first())
                    .flatMap(
                        next ->
                            count(thread, next, written, now)
                                .then(Mono.defer(() -> countThrough(id, number, written, now)))));
  }

  /** Counts messages that were left uncounted for a while; completes. */
  public Mono<Void> sweep(Instant before, BiConsumer<String, List<Event>> written, Instant now) {
    return Flux.from(
            messages
                .find(and(eq("counted", false), lt("insertTime", Date.from(before))))
                .limit(100))
        .concatMap(left -> counted(left, written, now).then(settle(List.of(left.getString("_id")))))
        .then();
  }

  /**
   * Counts the next message of a thread as it was seen; empty when it is another one by now. Where
   * nothing waits in the thread's outbox the update goes with those of others; else the thread
   * comes back with what waits, so that this is told before what is new.
   */
  private Mono<ChatThread> count(
      ChatThread thread, Document message, BiConsumer<String, List<Event>> written, Instant now) {
    var said = readSaid(message);
    var next =
        thread.with(
            said,
            Docs.string(message, "customerName"),
            message.getBoolean("guest", thread.guest()),
            now);
    var events = message.containsKey("event") ? List.of(event(message)) : List.<Event>of();
    var update = counting(next, said, message.containsKey("guest"), events, now);
    var unchanged = eq("messageCount", thread.messageCount());
    // the version too: what somebody decided meanwhile, that it is resolved, must not be undone
    var seen = thread.version() == 0 ? unchanged : and(eq("version", thread.version()), unchanged);
    var withOutbox =
        Mono.from(
                threads.findOneAndUpdate(
                    and(eq("_id", thread.id()), seen),
                    update,
                    new FindOneAndUpdateOptions()
                        .upsert(thread.version() == 0)
                        .returnDocument(ReturnDocument.AFTER)))
            .onErrorResume(Mongo::isDuplicate, counted -> Mono.empty()) // somebody else counted it
            .doOnNext(counted -> written.accept(thread.id(), Outbox.events(counted)))
            .map(MongoConversationStore::read);
    return (thread.version() == 0
            ? withOutbox
            : updated
                .update(thread.id(), and(seen, exists(Outbox.SINCE, false)), update)
                .filter(counted -> counted)
                .doOnNext(counted -> written.accept(thread.id(), events))
                .map(counted -> next)
                .switchIfEmpty(Mono.defer(() -> withOutbox)))
        .doOnNext(counted -> settling.add(message.getString("_id")));
  }

  private static Bson counting(
      ChatThread next, Said said, boolean named, List<Event> events, Instant now) {
    var updates = new ArrayList<Bson>();
    updates.add(set("messageCount", next.messageCount()));
    updates.add(set("state", next.state().name()));
    if (!said.isNote()) { // she sees what was said last
      updates.add(set("last", toDocument(said)));
    }
    updates.add(set("updateTime", Date.from(now)));
    updates.add(inc("version", 1L));
    var waiting = next.waitingSince();
    updates.add(waiting == null ? unset("waitingSince") : set("waitingSince", Date.from(waiting)));
    if (named) {
      updates.add(set("guest", next.guest()));
      updates.add(set("customerName", next.customerName()));
    }
    if (!events.isEmpty()) {
      updates.add(Outbox.record(events, now));
    }
    return combine(updates);
  }

  /** Drops what only counting needed. */
  private Mono<Void> settle(List<String> counted) {
    return Mono.from(
            messages.updateMany(
                in("_id", counted), combine(unset("counted"), unset("event"), unset("insertTime"))))
        .then();
  }

  /** What was said before a place (exclusive; 0: from the end), newest first. */
  public Flux<Said> before(String id, long number, int limit) {
    var filter = number == 0 ? eq("thread", id) : and(eq("thread", id), lt("number", number));
    return Flux.from(messages.find(filter).sort(descending("number")).limit(limit))
        .map(MongoConversationStore::readSaid);
  }

  /** What was said after a place, up to another, oldest first. */
  public Flux<Said> between(String id, long after, long through, int limit) {
    return Flux.from(
            messages
                .find(and(eq("thread", id), gt("number", after), lte("number", through)))
                .sort(ascending("number"))
                .limit(limit))
        .map(MongoConversationStore::readSaid);
  }

  /**
   * Takes what was said in these threads out of all others it was copied to. One value: the threads
   * it was in.
   */
  public Mono<Set<String>> dropCopies(Set<String> threadIds) {
    return Flux.fromIterable(threadIds)
        .concatMap(id -> Flux.just(ChatThread.COPY + id, ChatThread.NOTE + ChatThread.COPY + id))
        .map(
            prefix ->
                and( // «0» is what comes after «/»
                    gte("key", prefix + "/"), lt("key", prefix + "0"), nin("thread", threadIds)))
        .concatMap(
            copies ->
                Flux.from(messages.find(copies))
                    .map(copy -> copy.getString("thread"))
                    .collectList()
                    .delayUntil(found -> Mono.from(messages.deleteMany(copies))))
        .collect(TreeSet::new, (all, found) -> all.addAll(found));
  }

  /**
   * What a thread's summary has to say otherwise, now that some of it is gone. One value; empty map
   * when nothing.
   */
  public Mono<Map<String, @Nullable Object>> remaining(ChatThread thread) {
    return Flux.from(
            messages
                .find(and(eq("thread", thread.id()), lte("number", thread.messageCount())))
                .sort(ascending("number")))
        .map(MongoConversationStore::readSaid)
        .filter(said -> !said.isNote())
        .reduce(
            new Remaining(null, null),
            (so, said) ->
                new Remaining(
                    said,
                    switch (said.speaker()) {
                      case CUSTOMER -> so.waitingSince == null ? said.time() : so.waitingSince;
                      case AGENT -> null;
                      case SYSTEM -> so.waitingSince;
                    }))
        .map(
            so -> {
              var fields = new HashMap<String, @Nullable Object>();
              if (!Objects.equals(so.last, thread.last())) {
                fields.put("last", so.last == null ? null : toDocument(so.last));
              }
              var waiting = thread.state() == State.OPEN ? so.waitingSince : null;
              if (!Objects.equals(waiting, thread.waitingSince())) {
                fields.put("waitingSince", waiting == null ? null : Date.from(waiting));
              }
              return fields;
            });
  }

  private record Remaining(@Nullable Said last, @Nullable Instant waitingSince) {}

  /**
   * Changes a thread if it is still at the version seen; a null takes a field away. The document
   * after it; an error {@link StaleVersionException} otherwise.
   */
  public Mono<Document> change(
      ChatThread seen, Map<String, @Nullable Object> fields, Event event, Instant now) {
    var updates = new ArrayList<Bson>();
    fields.forEach((key, value) -> updates.add(value == null ? unset(key) : set(key, value)));
    updates.add(set("updateTime", Date.from(now)));
    updates.add(inc("version", 1L));
    updates.add(Outbox.record(List.of(event), now));
    return Mono.from(
            threads.findOneAndUpdate(
                and(eq("_id", seen.id()), eq("version", seen.version())),
                combine(updates),
                new FindOneAndUpdateOptions().returnDocument(ReturnDocument.AFTER)))
        .switchIfEmpty(Mono.error(() -> new StaleVersionException(seen.id(), seen.version())));
  }

  /** Threads that fit, ordered by how long they wait. */
  public Flux<ChatThread> list(
      @Nullable State state, @Nullable String assignee, int skip, int limit) {
    var filters = new ArrayList<Bson>();
    filters.add(state == null ? ne("state", "NEW") : eq("state", state.name()));
    if (assignee != null) {
      filters.add(assignee.isEmpty() ? in("assignee", null, "") : eq("assignee", assignee));
    }
    return Flux.from(
            threads
                .find(and(filters))
                .sort(
                    orderBy(ascending("waitingSince"), descending("updateTime"), ascending("_id")))
                .skip(skip)
                .limit(limit))
        .map(MongoConversationStore::read);
  }

  /** Threads changed at or after an instant, oldest change first. */
  public Flux<ChatThread> changedSince(Instant since, int limit) {
    return Flux.from(
            threads
                .find(and(gte("updateTime", Date.from(since)), ne("state", "NEW")))
                .sort(ascending("updateTime"))
                .limit(limit))
        .map(MongoConversationStore::read);
  }

  /** Open threads that nobody answers, the longest waiting first. */
  public Flux<ChatThread> unassigned(int limit) {
    return Flux.from(
            threads
                .find(and(eq("state", State.OPEN.name()), in("assignee", null, "")))
                .sort(ascending("waitingSince"))
                .limit(limit))
        .map(MongoConversationStore::read);
  }

  /** Says that an agent is there until an instant. */
  public Mono<Void> present(String agent, String displayName, Instant until) {
    return Mono.from(
            agents.updateOne(
                eq("_id", agent),
                combine(set("displayName", displayName), set("presentUntil", Date.from(until))),
                new UpdateOptions().upsert(true)))
        .then();
  }

  /** What an agent is called; empty when she was never there. */
  public Mono<String> agentName(String agent) {
    return Mono.from(agents.find(eq("_id", agent)).first())
        .map(found -> Docs.string(found, "displayName"))
        .defaultIfEmpty("");
  }

  /** The agents who are there, with the number of open threads each answers. */
  public Flux<Agent> agents(Instant now) {
    return Flux.from(agents.find(gt("presentUntil", Date.from(now))).limit(500))
        .collectList()
        .flatMapMany(
            there ->
                loads(there.stream().map(agent -> agent.getString("_id")).toList())
                    .flatMapIterable(
                        loads ->
                            there.stream()
                                .map(
                                    agent ->
                                        new Agent(
                                            agent.getString("_id"),
                                            Docs.string(agent, "displayName"),
                                            loads.getOrDefault(agent.getString("_id"), 0)))
                                .toList()));
  }

  private Mono<Map<String, Integer>> loads(List<String> assignees) {
    return assignees.isEmpty()
        ? Mono.just(Map.of())
        : Flux.from(
                threads.aggregate(
                    List.of(
                        match(and(in("assignee", assignees), eq("state", State.OPEN.name()))),
                        group("$assignee", sum("threads", 1)))))
            .collectMap(row -> row.getString("_id"), row -> (int) Docs.number(row, "threads"));
  }

  /** The thread in a document. */
  public static ChatThread read(Document document) {
    var last = document.get("last", Document.class);
    return new ChatThread(
        document.getString("_id"),
        Docs.number(document, "version"),
        State.valueOf(document.getString("state")),
        Docs.string(document, "assignee"),
        Docs.string(document, "assigneeName"),
        Docs.string(document, "customerName"),
        document.getBoolean("guest", true),
        Docs.instant(document, "waitingSince"),
        Docs.number(document, "messageCount"),
        last == null ? null : readSaid(last),
        Docs.instant(document, "updateTime"));
  }

  private static String messageId(String thread, long number) {
    return "%s/%010d".formatted(thread, number);
  }

  private static Document message(
      String thread, Said said, @Nullable CustomerName names, @Nullable Event event) {
    var document = new Document("_id", messageId(thread, said.number())).append("thread", thread);
    document.putAll(toDocument(said));
    document.append("counted", false).append("insertTime", Date.from(said.time()));
    if (names != null) {
      document.append("customerName", names.displayName).append("guest", names.guest);
    }
    if (event != null) {
      document.append("event", new Binary(event.toByteArray()));
    }
    return document;
  }

  private static Event event(Document message) {
    try {
      return Event.parseFrom(Docs.bytes(message, "event"));
    } catch (InvalidProtocolBufferException e) {
      throw new IllegalStateException("the event of a message cannot be read", e);
    }
  }

  private static Document toDocument(Said said) {
    return new Document("number", said.number())
        .append("key", said.key())
        .append("speaker", said.speaker().name())
        .append("displayName", said.displayName())
        .append("text", said.text())
        .append("channel", said.channel())
        .append("time", Date.from(said.time()))
        .append("subject", said.subject())
        .append("subjectState", said.subjectState());
  }

  private static Said readSaid(Document document) {
    return new Said(
        Docs.number(document, "number"),
        Docs.string(document, "key"),
        Speaker.valueOf(document.getString("speaker")),
        Docs.string(document, "displayName"),
        Docs.string(document, "text"),
        Docs.string(document, "channel"),
        Objects.requireNonNull(Docs.instant(document, "time")),
        Docs.string(document, "subject"),
        Docs.string(document, "subjectState"));
  }

  /**
   * What was said, and the thread after it.
   *
   * @param thread null when others have written to it meanwhile, or when it was said before
   */
  public record Placed(Said said, @Nullable ChatThread thread) {}

  /** An agent who is there, and how many threads are hers. */
  public record Agent(String name, String displayName, int load) {}

  /** What a customer is called. */
  public record CustomerName(String displayName, boolean guest) {}
}
