package dev.filo.identity.web;

import com.nimbusds.jwt.JWTClaimsSet;
import com.nimbusds.jwt.SignedJWT;
import dev.filo.identity.service.Sessions;
import dev.filo.platform.auth.Caller;
import dev.filo.platform.auth.Claims;
import dev.filo.platform.auth.TokenVerifier;
import dev.filo.proto.api.v1.Role;
import io.grpc.StatusRuntimeException;
import java.text.ParseException;
import org.springframework.security.authentication.AuthenticationProvider;
import org.springframework.security.core.Authentication;
import org.springframework.security.oauth2.core.ClientAuthenticationMethod;
import org.springframework.security.oauth2.core.OAuth2ErrorCodes;
import org.springframework.security.oauth2.server.authorization.OAuth2TokenIntrospection;
import org.springframework.security.oauth2.server.authorization.authentication.OAuth2ClientAuthenticationToken;
import org.springframework.security.oauth2.server.authorization.authentication.OAuth2TokenIntrospectionAuthenticationToken;
import reactor.core.publisher.Mono;

/** Says whether a token can be used (RFC 7662), to clients with a secret. */
final class IntrospectionProvider implements AuthenticationProvider {
  private final Sessions sessions;
  private final TokenVerifier verifier;

  IntrospectionProvider(Sessions sessions, TokenVerifier verifier) {
    this.sessions = sessions;
    this.verifier = verifier;
  }

  @Override
  public Authentication authenticate(Authentication authentication) {
    var asked = (OAuth2TokenIntrospectionAuthenticationToken) authentication;
    if (!(asked.getPrincipal() instanceof OAuth2ClientAuthenticationToken client)
        || ClientAuthenticationMethod.NONE.equals(client.getClientAuthenticationMethod())) {
      throw FiloGrantProvider.error(OAuth2ErrorCodes.INVALID_CLIENT, "");
    }
    var claims =
        access(asked.getToken())
            .switchIfEmpty(Mono.defer(() -> refresh(asked.getToken())))
            .block(FiloGrantProvider.PATIENCE);
    return new OAuth2TokenIntrospectionAuthenticationToken(
        asked.getToken(),
        client,
        claims == null ? OAuth2TokenIntrospection.builder(false).build() : claims);
  }

  private Mono<OAuth2TokenIntrospection> access(String token) {
    return verifier
        .verify(token)
        .onErrorResume(StatusRuntimeException.class, e -> Mono.empty())
        .flatMap(
            caller ->
                // A device's is no session that is kept; that it has ended, the verifier knows.
                caller.session().isEmpty() || caller.is(Role.ROLE_DEVICE)
                    ? Mono.just(claims(token, caller))
                    : sessions.find(caller.session()).map(session -> claims(token, caller)));
  }

  private static OAuth2TokenIntrospection claims(String token, Caller caller) {
    JWTClaimsSet claims;
    try {
      claims = SignedJWT.parse(token).getJWTClaimsSet();
    } catch (ParseException e) {
      throw new IllegalStateException("a token that was just checked cannot be read", e);
    }
    return OAuth2TokenIntrospection.builder(true)
        .clientId(caller.clientId())
        .subject(caller.principal())
        .issuer(claims.getIssuer())
        .audience(Claims.AUDIENCE)
        .tokenType("Bearer")
        .scope(FiloGrantProvider.SCOPE)
        .issuedAt(claims.getIssueTime().toInstant())
        .expiresAt(claims.getExpirationTime().toInstant())
        .claim(Claims.ROLES, claims.getClaim(Claims.ROLES))
        .build();
  }

  private Mono<OAuth2TokenIntrospection> refresh(String token) {
    return sessions
        .ofRefreshToken(token)
        .map(
            session ->
                OAuth2TokenIntrospection.builder(true)
                    .clientId(session.clientId())
                    .subject(session.principal())
                    .issuedAt(session.createTime())
                    .expiresAt(session.expireTime())
                    .build());
  }

  @Override
  public boolean supports(Class<?> authentication) {
    return OAuth2TokenIntrospectionAuthenticationToken.class.isAssignableFrom(authentication);
  }
}
