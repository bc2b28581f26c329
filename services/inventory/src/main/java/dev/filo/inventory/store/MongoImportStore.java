package dev.filo.inventory.store;

import static com.mongodb.client.model.Filters.eq;

import com.mongodb.WriteConcern;
import com.mongodb.client.model.FindOneAndUpdateOptions;
import com.mongodb.client.model.ReturnDocument;
import com.mongodb.client.model.Updates;
import com.mongodb.reactivestreams.client.MongoCollection;
import com.mongodb.reactivestreams.client.MongoDatabase;
import dev.filo.inventory.service.ImportStore;
import dev.filo.platform.mongo.Docs;
import dev.filo.platform.mongo.Mongo;
import java.time.Instant;
import java.util.Date;
import org.bson.Document;
import org.bson.conversions.Bson;
import reactor.core.publisher.Mono;

/** How far imports are in MongoDB, {@code _id} = the import's id. */
public final class MongoImportStore implements ImportStore {
  private static final FindOneAndUpdateOptions AFTER =
      new FindOneAndUpdateOptions().upsert(true).returnDocument(ReturnDocument.AFTER);

  private final MongoCollection<Document> imports;

  /** Imports in a service's own database. */
  public MongoImportStore(MongoDatabase database) {
    // The rows themselves are safe when it is noted how far they are: a note that is lost says too
    // little, and is not worth waiting for the journal at every request.
    this.imports = database.getCollection("imports").withWriteConcern(WriteConcern.W1);
  }

  @Override
  public Mono<Progress> begin(String id, Instant now) {
    return update(id, Updates.setOnInsert("startTime", Date.from(now)))
        // Two began it at once: the other was first.
        .onErrorResume(
            Mongo::isDuplicate,
            error ->
                Mono.from(imports.find(eq("_id", id)).first()).map(MongoImportStore::progress));
  }

  @Override
  public Mono<Progress> advance(Progress done, Instant now) {
    return update(
        done.id(),
        Updates.combine(
            Updates.setOnInsert("startTime", Date.from(done.startTime())),
            Updates.max("lastRow", done.lastRow()),
            Updates.inc("recorded", done.recorded()),
            Updates.inc("repeated", done.repeated()),
            Updates.inc("refused", done.refused()),
            Updates.set("updateTime", Date.from(now))));
  }

  private Mono<Progress> update(String id, Bson update) {
    return Mono.from(imports.findOneAndUpdate(eq("_id", id), update, AFTER))
        .map(MongoImportStore::progress);
  }

  private static Progress progress(Document document) {
    var start = Docs.instant(document, "startTime");
    return new Progress(
        document.getString("_id"),
        start == null ? Instant.EPOCH : start,
        Docs.number(document, "lastRow"),
        Docs.number(document, "recorded"),
        Docs.number(document, "repeated"),
        Docs.number(document, "refused"));
  }
}
