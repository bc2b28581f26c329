package dev.filo.cart.order.grpc;

import com.google.rpc.Code;
import dev.filo.cart.order.domain.Refusal;
import dev.filo.platform.grpc.Statuses;
import dev.filo.proto.cart.v1.ErrorReason;
import io.grpc.StatusRuntimeException;
import java.util.HashMap;
import java.util.Map;

/** Refusals of orders as statuses. */
final class OrderRefusals {
  private static final String DOMAIN = "cart.filo";

  private OrderRefusals() {}

  static StatusRuntimeException toStatus(Refusal refusal) {
    return switch (refusal) { // no default: a new refusal must not compile until it is mapped here
      case Refusal.NotFound(var order) ->
          status(
              Code.NOT_FOUND,
              ErrorReason.ERROR_REASON_ORDER_NOT_FOUND,
              "There is no such order.",
              Map.of("order", order));
      case Refusal.StateWrong(var state) ->
          status(
              Code.FAILED_PRECONDITION,
              ErrorReason.ERROR_REASON_ORDER_STATE_WRONG,
              "The order is where this cannot be done any more.",
              Map.of("state", state));
      case Refusal.Empty() ->
          status(
              Code.FAILED_PRECONDITION,
              ErrorReason.ERROR_REASON_CART_EMPTY,
              "There is nothing in the cart to order.",
              Map.of());
      case Refusal.FulfilmentMissing(var line, var sku) ->
          status(
              Code.FAILED_PRECONDITION,
              ErrorReason.ERROR_REASON_FULFILMENT_MISSING,
              "Choose for each line whether it is sent or fetched.",
              Map.of("line", line, "sku", sku));
      case Refusal.Withdrawn(var line, var sku) ->
          status(
              Code.FAILED_PRECONDITION,
              ErrorReason.ERROR_REASON_PRODUCT_WITHDRAWN,
              "This is no longer sold. Take it out of the cart.",
              Map.of("line", line, "sku", sku));
      case Refusal.CurrencyMixed() ->
          status(
              Code.FAILED_PRECONDITION,
              ErrorReason.ERROR_REASON_CURRENCY_MIXED,
              "Prices in several currencies cannot be in one order.",
              Map.of());
      case Refusal.TooLarge(var limit) ->
          status(
              Code.RESOURCE_EXHAUSTED,
              ErrorReason.ERROR_REASON_ORDER_TOO_LARGE,
              "This is more than one order can have. Order it in parts.",
              Map.of("limit", Integer.toString(limit)));
      case Refusal.PaymentNotOffered(var method) ->
          status(
              Code.FAILED_PRECONDITION,
              ErrorReason.ERROR_REASON_PAYMENT_NOT_OFFERED,
              "These goods cannot be paid this way.",
              Map.of("payment", method.name()));
      case Refusal.AddressMissing() ->
          status(
              Code.INVALID_ARGUMENT,
              ErrorReason.ERROR_REASON_ADDRESS_MISSING,
              "Say where the goods are to be sent.",
              Map.of());
      case Refusal.TotalChanged(var currency, var cents) ->
          status(
              Code.ABORTED,
              ErrorReason.ERROR_REASON_TOTAL_CHANGED,
              "The total is not what you saw. Look at it again.",
              Map.of("total", Long.toString(cents), "currency", currency));
      case Refusal.EtagStale(var current) -> Statuses.etagStale(current);
      case Refusal.Limit(var limit) ->
          status(
              Code.RESOURCE_EXHAUSTED,
              ErrorReason.ERROR_REASON_ORDERS_LIMIT,
              "So much is not kept unpaid for one person. Pay now, or fetch something first.",
              Map.of("limit", Long.toString(limit)));
      case Refusal.RequestReused() -> Statuses.requestIdReused();
      case Refusal.GivenUp() ->
          status(
              Code.FAILED_PRECONDITION,
              ErrorReason.ERROR_REASON_ORDER_GIVEN_UP,
              "The goods could not be secured in time. Order again, with a new request id.",
              Map.of());
      case Refusal.SignatureInvalid() ->
          status(
              Code.UNAUTHENTICATED,
              ErrorReason.ERROR_REASON_SIGNATURE_INVALID,
              "The signature is missing, wrong or too old.",
              Map.of());
      case Refusal.AccountUnknown(var account) -> Statuses.notFound("account " + account);
      case Refusal.StockInsufficient(var shortOf) -> {
        var metadata = new HashMap<String, String>();
        shortOf.forEach((sku, available) -> metadata.put("sku." + sku, available));
        yield status(
            Code.FAILED_PRECONDITION,
            ErrorReason.ERROR_REASON_STOCK_INSUFFICIENT,
            "There is less of something than the cart has. Nothing was ordered.",
            metadata);
      }
      case Refusal.PickupRefused(var store) ->
          status(
              Code.FAILED_PRECONDITION,
              ErrorReason.ERROR_REASON_PICKUP_REFUSED,
              "This store hands nothing over now. Choose another.",
              Map.of("store", store));
    };
  }

  /** The reason alone, as a quote gives it. */
  static String reason(Refusal refusal) {
    var info = Statuses.errorInfo(toStatus(refusal));
    return info == null ? "" : info.getReason();
  }

  private static StatusRuntimeException status(
      Code code, ErrorReason reason, String message, Map<String, String> metadata) {
    return Statuses.refusal(code, DOMAIN, reason, message, metadata);
  }
}
