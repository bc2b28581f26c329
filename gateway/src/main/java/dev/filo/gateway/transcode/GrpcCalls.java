package dev.filo.gateway.transcode;

import com.google.protobuf.Message;
import dev.filo.telemetry.trace.Traces;
import io.grpc.CallOptions;
import io.grpc.Channel;
import io.grpc.ClientCall;
import io.grpc.Metadata;
import io.grpc.Status;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;
import org.reactivestreams.Subscription;
import reactor.core.CoreSubscriber;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.util.context.ContextView;

/**
 * gRPC calls as Mono and Flux: cancellation cancels the call, demand is the call's flow control.
 */
public final class GrpcCalls {
  private GrpcCalls() {}

  /** Calls once subscribed: one message, or a {@link GrpcFailure}. Never empty. */
  public static Mono<Message> unary(
      Channel channel, ApiMethod method, Message request, Metadata headers, Duration deadline) {
    return Mono.create(
        sink -> {
          ClientCall<Message, Message> call =
              channel.newCall(
                  method.grpc(),
                  options(sink.contextView())
                      .withDeadlineAfter(deadline.toMillis(), TimeUnit.MILLISECONDS));
          try {
            call.start(
                new ClientCall.Listener<>() {
                  private @Nullable Message response;

                  @Override
                  public void onMessage(Message message) {
                    response = message;
                  }

                  @Override
                  public void onClose(Status status, Metadata trailers) {
                    if (!status.isOk()) {
                      sink.error(new GrpcFailure(status, trailers));
                    } else if (response == null) {
                      sink.error(new GrpcFailure(Status.INTERNAL, null));
                    } else {
                      sink.success(response);
                    }
                  }
                },
                headers);
            call.request(2);
            call.sendMessage(request);
            call.halfClose();
          } catch (RuntimeException e) {
            call.cancel("The call could not be made.", e);
            sink.error(e);
          }
          // Only now: gRPC (1.80, RetriableStream) fails at a call that is cancelled while it
          // starts.
          sink.onCancel(() -> leave(call));
        });
  }

  /**
   * Calls once subscribed: the stream's messages as they are asked for, then completion or a {@link
   * GrpcFailure}.
   *
   * @param opened runs when the service's first word has come
   */
  public static Flux<Message> stream(
      Channel channel, ApiMethod method, Message request, Metadata headers, Runnable opened) {
    return Flux.from(
        subscriber -> {
          ClientCall<Message, Message> call =
              channel.newCall(
                  method.grpc(),
                  subscriber instanceof CoreSubscriber<?> core
                      ? options(core.currentContext())
                      : CallOptions.DEFAULT);
          AtomicBoolean started = new AtomicBoolean();
          AtomicBoolean running = new AtomicBoolean();
          AtomicBoolean ended = new AtomicBoolean();
          ClientCall.Listener<Message> listener =
              new ClientCall.Listener<>() {
                @Override
                public void onHeaders(Metadata ignored) {
                  opened.run();
                }

                @Override
                public void onMessage(Message message) {
                  if (!ended.get()) {
                    subscriber.onNext(message);
                  }
                }

                @Override
                public void onClose(Status status, Metadata trailers) {
                  if (!ended.compareAndSet(false, true)) {
                    return;
                  }
                  if (status.isOk()) {
                    subscriber.onComplete();
                  } else {
                    subscriber.onError(new GrpcFailure(status, trailers));
                  }
                }
              };
          subscriber.onSubscribe(
              new Subscription() {
                @Override
                public void request(long n) {
                  try {
                    if (started.compareAndSet(false, true)) {
                      call.start(listener, headers);
                      call.request(clamp(n));
                      call.sendMessage(request);
                      call.halfClose();
                      running.set(true);
                      if (ended.get()) {
                        leave(call);
                      }
                    } else {
                      call.request(clamp(n));
                    }
                  } catch (RuntimeException e) {
                    if (ended.compareAndSet(false, true)) {
                      call.cancel("The call could not be made.", e);
                      subscriber.onError(e);
                    }
                  }
                }

                @Override
                public void cancel() {
                  ended.set(true);
                  if (running.get()) { // else whoever starts it sees that it has ended
                    leave(call);
                  }
                }
              });
        });
  }

  private static void leave(ClientCall<?, ?> call) {
    call.cancel("The HTTP client went away.", null);
  }

  /** They say what the call is made for, if that is traced. */
  private static CallOptions options(ContextView context) {
    return context.hasKey(Traces.KEY)
        ? CallOptions.DEFAULT.withOption(Traces.PARENT, context.get(Traces.KEY))
        : CallOptions.DEFAULT;
  }

  private static int clamp(long n) {
    return (int) Math.min(n, Integer.MAX_VALUE);
  }
}
