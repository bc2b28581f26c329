package dev.filo.inventory.store;

import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;

/** A store whose reads and writes of levels are counted. */
final class Counted {
  private static final Set<String> READS = Set.of("read", "versions");

  private Counted() {}

  static <T> T wrap(Class<T> type, T store, AtomicInteger reads, AtomicInteger writes) {
    return type.cast(
        Proxy.newProxyInstance(
            type.getClassLoader(),
            new Class<?>[] {type},
            (proxy, method, arguments) -> {
              if (READS.contains(method.getName())) {
                reads.incrementAndGet();
              } else if (method.getName().equals("write")) {
                writes.incrementAndGet();
              }
              try {
                return method.invoke(store, arguments);
              } catch (InvocationTargetException e) {
                throw e.getCause();
              }
            }));
  }
}
