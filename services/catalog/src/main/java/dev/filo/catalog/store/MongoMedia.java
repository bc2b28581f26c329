package dev.filo.catalog.store;

import static com.mongodb.client.model.Filters.eq;
import static com.mongodb.client.model.Filters.in;
import static com.mongodb.client.model.Projections.include;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import com.mongodb.MongoBulkWriteException;
import com.mongodb.client.model.InsertManyOptions;
import com.mongodb.reactivestreams.client.MongoCollection;
import com.mongodb.reactivestreams.client.MongoDatabase;
import dev.filo.platform.code.Ids;
import dev.filo.platform.mongo.Docs;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Date;
import java.util.HashSet;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import org.bson.Document;
import org.bson.types.Binary;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/** Pictures under the hash of their content: the same bytes are kept once. */
public final class MongoMedia {
  // Half of SHA-256: 128 bits, more than enough to tell pictures apart.
  private static final int HASH_BYTES = 16;
  private static final int INSERT_BATCH = 20; // of at most 1 MiB each: below a message's 48 MiB
  // The pictures of a busy shop window; a service fits 256 MiB.
  private static final long CACHE_BYTES = 16L * 1024 * 1024;

  private final MongoCollection<Document> media;
  private final Cache<String, Picture> cache =
      Caffeine.newBuilder()
          .maximumWeight(CACHE_BYTES)
          .weigher((String id, Picture picture) -> picture.data.length + 200)
          .build();

  /** Pictures of this database. */
  public MongoMedia(MongoDatabase database) {
    media = database.getCollection("media");
  }

  /** A picture; what is in {@code data} is never changed. */
  @SuppressWarnings("ArrayRecordComponent") // handed through, never compared
  public record Picture(String contentType, byte[] data) {}

  /** The id of a picture: what it is, not who brought it. */
  public static String id(byte[] data, String extension) {
    return HexFormat.of().formatHex(Ids.sha256(data), 0, HASH_BYTES) + "." + extension;
  }

  /** A picture by its id. Empty when there is none. */
  public Mono<Picture> get(String id) {
    var known = cache.getIfPresent(id);
    if (known != null) {
      return Mono.just(known);
    }
    return Mono.from(media.find(eq("_id", id)).first())
        .map(row -> new Picture(Docs.string(row, "contentType"), Docs.bytes(row, "data")))
        .doOnNext(picture -> cache.put(id, picture));
  }

  /** Keeps pictures by their ids. Completes when all are there. */
  public Mono<Void> put(Map<String, Picture> pictures, Instant now) {
    return Flux.from(media.find(in("_id", pictures.keySet())).projection(include("_id")))
        .map(row -> row.getString("_id"))
        .collect(HashSet<String>::new, HashSet::add)
        .flatMapMany(
            there -> {
              var rows = new ArrayList<Document>();
              pictures.forEach(
                  (id, picture) -> {
                    if (!there.contains(id)) {
                      rows.add(
                          new Document("_id", id)
                              .append("contentType", picture.contentType)
                              .append("data", new Binary(picture.data))
                              .append("createTime", Date.from(now)));
                    }
                  });
              return Flux.fromIterable(rows).buffer(INSERT_BATCH).concatMap(this::insert);
            })
        .then();
  }

  private Mono<Void> insert(List<Document> rows) {
    return Mono.from(media.insertMany(rows, new InsertManyOptions().ordered(false)))
        .then()
        .onErrorResume(
            MongoBulkWriteException.class,
            error -> {
              Records.duplicates(error); // somebody else brought the same: fine
              return Mono.empty();
            });
  }
}
