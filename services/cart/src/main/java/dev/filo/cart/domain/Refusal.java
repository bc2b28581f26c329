package dev.filo.cart.domain;

/** Why a change was refused. */
public sealed interface Refusal {
  /** No SKU is known by this name. */
  record SkuNotFound(String operation, String sku) implements Refusal {}

  /** The cart has no such line. */
  record LineNotFound(String operation, String line) implements Refusal {}

  /** The cart has as many lines, saved lines or proposals as it may. */
  record CartFull(String operation, int limit) implements Refusal {}

  /** A line would have more pieces than it may. */
  record QuantityLimit(String operation, String sku, int limit) implements Refusal {}

  /** The product is no longer sold. */
  record ProductWithdrawn(String operation, String sku) implements Refusal {}

  /** Agents propose, customers decide. */
  record OperationNotAllowed(String operation) implements Refusal {}

  /** There is no such proposal, or it was answered. */
  record ProposalNotFound(String operation, String proposal) implements Refusal {}

  /** The cart knows this operation id with other content. */
  record OperationDiffers(String operation) implements Refusal {}

  /** No voucher has this code, or it was withdrawn. */
  record VoucherNotFound(String operation, String code) implements Refusal {}

  /** The voucher's time has not come, or is over. */
  record VoucherNotValid(String operation, String code) implements Refusal {}

  /** A voucher of this code exists with other content. */
  record VoucherExists(String code) implements Refusal {}

  /** No store is known by this name, or it hands nothing over. */
  record StoreNotFound(String operation, String store) implements Refusal {}

  /** The cart knows no such merge. */
  record MergeNotFound(String operation, String merge) implements Refusal {}

  /** There is no such link, or it was revoked. */
  record LinkNotFound() implements Refusal {}

  /** The link's time is over. */
  record LinkExpired(java.time.Instant expireTime) implements Refusal {}

  /** There is nothing to share. */
  record CartEmpty() implements Refusal {}

  /** She has as many links as she may. */
  record LinksLimit(int limit) implements Refusal {}

  /** The cart changed since its etag was read. */
  record EtagStale(String current) implements Refusal {}
}
