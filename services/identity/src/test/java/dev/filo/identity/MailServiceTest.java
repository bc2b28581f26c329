package dev.filo.identity;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import com.mongodb.reactivestreams.client.MongoDatabase;
import dev.filo.identity.domain.ContactAddress;
import dev.filo.identity.grpc.GrpcMailService;
import dev.filo.identity.mail.Mailbox;
import dev.filo.identity.service.AddressRefusedException;
import dev.filo.identity.service.Mails;
import dev.filo.identity.service.Messenger;
import dev.filo.identity.store.MongoMailStore;
import dev.filo.platform.auth.SubjectAliases;
import dev.filo.platform.code.Ids;
import dev.filo.platform.grpc.AccessInterceptor;
import dev.filo.platform.grpc.Channels;
import dev.filo.platform.grpc.FieldRules;
import dev.filo.platform.grpc.Rules;
import dev.filo.platform.grpc.Statuses;
import dev.filo.platform.grpc.Times;
import dev.filo.proto.api.v1.ErrorReason;
import dev.filo.proto.api.v1.Role;
import dev.filo.proto.identity.v1.MailServiceGrpc;
import dev.filo.proto.identity.v1.MailServiceGrpc.MailServiceBlockingStub;
import dev.filo.proto.identity.v1.SendMailRequest;
import dev.filo.testkit.MutableClock;
import dev.filo.testkit.StoreTest;
import dev.filo.testkit.TestTokens;
import io.grpc.BindableService;
import io.grpc.ManagedChannel;
import io.grpc.Server;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.grpc.inprocess.InProcessServerBuilder;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import reactor.core.publisher.Mono;

/** Mail of the suite's own services, over gRPC. */
@StoreTest
class MailServiceTest {
  private static final Duration PATIENCE = Duration.ofSeconds(30);
  private static final String TO = "manager@example.com";

  private final MutableClock clock = MutableClock.standing();
  private final TestTokens tokens = new TestTokens(clock);
  private final AtomicReference<@Nullable RuntimeException> failure = new AtomicReference<>();
  private final Mailbox mailbox;
  private final MongoMailStore store;
  private final Server server;
  private final ManagedChannel channel;

  MailServiceTest(MongoDatabase database) throws IOException {
    mailbox = new Mailbox(database, clock);
    mailbox.prepare();
    store = new MongoMailStore(database);
    store.prepare();
    List<BindableService> services =
        List.of(new GrpcMailService(new Mails(store, List.of(new Fickle()), clock)));
    var name = "mail-" + Ids.random();
    server =
        InProcessServerBuilder.forName(name)
            .addService(services.getFirst())
            .intercept(
                new AccessInterceptor(
                    Rules.of(services),
                    tokens.verifier(),
                    new SubjectAliases(database),
                    new FieldRules()))
            .build()
            .start();
    channel = Channels.open("in-process:" + name);
  }

  /** The dev profile's mailbox behind a line that can be bad. */
  private final class Fickle implements Messenger {
    @Override
    public boolean serves(ContactAddress.Kind kind) {
      return kind == ContactAddress.Kind.EMAIL;
    }

    @Override
    public Mono<Void> send(ContactAddress to, String subject, String text) {
      var thrown = failure.get();
      return thrown == null ? mailbox.send(to, subject, text) : Mono.error(thrown);
    }
  }

  @AfterEach
  void close() {
    channel.shutdownNow();
    server.shutdownNow();
  }

  private MailServiceBlockingStub as(Role role, String principal) {
    return MailServiceGrpc.newBlockingStub(channel)
        .withCallCredentials(tokens.bearer(role, principal));
  }

  private MailServiceBlockingStub conversation() {
    return as(Role.ROLE_SERVICE, "services/conversation");
  }

  private static SendMailRequest.Builder mail(String requestId) {
    return SendMailRequest.newBuilder()
        .setTo(TO)
        .setSubject("Nessuno ha visto")
        .setText("2 × Sedia")
        .setRequestId(requestId);
  }

  private List<Mailbox.Letter> letters() {
    return mailbox.list(TO, 9).collectList().blockOptional(PATIENCE).orElseThrow();
  }

