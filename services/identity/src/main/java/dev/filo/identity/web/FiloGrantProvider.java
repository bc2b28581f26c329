package dev.filo.identity.web;

import dev.filo.identity.domain.Refusal;
import dev.filo.identity.service.RefusedException;
import dev.filo.identity.service.Sessions;
import dev.filo.identity.tokens.AccessTokens;
import java.time.Duration;
import java.util.Map;
import java.util.Set;
import org.springframework.security.authentication.AuthenticationProvider;
import org.springframework.security.core.Authentication;
import org.springframework.security.oauth2.core.AuthorizationGrantType;
import org.springframework.security.oauth2.core.OAuth2AccessToken;
import org.springframework.security.oauth2.core.OAuth2AuthenticationException;
import org.springframework.security.oauth2.core.OAuth2Error;
import org.springframework.security.oauth2.core.OAuth2ErrorCodes;
import org.springframework.security.oauth2.core.OAuth2RefreshToken;
import org.springframework.security.oauth2.server.authorization.authentication.OAuth2AccessTokenAuthenticationToken;
import org.springframework.security.oauth2.server.authorization.authentication.OAuth2ClientAuthenticationToken;
import reactor.core.publisher.Mono;

/** Gives tokens for the suite's own grants and for refresh tokens. */
final class FiloGrantProvider implements AuthenticationProvider {
  /** What every token may be used for; who may do what is decided by roles. */
  static final String SCOPE = "filo";

  /** How long a request thread waits for the database. */
  static final Duration PATIENCE = Duration.ofSeconds(10);

  private final Grants grants;
  private final AccessTokens tokens;

  FiloGrantProvider(Grants grants, AccessTokens tokens) {
    this.grants = grants;
    this.tokens = tokens;
  }

  @Override
  public Authentication authenticate(Authentication authentication) {
    var grant = (FiloGrant) authentication;
    if (!(grant.getPrincipal() instanceof OAuth2ClientAuthenticationToken client)
        || !client.isAuthenticated()
        || client.getRegisteredClient() == null) {
      throw error(OAuth2ErrorCodes.INVALID_CLIENT, "");
    }
    var registered = client.getRegisteredClient();
    if (!registered.getAuthorizationGrantTypes().contains(grant.getGrantType())) {
      throw error(OAuth2ErrorCodes.UNAUTHORIZED_CLIENT, "");
    }
    var opened = take(open(grant, registered.getClientId()));
    var session = opened.session();
    var access =
        tokens.issue(
            opened.principal(),
            registered.getClientId(),
            session.device(),
            session.former(),
            session.id());
    return new OAuth2AccessTokenAuthenticationToken(
        registered,
        client,
        new OAuth2AccessToken(
            OAuth2AccessToken.TokenType.BEARER,
            access.value(),
            access.issueTime(),
            access.expireTime(),
            Set.of(SCOPE)),
        new OAuth2RefreshToken(opened.refreshToken(), access.issueTime(), session.expireTime()),
        Map.of());
  }

  private Mono<Sessions.Opened> open(FiloGrant grant, String clientId) {
    var type = grant.getGrantType();
    var device = grant.parameter("device");
    if (type.equals(FiloGrant.GUEST)) {
      return grants.guest(clientId, device);
    }
    if (type.equals(FiloGrant.CODE)) {
      return grants.code(
          grant.parameter("sign_in"),
          grant.parameter("code"),
          grant.parameter("guest_token"),
          clientId,
          device);
    }
    if (type.equals(FiloGrant.PASSKEY)) {
      return grants.passkey(
          grant.parameter("sign_in"),
          grant.parameter("credential"),
          grant.parameter("guest_token"),
          clientId,
          device);
    }
    if (type.equals(FiloGrant.HANDOFF)) {
      return grants.handoff(grant.parameter("code"), grant.parameter("claim"), clientId, device);
    }
    if (type.equals(AuthorizationGrantType.DEVICE_CODE)) {
      return grants.device(grant.parameter("device_code"), clientId);
    }
    if (type.equals(AuthorizationGrantType.REFRESH_TOKEN)) {
      return grants.refresh(grant.parameter("refresh_token"), clientId);
    }
    throw error(OAuth2ErrorCodes.UNSUPPORTED_GRANT_TYPE, "");
  }

