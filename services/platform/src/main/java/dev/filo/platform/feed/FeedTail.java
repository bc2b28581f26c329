package dev.filo.platform.feed;

import dev.filo.platform.watch.Changes;
import dev.filo.proto.feed.v1.Event;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.context.SmartLifecycle;
import reactor.core.Disposable;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/**
 * Follows a service's own feed in this process and tells {@link Changes}: the key of each event's
 * subject, and {@link #ALL}. So a watcher hears of writes made by other replicas too, within the
 * poll's interval.
 */
public final class FeedTail implements SmartLifecycle {
  /** The key that is told after every event. */
  public static final String ALL = "feed";

  /** The key that is told when this process has appended something. */
  static final String NUDGE = "feed-nudge";

  private static final Logger log = LoggerFactory.getLogger(FeedTail.class);
  private static final int BATCH = 500;
  private static final int OWN_MAX = 10_000;

  private final FeedStore feed;
  private final Changes changes;
  private final Duration poll;
  private final Function<Event, List<String>> keys;
  private final Queue<FeedStore.Positioned> own = new LinkedBlockingQueue<>(OWN_MAX);
  private final AtomicLong position = new AtomicLong(-1);
  private @Nullable Disposable running;

  /**
   * A tail that looks by itself every {@code poll}, and at once when nudged.
   *
   * @param keys what else to tell of an event, beside its subject
   */
  public FeedTail(
      FeedStore feed, Changes changes, Duration poll, Function<Event, List<String>> keys) {
    this.feed = feed;
    this.changes = changes;
    this.poll = poll;
    this.keys = keys;
  }

  /**
   * Says that this process has just appended something, which then need not be read.
   *
   * @param first the position of the first, the others following it; 0 when they do not
   */
  public void nudge(long first, List<Event> events) {
    for (int i = 0; first > 0 && i < events.size(); i++) {
      if (!own.offer(new FeedStore.Positioned(first + i, events.get(i)))) {
        break; // the rest is read
      }
    }
    changes.tell(NUDGE);
  }

  @Override
  public void start() {
    running =
        Flux.merge(changes.of(NUDGE), Flux.interval(poll).onBackpressureDrop())
            .onBackpressureLatest()
            .concatMap(tick -> read().onErrorResume(this::later), 1)
            .subscribe();
  }

  private Mono<Void> later(Throwable error) {
    log.debug("the feed cannot be read now: {}", error.toString());
    return Mono.empty();
  }

  private Mono<Void> read() {
    long at = position.get();
    if (at < 0) {
      return feed.last().doOnNext(position::set).then();
    }
    if (tellOwn(at)) {
      return Mono.empty(); // what others appended meanwhile the poll finds
    }
    return feed.after(at, BATCH)
        .flatMap(
            events -> {
              tell(events);
              return events.size() == BATCH ? read() : Mono.empty();
            });
  }

  /** Tells what this process appended right after a position; false when it appended nothing. */
  private boolean tellOwn(long at) {
    var next = new ArrayList<FeedStore.Positioned>();
    long last = at;
    for (var one = own.peek(); one != null && one.position() <= last + 1; one = own.peek()) {
      own.poll();
      if (one.position() == last + 1) { // else it has been read
        next.add(one);
        last++;
      }
    }
    tell(next);
    return !next.isEmpty();
  }

  private void tell(List<FeedStore.Positioned> events) {
    for (var event : events) {
      position.set(event.position());
      changes.tell(event.event().getSubject());
      keys.apply(event.event()).forEach(changes::tell);
    }
    if (!events.isEmpty()) {
      changes.tell(ALL);
    }
  }

  @Override
  public void stop() {
    var disposable = running;
    if (disposable != null) {
      disposable.dispose();
      running = null;
    }
  }

  @Override
  public int getPhase() {
    return 0;
  }

  @Override
  public boolean isRunning() {
    return running != null;
  }
}
