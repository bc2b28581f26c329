package dev.filo.gateway.edge;

import dev.filo.telemetry.TelemetryProperties;
import io.micrometer.core.instrument.Meter;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Metrics;
import io.micrometer.core.instrument.config.MeterFilter;
import io.micrometer.core.instrument.distribution.DistributionStatisticConfig;
import java.util.stream.LongStream;
import org.springframework.beans.factory.DisposableBean;
import org.springframework.boot.reactor.netty.NettyReactiveWebServerFactory;
import org.springframework.boot.web.server.WebServerFactoryCustomizer;
import org.springframework.stereotype.Component;

/**
 * Counts and times what is asked over HTTP, where somebody reads it: Reactor Netty's own meters,
 * {@code reactor.netty.http.server.*}, told apart by what kind of thing a path is.
 */
@Component
final class HttpMeters
    implements WebServerFactoryCustomizer<NettyReactiveWebServerFactory>, DisposableBean {
  private static final String TIMES = "reactor.netty.http.server.response.time";
  // As for the services' calls, so that both can be compared; in nanoseconds.
  private static final double[] BUCKETS =
      LongStream.of(2, 5, 10, 25, 50, 100, 250, 500, 1000, 2500, 5000)
          .mapToDouble(millis -> millis * 1e6)
          .toArray();

  private final TelemetryProperties properties;
  private final MeterRegistry meters;

  HttpMeters(TelemetryProperties properties, MeterRegistry meters) {
    this.properties = properties;
    this.meters = meters;
  }

  @Override
  public void customize(NettyReactiveWebServerFactory factory) {
    if (properties.port() == 0) {
      return;
    }
    meters.config().meterFilter(MeterFilter.denyNameStartsWith("reactor.netty.bytebuf"));
    meters
        .config()
        .meterFilter(
            new MeterFilter() {
              @Override
              public DistributionStatisticConfig configure(
                  Meter.Id id, DistributionStatisticConfig config) {
                return id.getName().equals(TIMES)
                    ? DistributionStatisticConfig.builder()
                        .serviceLevelObjectives(BUCKETS)
                        .build()
                        .merge(config)
                    : config;
              }
            });
    Metrics.addRegistry(meters); // Reactor Netty tells the global one.
    factory.addServerCustomizers(server -> server.metrics(true, HttpMeters::kind));
  }

  /** What kind of thing a path is: few, whatever people type. */
  static String kind(String path) {
    if (path.startsWith("/v1/watch") || path.contains(":watch")) {
      return "watch";
    } else if (path.startsWith("/v1/")) {
      return "api";
    } else if (path.startsWith("/oauth2/")
        || path.startsWith("/login")
        || path.startsWith("/connect/")
        || path.startsWith("/.well-known/")
        || path.equals("/userinfo")) {
      return "identity";
    } else if (path.equals("/livez") || path.equals("/healthz")) {
      return "health";
    }
    return "page";
  }

  @Override
  public void destroy() {
    Metrics.removeRegistry(meters);
  }
}
