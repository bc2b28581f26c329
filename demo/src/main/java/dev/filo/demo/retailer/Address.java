package dev.filo.demo.retailer;

/**
 * Where a store is.
 *
 * @param province two letters, {@code MI}
 * @param country ISO 3166-1 alpha-2
 */
public record Address(
    String street,
    String postalCode,
    String city,
    String province,
    String region,
    String country) {}
