package dev.filo.cart.order.domain;

/**
 * Money that goes back. What it is never changes, so it can be asked for again and again.
 *
 * @param id names it within the order
 * @param charge what it is a part of
 * @param done true once the provider has sent it back
 */
public record Refund(String id, String charge, long cents, boolean done) {}
