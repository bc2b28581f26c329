package dev.filo.inventory.domain;

/**
 * What one transfer still has on its way to a level.
 *
 * @param counterpart where it comes from, {@code stores/milano}
 * @param pieces announced less arrived; below 0 while more has arrived than was announced
 */
public record Transit(String transfer, String counterpart, int pieces) {}
