package dev.filo.identity;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.protobuf.FieldMask;
import com.google.type.LatLng;
import com.mongodb.client.model.Filters;
import com.mongodb.client.model.Updates;
import dev.filo.identity.service.AuditLog;
import dev.filo.identity.store.MongoCustomerStore;
import dev.filo.identity.store.MongoMergeCaseStore;
import dev.filo.identity.store.MongoSessionStore;
import dev.filo.platform.code.Ids;
import dev.filo.proto.api.v1.ErrorReason;
import dev.filo.proto.identity.v1.AuditEntry;
import dev.filo.proto.identity.v1.BatchGetPlacesRequest;
import dev.filo.proto.identity.v1.Consent;
import dev.filo.proto.identity.v1.Consents;
import dev.filo.proto.identity.v1.Customer;
import dev.filo.proto.identity.v1.CustomerPlace;
import dev.filo.proto.identity.v1.DecideMergeCaseRequest;
import dev.filo.proto.identity.v1.DecideMergeCaseRequest.Decision;
import dev.filo.proto.identity.v1.GetConsentsRequest;
import dev.filo.proto.identity.v1.GetCustomerRequest;
import dev.filo.proto.identity.v1.GetMergeCaseRequest;
import dev.filo.proto.identity.v1.Identifier;
import dev.filo.proto.identity.v1.IdentifierFact;
import dev.filo.proto.identity.v1.IdentityServiceGrpc.IdentityServiceBlockingV2Stub;
import dev.filo.proto.identity.v1.ListMergeCasesRequest;
import dev.filo.proto.identity.v1.MergeCase;
import dev.filo.proto.identity.v1.Place;
import dev.filo.proto.identity.v1.ResolveCustomerRequest;
import dev.filo.proto.identity.v1.UnmergeCustomerRequest;
import dev.filo.proto.identity.v1.UpdateConsentRequest;
import dev.filo.proto.identity.v1.UpdateCustomerRequest;
import dev.filo.testkit.StoreTest;
import dev.filo.testkit.TestMongo;
import java.time.Duration;
import java.util.Date;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Collectors;
import org.bson.Document;
import org.junit.jupiter.api.Test;
import reactor.core.publisher.Mono;

/** Resolve, cases, unmerge and consents over gRPC. */
@StoreTest
class GraphRpcTest {
  private final RunningIdentity identity;

  GraphRpcTest(TestMongo.Engine engine) {
    identity = RunningIdentity.on(engine);
  }

  private IdentityServiceBlockingV2Stub agent() throws Exception {
    return identity.calls(identity.signIn("agent@filo.example", "").access());
  }

  private IdentityServiceBlockingV2Stub service() {
    return identity.calls(
        identity.machineToken("service-conversation", RunningIdentity.SERVICE_SECRET).access());
  }

  private static ResolveCustomerRequest known(Object... facts) {
    var request = ResolveCustomerRequest.newBuilder();
    for (int i = 0; i < facts.length; i += 2) {
      request.addIdentifiers(
          IdentifierFact.newBuilder()
              .setType((Identifier.Type) facts[i])
              .setValue((String) facts[i + 1])
              .setVerified(true));
    }
    return request.build();
  }

  private static String number() {
    return "+39347" + (1_000_000 + (int) (Math.random() * 8_999_999));
  }

  private void later() {
    identity.clock().advance(Duration.ofSeconds(1));
  }

