package dev.filo.identity;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.filo.identity.service.Customers;
import dev.filo.platform.auth.SubjectAliases;
import dev.filo.platform.grpc.Statuses;
import dev.filo.proto.feed.v1.Event;
import dev.filo.proto.feed.v1.FeedServiceGrpc;
import dev.filo.proto.feed.v1.WatchRequest;
import dev.filo.proto.identity.v1.CreateSignInRequest;
import dev.filo.proto.identity.v1.CustomerMerged;
import dev.filo.proto.identity.v1.CustomerSignedIn;
import dev.filo.proto.identity.v1.ErrorReason;
import dev.filo.proto.identity.v1.GetCustomerRequest;
import dev.filo.proto.identity.v1.Identifier;
import dev.filo.testkit.StoreTest;
import dev.filo.testkit.TestMongo;
import dev.filo.testkit.TestTokens;
import io.grpc.Metadata;
import io.grpc.StatusException;
import io.grpc.stub.MetadataUtils;
import java.time.Duration;
import java.util.List;
import java.util.function.Predicate;
import org.junit.jupiter.api.Test;

/** Sign-in by code: who comes out of it, and whose things follow. */
@StoreTest
class SignInTest {
  private final RunningIdentity identity;

  SignInTest(TestMongo.Engine engine) {
    identity = RunningIdentity.on(engine);
  }

  @Test
  void code_ofANewAddress_makesACustomer() throws Exception {
    var email = RunningIdentity.newEmail();
    var answer = identity.signIn(email, "");
    assertThat(answer.status()).isEqualTo(200);
    assertThat(answer.claims().getStringListClaim("roles")).containsExactly("customer");
    var customer = identity.calls(answer.access()).getCustomer(me());
    assertThat(customer.getGuest()).isFalse();
    assertThat(customer.getName()).isEqualTo(answer.subject());
    assertThat(customer.getIdentifiersList())
        .singleElement()
        .satisfies(
            identifier -> {
              assertThat(identifier.getValue()).isEqualTo(email);
              assertThat(identifier.getVerified()).isTrue();
              assertThat(identifier.getType()).isEqualTo(Identifier.Type.EMAIL);
            });
  }

  @Test
  void code_ofAKnownAddress_givesTheSameCustomer() throws Exception {
    var email = RunningIdentity.newEmail();
    var first = identity.signIn(email, "");
    var second = identity.signIn(email.toUpperCase(java.util.Locale.ROOT), "");
    assertThat(second.subject()).isEqualTo(first.subject());
    assertThat(identity.calls(second.access()).getCustomer(me()).getIdentifiersCount())
        .isEqualTo(1);
  }

  @Test
  void guest_withANewAddress_becomesACustomerUnderTheSameName() throws Exception {
    var guest = identity.guest();
    var answer = identity.signIn(RunningIdentity.newEmail(), guest.access());
    assertThat(answer.subject()).isEqualTo(guest.subject());
    assertThat(answer.claims().getClaim("former")).isNull();
    assertThat(identity.calls(answer.access()).getCustomer(me()).getGuest()).isFalse();
    var told = event(answer.subject(), CustomerSignedIn.getDescriptor().getFullName());
    assertThat(told.getData().unpack(CustomerSignedIn.class).getGuestFollowed()).isTrue();
  }

