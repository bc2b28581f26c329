package dev.filo.gateway.edge;

import dev.filo.gateway.GatewayProperties;
import dev.filo.gateway.problem.Problem;
import dev.filo.gateway.problem.ProblemWriter;
import dev.filo.gateway.problem.RequestBody;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import org.springframework.core.Ordered;
import org.springframework.core.io.buffer.DataBuffer;
import org.springframework.core.io.buffer.DataBufferUtils;
import org.springframework.http.HttpHeaders;
import org.springframework.http.server.reactive.ServerHttpRequest;
import org.springframework.http.server.reactive.ServerHttpRequestDecorator;
import org.springframework.http.server.reactive.ServerHttpResponse;
import org.springframework.stereotype.Component;
import org.springframework.web.server.ServerWebExchange;
import org.springframework.web.server.WebFilter;
import org.springframework.web.server.WebFilterChain;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/**
 * What every request passes first: it gets an id, counts against its address, its body may only be
 * so large, headers that are ours to set are taken off, and its answer gets the headers that keep
 * browsers careful.
 */
@Component
public final class EdgeFilter implements WebFilter, Ordered {
  /** Before everything else. */
  static final int ORDER = Ordered.HIGHEST_PRECEDENCE + 10;

  private static final String API_POLICY = "default-src 'none'; frame-ancestors 'none'";

  private final ClientAddress addresses;
  private final RateLimits limits;
  private final ProblemWriter problems;
  private final long bodyMax;
  private final boolean https;

  /** Limits as configured. */
  public EdgeFilter(
      ClientAddress addresses,
      RateLimits limits,
      ProblemWriter problems,
      GatewayProperties properties) {
    this.addresses = addresses;
    this.limits = limits;
    this.problems = problems;
    this.bodyMax = properties.maxBody().toBytes();
    this.https = "https".equals(properties.publicUrl().getScheme());
  }

  @Override
  public int getOrder() {
    return ORDER;
  }

  @Override
  public Mono<Void> filter(ServerWebExchange exchange, WebFilterChain chain) {
    String requestId = ProblemWriter.requestId(exchange);
    ServerHttpRequest request = exchange.getRequest();
    RequestBody body = RequestBody.of(exchange, limited(request.getBody()));
    ServerHttpResponse response = exchange.getResponse();
    response.beforeCommit(
        () -> {
          secure(request, response, requestId);
          return Mono.empty();
        });
    try {
      limits.address(addresses.of(request));
      if (request.getHeaders().getContentLength() > bodyMax) {
        throw tooLarge();
      }
    } catch (dev.filo.gateway.problem.ProblemException refused) {
      return problems.write(exchange, refused.problem());
    }
    return chain.filter(exchange.mutate().request(new Limited(clean(request), body)).build());
  }

  private static ServerHttpRequest clean(ServerHttpRequest request) {
    List<String> ours =
        request.getHeaders().headerNames().stream()
            .filter(name -> name.regionMatches(true, 0, "x-filo-", 0, "x-filo-".length()))
            .toList();
    return ours.isEmpty()
        ? request
        : request.mutate().headers(headers -> ours.forEach(headers::remove)).build();
  }

  private void secure(ServerHttpRequest request, ServerHttpResponse response, String requestId) {
    HttpHeaders headers = response.getHeaders();
    headers.set(ProblemWriter.REQUEST_ID, requestId);
    headers.set("X-Content-Type-Options", "nosniff");
    absent(headers, "Referrer-Policy", "same-origin");
    absent(headers, "Cross-Origin-Opener-Policy", "same-origin");
    absent(headers, "X-Frame-Options", "DENY");
    if (https) {
      absent(headers, "Strict-Transport-Security", "max-age=31536000; includeSubDomains");
    }
    String path = request.getURI().getRawPath();
    boolean identitys =
        path.startsWith("/login") || path.startsWith("/connect") || path.startsWith("/oauth2");
    if (!identitys) {
      absent(headers, "Content-Security-Policy", API_POLICY);
    }
    headers.remove("Server");
  }

  private static void absent(HttpHeaders headers, String name, String value) {
    if (!headers.containsHeader(name)) {
      headers.set(name, value);
    }
  }

  private RuntimeException tooLarge() {
    return Problem.of(413, "BODY_TOO_LARGE", "The body is larger than " + bodyMax + " bytes.")
        .with("limitBytes", Long.toString(bodyMax))
        .exception();
  }

  /** The body, failing once it is too large, however it is sent. */
  private Flux<DataBuffer> limited(Flux<DataBuffer> body) {
    return Flux.defer(
        () -> {
          AtomicLong seen = new AtomicLong();
          return body.map(
              buffer -> {
                if (seen.addAndGet(buffer.readableByteCount()) > bodyMax) {
                  DataBufferUtils.release(buffer);
                  throw tooLarge();
                }
                return buffer;
              });
        });
  }

  /** A request with this body. */
  private static final class Limited extends ServerHttpRequestDecorator {
    private final RequestBody body;

    Limited(ServerHttpRequest request, RequestBody body) {
      super(request);
      this.body = body;
    }

    @Override
    public Flux<DataBuffer> getBody() {
      return body.read();
    }
  }
}
