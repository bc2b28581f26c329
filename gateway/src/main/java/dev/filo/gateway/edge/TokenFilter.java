package dev.filo.gateway.edge;

import dev.filo.gateway.problem.Problem;
import dev.filo.gateway.problem.ProblemWriter;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.springframework.core.Ordered;
import org.springframework.http.HttpHeaders;
import org.springframework.http.server.reactive.ServerHttpRequest;
import org.springframework.security.web.server.firewall.ServerExchangeRejectedException;
import org.springframework.security.web.server.firewall.StrictServerWebExchangeFirewall;
import org.springframework.stereotype.Component;
import org.springframework.web.server.ServerWebExchange;
import org.springframework.web.server.WebFilter;
import org.springframework.web.server.WebFilterChain;
import org.springframework.web.util.pattern.PathPattern;
import org.springframework.web.util.pattern.PathPatternParser;
import reactor.core.publisher.Mono;

/**
 * The resource server: refuses what no honest client sends (encoded slashes, control characters),
 * and calls whose token is no good; whether one is needed, the method says. Where other paths want
 * to know who asks, they check for themselves.
 *
 * <p>One filter in the place of Spring Security's chain of nine, whose parts it is made of: the
 * chain took as much of a call's time as the cart's own work. Whose token it is lies in the
 * exchange ({@link Caller#of}).
 */
@Component
final class TokenFilter implements WebFilter, Ordered {
  // Where Spring Security has its own.
  private static final int ORDER = -100;
  private static final String BEARER = "Bearer ";
  private static final PathPattern API = PathPatternParser.defaultInstance.parse("/v1/**");

  private final StrictServerWebExchangeFirewall firewall = new StrictServerWebExchangeFirewall();
  private final TokenChecker tokens;
  private final ProblemWriter problems;

  TokenFilter(TokenChecker tokens, ProblemWriter problems) {
    this.tokens = tokens;
    this.problems = problems;
  }

  @Override
  public int getOrder() {
    return ORDER;
  }

  @Override
  public Mono<Void> filter(ServerWebExchange exchange, WebFilterChain chain) {
    return firewall
        .getFirewalledExchange(exchange)
        .flatMap(passed -> check(exchange, chain))
        .onErrorResume(
            ServerExchangeRejectedException.class,
            refusal ->
                problems.write(
                    exchange,
                    Problem.of(400, "FIELDS_INVALID", "The URL or a header is not accepted.")));
  }

  private Mono<Void> check(ServerWebExchange exchange, WebFilterChain chain) {
    ServerHttpRequest request = exchange.getRequest();
    requireReadable(request.getHeaders());
    String token =
        API.matches(request.getPath().pathWithinApplication()) ? token(request.getHeaders()) : null;
    if (token == null) {
      return chain.filter(exchange);
    }
    return tokens
        .check(token)
        .flatMap(
            caller -> {
              caller.putInto(exchange);
              return chain.filter(exchange);
            });
  }

  /** The firewall's own look at each header, which it takes only when one is read, and slowly. */
  private static void requireReadable(HttpHeaders headers) {
    headers.forEach(TokenFilter::requireReadable);
  }

  private static void requireReadable(String name, List<String> values) {
    for (String value : values) {
      if (!Ascii.isPrintable(value)
          && !StrictServerWebExchangeFirewall.ALLOWED_HEADER_VALUES.test(value)) {
        throw new ServerExchangeRejectedException("a header's value");
      }
    }
    if (!Ascii.isPrintable(name)) {
      throw new ServerExchangeRejectedException("a header's name");
    }
  }

  /** A bearer's token, whatever it looks like; none: no such header, or for another scheme. */
  private static @Nullable String token(HttpHeaders headers) {
    String given = headers.getFirst(HttpHeaders.AUTHORIZATION);
    return given != null && given.regionMatches(true, 0, BEARER, 0, BEARER.length())
        ? given.substring(BEARER.length()).strip()
        : null;
  }
}
