package dev.filo.gateway.edge;

import java.time.Instant;
import org.jspecify.annotations.Nullable;
import org.springframework.web.server.ServerWebExchange;

/**
 * Whose token a request carries.
 *
 * @param subject the token's subject; absent without a token
 * @param expires when the token is worth nothing any more; absent without a token
 */
public record Caller(@Nullable String subject, @Nullable Instant expires) {
  /** A request without a token. */
  public static final Caller NOBODY = new Caller(null, null);

  private static final String ATTRIBUTE = Caller.class.getName();

  /** The caller of an exchange. */
  public static Caller of(ServerWebExchange exchange) {
    return exchange.getAttributeOrDefault(ATTRIBUTE, NOBODY);
  }

  /** Says that this is the caller of an exchange; only of a token that was checked. */
  void putInto(ServerWebExchange exchange) {
    exchange.getAttributes().put(ATTRIBUTE, this);
  }

  /** Whether there is a token. */
  public boolean isKnown() {
    return expires != null;
  }
}
