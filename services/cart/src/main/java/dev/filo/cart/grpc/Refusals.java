package dev.filo.cart.grpc;

import com.google.rpc.Code;
import dev.filo.cart.domain.Refusal;
import dev.filo.platform.grpc.Statuses;
import dev.filo.proto.cart.v1.ErrorReason;
import io.grpc.StatusRuntimeException;
import java.util.Map;

/** The cart's refusals as statuses. */
final class Refusals {
  private static final String DOMAIN = "cart.filo";
  private static final String OPERATION = "operation";

  private Refusals() {}

  static StatusRuntimeException toStatus(Refusal refusal) {
    return switch (refusal) { // no default: a new refusal must not compile until it is mapped here
      case Refusal.SkuNotFound(var operation, var sku) ->
          Statuses.refusal(
              Code.NOT_FOUND,
              DOMAIN,
              ErrorReason.ERROR_REASON_SKU_NOT_FOUND,
              "There is no article " + sku + ".",
              Map.of(OPERATION, operation, "sku", sku));
      case Refusal.LineNotFound(var operation, var line) ->
          Statuses.refusal(
              Code.NOT_FOUND,
              DOMAIN,
              ErrorReason.ERROR_REASON_LINE_NOT_FOUND,
              "The cart has no such line; it may have been removed. Read the cart again.",
              Map.of(OPERATION, operation, "line", line));
      case Refusal.CartFull(var operation, var limit) ->
          Statuses.refusal(
              Code.RESOURCE_EXHAUSTED,
              DOMAIN,
              ErrorReason.ERROR_REASON_CART_FULL,
              "There is no room for more than " + limit + ". Take something out first.",
              Map.of(OPERATION, operation, "limit", Integer.toString(limit)));
      case Refusal.QuantityLimit(var operation, var sku, var limit) ->
          Statuses.refusal(
              Code.RESOURCE_EXHAUSTED,
              DOMAIN,
              ErrorReason.ERROR_REASON_QUANTITY_LIMIT,
              "A line has at most " + limit + " pieces.",
              Map.of(OPERATION, operation, "sku", sku, "limit", Integer.toString(limit)));
      case Refusal.ProductWithdrawn(var operation, var sku) ->
          Statuses.refusal(
              Code.FAILED_PRECONDITION,
              DOMAIN,
              ErrorReason.ERROR_REASON_PRODUCT_WITHDRAWN,
              "This is no longer sold.",
              Map.of(OPERATION, operation, "sku", sku));
      case Refusal.OperationNotAllowed(var operation) ->
          Statuses.refusal(
              Code.PERMISSION_DENIED,
              DOMAIN,
              ErrorReason.ERROR_REASON_OPERATION_NOT_ALLOWED,
              "Agents propose, customers decide.",
              Map.of(OPERATION, operation));
      case Refusal.ProposalNotFound(var operation, var proposal) ->
          Statuses.refusal(
              Code.NOT_FOUND,
              DOMAIN,
              ErrorReason.ERROR_REASON_PROPOSAL_NOT_FOUND,
              "There is no such proposal, or it was answered. Read the cart again.",
              Map.of(OPERATION, operation, "proposal", proposal));
      case Refusal.OperationDiffers(var operation) ->
          Statuses.refusal(
              Code.ALREADY_EXISTS,
              DOMAIN,
              ErrorReason.ERROR_REASON_OPERATION_DIFFERS,
              "This operation id came before with other content. Use a new one.",
              Map.of(OPERATION, operation));
      case Refusal.VoucherNotFound(var operation, var code) ->
          Statuses.refusal(
              Code.NOT_FOUND,
              DOMAIN,
              ErrorReason.ERROR_REASON_VOUCHER_NOT_FOUND,
              "There is no voucher " + code + ".",
              about(operation, "code", code));
      case Refusal.VoucherNotValid(var operation, var code) ->
          Statuses.refusal(
              Code.FAILED_PRECONDITION,
              DOMAIN,
              ErrorReason.ERROR_REASON_VOUCHER_NOT_VALID,
              "The voucher " + code + " cannot be used now.",
              about(operation, "code", code));
      case Refusal.VoucherExists(var code) ->
          Statuses.refusal(
              Code.ALREADY_EXISTS,
              DOMAIN,
              ErrorReason.ERROR_REASON_VOUCHER_EXISTS,
              "There is another voucher " + code + ".",
              Map.of("code", code));
      case Refusal.StoreNotFound(var operation, var store) ->
          Statuses.refusal(
              Code.NOT_FOUND,
              DOMAIN,
              ErrorReason.ERROR_REASON_STORE_NOT_FOUND,
              "There is no such store to fetch goods at.",
              about(operation, "store", store));
      case Refusal.MergeNotFound(var operation, var merge) ->
          Statuses.refusal(
              Code.NOT_FOUND,
              DOMAIN,
              ErrorReason.ERROR_REASON_MERGE_NOT_FOUND,
              "The cart knows no such merge.",
              about(operation, "merge", merge));
      case Refusal.LinkNotFound() ->
          Statuses.refusal(
              Code.NOT_FOUND,
              DOMAIN,
              ErrorReason.ERROR_REASON_LINK_NOT_FOUND,
              "This link leads nowhere: it is not ours, or it was withdrawn.",
              Map.of());
      case Refusal.LinkExpired(var expireTime) ->
          Statuses.refusal(
              Code.FAILED_PRECONDITION,
              DOMAIN,
              ErrorReason.ERROR_REASON_LINK_EXPIRED,
              "This link's time is over. Ask for a new one.",
              Map.of("expireTime", expireTime.toString()));
      case Refusal.CartEmpty() ->
          Statuses.refusal(
              Code.FAILED_PRECONDITION,
              DOMAIN,
              ErrorReason.ERROR_REASON_CART_EMPTY,
              "There is nothing in the cart to share.",
              Map.of());
      case Refusal.LinksLimit(var limit) ->
          Statuses.refusal(
              Code.RESOURCE_EXHAUSTED,
              DOMAIN,
              ErrorReason.ERROR_REASON_LINKS_LIMIT,
              "There are " + limit + " links already. Revoke one first.",
              Map.of("limit", Integer.toString(limit)));
      case Refusal.EtagStale(var current) -> Statuses.etagStale(current);
    };
  }

  private static Map<String, String> about(String operation, String key, String value) {
    return operation.isEmpty() ? Map.of(key, value) : Map.of(OPERATION, operation, key, value);
  }
}
