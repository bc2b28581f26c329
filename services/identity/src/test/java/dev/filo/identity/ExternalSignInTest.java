package dev.filo.identity;

import static org.assertj.core.api.Assertions.assertThat;

import dev.filo.testkit.TestMongo;
import java.net.URI;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Signing in with another OpenID Connect provider, which runs here too. */
class ExternalSignInTest {
  private static final String START = "/oauth2/external/other?device_user_code=BBBB-BBBB";
  private static final String NEXT = "/oauth2/device?user_code=BBBB-BBBB";

  private static OtherProvider provider;
  private static RunningIdentity identity;

  private final Browser browser = new Browser(identity);

  @BeforeAll
  static void start() {
    provider = new OtherProvider();
    identity =
        RunningIdentity.with(
            TestMongo.embedded(),
            "--filo.identity.providers.other.issuer=" + provider.issuer(),
            "--filo.identity.providers.other.client-id=" + OtherProvider.CLIENT,
            "--filo.identity.providers.other.client-secret=" + OtherProvider.SECRET,
            "--filo.identity.providers.other.title=Altro",
            "--filo.identity.providers.gone.issuer=http://127.0.0.1:1",
            "--filo.identity.providers.gone.client-id=x");
  }

  @AfterAll
  static void end() {
    identity.close();
    provider.close();
  }

  @BeforeEach
  void claims() {
    OtherProvider.CLAIMS.clear();
  }

  @Test
  void page_offersTheProvider() {
    assertThat(browser.get("/oauth2/login?device_user_code=BBBB-BBBB").body())
        .contains("href=\"" + START + "\"", "Continua con Altro");
  }

  @Test
  void verifiedEmail_signsTheSameCustomerIn() throws Exception {
    var email = RunningIdentity.newEmail();
    var known = identity.signIn(email, "");
    claims(email, true);
    var done = browser.get(authorize(email));
    assertThat(done.statusCode()).isEqualTo(303);
    assertThat(Browser.location(done)).isEqualTo(NEXT);
    assertThat(signedIn()).contains("shop-app").doesNotContain("role=\"alert\"");
    assertThat(subject()).isEqualTo(known.subject());
  }

  @Test
  void unverifiedEmail_isNoProof_aCodeIsSentThere() throws Exception {
    var email = RunningIdentity.newEmail();
    claims(email, false);
    var asked = browser.get(authorize(email));
    assertThat(asked.statusCode()).isEqualTo(200);
    assertThat(asked.body()).contains("name=\"code\"");
    assertThat(asked.headers().allValues("Set-Cookie"))
        .noneMatch(set -> set.contains("filo_login"));
    var done = browser.post("/oauth2/login/code", asked, "code", identity.code(email));
    assertThat(Browser.location(done)).isEqualTo(NEXT);
  }

  @Test
  void emailThatNothingIsSaidOf_isNoProof() throws Exception {
    var email = RunningIdentity.newEmail();
    OtherProvider.CLAIMS.put("email", email);
    assertThat(browser.get(authorize(email)).body()).contains("name=\"code\"");
  }

  @Test
  void staffsEmail_evenVerified_needsACode() throws Exception {
    claims("manager@filo.example", true);
    assertThat(browser.get(authorize("x")).body()).contains("name=\"code\"");
  }

  @Test
  void noEmail_asksForOne() throws Exception {
    var answer = browser.get(authorize("x"));
    assertThat(answer.statusCode()).isEqualTo(400);
    assertThat(answer.body()).contains("role=\"alert\"", "name=\"email\"");
  }

  @Test
  void answer_withAnotherStateOrInAnotherBrowser_isRefused() throws Exception {
    claims(RunningIdentity.newEmail(), true);
    var back = authorize("x");
    assertThat(new Browser(identity).get(back).statusCode()).isEqualTo(400);
    assertThat(browser.get(back.replaceAll("state=[^&]+", "state=other")).statusCode())
        .isEqualTo(400);
    assertThat(browser.get(back).statusCode()).as("the journey is over").isEqualTo(400);
  }

  @Test
  void code_usedTwice_isRefused() throws Exception {
    claims(RunningIdentity.newEmail(), true);
    var back = authorize("x");
    var other = browser.copy();
    assertThat(browser.get(back).statusCode()).isEqualTo(303);
    assertThat(other.get(back).statusCode()).isEqualTo(400);
  }

  @Test
  void provider_unknownOrGone_isSaid() {
    assertThat(browser.get("/oauth2/external/nobody?x").statusCode()).isEqualTo(400);
    assertThat(browser.get("/oauth2/external/gone?x").statusCode()).isEqualTo(400);
  }

  private static void claims(String email, boolean verified) {
    OtherProvider.CLAIMS.put("email", email);
    OtherProvider.CLAIMS.put("email_verified", verified);
  }

  /** Goes to the provider, signs in there, and gives the path that leads back. */
  private String authorize(String person) {
    var away = browser.get(START);
    assertThat(away.statusCode()).isEqualTo(303);
    var location = Browser.location(away);
    assertThat(location)
        .startsWith(provider.issuer() + "/oauth2/authorize?")
        .contains("code_challenge=", "nonce=", "state=");
    var login =
        identity.send(
            HttpRequest.newBuilder(URI.create(provider.issuer() + "/"))
                .header("Authorization", RunningIdentity.basic(person, OtherProvider.PASSWORD))
                .build());
    var session = login.headers().firstValue("Set-Cookie").orElse("").split(";", 2)[0];
    HttpResponse<String> there =
        identity.send(
            HttpRequest.newBuilder(URI.create(location)).header("Cookie", session).build());
    assertThat(there.statusCode()).isEqualTo(302);
    var back = Browser.location(there);
    assertThat(back).startsWith("http://localhost:8080/oauth2/external/other/callback?code=");
    return back.substring("http://localhost:8080".length());
  }

  private String code = "";

  /** What the device page asks who has just signed in. */
  private String signedIn() {
    var asked =
        identity.post(
            "/oauth2/device_authorization", "", "client_id", "shop-app", "device", "shop-app");
    code = asked.text("device_code");
    page = browser.get("/oauth2/device?user_code=" + asked.text("user_code"));
    return page.body();
  }

  private HttpResponse<String> page = empty();

  private static HttpResponse<String> empty() {
    return identity.send(HttpRequest.newBuilder(identity.uri("/oauth2/jwks")).build());
  }

  private String subject() {
    browser.post("/oauth2/device", page, "answer", "yes");
    return identity
        .token(
            "grant_type",
            "urn:ietf:params:oauth:grant-type:device_code",
            "client_id",
            "shop-app",
            "device_code",
            code)
        .subject();
  }
}
