package dev.filo.identity.service;

import static dev.filo.identity.service.Recognised.PATIENCE;
import static dev.filo.identity.service.Recognised.SERVICE;
import static dev.filo.identity.service.Recognised.fact;
import static dev.filo.identity.service.Recognised.proven;
import static org.assertj.core.api.Assertions.assertThat;

import com.mongodb.reactivestreams.client.MongoDatabase;
import dev.filo.identity.domain.Consent;
import dev.filo.identity.domain.ContactAddress;
import dev.filo.identity.domain.Customer;
import dev.filo.identity.domain.Evidence;
import dev.filo.identity.domain.Graph;
import dev.filo.identity.domain.IdentifierKey;
import dev.filo.identity.domain.IdentifierKey.Type;
import dev.filo.identity.domain.Link;
import dev.filo.identity.domain.Merge;
import dev.filo.identity.domain.MergeCase;
import dev.filo.platform.code.Ids;
import dev.filo.proto.identity.v1.CustomerMerged;
import dev.filo.proto.identity.v1.CustomerUnmerged;
import dev.filo.testkit.StoreTest;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import java.util.TreeMap;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import reactor.core.publisher.Flux;
import reactor.core.scheduler.Schedulers;

/** Who is who, over a real store. */
@StoreTest
class RecognitionTest {
  private static final String NUMBER = "393471234567";
  private static final String SCOPED = "IT.13491208655302741918";

  private final Recognised world;

  RecognitionTest(MongoDatabase database) {
    world = new Recognised(database);
  }

  // ---- defect 1: the same person, two contacts

  @Test
  void defect1_fixture5_samePerson_byNumberFormats_isOneCustomer() {
    for (var pair :
        List.of(
            List.of("+55 88 9 8765 4321", "+55 88 8765 4321"),
            List.of("+52 1 55 1234 5678", "+52 55 1234 5678"),
            List.of("+229 97 12 34 56", "+229 01 97 12 34 56"),
            List.of("347 123 4568", "0039 347 1234568"))) {
      var one = world.resolve(proven(Type.PHONE, pair.get(0)));
      var other = world.resolve(proven(Type.PHONE, pair.get(1)));
      assertThat(other.id()).as(pair.toString()).isEqualTo(one.id());
      assertThat(other.links()).hasSize(1);
    }
  }

  @Test
  void fixture1_numberAndScopedId_inAnyOrder_areOneCustomerWithTwoIdentifiers() {
    var number = proven(Type.WHATSAPP, NUMBER);
    var scoped = proven(Type.WHATSAPP, SCOPED);
    var messages = List.of(List.of(number), List.of(number, scoped), List.of(scoped));
    int round = 0;
    for (var order :
        List.of(
            List.of(0, 1, 2),
            List.of(0, 2, 1),
            List.of(1, 0, 2),
            List.of(1, 2, 0),
            List.of(2, 0, 1),
            List.of(2, 1, 0))) {
      int number7 = round++;
      var seen = new ArrayList<Customer>();
      for (int message : order) {
        world.clock.advance(Duration.ofSeconds(1));
        seen.add(
            world.resolve(
                messages.get(message).stream()
                    .map(known -> renumbered(known, number7))
                    .toArray(Recognition.Fact[]::new)));
      }
      var ids = new HashSet<String>();
      seen.forEach(one -> ids.add(world.now(one.id()).id()));
      assertThat(ids).as(order.toString()).hasSize(1);
      var person = world.customers.person(seen.getLast()).block(PATIENCE);
      assertThat(person).isNotNull();
      assertThat(person.customer().links())
          .extracting(Link::identifier)
          .containsExactlyInAnyOrder(
              renumbered(number, number7).identifier(), renumbered(scoped, number7).identifier());
    }
  }

  private static Recognition.Fact renumbered(Recognition.Fact fact, int round) {
    var value = fact.identifier().value();
    return proven(Type.WHATSAPP, value.substring(0, value.length() - 1) + round);
  }

