package dev.filo.identity;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.mongodb.client.model.Filters;
import com.mongodb.client.model.Updates;
import com.webauthn4j.data.attestation.authenticator.AuthenticatorData;
import dev.filo.identity.RunningIdentity.Answer;
import dev.filo.identity.domain.ContactAddress;
import dev.filo.identity.domain.Refusal;
import dev.filo.identity.service.Customers;
import dev.filo.identity.service.Messenger;
import dev.filo.identity.service.PasskeyMail;
import dev.filo.identity.service.Passkeys;
import dev.filo.identity.service.RefusedException;
import dev.filo.identity.store.IdentityPersonalData;
import dev.filo.platform.code.Ids;
import dev.filo.platform.privacy.PersonalData;
import dev.filo.proto.identity.v1.CreatePasskeyRequest;
import dev.filo.proto.identity.v1.DecideMergeCaseRequest;
import dev.filo.proto.identity.v1.DeletePasskeyRequest;
import dev.filo.proto.identity.v1.ErrorReason;
import dev.filo.proto.identity.v1.Identifier;
import dev.filo.proto.identity.v1.IdentifierFact;
import dev.filo.proto.identity.v1.ListMergeCasesRequest;
import dev.filo.proto.identity.v1.ListPasskeysRequest;
import dev.filo.proto.identity.v1.MergeCase;
import dev.filo.proto.identity.v1.Passkey;
import dev.filo.proto.identity.v1.PasskeyRegistration;
import dev.filo.proto.identity.v1.PasskeyServiceGrpc;
import dev.filo.proto.identity.v1.PasskeySignIn;
import dev.filo.proto.identity.v1.ResolveCustomerRequest;
import dev.filo.proto.identity.v1.StartPasskeyRegistrationRequest;
import dev.filo.proto.identity.v1.StartPasskeySignInRequest;
import dev.filo.proto.identity.v1.UnmergeCustomerRequest;
import dev.filo.testkit.StoreTest;
import dev.filo.testkit.TestMongo;
import dev.filo.testkit.TestTokens;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Consumer;
import java.util.function.Predicate;
import org.junit.jupiter.api.Test;
import reactor.core.publisher.Mono;

/** Passkeys: registered over gRPC, signed in by at the token endpoint. */
@StoreTest
class PasskeyTest {
  private static final String INVALID = "400 invalid_grant PASSKEY_INVALID";
  private static final String EXPIRED = "400 invalid_grant PASSKEY_CHALLENGE_EXPIRED";
  private static final String REGRESSED = "400 invalid_grant PASSKEY_COUNTER_REGRESSED";
  private static final Predicate<Throwable> NOT_FOUND =
      SignInTest.refusedWith(dev.filo.proto.api.v1.ErrorReason.ERROR_REASON_RESOURCE_NOT_FOUND);

  private final RunningIdentity identity;

  PasskeyTest(TestMongo.Engine engine) {
    identity = RunningIdentity.on(engine);
  }

  @Test
  void passkey_registeredBySomebody_signsHerIn() throws Exception {
    var julia = signedIn();
    var device = new SoftAuthenticator();
    var made = register(julia, device, " iPhone ");
    assertThat(made.getDisplayName()).isEqualTo("iPhone");
    assertThat(made.hasUseTime()).isFalse();
    assertThat(made.getSynced()).isFalse();
    identity.clock().advance(Duration.ofMinutes(1));

    var answer = signIn(device);
    assertThat(answer.status()).isEqualTo(200);
    assertThat(answer.subject()).isEqualTo(julia.subject());
    assertThat(answer.claims().getStringListClaim("roles")).containsExactly("customer");
    assertThat(answer.claims().getStringClaim("device")).isEqualTo("iPhone");
    var listed = list(answer);
    assertThat(listed).hasSize(1);
    assertThat(listed.getFirst().getUseTime().getSeconds())
        .isEqualTo(made.getCreateTime().getSeconds() + 60);
  }

