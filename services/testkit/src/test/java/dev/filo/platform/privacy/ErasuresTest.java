package dev.filo.platform.privacy;

import static com.mongodb.client.model.Filters.eq;
import static com.mongodb.client.model.Filters.in;
import static com.mongodb.client.model.Updates.combine;
import static com.mongodb.client.model.Updates.set;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;

import com.mongodb.reactivestreams.client.MongoDatabase;
import dev.filo.platform.auth.SubjectAliases;
import dev.filo.platform.auth.SubjectMerges;
import dev.filo.platform.feed.FeedStore;
import dev.filo.platform.feed.FeedStore.Positioned;
import dev.filo.platform.feed.Outbox;
import dev.filo.platform.privacy.PersonalData.Kind;
import dev.filo.platform.privacy.PersonalData.Part;
import dev.filo.platform.privacy.PersonalData.Treatment;
import dev.filo.proto.conversation.v1.Author;
import dev.filo.proto.conversation.v1.Message;
import dev.filo.proto.conversation.v1.MessageSent;
import dev.filo.proto.feed.v1.Actor;
import dev.filo.proto.feed.v1.Event;
import dev.filo.testkit.MortalMongo;
import dev.filo.testkit.MutableClock;
import dev.filo.testkit.StoreTest;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;
import org.assertj.core.groups.Tuple;
import org.bson.Document;
import org.junit.jupiter.api.Test;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/** Erasing people in one service, over a real store. */
@StoreTest
class ErasuresTest {
  private static final Duration PATIENCE = Duration.ofSeconds(20);
  private static final Set<String> JULIA = Set.of("customers/julia", "customers/alias");
  private static final String SECRET = "Codice fiscale RSSGLI80A01F205X";

  private final MongoDatabase database;
  private final MutableClock clock = MutableClock.at(Instant.parse("2026-11-26T09:00:00Z"));
  private final FeedStore feed;

  ErasuresTest(MongoDatabase database) {
    this.database = database;
    this.feed = new FeedStore(database);
    feed.prepare();
    new FeedScrubber(database).prepare();
  }

  /** Notes of people: those are deleted. */
  private record Notes(MongoDatabase database) implements PersonalData {
    @Override
    public Flux<Part> export(Set<String> customers) {
      return ExportDocuments.of(
          "notes", database.getCollection("notes").find(in("customer", customers)));
    }

    @Override
    public Mono<List<Treatment>> preview(Set<String> customers) {
      return Mono.from(database.getCollection("notes").countDocuments(in("customer", customers)))
          .map(count -> List.of(Treatment.gone("notes", count)));
    }

    @Override
    public Mono<Void> erase(Set<String> customers) {
      return Mono.from(database.getCollection("notes").deleteMany(in("customer", customers)))
          .then();
    }

    @Override
    public Flux<String> subjects(Set<String> customers) {
      return Flux.from(database.getCollection("notes").find(in("customer", customers)))
          .map(note -> "notes/" + note.getString("_id"));
    }
  }

  private Erasures erasures(MongoDatabase seen) {
    return new Erasures(
        seen,
        List.of(new Notes(seen)),
        merges(seen),
        new Tombstones(seen, clock),
        new FeedScrubber(seen),
        clock);
  }

  private SubjectMerges merges(MongoDatabase seen) {
    var notes = seen.getCollection("notes");
    return new SubjectMerges(
        new SubjectAliases(seen),
        () ->
            Stream.of(
                (customer, alias) ->
                    Mono.from(
                            notes.updateMany(
                                eq("customer", alias),
                                combine(set("customer", customer), set("origin", alias))))
                        .then()),
        () ->
            Stream.of(
                (customer, alias, names) ->
                    Mono.from(notes.updateMany(in("origin", names), set("customer", alias)))
                        .then()),
        gone -> false,
        clock);
  }

  private void add(String id, String customer) {
    Mono.from(
            database
                .getCollection("notes")
                .insertOne(
                    new Document("_id", id).append("customer", customer).append("text", SECRET)))
        .block(PATIENCE);
    feed.append(List.of(event("notes/" + id, customer)), clock.instant()).block(PATIENCE);
  }