  @Test
  void resolve_findsOrMakesOne_andSaysWhatIsWrong() throws Exception {
    var phone = number();
    var first = service().resolveCustomer(known(Identifier.Type.WHATSAPP, phone));
    assertThat(first.getGuest()).isTrue();
    assertThat(first.getIdentifiersList())
        .singleElement()
        .satisfies(
            it -> {
              assertThat(it.getEvidence()).isEqualTo(Identifier.Evidence.EVIDENCE_PROVIDER);
              assertThat(it.getVerified()).isTrue();
            });
    assertThat(agent().resolveCustomer(known(Identifier.Type.PHONE, phone)).getName())
        .isEqualTo(first.getName());
    assertThatThrownBy(
            () ->
                service().resolveCustomer(known(Identifier.Type.TILL_CARD, "4111 1111 1111 1111")))
        .matches(
            SignInTest.refusedWith(
                dev.filo.proto.identity.v1.ErrorReason.ERROR_REASON_IDENTIFIER_INVALID));
    assertThatThrownBy(() -> service().resolveCustomer(known()))
        .matches(SignInTest.refusedWith(ErrorReason.ERROR_REASON_FIELDS_INVALID));
    // Nobody is known by a sender that reads nothing: one request makes one guest all the same.
    var nobody =
        known(Identifier.Type.EMAIL, "noreply@shop.example").toBuilder()
            .setRequestId(Ids.random())
            .build();
    var made = service().resolveCustomer(nobody).getName();
    assertThat(service().resolveCustomer(nobody).getName()).isEqualTo(made);
    assertThatThrownBy(
            () ->
                service()
                    .resolveCustomer(
                        known(Identifier.Type.PHONE, phone).toBuilder()
                            .setRequestId(nobody.getRequestId())
                            .build()))
        .matches(SignInTest.refusedWith(ErrorReason.ERROR_REASON_REQUEST_ID_REUSED));
    var guest = identity.calls(identity.guest().access());
    assertThatThrownBy(() -> guest.resolveCustomer(known(Identifier.Type.PHONE, phone)))
        .matches(SignInTest.refusedWith(ErrorReason.ERROR_REASON_ROLE_NOT_ALLOWED));
    // A till has seen the card; that a number is hers it cannot know.
    var till = identity.calls(identity.machineToken("till-milano-1", "till-secret").access());
    assertThat(till.resolveCustomer(known(Identifier.Type.PHONE, phone)).getName())
        .isNotEqualTo(first.getName());
  }

  private record Pair(String one, String other, MergeCase found) {}

  /** Two accounts that share a phone, and the case about them. */
  private Pair twoAccounts() throws Exception {
    var agent = agent();
    var phone = number();
    var one = RunningIdentity.newEmail();
    var other = RunningIdentity.newEmail();
    var first = identity.signIn(one, "").subject();
    later();
    var second = identity.signIn(other, "").subject();
    later();
    agent.resolveCustomer(known(Identifier.Type.EMAIL, one, Identifier.Type.PHONE, phone));
    later();
    agent.resolveCustomer(known(Identifier.Type.EMAIL, other, Identifier.Type.PHONE, phone));
    var cases =
        agent.listMergeCases(
            ListMergeCasesRequest.newBuilder().setState(MergeCase.State.STATE_OPEN).build());
    var found =
        cases.getMergeCasesList().stream()
            .filter(it -> it.getCustomer().equals(first) && it.getOther().equals(second))
            .findFirst()
            .orElseThrow();
    return new Pair(first, second, found);
  }

  private static DecideMergeCaseRequest decide(MergeCase found, Decision decision) {
    return DecideMergeCaseRequest.newBuilder()
        .setName(found.getName())
        .setEtag(found.getEtag())
        .setDecision(decision)
        .setRequestId(Ids.random())
        .build();
  }

  private static UpdateConsentRequest consent(String customer, boolean granted) {
    return UpdateConsentRequest.newBuilder()
        .setName(customer + "/consents")
        .setConsent(
            Consent.newBuilder()
                .setPurpose(Consent.Purpose.PURPOSE_OFFERS)
                .setChannel(Consent.Channel.CHANNEL_EMAIL)
                .setGranted(granted)
                .setProof("«Send me offers by e-mail.»"))
        .build();
  }

  private static GetConsentsRequest consents(String customer) {
    return GetConsentsRequest.newBuilder().setName(customer + "/consents").build();
  }

  private static boolean granted(Consents consents) {
    return consents.getConsentsList().getFirst().getGranted();
  }

