package dev.filo.platform.feed;

import static com.mongodb.client.model.Filters.eq;
import static com.mongodb.client.model.Filters.gt;
import static com.mongodb.client.model.Filters.in;
import static com.mongodb.client.model.Filters.lt;
import static com.mongodb.client.model.Projections.include;
import static com.mongodb.client.model.Sorts.ascending;
import static com.mongodb.client.model.Sorts.descending;

import com.google.protobuf.InvalidProtocolBufferException;
import com.mongodb.ReadConcern;
import com.mongodb.client.model.IndexOptions;
import com.mongodb.client.model.Indexes;
import com.mongodb.reactivestreams.client.MongoCollection;
import com.mongodb.reactivestreams.client.MongoDatabase;
import dev.filo.platform.mongo.Docs;
import dev.filo.platform.mongo.Mongo;
import dev.filo.proto.feed.v1.Event;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Date;
import java.util.HashSet;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import org.bson.Document;
import org.bson.types.Binary;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/**
 * A service's events in one order. Positions are given by inserting at the next number: a number is
 * only ever used after the one before it can be read, so a reader that goes by number misses
 * nothing, however many replicas write.
 */
public final class FeedStore {
  private static final int RETRIES_MAX = 50;

  private final MongoCollection<Document> feed;
  // A follower must not see an event that a failover takes back: its position would skip the one
  // that comes in its place.
  private final MongoCollection<Document> settled;
  // Where this process appended last; another replica may be further, which an insert finds out.
  private final AtomicLong appended = new AtomicLong();

  /** The feed in a service's own database. */
  public FeedStore(MongoDatabase database) {
    this.feed = database.getCollection("feed");
    this.settled = feed.withReadConcern(ReadConcern.MAJORITY);
  }

  /** Makes the indexes. */
  public void prepare() {
    Mongo.index(feed, Indexes.ascending("eventId"), new IndexOptions().unique(true));
  }

  /**
   * Appends events in this order; those that are there already stay where they are. One value once
   * all are there: the position of the first, the others following it; 0 when some had been there
   * or there were none.
   */
  public Mono<Long> append(List<Event> events, Instant now) {
    return append(events, now, 0);
  }

  private Mono<Long> append(List<Event> events, Instant now, int tries) {
    if (events.isEmpty()) {
      return Mono.just(0L);
    }
    long known = tries == 0 ? appended.get() : 0;
    return (known > 0 ? Mono.just(known) : last())
        .flatMap(
            last -> {
              var rows = new ArrayList<Document>(events.size());
              long position = last;
              for (Event event : events) {
                rows.add(
                    new Document("_id", ++position)
                        .append("eventId", event.getId())
                        .append("type", event.getType())
                        .append("subject", event.getSubject())
                        .append("time", Date.from(now))
                        .append("event", new Binary(event.toByteArray())));
              }
              long end = position;
              return Mono.from(feed.insertMany(rows))
                  .map(
                      done -> {
                        appended.set(end);
                        return last + 1;
                      });
            })
        .onErrorResume(
            error -> Mongo.isDuplicate(error) && tries < RETRIES_MAX,
            error ->
                missing(events)
                    .flatMap(
                        rest ->
                            append(rest, now, tries + 1)
                                .map(first -> rest.size() == events.size() ? first : 0L)));
  }

  private Mono<List<Event>> missing(List<Event> events) {
    var ids = events.stream().map(Event::getId).toList();
    return Flux.from(feed.find(in("eventId", ids)).projection(include("eventId")))
        .map(row -> row.getString("eventId"))
        .collectList()
        .map(
            there -> {
              var known = new HashSet<>(there);
              return events.stream().filter(event -> !known.contains(event.getId())).toList();
            });
  }

  /** The position of the newest event; 0 when there is none. */
  public Mono<Long> last() {
    return edge(false);
  }

  /** The position of the oldest event kept; 0 when there is none. */
  public Mono<Long> first() {
    return edge(true);
  }

  private Mono<Long> edge(boolean oldest) {
    return Mono.from(
            feed.find()
                .projection(include("_id"))
                .sort(oldest ? ascending("_id") : descending("_id"))
                .limit(1)
                .first())
        .map(row -> Docs.number(row, "_id"))
        .defaultIfEmpty(0L);
  }

  /** The id of the event at a position; empty when there is none there. */
  public Mono<String> eventAt(long position) {
    return Mono.from(settled.find(eq("_id", position)).projection(include("eventId")))
        .map(row -> row.getString("eventId"));
  }

  /** The events after a position, oldest first, at most {@code limit}. */
  public Mono<List<Positioned>> after(long position, int limit) {
    return Flux.from(settled.find(gt("_id", position)).sort(ascending("_id")).limit(limit))
        .map(
            row -> {
              try {
                return new Positioned(
                    Docs.number(row, "_id"), Event.parseFrom(Docs.bytes(row, "event")));
              } catch (InvalidProtocolBufferException e) {
                throw new IllegalStateException("an event in the feed cannot be read", e);
              }
            })
        .collectList();
  }

  /**
   * Forgets what is older than {@code keep}, from the oldest on and never with a gap; the newest
   * event always stays, so that positions go on from it. The number forgotten.
   */
  public Mono<Long> trim(Duration keep, Instant now) {
    var oldest = now.minus(keep);
    return Mono.zip(first(), last())
        .flatMap(ends -> youngest(oldest, ends.getT1(), ends.getT2()))
        .flatMap(kept -> Mono.from(feed.deleteMany(lt("_id", kept))))
        .map(result -> result.getDeletedCount());
  }

  /**
   * The first position between two whose event is not older than a time, or the second. Positions
   * are given in the order of time but for what clocks differ, and have no gaps: some twenty reads
   * find it among a million, and no event pays for an index.
   */
  private Mono<Long> youngest(Instant time, long from, long to) {
    if (from >= to) {
      return Mono.just(to);
    }
    long middle = from + (to - from) / 2;
    return Mono.from(feed.find(eq("_id", middle)).projection(include("time")))
        .map(
            row -> {
              var written = Docs.instant(row, "time");
              return written == null || written.isBefore(time);
            })
        .defaultIfEmpty(true)
        .flatMap(
            isOlder -> isOlder ? youngest(time, middle + 1, to) : youngest(time, from, middle));
  }

  /** An event and where it is. */
  public record Positioned(long position, Event event) {}
}
