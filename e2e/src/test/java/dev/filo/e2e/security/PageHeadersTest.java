package dev.filo.e2e.security;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What browsers are told on every page and answer, and that there are no files but ours. */
@Timeout(120)
class PageHeadersTest {
  private final Victim victim = Victim.get();

  private static String header(HttpResponse<?> answer, String name) {
    return String.join("; ", answer.headers().allValues(name));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "/",
        "/cart",
        "/account",
        "/order",
        "/chat",
        "/desk",
        "/store",
        "/insight",
        "/api",
        "/errors",
        "/no/such/page",
        "/openapi.json",
        "/healthz",
        "/login",
        "/device",
        "/oauth2/jwks",
        "/.well-known/openid-configuration",
        "/v1/stores",
        "/v1/customers/me",
        "/v1/nothing",
        "/dev/mailbox?to=nobody@example.com",
      })
  void everyAnswer_keepsBrowsersCareful(String path) {
    for (var method : List.of("GET", "HEAD", "POST", "OPTIONS")) {
      var answer =
          victim.send(victim.request(path).method(method, HttpRequest.BodyPublishers.noBody()));
      var what = method + " " + path + " " + answer.statusCode();
      assertThat(answer.statusCode()).as(what).isLessThan(500);
      assertThat(header(answer, "x-content-type-options")).as(what).isEqualTo("nosniff");
      assertThat(header(answer, "x-frame-options")).as(what).isEqualTo("DENY");
      assertThat(header(answer, "cross-origin-opener-policy")).as(what).isEqualTo("same-origin");
      assertThat(header(answer, "referrer-policy")).as(what).isIn("same-origin", "no-referrer");
      assertThat(header(answer, "server")).as(what).isEmpty();
      assertThat(header(answer, "x-powered-by")).as(what).isEmpty();
      assertThat(header(answer, "access-control-allow-origin")).as(what).isEmpty();
      var policy = header(answer, "content-security-policy");
      if (!path.startsWith("/oauth2/") && !path.startsWith("/.well-known/")) { // no pages
        assertThat(policy).as(what).contains("frame-ancestors 'none'").contains("default-src");
      }
      assertThat(policy)
          .as(what)
          .doesNotContain("unsafe-eval")
          .doesNotContainPattern("script-src[^;]*unsafe-inline")
          .doesNotContainPattern("(default|script|object)-src[^;]*\\*");
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "/../../../../etc/passwd",
        "/..%2f..%2f..%2fetc/passwd",
        "/%2e%2e/%2e%2e/%2e%2e/etc/passwd",
        "/..%5c..%5cetc%5cpasswd",
        "/%252e%252e/%252e%252e/etc/passwd",
        "/....//....//etc/passwd",
        "/assets/../../../etc/passwd",
        "/assets/..;/..;/etc/passwd",
        "/%c0%ae%c0%ae/%c0%ae%c0%ae/etc/passwd",
        "//etc/passwd",
        "/file:///etc/passwd",
        "/etc/passwd%00.css",
        "/META-INF/MANIFEST.MF",
        "/WEB-INF/web.xml",
        "/BOOT-INF/classes/application.yaml",
        "/gateway.yaml",
        "/application.yml",
        "/webjars/../gateway.yaml",
        "/webjars/swagger-ui/../../../gateway.yaml",
        "/secrets.properties",
        "/.git/config",
        "/.env",
        "/actuator",
        "/actuator/env",
        "/actuator/gateway/routes",
        "/actuator/heapdump",
        "/metrics",
        "/h2-console",
        "/console",
      })
  void file_thatIsNotAPages_isNotServed(String path) throws IOException {
    var answers =
        RawHttp.send(
            victim.port(),
            "GET " + path + " HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n");
    assertThat(answers).hasSize(1);
    var answer = answers.getFirst();
    assertThat(answer.status()).as(path).isIn(400, 404);
    assertThat(answer.body())
        .doesNotContain("root:", "Manifest-Version", "spring:", "filo.gateway", "[core]");
  }

  /** A path cannot be written so that its rule is not found. */
  @ParameterizedTest
  @ValueSource(
      strings = {
        "/v1//customers/me",
        "/v1/./customers/me",
        "/v1/stores/../customers/me",
        "/V1/customers/me",
        "//v1/customers/me",
        "/v1/customers/me/",
        "/v1/customers/me;a=b",
        "/v1/customers/%6de",
        "/v1/customers/me%20",
        "/v1/customers/me%00",
        "/v1/customers/me?access=1#x",
        "/v1/customers%2Fme",
        "http://localhost/v1/customers/me",
      })
  void path_writtenOtherwise_opensNothing(String path) throws IOException {
    var answers =
        RawHttp.send(
            victim.port(),
            "GET " + path + " HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n");
    assertThat(answers).hasSize(1);
    assertThat(answers.getFirst().status()).as(path).isIn(400, 401, 404);
  }

  @Test
  void otherOrigins_areNotAllowed_andNoneWithCredentials() {
    for (var origin :
        List.of(
            "https://evil.example",
            "null",
            "http://localhost.evil.example",
            "http://localhost:80.evil.example",
            "http://evil.example/http://localhost:5173",
            "file://",
            "chrome-extension://abc")) {
      for (var path : List.of("/v1/stores", "/v1/customers/me", "/oauth2/token", "/")) {
        var preflight =
            victim.send(
                victim
                    .request(path)
                    .header("Origin", origin)
                    .header("Access-Control-Request-Method", "POST")
                    .header("Access-Control-Request-Headers", "authorization")
                    .method("OPTIONS", HttpRequest.BodyPublishers.noBody()));
        assertThat(header(preflight, "access-control-allow-origin"))
            .as("%s at %s", origin, path)
            .isEmpty();
        var call = victim.send(victim.request(path).header("Origin", origin));
        assertThat(header(call, "access-control-allow-origin")).as(path).isEmpty();
        assertThat(header(call, "access-control-allow-credentials")).as(path).isEmpty();
      }
    }
  }
}
