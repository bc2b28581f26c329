package dev.filo.identity.export;

import java.time.Instant;
import java.time.ZoneId;
import java.time.format.DateTimeFormatter;
import java.time.format.FormatStyle;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.springframework.web.util.HtmlUtils;

/**
 * What is held about a person as a page without scripts, in Italian or English. Everything that is
 * not ours is escaped. Immutable.
 */
final class ReadablePage {
  private static final String STYLE =
      """
      :root{color-scheme:light dark}
      body{margin:0;font:1rem/1.5 system-ui,sans-serif;background:Canvas;color:CanvasText}
      main{max-width:60rem;margin:0 auto;padding:1.5rem 1rem}
      section{border-top:1px solid GrayText;margin-top:2rem}
      dl{display:grid;grid-template-columns:minmax(7rem,max-content) 1fr;gap:.25rem 1rem;margin:0}
      dt{color:GrayText}
      dd{margin:0;overflow-wrap:anywhere;white-space:pre-wrap}
      ol{padding-left:1.25rem}
      li{margin:0 0 1rem}
      @media(max-width:30rem){dl{grid-template-columns:1fr}}
      """;

  private static final Map<String, Map<String, String>> WORDS =
      Map.of("it", italian(), "en", english());

  private final String language;
  private final Map<String, String> words;

  private ReadablePage(String language) {
    this.language = language;
    this.words = WORDS.getOrDefault(language, Map.of());
  }

  /** The page in a language: {@code en}, and Italian for all others. */
  static ReadablePage in(String language) {
    return new ReadablePage(language.equals("en") ? "en" : "it");
  }

  /** Its beginning. */
  String begin(Instant now) {
    return """
        <!doctype html><html lang="%s"><head><meta charset="utf-8">
        <meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'">
        <meta name="viewport" content="width=device-width"><title>%s</title><style>%s</style></head>
        <body><main><h1>%s</h1><section><p>%s %s</p>
        """
        .formatted(
            language,
            word("page"),
            STYLE,
            word("page"),
            word("asOf"),
            escape(
                DateTimeFormatter.ofLocalizedDateTime(FormatStyle.LONG, FormatStyle.SHORT)
                    .withLocale(Locale.forLanguageTag(language))
                    .withZone(ZoneId.of("Europe/Rome"))
                    .format(now)));
  }

  /** The heading of a service's part. */
  String service(String service) {
    return "</section><section><h2>" + word(service) + "</h2>";
  }

  /** One document. */
  String part(Map<String, Object> document) {
    var html = new StringBuilder();
    document.forEach(
        (kind, things) -> {
          html.append("<h3>").append(word(kind)).append("</h3>");
          value(html, things);
        });
    return html.toString();
  }

  /** Its end. */
  String end() {
    return "</section></main></body></html>";
  }

  private void value(StringBuilder html, Object value) {
    switch (value) {
      case Map<?, ?> map -> {
        html.append("<dl>");
        map.forEach(
            (name, one) -> {
              if (!isEmpty(one)) {
                html.append("<dt>").append(word(String.valueOf(name))).append("</dt><dd>");
                value(html, one);
                html.append("</dd>");
              }
            });
        html.append("</dl>");
      }
      case List<?> list -> {
        html.append("<ol>");
        list.forEach(
            one -> {
              html.append("<li>");
              value(html, one);
              html.append("</li>");
            });
        html.append("</ol>");
      }
      default -> html.append(escape(String.valueOf(value)));
    }
  }

  private static boolean isEmpty(Object value) {
    return value == null
        || value.equals("")
        || (value instanceof List<?> list && list.isEmpty())
        || (value instanceof Map<?, ?> map && map.isEmpty());
  }

  private String word(String name) {
    return escape(words.getOrDefault(name, name));
  }

  private static String escape(String text) {
    return HtmlUtils.htmlEscape(text, "UTF-8");
  }

