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
import dev.filo.platform.mongo.Questions.Asked;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ThreadLocalRandom;
import org.bson.Document;
import org.bson.conversions.Bson;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/**
 * Conditional updates of single documents of one collection, written in one message when they come
 * at the same time: what a database does for a message, its waiting for the log and for the other
 * members included, is several times what it does for one more document in it
 * (docs/decisions/0015). Nobody waits for others to come, see {@link Questions}.
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
  private final Questions<Update, Boolean> questions =
      new Questions<>(LANES, GROUP_MAX, this::write);

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
    return Mono.defer(
        () ->
            questions.ask(
                new Update(id, condition, update, ThreadLocalRandom.current().nextLong())));
  }

  private Mono<Runnable> write(List<Asked<Update, Boolean>> group) {
    return group.size() == 1 ? alone(group.getFirst()) : together(group);
  }

  private Mono<Runnable> alone(Asked<Update, Boolean> one) {
    var wanted = one.question();
    return Mono.from(collection.updateOne(wanted.which(), wanted.update))
        .map(result -> () -> one.answer(result.getMatchedCount() == 1));
  }

  private Mono<Runnable> together(List<Asked<Update, Boolean>> group) {
    return Mono.from(
            collection.bulkWrite(
                group.stream().map(one -> one.question().model()).toList(), UNORDERED))
        .flatMap(
            result ->
                result.getMatchedCount() < group.size()
                    ? look(group)
                    : Mono.just(() -> group.forEach(one -> one.answer(true))))
        .onErrorResume(
            error ->
                error instanceof MongoBulkWriteException some
                    && some.getWriteConcernError() == null,
            error -> {
              var failed = new ArrayList<Asked<Update, Boolean>>();
              for (BulkWriteError one : ((MongoBulkWriteException) error).getWriteErrors()) {
                failed.add(group.get(one.getIndex()));
              }
              var rest = new ArrayList<>(group);
              rest.removeAll(failed);
              return look(rest)
                  .map(
                      told ->
                          () -> {
                            failed.forEach(one -> one.fail(error));
                            told.run();
                          });
            });
  }

  /** Looks which of some updates have found their documents. */
  private Mono<Runnable> look(List<Asked<Update, Boolean>> group) {
    return Flux.from(
            collection
                .find(in("_id", group.stream().map(one -> one.question().id).toList()))
                .projection(include(WRITTEN_BY)))
        .collect(
            () -> new HashMap<Object, Object>(),
            (found, document) -> found.put(document.get("_id"), document.get(WRITTEN_BY)))
        .map(
            (Map<Object, Object> found) ->
                () -> group.forEach(one -> one.answer(one.question().isLastOf(found))));
  }

  private record Update(Object id, Bson condition, Bson update, Long mark) {
    Bson which() {
      return and(eq("_id", id), condition);
    }

    boolean isLastOf(Map<Object, Object> writtenBy) {
      return mark.equals(writtenBy.get(id));
    }

    UpdateOneModel<Document> model() {
      return new UpdateOneModel<>(which(), combine(update, set(WRITTEN_BY, mark)));
    }
  }
}
