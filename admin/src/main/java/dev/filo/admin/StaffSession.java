package dev.filo.admin;

import java.io.IOException;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.stream.Collectors;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * Who is signed in on this command line: tokens got by device code (RFC 8628), kept in a file that
 * only its owner can read. A refresh token is good once, so commands take turns.
 */
final class StaffSession {
  private static final String CLIENT = "filo-admin";
  private static final String DEVICE_GRANT = "urn:ietf:params:oauth:grant-type:device_code";
  private static final Duration EARLY = Duration.ofSeconds(30);
  private static final Duration PATIENCE = Duration.ofSeconds(20);
  private static final int DEVICE_MAX = 40;

  private final String target;
  private final Path file;

  StaffSession(String target, Path file) {
    this.target = target;
    this.file = file;
  }

  /** What a person must do elsewhere for the sign-in to go on. */
  interface Prompt {
    /** Shows where to go and what to enter there. */
    void show(String uri, String uriWithCode, String code);
  }

  /** How the time between two questions is spent. */
  interface Pause {
    /** Waits. */
    void seconds(long seconds) throws InterruptedException;
  }

  /** Signs in; returns when a person has said yes elsewhere. */
  void signIn(String device, Prompt prompt, Pause pause) throws IOException, InterruptedException {
    var began =
        post(
            "/oauth2/device_authorization",
            Map.of(
                "client_id",
                CLIENT,
                "device",
                device.length() > DEVICE_MAX ? device.substring(0, DEVICE_MAX) : device));
    if (began.status != 200) {
      throw new Door.SignInException("No sign-in at " + target + ": HTTP " + began.status + ".");
    }
    prompt.show(
        began.text("verification_uri"),
        began.text("verification_uri_complete"),
        began.text("user_code"));
    long interval = Math.max(1, began.body.path("interval").asLong(5));
    while (true) {
      pause.seconds(interval);
      var answer =
          post(
              "/oauth2/token",
              Map.of(
                  "grant_type",
                  DEVICE_GRANT,
                  "client_id",
                  CLIENT,
                  "device_code",
                  began.text("device_code")));
      if (answer.status == 200) {
        keep(answer);
        return;
      }
      switch (answer.text("error")) {
        case "authorization_pending" -> {}
        case "slow_down" -> interval += 5; // RFC 8628 §3.5
        case "access_denied" -> throw new Door.SignInException("The answer was no.");
        case "expired_token" -> throw new Door.SignInException("Nobody answered in time.");
        default ->
            throw new Door.SignInException(
                "No token from " + target + ": HTTP " + answer.status + ".");
      }
    }
  }

  /** An access token that is good for a while; renewed when the kept one is not. */
  String token() throws IOException, InterruptedException {
    if (!Files.exists(file)) {
      throw signInFirst();
    }
    try (var turn =
            FileChannel.open(
                file.resolveSibling(file.getFileName() + ".lock"),
                StandardOpenOption.CREATE,
                StandardOpenOption.WRITE);
        var lock = turn.lock()) {
      if (!lock.isValid()) {
        throw new IOException("no turn");
      }
      var kept = read();
      if (!target.equals(kept.path("target").asString(""))) {
        throw signInFirst();
      }
      if (Instant.now().plus(EARLY).getEpochSecond() < kept.path("expires").asLong(0)) {
        return kept.path("access").asString("");
      }
      var answer =
          post(
              "/oauth2/token",
              Map.of(
                  "grant_type",
                  "refresh_token",
                  "client_id",
                  CLIENT,
                  "refresh_token",
                  kept.path("refresh").asString("")));
      if (answer.status == 400 || answer.status == 401) {
        throw signInFirst();
      }
      if (answer.status != 200) {
        throw new Door.SignInException("No token from " + target + ": HTTP " + answer.status + ".");
      }
      keep(answer);
      return answer.text("access_token");
    }
  }

  /** Signs out: ends the session there and forgets it here. */
  void signOut() throws IOException, InterruptedException {
    if (Files.exists(file)) {
      var refresh = read().path("refresh").asString("");
      post("/oauth2/revoke", Map.of("client_id", CLIENT, "token", refresh));
      Files.delete(file);
    }
  }

  private Door.SignInException signInFirst() {
    return new Door.SignInException(
        "Nobody is signed in at " + target + ": ./filo staff login --target " + target);
  }

  private JsonNode read() throws IOException {
    try {
      return JsonMapper.builder().build().readTree(Files.readString(file));
    } catch (JacksonException e) {
      throw signInFirst();
    }
  }

  private void keep(Answer answer) throws IOException {
    var kept = new LinkedHashMap<String, Object>();
    kept.put("target", target);
    kept.put("access", answer.text("access_token"));
    kept.put("refresh", answer.text("refresh_token"));
    kept.put("expires", Instant.now().getEpochSecond() + answer.body.path("expires_in").asLong(0));
    var folder = file.toAbsolutePath().getParent();
    if (folder != null) {
      Files.createDirectories(folder);
    }
    var next = file.resolveSibling(file.getFileName() + ".new");
    Files.deleteIfExists(next);
    Files.createFile(
        next, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
    Files.writeString(next, JsonMapper.builder().build().writeValueAsString(kept));
    Files.move(next, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
  }

  private record Answer(int status, JsonNode body) {
    String text(String name) {
      return body.path(name).asString("");
    }
  }

  private Answer post(String path, Map<String, String> fields)
      throws IOException, InterruptedException {
    var form =
        fields.entrySet().stream()
            .map(
                field ->
                    field.getKey()
                        + "="
                        + URLEncoder.encode(field.getValue(), StandardCharsets.UTF_8))
            .collect(Collectors.joining("&"));
    HttpResponse<String> answer;
    try (var http = HttpClient.newHttpClient()) {
      answer =
          http.send(
              HttpRequest.newBuilder(URI.create(target + path))
                  .timeout(PATIENCE)
                  .header("Content-Type", "application/x-www-form-urlencoded")
                  .POST(HttpRequest.BodyPublishers.ofString(form))
                  .build(),
              HttpResponse.BodyHandlers.ofString());
    } catch (IOException e) {
      throw new Door.SignInException("Filo does not answer at " + target + ".");
    }
    try {
      var json = JsonMapper.builder().build();
      return new Answer(
          answer.statusCode(),
          answer.body().isBlank() ? json.createObjectNode() : json.readTree(answer.body()));
    } catch (JacksonException e) {
      throw new Door.SignInException(target + " gave no JSON: HTTP " + answer.statusCode() + ".");
    }
  }
}
