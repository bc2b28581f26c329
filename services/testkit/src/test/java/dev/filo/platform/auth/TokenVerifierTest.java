package dev.filo.platform.auth;

import static org.assertj.core.api.Assertions.assertThat;

import com.nimbusds.jose.JOSEException;
import com.nimbusds.jose.JWSAlgorithm;
import com.nimbusds.jose.JWSHeader;
import com.nimbusds.jose.JWSSigner;
import com.nimbusds.jose.crypto.ECDSASigner;
import com.nimbusds.jose.crypto.MACSigner;
import com.nimbusds.jose.crypto.RSASSASigner;
import com.nimbusds.jose.jwk.Curve;
import com.nimbusds.jose.jwk.ECKey;
import com.nimbusds.jose.jwk.JWK;
import com.nimbusds.jose.jwk.JWKSet;
import com.nimbusds.jose.jwk.RSAKey;
import com.nimbusds.jose.jwk.gen.ECKeyGenerator;
import com.nimbusds.jose.jwk.gen.RSAKeyGenerator;
import com.nimbusds.jwt.JWTClaimsSet;
import com.nimbusds.jwt.PlainJWT;
import com.nimbusds.jwt.SignedJWT;
import dev.filo.platform.grpc.Statuses;
import dev.filo.proto.api.v1.ErrorReason;
import dev.filo.proto.api.v1.Role;
import dev.filo.testkit.MutableClock;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Base64;
import java.util.Date;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.core.publisher.Sinks;
import reactor.test.StepVerifier;

class TokenVerifierTest {
  private static final Duration PATIENCE = Duration.ofSeconds(20);
  private static final String ISSUER = "https://filo.example";
  private static final RSAKey ONE = rsa("one");
  private static final RSAKey TWO = rsa("two");

  private final MutableClock clock = MutableClock.standing();
  private final AtomicInteger asked = new AtomicInteger();
  private final AtomicReference<Mono<String>> identity = new AtomicReference<>(keys(ONE));
  private String ended = "";
  private final TokenVerifier verifier =
      new TokenVerifier(
          () -> {
            asked.incrementAndGet();
            return identity.get();
          },
          ISSUER,
          clock,
          session -> session.equals(ended));

  private static RSAKey rsa(String id) {
    try {
      return new RSAKeyGenerator(2048).keyID(id).generate();
    } catch (JOSEException e) {
      throw new IllegalStateException(e);
    }
  }

  private static Mono<String> keys(JWK... keys) {
    return Mono.just(new JWKSet(List.of(keys)).toPublicJWKSet().toString());
  }

  private JWTClaimsSet claims(Consumer<JWTClaimsSet.Builder> more) {
    var claims =
        new JWTClaimsSet.Builder()
            .issuer(ISSUER)
            .audience("filo")
            .subject("customers/c1")
            .expirationTime(Date.from(clock.instant().plusSeconds(600)))
            .claim("roles", List.of("customer"))
            .claim("channel", "web");
    more.accept(claims);
    return claims.build();
  }

  private static String sign(JWTClaimsSet claims, JWSAlgorithm algorithm, String kid, JWSSigner by)
      throws JOSEException {
    var jwt = new SignedJWT(new JWSHeader.Builder(algorithm).keyID(kid).build(), claims);
    jwt.sign(by);
    return jwt.serialize();
  }

  private String token(RSAKey key, Consumer<JWTClaimsSet.Builder> more) {
    try {
      return sign(claims(more), JWSAlgorithm.RS256, key.getKeyID(), new RSASSASigner(key));
    } catch (JOSEException e) {
      throw new IllegalStateException(e);
    }
  }

  private String token(RSAKey key) {
    return token(key, claims -> {});
  }

  private void assertGood(String token) {
    StepVerifier.create(verifier.verify(token))
        .assertNext(caller -> assertThat(caller.principal()).isEqualTo("customers/c1"))
        .expectComplete()
        .verify(PATIENCE);
  }

  private void assertRefused(String token, ErrorReason reason) {
    StepVerifier.create(verifier.verify(token))
        .expectErrorMatches(error -> Statuses.isReason(error, reason))
        .verify(PATIENCE);
  }

