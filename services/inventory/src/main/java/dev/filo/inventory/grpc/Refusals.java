package dev.filo.inventory.grpc;

import com.google.rpc.Code;
import dev.filo.inventory.domain.Level;
import dev.filo.inventory.domain.Refusal;
import dev.filo.inventory.service.RefusedException;
import dev.filo.platform.grpc.Statuses;
import dev.filo.proto.inventory.v1.ErrorReason;
import io.grpc.StatusRuntimeException;
import java.util.Map;
import java.util.TreeMap;

/** Refusals as statuses. */
final class Refusals {
  private static final String DOMAIN = "inventory.filo";

  private Refusals() {}

  /** The status of a refusal; anything else as it is. */
  static Throwable status(Throwable error) {
    return error instanceof RefusedException refused ? status(refused.refusal()) : error;
  }

  static StatusRuntimeException status(Refusal refusal) {
    return switch (refusal) {
      case Refusal.SkuUnknown(var sku) ->
          Statuses.refusal(
              Code.NOT_FOUND,
              DOMAIN,
              ErrorReason.ERROR_REASON_SKU_NOT_FOUND,
              "There is no SKU " + sku + ".",
              Map.of("sku", sku));
      case Refusal.LocationUnknown(var location) ->
          Statuses.refusal(
              Code.NOT_FOUND,
              DOMAIN,
              ErrorReason.ERROR_REASON_LOCATION_NOT_FOUND,
              "There is no location " + location + ".",
              Map.of("location", location));
      case Refusal.StockInsufficient(var location, var available) -> {
        var metadata = new TreeMap<String, String>();
        metadata.put("location", location);
        available.forEach((sku, pieces) -> metadata.put("sku." + sku, pieces.toString()));
        yield Statuses.refusal(
            Code.FAILED_PRECONDITION,
            DOMAIN,
            ErrorReason.ERROR_REASON_STOCK_INSUFFICIENT,
            "There are fewer pieces than asked for; the metadata says how many there are.",
            metadata);
      }
      case Refusal.HoldsFull(var location) ->
          Statuses.refusal(
              Code.RESOURCE_EXHAUSTED,
              DOMAIN,
              ErrorReason.ERROR_REASON_HOLDS_FULL,
              "There are too many holds on this SKU here. Try again when some have ended.",
              Map.of("location", location, "holds_max", Integer.toString(Level.HOLDS_MAX)));
      case Refusal.JournalsWaiting(var location) ->
          Statuses.unavailable("The feed that tells of this SKU at " + location);
      case Refusal.HoldUnknown(var hold) ->
          Statuses.refusal(
              Code.NOT_FOUND,
              DOMAIN,
              ErrorReason.ERROR_REASON_HOLD_NOT_FOUND,
              "There is no holds/" + hold + ".",
              Map.of("hold", "holds/" + hold));
      case Refusal.HoldOver(var hold, var state) ->
          Statuses.refusal(
              Code.FAILED_PRECONDITION,
              DOMAIN,
              ErrorReason.ERROR_REASON_HOLD_OVER,
              "This hold has ended. Place a new one.",
              Map.of("hold", "holds/" + hold, "state", state));
      case Refusal.HoldDiffers(var hold) ->
          Statuses.refusal(
              Code.ALREADY_EXISTS,
              DOMAIN,
              ErrorReason.ERROR_REASON_HOLD_DIFFERS,
              "A hold of this id has other content. Use a new id for another hold.",
              Map.of("hold", "holds/" + hold));
      case Refusal.TimeInvalid(var field) ->
          Statuses.refusal(
              Code.INVALID_ARGUMENT,
              DOMAIN,
              ErrorReason.ERROR_REASON_TIME_INVALID,
              "The time in " + field + " must lie in the future.",
              Map.of("field", field));
      case Refusal.RequestIdReused() -> Statuses.requestIdReused();
      case Refusal.EtagStale(var etag) ->
          Statuses.api(
              Code.ABORTED,
              dev.filo.proto.api.v1.ErrorReason.ERROR_REASON_ETAG_STALE,
              "This changed since you read it. Read it again.",
              Map.of("etag", etag));
      case Refusal.KitNotAllowed(var sku) ->
          Statuses.refusal(
              Code.FAILED_PRECONDITION,
              DOMAIN,
              ErrorReason.ERROR_REASON_KIT_NOT_ALLOWED,
              sku + " is a kit and has no stock of its own. Name its components.",
              Map.of("sku", sku));
      case Refusal.KitNested(var sku) ->
          Statuses.refusal(
              Code.FAILED_PRECONDITION,
              DOMAIN,
              ErrorReason.ERROR_REASON_KIT_NESTED,
              "A kit's component cannot be a kit itself, and " + sku + " is both.",
              Map.of("sku", sku));
      case Refusal.KitHasStock(var sku) ->
          Statuses.refusal(
              Code.FAILED_PRECONDITION,
              DOMAIN,
              ErrorReason.ERROR_REASON_KIT_HAS_STOCK,
              sku + " has stock, so it can be no kit. Count it down to 0 first.",
              Map.of("sku", sku));
      case Refusal.HoldLineInvalid(var hold, var sku) ->
          Statuses.refusal(
              Code.INVALID_ARGUMENT,
              DOMAIN,
              ErrorReason.ERROR_REASON_HOLD_LINE_INVALID,
              "The hold does not have so much of " + sku + ".",
              Map.of("hold", "holds/" + hold, "sku", sku));
      case Refusal.SerialsInvalid(var sku, var pieces) ->
          Statuses.refusal(
              Code.INVALID_ARGUMENT,
              DOMAIN,
              ErrorReason.ERROR_REASON_SERIALS_INVALID,
              pieces == 0
                  ? sku + " has no serial numbers. Name none."
                  : "Name one serial number for each piece of " + sku + ", each once.",
              Map.of("sku", sku, "pieces", Integer.toString(pieces)));
      case Refusal.SerialNotFound(var location, var sku, var serial) ->
          Statuses.refusal(
              Code.FAILED_PRECONDITION,
              DOMAIN,
              ErrorReason.ERROR_REASON_SERIAL_NOT_FOUND,
              "No piece of " + sku + " with this serial number is here. Look at its label again.",
              Map.of("location", location, "sku", sku, "serial", serial));
      case Refusal.IncomingTooMany(var level) ->
          Statuses.refusal(
              Code.FAILED_PRECONDITION,
              DOMAIN,
              ErrorReason.ERROR_REASON_INCOMING_TOO_MANY,
              "This level expects too many deliveries. Set some that came to 0.",
              Map.of("level", "stockLevels/" + level));
    };
  }
}
