package dev.filo.platform.auth;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import com.google.rpc.Code;
import com.nimbusds.jose.JOSEException;
import com.nimbusds.jose.JWSAlgorithm;
import com.nimbusds.jose.crypto.factories.DefaultJWSVerifierFactory;
import com.nimbusds.jose.jwk.AsymmetricJWK;
import com.nimbusds.jose.jwk.JWK;
import com.nimbusds.jose.jwk.JWKSet;
import com.nimbusds.jwt.JWTClaimsSet;
import com.nimbusds.jwt.SignedJWT;
import dev.filo.platform.grpc.Statuses;
import dev.filo.proto.api.v1.ErrorReason;
import dev.filo.proto.api.v1.Role;
import io.grpc.StatusRuntimeException;
import java.text.ParseException;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Predicate;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import reactor.core.publisher.Mono;

/**
 * Checks access tokens: signature by one of identity's keys, issuer, audience, life. A checked
 * token is remembered until it ends, so that a busy caller costs one signature check. Thread-safe.
 */
public final class TokenVerifier {
  // Only asymmetric signatures: a token "signed" with a public key as an HMAC secret must not pass
  // (RFC 8725 §3.1).
  private static final Set<JWSAlgorithm> ALGORITHMS =
      Set.of(JWSAlgorithm.RS256, JWSAlgorithm.ES256);
  // 20,000 tokens of ~1 KiB: a replica's busy callers within 20 MiB.
  private static final int REMEMBERED = 20_000;
  // An unknown key id makes us ask identity again, at most this often: made-up ids must not become
  // load.
  private static final Duration REFETCH = Duration.ofSeconds(5);
  // Known keys are read again this often, so that a withdrawn one ends.
  private static final Duration KEYS_LIFE = Duration.ofMinutes(10);

  private final Supplier<Mono<String>> jwks;
  private final String issuer;
  private final InstantSource clock;
  private final Predicate<String> ended;
  private final Cache<String, Checked> checked =
      Caffeine.newBuilder().maximumSize(REMEMBERED).build();
  private final AtomicReference<@Nullable Keys> keys = new AtomicReference<>();
  private @Nullable Mono<Keys> fetching;

  /**
   * A verifier.
   *
   * @param jwks identity's public keys as a JSON Web Key Set, asked when needed
   * @param issuer the only issuer whose tokens count
   */
  public TokenVerifier(Supplier<Mono<String>> jwks, String issuer, InstantSource clock) {
    this(jwks, issuer, clock, session -> false);
  }

  /**
   * A verifier that also knows which sessions have ended.
   *
   * @param ended whether the tokens of a session count no longer, though they have not expired;
   *     asked at every check, so it must be quick
   */
  public TokenVerifier(
      Supplier<Mono<String>> jwks, String issuer, InstantSource clock, Predicate<String> ended) {
    this.jwks = jwks;
    this.issuer = issuer;
    this.clock = clock;
    this.ended = ended;
  }

  /**
   * The caller a token speaks for. One value; UNAUTHENTICATED with TOKEN_INVALID or TOKEN_EXPIRED
   * when it is no good, UNAVAILABLE when the keys cannot be had.
   */
  public Mono<Caller> verify(String token) {
    return signed(token)
        .flatMap(
            caller ->
                !caller.session().isEmpty() && ended.test(caller.session())
                    ? Mono.error(invalid())
                    : Mono.just(caller));
  }

  /** The same, whatever has become of the token's session. */
  private Mono<Caller> signed(String token) {
    var known = checked.getIfPresent(token);
    if (known != null) {
      return known.expireTime.isAfter(clock.instant())
          ? Mono.just(known.caller)
          : Mono.error(expired());
    }
    SignedJWT jwt;
    try {
      jwt = SignedJWT.parse(token);
    } catch (ParseException e) {
      return Mono.error(invalid());
    }
    if (!ALGORITHMS.contains(jwt.getHeader().getAlgorithm())) {
      return Mono.error(invalid());
    }
    return key(jwt.getHeader().getKeyID()).map(key -> check(jwt, key, token));
  }

