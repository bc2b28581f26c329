package dev.filo.conversation.store;

import static com.mongodb.client.model.Filters.in;

import com.mongodb.client.model.Sorts;
import com.mongodb.reactivestreams.client.MongoCollection;
import com.mongodb.reactivestreams.client.MongoDatabase;
import dev.filo.platform.privacy.ExportDocuments;
import dev.filo.platform.privacy.PersonalData;
import java.util.List;
import java.util.Set;
import org.bson.Document;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/** Threads and all that was said in them, by whomever. */
public final class ConversationPersonalData implements PersonalData {
  private final MongoCollection<Document> threads;
  private final MongoCollection<Document> messages;

  /** Those in the service's database. */
  public ConversationPersonalData(MongoDatabase database) {
    this.threads = database.getCollection("conversations");
    this.messages = database.getCollection("messages");
  }

  @Override
  public Flux<Part> export(Set<String> customers) {
    var ids = ids(customers);
    return Flux.concat(
        ExportDocuments.of("conversations", threads.find(in("_id", ids))),
        ExportDocuments.of(
            "messages", messages.find(in("thread", ids)).sort(Sorts.ascending("_id"))));
  }

  @Override
  public Mono<List<Treatment>> preview(Set<String> customers) {
    var ids = ids(customers);
    return Mono.zip(
        Mono.from(threads.countDocuments(in("_id", ids))),
        Mono.from(messages.countDocuments(in("thread", ids))),
        (thread, message) ->
            List.of(Treatment.gone("conversations", thread), Treatment.gone("messages", message)));
  }

  @Override
  public Mono<Void> erase(Set<String> customers) {
    var ids = ids(customers);
    return Mono.from(messages.deleteMany(in("thread", ids)))
        .then(Mono.from(threads.deleteMany(in("_id", ids))))
        .then();
  }

  @Override
  public Flux<String> subjects(Set<String> customers) {
    return Flux.fromIterable(ids(customers)).map(id -> "conversations/" + id);
  }

  private static List<String> ids(Set<String> customers) {
    return customers.stream().map(name -> name.substring("customers/".length())).toList();
  }
}
