package dev.filo.identity.domain;

import static org.assertj.core.api.Assertions.assertThat;

import dev.filo.identity.domain.Graph.Cause;
import dev.filo.identity.domain.IdentifierKey.Type;
import dev.filo.testkit.Model;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** Who is one person follows from the facts. */
class GraphTest {
  private static final Instant START = Instant.parse("2026-03-02T09:00:00Z");
  private static final Graph.Policy POLICY =
      new Graph.Policy(
          Map.of(Type.EMAIL, 2, Type.LOYALTY_CARD, 1), new Blocked(List.of("phone:+390212345*")));

  private static Instant at(int minute) {
    return START.plusSeconds(60L * minute);
  }

  private static Customer guest(String id, int minute, Link... links) {
    return Customer.created(id, true, at(minute)).linked(List.of(links), at(minute));
  }

  private static Customer account(String id, int minute, Link... links) {
    return guest(id, minute, links).withAccount();
  }

  private static Link link(String key, Evidence evidence, int minute) {
    return Link.of(IdentifierKey.ofKey(key), evidence, at(minute), "services/test", "chat");
  }

  private static Link proven(String key, int minute) {
    return link(key, Evidence.PROVIDER, minute);
  }

  private static Map<String, String> roots(Customer... customers) {
    return Graph.resolve(List.of(customers), POLICY).roots();
  }

  @Test
  void sharedProof_joinsGuestsUnderTheElder_andUnderAnAccount() {
    assertThat(
            roots(guest("b", 1, proven("messenger:1", 1)), guest("a", 2, proven("messenger:1", 2))))
        .isEqualTo(Map.of("a", "b", "b", "b"));
    assertThat(
            roots(
                guest("b", 1, proven("messenger:1", 1)), account("a", 2, proven("messenger:1", 2))))
        .isEqualTo(Map.of("a", "a", "b", "a"));
  }

  @Test
  void claim_joinsNobody() {
    assertThat(
            roots(
                account("a", 1, link("email:j@example.com", Evidence.CODE, 1)),
                guest("b", 2, link("email:j@example.com", Evidence.CLAIMED, 2))))
        .isEqualTo(Map.of("a", "a", "b", "b"));
  }

  @Test
  void blocked_joinsNobody() {
    assertThat(
            roots(
                guest("a", 1, proven("phone:+39021234567", 1)),
                guest("b", 2, proven("phone:+39021234567", 2)),
                guest("c", 3, proven("email:noreply@example.com", 3)),
                guest("d", 4, proven("email:noreply@example.com", 4))))
        .isEqualTo(Map.of("a", "a", "b", "b", "c", "c", "d", "d"));
  }

  @Test
  void accounts_neverMergeByThemselves_andAPersonIsAsked() {
    var resolution =
        Graph.resolve(
            List.of(
                account("a", 1, proven("phone:+393471234567", 1)),
                account("b", 2, proven("whatsapp:+393471234567", 2))),
            POLICY);
    assertThat(resolution.roots()).isEqualTo(Map.of("a", "a", "b", "b"));
    assertThat(resolution.ambiguities())
        .singleElement()
        .satisfies(
            found -> {
              assertThat(found.one()).isEqualTo("a");
              assertThat(found.cause()).isEqualTo(Cause.ACCOUNTS);
              assertThat(found.identifiers()).containsExactly("phone:+393471234567");
            });
  }

  @Test
  void limit_demotesInsteadOfAWrongMerge() {
    var resolution =
        Graph.resolve(
            List.of(
                guest("a", 1, proven("messenger:1", 1), proven("loyalty_card:A001", 1)),
                guest("b", 2, proven("messenger:1", 2), proven("loyalty_card:B002", 2))),
            POLICY);
    assertThat(resolution.roots()).isEqualTo(Map.of("a", "a", "b", "b"));
    assertThat(resolution.ambiguities())
        .extracting(Graph.Ambiguity::cause)
        .containsExactly(Cause.LIMIT);
    // Of one customer the third address is no more than a claim: it joins nobody.
    var many =
        guest(
            "c",
            1,
            proven("email:1@example.com", 1),
            proven("email:2@example.com", 2),
            proven("email:3@example.com", 3));
    assertThat(Graph.effective(many, POLICY))
        .extracting(link -> link.identifier().value())
        .containsExactly("1@example.com", "2@example.com");
    assertThat(roots(many, guest("d", 4, proven("email:3@example.com", 4))))
        .isEqualTo(Map.of("c", "c", "d", "d"));
  }