  @Test
  void options_areForTheConfiguredParty_andTellNothingOfHer() throws Exception {
    var julia = signedIn();
    var first = new SoftAuthenticator();
    register(julia, first, "");
    var creation = SoftAuthenticator.json(start(julia).getOptionsJson());
    assertThat(SoftAuthenticator.object(creation, "rp")).containsEntry("id", "localhost");
    var user = SoftAuthenticator.object(creation, "user");
    // The same account on every device, and not her name.
    assertThat(user.get("id")).isEqualTo(first.userHandle).asString().hasSize(43);
    assertThat(julia.subject()).doesNotContain(first.userHandle);
    assertThat(creation.get("attestation")).isEqualTo("none");
    assertThat((List<?>) creation.get("excludeCredentials")).hasSize(1);
    assertThat(SoftAuthenticator.object(creation, "authenticatorSelection"))
        .containsEntry("residentKey", "required")
        .containsEntry("requireResidentKey", true)
        .containsEntry("userVerification", "required");
    var request = SoftAuthenticator.json(startSignIn("").getOptionsJson());
    assertThat(request)
        .containsEntry("rpId", "localhost")
        .containsEntry("userVerification", "required")
        .containsEntry("allowCredentials", List.of())
        .containsEntry("timeout", 300_000L);
    assertThat((String) request.get("challenge")).hasSize(43);
  }

  @Test
  void answer_thatIsNotForThisShop_isRefusedLikeAnUnknownPasskey() throws Exception {
    assertRefused(device -> device.origin = "https://evil.example", INVALID);
    assertRefused(device -> device.origin = "http://localhost:8081", INVALID);
    assertRefused(device -> device.crossOrigin = true, INVALID);
    assertRefused(device -> device.rpId = "evil.example", INVALID);
    assertRefused(device -> device.flags = AuthenticatorData.BIT_UP, INVALID);
    assertRefused(device -> device.flags = AuthenticatorData.BIT_UV, INVALID);
    assertRefused(device -> device.credentialId = SoftAuthenticator.random(), INVALID);
    assertRefused(device -> device.userHandle = "", INVALID);
    assertRefused(device -> device.userHandle = new SoftAuthenticator().userHandle + "AA", INVALID);
  }

  private void assertRefused(Consumer<SoftAuthenticator> lie, String refusal) throws Exception {
    var device = new SoftAuthenticator();
    register(signedIn(), device, "");
    device.signCount = 2;
    var started = startSignIn("");
    lie.accept(device);
    assertThat(finish(started, device.get(started.getOptionsJson()), "").refusal())
        .isEqualTo(refusal);
  }

  @Test
  void signature_tampered_isRefused() throws Exception {
    var device = new SoftAuthenticator();
    register(signedIn(), device, "");
    device.signCount = 2;
    var started = startSignIn("");
    assertThat(finish(started, device.forge(started.getOptionsJson()), "").refusal())
        .isEqualTo(INVALID);
    assertThat(signIn(device).status()).isEqualTo(200);
  }

  @Test
  void challenge_isGoodOnce_evenForAWrongAnswer() throws Exception {
    var device = new SoftAuthenticator();
    register(signedIn(), device, "");
    device.signCount = 2;
    var started = startSignIn("");
    var answer = device.get(started.getOptionsJson());
    assertThat(finish(started, answer, "").status()).isEqualTo(200);
    assertThat(finish(started, answer, "").refusal()).isEqualTo(EXPIRED);
    device.signCount = 3;
    assertThat(finish(started, device.get(started.getOptionsJson()), "").refusal())
        .isEqualTo(EXPIRED);
    var other = startSignIn("");
    assertThat(finish(other, device.forge(other.getOptionsJson()), "").refusal())
        .isEqualTo(INVALID);
    assertThat(finish(other, device.get(other.getOptionsJson()), "").refusal()).isEqualTo(EXPIRED);
  }

