package dev.filo.suite;

import com.nimbusds.jose.util.JSONObjectUtils;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import dev.filo.platform.code.Ids;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.text.ParseException;
import java.time.Duration;
import java.time.InstantSource;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Properties;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A payment provider to try the shop with, on a port of its own: sessions, a page to pay or to
 * leave, signed webhooks, refunds. No money moves. The suite starts it in its dev profile only; the
 * cart knows it as it knows any provider, by its address and secrets.
 */
final class TrialPayments implements AutoCloseable {
  private static final Logger log = LoggerFactory.getLogger(TrialPayments.class);
  private static final Duration PATIENCE = Duration.ofSeconds(10);
  private static final int BODY_MAX = 64 * 1024;

  private final Properties kept = new Properties();
  private final Path file;
  private final String key;
  private final String secret;
  private final URI webhooks;
  private final InstantSource clock;
  private final HttpServer server;
  private final ScheduledExecutorService work = Executors.newScheduledThreadPool(2);
  private final HttpClient http = HttpClient.newBuilder().connectTimeout(PATIENCE).build();

  private TrialPayments(Path folder, String key, String secret, URI webhooks, InstantSource clock) {
    this.file = folder.resolve("trial-payments.properties");
    this.key = key;
    this.secret = secret;
    this.webhooks = webhooks;
    this.clock = clock;
    try {
      if (Files.exists(file)) {
        try (var reader = Files.newBufferedReader(file)) {
          kept.load(reader);
        }
      }
      server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /**
   * Starts it.
   *
   * @param folder where it remembers its payments
   * @param key what calls to it must carry
   * @param secret what it signs webhooks with
   * @param webhooks where it sends them
   */
  @SuppressWarnings("FutureReturnValueIgnored") // it ends with the executor
  static TrialPayments start(
      Path folder, String key, String secret, URI webhooks, InstantSource clock) {
    var payments = new TrialPayments(folder, key, secret, webhooks, clock);
    payments.server.createContext("/", payments::answer);
    payments.server.setExecutor(payments.work);
    payments.server.start();
    payments.work.scheduleWithFixedDelay(payments::tellAll, 2, 2, TimeUnit.SECONDS);
    return payments;
  }

  /** Where it is. */
  String uri() {
    return "http://localhost:" + server.getAddress().getPort();
  }

  private void answer(HttpExchange exchange) throws IOException {
    try (exchange) {
      var path = exchange.getRequestURI().getPath();
      var body = new String(exchange.getRequestBody().readNBytes(BODY_MAX), StandardCharsets.UTF_8);
      boolean post = exchange.getRequestMethod().equals("POST");
      if (path.startsWith("/pay/")) {
        page(exchange, path.substring("/pay/".length()), post ? body : null);
      } else if (!("Bearer " + key)
          .equals(exchange.getRequestHeaders().getFirst("Authorization"))) {
        send(exchange, 401, "application/json", "{}");
      } else if (post) {
        api(exchange, path, body);
      } else {
        send(exchange, 405, "application/json", "{}");
      }
    } catch (ParseException e) {
      send(exchange, 400, "application/json", "{}");
    }
  }

  // ---- as a shop sees it

  private void api(HttpExchange exchange, String path, String body)
      throws IOException, ParseException {
    var expire = path.endsWith("/expire") && path.startsWith("/v1/sessions/");
    if (path.equals("/v1/sessions")) {
      json(exchange, open(JSONObjectUtils.parse(body), idempotency(exchange)));
    } else if (expire) {
      var id = path.substring("/v1/sessions/".length(), path.length() - "/expire".length());
      var ended = expire(id);
      if (ended == null) {
        send(exchange, 404, "application/json", "{}");
      } else {
        json(exchange, ended);
      }
    } else if (path.equals("/v1/refunds")) {
      json(exchange, refund(JSONObjectUtils.parse(body), idempotency(exchange)));
    } else {
      send(exchange, 404, "application/json", "{}");
    }
  }

  private static String idempotency(HttpExchange exchange) {
    var given = exchange.getRequestHeaders().getFirst("Idempotency-Key");
    return given == null ? Ids.random() : given;
  }

  private synchronized Map<String, Object> open(Map<String, Object> asked, String once) {
    var id = "ses_" + Ids.derived("session", once).substring(0, 20);
    if (kept.getProperty(id + ".state") == null) {
      kept.setProperty(id + ".reference", String.valueOf(asked.get("reference")));
      kept.setProperty(id + ".amount", String.valueOf(asked.get("amount")));
      kept.setProperty(id + ".currency", String.valueOf(asked.get("currency")));
      kept.setProperty(id + ".return", String.valueOf(asked.get("return_uri")));
      kept.setProperty(id + ".state", "open");
      save();
    }
    return Map.of("id", id, "url", uri() + "/pay/" + id);
  }

  private synchronized @Nullable Map<String, Object> expire(String id) {
    var state = kept.getProperty(id + ".state");
    if (state == null) {
      return null;
    }
    if (state.equals("open")) {
      kept.setProperty(id + ".state", "expired");
      save();
    }
    var answer = new LinkedHashMap<String, Object>();
    answer.put("id", id);
    answer.put("status", kept.getProperty(id + ".state"));
    if (state.equals("paid")) {
      answer.put("payment", payment(id));
    }
    return answer;
  }

  private Map<String, Object> payment(String id) {
    return Map.of(
        "id",
        id.replace("ses_", "pay_"),
        "amount",
        Long.parseLong(kept.getProperty(id + ".amount", "0")),
        "currency",
        kept.getProperty(id + ".currency", ""));
  }

  private synchronized Map<String, Object> refund(Map<String, Object> asked, String once) {
    var id = "ref_" + Ids.derived("refund", once).substring(0, 20);
    kept.setProperty(id + ".payment", String.valueOf(asked.get("payment")));
    kept.setProperty(id + ".amount", String.valueOf(asked.get("amount")));
    save();
    return Map.of("id", id, "status", "succeeded");
  }

  // ---- as people see it

  private void page(HttpExchange exchange, String id, @Nullable String form) throws IOException {
    String state;
    String back;
    synchronized (this) {
      state = kept.getProperty(id + ".state");
      back = kept.getProperty(id + ".return", "");
      if (state != null && state.equals("open") && form != null) {
        boolean pays = form.equals("act=pay");
        state = pays ? "paid" : "cancelled";
        kept.setProperty(id + ".state", state);
        kept.setProperty(
            "tell." + id, "evt_" + Ids.random() + " session." + (pays ? "paid" : "cancelled"));
        save();
      }
    }
    if (state == null) {
      send(exchange, 404, "text/plain; charset=utf-8", "404");
      return;
    }
    if (!state.equals("open")) {
      tell(id);
      exchange.getResponseHeaders().set("Location", back);
      exchange.sendResponseHeaders(303, -1);
      return;
    }
    var language = exchange.getRequestHeaders().getFirst("Accept-Language");
    boolean en = language != null && language.toLowerCase(Locale.ROOT).startsWith("en");
    send(exchange, 200, "text/html; charset=utf-8", html(id, en));
  }

  private synchronized String html(String id, boolean en) {
    long amount = Long.parseLong(kept.getProperty(id + ".amount", "0"));
    var sum =
        String.format(Locale.ROOT, "%d,%02d ", amount / 100, amount % 100)
            + kept.getProperty(id + ".currency", "").replaceAll("[^A-Z]", "");
    var title = en ? "Trial payment" : "Pagamento di prova";
    return """
    <!doctype html><html lang="%s"><head><meta charset="utf-8">
    <meta name="viewport" content="width=device-width, initial-scale=1"><title>%s</title>
    <style>body{font:18px/1.5 system-ui,sans-serif;max-width:24rem;margin:12vh auto;padding:0 1rem;
    color:#1d1d1b;background:#fff}button{font:inherit;min-height:48px;width:100%%;margin:.4rem 0;
    border-radius:8px;border:1px solid #5b5b55;background:#fff;color:#1d1d1b}
    button.pay{background:#1f5b46;border-color:#1f5b46;color:#fff}</style></head>
    <body><main><h1>%s</h1><p>%s</p><p><strong>%s</strong></p>
    <form method="post"><button class="pay" name="act" value="pay">%s</button>
    <button name="act" value="leave">%s</button></form></main></body></html>
    """
        .formatted(
            en ? "en" : "it",
            title,
            title,
            en
                ? "This provider is part of the trial profile: no money moves."
                : "Questo fornitore fa parte del profilo di prova: non si muove denaro.",
            sum,
            en ? "Pay" : "Paga",
            en ? "Do not pay" : "Non pagare");
  }

  // ---- webhooks

  private void tellAll() {
    Iterable<String> names;
    synchronized (this) {
      names = kept.stringPropertyNames().stream().filter(name -> name.startsWith("tell.")).toList();
    }
    names.forEach(name -> tell(name.substring("tell.".length())));
  }

  /** Sends what is to be told of a session; what is not acknowledged is sent again later. */
  private void tell(String id) {
    String told;
    var body = new LinkedHashMap<String, Object>();
    synchronized (this) {
      told = kept.getProperty("tell." + id);
      if (told == null) {
        return;
      }
      var parts = told.split(" ", 2);
      var data = new LinkedHashMap<String, Object>();
      data.put("session", id);
      data.put("reference", kept.getProperty(id + ".reference"));
      if (parts[1].equals("session.paid")) {
        var payment = payment(id);
        data.put("payment", payment.get("id"));
        data.put("amount", payment.get("amount"));
        data.put("currency", payment.get("currency"));
      }
      body.put("id", parts[0]);
      body.put("type", parts[1]);
      body.put("created", clock.instant().getEpochSecond());
      body.put("data", data);
    }
    var bytes = JSONObjectUtils.toJSONString(body).getBytes(StandardCharsets.UTF_8);
    var request =
        HttpRequest.newBuilder(webhooks)
            .timeout(PATIENCE)
            .header("Content-Type", "application/json")
            .header("Payment-Signature", signature(bytes))
            .POST(HttpRequest.BodyPublishers.ofByteArray(bytes))
            .build();
    try {
      var answer = http.send(request, HttpResponse.BodyHandlers.discarding());
      if (answer.statusCode() / 100 == 2) {
        synchronized (this) {
          kept.remove("tell." + id);
          save();
        }
      } else {
        log.warn("a trial payment's webhook was answered {}", answer.statusCode());
      }
    } catch (IOException e) {
      log.info("a trial payment's webhook waits: {}", e.toString());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private String signature(byte[] body) {
    var seconds = Long.toString(clock.instant().getEpochSecond());
    try {
      var mac = Mac.getInstance("HmacSHA256");
      mac.init(new SecretKeySpec(secret.getBytes(StandardCharsets.UTF_8), "HmacSHA256"));
      mac.update((seconds + ".").getBytes(StandardCharsets.UTF_8));
      return "t=" + seconds + ",v1=" + HexFormat.of().formatHex(mac.doFinal(body));
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("every JDK has HMAC-SHA256", e);
    }
  }

  private void save() {
    try {
      Files.createDirectories(file.getParent());
      try (var writer = Files.newBufferedWriter(file)) {
        kept.store(writer, "Payments of the trial provider; no money moves here");
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static void json(HttpExchange exchange, Map<String, Object> answer) throws IOException {
    send(exchange, 200, "application/json", JSONObjectUtils.toJSONString(answer));
  }

  private static void send(HttpExchange exchange, int status, String type, String text)
      throws IOException {
    var bytes = text.getBytes(StandardCharsets.UTF_8);
    exchange.getResponseHeaders().set("Content-Type", type);
    exchange.getResponseHeaders().set("Cache-Control", "no-store");
    exchange.sendResponseHeaders(status, bytes.length);
    exchange.getResponseBody().write(bytes);
  }

  @Override
  public void close() {
    server.stop(0);
    work.shutdownNow();
  }
}
