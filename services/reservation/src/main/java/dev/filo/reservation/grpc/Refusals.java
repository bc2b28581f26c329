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
import static dev.filo.proto.reservation.v1.ErrorReason.ERROR_REASON_SERIALS_INVALID;
import static dev.filo.proto.reservation.v1.ErrorReason.ERROR_REASON_SERIAL_NOT_FOUND;
import static dev.filo.proto.reservation.v1.ErrorReason.ERROR_REASON_SKU_NOT_FOUND;
import static dev.filo.proto.reservation.v1.ErrorReason.ERROR_REASON_STATE_WRONG;
import static dev.filo.proto.reservation.v1.ErrorReason.ERROR_REASON_STOCK_INSUFFICIENT;
import static dev.filo.proto.reservation.v1.ErrorReason.ERROR_REASON_STORE_CLOSED;
import static dev.filo.proto.reservation.v1.ErrorReason.ERROR_REASON_STORE_NOT_FOUND;
import static dev.filo.proto.reservation.v1.ErrorReason.ERROR_REASON_TIME_INVALID;
import static dev.filo.proto.reservation.v1.ErrorReason.ERROR_REASON_VALUE_NEEDS_AGENT;
import static dev.filo.proto.reservation.v1.ErrorReason.ERROR_REASON_WRONG_STORE;

import com.google.rpc.Code;
import dev.filo.platform.grpc.Statuses;
import dev.filo.reservation.domain.Refusal;
import dev.filo.reservation.service.RefusedException;
import io.grpc.StatusRuntimeException;
import java.util.HashMap;
import java.util.Map;

/** Refusals as statuses. */
public final class Refusals {
  /** Whose reasons they are. */
  public static final String DOMAIN = "reservation.filo";

  private Refusals() {}

  /** The status of a refusal; whatever else it is, as it is. */
  public static Throwable map(Throwable error) {
    return error instanceof RefusedException refused ? toStatus(refused.why()) : error;
  }

