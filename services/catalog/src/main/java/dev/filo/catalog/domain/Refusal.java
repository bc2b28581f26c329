package dev.filo.catalog.domain;

/** Why a row of an import, or a picture, is not taken. */
public sealed interface Refusal {
  /**
   * Another variant has this SKU or GTIN.
   *
   * @param number the SKU or GTIN
   * @param product the other's product, {@code products/x}
   */
  record NumberTaken(String number, String product) implements Refusal {}

  /** The GTIN has a wrong length or check digit. */
  record GtinInvalid(String gtin) implements Refusal {}

  /** The price of a variant is negative, finer than money is, or without a currency. */
  record PriceInvalid(String sku) implements Refusal {}

  /** The place is not on Earth. */
  record LocationInvalid() implements Refusal {}

  /**
   * The hours cannot be.
   *
   * @param what a sentence that says which
   */
  record CalendarInvalid(String what) implements Refusal {}
}
