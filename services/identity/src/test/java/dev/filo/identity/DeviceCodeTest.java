package dev.filo.identity;

import static org.assertj.core.api.Assertions.assertThat;

import com.mongodb.client.model.Filters;
import dev.filo.identity.RunningIdentity.Answer;
import dev.filo.testkit.StoreTest;
import dev.filo.testkit.TestMongo;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.Locale;
import org.junit.jupiter.api.Test;
import reactor.core.publisher.Mono;

/** A device without a browser gets in by a code that a person enters elsewhere. */
@StoreTest
class DeviceCodeTest {
  private static final String PENDING = "400 authorization_pending";
  private static final String OVER = "400 expired_token";

  private final RunningIdentity identity;
  private final Browser browser;
  private String client = "";

  DeviceCodeTest(TestMongo.Engine engine) {
    identity = RunningIdentity.on(engine);
    browser = new Browser(identity);
  }

  @Test
  void device_getsTheTokensOfWhomSaidYes() throws Exception {
    var asked = start("filo-admin");
    assertThat(asked.text("verification_uri")).isEqualTo("http://localhost:8080/oauth2/device");
    assertThat(asked.text("verification_uri_complete"))
        .isEqualTo("http://localhost:8080/oauth2/device?user_code=" + asked.text("user_code"));
    assertThat(asked.text("user_code")).matches("[B-DF-HJ-NP-TV-XZ]{4}-[B-DF-HJ-NP-TV-XZ]{4}");
    assertThat(Integer.parseInt(asked.text("expires_in"))).isBetween(590, 600);
    assertThat(poll(asked).refusal()).isEqualTo(PENDING);

    var question = open(asked, "manager@filo.example");
    assertThat(question.body())
        .contains(
            "Vuoi far entrare questo dispositivo?", "riga di comando", "manager@filo.example");
    assertThat(question.body()).contains("Server 7");
    identity.clock().advance(Duration.ofSeconds(6));
    assertThat(poll(asked).refusal()).as("opening the page is no yes").isEqualTo(PENDING);
    var done = browser.post("/oauth2/device", question, "answer", "yes");
    assertThat(done.body()).contains("Fatto");
    var tokens = poll(asked);
    assertThat(tokens.subject()).isEqualTo("staff/manager@filo.example");
    assertThat(tokens.claims().getStringListClaim("roles")).containsExactly("manager");
    assertThat(tokens.claims().getStringClaim("client_id")).isEqualTo("filo-admin");
    assertThat(tokens.claims().getStringClaim("device")).isEqualTo("Server 7");
    assertThat(poll(asked).refusal()).as("once").isEqualTo(OVER);
    var refreshed =
        identity.token(
            "grant_type",
            "refresh_token",
            "client_id",
            "filo-admin",
            "refresh_token",
            tokens.refresh());
    assertThat(refreshed.subject()).isEqualTo("staff/manager@filo.example");
  }

  @Test
  void device_ofAShopper_getsHerTokens() throws Exception {
    var asked = start("shop-app");
    var email = RunningIdentity.newEmail();
    browser.post("/oauth2/device", open(asked, email), "answer", "yes");
    var tokens = poll(asked);
    assertThat(tokens.subject()).isEqualTo(identity.signIn(email, "").subject());
  }

  @Test
  void device_afterANo_isDenied() throws Exception {
    var asked = start("filo-admin");
    var done = browser.post("/oauth2/device", open(asked, "agent@filo.example"), "answer", "no");
    assertThat(done.body()).contains("Rifiutato");
    assertThat(poll(asked).refusal()).isEqualTo("400 access_denied");
  }

  @Test
  void device_thatAsksTooOften_isToldToSlowDown() {
    var asked = start("filo-admin");
    assertThat(poll(asked).refusal()).isEqualTo(PENDING);
    assertThat(poll(asked).refusal()).isEqualTo("400 slow_down");
    identity.clock().advance(Duration.ofSeconds(6));
    assertThat(poll(asked).refusal()).as("five seconds more").isEqualTo("400 slow_down");
    identity.clock().advance(Duration.ofSeconds(20));
    assertThat(poll(asked).refusal()).isEqualTo(PENDING);
  }

