package dev.filo.identity.service;

import dev.filo.identity.domain.AuditAct;
import dev.filo.identity.domain.Customer;
import dev.filo.identity.domain.Evidence;
import dev.filo.identity.domain.Graph;
import dev.filo.identity.domain.IdentifierKey;
import dev.filo.identity.domain.Link;
import dev.filo.identity.domain.Merge;
import dev.filo.identity.domain.MergeCase;
import dev.filo.identity.domain.Refusal;
import dev.filo.platform.auth.SubjectAliases;
import dev.filo.platform.code.Ids;
import dev.filo.platform.mongo.StaleRetry;
import dev.filo.platform.mongo.StaleVersionException;
import dev.filo.proto.feed.v1.Actor;
import dev.filo.proto.identity.v1.CustomerCreated;
import dev.filo.proto.identity.v1.CustomerMerged;
import dev.filo.proto.identity.v1.CustomerUnmerged;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.time.temporal.ChronoUnit;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Function;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.util.retry.Retry;

/**
 * Who is who. New facts are written first, each into the document of the customer it is about; then
 * what follows from all facts around her is worked out and done, one conditional write after the
 * other, until nothing is left to do. A customer with new facts is marked until then, so that
 * whoever comes next, or the background, finishes what a process left. Thread-safe.
 */
public final class Recognition {
  private static final Logger log = LoggerFactory.getLogger(Recognition.class);
  // A person with more customers than this is none: something is shared that should be blocked.
  private static final int COMPONENT_MAX = 2_000;
  private static final int ROUNDS_MAX = 50;
  private static final int CONTENDED_RETRIES_MAX = 50;
  // Working out takes milliseconds; what is older was left by a process that died.
  private static final Duration LEFT = Duration.ofSeconds(5);
  // Evidence that comes with every message is written down once a day.
  private static final Duration REFRESH = Duration.ofDays(1);
  private static final String CLAIMED = "claimed/";
  private static final String REQUEST = "request/";
  private static final Actor SYSTEM =
      Actor.newBuilder()
          .setPrincipal("services/identity")
          .setRole("service")
          .setChannel("system")
          .build();

  private final CustomerStore store;
  private final MergeCaseStore cases;
  private final SubjectAliases aliases;
  private final AuditLog audit;
  private final Graph.Policy policy;
  private final InstantSource clock;

  /** Works on customers in a store, under a policy. */
  public Recognition(
      CustomerStore store,
      MergeCaseStore cases,
      SubjectAliases aliases,
      AuditLog audit,
      Graph.Policy policy,
      InstantSource clock) {
    this.store = store;
    this.cases = cases;
    this.aliases = aliases;
    this.audit = audit;
    this.policy = policy;
    this.clock = clock;
  }

  /** What a caller knows of a person. */
  public record Fact(IdentifierKey identifier, Evidence evidence) {}

  /** The policy. */
  public Graph.Policy policy() {
    return policy;
  }

  /** The customer an id stands for now. Empty when there is none. */
  public Mono<Customer> current(String id) {
    return current(id, new HashSet<>());
  }

  private Mono<Customer> current(String id, Set<String> seen) {
    return store
        .find(id)
        .flatMap(
            customer ->
                customer.isAlias() && seen.add(id)
                    ? current(customer.mergedInto(), seen)
                    : Mono.just(customer));
  }

  /** Who is merged into a customer, directly or by way of others. One value. */
  public Mono<List<Customer>> members(String id) {
    return members(Set.of(id), new LinkedHashMap<>()).map(found -> List.copyOf(found.values()));
  }

  private Mono<Map<String, Customer>> members(Set<String> into, Map<String, Customer> all) {
    return store
        .mergedInto(into)
        .filter(one -> !all.containsKey(one.id()))
        .collectList()
        .flatMap(
            found -> {
              found.forEach(one -> all.put(one.id(), one));
              return found.isEmpty() || all.size() > COMPONENT_MAX
                  ? Mono.just(all)
                  : members(ids(found), all);
            });
  }

  private static Set<String> ids(Collection<Customer> customers) {
    var ids = new LinkedHashSet<String>();
    customers.forEach(one -> ids.add(one.id()));
    return ids;
  }

  /** Adds a customer; one that is there is left as she is. One value. */
  public Mono<Customer> add(String id, boolean guest, Function<String, Actor> actor) {
    var customer = Customer.created(id, guest, now());
    return store.add(
        customer,
        List.of(CustomerCreated.newBuilder().setCustomer(customer.name()).build()),
        actor.apply(customer.name()));
  }

