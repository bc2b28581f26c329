package dev.filo.demo.retailer;

import org.jspecify.annotations.Nullable;

/**
 * What is counted and sold.
 *
 * @param sku unique, {@code DIV-LUC-VEL-VRD}
 * @param gtin GTIN-13 of the internal-use range, unique, with a valid check digit
 * @param size {@code null} where there is one size only
 * @param priceMinor in minor units (cents), VAT included
 * @param currency ISO 4217
 */
public record Variant(
    String sku,
    String gtin,
    Colour colour,
    @Nullable Label size,
    Dimensions dimensions,
    long priceMinor,
    String currency) {}
