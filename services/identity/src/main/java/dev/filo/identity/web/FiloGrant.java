package dev.filo.identity.web;

import jakarta.servlet.http.HttpServletRequest;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.springframework.security.core.Authentication;
import org.springframework.security.core.context.SecurityContextHolder;
import org.springframework.security.oauth2.core.AuthorizationGrantType;
import org.springframework.security.oauth2.core.OAuth2AuthenticationException;
import org.springframework.security.oauth2.core.OAuth2Error;
import org.springframework.security.oauth2.core.OAuth2ErrorCodes;
import org.springframework.security.oauth2.server.authorization.authentication.OAuth2AuthorizationGrantAuthenticationToken;

/** A request for tokens by one of the suite's own grants, by a refresh token or a device code. */
final class FiloGrant extends OAuth2AuthorizationGrantAuthenticationToken {
  private static final long serialVersionUID = 1L;

  static final AuthorizationGrantType GUEST = new AuthorizationGrantType("urn:filo:oauth:guest");
  static final AuthorizationGrantType CODE = new AuthorizationGrantType("urn:filo:oauth:code");
  static final AuthorizationGrantType HANDOFF =
      new AuthorizationGrantType("urn:filo:oauth:handoff");
  static final AuthorizationGrantType PASSKEY =
      new AuthorizationGrantType("urn:filo:oauth:passkey");
  static final Set<AuthorizationGrantType> OWN = Set.of(GUEST, CODE, HANDOFF, PASSKEY);
  private static final Set<AuthorizationGrantType> READ =
      Set.of(
          GUEST,
          CODE,
          HANDOFF,
          PASSKEY,
          AuthorizationGrantType.REFRESH_TOKEN,
          AuthorizationGrantType.DEVICE_CODE);

  // Longer names of devices are cut; longer codes and tokens cannot be ours.
  private static final int DEVICE_MAX = 40;
  private static final int VALUE_MAX = 512;
  private static final int TOKEN_MAX = 4096;
  private static final int CREDENTIAL_MAX = 16_384; // as for a registration
  private static final int CLAIM_MIN = 16;

  private FiloGrant(
      AuthorizationGrantType type, Authentication client, Map<String, Object> parameters) {
    super(type, client, parameters);
  }

  String parameter(String name) {
    return (String) getAdditionalParameters().getOrDefault(name, "");
  }

  /** Reads a request; null when it is for another grant. */
  static @Nullable Authentication read(HttpServletRequest request) {
    var type = new AuthorizationGrantType(single(request, "grant_type"));
    if (!READ.contains(type)) {
      return null;
    }
    var client = SecurityContextHolder.getContext().getAuthentication();
    if (client == null) {
      throw invalid("client_id");
    }
    Map<String, Object> parameters;
    if (type.equals(CODE)) {
      parameters =
          Map.of(
              "sign_in", required(request, "sign_in"),
              "code", required(request, "code"),
              "guest_token", optional(request, "guest_token"),
              "device", device(request));
    } else if (type.equals(PASSKEY)) {
      parameters =
          Map.of(
              "sign_in", required(request, "sign_in"),
              "credential", required(request, "credential", CREDENTIAL_MAX),
              "guest_token", optional(request, "guest_token"),
              "device", device(request));
    } else if (type.equals(HANDOFF)) {
      parameters =
          Map.of(
              "code", required(request, "code"),
              "claim", claim(request),
              "device", device(request));
    } else if (type.equals(AuthorizationGrantType.DEVICE_CODE)) {
      parameters = Map.of("device_code", required(request, "device_code"));
    } else if (type.equals(GUEST)) {
      parameters = Map.of("device", device(request));
    } else {
      parameters = Map.of("refresh_token", required(request, "refresh_token"));
    }
    return new FiloGrant(type, client, parameters);
  }

  /** What tells the device from others: long enough not to be guessed. */
  private static String claim(HttpServletRequest request) {
    var claim = single(request, "claim");
    if (!claim.isEmpty() && (claim.length() < CLAIM_MIN || claim.length() > VALUE_MAX)) {
      throw invalid("claim");
    }
    return claim;
  }

  static String device(HttpServletRequest request) {
    var device = single(request, "device").replaceAll("\\p{Cntrl}", "").strip();
    return device.length() <= DEVICE_MAX ? device : device.substring(0, DEVICE_MAX);
  }

  /** An access token is longer than other values. */
  private static String optional(HttpServletRequest request, String name) {
    var value = single(request, name);
    if (value.length() > TOKEN_MAX) {
      throw invalid(name);
    }
    return value;
  }

  private static String required(HttpServletRequest request, String name) {
    return required(request, name, VALUE_MAX);
  }

  private static String required(HttpServletRequest request, String name, int max) {
    var value = single(request, name);
    if (value.isBlank() || value.length() > max) {
      throw invalid(name);
    }
    return value;
  }

  static String single(HttpServletRequest request, String name) {
    var values = request.getParameterValues(name);
    if (values == null) {
      return name.equals("grant_type") ? "none" : "";
    }
    if (values.length > 1) {
      throw invalid(name);
    }
    return values[0].isEmpty() && name.equals("grant_type") ? "none" : values[0];
  }

  private static OAuth2AuthenticationException invalid(String name) {
    return new OAuth2AuthenticationException(
        new OAuth2Error(
            OAuth2ErrorCodes.INVALID_REQUEST, "The parameter " + name + " is not right.", null));
  }
}
