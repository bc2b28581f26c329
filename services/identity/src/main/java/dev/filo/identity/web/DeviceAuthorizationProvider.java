package dev.filo.identity.web;

import dev.filo.identity.service.DeviceLogins;
import jakarta.servlet.http.HttpServletRequest;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.springframework.security.authentication.AuthenticationProvider;
import org.springframework.security.core.Authentication;
import org.springframework.security.core.context.SecurityContextHolder;
import org.springframework.security.oauth2.core.AuthorizationGrantType;
import org.springframework.security.oauth2.core.OAuth2DeviceCode;
import org.springframework.security.oauth2.core.OAuth2ErrorCodes;
import org.springframework.security.oauth2.core.OAuth2UserCode;
import org.springframework.security.oauth2.server.authorization.authentication.OAuth2ClientAuthenticationToken;
import org.springframework.security.oauth2.server.authorization.authentication.OAuth2DeviceAuthorizationRequestAuthenticationToken;

/** Gives a device without a browser its codes (RFC 8628 §3.2). */
final class DeviceAuthorizationProvider implements AuthenticationProvider {
  private static final String DEVICE = "device";
  private static final String PLACE = "place";

  private final DeviceLogins logins;

  DeviceAuthorizationProvider(DeviceLogins logins) {
    this.logins = logins;
  }

  /** Reads a request; null when no client has authenticated, which Spring then refuses. */
  static @Nullable Authentication read(HttpServletRequest request) {
    var client = SecurityContextHolder.getContext().getAuthentication();
    return client == null
        ? null
        : new OAuth2DeviceAuthorizationRequestAuthenticationToken(
            client,
            request.getRequestURI(),
            Set.of(),
            Map.of(DEVICE, FiloGrant.device(request), PLACE, HtmlPage.place(request)));
  }

  @Override
  public Authentication authenticate(Authentication authentication) {
    var asked = (OAuth2DeviceAuthorizationRequestAuthenticationToken) authentication;
    if (!(asked.getPrincipal() instanceof OAuth2ClientAuthenticationToken client)
        || client.getRegisteredClient() == null) {
      throw FiloGrantProvider.error(OAuth2ErrorCodes.INVALID_CLIENT, "");
    }
    var registered = client.getRegisteredClient();
    if (!registered.getAuthorizationGrantTypes().contains(AuthorizationGrantType.DEVICE_CODE)) {
      throw FiloGrantProvider.error(OAuth2ErrorCodes.UNAUTHORIZED_CLIENT, "");
    }
    var more = asked.getAdditionalParameters();
    var started =
        FiloGrantProvider.take(
            logins.start(
                registered.getClientId(),
                String.valueOf(more.get(DEVICE)),
                String.valueOf(more.get(PLACE))));
    return new OAuth2DeviceAuthorizationRequestAuthenticationToken(
        client,
        Set.of(FiloGrantProvider.SCOPE),
        new OAuth2DeviceCode(started.deviceCode(), started.issueTime(), started.expireTime()),
        new OAuth2UserCode(started.userCode(), started.issueTime(), started.expireTime()));
  }

  @Override
  public boolean supports(Class<?> authentication) {
    return OAuth2DeviceAuthorizationRequestAuthenticationToken.class.isAssignableFrom(
        authentication);
  }
}
