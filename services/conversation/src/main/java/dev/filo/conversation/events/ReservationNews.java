package dev.filo.conversation.events;

import com.google.protobuf.InvalidProtocolBufferException;
import dev.filo.conversation.service.ContextReader;
import dev.filo.conversation.service.Conversations;
import dev.filo.platform.grpc.Times;
import dev.filo.proto.feed.v1.Event;
import dev.filo.proto.identity.v1.Customer;
import dev.filo.proto.reservation.v1.Reservation;
import dev.filo.proto.reservation.v1.ReservationChanged;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import java.time.ZoneId;
import java.time.format.DateTimeFormatter;
import java.util.Locale;
import java.util.stream.Collectors;
import reactor.core.publisher.Mono;

/** Tells customers in their thread what becomes of their reservations. */
public final class ReservationNews {
  private static final String CHANGED = ReservationChanged.getDescriptor().getFullName();
  // The zone of the texts. Stores of one retailer in several zones would need the store's own.
  private static final ZoneId ZONE = ZoneId.of("Europe/Rome");
  private static final DateTimeFormatter ITALIAN =
      DateTimeFormatter.ofPattern("EEEE d MMMM, 'ore' HH:mm", Locale.ITALIAN).withZone(ZONE);
  private static final DateTimeFormatter ENGLISH =
      DateTimeFormatter.ofPattern("EEEE d MMMM, HH:mm", Locale.ENGLISH).withZone(ZONE);

  private final Conversations conversations;
  private final ContextReader people;

  /** Tells through these. */
  public ReservationNews(Conversations conversations, ContextReader people) {
    this.conversations = conversations;
    this.people = people;
  }

  /**
   * Says in the customer's thread what an event means for her; once, however often the event comes.
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
    if (!isNews(reservation.getState())) {
      return Mono.empty();
    }
    return people
        .customer(reservation.getCustomer())
        .onErrorResume(ReservationNews::isNotFound, gone -> Mono.empty()) // nobody to be told
        .flatMap(
            customer -> {
              var text = text(changed, customer.getLanguageCode().equals("en"));
              return conversations.systemSays(
                  id(customer),
                  "reservation:" + event.getId(),
                  text,
                  reservation.getName(),
                  reservation.getState().name());
            })
        .then();
  }

  private static boolean isNews(Reservation.State state) {
    return switch (state) {
      case HELD, PREPARED, COLLECTED, EXPIRED, CANCELLED, REFUSED -> true;
      case STATE_UNSPECIFIED, PENDING, UNRECOGNIZED -> false;
    };
  }

  private static boolean isNotFound(Throwable error) {
    return error instanceof StatusRuntimeException status
        && status.getStatus().getCode() == Status.Code.NOT_FOUND;
  }

  private static String id(Customer customer) {
    return customer.getName().substring("customers/".length());
  }

  private static String text(ReservationChanged changed, boolean english) {
    var reservation = changed.getReservation();
    var what =
        reservation.getLinesList().stream()
            .map(
                line ->
                    line.getQuantity() == 1
                        ? line.getTitle()
                        : line.getQuantity() + " × " + line.getTitle())
            .collect(Collectors.joining(", "));
    var where = reservation.getStoreTitle();
    var until = (english ? ENGLISH : ITALIAN).format(Times.instant(reservation.getExpireTime()));
    boolean longer = changed.getPreviousState() == reservation.getState();
    return english
        ? english(reservation, longer, what, where, until)
        : italian(reservation, longer, what, where, until);
  }

  private static String italian(
      Reservation reservation, boolean longer, String what, String where, String until) {
    return switch (reservation.getState()) {
      case HELD ->
          longer
              ? "Lo teniamo da parte più a lungo: %s, %s, fino a %s.".formatted(what, where, until)
              : "Messo da parte per te: %s. Ti aspetta a %s fino a %s. In negozio mostra il codice di ritiro."
                  .formatted(what, where, until);
      case PREPARED ->
          longer
              ? "Lo teniamo da parte più a lungo: %s, %s, fino a %s.".formatted(what, where, until)
              : "È pronto: %s, a %s. Puoi ritirarlo fino a %s.".formatted(what, where, until);
      case COLLECTED -> "Ritirato: %s, a %s. Grazie e buon divertimento.".formatted(what, where);
      case EXPIRED ->
          "La prenotazione è scaduta: %s, a %s. Se ti interessa ancora, scrivici."
              .formatted(what, where);
      case CANCELLED -> "La prenotazione è annullata: %s, a %s.".formatted(what, where);
      case REFUSED ->
          "Ci dispiace: %s non può tenere %s (%s). Cerchiamo subito un altro negozio."
              .formatted(where, what, reservation.getRefusalReason());
      case STATE_UNSPECIFIED, PENDING, UNRECOGNIZED ->
          throw new IllegalArgumentException("no news: " + reservation.getState());
    };
  }

  private static String english(
      Reservation reservation, boolean longer, String what, String where, String until) {
    return switch (reservation.getState()) {
      case HELD ->
          longer
              ? "We keep it longer: %s, %s, until %s.".formatted(what, where, until)
              : "Set aside for you: %s. It waits at %s until %s. Show the pickup code at the store."
                  .formatted(what, where, until);
      case PREPARED ->
          longer
              ? "We keep it longer: %s, %s, until %s.".formatted(what, where, until)
              : "It is ready: %s, at %s. You can collect it until %s."
                  .formatted(what, where, until);
      case COLLECTED -> "Collected: %s, at %s. Thank you, and enjoy it.".formatted(what, where);
      case EXPIRED ->
          "The reservation has lapsed: %s, at %s. Write to us if you still want it."
              .formatted(what, where);
      case CANCELLED -> "The reservation is cancelled: %s, at %s.".formatted(what, where);
      case REFUSED ->
          "We are sorry: %s cannot keep %s (%s). We are looking for another store."
              .formatted(where, what, reservation.getRefusalReason());
      case STATE_UNSPECIFIED, PENDING, UNRECOGNIZED ->
          throw new IllegalArgumentException("no news: " + reservation.getState());
    };
  }
}
