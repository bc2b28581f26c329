package dev.filo.identity.service;

import dev.filo.identity.domain.AuditAct;
import dev.filo.identity.domain.ContactAddress;
import dev.filo.identity.domain.Customer;
import dev.filo.identity.domain.Erasure;
import dev.filo.identity.domain.ExportTicket;
import dev.filo.identity.domain.IdentifierKey;
import dev.filo.identity.domain.Link;
import dev.filo.identity.domain.Refusal;
import dev.filo.proto.feed.v1.Actor;
import dev.filo.proto.identity.v1.CustomerErased;
import dev.filo.proto.privacy.v1.PreviewResponse;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.time.temporal.ChronoUnit;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/**
 * What a customer is entitled to know and to have forgotten, in all services. An erasure is a
 * persisted saga: each service is asked in turn, its receipt noted, then the next; whoever finds it
 * due goes on, so that it survives a kill between any two steps. Thread-safe.
 */
public final class Privacy {
  private static final Logger log = LoggerFactory.getLogger(Privacy.class);
  // Longer than a step may take; what is older was left by a process that died.
  private static final Duration LEASE = Duration.ofSeconds(45);
  private static final Duration AGAIN = Duration.ofSeconds(1);
  private static final int AT_ONCE = 20;
  private static final Actor SYSTEM =
      Actor.newBuilder()
          .setPrincipal("services/identity")
          .setRole("service")
          .setChannel("system")
          .build();

  private final ErasureStore store;
  private final CustomerStore customers;
  private final Customers people;
  private final SignIns signIns;
  private final AuditLog audit;
  private final Participants participants;
  private final Secrets secrets;
  private final Times times;
  private final InstantSource clock;

  /**
   * How long things take.
   *
   * @param settle from the first round to the second: longer than anything is on its way
   * @param exportLife how long a leave to download is good
   */
  public record Times(Duration settle, Duration exportLife) {}

  /** The use cases over a store. */
  public Privacy(
      ErasureStore store,
      CustomerStore customers,
      Customers people,
      SignIns signIns,
      AuditLog audit,
      Participants participants,
      Secrets secrets,
      Times times,
      InstantSource clock) {
    this.store = store;
    this.customers = customers;
    this.people = people;
    this.signIns = signIns;
    this.audit = audit;
    this.participants = participants;
    this.secrets = secrets;
    this.times = times;
    this.clock = clock;
  }

  /**
   * Who asks, and how she shows that she may.
   *
   * @param staff true for a manager, who gives a reason
   * @param signIn a sign-in's name; empty for none
   */
  public record Asked(
      String actor,
      boolean staff,
      String session,
      String signIn,
      String code,
      String reason,
      String requestId) {
    /** The code is secret. */
    @Override
    public String toString() {
      return "Asked";
    }
  }

  /** The services that hold personal data, in the order they are asked. */
  public List<String> services() {
    return participants.services();
  }

  /** What erasing a customer would do, by service. One value; refused with CustomerUnknown. */
  public Mono<Map<String, PreviewResponse>> preview(String name) {
    return people
        .get(name)
        .flatMap(customer -> people.names(customer.name()))
        .flatMap(
            names ->
                Flux.fromIterable(participants.services())
                    .concatMap(
                        service ->
                            participants
                                .preview(service, names)
                                .map(found -> Map.entry(service, found)))
                    .collectMap(Map.Entry::getKey, Map.Entry::getValue, LinkedHashMap::new));
  }

  /**
   * Begins to erase a customer: her sessions have ended and nobody finds her by anything of hers
   * when this completes; the rest goes on. One value, the same for the same request.
   */
  public Mono<Erasure> erase(String name, Asked asked) {
    var id = secrets.hash("erasure", asked.actor(), name, asked.requestId());
    var content = secrets.hash("erasure request", asked.reason());
    return store
        .find(id)
        .flatMap(
            seen ->
                seen.requestHash().equals(content)
                    ? Mono.just(seen)
                    : Mono.<Erasure>error(new RefusedException(new Refusal.RequestReused())))
        .switchIfEmpty(Mono.defer(() -> begin(id, name, content, asked)));
  }

  private Mono<Erasure> begin(String id, String name, String content, Asked asked) {
    return people
        .person(name)
        .flatMap(person -> allowed(person.customer(), asked).thenReturn(person))
        .flatMap(person -> people.names(person.customer().name()))
        .flatMap(
            names ->
                store.add(
                    new Erasure(
                        id,
                        names,
                        asked.actor(),
                        asked.reason(),
                        content,
                        false,
                        1,
                        0,
                        Map.of(),
                        now(),
                        null)))
        .flatMap(
            added ->
                store
                    .take(id, now(), now().plus(LEASE))
                    .flatMap(this::step)
                    .onErrorResume(failed -> postponed(added, failed))
                    .defaultIfEmpty(added))
        .flatMap(done -> store.postpone(id, now()).thenReturn(done));
  }

  /**
   * Refused unless a manager says why, or she shows again that she is herself. A guest has nothing
   * but her session to show.
   */
  private Mono<Void> allowed(Customer customer, Asked asked) {
    if (asked.staff()) {
      return asked.reason().strip().length() < 3
          ? refused(new Refusal.FieldMissing("reason"))
          : Mono.empty();
    }
    if (customer.guest()) {
      return Mono.empty();
    }
    if (asked.signIn().isEmpty() || asked.code().isEmpty()) {
      return refused(new Refusal.ConfirmationNeeded());
    }
    return signIns
        .redeem(asked.signIn(), asked.code())
        .flatMap(
            signIn ->
                isHers(customer, signIn.address())
                    ? Mono.empty()
                    : refused(new Refusal.ConfirmationNeeded()));
  }