  private Caller check(SignedJWT jwt, JWK key, String token) {
    try {
      var verifier =
          new DefaultJWSVerifierFactory()
              .createJWSVerifier(jwt.getHeader(), ((AsymmetricJWK) key).toPublicKey());
      if (!jwt.verify(verifier)) {
        throw invalid();
      }
      var claims = jwt.getJWTClaimsSet();
      var expires = claims.getExpirationTime();
      if (!issuer.equals(claims.getIssuer())
          || !claims.getAudience().contains(Claims.AUDIENCE)
          || expires == null
          || claims.getSubject() == null) {
        throw invalid();
      }
      var now = clock.instant();
      if (!expires.toInstant().isAfter(now)) {
        throw expired();
      }
      var notBefore = claims.getNotBeforeTime();
      if (notBefore != null && notBefore.toInstant().isAfter(now.plusSeconds(60))) {
        throw invalid();
      }
      var caller = caller(claims, token);
      checked.put(token, new Checked(caller, expires.toInstant()));
      return caller;
    } catch (JOSEException | ParseException e) {
      throw invalid();
    }
  }

  private static Caller caller(JWTClaimsSet claims, String token) throws ParseException {
    var roles = EnumSet.noneOf(Role.class);
    for (String name : strings(claims, Claims.ROLES)) {
      try {
        roles.add(Role.valueOf("ROLE_" + name.toUpperCase(Locale.ROOT)));
      } catch (IllegalArgumentException e) {
        throw invalid();
      }
    }
    if (roles.isEmpty()
        || roles.contains(Role.ROLE_PUBLIC)
        || roles.contains(Role.ROLE_UNSPECIFIED)) {
      throw invalid();
    }
    return new Caller(
        claims.getSubject(),
        roles,
        strings(claims, Claims.STORES),
        string(claims, Claims.CLIENT_ID),
        string(claims, Claims.CHANNEL),
        string(claims, Claims.DEVICE),
        string(claims, Claims.NAME),
        string(claims, Claims.FORMER),
        string(claims, Claims.SESSION),
        token);
  }

  private static String string(JWTClaimsSet claims, String name) throws ParseException {
    var value = claims.getStringClaim(name);
    return value == null ? "" : value;
  }

  private static List<String> strings(JWTClaimsSet claims, String name) throws ParseException {
    var values = claims.getStringListClaim(name);
    return values == null ? List.of() : new ArrayList<>(values);
  }

  private Mono<JWK> key(@Nullable String id) {
    if (id == null) {
      return Mono.error(invalid());
    }
    var have = keys.get();
    if (have == null) {
      return fetch().map(keys -> key(keys, id));
    }
    boolean known = have.set.getKeyByKeyId(id) instanceof AsymmetricJWK;
    if (have.tryTime.plus(known ? KEYS_LIFE : REFETCH).isAfter(clock.instant())) {
      return known ? Mono.just(key(have, id)) : Mono.error(invalid());
    }
    return fetch()
        .onErrorResume(
            error -> {
              keys.set(new Keys(have.set, clock.instant()));
              return known ? Mono.just(have) : Mono.error(error);
            })
        .map(keys -> key(keys, id));
  }

  private static JWK key(Keys keys, String id) {
    var key = keys.set.getKeyByKeyId(id);
    if (key instanceof AsymmetricJWK) {
      return key;
    }
    throw invalid();
  }

  /** Asks identity; whoever comes while it is asked shares the answer. */
  private synchronized Mono<Keys> fetch() {
    var underWay = fetching;
    if (underWay != null) {
      return underWay;
    }
    var begun = Mono.defer(jwks).map(this::read).doFinally(end -> fetched()).cache();
    fetching = begun;
    return begun;
  }

  private synchronized void fetched() {
    fetching = null;
  }

  private Keys read(String json) {
    try {
      var read = new Keys(JWKSet.parse(json), clock.instant());
      keys.set(read);
      return read;
    } catch (ParseException e) {
      throw new IllegalStateException("identity's keys cannot be read", e);
    }
  }

  private static StatusRuntimeException invalid() {
    return Statuses.api(
        Code.UNAUTHENTICATED,
        ErrorReason.ERROR_REASON_TOKEN_INVALID,
        "This token is not one of ours, was damaged or was withdrawn. Get a new one.",
        Map.of());
  }

  private static StatusRuntimeException expired() {
    return Statuses.api(
        Code.UNAUTHENTICATED,
        ErrorReason.ERROR_REASON_TOKEN_EXPIRED,
        "This token has expired. Refresh it.",
        Map.of());
  }

  private record Checked(Caller caller, Instant expireTime) {}

  /** Keys, and when identity was last asked for them. */
  private record Keys(JWKSet set, Instant tryTime) {}
}
