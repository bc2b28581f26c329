package dev.filo.identity;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.filo.platform.code.Ids;
import dev.filo.proto.api.v1.ErrorReason;
import dev.filo.proto.identity.v1.Consent;
import dev.filo.proto.identity.v1.Consents;
import dev.filo.proto.identity.v1.Customer;
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
import dev.filo.proto.identity.v1.ResolveCustomerRequest;
import dev.filo.proto.identity.v1.UnmergeCustomerRequest;
import dev.filo.proto.identity.v1.UpdateConsentRequest;
import dev.filo.testkit.StoreTest;
import dev.filo.testkit.TestMongo;
import java.time.Duration;
import org.junit.jupiter.api.Test;

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
