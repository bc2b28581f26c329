package dev.filo.identity.service;

import static org.assertj.core.api.Assertions.assertThat;

import com.mongodb.client.model.Filters;
import com.mongodb.reactivestreams.client.MongoDatabase;
import dev.filo.identity.domain.ContactAddress;
import dev.filo.identity.domain.Customer;
import dev.filo.identity.store.MongoCustomerStore;
import dev.filo.platform.auth.SubjectAliases;
import dev.filo.platform.feed.FeedStore;
import dev.filo.platform.feed.FeedTail;
import dev.filo.platform.feed.Outbox;
import dev.filo.platform.feed.Relay;
import dev.filo.platform.watch.Changes;
import dev.filo.proto.feed.v1.Actor;
import dev.filo.proto.identity.v1.CustomerMerged;
import dev.filo.testkit.MutableClock;
import dev.filo.testkit.StoreTest;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Function;
import org.junit.jupiter.api.Test;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/** A sign-in that dies between any two of its steps, and what puts it right. */
@StoreTest
class MergeTest {
  private static final Function<String, Actor> ACTOR =
      name -> Actor.newBuilder().setPrincipal(name).setRole("customer").setChannel("web").build();
  // More than a sign-in makes calls to its store.
  private static final int STEPS_MAX = 15;

  private final MutableClock clock = MutableClock.standing();
  private final MongoDatabase database;
  private final MongoCustomerStore store;
  private final SubjectAliases aliases;
  private final Customers customers;

  MergeTest(MongoDatabase database) {
    this.database = database;
    var feed = new FeedStore(database);
    // Not started: what was told stays in the outboxes, to be counted.
    var relay =
        new Relay(
            feed,
            new FeedTail(feed, new Changes(), Duration.ofSeconds(1), event -> List.of()),
            clock);
    store = new MongoCustomerStore(database, relay);
    store.prepare();
    aliases = new SubjectAliases(database);
    customers = new Customers(store, aliases, clock);
  }

  @Test
  void signIn_thatDiedAnywhere_isPutRightByTheNext() {
    int died = 0;
    for (int step = 0; step < STEPS_MAX; step++) {
      var address = ContactAddress.email("julia-" + step + "@example.com");
      var account = customers.signedIn(address, "", ACTOR).block();
      var guest = customers.newGuest(ACTOR).block();
      assertThat(account).isNotNull();
      assertThat(guest).isNotNull();
      if (dies(step, address, guest.id())) {
        died++;
      }
      var in = customers.signedIn(address, guest.id(), ACTOR).block();
      assertThat(in).isNotNull();
      assertThat(in.customer().id()).isEqualTo(account.customer().id());
      assertThat(in.former()).as("dying at step %d", step).isEqualTo(guest.name());
      assertMerged(guest, account.customer());
    }
    assertThat(died).as("steps at which it died").isGreaterThan(6);
  }

  @Test
  void merge_thatDiedAfterItsDecision_isFinishedInTheBackground() {
    int decided = 0;
    for (int step = 0; step < STEPS_MAX; step++) {
      var address = ContactAddress.email("anna-" + step + "@example.com");
      var account = customers.signedIn(address, "", ACTOR).block();
      var guest = customers.newGuest(ACTOR).block();
      assertThat(account).isNotNull();
      assertThat(guest).isNotNull();
      dies(step, address, guest.id());
      clock.advance(Duration.ofSeconds(6));
      customers.finishMerges().block();
      var now = store.find(guest.id()).block();
      assertThat(now).isNotNull();
      if (now.isAlias()) {
        decided++;
        assertMerged(guest, account.customer());
      } else {
        assertThat(aliases.resolve(guest.name()).block()).isEqualTo(guest.name());
        assertThat(told(account.customer())).isZero();
      }
    }
    assertThat(decided).isBetween(5, STEPS_MAX - 2);
  }