  /** Waits; a refusal is an error of OAuth's with its reason as description. */
  static <T> T take(Mono<T> mono) {
    try {
      var value = mono.block(PATIENCE);
      if (value == null) {
        throw new IllegalStateException("no answer");
      }
      return value;
    } catch (RefusedException refused) {
      throw error(refused.refusal());
    }
  }

  private static OAuth2AuthenticationException error(Refusal refusal) {
    return switch (refusal) {
      case Refusal.SignInExpired() -> invalidGrant("SIGN_IN_EXPIRED");
      case Refusal.CodeWrong() -> invalidGrant("CODE_WRONG");
      case Refusal.TooManyAttempts() -> invalidGrant("TOO_MANY_ATTEMPTS");
      case Refusal.HandoffExpired() -> invalidGrant("HANDOFF_EXPIRED");
      case Refusal.HandoffPending() -> error("authorization_pending", "HANDOFF_PENDING");
      case Refusal.HandoffDenied() -> error(OAuth2ErrorCodes.ACCESS_DENIED, "HANDOFF_DENIED");
      case Refusal.HandoffClaimMissing() ->
          error(OAuth2ErrorCodes.INVALID_REQUEST, "The parameter claim is not right.");
      case Refusal.DeviceCodePending() -> error("authorization_pending", "");
      case Refusal.DeviceCodeTooFast() -> error("slow_down", "");
      case Refusal.DeviceCodeDenied() -> error(OAuth2ErrorCodes.ACCESS_DENIED, "");
      case Refusal.DeviceCodeExpired() -> error("expired_token", "");
      case Refusal.CodesRateLimited _ -> error("slow_down", "CODES_RATE_LIMITED");
      case Refusal.RefreshReused() -> invalidGrant("REFRESH_REUSED");
      case Refusal.RefreshInvalid() -> invalidGrant("The refresh token is not valid.");
      case Refusal.PasskeyInvalid() -> invalidGrant("PASSKEY_INVALID");
      case Refusal.PasskeyChallengeExpired() -> invalidGrant("PASSKEY_CHALLENGE_EXPIRED");
      case Refusal.PasskeyCounterRegressed() -> invalidGrant("PASSKEY_COUNTER_REGRESSED");
      case Refusal.PasskeysNotServed() -> invalidGrant("PASSKEYS_NOT_SERVED");
      // What is refused elsewhere, never at the token endpoint.
      case Refusal.CustomerUnknown _,
          Refusal.CustomerChanged _,
          Refusal.MaskInvalid _,
          Refusal.RequestReused _,
          Refusal.PhoneInvalid _,
          Refusal.IdentifierInvalid _,
          Refusal.NotMerged _,
          Refusal.CaseUnknown _,
          Refusal.CaseChanged _,
          Refusal.CaseDecided _,
          Refusal.PhoneNotServed _,
          Refusal.SignInRateLimited _,
          Refusal.CodeNotSent _,
          Refusal.SessionUnknown _,
          Refusal.HandoffUnknown _,
          Refusal.HandoffNotClaimed _,
          Refusal.StaffMemberExists _,
          Refusal.DeviceExists _,
          Refusal.NobodyLeft _,
          Refusal.StoresInvalid _,
          Refusal.NobodyKnown _,
          Refusal.FieldMissing _,
          Refusal.ConfirmationNeeded _,
          Refusal.ErasureUnknown _,
          Refusal.ExportUnknown _,
          Refusal.PasskeyExists _,
          Refusal.PasskeyLimit _,
          Refusal.PasskeysRateLimited _,
          Refusal.PasskeyUnknown _ ->
          invalidGrant("The grant is not valid.");
    };
  }

  private static OAuth2AuthenticationException invalidGrant(String description) {
    return error(OAuth2ErrorCodes.INVALID_GRANT, description);
  }

  static OAuth2AuthenticationException error(String code, String description) {
    return new OAuth2AuthenticationException(
        new OAuth2Error(code, description.isEmpty() ? null : description, null));
  }

  @Override
  public boolean supports(Class<?> authentication) {
    return FiloGrant.class.isAssignableFrom(authentication);
  }
}