  @Test
  void verdict_joinsAccounts_andKeepsApart_theLaterHolds() {
    var one = account("a", 1, proven("messenger:1", 1));
    var other = account("b", 2, proven("messenger:1", 2));
    var together = other.judged(new Verdict("a", true, at(5), "staff/x"), at(5));
    assertThat(roots(one, together)).isEqualTo(Map.of("a", "a", "b", "a"));
    var apartLater = one.judged(new Verdict("b", false, at(6), "staff/x"), at(6));
    assertThat(roots(apartLater, together)).isEqualTo(Map.of("a", "a", "b", "b"));
  }

  @Test
  void keptApart_byOldFacts_staysSo_byNewProofIsAsked_byHerOwnCodeIsOver() {
    var one = account("a", 1, link("email:j@example.com", Evidence.CODE, 1));
    var apart =
        guest("b", 2, proven("email:j@example.com", 2))
            .judged(new Verdict("a", false, at(5), "staff/x"), at(5));
    var old = Graph.resolve(List.of(one, apart), POLICY);
    assertThat(old.roots()).isEqualTo(Map.of("a", "a", "b", "b"));
    assertThat(old.ambiguities()).isEmpty();
    var news =
        Graph.resolve(
            List.of(
                one,
                apart.linked(List.of(proven("messenger:1", 6)), at(6)),
                guest("c", 7, proven("messenger:1", 7), proven("email:j@example.com", 7))),
            POLICY);
    assertThat(news.roots().get("b")).isNotEqualTo("a");
    var shown = apart.linked(List.of(link("email:j@example.com", Evidence.CODE, 6)), at(6));
    assertThat(roots(one, shown)).isEqualTo(Map.of("a", "a", "b", "a"));
  }

  @Test
  void plan_ofSelfChainsAndCycles_endsWithOneRootEach() {
    var cause = new Merge("", "", at(1), "", null, "");
    var a = guest("a", 1, proven("messenger:1", 1));
    var b = guest("b", 2, proven("messenger:1", 2));
    var c = guest("c", 3, proven("messenger:1", 3));
    // However they point at one another now.
    for (var all :
        List.of(
            List.of(into(a, "b", cause), into(b, "c", cause), into(c, "a", cause)),
            List.of(into(a, "a", cause), b, c),
            List.of(a, into(b, "c", cause), into(c, "b", cause)),
            List.of(into(a, "c", cause), b, c))) {
      assertThat(rootsAfter(all)).isEqualTo(Map.of("a", "a", "b", "a", "c", "a"));
    }
  }

  private static Customer into(Customer customer, String into, Merge cause) {
    return customer.mergedInto(new Merge(into, cause.cause(), cause.time(), cause.by(), null, ""));
  }

  /** Takes all steps until there are none; who stands for whom then. */
  private static Map<String, String> rootsAfter(List<Customer> customers) {
    var all = new java.util.TreeMap<String, Customer>();
    customers.forEach(one -> all.put(one.id(), one));
    for (int round = 0; round < 10; round++) {
      var steps = Graph.plan(all.values(), Graph.resolve(all.values(), POLICY));
      if (steps.isEmpty()) {
        var tops = new java.util.TreeMap<String, String>();
        all.keySet().forEach(id -> tops.put(id, top(id, all)));
        return tops;
      }
      for (var step : steps) {
        all.put(
            step.customer().id(),
            switch (step) {
              case Graph.Step.Join(var one, var into, var cause) ->
                  one.mergedInto(new Merge(into, cause, at(9), "", null, ""));
              case Graph.Step.Part(var one) -> one.parted(at(9), "");
            });
      }
    }
    throw new AssertionError("never done");
  }

