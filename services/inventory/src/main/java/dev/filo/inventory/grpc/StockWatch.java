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
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/**
 * Levels as they are, then each change. What changed is learned from the feed, what it is now is
 * read then: changes that come faster than they are read are one.
 *
 * <p>Other safety rules, or another category of a SKU, change what is available of levels that no
 * movement and no hold has touched: those without a number of their own are told again.
 *
 * <p>A cursor is a position in the feed; while the first state is being sent, also the id of the
 * last level sent, with the position before the first. So whoever resumes misses nothing and at
 * worst sees a level twice.
 */
final class StockWatch {
  private static final int BATCH = 500;
  private static final String LEVELS = "stockLevels/";
  private static final String ITEMS = "stockItems/";
  private static final String RULES = "safetyRules";

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

  /** What is watched, and the channel it is asked on, for the safety rules. */
  private record Watched(WatchStockRequest request, String channel) {}

  /** The watch, without end. */
  Flux<WatchStockResponse> watch(WatchStockRequest request, String channel) {
    return items.ready().thenMany(watched(new Watched(request, channel)));
  }

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

  /** The first state, a page at a time; the next page is read when this one has been sent. */
  private Flux<WatchStockResponse> state(Watched watched, Cursor cursor) {
    return Flux.defer(
        () -> {
          var after = new AtomicReference<>(cursor.after);
          var more = new AtomicBoolean();
          return whenWanted(page(watched, cursor.position, after, more)).repeat(more::get);
        });
  }

  private Flux<WatchStockResponse> page(
      Watched watched, long position, AtomicReference<String> after, AtomicBoolean more) {
    return Flux.defer(
        () -> {
          var now = clock.instant();
          return levels
              .page(
                  after.get(),
                  watched.request.getSkusList(),
                  watched.request.getLocationsList(),
                  BATCH,
                  now)
              .collectList()
              .flatMapIterable(
                  page -> {
                    more.set(page.size() == BATCH);
                    if (more.get()) {
                      after.set(page.getLast().id());
                    }
                    return page.stream()
                        .map(
                            level ->
                                answer(level, now, new Cursor(position, level.id(), true), watched))
                        .toList();
                  });
        });
  }

  /**
   * The same, but nothing is read before somebody wants the first answer: what a slow reader gets
   * is as new as the moment it could take it.
   */
  private static Flux<WatchStockResponse> whenWanted(Flux<WatchStockResponse> batch) {
    return Flux.create(
        sink -> {
          var begun = new AtomicBoolean();
          sink.onRequest(
              wanted -> {
                if (begun.compareAndSet(false, true)) {
                  sink.onDispose(batch.subscribe(sink::next, sink::error, sink::complete));
                }
              });
        });
  }

  private Flux<WatchStockResponse> follow(Watched watched, long from) {
    var position = new AtomicLong(from);
    return changes.of(FeedTail.ALL).concatMap(tick -> news(watched, position), 1);
  }

  private Flux<WatchStockResponse> news(Watched watched, AtomicLong position) {
    return Flux.defer(
        () -> {
          var more = new AtomicBoolean();
          var read = new AtomicReference<@Nullable Changed>();
          var batch =
              Flux.defer(
                  () ->
                      changed(watched, position.get())
                          .flatMapMany(
                              changed -> {
                                more.set(changed.more);
                                read.set(changed);
                                return answers(watched, changed, position);
                              }));
          return whenWanted(batch)
              .concatWith(Flux.defer(() -> ruled(watched, read.get(), position)))
              .repeat(more::get);
        });
  }

  /**
   * What changed up to a position.
   *
   * @param ruled the SKUs for whose levels another rule may decide
   * @param allRuled true when that is so for every SKU
   * @param more whether the feed goes on behind it
   */
  private record Changed(
      Set<String> ids, Set<String> ruled, boolean allRuled, long before, long end, boolean more) {
    boolean isRuled() {
      return allRuled || !ruled.isEmpty();
    }
  }

