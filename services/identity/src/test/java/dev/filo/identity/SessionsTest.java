package dev.filo.identity;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.filo.identity.RunningIdentity.Answer;
import dev.filo.proto.identity.v1.EndAllSessionsRequest;
import dev.filo.proto.identity.v1.EndSessionRequest;
import dev.filo.proto.identity.v1.ListSessionsRequest;
import dev.filo.proto.identity.v1.Session;
import dev.filo.testkit.StoreTest;
import dev.filo.testkit.TestMongo;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Predicate;
import org.junit.jupiter.api.Test;

/** The list of a customer's sessions, and ending them. */
@StoreTest
class SessionsTest {
  private static final Predicate<Throwable> NOT_FOUND =
      SignInTest.refusedWith(dev.filo.proto.api.v1.ErrorReason.ERROR_REASON_RESOURCE_NOT_FOUND);
  private static final Predicate<Throwable> TOKEN_INVALID =
      SignInTest.refusedWith(dev.filo.proto.api.v1.ErrorReason.ERROR_REASON_TOKEN_INVALID);

  private final RunningIdentity identity;

  SessionsTest(TestMongo.Engine engine) {
    identity = RunningIdentity.on(engine);
  }

  @Test
  void list_namesDevicesNewestFirst() throws Exception {
    var email = RunningIdentity.newEmail();
    var first = identity.signIn(email, "");
    identity.clock().advance(Duration.ofSeconds(1));
    var guest = identity.guest(); // on the device "PC"; it becomes hers
    identity.clock().advance(Duration.ofSeconds(1));
    var second = identity.signIn(email, guest.access());
    identity.clock().advance(Duration.ofMinutes(5));
    var refreshed = refresh(guest);
    var sessions = list(second);
    assertThat(sessions).hasSize(3);
    assertThat(sessions)
        .extracting(Session::getName)
        .containsExactly(name(second, second), name(second, guest), name(second, first));
    assertThat(sessions).extracting(Session::getCurrent).containsExactly(true, false, false);
    assertThat(sessions).extracting(Session::getDevice).containsExactly("", "PC", "");
    assertThat(
            sessions.get(1).getUseTime().getSeconds()
                - sessions.get(1).getCreateTime().getSeconds())
        .isEqualTo(301);
    assertThat(refreshed.subject()).isEqualTo(second.subject());
  }

  @Test
  void list_inPages_showsEachOnce() throws Exception {
    var email = RunningIdentity.newEmail();
    Answer last = identity.signIn(email, "");
    for (int i = 0; i < 6; i++) {
      last = identity.signIn(email, ""); // several within the same millisecond, maybe
    }
    var names = new ArrayList<String>();
    var token = "";
    do {
      var page =
          identity
              .sessions(last.access())
              .listSessions(
                  ListSessionsRequest.newBuilder()
                      .setParent("customers/me")
                      .setPageSize(3)
                      .setPageToken(token)
                      .build());
      assertThat(page.getSessionsCount()).isBetween(1, 3);
      page.getSessionsList().forEach(session -> names.add(session.getName()));
      token = page.getNextPageToken();
    } while (!token.isEmpty());
    assertThat(names).hasSize(7).doesNotHaveDuplicates();
    assertThatThrownBy(
            () ->
                identity
                    .sessions(identity.guest().access())
                    .listSessions(
                        ListSessionsRequest.newBuilder()
                            .setParent("customers/me")
                            .setPageToken("bm9uc2Vuc2U")
                            .build()))
        .matches(
            SignInTest.refusedWith(
                dev.filo.proto.api.v1.ErrorReason.ERROR_REASON_PAGE_TOKEN_INVALID));
  }

  @Test
  void end_ofOne_endsItsTokensAndNoOthers() throws Exception {
    var email = RunningIdentity.newEmail();
    var stays = identity.signIn(email, "");
    var goes = identity.signIn(email, "");
    identity.sessions(stays.access()).endSession(end(name(stays, goes)));
    assertThat(list(stays)).extracting(Session::getName).containsExactly(name(stays, stays));
    assertThat(refresh(goes).refusal()).startsWith("400 invalid_grant");
    assertRefusedSoon(goes);
    assertThat(refresh(stays).status()).isEqualTo(200);
    assertThatThrownBy(() -> identity.sessions(stays.access()).endSession(end(name(stays, goes))))
        .matches(NOT_FOUND);
  }

