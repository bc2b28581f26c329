package dev.filo.platform.mongo;

import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Function;
import reactor.core.publisher.Mono;

/**
 * Has what comes at the same time done together. Nobody waits for others to come: what comes while
 * fewer than so many groups are under way is done at once, what comes meanwhile goes together in
 * the next group.
 *
 * @param <T> what is asked for
 */
public final class Groups<T> {
  private final int lanes;
  private final int most;
  private final Function<List<T>, Mono<Runnable>> work;
  private final Queue<T> waiting = new ConcurrentLinkedQueue<>();
  private final AtomicInteger underWay = new AtomicInteger();

  /**
   * Nothing is under way yet.
   *
   * @param lanes how many groups may be under way at once
   * @param most how many a group may have
   * @param work does a group; its value tells those who asked, once the next group is on its way.
   *     It is to handle its errors: what it fails with is dropped
   */
  public Groups(int lanes, int most, Function<List<T>, Mono<Runnable>> work) {
    this.lanes = lanes;
    this.most = most;
    this.work = work;
  }

  /** Has this done, now or with the next group. */
  public void add(T one) {
    waiting.add(one);
    send();
  }

  private void send() {
    while (!waiting.isEmpty() && takeLane()) {
      var group = new ArrayList<T>();
      for (var one = waiting.poll(); one != null; one = waiting.poll()) {
        group.add(one);
        if (group.size() == most) {
          break;
        }
      }
      if (group.isEmpty()) {
        underWay.decrementAndGet(); // another thread took them; whoever came since is seen above
      } else {
        Mono.defer(() -> work.apply(group))
            .onErrorComplete()
            .defaultIfEmpty(() -> {})
            .subscribe(
                told -> {
                  underWay.decrementAndGet();
                  send();
                  told.run();
                });
      }
    }
  }

  private boolean takeLane() {
    return underWay.getAndUpdate(taken -> Math.min(lanes, taken + 1)) < lanes;
  }
}