  @Test
  void guest_withAKnownAddress_becomesTheCustomersAlias() throws Exception {
    var email = RunningIdentity.newEmail();
    var customer = identity.signIn(email, "");
    var guest = identity.guest();
    var answer = identity.signIn(email, guest.access());

    assertThat(answer.subject()).isEqualTo(customer.subject());
    assertThat(answer.claims().getStringClaim("former")).isEqualTo(guest.subject());
    assertThat(identity.bean(SubjectAliases.class).resolve(guest.subject()).block())
        .isEqualTo(customer.subject());
    var told = event(customer.subject(), CustomerMerged.getDescriptor().getFullName());
    assertThat(told.getData().unpack(CustomerMerged.class))
        .isEqualTo(
            CustomerMerged.newBuilder()
                .setCustomer(customer.subject())
                .setAlias(guest.subject())
                .build());
    assertThat(told.getActor().getPrincipal()).isEqualTo(customer.subject());
    assertThat(told.getActor().getChannel()).isEqualTo("web");
    // The guest's old token speaks for the customer; a refreshed one names her.
    assertThat(identity.calls(guest.access()).getCustomer(me()).getName())
        .isEqualTo(customer.subject());
    var refreshed =
        identity.token(
            "grant_type",
            "refresh_token",
            "client_id",
            "shop-web",
            "refresh_token",
            guest.refresh());
    assertThat(refreshed.subject()).isEqualTo(customer.subject());
    var journal =
        identity.bean(Customers.class).person(customer.subject()).block().merged().getFirst();
    assertThat(journal.merges()).hasSize(1);
    assertThat(journal.merges().getLast().cause()).isEqualTo("email:" + email);
  }

  @Test
  void customer_withAnothersAddress_switchesAndMergesNobody() throws Exception {
    var julia = identity.signIn(RunningIdentity.newEmail(), "");
    var marcosEmail = RunningIdentity.newEmail();
    var marco = identity.signIn(marcosEmail, "");
    var answer = identity.signIn(marcosEmail, julia.access());
    assertThat(answer.subject()).isEqualTo(marco.subject());
    assertThat(answer.claims().getClaim("former")).isNull();
    assertThat(identity.calls(julia.access()).getCustomer(me()).getName())
        .isEqualTo(julia.subject());
  }

  @Test
  void guestWhoHasBecomeACustomer_withAnothersAddress_mergesNobody() throws Exception {
    var guest = identity.guest();
    identity.signIn(RunningIdentity.newEmail(), guest.access());
    var marcosEmail = RunningIdentity.newEmail();
    var marco = identity.signIn(marcosEmail, "");
    // The first device still has the guest's token.
    var answer = identity.signIn(marcosEmail, guest.access());
    assertThat(answer.subject()).isEqualTo(marco.subject());
    assertThat(answer.claims().getClaim("former")).isNull();
    assertThat(identity.calls(guest.access()).getCustomer(me()).getName())
        .isEqualTo(guest.subject());
  }

  @Test
  void guestWhoBeganAfterTheCodeWasAskedFor_comesAlong() throws Exception {
    var email = RunningIdentity.newEmail();
    var asked = identity.startSignIn(email, "");
    var guest = identity.guest();
    var made = redeem(asked, email, guest.access());
    assertThat(made.subject()).isEqualTo(guest.subject()); // nobody had the address: she has now

    var again = identity.startSignIn(email, "");
    var later = identity.guest();
    var answer = redeem(again, email, later.access());
    assertThat(answer.subject()).isEqualTo(made.subject());
    assertThat(answer.claims().getStringClaim("former")).isEqualTo(later.subject());
  }

  @Test
  void guestWhoAsked_andAnotherWhoUsesTheCode_bothComeAlong() throws Exception {
    var email = RunningIdentity.newEmail();
    var customer = identity.signIn(email, "");
    var asker = identity.guest();
    var asked = identity.startSignIn(email, asker.access());
    var user = identity.guest();
    var answer = redeem(asked, email, user.access());
    assertThat(answer.subject()).isEqualTo(customer.subject());
    assertThat(answer.claims().getStringClaim("former")).isEqualTo(user.subject());
    assertThat(identity.calls(asker.access()).getCustomer(me()).getName())
        .isEqualTo(customer.subject());
  }

