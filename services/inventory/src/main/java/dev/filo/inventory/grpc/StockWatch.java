package dev.filo.inventory.grpc;

import dev.filo.inventory.domain.Level;
import dev.filo.inventory.service.Items;
import dev.filo.inventory.service.LevelStore;
import dev.filo.platform.feed.FeedStore;
import dev.filo.platform.feed.FeedTail;
import dev.filo.platform.grpc.Statuses;
import dev.filo.platform.watch.Changes;
import dev.filo.proto.api.v1.ErrorReason;
import dev.filo.proto.inventory.v1.WatchStockRequest;
import dev.filo.proto.inventory.v1.WatchStockResponse;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import java.util.concurrent.atomic.AtomicLong;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/**
 * Levels as they are, then each change. What changed is learned from the feed, what it is now is
 * read then: changes that come faster than they are read are one.
 *
 * <p>A cursor is a position in the feed; while the first state is being sent, also the id of the
 * last level sent, with the position before the first. So whoever resumes misses nothing and at
 * worst sees a level twice.
 */
final class StockWatch {
  private static final int BATCH = 500;
  private static final String LEVELS = "stockLevels/";

  private final LevelStore levels;
  private final FeedStore feed;
  private final Changes changes;
  private final Items items;
  private final InstantSource clock;

  StockWatch(LevelStore levels, FeedStore feed, Changes changes, Items items, InstantSource clock) {
    this.levels = levels;
    this.items = items;
    this.feed = feed;
    this.changes = changes;
    this.clock = clock;
  }

  /** A place in the watch: behind a level of the first state, or, with no level, in the feed. */
  private record Cursor(long position, String after, boolean inFirstState) {
    static Cursor read(String text) {
      try {
        int colon = text.indexOf(':');
        return colon < 0
            ? new Cursor(Long.parseLong(text), "", false)
            : new Cursor(Long.parseLong(text.substring(0, colon)), text.substring(colon + 1), true);
      } catch (NumberFormatException e) {
        throw Statuses.field("resume_cursor", "is not one this watch gave");
      }
    }

    String text() {
      return inFirstState ? position + ":" + after : Long.toString(position);
    }
  }

  /**
   * The watch, without end.
   *
   * @param channel where it is asked, for the safety rules
   */
  Flux<WatchStockResponse> watch(WatchStockRequest request, String channel) {
    return items.ready().thenMany(watched(new Watched(request, channel)));
  }

  /** What is watched, and from where. */
  private record Watched(WatchStockRequest request, String channel) {}

  private Flux<WatchStockResponse> watched(Watched watched) {
    return start(watched.request.getResumeCursor())
        .flatMapMany(
            cursor -> {
              var first =
                  cursor.inFirstState ? state(watched, cursor) : Flux.<WatchStockResponse>empty();
              return first.concatWith(follow(watched, cursor.position));
            });
  }

  private Mono<Cursor> start(String resume) {
    if (resume.isEmpty()) {
      return feed.last().map(last -> new Cursor(last, "", true));
    }
    return Mono.fromSupplier(() -> Cursor.read(resume))
        .flatMap(
            cursor ->
                Mono.zip(feed.first(), feed.last())
                    .map(
                        edges -> {
                          boolean isKept =
                              cursor.position <= edges.getT2()
                                  && (cursor.position == edges.getT2()
                                      || edges.getT1() <= cursor.position + 1);
                          if (!isKept) {
                            throw Statuses.api(
                                com.google.rpc.Code.OUT_OF_RANGE,
                                ErrorReason.ERROR_REASON_CURSOR_TOO_OLD,
                                "These changes are no longer kept. Watch without a cursor.",
                                Map.of());
                          }
                          return cursor;
                        }));
  }

  private Flux<WatchStockResponse> state(Watched watched, Cursor cursor) {
    var request = watched.request;
    var now = clock.instant();
    return levels
        .page(cursor.after, request.getSkusList(), request.getLocationsList(), BATCH, now)
        .collectList()
        .flatMapMany(
            page -> {
              var answers = new ArrayList<WatchStockResponse>();
              for (Level level : page) {
                answers.add(
                    answer(level, now, new Cursor(cursor.position, level.id(), true), watched));
              }
              var sent = Flux.fromIterable(answers);
              return page.size() < BATCH
                  ? sent
                  : sent.concatWith(
                      Flux.defer(
                          () ->
                              state(
                                  watched,
                                  new Cursor(cursor.position, page.getLast().id(), true))));
            });
  }

  private Flux<WatchStockResponse> follow(Watched watched, long from) {
    var position = new AtomicLong(from);
    return changes.of(FeedTail.ALL).concatMap(tick -> news(watched, position), 1);
  }

  private Flux<WatchStockResponse> news(Watched watched, AtomicLong position) {
    var request = watched.request;
    long before = position.get();
    return feed.after(before, BATCH)
        .flatMapMany(
            events -> {
              if (events.isEmpty()) {
                return Flux.empty();
              }
              long end = events.getLast().position();
              var ids = new TreeSet<String>();
              events.forEach(
                  event -> {
                    var subject = event.event().getSubject();
                    if (subject.startsWith(LEVELS)
                        && matches(request, subject.substring(LEVELS.length()))) {
                      ids.add(subject.substring(LEVELS.length()));
                    }
                  });
              var now = clock.instant();
              var answers =
                  ids.isEmpty()
                      ? Flux.<WatchStockResponse>empty()
                      : levels
                          .numbers(ids, now)
                          .flatMapIterable(
                              found -> answers(found.values(), now, before, end, watched));
              return answers.concatWith(
                  Flux.defer(
                      () -> {
                        position.set(end);
                        return events.size() == BATCH
                            ? news(watched, position)
                            : Flux.<WatchStockResponse>empty();
                      }));
            });
  }

  /** Only the last of a batch lets a reader resume behind it. */
  private List<WatchStockResponse> answers(
      Collection<Level> found, Instant now, long before, long end, Watched watched) {
    var answers = new ArrayList<WatchStockResponse>();
    int left = found.size();
    for (Level level : found) {
      left--;
      answers.add(answer(level, now, new Cursor(left == 0 ? end : before, "", false), watched));
    }
    return answers;
  }

  private WatchStockResponse answer(Level level, Instant now, Cursor cursor, Watched watched) {
    return WatchStockResponse.newBuilder()
        .setCursor(cursor.text())
        .setStockLevel(InventoryProtos.level(level, items.numbers(level, now, watched.channel)))
        .build();
  }

  private static boolean matches(WatchStockRequest request, String id) {
    var level = Level.empty(id);
    return (request.getSkusCount() == 0 || request.getSkusList().contains(level.sku()))
        && (request.getLocationsCount() == 0
            || request.getLocationsList().contains(level.location()));
  }
}
