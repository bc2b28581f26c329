package dev.filo.platform.feed;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Function;
import org.reactivestreams.Subscription;
import reactor.core.Disposable;
import reactor.core.Disposables;
import reactor.core.publisher.BaseSubscriber;
import reactor.core.publisher.Flux;
import reactor.core.publisher.FluxSink;
import reactor.core.publisher.Mono;

/**
 * Deals with what comes within a moment together, one batch after the other, and asks for no more
 * than two batches ahead. Reactor's {@code bufferTimeout} with fair backpressure, which is meant
 * for this, holds back for ever what is left when demand comes at the moment its time is over
 * (reactor-core 3.8.6, three of four hundred short streams).
 */
public final class Gathered {
  private Gathered() {}

  /**
   * Deals with all of an endless source. Ends with its error or its end, or with the first error of
   * {@code deal}; what has come and was not dealt with is dropped then.
   *
   * @param max how many are dealt with at once at most, at least 1
   * @param moment how long others may come before the first is dealt with
   */
  public static <T> Flux<Void> deal(
      Flux<T> source, int max, Duration moment, Function<List<T>, Mono<Void>> deal) {
    return Flux.create(
        sink -> {
          var gathering = new Gathering<>(sink, max, moment, deal);
          sink.onDispose(gathering::end);
          source.subscribe(gathering);
        });
  }

  private static final class Gathering<T> extends BaseSubscriber<T> {
    private final Queue<T> came = new ConcurrentLinkedQueue<>();
    private final AtomicBoolean busy = new AtomicBoolean();
    private final Disposable.Swap dealing = Disposables.swap();
    private final FluxSink<Void> sink;
    private final int max;
    private final Duration moment;
    private final Function<List<T>, Mono<Void>> deal;

    Gathering(FluxSink<Void> sink, int max, Duration moment, Function<List<T>, Mono<Void>> deal) {
      this.sink = sink;
      this.max = max;
      this.moment = moment;
      this.deal = deal;
    }

    @Override
    protected void hookOnSubscribe(Subscription subscription) {
      request(2L * max);
    }

    @Override
    protected void hookOnNext(T one) {
      came.add(one);
      next();
    }

    @Override
    protected void hookOnError(Throwable error) {
      sink.error(error);
    }

    @Override
    protected void hookOnComplete() {
      sink.complete();
    }

    void end() {
      dispose();
      dealing.dispose();
    }

    /** Begins a batch, unless one is under way: it looks again when it is done. */
    private void next() {
      if (!came.isEmpty() && busy.compareAndSet(false, true)) {
        dealing.replace(
            Mono.delay(moment)
                .then(Mono.defer(this::batch))
                .subscribe(
                    nothing -> {},
                    sink::error,
                    () -> {
                      busy.set(false);
                      next();
                    }));
      }
    }

    private Mono<Void> batch() {
      var batch = new ArrayList<T>();
      for (var one = came.poll(); one != null; one = came.poll()) {
        batch.add(one);
        if (batch.size() == max) {
          break;
        }
      }
      return deal.apply(batch).doOnSuccess(nothing -> request(batch.size()));
    }
  }
}
