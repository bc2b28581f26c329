package dev.filo.gateway.edge;

import dev.filo.gateway.GatewayProperties;
import java.net.InetSocketAddress;
import java.util.List;
import org.springframework.http.server.reactive.ServerHttpRequest;
import org.springframework.stereotype.Component;

/**
 * Where a request comes from: the connection's other end, or what the trusted proxies in front say.
 */
@Component
public final class ClientAddress {
  private final int trustedProxies;

  /** Reads how many proxies are trusted. */
  public ClientAddress(GatewayProperties properties) {
    this.trustedProxies = properties.trustedProxies();
  }

  /** The address as text. */
  public String of(ServerHttpRequest request) {
    if (trustedProxies > 0) {
      List<String> hops =
          request.getHeaders().getOrEmpty("X-Forwarded-For").stream()
              .flatMap(line -> java.util.Arrays.stream(line.split(",")))
              .map(String::strip)
              .filter(each -> each.matches("[0-9A-Fa-f:.%\\[\\]]{2,60}"))
              .toList();
      if (hops.size() >= trustedProxies) {
        return hops.get(hops.size() - trustedProxies);
      }
    }
    InetSocketAddress remote = request.getRemoteAddress();
    return remote == null || remote.getAddress() == null
        ? "unknown"
        : remote.getAddress().getHostAddress();
  }
}