  @Test
  void aCase_isPreviewed_decided_andTakenApart_withConsentsGoingBack() throws Exception {
    var agent = agent();
    var pair = twoAccounts();
    agent.updateConsent(consent(pair.one(), true));
    agent.updateConsent(consent(pair.other(), false));
    var shown =
        agent.getMergeCase(
            GetMergeCaseRequest.newBuilder().setName(pair.found().getName()).build());
    assertThat(shown.getCause()).isEqualTo(MergeCase.Cause.CAUSE_ACCOUNTS);
    assertThat(shown.getSharedList()).containsExactly(Identifier.Type.PHONE);
    assertThat(shown.getPreview().getStays().getName()).isEqualTo(pair.one());
    assertThat(shown.getPreview().getMoves().getName()).isEqualTo(pair.other());
    assertThat(shown.getPreview().getConsentsList())
        .singleElement()
        .satisfies(it -> assertThat(it.getGranted()).isFalse());
    later();
    var request = decide(shown, Decision.DECISION_MERGE);
    var decided = agent.decideMergeCase(request);
    assertThat(decided.getState()).isEqualTo(MergeCase.State.STATE_MERGED);
    assertThat(agent.decideMergeCase(request)).isEqualTo(decided);
    assertThatThrownBy(() -> agent.decideMergeCase(decide(decided, Decision.DECISION_KEEP_APART)))
        .matches(
            SignInTest.refusedWith(
                dev.filo.proto.identity.v1.ErrorReason.ERROR_REASON_CASE_DECIDED));
    assertThatThrownBy(() -> agent.decideMergeCase(decide(shown, Decision.DECISION_MERGE)))
        .matches(SignInTest.refusedWith(ErrorReason.ERROR_REASON_ETAG_STALE));
    var person = get(agent, pair.other());
    assertThat(person.getName()).isEqualTo(pair.one());
    assertThat(person.getMergedList()).extracting(it -> it.getName()).containsExactly(pair.other());
    assertThat(granted(agent.getConsents(consents(pair.one())))).isFalse();
    // Asked again she says yes: that is about both.
    later();
    agent.updateConsent(consent(pair.one(), true));
    assertThat(granted(agent.getConsents(consents(pair.other())))).isTrue();

    later();
    var unmerge =
        UnmergeCustomerRequest.newBuilder()
            .setName(pair.other())
            .setRequestId(Ids.random())
            .build();
    var parted = agent.unmergeCustomer(unmerge);
    assertThat(parted.getName()).isEqualTo(pair.other());
    assertThat(agent.unmergeCustomer(unmerge)).isEqualTo(parted);
    assertThat(get(agent, pair.other()).getName()).isEqualTo(pair.other());
    assertThat(granted(agent.getConsents(consents(pair.other())))).isFalse();
    assertThat(granted(agent.getConsents(consents(pair.one())))).isTrue();
    assertThatThrownBy(
            () -> agent.unmergeCustomer(unmerge.toBuilder().setRequestId(Ids.random()).build()))
        .matches(
            SignInTest.refusedWith(dev.filo.proto.identity.v1.ErrorReason.ERROR_REASON_NOT_MERGED));
    assertThatThrownBy(() -> agent.unmergeCustomer(unmerge.toBuilder().clearRequestId().build()))
        .matches(SignInTest.refusedWith(ErrorReason.ERROR_REASON_REQUEST_ID_MISSING));
  }

  @Test
  void places_ofManyAtOnce_areThoseTheyHaveByNow() throws Exception {
    var pair = twoAccounts();
    var email = RunningIdentity.newEmail();
    var milano = shopsIn(identity.signIn(email, "").access(), "stores/milano");
    var nowhere = identity.guest().subject();
    agent().updateCustomer(at(pair.other(), "stores/torino"));
    later();
    var apart =
        places(pair.one(), pair.other(), milano, nowhere, "customers/nobody", nowhere, milano);
    assertThat(apart)
        .containsExactlyInAnyOrderEntriesOf(
            Map.of(
                pair.one(),
                "",
                pair.other(),
                "stores/torino",
                milano,
                "stores/milano",
                nowhere,
                ""));
    agent().decideMergeCase(decide(pair.found(), Decision.DECISION_MERGE));
    later();
    assertThat(places(pair.one(), pair.other(), milano))
        .containsExactlyInAnyOrderEntriesOf(
            Map.of(
                pair.one(),
                "stores/torino",
                pair.other(),
                "stores/torino",
                milano,
                "stores/milano"));
    assertThat(places()).isEmpty();
    assertThatThrownBy(
            () ->
                identity
                    .calls(identity.guest().access())
                    .batchGetPlaces(BatchGetPlacesRequest.getDefaultInstance()))
        .matches(SignInTest.refusedWith(ErrorReason.ERROR_REASON_ROLE_NOT_ALLOWED));
  }

  private String shopsIn(String token, String store) throws Exception {
    return identity.calls(token).updateCustomer(at("customers/me", store)).getName();
  }

  private static UpdateCustomerRequest at(String customer, String store) {
    return UpdateCustomerRequest.newBuilder()
        .setCustomer(
            Customer.newBuilder()
                .setName(customer)
                .setPlace(
                    Place.newBuilder()
                        .setTitle("Her town")
                        .setStore(store)
                        .setLocation(LatLng.newBuilder().setLatitude(45).setLongitude(8))))
        .setUpdateMask(FieldMask.newBuilder().addPaths("place"))
        .build();
  }