  private Event event(String subject, String customer) {
    return Outbox.event(
        "filo/notes",
        subject,
        clock.instant(),
        Actor.newBuilder().setPrincipal(customer).setRole("customer").setDevice(SECRET).build(),
        MessageSent.newBuilder()
            .setCustomer(customer)
            .setMessage(
                Message.newBuilder()
                    .setName("m/1")
                    .setText(SECRET)
                    .setAuthor(Author.newBuilder().setDisplayName(SECRET)))
            .build());
  }

  private List<Positioned> events() {
    return feed.after(0, 100).blockOptional(PATIENCE).orElseThrow();
  }

  private static boolean tells(Positioned one) {
    return one.event().toByteString().toStringUtf8().contains(SECRET);
  }

  private void world() {
    for (var collection : List.of("notes", "feed", "erased", "erasures", "aliases")) {
      Mono.from(database.getCollection(collection).deleteMany(new Document())).block(PATIENCE);
    }
    add("1", "customers/julia");
    add("2", "customers/alias");
    add("3", "customers/marco");
  }

  @Test
  void preview_changesNothing() {
    world();
    var before = everything();
    var found = erasures(database).preview(JULIA).blockOptional(PATIENCE).orElseThrow();
    assertThat(found)
        .containsExactly(
            Treatment.gone("notes", 2), new Treatment("events", Kind.ANONYMISED, 2, "followers"));
    assertThat(everything()).isEqualTo(before);
  }

  @Test
  void export_givesAllOfHersAndNothingOfOthers() {
    world();
    var parts =
        erasures(database).export(JULIA).collectList().blockOptional(PATIENCE).orElseThrow();
    assertThat(parts).extracting(Part::name).containsExactly("notes-1");
    assertThat(parts.getFirst().json())
        .contains("customers/julia", "customers/alias", SECRET)
        .doesNotContain("marco");
    assertThat(parts.getFirst()).hasToString("Part notes-1");
  }

  @Test
  void erase_leavesOthersAloneAndEventsInTheirPlaces() {
    world();
    var before = events();
    erasures(database).erase(JULIA, "erasures/one", 1).block(PATIENCE);
    assertThat(notes()).containsExactly("3");
    var after = events();
    assertThat(after).hasSize(3);
    for (int i = 0; i < 3; i++) {
      assertThat(after.get(i).position()).isEqualTo(before.get(i).position());
      assertThat(after.get(i).event().getId()).isEqualTo(before.get(i).event().getId());
      assertThat(after.get(i).event().getType()).isEqualTo(before.get(i).event().getType());
      assertThat(after.get(i).event().getSubject()).isEqualTo(before.get(i).event().getSubject());
      assertThat(tells(after.get(i))).isEqualTo(i == 2);
    }
  }

  @Test
  void erase_killedAnywhere_isFinishedWithTheSameReceipt() {
    world();
    var wanted = erasures(database).erase(JULIA, "erasures/one", 1).blockOptional(PATIENCE);
    assertThat(wanted).isPresent();
    assertThat(wanted.get().treatments())
        .containsExactlyInAnyOrder(
            Treatment.gone("notes", 2), new Treatment("events", Kind.ANONYMISED, 2, "followers"));
    int deaths = 0;
    for (int at = 1; ; at++) {
      world();
      var mortal = new MortalMongo(at);
      erasures(mortal.wrap(database))
          .erase(JULIA, "erasures/one", 1)
          .onErrorComplete()
          .block(PATIENCE);
      if (!mortal.died()) {
        break;
      }
      deaths++;
      var receipt =
          erasures(database).erase(JULIA, "erasures/one", 1).blockOptional(PATIENCE).orElseThrow();
      assertThat(receipt.treatments())
          .as("killed at write " + at)
          .containsExactlyInAnyOrderElementsOf(wanted.get().treatments());
      assertThat(notes()).containsExactly("3");
      assertThat(events()).filteredOn(ErasuresTest::tells).hasSize(1);
    }
    assertThat(deaths).as("writes of an erasure").isGreaterThanOrEqualTo(7);
  }

