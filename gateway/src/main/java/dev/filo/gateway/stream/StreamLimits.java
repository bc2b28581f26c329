package dev.filo.gateway.stream;

import dev.filo.gateway.GatewayProperties;
import dev.filo.gateway.edge.Caller;
import dev.filo.gateway.edge.RateLimits;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import org.springframework.context.SmartLifecycle;
import org.springframework.stereotype.Component;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.core.publisher.Sinks;

/**
 * How many streams one caller may hold on this replica, and the end of all of them when it stops,
 * so that clients connect elsewhere at once. Thread-safe.
 */
@Component
public final class StreamLimits implements SmartLifecycle {
  private final ConcurrentMap<String, Integer> open = new ConcurrentHashMap<>();
  private final int most;
  private volatile Sinks.Empty<Void> stopping = Sinks.empty();
  private volatile boolean running;

  /** Reads the limit. */
  public StreamLimits(GatewayProperties properties, MeterRegistry meters) {
    this.most = properties.stream().perSubject();
    Gauge.builder("filo.watch.streams", this, StreamLimits::count)
        .description("Streams of server-sent events that are open.")
        .register(meters);
  }

  /**
   * Holds a place for as long as the stream is subscribed.
   *
   * @param address counts for callers without a token
   */
  <T> Flux<T> hold(Caller caller, String address, Flux<T> stream) {
    String key = caller.subject() == null ? "@" + address : caller.subject();
    return Flux.defer(
        () -> {
          int now = open.merge(key, 1, Integer::sum);
          if (now > most) {
            leave(key);
            return Flux.error(RateLimits.limited(10).with("streams", "" + most).exception());
          }
          return stream.doFinally(end -> leave(key));
        });
  }

  private void leave(String key) {
    open.computeIfPresent(key, (k, count) -> count == 1 ? null : count - 1);
  }

  /** Why a stream ends from our side. */
  enum End {
    /** This replica stops. */
    STOPPING,
    /** The token is worth nothing any more. */
    EXPIRED
  }

  /** One value when the stream's token ends, or this replica. */
  Mono<End> end(Caller caller) {
    Mono<End> stop = stopping.asMono().thenReturn(End.STOPPING);
    if (caller.expires() == null) {
      return stop;
    }
    Duration left = Duration.between(Instant.now(), caller.expires());
    return Mono.firstWithSignal(
        stop, Mono.delay(left.isNegative() ? Duration.ZERO : left).thenReturn(End.EXPIRED));
  }

  /** How many streams are open. */
  public int count() {
    return open.values().stream().mapToInt(Integer::intValue).sum();
  }

  @Override
  public void start() {
    stopping = Sinks.empty();
    running = true;
  }

  @Override
  public void stop() {
    running = false;
    stopping.tryEmitEmpty();
  }

  @Override
  public boolean isRunning() {
    return running;
  }

  /** Before the web server waits for its requests to end. */
  @Override
  public int getPhase() {
    return Integer.MAX_VALUE;
  }
}
