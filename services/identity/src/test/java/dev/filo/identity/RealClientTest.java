package dev.filo.identity;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.nimbusds.oauth2.sdk.TokenErrorResponse;
import com.nimbusds.oauth2.sdk.TokenRequest;
import com.nimbusds.oauth2.sdk.TokenResponse;
import com.nimbusds.oauth2.sdk.device.DeviceAuthorizationRequest;
import com.nimbusds.oauth2.sdk.device.DeviceAuthorizationResponse;
import com.nimbusds.oauth2.sdk.device.DeviceCodeGrant;
import com.nimbusds.oauth2.sdk.id.ClientID;
import com.nimbusds.oauth2.sdk.id.Issuer;
import com.nimbusds.openid.connect.sdk.op.OIDCProviderMetadata;
import dev.filo.testkit.TestMongo;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.springframework.security.oauth2.client.OAuth2AuthorizationContext;
import org.springframework.security.oauth2.client.OAuth2AuthorizedClient;
import org.springframework.security.oauth2.client.RefreshTokenOAuth2AuthorizedClientProvider;
import org.springframework.security.oauth2.client.authentication.OAuth2LoginAuthenticationToken;
import org.springframework.security.oauth2.client.endpoint.OAuth2ClientCredentialsGrantRequest;
import org.springframework.security.oauth2.client.endpoint.RestClientAuthorizationCodeTokenResponseClient;
import org.springframework.security.oauth2.client.endpoint.RestClientClientCredentialsTokenResponseClient;
import org.springframework.security.oauth2.client.oidc.authentication.OidcAuthorizationCodeAuthenticationProvider;
import org.springframework.security.oauth2.client.oidc.userinfo.OidcUserService;
import org.springframework.security.oauth2.client.registration.ClientRegistration;
import org.springframework.security.oauth2.client.registration.ClientRegistrations;
import org.springframework.security.oauth2.client.web.OAuth2AuthorizationRequestCustomizers;
import org.springframework.security.oauth2.core.AuthorizationGrantType;
import org.springframework.security.oauth2.core.ClientAuthenticationMethod;
import org.springframework.security.oauth2.core.OAuth2AuthorizationException;
import org.springframework.security.oauth2.core.endpoint.OAuth2AuthorizationExchange;
import org.springframework.security.oauth2.core.endpoint.OAuth2AuthorizationRequest;
import org.springframework.security.oauth2.core.endpoint.OAuth2AuthorizationResponse;
import org.springframework.security.oauth2.core.oidc.user.OidcUser;
import org.springframework.web.util.UriComponentsBuilder;

/**
 * Real OAuth clients against the running service, which they find by its discovery: Spring's own
 * for code with PKCE, refresh and client credentials, Nimbus's SDK for the device code, which
 * Spring's has not.
 */
class RealClientTest {
  private static RunningIdentity identity;
  private static String issuer = "";

  @BeforeAll
  static void start() throws IOException {
    int port;
    try (var free = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      port = free.getLocalPort();
    }
    issuer = "http://127.0.0.1:" + port;
    identity =
        RunningIdentity.with(
            TestMongo.embedded(), "--server.port=" + port, "--filo.issuer=" + issuer);
  }

  @AfterAll
  static void end() {
    identity.close();
  }

