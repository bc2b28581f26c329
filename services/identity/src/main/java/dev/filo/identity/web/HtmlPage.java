package dev.filo.identity.web;

import jakarta.servlet.http.HttpServletRequest;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Base64;
import java.util.List;
import java.util.Locale;
import org.springframework.http.HttpStatus;
import org.springframework.http.MediaType;
import org.springframework.http.ResponseEntity;
import org.springframework.web.util.HtmlUtils;

/** What identity's own pages share: their frame, look, security policy and language. No scripts. */
final class HtmlPage {
  /** The media type of all of them. */
  static final String TYPE = MediaType.TEXT_HTML_VALUE + ";charset=UTF-8";

  private static final String STYLE =
      """
      :root{color-scheme:light dark}
      body{margin:0;font:1rem/1.5 system-ui,sans-serif;background:Canvas;color:CanvasText}
      main{max-width:26rem;margin:0 auto;padding:2rem 1rem}
      h1{font-size:1.5rem;line-height:1.25}
      label{display:block;margin:1rem 0 .25rem}
      input:not([type=hidden]){box-sizing:border-box;width:100%;min-height:2.75rem;padding:0 .75rem;font:inherit;border:1px solid GrayText;border-radius:.5rem}
      .code{font-family:ui-monospace,monospace;letter-spacing:.15em;text-transform:uppercase}
      button,.button{box-sizing:border-box;display:inline-block;min-height:2.75rem;margin:1rem .5rem 0 0;padding:.5rem 1.25rem;font:inherit;border:1px solid GrayText;border-radius:.5rem;background:Canvas;color:CanvasText;text-decoration:none;cursor:pointer}
      button.primary{background:#1d5c42;border-color:#1d5c42;color:#fff}
      :focus-visible{outline:3px solid #2f8f68;outline-offset:2px}
      [role=alert]{padding:.75rem;border:2px solid #b3261e;border-radius:.5rem}
      .who{font-weight:600}
      """;

  /** What browsers may load on them: nothing but their own style. */
  static final String POLICY =
      "default-src 'none'; style-src 'sha256-"
          + hash(STYLE)
          + "'; frame-ancestors 'none'; base-uri 'none'";

  private HtmlPage() {}

  /** A page in a language. */
  static ResponseEntity<String> of(HttpStatus status, String language, String title, String body) {
    return ResponseEntity.status(status)
        .header("Cache-Control", "no-store")
        .body(
            """
            <!doctype html><html lang="%s"><head><meta charset="utf-8">
            <meta name="viewport" content="width=device-width">
            <title>%s</title><style>%s</style></head><body><main><h1>%s</h1>%s</main></body></html>"""
                .formatted(language, escape(title), STYLE, escape(title), body));
  }

  /** A text as it must stand in HTML. */
  static String escape(String text) {
    return HtmlUtils.htmlEscape(text, "UTF-8");
  }

  /** A hidden field. */
  static String hidden(String name, String value) {
    return "<input type=\"hidden\" name=\"%s\" value=\"%s\">"
        .formatted(escape(name), escape(value));
  }

  /** What went wrong; nothing for an empty text. */
  static String complaint(String text) {
    return text.isEmpty() ? "" : "<p role=\"alert\">" + escape(text) + "</p>";
  }

  /** The reader's language: {@code it} or {@code en}. */
  static String language(HttpServletRequest request) {
    var asked = request.getHeader("Accept-Language");
    if (asked == null) {
      return "it";
    }
    try {
      var best =
          Locale.lookup(Locale.LanguageRange.parse(asked), List.of(Locale.ITALIAN, Locale.ENGLISH));
      return Locale.ENGLISH.equals(best) ? "en" : "it";
    } catch (IllegalArgumentException e) {
      return "it";
    }
  }

  /** The network address the gateway saw; empty when not known. */
  static String place(HttpServletRequest request) {
    var address = request.getHeader("x-filo-client-address");
    return address == null ? "" : address;
  }

  private static String hash(String text) {
    try {
      return Base64.getEncoder()
          .encodeToString(
              MessageDigest.getInstance("SHA-256").digest(text.getBytes(StandardCharsets.UTF_8)));
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every JDK has SHA-256", e);
    }
  }
}
