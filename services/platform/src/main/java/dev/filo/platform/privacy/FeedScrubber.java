package dev.filo.platform.privacy;

import static com.mongodb.client.model.Filters.and;
import static com.mongodb.client.model.Filters.eq;
import static com.mongodb.client.model.Filters.in;
import static com.mongodb.client.model.Filters.ne;
import static com.mongodb.client.model.Updates.combine;
import static com.mongodb.client.model.Updates.set;

import com.google.protobuf.InvalidProtocolBufferException;
import com.mongodb.client.model.Indexes;
import com.mongodb.reactivestreams.client.MongoCollection;
import com.mongodb.reactivestreams.client.MongoDatabase;
import dev.filo.platform.mongo.Docs;
import dev.filo.platform.mongo.Mongo;
import dev.filo.proto.feed.v1.Event;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import org.bson.Document;
import org.bson.types.Binary;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/**
 * Takes what is personal out of events that are in the service's feed already, each at its place:
 * positions, ids and types stay, so that followers go on as before.
 */
public final class FeedScrubber {
  private static final int SUBJECTS_AT_ONCE = 200;
  private static final String SCRUBBED = "scrubbed";

  private final MongoCollection<Document> feed;

  /** Scrubs the feed in a service's own database. */
  public FeedScrubber(MongoDatabase database) {
    this.feed = database.getCollection("feed");
  }

  /** Makes the index; to be called when the service starts. */
  public void prepare() {
    Mongo.index(feed, Indexes.ascending("subject"));
  }

  /** How many events about these subjects are not scrubbed yet. One value. */
  public Mono<Long> count(Collection<String> subjects) {
    return Flux.fromIterable(parts(subjects))
        .concatMap(some -> Mono.from(feed.countDocuments(unscrubbed(some))))
        .reduce(0L, Long::sum);
  }

  /** Scrubs all events about these subjects. Repeating is harmless. */
  public Mono<Void> scrub(Collection<String> subjects) {
    return Flux.fromIterable(parts(subjects))
        .concatMap(some -> Flux.from(feed.find(unscrubbed(some))))
        .concatMap(
            row ->
                Mono.from(
                    feed.updateOne(
                        eq("_id", row.get("_id")),
                        combine(
                            set("event", new Binary(Redaction.of(event(row)).toByteArray())),
                            set(SCRUBBED, true)))))
        .then();
  }

  private static org.bson.conversions.Bson unscrubbed(List<String> subjects) {
    return and(in("subject", subjects), ne(SCRUBBED, true));
  }

  private static Event event(Document row) {
    try {
      return Event.parseFrom(Docs.bytes(row, "event"));
    } catch (InvalidProtocolBufferException e) {
      throw new IllegalStateException("an event in the feed cannot be read", e);
    }
  }

  private static List<List<String>> parts(Collection<String> subjects) {
    var all = List.copyOf(subjects);
    var parts = new ArrayList<List<String>>();
    for (int from = 0; from < all.size(); from += SUBJECTS_AT_ONCE) {
      parts.add(all.subList(from, Math.min(all.size(), from + SUBJECTS_AT_ONCE)));
    }
    return parts;
  }
}
