package dev.filo.identity.web;

import dev.filo.telemetry.trace.Traces;
import io.opentelemetry.api.trace.Span;
import io.opentelemetry.api.trace.SpanKind;
import io.opentelemetry.api.trace.StatusCode;
import jakarta.servlet.FilterChain;
import jakarta.servlet.ServletException;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.util.Set;
import org.springframework.web.filter.OncePerRequestFilter;

/**
 * A span for each request that the gateway passes on, a child of the gateway's. Paths other than
 * the token endpoint's may hold anything and are not shown.
 */
final class TraceFilter extends OncePerRequestFilter {
  private static final String TOKEN = "/oauth2/token";
  private static final Set<String> VERBS = Set.of("GET", "HEAD", "POST", "PUT", "DELETE");

  private final Traces traces;

  TraceFilter(Traces traces) {
    this.traces = traces;
  }

  @Override
  protected void doFilterInternal(
      HttpServletRequest request, HttpServletResponse response, FilterChain chain)
      throws ServletException, IOException {
    var header = request.getHeader(Traces.HEADER);
    if (header == null) {
      chain.doFilter(request, response); // a service's own token: nobody's request
      return;
    }
    var parent = Traces.parent(header);
    var verb = VERBS.contains(request.getMethod()) ? request.getMethod() : "_OTHER";
    var route = TOKEN.equals(request.getRequestURI()) ? TOKEN : "identity";
    var span =
        traces
            .span(verb + " " + route, SpanKind.SERVER, parent)
            .setAttribute("http.request.method", verb)
            .setAttribute("http.route", route)
            .startSpan();
    try {
      Traces.mark(parent.with(span));
      chain.doFilter(request, response);
      end(span, response.getStatus());
    } catch (ServletException | IOException | RuntimeException e) {
      end(span, HttpServletResponse.SC_INTERNAL_SERVER_ERROR);
      throw e;
    } finally {
      Traces.unmark();
    }
  }

  private static void end(Span span, int status) {
    span.setAttribute("http.response.status_code", (long) status);
    if (status >= HttpServletResponse.SC_INTERNAL_SERVER_ERROR) {
      span.setStatus(StatusCode.ERROR);
    }
    span.end();
  }
}