  @Test
  void defect1_firstMessagesAtOnce_makeOneCustomer() {
    for (int round = 0; round < 5; round++) {
      var phone = "+39347555000" + round;
      var scoped = "IT.555" + round;
      var all =
          Flux.range(0, 32)
              .flatMap(
                  i ->
                      world
                          .recognition
                          .resolve(
                              i % 2 == 0
                                  ? List.of(
                                      proven(Type.WHATSAPP, phone), proven(Type.WHATSAPP, scoped))
                                  : List.of(
                                      proven(Type.WHATSAPP, scoped), proven(Type.PHONE, phone)),
                              SERVICE)
                          .subscribeOn(Schedulers.parallel()),
                  32)
              .map(Customer::id)
              .collectList()
              .block(PATIENCE);
      assertThat(all).isNotNull();
      assertThat(new HashSet<>(all)).hasSize(1);
      assertThat(world.told(all.getFirst()).stream().map(event -> event.getType()))
          .as("told of her")
          .containsExactly("filo.identity.v1.CustomerCreated");
    }
  }

  @Test
  void phoneAndWhatsApp_ofOneNumber_areOnePerson_butScopedIdsOfTwoAppsAreNot() {
    var phone = world.resolve(proven(Type.PHONE, "+39 347 765 4321"));
    assertThat(world.resolve(proven(Type.WHATSAPP, "393477654321")).id()).isEqualTo(phone.id());
    var messenger = world.resolve(proven(Type.MESSENGER, "778899"));
    assertThat(world.resolve(proven(Type.INSTAGRAM, "778899")).id()).isNotEqualTo(messenger.id());
  }

  @Test
  void claim_findsOnlyAGuestOfWhomNothingElseIsKnown() {
    var email = "claimed-" + Ids.random() + "@example.com";
    var account =
        world.customers.signedIn(ContactAddress.email(email), "", SERVICE).block(PATIENCE);
    assertThat(account).isNotNull();
    var claimed = fact(Type.EMAIL, email, Evidence.CLAIMED);
    var guest = world.resolve(claimed);
    assertThat(guest.id()).isNotEqualTo(account.customer().id());
    assertThat(world.resolve(claimed).id()).isEqualTo(guest.id());
    // The guest proves to be somebody: who claims the address next may be another.
    var messenger = "9" + Math.abs(email.hashCode());
    world.resolve(proven(Type.MESSENGER, messenger));
    world
        .recognition
        .change(
            guest.id(),
            seen ->
                seen.linked(
                    List.of(
                        Link.of(
                            IdentifierKey.read(Type.MESSENGER, messenger).orElseThrow(),
                            Evidence.STAFF,
                            world.clock.instant(),
                            "staff/x",
                            "desk")),
                    world.clock.instant()),
            Recognised.AGENT)
        .then(world.recognition.settle(guest.id(), Recognised.AGENT))
        .block(PATIENCE);
    var next = world.resolve(claimed);
    assertThat(next.id()).isNotIn(guest.id(), account.customer().id());
    assertThat(world.resolve(claimed).id()).isEqualTo(next.id());
  }

  @Test
  void blocked_identifiesNobody() {
    var store = proven(Type.PHONE, "02 6679 1234");
    assertThat(world.resolve(store).id()).isNotEqualTo(world.resolve(store).id());
    var one = world.resolve(store, proven(Type.MESSENGER, "41"));
    var other = world.resolve(store, proven(Type.MESSENGER, "42"));
    assertThat(other.id()).isNotEqualTo(one.id());
    assertThat(one.links())
        .extracting(link -> link.identifier().key())
        .containsExactly("messenger:41");
    assertThat(world.resolve(proven(Type.EMAIL, "no-reply@shop.example")).links()).isEmpty();
  }

  /** Fixture 16: six people sign in on one tablet, each session a new guest's. */
  @Test
  void fixture16_oneTablet_sixCustomers() {
    var ids = new HashSet<String>();
    for (int i = 0; i < 6; i++) {
      world.clock.advance(Duration.ofMinutes(10));
      var guest = Objects.requireNonNull(world.customers.newGuest(SERVICE).block(PATIENCE));
      var in =
          world
              .customers
              .signedIn(
                  ContactAddress.email("tablet-" + i + "-" + Ids.random() + "@example.com"),
                  guest.id(),
                  SERVICE)
              .block(PATIENCE);
      assertThat(in).isNotNull();
      ids.add(in.customer().id());
    }
    assertThat(ids).hasSize(6);
    ids.forEach(id -> assertThat(world.now(id).id()).isEqualTo(id));
  }

  // ---- defect 2: merge destroys or breaks