  private static boolean isHers(Customer customer, ContactAddress address) {
    var shown = IdentifierKey.of(address).joins();
    return customer.links().stream()
        .filter(Link::isProven)
        .anyMatch(link -> link.identifier().joins().equals(shown));
  }

  /** An erasure. One value; refused with ErasureUnknown when there is none. */
  public Mono<Erasure> get(String name) {
    return store.find(Erasure.id(name)).switchIfEmpty(refused(new Refusal.ErasureUnknown(name)));
  }

  /** Goes on with all erasures that are due. Completes; what fails is tried again later. */
  public Mono<Void> conduct() {
    return store.due(now(), AT_ONCE).concatMap(this::conduct).then();
  }

  private Mono<Void> conduct(String id) {
    return store
        .take(id, now(), now().plus(LEASE))
        .flatMap(
            taken ->
                steps(taken).onErrorResume(failed -> postponed(taken, failed).then(Mono.empty())))
        .then();
  }

  private Mono<Erasure> postponed(Erasure erasure, Throwable failed) {
    log.info("an erasure waits for the next try: {}", failed.toString());
    return store.postpone(erasure.id(), now().plus(AGAIN)).then(Mono.empty());
  }

  /** One step after the other, until it is over or the second round is to be waited for. */
  private Mono<Void> steps(Erasure erasure) {
    return step(erasure)
        .flatMap(next -> next.isDone() || isToSettle(erasure, next) ? Mono.empty() : steps(next));
  }

  private static boolean isToSettle(Erasure before, Erasure next) {
    return next.round() > before.round() && next.round() <= Erasure.ROUNDS;
  }

  /** One step. The erasure after it; empty when somebody else took it. */
  private Mono<Erasure> step(Erasure erasure) {
    if (erasure.isDone()) {
      return Mono.just(erasure);
    }
    if (!erasure.audited()) {
      return audit
          .append(act(erasure))
          .then(Mono.defer(() -> store.audited(erasure)))
          .flatMap(this::step);
    }
    var services = participants.services();
    if (erasure.round() > Erasure.ROUNDS) {
      return told(erasure).then(Mono.defer(() -> store.end(erasure, now())));
    }
    var service = services.get(erasure.next());
    return participants
        .erase(service, erasure.customers(), erasure.name(), erasure.round())
        .flatMap(
            receipt ->
                late(erasure)
                    .collectList()
                    .flatMap(
                        late -> {
                          if (!late.isEmpty()) { // somebody became her at this moment
                            return store.include(erasure, late).flatMap(this::step);
                          }
                          boolean last = erasure.next() == services.size() - 1;
                          return store.advance(
                              erasure,
                              service,
                              receipt.toByteArray(),
                              last ? erasure.round() + 1 : erasure.round(),
                              last ? 0 : erasure.next() + 1,
                              last && erasure.round() < Erasure.ROUNDS
                                  ? now().plus(times.settle())
                                  : now().plus(LEASE));
                        }));
  }

  /** Those who became her since her names were collected. */
  private Flux<String> late(Erasure erasure) {
    return customers
        .mergedInto(erasure.customers().stream().map(Customer::id).toList())
        .map(Customer::name)
        .filter(name -> !erasure.customers().contains(name));
  }

  private static AuditAct act(Erasure erasure) {
    var changes = new TreeMap<String, String>();
    changes.put("erasure", erasure.name());
    if (!erasure.reason().isEmpty()) {
      changes.put("reason", erasure.reason());
    }
    return new AuditAct(
        "erasure-" + erasure.id(),
        erasure.createTime(),
        erasure.actor(),
        "customer.erase",
        erasure.customer(),
        changes,
        false);
  }

  private Mono<Void> told(Erasure erasure) {
    return customers
        .tellErased(
            Customer.id(erasure.customer()),
            CustomerErased.newBuilder()
                .setCustomer(erasure.customer())
                .addAllAliases(erasure.customers().subList(1, erasure.customers().size()))
                .setErasure(erasure.name())
                .build(),
            SYSTEM,
            now())
        .then();
  }

  /** Leave to download what is held about a customer. One value, the same for the same request. */
  public Mono<ExportTicket> export(String name, Asked asked) {
    var id = secrets.hash("export", asked.actor(), asked.session(), name, asked.requestId());
    return store
        .ticket(id)
        .switchIfEmpty(
            Mono.defer(
                () ->
                    people
                        .get(name)
                        .flatMap(people::person)
                        .flatMap(
                            person ->
                                allowed(person.customer(), asked)
                                    .then(
                                        Mono.defer(
                                            () ->
                                                store.add(
                                                    new ExportTicket(
                                                        id,
                                                        person.customer().name(),
                                                        asked.session(),
                                                        "",
                                                        now(),
                                                        now().plus(times.exportLife()))))))));
  }

  /**
   * All names of the customer whose data a leave is for. One value; refused with ExportUnknown when
   * it is another session's, or over.
   *
   * @param name {@code customers/abc/exports/def}
   */
  public Mono<List<String>> redeem(String name, String session) {
    int slash = name.indexOf("/exports/");
    var customer = name.substring(0, slash);
    return store
        .ticket(name.substring(slash + "/exports/".length()))
        .filter(ticket -> ticket.session().equals(session) && !session.isEmpty())
        .filter(ticket -> now().isBefore(ticket.expireTime()))
        .flatMap(ticket -> people.get(ticket.customer()))
        .filter(now -> now.name().equals(customer))
        .flatMap(now -> people.names(now.name()))
        .switchIfEmpty(refused(new Refusal.ExportUnknown(name)));
  }

  private static <T> Mono<T> refused(Refusal why) {
    return Mono.error(() -> new RefusedException(why));
  }

  private Instant now() {
    return clock.instant().truncatedTo(ChronoUnit.MILLIS);
  }
}
