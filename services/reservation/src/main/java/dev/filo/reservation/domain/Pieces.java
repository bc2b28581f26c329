package dev.filo.reservation.domain;

/**
 * Pieces of one SKU.
 *
 * @param quantity at least 1
 */
public record Pieces(String sku, int quantity) {}
