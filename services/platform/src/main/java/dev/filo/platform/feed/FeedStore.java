package dev.filo.platform.feed;

import static com.mongodb.client.model.Filters.and;
import static com.mongodb.client.model.Filters.gt;
import static com.mongodb.client.model.Filters.in;
import static com.mongodb.client.model.Filters.lt;
import static com.mongodb.client.model.Filters.lte;
import static com.mongodb.client.model.Projections.include;
import static com.mongodb.client.model.Sorts.ascending;
import static com.mongodb.client.model.Sorts.descending;

import com.mongodb.ReadConcern;
import com.mongodb.client.model.IndexOptions;
import com.mongodb.client.model.Indexes;
import com.mongodb.reactivestreams.client.MongoCollection;
import com.mongodb.reactivestreams.client.MongoDatabase;
import dev.filo.platform.mongo.Mongo;
import dev.filo.proto.feed.v1.Event;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.bson.Document;
import org.bson.conversions.Bson;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/**
 * A service's events in one order. Positions are given by inserting at the next number: a number is
 * only ever used after the one before it can be read, so a reader that goes by number misses
 * nothing, however many replicas write. What is appended together lies in one document ({@link
 * FeedPage}): of two that append at once the later finds the number taken that its page begins
 * with, and goes behind.
 */
public final class FeedStore {
  private static final int RETRIES_MAX = 50;

  private final MongoCollection<Document> feed;
  // A follower must not see an event that a failover takes back: its position would skip the one
  // that comes in its place.
  private final MongoCollection<Document> settled;
  // Where this process appended last; another replica may be further, which an insert finds out.
  private final AtomicLong appended = new AtomicLong();
  // How many events a page had when pages were read last: tells how many pages to ask for.
  private volatile int perPage = 1;
  // The newest position known to be the last of its page: who is there has no rest of it to read.
  private final AtomicLong end = new AtomicLong();

  /** The feed in a service's own database. */
  public FeedStore(MongoDatabase database) {
    this.feed = database.getCollection("feed");
    this.settled = feed.withReadConcern(ReadConcern.MAJORITY);
  }

  /** Makes the indexes. */
  public void prepare() {
    Mongo.index(feed, Indexes.ascending(FeedPage.EVENT_ID), new IndexOptions().unique(true));
  }

  /**
   * Appends events in this order, no two with one id; those that are there already stay where they
   * are. One value once all are there: the position of the first, the others following it; 0 when
   * some had been there or there were none.
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
            last ->
                Mono.from(feed.insertMany(FeedPage.of(last + 1, events, now)))
                    .map(
                        done -> {
                          appended.set(last + events.size());
                          end.accumulateAndGet(last + events.size(), Math::max);
                          return last + 1;
                        }))
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
    return Flux.from(feed.find(in(FeedPage.EVENT_ID, ids)).projection(include(FeedPage.EVENT_ID)))
        .flatMapIterable(FeedPage::ids)
        .collect(Collectors.toSet())
        .map(there -> events.stream().filter(event -> !there.contains(event.getId())).toList());
  }

  /** The position of the newest event; 0 when there is none. */
  public Mono<Long> last() {
    return newest()
        .map(FeedPage::last)
        .doOnNext(last -> end.accumulateAndGet(last, Math::max))
        .defaultIfEmpty(0L);
  }

  private Mono<Document> newest() {
    return Mono.from(
        feed.find().projection(include(FeedPage.LAST)).sort(descending("_id")).first());
  }

  /** The position of the oldest event kept; 0 when there is none. */
  public Mono<Long> first() {
    return Mono.from(feed.find().projection(include("_id")).sort(ascending("_id")).first())
        .map(FeedPage::first)
        .defaultIfEmpty(0L);
  }

  /** The id of the event at a position; empty when there is none there. */
  public Mono<String> eventAt(long position) {
    return Mono.from(
            settled
                .find(around(position))
                .projection(include(FeedPage.EVENT_ID))
                .sort(descending("_id"))
                .first())
        .mapNotNull(
            page -> {
              var ids = FeedPage.ids(page);
              long at = position - FeedPage.first(page);
              return at < ids.size() ? ids.get((int) at) : null;
            });
  }

  /** The events after a position, oldest first, at most {@code limit}. */
  public Mono<List<Positioned>> after(long position, int limit) {
    return pages(gt("_id", position), limit)
        .flatMap(
            next ->
                (next.isEmpty()
                        ? position == end.get()
                        : next.getFirst().position() == position + 1)
                    ? Mono.just(next)
                    : inside(position, limit)
                        .map(
                            before ->
                                Stream.concat(before.stream(), next.stream())
                                    .limit(limit)
                                    .toList()));
  }

  /** The rest of the page a position is in the midst of: where a reader stopped for a while. */
  private Mono<List<Positioned>> inside(long position, int limit) {
    return pages(and(around(position), gt(FeedPage.LAST, position)), FeedPage.EVENTS_MAX)
        .map(page -> page.stream().filter(one -> one.position() > position).limit(limit).toList());
  }

  private Mono<List<Positioned>> pages(Bson which, int limit) {
    var pages = new AtomicInteger();
    return Flux.from(
            settled
                .find(which)
                .sort(ascending("_id"))
                .limit(limit)
                .batchSize(Math.min(limit, limit / perPage + 1)))
        .doOnNext(
            page -> {
              pages.incrementAndGet();
              end.accumulateAndGet(FeedPage.last(page), Math::max);
            })
        .concatMapIterable(FeedPage::events)
        .take(limit)
        .collectList()
        .doOnNext(events -> perPage = Math.max(1, events.size() / Math.max(1, pages.get())));
  }

  /** The pages a position may lie in. */
  private static Bson around(long position) {
    return and(gt("_id", position - FeedPage.EVENTS_MAX), lte("_id", position));
  }

  /**
   * Forgets what is older than {@code keep}, from the oldest on, whole pages and never with a gap;
   * the newest page always stays, so that positions go on from it. The number forgotten.
   */
  public Mono<Long> trim(Duration keep, Instant now) {
    var oldest = now.minus(keep);
    return Mono.zip(first(), newest().map(FeedPage::first).defaultIfEmpty(0L))
        .flatMap(
            pages ->
                youngest(oldest, pages.getT1(), pages.getT2())
                    .flatMap(
                        kept ->
                            Mono.from(feed.deleteMany(lt("_id", kept)))
                                .thenReturn(kept - pages.getT1())));
  }

  /**
   * Where the first page begins, at {@code from} or later, that is not older than a time; {@code
   * kept} when all are. Positions are given in the order of time but for what clocks differ, and
   * have no gaps: some twenty reads find it among a million, and no event pays for an index.
   */
  private Mono<Long> youngest(Instant time, long from, long kept) {
    return from >= kept
        ? Mono.just(kept)
        : Mono.from(
                feed.find(lte("_id", from + (kept - from) / 2))
                    .projection(include(FeedPage.TIME, FeedPage.LAST))
                    .sort(descending("_id"))
                    .first())
            .flatMap(
                page ->
                    FeedPage.isOlder(page, time)
                        ? youngest(time, FeedPage.last(page) + 1, kept)
                        : youngest(time, from, FeedPage.first(page)))
            .defaultIfEmpty(kept);
  }

  /** An event and where it is. */
  public record Positioned(long position, Event event) {}
}
