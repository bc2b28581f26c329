package dev.filo.cart.order.events;

import com.google.protobuf.Message;
import dev.filo.cart.order.domain.Fact;
import dev.filo.cart.order.domain.Order;
import dev.filo.platform.auth.Caller;
import dev.filo.platform.feed.Outbox;
import dev.filo.proto.cart.v1.OrderCancelled;
import dev.filo.proto.cart.v1.OrderCompleted;
import dev.filo.proto.cart.v1.OrderPaid;
import dev.filo.proto.cart.v1.OrderPlaced;
import dev.filo.proto.feed.v1.Event;
import java.time.Instant;

/** What happened to orders, as events. */
public final class OrderEvents {
  private static final String SOURCE = "filo/cart";

  private OrderEvents() {}

  /** The event that tells of a fact; without her address, which is nobody else's business. */
  public static Event event(Fact fact, Order order, Caller by, Instant now) {
    var proto = OrderProtos.order(order).toBuilder().clearAddress().build();
    Message data =
        switch (fact) {
          case PLACED -> OrderPlaced.newBuilder().setOrder(proto).build();
          case PAID -> OrderPaid.newBuilder().setOrder(proto).build();
          case CANCELLED -> OrderCancelled.newBuilder().setOrder(proto).build();
          case COMPLETED -> OrderCompleted.newBuilder().setOrder(proto).build();
        };
    return Outbox.event(SOURCE, "orders/" + order.id(), now, by.actor(), data);
  }
}
