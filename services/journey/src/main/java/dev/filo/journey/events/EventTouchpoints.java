package dev.filo.journey.events;

import com.google.protobuf.InvalidProtocolBufferException;
import dev.filo.journey.domain.Touchpoint;
import dev.filo.journey.domain.Touchpoint.Source;
import dev.filo.platform.grpc.Times;
import dev.filo.proto.cart.v1.CartChanged;
import dev.filo.proto.cart.v1.CartOperation;
import dev.filo.proto.cart.v1.CartsMerged;
import dev.filo.proto.cart.v1.ChangedItem;
import dev.filo.proto.cart.v1.Order;
import dev.filo.proto.cart.v1.OrderCancelled;
import dev.filo.proto.cart.v1.OrderPlaced;
import dev.filo.proto.conversation.v1.Author;
import dev.filo.proto.conversation.v1.Conversation;
import dev.filo.proto.conversation.v1.ConversationChanged;
import dev.filo.proto.conversation.v1.MessageSent;
import dev.filo.proto.feed.v1.Actor;
import dev.filo.proto.feed.v1.Event;
import dev.filo.proto.identity.v1.CustomerSignedIn;
import dev.filo.proto.identity.v1.HandoffRedeemed;
import dev.filo.proto.reservation.v1.Reservation;
import dev.filo.proto.reservation.v1.ReservationChanged;
import dev.filo.proto.reservation.v1.WaitlistEntry;
import dev.filo.proto.reservation.v1.WaitlistEntryChanged;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** What other services' events mean on a customer's time line. */
public final class EventTouchpoints {
  private static final int TITLE_MAX = 300;
  // A message is recognised by its beginning; the thread has the rest.
  private static final int MESSAGE_MAX = 120;
  private static final String CUSTOMER = "customer";

  private EventTouchpoints() {}

  /** The touchpoints of an event; none when it means nothing to a customer. */
  public static List<Touchpoint> of(Event event) throws InvalidProtocolBufferException {
    var data = event.getData();
    if (data.is(CartChanged.class)) {
      return cartChanged(event, data.unpack(CartChanged.class));
    }
    if (data.is(CartsMerged.class)) {
      var merged = data.unpack(CartsMerged.class);
      return one(event, merged.getCustomer(), "cart_merge", merged.getCustomer() + "/cart", "");
    }
    if (data.is(CustomerSignedIn.class)) {
      var customer = data.unpack(CustomerSignedIn.class).getCustomer();
      return one(event, customer, "signed_in", customer, event.getActor().getDevice());
    }
    if (data.is(HandoffRedeemed.class)) {
      var customer = data.unpack(HandoffRedeemed.class).getCustomer();
      return one(event, customer, "handoff", customer, event.getActor().getDevice());
    }
    if (data.is(ReservationChanged.class)) {
      return reservationChanged(event, data.unpack(ReservationChanged.class));
    }
    if (data.is(OrderPlaced.class)) {
      return order(event, "order_placed", data.unpack(OrderPlaced.class).getOrder());
    }
    if (data.is(OrderCancelled.class)) {
      return order(event, "order_cancelled", data.unpack(OrderCancelled.class).getOrder());
    }
    if (data.is(WaitlistEntryChanged.class)) {
      return waitlistChanged(event, data.unpack(WaitlistEntryChanged.class).getEntry());
    }
    if (data.is(MessageSent.class)) {
      return messageSent(event, data.unpack(MessageSent.class));
    }
    if (data.is(ConversationChanged.class)) {
      return conversationChanged(event, data.unpack(ConversationChanged.class).getConversation());
    }
    return List.of();
  }

  private static List<Touchpoint> one(
      Event event, String customer, String type, String subject, String title) {
    return List.of(
        touchpoint(
            event, 0, customer, event.getActor().getChannel(), type, subject, by(event), title));
  }

  /** One for each operation; the first has the event's own id. */
  private static List<Touchpoint> cartChanged(Event event, CartChanged changed) {
    var items = new HashMap<String, ChangedItem>();
    changed.getItemsList().forEach(item -> items.put(item.getOperation(), item));
    var touchpoints = new ArrayList<Touchpoint>();
    for (int i = 0; i < changed.getOperationsCount(); i++) {
      var operation = changed.getOperations(i);
      if (operation.hasTakeOrdered()) {
        continue; // the order itself is the touchpoint
      }
      var item = items.get(operation.getId());
      if (item == null) {
        continue; // it found nothing left to do
      }
      touchpoints.add(
          touchpoint(
              event,
              i,
              changed.getCustomer(),
              event.getActor().getChannel(),
              type(operation),
              item.getProduct(),
              by(event),
              item.getTitle()));
    }
    return touchpoints;
  }

  private static String type(CartOperation operation) {
    return switch (operation.getOperationCase()) {
      case ADD -> "cart_add";
      case SET_QUANTITY ->
          operation.getSetQuantity().getQuantity() == 0 ? "cart_remove" : "cart_quantity";
      case REMOVE -> "cart_remove";
      case SAVE_FOR_LATER -> "cart_save";
      case MOVE_TO_CART -> "cart_restore";
      case PROPOSE -> "cart_proposal";
      case ACCEPT -> "proposal_accepted";
      case DECLINE -> "proposal_declined";
      case NOTE -> "cart_note";
      case CHOOSE_FULFILMENT -> "cart_fulfilment";
      case UNDO_MERGE -> "cart_merge_undone";
      case APPLY_VOUCHER, REMOVE_VOUCHER, ASK_TO_EDIT, ALLOW_EDITING, END_EDITING -> "cart_change";
      case TAKE_ORDERED, OPERATION_NOT_SET -> "cart_change";
    };
  }

