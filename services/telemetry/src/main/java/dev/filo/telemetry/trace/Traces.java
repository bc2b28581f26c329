package dev.filo.telemetry.trace;

import io.grpc.ClientInterceptor;
import io.grpc.ServerInterceptor;
import io.opentelemetry.api.common.Attributes;
import io.opentelemetry.api.trace.Span;
import io.opentelemetry.api.trace.SpanBuilder;
import io.opentelemetry.api.trace.SpanContext;
import io.opentelemetry.api.trace.SpanKind;
import io.opentelemetry.api.trace.Tracer;
import io.opentelemetry.api.trace.TracerProvider;
import io.opentelemetry.api.trace.propagation.W3CTraceContextPropagator;
import io.opentelemetry.context.Context;
import io.opentelemetry.context.ContextKey;
import io.opentelemetry.context.propagation.TextMapGetter;
import io.opentelemetry.context.propagation.TextMapPropagator;
import io.opentelemetry.exporter.otlp.http.trace.OtlpHttpSpanExporter;
import io.opentelemetry.sdk.resources.Resource;
import io.opentelemetry.sdk.trace.SdkTracerProvider;
import io.opentelemetry.sdk.trace.export.BatchSpanProcessor;
import io.opentelemetry.sdk.trace.samplers.Sampler;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.MDC;

/**
 * The spans of a process. A request's span goes with it explicitly: in gRPC's context ({@link
 * #SERVED}), in Reactor's ({@link #KEY}) and in a call's options ({@link #PARENT}); so nothing is
 * done on the way of a request while traces are off. Nothing but methods, routes, codes and names
 * of collections is ever written into a span. Thread-safe.
 */
public final class Traces implements AutoCloseable {
  /** Where the {@link Context} of what is done lies in Reactor's context. */
  public static final Object KEY = Traces.class;

  /** The attribute of an HTTP exchange with the same. */
  public static final String ATTRIBUTE = "filo.trace";

  /** In gRPC's context: that of the call being answered. Absent when it is not traced. */
  public static final io.grpc.Context.Key<Context> SERVED = io.grpc.Context.key("filo-trace");

  /** In a call's options: what the call is made for. */
  public static final io.grpc.CallOptions.Key<Context> PARENT =
      io.grpc.CallOptions.Key.create("filo-trace");

  /** W3C Trace Context's header. Its {@code tracestate} is not passed on: it may hold anything. */
  public static final String HEADER = "traceparent";

  // A stream may last for a day; what it does at its begin tells enough.
  private static final int COMMANDS_MAX = 100;
  private static final ContextKey<AtomicInteger> COMMANDS = ContextKey.named("filo-commands");

  private static final TextMapPropagator PROPAGATOR = W3CTraceContextPropagator.getInstance();
  private static final String TRACE_ID = "trace.id";
  private static final String SPAN_ID = "span.id";
  private static final Duration FLUSH = Duration.ofSeconds(2);
  private static final Traces OFF = new Traces(null);
  private static final TextMapGetter<String> GETTER =
      new TextMapGetter<>() {
        @Override
        public Iterable<String> keys(String header) {
          return List.of(HEADER);
        }

        @Override
        public @Nullable String get(@Nullable String header, String key) {
          return key.equals(HEADER) ? header : null;
        }
      };

  private final @Nullable SdkTracerProvider provider;
  private final Tracer tracer;

  private Traces(@Nullable SdkTracerProvider provider) {
    this.provider = provider;
    this.tracer = (provider == null ? TracerProvider.noop() : provider).get("dev.filo");
  }

  /** No traces. */
  public static Traces off() {
    return OFF;
  }

