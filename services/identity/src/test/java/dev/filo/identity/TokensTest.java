package dev.filo.identity;

import static org.assertj.core.api.Assertions.assertThat;

import dev.filo.identity.RunningIdentity.Answer;
import dev.filo.platform.auth.TokenVerifier;
import dev.filo.testkit.StoreTest;
import dev.filo.testkit.TestMongo;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** Guests, machines, refresh tokens, and what the token endpoint refuses. */
@StoreTest
class TokensTest {
  private final RunningIdentity identity;

  TokensTest(TestMongo.Engine engine) {
    identity = RunningIdentity.on(engine);
  }

  @Test
  void guest_getsTokens() throws Exception {
    var answer =
        identity.token(
            "grant_type", "urn:filo:oauth:guest", "client_id", "shop-app", "device", "iPhone");
    assertThat(answer.status()).isEqualTo(200);
    assertThat(answer.text("token_type")).isEqualTo("Bearer");
    assertThat(answer.text("scope")).isEqualTo("filo");
    assertThat(Integer.parseInt(answer.text("expires_in"))).isBetween(590, 600);
    var claims = answer.claims();
    assertThat(claims.getSubject()).startsWith("customers/");
    assertThat(claims.getIssuer()).isEqualTo("http://localhost:8080");
    assertThat(claims.getAudience()).containsExactly("filo");
    assertThat(claims.getStringListClaim("roles")).containsExactly("guest");
    assertThat(claims.getStringClaim("channel")).isEqualTo("app");
    assertThat(claims.getStringClaim("client_id")).isEqualTo("shop-app");
    assertThat(claims.getStringClaim("device")).isEqualTo("iPhone");
    assertThat(claims.getStringClaim("sid")).isNotEmpty();
    assertThat(claims.getClaim("former")).isNull();
    var caller = identity.bean(TokenVerifier.class).verify(answer.access()).block();
    assertThat(caller).isNotNull();
  }

  @Test
  void device_longerThanKept_isCut() throws Exception {
    var answer =
        identity.token(
            "grant_type",
            "urn:filo:oauth:guest",
            "client_id",
            "shop-web",
            "device",
            "x".repeat(99));
    assertThat(answer.claims().getStringClaim("device")).isEqualTo("x".repeat(40));
  }

  @Test
  void refresh_movesOnAndKeepsTheSession() throws Exception {
    var first = identity.guest();
    var second = refresh(first.refresh(), "shop-web");
    assertThat(second.status()).isEqualTo(200);
    assertThat(second.subject()).isEqualTo(first.subject());
    assertThat(second.claims().getStringClaim("sid"))
        .isEqualTo(first.claims().getStringClaim("sid"));
    assertThat(second.refresh()).isNotEqualTo(first.refresh());
    assertThat(refresh(second.refresh(), "shop-web").status()).isEqualTo(200);
  }

  @Test
  void refresh_usedAgain_endsTheWholeSession() {
    var first = identity.guest();
    var second = refresh(first.refresh(), "shop-web");
    assertThat(refresh(first.refresh(), "shop-web").refusal())
        .isEqualTo("400 invalid_grant REFRESH_REUSED");
    assertThat(refresh(second.refresh(), "shop-web").refusal()).startsWith("400 invalid_grant");
  }

  @Test
  void refresh_manyAtOnce_atMostOneGetsTokens() throws Exception {
    var first = identity.guest();
    var answers = atOnce(8, () -> refresh(first.refresh(), "shop-web"));
    assertThat(answers.stream().filter(answer -> answer.status() == 200)).hasSizeLessThan(2);
    assertThat(answers.stream().filter(answer -> answer.status() != 200))
        .allMatch(answer -> answer.refusal().startsWith("400 invalid_grant"));
  }

  /** Two clients with the same token: whichever is first, neither keeps anything. */
  @Test
  void refresh_raced_endsTheFamily() throws Exception {
    for (int round = 0; round < 5; round++) {
      var first = identity.guest();
      var answers = atOnce(2, () -> refresh(first.refresh(), "shop-web"));
      assertThat(answers).filteredOn(answer -> answer.status() == 200).hasSizeLessThan(2);
      for (var answer : answers) {
        if (answer.status() == 200) {
          assertThat(refresh(answer.refresh(), "shop-web").refusal())
              .startsWith("400 invalid_grant");
        }
      }
      assertThat(introspect(first.access()).text("active")).isEqualTo("false");
    }
  }

  @Test
  void refresh_replayedLater_endsTheFamily() {
    // While the access token lives, and long after; the one just used, and one of long ago.
    for (var later : List.of(Duration.ofSeconds(1), Duration.ofMinutes(11), Duration.ofDays(30))) {
      for (int generations = 1; generations <= 3; generations += 2) {
        var first = identity.guest();
        var last = first;
        for (int i = 0; i < generations; i++) {
          last = refresh(last.refresh(), "shop-web");
          assertThat(last.status()).isEqualTo(200);
        }
        identity.clock().advance(later);
        assertThat(refresh(first.refresh(), "shop-web").refusal())
            .isEqualTo("400 invalid_grant REFRESH_REUSED");
        assertThat(refresh(last.refresh(), "shop-web").refusal()).startsWith("400 invalid_grant");
      }
    }
  }

  @Test
  void refresh_byAnotherClient_isRefusedAndHarmless() {
    var first = identity.guest();
    assertThat(refresh(first.refresh(), "shop-app").refusal()).startsWith("400 invalid_grant");
    assertThat(refresh(first.refresh(), "shop-web").status()).isEqualTo(200);
  }

