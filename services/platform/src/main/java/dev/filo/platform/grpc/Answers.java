package dev.filo.platform.grpc;

import com.google.rpc.Code;
import com.mongodb.MongoException;
import dev.filo.platform.mongo.Mongo;
import dev.filo.platform.mongo.StaleVersionException;
import dev.filo.proto.api.v1.ErrorReason;
import dev.filo.telemetry.trace.Traces;
import io.grpc.Context;
import io.grpc.Status;
import io.grpc.StatusException;
import io.grpc.StatusRuntimeException;
import io.grpc.stub.ServerCallStreamObserver;
import io.grpc.stub.StreamObserver;
import java.util.Map;
import java.util.concurrent.CompletionException;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Function;
import org.reactivestreams.Subscription;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import reactor.core.Exceptions;
import reactor.core.publisher.BaseSubscriber;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.core.publisher.Sinks;

/**
 * Answers gRPC calls from Reactor: one message or one error; the work is cancelled with the call.
 */
public final class Answers {
  private static final Logger log = LoggerFactory.getLogger(Answers.class);
  // Requests of one stream in hand at once: each may be as large as a message may be.
  private static final int WINDOW_MAX = 16;

  private Answers() {}

  /** Answers a unary call. An empty {@code answer} is a fault of ours and answered as INTERNAL. */
  public static <T> void unary(StreamObserver<T> observer, Mono<T> answer) {
    var call = (ServerCallStreamObserver<T>) observer;
    var done = new AtomicBoolean();
    var traced = Traces.SERVED.get();
    var subscriber =
        new BaseSubscriber<T>() {
          @Override
          protected void hookOnNext(T value) {
            if (done.compareAndSet(false, true) && !call.isCancelled()) {
              call.onNext(value);
              call.onCompleted();
            }
          }

          @Override
          protected void hookOnError(Throwable error) {
            if (done.compareAndSet(false, true) && !call.isCancelled()) {
              call.onError(Traces.logged(traced, () -> toStatus(error)));
            }
          }

          @Override
          protected void hookOnComplete() {
            if (!done.get()) {
              hookOnError(new IllegalStateException("no answer"));
            }
          }
        };
    call.setOnCancelHandler(subscriber::cancel);
    (traced == null ? answer : answer.contextWrite(all -> all.put(Traces.KEY, traced)))
        .subscribe(subscriber);
  }

  /** Answers a server-streaming call, as fast as it is read and no faster. */
  public static <T> void stream(StreamObserver<T> observer, Flux<T> answers) {
    var call = (ServerCallStreamObserver<T>) observer;
    var traced = Traces.SERVED.get();
    var subscriber =
        new BaseSubscriber<T>() {
          private final AtomicBoolean asked = new AtomicBoolean();

          @Override
          protected void hookOnSubscribe(Subscription subscription) {
            more();
          }

          @Override
          protected void hookOnNext(T value) {
            if (!call.isCancelled()) {
              call.onNext(value);
            }
            asked.set(false);
            more();
          }

          @Override
          protected void hookOnError(Throwable error) {
            if (!call.isCancelled()) {
              call.onError(Traces.logged(traced, () -> toStatus(error)));
            }
          }

          @Override
          protected void hookOnComplete() {
            if (!call.isCancelled()) {
              call.onCompleted();
            }
          }

          void more() {
            if (call.isReady() && asked.compareAndSet(false, true)) {
              request(1);
            }
          }
        };
    call.setOnCancelHandler(subscriber::cancel);
    call.setOnReadyHandler(
        () -> {
          if (!subscriber.isDisposed() && subscriber.asked.compareAndSet(false, true)) {
            subscriber.request(1);
          }
        });
    (traced == null ? answers : answers.contextWrite(all -> all.put(Traces.KEY, traced)))
        .subscribe(subscriber);
  }

  /**
   * Answers a bidirectional call: each request is handed to {@code work} when the answer before it
   * is on its way, so the answers come in the order of the requests, one each. A caller that does
   * not read is not listened to either. The work ends with the call: cancelled, or past its
   * deadline.
   *
   * @param work one value; an error ends the call with its status
   * @return what hears the requests, for gRPC
   */
  public static <Q, R> StreamObserver<Q> each(
      StreamObserver<R> observer, Function<Q, Mono<R>> work) {
    return exchange(observer, requests -> requests.concatMap(work, 0));
  }

