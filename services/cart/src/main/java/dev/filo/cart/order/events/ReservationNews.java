package dev.filo.cart.order.events;

import com.google.protobuf.InvalidProtocolBufferException;
import dev.filo.cart.order.domain.Parcel;
import dev.filo.cart.order.service.Orders;
import dev.filo.proto.feed.v1.Event;
import dev.filo.proto.reservation.v1.ReservationChanged;
import reactor.core.publisher.Mono;

/** Hears what becomes of the goods that stores keep for orders. */
public final class ReservationNews {
  private static final String CHANGED = ReservationChanged.getDescriptor().getFullName();

  private final Orders orders;

  /** Tells these orders. */
  public ReservationNews(Orders orders) {
    this.orders = orders;
  }

  /** Deals with one event; repeating it is harmless. Empty. */
  public Mono<Void> deal(Event event) {
    if (!event.getType().equals(CHANGED)) {
      return Mono.empty();
    }
    try {
      var reservation = event.getData().unpack(ReservationChanged.class).getReservation();
      return switch (reservation.getState()) {
        case COLLECTED -> orders.heard(reservation.getName(), Parcel.State.HANDED_OVER);
        case EXPIRED, CANCELLED, REFUSED ->
            orders.heard(reservation.getName(), Parcel.State.RELEASED);
        case PENDING, HELD, PREPARED, STATE_UNSPECIFIED, UNRECOGNIZED -> Mono.empty();
      };
    } catch (InvalidProtocolBufferException e) {
      throw new IllegalStateException("an event of reservation cannot be read", e);
    }
  }
}
