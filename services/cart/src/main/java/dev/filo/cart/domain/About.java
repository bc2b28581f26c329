package dev.filo.cart.domain;

/**
 * What one operation was about.
 *
 * @param operation its id
 * @param title in Italian
 */
public record About(String operation, String sku, String product, String title) {}
