package dev.filo.inventory.store;

import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;
import reactor.core.publisher.Mono;

/** Lets a process die at its n-th write: that write happens or not, and nothing after it does. */
final class Crashing {
  private static final Set<String> WRITES = Set.of("claim", "write", "settle", "insert", "replace");

  private final int at;
  private final boolean after;
  private final AtomicInteger writes = new AtomicInteger();

  /** Dies at write {@code at}, after it has happened or before. */
  Crashing(int at, boolean after) {
    this.at = at;
    this.after = after;
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
