package dev.filo.cart.order.grpc;

import dev.filo.cart.order.domain.Address;
import dev.filo.cart.order.domain.Payment;
import dev.filo.cart.order.domain.Refusal;
import dev.filo.cart.order.events.OrderProtos;
import dev.filo.cart.order.service.OrderRefusedException;
import dev.filo.cart.order.service.Orders;
import dev.filo.cart.service.Carts;
import dev.filo.platform.auth.Caller;
import dev.filo.platform.grpc.Answers;
import dev.filo.platform.grpc.PageTokens;
import dev.filo.platform.grpc.Statuses;
import dev.filo.platform.mongo.Requests;
import dev.filo.platform.watch.Changes;
import dev.filo.platform.watch.States;
import dev.filo.proto.cart.v1.CancelOrderRequest;
import dev.filo.proto.cart.v1.CheckoutCartRequest;
import dev.filo.proto.cart.v1.CheckoutProblem;
import dev.filo.proto.cart.v1.CheckoutQuote;
import dev.filo.proto.cart.v1.DeliveryAddress;
import dev.filo.proto.cart.v1.GetOrderRequest;
import dev.filo.proto.cart.v1.ListOrdersRequest;
import dev.filo.proto.cart.v1.ListOrdersResponse;
import dev.filo.proto.cart.v1.Order;
import dev.filo.proto.cart.v1.OrderPayment;
import dev.filo.proto.cart.v1.OrderServiceGrpc;
import dev.filo.proto.cart.v1.QuoteCheckoutRequest;
import dev.filo.proto.cart.v1.ReceivePaymentWebhookRequest;
import dev.filo.proto.cart.v1.ReceivePaymentWebhookResponse;
import dev.filo.proto.cart.v1.ShipOrderRequest;
import dev.filo.proto.cart.v1.WatchOrderRequest;
import io.grpc.stub.StreamObserver;
import java.util.HexFormat;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import reactor.core.publisher.Mono;

/** Answers for orders. */
public final class OrderHandler extends OrderServiceGrpc.OrderServiceImplBase {
  private static final int PAGE = 20;
  private static final int WEBHOOK_BYTES_MAX = 64 * 1024;
  private static final int NANOS_A_CENT = 10_000_000;
  private static final String CART = "/cart";
  private static final String ORDERS = "orders/";
  private static final Pattern PLACE = Pattern.compile("[0-9]{1,15}-[A-Za-z0-9]{1,64}");

  private final Orders orders;
  private final Carts carts;
  private final Changes changes;

  /** Answers with {@code orders} from {@code carts}. */
  public OrderHandler(Orders orders, Carts carts, Changes changes) {
    this.orders = orders;
    this.carts = carts;
    this.changes = changes;
  }

  @Override
  public void quoteCheckout(QuoteCheckoutRequest request, StreamObserver<CheckoutQuote> observer) {
    var customer = customer(request.getName());
    answer(
        observer,
        hers(Caller.current())
            .then(Mono.defer(() -> orders.quote(customer)))
            .map(OrderHandler::quote));
  }

  private static CheckoutQuote quote(Orders.Offer offer) {
    var currency = offer.currency();
    var quote =
        CheckoutQuote.newBuilder()
            .addAllLines(OrderProtos.lines(offer.lines(), currency))
            .addAllTaxes(OrderProtos.taxes(offer.taxes(), currency))
            .setAddressNeeded(offer.sent())
            .setEtag(offer.etag());
    if (!offer.lines().isEmpty()) {
      long subtotal = offer.lines().stream().mapToLong(line -> line.amount()).sum();
      long total = offer.lines().stream().mapToLong(line -> line.total()).sum();
      quote
          .setSubtotal(OrderProtos.money(currency, subtotal))
          .setTotal(OrderProtos.money(currency, total));
      if (total < subtotal) {
        quote.setDiscount(OrderProtos.money(currency, subtotal - total));
      }
      offer.payments().forEach(method -> quote.addPayments(OrderProtos.method(method)));
    }
    offer.problems().forEach(problem -> quote.addProblems(problem(problem)));
    return quote.build();
  }

  private static CheckoutProblem problem(Refusal problem) {
    var proto = CheckoutProblem.newBuilder().setReason(OrderRefusals.reason(problem));
    if (problem instanceof Refusal.FulfilmentMissing(var line, var sku)) {
      proto.setLine(line).setSku(sku);
    }
    if (problem instanceof Refusal.Withdrawn(var line, var sku)) {
      proto.setLine(line).setSku(sku);
    }
    return proto.build();
  }

  @Override
  public void checkoutCart(CheckoutCartRequest request, StreamObserver<Order> observer) {
    var customer = customer(request.getName());
    var caller = Caller.current();
    answer(
        observer,
        hers(caller)
            .then(Mono.fromCallable(() -> wish(request)))
            .flatMap(wish -> orders.checkout(customer, wish, caller))
            .map(OrderProtos::order));
  }

