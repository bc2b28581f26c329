package dev.filo.identity.web;

import jakarta.servlet.http.HttpServletRequest;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.springframework.security.authentication.AuthenticationProvider;
import org.springframework.security.core.Authentication;
import org.springframework.security.oauth2.core.AuthorizationGrantType;
import org.springframework.security.oauth2.core.ClientAuthenticationMethod;
import org.springframework.security.oauth2.core.OAuth2ErrorCodes;
import org.springframework.security.oauth2.server.authorization.authentication.OAuth2ClientAuthenticationToken;
import org.springframework.security.oauth2.server.authorization.client.RegisteredClientRepository;

/**
 * A public client that only names itself (RFC 6749 §2.1), as the web pages and apps do. Never for
 * an authorization code: there a public client must show the code's verifier (PKCE), which Spring
 * Authorization Server checks while authenticating it.
 */
final class PublicClient extends OAuth2ClientAuthenticationToken {
  private static final long serialVersionUID = 1L;

  private PublicClient(String clientId) {
    super(clientId, ClientAuthenticationMethod.NONE, null, Map.of());
  }

  /** Reads a request; null when the client authenticates otherwise. */
  static @Nullable Authentication read(HttpServletRequest request) {
    if (request.getHeader("Authorization") != null
        || request.getParameter("client_secret") != null
        || request.getParameter("client_assertion") != null
        || AuthorizationGrantType.AUTHORIZATION_CODE
            .getValue()
            .equals(request.getParameter("grant_type"))) {
      return null;
    }
    var clientId = FiloGrant.single(request, "client_id");
    return clientId.isEmpty() ? null : new PublicClient(clientId);
  }

  /** Lets known public clients in. */
  record Provider(RegisteredClientRepository clients) implements AuthenticationProvider {
    @Override
    public Authentication authenticate(Authentication authentication) {
      var named = (PublicClient) authentication;
      var client = clients.findByClientId(named.getPrincipal().toString());
      if (client == null
          || !client.getClientAuthenticationMethods().contains(ClientAuthenticationMethod.NONE)) {
        throw FiloGrantProvider.error(OAuth2ErrorCodes.INVALID_CLIENT, "");
      }
      return new OAuth2ClientAuthenticationToken(client, ClientAuthenticationMethod.NONE, null);
    }

    @Override
    public boolean supports(Class<?> authentication) {
      return PublicClient.class.isAssignableFrom(authentication);
    }
  }
}