  @Test
  void guestWhoIsSomebodyElseByNow_staysWhoSheIs() throws Exception {
    var julias = RunningIdentity.newEmail();
    var julia = identity.signIn(julias, "");
    var upgraded = identity.guest();
    identity.signIn(RunningIdentity.newEmail(), upgraded.access());
    var alias = identity.guest();
    identity.signIn(julias, alias.access());
    for (var shared : List.of(upgraded, alias, julia)) {
      var before = identity.calls(shared.access()).getCustomer(me()).getName();
      var marcos = RunningIdentity.newEmail();
      var marco = redeem(identity.startSignIn(marcos, ""), marcos, shared.access());
      assertThat(marco.subject()).isNotEqualTo(before);
      assertThat(marco.claims().getClaim("former")).isNull();
      assertThat(identity.calls(shared.access()).getCustomer(me()).getName()).isEqualTo(before);
    }
  }

  @Test
  void aGuestTokenThatIsNoGood_keepsNobodyFromSigningIn() throws Exception {
    var email = RunningIdentity.newEmail();
    var answer = redeem(identity.startSignIn(email, ""), email, "x.y.z");
    assertThat(answer.status()).isEqualTo(200);
    assertThat(redeem(identity.startSignIn(email, ""), email, "x".repeat(4097)).refusal())
        .startsWith("400 invalid_request");
  }

  private RunningIdentity.Answer redeem(
      dev.filo.proto.identity.v1.SignIn asked, String email, String guestToken) throws Exception {
    return identity.token(
        "grant_type",
        "urn:filo:oauth:code",
        "client_id",
        "shop-web",
        "sign_in",
        asked.getName(),
        "code",
        identity.code(email),
        "guest_token",
        guestToken);
  }

  @Test
  void code_wrongFiveTimes_endsTheSignIn() throws Exception {
    var email = RunningIdentity.newEmail();
    var signIn = identity.startSignIn(email, "");
    var code = identity.code(email);
    for (int i = 0; i < 5; i++) {
      assertThat(identity.redeem(signIn, RunningIdentity.wrong(code)).refusal())
          .isEqualTo("400 invalid_grant CODE_WRONG");
    }
    assertThat(identity.redeem(signIn, code).refusal())
        .isEqualTo("400 invalid_grant TOO_MANY_ATTEMPTS");
  }

  @Test
  void code_wrongFourTimes_isStillGood() throws Exception {
    var email = RunningIdentity.newEmail();
    var signIn = identity.startSignIn(email, "");
    var code = identity.code(email);
    for (int i = 0; i < 4; i++) {
      identity.redeem(signIn, RunningIdentity.wrong(code));
    }
    assertThat(identity.redeem(signIn, code).status()).isEqualTo(200);
  }

  @Test
  void code_afterItsLife_isRefused() throws Exception {
    var email = RunningIdentity.newEmail();
    var signIn = identity.startSignIn(email, "");
    identity.clock().advance(Duration.ofMinutes(10));
    assertThat(identity.redeem(signIn, identity.code(email)).refusal())
        .isEqualTo("400 invalid_grant SIGN_IN_EXPIRED");
  }

  @Test
  void code_ofAnotherSignIn_isWrong() throws Exception {
    var email = RunningIdentity.newEmail();
    var first = identity.startSignIn(email, "");
    var firstCode = identity.code(email);
    var other = RunningIdentity.newEmail();
    var second = identity.startSignIn(other, "");
    if (!identity.code(other).equals(firstCode)) {
      assertThat(identity.redeem(second, firstCode).refusal())
          .isEqualTo("400 invalid_grant CODE_WRONG");
    }
    assertThat(identity.redeem(first, firstCode).status()).isEqualTo(200);
  }

  @Test
  void code_manyAtOnce_oneSignsIn() throws Exception {
    var email = RunningIdentity.newEmail();
    var signIn = identity.startSignIn(email, "");
    var code = identity.code(email);
    var answers = TokensTest.atOnce(8, () -> identity.redeem(signIn, code));
    assertThat(answers.stream().filter(answer -> answer.status() == 200)).hasSize(1);
    assertThat(answers.stream().filter(answer -> answer.status() != 200))
        .allMatch(answer -> answer.refusal().equals("400 invalid_grant SIGN_IN_EXPIRED"));
  }

