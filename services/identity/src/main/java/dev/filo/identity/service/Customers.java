package dev.filo.identity.service;

import com.google.protobuf.Message;
import com.google.protobuf.Parser;
import dev.filo.identity.domain.ContactAddress;
import dev.filo.identity.domain.Customer;
import dev.filo.identity.domain.Refusal;
import dev.filo.platform.auth.SubjectAliases;
import dev.filo.platform.code.Ids;
import dev.filo.proto.feed.v1.Actor;
import dev.filo.proto.identity.v1.CustomerCreated;
import dev.filo.proto.identity.v1.CustomerSignedIn;
import dev.filo.proto.identity.v1.HandoffRedeemed;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import reactor.core.publisher.Mono;

/** Customers: made, found, changed, and recognised as one another. */
public final class Customers {
  private static final Logger log = LoggerFactory.getLogger(Customers.class);
  // No chain is longer: a guest is merged once, and accounts never are.
  private static final int CHAIN = 4;
  private static final int CONTENDED_RETRIES_MAX = 20;
  // A merge takes milliseconds; what is older was left by a process that died.
  private static final Duration MERGE_LEFT = Duration.ofSeconds(5);

  private final CustomerStore store;
  private final SubjectAliases aliases;
  private final InstantSource clock;

  /** The use cases over a store. */
  public Customers(CustomerStore store, SubjectAliases aliases, InstantSource clock) {
    this.store = store;
    this.aliases = aliases;
    this.clock = clock;
  }

  /** A new guest. One value. */
  public Mono<Customer> newGuest(Function<String, Actor> actor) {
    return add(Ids.random(), true, actor);
  }

  private Mono<Customer> add(String id, boolean guest, Function<String, Actor> actor) {
    var customer = new Customer(id, guest, Customer.Profile.EMPTY, List.of(), now(), 1, "");
    return store.add(
        customer,
        List.of(CustomerCreated.newBuilder().setCustomer(customer.name()).build()),
        actor.apply(customer.name()));
  }

  /** The customer a name stands for now. Refused with CustomerUnknown when there is none. */
  public Mono<Customer> get(String name) {
    return current(Customer.id(name))
        .switchIfEmpty(Mono.error(() -> new RefusedException(new Refusal.CustomerUnknown(name))));
  }

  /** The customer an id stands for now. Empty when there is none. */
  public Mono<Customer> current(String id) {
    return current(id, CHAIN);
  }

  private Mono<Customer> current(String id, int hops) {
    return store
        .find(id)
        .flatMap(
            customer ->
                customer.isAlias() && hops > 0
                    ? current(customer.mergedInto(), hops - 1)
                    : Mono.just(customer));
  }

  /**
   * Changes what a customer tells about herself. The answer, or the one given first to the same
   * request.
   *
   * @param etag empty: whatever her version is
   * @param change makes the new profile of the present one
   */
  public <T extends Message> Mono<T> update(
      String name,
      String etag,
      Function<Customer.Profile, Customer.Profile> change,
      String requestId,
      Message request,
      Parser<T> parser,
      Function<Customer, T> answer) {
    var attempt =
        Mono.defer(
            () ->
                get(name)
                    .flatMap(
                        seen ->
                            store
                                .remembered(seen.id(), requestId, request, parser)
                                .switchIfEmpty(
                                    Mono.defer(
                                        () ->
                                            change(
                                                seen, etag, change, requestId, request, answer)))));
    return attempt
        .repeatWhenEmpty(CONTENDED_RETRIES_MAX, tries -> tries.delayElements(Duration.ofMillis(5)))
        .onErrorMap(
            IllegalStateException.class,
            e -> new dev.filo.platform.mongo.StaleVersionException(name, 0));
  }

  private <T extends Message> Mono<T> change(
      Customer seen,
      String etag,
      Function<Customer.Profile, Customer.Profile> change,
      String requestId,
      Message request,
      Function<Customer, T> answer) {
    var version = Long.toString(seen.version());
    if (!etag.isEmpty() && !etag.equals(version)) {
      return Mono.error(new RefusedException(new Refusal.CustomerChanged(version)));
    }
    return store
        .update(
            seen,
            change.apply(seen.profile()),
            new CustomerStore.Remembered(requestId, request, answer::apply),
            now())
        .map(answer);
  }

  /**
   * Who has signed in.
   *
   * @param former the name of the guest whose things came along from another customer; empty when
   *     none did
   */
  public record SignedIn(Customer customer, String former) {}

