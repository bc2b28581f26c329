package dev.filo.identity;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.filo.identity.RunningIdentity.Answer;
import dev.filo.proto.identity.v1.CreateHandoffRequest;
import dev.filo.testkit.StoreTest;
import dev.filo.testkit.TestMongo;
import java.time.Duration;
import org.junit.jupiter.api.Test;

/** A session on its way to another device. */
@StoreTest
class HandoffTest {
  private static final CreateHandoffRequest ASK = CreateHandoffRequest.getDefaultInstance();

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