  /** As a service that was away knows it: for it she is still another's alias. */
  @Test
  void toldApart_beforeThisServiceHeardOfIt_keepsHers_killedAnywhere() {
    parted(JULIA, tuple("3", "customers/marco"));
  }

  @Test
  void toldApart_beforeThisServiceHeardOfIt_isErasedWithHers_killedAnywhere() {
    parted(Set.of("customers/marco"), tuple("1", "customers/julia"), tuple("2", "customers/alias"));
  }

  private void parted(Set<String> erased, Tuple... left) {
    var died = true;
    for (int at = 1; died; at++) {
      world();
      merges(database).merged("customers/julia", "customers/marco").block(PATIENCE);
      var mortal = new MortalMongo(at);
      erasures(mortal.wrap(database))
          .erase(erased, "erasures/one", 1)
          .onErrorComplete()
          .block(PATIENCE);
      died = mortal.died();
      erasures(database).erase(erased, "erasures/one", 1).block(PATIENCE);
      var notes =
          Flux.from(database.getCollection("notes").find())
              .collectList()
              .blockOptional(PATIENCE)
              .orElseThrow();
      assertThat(notes)
          .as("killed at write " + at)
          .extracting(note -> note.getString("_id"), note -> note.getString("customer"))
          .containsExactlyInAnyOrder(left);
      assertThat(new SubjectAliases(database).resolve("customers/marco").block(PATIENCE))
          .isEqualTo("customers/marco");
    }
  }

  @Test
  void secondRound_findsWhatWasOnItsWay() {
    world();
    erasures(database).erase(JULIA, "erasures/one", 1).block(PATIENCE);
    add("4", "customers/julia");
    // ... and one about a thing that is gone already.
    feed.append(List.of(event("notes/1", "customers/julia")), clock.instant()).block(PATIENCE);
    var receipt =
        erasures(database).erase(JULIA, "erasures/one", 2).blockOptional(PATIENCE).orElseThrow();
    assertThat(receipt.treatments())
        .containsExactlyInAnyOrder(
            Treatment.gone("notes", 3), new Treatment("events", Kind.ANONYMISED, 4, "followers"));
    assertThat(notes()).containsExactly("3");
    assertThat(events()).filteredOn(ErasuresTest::tells).hasSize(1);
  }

  @Test
  void tombstones_areKnownToOtherReplicas() {
    world();
    var other = new Tombstones(database, clock);
    other.prepare();
    assertThat(other.has("customers/julia")).isFalse();
    erasures(database).erase(JULIA, "erasures/one", 1).block(PATIENCE);
    other.refresh().block(PATIENCE);
    assertThat(other.has("customers/julia")).isTrue();
    assertThat(other.has("customers/alias")).isTrue();
    assertThat(other.has("customers/marco")).isFalse();
  }

  @Test
  void redaction_ofAnEventNobodyKnowsAnyMore_leavesItsEnvelopeOnly() {
    var strange = event("notes/1", "customers/julia").toBuilder();
    strange.getDataBuilder().setTypeUrl("type.googleapis.com/filo.gone.v1.Forgotten");
    var redacted = Redaction.of(strange.build());
    assertThat(redacted.getData().getValue()).isEmpty();
    assertThat(redacted.getSubject()).isEqualTo("notes/1");
    assertThat(redacted.toByteString().toStringUtf8()).doesNotContain(SECRET);
  }

  private List<String> notes() {
    return Flux.from(database.getCollection("notes").find())
        .map(note -> note.getString("_id"))
        .collectList()
        .blockOptional(PATIENCE)
        .orElseThrow();
  }

  private Map<String, List<Document>> everything() {
    var all = new LinkedHashMap<String, List<Document>>();
    for (var collection : List.of("notes", "feed", "erased", "erasures")) {
      all.put(
          collection,
          new ArrayList<>(
              Flux.from(database.getCollection(collection).find())
                  .collectList()
                  .blockOptional(PATIENCE)
                  .orElseThrow()));
    }
    return all;
  }
}