  @Test
  void upgrade_thatDiedAnywhere_isPutRightByTheNext() {
    for (int step = 0; step < STEPS_MAX; step++) {
      var address = ContactAddress.email("marco-" + step + "@example.com");
      var guest = customers.newGuest(ACTOR).block();
      assertThat(guest).isNotNull();
      dies(step, address, guest.id());
      var in = customers.signedIn(address, guest.id(), ACTOR).block();
      assertThat(in).isNotNull();
      assertThat(in.customer().id()).as("dying at step %d", step).isEqualTo(guest.id());
      assertThat(in.customer().guest()).isFalse();
      assertThat(in.former()).isEmpty();
      assertThat(in.customer().identifiers()).hasSize(1);
    }
  }

  @Test
  void account_thatDiedBeforeItWasKept_isThereAtTheNext() {
    for (int step = 0; step < STEPS_MAX; step++) {
      var address = ContactAddress.email("luca-" + step + "@example.com");
      dies(step, address, "");
      var in = customers.signedIn(address, "", ACTOR).block();
      assertThat(in).isNotNull();
      assertThat(in.customer().guest()).isFalse();
      assertThat(store.owner(address).block()).isEqualTo(in.customer().id());
    }
  }

  @Test
  void guest_mergedIntoTwoAtOnce_followsOne() {
    for (int round = 0; round < 10; round++) {
      var one = ContactAddress.email("one-" + round + "@example.com");
      var other = ContactAddress.email("other-" + round + "@example.com");
      customers.signedIn(one, "", ACTOR).block();
      customers.signedIn(other, "", ACTOR).block();
      var guest = customers.newGuest(ACTOR).block();
      assertThat(guest).isNotNull();
      var both =
          Flux.merge(
                  customers.signedIn(one, guest.id(), ACTOR),
                  customers.signedIn(other, guest.id(), ACTOR))
              .collectList()
              .block();
      assertThat(both).isNotNull();
      assertThat(both.stream().filter(in -> in.former().equals(guest.name()))).hasSize(1);
      assertThat(both.get(0).customer().id()).isNotEqualTo(both.get(1).customer().id());
    }
  }

  private void assertMerged(Customer guest, Customer account) {
    var now = store.find(guest.id()).block();
    assertThat(now).isNotNull();
    assertThat(now.mergedInto()).isEqualTo(account.id());
    assertThat(aliases.resolve(guest.name()).block()).isEqualTo(account.name());
    assertThat(told(account)).isEqualTo(1);
    assertThat(
            Mono.from(
                    database.getCollection("merges").countDocuments(Filters.eq("_id", guest.id())))
                .block())
        .isEqualTo(1L);
    assertThat(store.pendingMerges(clock.instant().plusSeconds(60)).collectList().block())
        .isEmpty();
  }

  /** How often a merge was told of a customer. */
  private long told(Customer customer) {
    var document =
        Mono.from(
                database.getCollection("customers").find(Filters.eq("_id", customer.id())).first())
            .block();
    assertThat(document).isNotNull();
    return Outbox.events(document).stream()
        .filter(event -> event.getType().equals(CustomerMerged.getDescriptor().getFullName()))
        .count();
  }

  /** Signs in and dies after this many calls to the store. True when it came that far. */
  private boolean dies(int step, ContactAddress address, String guest) {
    var calls = new AtomicInteger();
    var mortal =
        (CustomerStore)
            Proxy.newProxyInstance(
                getClass().getClassLoader(),
                new Class<?>[] {CustomerStore.class},
                (proxy, method, arguments) -> {
                  if (calls.getAndIncrement() >= step) {
                    throw new Died();
                  }
                  try {
                    return method.invoke(store, arguments);
                  } catch (InvocationTargetException e) {
                    throw e.getCause();
                  }
                });
    var dying =
        Mono.defer(() -> new Customers(mortal, aliases, clock).signedIn(address, guest, ACTOR));
    return Boolean.TRUE.equals(dying.map(in -> false).onErrorReturn(Died.class, true).block());
  }

  private static final class Died extends RuntimeException {
    private static final long serialVersionUID = 1L;
  }
}
