package dev.filo.inventory.store;

import com.mongodb.reactivestreams.client.MongoDatabase;
import dev.filo.inventory.ShopFloor;
import dev.filo.inventory.service.HoldStore;
import dev.filo.inventory.service.LevelStore;
import dev.filo.inventory.service.RefusedException;
import dev.filo.testkit.MutableClock;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.time.Duration;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Function;
import reactor.core.publisher.Mono;

/** Lets a process die at its n-th write: that write happens or not, and nothing after it does. */
final class Crashing {
  private static final Set<String> WRITES =
      Set.of("claim", "write", "settle", "insert", "replace", "announced", "abandon");

  private final int at;
  private final boolean after;
  private final AtomicInteger writes = new AtomicInteger();

  /** Dies at write {@code at}, after it has happened or before. */
  Crashing(int at, boolean after) {
    this.at = at;
    this.after = after;
  }

  /** Does something in a process that dies at a write; false when it lived. */
  static boolean dies(
      MongoDatabase database,
      MutableClock clock,
      int at,
      boolean after,
      Function<ShopFloor, Mono<?>> work) {
    var crash = new Crashing(at, after);
    var doomed =
        new ShopFloor(
            database,
            clock,
            levels -> crash.wrap(LevelStore.class, levels),
            holds -> crash.wrap(HoldStore.class, holds));
    work.apply(doomed)
        .then()
        .onErrorResume(IllegalStateException.class, died -> Mono.empty())
        .onErrorResume(RefusedException.class, refused -> Mono.empty())
        .block(Duration.ofSeconds(20));
    return crash.died();
  }

  /** Whether it got as far as to die. */
  boolean died() {
    return writes.get() >= at;
  }

  /** The store, as the process that dies sees it. */
  <T> T wrap(Class<T> type, T store) {
    return type.cast(
        Proxy.newProxyInstance(
            type.getClassLoader(),
            new Class<?>[] {type},
            (proxy, method, arguments) -> {
              if (!WRITES.contains(method.getName())) {
                return method.invoke(store, arguments);
              }
              return Mono.defer(
                  () -> {
                    int n = writes.incrementAndGet();
                    var dead = Mono.error(new IllegalStateException("died at " + at));
                    if (n > at || (n == at && !after)) {
                      return dead;
                    }
                    try {
                      var done = (Mono<?>) method.invoke(store, arguments);
                      return n == at ? done.then(dead) : done;
                    } catch (InvocationTargetException | IllegalAccessException e) {
                      return Mono.error(e);
                    }
                  });
            }));
  }
}
