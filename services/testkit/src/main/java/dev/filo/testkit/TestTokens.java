package dev.filo.testkit;

import com.github.benmanes.caffeine.cache.Caffeine;
import com.nimbusds.jose.JOSEException;
import com.nimbusds.jose.JWSAlgorithm;
import com.nimbusds.jose.JWSHeader;
import com.nimbusds.jose.crypto.RSASSASigner;
import com.nimbusds.jose.jwk.JWKSet;
import com.nimbusds.jose.jwk.RSAKey;
import com.nimbusds.jose.jwk.gen.RSAKeyGenerator;
import com.nimbusds.jwt.JWTClaimsSet;
import com.nimbusds.jwt.SignedJWT;
import dev.filo.platform.auth.Claims;
import dev.filo.platform.auth.TokenVerifier;
import dev.filo.proto.api.v1.Role;
import io.grpc.CallCredentials;
import io.grpc.Metadata;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Date;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.Executor;
import java.util.function.Consumer;
import reactor.core.publisher.Mono;

/**
 * Access tokens as identity gives them, signed with a key of this JVM. Like a client, who asks
 * again gets the token he has, for a minute: signing one for each call took half of the time of
 * some services' tests. Thread-safe.
 */
public final class TestTokens {

  /** Who issues them. */
  public static final String ISSUER = "http://localhost:8080";

  /** How long a token is good. */
  public static final Duration LIFE = Duration.ofMinutes(10);

  private static final Duration KEPT = Duration.ofMinutes(1);
  private static final int KEPT_MAX = 1000;
  private static final RSAKey KEY = newKey();
  private static final Map<Wanted, Given> GIVEN =
      Caffeine.newBuilder().maximumSize(KEPT_MAX).<Wanted, Given>build().asMap();

  private record Wanted(Role role, String principal, List<String> stores) {}

  private record Given(String token, Instant at) {
    boolean isOf(Instant now) {
      return !now.isBefore(at) && now.isBefore(at.plus(KEPT));
    }
  }

  private final InstantSource clock;

  /** Tokens that live ten minutes by this clock. */
  public TestTokens(InstantSource clock) {
    this.clock = clock;
  }

  /** Tokens by the system's clock. */
  public static TestTokens byTheSystemClock() {
    return new TestTokens(InstantSource.system());
  }

  /** What checks them. */
  public TokenVerifier verifier() {
    return new TokenVerifier(() -> Mono.just(jwks()), ISSUER, clock);
  }

  /** The public key they are checked with, as a JSON Web Key Set. */
  public static String jwks() {
    return new JWKSet(KEY.toPublicJWK()).toString();
  }

  /** A token. */
  public String token(Role role, String principal, String... stores) {
    var now = clock.instant();
    return GIVEN
        .compute(
            new Wanted(role, principal, List.of(stores)),
            (wanted, given) ->
                given != null && given.isOf(now)
                    ? given
                    : new Given(signed(now, role, principal, claims -> {}, stores), now))
        .token();
  }

  /** A new token with more claims, or others. */
  public String token(
      Role role, String principal, Consumer<JWTClaimsSet.Builder> more, String... stores) {
    return signed(clock.instant(), role, principal, more, stores);
  }

  private static String signed(
      Instant now,
      Role role,
      String principal,
      Consumer<JWTClaimsSet.Builder> more,
      String... stores) {
    var claims =
        new JWTClaimsSet.Builder()
            .issuer(ISSUER)
            .audience(Claims.AUDIENCE)
            .subject(principal)
            .issueTime(Date.from(now))
            .expirationTime(Date.from(now.plus(LIFE)))
            .claim(
                Claims.ROLES,
                List.of(role.name().substring("ROLE_".length()).toLowerCase(Locale.ROOT)))
            .claim(Claims.CLIENT_ID, client(role))
            .claim(Claims.CHANNEL, channel(role))
            .claim(Claims.SESSION, "session-of-" + principal);
    if (stores.length > 0) {
      claims.claim(Claims.STORES, List.of(stores));
    }
    more.accept(claims);
    var jwt =
        new SignedJWT(
            new JWSHeader.Builder(JWSAlgorithm.RS256).keyID(KEY.getKeyID()).build(),
            claims.build());
    try {
      jwt.sign(new RSASSASigner(KEY));
    } catch (JOSEException e) {
      throw new IllegalStateException("a key of ours cannot sign", e);
    }
    return jwt.serialize();
  }

  /** A token as a stub's credentials: {@code stub.withCallCredentials(tokens.bearer(...))}. */
  public CallCredentials bearer(Role role, String principal, String... stores) {
    return bearer(token(role, principal, stores));
  }

  /** Any token as a stub's credentials. */
  public static CallCredentials bearer(String token) {
    return new CallCredentials() {
      @Override
      public void applyRequestMetadata(
          RequestInfo call, Executor executor, MetadataApplier applier) {
        var headers = new Metadata();
        headers.put(
            Metadata.Key.of("authorization", Metadata.ASCII_STRING_MARSHALLER), "Bearer " + token);
        applier.apply(headers);
      }
    };
  }

  private static String client(Role role) {
    return switch (role) {
      case ROLE_AGENT -> "desk-web";
      case ROLE_STORE_STAFF -> "store-web";
      case ROLE_MANAGER -> "insight-web";
      case ROLE_DEVICE -> "till-test";
      case ROLE_SERVICE -> "service-test";
      default -> "shop-web";
    };
  }

  private static String channel(Role role) {
    return switch (role) {
      case ROLE_AGENT -> "desk";
      case ROLE_STORE_STAFF -> "store";
      case ROLE_MANAGER -> "insight";
      case ROLE_DEVICE -> "till";
      case ROLE_SERVICE -> "system";
      default -> "web";
    };
  }

  private static RSAKey newKey() {
    try {
      return new RSAKeyGenerator(2048).keyID("test").generate();
    } catch (JOSEException e) {
      throw new IllegalStateException("every JDK makes RSA keys", e);
    }
  }
}
