package dev.filo.cart.order.events;

import com.google.type.Money;
import dev.filo.cart.domain.Fulfilment;
import dev.filo.cart.order.domain.Address;
import dev.filo.cart.order.domain.Order;
import dev.filo.cart.order.domain.Parcel;
import dev.filo.cart.order.domain.Payment;
import dev.filo.cart.order.domain.Tax;
import dev.filo.platform.grpc.Times;
import dev.filo.proto.cart.v1.DeliveryAddress;
import dev.filo.proto.cart.v1.Order.CancelCause;
import dev.filo.proto.cart.v1.OrderLine;
import dev.filo.proto.cart.v1.OrderParcel;
import dev.filo.proto.cart.v1.OrderPayment;
import dev.filo.proto.cart.v1.OrderTax;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** Orders as messages. */
public final class OrderProtos {
  private static final int NUMBER_LENGTH = 8;
  private static final int NANOS_A_CENT = 10_000_000;
  private static final String ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ";

  private OrderProtos() {}

  /** An order as a message. */
  public static dev.filo.proto.cart.v1.Order order(Order order) {
    var currency = order.contents().currency();
    var proto =
        dev.filo.proto.cart.v1.Order.newBuilder()
            .setName("orders/" + order.id())
            .setCustomer(order.customer())
            .setEtag(order.id().substring(0, NUMBER_LENGTH) + "-" + order.version())
            .setNumber(number(order.id()))
            .setState(state(order.state()))
            .addAllLines(lines(order.contents().lines(), currency))
            .setSubtotal(money(currency, order.subtotal()))
            .setTotal(money(currency, order.total()))
            .addAllTaxes(taxes(Tax.in(order.contents().lines()), currency))
            .setVoucher(order.contents().voucher())
            .setPayment(payment(order))
            .setCreateTime(Times.timestamp(order.createTime()))
            .setUpdateTime(Times.timestamp(order.updateTime()))
            .setCancelCause(cause(order.cause()))
            .setCancellable(order.isCancellable());
    if (order.discount() > 0) {
      proto.setDiscount(money(currency, order.discount()));
    }
    order.parcels().forEach(parcel -> proto.addParcels(parcel(parcel)));
    var address = order.contents().address();
    if (address != null) {
      proto.setAddress(address(address));
    }
    return proto.build();
  }

  /** What people call an order: the same for the same id. */
  static String number(String id) {
    var number = new StringBuilder();
    long bits = Long.parseUnsignedLong(id.substring(0, 10), 16);
    for (int i = 0; i < NUMBER_LENGTH; i++) {
      number.append(ALPHABET.charAt((int) (bits & 31)));
      bits >>= 5;
    }
    return number.toString().toUpperCase(Locale.ROOT);
  }

  /** Lines as messages. */
  public static List<OrderLine> lines(List<Order.Line> lines, String currency) {
    return lines.stream().map(line -> line(line, currency)).toList();
  }

  private static OrderLine line(Order.Line line, String currency) {
    var proto =
        OrderLine.newBuilder()
            .setSku(line.sku())
            .setProduct(line.product())
            .setTitle(line.title())
            .setMediaUri(line.mediaUri())
            .setQuantity(line.quantity())
            .setUnitPrice(money(currency, line.unit()))
            .setTotal(money(currency, line.total()))
            .setVatBasisPoints(line.vatBasisPoints())
            .setFulfilment(fulfilment(line.fulfilment()));
    return line.discount() > 0
        ? proto.setDiscount(money(currency, line.discount())).build()
        : proto.build();
  }

  /** VAT as messages. */
  public static List<OrderTax> taxes(List<Tax> taxes, String currency) {
    return taxes.stream()
        .map(
            tax ->
                OrderTax.newBuilder()
                    .setVatBasisPoints(tax.basisPoints())
                    .setGross(money(currency, tax.gross()))
                    .setNet(money(currency, tax.net()))
                    .setVat(money(currency, tax.vat()))
                    .build())
        .toList();
  }

