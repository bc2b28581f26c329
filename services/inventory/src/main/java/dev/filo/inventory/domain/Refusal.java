package dev.filo.inventory.domain;

import java.util.Map;

/** Why something was refused. */
public sealed interface Refusal {
  /** No SKU is known by this name. */
  record SkuUnknown(String sku) implements Refusal {}

  /** No location has this name. */
  record LocationUnknown(String location) implements Refusal {}

  /**
   * Fewer pieces are available than asked for.
   *
   * @param available the pieces available, by short SKU
   */
  record StockInsufficient(String location, Map<String, Integer> available) implements Refusal {}

  /** A level of the hold carries {@link Level#HOLDS_MAX} holds already. */
  record HoldsFull(String location) implements Refusal {}

  /** No hold has this id. */
  record HoldUnknown(String hold) implements Refusal {}

  /** The hold has ended. */
  record HoldOver(String hold, String state) implements Refusal {}

  /** A hold of this id has other content. */
  record HoldDiffers(String hold) implements Refusal {}

  /** A time that must lie ahead is past. */
  record TimeInvalid(String field) implements Refusal {}

  /** The request id came before with other content. */
  record RequestIdReused() implements Refusal {}
}
