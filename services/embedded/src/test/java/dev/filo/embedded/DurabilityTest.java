package dev.filo.embedded;

import static com.mongodb.client.model.Filters.eq;
import static com.mongodb.client.model.Updates.combine;
import static com.mongodb.client.model.Updates.inc;
import static com.mongodb.client.model.Updates.push;
import static com.mongodb.client.model.Updates.set;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.mongodb.MongoServerException;
import com.mongodb.MongoWriteException;
import com.mongodb.client.model.FindOneAndUpdateOptions;
import com.mongodb.client.model.IndexOptions;
import com.mongodb.client.model.Indexes;
import com.mongodb.client.model.ReturnDocument;
import com.mongodb.reactivestreams.client.MongoClient;
import com.mongodb.reactivestreams.client.MongoClients;
import com.mongodb.reactivestreams.client.MongoCollection;
import com.mongodb.reactivestreams.client.MongoDatabase;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.Random;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.bson.Document;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.reactivestreams.Publisher;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/** Kills the store's process under load: what was acknowledged is there, and nothing is half. */
class DurabilityTest {

  private static final int KILLS = Integer.getInteger("filo.kills", 5);
  private static final int IN_FLIGHT = 64;
  private static final int COUNTERS = 20;

  private final Random random = new Random(Long.getLong("filo.seed", 20_260_302L));
  private final AtomicInteger nextId = new AtomicInteger();
  private final Queue<Throwable> failures = new ConcurrentLinkedQueue<>();
  private final AtomicInteger writes = new AtomicInteger();

  /** By _id: the e-mail last acknowledged, and the ones being written when the process died. */
  private final Map<Integer, String> emails = new ConcurrentHashMap<>();

  private final Map<Integer, String> attempted = new ConcurrentHashMap<>();
  private final Map<Integer, Integer> acknowledged = new ConcurrentHashMap<>();
  private final Map<Integer, AtomicInteger> asked = new ConcurrentHashMap<>();

  @Test
  void acknowledgedWritesSurviveKills(@TempDir Path directory) throws Exception {
    for (int kill = 0; kill < KILLS; kill++) {
      try (var process = StoreProcess.start(directory);
          var client = client(process.uri())) {
        MongoDatabase database = client.getDatabase("crash");
        if (kill == 0) {
          one(
              people(database)
                  .createIndex(Indexes.ascending("email"), new IndexOptions().unique(true)));
          one(people(database).createIndex(Indexes.ascending("group", "email")));
        }
        verify(database);
        var enough = new CountDownLatch(200 + random.nextInt(1_500));
        var dead = new AtomicBoolean();
        var load =
            Flux.<Integer>generate(sink -> sink.next(writes.incrementAndGet()))
                .takeWhile(i -> !dead.get())
                .flatMap(
                    i ->
                        write(database, i)
                            .doOnSuccess(answer -> enough.countDown())
                            .onErrorResume(
                                failure -> {
                                  dead.set(true);
                                  failures.add(failure);
                                  return Mono.empty();
                                }),
                    IN_FLIGHT)
                .then()
                .toFuture();
        assertThat(enough.await(60, TimeUnit.SECONDS)).isTrue();
        process.kill();
        load.get(30, TimeUnit.SECONDS);
        assertThat(failures).isNotEmpty().doesNotHaveAnyElementsOfTypes(MongoServerException.class);
        failures.clear();
      }
    }
    try (var process = StoreProcess.start(directory);
        var client = client(process.uri())) {
      verify(client.getDatabase("crash"));
      assertThat(emails).hasSizeGreaterThan(KILLS * 50);
    }
  }

  private static MongoClient client(String uri) {
    return MongoClients.create(uri + "&serverSelectionTimeoutMS=3000");
  }

  private static MongoCollection<Document> people(MongoDatabase database) {
    return database.getCollection("people");
  }

