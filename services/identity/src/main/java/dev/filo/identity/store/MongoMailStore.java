package dev.filo.identity.store;

import static com.mongodb.client.model.Filters.eq;
import static com.mongodb.client.model.Filters.lt;

import com.mongodb.client.model.Indexes;
import com.mongodb.reactivestreams.client.MongoCollection;
import com.mongodb.reactivestreams.client.MongoDatabase;
import dev.filo.identity.service.MailStore;
import dev.filo.platform.mongo.Docs;
import dev.filo.platform.mongo.Mongo;
import java.time.Instant;
import java.util.Date;
import java.util.Objects;
import org.bson.Document;
import org.bson.types.Binary;
import reactor.core.publisher.Mono;

/** Which mail was taken, in MongoDB; neither addresses nor texts are kept. */
public final class MongoMailStore implements MailStore {
  private final MongoCollection<Document> mails;

  /** Mails in a database. */
  public MongoMailStore(MongoDatabase database) {
    this.mails = database.getCollection("sent_mails");
  }

  /** Makes the index. */
  public void prepare() {
    Mongo.index(mails, Indexes.ascending("sendTime"));
  }

  @Override
  public Mono<Sent> find(String id) {
    return Mono.from(mails.find(eq("_id", id)).first())
        .map(
            document ->
                new Sent(
                    Docs.bytes(document, "hash"),
                    Objects.requireNonNull(Docs.instant(document, "sendTime"))));
  }

  @Override
  public Mono<Void> put(String id, Sent sent) {
    return Mono.from(
            mails.insertOne(
                new Document("_id", id)
                    .append("hash", new Binary(sent.hash()))
                    .append("sendTime", Date.from(sent.sendTime()))))
        .then()
        .onErrorResume(Mongo::isDuplicate, twice -> Mono.empty());
  }

  @Override
  public Mono<Void> forget(Instant before) {
    return Mono.from(mails.deleteMany(lt("sendTime", Date.from(before)))).then();
  }
}
