package dev.filo.identity;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.mongodb.client.model.Filters;
import dev.filo.identity.RunningIdentity.Answer;
import dev.filo.proto.identity.v1.CreateHandoffRequest;
import dev.filo.proto.identity.v1.DecideHandoffRequest;
import dev.filo.proto.identity.v1.ErrorReason;
import dev.filo.proto.identity.v1.GetHandoffRequest;
import dev.filo.proto.identity.v1.Handoff;
import dev.filo.proto.identity.v1.SessionServiceGrpc;
import dev.filo.testkit.StoreTest;
import dev.filo.testkit.TestMongo;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Predicate;
import org.junit.jupiter.api.Test;
import reactor.core.publisher.Mono;

/** A session on its way to another device. */
@StoreTest
class HandoffTest {
  private static final CreateHandoffRequest ASK = CreateHandoffRequest.getDefaultInstance();
  private static final CreateHandoffRequest CONFIRM =
      CreateHandoffRequest.newBuilder().setConfirm(true).build();
  private static final String CLAIM = "a claim of enough signs";
  private static final String PENDING = "400 authorization_pending HANDOFF_PENDING";
  private static final String EXPIRED = "400 invalid_grant HANDOFF_EXPIRED";
  private static final Predicate<Throwable> NOT_FOUND =
      SignInTest.refusedWith(dev.filo.proto.api.v1.ErrorReason.ERROR_REASON_RESOURCE_NOT_FOUND);

  private final RunningIdentity identity;

  HandoffTest(TestMongo.Engine engine) {
    identity = RunningIdentity.on(engine);
  }

  @Test
  void code_givesTheSameGuestOnAnotherDevice() throws Exception {
    var guest = identity.guest();
    var handoff = identity.calls(guest.access()).createHandoff(ASK);
    assertThat(handoff.getCode()).matches("[0-9A-HJKMNP-TV-Z]{8}");
    assertThat(handoff.getUri()).isEqualTo("http://localhost:8080/handoff/" + handoff.getCode());
    assertThat(handoff.getQrSvg()).startsWith("<svg");
    var typed = handoff.getCode().toLowerCase(java.util.Locale.ROOT);
    var answer = redeem(typed.substring(0, 4) + " " + typed.substring(4));
    assertThat(answer.subject()).isEqualTo(guest.subject());
    assertThat(answer.claims().getStringListClaim("roles")).containsExactly("guest");
    assertThat(answer.claims().getStringClaim("channel")).isEqualTo("app");
    assertThat(answer.claims().getStringClaim("device")).isEqualTo("iPhone");
    assertThat(answer.claims().getStringClaim("sid"))
        .isNotEqualTo(guest.claims().getStringClaim("sid"));
  }

  @Test
  void code_givesTheSameCustomerOnAnotherDevice() throws Exception {
    var customer = identity.signIn(RunningIdentity.newEmail(), "");
    var answer = redeem(identity.calls(customer.access()).createHandoff(ASK).getCode());
    assertThat(answer.subject()).isEqualTo(customer.subject());
    assertThat(answer.claims().getStringListClaim("roles")).containsExactly("customer");
  }

  @Test
  void code_manyAtOnce_oneGetsIt() throws Exception {
    var code = identity.calls(identity.guest().access()).createHandoff(ASK).getCode();
    var answers = TokensTest.atOnce(8, () -> redeem(code));
    assertThat(answers.stream().filter(answer -> answer.status() == 200)).hasSize(1);
    assertThat(answers.stream().filter(answer -> answer.status() != 200))
        .allMatch(answer -> answer.refusal().equals("400 invalid_grant HANDOFF_EXPIRED"));
  }

  @Test
  void code_afterTwoMinutes_isRefused() throws Exception {
    var code = identity.calls(identity.guest().access()).createHandoff(ASK).getCode();
    identity.clock().advance(Duration.ofMinutes(2));
    assertThat(redeem(code).refusal()).isEqualTo("400 invalid_grant HANDOFF_EXPIRED");
  }

  @Test
  void code_unknown_isRefused() {
    assertThat(redeem("ABCDEFGH").refusal()).isEqualTo("400 invalid_grant HANDOFF_EXPIRED");
  }

