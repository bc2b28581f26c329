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

  /** The cart changed since its etag was read. */
  record EtagStale(String current) implements Refusal {}
}