  // no default: a new Refusal must not compile until it is mapped here
  static StatusRuntimeException toStatus(Refusal refusal) {
    return switch (refusal) {
      case Refusal.NotFound(var name) ->
          Statuses.refusal(
              Code.NOT_FOUND,
              DOMAIN,
              ERROR_REASON_RESERVATION_NOT_FOUND,
              "There is no such reservation.",
              Map.of("reservation", name));
      case Refusal.StockInsufficient(var store, var available) -> {
        var metadata = new HashMap<String, String>();
        metadata.put("store", store);
        available.forEach((sku, pieces) -> metadata.put("sku." + sku, pieces));
        yield Statuses.refusal(
            Code.FAILED_PRECONDITION,
            DOMAIN,
            ERROR_REASON_STOCK_INSUFFICIENT,
            "The store has not enough of it. Ask for fewer, or another store.",
            metadata);
      }
      case Refusal.Limit(var what, var limit, var sku) -> {
        var metadata = new HashMap<String, String>();
        metadata.put("what", what);
        metadata.put("limit", Integer.toString(limit));
        if (!sku.isEmpty()) {
          metadata.put("sku", sku);
        }
        yield Statuses.refusal(
            Code.RESOURCE_EXHAUSTED,
            DOMAIN,
            ERROR_REASON_RESERVATION_LIMIT,
            what.equals("agent_reservations")
                ? "You have as many open reservations as one agent may make. Let some be collected,"
                    + " or ask the manager."
                : "So much is not kept for one person. Ask for fewer, cancel another reservation,"
                    + " sign in or ask us.",
            metadata);
      }
      case Refusal.ValueNeedsAgent(var currency, var value, var limit) ->
          Statuses.refusal(
              Code.FAILED_PRECONDITION,
              DOMAIN,
              ERROR_REASON_VALUE_NEEDS_AGENT,
              "Goods of this value are reserved by our customer service. Write to us in the chat.",
              Map.of(
                  "currency",
                  currency,
                  "value",
                  Long.toString(value),
                  "limit",
                  Long.toString(limit)));
      case Refusal.Over(var state) ->
          Statuses.refusal(
              Code.FAILED_PRECONDITION,
              DOMAIN,
              ERROR_REASON_RESERVATION_OVER,
              "This reservation has ended.",
              Map.of("state", state));
      case Refusal.StateWrong(var state) ->
          Statuses.refusal(
              Code.FAILED_PRECONDITION,
              DOMAIN,
              ERROR_REASON_STATE_WRONG,
              "The reservation is not in a state for that.",
              Map.of("state", state));
      case Refusal.StoreClosed(var store, var date) ->
          Statuses.refusal(
              Code.FAILED_PRECONDITION,
              DOMAIN,
              ERROR_REASON_STORE_CLOSED,
              "The store does not open that day, or has closed already. Choose another day.",
              Map.of("store", store, "date", date));
      case Refusal.TimeInvalid(var latest) ->
          Statuses.refusal(
              Code.INVALID_ARGUMENT,
              DOMAIN,
              ERROR_REASON_TIME_INVALID,
              "The end must lie ahead, and not too far.",
              Map.of("latest", latest.toString()));
      case Refusal.ExtensionTooLong(var latest) ->
          Statuses.refusal(
              Code.FAILED_PRECONDITION,
              DOMAIN,
              ERROR_REASON_EXTENSION_TOO_LONG,
              "It cannot be kept that long.",
              Map.of("latest", latest.toString()));
      case Refusal.PickupCodeUnknown() ->
          Statuses.refusal(
              Code.NOT_FOUND,
              DOMAIN,
              ERROR_REASON_PICKUP_CODE_UNKNOWN,
              "No reservation has this code. Type it again.",
              Map.of());
      case Refusal.AlreadyCollected(var at) ->
          Statuses.refusal(
              Code.FAILED_PRECONDITION,
              DOMAIN,
              ERROR_REASON_ALREADY_COLLECTED,
              "It was collected already.",
              Map.of("collectTime", at.toString()));
      case Refusal.WrongStore(var store, var title) ->
          Statuses.refusal(
              Code.FAILED_PRECONDITION,
              DOMAIN,
              ERROR_REASON_WRONG_STORE,
              "It is kept at another store: " + title + ".",
              Map.of("store", store, "storeTitle", title));
      case Refusal.OfferGone(var store) ->
          Statuses.refusal(
              Code.FAILED_PRECONDITION,
              DOMAIN,
              ERROR_REASON_OFFER_GONE,
              "That store has it no more. Look whether another is offered.",
              Map.of("store", store));
      case Refusal.OfferOver(var state) ->
          Statuses.refusal(
              Code.FAILED_PRECONDITION,
              DOMAIN,
              ERROR_REASON_OFFER_OVER,
              "There is no such offer any more.",
              Map.of("state", state));
      case Refusal.LinesInvalid(var sku, var left) ->
          Statuses.refusal(
              Code.INVALID_ARGUMENT,
              DOMAIN,
              ERROR_REASON_LINES_INVALID,
              "Name each SKU of the reservation once, with no more pieces than are left.",
              Map.of("sku", sku, "left", Integer.toString(left)));
      case Refusal.SerialsInvalid(var sku, var pieces) ->
          Statuses.refusal(
              Code.INVALID_ARGUMENT,
              DOMAIN,
              ERROR_REASON_SERIALS_INVALID,
              "Name one serial number for each piece that has one and is handed over, each once.",
              Map.of("sku", sku, "pieces", pieces));
      case Refusal.SerialNotFound(var sku, var serial) ->
          Statuses.refusal(
              Code.FAILED_PRECONDITION,
              DOMAIN,
              ERROR_REASON_SERIAL_NOT_FOUND,
              "The store has no piece with this serial number. Look at its label again.",
              Map.of("sku", sku, "serial", serial));
      case Refusal.CustomerMissing() ->
          Statuses.refusal(
              Code.INVALID_ARGUMENT,
              DOMAIN,
              ERROR_REASON_CUSTOMER_MISSING,
              "Say for whom.",
              Map.of("field", "customer"));
      case Refusal.SkuNotFound(var sku) ->
          Statuses.refusal(
              Code.NOT_FOUND,
              DOMAIN,
              ERROR_REASON_SKU_NOT_FOUND,
              "Nothing is sold under this SKU.",
              Map.of("sku", sku));
      case Refusal.StoreNotFound(var store) ->
          Statuses.refusal(
              Code.NOT_FOUND,
              DOMAIN,
              ERROR_REASON_STORE_NOT_FOUND,
              "There is no such store.",
              Map.of("store", store));
      case Refusal.PickupNotOffered(var store) ->
          Statuses.refusal(
              Code.FAILED_PRECONDITION,
              DOMAIN,
              ERROR_REASON_PICKUP_NOT_OFFERED,
              "This store does no pickups.",
              Map.of("store", store));
      case Refusal.CustomerNotFound(var customer) ->
          Statuses.refusal(
              Code.NOT_FOUND,
              DOMAIN,
              ERROR_REASON_CUSTOMER_NOT_FOUND,
              "There is no such customer.",
              Map.of("customer", customer));
    };
  }
}
