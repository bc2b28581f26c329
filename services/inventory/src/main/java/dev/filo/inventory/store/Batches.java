package dev.filo.inventory.store;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;
import reactor.core.publisher.Mono;
import reactor.core.publisher.Sinks;

/**
 * Like requests of many callers, sent together: those that come while as many batches as may be are
 * under way make up the next one. Thread-safe.
 */
final class Batches<Q, A> {
  private final int sizeMax;
  private final Function<List<Q>, Mono<List<A>>> send;
  private final ArrayDeque<Waiting<Q, A>> queue = new ArrayDeque<>();
  private int free;

  private record Waiting<Q, A>(Q request, Sinks.One<A> answer) {}

  /**
   * No batches yet.
   *
   * @param sizeMax requests in a batch
   * @param atOnce batches under way
   * @param send the answers to a batch, in its order; an error is everybody's
   */
  Batches(int sizeMax, int atOnce, Function<List<Q>, Mono<List<A>>> send) {
    this.sizeMax = sizeMax;
    this.free = atOnce;
    this.send = send;
  }

  /** One value, the answer to this request; or the error of its batch. */
  Mono<A> submit(Q request) {
    return Mono.defer(
        () -> {
          var waiting = new Waiting<Q, A>(request, Sinks.one());
          synchronized (queue) {
            queue.add(waiting);
          }
          next();
          return waiting.answer.asMono();
        });
  }

  private void next() {
    var batch = new ArrayList<Waiting<Q, A>>();
    synchronized (queue) {
      if (free == 0 || queue.isEmpty()) {
        return;
      }
      free--;
      while (!queue.isEmpty() && batch.size() < sizeMax) {
        batch.add(queue.poll());
      }
    }
    Mono.defer(() -> send.apply(batch.stream().map(Waiting::request).toList()))
        .doFinally(
            signal -> {
              synchronized (queue) {
                free++;
              }
              next();
            })
        .subscribe(
            answers -> {
              for (int i = 0; i < batch.size(); i++) {
                batch.get(i).answer.tryEmitValue(answers.get(i));
              }
            },
            error -> batch.forEach(one -> one.answer.tryEmitError(error)));
  }
}
