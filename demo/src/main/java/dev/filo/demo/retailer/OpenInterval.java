package dev.filo.demo.retailer;

import java.time.LocalTime;

/**
 * A stretch of a day in which a store is open.
 *
 * @param opens inclusive
 * @param closes exclusive, later than {@code opens}
 */
public record OpenInterval(LocalTime opens, LocalTime closes) {}
