package dev.filo.identity.domain;

import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * Who is one person: a function of the facts alone. In whichever order they became known, the same
 * facts give the same people.
 *
 * <p>Two customers who have one identifier, proven for both, are one person, unless both have an
 * account, or would together have too many identifiers of one type, or somebody decided that they
 * are two: then it is ambiguous, and a person decides. Which pairs are joined first matters only
 * then; they are taken by when both facts were there, then by the identifier, then by the ids.
 */
public final class Graph {
  /**
   * Identifiers of one type a person has at most, where the retailer does not say otherwise: a few
   * addresses and numbers in a life, more cards.
   */
  public static final Map<IdentifierKey.Type, Integer> LIMITS =
      Map.of(
          IdentifierKey.Type.EMAIL, 10,
          IdentifierKey.Type.PHONE, 10,
          IdentifierKey.Type.WHATSAPP, 10,
          IdentifierKey.Type.MESSENGER, 5,
          IdentifierKey.Type.INSTAGRAM, 5,
          IdentifierKey.Type.LOYALTY_CARD, 5,
          IdentifierKey.Type.TILL_CARD, 20);

  /** Identifiers of one type a person has at most; more count as claims. */
  public record Policy(Map<IdentifierKey.Type, Integer> limits, Predicate<IdentifierKey> blocked) {
    /** Copies what can change. */
    public Policy {
      limits = Map.copyOf(limits);
    }

    int limit(IdentifierKey.Type type) {
      return limits.getOrDefault(type, Integer.MAX_VALUE);
    }
  }

  /** Why two are not joined by themselves. */
  public enum Cause {
    /** Both have an account. */
    ACCOUNTS,
    /** They would have too many identifiers of one type. */
    LIMIT,
    /** A person decided that they are two, and there is new evidence. */
    APART
  }

  /**
   * Two customers who may be one.
   *
   * @param one the elder
   * @param identifiers what both have, by what it is compared by
   * @param time of the newest of the facts
   */
  public record Ambiguity(
      String one, String other, Cause cause, Set<String> identifiers, Instant time) {}

  /**
   * What follows from facts.
   *
   * @param roots by customer: the one who stands for her person, who may be herself
   * @param causes by customer who is not: the identifier that joined her; empty for a verdict
   */
  public record Resolution(
      Map<String, String> roots, Map<String, String> causes, List<Ambiguity> ambiguities) {}

  /** Something to be done so that the customers are as the facts say. */
  public sealed interface Step {
    /** Whom it is done to. */
    Customer customer();

    /** She becomes an alias. */
    record Join(Customer customer, String into, String cause) implements Step {}

    /** She is no alias any more. */
    record Part(Customer customer) implements Step {}
  }

  private record Edge(
      String one,
      String other,
      String identifier,
      Instant time,
      Instant codeTime,
      boolean together) {
    static final Comparator<Edge> ORDER =
        Comparator.comparing((Edge edge) -> !edge.together)
            .thenComparing(Edge::time)
            .thenComparing(Edge::identifier)
            .thenComparing(Edge::one)
            .thenComparing(Edge::other);
  }

  private record Holder(Customer customer, Link link) {
    static final Comparator<Holder> ORDER =
        Comparator.comparing((Holder holder) -> holder.link.firstTime())
            .thenComparing(holder -> holder.customer.id());
  }

  private final Policy policy;
  private final Map<String, Customer> customers = new TreeMap<>();
  private final Map<String, String> parents = new HashMap<>();
  private final Map<String, Set<String>> members = new HashMap<>();
  private final Map<String, Map<IdentifierKey.Type, Set<String>>> held = new HashMap<>();
  private final Map<String, Verdict> verdicts = new HashMap<>();

  private Graph(Collection<Customer> all, Policy policy) {
    this.policy = policy;
    for (var customer : all) {
      customers.put(customer.id(), customer);
      parents.put(customer.id(), customer.id());
      members.put(customer.id(), new TreeSet<>(Set.of(customer.id())));
      var mine = new EnumMap<IdentifierKey.Type, Set<String>>(IdentifierKey.Type.class);
      effective(customer, policy)
          .forEach(
              link ->
                  mine.computeIfAbsent(link.identifier().type(), type -> new HashSet<>())
                      .add(link.identifier().joins()));
      held.put(customer.id(), mine);
      for (var verdict : customer.verdicts()) {
        verdicts.merge(
            pair(customer.id(), verdict.other()),
            verdict,
            (one, other) -> other.time().isAfter(one.time()) ? other : one);
      }
    }
  }

  /** Who is who, among customers and all who share anything with them. */
  public static Resolution resolve(Collection<Customer> customers, Policy policy) {
    return new Graph(customers, policy).resolution();
  }

