package dev.filo.identity;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.springframework.web.util.HtmlUtils;

/** A browser as far as identity's pages need one: cookies, links and forms. */
final class Browser {
  private static final Pattern FIELD = Pattern.compile("name=\"([^\"]+)\" value=\"([^\"]*)\"");

  private final RunningIdentity identity;
  private final Map<String, String> cookies = new LinkedHashMap<>();

  Browser(RunningIdentity identity) {
    this.identity = identity;
  }

  /** Another one with the same cookies. */
  Browser copy() {
    var copy = new Browser(identity);
    copy.cookies.putAll(cookies);
    return copy;
  }

  HttpResponse<String> get(String path) {
    return get(path, "it");
  }

  HttpResponse<String> get(String path, String language) {
    return send(HttpRequest.newBuilder(identity.uri(path)).header("Accept-Language", language));
  }

  /** Fills in a form's field, or presses a button, and sends what else the form has. */
  HttpResponse<String> post(String path, HttpResponse<String> page, String name, String value) {
    var fields =
        FIELD
            .matcher(page.body())
            .results()
            .collect(
                Collectors.toMap(
                    field -> field.group(1),
                    field -> HtmlUtils.htmlUnescape(field.group(2)),
                    (first, second) -> first));
    fields.put(name, value);
    return post(
        path,
        fields.entrySet().stream()
            .flatMap(field -> Stream.of(field.getKey(), field.getValue()))
            .toArray(String[]::new));
  }

  HttpResponse<String> post(String path, String... fields) {
    return send(
        HttpRequest.newBuilder(identity.uri(path))
            .header("Content-Type", "application/x-www-form-urlencoded")
            .POST(HttpRequest.BodyPublishers.ofString(RunningIdentity.form(fields))));
  }

  /** Signs in on the sign-in page. The answer that leads back. */
  HttpResponse<String> signIn(String email, String query) throws Exception {
    var page = get("/oauth2/login?" + query);
    assertThat(page.statusCode()).isEqualTo(200);
    var next = post("/oauth2/login", page, "email", email);
    assertThat(next.statusCode()).isEqualTo(200);
    identity.clock().advance(java.time.Duration.ofMillis(5)); // the newest letter is this one
    var answer = post("/oauth2/login/code", next, "code", identity.code(email));
    assertThat(answer.statusCode()).isEqualTo(303);
    return answer;
  }

  static String location(HttpResponse<String> answer) {
    return answer.headers().firstValue("Location").orElse("");
  }

  private HttpResponse<String> send(HttpRequest.Builder request) {
    if (!cookies.isEmpty()) {
      request.header(
          "Cookie",
          cookies.entrySet().stream()
              .map(cookie -> cookie.getKey() + "=" + cookie.getValue())
              .collect(Collectors.joining("; ")));
    }
    var answer = identity.send(request.build());
    for (String set : answer.headers().allValues("Set-Cookie")) {
      int equals = set.indexOf('=');
      cookies.put(set.substring(0, equals), set.substring(equals + 1, set.indexOf(';')));
    }
    return answer;
  }
}
