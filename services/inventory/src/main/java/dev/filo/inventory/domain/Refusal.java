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

  /** Holds come faster to a level than they can be put among the others and told. */
  record JournalsWaiting(String location) implements Refusal {}

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

  /** The thing changed since it was read with this etag. */
  record EtagStale(String etag) implements Refusal {}

  /** A kit has no stock of its own. */
  record KitNotAllowed(String sku) implements Refusal {}

  /** A component of a kit is a kit itself. */
  record KitNested(String sku) implements Refusal {}

  /** What has stock can be no kit. */
  record KitHasStock(String sku) implements Refusal {}

  /** The hold does not have so much of a SKU. */
  record HoldLineInvalid(String hold, String sku) implements Refusal {}

  /**
   * Not as many serial numbers as pieces of a SKU, or some where there are none.
   *
   * @param pieces how many there must be
   */
  record SerialsInvalid(String sku, int pieces) implements Refusal {}

  /** No piece of the SKU with this serial number is at the location. */
  record SerialNotFound(String location, String sku, String serial) implements Refusal {}

  /** A level has {@link Goods#INCOMING_MAX} entries of incoming stock already. */
  record IncomingTooMany(String level) implements Refusal {}
}
