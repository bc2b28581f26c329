package dev.filo.identity;

import static org.assertj.core.api.Assertions.assertThat;

import dev.filo.platform.code.Ids;
import dev.filo.testkit.StoreTest;
import dev.filo.testkit.TestMongo;
import java.net.URI;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.util.Base64;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

/** The authorization code grant with its sign-in page, as a browser sees it. */
@StoreTest
class AuthorizationCodeTest {
  private static final Pattern FIELD = Pattern.compile("name=\"([^\"]+)\" value=\"([^\"]*)\"");
  private static final String VERIFIER = "a-verifier-of-forty-three-characters-or-more-is-needed";
  private static final String REDIRECT = "http://localhost:8080/desk";

  private final RunningIdentity identity;
  private String cookies = "";

  AuthorizationCodeTest(TestMongo.Engine engine) {
    identity = RunningIdentity.on(engine);
  }

  @Test
  void code_givesTokensOnce() throws Exception {
    var code = authorize(RunningIdentity.newEmail());
    var answer = exchange(code, VERIFIER);
    assertThat(answer.status()).as(answer.refusal()).isEqualTo(200);
    assertThat(answer.subject()).startsWith("customers/");
    assertThat(answer.claims().getStringClaim("client_id")).isEqualTo("desk-web");
    assertThat(answer.text("id_token")).isNotEmpty();
    var refreshed = refresh(answer.refresh());
    assertThat(refreshed.subject()).isEqualTo(answer.subject());

    assertThat(exchange(code, VERIFIER).refusal()).startsWith("400 invalid_grant");
    // Used twice, it was stolen: what it gave has ended.
    assertThat(refresh(refreshed.refresh()).refusal()).startsWith("400 invalid_grant");
  }

  @Test
  void code_withoutTheRightVerifier_givesNothing() throws Exception {
    var code = authorize(RunningIdentity.newEmail());
    assertThat(exchange(code, VERIFIER + "x").refusal()).startsWith("400 invalid_grant");
    assertThat(
            identity
                .token(
                    "grant_type",
                    "authorization_code",
                    "client_id",
                    "desk-web",
                    "code",
                    code,
                    "redirect_uri",
                    REDIRECT)
                .status())
        .isIn(400, 401);
  }

  @Test
  void request_withoutAChallenge_isRefused() throws Exception {
    signIn(RunningIdentity.newEmail());
    var answer =
        get(
            "/oauth2/authorize?response_type=code&client_id=desk-web&scope=openid&state=s&redirect_uri="
                + REDIRECT);
    assertThat(location(answer)).startsWith(REDIRECT).contains("error=invalid_request");
  }

  @Test
  void request_toAForeignAddress_isRefused() throws Exception {
    signIn(RunningIdentity.newEmail());
    assertThat(get(query().replace("localhost%3A8080", "evil.example")).statusCode())
        .isEqualTo(400);
  }

  @Test
  void page_withoutItsToken_sendsNothing() {
    var answer =
        send(
            HttpRequest.newBuilder(identity.uri("/oauth2/login"))
                .header("Content-Type", "application/x-www-form-urlencoded")
                .POST(
                    HttpRequest.BodyPublishers.ofString(
                        RunningIdentity.form("email", "julia@example.com", "query", ""))));
    assertThat(answer.statusCode()).isEqualTo(403);
  }

  @Test
  void page_withAWrongCode_asksAgain() throws Exception {
    var email = RunningIdentity.newEmail();
    var page = askCode(email);
    var answer =
        post("/oauth2/login/code", page, "code", RunningIdentity.wrong(identity.code(email)));
    assertThat(answer.statusCode()).isEqualTo(400);
    assertThat(answer.body()).contains("Il codice non è giusto.", "role=\"alert\"");
  }

  private String authorize(String email) throws Exception {
    var answer = signIn(email);
    var back = get(location(answer));
    assertThat(location(back)).startsWith(REDIRECT + "?code=").contains("state=xyz");
    return URI.create(location(back)).getQuery().split("[=&]")[1];
  }

  private HttpResponse<String> signIn(String email) throws Exception {
    var page = askCode(email);
    var answer = post("/oauth2/login/code", page, "code", identity.code(email));
    assertThat(answer.statusCode()).isEqualTo(303);
    return answer;
  }

  private HttpResponse<String> askCode(String email) {
    var asked = get(query());
    assertThat(asked.statusCode()).isEqualTo(302);
    assertThat(location(asked)).startsWith("/oauth2/login?");
    var page = get(location(asked));
    assertThat(page.statusCode()).isEqualTo(200);
    var next = post("/oauth2/login", page, "email", email);
    assertThat(next.statusCode()).isEqualTo(200);
    return next;
  }

  private static String query() {
    return "/oauth2/authorize?"
        + RunningIdentity.form(
            "response_type",
            "code",
            "client_id",
            "desk-web",
            "redirect_uri",
            REDIRECT,
            "scope",
            "openid filo",
            "state",
            "xyz",
            "code_challenge",
            Base64.getUrlEncoder().withoutPadding().encodeToString(Ids.sha256(VERIFIER)),
            "code_challenge_method",
            "S256");
  }

  private RunningIdentity.Answer exchange(String code, String verifier) {
    return identity.token(
        "grant_type",
        "authorization_code",
        "client_id",
        "desk-web",
        "code",
        code,
        "redirect_uri",
        REDIRECT,
        "code_verifier",
        verifier);
  }

  private RunningIdentity.Answer refresh(String token) {
    return identity.token(
        "grant_type", "refresh_token", "client_id", "desk-web", "refresh_token", token);
  }

  private static String location(HttpResponse<String> answer) {
    return answer.headers().firstValue("Location").orElse("none: " + answer.statusCode());
  }

  private HttpResponse<String> get(String path) {
    var uri = path.startsWith("http") ? URI.create(path) : identity.uri(path);
    return send(HttpRequest.newBuilder(uri).header("Accept", "text/html"));
  }

  /** Sends a page's form with one more field. */
  private HttpResponse<String> post(
      String path, HttpResponse<String> page, String name, String value) {
    var fields =
        FIELD
            .matcher(page.body())
            .results()
            .collect(
                Collectors.toMap(
                    field -> field.group(1),
                    field -> org.springframework.web.util.HtmlUtils.htmlUnescape(field.group(2))));
    fields.put(name, value);
    var form =
        RunningIdentity.form(
            fields.entrySet().stream()
                .flatMap(field -> java.util.stream.Stream.of(field.getKey(), field.getValue()))
                .toArray(String[]::new));
    return send(
        HttpRequest.newBuilder(identity.uri(path))
            .header("Content-Type", "application/x-www-form-urlencoded")
            .POST(HttpRequest.BodyPublishers.ofString(form)));
  }

  private HttpResponse<String> send(HttpRequest.Builder request) {
    if (!cookies.isEmpty()) {
      request.header("Cookie", cookies);
    }
    var answer = identity.send(request.build());
    for (String set : answer.headers().allValues("Set-Cookie")) {
      cookies += (cookies.isEmpty() ? "" : "; ") + set.substring(0, set.indexOf(';'));
    }
    return answer;
  }
}
