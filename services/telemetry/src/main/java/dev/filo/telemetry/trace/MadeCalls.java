package dev.filo.telemetry.trace;

import io.grpc.CallOptions;
import io.grpc.Channel;
import io.grpc.ClientCall;
import io.grpc.ClientInterceptor;
import io.grpc.ForwardingClientCall.SimpleForwardingClientCall;
import io.grpc.ForwardingClientCallListener.SimpleForwardingClientCallListener;
import io.grpc.Metadata;
import io.grpc.MethodDescriptor;
import io.grpc.Status;
import io.opentelemetry.api.trace.SpanKind;
import io.opentelemetry.context.Context;

/** A span for each call that is made for something traced, told to the other side. */
final class MadeCalls implements ClientInterceptor {
  private final Traces traces;

  MadeCalls(Traces traces) {
    this.traces = traces;
  }

  @Override
  public <Q, R> ClientCall<Q, R> interceptCall(
      MethodDescriptor<Q, R> method, CallOptions options, Channel next) {
    Context parent = options.getOption(Traces.PARENT);
    var call = next.newCall(method, options);
    if (parent == null) {
      return call;
    }
    return new SimpleForwardingClientCall<>(call) {
      @Override
      public void start(Listener<R> listener, Metadata headers) {
        var span = CallSpans.start(traces, method, SpanKind.CLIENT, parent);
        headers.discardAll(ServedCalls.TRACEPARENT);
        headers.put(ServedCalls.TRACEPARENT, Traces.header(parent.with(span)));
        try {
          super.start(
              new SimpleForwardingClientCallListener<>(listener) {
                @Override
                public void onClose(Status status, Metadata trailers) {
                  CallSpans.end(span, status);
                  super.onClose(status, trailers);
                }
              },
              headers);
        } catch (RuntimeException e) {
          CallSpans.end(span, Status.INTERNAL);
          throw e;
        }
      }
    };
  }
}