  private static dev.filo.proto.cart.v1.Fulfilment fulfilment(Fulfilment way) {
    return dev.filo.proto.cart.v1.Fulfilment.newBuilder()
        .setStore(way.store())
        .setKind(
            switch (way.kind()) {
              case OPEN -> dev.filo.proto.cart.v1.Fulfilment.Kind.KIND_UNSPECIFIED;
              case SHIP -> dev.filo.proto.cart.v1.Fulfilment.Kind.SHIP;
              case PICKUP -> dev.filo.proto.cart.v1.Fulfilment.Kind.PICKUP;
            })
        .build();
  }

  private static OrderParcel parcel(Parcel parcel) {
    return OrderParcel.newBuilder()
        .setId(parcel.id())
        .setFulfilment(fulfilment(parcel.fulfilment()))
        .setStoreTitle(parcel.title())
        .addAllSkus(parcel.pieces().keySet())
        .setReservation(parcel.reservation())
        .setState(
            switch (parcel.state()) {
              case PENDING -> OrderParcel.State.PENDING;
              case SECURED -> OrderParcel.State.SECURED;
              case LEAVING, HANDED_OVER -> OrderParcel.State.HANDED_OVER;
              case RELEASED -> OrderParcel.State.RELEASED;
            })
        .build();
  }

  private static OrderPayment payment(Order order) {
    var payment = order.payment();
    var currency = order.contents().currency();
    var proto = OrderPayment.newBuilder().setMethod(method(payment.method()));
    var until = payment.until();
    if (until != null) {
      proto.setPayUntilTime(Times.timestamp(until));
    }
    long paid = payment.charges().stream().mapToLong(one -> one.cents()).sum();
    if (paid > 0) {
      proto.setPaid(money(currency, paid));
    }
    if (payment.refunded() > 0) {
      proto.setRefunded(money(currency, payment.refunded()));
    }
    boolean waits = order.state() == Order.State.AWAITING_PAYMENT && payment.accepted() == null;
    if (waits) {
      proto.setRedirectUri(payment.redirect());
    }
    boolean over = order.state() == Order.State.CANCELLED;
    proto.setState(
        payment.owed() != null
            ? OrderPayment.State.REFUNDING
            : payment.refunded() > 0
                ? OrderPayment.State.REFUNDED
                : payment.accepted() != null
                    ? OrderPayment.State.PAID
                    : over ? OrderPayment.State.CLOSED : OrderPayment.State.OPEN);
    return proto.build();
  }

  /** A way to pay as a message's. */
  public static OrderPayment.Method method(Payment.Method method) {
    return switch (method) {
      case PAY_IN_STORE -> OrderPayment.Method.PAY_IN_STORE;
      case PROVIDER -> OrderPayment.Method.PROVIDER;
    };
  }

  private static dev.filo.proto.cart.v1.Order.State state(Order.State state) {
    return switch (state) {
      case PLACING -> dev.filo.proto.cart.v1.Order.State.PLACING;
      case AWAITING_PAYMENT -> dev.filo.proto.cart.v1.Order.State.AWAITING_PAYMENT;
      case PLACED -> dev.filo.proto.cart.v1.Order.State.PLACED;
      case COMPLETED -> dev.filo.proto.cart.v1.Order.State.COMPLETED;
      case CANCELLED -> dev.filo.proto.cart.v1.Order.State.CANCELLED;
    };
  }

  private static CancelCause cause(Order.@Nullable Cause cause) {
    return switch (cause) {
      case null -> CancelCause.CANCEL_CAUSE_UNSPECIFIED;
      case CUSTOMER -> CancelCause.CUSTOMER;
      case AGENT -> CancelCause.AGENT;
      case OUT_OF_STOCK -> CancelCause.OUT_OF_STOCK;
      case NOT_PAID -> CancelCause.NOT_PAID;
      case NOT_SECURED -> CancelCause.NOT_SECURED;
      case NOT_KEPT -> CancelCause.NOT_KEPT;
    };
  }

  private static DeliveryAddress address(Address address) {
    return DeliveryAddress.newBuilder()
        .setRecipient(address.recipient())
        .setStreet(address.street())
        .setPostalCode(address.postalCode())
        .setCity(address.city())
        .setRegionCode(address.region())
        .setPhone(address.phone())
        .build();
  }

  /** Cents as money. */
  public static Money money(String currency, long cents) {
    return Money.newBuilder()
        .setCurrencyCode(currency)
        .setUnits(cents / 100)
        .setNanos((int) (cents % 100) * NANOS_A_CENT)
        .build();
  }
}
