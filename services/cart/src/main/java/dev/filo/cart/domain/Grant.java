package dev.filo.cart.domain;

import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * Whether agents may change a cart themselves.
 *
 * @param until from when they may not any more; null when they may not
 * @param askedBy the agent who asked; empty when none did
 * @param askTime when; null when none did
 */
public record Grant(@Nullable Instant until, String askedBy, @Nullable Instant askTime) {
  /** They may not, and none has asked. */
  public static final Grant NONE = new Grant(null, "", null);

  /** True while they may. */
  public boolean isOpen(Instant now) {
    return until != null && now.isBefore(until);
  }
}
