package dev.filo.identity.web;

import dev.filo.identity.domain.ContactAddress;
import dev.filo.identity.service.Secrets;
import dev.filo.identity.service.StaffStore;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.net.URI;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Arrays;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.http.HttpHeaders;
import org.springframework.http.HttpStatus;
import org.springframework.http.ResponseCookie;
import org.springframework.http.ResponseEntity;
import org.springframework.security.oauth2.core.OAuth2AuthenticationException;
import org.springframework.security.web.csrf.CsrfToken;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.RestController;

/**
 * Signing in with another OpenID Connect provider. The e-mail it names is proof only if it says
 * {@code email_verified}, and never for one of the staff; else a code is sent there, as if the
 * person had typed it.
 */
@RestController
@RequestMapping(path = ExternalSignIn.PATH, produces = HtmlPage.TYPE)
public final class ExternalSignIn {
  /** Where it is. */
  public static final String PATH = "/oauth2/external";

  private static final Logger log = LoggerFactory.getLogger(ExternalSignIn.class);
  private static final String COOKIE = "filo_external";
  private static final String LABEL = "external sign-in";
  private static final Duration LIFE = Duration.ofMinutes(10);
  private static final int QUERY_MAX = 2_000; // It travels in a cookie.
  private static final int PARTS = 6;

  private final ExternalProviders providers;
  private final LoginPage page;
  private final Grants grants;
  private final StaffStore staff;
  private final LoginCookie login;
  private final Secrets secrets;
  private final boolean secure;
  private final InstantSource clock;

  ExternalSignIn(
      ExternalProviders providers,
      LoginPage page,
      Grants grants,
      StaffStore staff,
      LoginCookie login,
      Secrets secrets,
      boolean secure,
      InstantSource clock) {
    this.providers = providers;
    this.page = page;
    this.grants = grants;
    this.staff = staff;
    this.login = login;
    this.secrets = secrets;
    this.secure = secure;
    this.clock = clock;
  }

  /** Sends the person to the provider. The query is what is waiting here, as on the login page. */
  @GetMapping("/{provider}")
  public ResponseEntity<String> leave(
      @PathVariable("provider") String provider,
      HttpServletRequest request,
      HttpServletResponse response,
      CsrfToken csrf) {
    var query = request.getQueryString() == null ? "" : request.getQueryString();
    if (query.length() > QUERY_MAX) {
      return page.failed(request, csrf, "");
    }
    Optional<ExternalProviders.Start> start;
    try {
      start = providers.start(provider);
    } catch (RuntimeException unreachable) {
      log.warn("the provider {} cannot be reached", provider, unreachable);
      return page.failed(request, csrf, query);
    }
    if (start.isEmpty()) {
      return page.failed(request, csrf, query);
    }
    var journey = start.get().journey();
    var content =
        String.join(
            "\n",
            journey.provider(),
            journey.state(),
            journey.nonce(),
            journey.verifier(),
            Long.toString(clock.instant().plus(LIFE).getEpochSecond()),
            query);
    response.addHeader(
        HttpHeaders.SET_COOKIE, cookie(secrets.seal(LABEL, content), LIFE).toString());
    return ResponseEntity.status(HttpStatus.SEE_OTHER)
        .location(URI.create(start.get().uri()))
        .build();
  }

  /** Takes the person back. */
  @GetMapping("/{provider}/callback")
  public ResponseEntity<String> comeBack(
      @PathVariable("provider") String provider,
      @RequestParam(name = "code", defaultValue = "") String code,
      @RequestParam(name = "state", defaultValue = "") String state,
      HttpServletRequest request,
      HttpServletResponse response,
      CsrfToken csrf) {
    var waiting = read(request);
    response.addHeader(HttpHeaders.SET_COOKIE, cookie("", Duration.ZERO).toString());
    if (waiting.isEmpty()
        || code.isEmpty()
        || !waiting.get().journey.provider().equals(provider)
        || !Secrets.same(waiting.get().journey.state(), state)) {
      return page.failed(request, csrf, waiting.map(Waiting::query).orElse(""));
    }
    var query = waiting.get().query;
    try {
      var user = providers.finish(waiting.get().journey, code, state);
      var email = user.getEmail();
      if (email == null || !LoginPage.EMAIL.matcher(email).matches()) {
        return page.failed(request, csrf, query);
      }
      var address = ContactAddress.email(email);
      if (!Boolean.TRUE.equals(user.getEmailVerified()) || isStaff(address)) {
        return page.sendCode(request, csrf, query, address);
      }
      var client = LoginPage.client(query);
      login.set(response, FiloGrantProvider.take(grants.external(address, client)));
      return ResponseEntity.status(HttpStatus.SEE_OTHER)
          .header("Location", LoginPage.next(query))
          .build();
    } catch (OAuth2AuthenticationException refused) {
      log.info("a sign-in with {} was refused: {}", provider, refused.getError().getErrorCode());
      return page.failed(request, csrf, query);
    }
  }

  private boolean isStaff(ContactAddress address) {
    return staff.person(address.value()).blockOptional(FiloGrantProvider.PATIENCE).isPresent();
  }

  private record Waiting(ExternalProviders.Journey journey, String query) {}

  private Optional<Waiting> read(HttpServletRequest request) {
    var cookies = request.getCookies();
    if (cookies == null) {
      return Optional.empty();
    }
    return Arrays.stream(cookies)
        .filter(cookie -> cookie.getName().equals(COOKIE) && !cookie.getValue().isEmpty())
        .findFirst()
        .flatMap(cookie -> open(cookie.getValue()));
  }

  private Optional<Waiting> open(String sealed) {
    String[] parts;
    try {
      parts = secrets.open(LABEL, sealed).split("\n", PARTS);
    } catch (IllegalStateException | IllegalArgumentException forged) {
      return Optional.empty();
    }
    return parts.length == PARTS && Long.parseLong(parts[4]) > clock.instant().getEpochSecond()
        ? Optional.of(
            new Waiting(
                new ExternalProviders.Journey(parts[0], parts[1], parts[2], parts[3]), parts[5]))
        : Optional.empty();
  }

  /** Lax: it must come along when the provider sends the browser back. */
  private ResponseCookie cookie(String value, Duration life) {
    return ResponseCookie.from(COOKIE, value)
        .path(PATH)
        .httpOnly(true)
        .secure(secure)
        .sameSite("Lax")
        .maxAge(life)
        .build();
  }
}
