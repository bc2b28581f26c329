package dev.filo.gateway.edge;

import java.time.Duration;
import org.springframework.boot.reactor.netty.NettyReactiveWebServerFactory;
import org.springframework.boot.web.server.WebServerFactoryCustomizer;
import org.springframework.stereotype.Component;

/**
 * Ends requests that come too slowly: a body of the size we take needs seconds, even on a bad line.
 */
@Component
final class SlowRequests implements WebServerFactoryCustomizer<NettyReactiveWebServerFactory> {
  private static final Duration BETWEEN_READS = Duration.ofSeconds(20);
  private static final Duration WHOLE_BODY = Duration.ofSeconds(60);

  @Override
  public void customize(NettyReactiveWebServerFactory factory) {
    factory.addServerCustomizers(
        server -> server.readTimeout(BETWEEN_READS).requestTimeout(WHOLE_BODY));
  }
}
