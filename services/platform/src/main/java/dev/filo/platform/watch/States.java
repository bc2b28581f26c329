package dev.filo.platform.watch;

import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Function;
import java.util.function.Supplier;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/** Watches a thing by its state: first as it is, then after each change. */
public final class States {
  private States() {}

  /** The states of a thing, looked at when {@code changes} tells of its key. */
  public static <T> Flux<T> watch(
      Changes changes,
      String key,
      Supplier<Mono<T>> read,
      Function<T, String> cursor,
      String resume) {
    return watch(changes.of(key), read, cursor, resume);
  }

  /**
   * The states of a thing, without end; never two in a row with the same cursor.
   *
   * @param looks says when to look, as {@link Changes#of} does: at once, and after each change
   * @param read the thing as it is now; an empty answer is skipped
   * @param cursor tells states apart, such as an etag
   * @param resume the cursor of the last state seen, which is not sent again; empty for none
   */
  public static <T> Flux<T> watch(
      Flux<?> looks, Supplier<Mono<T>> read, Function<T, String> cursor, String resume) {
    return Flux.defer(
        () -> {
          var last = new AtomicReference<>(resume);
          return looks
              .concatMap(look -> read.get(), 1)
              .filter(state -> !cursor.apply(state).equals(last.getAndSet(cursor.apply(state))));
        });
  }
}
