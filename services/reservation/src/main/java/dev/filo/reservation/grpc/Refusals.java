package dev.filo.reservation.grpc;

import static dev.filo.proto.reservation.v1.ErrorReason.ERROR_REASON_ALREADY_COLLECTED;
import static dev.filo.proto.reservation.v1.ErrorReason.ERROR_REASON_CUSTOMER_MISSING;
import static dev.filo.proto.reservation.v1.ErrorReason.ERROR_REASON_CUSTOMER_NOT_FOUND;
import static dev.filo.proto.reservation.v1.ErrorReason.ERROR_REASON_EXTENSION_TOO_LONG;
import static dev.filo.proto.reservation.v1.ErrorReason.ERROR_REASON_LINES_INVALID;
import static dev.filo.proto.reservation.v1.ErrorReason.ERROR_REASON_OFFER_GONE;
import static dev.filo.proto.reservation.v1.ErrorReason.ERROR_REASON_OFFER_OVER;
import static dev.filo.proto.reservation.v1.ErrorReason.ERROR_REASON_PICKUP_CODE_UNKNOWN;
import static dev.filo.proto.reservation.v1.ErrorReason.ERROR_REASON_PICKUP_NOT_OFFERED;
import static dev.filo.proto.reservation.v1.ErrorReason.ERROR_REASON_RESERVATION_LIMIT;
import static dev.filo.proto.reservation.v1.ErrorReason.ERROR_REASON_RESERVATION_NOT_FOUND;
import static dev.filo.proto.reservation.v1.ErrorReason.ERROR_REASON_RESERVATION_OVER;
import static dev.filo.proto.reservation.v1.ErrorReason.ERROR_REASON_SKU_NOT_FOUND;
import static dev.filo.proto.reservation.v1.ErrorReason.ERROR_REASON_STATE_WRONG;
import static dev.filo.proto.reservation.v1.ErrorReason.ERROR_REASON_STOCK_INSUFFICIENT;
import static dev.filo.proto.reservation.v1.ErrorReason.ERROR_REASON_STORE_CLOSED;
import static dev.filo.proto.reservation.v1.ErrorReason.ERROR_REASON_STORE_NOT_FOUND;
import static dev.filo.proto.reservation.v1.ErrorReason.ERROR_REASON_TIME_INVALID;
import static dev.filo.proto.reservation.v1.ErrorReason.ERROR_REASON_WRONG_STORE;

import com.google.rpc.Code;
import dev.filo.platform.grpc.Statuses;
import dev.filo.proto.reservation.v1.ErrorReason;
import dev.filo.reservation.domain.Refusal;
import dev.filo.reservation.service.RefusedException;
import io.grpc.StatusRuntimeException;
import java.util.HashMap;
import java.util.Map;

/** Refusals as statuses. */
final class Refusals {
  private static final String DOMAIN = "reservation.filo";

  private Refusals() {}

  static Throwable map(Throwable error) {
    return error instanceof RefusedException refused ? toStatus(refused.why()) : error;
  }

