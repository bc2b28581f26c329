package dev.filo.identity.store;

import static org.assertj.core.api.Assertions.assertThat;

import com.mongodb.reactivestreams.client.MongoDatabase;
import dev.filo.identity.domain.ContactAddress;
import dev.filo.identity.domain.SignIn;
import dev.filo.identity.service.SignInStore.Redemption;
import dev.filo.testkit.MutableClock;
import dev.filo.testkit.StoreTest;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import reactor.core.publisher.Flux;

@StoreTest
class MongoSignInStoreTest {
  private static final Duration WINDOW = Duration.ofMinutes(15);

  private final MutableClock clock = MutableClock.standing();
  private final MongoSignInStore store;

  MongoSignInStoreTest(MongoDatabase database) {
    store = new MongoSignInStore(database);
    store.prepare();
  }

  @Test
  void redeem_byManyAtOnce_isGivenToOne() {
    store.add(signIn("s")).block();
    var outcomes =
        Flux.range(0, 50)
            .flatMap(i -> store.redeem("s", "right", 5, clock.instant()), 50)
            .collectList()
            .block();
    assertThat(outcomes).filteredOn(Redemption.Redeemed.class::isInstance).hasSize(1);
    assertThat(outcomes).filteredOn(Redemption.Over.class::isInstance).hasSize(49);
  }

  @Test
  void redeem_wrongByManyAtOnce_countsEachOne() {
    store.add(signIn("s")).block();
    var outcomes =
        Flux.range(0, 50)
            .flatMap(i -> store.redeem("s", "wrong", 5, clock.instant()), 50)
            .collectList()
            .block();
    assertThat(outcomes).filteredOn(Redemption.Wrong.class::isInstance).hasSize(5);
    assertThat(outcomes).filteredOn(Redemption.Exhausted.class::isInstance).hasSize(45);
  }

  @Test
  void redeem_atTheEndOfItsLife_isOver() {
    store.add(signIn("s")).block();
    clock.advance(Duration.ofMinutes(10));
    assertThat(store.redeem("s", "right", 5, clock.instant()).block())
        .isInstanceOf(Redemption.Over.class);
    assertThat(store.redeem("unknown", "right", 5, clock.instant()).block())
        .isInstanceOf(Redemption.Over.class);
  }

  @Test
  void redeem_justBeforeTheEndOfItsLife_isGood() {
    store.add(signIn("s")).block();
    clock.advance(Duration.ofMinutes(10).minusMillis(1));
    assertThat(store.redeem("s", "right", 5, clock.instant()).block())
        .isInstanceOf(Redemption.Redeemed.class);
  }

  @Test
  void limit_slidesWithTheWindow() {
    for (int i = 0; i < 5; i++) {
      assertThat(store.limit("k", 5, WINDOW, clock.instant()).block()).isNull();
      clock.advance(Duration.ofMinutes(1));
    }
    assertThat(store.limit("k", 5, WINDOW, clock.instant()).block())
        .isEqualTo(Duration.ofMinutes(10));
    assertThat(store.limit("other", 5, WINDOW, clock.instant()).block()).isNull();
    clock.advance(Duration.ofMinutes(10));
    assertThat(store.limit("k", 5, WINDOW, clock.instant()).block()).isNull();
    assertThat(store.limit("k", 5, WINDOW, clock.instant()).block())
        .isEqualTo(Duration.ofMinutes(1));
  }

  @Test
  void limit_byManyAtOnce_letsAsManyAsItSays() {
    var waits =
        Flux.range(0, 50)
            .flatMap(i -> store.limit("k", 5, WINDOW, clock.instant()), 50)
            .collectList()
            .block();
    assertThat(waits).hasSize(45);
  }

  private SignIn signIn(String id) {
    return new SignIn(
        id,
        ContactAddress.email("julia@example.com"),
        "",
        "right",
        "request",
        true,
        clock.instant().plus(Duration.ofMinutes(10)));
  }
}
