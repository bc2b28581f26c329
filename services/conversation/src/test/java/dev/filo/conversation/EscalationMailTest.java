package dev.filo.conversation;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.protobuf.Any;
import dev.filo.conversation.events.EscalationMail;
import dev.filo.conversation.events.EscalationMail.Recipients;
import dev.filo.platform.code.Ids;
import dev.filo.platform.grpc.Channels;
import dev.filo.platform.grpc.Statuses;
import dev.filo.platform.grpc.Times;
import dev.filo.proto.api.v1.Role;
import dev.filo.proto.feed.v1.Event;
import dev.filo.proto.identity.v1.MailServiceGrpc;
import dev.filo.proto.identity.v1.SendMailRequest;
import dev.filo.proto.identity.v1.SendMailResponse;
import dev.filo.proto.reservation.v1.Reservation;
import dev.filo.proto.reservation.v1.ReservationChanged;
import dev.filo.proto.reservation.v1.ReservationChanged.Kind;
import dev.filo.proto.reservation.v1.ReservationLine;
import dev.filo.testkit.MutableClock;
import dev.filo.testkit.TestTokens;
import io.grpc.Server;
import io.grpc.StatusRuntimeException;
import io.grpc.inprocess.InProcessServerBuilder;
import io.grpc.stub.StreamObserver;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Who is mailed what about a reservation nobody has seen. */
class EscalationMailTest {
  private static final Duration PATIENCE = Duration.ofSeconds(30);
  private static final Instant NOW = Instant.parse("2026-11-26T09:30:00Z");
  private static final Instant END = Instant.parse("2026-11-27T21:00:00Z");

  private final String name = "mail-" + Ids.random();
  private final MutableClock clock = MutableClock.at(NOW);
  private final List<SendMailRequest> sent = new CopyOnWriteArrayList<>();
  private final Queue<StatusRuntimeException> failures = new ConcurrentLinkedQueue<>();
  private final Channels channels =
      new Channels(
          target -> "in-process:" + name,
          new TestTokens(clock).bearer(Role.ROLE_SERVICE, "services/conversation"));
  private Server server;

  @BeforeEach
  void serve() throws IOException {
    server =
        InProcessServerBuilder.forName(name)
            .addService(
                new MailServiceGrpc.MailServiceImplBase() {
                  @Override
                  public void sendMail(
                      SendMailRequest request, StreamObserver<SendMailResponse> observer) {
                    var failure = failures.poll();
                    if (failure != null) {
                      observer.onError(failure);
                      return;
                    }
                    sent.add(request);
                    observer.onNext(SendMailResponse.getDefaultInstance());
                    observer.onCompleted();
                  }
                })
            .build()
            .start();
  }

  @AfterEach
  void close() {
    channels.destroy();
    server.shutdownNow();
  }

  private EscalationMail mail(Recipients recipients) {
    return new EscalationMail(channels, recipients, "https://shop.example", clock);
  }

  private static Recipients everywhere(String address) {
    return new Recipients(address, Map.of(), "it");
  }

  private static Event event(Kind kind, Reservation.Builder reservation) {
    return Event.newBuilder()
        .setId("e1")
        .setType(ReservationChanged.getDescriptor().getFullName())
        .setData(
            Any.pack(
                ReservationChanged.newBuilder().setKind(kind).setReservation(reservation).build()))
        .build();
  }

  private static Reservation.Builder reservation() {
    return Reservation.newBuilder()
        .setName("reservations/r")
        .setStore("stores/milano")
        .setStoreTitle("Filo Milano")
        .setCustomerDisplayName("Giulia R.")
        .setCreateTime(Times.timestamp(NOW.minusSeconds(1800)))
        .setExpireTime(Times.timestamp(END))
        .addLines(ReservationLine.newBuilder().setQuantity(2).setTitle("Sedia Reale"))
        .addLines(ReservationLine.newBuilder().setQuantity(1).setTitle("Divano"));
  }

  private static Event escalated() {
    return event(Kind.ESCALATED, reservation());
  }

