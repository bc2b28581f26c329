package dev.filo.telemetry;

import dev.filo.telemetry.trace.Traces;
import dev.filo.telemetry.trace.TracesProperties;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.binder.MeterBinder;
import io.micrometer.core.instrument.binder.jvm.JvmMemoryMetrics;
import io.micrometer.core.instrument.binder.jvm.JvmThreadMetrics;
import io.micrometer.core.instrument.binder.system.FileDescriptorMetrics;
import io.micrometer.core.instrument.binder.system.ProcessorMetrics;
import io.micrometer.core.instrument.binder.system.UptimeMetrics;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import java.util.List;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.core.env.Environment;

/**
 * The meters of a process and, where a port is set, the page they are read from; and its traces,
 * where somebody takes them.
 */
@Configuration(proxyBeanMethods = false)
@EnableConfigurationProperties({TelemetryProperties.class, TracesProperties.class})
public class TelemetryConfiguration {
  @Bean(destroyMethod = "close")
  MeterRegistry meters(TelemetryProperties properties, Environment environment) {
    return properties.port() == 0 ? new SimpleMeterRegistry() : exported(name(environment));
  }

  @Bean
  ManagementServer managementServer(TelemetryProperties properties, MeterRegistry meters) {
    return new ManagementServer(properties.port(), meters);
  }

  @Bean(destroyMethod = "close")
  Traces traces(TracesProperties properties, Environment environment) {
    return Traces.of(properties, name(environment));
  }

  /** Not by {@code @Value}: what a web server is made with is made before those are resolved. */
  private static String name(Environment environment) {
    return environment.getProperty("spring.application.name", "filo");
  }

  /**
   * A registry that can be read by Prometheus, with what the JVM tells of itself.
   *
   * @param service goes on each meter, as tag {@code service}
   */
  static PrometheusMeterRegistry exported(String service) {
    var meters = new PrometheusMeterRegistry(PrometheusConfig.DEFAULT);
    meters.config().commonTags("service", service);
    for (MeterBinder each :
        List.of(
            new JvmMemoryMetrics(),
            new JvmThreadMetrics(),
            new ProcessorMetrics(),
            new UptimeMetrics(),
            new FileDescriptorMetrics())) {
      each.bindTo(meters);
    }
    return meters;
  }
}