  @Test
  void end_ofAForeignOne_findsNothingAndEndsNothing() throws Exception {
    var julia = identity.signIn(RunningIdentity.newEmail(), "");
    var marco = identity.signIn(RunningIdentity.newEmail(), "");
    assertThatThrownBy(() -> identity.sessions(marco.access()).endSession(end(name(julia, julia))))
        .matches(NOT_FOUND);
    assertThatThrownBy(() -> identity.sessions(marco.access()).endSession(end(name(marco, julia))))
        .matches(NOT_FOUND);
    assertThat(refresh(julia).status()).isEqualTo(200);
  }

  @Test
  void endAll_endsAllOrAllOthers() throws Exception {
    var email = RunningIdentity.newEmail();
    var one = identity.signIn(email, "");
    var other = identity.signIn(email, "");
    var here = identity.signIn(email, "");
    assertThat(endAll(here, true)).isEqualTo(2);
    assertRefusedSoon(one);
    assertRefusedSoon(other);
    assertThat(list(here)).extracting(Session::getName).containsExactly(name(here, here));
    assertThat(endAll(here, false)).isEqualTo(1);
    assertRefusedSoon(here);
    assertThat(refresh(here).refusal()).startsWith("400 invalid_grant");
  }

  @Test
  void end_byStaff_isInTheAuditLog_byHerselfIsNot() throws Exception {
    var email = RunningIdentity.newEmail();
    var one = identity.signIn(email, "");
    var other = identity.signIn(email, "");
    var third = identity.signIn(email, "");
    var hers = identity.signIn(email, "");
    identity.sessions(hers.access()).endSession(end(name(hers, hers)));
    assertThat(identity.log(one.subject())).isEmpty();
    var agent = identity.sessions(identity.signIn("agent@filo.example", "").access());
    agent.endSession(end(name(one, one)));
    assertThatThrownBy(() -> agent.endSession(end(name(one, one)))).matches(NOT_FOUND);
    var all = EndAllSessionsRequest.newBuilder().setParent(one.subject()).build();
    assertThat(agent.endAllSessions(all).getEndedCount()).isEqualTo(2);
    assertThat(agent.endAllSessions(all).getEndedCount()).isZero();
    assertThat(identity.log(one.subject()))
        .allSatisfy(
            entry -> {
              assertThat(entry.getActor()).isEqualTo("staff/agent@filo.example");
              assertThat(entry.getAction()).isEqualTo("session.end");
            })
        .extracting(entry -> one.subject() + "/sessions/" + entry.getChangesOrThrow("session"))
        .containsExactlyInAnyOrder(name(one, one), name(other, other), name(third, third));
  }

  @Test
  void refreshTokenUsedTwice_endsTheAccessTokensToo() {
    var first = identity.guest();
    var second = refresh(first);
    assertThat(refresh(first).refusal()).isEqualTo("400 invalid_grant REFRESH_REUSED");
    assertRefusedSoon(second);
    assertRefusedSoon(first);
  }

  private void assertRefusedSoon(Answer who) {
    await()
        .atMost(Duration.ofSeconds(20))
        .untilAsserted(
            () ->
                assertThatThrownBy(() -> identity.calls(who.access()).getCustomer(SignInTest.me()))
                    .matches(TOKEN_INVALID));
  }

  private List<Session> list(Answer who) throws Exception {
    return identity
        .sessions(who.access())
        .listSessions(ListSessionsRequest.newBuilder().setParent("customers/me").build())
        .getSessionsList();
  }

  private int endAll(Answer who, boolean keepCurrent) throws Exception {
    return identity
        .sessions(who.access())
        .endAllSessions(
            EndAllSessionsRequest.newBuilder()
                .setParent("customers/me")
                .setKeepCurrent(keepCurrent)
                .build())
        .getEndedCount();
  }

  private static EndSessionRequest end(String name) {
    return EndSessionRequest.newBuilder().setName(name).build();
  }

  private static String name(Answer whose, Answer session) throws Exception {
    return whose.subject() + "/sessions/" + session.claims().getStringClaim("sid");
  }

  private Answer refresh(Answer who) {
    return identity.token(
        "grant_type", "refresh_token", "client_id", "shop-web", "refresh_token", who.refresh());
  }
}
