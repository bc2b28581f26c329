package dev.filo.reservation.domain;

import java.time.Instant;
import java.util.Map;

/** Why something may not be. */
public sealed interface Refusal {
  /** No reservation of this name is the caller's to see. */
  record NotFound(String name) implements Refusal {}

  /** The store has fewer than asked for; {@code available} by SKU. */
  record StockInsufficient(String store, Map<String, String> available) implements Refusal {}

  /**
   * So much is not kept at once; {@code what} is {@code reservations}, {@code units}, {@code
   * units_per_sku}, then of {@code sku}, or {@code agent_reservations}.
   */
  record Limit(String what, int limit, String sku) implements Refusal {}

  /** Goods of this value, in whole units, are kept unpaid only by an agent. */
  record ValueNeedsAgent(String currency, long value, long limit) implements Refusal {}

  /** It has ended. */
  record Over(String state) implements Refusal {}

  /** The state does not allow it now. */
  record StateWrong(String state) implements Refusal {}

  /** The store does not open that day, or has closed already. */
  record StoreClosed(String store, String date) implements Refusal {}

  /** The end is past or beyond the policy. */
  record TimeInvalid(Instant latest) implements Refusal {}

  /** Longer than the policy lets it be kept. */
  record ExtensionTooLong(Instant latest) implements Refusal {}

  /** No reservation has this code. */
  record PickupCodeUnknown() implements Refusal {}

  /** It was collected already. */
  record AlreadyCollected(Instant at) implements Refusal {}

  /** It is kept elsewhere. */
  record WrongStore(String store, String title) implements Refusal {}

  /** The store that was offered has it no more. */
  record OfferGone(String store) implements Refusal {}

  /** There is no offer, or not any more; {@code state} is the offer's, empty when there is none. */
  record OfferOver(String state) implements Refusal {}

  /** A line is not in it, is there twice, or asks for more than the {@code left} pieces. */
  record LinesInvalid(String sku, int left) implements Refusal {}

  /** Not as many serial numbers as the {@code pieces} of a SKU, or some where there are none. */
  record SerialsInvalid(String sku, String pieces) implements Refusal {}

  /** The store has no piece of the SKU with this serial number. */
  record SerialNotFound(String sku, String serial) implements Refusal {}

  /** Staff must say for whom. */
  record CustomerMissing() implements Refusal {}

  /** No SKU is known by this name, or it is no longer sold. */
  record SkuNotFound(String sku) implements Refusal {}

  /** No store has this name. */
  record StoreNotFound(String store) implements Refusal {}

  /** The store does no pickups. */
  record PickupNotOffered(String store) implements Refusal {}

  /** No customer has this name. */
  record CustomerNotFound(String customer) implements Refusal {}
}