  private static Map<String, String> italian() {
    return Map.ofEntries(
        Map.entry("page", "I tuoi dati"),
        Map.entry("asOf", "Tutto quello che conserviamo di te, alla data:"),
        Map.entry("identity", "Chi sei"),
        Map.entry("cart", "Carrello"),
        Map.entry("reservation", "Prenotazioni e liste d’attesa"),
        Map.entry("conversation", "Conversazioni"),
        Map.entry("journey", "Che cosa hai fatto da noi"),
        Map.entry("customers", "Profilo"),
        Map.entry("sessions", "Dispositivi e sessioni"),
        Map.entry("passkeys", "Passkey"),
        Map.entry("audit-entries", "Atti di chi amministra il negozio"),
        Map.entry("carts", "Carrelli"),
        Map.entry("links", "Carrelli condivisi"),
        Map.entry("reservations", "Prenotazioni"),
        Map.entry("waitlist-entries", "Liste d’attesa"),
        Map.entry("waitlist-places", "Posti in lista"),
        Map.entry("conversations", "Conversazioni"),
        Map.entry("messages", "Messaggi"),
        Map.entry("touchpoints", "Cronologia"),
        Map.entry("givenName", "Nome"),
        Map.entry("familyName", "Cognome"),
        Map.entry("language", "Lingua"),
        Map.entry("place", "Luogo"),
        Map.entry("identifiers", "Recapiti e identificativi"),
        Map.entry("consents", "Consensi"),
        Map.entry("createTime", "Creato"),
        Map.entry("updateTime", "Cambiato"),
        Map.entry("expireTime", "Fino a"),
        Map.entry("time", "Quando"),
        Map.entry("text", "Testo"),
        Map.entry("channel", "Canale"),
        Map.entry("device", "Dispositivo"),
        Map.entry("lines", "Articoli"),
        Map.entry("quantity", "Quantità"),
        Map.entry("title", "Titolo"),
        Map.entry("store", "Negozio"),
        Map.entry("storeTitle", "Negozio"),
        Map.entry("state", "Stato"),
        Map.entry("displayName", "Nome mostrato"),
        Map.entry("note", "Nota"));
  }

  private static Map<String, String> english() {
    return Map.ofEntries(
        Map.entry("page", "Your data"),
        Map.entry("asOf", "Everything we hold about you, as of"),
        Map.entry("identity", "Who you are"),
        Map.entry("cart", "Cart"),
        Map.entry("reservation", "Reservations and waitlists"),
        Map.entry("conversation", "Conversations"),
        Map.entry("journey", "What you did with us"),
        Map.entry("customers", "Profile"),
        Map.entry("sessions", "Devices and sessions"),
        Map.entry("passkeys", "Passkeys"),
        Map.entry("audit-entries", "Acts of those who run the shop"),
        Map.entry("carts", "Carts"),
        Map.entry("links", "Shared carts"),
        Map.entry("reservations", "Reservations"),
        Map.entry("waitlist-entries", "Waitlists"),
        Map.entry("waitlist-places", "Places in line"),
        Map.entry("conversations", "Conversations"),
        Map.entry("messages", "Messages"),
        Map.entry("touchpoints", "Time line"),
        Map.entry("givenName", "Given name"),
        Map.entry("familyName", "Family name"),
        Map.entry("language", "Language"),
        Map.entry("place", "Place"),
        Map.entry("identifiers", "Addresses and identifiers"),
        Map.entry("consents", "Consents"),
        Map.entry("createTime", "Made"),
        Map.entry("updateTime", "Changed"),
        Map.entry("expireTime", "Until"),
        Map.entry("time", "When"),
        Map.entry("text", "Text"),
        Map.entry("channel", "Channel"),
        Map.entry("device", "Device"),
        Map.entry("lines", "Items"),
        Map.entry("quantity", "Quantity"),
        Map.entry("title", "Title"),
        Map.entry("store", "Store"),
        Map.entry("storeTitle", "Store"),
        Map.entry("state", "State"),
        Map.entry("displayName", "Name shown"),
        Map.entry("note", "Note"));
  }
}
