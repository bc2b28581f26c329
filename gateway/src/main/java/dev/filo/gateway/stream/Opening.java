package dev.filo.gateway.stream;

import dev.filo.gateway.problem.Problem;
import java.time.Duration;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.core.publisher.Sinks;

/**
 * Decides when the answer begins: at a topic's first word, or when a while has passed. Until then
 * refusals are kept back, so that a request whose every topic is refused gets an ordinary answer
 * with an HTTP status. Thread-safe.
 */
final class Opening {
  private final int topics;
  private final BitSet failed = new BitSet();
  private final List<Event> kept = new ArrayList<>();
  private final Sinks.Empty<Void> begin = Sinks.empty();
  private boolean begun;

  Opening(int topics) {
    this.topics = topics;
  }

  /** A topic has given its first word. */
  void opened() {
    begin.tryEmitEmpty();
  }

  /** A greeting and the refusals kept back, once the answer begins. */
  Flux<Event> begin(Duration patience) {
    return begin
        .asMono()
        .timeout(patience, Mono.empty())
        .thenMany(
            Flux.defer(
                () -> {
                  synchronized (this) {
                    begun = true;
                    return Flux.fromIterable(List.copyOf(kept)).startWith(Event.HELLO);
                  }
                }));
  }

  /** A topic cannot be reached; it will be tried again unless there is nothing else. */
  synchronized Mono<Event> unreachable(int topic, Problem problem) {
    failed.set(topic);
    return begun || failed.cardinality() < topics ? Mono.empty() : Mono.error(problem.exception());
  }

  /** A topic is refused: an event, now or when the answer begins; an error when all are. */
  synchronized Mono<Event> refused(Event event, Problem problem) {
    failed.set(event.topic());
    if (begun) {
      return Mono.just(event);
    }
    if (failed.cardinality() == topics) {
      return Mono.error(problem.exception());
    }
    kept.add(event);
    return Mono.empty();
  }
}
