package dev.filo.cart.domain;

/**
 * What the catalog says of one SKU, at some moment.
 *
 * @param product {@code products/x}
 * @param mediaUri path of a picture; empty when there is none
 * @param withdrawn true once it is no longer sold
 */
public record Goods(
    String sku, String product, String title, String mediaUri, Money price, boolean withdrawn) {}