  @Test
  void defect2_selfMerge_changesNothing() {
    var one = world.resolve(proven(Type.MESSENGER, "51"));
    world
        .recognition
        .change(
            one.id(),
            seen ->
                seen.judged(
                    new dev.filo.identity.domain.Verdict(
                        one.id(), true, world.clock.instant(), "staff/x"),
                    world.clock.instant()),
            Recognised.AGENT)
        .then(world.recognition.settle(one.id(), Recognised.AGENT))
        .block(PATIENCE);
    assertThat(world.raw(one.id()).isAlias()).isFalse();
    assertThat(world.now(one.id()).id()).isEqualTo(one.id());
    assertThat(world.resolve(proven(Type.MESSENGER, "51")).id()).isEqualTo(one.id());
  }

  @Test
  void defect2_chain_bothWithTheSameUniqueChild_staysOne_andTheEldestSurvives() {
    var all = new ArrayList<Customer>();
    for (int i = 0; i < 5; i++) {
      world.clock.advance(Duration.ofMinutes(1));
      all.add(
          world.resolve(proven(Type.MESSENGER, "6" + i), proven(Type.LOYALTY_CARD, "CARD" + i)));
    }
    // Each is joined with the next, the younger pairs first: a chain.
    for (int i = 3; i >= 0; i--) {
      world.clock.advance(Duration.ofMinutes(1));
      world.resolve(proven(Type.MESSENGER, "6" + i), proven(Type.MESSENGER, "6" + (i + 1)));
    }
    for (int i = 0; i < 5; i++) {
      assertThat(world.now(all.get(i).id()).id()).isEqualTo(all.getFirst().id());
      assertThat(world.resolve(proven(Type.LOYALTY_CARD, "CARD" + i)).id())
          .isEqualTo(all.getFirst().id());
      assertThat(world.aliases.resolve(all.get(i).name()).block(PATIENCE))
          .isEqualTo(all.getFirst().name());
    }
    var person = world.customers.person(all.getLast().name()).block(PATIENCE);
    assertThat(person).isNotNull();
    assertThat(person.merged()).hasSize(4);
    assertThat(person.customer().links()).hasSize(10);
  }

  @Test
  void accounts_becomeACase_decidedByAPerson_andTakenApartAgain() {
    var one = account("one");
    var other = account("other");
    var phone = "+393480001111";
    link(one, Type.PHONE, phone);
    link(other, Type.PHONE, phone);
    assertThat(world.now(other).id()).isEqualTo(other);
    var open =
        Objects.requireNonNull(world.caseStore.list(MergeCase.State.OPEN, "", 10).block(PATIENCE));
    var found =
        open.stream()
            .filter(it -> it.one().equals(one) || it.other().equals(one))
            .findFirst()
            .orElseThrow();
    assertThat(found.cause()).isEqualTo(Graph.Cause.ACCOUNTS);
    decide(found.id(), true);
    assertThat(world.now(other).id()).isEqualTo(world.now(one).id());
    assertThat(world.now(one).id()).isEqualTo(one);
    // Who signs in with the younger's address is the elder now; taken apart, herself again.
    world.clock.advance(Duration.ofMinutes(1));
    world.unmerge(other);
    assertThat(world.now(other).id()).isEqualTo(other);
    assertThat(world.raw(other).guest()).isFalse();
    world.recognition.settle(one, Recognised.AGENT).block(PATIENCE);
    assertThat(world.now(other).id()).isEqualTo(other);
    // The number stays with whose it was first.
    assertThat(world.resolve(proven(Type.PHONE, phone)).id()).isEqualTo(one);
  }

  private String account(String name) {
    world.clock.advance(Duration.ofMinutes(1));
    var in =
        world
            .customers
            .signedIn(ContactAddress.email(name + "-" + Ids.random() + "@example.com"), "", SERVICE)
            .block(PATIENCE);
    return Objects.requireNonNull(in).customer().id();
  }

  private void link(String customer, Type type, String value) {
    world.clock.advance(Duration.ofMinutes(1));
    world
        .recognition
        .change(
            customer,
            seen ->
                seen.linked(
                    List.of(
                        Link.of(
                            IdentifierKey.read(type, value).orElseThrow(),
                            Evidence.STAFF,
                            world.recognition.now(),
                            "staff/x",
                            "desk")),
                    world.recognition.now()),
            Recognised.AGENT)
        .then(
            world.store.claim(
                IdentifierKey.read(type, value).orElseThrow().joins(),
                customer,
                world.recognition.now()))
        .then(world.recognition.settle(customer, Recognised.AGENT))
        .block(PATIENCE);
  }

