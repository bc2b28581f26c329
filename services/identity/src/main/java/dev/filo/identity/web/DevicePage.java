package dev.filo.identity.web;

import dev.filo.identity.domain.DeviceLogin;
import dev.filo.identity.domain.Principal;
import dev.filo.identity.domain.Refusal;
import dev.filo.identity.service.DeviceLogins;
import dev.filo.identity.service.RefusedException;
import jakarta.servlet.http.HttpServletRequest;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import org.springframework.http.HttpStatus;
import org.springframework.http.ResponseEntity;
import org.springframework.security.web.csrf.CsrfToken;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.RestController;

/**
 * Where a person enters the code that a device without a browser shows (RFC 8628), signs in, and
 * says yes or no. A link with the code in it fills the field and the question, but never answers.
 */
@RestController
@RequestMapping(path = DevicePage.PATH, produces = HtmlPage.TYPE)
public final class DevicePage {
  /** Where it is. */
  public static final String PATH = "/oauth2/device";

  private static final int CODE_MAX = 20;

  private final DeviceLogins logins;
  private final LoginCookie cookie;
  private final String shop;

  DevicePage(DeviceLogins logins, LoginCookie cookie, String shop) {
    this.logins = logins;
    this.cookie = cookie;
    this.shop = shop;
  }

  /** Asks for the code; with one, for a sign-in; with both, for a yes or no. */
  @GetMapping
  public ResponseEntity<String> ask(
      @RequestParam(name = "user_code", defaultValue = "") String typed,
      HttpServletRequest request,
      CsrfToken csrf) {
    var texts = texts(request);
    var code = clean(typed);
    if (code.isEmpty()) {
      return enter(HttpStatus.OK, texts, "");
    }
    var login = cookie.current(request);
    if (login.isEmpty()) {
      return signIn(code);
    }
    try {
      var asks = logins.find(code, HtmlPage.place(request)).block(FiloGrantProvider.PATIENCE);
      if (asks == null) {
        throw new IllegalStateException("no answer");
      }
      return question(texts, asks, code, login.get().principal(), csrf);
    } catch (RefusedException refused) {
      return refused(texts, refused);
    }
  }

  /** Takes the answer. */
  @PostMapping
  public ResponseEntity<String> answer(
      @RequestParam("user_code") String typed,
      @RequestParam("answer") String answer,
      HttpServletRequest request) {
    var texts = texts(request);
    var code = clean(typed);
    var login = cookie.current(request);
    if (login.isEmpty()) {
      return signIn(code);
    }
    boolean yes = answer.equals("yes");
    try {
      logins
          .decide(code, login.get().principal(), yes, HtmlPage.place(request))
          .block(FiloGrantProvider.PATIENCE);
      return HtmlPage.of(
          HttpStatus.OK,
          texts.language(),
          yes ? texts.allowed() : texts.refused(),
          "<p>" + (yes ? texts.goBack() : texts.nothing()) + "</p>");
    } catch (RefusedException refused) {
      return refused(texts, refused);
    }
  }

  private static String clean(String typed) {
    var code = typed.replaceAll("[^A-Za-z0-9-]", "");
    return code.length() <= CODE_MAX ? code : code.substring(0, CODE_MAX);
  }

  private static ResponseEntity<String> signIn(String code) {
    return ResponseEntity.status(HttpStatus.SEE_OTHER)
        .header(
            "Location",
            LoginPage.PATH
                + "?"
                + LoginPage.DEVICE
                + URLEncoder.encode(code, StandardCharsets.UTF_8))
        .build();
  }

  private static ResponseEntity<String> refused(Texts texts, RefusedException refused) {
    return refused.refusal() instanceof Refusal.CodesRateLimited
        ? enter(HttpStatus.TOO_MANY_REQUESTS, texts, texts.tooMany())
        : enter(HttpStatus.BAD_REQUEST, texts, texts.over());
  }

  private static ResponseEntity<String> enter(HttpStatus status, Texts texts, String complaint) {
    return HtmlPage.of(
        status,
        texts.language(),
        texts.title(),
        """
        %s<form method="get" action="%s">
        <label for="user_code">%s</label>
        <input class="code" id="user_code" name="user_code" autocomplete="off" autocapitalize="characters" spellcheck="false" maxlength="20" required autofocus>
        <button class="primary">%s</button></form>"""
            .formatted(HtmlPage.complaint(complaint), PATH, texts.code(), texts.goOn()));
  }

  private ResponseEntity<String> question(
      Texts texts, DeviceLogin asks, String code, Principal who, CsrfToken csrf) {
    var client = asks.clientId().equals(Clients.ADMIN) ? texts.commandLine() : shop;
    var device = asks.device().isEmpty() ? client : client + " · " + asks.device();
    var name =
        who.name().startsWith("staff/")
            ? who.name().substring("staff/".length())
            : texts.yourAccount();
    return HtmlPage.of(
        HttpStatus.OK,
        texts.language(),
        texts.question(),
        """
        <p class="who">%s</p><p>%s</p><p>%s</p>
        <form method="post" action="%s">%s
        <button class="primary" name="answer" value="yes">%s</button>
        <button name="answer" value="no">%s</button></form>"""
            .formatted(
                HtmlPage.escape(device),
                texts.as().formatted(HtmlPage.escape(name)),
                texts.warning(),
                PATH,
                HtmlPage.hidden(csrf.getParameterName(), csrf.getToken())
                    + HtmlPage.hidden("user_code", code),
                texts.yes(),
                texts.no()));
  }

  private static Texts texts(HttpServletRequest request) {
    return HtmlPage.language(request).equals("en") ? ENGLISH : ITALIAN;
  }

  private record Texts(
      String language,
      String title,
      String code,
      String goOn,
      String question,
      String commandLine,
      String yourAccount,
      String as,
      String warning,
      String yes,
      String no,
      String allowed,
      String goBack,
      String refused,
      String nothing,
      String over,
      String tooMany) {}

  private static final Texts ITALIAN =
      new Texts(
          "it",
          "Collega un dispositivo",
          "Il codice che vedi sul dispositivo",
          "Continua",
          "Vuoi far entrare questo dispositivo?",
          "La riga di comando di Filo",
          "il tuo account",
          "Potrà agire come: %s.",
          "Rispondi sì solo se hai appena chiesto tu il codice su quel dispositivo.",
          "Sì, fallo entrare",
          "No",
          "Fatto",
          "Torna al dispositivo: continua da solo.",
          "Rifiutato",
          "Quel dispositivo non entra.",
          "Questo codice non è giusto o è scaduto.",
          "Troppi tentativi. Riprova più tardi.");
  private static final Texts ENGLISH =
      new Texts(
          "en",
          "Connect a device",
          "The code you see on the device",
          "Continue",
          "Let this device in?",
          "Filo's command line",
          "your account",
          "It will be able to act as: %s.",
          "Only say yes if you have just asked for the code on that device yourself.",
          "Yes, let it in",
          "No",
          "Done",
          "Go back to the device: it goes on by itself.",
          "Refused",
          "That device does not get in.",
          "This code is wrong or over.",
          "Too many attempts. Try again later.");
}
