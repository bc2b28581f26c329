package dev.filo.admin;

import dev.filo.proto.api.v1.Role;
import io.grpc.CallCredentials;
import io.grpc.ManagedChannel;
import io.grpc.Metadata;
import io.grpc.Status;
import io.grpc.netty.NettyChannelBuilder;
import java.io.IOException;
import java.io.StringReader;
import java.net.InetAddress;
import java.net.URI;
import java.net.URISyntaxException;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Base64;
import java.util.Locale;
import java.util.Map;
import java.util.Properties;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;
import tools.jackson.databind.json.JsonMapper;

/** Where the Filo is that a command talks to, and who the command is there. */
final class Door {
  /** The client's secret itself. */
  static final String SECRET = "FILO_CLIENT_SECRET";

  /** A file that has it. */
  static final String SECRET_FILE = "FILO_CLIENT_SECRET_FILE";

  /** What {@code --grpc} is. */
  static final String GRPC =
      "Its gRPC door, HOST:PORT (${DEFAULT-VALUE}); TLS when the target is https, but not to this"
          + " machine.";

  private static final int MESSAGE_BYTES_MAX = 16 * 1024 * 1024;

  @Option(
      names = "--target",
      defaultValue = "http://localhost:8080",
      description = "Where Filo runs (${DEFAULT-VALUE}); tokens come from there.")
  private String target = "";

  @Option(names = "--grpc", defaultValue = "localhost:9090", description = GRPC)
  private String grpc = "";

  @Option(
      names = "--client",
      defaultValue = "service-admin",
      description =
          "The OAuth client that signs in by client credentials (${DEFAULT-VALUE}); it needs the role"
              + " service or manager.")
  private String client = "";

  @Option(
      names = "--secret-file",
      description =
          "A file with the client's secret, or the secrets.properties or .env it is in; else the"
              + " variables "
              + SECRET
              + " or "
              + SECRET_FILE
              + ".")
  private @Nullable Path secretFile;

  private @Nullable Map<String, String> environment;

  /** The command cannot sign in; the message is for people. */
  static final class SignInException extends IOException {
    private static final long serialVersionUID = 1L;

    SignInException(String message) {
      super(message);
    }
  }

  /** For tests: these variables in place of the process's. */
  void environment(Map<String, String> variables) {
    environment = variables;
  }

  /** A channel. */
  ManagedChannel open() {
    return builder(target, grpc)
        .maxInboundMessageSize(MESSAGE_BYTES_MAX)
        .keepAliveTime(60, TimeUnit.SECONDS)
        .keepAliveTimeout(20, TimeUnit.SECONDS)
        .build();
  }

  /** A channel to a gRPC door, HOST:PORT, of the Filo at a target. */
  static NettyChannelBuilder builder(String target, String grpc) {
    var builder = NettyChannelBuilder.forTarget(grpc);
    return isTls(target, grpc) ? builder : builder.usePlaintext();
  }

  /** When the target is https; but not to this machine, where {@code kubectl port-forward} ends. */
  static boolean isTls(String target, String grpc) {
    return target.toLowerCase(Locale.ROOT).startsWith("https:") && !isThisMachine(grpc);
  }

  private static boolean isThisMachine(String grpc) {
    try {
      var host = new URI("grpc://" + grpc).getHost();
      return "localhost".equalsIgnoreCase(host)
          || (host != null && InetAddress.ofLiteral(host).isLoopbackAddress());
    } catch (IllegalArgumentException | URISyntaxException name) {
      return false;
    }
  }

  /** Signs in. What a call shows as its bearer; good for as long as a token lives. */
  CallCredentials signIn() throws IOException, InterruptedException {
    var token = token(secret());
    var header = Metadata.Key.of("authorization", Metadata.ASCII_STRING_MARSHALLER);
    return new CallCredentials() {
      @Override
      public void applyRequestMetadata(
          RequestInfo call, Executor executor, MetadataApplier applier) {
        var headers = new Metadata();
        headers.put(header, "Bearer " + token);
        applier.apply(headers);
      }
    };
  }

  /** Signs in. The token itself. */
  String bearer() throws IOException, InterruptedException {
    return token(secret());
  }

  /** Where Filo runs. */
  String target() {
    return target;
  }

  /** Its gRPC door, HOST:PORT. */
  String address() {
    return grpc;
  }

  private String secret() throws IOException {
    var variables = environment == null ? System.getenv() : environment;
    var file = secretFile;
    var plain = variables.get(SECRET);
    if (file == null && plain != null && !plain.isBlank()) {
      return plain.strip();
    }
    var named = variables.get(SECRET_FILE);
    if (file == null && named != null && !named.isBlank()) {
      file = Path.of(named);
    }
    if (file == null) {
      throw new SignInException(
          "The secret of the client "
              + client
              + " is missing: set "
              + SECRET
              + ", or name the file it is in by --secret-file.");
    }
    return read(file);
  }

  private static String read(Path file) throws IOException {
    String text;
    try {
      text = Files.readString(file);
    } catch (IOException e) {
      throw new SignInException("The secret cannot be read from " + file + ".");
    }
    var properties = new Properties();
    properties.load(new StringReader(text));
    for (String key : new String[] {"service", "FILO_SERVICE_SECRET"}) {
      var secret = properties.getProperty(key);
      if (secret != null && !secret.isBlank()) {
        return secret.strip();
      }
    }
    return text.strip();
  }

  private String token(String secret) throws IOException, InterruptedException {
    var basic =
        URLEncoder.encode(client, StandardCharsets.UTF_8)
            + ":"
            + URLEncoder.encode(secret, StandardCharsets.UTF_8);
    HttpResponse<String> answer;
    try (var http = HttpClient.newHttpClient()) {
      answer =
          http.send(
              HttpRequest.newBuilder(URI.create(target + "/oauth2/token"))
                  .timeout(Duration.ofSeconds(20))
                  .header("Content-Type", "application/x-www-form-urlencoded")
                  .header(
                      "Authorization",
                      "Basic "
                          + Base64.getEncoder()
                              .encodeToString(basic.getBytes(StandardCharsets.UTF_8)))
                  .POST(HttpRequest.BodyPublishers.ofString("grant_type=client_credentials"))
                  .build(),
              HttpResponse.BodyHandlers.ofString());
    } catch (IOException e) {
      throw new SignInException("Filo does not answer at " + target + ".");
    }
    if (answer.statusCode() == 400 || answer.statusCode() == 401) {
      throw new SignInException(
          "Filo does not know the client " + client + " with this secret (" + target + ").");
    }
    if (answer.statusCode() != 200) {
      throw new SignInException("No token from " + target + ": HTTP " + answer.statusCode() + ".");
    }
    return JsonMapper.builder().build().readTree(answer.body()).path("access_token").asString("");
  }

  /** A status in plain words. */
  static String words(Status status) {
    var text = status.getDescription();
    return switch (status.getCode()) {
      case UNAVAILABLE -> "Filo's gRPC door does not answer.";
      case DEADLINE_EXCEEDED -> "Filo did not answer in time.";
      case PERMISSION_DENIED ->
          "The client may not do this; it needs the role "
              + name(Role.ROLE_SERVICE)
              + " or "
              + name(Role.ROLE_MANAGER)
              + ".";
      default -> text == null || text.isBlank() ? status.getCode().name() : text;
    };
  }

  private static String name(Role role) {
    return role.name().substring("ROLE_".length()).toLowerCase(Locale.ROOT);
  }
}
