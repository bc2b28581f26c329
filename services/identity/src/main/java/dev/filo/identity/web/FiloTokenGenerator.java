package dev.filo.identity.web;

import dev.filo.identity.domain.Principal;
import dev.filo.identity.service.Sessions;
import dev.filo.identity.tokens.AccessTokens;
import dev.filo.platform.code.Ids;
import dev.filo.platform.mongo.Mongo;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.springframework.security.oauth2.core.AuthorizationGrantType;
import org.springframework.security.oauth2.core.OAuth2AccessToken;
import org.springframework.security.oauth2.core.OAuth2ErrorCodes;
import org.springframework.security.oauth2.core.OAuth2RefreshToken;
import org.springframework.security.oauth2.core.OAuth2Token;
import org.springframework.security.oauth2.core.endpoint.OAuth2AuthorizationRequest;
import org.springframework.security.oauth2.core.oidc.endpoint.OidcParameterNames;
import org.springframework.security.oauth2.jwt.Jwt;
import org.springframework.security.oauth2.server.authorization.OAuth2Authorization;
import org.springframework.security.oauth2.server.authorization.OAuth2TokenType;
import org.springframework.security.oauth2.server.authorization.token.OAuth2TokenContext;
import org.springframework.security.oauth2.server.authorization.token.OAuth2TokenGenerator;
import reactor.core.publisher.Mono;

/** Makes the tokens of the standard grants: client credentials and authorization code. */
final class FiloTokenGenerator implements OAuth2TokenGenerator<OAuth2Token> {
  private final AccessTokens tokens;
  private final Sessions sessions;
  private final Clients clients;

  FiloTokenGenerator(AccessTokens tokens, Sessions sessions, Clients clients) {
    this.tokens = tokens;
    this.sessions = sessions;
    this.clients = clients;
  }

  @Override
  public @Nullable OAuth2Token generate(OAuth2TokenContext context) {
    var clientId = context.getRegisteredClient().getClientId();
    if (AuthorizationGrantType.CLIENT_CREDENTIALS.equals(context.getAuthorizationGrantType())) {
      var principal =
          clients
              .principal(clientId)
              .orElseThrow(() -> FiloGrantProvider.error(OAuth2ErrorCodes.INVALID_CLIENT, ""));
      return access(principal, clientId, "", clients.session(clientId));
    }
    if (!(context.getPrincipal() instanceof Login login)) {
      return null;
    }
    var authorization = context.getAuthorization();
    if (authorization == null) {
      return null;
    }
    var session = session(authorization.getId());
    var type = context.getTokenType();
    if (OAuth2TokenType.ACCESS_TOKEN.equals(type)) {
      return access(login.principal(), clientId, login.former(), session);
    }
    if (OAuth2TokenType.REFRESH_TOKEN.equals(type)) {
      var opened =
          FiloGrantProvider.take(
              sessions
                  .open(session, login.principal(), clientId, "", login.former())
                  .onErrorResume(Mongo::isDuplicate, e -> usedTwice(session)));
      return new OAuth2RefreshToken(
          opened.refreshToken(), opened.session().createTime(), opened.session().expireTime());
    }
    if (OidcParameterNames.ID_TOKEN.equals(type.getValue())) {
      return idToken(login.principal(), clientId, authorization, session);
    }
    return null;
  }

  /** Two at once came with the same code: neither keeps a session. */
  private Mono<Sessions.Opened> usedTwice(String session) {
    return sessions
        .end(session)
        .then(Mono.error(() -> FiloGrantProvider.error(OAuth2ErrorCodes.INVALID_GRANT, "")));
  }

  private OAuth2AccessToken access(
      Principal principal, String clientId, String former, String session) {
    var issued = tokens.issue(principal, clientId, "", former, session);
    return new OAuth2AccessToken(
        OAuth2AccessToken.TokenType.BEARER,
        issued.value(),
        issued.issueTime(),
        issued.expireTime(),
        Set.of(FiloGrantProvider.SCOPE));
  }

  private Jwt idToken(
      Principal principal, String clientId, OAuth2Authorization authorization, String session) {
    OAuth2AuthorizationRequest request =
        authorization.getAttribute(OAuth2AuthorizationRequest.class.getName());
    var nonce = request == null ? null : request.getAdditionalParameters().get("nonce");
    var issued =
        tokens.idToken(principal, clientId, nonce == null ? "" : nonce.toString(), session);
    return Jwt.withTokenValue(issued.value())
        .header("alg", "RS256")
        .subject(principal.name())
        .issuedAt(issued.issueTime())
        .expiresAt(issued.expireTime())
        .build();
  }

  /** The session that the tokens of an authorization belong to. */
  static String session(String authorizationId) {
    return Ids.derived("authorization", authorizationId);
  }
}
