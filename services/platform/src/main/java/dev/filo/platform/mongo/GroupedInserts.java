package dev.filo.platform.mongo;

import com.mongodb.MongoBulkWriteException;
import com.mongodb.MongoWriteConcernException;
import com.mongodb.MongoWriteException;
import com.mongodb.bulk.BulkWriteError;
import com.mongodb.client.model.InsertManyOptions;
import com.mongodb.reactivestreams.client.MongoCollection;
import dev.filo.platform.mongo.Questions.Asked;
import java.util.ArrayList;
import java.util.List;
import org.bson.Document;
import reactor.core.publisher.Mono;

/**
 * Documents inserted into one collection, in one message when they come at the same time
 * (docs/decisions/0015). Each is there or refused by itself, and nobody waits for others to come,
 * see {@link Questions}.
 */
public final class GroupedInserts {
  private static final int LANES = 2;
  private static final int GROUP_MAX = 100;
  private static final InsertManyOptions UNORDERED = new InsertManyOptions().ordered(false);

  private final MongoCollection<Document> collection;
  private final Questions<Document, Void> questions =
      new Questions<>(LANES, GROUP_MAX, this::write);

  /** Inserts into one collection. */
  public GroupedInserts(MongoCollection<Document> collection) {
    this.collection = collection;
  }

  /**
   * Inserts a document. Empty; an error for which {@link Mongo#isDuplicate} is true when something
   * unique in it is taken.
   */
  public Mono<Void> insert(Document document) {
    return questions.ask(document);
  }

  private Mono<Runnable> write(List<Asked<Document, Void>> group) {
    return (group.size() == 1
            ? Mono.from(collection.insertOne(group.getFirst().question()))
            : Mono.from(
                collection.insertMany(group.stream().map(Asked::question).toList(), UNORDERED)))
        .map(done -> (Runnable) () -> group.forEach(Asked::done))
        .onErrorResume(MongoBulkWriteException.class, some -> Mono.just(() -> fail(group, some)));
  }

  /** Refuses those the server names. The others are there, though perhaps not yet for good. */
  private static void fail(List<Asked<Document, Void>> group, MongoBulkWriteException some) {
    var there = new ArrayList<>(group);
    for (BulkWriteError refused : some.getWriteErrors()) {
      var one = group.get(refused.getIndex());
      there.remove(one);
      one.fail(new MongoWriteException(refused, some.getServerAddress(), some.getErrorLabels()));
    }
    var unsure = some.getWriteConcernError();
    if (unsure == null) {
      there.forEach(Asked::done);
    } else { // not the error itself, which the refused ones may have made one of duplicates
      var error =
          new MongoWriteConcernException(
              unsure, null, some.getServerAddress(), some.getErrorLabels());
      there.forEach(one -> one.fail(error));
    }
  }
}
