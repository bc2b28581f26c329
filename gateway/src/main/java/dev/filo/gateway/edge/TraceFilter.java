package dev.filo.gateway.edge;

import dev.filo.gateway.transcode.Route;
import dev.filo.gateway.transcode.RouteTable;
import dev.filo.telemetry.trace.Traces;
import dev.filo.telemetry.trace.WhereTraced;
import io.opentelemetry.api.common.AttributeKey;
import io.opentelemetry.api.trace.Span;
import io.opentelemetry.api.trace.SpanKind;
import io.opentelemetry.api.trace.StatusCode;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;
import org.springframework.context.annotation.Conditional;
import org.springframework.core.Ordered;
import org.springframework.http.HttpMethod;
import org.springframework.http.HttpStatusCode;
import org.springframework.stereotype.Component;
import org.springframework.web.server.ServerWebExchange;
import org.springframework.web.server.WebFilter;
import org.springframework.web.server.WebFilterChain;
import reactor.core.publisher.Mono;
import reactor.core.publisher.SignalType;

/**
 * A span for each request of the API and of identity's pages: a child of the browser's, if it says
 * so ({@code traceparent}). A path is shown as the route it fits, as what people type may be
 * personal. Only there where somebody takes traces.
 */
@Component
@Conditional(WhereTraced.class)
final class TraceFilter implements WebFilter, Ordered {
  private static final AttributeKey<String> METHOD = AttributeKey.stringKey("http.request.method");
  private static final AttributeKey<String> ROUTE = AttributeKey.stringKey("http.route");
  private static final AttributeKey<Long> STATUS =
      AttributeKey.longKey("http.response.status_code");

  private final Traces traces;
  private final RouteTable routes;

  TraceFilter(Traces traces, RouteTable routes) {
    this.traces = traces;
    this.routes = routes;
  }

  @Override
  public int getOrder() {
    return EdgeFilter.ORDER - 1;
  }

  @Override
  public Mono<Void> filter(ServerWebExchange exchange, WebFilterChain chain) {
    var request = exchange.getRequest();
    var path = request.getURI().getRawPath();
    var kind = HttpMeters.kind(path);
    if (kind.equals("page") || kind.equals("health")) {
      return chain.filter(exchange);
    }
    var parent = Traces.parent(request.getHeaders().getFirst(Traces.HEADER));
    var verb = verb(request.getMethod());
    var span = traces.span(verb, SpanKind.SERVER, parent).startSpan();
    if (span.isRecording()) {
      span.setAttribute(METHOD, verb);
      var route = route(kind, verb, path);
      if (route != null) {
        span.updateName(verb + " " + route);
        span.setAttribute(ROUTE, route);
      }
    }
    var context = parent.with(span);
    exchange.getAttributes().put(Traces.ATTRIBUTE, context);
    var passed =
        kind.equals("identity") // who answers it is told by the header itself
            ? exchange
                .mutate()
                .request(told -> told.header(Traces.HEADER, Traces.header(context)))
                .build()
            : exchange;
    var over = new AtomicBoolean();
    return chain
        .filter(passed)
        .contextWrite(all -> all.put(Traces.KEY, context))
        .doFinally(
            signal -> {
              if (signal == SignalType.ON_ERROR && !exchange.getResponse().isCommitted()) {
                // What the answer to it is, is not decided yet.
                exchange
                    .getResponse()
                    .beforeCommit(() -> Mono.fromRunnable(() -> end(exchange, span, over)));
              } else {
                end(exchange, span, over);
              }
            });
  }

  private static void end(ServerWebExchange exchange, Span span, AtomicBoolean over) {
    if (!over.compareAndSet(false, true)) {
      return;
    }
    HttpStatusCode status = exchange.getResponse().getStatusCode();
    if (status != null) {
      span.setAttribute(STATUS, (long) status.value());
      if (status.is5xxServerError()) {
        span.setStatus(StatusCode.ERROR);
      }
    }
    span.end();
  }

  private @Nullable String route(String kind, String verb, String path) {
    if (kind.equals("identity")) {
      return path.equals("/oauth2/token") ? path : "identity";
    } else if (path.equals("/v1/watch")) {
      return path;
    }
    Route.Match match = routes.seek(verb.equals("HEAD") ? "GET" : verb, path);
    return match == null ? null : match.route().path().toString();
  }

  /** Verbs as they are known; what else somebody sends is no name for anything. */
  private static String verb(HttpMethod method) {
    for (HttpMethod known : HttpMethod.values()) {
      if (known.equals(method)) {
        return known.name();
      }
    }
    return "_OTHER";
  }
}
