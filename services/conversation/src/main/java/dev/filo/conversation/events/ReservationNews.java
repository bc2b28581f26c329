package dev.filo.conversation.events;

import com.google.protobuf.InvalidProtocolBufferException;
import dev.filo.conversation.service.ContextReader;
import dev.filo.conversation.service.Conversations;
import dev.filo.platform.grpc.Statuses;
import dev.filo.proto.feed.v1.Event;
import dev.filo.proto.identity.v1.Customer;
import dev.filo.proto.reservation.v1.Offer;
import dev.filo.proto.reservation.v1.Reservation;
import dev.filo.proto.reservation.v1.ReservationChanged;
import dev.filo.proto.reservation.v1.ReservationChanged.Kind;
import java.util.Locale;
import java.util.stream.Collectors;
import reactor.core.publisher.Mono;

/**
 * Tells customers in their thread what becomes of their reservations. She made them, and what is
 * told of them, the reminder included, belongs to keeping them: no consent is asked for.
 */
public final class ReservationNews {
  private static final String CHANGED = ReservationChanged.getDescriptor().getFullName();
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
    var kind = kind(changed);
    if (!isNews(kind)) {
      return Mono.empty();
    }
    return people
        .customer(reservation.getCustomer())
        .onErrorResume(Statuses::isNotFound, gone -> Mono.empty()) // nobody to be told
        .flatMap(
            customer -> {
              var key = "reservation:" + event.getId();
              var words = text(reservation, kind, customer.getLanguageCode().equals("en"));
              // that a store has not looked is for customer service, not for her
              return kind == Kind.ESCALATED
                  ? conversations.systemNotes(
                      id(customer), key, words, reservation.getName(), kind.name())
                  : conversations.systemSays(
                      id(customer), key, words, reservation.getName(), kind.name());
            })
        .then();
  }

  /** What happened; of events that do not say it yet the states tell. */
  private static Kind kind(ReservationChanged changed) {
    if (changed.getKind() != Kind.KIND_UNSPECIFIED) {
      return changed.getKind();
    }
    var state = changed.getReservation().getState();
    return switch (state) {
      case HELD, PREPARED ->
          changed.getPreviousState() == state ? Kind.EXTENDED : Kind.valueOf(state.name());
      case COLLECTED, EXPIRED, CANCELLED, REFUSED -> Kind.valueOf(state.name());
      case STATE_UNSPECIFIED, PENDING, UNRECOGNIZED -> Kind.KIND_UNSPECIFIED;
    };
  }

  private static boolean isNews(Kind kind) {
    return switch (kind) {
      case HELD,
          PREPARED,
          EXTENDED,
          REMINDED,
          PARTLY_COLLECTED,
          COLLECTED,
          EXPIRED,
          CANCELLED,
          REFUSED,
          OFFERED,
          OFFER_NONE,
          ESCALATED ->
          true;
      // what she did herself, or what changes nothing for her
      case ACKNOWLEDGED, OFFER_ACCEPTED, OFFER_DECLINED, PUT_BACK -> false;
      case KIND_UNSPECIFIED, UNRECOGNIZED -> false;
    };
  }

  private static String id(Customer customer) {
    return customer.getName().substring("customers/".length());
  }

  private static String text(Reservation reservation, Kind kind, boolean english) {
    var what = what(reservation, kind == Kind.PARTLY_COLLECTED);
    return english ? english(reservation, kind, what) : italian(reservation, kind, what);
  }

  /** The goods in words; of what was collected in part, what is left. */
  private static String what(Reservation reservation, boolean left) {
    return reservation.getLinesList().stream()
        .map(
            line -> {
              int pieces = line.getQuantity() - (left ? line.getCollectedQuantity() : 0);
              return pieces == 0
                  ? ""
                  : pieces == 1 ? line.getTitle() : pieces + " × " + line.getTitle();
            })
        .filter(words -> !words.isEmpty())
        .collect(Collectors.joining(", "));
  }

  private static String italian(Reservation reservation, Kind kind, String what) {
    var where = reservation.getStoreTitle();
    var until = Moments.text(reservation.getExpireTime(), false);
    var offer = reservation.getOffer();
    return switch (kind) {
      case HELD ->
          "Messo da parte per te: %s. Ti aspetta a %s fino a %s. In negozio mostra il codice di ritiro."
              .formatted(what, where, until);
      case PREPARED ->
          "È pronto: %s, a %s. Puoi ritirarlo fino a %s.".formatted(what, where, until);
      case EXTENDED ->
          "Lo teniamo da parte più a lungo: %s, %s, fino a %s.".formatted(what, where, until);
      case REMINDED ->
          "Ti ricordiamo che ti aspetta ancora: %s, a %s, fino a %s. Se ti serve più tempo, prolunga la prenotazione o scrivici."
              .formatted(what, where, until);
      case PARTLY_COLLECTED ->
          "Ritirato in parte. Ti aspetta ancora: %s, a %s, fino a %s."
              .formatted(what, where, until);
      case COLLECTED -> "Ritirato: %s, a %s. Grazie e buon divertimento.".formatted(what, where);
      case EXPIRED ->
          "La prenotazione è scaduta: %s, a %s. Se ti interessa ancora, scrivici."
              .formatted(what, where);
      case CANCELLED -> "La prenotazione è annullata: %s, a %s.".formatted(what, where);
      case REFUSED ->
          "Ci dispiace: %s non può tenere %s (%s). Cerchiamo subito un altro negozio."
              .formatted(where, what, why(reservation, false));
      case OFFERED ->
          "%s ce l’ha%s: %s. Lo teniamo per te lì? Apri la prenotazione e accetta, entro %s."
              .formatted(
                  offer.getStoreTitle(),
                  far(offer, ", a %s km da lì", Locale.ITALIAN),
                  what,
                  Moments.text(offer.getExpireTime(), false));
      case OFFER_NONE ->
          "Nessun altro negozio vicino ha adesso tutto: %s. Scrivici, cerchiamo una soluzione."
              .formatted(what);
      case ESCALATED ->
          "Il negozio non ha ancora visto la prenotazione: %s, a %s, fino a %s."
              .formatted(what, where, until);
      case ACKNOWLEDGED, OFFER_ACCEPTED, OFFER_DECLINED, PUT_BACK, KIND_UNSPECIFIED, UNRECOGNIZED ->
          throw new IllegalArgumentException("no news: " + kind);
    };
  }

  private static String english(Reservation reservation, Kind kind, String what) {
    var where = reservation.getStoreTitle();
    var until = Moments.text(reservation.getExpireTime(), true);
    var offer = reservation.getOffer();
    return switch (kind) {
      case HELD ->
          "Set aside for you: %s. It waits at %s until %s. Show the pickup code at the store."
              .formatted(what, where, until);
      case PREPARED ->
          "It is ready: %s, at %s. You can collect it until %s.".formatted(what, where, until);
      case EXTENDED -> "We keep it longer: %s, %s, until %s.".formatted(what, where, until);
      case REMINDED ->
          "A reminder: %s still waits for you at %s, until %s. If you need more time, extend the reservation or write to us."
              .formatted(what, where, until);
      case PARTLY_COLLECTED ->
          "Collected in part. Still waiting for you: %s, at %s, until %s."
              .formatted(what, where, until);
      case COLLECTED -> "Collected: %s, at %s. Thank you, and enjoy it.".formatted(what, where);
      case EXPIRED ->
          "The reservation has lapsed: %s, at %s. Write to us if you still want it."
              .formatted(what, where);
      case CANCELLED -> "The reservation is cancelled: %s, at %s.".formatted(what, where);
      case REFUSED ->
          "We are sorry: %s cannot keep %s (%s). We are looking for another store."
              .formatted(where, what, why(reservation, true));
      case OFFERED ->
          "%s has it%s: %s. Shall we keep it for you there? Open the reservation and accept, by %s."
              .formatted(
                  offer.getStoreTitle(),
                  far(offer, ", %s km from there", Locale.ENGLISH),
                  what,
                  Moments.text(offer.getExpireTime(), true));
      case OFFER_NONE ->
          "No other store nearby has all of it now: %s. Write to us, we will find a way."
              .formatted(what);
      case ESCALATED ->
          "The store has not seen the reservation yet: %s, at %s, until %s."
              .formatted(what, where, until);
      case ACKNOWLEDGED, OFFER_ACCEPTED, OFFER_DECLINED, PUT_BACK, KIND_UNSPECIFIED, UNRECOGNIZED ->
          throw new IllegalArgumentException("no news: " + kind);
    };
  }

  /** The store's words; without any, what its cause means. */
  private static String why(Reservation reservation, boolean english) {
    if (!reservation.getRefusalReason().isEmpty()) {
      return reservation.getRefusalReason();
    }
    return switch (reservation.getRefusalCause()) {
      case NOT_FOUND -> english ? "it cannot be found" : "non si trova";
      case DAMAGED -> english ? "it is damaged" : "è danneggiato";
      case DISPLAY_ONLY -> english ? "it is the piece on display" : "è il pezzo esposto";
      case OTHER, REFUSAL_CAUSE_UNSPECIFIED, UNRECOGNIZED ->
          english ? "it is not available" : "non è disponibile";
    };
  }

  private static String far(Offer offer, String words, Locale locale) {
    return offer.hasDistanceMeters()
        ? words.formatted(String.format(locale, "%.1f", offer.getDistanceMeters() / 1000))
        : "";
  }
}