  @Test
  void guests_withTheSameNewAddressAtOnce_areOneCustomer() throws Exception {
    var email = RunningIdentity.newEmail();
    var one = identity.startSignIn(email, identity.guest().access());
    var oneCode = identity.code(email);
    identity.clock().advance(Duration.ofSeconds(1));
    var other = identity.startSignIn(email, identity.guest().access());
    var otherCode = identity.code(email);
    var signIns = java.util.List.of(one, other).iterator();
    var codes = java.util.List.of(oneCode, otherCode).iterator();
    var answers =
        TokensTest.atOnce(
            2,
            () -> {
              synchronized (signIns) {
                var signIn = signIns.next();
                var code = codes.next();
                return java.util.concurrent.CompletableFuture.supplyAsync(
                    () -> identity.redeem(signIn, code));
              }
            });
    assertThat(answers.get(0).get().subject()).isEqualTo(answers.get(1).get().subject());
  }

  @Test
  void staff_getTheirRole() throws Exception {
    var agent =
        identity.redeem(
            identity.startSignIn("agent@filo.example", ""),
            identity.code("agent@filo.example"),
            "desk-web");
    assertThat(agent.subject()).isEqualTo("staff/agent@filo.example");
    assertThat(agent.claims().getStringListClaim("roles")).containsExactly("agent");
    assertThat(agent.claims().getStringClaim("channel")).isEqualTo("desk");
    assertThat(agent.claims().getStringClaim("name")).isEqualTo("Anna");
    var store = identity.signIn("milano@filo.example", "");
    assertThat(store.claims().getStringListClaim("stores"))
        .containsExactly("stores/milano-buenos-aires");
    assertThat(store.claims().getStringClaim("channel")).isEqualTo("store");
    var manager = identity.signIn("manager@filo.example", "");
    assertThat(manager.claims().getStringListClaim("roles")).containsExactly("manager");
    var refreshed =
        identity.token(
            "grant_type",
            "refresh_token",
            "client_id",
            "desk-web",
            "refresh_token",
            agent.refresh());
    assertThat(refreshed.subject()).isEqualTo("staff/agent@filo.example");
  }

  @Test
  void phone_asWrittenInItaly_isOneAddress() throws Exception {
    var number = "347 %07d".formatted(Math.floorMod(System.nanoTime(), 10_000_000L));
    var signIn =
        identity.calls().createSignIn(CreateSignInRequest.newBuilder().setPhone(number).build());
    var e164 = "+39" + number.replace(" ", "");
    var answer = identity.redeem(signIn, identity.code(e164));
    assertThat(identity.calls(answer.access()).getCustomer(me()).getIdentifiers(0).getValue())
        .isEqualTo(e164);
  }

  @Test
  void phone_thatCannotBeOne_isRefused() {
    assertThatThrownBy(
            () ->
                identity
                    .calls()
                    .createSignIn(CreateSignInRequest.newBuilder().setPhone("12345").build()))
        .matches(refusedWith(ErrorReason.ERROR_REASON_PHONE_INVALID));
  }

  @Test
  void email_thatCannotBeOne_isRefused() {
    assertThatThrownBy(() -> identity.startSignIn("not an address", ""))
        .matches(refusedWith(dev.filo.proto.api.v1.ErrorReason.ERROR_REASON_FIELDS_INVALID));
  }

  @Test
  void codes_tooManyForOneAddress_areRefusedUntilTheWindowHasPassed() throws Exception {
    var email = RunningIdentity.newEmail();
    for (int i = 0; i < 20; i++) {
      identity.startSignIn(email, "");
    }
    assertThatThrownBy(() -> identity.startSignIn(email, ""))
        .matches(refusedWith(ErrorReason.ERROR_REASON_SIGN_IN_RATE_LIMITED))
        .matches(
            error ->
                io.grpc.protobuf.StatusProto.fromThrowable((Throwable) error)
                    .getDetailsList()
                    .stream()
                    .anyMatch(detail -> detail.is(com.google.rpc.RetryInfo.class)));
    identity.clock().advance(Duration.ofMinutes(15));
    identity.startSignIn(email, "");
  }

