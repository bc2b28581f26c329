package dev.filo.platform.grpc;

import io.grpc.ForwardingServerCall;
import io.grpc.Metadata;
import io.grpc.ServerCall;
import io.grpc.ServerCallHandler;
import io.grpc.ServerInterceptor;
import io.grpc.Status;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Timer;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Times every call and logs it: method, code and duration, never who or what. */
public final class CallLog implements ServerInterceptor {
  private static final Logger log = LoggerFactory.getLogger(CallLog.class);

  private final MeterRegistry meters;
  // By method and code: looking a meter up by its tags costs as much as a call's other checks.
  private final Map<String, Map<Status.Code, Timer>> timers = new ConcurrentHashMap<>();

  /** Times into {@code filo.rpc}, tagged by method and code. */
  public CallLog(MeterRegistry meters) {
    this.meters = meters;
  }

  private Timer timer(String method, Status.Code code) {
    return timers
        .computeIfAbsent(method, key -> new ConcurrentHashMap<>())
        .computeIfAbsent(
            code,
            key ->
                Timer.builder("filo.rpc")
                    .tag("method", method)
                    .tag("code", key.name())
                    .register(meters));
  }

  @Override
  public <Q, R> ServerCall.Listener<Q> interceptCall(
      ServerCall<Q, R> call, Metadata headers, ServerCallHandler<Q, R> next) {
    var method = call.getMethodDescriptor().getFullMethodName();
    long begin = System.nanoTime();
    return next.startCall(
        new ForwardingServerCall.SimpleForwardingServerCall<>(call) {
          @Override
          public void close(Status status, Metadata trailers) {
            long nanos = System.nanoTime() - begin;
            timer(method, status.getCode()).record(nanos, TimeUnit.NANOSECONDS);
            if (AccessInterceptor.isRefusal(status)) {
              log.debug("{} {} {} ms", method, status.getCode(), nanos / 1_000_000);
            } else {
              log.warn("{} {} {} ms", method, status.getCode(), nanos / 1_000_000);
            }
            super.close(status, trailers);
          }
        },
        headers);
  }
}