  @Test
  void escalated_itsManagerIsTold_inWords() {
    mail(everywhere("all@example.com")).tell(escalated()).block(PATIENCE);
    assertThat(sent).hasSize(1);
    var request = sent.getFirst();
    assertThat(request.getTo()).isEqualTo("all@example.com");
    assertThat(request.getSubject()).isEqualTo("Nessuno ha visto una prenotazione: Filo Milano");
    assertThat(request.getRequestId()).isEqualTo("escalated:e1");
    assertThat(request.getText())
        .contains(
            "nessuno a Filo Milano ha ancora visto una prenotazione fatta giovedì 26 novembre, ore 10:00",
            "Per Giulia R.:\n    2 × Sedia Reale\n    1 × Divano\n",
            "Da tenere fino a venerdì 27 novembre, ore 22:00.",
            "https://shop.example/store");
  }

  @Test
  void escalated_inEnglish_andOfNobodyKnown() {
    mail(new Recipients("all@example.com", Map.of(), "en"))
        .tell(event(Kind.ESCALATED, reservation().setCustomerDisplayName("")))
        .block(PATIENCE);
    assertThat(sent.getFirst().getSubject())
        .isEqualTo("Nobody has seen a reservation: Filo Milano");
    assertThat(sent.getFirst().getText())
        .contains(
            "has yet seen a reservation made on Thursday 26 November, 10:00.",
            "For a guest:",
            "To be kept until Friday 27 November, 22:00.");
  }

  @Test
  void aStoreWithAnAddressOfItsOwn_isToldThere_andOneWithAnEmptyOneIsNot() {
    var recipients =
        new Recipients("all@example.com", Map.of("milano", "milano@example.com", "roma", ""), "it");
    mail(recipients).tell(escalated()).block(PATIENCE);
    mail(recipients)
        .tell(event(Kind.ESCALATED, reservation().setStore("stores/roma")))
        .block(PATIENCE);
    mail(recipients)
        .tell(event(Kind.ESCALATED, reservation().setStore("stores/torino")))
        .block(PATIENCE);
    assertThat(sent)
        .extracting(SendMailRequest::getTo)
        .containsExactly("milano@example.com", "all@example.com");
  }

  @Test
  void withoutAnAddress_nobodyIsTold() {
    mail(everywhere("")).tell(escalated()).block(PATIENCE);
    assertThat(sent).isEmpty();
  }

  @ParameterizedTest
  @EnumSource(
      value = Kind.class,
      names = {"ESCALATED", "UNRECOGNIZED"},
      mode = EnumSource.Mode.EXCLUDE)
  void whatElseHappens_isNotMailed(Kind kind) {
    mail(everywhere("all@example.com")).tell(event(kind, reservation())).block(PATIENCE);
    assertThat(sent).isEmpty();
  }

  @Test
  void theMailServerIsAway_itIsSentWhenItIsBack() {
    failures.add(Statuses.unavailable("The mail server"));
    mail(everywhere("all@example.com")).tell(escalated()).block(PATIENCE);
    assertThat(failures).isEmpty();
    assertThat(sent).hasSize(1);
  }

  @Test
  void whatHasEnded_isNotMailedAnyMore() {
    clock.set(END);
    mail(everywhere("all@example.com")).tell(escalated()).block(PATIENCE);
    assertThat(sent).isEmpty();
  }

  @Test
  void anAddressThatIsRefused_holdsUpNobody() {
    failures.add(Statuses.field("to", "is not taken by the mail server"));
    mail(everywhere("all@example.com")).tell(escalated()).block(PATIENCE);
    assertThat(sent).isEmpty();
    mail(everywhere("all@example.com")).tell(escalated()).block(PATIENCE);
    assertThat(sent).hasSize(1);
  }

  @ParameterizedTest
  @ValueSource(strings = {"nobody", "a b@example.com", "@example.com", "a@b@c"})
  void whatIsNoAddress_stopsTheStart(String address) {
    assertThatThrownBy(() -> everywhere(address)).isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> new Recipients("", Map.of("milano", address), "it"))
        .isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> new Recipients("", Map.of(), "de"))
        .isInstanceOf(IllegalArgumentException.class);
  }
}
