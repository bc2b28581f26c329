package dev.filo.platform.feed;

import dev.filo.platform.watch.Changes;
import dev.filo.proto.feed.v1.Event;
import java.time.Duration;
import java.util.List;
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

  private static final Logger log = LoggerFactory.getLogger(FeedTail.class);
  private static final int BATCH = 500;

  private final FeedStore feed;
  private final Changes changes;
  private final Duration poll;
  private final Function<Event, List<String>> keys;
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

  /** Says that this process has just appended something. */
  public void nudge() {
    changes.tell("feed-nudge");
  }

  @Override
  public void start() {
    running =
        Flux.merge(changes.of("feed-nudge"), Flux.interval(poll).onBackpressureDrop())
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
    return feed.after(at, BATCH)
        .flatMap(
            events -> {
              for (var event : events) {
                position.set(event.position());
                changes.tell(event.event().getSubject());
                keys.apply(event.event()).forEach(changes::tell);
              }
              if (!events.isEmpty()) {
                changes.tell(ALL);
              }
              return events.size() == BATCH ? read() : Mono.empty();
            });
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
