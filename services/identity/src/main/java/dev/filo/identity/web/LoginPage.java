package dev.filo.identity.web;

import dev.filo.identity.domain.ContactAddress;
import dev.filo.identity.domain.Refusal;
import dev.filo.identity.service.RefusedException;
import dev.filo.identity.service.SignIns;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.springframework.http.HttpStatus;
import org.springframework.http.ResponseEntity;
import org.springframework.security.web.csrf.CsrfToken;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.RestController;

/**
 * The sign-in page of the authorization code grant: an address, then the code sent there. Works
 * without scripts, in Italian and English.
 */
@RestController
@RequestMapping(path = LoginPage.PATH, produces = HtmlPage.TYPE)
public final class LoginPage {
  /** Where it is. */
  public static final String PATH = "/oauth2/login";

  /** What the query begins with when a device's code is waiting, not a client; the code follows. */
  static final String DEVICE = "device_user_code=";

  /** What an e-mail address looks like. */
  static final Pattern EMAIL = Pattern.compile("[^@\\s]{1,64}@[^@\\s]{1,189}");

  private static final Pattern CLIENT = Pattern.compile("(?:^|&)client_id=([a-z-]{1,40})(?:&|$)");
  private static final int QUERY_MAX = 4_000;

  private final SignIns signIns;
  private final Grants grants;
  private final LoginCookie cookie;
  private final String shop;
  private final Map<String, String> others;

  LoginPage(
      SignIns signIns, Grants grants, LoginCookie cookie, String shop, Map<String, String> others) {
    this.others = new TreeMap<>(others);
    this.signIns = signIns;
    this.grants = grants;
    this.cookie = cookie;
    this.shop = shop;
  }

  /** Asks for the address. The query is the authorization request that is waiting. */
  @GetMapping
  public ResponseEntity<String> askAddress(HttpServletRequest request, CsrfToken csrf) {
    var query = request.getQueryString();
    return page(request, HttpStatus.OK, address(request, csrf, query == null ? "" : query, ""));
  }

  /** Sends a code and asks for it. */
  @PostMapping
  public ResponseEntity<String> askCode(
      @RequestParam("email") String email,
      @RequestParam("query") String query,
      HttpServletRequest request,
      CsrfToken csrf) {
    var texts = texts(request);
    if (!EMAIL.matcher(email.strip()).matches() || query.length() > QUERY_MAX) {
      return page(
          request, HttpStatus.BAD_REQUEST, address(request, csrf, query, texts.badAddress()));
    }
    return sendCode(request, csrf, query, ContactAddress.email(email));
  }

  /** Sends a code to an address and asks for it. */
  ResponseEntity<String> sendCode(
      HttpServletRequest request, CsrfToken csrf, String query, ContactAddress address) {
    var texts = texts(request);
    try {
      var signIn =
          FiloGrantProvider.take(
              signIns.start(
                  address,
                  new SignIns.Asker("", "", HtmlPage.place(request), texts.language(), "")));
      return page(request, HttpStatus.OK, code(request, csrf, query, signIn.id(), ""));
    } catch (org.springframework.security.oauth2.core.OAuth2AuthenticationException refused) {
      return page(
          request, HttpStatus.TOO_MANY_REQUESTS, address(request, csrf, query, texts.tooMany()));
    }
  }

  /** Checks the code and goes on with the authorization request. */
  @PostMapping("/code")
  public ResponseEntity<String> check(
      @RequestParam("sign_in") String signIn,
      @RequestParam("code") String code,
      @RequestParam("query") String query,
      HttpServletRequest request,
      HttpServletResponse response,
      CsrfToken csrf) {
    var texts = texts(request);
    try {
      var who = grants.identify(signIn, code, client(query), "").block(FiloGrantProvider.PATIENCE);
      if (who == null) {
        throw new IllegalStateException("no answer");
      }
      cookie.set(response, who);
      return ResponseEntity.status(HttpStatus.SEE_OTHER).header("Location", next(query)).build();
    } catch (RefusedException refused) {
      return refused.refusal() instanceof Refusal.CodeWrong
          ? page(
              request,
              HttpStatus.BAD_REQUEST,
              code(request, csrf, query, signIn, texts.wrongCode()))
          : page(request, HttpStatus.BAD_REQUEST, address(request, csrf, query, texts.over()));
    }
  }