  @Test
  void springClient_signsInByCodeAndPkce_andRefreshes() throws Exception {
    var registration =
        ClientRegistrations.fromIssuerLocation(issuer)
            .registrationId("filo")
            .clientId("shop-web")
            .clientAuthenticationMethod(ClientAuthenticationMethod.NONE)
            .redirectUri(issuer + "/")
            .scope("openid", "filo")
            .userInfoUri(null)
            .build();
    var builder =
        OAuth2AuthorizationRequest.authorizationCode()
            .clientId(registration.getClientId())
            .authorizationUri(
                String.valueOf(registration.getProviderDetails().getAuthorizationUri()))
            .redirectUri(String.valueOf(registration.getRedirectUri()))
            .scopes(registration.getScopes())
            .state("a state")
            .attributes(Map.of("registration_id", "filo"));
    OAuth2AuthorizationRequestCustomizers.withPkce().accept(builder);
    var request = builder.build();

    var browser = new Browser(identity);
    var asked = browser.get(path(request.getAuthorizationRequestUri()));
    var query = Browser.location(asked).substring("/oauth2/login?".length());
    var email = RunningIdentity.newEmail();
    var back = browser.get(Browser.location(browser.signIn(email, query)));
    var answer =
        UriComponentsBuilder.fromUriString(Browser.location(back)).build().getQueryParams();
    assertThat(answer.getFirst("state")).isEqualTo("a%20state");

    var exchange =
        new OAuth2AuthorizationExchange(
            request,
            OAuth2AuthorizationResponse.success(String.valueOf(answer.getFirst("code")))
                .redirectUri(String.valueOf(registration.getRedirectUri()))
                .state("a state")
                .build());
    var login =
        (OAuth2LoginAuthenticationToken)
            new OidcAuthorizationCodeAuthenticationProvider(
                    new RestClientAuthorizationCodeTokenResponseClient(), new OidcUserService())
                .authenticate(new OAuth2LoginAuthenticationToken(registration, exchange));
    assertThat(login).isNotNull();
    assertThat(((OidcUser) login.getPrincipal()).getSubject())
        .isEqualTo(identity.signIn(email, "").subject());

    identity.clock().advance(Duration.ofMinutes(11));
    var client =
        new OAuth2AuthorizedClient(
            registration, login.getName(), login.getAccessToken(), login.getRefreshToken());
    var provider = new RefreshTokenOAuth2AuthorizedClientProvider();
    provider.setClock(java.time.Clock.fixed(identity.clock().instant(), java.time.ZoneOffset.UTC));
    var refreshed =
        provider.authorize(
            OAuth2AuthorizationContext.withAuthorizedClient(client).principal(login).build());
    assertThat(refreshed).isNotNull();
    assertThat(refreshed.getAccessToken().getTokenValue())
        .isNotEqualTo(login.getAccessToken().getTokenValue());
    assertThatThrownBy(
            () ->
                provider.authorize(
                    OAuth2AuthorizationContext.withAuthorizedClient(client)
                        .principal(login)
                        .build()))
        .as("the same refresh token again")
        .isInstanceOf(OAuth2AuthorizationException.class)
        .hasMessageContaining("invalid_grant");
  }

  @Test
  void springClient_ofATill_getsItsToken() {
    var registration =
        ClientRegistration.withRegistrationId("till")
            .clientId("till-milano-1")
            .clientSecret("till-secret")
            .clientAuthenticationMethod(ClientAuthenticationMethod.CLIENT_SECRET_BASIC)
            .authorizationGrantType(AuthorizationGrantType.CLIENT_CREDENTIALS)
            .tokenUri(issuer + "/oauth2/token")
            .build();
    var tokens =
        new RestClientClientCredentialsTokenResponseClient()
            .getTokenResponse(new OAuth2ClientCredentialsGrantRequest(registration));
    assertThat(tokens.getAccessToken().getTokenValue()).isNotEmpty();
    assertThat(tokens.getRefreshToken()).isNull();
  }

  @Test
  void nimbusClient_signsInByDeviceCode() throws Exception {
    var provider = OIDCProviderMetadata.resolve(new Issuer(issuer));
    var client = new ClientID("filo-admin");
    var started =
        DeviceAuthorizationResponse.parse(
                new DeviceAuthorizationRequest(provider.getDeviceAuthorizationEndpointURI(), client)
                    .toHTTPRequest()
                    .send())
            .toSuccessResponse();
    var grant = new DeviceCodeGrant(started.getDeviceCode());
    var request = new TokenRequest.Builder(provider.getTokenEndpointURI(), client, grant).build();
    var waiting = TokenResponse.parse(request.toHTTPRequest().send());
    assertThat(((TokenErrorResponse) waiting).getErrorObject().getCode())
        .isEqualTo("authorization_pending");

    var browser = new Browser(identity);
    var complete = started.getVerificationURIComplete();
    assertThat(complete).isNotNull();
    var login = browser.get(path(complete.toString()));
    var query = Browser.location(login).substring("/oauth2/login?".length());
    var page = browser.get(Browser.location(browser.signIn("manager@filo.example", query)));
    browser.post("/oauth2/device", page, "answer", "yes");

    var tokens =
        TokenResponse.parse(request.toHTTPRequest().send()).toSuccessResponse().getTokens();
    assertThat(tokens.getRefreshToken()).isNotNull();
    assertThat(
            com.nimbusds.jwt.SignedJWT.parse(tokens.getAccessToken().getValue())
                .getJWTClaimsSet()
                .getSubject())
        .isEqualTo("staff/manager@filo.example");
  }

  private static String path(String uri) {
    return uri.substring(URI.create(issuer).toString().length());
  }
}
