package dev.filo.platform.auth;

import com.nimbusds.jose.util.JSONObjectUtils;
import dev.filo.platform.grpc.Statuses;
import io.grpc.CallCredentials;
import io.grpc.Metadata;
import io.grpc.Status;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.text.ParseException;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Base64;
import java.util.Map;
import java.util.concurrent.Executor;
import org.jspecify.annotations.Nullable;
import reactor.core.publisher.Mono;

/**
 * A service's own access token, got by client credentials (RFC 6749 §4.4) and renewed in time.
 * Thread-safe; one request under way at most.
 */
public final class ServiceTokens extends CallCredentials {
  private static final Metadata.Key<String> AUTHORIZATION =
      Metadata.Key.of("authorization", Metadata.ASCII_STRING_MARSHALLER);
  // Renewed a minute early, so that a token never ends on its way.
  private static final Duration EARLY = Duration.ofMinutes(1);

  private final HttpClient http =
      HttpClient.newBuilder().connectTimeout(Duration.ofSeconds(3)).build();
  private final URI tokenUri;
  private final String clientId;
  private final String clientSecret;
  private final InstantSource clock;
  private @Nullable Mono<Token> current;

  /** Tokens for one client. */
  public ServiceTokens(URI tokenUri, String clientId, String clientSecret, InstantSource clock) {
    this.tokenUri = tokenUri;
    this.clientId = clientId;
    this.clientSecret = clientSecret;
    this.clock = clock;
  }

  /**
   * A token that is good for a minute at least. One value; UNAVAILABLE when identity gives none.
   */
  public Mono<String> token() {
    return Mono.defer(
        () -> {
          var shared = other(null);
          return shared
              .flatMap(
                  token ->
                      token.expireTime.minus(EARLY).isAfter(clock.instant())
                          ? Mono.just(token)
                          : other(shared))
              .map(Token::value);
        });
  }

  /** The token all share; a new one when that is {@code stale} or there is none. */
  private synchronized Mono<Token> other(@Nullable Mono<Token> stale) {
    var shared = current;
    if (shared == null || shared.equals(stale)) {
      shared = fetch().doOnError(e -> forget()).cache();
      current = shared;
    }
    return shared;
  }

  private synchronized void forget() {
    current = null;
  }

  private Mono<Token> fetch() {
    var request =
        HttpRequest.newBuilder(tokenUri)
            .timeout(Duration.ofSeconds(5))
            .header("Content-Type", "application/x-www-form-urlencoded")
            .header(
                "Authorization",
                "Basic "
                    + Base64.getEncoder()
                        .encodeToString(
                            (encode(clientId) + ":" + encode(clientSecret))
                                .getBytes(StandardCharsets.UTF_8)))
            .POST(HttpRequest.BodyPublishers.ofString("grant_type=client_credentials"))
            .build();
    return Mono.fromFuture(() -> http.sendAsync(request, HttpResponse.BodyHandlers.ofString()))
        .map(this::read)
        .onErrorMap(java.io.IOException.class, e -> Statuses.unavailable("Identity"));
  }

  private Token read(HttpResponse<String> response) {
    if (response.statusCode() != 200) {
      throw Statuses.unavailable("Identity");
    }
    try {
      Map<String, Object> answer = JSONObjectUtils.parse(response.body());
      var token = JSONObjectUtils.getString(answer, "access_token");
      long seconds = JSONObjectUtils.getLong(answer, "expires_in");
      return new Token(token, clock.instant().plusSeconds(seconds));
    } catch (ParseException e) {
      throw Statuses.unavailable("Identity");
    }
  }

  private static String encode(String text) {
    return URLEncoder.encode(text, StandardCharsets.UTF_8);
  }

  @Override
  public void applyRequestMetadata(RequestInfo call, Executor executor, MetadataApplier applier) {
    token()
        .subscribe(
            token -> {
              var headers = new Metadata();
              headers.put(AUTHORIZATION, "Bearer " + token);
              applier.apply(headers);
            },
            error -> applier.fail(Status.UNAVAILABLE.withDescription("no service token")));
  }

  private record Token(String value, Instant expireTime) {}
}
