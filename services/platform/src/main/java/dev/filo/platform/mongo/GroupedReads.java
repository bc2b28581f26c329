package dev.filo.platform.mongo;

import static com.mongodb.client.model.Filters.eq;
import static com.mongodb.client.model.Filters.in;

import com.mongodb.reactivestreams.client.MongoCollection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import org.bson.Document;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.core.publisher.Sinks;
import reactor.util.context.ContextView;

/**
 * Documents of one collection by their ids, read in one message when they are asked for at the same
 * time (docs/decisions/0015). What is read was in the database after it was asked for: a read never
 * joins one that is under way.
 */
public final class GroupedReads {
  private static final int LANES = 2;
  private static final int GROUP_MAX = 50;

  private final MongoCollection<Document> collection;
  private final Groups<Asked> groups = new Groups<>(LANES, GROUP_MAX, this::read);

  /** Reads of one collection. */
  public GroupedReads(MongoCollection<Document> collection) {
    this.collection = collection;
  }

  /** The document with this id, not to be changed; empty when there is none. */
  public Mono<Document> find(Object id) {
    return Mono.deferContextual(
        context -> {
          var asked = new Asked(id, context, Sinks.one());
          groups.add(asked);
          return asked.answer.asMono();
        });
  }

  private Mono<Runnable> read(List<Asked> group) {
    return Flux.defer(() -> collection.find(which(group)))
        .collect(
            () -> new HashMap<Object, Document>(),
            (found, document) -> found.put(document.get("_id"), document))
        .map((Map<Object, Document> found) -> (Runnable) () -> tell(group, found))
        .onErrorResume(
            error -> Mono.just(() -> group.forEach(one -> one.answer.tryEmitError(error))))
        .contextWrite(group.getFirst().context);
  }

  private static org.bson.conversions.Bson which(List<Asked> group) {
    var ids = new HashSet<Object>();
    group.forEach(one -> ids.add(one.id));
    return ids.size() == 1 ? eq("_id", ids.iterator().next()) : in("_id", ids);
  }

  private static void tell(List<Asked> group, Map<Object, Document> found) {
    for (Asked one : group) {
      var document = found.get(one.id);
      if (document == null) {
        one.answer.tryEmitEmpty();
      } else {
        one.answer.tryEmitValue(document);
      }
    }
  }

  private record Asked(Object id, ContextView context, Sinks.One<Document> answer) {}
}
