package dev.filo.cart.order.domain;

/**
 * Money that came in.
 *
 * @param id the provider's name for it
 * @param cents how much
 * @param accepted true for the one that pays the order; others go back whole
 */
public record Charge(String id, long cents, boolean accepted) {}
