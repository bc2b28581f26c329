package dev.filo.e2e.security;

import static org.assertj.core.api.Assertions.assertThat;

import dev.filo.e2e.SuiteProcess;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Comparator;
import java.util.Map;
import java.util.Properties;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * The suite that is attacked: one process for all tests of the package, as starting it is what
 * takes time; it ends with them.
 */
final class Victim {
  static final JsonMapper JSON = JsonMapper.builder().build();
  private static final Duration PATIENCE = Duration.ofSeconds(60); // Two cores, much to do.
  private static final String RATE = "100000"; // Their own tests are EdgeTest and RateLimitsTest.

  /** Sign-ins by passkey that one network address may start in a while. */
  static final int PASSKEYS_PER_PLACE = 20;

  private static @Nullable Victim one;

  final HttpClient http =
      HttpClient.newBuilder()
          .version(HttpClient.Version.HTTP_1_1)
          .followRedirects(HttpClient.Redirect.NEVER)
          .build();
  private final SuiteProcess suite;
  private final Properties secrets = new Properties();

  private Victim() throws IOException {
    var data = Files.createTempDirectory("filo-security");
    suite =
        SuiteProcess.start(
            data,
            Map.of(
                "FILO_GATEWAY_RATE_PERADDRESS", RATE,
                "FILO_GATEWAY_RATE_PERADDRESSBURST", RATE,
                "FILO_GATEWAY_RATE_PERSUBJECT", RATE,
                "FILO_GATEWAY_RATE_PERSUBJECTBURST", RATE,
                "FILO_IDENTITY_PASSKEYS_PERPLACE", Integer.toString(PASSKEYS_PER_PLACE)));
    Runtime.getRuntime().addShutdownHook(new Thread(() -> end(data), "victim's end"));
    try (var reader = Files.newBufferedReader(data.resolve("secrets.properties"))) {
      secrets.load(reader);
    }
  }

  private void end(Path data) {
    suite.close();
    try (var files = Files.walk(data)) {
      files.sorted(Comparator.reverseOrder()).map(Path::toFile).forEach(java.io.File::delete);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** The running suite. */
  static synchronized Victim get() {
    var running = one;
    if (running == null) {
      try {
        running = new Victim();
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
      one = running;
    }
    return running;
  }

  /** The HTTP port. */
  int port() {
    return URI.create(suite.target()).getPort();
  }

  /** The gRPC port. */
  int grpcPort() {
    return Integer.parseInt(suite.door().substring(suite.door().indexOf(':') + 1));
  }

  /** The secret that services get their tokens with. */
  String serviceSecret() {
    return secrets.getProperty("service", "");
  }

  /** What of the machine's memory the process holds now, in MiB. */
  long residentMebibytes() {
    try {
      return Files.readAllLines(Path.of("/proc", Long.toString(suite.pid()), "status")).stream()
          .filter(line -> line.startsWith("VmRSS:"))
          .mapToLong(line -> Long.parseLong(line.replaceAll("\\D", "")) / 1024)
          .findFirst()
          .orElseThrow();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  HttpRequest.Builder request(String path) {
    return HttpRequest.newBuilder(URI.create(suite.target() + path)).timeout(PATIENCE);
  }

  HttpResponse<String> send(HttpRequest.Builder request) {
    try {
      return http.send(request.build(), HttpResponse.BodyHandlers.ofString());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException(e);
    }
  }

  HttpResponse<String> get(String path, String token) {
    return send(request(path).header("Authorization", "Bearer " + token));
  }

  HttpResponse<String> post(String path, String json) {
    return send(
        request(path)
            .header("Content-Type", "application/json")
            .POST(HttpRequest.BodyPublishers.ofString(json)));
  }

  /** The token endpoint's answer to a form. */
  HttpResponse<String> form(String form) {
    return send(
        request("/oauth2/token")
            .header("Content-Type", "application/x-www-form-urlencoded")
            .POST(HttpRequest.BodyPublishers.ofString(form)));
  }

  static JsonNode json(HttpResponse<String> answer) {
    return JSON.readTree(answer.body());
  }

  static String reason(HttpResponse<String> answer) {
    return answer.headers().firstValue("content-type").orElse("").contains("json")
        ? json(answer).path("reason").asString("")
        : "";
  }

  /** Tokens of a guest of her own. */
  JsonNode guest() {
    var answer = form("grant_type=urn%3Afilo%3Aoauth%3Aguest&client_id=shop-web");
    assertThat(answer.statusCode()).as(answer.body()).isEqualTo(200);
    return json(answer);
  }

  /** An access token of a machine. */
  String machine(String client, String secret) {
    var answer =
        form(
            "grant_type=client_credentials&client_id="
                + client
                + "&client_secret="
                + URLEncoder.encode(secret, StandardCharsets.UTF_8));
    assertThat(answer.statusCode()).as(answer.body()).isEqualTo(200);
    return json(answer).path("access_token").asString("");
  }
}
