package dev.filo.identity.web;

import dev.filo.identity.IdentityProperties;
import dev.filo.platform.code.Ids;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import org.springframework.security.oauth2.client.authentication.OAuth2LoginAuthenticationToken;
import org.springframework.security.oauth2.client.endpoint.RestClientAuthorizationCodeTokenResponseClient;
import org.springframework.security.oauth2.client.oidc.authentication.OidcAuthorizationCodeAuthenticationProvider;
import org.springframework.security.oauth2.client.oidc.userinfo.OidcUserService;
import org.springframework.security.oauth2.client.registration.ClientRegistration;
import org.springframework.security.oauth2.client.registration.ClientRegistrations;
import org.springframework.security.oauth2.client.web.OAuth2AuthorizationRequestCustomizers;
import org.springframework.security.oauth2.core.ClientAuthenticationMethod;
import org.springframework.security.oauth2.core.endpoint.OAuth2AuthorizationExchange;
import org.springframework.security.oauth2.core.endpoint.OAuth2AuthorizationRequest;
import org.springframework.security.oauth2.core.endpoint.OAuth2AuthorizationResponse;
import org.springframework.security.oauth2.core.endpoint.OAuth2ParameterNames;
import org.springframework.security.oauth2.core.endpoint.PkceParameterNames;
import org.springframework.security.oauth2.core.oidc.endpoint.OidcParameterNames;
import org.springframework.security.oauth2.core.oidc.user.OidcUser;

/**
 * The OpenID Connect providers that people may sign in with, by Spring's own client: authorization
 * code with PKCE, state and nonce, the ID token checked. What a provider says of itself is read
 * when the first person goes there.
 */
final class ExternalProviders {
  private final Map<String, IdentityProperties.Provider> known;
  private final String publicUrl;
  private final ConcurrentHashMap<String, ClientRegistration> registrations =
      new ConcurrentHashMap<>();
  private final OidcAuthorizationCodeAuthenticationProvider login =
      new OidcAuthorizationCodeAuthenticationProvider(
          new RestClientAuthorizationCodeTokenResponseClient(), new OidcUserService());

  ExternalProviders(Map<String, IdentityProperties.Provider> known, String publicUrl) {
    this.known = new TreeMap<>(known);
    this.publicUrl = publicUrl;
  }

  /** Ids and titles to choose from. */
  Map<String, String> titles() {
    var titles = new TreeMap<String, String>();
    known.forEach((id, one) -> titles.put(id, one.title().isEmpty() ? id : one.title()));
    return titles;
  }

  /** What must be remembered while a person is at the provider. */
  record Journey(String provider, String state, String nonce, String verifier) {}

  /** A journey and where it begins. */
  record Start(Journey journey, String uri) {}

  /** Begins. Empty when there is no such provider. */
  Optional<Start> start(String id) {
    if (!known.containsKey(id)) {
      return Optional.empty();
    }
    var registration = registration(id);
    var builder =
        OAuth2AuthorizationRequest.authorizationCode()
            .clientId(registration.getClientId())
            .authorizationUri(
                String.valueOf(registration.getProviderDetails().getAuthorizationUri()))
            .redirectUri(String.valueOf(registration.getRedirectUri()))
            .scopes(registration.getScopes())
            .state(Ids.random() + Ids.random());
    var nonce = Ids.random() + Ids.random();
    builder.additionalParameters(
        parameters ->
            parameters.put(
                OidcParameterNames.NONCE,
                java.util.Base64.getUrlEncoder()
                    .withoutPadding()
                    .encodeToString(Ids.sha256(nonce)))); // as Spring's own client compares it
    OAuth2AuthorizationRequestCustomizers.withPkce().accept(builder);
    var request = builder.build();
    var verifier = String.valueOf(request.getAttributes().get(PkceParameterNames.CODE_VERIFIER));
    return Optional.of(
        new Start(
            new Journey(id, String.valueOf(request.getState()), nonce, verifier),
            request.getAuthorizationRequestUri()));
  }

  /**
   * Ends: exchanges the code and checks what the provider says.
   *
   * @throws org.springframework.security.oauth2.core.OAuth2AuthenticationException when anything of
   *     it is not right
   */
  OidcUser finish(Journey journey, String code, String state) {
    var registration = registration(journey.provider());
    var request =
        OAuth2AuthorizationRequest.authorizationCode()
            .clientId(registration.getClientId())
            .authorizationUri(
                String.valueOf(registration.getProviderDetails().getAuthorizationUri()))
            .redirectUri(String.valueOf(registration.getRedirectUri()))
            .scopes(registration.getScopes())
            .state(journey.state())
            .attributes(
                attributes -> {
                  attributes.put(OAuth2ParameterNames.REGISTRATION_ID, journey.provider());
                  attributes.put(OidcParameterNames.NONCE, journey.nonce());
                  attributes.put(PkceParameterNames.CODE_VERIFIER, journey.verifier());
                })
            .build();
    var response =
        OAuth2AuthorizationResponse.success(code)
            .redirectUri(String.valueOf(registration.getRedirectUri()))
            .state(state)
            .build();
    var done =
        login.authenticate(
            new OAuth2LoginAuthenticationToken(
                registration, new OAuth2AuthorizationExchange(request, response)));
    if (done == null || !(done.getPrincipal() instanceof OidcUser user)) {
      throw FiloGrantProvider.error("invalid_token", "");
    }
    return user;
  }

  private ClientRegistration registration(String id) {
    return registrations.computeIfAbsent(
        id,
        each -> {
          var one = known.get(each);
          if (one == null) {
            throw new IllegalStateException("no such provider");
          }
          return ClientRegistrations.fromIssuerLocation(one.issuer().toString())
              .registrationId(each)
              .clientId(one.clientId())
              .clientSecret(one.clientSecret())
              .clientAuthenticationMethod(
                  one.clientSecret().isEmpty()
                      ? ClientAuthenticationMethod.NONE
                      : ClientAuthenticationMethod.CLIENT_SECRET_BASIC)
              // One address for each provider: an answer cannot be taken for another's
              // (RFC 9700 §4.4.2).
              .redirectUri(publicUrl + ExternalSignIn.PATH + "/" + each + "/callback")
              .scope("openid", "email")
              .build();
        });
  }
}
