package dev.filo.identity.tokens;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.mongodb.reactivestreams.client.MongoDatabase;
import dev.filo.identity.domain.Principal;
import dev.filo.identity.service.Secrets;
import dev.filo.identity.store.MongoKeyStore;
import dev.filo.platform.auth.TokenVerifier;
import dev.filo.testkit.MutableClock;
import dev.filo.testkit.StoreTest;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/** Signing keys over restarts and rotations. */
@StoreTest
class SigningKeysTest {
  private static final SigningKeys.Times TIMES =
      new SigningKeys.Times(Duration.ofDays(30), Duration.ofMinutes(15), Duration.ofHours(2));
  private static final Principal JULIA =
      new Principal("customers/julia", "customer", List.of(), "");

  private final MutableClock clock = MutableClock.standing();
  private final MongoDatabase database;
  private final MongoKeyStore store;

  SigningKeysTest(MongoDatabase database) {
    this.database = database;
    this.store = new MongoKeyStore(database);
    store.prepare();
  }

  @Test
  void keys_afterARestart_areTheSame() {
    var token = issue(keys("a secret of sixteen"));
    var restarted = keys("a secret of sixteen");
    assertThat(verifier(restarted).verify(token).block()).isNotNull();
    assertThat(restarted.current().getKeyID())
        .isEqualTo(keys("a secret of sixteen").current().getKeyID());
  }

  @Test
  void keys_withAnotherSecret_doNotOpen() {
    keys("a secret of sixteen");
    var stranger = keys("another secret, longer");
    assertThatThrownBy(stranger::current).isInstanceOf(IllegalStateException.class);
  }

  @Test
  void keys_areNotReadableInTheDatabase() {
    keys("a secret of sixteen");
    var kept = Mono.from(database.getCollection("signing_keys").find().first()).block();
    assertThat(kept).isNotNull();
    assertThat(kept.toJson()).doesNotContain("\\\"d\\\"").doesNotContain("\"d\"");
  }

  @Test
  void replicas_startingAtOnce_makeOneKey() {
    var replicas =
        List.of(
            made("a secret of sixteen"), made("a secret of sixteen"), made("a secret of sixteen"));
    Flux.fromIterable(replicas).flatMap(SigningKeys::refresh).then().block();
    assertThat(store.keys().collectList().block()).hasSize(1);
    assertThat(replicas.stream().map(keys -> keys.current().getKeyID()).distinct()).hasSize(1);
  }

  @Test
  void rotation_publishesTheNextKeyBeforeItSignsAndTheLastOneAfter() {
    var keys = keys("a secret of sixteen");
    var first = keys.current().getKeyID();
    clock.advance(Duration.ofDays(30).plusSeconds(1));
    var token = issue(keys);
    keys.refresh().block();
    assertThat(keys.publicKeys().getKeys()).hasSize(2);
    assertThat(keys.current().getKeyID()).isEqualTo(first);

    clock.advance(Duration.ofMinutes(15));
    keys.refresh().block();
    assertThat(keys.current().getKeyID()).isNotEqualTo(first);
    assertThat(keys.publicKeys().getKeyByKeyId(first)).isNotNull();
    var other = issue(keys);
    clock.set(clock.instant().minus(Duration.ofMinutes(6))); // both tokens live
    assertThat(verifier(keys).verify(token).block()).isNotNull();
    assertThat(verifier(keys).verify(other).block()).isNotNull();
    clock.advance(Duration.ofMinutes(6));

    clock.advance(Duration.ofHours(2).plusSeconds(1));
    keys.refresh().block();
    assertThat(keys.publicKeys().getKeyByKeyId(first)).isNull();
    assertThat(store.keys().collectList().block()).hasSize(1);
  }

  @Test
  void rotation_byHand_makesTheNextKey() {
    var keys = keys("a secret of sixteen");
    var first = keys.current().getKeyID();
    keys.rotate().block();
    clock.advance(Duration.ofMinutes(15));
    assertThat(keys.current().getKeyID()).isNotEqualTo(first);
  }

  private SigningKeys made(String secret) {
    return new SigningKeys(store, new Secrets(secret), TIMES, clock);
  }

  private SigningKeys keys(String secret) {
    var keys = made(secret);
    keys.refresh().block();
    return keys;
  }

  private String issue(SigningKeys keys) {
    return new AccessTokens(keys, "http://shop", Duration.ofMinutes(10), clock)
        .issue(JULIA, "shop-web", "", "", "s")
        .value();
  }

  private TokenVerifier verifier(SigningKeys keys) {
    return new TokenVerifier(
        () -> Mono.fromSupplier(() -> keys.publicKeys().toString()), "http://shop", clock);
  }
}