  /**
   * Traces as configured: what a caller has decided is kept to, of the rest the ratio is taken.
   *
   * @param service the process's short name: {@code cart}
   */
  public static Traces of(TracesProperties properties, String service) {
    if (properties.endpoint().isBlank()) {
      return OFF;
    }
    var exporter =
        OtlpHttpSpanExporter.builder()
            .setEndpoint(properties.endpoint().strip().replaceAll("/+$", "") + "/v1/traces")
            .setCompression("gzip")
            .build();
    return new Traces(
        SdkTracerProvider.builder()
            .setResource(
                Resource.create(
                    Attributes.builder()
                        .put("service.namespace", "filo")
                        .put("service.name", service)
                        .build()))
            .setSampler(Sampler.parentBased(Sampler.traceIdRatioBased(properties.ratio())))
            // Bounded: what a receiver that is away does not take is dropped.
            .addSpanProcessor(BatchSpanProcessor.builder(exporter).build())
            .build());
  }

  /** Whether anything is traced. */
  public boolean isOn() {
    return provider != null;
  }

  /** What every gRPC server of the process has outermost: a span per call. Empty when off. */
  public List<ServerInterceptor> servers() {
    return isOn() ? List.of(new ServedCalls(this)) : List.of();
  }

  /** What every channel of the process has: a span per call that says what it is for. */
  public List<ClientInterceptor> clients() {
    return isOn() ? List.of(new MadeCalls(this)) : List.of();
  }

  /** What a {@code traceparent} says; the root when there is none, or none that can be read. */
  public static Context parent(@Nullable String header) {
    return header == null ? Context.root() : PROPAGATOR.extract(Context.root(), header, GETTER);
  }

  /** The {@code traceparent} that makes others' spans children of this one. */
  public static String header(Context context) {
    SpanContext span = Span.fromContext(context).getSpanContext();
    return "00-" + span.getTraceId() + "-" + span.getSpanId() + "-" + span.getTraceFlags().asHex();
  }

  /** The context of a call with a bound of what {@link #takeCommand} lets through. */
  static Context bounded(Context call) {
    return call.with(COMMANDS, new AtomicInteger());
  }

  /**
   * Whether another command to a database may have a span in this call: {@value #COMMANDS_MAX} have
   * one, which is more than any call of one answer sends.
   */
  public static boolean takeCommand(Context call) {
    var taken = call.get(COMMANDS);
    return taken == null || (taken.get() < COMMANDS_MAX && taken.incrementAndGet() <= COMMANDS_MAX);
  }

  /** A span, to be started. */
  public SpanBuilder span(String name, SpanKind kind, Context parent) {
    return tracer.spanBuilder(name).setParent(parent).setSpanKind(kind);
  }

  /**
   * Does something, with the trace's and the span's id on the lines that it logs: {@code trace.id}
   * and {@code span.id}, as ECS names them.
   *
   * @param context what is done; null: nothing that is traced
   */
  public static <T> T logged(@Nullable Context context, Supplier<T> work) {
    if (context == null || !Span.fromContext(context).getSpanContext().isSampled()) {
      return work.get();
    }
    mark(context);
    try {
      return work.get();
    } finally {
      unmark();
    }
  }

  /** From now on this thread's log lines have the ids, until {@link #unmark}. */
  public static void mark(Context context) {
    SpanContext span = Span.fromContext(context).getSpanContext();
    if (span.isSampled()) {
      MDC.put(TRACE_ID, span.getTraceId());
      MDC.put(SPAN_ID, span.getSpanId());
    }
  }

  /** From now on this thread's log lines have no ids. */
  public static void unmark() {
    MDC.remove(TRACE_ID);
    MDC.remove(SPAN_ID);
  }

  /** As {@link #logged(Context, Supplier)}, for what has no result. */
  public static void logging(@Nullable Context context, Runnable work) {
    logged(
        context,
        () -> {
          work.run();
          return true;
        });
  }

  /** Sends what is not sent yet, for two seconds at most, and ends. */
  @Override
  public void close() {
    if (provider != null) {
      provider.shutdown().join(FLUSH.toMillis(), TimeUnit.MILLISECONDS);
    }
  }
}