  private void decide(String id, boolean together) {
    world.clock.advance(Duration.ofMinutes(1));
    var request =
        dev.filo.proto.identity.v1.DecideMergeCaseRequest.newBuilder()
            .setName("mergeCases/" + id)
            .setRequestId(Ids.random())
            .build();
    world
        .cases
        .decide(
            request.getName(),
            together,
            "",
            request.getRequestId(),
            request,
            dev.filo.proto.identity.v1.DecideMergeCaseRequest.parser(),
            done -> request,
            Recognised.AGENT)
        .block(PATIENCE);
  }

  @Test
  void keptApart_staysSo_untilThereIsNewEvidence() {
    var one = account("apart-one");
    var other = account("apart-other");
    link(one, Type.PHONE, "+393480002222");
    link(other, Type.PHONE, "+393480002222");
    var found =
        Objects.requireNonNull(world.caseStore.list(MergeCase.State.OPEN, "", 10).block(PATIENCE))
            .stream()
            .filter(it -> it.one().equals(one))
            .findFirst()
            .orElseThrow();
    decide(found.id(), false);
    world.recognition.settle(one, Recognised.AGENT).block(PATIENCE);
    assertThat(world.caseStore.find(found.id()).block(PATIENCE))
        .extracting(MergeCase::state)
        .isEqualTo(MergeCase.State.KEPT_APART);
    link(one, Type.LOYALTY_CARD, "SHARED77");
    link(other, Type.LOYALTY_CARD, "SHARED77");
    assertThat(world.caseStore.find(found.id()).block(PATIENCE))
        .extracting(MergeCase::state)
        .isEqualTo(MergeCase.State.OPEN);
    assertThat(world.now(other).id()).isEqualTo(other);
  }

  @Test
  void unmerge_tellsOfIt_inTheAliasesOwnOrder_andANewCodeJoinsAgain() {
    var email = ContactAddress.email("again-" + Ids.random() + "@example.com");
    var in = Objects.requireNonNull(world.customers.signedIn(email, "", SERVICE).block(PATIENCE));
    world.clock.advance(Duration.ofMinutes(1));
    var guest = Objects.requireNonNull(world.customers.newGuest(SERVICE).block(PATIENCE));
    world.clock.advance(Duration.ofMinutes(1));
    world.customers.signedIn(email, guest.id(), SERVICE).block(PATIENCE);
    assertThat(world.now(guest.id()).id()).isEqualTo(in.customer().id());
    world.clock.advance(Duration.ofMinutes(1));
    world.unmerge(guest.id());
    assertThat(world.now(guest.id()).id()).isEqualTo(guest.id());
    assertThat(world.raw(guest.id()).links()).allMatch(link -> link.withdrawTime() != null);
    assertThat(world.aliases.resolve(guest.name()).block(PATIENCE)).isEqualTo(guest.name());
    world.clock.advance(Duration.ofMinutes(1));
    var again = world.customers.signedIn(email, guest.id(), SERVICE).block(PATIENCE);
    assertThat(again).isNotNull();
    assertThat(again.former()).isEqualTo(guest.name());
    assertThat(world.told(guest.id()).stream().map(event -> event.getType()).skip(1))
        .containsExactly(
            CustomerMerged.getDescriptor().getFullName(),
            CustomerUnmerged.getDescriptor().getFullName(),
            CustomerMerged.getDescriptor().getFullName());
    assertThat(world.told(guest.id()))
        .filteredOn(event -> event.getType().equals(CustomerUnmerged.getDescriptor().getFullName()))
        .allMatch(event -> event.getSubject().equals(in.customer().name()));
  }

