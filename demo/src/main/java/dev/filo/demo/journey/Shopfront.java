package dev.filo.demo.journey;

import java.io.IOException;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Map;
import java.util.UUID;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** One person on one device, talking HTTP to the public door. */
final class Shopfront {
  private static final JsonMapper JSON = JsonMapper.builder().build();
  private static final Duration PATIENCE = Duration.ofSeconds(15);

  private final HttpClient http;
  private final String target;
  private final String clientId;
  private String accessToken = "";
  private String refreshToken = "";

  /** How a call was answered. */
  record Answer(int status, JsonNode body) {}

  Shopfront(HttpClient http, String target, String clientId) {
    this.http = http;
    this.target = target;
    this.clientId = clientId;
  }

  String target() {
    return target;
  }

  HttpClient http() {
    return http;
  }

  String accessToken() {
    return accessToken;
  }

  /** Signs this device in by a grant; later calls are made with its token. */
  void grant(String grantType, Map<String, String> parameters) {
    var form =
        "grant_type="
            + encode(grantType)
            + "&client_id="
            + encode(clientId)
            + parameters.entrySet().stream()
                .map(entry -> "&" + entry.getKey() + "=" + encode(entry.getValue()))
                .collect(Collectors.joining());
    var answer = token(form, null);
    accessToken = answer.path("access_token").asString("");
    refreshToken = answer.path("refresh_token").asString("");
    Check.that(!accessToken.isEmpty(), "a token for " + grantType);
  }

  /** Gets new tokens for the old refresh token. */
  void refresh() {
    grant("refresh_token", Map.of("refresh_token", refreshToken));
  }

  /** A machine's token by client credentials. */
  String clientCredentials(String id, String secret) {
    var answer = token("grant_type=client_credentials", basic(id, secret));
    return answer.path("access_token").asString("");
  }

  private JsonNode token(String form, @Nullable String authorization) {
    var request =
        HttpRequest.newBuilder(URI.create(target + "/oauth2/token"))
            .timeout(PATIENCE)
            .header("Content-Type", "application/x-www-form-urlencoded")
            .POST(HttpRequest.BodyPublishers.ofString(form));
    if (authorization != null) {
      request.header("Authorization", authorization);
    }
    var answer = send(request.build());
    Check.that(
        answer.statusCode() == 200,
        "POST /oauth2/token answers 200, not " + answer.statusCode() + " " + answer.body());
    return JSON.readTree(answer.body());
  }

  private static String basic(String id, String secret) {
    return "Basic "
        + java.util.Base64.getEncoder()
            .encodeToString((id + ":" + secret).getBytes(StandardCharsets.UTF_8));
  }

  JsonNode get(String path) {
    return body(exchange("GET", path, null, null), 200, "GET " + path);
  }

  JsonNode post(String path, Object body) {
    return post(path, body, UUID.randomUUID().toString());
  }

  JsonNode post(String path, Object body, String idempotencyKey) {
    return body(exchange("POST", path, body, idempotencyKey), 200, "POST " + path);
  }

  /** A POST that may be refused, or remain {@link Unanswered}. */
  Answer attempt(String path, Object body, String idempotencyKey) {
    var answer = exchange("POST", path, body, idempotencyKey);
    return new Answer(answer.statusCode(), JSON.readTree(answer.body()));
  }

  /** Later calls are made with this token. */
  void as(String token) {
    accessToken = token;
  }

  JsonNode patch(String path, Object body) {
    return body(exchange("PATCH", path, body, null), 200, "PATCH " + path);
  }

  /** A call that must be refused with this status and reason. */
  void refused(String method, String path, @Nullable Object body, int status, String reason) {
    var key = method.equals("POST") ? UUID.randomUUID().toString() : null;
    var problem = body(exchange(method, path, body, key), status, method + " " + path);
    Check.that(
        problem.path("reason").asString("").equals(reason),
        "%s %s is refused with %s, not %s".formatted(method, path, reason, problem));
  }

  private HttpResponse<String> exchange(
      String method, String path, @Nullable Object body, @Nullable String idempotencyKey) {
    var request =
        HttpRequest.newBuilder(URI.create(target + path))
            .timeout(PATIENCE)
            .header("Accept-Language", "it");
    if (!accessToken.isEmpty()) {
      request.header("Authorization", "Bearer " + accessToken);
    }
    if (idempotencyKey != null) {
      request.header("Idempotency-Key", idempotencyKey);
    }
    if (body == null) {
      request.method(method, HttpRequest.BodyPublishers.noBody());
    } else {
      request
          .header("Content-Type", "application/json")
          .method(method, HttpRequest.BodyPublishers.ofString(JSON.writeValueAsString(body)));
    }
    return send(request.build());
  }

  private HttpResponse<String> send(HttpRequest request) {
    try {
      return http.send(request, HttpResponse.BodyHandlers.ofString());
    } catch (IOException e) {
      throw new Unanswered("%s does not answer: %s".formatted(request.uri(), e));
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new Broken("interrupted");
    }
  }

  private static JsonNode body(HttpResponse<String> answer, int status, String what) {
    Check.that(
        answer.statusCode() == status,
        "%s answers %d, not %d: %s".formatted(what, status, answer.statusCode(), answer.body()));
    return JSON.readTree(answer.body());
  }

  static String encode(String text) {
    return URLEncoder.encode(text, StandardCharsets.UTF_8);
  }

  static JsonMapper json() {
    return JSON;
  }
}
