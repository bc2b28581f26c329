package dev.filo.telemetry.trace;

import java.net.URI;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * Where traces go: {@code filo.traces.*}.
 *
 * @param endpoint an OTLP/HTTP receiver, {@code http://collector:4318}; {@code /v1/traces} is added
 *     to it; empty: nothing is traced
 * @param ratio the part of the requests that are traced, 0 to 1 (both inclusive), of those whose
 *     caller has not decided it already
 */
@ConfigurationProperties("filo.traces")
public record TracesProperties(
    @DefaultValue("") String endpoint, @DefaultValue("0.05") double ratio) {
  /** Checks the values. */
  public TracesProperties {
    if (!(ratio >= 0 && ratio <= 1)) {
      throw new IllegalArgumentException("filo.traces.ratio must be 0 to 1, not " + ratio);
    }
    if (!endpoint.isBlank() && !isHttp(endpoint)) {
      throw new IllegalArgumentException(
          "filo.traces.endpoint must be http:// or https:// and a host, like"
              + " http://collector:4318, not "
              + endpoint);
    }
  }

  private static boolean isHttp(String endpoint) {
    try {
      var uri = URI.create(endpoint);
      return ("http".equals(uri.getScheme()) || "https".equals(uri.getScheme()))
          && uri.getHost() != null;
    } catch (IllegalArgumentException damaged) {
      return false;
    }
  }
}
