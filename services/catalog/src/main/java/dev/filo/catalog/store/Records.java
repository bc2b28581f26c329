package dev.filo.catalog.store;

import static com.mongodb.client.model.Filters.and;
import static com.mongodb.client.model.Filters.eq;
import static com.mongodb.client.model.Filters.in;
import static com.mongodb.client.model.Projections.exclude;
import static com.mongodb.client.model.Projections.include;
import static com.mongodb.client.model.Sorts.ascending;
import static com.mongodb.client.model.Updates.combine;
import static com.mongodb.client.model.Updates.set;

import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.Message;
import com.google.protobuf.Parser;
import com.mongodb.MongoBulkWriteException;
import com.mongodb.bulk.BulkWriteError;
import com.mongodb.client.model.FindOneAndUpdateOptions;
import com.mongodb.client.model.InsertManyOptions;
import com.mongodb.client.model.ReturnDocument;
import com.mongodb.reactivestreams.client.MongoCollection;
import dev.filo.platform.feed.Outbox;
import dev.filo.platform.feed.Relay;
import dev.filo.platform.mongo.Docs;
import dev.filo.proto.feed.v1.Event;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.bson.Document;
import org.bson.conversions.Bson;
import org.bson.types.Binary;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/**
 * Records of one kind, one document each: the record as its proto, its version, a hash of its
 * content, and what it is found by. Written in bulk; a write that meets another one is not made.
 */
final class Records<T extends Message> {
  /** The fields that hold the record itself. */
  private static final String CONTENT = "content";

  private static final String VERSION = "version";
  private static final String HASH = "hash";
  private static final int INSERT_BATCH = 100;
  // Enough to share a journal write, few enough to leave connections to others.
  private static final int UPDATES_AT_ONCE = 16;
  private static final int DUPLICATE_KEY = 11000;

  private final MongoCollection<Document> documents;
  private final Relay relay;
  private final Parser<T> parser;

  Records(MongoCollection<Document> documents, Relay relay, Parser<T> parser) {
    this.documents = documents;
    this.relay = relay;
    this.parser = parser;
  }

  /** How a record stands, without its content. */
  record State(long version, Binary hash) {
    /** How a record stands that is not there. */
    static final State ABSENT = new State(0, new Binary(new byte[0]));
  }

  /**
   * A record to be written.
   *
   * @param version what it will have: one more than was seen
   * @param fields what it is found by
   */
  record Write<T extends Message>(
      String id, long version, T content, Binary hash, Map<String, ?> fields, Event event) {}

  /** How these stand; those that are not there are absent. */
  Mono<Map<String, State>> states(Collection<String> ids) {
    return Flux.from(documents.find(in("_id", ids)).projection(include(VERSION, HASH)))
        .collectMap(
            document -> document.getString("_id"),
            document ->
                new State(Docs.number(document, VERSION), new Binary(Docs.bytes(document, HASH))));
  }

  /** The records with these ids that are there, in no order. */
  Flux<Kept<T>> byIds(Collection<String> ids) {
    return ids.isEmpty() ? Flux.empty() : found(in("_id", ids));
  }

  /** The records a filter lets through, in no order. */
  Flux<Kept<T>> found(Bson filter) {
    return Flux.from(documents.find(filter).projection(exclude(Outbox.FIELD))).map(this::read);
  }

  /** All records, by id. */
  Flux<Kept<T>> all() {
    return Flux.from(
            documents
                .find()
                .sort(ascending("_id"))
                .projection(exclude(Outbox.FIELD))
                .batchSize(200))
        .map(this::read);
  }

  private Kept<T> read(Document document) {
    try {
      return new Kept<>(
          document.getString("_id"),
          Docs.number(document, VERSION),
          parser.parseFrom(Docs.bytes(document, CONTENT)));
    } catch (InvalidProtocolBufferException e) {
      throw new IllegalStateException(document.getString("_id") + " cannot be read", e);
    }
  }

  /** Writes records, each by itself. One value: the ids of those that another write had met. */
  Mono<Set<String>> write(List<Write<T>> writes, Instant now) {
    var fresh = writes.stream().filter(write -> write.version == 1).toList();
    var changed = writes.stream().filter(write -> write.version > 1).toList();
    return Flux.concat(
            Flux.fromIterable(fresh)
                .buffer(INSERT_BATCH)
                .concatMap(batch -> insert(batch, now).flatMapIterable(missed -> missed)),
            Flux.fromIterable(changed).flatMap(write -> update(write, now), UPDATES_AT_ONCE))
        .collect(HashSet::new, Set::add);
  }

  private Mono<List<String>> insert(List<Write<T>> batch, Instant now) {
    var rows = batch.stream().map(write -> document(write, now)).toList();
    return Mono.from(documents.insertMany(rows, new InsertManyOptions().ordered(false)))
        .map(result -> List.<String>of())
        .onErrorResume(MongoBulkWriteException.class, error -> Mono.just(missed(rows, error)))
        .doOnNext(
            missed -> {
              for (Document row : rows) {
                if (!missed.contains(row.getString("_id"))) {
                  relay.offer(documents, row);
                }
              }
            });
  }

  private static List<String> missed(List<Document> rows, MongoBulkWriteException error) {
    return duplicates(error).stream().map(index -> rows.get(index).getString("_id")).toList();
  }

  /** The places of the rows that were there already; any other failure is thrown on. */
  static List<Integer> duplicates(MongoBulkWriteException error) {
    var places = new ArrayList<Integer>();
    for (BulkWriteError one : error.getWriteErrors()) {
      if (one.getCode() != DUPLICATE_KEY) {
        throw error;
      }
      places.add(one.getIndex());
    }
    if (places.isEmpty()) { // the write concern was not met
      throw error;
    }
    return places;
  }

  private Document document(Write<T> write, Instant now) {
    var document =
        new Document("_id", write.id)
            .append(VERSION, write.version)
            .append(HASH, write.hash)
            .append(CONTENT, new Binary(write.content.toByteArray()));
    document.putAll(write.fields);
    return Outbox.with(document, List.of(write.event), now);
  }

  private Mono<String> update(Write<T> write, Instant now) {
    var parts = new ArrayList<Bson>();
    parts.add(set(VERSION, write.version));
    parts.add(set(HASH, write.hash));
    parts.add(set(CONTENT, new Binary(write.content.toByteArray())));
    write.fields.forEach((field, value) -> parts.add(set(field, value)));
    parts.add(Outbox.record(List.of(write.event), now));
    return Mono.from(
            documents.findOneAndUpdate(
                and(eq("_id", write.id), eq(VERSION, write.version - 1)),
                combine(parts),
                new FindOneAndUpdateOptions()
                    .returnDocument(ReturnDocument.AFTER)
                    .projection(include(Outbox.FIELD))))
        .doOnNext(document -> relay.offer(documents, document))
        .map(document -> "")
        .defaultIfEmpty(write.id)
        .filter(missed -> !missed.isEmpty());
  }
}