  /**
   * Answers a bidirectional call for work that has several requests in hand at a time. What {@link
   * #each} promises of slow readers, cancellation and deadlines holds.
   *
   * @param work asks for no more requests than it can have in hand, {@value #WINDOW_MAX} at most:
   *     {@code requests.flatMapSequential(this::one, 4, 1)}
   * @return what hears the requests, for gRPC
   */
  public static <Q, R> StreamObserver<Q> exchange(
      StreamObserver<R> observer, Function<Flux<Q>, Flux<R>> work) {
    var call = (ServerCallStreamObserver<R>) observer;
    call.disableAutoRequest();
    Sinks.Many<Q> said = Sinks.many().unicast().onBackpressureBuffer();
    var requests =
        said.asFlux()
            .doOnRequest(
                asked -> {
                  if (asked <= WINDOW_MAX) {
                    call.request((int) asked);
                  } else {
                    said.tryEmitError(new IllegalStateException("asks for " + asked + " requests"));
                  }
                });
    stream(observer, work.apply(requests));
    return new StreamObserver<>() {
      @Override
      public void onNext(Q request) {
        said.tryEmitNext(request); // fails only when nobody wants it any more
      }

      @Override
      public void onError(Throwable cancelled) {
        said.tryEmitError(cancelled); // the cancellation has ended the work already
      }

      @Override
      public void onCompleted() {
        said.tryEmitComplete();
      }
    };
  }

  /**
   * The one mapping of what is not a refusal of the domain. Refusals arrive here as statuses
   * already and pass. A database that cannot be reached is UNAVAILABLE; a fault of ours is INTERNAL
   * with an incident number, and logged.
   */
  public static StatusRuntimeException toStatus(Throwable error) {
    return switch (error) {
      case StatusRuntimeException status
          when status.getStatus().getCode() == Status.Code.UNAVAILABLE
              && Statuses.errorInfo(status) == null ->
          Statuses.unavailable("A part of the suite");
      case StatusRuntimeException status
          when status.getStatus().getCode() == Status.Code.DEADLINE_EXCEEDED
              && Statuses.errorInfo(status) == null ->
          deadline();
      case StatusRuntimeException status when known(status) -> status;
      case StatusException status ->
          toStatus(status.getStatus().asRuntimeException(status.getTrailers()));
      case StaleVersionException stale ->
          Statuses.retry(
              Code.ABORTED,
              Statuses.API_DOMAIN,
              ErrorReason.ERROR_REASON_CONTENDED,
              "Others changed the same thing at once. Try again.",
              Map.of(),
              null);
      case MongoException mongo when Mongo.isOutage(mongo) -> Statuses.unavailable("The database");
      case TimeoutException timeout -> deadline();
      case RuntimeException wrapper when Exceptions.isRetryExhausted(wrapper) -> cause(wrapper);
      case CompletionException wrapper -> cause(wrapper);
      default -> {
        var incident = dev.filo.platform.code.Ids.random();
        log.error("incident {}", incident, error);
        yield Statuses.api(
            Code.INTERNAL,
            ErrorReason.ERROR_REASON_INTERNAL,
            "Something went wrong on our side. Nothing of yours is lost; tell us the incident.",
            Map.of("incident", incident));
      }
    };
  }

  private static StatusRuntimeException cause(RuntimeException wrapper) {
    var cause = wrapper.getCause();
    return toStatus(cause == null ? new IllegalStateException(wrapper.toString()) : cause);
  }

  private static StatusRuntimeException deadline() {
    return Statuses.api(
        Code.DEADLINE_EXCEEDED,
        ErrorReason.ERROR_REASON_DEADLINE_EXCEEDED,
        "There was no answer in time. Try again with the same request id.",
        Map.of());
  }

  /** Every refusal of ours says its reason; a status without one is a fault, its text not ours. */
  private static boolean known(StatusRuntimeException status) {
    return Statuses.errorInfo(status) != null
        || status.getStatus().getCode() == Status.Code.CANCELLED;
  }

  /**
   * Runs {@code work} outside the call that is being answered, so that calls it makes are not
   * cancelled with it.
   */
  public static void detached(Runnable work) {
    Context.ROOT.run(work);
  }
}