  @Test
  void unmerge_thatDiedAnywhere_isDoneOrNot_andFinishedInTheBackground() {
    int done = 0;
    for (int step = 0; step < 40; step++) {
      world.clock.advance(Duration.ofMinutes(1));
      var one = world.resolve(proven(Type.MESSENGER, "70" + step + "1"));
      world.clock.advance(Duration.ofMinutes(1));
      var other = world.resolve(proven(Type.MESSENGER, "70" + step + "2"));
      world.clock.advance(Duration.ofMinutes(1));
      world.resolve(
          proven(Type.MESSENGER, "70" + step + "1"), proven(Type.MESSENGER, "70" + step + "2"));
      assertThat(world.now(other.id()).id()).isEqualTo(one.id());
      var mortal = Recognised.mortal(world.store, step);
      var request = dev.filo.proto.identity.v1.UnmergeCustomerRequest.getDefaultInstance();
      boolean died =
          Boolean.TRUE.equals(
              reactor.core.publisher.Mono.defer(
                      () ->
                          new Customers(mortal, world.over(mortal), world.clock)
                              .unmerge(
                                  other.name(),
                                  "r",
                                  request,
                                  dev.filo.proto.identity.v1.UnmergeCustomerRequest.parser(),
                                  person -> request,
                                  Recognised.AGENT))
                  .map(it -> false)
                  .onErrorReturn(Recognised.Died.class, true)
                  .block(PATIENCE));
      world.clock.advance(Duration.ofSeconds(6));
      world.recognition.settleLeft().block(PATIENCE);
      boolean apart = !world.raw(other.id()).isAlias();
      assertThat(apart || died).isTrue();
      done += apart && died ? 1 : 0;
      assertThat(world.now(other.id()).id()).isEqualTo(apart ? other.id() : one.id());
      assertThat(world.store.unsettled(world.clock.instant().plusSeconds(60)).collectList().block())
          .isEmpty();
    }
    assertThat(done).as("died after the decision").isGreaterThan(3);
  }

  // ---- the same facts, however they come

  /**
   * Facts are written by many at once, in any order; the people are those that the pure function
   * makes of the same facts.
   */
  @Test
  void facts_inAnyInterleaving_giveThePeopleOfThePureFunction() {
    long seed = Long.getLong("filo.seed", System.nanoTime());
    for (int run = 0; run < Integer.getInteger("filo.runs", 12); run++) {
      var random = new Random(seed + run);
      var prefix = Integer.toString(1000 + random.nextInt(9000)) + run;
      var ids = new ArrayList<String>();
      for (int i = 0; i < 6; i++) {
        world.clock.advance(Duration.ofSeconds(1));
        var guest = Objects.requireNonNull(world.customers.newGuest(SERVICE).block(PATIENCE));
        ids.add(guest.id());
        if (i % 3 == 0) {
          world
              .recognition
              .change(guest.id(), Customer::withAccount, Recognised.AGENT)
              .block(PATIENCE);
        }
      }
      var start = world.clock.instant();
      var facts = new ArrayList<java.util.Map.Entry<String, Link>>();
      for (int i = 0; i < 10; i++) {
        facts.add(
            java.util.Map.entry(
                ids.get(random.nextInt(ids.size())),
                Link.of(
                    new IdentifierKey(Type.MESSENGER, prefix + random.nextInt(5)),
                    random.nextInt(5) == 0 ? Evidence.CLAIMED : Evidence.PROVIDER,
                    start.plusSeconds(random.nextInt(8)),
                    "services/x",
                    "chat")));
      }
      var model = new TreeMap<String, Customer>();
      ids.forEach(id -> model.put(id, world.raw(id)));
      facts.forEach(
          fact ->
              model.computeIfPresent(
                  fact.getKey(), (id, one) -> one.linked(List.of(fact.getValue()), start)));
      Collections.shuffle(facts, random);
      Flux.fromIterable(facts)
          .flatMap(
              fact ->
                  world
                      .recognition
                      .change(
                          fact.getKey(),
                          seen -> seen.linked(List.of(fact.getValue()), start),
                          Recognised.AGENT)
                      .then(world.recognition.settle(fact.getKey(), Recognised.AGENT))
                      .subscribeOn(Schedulers.parallel()),
              10)
          .blockLast(PATIENCE);
      var expected = Graph.resolve(model.values(), Recognised.POLICY).roots();
      assertThat(Recognised.tops(ids.stream().map(world::raw).toList()))
          .as("repeat with -Dfilo.seed=%d (run %d)", seed, run)
          .isEqualTo(expected);
    }
  }

  // ---- any sequence of links, merges and unmerges

  private static final List<Consent.Channel> CHANNELS =
      List.of(Consent.Channel.EMAIL, Consent.Channel.SMS);

  /** People as they are kept, and the pairs somebody took apart with no proof of hers since. */
  private final class People {
    final String prefix = Integer.toString(100_000 + new Random().nextInt(900_000));
    final java.util.TreeSet<String> ids = new java.util.TreeSet<>();