  private Map<String, String> places(String... customers) throws Exception {
    return identity
        .calls(identity.machineToken("service-cart", RunningIdentity.SERVICE_SECRET).access())
        .batchGetPlaces(
            BatchGetPlacesRequest.newBuilder().addAllCustomers(List.of(customers)).build())
        .getPlacesList()
        .stream()
        .collect(
            Collectors.toMap(CustomerPlace::getCustomer, place -> place.getPlace().getStore()));
  }

  // ---- what staff do to customers is in the audit log

  private static final String AGENT = "staff/agent@filo.example";

  /** What the acts of one kind say that the agent has done to a customer. */
  private List<Map<String, String>> acts(String customer, String action) throws Exception {
    return identity.log(customer).stream()
        .filter(entry -> entry.getAction().equals(action) && entry.getActor().equals(AGENT))
        .map(AuditEntry::getChangesMap)
        .toList();
  }

  private Document kept(String collection, String id) {
    return Objects.requireNonNull(
        Mono.from(identity.database().getCollection(collection).find(Filters.eq("_id", id)).first())
            .block());
  }

  @Test
  void mergesAndUnmerges_byStaff_areInTheAuditLog_once() throws Exception {
    var pair = twoAccounts();
    var merge = decide(pair.found(), Decision.DECISION_MERGE);
    var agent = agent();
    for (int i = 0; i < 2; i++) {
      agent.decideMergeCase(merge);
    }
    assertThat(acts(pair.other(), "customer.merge"))
        .containsExactly(Map.of("mergeCase", pair.found().getName(), "customer", pair.one()));
    var unmerge =
        UnmergeCustomerRequest.newBuilder()
            .setName(pair.other())
            .setRequestId(Ids.random())
            .build();
    for (int i = 0; i < 2; i++) {
      agent.unmergeCustomer(unmerge);
    }
    assertThat(acts(pair.other(), "customer.unmerge"))
        .containsExactly(Map.of("customer", pair.one()));
    assertThat(acts(pair.other(), "customer.keepApart")).isEmpty();
    // What is in the log is no longer on its way to it.
    for (var kept :
        List.of(
            kept("customers", pair.other().substring("customers/".length())),
            kept("mergeCases", pair.found().getName().substring("mergeCases/".length())))) {
      assertThat(kept).doesNotContainKeys("audit", "auditSince");
    }
  }

  @Test
  void keepingApart_isInTheAuditLog_aRefusedDecisionIsNot() throws Exception {
    var pair = twoAccounts();
    var agent = agent();
    agent.decideMergeCase(decide(pair.found(), Decision.DECISION_KEEP_APART));
    assertThatThrownBy(() -> agent.decideMergeCase(decide(pair.found(), Decision.DECISION_MERGE)))
        .matches(SignInTest.refusedWith(ErrorReason.ERROR_REASON_ETAG_STALE));
    assertThat(acts(pair.other(), "customer.keepApart"))
        .containsExactly(Map.of("mergeCase", pair.found().getName(), "customer", pair.one()));
    assertThat(acts(pair.other(), "customer.merge")).isEmpty();
  }

  @Test
  void evidenceByStaff_isInTheAuditLog_withoutWhatItIs_servicesIsNot() throws Exception {
    var phone = number();
    var card = "L" + Ids.random();
    var known = service().resolveCustomer(known(Identifier.Type.PHONE, phone)).getName();
    assertThat(identity.log(known)).isEmpty();
    var facts = known(Identifier.Type.PHONE, phone, Identifier.Type.LOYALTY_CARD, card);
    var agent = agent();
    for (int i = 0; i < 2; i++) { // repeating it changes nothing
      assertThat(agent.resolveCustomer(facts).getName()).isEqualTo(known);
    }
    assertThat(acts(known, "customer.link"))
        .hasSize(1)
        .allSatisfy(
            it -> {
              assertThat(it).containsEntry("LOYALTY_CARD", "STAFF");
              assertThat(it.toString()).doesNotContain(phone.substring(3)).doesNotContain(card);
            });
  }