  /**
   * The one customer whom facts are about; a new guest when nobody is known by any of them. Proven
   * identifiers find and join people. A claim finds only a guest of whom nothing but that was ever
   * claimed. Blocked identifiers say nothing.
   *
   * @param actor who says so, by the customer's name
   */
  public Mono<Customer> resolve(List<Fact> facts, Function<String, Actor> actor) {
    return resolve(facts, Ids.random(), actor);
  }

  /**
   * As {@link #resolve(List, Function)}, once under a request: who is made is made once. Refused
   * with RequestReused when the request came before with other content.
   *
   * @param request names the request and who makes it
   * @param content tells one content from another
   */
  public Mono<Customer> resolveOnce(
      List<Fact> facts, String request, String content, Function<String, Actor> actor) {
    return store
        .claim(REQUEST + request, content, now())
        .flatMap(
            first ->
                first.equals(content)
                    ? store
                        .isErased(request) // who was made by it then
                        .flatMap(erased -> resolve(facts, erased ? Ids.random() : request, actor))
                    : Mono.error(new RefusedException(new Refusal.RequestReused())));
  }

  /** Who is made, if nobody is known, has this id. */
  private Mono<Customer> resolve(
      List<Fact> facts, String candidate, Function<String, Actor> actor) {
    var now = now();
    var proven = new TreeMap<String, Fact>();
    var claimed = new TreeMap<String, Fact>();
    for (var fact : facts) {
      if (!policy.blocked().test(fact.identifier())) {
        (fact.evidence().isProof() ? proven : claimed)
            .merge(fact.identifier().key(), fact, Recognition::stronger);
      }
    }
    var claims = new LinkedHashSet<String>();
    proven.values().stream().map(fact -> fact.identifier().joins()).sorted().forEach(claims::add);
    if (claims.isEmpty()) {
      claimed.values().stream()
          .map(fact -> CLAIMED + fact.identifier().joins())
          .sorted()
          .limit(1)
          .forEach(claims::add);
    }
    var taken = new AtomicBoolean();
    // In one order: of two who come at once with the same, the first to have the first has all.
    return Flux.fromIterable(claims)
        .concatMap(
            claim ->
                store
                    .owner(claim)
                    .switchIfEmpty(Mono.defer(() -> store.claim(claim, candidate, now)))
                    .doOnNext(owner -> taken.compareAndSet(false, owner.equals(candidate))))
        .collectList()
        .flatMap(owners -> among(owners, candidate))
        .flatMap(
            id ->
                (id.equals(candidate) || !taken.get()
                        ? Mono.<Void>empty()
                        : Flux.fromIterable(claims)
                            .concatMap(claim -> store.passOn(claim, candidate, id))
                            .then())
                    .then(present(id, true, actor)))
        .flatMap(
            node ->
                proven.isEmpty() && !claims.isEmpty() && !isOnlyClaimed(node)
                    ? instead(node, claims.getFirst(), candidate, actor)
                    : Mono.just(node))
        .flatMap(
            node -> {
              var who = actor.apply(node.name());
              return note(
                  node,
                  Stream.concat(proven.values().stream(), claimed.values().stream())
                      .map(
                          fact ->
                              Link.of(
                                  fact.identifier(),
                                  fact.evidence(),
                                  now,
                                  who.getPrincipal(),
                                  who.getChannel()))
                      .toList(),
                  actor);
            });
  }

  /**
   * Whom of those who have the identifiers they are written down about: who has the first, or, if
   * nobody had it, somebody who is there already.
   */
  private Mono<String> among(List<String> owners, String candidate) {
    if (owners.isEmpty() || !owners.getFirst().equals(candidate)) {
      return Mono.just(owners.isEmpty() ? candidate : owners.getFirst());
    }
    return Flux.fromIterable(owners)
        .filter(owner -> !owner.equals(candidate))
        .concatMap(store::find)
        .next()
        .map(Customer::id)
        .defaultIfEmpty(candidate);
  }

  private static boolean isOnlyClaimed(Customer node) {
    return node.guest() && !node.isAlias() && node.links().stream().noneMatch(Link::isProven);
  }

  /** Somebody is known by more than a claim since: whoever claims it now may be another. */
  private Mono<Customer> instead(
      Customer known, String claim, String candidate, Function<String, Actor> actor) {
    return store
        .passOn(claim, known.id(), candidate)
        .then(Mono.defer(() -> store.owner(claim)))
        .flatMap(owner -> present(owner, true, actor));
  }

