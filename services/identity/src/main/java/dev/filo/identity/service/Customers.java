package dev.filo.identity.service;

import com.google.protobuf.Message;
import com.google.protobuf.Parser;
import dev.filo.identity.domain.AuditAct;
import dev.filo.identity.domain.Consent;
import dev.filo.identity.domain.ContactAddress;
import dev.filo.identity.domain.Customer;
import dev.filo.identity.domain.Evidence;
import dev.filo.identity.domain.IdentifierKey;
import dev.filo.identity.domain.Link;
import dev.filo.identity.domain.Refusal;
import dev.filo.platform.code.Ids;
import dev.filo.platform.mongo.StaleVersionException;
import dev.filo.proto.feed.v1.Actor;
import dev.filo.proto.identity.v1.CustomerSignedIn;
import dev.filo.proto.identity.v1.HandoffRedeemed;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/** Customers: made, found, changed, and recognised as one another. */
public final class Customers {
  private static final int CONTENDED_RETRIES_MAX = 20;

  private final CustomerStore store;
  private final Recognition recognition;
  private final InstantSource clock;

  /** The use cases over a store. */
  public Customers(CustomerStore store, Recognition recognition, InstantSource clock) {
    this.store = store;
    this.recognition = recognition;
    this.clock = clock;
  }

  /** A new guest. One value. */
  public Mono<Customer> newGuest(Function<String, Actor> actor) {
    return recognition.add(Ids.random(), true, actor);
  }

  /** The customer a name stands for now. Refused with CustomerUnknown when there is none. */
  public Mono<Customer> get(String name) {
    return current(Customer.id(name))
        .switchIfEmpty(Mono.error(() -> new RefusedException(new Refusal.CustomerUnknown(name))));
  }

  /**
   * A customer, and who is merged into her.
   *
   * @param customer what is known of all of them
   */
  public record Person(Customer customer, List<Customer> merged) {}

  /** As {@link #get}, together with those who are merged into her. */
  public Mono<Person> person(String name) {
    return get(name).flatMap(this::person);
  }

  /** A customer as she is now, together with those who are merged into her. One value. */
  public Mono<Person> person(Customer customer) {
    return recognition
        .members(customer.id())
        .map(merged -> new Person(customer.together(merged), merged));
  }

  /**
   * Customers as they are now, together with those who are merged into them, by the names they are
   * asked for; who is not known is left out. Two questions to the database for all but those who
   * are merged. One value.
   */
  public Mono<Map<String, Customer>> together(Collection<String> names) {
    var ids = names.stream().map(Customer::id).distinct().toList();
    return Mono.zip(
            store.findAll(ids).collectList(),
            store.mergedInto(ids).map(Customer::mergedInto).collect(Collectors.toSet()))
        .flatMapMany(
            found ->
                Flux.fromIterable(found.getT1())
                    .flatMap(
                        one ->
                            one.isAlias() || found.getT2().contains(one.id())
                                ? current(one.id())
                                    .flatMap(this::person)
                                    .map(person -> Map.entry(one.name(), person.customer()))
                                : Mono.just(Map.entry(one.name(), one))))
        .collectMap(Map.Entry::getKey, Map.Entry::getValue);
  }

  /** A customer's name and those of all who are merged into her. One value. */
  public Mono<List<String>> names(String name) {
    return recognition
        .members(Customer.id(name))
        .map(
            merged -> Stream.concat(Stream.of(name), merged.stream().map(Customer::name)).toList());
  }

  /** The customer an id stands for now. Empty when there is none. */
  public Mono<Customer> current(String id) {
    return recognition.current(id);
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
      Function<Person, T> answer,
      Actor actor) {
    var attempt =
        Mono.defer(
            () ->
                get(name)
                    .flatMap(
                        seen ->
                            store
                                .remembered(seen.id(), requestId, request, parser)
                                .switchIfEmpty(
                                    Mono.defer(() -> recognition.members(seen.id()))
                                        .flatMap(
                                            merged ->
                                                change(
                                                    seen,
                                                    etag,
                                                    change,
                                                    requestId,
                                                    request,
                                                    next ->
                                                        answer.apply(
                                                            new Person(
                                                                next.together(merged), merged)),
                                                    actor)))));
    return attempt
        .repeatWhenEmpty(CONTENDED_RETRIES_MAX, tries -> tries.delayElements(Duration.ofMillis(5)))
        .onErrorMap(IllegalStateException.class, e -> new StaleVersionException(name, 0));
  }

  private <T extends Message> Mono<T> change(
      Customer seen,
      String etag,
      Function<Customer.Profile, Customer.Profile> change,
      String requestId,
      Message request,
      Function<Customer, T> answer,
      Actor actor) {
    var version = Long.toString(seen.version());
    if (!etag.isEmpty() && !etag.equals(version)) {
      return Mono.error(new RefusedException(new Refusal.CustomerChanged(version)));
    }
    var next = change.apply(seen.profile());
    var act =
        recognition.act(
            actor, "customer.update", seen.name(), Map.of("fields", fields(seen.profile(), next)));
    return store
        .update(
            seen, next, new CustomerStore.Remembered(requestId, request, answer::apply), act, now())
        .delayUntil(done -> recognition.logged(store.acts(), act))
        .map(answer);
  }

