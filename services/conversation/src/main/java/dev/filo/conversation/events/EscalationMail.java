package dev.filo.conversation.events;

import com.google.protobuf.InvalidProtocolBufferException;
import dev.filo.platform.grpc.Calls;
import dev.filo.platform.grpc.Channels;
import dev.filo.platform.grpc.Times;
import dev.filo.proto.feed.v1.Event;
import dev.filo.proto.identity.v1.MailServiceGrpc;
import dev.filo.proto.identity.v1.MailServiceGrpc.MailServiceStub;
import dev.filo.proto.identity.v1.SendMailRequest;
import dev.filo.proto.reservation.v1.Reservation;
import dev.filo.proto.reservation.v1.ReservationChanged;
import dev.filo.proto.reservation.v1.ReservationChanged.Kind;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Map;
import java.util.stream.Collectors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import reactor.core.publisher.Mono;
import reactor.util.retry.Retry;

/** Mails a store's manager what nobody at her store has seen in time. */
public final class EscalationMail {
  private static final Logger log = LoggerFactory.getLogger(EscalationMail.class);
  private static final String CHANGED = ReservationChanged.getDescriptor().getFullName();
  // A mail server is away for minutes; asked each second it is not back sooner.
  private static final Duration FIRST_RETRY = Duration.ofSeconds(1);
  private static final Duration LAST_RETRY = Duration.ofMinutes(1);

  private final Channels channels;
  private final Recipients recipients;
  private final String page;
  private final InstantSource clock;

  /**
   * Who is mailed.
   *
   * @param mailTo the address for stores without one of their own; empty: nobody
   * @param stores addresses by the stores' ids: {@code milano-duomo}
   * @param language of the mails: {@code it} or {@code en}
   */
  public record Recipients(String mailTo, Map<String, String> stores, String language) {
    /** Every address looks like one, or the start fails. */
    public Recipients {
      stores = Map.copyOf(stores);
      stores.values().forEach(Recipients::check);
      check(mailTo);
      if (!language.equals("it") && !language.equals("en")) {
        throw new IllegalArgumentException(
            "filo.conversation.escalation.language: " + language + " (expected: it or en)");
      }
    }

    private static void check(String address) {
      if (!address.isEmpty() && !address.matches("[^@\\s]{1,64}@[^@\\s]{1,189}")) {
        throw new IllegalArgumentException(
            "filo.conversation.escalation: an address is none (expected: name@example.com)");
      }
    }

    private String of(String store) {
      return stores.getOrDefault(store.substring(store.indexOf('/') + 1), mailTo);
    }
  }

  /**
   * Mails through identity.
   *
   * @param publicUrl where people reach the suite, without a slash at the end
   */
  public EscalationMail(
      Channels channels, Recipients recipients, String publicUrl, InstantSource clock) {
    this.channels = channels;
    this.recipients = recipients;
    this.page = publicUrl + "/store";
    this.clock = clock;
  }

  /**
   * Mails what an event means, once, however often the event comes. Empty, also when nobody is to
   * be told or it is too late; it waits as long as the mail server is away.
   */
  public Mono<Void> tell(Event event) {
    if (!event.getType().equals(CHANGED)) {
      return Mono.empty();
    }
    ReservationChanged changed;
    try {
      changed = event.getData().unpack(ReservationChanged.class);
    } catch (InvalidProtocolBufferException e) {
      return Mono.error(e);
    }
    var reservation = changed.getReservation();
    var to = recipients.of(reservation.getStore());
    return changed.getKind() != Kind.ESCALATED || to.isEmpty()
        ? Mono.empty()
        : Mono.defer(() -> isOver(reservation) ? Mono.empty() : send(event, reservation, to))
            .retryWhen(
                Retry.backoff(Long.MAX_VALUE, FIRST_RETRY)
                    .maxBackoff(LAST_RETRY)
                    .filter(EscalationMail::isPassing))
            .onErrorResume(
                EscalationMail::isRefused,
                refused -> {
                  log.error(
                      "the address mailed for {} is not taken by the mail server: see"
                          + " filo.conversation.escalation",
                      reservation.getStore());
                  return Mono.empty();
                });
  }

  private boolean isOver(Reservation reservation) {
    return !clock.instant().isBefore(Times.instant(reservation.getExpireTime()));
  }

  private Mono<Void> send(Event event, Reservation reservation, String to) {
    boolean english = recipients.language().equals("en");
    return Calls.unary(
            channels.asService(MailServiceGrpc.newStub(channels.to("identity"))),
            MailServiceStub::sendMail,
            SendMailRequest.newBuilder()
                .setTo(to)
                .setSubject(
                    (english
                            ? "Nobody has seen a reservation: %s"
                            : "Nessuno ha visto una prenotazione: %s")
                        .formatted(reservation.getStoreTitle()))
                .setText(text(reservation, english))
                .setRequestId("escalated:" + event.getId())
                .build())
        .then();
  }

  private static boolean isPassing(Throwable error) {
    return error instanceof StatusRuntimeException status
        && (status.getStatus().getCode() == Status.Code.UNAVAILABLE
            || status.getStatus().getCode() == Status.Code.DEADLINE_EXCEEDED);
  }

  private static boolean isRefused(Throwable error) {
    return error instanceof StatusRuntimeException status
        && status.getStatus().getCode() == Status.Code.INVALID_ARGUMENT;
  }

  private String text(Reservation reservation, boolean english) {
    var who = reservation.getCustomerDisplayName();
    return (english ? ENGLISH : ITALIAN)
        .formatted(
            reservation.getStoreTitle(),
            Moments.text(reservation.getCreateTime(), english),
            who.isEmpty() ? (english ? "a guest" : "un ospite") : who,
            reservation.getLinesList().stream()
                .map(line -> "    %d × %s".formatted(line.getQuantity(), line.getTitle()))
                .collect(Collectors.joining("\n")),
            Moments.text(reservation.getExpireTime(), english),
            page);
  }

  private static final String ITALIAN =
      """
      Buongiorno,

      nessuno a %s ha ancora visto una prenotazione fatta %s.

      Per %s:
      %s
      Da tenere fino a %s.

      È la prima della lista dei ritiri: %s
      Chi la vede tocca «Visto»; chi non può tenerla tocca «Non posso», e si propone un altro negozio.
      """;
  private static final String ENGLISH =
      """
      Hello,

      nobody at %s has yet seen a reservation made on %s.

      For %s:
      %s
      To be kept until %s.

      It is the first on the list of pickups: %s
      Whoever sees it taps «Seen»; whoever cannot keep it taps «I cannot», and another store is offered.
      """;
}