  /** An insert, a change of the unique value or a counted step. */
  private Mono<Object> write(MongoDatabase database, int i) {
    return switch (i % 3) {
      case 0 -> {
        int id = nextId.incrementAndGet();
        String email = "a" + id;
        attempted.put(id, email);
        var person = new Document("_id", id).append("email", email).append("group", id % 7);
        yield Mono.from(people(database).insertOne(person))
            .doOnSuccess(done -> emails.put(id, email))
            .cast(Object.class);
      }
      case 1 -> {
        int id = nextId.get() - IN_FLIGHT * 2;
        String before = emails.get(id);
        if (before == null || !attempted.get(id).equals(before)) {
          yield Mono.empty();
        }
        String email = before + "+";
        attempted.put(id, email);
        yield Mono.from(
                people(database)
                    .updateOne(eq("_id", id), combine(set("email", email), set("group", id % 5))))
            .doOnSuccess(done -> emails.put(id, email))
            .cast(Object.class);
      }
      default -> {
        int counter = i % COUNTERS;
        asked.computeIfAbsent(counter, key -> new AtomicInteger()).incrementAndGet();
        yield Mono.from(
                database
                    .getCollection("counters")
                    .findOneAndUpdate(
                        eq("_id", counter),
                        combine(inc("steps", 1), push("log", i)),
                        new FindOneAndUpdateOptions()
                            .upsert(true)
                            .returnDocument(ReturnDocument.AFTER)))
            .doOnSuccess(after -> acknowledged.merge(counter, after.getInteger("steps"), Math::max))
            .cast(Object.class);
      }
    };
  }

  private void verify(MongoDatabase database) {
    List<Document> found = Flux.from(people(database).find()).collectList().block();
    var byId = new ConcurrentHashMap<Integer, String>();
    found.forEach(person -> byId.put(person.getInteger("_id"), person.getString("email")));
    assertThat(byId).hasSameSizeAs(found);

    emails.forEach(
        (id, email) -> assertThat(byId.get(id)).as("person %s", id).isIn(email, attempted.get(id)));
    byId.forEach((id, email) -> assertThat(attempted).containsKey(id));

    Document state = one(database.runCommand(new Document("validate", "people")));
    assertThat(state.getInteger("nrecords")).isEqualTo(found.size());
    if (!found.isEmpty()) {
      state
          .get("keysPerIndex", Document.class)
          .forEach(
              (name, count) ->
                  assertThat(((Number) count).intValue()).as(name).isEqualTo(found.size()));
    }
    for (Document person : found.subList(Math.max(0, found.size() - 300), found.size())) {
      String email = person.getString("email");
      assertThat(Flux.from(people(database).find(eq("email", email))).collectList().block())
          .containsExactly(person);
      assertThat(
              Flux.from(
                      people(database)
                          .find(
                              new Document("group", person.getInteger("group"))
                                  .append("email", email)))
                  .collectList()
                  .block())
          .containsExactly(person);
    }
    if (!found.isEmpty()) {
      String taken = found.getLast().getString("email");
      assertThatThrownBy(
              () -> one(people(database).insertOne(new Document("_id", -1).append("email", taken))))
          .isInstanceOfSatisfying(
              MongoWriteException.class, refused -> assertThat(refused.getCode()).isEqualTo(11000));
    }

    found.forEach(person -> emails.put(person.getInteger("_id"), person.getString("email")));
    attempted.clear();
    attempted.putAll(emails);

    for (Document counter : Flux.from(database.getCollection("counters").find()).toIterable()) {
      int id = counter.getInteger("_id");
      int steps = counter.getInteger("steps");
      assertThat(steps)
          .as("counter %s", id)
          .isBetween(acknowledged.getOrDefault(id, 0), asked.get(id).get());
      assertThat(counter.getList("log", Integer.class)).hasSize(steps).doesNotHaveDuplicates();
    }
  }

  private static <T> T one(Publisher<T> answer) {
    return Mono.from(answer).block(Duration.ofSeconds(20));
  }
}
