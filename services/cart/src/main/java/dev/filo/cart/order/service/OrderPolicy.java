package dev.filo.cart.order.service;

import java.time.Duration;
import java.util.Map;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * What the retailer decides about orders: {@code filo.orders.*}.
 *
 * @param placeWithin how long an order may take to have its goods kept; then it is given up
 * @param payWithin how long she has to pay at a provider
 * @param payGrace how much longer the goods are kept, for a payment that is on its way
 * @param fetchWithin how long a store keeps what is paid; no longer than the store keeps anything
 * @param holdFor how long goods that are to be sent are held at a time; renewed while the order
 *     stands
 * @param unpaid what she may have ordered to pay in the store
 * @param vat the VAT that prices contain
 * @param sweep how often is looked for what was left undone
 */
@ConfigurationProperties("filo.orders")
public record OrderPolicy(
    @DefaultValue("2m") Duration placeWithin,
    @DefaultValue("30m") Duration payWithin,
    @DefaultValue("15m") Duration payGrace,
    @DefaultValue("7d") Duration fetchWithin,
    @DefaultValue("30d") Duration holdFor,
    @DefaultValue Unpaid unpaid,
    @DefaultValue Vat vat,
    @DefaultValue("1s") Duration sweep) {

  /**
   * Orders to be paid in the store, of one person at once.
   *
   * @param guest how many a guest may have
   * @param customer how many a customer may have
   * @param value what one may cost, in whole units of its currency
   */
  public record Unpaid(
      @DefaultValue("1") int guest,
      @DefaultValue("5") int customer,
      @DefaultValue("5000") long value) {}

  /**
   * The VAT that prices contain, in hundredths of a per cent.
   *
   * @param basisPoints what holds where nothing else is said: 2200, Italy's ordinary 22 %
   * @param products other rates by the product's id: {@code libro-giardini: 400}
   */
  public record Vat(
      @DefaultValue("2200") int basisPoints, @DefaultValue Map<String, Integer> products) {
    /** Copies what can change, and refuses what is no rate. */
    public Vat {
      products = Map.copyOf(products);
      if (basisPoints < 0
          || basisPoints > 10_000
          || products.values().stream().anyMatch(rate -> rate < 0 || rate > 10_000)) {
        throw new IllegalArgumentException(
            "a VAT rate is from 0 to 10000 hundredths of a per cent");
      }
    }

    /** The rate of a product. */
    int of(String product) {
      return products.getOrDefault(product.substring(product.indexOf('/') + 1), basisPoints);
    }
  }
}
