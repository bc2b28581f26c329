package dev.filo.gateway.edge;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.filo.gateway.FakeIdentity;
import dev.filo.gateway.GatewayProperties;
import dev.filo.gateway.problem.ProblemException;
import java.net.URI;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.springframework.util.unit.DataSize;

class TokenCheckerTest {
  private final AtomicReference<Instant> now = new AtomicReference<>(Instant.now());
  private FakeIdentity identity;

  @BeforeEach
  void start() throws Exception {
    identity = new FakeIdentity();
  }

  @AfterEach
  void stop() {
    identity.close();
  }

  private TokenChecker checker(URI keys, String issuer) {
    URI publicUrl = URI.create("https://shop.example");
    return new TokenChecker(
        new GatewayProperties(
            Map.of("cart", "localhost:1"),
            publicUrl,
            publicUrl,
            keys,
            issuer,
            Duration.ofSeconds(1),
            DataSize.ofMegabytes(1),
            0,
            new GatewayProperties.Cors(List.of()),
            new GatewayProperties.Rate(1, 1, 1, 1),
            new GatewayProperties.Stream(Duration.ofSeconds(1), Duration.ofSeconds(1), 1, 1),
            new GatewayProperties.Grpc(false, 0, "", "", DataSize.ofMegabytes(1))),
        now::get);
  }

  private static Caller check(TokenChecker checker, String token) {
    return checker.check(token).blockOptional().orElseThrow();
  }

  private static String refusal(TokenChecker checker, String token) {
    return catchThrowableOfType(ProblemException.class, () -> check(checker, token))
        .problem()
        .reason();
  }

  @Test
  void good_isRememberedUntilItExpires() {
    TokenChecker checker = checker(identity.uri().resolve("/oauth2/jwks"), "");
    Instant expires = Instant.ofEpochSecond(now.get().getEpochSecond() + 600);
    String token = identity.token("customers/julia", expires);
    assertThat(check(checker, token).subject()).isEqualTo("customers/julia");
    identity.close();
    assertThat(check(checker, token).subject()).as("without asking").isEqualTo("customers/julia");
    now.set(expires.minusMillis(1));
    assertThat(check(checker, token).subject()).isEqualTo("customers/julia");
    now.set(expires);
    assertThat(refusal(checker, token)).isEqualTo("TOKEN_EXPIRED");
  }

  @Test
  void keys_readBeforehand_areNotReadForAToken() {
    TokenChecker checker = checker(identity.uri().resolve("/oauth2/jwks"), "");
    checker.readKeys(Duration.ofSeconds(20)).block();
    assertThat(identity.keysRead).hasValue(1);
    identity.close();
    String token = identity.token("customers/julia", now.get().plusSeconds(600));
    assertThat(check(checker, token).subject()).isEqualTo("customers/julia");
  }

  @Test
  void keys_thatCannotBeReadBeforehand_holdNothingUp() {
    TokenChecker away = checker(URI.create("http://localhost:1/oauth2/jwks"), "");
    assertThat(away.readKeys(Duration.ofSeconds(20)).blockOptional(Duration.ofSeconds(5)))
        .isEmpty();
  }

  @Test
  void badOrForeign_isRefused() throws Exception {
    TokenChecker checker = checker(identity.uri().resolve("/oauth2/jwks"), "");
    assertThat(refusal(checker, "abc")).isEqualTo("TOKEN_INVALID");
    assertThat(refusal(checker, identity.forged("customers/eve"))).isEqualTo("TOKEN_INVALID");
    TokenChecker strict =
        checker(identity.uri().resolve("/oauth2/jwks"), "https://elsewhere.example");
    String token = identity.token("customers/julia", now.get().plusSeconds(60));
    assertThat(refusal(strict, token)).as("another issuer").isEqualTo("TOKEN_INVALID");
  }

  @Test
  void keysUnreachable_isNoRefusal() {
    TokenChecker checker = checker(URI.create("http://localhost:1/oauth2/jwks"), "");
    String token = identity.token("customers/julia", now.get().plusSeconds(60));
    assertThat(catchThrowableOfType(KeysUnreachableException.class, () -> check(checker, token)))
        .isNotNull();
  }
}