  private static Orders.Wish wish(CheckoutCartRequest request) {
    // Who she was before she signed in asked for the same.
    var hash = Requests.hash(request.toBuilder().clearName().build());
    return new Orders.Wish(
        request.getPayment() == OrderPayment.Method.PAY_IN_STORE
            ? Payment.Method.PAY_IN_STORE
            : Payment.Method.PROVIDER,
        request.getReturnPath().isEmpty() ? "/" : request.getReturnPath(),
        request.hasAddress() ? address(request.getAddress()) : null,
        expected(request),
        request.getEtag(),
        request.getRequestId(),
        HexFormat.of().formatHex(hash));
  }

  private static @Nullable Long expected(CheckoutCartRequest request) {
    if (!request.hasExpectedTotal()) {
      return null;
    }
    var total = request.getExpectedTotal();
    if (total.getUnits() < 0
        || total.getUnits() > Integer.MAX_VALUE
        || total.getNanos() < 0
        || total.getNanos() % NANOS_A_CENT != 0) {
      throw Statuses.field("expectedTotal", "must be an amount of whole cents, not negative");
    }
    return total.getUnits() * 100 + total.getNanos() / NANOS_A_CENT;
  }

  private static Address address(DeliveryAddress proto) {
    return new Address(
        proto.getRecipient().strip(),
        proto.getStreet().strip(),
        proto.getPostalCode().strip(),
        proto.getCity().strip(),
        proto.getRegionCode(),
        proto.getPhone().strip());
  }

  @Override
  public void getOrder(GetOrderRequest request, StreamObserver<Order> observer) {
    var caller = Caller.current();
    answer(
        observer,
        hers(caller)
            .then(Mono.defer(() -> orders.get(id(request.getName()), caller)))
            .map(OrderProtos::order));
  }

  @Override
  public void listOrders(ListOrdersRequest request, StreamObserver<ListOrdersResponse> observer) {
    int size = PageTokens.size(request.getPageSize(), PAGE);
    answer(
        observer,
        hers(Caller.current())
            .then(Mono.fromCallable(() -> place(request.getPageToken())))
            .flatMap(place -> orders.list(request.getParent(), place, size + 1).collectList())
            .map(found -> PageTokens.page(found, size, orders::place))
            .map(
                page ->
                    ListOrdersResponse.newBuilder()
                        .addAllOrders(page.rows().stream().map(OrderProtos::order).toList())
                        .setNextPageToken(page.nextToken())
                        .build()));
  }

  private static String place(String token) {
    var place = PageTokens.position(token);
    if (!place.isEmpty() && !PLACE.matcher(place).matches()) {
      throw Statuses.pageTokenInvalid();
    }
    return place;
  }

  @Override
  public void cancelOrder(CancelOrderRequest request, StreamObserver<Order> observer) {
    var caller = Caller.current();
    answer(
        observer,
        hers(caller)
            .then(Mono.defer(() -> orders.cancel(id(request.getName()), caller)))
            .map(OrderProtos::order));
  }

  @Override
  public void shipOrder(ShipOrderRequest request, StreamObserver<Order> observer) {
    var caller = Caller.current();
    answer(observer, orders.ship(id(request.getName()), caller).map(OrderProtos::order));
  }

  @Override
  public void watchOrder(WatchOrderRequest request, StreamObserver<Order> observer) {
    var caller = Caller.current();
    Answers.stream(
        observer,
        hers(caller)
            .thenMany(
                States.watch(
                    changes,
                    request.getName(),
                    () -> orders.get(id(request.getName()), caller).map(OrderProtos::order),
                    Order::getEtag,
                    request.getResumeCursor()))
            .onErrorMap(
                OrderRefusedException.class, refused -> OrderRefusals.toStatus(refused.refusal())));
  }

  @Override
  public void receivePaymentWebhook(
      ReceivePaymentWebhookRequest request,
      StreamObserver<ReceivePaymentWebhookResponse> observer) {
    var body = request.getBody().getData();
    if (body.size() > WEBHOOK_BYTES_MAX) {
      throw Statuses.field("body", "must have at most " + WEBHOOK_BYTES_MAX + " bytes");
    }
    answer(
        observer,
        orders
            .webhook(request.getAccount(), request.getSignature(), body.toByteArray())
            .thenReturn(ReceivePaymentWebhookResponse.getDefaultInstance()));
  }

  /** What she had before she signed in is hers before she sees anything. */
  private Mono<Void> hers(Caller caller) {
    var former = caller.former();
    return carts
        .ensureMerged(caller)
        .then(
            caller.isShopper() && !former.isEmpty()
                ? Mono.defer(() -> orders.ensureMerged(caller))
                : Mono.<Void>empty());
  }

  private static String customer(String name) {
    return name.substring(0, name.length() - CART.length());
  }

  private static String id(String name) {
    return name.substring(ORDERS.length());
  }

  private static <T> void answer(StreamObserver<T> observer, Mono<T> answer) {
    Answers.unary(
        observer,
        answer.onErrorMap(
            OrderRefusedException.class, refused -> OrderRefusals.toStatus(refused.refusal())));
  }
}