  private static Fact stronger(Fact one, Fact other) {
    return one.evidence().compareTo(other.evidence()) >= 0 ? one : other;
  }

  /** The owner of a claim; made now if a process died between the claim and her document. */
  public Mono<Customer> present(String id, boolean guest, Function<String, Actor> actor) {
    return store.find(id).switchIfEmpty(Mono.defer(() -> add(id, guest, actor)));
  }

  /** Writes down what is new about a customer, and who she is then. One value. */
  private Mono<Customer> note(Customer node, List<Link> facts, Function<String, Actor> actor) {
    var fresh = facts.stream().filter(fact -> !isKnown(node, fact)).toList();
    if (fresh.isEmpty() && node.unsettledSince() == null) {
      return node.isAlias() ? current(node.id()) : Mono.just(node);
    }
    var who = actor.apply(node.name());
    return change(
            node.id(),
            seen -> seen.linked(fresh, now()),
            who,
            act(who, "customer.link", node.name(), evidence(fresh)))
        .then(settle(node.id(), actor.apply(node.name())))
        .then(Mono.defer(() -> current(node.id())));
  }

  /** By the identifiers' types, what is known of them now; their values are in no log. */
  private static Map<String, String> evidence(List<Link> facts) {
    var evidence = new TreeMap<String, String>();
    facts.forEach(
        fact ->
            evidence.merge(
                fact.identifier().type().name(),
                fact.evidence().name(),
                (one, other) -> one + " " + other));
    return evidence;
  }

  private static boolean isKnown(Customer node, Link fact) {
    return node.links().stream()
        .anyMatch(
            link ->
                link.identifier().equals(fact.identifier())
                    && link.withdrawTime() == null
                    && link.evidence().compareTo(fact.evidence()) >= 0
                    && link.lastTime().plus(REFRESH).isAfter(fact.lastTime()));
  }

  /**
   * Changes a customer as she is now, however often she changes meanwhile. Her new state; empty
   * when there is none. A change that gives her as she is is not written.
   */
  public Mono<Customer> change(String id, UnaryOperator<Customer> how, Actor actor) {
    return change(id, how, actor, null);
  }

  private Mono<Customer> change(
      String id, UnaryOperator<Customer> how, Actor actor, @Nullable AuditAct act) {
    return Mono.defer(() -> store.find(id))
        .flatMap(
            seen -> {
              var next = how.apply(seen);
              return next.equals(seen) // a change raises the version
                  ? Mono.just(seen)
                  : store
                      .replace(seen, next, List.of(), actor, null, act, now())
                      .switchIfEmpty(
                          Mono.error(() -> new StaleVersionException(id, seen.version())))
                      .delayUntil(done -> logged(store.acts(), act));
            })
        .retryWhen(contended());
  }

  /**
   * What is to come into the audit log of an act; null when it was not staff's: what customers do
   * and what follows from facts is no administration.
   */
  @Nullable AuditAct act(Actor actor, String action, String subject, Map<String, String> changes) {
    return actor.getPrincipal().startsWith("staff/")
        ? new AuditAct(
            Ids.random(),
            now(),
            actor.getPrincipal(),
            action,
            subject,
            new TreeMap<>(changes),
            false)
        : null;
  }

  /** Puts an act that was written with its change into the audit log. Completes. */
  Mono<Void> logged(ActStore where, @Nullable AuditAct act) {
    return audit.settle(where, act);
  }

  static Retry contended() {
    return StaleRetry.backoff(CONTENDED_RETRIES_MAX, Duration.ofMillis(1), Duration.ofMillis(50));
  }

  /** Makes the customers around one as all facts about them say. */
  public Mono<Void> settle(String id, Actor actor) {
    return Mono.defer(() -> settle(id, actor, 0));
  }

  private Mono<Void> settle(String id, Actor actor, int round) {
    return around(id)
        .flatMap(
            all -> {
              if (all.size() > COMPONENT_MAX) {
                log.warn("a person with more than {} customers is left as is", COMPONENT_MAX);
                return settled(all.values());
              }
              var resolution = Graph.resolve(all.values(), policy);
              var steps = Graph.plan(all.values(), resolution);
              if (steps.isEmpty()) {
                return Flux.fromIterable(resolution.ambiguities())
                    .concatMap(this::open)
                    .then(Mono.defer(() -> settled(all.values())));
              }
              if (round == ROUNDS_MAX) {
                return Mono.error(new StaleVersionException(id, round));
              }
              return Flux.fromIterable(steps)
                  .concatMap(step -> take(step, all, actor))
                  .then(Mono.defer(() -> settle(id, actor, round + 1)));
            });
  }

