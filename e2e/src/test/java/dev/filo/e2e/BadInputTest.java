package dev.filo.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** What is wrong is refused with a reason, in a 4xx, and changes nothing. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class BadInputTest {
  private static final JsonMapper JSON = JsonMapper.builder().build();
  private static final Duration PATIENCE = Duration.ofSeconds(30);
  private static final String SOFA = "DIV-LUC-VEL-VRD";

  private final HttpClient http =
      HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();
  private SuiteProcess suite;
  private String guest = "";

  @BeforeAll
  void start(@TempDir Path data) throws Exception {
    suite = SuiteProcess.start(data, Map.of());
    guest =
        token("grant_type=urn:filo:oauth:guest&client_id=shop-web")
            .path("access_token")
            .asString("");
    assertThat(guest).isNotEmpty();
  }

  @AfterAll
  void stop() {
    suite.close();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      textBlock =
          """
          GET   | /v1/products/no-such-thing                          |                      | 404 | PRODUCT_NOT_FOUND
          GET   | /v1/stores/no-such-store                            |                      | 404 | STORE_NOT_FOUND
          GET   | /v1/nothing                                         |                      | 404 | PATH_UNKNOWN
          GET   | /v1/customers/somebodyelse000000000/cart            |                      | 404 | RESOURCE_NOT_FOUND
          GET   | /v1/customers/somebodyelse000000000/conversation    |                      | 404 | RESOURCE_NOT_FOUND
          GET   | /v1/conversations/somebodyelse000000000             |                      | 404 | CONVERSATION_NOT_FOUND
          GET   | /v1/reservations/nosuchreservation                  |                      | 404 | RESERVATION_NOT_FOUND
          GET   | /v1/conversations                                   |                      | 403 | ROLE_NOT_ALLOWED
          GET   | /v1/stockLevels/DIV-LUC-VEL-VRD@milano-buenos-aires |                      | 403 | ROLE_NOT_ALLOWED
          GET   | /v1/products:search?pageSize=many                   |                      | 400 | FIELDS_INVALID
          GET   | /v1/products:search?latitude=91&longitude=9         |                      | 400 | FIELDS_INVALID
          GET   | /v1/products:search?colour=green                    |                      | 400 | PARAMETER_UNKNOWN
          GET   | /v1/availability:nearby?sku=NO-SUCH-SKU             |                      | 404 | SKU_NOT_FOUND
          GET   | /v1/products:search?pageToken=made-up               |                      | 400 | PAGE_TOKEN_INVALID
          POST  | /v1/customers/me/cart:apply | {"operations":[{"id":"a","add":{"sku":"NO-SUCH-SKU","quantity":1}}]}          | 404 | SKU_NOT_FOUND
          POST  | /v1/customers/me/cart:apply | {"operations":[{"id":"b","add":{"sku":"DIV-LUC-VEL-VRD","quantity":-1}}]}     | 400 | FIELDS_INVALID
          POST  | /v1/customers/me/cart:apply | {"operations":[{"id":"c","add":{"sku":"DIV-LUC-VEL-VRD","quantity":1000000}}]}| 400 | FIELDS_INVALID
          POST  | /v1/customers/me/cart:apply | {"operations":[{"id":"d","add":{"sku":"DIV-LUC-VEL-VRD","quantity":"two"}}]}  | 400 | *
          POST  | /v1/customers/me/cart:apply | {"operations":[{"id":"e","remove":{"line":"no-such-line"}}]}                  | 404 | LINE_NOT_FOUND
          POST  | /v1/customers/me/cart:apply | {"operations":[{"id":"f","fly":{}}]}                                          | 400 | JSON_INVALID
          POST  | /v1/customers/me/cart:apply | {"operations":[]}                                                             | 400 | FIELDS_INVALID
          POST  | /v1/customers/me/cart:apply | {"operations":                                                                | 400 | JSON_INVALID
          POST  | /v1/customers/me/conversation/messages | {"text":""}                                                        | 400 | FIELDS_INVALID
          POST  | /v1/signIns                 | {"email":"not an address"}                                                    | 400 | FIELDS_INVALID
          POST  | /v1/signIns                 | {"phone":"12345678901234567890123456789012345"}                               | 400 | FIELDS_INVALID
          POST  | /v1/signIns                 | {}                                                                            | 400 | FIELDS_INVALID
          """)
  void call_malformed_isRefusedWithReason(
      String method, String path, @Nullable String body, int status, String reason)
      throws Exception {
    var before = cart();
    var answer = call(method, path, body, UUID.randomUUID().toString(), guest);
    assertProblem(answer, status, reason);
    assertThat(cart()).as("nothing has changed").isEqualTo(before);
  }

  @Test
  void reserve_withoutIdempotencyKey_isRequestIdMissing() throws Exception {
    var answer =
        call(
            "POST",
            "/v1/reservations",
            "{\"store\":\"stores/milano-buenos-aires\",\"lines\":[{\"sku\":\"%s\",\"quantity\":1}]}"
                .formatted(SOFA),
            null,
            guest);
    assertProblem(answer, 400, "REQUEST_ID_MISSING");
  }

  @Test
  void reserve_badStoreSkuAndTime_isRefused() throws Exception {
    var line = "\"lines\":[{\"sku\":\"" + SOFA + "\",\"quantity\":1}]";
    assertProblem(reserve("{\"store\":\"stores/nowhere\"," + line + "}"), 404, "STORE_NOT_FOUND");
    assertProblem(
        reserve(
            "{\"store\":\"stores/milano-buenos-aires\",\"lines\":[{\"sku\":\"NOTHING\",\"quantity\":1}]}"),
        404,
        "SKU_NOT_FOUND");
    assertProblem(
        reserve(
            "{\"store\":\"stores/milano-buenos-aires\","
                + line
                + ",\"untilTime\":\"2020-01-01T00:00:00Z\"}"),
        400,
        "TIME_INVALID");
    assertProblem(
        reserve(
            "{\"store\":\"stores/milano-buenos-aires\","
                + line
                + ",\"untilStoreClosing\":\"2026-02-31\"}"),
        400,
        "FIELDS_INVALID");
    assertProblem(
        reserve(
            "{\"customer\":\"customers/somebodyelse000000000\",\"store\":\"stores/milano-buenos-aires\","
                + line
                + "}"),
        404,
        "RESOURCE_NOT_FOUND");
    assertProblem(
        reserve(
            "{\"store\":\"stores/milano-buenos-aires\",\"lines\":[{\"sku\":\"%s\",\"quantity\":3}]}"
                .formatted(SOFA)),
        429,
        "RESERVATION_LIMIT");
  }

  @Test
  void token_missingDamagedOrForeign_isUnauthorized() throws Exception {
    assertProblem(call("GET", "/v1/customers/me", null, null, null), 401, "TOKEN_MISSING");
    assertProblem(call("GET", "/v1/customers/me", null, null, "nonsense"), 401, "TOKEN_INVALID");
    var damaged = guest.substring(0, guest.length() - 4) + "AAAA";
    assertProblem(call("GET", "/v1/customers/me", null, null, damaged), 401, "TOKEN_INVALID");
  }

  @Test
  void token_unknownGrant_isUnsupported() throws Exception {
    var answer = form("grant_type=urn:filo:oauth:magic&client_id=shop-web");
    assertThat(answer.statusCode()).isEqualTo(400);
    assertThat(JSON.readTree(answer.body()).path("error").asString(""))
        .isEqualTo("unsupported_grant_type");
  }

  @Test
  void code_wrongSixTimes_endsTheSignIn() throws Exception {
    var signIn =
        JSON.readTree(
            call("POST", "/v1/signIns", "{\"email\":\"wrong@example.com\"}", null, guest).body());
    var name = URLEncoder.encode(signIn.path("name").asString(""), StandardCharsets.UTF_8);
    for (int i = 0; i < 6; i++) {
      var answer =
          form(
              "grant_type=urn:filo:oauth:code&client_id=shop-web&sign_in="
                  + name
                  + "&code=00000"
                  + i);
      assertThat(answer.statusCode()).isEqualTo(400);
      assertThat(JSON.readTree(answer.body()).path("error").asString(""))
          .isEqualTo("invalid_grant");
    }
    var box =
        JSON.readTree(call("GET", "/dev/mailbox?to=wrong@example.com", null, null, null).body());
    var matcher =
        java.util.regex.Pattern.compile("\\b\\d{6}\\b")
            .matcher(box.path("messages").path(0).path("text").asString(""));
    assertThat(matcher.find()).isTrue();
    var right =
        form(
            "grant_type=urn:filo:oauth:code&client_id=shop-web&sign_in="
                + name
                + "&code="
                + matcher.group());
    assertThat(right.statusCode()).as("the right code comes too late").isEqualTo(400);
  }

  @Test
  void body_tooLargeOrNoJson_isRefused() throws Exception {
    assertProblem(
        call(
            "POST",
            "/v1/customers/me/conversation/messages",
            "{\"text\":\"" + "x".repeat(5000) + "\"}",
            null,
            guest),
        400,
        "FIELDS_INVALID");
    assertProblem(
        call(
            "POST",
            "/v1/customers/me/conversation/messages",
            "{\"text\":\"" + "x".repeat(2_000_000) + "\"}",
            null,
            guest),
        413,
        "BODY_TOO_LARGE");
    assertProblem(
        call("DELETE", "/v1/customers/me/cart", null, null, guest), 405, "METHOD_NOT_ALLOWED");
  }

  private HttpResponse<String> reserve(String body) throws Exception {
    return call("POST", "/v1/reservations", body, UUID.randomUUID().toString(), guest);
  }

  private String cart() throws Exception {
    var answer = call("GET", "/v1/customers/me/cart", null, null, guest);
    assertThat(answer.statusCode()).isEqualTo(200);
    return JSON.readTree(answer.body()).path("etag").asString("");
  }

  private static void assertProblem(HttpResponse<String> answer, int status, String reason) {
    assertThat(answer.statusCode()).as(answer.body()).isEqualTo(status);
    assertThat(answer.headers().firstValue("content-type").orElse(""))
        .startsWith("application/problem+json");
    JsonNode problem = JSON.readTree(answer.body());
    assertThat(problem.path("detail").asString("")).isNotEmpty();
    assertThat(answer.body()).doesNotContain("Exception").doesNotContain("dev.filo");
    if (!reason.equals("*")) {
      assertThat(problem.path("reason").asString("")).isEqualTo(reason);
    }
  }

  private JsonNode token(String form) throws Exception {
    return JSON.readTree(form(form).body());
  }

  private HttpResponse<String> form(String form) throws IOException, InterruptedException {
    return http.send(
        HttpRequest.newBuilder(URI.create(suite.target() + "/oauth2/token"))
            .timeout(PATIENCE)
            .header("Content-Type", "application/x-www-form-urlencoded")
            .POST(HttpRequest.BodyPublishers.ofString(form))
            .build(),
        HttpResponse.BodyHandlers.ofString());
  }

  private HttpResponse<String> call(
      String method,
      String path,
      @Nullable String body,
      @Nullable String idempotencyKey,
      @Nullable String token)
      throws IOException, InterruptedException {
    var request =
        HttpRequest.newBuilder(URI.create(suite.target() + path.trim())).timeout(PATIENCE);
    if (token != null) {
      request.header("Authorization", "Bearer " + token);
    }
    if (idempotencyKey != null && !method.equals("GET")) {
      request.header("Idempotency-Key", idempotencyKey);
    }
    if (body == null) {
      request.method(method, HttpRequest.BodyPublishers.noBody());
    } else {
      request
          .header("Content-Type", "application/json")
          .method(method, HttpRequest.BodyPublishers.ofString(body));
    }
    return http.send(request.build(), HttpResponse.BodyHandlers.ofString());
  }
}