  /** The links that count for joining: proven, not blocked, the first of each type. */
  public static List<Link> effective(Customer customer, Policy policy) {
    var counts = new EnumMap<IdentifierKey.Type, Integer>(IdentifierKey.Type.class);
    return customer.links().stream()
        .filter(Link::isProven)
        .filter(link -> !policy.blocked.test(link.identifier()))
        .sorted(
            Comparator.comparing(Link::firstTime).thenComparing(link -> link.identifier().key()))
        .filter(
            link ->
                counts.merge(link.identifier().type(), 1, Integer::sum)
                    <= policy.limit(link.identifier().type()))
        .toList();
  }

  private Resolution resolution() {
    var edges = new ArrayList<>(shared());
    edges.addAll(decided());
    edges.sort(Edge.ORDER);
    var causes = new HashMap<String, String>();
    var refused = new LinkedHashMap<Edge, Cause>();
    for (var edge : edges) {
      var one = find(edge.one);
      var other = find(edge.other);
      if (one.equals(other)) {
        continue;
      }
      var cause = objection(edge, one, other);
      if (cause != null) {
        refused.put(edge, cause);
        continue;
      }
      causes.putIfAbsent(edge.one, edge.identifier);
      causes.putIfAbsent(edge.other, edge.identifier);
      join(one, other);
    }
    var roots = new TreeMap<String, String>();
    customers.keySet().forEach(id -> roots.put(id, root(find(id))));
    return new Resolution(roots, causes, ambiguities(refused, roots));
  }

  /** For each identifier: those with an account, and who had it first, with all others. */
  private List<Edge> shared() {
    var holders = new TreeMap<String, List<Holder>>();
    for (var customer : customers.values()) {
      effective(customer, policy)
          .forEach(
              link ->
                  holders
                      .computeIfAbsent(link.identifier().joins(), key -> new ArrayList<>())
                      .add(new Holder(customer, link)));
    }
    var edges = new ArrayList<Edge>();
    holders.forEach(
        (identifier, all) -> {
          all.sort(Holder.ORDER);
          for (int i = 0; i < all.size(); i++) {
            if (i > 0 && all.get(i).customer.guest()) {
              continue;
            }
            for (int j = 0; j < all.size(); j++) {
              if (!all.get(i).customer.id().equals(all.get(j).customer.id())) {
                edges.add(edge(identifier, all.get(i), all.get(j)));
              }
            }
          }
        });
    return edges;
  }

  private static Edge edge(String identifier, Holder one, Holder other) {
    boolean inOrder = one.customer.id().compareTo(other.customer.id()) < 0;
    return new Edge(
        (inOrder ? one : other).customer.id(),
        (inOrder ? other : one).customer.id(),
        identifier,
        later(one.link.firstTime(), other.link.firstTime()),
        later(codeTime(one.link), codeTime(other.link)),
        false);
  }

  /** When she last showed it herself: by a code, or by her passkey. */
  private static Instant codeTime(Link link) {
    return link.evidence().compareTo(Evidence.PASSKEY) >= 0 ? link.lastTime() : Instant.MIN;
  }

  private static Instant later(Instant one, Instant other) {
    return one.isAfter(other) ? one : other;
  }

  /** What people decided; who was merged before there was a journal stays so. */
  private List<Edge> decided() {
    var edges = new ArrayList<Edge>();
    verdicts.forEach(
        (pair, verdict) -> {
          var ids = pair.split("/");
          if (verdict.together()
              && customers.containsKey(ids[0])
              && customers.containsKey(ids[1])) {
            edges.add(new Edge(ids[0], ids[1], "", verdict.time(), Instant.MIN, true));
          }
        });
    for (var customer : customers.values()) {
      if (customer.isAlias()
          && customer.merges().isEmpty()
          && customers.containsKey(customer.mergedInto())
          && !verdicts.containsKey(pair(customer.id(), customer.mergedInto()))) {
        edges.add(
            new Edge(
                customer.id(),
                customer.mergedInto(),
                "",
                customer.createTime(),
                Instant.MIN,
                true));
      }
    }
    return edges;
  }

  private @Nullable Cause objection(Edge edge, String one, String other) {
    for (var verdict : between(one, other)) {
      boolean shownSince =
          edge.together ? edge.time.isAfter(verdict.time()) : edge.codeTime.isAfter(verdict.time());
      if (!verdict.together() && !shownSince) {
        return Cause.APART;
      }
    }
    if (edge.together) {
      return null;
    }
    if (hasAccount(one) && hasAccount(other)) {
      return Cause.ACCOUNTS;
    }
    for (var type : IdentifierKey.Type.values()) {
      var both = new HashSet<>(of(one).getOrDefault(type, Set.of()));
      both.addAll(of(other).getOrDefault(type, Set.of()));
      if (both.size() > policy.limit(type)) {
        return Cause.LIMIT;
      }
    }
    return null;
  }

