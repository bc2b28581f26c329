package dev.filo.platform;

import java.net.URI;
import java.time.Duration;
import java.util.Map;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * What a service is told from outside: {@code filo.*}, or {@code FILO_*} in the environment.
 *
 * @param service the service's short name: {@code cart}
 * @param issuer the issuer of tokens: the suite's public address
 * @param tokenUri identity's token endpoint, where the service gets its own token
 * @param clientSecret the service's secret there; its client id is {@code service-} and its name
 * @param targets where other services are, by short name; {@code dns:///NAME:9090} when not said
 * @param grpc its gRPC server
 * @param mongodb its database
 * @param feed its feed
 */
@ConfigurationProperties("filo")
public record PlatformProperties(
    String service,
    @DefaultValue("http://localhost:8080") String issuer,
    @DefaultValue("http://identity:8081/oauth2/token") URI tokenUri,
    @DefaultValue("") String clientSecret,
    @DefaultValue Map<String, String> targets,
    @DefaultValue Grpc grpc,
    @DefaultValue Mongodb mongodb,
    @DefaultValue Feed feed) {

  /**
   * The gRPC server.
   *
   * @param listen a port, {@code address:port} or {@code in-process:NAME}
   * @param drain how long calls under way may take to end when it stops
   * @param inline whether a call is answered on the thread it comes on, without handing it over:
   *     only for a service that never blocks and computes little
   */
  public record Grpc(
      @DefaultValue("9090") String listen,
      @DefaultValue("10s") Duration drain,
      @DefaultValue("false") boolean inline) {}

  /**
   * The database.
   *
   * @param uri a MongoDB connection string
   * @param ca the authorities that may have signed its certificate, as PEM or the path of a file
   *     with it; empty: those Java knows
   * @param prefix goes before the service's name in the database's name
   */
  public record Mongodb(
      @DefaultValue("mongodb://localhost:27017/?replicaSet=rs0") String uri,
      @DefaultValue("") String ca,
      @DefaultValue("filo_") String prefix) {}

  /**
   * The feed.
   *
   * @param poll how often a replica looks for events that others wrote
   * @param keep how long events are kept
   */
  public record Feed(@DefaultValue("100ms") Duration poll, @DefaultValue("30d") Duration keep) {}

  /** The target of another service. */
  public String target(String name) {
    return targets.getOrDefault(name, "dns:///" + name + ":9090");
  }
}
