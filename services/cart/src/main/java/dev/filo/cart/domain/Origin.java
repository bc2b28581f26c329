package dev.filo.cart.domain;

import java.time.Instant;

/**
 * Where a line came from.
 *
 * @param channel {@code web}, {@code app}, {@code desk}, {@code store}
 * @param device as it named itself; empty when it did not
 * @param by {@code customer}, or an agent's display name
 */
public record Origin(String channel, String device, String by, Instant time) {}
