package dev.filo.platform.mongo;

import static com.mongodb.client.model.Filters.and;
import static com.mongodb.client.model.Filters.eq;
import static com.mongodb.client.model.Filters.in;
import static com.mongodb.client.model.Projections.include;
import static com.mongodb.client.model.Updates.combine;
import static com.mongodb.client.model.Updates.set;

import com.mongodb.MongoBulkWriteException;
import com.mongodb.bulk.BulkWriteError;
import com.mongodb.client.model.BulkWriteOptions;
import com.mongodb.client.model.UpdateOneModel;
import com.mongodb.reactivestreams.client.MongoCollection;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.atomic.AtomicInteger;
import org.bson.Document;
import org.bson.conversions.Bson;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.core.publisher.Sinks;
import reactor.util.context.ContextView;

/**
 * Conditional updates of single documents of one collection, written in one message when they come
 * at the same time: what a database does for a message, its waiting for the log and for the other
 * members included, is several times what it does for one more document in it
 * (docs/decisions/0015). Nobody waits for others to come: an update goes at once while fewer than
 * two messages are under way, those that come meanwhile go together in the next.
 */
public final class GroupedUpdates {
  /**
   * The field that tells which grouped update wrote a document last: a message's answer says how
   * many of its updates found their document, not which.
   */
  public static final String WRITTEN_BY = "writtenBy";

  private static final int LANES = 2;
  private static final int GROUP_MAX = 100;
  private static final BulkWriteOptions UNORDERED = new BulkWriteOptions().ordered(false);

  private final MongoCollection<Document> collection;
  private final Queue<Asked> waiting = new ConcurrentLinkedQueue<>();
  private final AtomicInteger underWay = new AtomicInteger();

  /** Updates of one collection. */
  public GroupedUpdates(MongoCollection<Document> collection) {
    this.collection = collection;
  }

  /**
   * Updates one document. One value: whether it was there and met the condition. It may be false
   * though it did, when another process has overwritten the document within a few milliseconds: so
   * what was asked is to be harmless when it is repeated.
   *
   * @param condition what the document has to meet beside its {@code _id}
   */
  public Mono<Boolean> update(Object id, Bson condition, Bson update) {
    return Mono.deferContextual(
        context -> {
          var asked =
              new Asked(
                  id,
                  condition,
                  update,
                  ThreadLocalRandom.current().nextLong(),
                  context,
                  Sinks.one());
          waiting.add(asked);
          send();
          return asked.answer.asMono();
        });
  }

  private void send() {
    while (!waiting.isEmpty() && takeLane()) {
      var group = new ArrayList<Asked>();
      for (var one = waiting.poll(); one != null; one = waiting.poll()) {
        group.add(one);
        if (group.size() == GROUP_MAX) {
          break;
        }
      }
      if (group.isEmpty()) {
        underWay.decrementAndGet(); // another thread took them; whoever came since is seen above
      } else {
        write(group)
            .contextWrite(group.getFirst().context)
            .doFinally(
                end -> {
                  underWay.decrementAndGet();
                  send();
                })
            .subscribe();
      }
    }
  }

  private boolean takeLane() {
    return underWay.getAndUpdate(lanes -> Math.min(LANES, lanes + 1)) < LANES;
  }

  private Mono<Void> write(List<Asked> group) {
    return Mono.defer(() -> group.size() == 1 ? alone(group.getFirst()) : together(group))
        .onErrorResume(
            error -> {
              group.forEach(one -> one.answer.tryEmitError(error));
              return Mono.empty();
            });
  }

  private Mono<Void> alone(Asked one) {
    return Mono.from(collection.updateOne(one.which(), one.update))
        .doOnNext(result -> one.answer.tryEmitValue(result.getMatchedCount() == 1))
        .then();
  }

  private Mono<Void> together(List<Asked> group) {
    return Mono.from(collection.bulkWrite(group.stream().map(Asked::model).toList(), UNORDERED))
        .flatMap(
            result -> {
              if (result.getMatchedCount() < group.size()) {
                return look(group);
              }
              group.forEach(one -> one.answer.tryEmitValue(true));
              return Mono.empty();
            })
        .onErrorResume(
            error ->
                error instanceof MongoBulkWriteException some
                    && some.getWriteConcernError() == null,
            error -> {
              var rest = new ArrayList<>(group);
              for (BulkWriteError one : ((MongoBulkWriteException) error).getWriteErrors()) {
                var failed = group.get(one.getIndex());
                failed.answer.tryEmitError(error);
                rest.remove(failed);
              }
              return look(rest);
            });
  }

  /** Looks which of some updates have found their documents. */
  private Mono<Void> look(List<Asked> group) {
    return Flux.from(
            collection
                .find(in("_id", group.stream().map(Asked::id).toList()))
                .projection(include(WRITTEN_BY)))
        .collect(
            () -> new HashMap<Object, Object>(),
            (found, document) -> found.put(document.get("_id"), document.get(WRITTEN_BY)))
        .doOnNext(
            (Map<Object, Object> found) ->
                group.forEach(one -> one.answer.tryEmitValue(one.mark().equals(found.get(one.id)))))
        .then();
  }

  private record Asked(
      Object id,
      Bson condition,
      Bson update,
      Long mark,
      ContextView context,
      Sinks.One<Boolean> answer) {

    Bson which() {
      return and(eq("_id", id), condition);
    }

    UpdateOneModel<Document> model() {
      return new UpdateOneModel<>(which(), combine(update, set(WRITTEN_BY, mark)));
    }
  }
}
