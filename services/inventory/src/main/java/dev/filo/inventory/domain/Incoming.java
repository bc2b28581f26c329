package dev.filo.inventory.domain;

import java.time.LocalDate;

/**
 * Goods a level expects from outside.
 *
 * @param id the caller's
 * @param date the day they are expected, in the location's own time
 */
public record Incoming(String id, int quantity, LocalDate date) {}