    /** What was answered last by whoever was one with each then. */
    final TreeMap<String, Boolean> said = new TreeMap<>();

    /** By whom and for which channel, the answers that are each's own. */
    final TreeMap<String, Said> own = new TreeMap<>();

    /** Whom each stood under when last looked at, since which step, and by which merge. */
    final TreeMap<String, Under> under = new TreeMap<>();

    int step;

    void message(Message message) {
      world.clock.advance(Duration.ofMinutes(1));
      var facts =
          message.identifiers().stream()
              .map(i -> proven(Type.MESSENGER, prefix + i))
              .toArray(Recognition.Fact[]::new);
      var mortal = Recognised.mortal(world.store, message.diesAt());
      reactor.core.publisher.Mono.defer(() -> world.over(mortal).resolve(List.of(facts), SERVICE))
          .onErrorResume(Recognised.Died.class, dead -> reactor.core.publisher.Mono.empty())
          .block(PATIENCE);
      // The channel sends it again; what a dead process left is finished.
      var one = world.resolve(facts);
      world.clock.advance(Duration.ofSeconds(6));
      world.recognition.settleLeft().block(PATIENCE);
      for (var fact : facts) {
        world
            .store
            .having(List.of(fact.identifier().joins()))
            .map(Customer::id)
            .doOnNext(ids::add)
            .blockLast(PATIENCE);
      }
      assertThat(world.now(one.id()).id()).isIn(ids);
    }

    void signIn(SignIn signIn) {
      world.clock.advance(Duration.ofMinutes(1));
      var guests = ids.stream().filter(id -> world.raw(id).guest()).toList();
      var guest = signIn.guest() < guests.size() ? guests.get(signIn.guest()) : "";
      var in =
          world
              .customers
              .signedIn(
                  ContactAddress.email("p" + prefix + signIn.address() + "@example.com"),
                  guest,
                  SERVICE)
              .block(PATIENCE);
      ids.add(Objects.requireNonNull(in).customer().id());
    }

    void answer(Answer answer) {
      world.clock.advance(Duration.ofMinutes(1));
      if (answer.who() >= ids.size()) {
        return;
      }
      var name = Customer.name(List.copyOf(ids).get(answer.who()));
      var channel = CHANNELS.get(answer.channel());
      var request = dev.filo.proto.identity.v1.UpdateConsentRequest.getDefaultInstance();
      world
          .customers
          .consent(
              name,
              new Consent(
                  Consent.Purpose.OFFERS,
                  channel,
                  answer.granted(),
                  world.clock.instant(),
                  "asked",
                  name,
                  "web"),
              Ids.random(),
              request,
              dev.filo.proto.identity.v1.UpdateConsentRequest.parser(),
              person -> request,
              Recognised.AGENT)
          .block(PATIENCE);
      var root = world.now(Customer.id(name)).id();
      own.put(root + "/" + channel, new Said(answer.granted(), step));
      for (var id : ids) {
        if (world.now(id).id().equals(root)) {
          said.put(id + "/" + channel, answer.granted());
        }
      }
    }

    void unmerge(Unmerge unmerge) {
      world.clock.advance(Duration.ofMinutes(1));
      var aliases = ids.stream().filter(id -> world.raw(id).isAlias()).toList();
      if (unmerge.who() < aliases.size()) {
        var alias = aliases.get(unmerge.who());
        var from = world.raw(alias).mergedInto();
        world.unmerge(alias);
        assertThat(world.now(alias).id()).isNotEqualTo(world.now(from).id());
      }
    }

    void check() {
      var all = ids.stream().map(world::raw).toList();
      var expected = Graph.resolve(all, Recognised.POLICY).roots();
      assertThat(Recognised.tops(all)).isEqualTo(expected);
      for (var one : all) {
        assertThat(one.unsettledSince()).as("settled").isNull();
        assertThat(one.isAlias() && !one.guest()).as("an account is nobody's alias").isFalse();
        assertThat(
                world.told(one.id()).stream().filter(it -> it.getType().endsWith("erged")).count())
            .as("each merge and unmerge is told once")
            .isEqualTo(
                one.merges().stream().mapToLong(merge -> merge.endTime() == null ? 1 : 2).sum());
      }
      follow(all);
      checkConsents(all);
      step++;
    }

