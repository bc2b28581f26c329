package dev.filo.platform.mongo;

import com.mongodb.MongoBulkWriteException;
import com.mongodb.MongoWriteException;
import com.mongodb.bulk.BulkWriteError;
import com.mongodb.client.model.InsertManyOptions;
import com.mongodb.reactivestreams.client.MongoCollection;
import java.util.ArrayList;
import java.util.List;
import org.bson.Document;
import reactor.core.publisher.Mono;
import reactor.core.publisher.Sinks;
import reactor.util.context.ContextView;

/**
 * Documents inserted into one collection, in one message when they come at the same time
 * (docs/decisions/0015). Each is there or refused by itself, and nobody waits for others to come,
 * see {@link Groups}.
 */
public final class GroupedInserts {
  private static final int LANES = 2;
  private static final int GROUP_MAX = 100;
  private static final InsertManyOptions UNORDERED = new InsertManyOptions().ordered(false);

  private final MongoCollection<Document> collection;
  private final Groups<Asked> groups = new Groups<>(LANES, GROUP_MAX, this::write);

  /** Inserts into one collection. */
  public GroupedInserts(MongoCollection<Document> collection) {
    this.collection = collection;
  }

  /**
   * Inserts a document. Empty; an error for which {@link Mongo#isDuplicate} is true when something
   * unique in it is taken.
   */
  public Mono<Void> insert(Document document) {
    return Mono.deferContextual(
        context -> {
          var asked = new Asked(document, context, Sinks.empty());
          groups.add(asked);
          return asked.answer.asMono();
        });
  }

  private Mono<Runnable> write(List<Asked> group) {
    var documents = group.stream().map(Asked::document).toList();
    return Mono.defer(
            () ->
                documents.size() == 1
                    ? Mono.from(collection.insertOne(documents.getFirst()))
                    : Mono.from(collection.insertMany(documents, UNORDERED)))
        .map(done -> (Runnable) () -> group.forEach(one -> one.answer.tryEmitEmpty()))
        .onErrorResume(error -> Mono.just(() -> fail(group, error)))
        .contextWrite(group.getFirst().context);
  }

  /** Of many only those are refused that the server names, unless it cannot say. */
  private static void fail(List<Asked> group, Throwable error) {
    if (!(error instanceof MongoBulkWriteException some) || some.getWriteConcernError() != null) {
      group.forEach(one -> one.answer.tryEmitError(error));
      return;
    }
    var there = new ArrayList<>(group);
    for (BulkWriteError refused : some.getWriteErrors()) {
      var one = group.get(refused.getIndex());
      there.remove(one);
      one.answer.tryEmitError(
          new MongoWriteException(refused, some.getServerAddress(), some.getErrorLabels()));
    }
    there.forEach(one -> one.answer.tryEmitEmpty());
  }

  private record Asked(Document document, ContextView context, Sinks.Empty<Void> answer) {}
}
