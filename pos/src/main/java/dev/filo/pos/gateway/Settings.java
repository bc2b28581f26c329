package dev.filo.pos.gateway;

import com.fasterxml.jackson.annotation.JsonInclude;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.json.JsonMapper;

/**
 * What a till keeps about itself from one start to the next. No secret is in it.
 *
 * @param target the gateway's HTTP address, for tokens
 * @param grpc the gateway's gRPC door, {@code host:port}
 * @param tls whether TLS is wanted even on this machine; elsewhere it always is
 * @param ca a PEM file with the authorities to trust instead of Java's; absent: Java's
 * @param pins what the gateway's public key must be, {@code sha256/…}; empty: anything trusted
 * @param client the till's OAuth client
 * @param secretFile the file with the client's secret; absent: it is asked for or in the
 *     environment
 * @param store the till's store, {@code stores/{store}}; empty: not signed in yet
 * @param storeTitle the store's name to show
 * @param latitude where the store is; absent: not known
 * @param longitude where the store is; absent: not known
 */
@JsonInclude(JsonInclude.Include.NON_NULL)
public record Settings(
    URI target,
    String grpc,
    boolean tls,
    @Nullable String ca,
    List<String> pins,
    String client,
    @Nullable String secretFile,
    String store,
    String storeTitle,
    @Nullable Double latitude,
    @Nullable Double longitude) {

  private static final String FILE = "till.json";
  private static final JsonMapper JSON = JsonMapper.builder().build();

  /** What holds before the first sign-in. */
  public static final Settings FIRST =
      new Settings(
          URI.create("http://localhost:8080"),
          "localhost:9090",
          false,
          null,
          List.of(),
          "",
          null,
          "",
          "",
          null,
          null);

  /** Copies the list. */
  public Settings {
    pins = List.copyOf(pins);
  }

  /**
   * Reads a till's settings. Empty when it was never signed in.
   *
   * @throws IOException when they are there and cannot be read
   */
  public static Optional<Settings> read(Path folder) throws IOException {
    var file = folder.resolve(FILE);
    if (!Files.exists(file)) {
      return Optional.empty();
    }
    try {
      return Optional.of(JSON.readValue(Files.readAllBytes(file), Settings.class));
    } catch (JacksonException e) {
      throw new IOException(file + " cannot be understood; delete it and sign in again", e);
    }
  }

  /** Keeps them. */
  public void write(Path folder) throws IOException {
    OwnFiles.write(folder.resolve(FILE), JSON.writeValueAsBytes(this));
  }

  /** True when the door is spoken to in TLS: always, but for this very machine unless wanted. */
  public boolean doorIsTls() {
    return tls || !isThisMachine(host(grpc));
  }

  /** The part before the port, without the brackets of an IPv6 address. */
  static String host(String hostAndPort) {
    int colon = hostAndPort.lastIndexOf(':');
    var host = colon < 0 ? hostAndPort : hostAndPort.substring(0, colon);
    return host.startsWith("[") && host.endsWith("]") ? host.substring(1, host.length() - 1) : host;
  }

  /** True for the loopback names and addresses. */
  public static boolean isThisMachine(String host) {
    return host.equalsIgnoreCase("localhost")
        || host.equals("::1")
        || host.equals("[::1]")
        || host.matches("127(\\.\\d{1,3}){3}");
  }

  /** The same, signed in at a store. */
  public Settings at(
      String store, String title, @Nullable Double latitude, @Nullable Double longitude) {
    return new Settings(
        target, grpc, tls, ca, pins, client, secretFile, store, title, latitude, longitude);
  }
}
