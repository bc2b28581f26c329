package dev.filo.telemetry;

import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import io.prometheus.metrics.exporter.httpserver.HTTPServer;
import java.io.IOException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.context.SmartLifecycle;

/**
 * Serves {@code /metrics} in Prometheus' format on a port of its own, and {@code /-/healthy}. It
 * ends last, so that an ending process can still be watched.
 */
public final class ManagementServer implements SmartLifecycle {
  private static final Logger log = LoggerFactory.getLogger(ManagementServer.class);

  private final int port;
  private final MeterRegistry meters;
  private @Nullable HTTPServer server;

  /**
   * A server.
   *
   * @param port where it listens; 0: nowhere
   * @param meters what it shows, if Prometheus can read it
   */
  public ManagementServer(int port, MeterRegistry meters) {
    this.port = port;
    this.meters = meters;
  }

  @Override
  public void start() {
    if (port == 0 || !(meters instanceof PrometheusMeterRegistry exported)) {
      return;
    }
    try {
      server =
          HTTPServer.builder()
              .port(port)
              .registry(exported.getPrometheusRegistry())
              .buildAndStart();
    } catch (IOException e) {
      throw new IllegalStateException(
          "The management port "
              + port
              + " cannot be opened, it may be taken."
              + " Set filo.management.port (FILO_MANAGEMENT_PORT).",
          e);
    }
    log.info("metrics on port {}", port);
  }

  @Override
  public void stop() {
    var running = server;
    if (running != null) {
      running.close();
      server = null;
    }
  }

  @Override
  public boolean isRunning() {
    return server != null;
  }

  @Override
  public int getPhase() {
    return Integer.MIN_VALUE;
  }
}