    /** Who has left somebody takes a no along that was said meanwhile; a yes stays. */
    private void follow(List<Customer> all) {
      var before = new TreeMap<>(under);
      var answers = new TreeMap<>(own);
      for (var one : all) {
        var merge = one.isAlias() ? one.merges().getLast() : null;
        var was = before.get(one.id());
        if (was != null && !was.by().equals(merge)) {
          under.remove(one.id());
          for (var channel : CHANNELS) {
            var no = last(one.id(), channel, before, answers, said -> !said.granted());
            if (no != null) {
              own.put(one.id() + "/" + channel, no);
            }
          }
        }
        if (merge != null && !under.containsKey(one.id())) {
          under.put(one.id(), new Under(merge.into(), step, merge));
        }
      }
    }

    /** The last answer about somebody: her own, or a later one by whom she stood under then. */
    private static @Nullable Said last(
        String id,
        Consent.Channel channel,
        Map<String, Under> chains,
        Map<String, Said> answers,
        Predicate<Said> counts) {
      var last = answers.get(id + "/" + channel);
      int since = -1;
      for (var at = chains.get(id); at != null; at = chains.get(at.customer())) {
        since = Math.max(since, at.step());
        var above = answers.get(at.customer() + "/" + channel);
        if (above != null
            && above.step() > since
            && counts.test(above)
            && (last == null || last.step() < above.step())) {
          last = above;
        }
      }
      return last;
    }

    /**
     * No merge and no unmerge makes a yes of a no; and while they are one the most restrictive of
     * the last answers about each holds.
     */
    private void checkConsents(List<Customer> all) {
      for (var root : all) {
        if (!root.isAlias()) {
          var members =
              all.stream()
                  .filter(one -> Recognised.tops(all).get(one.id()).equals(root.id()))
                  .toList();
          var effective =
              root.effectiveConsents(
                  members.stream().filter(one -> !one.id().equals(root.id())).toList());
          for (var channel : CHANNELS) {
            var refused =
                members.stream()
                    .anyMatch(one -> Boolean.FALSE.equals(said.get(one.id() + "/" + channel)));
            var granted =
                effective.stream().anyMatch(it -> it.channel() == channel && it.granted());
            assertThat(granted && refused)
                .as("%s by %s, of whom one said no", root.id(), channel)
                .isFalse();
            var lasts =
                members.stream()
                    .map(one -> last(one.id(), channel, under, own, any -> true))
                    .filter(Objects::nonNull)
                    .map(Said::granted)
                    .toList();
            assertThat(
                    effective.stream()
                        .filter(it -> it.channel() == channel)
                        .map(Consent::granted)
                        .toList())
                .as("%s by %s", root.id(), channel)
                .isEqualTo(lasts.isEmpty() ? List.of() : List.of(!lasts.contains(false)));
          }
        }
      }
    }
  }

  private record Said(boolean granted, int step) {}

  private record Under(String customer, int step, Merge by) {}

  private record Message(List<Integer> identifiers, int diesAt)
      implements dev.filo.testkit.Model.Step<People> {
    @Override
    public void run(People people) {
      people.message(this);
    }
  }

  private record SignIn(int address, int guest) implements dev.filo.testkit.Model.Step<People> {
    @Override
    public void run(People people) {
      people.signIn(this);
    }
  }

  /** One of them answers whether she wants offers by a channel. */
  private record Answer(int who, int channel, boolean granted)
      implements dev.filo.testkit.Model.Step<People> {
    @Override
    public void run(People people) {
      people.answer(this);
    }
  }

  private record Unmerge(int who) implements dev.filo.testkit.Model.Step<People> {
    @Override
    public void run(People people) {
      people.unmerge(this);
    }
  }

  @Test
  void anySequence_ofMessagesSignInsAndUnmerges_isWhatTheFactsSay() {
    dev.filo.testkit.Model.of(
            "who is who",
            People::new,
            random ->
                switch (random.nextInt(9)) {
                  case 6, 7 ->
                      new Answer(random.nextInt(8), random.nextInt(2), random.nextBoolean());
                  case 0, 1, 2 ->
                      new Message(
                          random.ints(1 + random.nextInt(2), 0, 6).boxed().toList(),
                          random.nextInt(4) == 0 ? random.nextInt(25) : 1000);
                  case 3, 4 -> new SignIn(random.nextInt(3), random.nextInt(4));
                  default -> new Unmerge(random.nextInt(6));
                })
        .runs(10)
        .stepsMax(20)
        .invariant(People::check)
        .run();
  }
}