  /** The names of what is told otherwise; what is told is in no log. */
  private static String fields(Customer.Profile seen, Customer.Profile next) {
    var fields = new ArrayList<String>();
    if (!seen.givenName().equals(next.givenName())) {
      fields.add("givenName");
    }
    if (!seen.familyName().equals(next.familyName())) {
      fields.add("familyName");
    }
    if (!seen.language().equals(next.language())) {
      fields.add("languageCode");
    }
    if (!Objects.equals(seen.place(), next.place())) {
      fields.add("place");
    }
    return String.join(",", fields);
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
   * becomes her alias, as she has shown the same address; a customer with an account never becomes
   * anybody else.
   *
   * @param guestId who asked for the code; empty when nobody did
   * @param actor who this is, by her name
   */
  public Mono<SignedIn> signedIn(
      ContactAddress address, String guestId, Function<String, Actor> actor) {
    var identifier = IdentifierKey.of(address);
    return asker(guestId)
        .flatMap(
            asker ->
                store
                    .owner(identifier.joins())
                    .switchIfEmpty(
                        Mono.defer(
                            () ->
                                store.claim(
                                    identifier.joins(),
                                    asker.now().map(Customer::id).orElseGet(Ids::random),
                                    now())))
                    .flatMap(owner -> recognition.present(owner, false, actor))
                    .flatMap(node -> shown(node, identifier, actor))
                    .flatMap(
                        customer -> follow(asker, customer, identifier, Evidence.CODE, actor)));
  }

  /**
   * The customer whose passkey has answered, as she is now. A guest on the device becomes her alias
   * by an address that is proven hers. Empty when there is no such customer.
   *
   * @param holderId whose the passkey was when it was registered
   * @param guestId who is on the device; empty when nobody is
   * @param actor who this is, by her name
   */
  public Mono<SignedIn> signedInByPasskey(
      String holderId, String guestId, Function<String, Actor> actor) {
    return current(holderId)
        .flatMap(customer -> person(customer))
        .flatMap(
            person ->
                store
                    .find(holderId)
                    .flatMap(
                        holder ->
                            Mono.justOrEmpty(address(holder).or(() -> address(person.customer()))))
                    .flatMap(
                        address ->
                            asker(guestId)
                                .flatMap(
                                    asker ->
                                        follow(
                                            asker,
                                            person.customer(),
                                            address,
                                            Evidence.PASSKEY,
                                            actor)))
                    .switchIfEmpty(
                        Mono.defer(
                            () ->
                                tellSignedIn(
                                    person.customer(),
                                    false,
                                    "",
                                    actor.apply(person.customer().name())))));
  }

  /** What is proven hers by the strongest evidence. */
  private static Optional<IdentifierKey> address(Customer customer) {
    return customer.links().stream()
        .filter(Link::isProven)
        .max(Comparator.comparing(Link::evidence))
        .map(Link::identifier);
  }

  /**
   * Who asked.
   *
   * @param name as the token said; empty when nobody asked, or no guest
   * @param now who that is now, if still a guest
   */
  private record Asker(String name, Optional<Customer> now) {
    static final Asker NOBODY = new Asker("", Optional.empty());
  }

  private Mono<Asker> asker(String guestId) {
    return guestId.isEmpty()
        ? Mono.just(Asker.NOBODY)
        : store
            .find(guestId)
            .filter(Customer::guest)
            .flatMap(
                guest ->
                    current(guestId)
                        .map(
                            now ->
                                new Asker(guest.name(), Optional.of(now).filter(Customer::guest))))
            .defaultIfEmpty(Asker.NOBODY);
  }

  /** Writes down that an address was shown by who has it, and gives her an account. */
  private Mono<Customer> shown(
      Customer node, IdentifierKey identifier, Function<String, Actor> actor) {
    var who = actor.apply(node.name());
    var fact = fact(identifier, Evidence.CODE, who);
    return current(node.id())
        .flatMap(
            customer ->
                customer.guest()
                    ? recognition.change(
                        customer.id(), seen -> seen.linked(fact, now()).withAccount(), who)
                    : recognition
                        .change(node.id(), seen -> seen.linked(fact, now()), who)
                        .thenReturn(customer));
  }

  private List<Link> fact(IdentifierKey identifier, Evidence evidence, Actor who) {
    return List.of(Link.of(identifier, evidence, now(), who.getPrincipal(), who.getChannel()));
  }

  private Mono<SignedIn> follow(
      Asker asker,
      Customer customer,
      IdentifierKey identifier,
      Evidence evidence,
      Function<String, Actor> actor) {
    var who = actor.apply(customer.name());
    boolean upgraded = asker.now().map(Customer::id).filter(customer.id()::equals).isPresent();
    var guest = asker.now().filter(one -> !one.id().equals(customer.id()));
    return Mono.justOrEmpty(guest)
        .flatMap(
            one ->
                recognition.change(
                    one.id(), seen -> seen.linked(fact(identifier, evidence, who), now()), who))
        .then(recognition.settle(customer.id(), who))
        .then(Mono.defer(() -> current(customer.id())))
        .flatMap(
            now -> former(asker, now).flatMap(former -> tellSignedIn(now, upgraded, former, who)));
  }

  /** The name of the asking guest if she is an alias of the customer now, else nothing. */
  private Mono<String> former(Asker asker, Customer customer) {
    return asker.name().isEmpty() || asker.name().equals(customer.name())
        ? Mono.just("")
        : current(Customer.id(asker.name()))
            .map(now -> now.id().equals(customer.id()) ? asker.name() : "")
            .defaultIfEmpty("");
  }

  private Mono<SignedIn> tellSignedIn(
      Customer customer, boolean upgraded, String former, Actor who) {
    Message told =
        CustomerSignedIn.newBuilder()
            .setCustomer(customer.name())
            .setGuestFollowed(upgraded || !former.isEmpty())
            .build();
    return store
        .tell(customer.id(), List.of(told), who, now())
        .map(known -> new SignedIn(known, former));
  }

  /**
   * Makes an alias a customer of her own again: what she shares with the one she was merged into is
   * withdrawn from her, and nothing known before joins them again. The answer, or the one given
   * first to the same request; refused with NotMerged when she is no alias.
   */
  public <T extends Message> Mono<T> unmerge(
      String name,
      String requestId,
      Message request,
      Parser<T> parser,
      Function<Person, T> answer,
      Actor actor) {
    var id = Customer.id(name);
    return Mono.defer(() -> store.find(id))
        .switchIfEmpty(Mono.error(() -> new RefusedException(new Refusal.CustomerUnknown(name))))
        .flatMap(
            seen ->
                store
                    .remembered(id, requestId, request, parser)
                    .switchIfEmpty(
                        Mono.defer(
                            () ->
                                seen.isAlias()
                                    ? recognition
                                        .members(id)
                                        .flatMap(
                                            merged ->
                                                unmerge(
                                                    seen, merged, requestId, request, answer,
                                                    actor))
                                    : Mono.error(
                                        new RefusedException(new Refusal.NotMerged(name))))))
        .retryWhen(Recognition.contended());
  }

  private <T extends Message> Mono<T> unmerge(
      Customer seen,
      List<Customer> merged,
      String requestId,
      Message request,
      Function<Person, T> answer,
      Actor actor) {
    Function<Customer, T> made = next -> answer.apply(new Person(next.together(merged), merged));
    return recognition
        .unmerge(seen, new CustomerStore.Remembered(requestId, request, made::apply), actor)
        .map(made);
  }

  /**
   * Writes down an answer about messages. The answer, or the one given first to the same request.
   */
  public <T extends Message> Mono<T> consent(
      String name,
      Consent consent,
      String requestId,
      Message request,
      Parser<T> parser,
      Function<Person, T> answer,
      Actor actor) {
    return Mono.defer(() -> get(name))
        .flatMap(
            seen ->
                store
                    .remembered(seen.id(), requestId, request, parser)
                    .switchIfEmpty(
                        Mono.defer(() -> recognition.members(seen.id()))
                            .flatMap(
                                merged -> {
                                  Function<Customer, T> made =
                                      next ->
                                          answer.apply(new Person(next.together(merged), merged));
                                  var act = answered(seen, consent, actor);
                                  return store
                                      .replace(
                                          seen,
                                          seen.consenting(consent),
                                          List.of(),
                                          actor,
                                          new CustomerStore.Remembered(
                                              requestId, request, made::apply),
                                          act,
                                          now())
                                      .delayUntil(done -> recognition.logged(store.acts(), act))
                                      .map(made)
                                      .switchIfEmpty(
                                          Mono.error(
                                              () ->
                                                  new StaleVersionException(
                                                      seen.id(), seen.version())));
                                })))
        .retryWhen(Recognition.contended());
  }

  private @Nullable AuditAct answered(Customer seen, Consent consent, Actor actor) {
    return recognition.act(
        actor,
        "customer.consent",
        seen.name(),
        Map.of(
            "purpose", consent.purpose().name(),
            "channel", consent.channel().name(),
            "granted", Boolean.toString(consent.granted())));
  }

  /** Tells that a customer's session was carried on. The customer. */
  public Mono<Customer> handedOff(Customer customer, Actor actor) {
    return store.tell(
        customer.id(),
        List.of(HandoffRedeemed.newBuilder().setCustomer(customer.name()).build()),
        actor,
        now());
  }

  /** The time as facts carry it. */
  public Instant now() {
    return clock.instant().truncatedTo(ChronoUnit.MILLIS);
  }
}