  private Mono<Void> settled(Collection<Customer> all) {
    return Flux.fromIterable(all)
        .filter(one -> one.unsettledSince() != null)
        .concatMap(store::settled)
        .then();
  }

  /** Does one step; nothing happens when the customer has changed since she was read. */
  private Mono<Void> take(Graph.Step step, Map<String, Customer> all, Actor actor) {
    var seen = step.customer();
    var now = now();
    return switch (step) {
      case Graph.Step.Join(var customer, var into, var cause) ->
          store
              .replace(
                  customer,
                  customer.mergedInto(new Merge(into, cause, now, actor.getPrincipal(), null, "")),
                  List.of(
                      new CustomerStore.Told(
                          into,
                          CustomerMerged.newBuilder()
                              .setCustomer(Customer.name(into))
                              .setAlias(customer.name())
                              .build())),
                  actor,
                  null,
                  null,
                  now)
              .doOnNext(done -> aliases.forget())
              .then();
      case Graph.Step.Part(var customer) ->
          store
              .replace(
                  seen,
                  customer.refusing(above(customer, all)).parted(now, ""),
                  List.of(unmerged(customer, top(customer, all), "links")),
                  actor,
                  null,
                  null,
                  now)
              .doOnNext(done -> aliases.forget())
              .then();
    };
  }

  static CustomerStore.Told unmerged(Customer alias, String from, String cause) {
    return new CustomerStore.Told(
        from,
        CustomerUnmerged.newBuilder()
            .setCustomer(Customer.name(from))
            .setAlias(alias.name())
            .setCause(cause)
            .build());
  }

  /** Whom an alias stands under, the nearest first. */
  private static List<Customer> above(Customer alias, Map<String, Customer> all) {
    var above = new LinkedHashMap<String, Customer>();
    var next = all.get(alias.mergedInto());
    while (next != null && above.putIfAbsent(next.id(), next) == null) {
      next = all.get(next.mergedInto());
    }
    return List.copyOf(above.values());
  }

  /** Whom an alias stands for. */
  static String top(Customer alias, Map<String, Customer> all) {
    var seen = new HashSet<String>();
    var id = alias.mergedInto();
    while (seen.add(id)) {
      var next = all.get(id);
      if (next == null || !next.isAlias()) {
        return id;
      }
      id = next.mergedInto();
    }
    return id;
  }

  private Mono<Void> open(Graph.Ambiguity ambiguity) {
    var id = Ids.derived("merge case", ambiguity.one(), ambiguity.other());
    return cases
        .add(MergeCase.of(id, ambiguity, now()))
        .filter(added -> !added)
        .flatMap(there -> cases.find(id))
        .flatMap(
            seen -> {
              var next = seen.seenAgain(ambiguity);
              return next.equals(seen)
                  ? Mono.<Void>empty()
                  : cases.replace(seen, next, null, null).then();
            });
  }

  /**
   * A customer and all who share anything with her or with one of those: one value, empty map when
   * there is none. More than {@value #COMPONENT_MAX} are not read to the end.
   */
  Mono<Map<String, Customer>> around(String id) {
    return around(Set.of(id), Set.of(), new TreeMap<>(), new HashSet<>());
  }

  private Mono<Map<String, Customer>> around(
      Set<String> ids, Set<String> parents, Map<String, Customer> all, Set<String> asked) {
    var wanted = new LinkedHashSet<>(ids);
    wanted.removeAll(all.keySet());
    return Flux.concat(store.findAll(wanted), store.mergedInto(parents))
        .collectList()
        .flatMap(
            found -> {
              var fresh = new LinkedHashMap<String, Customer>();
              found.stream()
                  .filter(one -> !all.containsKey(one.id()))
                  .forEach(one -> fresh.put(one.id(), one));
              var keys = new LinkedHashSet<String>();
              fresh.values().stream()
                  .flatMap(one -> one.links().stream())
                  .filter(link -> link.isProven() && !policy.blocked().test(link.identifier()))
                  .map(link -> link.identifier().joins())
                  .filter(asked::add)
                  .forEach(keys::add);
              return store
                  .having(keys)
                  .filter(one -> !all.containsKey(one.id()))
                  .doOnNext(one -> fresh.putIfAbsent(one.id(), one))
                  .then(Mono.defer(() -> further(fresh, all, asked)));
            });
  }