  private static String top(String id, Map<String, Customer> all) {
    var at = id;
    for (int hops = 0; hops <= all.size(); hops++) {
      var one = all.get(at);
      if (one == null || !one.isAlias()) {
        return at;
      }
      at = one.mergedInto();
    }
    throw new AssertionError("a cycle");
  }

  /** The same facts, however they came: in any order, one by one or at once. */
  @Test
  void facts_inAnyOrder_giveTheSamePeople() {
    Model.forAll(
        "who is who",
        GraphTest::facts,
        facts -> {
          var expected = Graph.resolve(customers(facts), POLICY);
          var random = new Random(facts.hashCode());
          for (int i = 0; i < 5; i++) {
            var shuffled = new ArrayList<>(facts);
            Collections.shuffle(shuffled, random);
            var customers = new ArrayList<>(customers(shuffled));
            Collections.shuffle(customers, random);
            var resolution = Graph.resolve(customers, POLICY);
            assertThat(resolution.roots()).isEqualTo(expected.roots());
            assertThat(resolution.ambiguities())
                .containsExactlyInAnyOrderElementsOf(expected.ambiguities());
            assertThat(rootsAfter(customers)).isEqualTo(expected.roots());
            // Never two accounts that nobody joined.
            expected
                .roots()
                .forEach(
                    (id, root) -> {
                      if (!id.equals(root)
                          && facts.stream().noneMatch(one -> one.verdict != null)) {
                        assertThat(customers.stream().filter(one -> one.id().equals(id)))
                            .allMatch(Customer::guest);
                      }
                    });
          }
        });
  }

  private record Fact(
      String customer, Link link, @org.jspecify.annotations.Nullable Verdict verdict) {}

  private static List<Fact> facts(Random random, int size) {
    var facts = new ArrayList<Fact>();
    int people = 2 + random.nextInt(8);
    for (int i = 0; i < 1 + size / 3; i++) {
      var customer = "c" + random.nextInt(people);
      var type = Model.oneOf(random, List.of("messenger", "email", "loyalty_card", "phone"));
      facts.add(
          new Fact(
              customer,
              link(
                  type + ":" + random.nextInt(5),
                  Model.oneOf(random, List.of(Evidence.values())),
                  random.nextInt(30)),
              random.nextInt(12) == 0
                  ? new Verdict(
                      "c" + random.nextInt(people),
                      random.nextBoolean(),
                      at(random.nextInt(30)),
                      "s")
                  : null));
    }
    return facts;
  }

  private static List<Customer> customers(List<Fact> facts) {
    var all = new java.util.TreeMap<String, Customer>();
    var verdicts = new java.util.TreeMap<Instant, List<Fact>>();
    for (var fact : facts) {
      int number = fact.customer.charAt(1) - '0';
      var one =
          all.computeIfAbsent(
              fact.customer,
              id -> {
                var made = Customer.created(id, true, at(number % 3));
                return number % 3 == 0 ? made.withAccount() : made;
              });
      all.put(fact.customer, one.linked(List.of(fact.link), at(40)));
      if (fact.verdict != null && !fact.verdict.other().equals(fact.customer)) {
        verdicts.computeIfAbsent(fact.verdict.time(), time -> new ArrayList<>()).add(fact);
      }
    }
    // A person decides once at a time: of one pair the later holds, so they are written in order.
    verdicts.values().stream()
        .map(
            same -> same.stream().min(java.util.Comparator.comparing(Fact::toString)).orElseThrow())
        .forEach(
            fact -> {
              var verdict = fact.verdict;
              var one = all.get(fact.customer);
              if (verdict != null && one != null) {
                all.put(fact.customer, one.judged(verdict, at(40)));
              }
            });
    return List.copyOf(all.values());
  }
}