  @Test
  void challenge_manyAnswersAtOnce_oneSignsIn() throws Exception {
    var device = new SoftAuthenticator();
    register(signedIn(), device, "");
    device.signCount = 2;
    var started = startSignIn("");
    var answer = device.get(started.getOptionsJson());
    var answers = TokensTest.atOnce(8, () -> finish(started, answer, ""));
    assertThat(answers).filteredOn(each -> each.status() == 200).hasSize(1);
    assertThat(answers)
        .filteredOn(each -> each.status() != 200)
        .allMatch(each -> each.refusal().equals(EXPIRED));
  }

  @Test
  void challenge_ofAnother_isNoAnswerToThisOne() throws Exception {
    var device = new SoftAuthenticator();
    register(signedIn(), device, "");
    device.signCount = 2;
    var one = startSignIn("");
    var other = startSignIn("");
    assertThat(finish(one, device.get(other.getOptionsJson()), "").refusal()).isEqualTo(INVALID);
    // Of a session: only that one can answer, and a stranger's try does not use it up.
    var guest = identity.guest();
    var hers = startSignIn(guest.access());
    var answer = device.get(hers.getOptionsJson());
    assertThat(finish(hers, answer, "").refusal()).isEqualTo(EXPIRED);
    assertThat(finish(hers, answer, identity.guest().access()).refusal()).isEqualTo(EXPIRED);
    assertThat(finish(hers, answer, guest.access()).status()).isEqualTo(200);
  }

  @Test
  void challenge_forARegistration_signsNobodyIn_andTheOtherWayRound() throws Exception {
    var julia = signedIn();
    var device = new SoftAuthenticator();
    register(julia, device, "");
    device.signCount = 2;
    var registration = start(julia);
    var asSignIn =
        PasskeySignIn.newBuilder()
            .setName("passkeySignIns/" + registration.getRegistration())
            .build();
    var options =
        startSignIn("")
            .getOptionsJson()
            .replaceFirst(
                "\"challenge\":\"[^\"]+\"",
                "\"challenge\":\""
                    + SoftAuthenticator.json(registration.getOptionsJson()).get("challenge")
                    + "\"");
    assertThat(finish(asSignIn, device.get(options), julia.access()).refusal()).isEqualTo(EXPIRED);
    var signIn = startSignIn(julia.access());
    assertThatThrownBy(
            () ->
                create(
                    julia,
                    signIn.getName().substring("passkeySignIns/".length()),
                    new SoftAuthenticator().create(start(julia).getOptionsJson())))
        .matches(SignInTest.refusedWith(ErrorReason.ERROR_REASON_PASSKEY_CHALLENGE_EXPIRED));
  }

  @Test
  void challenge_afterFiveMinutes_isOver() throws Exception {
    var device = new SoftAuthenticator();
    register(signedIn(), device, "");
    device.signCount = 2;
    var started = startSignIn("");
    var answer = device.get(started.getOptionsJson());
    identity.clock().advance(Duration.ofMinutes(5));
    assertThat(finish(started, answer, "").refusal()).isEqualTo(EXPIRED);
  }

  @Test
  void counter_thatDoesNotGoOn_isRefusedAndSaid() throws Exception {
    var device = new SoftAuthenticator();
    device.signCount = 7;
    register(signedIn(), device, "");
    device.signCount = 9;
    assertThat(signIn(device).status()).isEqualTo(200);
    assertThat(signIn(device).refusal()).isEqualTo(REGRESSED);
    device.signCount = 8;
    assertThat(signIn(device).refusal()).isEqualTo(REGRESSED);
    device.signCount = 0;
    assertThat(signIn(device).refusal()).isEqualTo(REGRESSED);
    device.signCount = 10;
    assertThat(signIn(device).status()).isEqualTo(200);
  }

