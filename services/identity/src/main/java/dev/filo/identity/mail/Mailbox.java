package dev.filo.identity.mail;

import static com.mongodb.client.model.Filters.eq;
import static com.mongodb.client.model.Filters.lt;
import static com.mongodb.client.model.Sorts.descending;
import static com.mongodb.client.model.Sorts.orderBy;

import com.mongodb.client.model.Indexes;
import com.mongodb.reactivestreams.client.MongoCollection;
import com.mongodb.reactivestreams.client.MongoDatabase;
import dev.filo.identity.domain.ContactAddress;
import dev.filo.identity.service.Messenger;
import dev.filo.platform.mongo.Docs;
import dev.filo.platform.mongo.Mongo;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Date;
import org.bson.Document;
import org.bson.types.ObjectId;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/** Keeps in the database what would have been mailed or texted: for the dev profile only. */
public final class Mailbox implements Messenger {
  private final MongoCollection<Document> messages;
  private final InstantSource clock;

  /** A mailbox in a database. */
  public Mailbox(MongoDatabase database, InstantSource clock) {
    this.messages = database.getCollection("mailbox");
    this.clock = clock;
  }

  /** Makes the indexes. */
  public void prepare() {
    Mongo.index(messages, Indexes.ascending("to", "createTime"));
  }

  @Override
  public boolean serves(ContactAddress.Kind kind) {
    return true;
  }

  @Override
  public Mono<Void> send(ContactAddress to, String subject, String text) {
    return Mono.from(
            messages.insertOne(
                new Document("_id", new ObjectId())
                    .append("to", to.value())
                    .append("subject", to.kind() == ContactAddress.Kind.PHONE ? "" : subject)
                    .append("text", text)
                    .append("createTime", Date.from(clock.instant()))))
        .then();
  }

  /** A message as it would have arrived. */
  public record Letter(String to, String subject, String text, Instant createTime) {}

  /** The newest messages to an address, newest first. */
  public Flux<Letter> list(String to, int max) {
    return Flux.from(
            messages
                .find(eq("to", to))
                .sort(orderBy(descending("createTime"), descending("_id")))
                .limit(max))
        .map(
            document ->
                new Letter(
                    document.getString("to"),
                    Docs.string(document, "subject"),
                    document.getString("text"),
                    document.getDate("createTime").toInstant()));
  }

  /** Forgets messages older than a moment. */
  public Mono<Void> forget(Instant before) {
    return Mono.from(messages.deleteMany(lt("createTime", Date.from(before)))).then();
  }
}