  /**
   * The customer who has shown an address to be hers. It is the one who has it; else the guest who
   * asked for the code, who thereby has an account; else a new one. A guest other than the customer
   * becomes her alias; a customer with an account never becomes anybody else.
   *
   * @param guestId who asked for the code; empty when nobody did
   * @param actor who this is, by her name
   */
  public Mono<SignedIn> signedIn(
      ContactAddress address, String guestId, Function<String, Actor> actor) {
    return asker(guestId)
        .flatMap(
            asker -> {
              var candidate =
                  asker.filter(Customer::guest).filter(guest -> !guest.isAlias()).map(Customer::id);
              return store
                  .owner(address)
                  .switchIfEmpty(
                      Mono.defer(
                          () -> store.claim(address, candidate.orElseGet(Ids::random), now())))
                  .flatMap(owner -> present(owner, actor))
                  .flatMap(
                      customer ->
                          follow(asker, customer, actor)
                              .flatMap(
                                  former -> verified(customer, address, asker, former, actor)));
            });
  }

  private Mono<Optional<Customer>> asker(String guestId) {
    return guestId.isEmpty()
        ? Mono.just(Optional.empty())
        : store.find(guestId).map(Optional::of).defaultIfEmpty(Optional.empty());
  }

  /** The owner of a claim; made now if a process died between the claim and her document. */
  private Mono<Customer> present(String id, Function<String, Actor> actor) {
    return current(id).switchIfEmpty(Mono.defer(() -> add(id, false, actor)));
  }

  /** Merges the guest who asked into the customer. The guest's name; empty text when none did. */
  private Mono<String> follow(
      Optional<Customer> asker, Customer customer, Function<String, Actor> actor) {
    if (asker.isEmpty() || asker.get().id().equals(customer.id()) || !asker.get().guest()) {
      return Mono.just("");
    }
    var guest = asker.get();
    var who = actor.apply(customer.name());
    var decided =
        guest.isAlias()
            ? Mono.just(guest).filter(alias -> alias.mergedInto().equals(customer.id()))
            : store.mergeInto(guest.id(), customer.id(), who, now());
    return decided
        .flatMap(
            alias -> finish(alias.id(), customer.id(), who).thenReturn(Customer.name(alias.id())))
        .defaultIfEmpty("");
  }

  private Mono<SignedIn> verified(
      Customer customer,
      ContactAddress address,
      Optional<Customer> asker,
      String former,
      Function<String, Actor> actor) {
    boolean upgraded =
        asker.filter(Customer::guest).map(Customer::id).filter(customer.id()::equals).isPresent();
    Message told =
        CustomerSignedIn.newBuilder()
            .setCustomer(customer.name())
            .setGuestFollowed(upgraded || !former.isEmpty())
            .build();
    return store
        .verified(customer.id(), address, List.of(told), actor.apply(customer.name()), now())
        .map(known -> new SignedIn(known, former))
        // The guest was merged into somebody else between our reading and now: her claim follows
        // her.
        .switchIfEmpty(
            Mono.defer(
                () ->
                    current(customer.id())
                        .filter(moved -> !moved.id().equals(customer.id()))
                        .flatMap(
                            moved -> verified(moved, address, Optional.empty(), former, actor))));
  }

  /** Everything of a merge after the decision; each step can be repeated. */
  private Mono<Void> finish(String alias, String customer, Actor actor) {
    return store
        .journal(alias, customer, actor, now())
        .then(Mono.defer(() -> aliases.record(Customer.name(alias), Customer.name(customer))))
        .then(Mono.defer(() -> store.absorb(customer, alias, actor, now())))
        .then(Mono.defer(() -> store.merged(alias)));
  }

  /** Finishes merges that a process left half done. */
  public Mono<Void> finishMerges() {
    return store
        .pendingMerges(now().minus(MERGE_LEFT))
        .concatMap(
            left -> {
              log.info("a merge that was left half done is finished");
              return finish(left.alias(), left.customer(), left.actor());
            })
        .then();
  }

  /** Tells that a customer's session was carried on. The customer. */
  public Mono<Customer> handedOff(Customer customer, Actor actor) {
    return store.tell(
        customer.id(),
        List.of(HandoffRedeemed.newBuilder().setCustomer(customer.name()).build()),
        actor,
        now());
  }

  private Instant now() {
    return clock.instant().truncatedTo(ChronoUnit.MILLIS);
  }
}