  @Test
  void counter_absent_isNoReasonToRefuse() throws Exception {
    var device = new SoftAuthenticator();
    device.signCount = 0;
    device.flags |= AuthenticatorData.BIT_BE | AuthenticatorData.BIT_BS;
    var julia = signedIn();
    assertThat(register(julia, device, "").getSynced()).isTrue();
    assertThat(signIn(device).status()).isEqualTo(200);
    assertThat(signIn(device).status()).isEqualTo(200);
  }

  @Test
  void passkey_removed_signsNobodyIn() throws Exception {
    var julia = signedIn();
    var device = new SoftAuthenticator();
    var made = register(julia, device, "");
    var marco = signedIn();
    var name = made.getName().replace("customers/me", julia.subject());
    var stranger =
        DeletePasskeyRequest.newBuilder()
            .setName(made.getName()) // customers/me
            .build();
    assertThatThrownBy(() -> passkeys(marco).deletePasskey(stranger)).matches(NOT_FOUND);
    var remove = DeletePasskeyRequest.newBuilder().setName(name).build();
    assertThatThrownBy(() -> passkeys(marco).deletePasskey(remove)).matches(NOT_FOUND);
    assertThat(list(julia)).hasSize(1);
    passkeys(julia).deletePasskey(remove);
    assertThat(list(julia)).isEmpty();
    assertThatThrownBy(() -> passkeys(julia).deletePasskey(remove)).matches(NOT_FOUND);
    device.signCount = 2;
    assertThat(signIn(device).refusal()).isEqualTo(INVALID);
  }

  @Test
  void registration_repeated_givesTheSamePasskey_andNoOther() throws Exception {
    var julia = signedIn();
    var started = start(julia);
    var device = new SoftAuthenticator();
    var answer = device.create(started.getOptionsJson());
    var made = create(julia, started.getRegistration(), answer);
    assertThat(create(julia, started.getRegistration(), answer)).isEqualTo(made);
    assertThat(list(julia)).hasSize(1);
    var marco = signedIn();
    assertThatThrownBy(() -> create(marco, started.getRegistration(), answer))
        .matches(SignInTest.refusedWith(ErrorReason.ERROR_REASON_PASSKEY_CHALLENGE_EXPIRED));
    // A credential belongs to one person: who claims another's is refused.
    var again = start(marco);
    assertThatThrownBy(
            () -> create(marco, again.getRegistration(), device.create(again.getOptionsJson())))
        .matches(SignInTest.refusedWith(ErrorReason.ERROR_REASON_PASSKEY_EXISTS));
  }

  @Test
  void registration_ofAnotherSession_isRefused() throws Exception {
    var email = RunningIdentity.newEmail();
    var here = identity.signIn(email, "");
    var there = identity.signIn(email, "");
    var started = start(here);
    var answer = new SoftAuthenticator().create(started.getOptionsJson());
    assertThatThrownBy(() -> create(there, started.getRegistration(), answer))
        .matches(SignInTest.refusedWith(ErrorReason.ERROR_REASON_PASSKEY_CHALLENGE_EXPIRED));
    assertThat(create(here, started.getRegistration(), answer).getName()).isNotEmpty();
  }

  @Test
  void registration_thatDoesNotPass_isRefused() throws Exception {
    assertRegistrationRefused(device -> device.origin = "https://evil.example");
    assertRegistrationRefused(device -> device.rpId = "evil.example");
    assertRegistrationRefused(device -> device.flags = AuthenticatorData.BIT_UP);
    var julia = signedIn();
    for (String nonsense : MALFORMED) {
      var started = start(julia);
      assertThatThrownBy(() -> create(julia, started.getRegistration(), nonsense))
          .as(nonsense)
          .matches(SignInTest.refusedWith(ErrorReason.ERROR_REASON_PASSKEY_INVALID));
    }
    assertThat(list(julia)).isEmpty();
  }

