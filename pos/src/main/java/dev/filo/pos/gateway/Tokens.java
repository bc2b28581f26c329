package dev.filo.pos.gateway;

import dev.filo.pos.gateway.GatewayException.Kind;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpTimeoutException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.time.ZonedDateTime;
import java.time.format.DateTimeFormatter;
import java.time.format.DateTimeParseException;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Supplier;
import javax.net.ssl.SSLException;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * The till's tokens: by client credentials, kept in a file only its owner may read, renewed before
 * they expire. Safe for several threads.
 */
public final class Tokens {
  /** The file. */
  public static final String FILE = "token.json";

  private static final JsonMapper JSON = JsonMapper.builder().build();
  private static final Duration CONNECT_PATIENCE = Duration.ofSeconds(3);
  private static final Duration PATIENCE = Duration.ofSeconds(10);

  /** A token is renewed when less of its life is left; of short ones a fifth. */
  private static final Duration MARGIN = Duration.ofMinutes(1);

  /** How far the clocks may differ before somebody should know; five minutes are refused. */
  private static final Duration SKEW_TOLD = Duration.ofMinutes(1);

  private final Path file;
  private final Settings settings;
  private final Supplier<Optional<String>> secret;
  private final InstantSource clock;
  private final Duration patience;
  private @Nullable Token token;
  private @Nullable Duration skew;

  /**
   * Tokens kept in a folder.
   *
   * @param secret the client's secret; empty: not known now
   */
  public Tokens(
      Path folder, Settings settings, Supplier<Optional<String>> secret, InstantSource clock) {
    this(folder, settings, secret, clock, PATIENCE);
  }

  Tokens(
      Path folder,
      Settings settings,
      Supplier<Optional<String>> secret,
      InstantSource clock,
      Duration patience) {
    this.file = folder.resolve(FILE);
    this.settings = settings;
    this.secret = secret;
    this.clock = clock;
    this.patience = patience;
    this.token = kept();
  }

  /**
   * A token that is good for a while.
   *
   * @throws GatewayException when there is none and none can be had
   */
  public synchronized String bearer() {
    var now = clock.instant();
    var have = token;
    if (have != null && now.isBefore(renewTime(have))) {
      return have.value();
    }
    try {
      return renew().value();
    } catch (GatewayException e) {
      // The old one is still good, and a new one may be had next time.
      if (have != null && now.isBefore(have.expireTime()) && e.kind() != Kind.NOT_TRUSTED) {
        return have.value();
      }
      throw e;
    }
  }

  /** Gets a new token whatever the old one is worth, and keeps it. */
  public synchronized void signIn() {
    renew();
  }

  /** Forgets a token that the gateway did not take; the next call gets a new one. */
  public synchronized void forget(String refused) {
    var have = token;
    if (have != null && have.value().equals(refused)) {
      token = null;
    }
  }

  /** Deletes what is kept. */
  public synchronized void signOut() throws IOException {
    token = null;
    Files.deleteIfExists(file);
  }

  /** The stores the token is good for; empty when there is no token. */
  public synchronized List<String> stores() {
    var have = token;
    return have == null ? List.of() : have.stores();
  }

  /** True when there is a token that has not expired. */
  public synchronized boolean isSignedIn() {
    var have = token;
    return have != null && clock.instant().isBefore(have.expireTime());
  }

  /** How far the gateway's clock is ahead of the till's, when it is worth telling. */
  public synchronized Optional<Duration> skew() {
    return Optional.ofNullable(skew).filter(by -> by.abs().compareTo(SKEW_TOLD) > 0);
  }

  private static Instant renewTime(Token token) {
    var life = Duration.between(token.startTime(), token.expireTime());
    var margin = life.dividedBy(5);
    return token.expireTime().minus(margin.compareTo(MARGIN) < 0 ? margin : MARGIN);
  }

  private @Nullable Token kept() {
    try {
      var kept = JSON.readValue(Files.readAllBytes(file), Token.class);
      return kept.client().equals(settings.client())
              && kept.target().equals(settings.target().toString())
          ? kept
          : null;
    } catch (IOException | JacksonException e) {
      return null; // There is none, or none that is worth anything.
    }
  }