  /** The page again, when another provider did not help. */
  ResponseEntity<String> failed(HttpServletRequest request, CsrfToken csrf, String query) {
    return page(
        request, HttpStatus.BAD_REQUEST, address(request, csrf, query, texts(request).notThere()));
  }

  /** The client whose request waits; empty when there is none. */
  static String client(String query) {
    var client = CLIENT.matcher(query);
    return client.find() ? client.group(1) : "";
  }

  /** Where a sign-in goes on; always a path of ours. */
  static String next(String query) {
    return query.startsWith(DEVICE)
        ? DevicePage.PATH
            + "?user_code="
            + query.substring(DEVICE.length()).replaceAll("[^A-Za-z0-9-]", "")
        : "/oauth2/authorize?" + query.replaceAll("[\\r\\n]", "");
  }

  private String address(
      HttpServletRequest request, CsrfToken csrf, String query, String complaint) {
    var texts = texts(request);
    return """
        %s<form method="post" action="%s">%s
        <label for="email">%s</label>
        <input id="email" name="email" type="email" autocomplete="email" required autofocus>
        <button class="primary">%s</button></form>%s"""
        .formatted(
            HtmlPage.complaint(complaint),
            PATH,
            HtmlPage.hidden(csrf.getParameterName(), csrf.getToken())
                + HtmlPage.hidden("query", query),
            texts.email(),
            texts.send(),
            others(texts, query));
  }

  private String others(Texts texts, String query) {
    return others.entrySet().stream()
        .map(
            other ->
                "<p><a class=\"button\" href=\"%s/%s?%s\">%s</a></p>"
                    .formatted(
                        ExternalSignIn.PATH,
                        HtmlPage.escape(other.getKey()),
                        HtmlPage.escape(query),
                        HtmlPage.escape(texts.goOnWith().formatted(other.getValue()))))
        .collect(Collectors.joining());
  }

  private static String code(
      HttpServletRequest request, CsrfToken csrf, String query, String signIn, String complaint) {
    var texts = texts(request);
    return """
        %s<form method="post" action="%s/code">%s
        <label for="code">%s</label>
        <input id="code" name="code" inputmode="numeric" autocomplete="one-time-code" required autofocus>
        <button class="primary">%s</button></form>"""
        .formatted(
            HtmlPage.complaint(complaint),
            PATH,
            HtmlPage.hidden(csrf.getParameterName(), csrf.getToken())
                + HtmlPage.hidden("query", query)
                + HtmlPage.hidden("sign_in", signIn),
            texts.code(),
            texts.enter());
  }

  private ResponseEntity<String> page(HttpServletRequest request, HttpStatus status, String body) {
    var texts = texts(request);
    return HtmlPage.of(status, texts.language(), texts.signIn().formatted(shop), body);
  }

  private static Texts texts(HttpServletRequest request) {
    return HtmlPage.language(request).equals("en") ? ENGLISH : ITALIAN;
  }

  private record Texts(
      String language,
      String signIn,
      String email,
      String send,
      String code,
      String enter,
      String badAddress,
      String tooMany,
      String wrongCode,
      String over,
      String goOnWith,
      String notThere) {}

  private static final Texts ITALIAN =
      new Texts(
          "it",
          "Entra in %s",
          "Il tuo indirizzo e-mail",
          "Inviami un codice",
          "Il codice a sei cifre che ti abbiamo inviato",
          "Entra",
          "Questo indirizzo non è valido.",
          "Non è stato possibile inviare il codice. Riprova più tardi.",
          "Il codice non è giusto.",
          "Il codice è scaduto. Chiedine un altro.",
          "Continua con %s",
          "Da lì non è stato possibile entrare. Prova con il tuo indirizzo e-mail.");
  private static final Texts ENGLISH =
      new Texts(
          "en",
          "Sign in to %s",
          "Your e-mail address",
          "Send me a code",
          "The six-digit code we sent you",
          "Sign in",
          "This address is not valid.",
          "The code could not be sent. Try again later.",
          "The code is wrong.",
          "The code is over. Ask for another one.",
          "Continue with %s",
          "You could not sign in from there. Try your e-mail address.");
}