  private static final List<String> MALFORMED =
      List.of(
          "{}",
          "[]",
          "nonsense",
          "null",
          "\"\"",
          "{\"id\":\"AA\",\"rawId\":\"AA\",\"type\":\"public-key\"}",
          "{\"id\":\"!\",\"rawId\":\"!\",\"type\":\"public-key\",\"response\":{}}",
          "{\"id\":\"AA\",\"rawId\":\"AA\",\"type\":\"public-key\",\"response\":{}}",
          "{\"id\":\"AA\",\"rawId\":\"AA\",\"type\":\"public-key\",\"response\":{\"clientDataJSON\":"
              + "\"AA\",\"attestationObject\":\"AA\",\"authenticatorData\":\"AA\",\"signature\":"
              + "\"AA\",\"userHandle\":\"AA\"}}",
          "{\"id\":\"AA\",\"rawId\":\"AA\",\"type\":\"public-key\",\"response\":"
              + "[".repeat(4000)
              + "}");

  private void assertRegistrationRefused(Consumer<SoftAuthenticator> lie) throws Exception {
    var julia = signedIn();
    var device = new SoftAuthenticator();
    lie.accept(device);
    var started = start(julia);
    var answer = device.create(started.getOptionsJson());
    assertThatThrownBy(() -> create(julia, started.getRegistration(), answer))
        .matches(SignInTest.refusedWith(ErrorReason.ERROR_REASON_PASSKEY_INVALID));
    assertThat(list(julia)).isEmpty();
  }

  @Test
  void answer_thatIsNonsense_isRefused() throws Exception {
    for (String nonsense : MALFORMED) {
      assertThat(finish(startSignIn(""), nonsense, "").refusal()).as(nonsense).isEqualTo(INVALID);
    }
    assertThat(finish(startSignIn(""), "x".repeat(16_385), "").refusal())
        .startsWith("400 invalid_request");
    assertThat(finish(PasskeySignIn.newBuilder().setName("unknown").build(), "{}", "").refusal())
        .isEqualTo(EXPIRED);
  }

  @Test
  void grant_isForShopsOnly() throws Exception {
    var device = new SoftAuthenticator();
    register(signedIn(), device, "");
    device.signCount = 2;
    var started = startSignIn("");
    assertThat(
            identity
                .token(
                    "grant_type",
                    "urn:filo:oauth:passkey",
                    "client_id",
                    "desk-web",
                    "sign_in",
                    started.getName(),
                    "credential",
                    device.get(started.getOptionsJson()))
                .refusal())
        .startsWith("400 unauthorized_client");
  }

  @Test
  void guest_onTheDevice_becomesWhoSignsIn() throws Exception {
    var julia = signedIn();
    var device = new SoftAuthenticator();
    register(julia, device, "");
    device.signCount = 2;
    var guest = identity.guest();
    identity.clock().advance(Duration.ofSeconds(1));
    var started = startSignIn(guest.access());
    var answer = finish(started, device.get(started.getOptionsJson()), guest.access());
    assertThat(answer.subject()).isEqualTo(julia.subject());
    assertThat(answer.claims().getStringClaim("former")).isEqualTo(guest.subject());
    assertThat(identity.calls(guest.access()).getCustomer(SignInTest.me()).getName())
        .isEqualTo(julia.subject());
  }

