package dev.filo.telemetry.trace;

import io.grpc.MethodDescriptor;
import io.grpc.Status;
import io.opentelemetry.api.common.AttributeKey;
import io.opentelemetry.api.trace.Span;
import io.opentelemetry.api.trace.SpanKind;
import io.opentelemetry.api.trace.StatusCode;
import io.opentelemetry.context.Context;

/** What spans of calls look like: OpenTelemetry's conventions for gRPC, without addresses. */
final class CallSpans {
  private static final AttributeKey<String> SYSTEM = AttributeKey.stringKey("rpc.system");
  private static final AttributeKey<String> SERVICE = AttributeKey.stringKey("rpc.service");
  private static final AttributeKey<String> METHOD = AttributeKey.stringKey("rpc.method");
  private static final AttributeKey<Long> CODE = AttributeKey.longKey("rpc.grpc.status_code");

  private CallSpans() {}

  static Span start(Traces traces, MethodDescriptor<?, ?> method, SpanKind kind, Context parent) {
    var span = traces.span(method.getFullMethodName(), kind, parent).startSpan();
    if (span.isRecording()) {
      var service = method.getServiceName();
      var name = method.getBareMethodName();
      span.setAttribute(SYSTEM, "grpc");
      span.setAttribute(SERVICE, service == null ? "" : service);
      span.setAttribute(METHOD, name == null ? "" : name);
    }
    return span;
  }

  /** A refusal is an answer, no error; a status's text is for callers only. Harmless twice. */
  static void end(Span span, Status status) {
    span.setAttribute(CODE, (long) status.getCode().value());
    boolean failed =
        switch (status.getCode()) {
          case UNKNOWN, DEADLINE_EXCEEDED, UNIMPLEMENTED, INTERNAL, UNAVAILABLE, DATA_LOSS -> true;
          case OK,
              CANCELLED,
              INVALID_ARGUMENT,
              NOT_FOUND,
              ALREADY_EXISTS,
              PERMISSION_DENIED,
              RESOURCE_EXHAUSTED,
              FAILED_PRECONDITION,
              ABORTED,
              OUT_OF_RANGE,
              UNAUTHENTICATED ->
              false;
        };
    if (failed) {
      span.setStatus(StatusCode.ERROR);
    }
    span.end();
  }
}