  private Token renew() {
    if (settings.client().isEmpty()) {
      throw new GatewayException(Kind.SIGNED_OUT, "SIGNED_OUT", "this till is not signed in");
    }
    var password =
        secret
            .get()
            .orElseThrow(
                () ->
                    new GatewayException(
                        Kind.SIGNED_OUT,
                        "SIGNED_OUT",
                        "the token has expired and the secret is not known: sign in again"));
    var fresh = ask(password);
    token = fresh;
    try {
      OwnFiles.write(file, JSON.writeValueAsBytes(fresh));
    } catch (IOException e) {
      // It is good all the same; the next start gets another.
    }
    return fresh;
  }

  private Token ask(String password) {
    var uri = URI.create(settings.target() + "/oauth2/token");
    boolean tls = "https".equalsIgnoreCase(uri.getScheme());
    if (!tls && !Settings.isThisMachine(String.valueOf(uri.getHost()))) {
      throw new GatewayException(
          Kind.NOT_TRUSTED,
          "NOT_TRUSTED",
          "a secret is not sent over plain http to another machine: use https://");
    }
    var now = clock.instant();
    var builder =
        HttpClient.newBuilder()
            .version(HttpClient.Version.HTTP_1_1)
            .connectTimeout(patience.compareTo(CONNECT_PATIENCE) < 0 ? patience : CONNECT_PATIENCE);
    try {
      if (tls) {
        builder.sslContext(
            Trust.context(Trust.manager(Gateway.ca(settings), Gateway.pins(settings))));
      }
      try (var http = builder.build()) {
        var answer =
            http.send(
                HttpRequest.newBuilder(uri)
                    .timeout(patience)
                    .header("Content-Type", "application/x-www-form-urlencoded")
                    .header("Authorization", basic(settings.client(), password))
                    .POST(HttpRequest.BodyPublishers.ofString("grant_type=client_credentials"))
                    .build(),
                HttpResponse.BodyHandlers.ofString());
        answer.headers().firstValue("Date").ifPresent(date -> compareClocks(date, now));
        return token(answer, now);
      }
    } catch (SSLException e) {
      throw new GatewayException(
          Kind.NOT_TRUSTED,
          "NOT_TRUSTED",
          GatewayException.trustWords(e, ""),
          Map.of(),
          Duration.ZERO,
          e);
    } catch (HttpTimeoutException e) {
      throw new GatewayException(
          Kind.UNANSWERED, "UNANSWERED", settings.target() + " did not answer in time");
    } catch (IOException e) {
      throw new GatewayException(
          Kind.UNREACHABLE, "UNREACHABLE", settings.target() + " cannot be reached");
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new GatewayException(Kind.UNANSWERED, "UNANSWERED", "interrupted");
    }
  }

  private void compareClocks(String date, Instant now) {
    try {
      skew =
          Duration.between(
              now, ZonedDateTime.parse(date, DateTimeFormatter.RFC_1123_DATE_TIME).toInstant());
    } catch (DateTimeParseException e) {
      skew = null;
    }
  }

  private Token token(HttpResponse<String> answer, Instant now) {
    var body = json(answer.body());
    int status = answer.statusCode();
    if (status == 200) {
      var value = body.path("access_token").asString("");
      long life = body.path("expires_in").asLong(0);
      if (!value.isEmpty() && life > 0) {
        return new Token(
            settings.client(), settings.target().toString(), value, now, now.plusSeconds(life));
      }
    }
    if (status == 400 || status == 401 || status == 403) {
      throw new GatewayException(
          Kind.NOT_ALLOWED,
          body.path("error").asString("invalid_client"),
          "the gateway does not know client «%s» with this secret".formatted(settings.client()));
    }
    throw new GatewayException(
        status == 429 || status >= 500 ? Kind.LATER : Kind.NOT_ALLOWED,
        "HTTP_" + status,
        "no token: %s answered %d".formatted(settings.target(), status));
  }

  private static JsonNode json(String text) {
    try {
      return JSON.readTree(text);
    } catch (JacksonException e) {
      return JSON.createObjectNode();
    }
  }

  private static String basic(String client, String password) {
    return "Basic "
        + Base64.getEncoder()
            .encodeToString((client + ":" + password).getBytes(StandardCharsets.UTF_8));
  }
}
