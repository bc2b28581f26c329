package dev.filo.identity.store;

import static org.assertj.core.api.Assertions.assertThat;

import com.mongodb.reactivestreams.client.MongoDatabase;
import dev.filo.identity.domain.Passkey;
import dev.filo.identity.domain.PasskeyChallenge;
import dev.filo.identity.service.SessionStore.Place;
import dev.filo.testkit.MutableClock;
import dev.filo.testkit.StoreTest;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import reactor.core.publisher.Flux;

@StoreTest
class MongoPasskeyStoreTest {
  private static final String JULIA = "customers/julia";
  private static final Duration LIFE = Duration.ofMinutes(5);

  private final MutableClock clock = MutableClock.standing();
  private final MongoPasskeyStore store;

  MongoPasskeyStoreTest(MongoDatabase database) {
    store = new MongoPasskeyStore(database);
    store.prepare();
  }

  private PasskeyChallenge challenge(String id, String session, String customer) {
    return new PasskeyChallenge(id, "v", session, customer, "h", clock.instant().plus(LIFE));
  }

  private Passkey passkey(String id, String customer, long signCount) {
    return new Passkey(
        id,
        customer,
        "PC",
        "credential-" + id,
        "handle",
        "key",
        signCount,
        true,
        false,
        List.of("hybrid", "internal"),
        "registration-" + id,
        clock.instant(),
        null);
  }

  private boolean taken(String id, boolean registers, String session) {
    return store.take(id, registers, session, clock.instant()).hasElement().block() == Boolean.TRUE;
  }

  @Test
  void take_byManyAtOnce_isGivenToOne() {
    var challenge = challenge("c", "s", JULIA);
    store.add(challenge).block();
    var taken =
        Flux.range(0, 50)
            .flatMap(i -> store.take("c", true, "s", clock.instant()), 50)
            .collectList()
            .block();
    assertThat(taken).containsExactly(challenge);
  }

  @Test
  void take_byAnotherSessionOrForAnotherPurpose_leavesItThere() {
    store.add(challenge("c", "s", JULIA)).block();
    assertThat(taken("c", true, "other")).isFalse();
    assertThat(taken("c", true, "")).isFalse();
    assertThat(taken("c", false, "s")).isFalse();
    assertThat(taken("unknown", true, "s")).isFalse();
    assertThat(taken("c", true, "s")).isTrue();
    store.add(challenge("nobodys", "", "")).block();
    assertThat(taken("nobodys", false, "any")).isTrue();
  }

  @Test
  void take_atTheEndOfItsLife_isOver() {
    store.add(challenge("in time", "", "")).block();
    store.add(challenge("late", "", "")).block();
    clock.advance(LIFE.minusMillis(1));
    assertThat(taken("in time", false, "")).isTrue();
    clock.advance(Duration.ofMillis(1));
    assertThat(taken("late", false, "")).isFalse();
  }

  @Test
  void forget_dropsWhatIsOver() {
    store.add(challenge("old", "", "")).block();
    clock.advance(LIFE);
    store.add(challenge("new", "", "")).block();
    store.forget(clock.instant().plusMillis(1)).block();
    // Asked at a time when the old one was good, it is gone all the same.
    assertThat(store.take("old", false, "", clock.instant().minus(LIFE)).blockOptional()).isEmpty();
    assertThat(taken("new", false, "")).isTrue();
  }

  @Test
  void passkey_isKeptAsItIs_andOnce() {
    var passkey = passkey("p", JULIA, 1);
    assertThat(store.add(passkey).block()).isTrue();
    assertThat(store.add(passkey("p", "customers/marco", 1)).block()).isFalse();
    assertThat(store.find("p").block()).isEqualTo(passkey);
    assertThat(store.ofRegistration("registration-p").block()).isEqualTo(passkey);
    assertThat(store.ofRegistration("another").blockOptional()).isEmpty();
    assertThat(store.find("unknown").blockOptional()).isEmpty();
  }

  @Test
  void used_byManyWithOneCount_isOnes() {
    store.add(passkey("p", JULIA, 1)).block();
    var used =
        Flux.range(0, 50)
            .flatMap(i -> store.used("p", 2, true, clock.instant()), 50)
            .collectList()
            .block();
    assertThat(used).hasSize(1);
    var now = store.find("p").block();
    assertThat(now).isNotNull();
    assertThat(now.signCount()).isEqualTo(2);
    assertThat(now.backedUp()).isTrue();
    assertThat(now.useTime()).isEqualTo(clock.instant());
    assertThat(store.used("p", 1, true, clock.instant()).blockOptional()).isEmpty();
    assertThat(store.used("p", 0, true, clock.instant()).blockOptional()).isEmpty();
    assertThat(store.used("unknown", 9, true, clock.instant()).blockOptional()).isEmpty();
  }

  @Test
  void used_withoutACounter_isEverybodys() {
    store.add(passkey("p", JULIA, 0)).block();
    assertThat(store.used("p", 0, false, clock.instant()).blockOptional()).isPresent();
    assertThat(store.used("p", 0, false, clock.instant()).blockOptional()).isPresent();
  }

  @Test
  void list_showsHersNewestFirst_inPages() {
    store.add(passkey("a", JULIA, 1)).block();
    store.add(passkey("b", "customers/alias", 1)).block(); // at the same moment
    clock.advance(Duration.ofSeconds(1));
    store.add(passkey("c", JULIA, 1)).block();
    store.add(passkey("d", "customers/marco", 1)).block();
    var names = List.of(JULIA, "customers/alias");
    var first = store.list(names, Optional.empty(), 2).collectList().block();
    assertThat(first).extracting(Passkey::id).containsExactly("c", "b");
    var last = first.getLast();
    assertThat(
            store
                .list(names, Optional.of(new Place(last.createTime(), last.id())), 2)
                .map(Passkey::id)
                .collectList()
                .block())
        .containsExactly("a");
  }

  @Test
  void remove_isForHersOnly() {
    store.add(passkey("p", JULIA, 1)).block();
    assertThat(store.remove("p", List.of("customers/marco")).block()).isFalse();
    assertThat(store.remove("p", List.of("customers/marco", JULIA)).block()).isTrue();
    assertThat(store.remove("p", List.of(JULIA)).block()).isFalse();
    assertThat(store.used("p", 2, false, clock.instant()).blockOptional()).isEmpty();
  }
}
