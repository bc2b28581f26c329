package dev.filo.telemetry.trace;

import io.grpc.ForwardingServerCall.SimpleForwardingServerCall;
import io.grpc.ForwardingServerCallListener.SimpleForwardingServerCallListener;
import io.grpc.Metadata;
import io.grpc.ServerCall;
import io.grpc.ServerCallHandler;
import io.grpc.ServerInterceptor;
import io.grpc.Status;
import io.opentelemetry.api.trace.SpanKind;

/**
 * A span for each call that is answered, for as long as it takes; a child of the caller's, if the
 * caller says so. What begins the call finds it in gRPC's context. Streams are traced only where
 * the caller's are: those between services have no end.
 */
final class ServedCalls implements ServerInterceptor {
  static final Metadata.Key<String> TRACEPARENT =
      Metadata.Key.of(Traces.HEADER, Metadata.ASCII_STRING_MARSHALLER);

  private final Traces traces;

  ServedCalls(Traces traces) {
    this.traces = traces;
  }

  @Override
  public <Q, R> ServerCall.Listener<Q> interceptCall(
      ServerCall<Q, R> call, Metadata headers, ServerCallHandler<Q, R> next) {
    var header = headers.get(TRACEPARENT);
    if (header == null && !call.getMethodDescriptor().getType().serverSendsOneMessage()) {
      return next.startCall(
          call, headers); // a follower, which goes on for as long as both are there
    }
    var parent = Traces.parent(header);
    var span = CallSpans.start(traces, call.getMethodDescriptor(), SpanKind.SERVER, parent);
    var traced =
        io.grpc.Context.current().withValue(Traces.SERVED, Traces.bounded(parent.with(span)));
    var before = traced.attach();
    try {
      var listener =
          next.startCall(
              new SimpleForwardingServerCall<>(call) {
                @Override
                public void close(Status status, Metadata trailers) {
                  CallSpans.end(span, status);
                  super.close(status, trailers);
                }
              },
              headers);
      return new SimpleForwardingServerCallListener<>(listener) {
        @Override
        public void onCancel() {
          CallSpans.end(span, Status.CANCELLED);
          super.onCancel();
        }
      };
    } finally {
      traced.detach(before);
    }
  }
}
