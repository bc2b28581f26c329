package dev.filo.gateway.edge;

import io.netty.channel.EventLoop;
import org.springframework.core.Ordered;
import org.springframework.http.server.reactive.ServerHttpRequestDecorator;
import org.springframework.stereotype.Component;
import org.springframework.web.server.ServerWebExchange;
import org.springframework.web.server.WebFilter;
import org.springframework.web.server.WebFilterChain;
import reactor.core.publisher.Mono;
import reactor.netty.Connection;

/**
 * Has each request answered in a turn of its own of the connection's event loop. Up to Reactor
 * Netty 1.3.8 a kept-alive connection is never read again when a request that came before the last
 * one had quite ended is answered while it is being handed over, as a page's file is
 * (https://github.com/reactor/reactor-netty/issues/4361); the caller's next request then waits
 * until it gives up.
 */
@Component
final class OneAfterAnother implements WebFilter, Ordered {
  @Override
  public int getOrder() {
    return Ordered.HIGHEST_PRECEDENCE;
  }

  @Override
  public Mono<Void> filter(ServerWebExchange exchange, WebFilterChain chain) {
    Object request = ServerHttpRequestDecorator.getNativeRequest(exchange.getRequest());
    if (!(request instanceof Connection connection)) {
      return chain.filter(exchange);
    }
    EventLoop loop = connection.channel().eventLoop();
    return Mono.<Void>create(turn -> loop.execute(turn::success))
        .then(Mono.defer(() -> chain.filter(exchange)));
  }
}
