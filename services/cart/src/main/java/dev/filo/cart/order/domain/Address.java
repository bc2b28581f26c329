package dev.filo.cart.order.domain;

/**
 * Where goods are sent.
 *
 * @param region ISO 3166-1 alpha-2
 * @param phone empty when she gave none
 */
public record Address(
    String recipient, String street, String postalCode, String city, String region, String phone) {}