  // no default: a new Refusal must not compile until it is mapped here
  static StatusRuntimeException toStatus(Refusal refusal) {
    return switch (refusal) {
      case Refusal.NotFound(var name) ->
          status(
              Code.NOT_FOUND,
              ERROR_REASON_RESERVATION_NOT_FOUND,
              "There is no such reservation.",
              Map.of("reservation", name));
      case Refusal.StockInsufficient(var store, var available) -> {
        var metadata = new HashMap<String, String>();
        metadata.put("store", store);
        available.forEach((sku, pieces) -> metadata.put("sku." + sku, pieces));
        yield status(
            Code.FAILED_PRECONDITION,
            ERROR_REASON_STOCK_INSUFFICIENT,
            "The store has not enough of it. Ask for fewer, or another store.",
            metadata);
      }
      case Refusal.Limit(var what, var limit) ->
          status(
              Code.RESOURCE_EXHAUSTED,
              ERROR_REASON_RESERVATION_LIMIT,
              "So much is not kept for one person. Sign in, cancel another reservation or ask us.",
              Map.of("what", what, "limit", Integer.toString(limit)));
      case Refusal.Over(var state) ->
          status(
              Code.FAILED_PRECONDITION,
              ERROR_REASON_RESERVATION_OVER,
              "This reservation has ended.",
              Map.of("state", state));
      case Refusal.StateWrong(var state) ->
          status(
              Code.FAILED_PRECONDITION,
              ERROR_REASON_STATE_WRONG,
              "The reservation is not in a state for that.",
              Map.of("state", state));
      case Refusal.StoreClosed(var store, var date) ->
          status(
              Code.FAILED_PRECONDITION,
              ERROR_REASON_STORE_CLOSED,
              "The store does not open that day, or has closed already. Choose another day.",
              Map.of("store", store, "date", date));
      case Refusal.TimeInvalid(var latest) ->
          status(
              Code.INVALID_ARGUMENT,
              ERROR_REASON_TIME_INVALID,
              "The end must lie ahead, and not too far.",
              Map.of("latest", latest.toString()));
      case Refusal.ExtensionTooLong(var latest) ->
          status(
              Code.FAILED_PRECONDITION,
              ERROR_REASON_EXTENSION_TOO_LONG,
              "It cannot be kept that long.",
              Map.of("latest", latest.toString()));
      case Refusal.PickupCodeUnknown() ->
          status(
              Code.NOT_FOUND,
              ERROR_REASON_PICKUP_CODE_UNKNOWN,
              "No reservation has this code. Type it again.",
              Map.of());
      case Refusal.AlreadyCollected(var at) ->
          status(
              Code.FAILED_PRECONDITION,
              ERROR_REASON_ALREADY_COLLECTED,
              "It was collected already.",
              Map.of("collectTime", at.toString()));
      case Refusal.WrongStore(var store, var title) ->
          status(
              Code.FAILED_PRECONDITION,
              ERROR_REASON_WRONG_STORE,
              "It is kept at another store: " + title + ".",
              Map.of("store", store, "storeTitle", title));
      case Refusal.OfferGone(var store) ->
          status(
              Code.FAILED_PRECONDITION,
              ERROR_REASON_OFFER_GONE,
              "That store has it no more. Look whether another is offered.",
              Map.of("store", store));
      case Refusal.OfferOver(var state) ->
          status(
              Code.FAILED_PRECONDITION,
              ERROR_REASON_OFFER_OVER,
              "There is no such offer any more.",
              Map.of("state", state));
      case Refusal.LinesInvalid(var sku, var left) ->
          status(
              Code.INVALID_ARGUMENT,
              ERROR_REASON_LINES_INVALID,
              "Name each SKU of the reservation once, with no more pieces than are left.",
              Map.of("sku", sku, "left", Integer.toString(left)));
      case Refusal.CustomerMissing() ->
          status(
              Code.INVALID_ARGUMENT,
              ERROR_REASON_CUSTOMER_MISSING,
              "Say for whom.",
              Map.of("field", "customer"));
      case Refusal.SkuNotFound(var sku) ->
          status(
              Code.NOT_FOUND,
              ERROR_REASON_SKU_NOT_FOUND,
              "Nothing is sold under this SKU.",
              Map.of("sku", sku));
      case Refusal.StoreNotFound(var store) ->
          status(
              Code.NOT_FOUND,
              ERROR_REASON_STORE_NOT_FOUND,
              "There is no such store.",
              Map.of("store", store));
      case Refusal.PickupNotOffered(var store) ->
          status(
              Code.FAILED_PRECONDITION,
              ERROR_REASON_PICKUP_NOT_OFFERED,
              "This store does no pickups.",
              Map.of("store", store));
      case Refusal.CustomerNotFound(var customer) ->
          status(
              Code.NOT_FOUND,
              ERROR_REASON_CUSTOMER_NOT_FOUND,
              "There is no such customer.",
              Map.of("customer", customer));
    };
  }

  private static StatusRuntimeException status(
      Code code, ErrorReason reason, String message, Map<String, String> metadata) {
    return Statuses.refusal(code, DOMAIN, reason, message, metadata);
  }
}