  /**
   * Reads on in the feed until it ends or enough levels have changed: a reader who was slow gets
   * each of them once, as it is by now. One value.
   */
  private Mono<Changed> changed(Watched watched, long before) {
    var ids = new TreeSet<String>();
    var ruled = new TreeSet<String>();
    var allRuled = new AtomicBoolean();
    var end = new AtomicLong(before);
    var more = new AtomicBoolean();
    return Flux.defer(() -> feed.after(end.get(), BATCH))
        .doOnNext(
            events -> {
              more.set(events.size() == BATCH);
              for (FeedStore.Positioned event : events) {
                var subject = event.event().getSubject();
                end.set(event.position());
                if (subject.startsWith(LEVELS)
                    && matches(watched, subject.substring(LEVELS.length()))) {
                  ids.add(subject.substring(LEVELS.length()));
                } else if (subject.startsWith(ITEMS)
                    && matchesSku(watched, subject.substring(ITEMS.length()))) {
                  ruled.add(subject.substring(ITEMS.length()));
                } else if (subject.equals(RULES)) {
                  allRuled.set(true);
                }
              }
            })
        .repeat(() -> more.get() && ids.size() + ruled.size() < BATCH)
        .then(
            Mono.fromSupplier(
                () -> new Changed(ids, ruled, allRuled.get(), before, end.get(), more.get())));
  }

  /** The levels that changed, as they are; then the position is behind them. */
  private Flux<WatchStockResponse> answers(Watched watched, Changed changed, AtomicLong position) {
    var now = clock.instant();
    var answers =
        changed.ids.isEmpty()
            ? Flux.<WatchStockResponse>empty()
            : levels
                .numbers(changed.ids, now)
                .flatMapIterable(
                    found ->
                        answers(
                            watched,
                            found.values(),
                            now,
                            changed.before,
                            changed.isRuled() ? changed.before : changed.end));
    return answers.doOnComplete(
        () -> {
          if (!changed.isRuled()) {
            position.set(changed.end);
          }
        });
  }

  /**
   * The levels for which another rule may decide by now, a page at a time; then the position is
   * behind them.
   */
  private Flux<WatchStockResponse> ruled(
      Watched watched, @Nullable Changed changed, AtomicLong position) {
    if (changed == null || !changed.isRuled()) {
      return Flux.empty();
    }
    Collection<String> skus = changed.allRuled ? watched.request.getSkusList() : changed.ruled;
    var after = new AtomicReference<>("");
    var more = new AtomicBoolean();
    var page =
        Flux.defer(
            () -> {
              var now = clock.instant();
              return levels
                  .page(after.get(), skus, watched.request.getLocationsList(), BATCH, now)
                  .collectList()
                  .flatMapIterable(
                      found -> {
                        more.set(found.size() == BATCH);
                        if (more.get()) {
                          after.set(found.getLast().id());
                        }
                        var cursor = new Cursor(changed.before, "", false);
                        return found.stream()
                            .filter(level -> !level.goods().hasOwnSafety())
                            .map(level -> answer(level, now, cursor, watched))
                            .toList();
                      });
            });
    return items
        .refresh()
        .thenMany(whenWanted(page).repeat(more::get))
        .doOnComplete(() -> position.set(changed.end));
  }

  /** Only the last of a batch lets a reader resume behind it. */
  private List<WatchStockResponse> answers(
      Watched watched, Collection<Level> found, Instant now, long before, long end) {
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

  private static boolean matchesSku(Watched watched, String sku) {
    return watched.request.getSkusCount() == 0 || watched.request.getSkusList().contains(sku);
  }

  private static boolean matches(Watched watched, String id) {
    var level = Level.empty(id);
    return matchesSku(watched, level.sku())
        && (watched.request.getLocationsCount() == 0
            || watched.request.getLocationsList().contains(level.location()));
  }
}
