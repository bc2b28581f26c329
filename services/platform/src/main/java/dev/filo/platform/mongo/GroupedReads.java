package dev.filo.platform.mongo;

import static com.mongodb.client.model.Filters.eq;
import static com.mongodb.client.model.Filters.in;

import com.mongodb.reactivestreams.client.MongoCollection;
import dev.filo.platform.mongo.Questions.Asked;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import org.bson.Document;
import org.bson.conversions.Bson;
import org.jspecify.annotations.Nullable;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/**
 * Documents of one collection by their ids, read in one message when they are asked for at the same
 * time (docs/decisions/0015). What is read was in the database after it was asked for: a read never
 * joins one that is under way.
 */
public final class GroupedReads {
  private static final int LANES = 2;
  private static final int GROUP_MAX = 50;
  private static final int IN_ONE = 100_000; // else 101 documents and a second message

  private final MongoCollection<Document> collection;
  private final @Nullable Bson fields;
  private final Questions<Collection<?>, Map<Object, Document>> questions;

  /** Reads of one collection. */
  public GroupedReads(MongoCollection<Document> collection) {
    this(collection, null, GROUP_MAX);
  }

  /**
   * Reads of some fields of the documents of one collection.
   *
   * @param fields a projection with the id; null for whole documents
   * @param most how many questions go together: less for questions about many documents each
   */
  public GroupedReads(MongoCollection<Document> collection, @Nullable Bson fields, int most) {
    this.collection = collection;
    this.fields = fields;
    this.questions = new Questions<>(LANES, most, this::read);
  }

  /** The document with this id, not to be changed; empty when there is none. */
  public Mono<Document> find(Object id) {
    return find(List.of(id)).flatMap(found -> Mono.justOrEmpty(found.get(id)));
  }

  /** The documents with these ids and perhaps others, not to be changed, by id. One value. */
  public Mono<Map<Object, Document>> find(Collection<?> ids) {
    return questions.ask(ids);
  }

  private Mono<Runnable> read(List<Asked<Collection<?>, Map<Object, Document>>> group) {
    return Flux.from(collection.find(which(group)).projection(fields).batchSize(IN_ONE))
        .collect(
            () -> new HashMap<Object, Document>(),
            (found, document) -> found.put(document.get("_id"), document))
        .map((Map<Object, Document> found) -> () -> group.forEach(one -> one.answer(found)));
  }

  private static Bson which(List<Asked<Collection<?>, Map<Object, Document>>> group) {
    var ids = new HashSet<Object>();
    group.forEach(one -> ids.addAll(one.question()));
    return ids.size() == 1 ? eq("_id", ids.iterator().next()) : in("_id", ids);
  }
}