  @Test
  void passkeys_followAMerge_andGoBack() throws Exception {
    var agent = identity.calls(identity.signIn("agent@filo.example", "").access());
    var phone = "+39347" + Ids.digits(7);
    var emails = List.of(RunningIdentity.newEmail(), RunningIdentity.newEmail());
    var people = new ArrayList<Answer>();
    var devices = List.of(new SoftAuthenticator(), new SoftAuthenticator());
    for (int i = 0; i < 2; i++) {
      people.add(identity.signIn(emails.get(i), ""));
      register(people.get(i), devices.get(i), "");
      identity.clock().advance(Duration.ofSeconds(1));
    }
    for (String email : emails) {
      agent.resolveCustomer(
          ResolveCustomerRequest.newBuilder()
              .addIdentifiers(fact(Identifier.Type.EMAIL, email))
              .addIdentifiers(fact(Identifier.Type.PHONE, phone))
              .build());
      identity.clock().advance(Duration.ofSeconds(1));
    }
    var elder = people.getFirst().subject();
    var younger = people.getLast().subject();
    var found =
        agent
            .listMergeCases(
                ListMergeCasesRequest.newBuilder().setState(MergeCase.State.STATE_OPEN).build())
            .getMergeCasesList()
            .stream()
            .filter(each -> each.getCustomer().equals(elder) && each.getOther().equals(younger))
            .findFirst()
            .orElseThrow();
    agent.decideMergeCase(
        DecideMergeCaseRequest.newBuilder()
            .setName(found.getName())
            .setEtag(found.getEtag())
            .setDecision(DecideMergeCaseRequest.Decision.DECISION_MERGE)
            .setRequestId(Ids.random())
            .build());
    devices.getLast().signCount = 2;
    var merged = signIn(devices.getLast());
    assertThat(merged.subject()).isEqualTo(elder);
    assertThat(list(merged)).hasSize(2);

    identity.clock().advance(Duration.ofSeconds(1));
    agent.unmergeCustomer(
        UnmergeCustomerRequest.newBuilder().setName(younger).setRequestId(Ids.random()).build());
    devices.forEach(device -> device.signCount = 3);
    var backYounger = signIn(devices.getLast());
    assertThat(backYounger.subject()).isEqualTo(younger);
    assertThat(list(backYounger)).hasSize(1);
    var backElder = signIn(devices.getFirst());
    assertThat(backElder.subject()).isEqualTo(elder);
    assertThat(list(backElder)).hasSize(1);
  }

  private static IdentifierFact fact(Identifier.Type type, String value) {
    return IdentifierFact.newBuilder().setType(type).setValue(value).setVerified(true).build();
  }

  @Test
  void passkeys_moreThanTwenty_areRefused() throws Exception {
    var julia = signedIn();
    for (int i = 0; i < 20; i++) {
      register(julia, new SoftAuthenticator(), Integer.toString(i));
    }
    assertThatThrownBy(() -> start(julia))
        .matches(SignInTest.refusedWith(ErrorReason.ERROR_REASON_PASSKEY_LIMIT));
    var names = new ArrayList<String>();
    var token = "";
    do {
      var page =
          passkeys(julia)
              .listPasskeys(
                  ListPasskeysRequest.newBuilder()
                      .setParent("customers/me")
                      .setPageSize(7)
                      .setPageToken(token)
                      .build());
      page.getPasskeysList().forEach(each -> names.add(each.getName()));
      token = page.getNextPageToken();
    } while (!token.isEmpty());
    assertThat(names).hasSize(20).doesNotHaveDuplicates();
  }

  @Test
  void registrations_tooMany_areRefusedUntilTheWindowHasPassed() throws Exception {
    var julia = signedIn();
    for (int i = 0; i < 100; i++) {
      start(julia);
    }
    assertThatThrownBy(() -> start(julia))
        .matches(SignInTest.refusedWith(ErrorReason.ERROR_REASON_PASSKEYS_RATE_LIMITED));
    assertThat(start(signedIn()).getRegistration()).isNotEmpty();
  }

  @Test
  void guest_hasNone() {
    assertThatThrownBy(() -> start(identity.guest()))
        .matches(
            SignInTest.refusedWith(
                dev.filo.proto.api.v1.ErrorReason.ERROR_REASON_ROLE_NOT_ALLOWED));
  }

  @Test
  void database_keepsNoSecretsOfTheCeremony() throws Exception {
    var julia = signedIn();
    var started = start(julia);
    var kept =
        Mono.from(
                identity
                    .database()
                    .getCollection("passkey_challenges")
                    .find(Filters.eq("customer", julia.subject()))
                    .first())
            .block();
    assertThat(kept).isNotNull();
    assertThat(kept.toJson()).doesNotContain(started.getRegistration());
    assertThat(kept).containsEntry("value", challenge(started));
  }

