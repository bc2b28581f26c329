package dev.filo.identity.web;

import org.springframework.security.authentication.AuthenticationProvider;
import org.springframework.security.core.Authentication;
import org.springframework.security.oauth2.core.OAuth2ErrorCodes;
import org.springframework.security.oauth2.server.authorization.authentication.OAuth2DeviceAuthorizationConsentAuthenticationToken;
import org.springframework.security.oauth2.server.authorization.authentication.OAuth2DeviceVerificationAuthenticationToken;

/** Refuses whatever comes to Spring's own verification endpoint: {@link DevicePage} asks first. */
final class NoVerification implements AuthenticationProvider {
  @Override
  public Authentication authenticate(Authentication authentication) {
    throw FiloGrantProvider.error(OAuth2ErrorCodes.INVALID_REQUEST, "Go to " + DevicePage.PATH);
  }

  @Override
  public boolean supports(Class<?> authentication) {
    return OAuth2DeviceVerificationAuthenticationToken.class.isAssignableFrom(authentication)
        || OAuth2DeviceAuthorizationConsentAuthenticationToken.class.isAssignableFrom(
            authentication);
  }
}