  private Mono<Map<String, Customer>> further(
      Map<String, Customer> fresh, Map<String, Customer> all, Set<String> asked) {
    all.putAll(fresh);
    if (fresh.isEmpty() || all.size() > COMPONENT_MAX) {
      return Mono.just(all);
    }
    var keys = new LinkedHashSet<String>();
    var more = new LinkedHashSet<String>();
    for (var one : fresh.values()) {
      if (one.isAlias()) {
        more.add(one.mergedInto());
      }
      one.verdicts().forEach(verdict -> more.add(verdict.other()));
      one.links().stream()
          .filter(link -> link.isProven() && !policy.blocked().test(link.identifier()))
          .map(link -> link.identifier().joins())
          .filter(key -> !asked.contains(key))
          .forEach(keys::add);
    }
    asked.addAll(keys);
    return store
        .having(keys)
        .map(Customer::id)
        .doOnNext(more::add)
        .then(Mono.defer(() -> around(more, fresh.keySet(), all, asked)));
  }

  /**
   * Makes an alias a customer of her own again, as a person says. What the alias became of;
   * remembered with the request.
   *
   * @param remembered the request and its answer, made of her new state
   */
  public Mono<Customer> unmerge(Customer seen, CustomerStore.Remembered remembered, Actor actor) {
    return around(seen.id())
        .flatMap(
            all -> {
              var hers = under(seen.id(), all);
              var before = earlierElsewhere(seen, hers, all.values());
              var from = top(seen, all);
              var now = now();
              var act =
                  act(
                      actor,
                      "customer.unmerge",
                      seen.name(),
                      Map.of("customer", Customer.name(from)));
              return store
                  .replace(
                      seen,
                      seen.refusing(above(seen, all))
                          .unmerged(before.keySet(), now, actor.getPrincipal()),
                      List.of(unmerged(seen, from, "staff")),
                      actor,
                      remembered,
                      act,
                      now)
                  .switchIfEmpty(
                      Mono.error(() -> new StaleVersionException(seen.id(), seen.version())))
                  .doOnNext(done -> aliases.forget())
                  .delayUntil(done -> logged(store.acts(), act))
                  .delayUntil(
                      done ->
                          Flux.fromIterable(before.entrySet())
                              .concatMap(
                                  kept -> store.passOn(kept.getKey(), seen.id(), kept.getValue()))
                              .then(settle(seen.id(), actor))
                              .then(settle(from, actor)));
            });
  }

  private static Set<String> under(String id, Map<String, Customer> all) {
    var under = new HashSet<>(Set.of(id));
    boolean grows = true;
    while (grows) {
      grows = false;
      for (var one : all.values()) {
        if (one.isAlias() && under.contains(one.mergedInto()) && under.add(one.id())) {
          grows = true;
        }
      }
    }
    return under;
  }

  /** What somebody else had before her, with who had it first. */
  private static Map<String, String> earlierElsewhere(
      Customer seen, Set<String> hers, Collection<Customer> all) {
    var before = new TreeMap<String, String>();
    for (var link : seen.links()) {
      if (link.isProven()) {
        all.stream()
            .filter(one -> !hers.contains(one.id()))
            .filter(one -> first(one, link.identifier()) != null)
            .min(
                Comparator.comparing(
                        (Customer one) -> Objects.requireNonNull(first(one, link.identifier())))
                    .thenComparing(Customer::id))
            .filter(
                one -> {
                  var time = Objects.requireNonNull(first(one, link.identifier()));
                  return time.isBefore(link.firstTime())
                      || (time.equals(link.firstTime()) && Customer.BY_AGE.compare(one, seen) < 0);
                })
            .ifPresent(one -> before.put(link.identifier().joins(), one.id()));
      }
    }
    return before;
  }

  private static @Nullable Instant first(Customer one, IdentifierKey identifier) {
    return one.links().stream()
        .filter(Link::isProven)
        .filter(link -> link.identifier().joins().equals(identifier.joins()))
        .map(Link::firstTime)
        .min(Comparator.naturalOrder())
        .orElse(null);
  }

  /** Works out what processes left half done. */
  public Mono<Void> settleLeft() {
    return store
        .unsettled(now().minus(LEFT))
        .concatMap(
            left -> {
              log.info("what was left half done about a customer is finished");
              return settle(left.id(), SYSTEM);
            })
        .then();
  }

  Instant now() {
    return clock.instant().truncatedTo(ChronoUnit.MILLIS);
  }
}
