package dev.filo.platform.grpc;

import dev.filo.telemetry.trace.Traces;
import io.grpc.ForwardingServerCall;
import io.grpc.ForwardingServerCallListener;
import io.grpc.Metadata;
import io.grpc.ServerCall;
import io.grpc.ServerCallHandler;
import io.grpc.ServerInterceptor;
import io.grpc.Status;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Timer;
import io.opentelemetry.context.Context;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Times every call and logs it: method, code and duration, never who or what. Into {@code filo.rpc}
 * (tags {@code method}, {@code code}; CANCELLED when the caller went away) go calls that end, into
 * {@code filo.rpc.streams} (tag {@code method}) the streams that are open: the watchers.
 */
public final class CallLog implements ServerInterceptor {
  private static final Logger log = LoggerFactory.getLogger(CallLog.class);
  // What the objectives are about (docs/operations.md), and enough around it to see where it goes.
  private static final Duration[] BUCKETS =
      java.util.stream.LongStream.of(2, 5, 10, 25, 50, 100, 250, 500, 1000, 2500, 5000)
          .mapToObj(Duration::ofMillis)
          .toArray(Duration[]::new);

  private final MeterRegistry meters;
  private final Map<Ended, Timer> timers = new ConcurrentHashMap<>();
  private final Map<String, AtomicInteger> streams = new ConcurrentHashMap<>();

  private record Ended(String method, Status.Code code) {}

  /** Times into these meters. */
  public CallLog(MeterRegistry meters) {
    this.meters = meters;
  }

  @Override
  public <Q, R> ServerCall.Listener<Q> interceptCall(
      ServerCall<Q, R> call, Metadata headers, ServerCallHandler<Q, R> next) {
    var descriptor = call.getMethodDescriptor();
    var method = descriptor.getFullMethodName();
    var open =
        descriptor.getType().serverSendsOneMessage()
            ? null
            : streams.computeIfAbsent(method, this::gauge);
    if (open != null) {
      open.incrementAndGet();
    }
    var over = new AtomicBoolean();
    var traced = Traces.SERVED.get();
    long begin = System.nanoTime();
    var listener =
        next.startCall(
            new ForwardingServerCall.SimpleForwardingServerCall<>(call) {
              @Override
              public void close(Status status, Metadata trailers) {
                if (over.compareAndSet(false, true)) {
                  end(method, status, System.nanoTime() - begin, open, traced);
                }
                super.close(status, trailers);
              }
            },
            headers);
    return new ForwardingServerCallListener.SimpleForwardingServerCallListener<>(listener) {
      @Override
      public void onCancel() {
        if (over.compareAndSet(false, true)) {
          end(method, Status.CANCELLED, System.nanoTime() - begin, open, traced);
        }
        super.onCancel();
      }
    };
  }

  private AtomicInteger gauge(String method) {
    var open = new AtomicInteger();
    Gauge.builder("filo.rpc.streams", open, AtomicInteger::doubleValue)
        .description("Streams that are open.")
        .tag("method", method)
        .register(meters);
    return open;
  }

  private void end(
      String method,
      Status status,
      long nanos,
      @Nullable AtomicInteger open,
      @Nullable Context traced) {
    if (open != null) {
      open.decrementAndGet();
    }
    timers
        .computeIfAbsent(new Ended(method, status.getCode()), this::timer)
        .record(nanos, TimeUnit.NANOSECONDS);
    if (AccessInterceptor.isRefusal(status)) {
      log.debug("{} {} {} ms", method, status.getCode(), nanos / 1_000_000);
    } else {
      Traces.logging(
          traced, () -> log.warn("{} {} {} ms", method, status.getCode(), nanos / 1_000_000));
    }
  }

  private Timer timer(Ended ended) {
    return Timer.builder("filo.rpc")
        .description("Calls that have ended.")
        .tag("method", ended.method)
        .tag("code", ended.code.name())
        .serviceLevelObjectives(BUCKETS)
        .register(meters);
  }
}
