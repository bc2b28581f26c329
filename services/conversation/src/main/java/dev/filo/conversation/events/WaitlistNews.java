package dev.filo.conversation.events;

import com.google.protobuf.InvalidProtocolBufferException;
import dev.filo.conversation.service.ContextReader;
import dev.filo.conversation.service.Conversations;
import dev.filo.platform.grpc.Statuses;
import dev.filo.proto.feed.v1.Event;
import dev.filo.proto.identity.v1.Consent;
import dev.filo.proto.reservation.v1.WaitlistEntry;
import dev.filo.proto.reservation.v1.WaitlistEntryChanged;
import reactor.core.publisher.Mono;

/**
 * Tells customers in their thread that they are in line, that pieces are held for them, and that
 * they were too late. What they take is told as the reservation it is.
 */
public final class WaitlistNews {
  private static final String CHANGED = WaitlistEntryChanged.getDescriptor().getFullName();

  private final Conversations conversations;
  private final ContextReader people;

  /** Tells through these. */
  public WaitlistNews(Conversations conversations, ContextReader people) {
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
    WaitlistEntryChanged changed;
    try {
      changed = event.getData().unpack(WaitlistEntryChanged.class);
    } catch (InvalidProtocolBufferException e) {
      return Mono.error(e);
    }
    var entry = changed.getEntry();
    if (!isNews(changed)) {
      return Mono.empty();
    }
    return people
        .customer(entry.getCustomer())
        .onErrorResume(Statuses::isNotFound, gone -> Mono.empty()) // nobody to be told
        .filterWhen(customer -> maySay(customer.getName(), entry))
        .flatMap(
            customer ->
                conversations.systemSays(
                    customer.getName().substring("customers/".length()),
                    "waitlist:" + event.getId(),
                    customer.getLanguageCode().equals("en") ? english(entry) : italian(entry),
                    entry.getName(),
                    entry.getState().name()))
        .then();
  }

  /**
   * Whether she wants to hear of it. That she has joined a line is her yes, written down with it,
   * unless she has answered before: a no stays a no.
   */
  private Mono<Boolean> maySay(String customer, WaitlistEntry entry) {
    return people
        .consent(customer, Consent.Purpose.PURPOSE_WAITLIST, Consent.Channel.CHANNEL_CHAT)
        .map(Consent::getGranted)
        .switchIfEmpty(
            Mono.defer(
                () ->
                    entry.getState() == WaitlistEntry.State.WAITING
                        ? people
                            .consented(
                                customer,
                                Consent.newBuilder()
                                    .setPurpose(Consent.Purpose.PURPOSE_WAITLIST)
                                    .setChannel(Consent.Channel.CHANNEL_CHAT)
                                    .setGranted(true)
                                    .setProof("Joined the line " + entry.getName())
                                    .build(),
                                "waitlist:" + entry.getName())
                            .thenReturn(true)
                        : Mono.just(false)));
  }

  private static boolean isNews(WaitlistEntryChanged changed) {
    return switch (changed.getEntry().getState()) {
      // back in line is nothing new
      case WAITING -> changed.getPreviousState() == WaitlistEntry.State.STATE_UNSPECIFIED;
      case OFFERED -> changed.getPreviousState() == WaitlistEntry.State.WAITING;
      case LAPSED -> true;
      case TAKEN, LEFT, STATE_UNSPECIFIED, UNRECOGNIZED -> false;
    };
  }

  private static String what(WaitlistEntry entry, int pieces) {
    return pieces > 1 ? pieces + " × " + entry.getTitle() : entry.getTitle();
  }

  private static String italian(WaitlistEntry entry) {
    var where = entry.getStoreTitle();
    return switch (entry.getState()) {
      case WAITING ->
          "Sei in lista: %s, a %s. Sei al posto %d: appena tocca a te lo mettiamo da parte e te lo diciamo."
              .formatted(what(entry, entry.getQuantity()), where, entry.getPosition());
      case OFFERED ->
          "È arrivato il tuo turno: %s, a %s. Lo teniamo per te fino a %s: apri «Prenotazioni» e accetta."
              .formatted(
                  what(entry, entry.getOfferedQuantity()),
                  where,
                  Moments.text(entry.getOfferExpireTime(), false));
      case LAPSED ->
          "Il tempo per accettare è passato: %s, a %s, va a chi viene dopo. Se ti interessa ancora, rimettiti in lista."
              .formatted(what(entry, entry.getQuantity()), where);
      case TAKEN, LEFT, STATE_UNSPECIFIED, UNRECOGNIZED ->
          throw new IllegalArgumentException("no news: " + entry.getState());
    };
  }

  private static String english(WaitlistEntry entry) {
    var where = entry.getStoreTitle();
    return switch (entry.getState()) {
      case WAITING ->
          "You are in line: %s, at %s. Your place is %d: when it is your turn we set it aside and tell you."
              .formatted(what(entry, entry.getQuantity()), where, entry.getPosition());
      case OFFERED ->
          "It is your turn: %s, at %s. We hold it for you until %s: open «Reservations» and accept."
              .formatted(
                  what(entry, entry.getOfferedQuantity()),
                  where,
                  Moments.text(entry.getOfferExpireTime(), true));
      case LAPSED ->
          "The time to accept has passed: %s, at %s, goes to the next in line. Join again if you still want it."
              .formatted(what(entry, entry.getQuantity()), where);
      case TAKEN, LEFT, STATE_UNSPECIFIED, UNRECOGNIZED ->
          throw new IllegalArgumentException("no news: " + entry.getState());
    };
  }
}
