package dev.filo.suite;

import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;

/**
 * What the suite is told, all by the environment.
 *
 * @param port the HTTP port (FILO_PORT)
 * @param grpcPort the tills' gRPC port (FILO_GRPC_PORT)
 * @param mongodbUri a real MongoDB (FILO_MONGODB_URI); empty: the embedded store
 * @param mongodbCa the authorities that may have signed its certificate, as PEM or the path of a
 *     file with it (FILO_MONGODB_CA); empty: those Java knows. The embedded store speaks no TLS
 * @param data where the embedded store and the secrets are (FILO_DATA)
 * @param publicUrl the address people use (FILO_PUBLIC_URL)
 * @param demo how much of the demo retailer is loaded (FILO_DEMO; `false` leaves it out)
 */
record Settings(
    int port,
    int grpcPort,
    Optional<String> mongodbUri,
    String mongodbCa,
    Path data,
    String publicUrl,
    Demo demo) {

  /** How much of the demo retailer is loaded. */
  enum Demo {
    NONE,
    /** Its stores and a few products: enough to run through everything once. */
    SAMPLE,
    ALL
  }

  /** Reads the environment. */
  static Settings from(Map<String, String> environment) {
    int port = number(environment, "FILO_PORT", 8080);
    var uri = Optional.ofNullable(environment.get("FILO_MONGODB_URI")).filter(it -> !it.isBlank());
    return new Settings(
        port,
        number(environment, "FILO_GRPC_PORT", 9090),
        uri,
        uri.isPresent() ? environment.getOrDefault("FILO_MONGODB_CA", "") : "",
        Path.of(environment.getOrDefault("FILO_DATA", ".filo/data")).toAbsolutePath().normalize(),
        environment.getOrDefault("FILO_PUBLIC_URL", "http://localhost:" + port),
        environment.getOrDefault("FILO_DEMO", "true").equals("false") ? Demo.NONE : Demo.ALL);
  }

  private static int number(Map<String, String> environment, String name, int byDefault) {
    var text = environment.get(name);
    if (text == null || text.isBlank()) {
      return byDefault;
    }
    try {
      return Integer.parseInt(text.trim());
    } catch (NumberFormatException e) {
      throw new CannotStart("%s must be a port number, not '%s'".formatted(name, text));
    }
  }
}
