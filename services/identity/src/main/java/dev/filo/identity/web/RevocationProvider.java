package dev.filo.identity.web;

import dev.filo.identity.service.Sessions;
import dev.filo.platform.auth.Caller;
import dev.filo.platform.auth.TokenVerifier;
import java.time.Instant;
import org.springframework.security.authentication.AuthenticationProvider;
import org.springframework.security.core.Authentication;
import org.springframework.security.oauth2.core.OAuth2AccessToken;
import org.springframework.security.oauth2.core.OAuth2ErrorCodes;
import org.springframework.security.oauth2.server.authorization.authentication.OAuth2ClientAuthenticationToken;
import org.springframework.security.oauth2.server.authorization.authentication.OAuth2TokenRevocationAuthenticationToken;
import reactor.core.publisher.Mono;

/** Ends the session of a token (RFC 7009). What is not a token of the client's changes nothing. */
final class RevocationProvider implements AuthenticationProvider {
  private final Sessions sessions;
  private final TokenVerifier verifier;

  RevocationProvider(Sessions sessions, TokenVerifier verifier) {
    this.sessions = sessions;
    this.verifier = verifier;
  }

  @Override
  public Authentication authenticate(Authentication authentication) {
    var asked = (OAuth2TokenRevocationAuthenticationToken) authentication;
    if (!(asked.getPrincipal() instanceof OAuth2ClientAuthenticationToken client)
        || client.getRegisteredClient() == null) {
      throw FiloGrantProvider.error(OAuth2ErrorCodes.INVALID_CLIENT, "");
    }
    var clientId = client.getRegisteredClient().getClientId();
    sessions
        .revoke(asked.getToken(), clientId)
        .then(Mono.defer(() -> verifier.verify(asked.getToken())))
        .onErrorResume(io.grpc.StatusRuntimeException.class, e -> Mono.empty())
        .filter(caller -> caller.clientId().equals(clientId) && !caller.session().isEmpty())
        .map(Caller::session)
        .flatMap(sessions::end)
        .block(FiloGrantProvider.PATIENCE);
    return new OAuth2TokenRevocationAuthenticationToken(
        new OAuth2AccessToken(
            OAuth2AccessToken.TokenType.BEARER,
            asked.getToken(),
            Instant.EPOCH,
            Instant.EPOCH.plusSeconds(1)),
        client);
  }

  @Override
  public boolean supports(Class<?> authentication) {
    return OAuth2TokenRevocationAuthenticationToken.class.isAssignableFrom(authentication);
  }
}
