package dev.filo.cart.order.domain;

import java.util.Map;

/** Why an order, or a change of one, was refused. */
public sealed interface Refusal {
  /** No such order is the caller's to see. */
  record NotFound(String order) implements Refusal {}

  /** It is where this cannot be done any more. */
  record StateWrong(String state) implements Refusal {}

  /** There is nothing in the cart. */
  record Empty() implements Refusal {}

  /** A line does not say how it should come. */
  record FulfilmentMissing(String line, String sku) implements Refusal {}

  /** It is no longer sold. */
  record Withdrawn(String line, String sku) implements Refusal {}

  /** Prices are in several currencies. */
  record CurrencyMixed() implements Refusal {}

  /** More lines, or pieces a line, than an order may have. */
  record TooLarge(int limit) implements Refusal {}

  /** These goods cannot be paid this way. */
  record PaymentNotOffered(Payment.Method method) implements Refusal {}

  /** Goods are to be sent and nobody said where. */
  record AddressMissing() implements Refusal {}

  /** The total is not what she saw. */
  record TotalChanged(String currency, long cents) implements Refusal {}

  /** The cart changed since its etag was read. */
  record EtagStale(String current) implements Refusal {}

  /** She has as many unpaid orders as she may, or one would be of too high a value. */
  record Limit(long limit) implements Refusal {}

  /** This request came before with other content. */
  record RequestReused() implements Refusal {}

  /** It was not secured in time. */
  record GivenUp() implements Refusal {}

  /** The webhook is not signed as it must be. */
  record SignatureInvalid() implements Refusal {}

  /** No such account is configured. */
  record AccountUnknown(String account) implements Refusal {}

  /** There is less than the order asks for; pieces available by short SKU. */
  record StockInsufficient(Map<String, String> shortOf) implements Refusal {
    /** Copies what can change. */
    public StockInsufficient {
      shortOf = Map.copyOf(shortOf);
    }
  }

  /** A store hands nothing over now. */
  record PickupRefused(String store) implements Refusal {}
}