  @Test
  void whatStaffWriteDownForHer_isInTheAuditLog_whatSheDoesIsNot() throws Exception {
    var email = RunningIdentity.newEmail();
    var julia = identity.signIn(email, "");
    var name = julia.subject();
    var hers = identity.calls(julia.access());
    hers.updateConsent(consent(name, false));
    hers.updateCustomer(named(name, "Giulia"));
    assertThat(identity.log(name)).isEmpty();
    var agent = agent();
    agent.updateConsent(consent(name, true));
    agent.updateCustomer(named(name, "Julia"));
    assertThat(acts(name, "customer.consent"))
        .containsExactly(Map.of("purpose", "OFFERS", "channel", "EMAIL", "granted", "true"));
    assertThat(acts(name, "customer.update")).containsExactly(Map.of("fields", "givenName"));
  }

  private static UpdateCustomerRequest named(String customer, String givenName) {
    return UpdateCustomerRequest.newBuilder()
        .setCustomer(Customer.newBuilder().setName(customer).setGivenName(givenName))
        .build();
  }

  @Test
  void actsLeftOnTheirWay_comeIntoTheAuditLog_once() throws Exception {
    var pair = twoAccounts();
    var session = identity.signIn(RunningIdentity.newEmail(), "").claims().getStringClaim("sid");
    var homes =
        Map.of(
            "customers", pair.one().substring("customers/".length()),
            "mergeCases", pair.found().getName().substring("mergeCases/".length()),
            "sessions", session);
    for (var home : homes.entrySet()) {
      Mono.from(
              identity
                  .database()
                  .getCollection(home.getKey())
                  .updateOne(
                      Filters.eq("_id", home.getValue()),
                      Updates.combine(
                          Updates.set("auditSince", Date.from(identity.clock().instant())),
                          Updates.push(
                              "audit",
                              new Document("id", "left-" + Ids.random())
                                  .append("time", Date.from(identity.clock().instant()))
                                  .append("actor", AGENT)
                                  .append("action", "left." + home.getKey())
                                  .append("subject", pair.one())
                                  .append(
                                      "changes",
                                      new Document("session", session)
                                          .append("mergeCase", pair.found().getName()))))))
          .block();
    }
    identity.clock().advance(Duration.ofSeconds(6));
    var log = identity.bean(AuditLog.class);
    for (var store :
        List.of(
            identity.bean(MongoCustomerStore.class).acts(),
            identity.bean(MongoMergeCaseStore.class).acts(),
            identity.bean(MongoSessionStore.class).acts())) {
      log.settleLeft(store, identity.clock().instant()).block();
      log.settleLeft(store, identity.clock().instant()).block();
    }
    for (var home : homes.entrySet()) {
      assertThat(acts(pair.one(), "left." + home.getKey())).hasSize(1);
      assertThat(kept(home.getKey(), home.getValue())).doesNotContainKeys("audit", "auditSince");
    }
  }

  private static Customer get(IdentityServiceBlockingV2Stub calls, String name) throws Exception {
    return calls.getCustomer(GetCustomerRequest.newBuilder().setName(name).build());
  }

  @Test
  void unmerged_anOldSessionIsHersAgain_andItsTokensNoLongerSayOtherwise() throws Exception {
    var email = RunningIdentity.newEmail();
    var account = identity.signIn(email, "");
    var guest = identity.guest();
    later();
    var after = identity.signIn(email, guest.access());
    assertThat(after.claims().getStringClaim("former")).isEqualTo(guest.subject());
    later();
    agent()
        .unmergeCustomer(
            UnmergeCustomerRequest.newBuilder()
                .setName(guest.subject())
                .setRequestId(Ids.random())
                .build());
    assertThat(get(identity.calls(after.access()), "customers/me").getName())
        .isEqualTo(account.subject());
    assertThat(get(identity.calls(guest.access()), "customers/me").getName())
        .isEqualTo(guest.subject());
    assertThatThrownBy(() -> get(identity.calls(after.access()), guest.subject()))
        .matches(SignInTest.refusedWith(ErrorReason.ERROR_REASON_RESOURCE_NOT_FOUND));
  }

  @Test
  void consents_areHersAlone() {
    var guest = identity.guest();
    var other = identity.guest();
    var calls = identity.calls(guest.access());
    assertThatThrownBy(() -> calls.getConsents(consents(other.subject())))
        .matches(SignInTest.refusedWith(ErrorReason.ERROR_REASON_RESOURCE_NOT_FOUND));
    assertThatThrownBy(() -> calls.updateConsent(consent(other.subject(), true)))
        .matches(SignInTest.refusedWith(ErrorReason.ERROR_REASON_RESOURCE_NOT_FOUND));
  }
}
