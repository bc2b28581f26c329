package dev.filo.identity.web;

import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.springframework.security.oauth2.core.AuthorizationGrantType;

/** What discovery says about this server, where Spring's own words are not the truth. */
final class Discovery {
  private static final List<String> METHODS =
      List.of("none", "client_secret_basic", "client_secret_post");

  private Discovery() {}

  static void correct(Map<String, Object> claims) {
    claims.keySet().removeIf(name -> name.startsWith("tls_client") || name.startsWith("dpop"));
    claims.remove("userinfo_endpoint");
    claims.remove("end_session_endpoint");
    claims.put(
        "grant_types_supported",
        Stream.concat(
                Stream.of(
                    AuthorizationGrantType.AUTHORIZATION_CODE,
                    AuthorizationGrantType.REFRESH_TOKEN,
                    AuthorizationGrantType.CLIENT_CREDENTIALS,
                    AuthorizationGrantType.DEVICE_CODE),
                FiloGrant.OWN.stream())
            .map(AuthorizationGrantType::getValue)
            .sorted()
            .toList());
    claims.put("scopes_supported", List.of("openid", FiloGrantProvider.SCOPE));
    claims.put("token_endpoint_auth_methods_supported", METHODS);
    claims.put("revocation_endpoint_auth_methods_supported", METHODS);
    claims.put("introspection_endpoint_auth_methods_supported", METHODS.subList(1, METHODS.size()));
  }
}
