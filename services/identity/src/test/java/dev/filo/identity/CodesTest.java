package dev.filo.identity;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.mongodb.client.model.Filters;
import com.mongodb.reactivestreams.client.MongoDatabase;
import dev.filo.identity.domain.ContactAddress;
import dev.filo.identity.domain.Refusal;
import dev.filo.identity.domain.SignIn;
import dev.filo.identity.service.CodeMail;
import dev.filo.identity.service.Messenger;
import dev.filo.identity.service.RefusedException;
import dev.filo.identity.service.Secrets;
import dev.filo.identity.service.SignIns;
import dev.filo.identity.store.MongoSignInStore;
import dev.filo.testkit.MutableClock;
import dev.filo.testkit.StoreTest;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Predicate;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import reactor.core.publisher.Mono;

/** What protects sign-in codes, by itself. */
@StoreTest
class CodesTest {
  private static final Pattern CODE = Pattern.compile("\\b\\d{6}\\b");
  private static final Predicate<Throwable> LIMITED =
      error ->
          error instanceof RefusedException refused
              && refused.refusal() instanceof Refusal.SignInRateLimited;

  private final MutableClock clock = MutableClock.standing();
  private final List<String> letters = new ArrayList<>();
  private final MongoDatabase database;
  private final Secrets secrets = new Secrets("a secret of sixteen");
  private final SignIns signIns;

  CodesTest(MongoDatabase database) {
    this.database = database;
    var store = new MongoSignInStore(database);
    store.prepare();
    signIns =
        new SignIns(
            store,
            new CodeMail(List.of(new Letters()), "Filo"),
            secrets,
            new SignIns.Limits(Duration.ofMinutes(10), 5, 3, 4, Duration.ofMinutes(15)),
            clock);
  }

  @Test
  void code_isKeptAsAKeyedHashOnly() {
    var signIn = start("julia@example.com", "192.0.2.1");
    var code = code();
    var kept =
        Mono.from(database.getCollection("sign_ins").find(Filters.eq("_id", signIn.id())).first())
            .block();
    assertThat(kept).isNotNull();
    assertThat(kept.toJson()).doesNotContain(code);
    assertThat(kept.getString("code")).hasSize(43);
    // Whoever has a copy of the database but not the secret cannot try the million codes.
    assertThat(kept.getString("code"))
        .isNotEqualTo(new Secrets("another secret, longer").hash("code", signIn.id(), code));
  }

  /**
   * A code is never compared sign by sign: what is compared are keyed hashes, of which a nearly
   * right code says nothing, in the database by equality and in memory by {@link Secrets#same}.
   */
  @Test
  void comparison_saysNothingOfHowNearACodeWas() {
    var right = secrets.hash("code", "s", "123456");
    for (String near : List.of("123457", "023456", "123465", "12345")) {
      var other = secrets.hash("code", "s", near);
      assertThat(other).hasSize(right.length());
      assertThat(commonStart(right, other)).isLessThan(6);
    }
    assertThat(Secrets.same(right, right)).isTrue();
    assertThat(Secrets.same(right, right.substring(1))).isFalse();
  }

  @Test
  void codes_forOneAddress_areLimitedWhereverTheyAreAskedFrom() {
    for (int i = 0; i < 3; i++) {
      start("julia@example.com", "192.0.2." + i);
    }
    assertThatThrownBy(() -> start("JULIA@example.com", "192.0.2.77")).matches(LIMITED);
    start("marco@example.com", "192.0.2.77");
    clock.advance(Duration.ofMinutes(15));
    start("julia@example.com", "192.0.2.77");
  }

  @Test
  void codes_fromOnePlace_areLimitedForWhomeverTheyAre() {
    for (int i = 0; i < 4; i++) {
      start("julia-" + i + "@example.com", "192.0.2.1");
    }
    assertThatThrownBy(() -> start("julia-9@example.com", "192.0.2.1")).matches(LIMITED);
    assertThat(letters).hasSize(4);
    start("julia-9@example.com", "192.0.2.2");
  }

  @Test
  void wrongCodes_endTheSignInBeforeTheyCanBeGuessed() {
    var signIn = start("julia@example.com", "192.0.2.1");
    var code = code();
    for (int i = 0; i < 5; i++) {
      assertThatThrownBy(
              () -> signIns.redeem("signIns/" + signIn.id(), RunningIdentity.wrong(code)).block())
          .matches(refused(Refusal.CodeWrong.class));
    }
    assertThatThrownBy(() -> signIns.redeem("signIns/" + signIn.id(), code).block())
        .matches(refused(Refusal.TooManyAttempts.class));
  }

  private static Predicate<Throwable> refused(Class<? extends Refusal> why) {
    return error -> error instanceof RefusedException refused && why.isInstance(refused.refusal());
  }

  private static int commonStart(String one, String other) {
    int i = 0;
    while (i < Math.min(one.length(), other.length()) && one.charAt(i) == other.charAt(i)) {
      i++;
    }
    return i;
  }

  private SignIn start(String email, String place) {
    var signIn =
        signIns
            .start(ContactAddress.email(email), new SignIns.Asker("", "", place, "it", ""))
            .block();
    assertThat(signIn).isNotNull();
    return signIn;
  }

  private String code() {
    var matcher = CODE.matcher(letters.getLast());
    assertThat(matcher.find()).isTrue();
    return matcher.group();
  }

  /** Keeps what is sent. */
  private final class Letters implements Messenger {
    @Override
    public boolean serves(ContactAddress.Kind kind) {
      return true;
    }

    @Override
    public Mono<Void> send(ContactAddress to, String subject, String text) {
      return Mono.fromRunnable(() -> letters.add(text));
    }
  }
}
