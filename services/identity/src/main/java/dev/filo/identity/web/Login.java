package dev.filo.identity.web;

import dev.filo.identity.domain.Principal;
import java.util.List;
import org.springframework.security.authentication.AbstractAuthenticationToken;

/** Somebody who has just signed in on the sign-in page and is on the way back to a client. */
final class Login extends AbstractAuthenticationToken {
  private static final long serialVersionUID = 1L;

  private final transient Principal principal;
  private final String former;

  Login(Principal principal, String former) {
    super(List.of());
    this.principal = principal;
    this.former = former;
    setAuthenticated(true);
  }

  Principal principal() {
    return principal;
  }

  String former() {
    return former;
  }

  @Override
  public Object getCredentials() {
    return "";
  }

  @Override
  public Object getPrincipal() {
    return principal;
  }

  @Override
  public String getName() {
    return principal.name();
  }
}
