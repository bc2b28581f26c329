package dev.filo.identity.store;

import static com.mongodb.client.model.Filters.eq;
import static com.mongodb.client.model.Sorts.ascending;
import static com.mongodb.client.model.Updates.setOnInsert;

import com.mongodb.client.model.FindOneAndUpdateOptions;
import com.mongodb.client.model.IndexOptions;
import com.mongodb.client.model.Indexes;
import com.mongodb.client.model.ReturnDocument;
import com.mongodb.reactivestreams.client.MongoCollection;
import com.mongodb.reactivestreams.client.MongoDatabase;
import dev.filo.identity.domain.KeptKey;
import dev.filo.identity.service.KeyStore;
import dev.filo.platform.mongo.Docs;
import dev.filo.platform.mongo.Mongo;
import java.util.Date;
import org.bson.Document;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/** Signing keys in MongoDB, their private halves encrypted. */
public final class MongoKeyStore implements KeyStore {
  private final MongoCollection<Document> keys;
  private final MongoCollection<Document> settings;

  /** Keys in a database. */
  public MongoKeyStore(MongoDatabase database) {
    this.keys = database.getCollection("signing_keys");
    this.settings = database.getCollection("settings");
  }

  /** Makes the index that lets a number be taken once. */
  public void prepare() {
    Mongo.index(keys, Indexes.ascending("number"), new IndexOptions().unique(true));
  }

  @Override
  public Flux<KeptKey> keys() {
    return Flux.from(keys.find().sort(ascending("number")))
        .map(
            document ->
                new KeptKey(
                    document.getString("_id"),
                    Docs.number(document, "number"),
                    document.getString("public"),
                    document.getString("sealed"),
                    document.getDate("activeTime").toInstant()));
  }

  @Override
  public Mono<Boolean> add(KeptKey key) {
    return Mono.from(
            keys.insertOne(
                new Document("_id", key.id())
                    .append("number", key.number())
                    .append("public", key.publicJwk())
                    .append("sealed", key.sealedJwk())
                    .append("activeTime", Date.from(key.activeTime()))))
        .thenReturn(true)
        .onErrorResume(Mongo::isDuplicate, e -> Mono.just(false));
  }

  @Override
  public Mono<Void> remove(String id) {
    return Mono.from(keys.deleteOne(eq("_id", id))).then();
  }

  @Override
  public Mono<String> localSecret(String candidate) {
    return Mono.from(
            settings.findOneAndUpdate(
                eq("_id", "local-secret"),
                setOnInsert("value", candidate),
                new FindOneAndUpdateOptions().upsert(true).returnDocument(ReturnDocument.AFTER)))
        .map(document -> document.getString("value"));
  }
}