  @Test
  void refresh_forged_isRefusedAndHarmless() {
    var first = identity.guest();
    var forged = first.refresh().substring(0, first.refresh().length() - 4) + "AAAA";
    assertThat(refresh(forged, "shop-web").refusal()).startsWith("400 invalid_grant");
    assertThat(refresh("nonsense", "shop-web").refusal()).startsWith("400 invalid_grant");
    assertThat(refresh(first.refresh(), "shop-web").status()).isEqualTo(200);
  }

  @Test
  void refresh_afterTheSessionsLife_isRefused() {
    var first = identity.guest();
    identity.clock().advance(Duration.ofDays(90));
    assertThat(refresh(first.refresh(), "shop-web").refusal()).startsWith("400 invalid_grant");
  }

  @Test
  void revoke_endsTheSession() {
    var first = identity.guest();
    assertThat(
            identity
                .post("/oauth2/revoke", "", "client_id", "shop-app", "token", first.refresh())
                .status())
        .isEqualTo(200);
    assertThat(introspect(first.access()).text("active")).isEqualTo("true");
    assertThat(
            identity
                .post("/oauth2/revoke", "", "client_id", "shop-web", "token", first.refresh())
                .status())
        .isEqualTo(200);
    assertThat(introspect(first.access()).text("active")).isEqualTo("false");
    assertThat(refresh(first.refresh(), "shop-web").refusal()).startsWith("400 invalid_grant");
  }

  @Test
  void introspect_byAPublicClient_isRefused() {
    var first = identity.guest();
    assertThat(
            identity
                .post("/oauth2/introspect", "", "client_id", "shop-web", "token", first.access())
                .refusal())
        .isEqualTo("400 invalid_client");
  }

  @Test
  void till_getsATokenForItsStore() throws Exception {
    var answer = identity.machineToken("till-milano-1", "till-secret");
    assertThat(answer.status()).isEqualTo(200);
    assertThat(answer.refresh()).isEmpty();
    var claims = answer.claims();
    assertThat(claims.getSubject()).isEqualTo("devices/till-milano-1");
    assertThat(claims.getStringListClaim("roles")).containsExactly("device");
    assertThat(claims.getStringListClaim("stores")).containsExactly("stores/milano-buenos-aires");
    assertThat(claims.getStringClaim("channel")).isEqualTo("till");
  }

  @Test
  void service_getsAToken() throws Exception {
    var answer = identity.machineToken("service-cart", RunningIdentity.SERVICE_SECRET);
    assertThat(answer.subject()).isEqualTo("services/cart");
    assertThat(answer.claims().getStringListClaim("roles")).containsExactly("service");
    assertThat(answer.claims().getStringClaim("channel")).isEqualTo("system");
  }

  @Test
  void machine_withAWrongSecret_isRefused() {
    assertThat(identity.machineToken("till-milano-1", "wrong").refusal())
        .isEqualTo("401 invalid_client");
    assertThat(identity.machineToken("service-cart", "till-secret").refusal())
        .isEqualTo("401 invalid_client");
    assertThat(identity.machineToken("till-of-nobody", "till-secret").refusal())
        .isEqualTo("401 invalid_client");
    assertThat(
            identity.token("grant_type", "client_credentials", "client_id", "shop-web").refusal())
        .isEqualTo("400 unauthorized_client");
  }

  @Test
  void request_thatIsWrong_isRefusedAsOAuthSays() {
    assertThat(identity.token("grant_type", "password", "client_id", "shop-web").status())
        .isEqualTo(400);
    assertThat(identity.token("grant_type", "password", "client_id", "shop-web").text("error"))
        .isEqualTo("unsupported_grant_type");
    assertThat(identity.token("client_id", "shop-web").text("error")).isEqualTo("invalid_request");
    assertThat(
            identity
                .token("grant_type", "urn:filo:oauth:code", "client_id", "shop-web")
                .text("error"))
        .isEqualTo("invalid_request");
    assertThat(
            identity.token("grant_type", "urn:filo:oauth:guest", "client_id", "nobody").refusal())
        .isEqualTo("401 invalid_client");
    assertThat(identity.token("grant_type", "urn:filo:oauth:guest").text("error"))
        .isEqualTo("invalid_client");
    assertThat(
            identity.token("grant_type", "urn:filo:oauth:guest", "client_id", "desk-web").refusal())
        .isEqualTo("400 unauthorized_client");
  }

  @Test
  void discovery_namesGrantsAndKeys() {
    var discovery = identity.get("/.well-known/openid-configuration");
    assertThat(discovery.text("issuer")).isEqualTo("http://localhost:8080");
    assertThat(discovery.text("grant_types_supported"))
        .contains("urn:filo:oauth:guest", "authorization_code", "refresh_token");
    assertThat(discovery.text("jwks_uri")).endsWith("/oauth2/jwks");
    assertThat(identity.get("/oauth2/jwks").text("keys")).contains("kid").doesNotContain("\"d\"");
  }

  private Answer refresh(String token, String client) {
    return identity.token(
        "grant_type", "refresh_token", "client_id", client, "refresh_token", token);
  }

  private Answer introspect(String token) {
    return identity.post(
        "/oauth2/introspect",
        RunningIdentity.basic("service-cart", RunningIdentity.SERVICE_SECRET),
        "token",
        token);
  }

  /** Does something many times at once. */
  static <T> List<T> atOnce(int times, Callable<T> act)
      throws InterruptedException, ExecutionException {
    try (var executor = Executors.newVirtualThreadPerTaskExecutor()) {
      var results = executor.invokeAll(Stream.generate(() -> act).limit(times).toList());
      var values = new java.util.ArrayList<T>();
      for (Future<T> result : results) {
        values.add(result.get());
      }
      return values;
    }
  }
}