  @Test
  void codes_afterTenMinutes_areOver() throws Exception {
    var asked = start("filo-admin");
    identity.clock().advance(Duration.ofMinutes(10));
    assertThat(poll(asked).refusal()).isEqualTo(OVER);
    assertThat(open(asked, "agent@filo.example").statusCode()).isEqualTo(400);
  }

  @Test
  void deviceCode_ofAnotherClient_isOver() {
    var asked = start("shop-app");
    assertThat(
            identity
                .token(
                    "grant_type",
                    "urn:ietf:params:oauth:grant-type:device_code",
                    "client_id",
                    "filo-admin",
                    "device_code",
                    asked.text("device_code"))
                .refusal())
        .isEqualTo(OVER);
  }

  @Test
  void tokens_manyAtOnce_areGivenOnce() throws Exception {
    var asked = start("filo-admin");
    browser.post("/oauth2/device", open(asked, "agent@filo.example"), "answer", "yes");
    var answers = TokensTest.atOnce(8, () -> poll(asked));
    assertThat(answers).filteredOn(answer -> answer.status() == 200).hasSize(1);
    assertThat(answers)
        .filteredOn(answer -> answer.status() != 200)
        .allMatch(answer -> answer.refusal().equals(OVER));
  }

  @Test
  void page_isInEnglishToo() {
    var page = browser.get("/oauth2/device", "en");
    assertThat(page.body()).contains("lang=\"en\"", "The code you see on the device");
  }

  @Test
  void answer_withoutThePagesToken_isRefused() throws Exception {
    var asked = start("filo-admin");
    open(asked, "agent@filo.example");
    var forged =
        browser.post("/oauth2/device", "user_code", asked.text("user_code"), "answer", "yes");
    assertThat(forged.statusCode()).isEqualTo(403);
    assertThat(poll(asked).refusal()).isEqualTo(PENDING);
  }

  @Test
  void userCode_unknown_isRefused() throws Exception {
    browser.signIn("agent@filo.example", "device_user_code=BBBB-BBBB");
    assertThat(browser.get("/oauth2/device?user_code=BBBB-BBBB").statusCode()).isEqualTo(400);
  }

  @Test
  void codes_areNotReadableInTheDatabase() {
    var asked = start("filo-admin");
    var kept =
        Mono.from(
                identity
                    .database()
                    .getCollection("device_logins")
                    .find(Filters.eq("state", "OPEN"))
                    .sort(new org.bson.Document("expireTime", -1))
                    .first())
            .block();
    assertThat(kept).isNotNull();
    assertThat(kept.toJson())
        .doesNotContain(asked.text("device_code"))
        .doesNotContain(asked.text("user_code"))
        .doesNotContain(asked.text("user_code").replace("-", ""));
  }

  @Test
  void springsOwnVerification_isClosed() {
    assertThat(browser.get("/oauth2/device_verification?user_code=BBBB-BBBB").statusCode())
        .isIn(400, 401);
  }

  @Test
  void clientThatMayNot_isRefused() {
    assertThat(start("desk-web").refusal()).isEqualTo("400 unauthorized_client");
    assertThat(start("nobody").refusal()).isEqualTo("401 invalid_client");
  }

  private Answer start(String by) {
    client = by;
    return identity.post("/oauth2/device_authorization", "", "client_id", by, "device", "Server 7");
  }

  /** Enters the code as a person types it, and signs in on the way. */
  private HttpResponse<String> open(Answer asked, String email) throws Exception {
    var typed = asked.text("user_code").replace("-", "").toLowerCase(Locale.ROOT);
    var first = browser.get("/oauth2/device?user_code=" + typed);
    assertThat(first.statusCode()).isEqualTo(303);
    assertThat(Browser.location(first)).isEqualTo("/oauth2/login?device_user_code=" + typed);
    var back = browser.signIn(email, "device_user_code=" + typed);
    assertThat(Browser.location(back)).isEqualTo("/oauth2/device?user_code=" + typed);
    return browser.get(Browser.location(back));
  }

  private Answer poll(Answer asked) {
    return identity.token(
        "grant_type",
        "urn:ietf:params:oauth:grant-type:device_code",
        "client_id",
        client,
        "device_code",
        asked.text("device_code"));
  }
}
