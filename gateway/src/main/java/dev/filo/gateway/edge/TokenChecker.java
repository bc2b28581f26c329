package dev.filo.gateway.edge;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import com.github.benmanes.caffeine.cache.Expiry;
import dev.filo.gateway.GatewayProperties;
import dev.filo.gateway.problem.GrpcProblems;
import dev.filo.gateway.problem.Problem;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.http.HttpHeaders;
import org.springframework.security.oauth2.core.DelegatingOAuth2TokenValidator;
import org.springframework.security.oauth2.core.OAuth2Error;
import org.springframework.security.oauth2.core.OAuth2TokenValidator;
import org.springframework.security.oauth2.core.OAuth2TokenValidatorResult;
import org.springframework.security.oauth2.jose.jws.SignatureAlgorithm;
import org.springframework.security.oauth2.jwt.BadJwtException;
import org.springframework.security.oauth2.jwt.Jwt;
import org.springframework.security.oauth2.jwt.JwtIssuerValidator;
import org.springframework.security.oauth2.jwt.JwtValidationException;
import org.springframework.security.oauth2.jwt.NimbusReactiveJwtDecoder;
import org.springframework.security.oauth2.jwt.ReactiveJwtDecoder;
import org.springframework.stereotype.Component;
import reactor.core.publisher.Mono;

/**
 * Checks tokens against identity's keys. A token found good is remembered by its hash until it
 * expires, so that its signature is verified once. What the token allows is for the services to
 * say.
 */
@Component
public final class TokenChecker {
  private static final String EXPIRED = "token_expired";
  private static final String INVALID = "invalid_token";
  private static final int TOKENS_MAX = 50_000; // About 20 MB at the very most.
  private static final Duration KEYS_PATIENCE = Duration.ofSeconds(5); // Identity answers in ms.
  private static final Duration NOT_BEFORE_SKEW = Duration.ofSeconds(60); // Clocks differ.

  // {"alg":"ES256"} and no claims: to be refused, once the keys are there to refuse it by.
  private static final String NOBODYS = "eyJhbGciOiJFUzI1NiJ9.e30." + "A".repeat(86);

  private final ReactiveJwtDecoder decoder;
  private final InstantSource clock;
  private final Cache<String, Caller> known =
      Caffeine.newBuilder()
          .maximumSize(TOKENS_MAX)
          .expireAfter(
              Expiry.<String, Caller>creating((hash, caller) -> left(caller, Instant.now())))
          .build();

  /**
   * Checks by the keys at the configured address, which are read at the latest for the first token.
   */
  @Autowired
  public TokenChecker(GatewayProperties properties) {
    this(properties, InstantSource.system());
  }

  TokenChecker(GatewayProperties properties, InstantSource clock) {
    this.clock = clock;
    NimbusReactiveJwtDecoder nimbus =
        NimbusReactiveJwtDecoder.withJwkSetUri(properties.jwksUri().toString())
            .jwsAlgorithm(SignatureAlgorithm.RS256)
            .jwsAlgorithm(SignatureAlgorithm.ES256)
            .validateType(false)
            .build();
    List<OAuth2TokenValidator<Jwt>> validators = new ArrayList<>();
    validators.add(this::inTime);
    if (!properties.issuer().isEmpty()) {
      validators.add(new JwtIssuerValidator(properties.issuer()));
    }
    nimbus.setJwtValidator(new DelegatingOAuth2TokenValidator<>(validators));
    this.decoder = nimbus;
  }

  /**
   * Whose token it is. One value; a {@link dev.filo.gateway.problem.ProblemException} with
   * TOKEN_EXPIRED or TOKEN_INVALID when it is not accepted, another error when the keys could not
   * be read and nothing is known of it.
   */
  public Mono<Caller> check(String token) {
    String hash = hash(token);
    Caller seen = known.getIfPresent(hash);
    return seen != null && !left(seen, clock.instant()).isZero()
        ? Mono.just(seen)
        : decoder
            .decode(token)
            .timeout(KEYS_PATIENCE)
            .map(jwt -> new Caller(jwt.getSubject(), jwt.getExpiresAt()))
            .doOnNext(caller -> known.put(hash, caller))
            .onErrorMap(TokenChecker::refusal);
  }

  /**
   * Has the keys read, and kept for all tokens to come. Ends also when they cannot be read, or not
   * in so much time.
   */
  Mono<Void> readKeys(Duration patience) {
    return decoder.decode(NOBODYS).timeout(patience).then().onErrorComplete();
  }

  private static Throwable refusal(Throwable error) {
    if (error instanceof JwtValidationException invalid
        && invalid.getErrors().stream().anyMatch(each -> each.getErrorCode().equals(EXPIRED))) {
      return refused("TOKEN_EXPIRED", "The token has expired. Refresh it at /oauth2/token.");
    }
    return error instanceof BadJwtException
        ? refused("TOKEN_INVALID", "The token is not one of ours or is damaged.")
        : new KeysUnreachableException(error);
  }

  private static Throwable refused(String reason, String detail) {
    return Problem.of(401, reason, detail)
        .withHeader(HttpHeaders.WWW_AUTHENTICATE, GrpcProblems.challenge(reason))
        .exception();
  }

  private OAuth2TokenValidatorResult inTime(Jwt token) {
    Instant now = clock.instant();
    Instant expires = token.getExpiresAt();
    if (expires == null) {
      return OAuth2TokenValidatorResult.failure(new OAuth2Error(INVALID));
    }
    if (!now.isBefore(expires)) {
      return OAuth2TokenValidatorResult.failure(new OAuth2Error(EXPIRED));
    }
    Instant from = token.getNotBefore();
    return from != null && from.isAfter(now.plus(NOT_BEFORE_SKEW))
        ? OAuth2TokenValidatorResult.failure(new OAuth2Error(INVALID))
        : OAuth2TokenValidatorResult.success();
  }

  private static Duration left(Caller caller, Instant now) {
    Instant expires = caller.expires();
    Duration left = expires == null ? Duration.ZERO : Duration.between(now, expires);
    return left.isNegative() ? Duration.ZERO : left;
  }

  private static String hash(String token) {
    try {
      byte[] hash =
          MessageDigest.getInstance("SHA-256").digest(token.getBytes(StandardCharsets.UTF_8));
      return Base64.getEncoder().encodeToString(hash);
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("Every JDK has SHA-256.", e);
    }
  }
}
