package dev.filo.identity.web;

import dev.filo.identity.service.Secrets;
import dev.filo.identity.service.Sessions;
import jakarta.servlet.http.Cookie;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Base64;
import java.util.Optional;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.springframework.http.HttpHeaders;
import org.springframework.http.ResponseCookie;
import org.springframework.security.core.context.DeferredSecurityContext;
import org.springframework.security.core.context.SecurityContext;
import org.springframework.security.core.context.SecurityContextHolder;
import org.springframework.security.core.context.SecurityContextImpl;
import org.springframework.security.web.context.HttpRequestResponseHolder;
import org.springframework.security.web.context.SecurityContextRepository;

/**
 * Who has just signed in on the sign-in page, carried by a signed cookie for the seconds until the
 * client has its code: no replica keeps anything.
 */
final class LoginCookie implements SecurityContextRepository {
  private static final String NAME = "filo_login";
  private static final Duration LIFE = Duration.ofMinutes(2);

  private final Secrets secrets;
  private final Sessions sessions;
  private final boolean secure;
  private final InstantSource clock;

  LoginCookie(Secrets secrets, Sessions sessions, boolean secure, InstantSource clock) {
    this.secrets = secrets;
    this.sessions = sessions;
    this.secure = secure;
    this.clock = clock;
  }

  /** Sets the cookie. */
  void set(HttpServletResponse response, Grants.Identified who) {
    var content =
        encode(who.principal().name())
            + "."
            + encode(who.former())
            + "."
            + clock.instant().plus(LIFE).getEpochSecond();
    var cookie =
        ResponseCookie.from(NAME, content + "." + secrets.hash("login", content))
            .path("/oauth2")
            .httpOnly(true)
            .secure(secure)
            .sameSite("Lax")
            .maxAge(LIFE)
            .build();
    response.addHeader(HttpHeaders.SET_COOKIE, cookie.toString());
  }

  /** Who has just signed in in this browser. Empty when nobody has. */
  Optional<Login> current(HttpServletRequest request) {
    return read(request);
  }

  private Optional<Login> read(HttpServletRequest request) {
    var cookies = request.getCookies();
    if (cookies == null) {
      return Optional.empty();
    }
    for (Cookie cookie : cookies) {
      if (cookie.getName().equals(NAME)) {
        return read(cookie.getValue());
      }
    }
    return Optional.empty();
  }

  private Optional<Login> read(String value) {
    int end = value.lastIndexOf('.');
    if (end < 0
        || !Secrets.same(
            secrets.hash("login", value.substring(0, end)), value.substring(end + 1))) {
      return Optional.empty();
    }
    var parts = value.substring(0, end).split("\\.", -1);
    if (Long.parseLong(parts[2]) <= clock.instant().getEpochSecond()) {
      return Optional.empty();
    }
    return sessions
        .principal(decode(parts[0]))
        .map(principal -> new Login(principal, decode(parts[1])))
        .blockOptional(FiloGrantProvider.PATIENCE);
  }

  private static String encode(String text) {
    return Base64.getUrlEncoder()
        .withoutPadding()
        .encodeToString(text.getBytes(StandardCharsets.UTF_8));
  }

  private static String decode(String text) {
    return new String(Base64.getUrlDecoder().decode(text), StandardCharsets.UTF_8);
  }

  @Override
  public DeferredSecurityContext loadDeferredContext(HttpServletRequest request) {
    return new Deferred(() -> read(request));
  }

  @Override
  @Deprecated
  @SuppressWarnings("InlineMeSuggester") // the interface demands it; nobody calls it
  public SecurityContext loadContext(HttpRequestResponseHolder holder) {
    return loadDeferredContext(holder.getRequest()).get();
  }

  @Override
  public void saveContext(
      SecurityContext context, HttpServletRequest request, HttpServletResponse response) {
    // Only the sign-in page signs people in, by set().
  }

  @Override
  public boolean containsContext(HttpServletRequest request) {
    return read(request).isPresent();
  }

  private static final class Deferred implements DeferredSecurityContext {
    private final Supplier<Optional<Login>> read;
    private @Nullable SecurityContext context;
    private boolean generated;

    Deferred(Supplier<Optional<Login>> read) {
      this.read = read;
    }

    @Override
    public SecurityContext get() {
      var made = context;
      if (made == null) {
        var login = read.get();
        generated = login.isEmpty();
        made =
            login
                .<SecurityContext>map(SecurityContextImpl::new)
                .orElseGet(SecurityContextHolder::createEmptyContext);
        context = made;
      }
      return made;
    }

    @Override
    public boolean isGenerated() {
      get();
      return generated;
    }
  }
}
