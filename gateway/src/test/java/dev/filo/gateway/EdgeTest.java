package dev.filo.gateway;

import static dev.filo.gateway.RunningGateway.json;
import static dev.filo.gateway.RunningGateway.reason;
import static dev.filo.gateway.RunningGateway.take;
import static org.assertj.core.api.Assertions.assertThat;

import dev.filo.gateway.FakeIdentity.Seen;
import dev.filo.proto.cart.v1.Cart;
import java.io.BufferedInputStream;
import java.io.DataInputStream;
import java.io.IOException;
import java.net.Socket;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class EdgeTest {
  private static final String CART = "/v1/customers/me/cart";

  private RunningGateway gateway;

  @BeforeEach
  void forget() {
    gateway = RunningGateway.get();
    gateway.services.answer = request -> Cart.getDefaultInstance();
  }

  private HttpResponse<String> with(String token) {
    return gateway.send(gateway.request(CART).header("Authorization", "Bearer " + token));
  }

  @Test
  void token_missing_isRefusedAtTheEdge() {
    HttpResponse<String> response = gateway.send(gateway.request(CART));
    assertThat(response.statusCode()).isEqualTo(401);
    assertThat(reason(response)).isEqualTo("TOKEN_MISSING");
    assertThat(response.headers().firstValue("www-authenticate")).hasValue("Bearer");
    assertThat(gateway.services.calls).isEmpty();
  }

  @Test
  void keys_areThereBeforeTheDoorsOpen() {
    assertThat(gateway.keysReadBefore).isEqualTo(1);
  }

  @Test
  void token_badOrExpired_isRefused() throws Exception {
    HttpResponse<String> garbage = with("abc");
    assertThat(garbage.statusCode()).isEqualTo(401);
    assertThat(reason(garbage)).isEqualTo("TOKEN_INVALID");
    HttpResponse<String> forged = with(gateway.identity.forged("customers/eve"));
    assertThat(reason(forged)).isEqualTo("TOKEN_INVALID");
    HttpResponse<String> expired =
        with(gateway.identity.token("customers/julia", Instant.now().minusSeconds(1)));
    assertThat(expired.statusCode()).isEqualTo(401);
    assertThat(reason(expired)).isEqualTo("TOKEN_EXPIRED");
    assertThat(expired.headers().firstValue("www-authenticate").orElse(""))
        .contains("invalid_token");
    assertThat(
            reason(
                gateway.send(gateway.request("/v1/stores").header("Authorization", "Bearer abc"))))
        .as("also where none is needed")
        .isEqualTo("TOKEN_INVALID");
    assertThat(gateway.services.calls).isEmpty();
  }

  @Test
  void token_ofAnotherScheme_isNone() {
    HttpResponse<String> basic =
        gateway.send(gateway.request(CART).header("Authorization", "Basic anVsaWE6eA=="));
    assertThat(reason(basic)).isEqualTo("TOKEN_MISSING");
    String token = gateway.identity.token("customers/julia", Instant.now().plusSeconds(60));
    assertThat(
            gateway
                .send(gateway.request(CART).header("Authorization", "bearer " + token))
                .statusCode())
        .as("the scheme's case does not matter")
        .isEqualTo(200);
  }

  @Test
  void whatNoHonestClientSends_isRefused() throws Exception {
    for (String head :
        List.of(
            "GET /v1/customers/a%2Fb/cart HTTP/1.1\r\nHost: localhost",
            "GET /v1/customers/%2e%2e/cart HTTP/1.1\r\nHost: localhost",
            "GET /v1/stores;x=1 HTTP/1.1\r\nHost: localhost",
            "GET /v1/stores HTTP/1.1\r\nHost: localhost\r\nAccept-Language: i\u0001t",
            "GET /v1/stores HTTP/1.1\r\nHost: localhost\r\nX-Other: i\u007ft",
            "TRACE /v1/stores HTTP/1.1\r\nHost: localhost")) {
      assertThat(answered(head)).as(head).isEqualTo(400);
    }
    assertThat(answered("GET /livez HTTP/1.1\r\nHost: localhost\r\nX-Other: \u00e8"))
        .as("other letters are letters")
        .isEqualTo(204);
    assertThat(gateway.services.calls).isEmpty();
  }

  private int answered(String head) throws IOException {
    var uri = gateway.uri("/");
    try (var socket = new Socket(uri.getHost(), uri.getPort())) {
      socket.setSoTimeout(20_000);
      socket.getOutputStream().write((head + "\r\n\r\n").getBytes(StandardCharsets.ISO_8859_1));
      socket.getOutputStream().flush();
      return status(new DataInputStream(new BufferedInputStream(socket.getInputStream())));
    }
  }

  @Test
  void identity_isReachedUnderThePublicName() {
    HttpResponse<String> response =
        gateway.send(
            gateway
                .request("/oauth2/token")
                .header("Content-Type", "application/x-www-form-urlencoded")
                .header("X-Forwarded-For", "6.6.6.6")
                .header("X-Forwarded-Host", "evil.example")
                .header("x-filo-role", "manager")
                .POST(BodyPublishers.ofString("grant_type=x")));
    assertThat(response.statusCode()).isEqualTo(200);
    Seen seen = take(gateway.identity.seen);
    Map<String, List<String>> headers = new TreeMap<>();
    seen.headers().forEach((name, values) -> headers.put(name.toLowerCase(Locale.ROOT), values));
    assertThat(seen.body()).isEqualTo("grant_type=x");
    assertThat(headers).containsEntry("x-forwarded-host", List.of("shop.example"));
    assertThat(headers).containsEntry("x-forwarded-proto", List.of("https"));
    assertThat(headers).containsEntry("x-forwarded-port", List.of("443"));
    assertThat(headers).doesNotContainKey("x-filo-role").doesNotContainKey("forwarded");
    assertThat(headers.get("x-forwarded-for")).hasSize(1).doesNotContain("6.6.6.6");
    assertThat(response.headers().firstValue("x-content-type-options")).hasValue("nosniff");
    HttpResponse<String> large =
        gateway.send(
            gateway.request("/oauth2/token").POST(BodyPublishers.ofString("x".repeat(70_000))));
    assertThat(large.statusCode()).isEqualTo(413);
  }

  @Test
  void refusal_bodyUnread_leavesItsConnectionInOrder() throws Exception {
    var uri = gateway.uri("/");
    byte[] body = "x".repeat(60_000).getBytes(StandardCharsets.US_ASCII); // within the limit
    byte[] head =
        """
        POST %s:apply HTTP/1.1
        Host: localhost
        Authorization: Bearer abc
        Content-Type: application/json
        Content-Length: %d

        """
            .formatted(CART, body.length)
            .replace("\n", "\r\n")
            .getBytes(StandardCharsets.US_ASCII);
    try (var socket = new Socket(uri.getHost(), uri.getPort())) {
      socket.setSoTimeout(20_000);
      var answers = new DataInputStream(new BufferedInputStream(socket.getInputStream()));
      for (int round = 0; round < 50; round++) {
        socket.getOutputStream().write(head);
        socket.getOutputStream().flush(); // the refusal is decided before the body comes
        socket.getOutputStream().write(body);
        assertThat(status(answers)).as("round %d", round).isEqualTo(401);
      }
    }
    assertThat(gateway.services.calls).isEmpty();
  }

  /** A page's file asked for while the answer before it has not quite ended. */
  @Test
  void keptAlive_isReadOn_afterARequestThatHadToWait() throws Exception {
    var uri = gateway.uri("/");
    var slow =
        """
        GET %s HTTP/1.1
        Host: localhost
        Authorization: Bearer %s

        """
            .formatted(CART, gateway.token("customers/julia"));
    var quick =
        """
        GET /livez HTTP/1.1
        Host: localhost

        """;
    try (var socket = new Socket(uri.getHost(), uri.getPort())) {
      socket.setSoTimeout(20_000);
      var answers = new DataInputStream(new BufferedInputStream(socket.getInputStream()));
      for (int round = 0; round < 20; round++) {
        send(socket, slow + quick);
        assertThat(status(answers)).as("round %d", round).isEqualTo(200);
        assertThat(status(answers)).as("round %d", round).isEqualTo(204);
        send(socket, quick);
        assertThat(status(answers)).as("round %d", round).isEqualTo(204);
      }
    }
  }

  private static void send(Socket socket, String requests) throws IOException {
    socket
        .getOutputStream()
        .write(requests.replace("\n", "\r\n").getBytes(StandardCharsets.US_ASCII));
    socket.getOutputStream().flush();
  }

  /** Reads one whole answer; its status, or a failure when the connection is closed. */
  private static int status(DataInputStream answers) throws IOException {
    int status = Integer.parseInt(line(answers).split(" ")[1]);
    int length = 0;
    for (var header = line(answers); !header.isEmpty(); header = line(answers)) {
      if (header.toLowerCase(Locale.ROOT).startsWith("content-length:")) {
        length = Integer.parseInt(header.substring(header.indexOf(':') + 1).strip());
      }
    }
    answers.skipNBytes(length);
    return status;
  }

  private static String line(DataInputStream answers) throws IOException {
    var line = new StringBuilder();
    for (char c = (char) answers.readUnsignedByte();
        c != '\n';
        c = (char) answers.readUnsignedByte()) {
      line.append(c);
    }
    return line.toString().strip();
  }

  @Test
  void cors_onlyAllowedOrigins() {
    HttpResponse<String> allowed =
        gateway.send(gateway.request("/v1/nothing").header("Origin", "http://localhost:5173"));
    assertThat(allowed.headers().firstValue("access-control-allow-origin"))
        .hasValue("http://localhost:5173");
    HttpResponse<String> refused =
        gateway.send(gateway.request("/v1/nothing").header("Origin", "https://evil.example"));
    assertThat(refused.headers().firstValue("access-control-allow-origin")).isEmpty();
  }

  @Test
  void health_namesWhatIsDown() {
    HttpResponse<String> response = gateway.send(gateway.request("/healthz"));
    assertThat(response.statusCode()).isEqualTo(503);
    assertThat(json(response).path("parts").path("cart").asString()).isEqualTo("up");
    assertThat(json(response).path("parts").path("inventory").asString()).isEqualTo("unreachable");
    assertThat(json(response).path("detail").asString()).contains("inventory", "journey");
    assertThat(gateway.send(gateway.request("/livez")).statusCode()).isEqualTo(204);
  }
}
