package dev.filo.gateway.edge;

import java.time.Instant;
import org.jspecify.annotations.Nullable;
import org.springframework.security.oauth2.jwt.Jwt;
import org.springframework.security.oauth2.server.resource.authentication.JwtAuthenticationToken;
import org.springframework.web.server.ServerWebExchange;
import reactor.core.publisher.Mono;

/**
 * Whose token a request carries.
 *
 * @param subject the token's subject; absent without a token
 * @param expires when the token is worth nothing any more; absent without a token
 */
public record Caller(@Nullable String subject, @Nullable Instant expires) {
  /** A request without a token. */
  public static final Caller NOBODY = new Caller(null, null);

  /** The caller of an exchange; never empty. */
  public static Mono<Caller> of(ServerWebExchange exchange) {
    return exchange
        .getPrincipal()
        .ofType(JwtAuthenticationToken.class)
        .map(
            principal -> {
              Jwt token = principal.getToken();
              return new Caller(token.getSubject(), token.getExpiresAt());
            })
        .defaultIfEmpty(NOBODY);
  }

  /** Whether there is a token. */
  public boolean isKnown() {
    return expires != null;
  }
}