  private static List<Touchpoint> reservationChanged(Event event, ReservationChanged changed) {
    var reservation = changed.getReservation();
    var type =
        switch (reservation.getState()) {
          case HELD -> "reservation_held";
          case PREPARED -> "reservation_prepared";
          case COLLECTED -> "reservation_collected";
          case EXPIRED -> "reservation_expired";
          case CANCELLED -> "reservation_cancelled";
          case REFUSED -> "reservation_refused";
          case PENDING, STATE_UNSPECIFIED, UNRECOGNIZED -> "";
        };
    if (type.isEmpty() || reservation.getState() == changed.getPreviousState()) {
      return List.of();
    }
    return one(
        event,
        reservation.getCustomer(),
        type,
        reservation.getName(),
        reservationTitle(reservation));
  }

  private static List<Touchpoint> waitlistChanged(Event event, WaitlistEntry entry) {
    var type =
        switch (entry.getState()) {
          case WAITING -> "waitlist_joined";
          case OFFERED -> "waitlist_offered";
          case TAKEN -> "waitlist_taken";
          case LAPSED -> "waitlist_lapsed";
          case LEFT -> "waitlist_left";
          case STATE_UNSPECIFIED, UNRECOGNIZED -> "";
        };
    return type.isEmpty()
        ? List.of()
        : one(
            event,
            entry.getCustomer(),
            type,
            entry.getName(),
            Stream.of(entry.getTitle(), entry.getStoreTitle())
                .filter(text -> !text.isEmpty())
                .collect(Collectors.joining(" · ")));
  }

  private static List<Touchpoint> order(Event event, String type, Order order) {
    var titles =
        order.getLinesList().stream()
            .map(line -> line.getTitle())
            .filter(title -> !title.isEmpty())
            .collect(Collectors.joining(", "));
    return one(event, order.getCustomer(), type, order.getName(), titles);
  }

  private static String reservationTitle(Reservation reservation) {
    var lines =
        reservation.getLinesList().stream()
            .map(line -> line.getTitle())
            .filter(title -> !title.isEmpty())
            .collect(Collectors.joining(", "));
    return Stream.of(lines, reservation.getStoreTitle())
        .filter(text -> !text.isEmpty())
        .collect(Collectors.joining(" · "));
  }

  /** What the suite itself says in a thread is there already: it repeats other events. */
  private static List<Touchpoint> messageSent(Event event, MessageSent sent) {
    var message = sent.getMessage();
    var author = message.getAuthor();
    if (author.getKind() == Author.Kind.SYSTEM) {
      return List.of();
    }
    boolean agent = author.getKind() == Author.Kind.AGENT;
    return List.of(
        touchpoint(
            event,
            0,
            sent.getCustomer(),
            agent ? "desk" : message.getChannel().isEmpty() ? "chat" : message.getChannel(),
            "message",
            conversation(message.getName()),
            agent && !author.getDisplayName().isEmpty()
                ? author.getDisplayName()
                : agent ? by(event) : CUSTOMER,
            shortened(message.getText(), MESSAGE_MAX)));
  }

  private static String conversation(String message) {
    int end = message.indexOf("/messages/");
    return end < 0 ? message : message.substring(0, end);
  }

  private static List<Touchpoint> conversationChanged(Event event, Conversation conversation) {
    var type =
        switch (conversation.getState()) {
          case OPEN -> conversation.getAssignee().isEmpty() ? "" : "conversation_assigned";
          case RESOLVED -> "conversation_resolved";
          case NEW, STATE_UNSPECIFIED, UNRECOGNIZED -> "";
        };
    return type.isEmpty()
        ? List.of()
        : one(
            event,
            conversation.getCustomer(),
            type,
            conversation.getName(),
            conversation.getAssigneeDisplayName());
  }

  private static String by(Event event) {
    Actor actor = event.getActor();
    if (!actor.getDisplayName().isEmpty()) {
      return actor.getDisplayName();
    }
    return switch (actor.getRole()) {
      case "guest", "customer" -> CUSTOMER;
      case "device" -> actor.getPrincipal().substring(actor.getPrincipal().indexOf('/') + 1);
      case "service", "" -> "system";
      default -> actor.getRole().toLowerCase(Locale.ROOT);
    };
  }

  private static Touchpoint touchpoint(
      Event event,
      int index,
      String customer,
      String channel,
      String type,
      String subject,
      String by,
      String title) {
    return new Touchpoint(
        Source.EVENT,
        index == 0 ? event.getId() : event.getId() + "-" + index,
        customer,
        Times.instant(event.getTime()),
        channel.isEmpty() ? "system" : channel,
        type,
        subject,
        by,
        shortened(title, TITLE_MAX));
  }

  private static String shortened(String text, int max) {
    if (text.length() <= max) {
      return text;
    }
    int end = Character.isHighSurrogate(text.charAt(max - 2)) ? max - 2 : max - 1;
    return text.substring(0, end) + "…";
  }
}