  private void assertInvalid(String token) {
    assertRefused(token, ErrorReason.ERROR_REASON_TOKEN_INVALID);
  }

  @Test
  void aGoodTokenSaysWhoItIs() {
    var token =
        token(
            ONE,
            claims ->
                claims
                    .subject("devices/till-milano-1")
                    .claim("roles", List.of("store_staff", "device"))
                    .claim("stores", List.of("stores/milano"))
                    .claim("client_id", "till-milano-1")
                    .claim("device", "Cassa 1")
                    .claim("name", "Anna")
                    .claim("former", "customers/g")
                    .claim("sid", "s1"));
    StepVerifier.create(verifier.verify(token))
        .expectNext(
            new Caller(
                "devices/till-milano-1",
                java.util.Set.of(Role.ROLE_STORE_STAFF, Role.ROLE_DEVICE),
                List.of("stores/milano"),
                "till-milano-1",
                "web",
                "Cassa 1",
                "Anna",
                "customers/g",
                "s1",
                token))
        .expectComplete()
        .verify(PATIENCE);
  }

  @Test
  void aTokenIsGoodToItsLastInstantAlsoWhenItIsRemembered() {
    var token = token(ONE);
    assertGood(token);
    clock.advance(Duration.ofSeconds(599));
    assertGood(token);
    clock.advance(Duration.ofSeconds(1));
    assertRefused(token, ErrorReason.ERROR_REASON_TOKEN_EXPIRED);
    assertRefused(
        token(ONE, claims -> claims.expirationTime(Date.from(clock.instant()))),
        ErrorReason.ERROR_REASON_TOKEN_EXPIRED);
    assertThat(asked.get()).isEqualTo(1);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"", "x", "a.b.c", "..", "e30.e30.e30", "null", "eyJhbGciOiJub25lIn0.e30."})
  void whatIsNoTokenIsInvalid(String token) {
    assertInvalid(token);
    assertThat(asked.get()).isZero();
  }

  @Test
  void whatWasNotMadeForUsIsInvalid() {
    assertInvalid(token(ONE, claims -> claims.issuer("https://evil.example")));
    assertInvalid(token(ONE, claims -> claims.issuer(null)));
    assertInvalid(token(ONE, claims -> claims.audience("shop-web")));
    assertInvalid(token(ONE, claims -> claims.audience((String) null)));
    assertInvalid(token(ONE, claims -> claims.subject(null)));
    assertInvalid(token(ONE, claims -> claims.expirationTime(null)));
    assertInvalid(token(ONE, claims -> claims.claim("roles", null)));
    assertInvalid(token(ONE, claims -> claims.claim("roles", List.of())));
    assertInvalid(token(ONE, claims -> claims.claim("roles", "customer")));
    assertInvalid(token(ONE, claims -> claims.claim("roles", List.of("public"))));
    assertInvalid(token(ONE, claims -> claims.claim("roles", List.of("unspecified"))));
    assertInvalid(token(ONE, claims -> claims.claim("roles", List.of("customer", "root"))));
    assertInvalid(token(ONE, claims -> claims.claim("stores", "stores/milano")));
    assertInvalid(
        token(ONE, claims -> claims.notBeforeTime(Date.from(clock.instant().plusSeconds(120)))));
  }

  @Test
  void whatIsNotSignedByIdentityIsInvalid() throws Exception {
    assertInvalid(new PlainJWT(claims(claims -> {})).serialize());
    // The public key as the secret of an HMAC (RFC 8725, 3.1).
    for (byte[] secret :
        List.of(
            ONE.toRSAPublicKey().getEncoded(),
            ONE.toPublicJWK().toString().getBytes(StandardCharsets.UTF_8))) {
      assertInvalid(sign(claims(claims -> {}), JWSAlgorithm.HS256, "one", new MACSigner(secret)));
    }
    // Somebody else's key under our key's id, our key under another algorithm, no id.
    assertInvalid(sign(claims(c -> {}), JWSAlgorithm.RS256, "one", new RSASSASigner(TWO)));
    assertInvalid(sign(claims(c -> {}), JWSAlgorithm.RS512, "one", new RSASSASigner(ONE)));
    assertInvalid(sign(claims(c -> {}), JWSAlgorithm.RS256, null, new RSASSASigner(ONE)));
    ECKey elliptic = new ECKeyGenerator(Curve.P_256).keyID("one").generate();
    assertInvalid(sign(claims(c -> {}), JWSAlgorithm.ES256, "one", new ECDSASigner(elliptic)));
    // What was signed, with another content.
    var parts = token(ONE).split("\\.");
    var other =
        Base64.getUrlEncoder()
            .withoutPadding()
            .encodeToString(
                claims(c -> c.subject("customers/c2")).toString().getBytes(StandardCharsets.UTF_8));
    assertInvalid(parts[0] + "." + other + "." + parts[2]);
    assertGood(token(ONE));
  }

  @Test
  void ellipticKeysWorkToo() throws Exception {
    ECKey key = new ECKeyGenerator(Curve.P_256).keyID("ec").generate();
    identity.set(keys(key));
    assertGood(sign(claims(c -> {}), JWSAlgorithm.ES256, "ec", new ECDSASigner(key)));
  }

  @Test
  void aNewKeyIsFoundAndMadeUpIdsAreNoLoad() {
    assertGood(token(ONE));
    identity.set(keys(ONE, TWO));
    for (int i = 0; i < 100; i++) {
      assertInvalid(token(TWO)); // asked a moment ago
    }
    assertThat(asked.get()).isEqualTo(1);
    clock.advance(Duration.ofSeconds(5));
    assertGood(token(TWO));
    assertThat(asked.get()).isEqualTo(2);
    var madeUp = rsa("made-up");
    for (int i = 0; i < 20; i++) {
      clock.advance(Duration.ofSeconds(1));
      assertInvalid(token(madeUp));
    }
    assertThat(asked.get()).isEqualTo(6);
  }

  @Test
  void whileIdentityIsAwayKnownKeysCountAndItIsNotAskedAllTheTime() {
    assertGood(token(ONE));
    identity.set(Mono.error(Statuses.unavailable("Identity")));
    clock.advance(Duration.ofSeconds(10));
    assertRefused(token(TWO), ErrorReason.ERROR_REASON_UNAVAILABLE);
    for (int i = 0; i < 10; i++) {
      assertInvalid(token(TWO));
    }
    assertThat(asked.get()).isEqualTo(2);
    clock.advance(Duration.ofHours(1));
    assertGood(token(ONE));
  }

  @Test
  void anIdentityThatIsNotThereYetIsAskedAgainAtOnce() {
    identity.set(Mono.error(Statuses.unavailable("Identity")));
    assertRefused(token(ONE), ErrorReason.ERROR_REASON_UNAVAILABLE);
    identity.set(keys(ONE));
    assertGood(token(ONE));
  }

  @Test
  void aWithdrawnKeyEnds() {
    assertGood(token(ONE));
    identity.set(keys(TWO));
    clock.advance(Duration.ofMinutes(10));
    assertInvalid(token(ONE));
    assertThat(asked.get()).isEqualTo(2);
  }

  @Test
  void manyAtOnceAskOnce() {
    Sinks.One<String> answer = Sinks.one();
    identity.set(answer.asMono());
    StepVerifier.create(
            Flux.range(0, 50)
                .flatMap(
                    i -> verifier.verify(token(ONE, claims -> claims.claim("sid", "s" + i))), 50)
                .count())
        .then(() -> answer.emitValue(keys(ONE).block(), Sinks.EmitFailureHandler.FAIL_FAST))
        .expectNext(50L)
        .expectComplete()
        .verify(PATIENCE);
    assertThat(asked.get()).isEqualTo(1);
  }

  @Test
  void tokensOfAnEndedSessionAreInvalid() {
    var token = token(ONE, claims -> claims.claim("sid", "s1"));
    assertGood(token);
    ended = "s1";
    assertInvalid(token);
    assertInvalid(token(ONE, claims -> claims.claim("sid", "s1").claim("n", 2)));
    assertGood(token(ONE, claims -> claims.claim("sid", "s2")));
    assertGood(token(ONE));
  }
}
