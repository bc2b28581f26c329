package dev.filo.gateway.edge;

import dev.filo.gateway.GatewayProperties;
import java.net.URI;
import java.util.List;
import org.springframework.cloud.gateway.filter.headers.HttpHeadersFilter;
import org.springframework.core.Ordered;
import org.springframework.http.HttpHeaders;
import org.springframework.stereotype.Component;
import org.springframework.web.server.ServerWebExchange;

/**
 * Tells identity by which name the world reaches it, so that issuer and redirects are in that name,
 * and where the request came from. What the caller claims about that is thrown away.
 */
@Component
final class ForwardedHeaders implements HttpHeadersFilter, Ordered {
  private final URI publicUrl;
  private final ClientAddress addresses;

  ForwardedHeaders(GatewayProperties properties, ClientAddress addresses) {
    this.publicUrl = properties.publicUrl();
    this.addresses = addresses;
  }

  /** After the filters that take such headers off. */
  @Override
  public int getOrder() {
    return Ordered.LOWEST_PRECEDENCE;
  }

  @Override
  public HttpHeaders filter(HttpHeaders input, ServerWebExchange exchange) {
    HttpHeaders headers = new HttpHeaders();
    input.forEach(
        (name, values) -> {
          String lower = name.toLowerCase(java.util.Locale.ROOT);
          if (!lower.equals("forwarded")
              && !lower.startsWith("x-forwarded-")
              && !lower.startsWith("x-filo-")) {
            headers.put(name, List.copyOf(values));
          }
        });
    String address = addresses.of(exchange.getRequest());
    boolean https = "https".equals(publicUrl.getScheme());
    int port = publicUrl.getPort() >= 0 ? publicUrl.getPort() : https ? 443 : 80;
    headers.set("X-Forwarded-Proto", publicUrl.getScheme());
    headers.set("X-Forwarded-Host", publicUrl.getHost());
    headers.set("X-Forwarded-Port", Integer.toString(port));
    headers.set("X-Forwarded-For", address);
    headers.set("x-filo-client-address", address);
    return headers;
  }
}