  @Test
  void sendMail_arrives_onceHoweverOftenAsked() {
    var first = conversation().sendMail(mail("1").build());
    assertThat(Times.instant(first.getSendTime())).isEqualTo(clock.instant());
    clock.advance(Duration.ofHours(3));
    assertThat(conversation().sendMail(mail("1").build())).isEqualTo(first);
    assertThat(letters())
        .containsExactly(
            new Mailbox.Letter(
                TO, "Nessuno ha visto", "2 × Sedia", Times.instant(first.getSendTime())));
    as(Role.ROLE_SERVICE, "services/journey").sendMail(mail("1").build());
    conversation().sendMail(mail("2").build());
    assertThat(letters()).as("another's request, another request").hasSize(3);
  }

  @Test
  void sendMail_anotherContentUnderTheSameId_isRefused() {
    conversation().sendMail(mail("1").build());
    var refused = refused(mail("1").setText("3 × Sedia"));
    assertThat(Statuses.isReason(refused, ErrorReason.ERROR_REASON_REQUEST_ID_REUSED)).isTrue();
    assertThat(letters()).hasSize(1);
  }

  @Test
  void sendMail_serverAway_isUnavailable_andIsSentLater() {
    failure.set(new IllegalStateException("connection refused"));
    assertThat(refused(mail("1")).getStatus().getCode()).isEqualTo(Status.Code.UNAVAILABLE);
    failure.set(null);
    conversation().sendMail(mail("1").build());
    assertThat(letters()).hasSize(1);
  }

  @Test
  void sendMail_addressRefused_isTheFieldsFault() {
    failure.set(new AddressRefusedException());
    var refused = refused(mail("1"));
    assertThat(refused.getStatus().getCode()).isEqualTo(Status.Code.INVALID_ARGUMENT);
    assertThat(refused.getMessage()).doesNotContain(TO);
  }

  @ParameterizedTest
  @CsvSource({
    "nobody,s,t,r",
    "'',s,t,r",
    "a@example.com,'',t,r",
    "a@example.com,s,'',r",
    "a@example.com,s,t,''",
  })
  void sendMail_malformed_sendsNothing(String to, String subject, String text, String id) {
    var refused =
        refused(
            SendMailRequest.newBuilder()
                .setTo(to)
                .setSubject(subject)
                .setText(text)
                .setRequestId(id));
    assertThat(refused.getStatus().getCode()).isEqualTo(Status.Code.INVALID_ARGUMENT);
    assertThat(letters()).isEmpty();
  }

  @Test
  void sendMail_aSubjectOfSeveralLines_isRefused() {
    assertThat(refused(mail("1").setSubject("a\nBcc: b@example.com")).getStatus().getCode())
        .isEqualTo(Status.Code.INVALID_ARGUMENT);
  }

  @Test
  void sendMail_byPeople_isDenied() {
    for (var role : List.of(Role.ROLE_CUSTOMER, Role.ROLE_AGENT, Role.ROLE_MANAGER)) {
      var principal = role == Role.ROLE_CUSTOMER ? "customers/c" : "staff/s";
      assertThatThrownBy(() -> as(role, principal).sendMail(mail("1").build()))
          .matches(error -> Status.fromThrowable(error).getCode() == Status.Code.PERMISSION_DENIED);
    }
    assertThat(letters()).isEmpty();
  }

  @Test
  void forget_whatIsOld() {
    conversation().sendMail(mail("1").build());
    store.forget(clock.instant()).block(PATIENCE);
    conversation().sendMail(mail("1").build());
    assertThat(letters()).as("not older than that").hasSize(1);
    store.forget(clock.instant().plusMillis(1)).block(PATIENCE);
    conversation().sendMail(mail("1").build());
    assertThat(letters()).hasSize(2);
  }

  private StatusRuntimeException refused(SendMailRequest.Builder request) {
    var refused =
        catchThrowableOfType(
            StatusRuntimeException.class, () -> conversation().sendMail(request.build()));
    assertThat(refused).isNotNull();
    return refused;
  }
}
