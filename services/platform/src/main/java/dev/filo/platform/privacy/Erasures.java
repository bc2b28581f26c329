package dev.filo.platform.privacy;

import static com.mongodb.client.model.Filters.eq;
import static com.mongodb.client.model.Updates.addEachToSet;
import static com.mongodb.client.model.Updates.combine;
import static com.mongodb.client.model.Updates.max;
import static com.mongodb.client.model.Updates.set;
import static com.mongodb.client.model.Updates.setOnInsert;

import com.mongodb.client.model.FindOneAndUpdateOptions;
import com.mongodb.client.model.ReturnDocument;
import com.mongodb.client.model.UpdateOptions;
import com.mongodb.reactivestreams.client.MongoCollection;
import com.mongodb.reactivestreams.client.MongoDatabase;
import dev.filo.platform.auth.SubjectMerges;
import dev.filo.platform.mongo.Docs;
import dev.filo.platform.privacy.PersonalData.Kind;
import dev.filo.platform.privacy.PersonalData.Part;
import dev.filo.platform.privacy.PersonalData.Treatment;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Date;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import org.bson.Document;
import org.bson.conversions.Bson;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/**
 * Erases people in one service. First she is parted from all others; then the tombstone, so that
 * nothing new comes; then it is written down what there is and where events about it stand; then
 * all of it goes, and what is personal in those events. Each step can be repeated, by whomever: a
 * process that dies in between changes neither the outcome nor the receipt. Thread-safe.
 */
public final class Erasures {
  private static final String EVENTS = "events";

  private final MongoCollection<Document> erasures;
  private final List<PersonalData> kinds;
  private final SubjectMerges merges;
  private final Tombstones tombstones;
  private final FeedScrubber scrubber;
  private final InstantSource clock;

  /** Erases all of these kinds of data; what was done is kept in the service's own database. */
  public Erasures(
      MongoDatabase database,
      List<PersonalData> kinds,
      SubjectMerges merges,
      Tombstones tombstones,
      FeedScrubber scrubber,
      InstantSource clock) {
    this.erasures = database.getCollection("erasures");
    this.kinds = List.copyOf(kinds);
    this.merges = merges;
    this.tombstones = tombstones;
    this.scrubber = scrubber;
    this.clock = clock;
  }

  /** All there is about a person. */
  public Flux<Part> export(Set<String> customers) {
    return Flux.fromIterable(kinds).concatMap(kind -> kind.export(customers));
  }

  /** What erasing would do. One value; changes nothing. */
  public Mono<List<Treatment>> preview(Set<String> customers) {
    return subjects(customers).flatMap(subjects -> preview(customers, subjects));
  }

  private Mono<List<String>> subjects(Set<String> customers) {
    return Flux.fromIterable(kinds)
        .concatMap(kind -> kind.subjects(customers))
        .distinct()
        .collectList();
  }

  private Mono<List<Treatment>> preview(Set<String> customers, Collection<String> subjects) {
    return Flux.fromIterable(kinds)
        .concatMap(kind -> kind.preview(customers))
        .concatMapIterable(treatments -> treatments)
        .concatWith(
            scrubber
                .count(subjects)
                .map(count -> new Treatment(EVENTS, Kind.ANONYMISED, count, "followers")))
        .collectList();
  }

  /**
   * Erases a person. The receipt, the same however often it is repeated.
   *
   * @param customers all she was, as identity knows
   * @param round 1, and higher to find what was on its way during the one before
   */
  public Mono<Receipt> erase(Set<String> customers, String erasure, int round) {
    return merges
        .tellApart(customers)
        .then(Mono.defer(() -> tombstones.record(customers, erasure)))
        .then(Mono.defer(() -> subjects(customers)))
        .flatMap(subjects -> begin(erasure, subjects))
        .flatMap(
            all ->
                preview(customers, all)
                    .flatMap(found -> count(erasure, round, found))
                    .thenMany(Flux.fromIterable(kinds).concatMap(kind -> kind.erase(customers)))
                    .then(Mono.defer(() -> scrubber.scrub(all))))
        .then(Mono.defer(() -> done(erasure)));
  }

  /** All subjects known of the erasure, those of things that are gone already included. */
  private Mono<List<String>> begin(String erasure, List<String> subjects) {
    return Mono.from(
            erasures.findOneAndUpdate(
                eq("_id", erasure),
                combine(
                    setOnInsert("createTime", Date.from(clock.instant())),
                    addEachToSet("subjects", subjects)),
                new FindOneAndUpdateOptions().upsert(true).returnDocument(ReturnDocument.AFTER)))
        .map(document -> Docs.strings(document, "subjects"));
  }

  private Mono<Void> count(String erasure, int round, List<Treatment> found) {
    var updates = new ArrayList<Bson>();
    for (var treatment : found) {
      var field = "counts." + treatment.category();
      updates.add(set(field + ".kind", treatment.kind().name()));
      updates.add(set(field + ".reason", treatment.reason()));
      // What was counted before a part of it was gone is more.
      updates.add(max(field + ".round" + round, treatment.count()));
    }
    return Mono.from(
            erasures.updateOne(
                eq("_id", erasure), combine(updates), new UpdateOptions().upsert(true)))
        .then();
  }

  private Mono<Receipt> done(String erasure) {
    return Mono.from(
            erasures.findOneAndUpdate(
                eq("_id", erasure),
                set("time", Date.from(clock.instant())),
                new FindOneAndUpdateOptions().returnDocument(ReturnDocument.AFTER)))
        .map(Erasures::receipt);
  }

  /**
   * What was done.
   *
   * @param treatments by kind of thing, all rounds together
   * @param time when the last of it was done
   */
  public record Receipt(List<Treatment> treatments, Instant time) {
    /** Copies what can change. */
    public Receipt {
      treatments = List.copyOf(treatments);
    }
  }

  private static Receipt receipt(Document document) {
    var counts = new ArrayList<Treatment>();
    document
        .get("counts", new Document())
        .forEach(
            (category, value) -> {
              var counted = (Document) value;
              var rounds =
                  counted.keySet().stream()
                      .filter(key -> key.startsWith("round"))
                      .mapToLong(key -> Docs.number(counted, key));
              var kind = Kind.valueOf(counted.getString("kind"));
              // What stays is found in every round.
              long count = kind == Kind.KEPT ? rounds.max().orElse(0) : rounds.sum();
              counts.add(new Treatment(category, kind, count, Docs.string(counted, "reason")));
            });
    return new Receipt(counts, Objects.requireNonNull(Docs.instant(document, "time")));
  }
}