  @Test
  void key_ofAnother_inThePlaceOfHers_isOfNoUse() throws Exception {
    // Whoever can write into the database is out of scope; what is found must still fit together.
    var one = new SoftAuthenticator();
    var julia = signedIn();
    register(julia, one, "");
    var updated =
        Mono.from(
                identity
                    .database()
                    .getCollection("passkeys")
                    .updateOne(
                        Filters.eq("customer", julia.subject()),
                        Updates.set("userHandle", "another")))
            .block();
    assertThat(updated).isNotNull();
    assertThat(updated.getModifiedCount()).isEqualTo(1);
    one.signCount = 2;
    assertThat(signIn(one).refusal()).isEqualTo(INVALID);
  }

  @Test
  void passkeys_areInHerExport_andGoWithHer() throws Exception {
    var julia = signedIn();
    var device = new SoftAuthenticator();
    register(julia, device, "My telephone");
    var open = start(julia);
    var data = new IdentityPersonalData(identity.database(), end -> Mono.empty(), identity.clock());
    var names = Set.of(julia.subject());
    var exported =
        data.export(names)
            .filter(part -> part.name().equals("passkeys-1"))
            .map(part -> part.json())
            .collectList()
            .block();
    assertThat(exported).singleElement().asString().contains("My telephone");
    assertThat(data.preview(names).block()).contains(PersonalData.Treatment.gone("passkeys", 1));
    data.erase(names).block();
    assertThat(data.preview(names).block()).contains(PersonalData.Treatment.gone("passkeys", 0));
    assertThat(signIn(device).refusal()).isEqualTo(INVALID);
    assertThatThrownBy(
            () ->
                create(
                    julia,
                    open.getRegistration(),
                    new SoftAuthenticator().create(open.getOptionsJson())))
        .matches(SignInTest.refusedWith(ErrorReason.ERROR_REASON_PASSKEY_CHALLENGE_EXPIRED));
  }

  @Test
  void passkeys_withoutAHostName_areNotServed() throws Exception {
    try (var elsewhere =
        RunningIdentity.with(
            TestMongo.embedded(), "--filo.identity.public-url=http://192.0.2.7:8080")) {
      var stub = PasskeyServiceGrpc.newBlockingV2Stub(elsewhere.channel());
      assertThatThrownBy(
              () -> stub.startPasskeySignIn(StartPasskeySignInRequest.getDefaultInstance()))
          .matches(SignInTest.refusedWith(ErrorReason.ERROR_REASON_PASSKEYS_NOT_SERVED));
    }
  }

  @Test
  void signIns_tooManyFromOnePlace_areRefusedUntilTheWindowHasPassed() throws Exception {
    try (var strict =
        RunningIdentity.with(TestMongo.embedded(), "--filo.identity.passkeys.per-place=2")) {
      var passkeys = strict.bean(Passkeys.class);
      passkeys.startSignIn("", "192.0.2.1").block();
      passkeys.startSignIn("", "192.0.2.1").block();
      assertThatThrownBy(() -> passkeys.startSignIn("", "192.0.2.1").block())
          .isInstanceOfSatisfying(
              RefusedException.class,
              refused ->
                  assertThat(refused.refusal()).isInstanceOf(Refusal.PasskeysRateLimited.class));
      assertThat(passkeys.startSignIn("", "192.0.2.2").block()).isNotNull();
      strict.clock().advance(Duration.ofMinutes(15));
      assertThat(passkeys.startSignIn("", "192.0.2.1").block()).isNotNull();
    }
  }

