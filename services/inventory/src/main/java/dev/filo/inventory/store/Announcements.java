package dev.filo.inventory.store;

import static com.mongodb.client.model.Filters.eq;
import static com.mongodb.client.model.Filters.lt;

import com.google.protobuf.InvalidProtocolBufferException;
import com.mongodb.reactivestreams.client.MongoCollection;
import com.mongodb.reactivestreams.client.MongoDatabase;
import dev.filo.platform.code.Ids;
import dev.filo.platform.mongo.Docs;
import dev.filo.proto.feed.v1.Event;
import java.time.Instant;
import java.util.Date;
import java.util.List;
import org.bson.Document;
import org.bson.types.Binary;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/**
 * What hundreds of levels are about to tell, in one document that is there before they are written:
 * for the rows of an import, whose levels would each pay for an outbox and for emptying it. Whether
 * a level was written after all its own document says.
 */
final class Announcements {
  private final MongoCollection<Document> announcements;

  Announcements(MongoDatabase database) {
    this.announcements = database.getCollection("announcements");
  }

  /**
   * What a level tells once it has a movement.
   *
   * @param sequence of the movement on its level; another one is another try's
   */
  record Row(String level, String movement, long sequence, Event event) {
    /** A row whose event has the same id whoever tells it. */
    static Row of(String level, String movement, long sequence, Event event) {
      var id = Ids.derived(movement, Long.toString(sequence));
      return new Row(level, movement, sequence, event.toBuilder().setId(id).build());
    }
  }

  /** What somebody announced and did not forget. */
  record Left(String id, List<Row> rows) {}

  Mono<Void> insert(String id, List<Row> rows, Instant now) {
    return Mono.from(
            announcements.insertOne(
                new Document("_id", id)
                    .append("time", Date.from(now))
                    .append("rows", rows.stream().map(Announcements::document).toList())))
        .then();
  }

  Mono<Void> delete(String id) {
    return Mono.from(announcements.deleteOne(eq("_id", id))).then();
  }

  Flux<Left> left(Instant before, int limit) {
    return Flux.from(announcements.find(lt("time", Date.from(before))).limit(limit))
        .map(
            document ->
                new Left(
                    document.getString("_id"),
                    Docs.list(document, "rows").stream().map(Announcements::row).toList()));
  }

  private static Document document(Row row) {
    return new Document("level", row.level)
        .append("movement", row.movement)
        .append("sequence", row.sequence)
        .append("event", new Binary(row.event.toByteArray()));
  }

  private static Row row(Document document) {
    try {
      return new Row(
          Docs.string(document, "level"),
          Docs.string(document, "movement"),
          Docs.number(document, "sequence"),
          Event.parseFrom(Docs.bytes(document, "event")));
    } catch (InvalidProtocolBufferException e) {
      throw new IllegalStateException("an announced event cannot be read", e);
    }
  }
}
