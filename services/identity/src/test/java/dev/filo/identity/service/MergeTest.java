package dev.filo.identity.service;

import static org.assertj.core.api.Assertions.assertThat;

import com.mongodb.client.model.Filters;
import com.mongodb.reactivestreams.client.MongoDatabase;
import dev.filo.identity.domain.Blocked;
import dev.filo.identity.domain.ContactAddress;
import dev.filo.identity.domain.Customer;
import dev.filo.identity.domain.Graph;
import dev.filo.identity.store.MongoAuditStore;
import dev.filo.identity.store.MongoCustomerStore;
import dev.filo.identity.store.MongoMergeCaseStore;
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
  private static final int STEPS_MAX = 30;

  private final MutableClock clock = MutableClock.standing();
  private final MongoDatabase database;
  private final MongoCustomerStore store;
  private final SubjectAliases aliases;
  private final MongoMergeCaseStore cases;
  private final Customers customers;
  private final Recognition recognition;

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
    cases = new MongoMergeCaseStore(database);
    cases.prepare();
    aliases = new SubjectAliases(database);
    recognition = recognition(store);
    customers = new Customers(store, recognition, clock);
  }

  private Recognition recognition(CustomerStore over) {
    return new Recognition(
        over,
        cases,
        aliases,
        new AuditLog(new MongoAuditStore(database), new Secrets("a secret of sixteen")),
        new Graph.Policy(Graph.LIMITS, new Blocked(List.of())),
        clock);
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
      recognition.settleLeft().block();
      var now = store.find(guest.id()).block();
      assertThat(now).isNotNull();
      if (now.isAlias()) {
        decided++;
        assertMerged(guest, account.customer());
      } else {
        assertThat(told(now)).isZero();
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
      assertThat(in.customer().links()).hasSize(1);
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
      assertThat(store.owner(address.claim()).block()).isEqualTo(in.customer().id());
    }
  }

  @Test
  void guest_mergedIntoTwoAtOnce_followsOne() {
    for (int round = 0; round < 10; round++) {
      var one = ContactAddress.email("one-" + round + "@example.com");
      var other = ContactAddress.email("other-" + round + "@example.com");
      var first = customers.signedIn(one, "", ACTOR).block();
      customers.signedIn(other, "", ACTOR).block();
      var guest = customers.newGuest(ACTOR).block();
      assertThat(guest).isNotNull();
      assertThat(first).isNotNull();
      var both =
          Flux.merge(
                  customers.signedIn(one, guest.id(), ACTOR),
                  customers.signedIn(other, guest.id(), ACTOR))
              .collectList()
              .block();
      assertThat(both).isNotNull();
      assertThat(both.get(0).customer().id()).isNotEqualTo(both.get(1).customer().id());
      var now = store.find(guest.id()).block();
      assertThat(now).isNotNull();
      assertThat(both.stream().map(in -> in.customer().id())).contains(now.mergedInto());
      // Settled: whatever comes next finds nothing left to do.
      recognition.settle(guest.id(), ACTOR.apply("")).block();
      assertThat(store.find(guest.id()).block()).isEqualTo(now);
    }
  }

  private void assertMerged(Customer guest, Customer account) {
    var now = store.find(guest.id()).block();
    assertThat(now).isNotNull();
    assertThat(now.mergedInto()).isEqualTo(account.id());
    assertThat(now.merges()).hasSize(1);
    assertThat(told(now)).isEqualTo(1);
    assertThat(store.unsettled(clock.instant().plusSeconds(60)).collectList().block()).isEmpty();
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
        Mono.defer(
            () ->
                new Customers(mortal, recognition(mortal), clock).signedIn(address, guest, ACTOR));
    return Boolean.TRUE.equals(dying.map(in -> false).onErrorReturn(Died.class, true).block());
  }

  private static final class Died extends RuntimeException {
    private static final long serialVersionUID = 1L;
  }
}
