package dev.filo.platform.watch;

import java.time.Duration;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import reactor.core.publisher.Flux;
import reactor.core.publisher.FluxSink;

/**
 * Tells watchers in this process that a thing may have changed. It carries no content: watchers
 * read the thing again. Many changes while a watcher is busy reach it as one. Thread-safe.
 */
public final class Changes {
  private final ConcurrentHashMap<String, Set<FluxSink<String>>> watchers =
      new ConcurrentHashMap<>();

  /** Tells everybody who watches {@code key}. */
  public void tell(String key) {
    var sinks = watchers.get(key);
    if (sinks != null) {
      sinks.forEach(sink -> sink.next(key));
    }
  }

  /**
   * The key at once, then again after each change, never ending; what comes while the reader is
   * busy is one change.
   */
  public Flux<String> of(String key) {
    return Flux.<String>create(
            sink -> {
              watchers.compute(
                  key,
                  (k, sinks) -> {
                    var all =
                        sinks == null ? ConcurrentHashMap.<FluxSink<String>>newKeySet() : sinks;
                    all.add(sink);
                    return all;
                  });
              sink.onDispose(
                  () ->
                      watchers.computeIfPresent(
                          key,
                          (k, sinks) -> {
                            sinks.remove(sink);
                            return sinks.isEmpty() ? null : sinks;
                          }));
              sink.next(key);
            },
            FluxSink.OverflowStrategy.IGNORE)
        .onBackpressureLatest();
  }

  /**
   * The key as {@link #of(String)} gives it, and at least that often even when nobody tells: other
   * replicas' changes, and what time alone changes, are seen that late at most.
   */
  public Flux<String> of(String key, Duration atLeastEvery) {
    return Flux.merge(of(key), Flux.interval(atLeastEvery).onBackpressureDrop().map(tick -> key))
        .onBackpressureLatest();
  }

  /** How many watch now. */
  public int watcherCount() {
    return watchers.values().stream().mapToInt(Set::size).sum();
  }
}
