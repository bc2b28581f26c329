package dev.filo.identity.store;

import static com.mongodb.client.model.Filters.and;
import static com.mongodb.client.model.Filters.empty;
import static com.mongodb.client.model.Filters.eq;
import static com.mongodb.client.model.Filters.exists;
import static com.mongodb.client.model.Filters.lt;
import static com.mongodb.client.model.Filters.or;
import static com.mongodb.client.model.Sorts.descending;
import static com.mongodb.client.model.Updates.combine;
import static com.mongodb.client.model.Updates.set;
import static com.mongodb.client.model.Updates.unset;

import com.google.protobuf.Message;
import com.google.protobuf.Parser;
import com.mongodb.client.model.IndexOptions;
import com.mongodb.client.model.Indexes;
import com.mongodb.reactivestreams.client.MongoCollection;
import com.mongodb.reactivestreams.client.MongoDatabase;
import dev.filo.identity.domain.AuditAct;
import dev.filo.identity.domain.Graph;
import dev.filo.identity.domain.MergeCase;
import dev.filo.identity.service.ActStore;
import dev.filo.identity.service.MergeCaseStore;
import dev.filo.platform.mongo.Docs;
import dev.filo.platform.mongo.Mongo;
import dev.filo.platform.mongo.Requests;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Date;
import java.util.HashSet;
import java.util.List;
import org.bson.Document;
import org.bson.conversions.Bson;
import org.jspecify.annotations.Nullable;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/** Cases in MongoDB: {@code mergeCases}, a document each. */
public final class MongoMergeCaseStore implements MergeCaseStore {
  private final MongoCollection<Document> cases;
  private final PendingActs acts;

  /** Cases in a database. */
  public MongoMergeCaseStore(MongoDatabase database) {
    this.cases = database.getCollection("mergeCases");
    this.acts =
        new PendingActs(
            cases,
            act -> act.changes().getOrDefault("mergeCase", "").substring("mergeCases/".length()));
  }

  /** Makes the indexes; to be called when the service starts. */
  public void prepare() {
    Mongo.index(
        cases,
        Indexes.compoundIndex(Indexes.ascending("state"), Indexes.descending("createTime", "_id")));
    Mongo.index(cases, Indexes.descending("createTime", "_id"));
    Mongo.index(cases, Indexes.ascending("pendingSince"), new IndexOptions().sparse(true));
    acts.prepare();
  }

  @Override
  public Mono<MergeCase> find(String id) {
    return Mono.from(cases.find(eq("_id", id)).first()).map(MongoMergeCaseStore::read);
  }

  @Override
  public Mono<Boolean> add(MergeCase opened) {
    var document = new Document("_id", opened.id()).append("one", opened.one());
    document
        .append("other", opened.other())
        .append("createTime", Date.from(opened.createTime()))
        .append("cause", opened.cause().name())
        .append("identifiers", List.copyOf(opened.identifiers()))
        .append("state", opened.state().name())
        .append("factTime", Date.from(opened.factTime()))
        .append("version", opened.version());
    return Mono.from(cases.insertOne(document))
        .thenReturn(true)
        .onErrorResume(Mongo::isDuplicate, error -> Mono.just(false));
  }

  @Override
  public Mono<Boolean> replace(
      MergeCase seen, MergeCase next, @Nullable Remembered remembered, @Nullable AuditAct act) {
    var changes = new ArrayList<Bson>();
    changes.add(set("cause", next.cause().name()));
    changes.add(set("identifiers", List.copyOf(next.identifiers())));
    changes.add(set("state", next.state().name()));
    changes.add(set("factTime", Date.from(next.factTime())));
    changes.add(set("decidedBy", next.decidedBy()));
    var decided = next.decideTime();
    changes.add(decided == null ? unset("decideTime") : set("decideTime", Date.from(decided)));
    changes.add(
        next.pending() && decided != null
            ? set("pendingSince", Date.from(decided))
            : unset("pendingSince"));
    changes.add(set("version", next.version()));
    if (remembered != null && !remembered.requestId().isEmpty() && decided != null) {
      changes.add(
          Requests.remember(
              remembered.requestId(), remembered.request(), remembered.answer(), decided));
    }
    if (act != null) {
      changes.add(PendingActs.record(act));
    }
    return Mono.from(
            cases.updateOne(
                and(eq("_id", seen.id()), eq("version", seen.version())), combine(changes)))
        .map(result -> result.getMatchedCount() == 1);
  }

  @Override
  public ActStore acts() {
    return acts;
  }

  @Override
  public Mono<Void> done(String id, long version) {
    return Mono.from(
            cases.updateOne(and(eq("_id", id), eq("version", version)), unset("pendingSince")))
        .then();
  }

  @Override
  public Mono<List<MergeCase>> list(MergeCase.@Nullable State state, String after, int limit) {
    Bson filter = state == null ? empty() : eq("state", state.name());
    var from =
        after.isEmpty()
            ? Mono.just(filter)
            : find(after)
                .map(
                    last -> {
                      var time = Date.from(last.createTime());
                      return and(
                          filter,
                          or(
                              lt("createTime", time),
                              and(eq("createTime", time), lt("_id", after))));
                    })
                .defaultIfEmpty(filter);
    return from.flatMap(
        wanted ->
            Flux.from(cases.find(wanted).sort(descending("createTime", "_id")).limit(limit))
                .map(MongoMergeCaseStore::read)
                .collectList());
  }

  @Override
  public Flux<MergeCase> pending(Instant before) {
    return Flux.from(cases.find(and(exists("pendingSince"), lt("pendingSince", Date.from(before)))))
        .map(MongoMergeCaseStore::read);
  }

  @Override
  public <T extends Message> Mono<T> remembered(
      String id, String requestId, Message request, Parser<T> parser) {
    return Requests.remembered(cases, id, requestId, request, parser);
  }

  private static MergeCase read(Document document) {
    return new MergeCase(
        document.getString("_id"),
        document.getString("one"),
        document.getString("other"),
        Graph.Cause.valueOf(document.getString("cause")),
        new HashSet<>(Docs.strings(document, "identifiers")),
        MergeCase.State.valueOf(document.getString("state")),
        document.getDate("createTime").toInstant(),
        document.getDate("factTime").toInstant(),
        Docs.string(document, "decidedBy"),
        Docs.instant(document, "decideTime"),
        Docs.number(document, "version"),
        document.containsKey("pendingSince"));
  }
}
