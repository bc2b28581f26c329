package dev.filo.platform.grpc;

import dev.filo.telemetry.trace.Traces;
import io.grpc.Context;
import io.grpc.stub.AbstractStub;
import io.grpc.stub.ClientCallStreamObserver;
import io.grpc.stub.ClientResponseObserver;
import io.grpc.stub.StreamObserver;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.BiConsumer;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import reactor.core.Disposable;
import reactor.core.publisher.Flux;
import reactor.core.publisher.FluxSink;
import reactor.core.publisher.Mono;
import reactor.util.context.ContextView;

/** Makes gRPC calls as Reactor: always with a deadline, cancelled with their subscriber. */
public final class Calls {
  /**
   * How long a unary call may take when nothing else is said: longer than any step of ours should.
   */
  public static final Duration DEADLINE = Duration.ofSeconds(5);

  private Calls() {}

  /**
   * Makes a unary call on each subscription. One value, or the status the other side gave.
   *
   * @param method the stub's method: {@code CartServiceStub::getCart}
   */
  public static <S extends AbstractStub<S>, Q, R> Mono<R> unary(
      S stub, Method<S, Q, R> method, Q request) {
    return Mono.create(
        sink -> {
          var starting = new AtomicReference<@Nullable ClientCallStreamObserver<Q>>();
          var observer =
              new ClientResponseObserver<Q, R>() {
                private @Nullable R value;

                @Override
                public void beforeStart(ClientCallStreamObserver<Q> call) {
                  starting.set(call);
                }

                @Override
                public void onNext(R answer) {
                  value = answer;
                }

                @Override
                public void onError(Throwable error) {
                  sink.error(error);
                }

                @Override
                public void onCompleted() {
                  if (value == null) {
                    sink.success();
                  } else {
                    sink.success(value);
                  }
                }
              };
          var limited =
              stub.getCallOptions().getDeadline() == null
                  ? traced(stub, sink.contextView())
                      .withDeadlineAfter(DEADLINE.toMillis(), TimeUnit.MILLISECONDS)
                  : traced(stub, sink.contextView());
          Context.ROOT.run(() -> method.call(limited, request, observer));
          cancelWith(sink::onCancel, starting.get());
        });
  }

  /**
   * Makes a server-streaming call on each subscription; reads as fast as it is asked, no faster.
   */
  public static <S extends AbstractStub<S>, Q, R> Flux<R> stream(
      S stub, Method<S, Q, R> method, Q request) {
    return Flux.create(
        sink -> {
          var observer = new StreamReader<Q, R>(sink);
          var traced = traced(stub, sink.contextView());
          Context.ROOT.run(() -> method.call(traced, request, observer));
          observer.read();
        },
        FluxSink.OverflowStrategy.BUFFER);
  }

  /**
   * Cancels a call with its subscriber, who may have gone by now. To be said once the call has
   * started: gRPC (1.80, {@code RetriableStream}) fails at one that is cancelled while it starts.
   */
  private static void cancelWith(
      Consumer<Disposable> gone, @Nullable ClientCallStreamObserver<?> started) {
    if (started != null) {
      gone.accept(() -> started.cancel("no longer wanted", null));
    }
  }

  /** The stub, saying what the call is made for if that is traced. */
  private static <S extends AbstractStub<S>> S traced(S stub, ContextView context) {
    return context.hasKey(Traces.KEY)
        ? stub.withOption(Traces.PARENT, context.get(Traces.KEY))
        : stub;
  }

  /** A stub's method. */
  @FunctionalInterface
  public interface Method<S, Q, R> {
    /** Makes the call. */
    void call(S stub, Q request, StreamObserver<R> observer);

    /** For a method that is known by its bound form. */
    static <S, Q, R> Method<S, Q, R> of(BiConsumer<Q, StreamObserver<R>> bound) {
      return (stub, request, observer) -> bound.accept(request, observer);
    }
  }

  private static final class StreamReader<Q, R> implements ClientResponseObserver<Q, R> {
    private final FluxSink<R> sink;
    private @Nullable ClientCallStreamObserver<Q> call;

    StreamReader(FluxSink<R> sink) {
      this.sink = sink;
    }

    @Override
    public void beforeStart(ClientCallStreamObserver<Q> starting) {
      starting.disableAutoRequestWithInitial(0);
      call = starting;
    }

    /** Passes on what is asked for, before and from now on; a call can be asked once it started. */
    void read() {
      var started = call;
      if (started != null) {
        cancelWith(sink::onCancel, started);
        sink.onRequest(n -> started.request((int) Math.min(n, Integer.MAX_VALUE)));
      }
    }

    @Override
    public void onNext(R value) {
      sink.next(value);
    }

    @Override
    public void onError(Throwable error) {
      sink.error(error);
    }

    @Override
    public void onCompleted() {
      sink.complete();
    }
  }
}