  @Test
  void request_repeated_givesTheSameCode() throws Exception {
    var guest = identity.guest();
    var request = CreateHandoffRequest.newBuilder().setRequestId("r-1").build();
    var first = identity.calls(guest.access()).createHandoff(request);
    assertThat(identity.calls(guest.access()).createHandoff(request)).isEqualTo(first);
    assertThat(identity.calls(identity.guest().access()).createHandoff(request).getCode())
        .isNotEqualTo(first.getCode());
  }

  @Test
  void handoff_ofStaffOrNobody_isRefused() throws Exception {
    var agent = identity.signIn("agent@filo.example", "");
    assertThatThrownBy(() -> identity.calls(agent.access()).createHandoff(ASK))
        .matches(
            SignInTest.refusedWith(
                dev.filo.proto.api.v1.ErrorReason.ERROR_REASON_ROLE_NOT_ALLOWED));
    assertThatThrownBy(() -> identity.calls().createHandoff(ASK))
        .matches(
            SignInTest.refusedWith(dev.filo.proto.api.v1.ErrorReason.ERROR_REASON_TOKEN_MISSING));
  }

  // With a yes or no on the device that asked

  @Test
  void confirmed_waitsShowsTheDeviceAndGoesOnAfterAYes() throws Exception {
    var guest = identity.guest();
    var handoff = identity.calls(guest.access()).createHandoff(CONFIRM);
    assertThat(handoff.getState()).isEqualTo(Handoff.State.OPEN);
    assertThat(claim(handoff.getCode(), CLAIM).refusal()).isEqualTo(PENDING);
    var seen = sessions(guest).getHandoff(get(handoff));
    assertThat(seen.getState()).isEqualTo(Handoff.State.CLAIMED);
    assertThat(seen.getDevice()).isEqualTo("iPhone");
    assertThat(seen.getChannel()).isEqualTo("app");
    assertThat(seen.getCode()).isEmpty();
    assertThat(claim(handoff.getCode(), CLAIM).refusal()).isEqualTo(PENDING);
    assertThat(sessions(guest).decideHandoff(decide(handoff, true)).getState())
        .isEqualTo(Handoff.State.APPROVED);
    assertThat(sessions(guest).decideHandoff(decide(handoff, true)).getState())
        .isEqualTo(Handoff.State.APPROVED);
    var answer = claim(handoff.getCode(), CLAIM);
    assertThat(answer.subject()).isEqualTo(guest.subject());
    assertThat(claim(handoff.getCode(), CLAIM).refusal()).isEqualTo(EXPIRED);
    assertThat(sessions(guest).getHandoff(get(handoff)).getState()).isEqualTo(Handoff.State.USED);
  }

  @Test
  void confirmed_afterANo_givesNothing() throws Exception {
    var guest = identity.guest();
    var handoff = identity.calls(guest.access()).createHandoff(CONFIRM);
    claim(handoff.getCode(), CLAIM);
    sessions(guest).decideHandoff(decide(handoff, false));
    assertThat(claim(handoff.getCode(), CLAIM).refusal())
        .isEqualTo("400 access_denied HANDOFF_DENIED");
    assertThatThrownBy(() -> sessions(guest).decideHandoff(decide(handoff, true)))
        .matches(SignInTest.refusedWith(ErrorReason.ERROR_REASON_HANDOFF_NOT_CLAIMED));
  }

  @Test
  void confirmed_byAnotherDeviceThanTheFirst_givesNothing() throws Exception {
    var guest = identity.guest();
    var handoff = identity.calls(guest.access()).createHandoff(CONFIRM);
    claim(handoff.getCode(), CLAIM);
    assertThat(claim(handoff.getCode(), "another claim of enough signs").refusal())
        .isEqualTo(EXPIRED);
    sessions(guest).decideHandoff(decide(handoff, true));
    assertThat(claim(handoff.getCode(), "another claim of enough signs").refusal())
        .isEqualTo(EXPIRED);
    assertThat(claim(handoff.getCode(), CLAIM).status()).isEqualTo(200);
  }

  @Test
  void confirmed_withoutAClaim_isRefused() throws Exception {
    var handoff = identity.calls(identity.guest().access()).createHandoff(CONFIRM);
    assertThat(redeem(handoff.getCode()).text("error")).isEqualTo("invalid_request");
    assertThat(claim(handoff.getCode(), "short").text("error")).isEqualTo("invalid_request");
  }

