package dev.filo.bench;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLongArray;
import reactor.core.Disposable;

/** Streams on carts, four on each; one cart at a time changes, and its watchers are told. */
final class Watchers implements AutoCloseable {
  /** How many streams a cart has. */
  static final int DEVICES = 4;

  private static final Duration WAIT = Duration.ofMinutes(2);
  private static final int QUANTITY_MIN = 11;
  private static final int QUANTITIES = 80;
  // No change of any watchers is repeated by others.
  private static final AtomicInteger CHANGES = new AtomicInteger();

  private final FilledCarts carts;
  private final ConcurrentHashMap<String, Seen> seen = new ConcurrentHashMap<>();
  private final List<Disposable> open = new ArrayList<>();

  /** Opens the streams and waits until each has begun. */
  Watchers(FilledCarts carts) throws InterruptedException {
    this.carts = carts;
    var ready = new CountDownLatch(count());
    for (var guest : carts.guests()) {
      for (int device = 0; device < DEVICES; device++) {
        var text = new StringBuilder();
        int number = device;
        open.add(
            FilledCarts.watch(carts.shop(), guest)
                .subscribe(
                    part -> {
                      long now = System.nanoTime();
                      text.append(part);
                      for (int end = text.indexOf("\n\n"); end >= 0; end = text.indexOf("\n\n")) {
                        var etag = etag(text.substring(0, end));
                        text.delete(0, end + 2);
                        if (!etag.isEmpty()) {
                          ready.countDown();
                          seen.computeIfAbsent(etag, key -> new Seen()).mark(number, now);
                        }
                      }
                    },
                    error -> {
                      throw new IllegalStateException("a watch broke", error);
                    }));
      }
    }
    if (!ready.await(WAIT.toSeconds(), TimeUnit.SECONDS)) {
      close();
      throw new IllegalStateException(ready.getCount() + " watches did not begin");
    }
  }

  /** How many there are. */
  int count() {
    return carts.count() * DEVICES;
  }

  /** From a change's answer to its event on each stream, for a time. */
  Load.Result run(Duration time) throws InterruptedException {
    var late = new ArrayList<Long>();
    long begun = System.nanoTime();
    while (System.nanoTime() - begun < time.toNanos()) {
      int number = CHANGES.getAndIncrement();
      var cart =
          carts
              .change(number, "w" + number, QUANTITY_MIN + number % QUANTITIES)
              .blockOptional(WAIT)
              .orElseThrow();
      long answered = System.nanoTime();
      var told = seen.computeIfAbsent(cart.path("etag").asString(""), key -> new Seen());
      if (!told.all.await(WAIT.toSeconds(), TimeUnit.SECONDS)) {
        throw new IllegalStateException("a watcher was not told");
      }
      for (int device = 0; device < DEVICES; device++) {
        late.add(Math.max(0, told.times.get(device) - answered));
      }
    }
    var nanos = late.stream().mapToLong(Long::longValue).sorted().toArray();
    return new Load.Result(nanos.length, 0, Duration.ofNanos(System.nanoTime() - begun), nanos);
  }

  private static String etag(String event) {
    int at = event.indexOf("\"etag\":\"");
    if (at < 0) {
      return "";
    }
    int from = at + "\"etag\":\"".length();
    return event.substring(from, event.indexOf('"', from));
  }

  @Override
  public void close() {
    open.forEach(Disposable::dispose);
  }

  /** When each device saw a state. */
  private static final class Seen {
    private final CountDownLatch all = new CountDownLatch(DEVICES);
    private final AtomicLongArray times = new AtomicLongArray(DEVICES);

    void mark(int device, long now) {
      if (times.compareAndSet(device, 0, now)) {
        all.countDown();
      }
    }
  }
}
