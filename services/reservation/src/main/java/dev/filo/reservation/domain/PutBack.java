package dev.filo.reservation.domain;

import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * Prepared goods nobody will come for.
 *
 * @param since when that was so
 * @param done when they were back in their place; null: they stand there still
 */
public record PutBack(Instant since, @Nullable Instant done) {}