  @Test
  void confirmed_manyClaimsAtOnce_oneWaits() throws Exception {
    var guest = identity.guest();
    var handoff = identity.calls(guest.access()).createHandoff(CONFIRM);
    var claims = new AtomicInteger();
    var answers =
        TokensTest.atOnce(
            8, () -> claim(handoff.getCode(), CLAIM + claims.incrementAndGet()).refusal());
    assertThat(answers).filteredOn(PENDING::equals).hasSize(1);
    assertThat(answers).filteredOn(EXPIRED::equals).hasSize(7);
  }

  @Test
  void decision_bySomebodyElse_findsNothing() throws Exception {
    var guest = identity.guest();
    var handoff = identity.calls(guest.access()).createHandoff(CONFIRM);
    claim(handoff.getCode(), CLAIM);
    var stranger = identity.guest();
    assertThatThrownBy(() -> sessions(stranger).getHandoff(get(handoff))).matches(NOT_FOUND);
    assertThatThrownBy(() -> sessions(stranger).decideHandoff(decide(handoff, true)))
        .matches(NOT_FOUND);
    // The same customer on another device did not ask either.
    var other = redeem(identity.calls(guest.access()).createHandoff(ASK).getCode());
    assertThat(other.subject()).isEqualTo(guest.subject());
    assertThatThrownBy(() -> sessions(other).decideHandoff(decide(handoff, true)))
        .matches(NOT_FOUND);
  }

  @Test
  void decision_beforeAnybodyCame_canOnlyBeNo() throws Exception {
    var guest = identity.guest();
    var handoff = identity.calls(guest.access()).createHandoff(CONFIRM);
    assertThatThrownBy(() -> sessions(guest).decideHandoff(decide(handoff, true)))
        .matches(SignInTest.refusedWith(ErrorReason.ERROR_REASON_HANDOFF_NOT_CLAIMED));
    assertThat(sessions(guest).decideHandoff(decide(handoff, false)).getState())
        .isEqualTo(Handoff.State.DENIED);
    assertThat(claim(handoff.getCode(), CLAIM).refusal()).isEqualTo(EXPIRED);
  }

  @Test
  void decision_afterTwoMinutes_isRefused() throws Exception {
    var guest = identity.guest();
    var handoff = identity.calls(guest.access()).createHandoff(CONFIRM);
    claim(handoff.getCode(), CLAIM);
    identity.clock().advance(Duration.ofMinutes(2));
    assertThat(sessions(guest).getHandoff(get(handoff)).getState())
        .isEqualTo(Handoff.State.EXPIRED);
    assertThatThrownBy(() -> sessions(guest).decideHandoff(decide(handoff, true)))
        .matches(SignInTest.refusedWith(ErrorReason.ERROR_REASON_HANDOFF_EXPIRED));
  }

  @Test
  void code_endsWithTheSessionThatMadeIt() throws Exception {
    var guest = identity.guest();
    var code = identity.calls(guest.access()).createHandoff(ASK).getCode();
    identity.post("/oauth2/revoke", "", "client_id", "shop-web", "token", guest.refresh());
    assertThat(redeem(code).refusal()).isEqualTo(EXPIRED);
  }

  @Test
  void code_isNotReadableInTheDatabase() throws Exception {
    var handoff = identity.calls(identity.guest().access()).createHandoff(ASK);
    var kept =
        Mono.from(
                identity
                    .database()
                    .getCollection("handoffs")
                    .find(Filters.eq("_id", handoff.getName().substring("handoffs/".length())))
                    .first())
            .block();
    assertThat(kept).isNotNull();
    assertThat(kept.toJson()).doesNotContain(handoff.getCode());
  }

  private SessionServiceGrpc.SessionServiceBlockingV2Stub sessions(Answer who) {
    return identity.sessions(who.access());
  }

  private static GetHandoffRequest get(Handoff handoff) {
    return GetHandoffRequest.newBuilder().setName(handoff.getName()).build();
  }

  private static DecideHandoffRequest decide(Handoff handoff, boolean approve) {
    return DecideHandoffRequest.newBuilder().setName(handoff.getName()).setApprove(approve).build();
  }

  private Answer claim(String code, String claim) {
    return identity.token(
        "grant_type",
        "urn:filo:oauth:handoff",
        "client_id",
        "shop-app",
        "code",
        code,
        "claim",
        claim,
        "device",
        "iPhone");
  }

  private Answer redeem(String code) {
    return identity.token(
        "grant_type",
        "urn:filo:oauth:handoff",
        "client_id",
        "shop-app",
        "code",
        code,
        "device",
        "iPhone");
  }
}
