package dev.filo.gateway;

import java.net.URI;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;
import org.springframework.util.unit.DataSize;

/**
 * The gateway's settings, {@code filo.gateway.*}. A value that cannot be stops the start with a
 * sentence.
 *
 * @param targets where each service's gRPC is, by the name of its package: {@code cart:
 *     dns:///cart:9090}
 * @param publicUrl how browsers reach this gateway; tokens are issued in this name
 * @param identityUri identity's HTTP, for sign-in and tokens
 * @param jwksUri the keys that tokens are checked with
 * @param issuer who tokens must come from; empty: whoever holds the keys
 * @param deadline how long one call may take
 * @param maxBody the largest body taken
 * @param trustedProxies how many proxies in front add to {@code X-Forwarded-For}; 0: the header is
 *     ignored
 * @param cors other origins that may call
 * @param rate how often one caller may call this replica
 * @param stream how server-sent events are kept
 * @param grpc the door for tills
 */
@ConfigurationProperties("filo.gateway")
public record GatewayProperties(
    Map<String, String> targets,
    URI publicUrl,
    URI identityUri,
    URI jwksUri,
    @DefaultValue("") String issuer,
    @DefaultValue("10s") Duration deadline,
    @DefaultValue("1MB") DataSize maxBody,
    @DefaultValue("0") int trustedProxies,
    @DefaultValue Cors cors,
    @DefaultValue Rate rate,
    @DefaultValue Stream stream,
    @DefaultValue Grpc grpc) {

  /** Checks the values. */
  public GatewayProperties {
    require(targets != null && !targets.isEmpty(), "targets", "names no service");
    require(publicUrl != null && publicUrl.isAbsolute(), "public-url", "must be an absolute URL");
    require(
        identityUri != null && identityUri.isAbsolute(), "identity-uri", "must be an absolute URL");
    require(jwksUri != null && jwksUri.isAbsolute(), "jwks-uri", "must be an absolute URL");
    require(deadline.isPositive(), "deadline", "must be longer than nothing");
    require(maxBody.toBytes() > 0, "max-body", "must be larger than nothing");
    require(trustedProxies >= 0, "trusted-proxies", "must be 0 or more");
  }

  /**
   * Other origins that may call, as {@code https://shop.example} or {@code http://localhost:[*]}.
   *
   * @param allowedOrigins origins or patterns; empty: only this gateway's own pages
   */
  public record Cors(@DefaultValue List<String> allowedOrigins) {}

  /**
   * Calls per second, counted by each replica for itself, in token buckets.
   *
   * @param perAddress calls a second from one address; a whole store may share one
   * @param perAddressBurst calls at once from one address
   * @param perSubject calls a second with one person's or machine's tokens
   * @param perSubjectBurst calls at once with one person's or machine's tokens
   */
  public record Rate(
      @DefaultValue("200") int perAddress,
      @DefaultValue("1000") int perAddressBurst,
      @DefaultValue("50") int perSubject,
      @DefaultValue("200") int perSubjectBurst) {
    /** Checks the values. */
    public Rate {
      require(perAddress > 0 && perAddressBurst > 0, "rate.per-address", "must be 1 or more");
      require(perSubject > 0 && perSubjectBurst > 0, "rate.per-subject", "must be 1 or more");
    }
  }

  /**
   * How server-sent events are kept.
   *
   * @param heartbeat the time between comment lines
   * @param decide how long to wait for the service's first word before the answer begins
   * @param topicsMax topics on one stream
   * @param perSubject streams at once with one person's or machine's tokens
   */
  public record Stream(
      @DefaultValue("15s") Duration heartbeat,
      @DefaultValue("500ms") Duration decide,
      @DefaultValue("20") int topicsMax,
      @DefaultValue("100") int perSubject) {
    /** Checks the values. */
    public Stream {
      require(heartbeat.isPositive(), "stream.heartbeat", "must be longer than nothing");
      require(topicsMax > 0, "stream.topics-max", "must be 1 or more");
    }
  }

  /**
   * The gRPC door.
   *
   * @param enabled whether there is one
   * @param port where it listens; 0: anywhere free
   * @param certificate a PEM file with the certificate chain; empty: plaintext
   * @param key a PEM file with its private key
   * @param messageMax the largest message taken
   */
  public record Grpc(
      @DefaultValue("true") boolean enabled,
      @DefaultValue("9090") int port,
      @DefaultValue("") String certificate,
      @DefaultValue("") String key,
      @DefaultValue("4MB") DataSize messageMax) {
    /** Checks the values. */
    public Grpc {
      require(port >= 0 && port < 65536, "grpc.port", "must be a port");
      require(
          certificate.isEmpty() == key.isEmpty(),
          "grpc.certificate",
          "needs grpc.key, and it this");
    }
  }

  private static void require(boolean holds, @Nullable String key, String sentence) {
    if (!holds) {
      throw new IllegalArgumentException("filo.gateway." + key + " " + sentence + ".");
    }
  }
}
