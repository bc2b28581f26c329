package dev.filo.telemetry;

import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * Where a process tells about itself: {@code filo.management.*}.
 *
 * @param port the port of {@code /metrics}, for machines only and never for the outside; 0: none
 */
@ConfigurationProperties("filo.management")
public record TelemetryProperties(@DefaultValue("0") int port) {
  /** Checks the values. */
  public TelemetryProperties {
    if (port < 0 || port > 65535) {
      throw new IllegalArgumentException("filo.management.port must be 0 to 65535, not " + port);
    }
  }
}