  @Test
  void passkey_added_isWrittenToHerOnce() throws Exception {
    var email = RunningIdentity.newEmail();
    var julia = identity.signIn(email, "");
    identity.clock().advance(Duration.ofMillis(5)); // the newest letter is the other one
    var started = start(julia);
    var answer = new SoftAuthenticator().create(started.getOptionsJson());
    create(julia, started.getRegistration(), answer);
    create(julia, started.getRegistration(), answer);
    assertThat(identity.letters(email))
        .hasSize(2)
        .first()
        .asString()
        .startsWith("Nuova passkey sul tuo profilo Filo")
        .contains("http://localhost:8080/account");
  }

  @Test
  void passkey_added_isThereAlsoWithoutAMailServer() throws Exception {
    var refusing =
        new Messenger() {
          @Override
          public boolean serves(ContactAddress.Kind kind) {
            return true;
          }

          @Override
          public Mono<Void> send(ContactAddress to, String subject, String text) {
            return Mono.error(new IllegalStateException("no server"));
          }
        };
    var julia = signedIn();
    var customer =
        identity.bean(Customers.class).person(julia.subject()).map(each -> each.customer()).block();
    assertThat(customer).isNotNull();
    assertThat(customer.links()).isNotEmpty();
    new PasskeyMail(List.of(refusing), "Filo", "https://shop.example/account")
        .added(customer, "PC", "en")
        .block();
  }

  private static Object challenge(PasskeyRegistration started) {
    Map<String, Object> options = SoftAuthenticator.json(started.getOptionsJson());
    return options.get("challenge");
  }

  private Answer signedIn() throws Exception {
    return identity.signIn(RunningIdentity.newEmail(), "");
  }

  private PasskeyServiceGrpc.PasskeyServiceBlockingV2Stub passkeys(Answer who) {
    return PasskeyServiceGrpc.newBlockingV2Stub(identity.channel())
        .withCallCredentials(TestTokens.bearer(who.access()));
  }

  private PasskeyRegistration start(Answer who) throws Exception {
    return passkeys(who)
        .startPasskeyRegistration(
            StartPasskeyRegistrationRequest.newBuilder().setParent("customers/me").build());
  }

  private Passkey create(Answer who, String registration, String answer) throws Exception {
    return passkeys(who)
        .createPasskey(
            CreatePasskeyRequest.newBuilder()
                .setParent("customers/me")
                .setRegistration(registration)
                .setCredentialJson(answer)
                .build());
  }

  private Passkey register(Answer who, SoftAuthenticator device, String name) throws Exception {
    var started = start(who);
    var made =
        passkeys(who)
            .createPasskey(
                CreatePasskeyRequest.newBuilder()
                    .setParent("customers/me")
                    .setRegistration(started.getRegistration())
                    .setDisplayName(name)
                    .setCredentialJson(device.create(started.getOptionsJson()))
                    .build());
    if (device.signCount == 1) {
      device.signCount = 2; // as devices do, at every use
    }
    return made;
  }

  private List<Passkey> list(Answer who) throws Exception {
    return passkeys(who)
        .listPasskeys(ListPasskeysRequest.newBuilder().setParent("customers/me").build())
        .getPasskeysList();
  }

  private PasskeySignIn startSignIn(String token) throws Exception {
    var stub = PasskeyServiceGrpc.newBlockingV2Stub(identity.channel());
    return (token.isEmpty() ? stub : stub.withCallCredentials(TestTokens.bearer(token)))
        .startPasskeySignIn(StartPasskeySignInRequest.getDefaultInstance());
  }

  private Answer finish(PasskeySignIn started, String answer, String guestToken) {
    return identity.token(
        "grant_type",
        "urn:filo:oauth:passkey",
        "client_id",
        "shop-web",
        "sign_in",
        started.getName(),
        "credential",
        answer,
        "guest_token",
        guestToken,
        "device",
        "iPhone");
  }

  private Answer signIn(SoftAuthenticator device) throws Exception {
    var started = startSignIn("");
    return finish(started, device.get(started.getOptionsJson()), "");
  }
}