  private List<Verdict> between(String one, String other) {
    var found = new ArrayList<Verdict>();
    for (var mine : members(one)) {
      for (var theirs : members(other)) {
        var verdict = verdicts.get(pair(mine, theirs));
        if (verdict != null) {
          found.add(verdict);
        }
      }
    }
    return found;
  }

  private boolean hasAccount(String group) {
    return members(group).stream().anyMatch(id -> !customer(id).guest());
  }

  private void join(String one, String other) {
    parents.put(other, one);
    members(one).addAll(members(other));
    of(other)
        .forEach((type, keys) -> of(one).computeIfAbsent(type, t -> new HashSet<>()).addAll(keys));
  }

  /** Who has an account, else the eldest. */
  private String root(String group) {
    return members(group).stream()
        .map(this::customer)
        .min(Comparator.comparing(Customer::guest).thenComparing(Customer.BY_AGE))
        .orElseThrow()
        .id();
  }

  private List<Ambiguity> ambiguities(Map<Edge, Cause> refused, Map<String, String> roots) {
    var found = new LinkedHashMap<String, Ambiguity>();
    refused.forEach(
        (edge, cause) -> {
          var one = customer(Objects.requireNonNull(roots.get(edge.one)));
          var other = customer(Objects.requireNonNull(roots.get(edge.other)));
          if (one.id().equals(other.id()) || edge.together) {
            return;
          }
          boolean news =
              between(find(one.id()), find(other.id())).stream()
                  .allMatch(verdict -> edge.time.isAfter(verdict.time()));
          if (news) {
            boolean inOrder = Customer.BY_AGE.compare(one, other) < 0;
            found.merge(
                pair(one.id(), other.id()),
                new Ambiguity(
                    (inOrder ? one : other).id(),
                    (inOrder ? other : one).id(),
                    cause,
                    new TreeSet<>(Set.of(edge.identifier)),
                    edge.time),
                Graph::both);
          }
        });
    return List.copyOf(found.values());
  }

  private static Ambiguity both(Ambiguity known, Ambiguity more) {
    var identifiers = new TreeSet<>(known.identifiers);
    identifiers.addAll(more.identifiers);
    return new Ambiguity(
        known.one, known.other, known.cause, identifiers, later(known.time, more.time));
  }

  /** What to do, in this order, so that the customers are as was resolved. */
  public static List<Step> plan(Collection<Customer> customers, Resolution resolution) {
    var steps = new ArrayList<Step>();
    var inOrder = customers.stream().sorted(Customer.BY_AGE).toList();
    for (var customer : inOrder) {
      var root = resolution.roots.get(customer.id());
      if (customer.isAlias()
          && (customer.id().equals(root)
              || isCircle(customer, customers)
              || !Objects.equals(root, resolution.roots.get(customer.mergedInto())))) {
        steps.add(new Step.Part(customer));
      }
    }
    if (!steps.isEmpty()) {
      return steps; // then look again: a step changes what the next is made of
    }
    for (var customer : inOrder) {
      var root = Objects.requireNonNull(resolution.roots.get(customer.id()));
      if (!customer.isAlias() && !customer.id().equals(root)) {
        steps.add(new Step.Join(customer, root, resolution.causes.getOrDefault(customer.id(), "")));
      }
    }
    return steps;
  }

  /** True for one who is an alias of herself, by way of others: two were joined at one moment. */
  private static boolean isCircle(Customer customer, Collection<Customer> all) {
    var into = new HashMap<String, String>();
    all.forEach(one -> into.put(one.id(), one.mergedInto()));
    var at = customer.mergedInto();
    for (int hops = 0; hops <= all.size() && !at.isEmpty(); hops++) {
      if (at.equals(customer.id())) {
        return true;
      }
      at = into.getOrDefault(at, "");
    }
    return false;
  }

  private String find(String id) {
    var parent = parent(id);
    return parent.equals(id) ? id : find(parent);
  }

  private String parent(String id) {
    return Objects.requireNonNull(parents.get(id));
  }

  private Set<String> members(String group) {
    return Objects.requireNonNull(members.get(group));
  }

  private Map<IdentifierKey.Type, Set<String>> of(String group) {
    return Objects.requireNonNull(held.get(group));
  }

  private Customer customer(String id) {
    return Objects.requireNonNull(customers.get(id));
  }

  private static String pair(String one, String other) {
    return one.compareTo(other) < 0 ? one + "/" + other : other + "/" + one;
  }
}