  @Test
  void address_knownUnknownOrStaffs_getsTheSameAnswer() throws Exception {
    var known = RunningIdentity.newEmail();
    identity.signIn(known, "");
    for (String email : new String[] {known, RunningIdentity.newEmail(), "agent@filo.example"}) {
      int before = identity.letters(email).size();
      var answer = identity.startSignIn(email, "");
      assertThat(answer.getName()).matches("signIns/[a-z0-9]{20}");
      assertThat(answer.getExpireTime().getSeconds())
          .isEqualTo(identity.clock().instant().plus(Duration.ofMinutes(10)).getEpochSecond());
      assertThat(answer.getAllFields()).hasSize(2);
      assertThat(identity.letters(email)).hasSize(before + 1);
      assertThat(identity.letters(email).getFirst()).startsWith("Il tuo codice per Filo");
      var code = identity.code(email);
      assertThat(identity.redeem(answer, RunningIdentity.wrong(code)).refusal())
          .isEqualTo("400 invalid_grant CODE_WRONG");
    }
  }

  @Test
  void request_repeated_sendsOneCode() throws Exception {
    var email = RunningIdentity.newEmail();
    var request =
        CreateSignInRequest.newBuilder()
            .setEmail(email)
            .setRequestId(dev.filo.platform.code.Ids.random())
            .build();
    var guest = identity.guest().access();
    var first = identity.calls(guest).createSignIn(request);
    assertThat(identity.calls(guest).createSignIn(request)).isEqualTo(first);
    assertThat(identity.letters(email)).hasSize(1);
    assertThatThrownBy(
            () ->
                identity
                    .calls(guest)
                    .createSignIn(request.toBuilder().setEmail(RunningIdentity.newEmail()).build()))
        .matches(refusedWith(dev.filo.proto.api.v1.ErrorReason.ERROR_REASON_REQUEST_ID_REUSED));
  }

  @Test
  void letter_isInTheReadersLanguage() throws Exception {
    var email = RunningIdentity.newEmail();
    var headers = new Metadata();
    headers.put(
        Metadata.Key.of("accept-language", Metadata.ASCII_STRING_MARSHALLER), "en-GB,it;q=0.5");
    identity
        .calls()
        .withInterceptors(MetadataUtils.newAttachHeadersInterceptor(headers))
        .createSignIn(CreateSignInRequest.newBuilder().setEmail(email).build());
    identity.clock().advance(Duration.ofSeconds(1));
    identity.startSignIn(email, "");
    assertThat(identity.letters(email).get(0)).startsWith("Il tuo codice per Filo");
    assertThat(identity.letters(email).get(1)).startsWith("Your code for Filo");
  }

  static GetCustomerRequest me() {
    return GetCustomerRequest.newBuilder().setName("customers/me").build();
  }

  static Predicate<Throwable> refusedWith(Enum<?> reason) {
    return error -> error instanceof StatusException && Statuses.isReason(error, reason);
  }

  private Event event(String subject, String type) throws Exception {
    var token = identity.machineToken("service-journey", RunningIdentity.SERVICE_SECRET).access();
    var feed =
        FeedServiceGrpc.newBlockingV2Stub(identity.channel())
            .withCallCredentials(TestTokens.bearer(token))
            .withDeadlineAfter(20, java.util.concurrent.TimeUnit.SECONDS)
            .watch(WatchRequest.newBuilder().addTypes(type).build());
    while (true) {
      var answer = feed.read();
      if (answer == null) {
        throw new AssertionError("the feed ended");
      }
      if (answer.getEvent().getSubject().equals(subject)) {
        feed.cancel("found", null);
        return answer.getEvent();
      }
    }
  }
}
