package dev.filo.inventory.domain;

import java.time.Instant;
import java.util.List;

/**
 * A hold's part on one level.
 *
 * @param expireTime from this instant on it holds nothing
 * @param quantity 0 when the hold keeps nothing here any more, but what was asked of it before may
 *     still be on its way here
 * @param pinned true while it is being sold together with other SKUs: then it does not expire
 * @param revision what was last asked of it: what is older comes too late; 0 since it was placed
 * @param serials while it is pinned, the serial numbers of the pieces it is being sold with; empty
 *     when none were named
 */
public record Held(
    String hold,
    int quantity,
    Instant expireTime,
    boolean pinned,
    long revision,
    List<String> serials) {

  /** Copies what can change. */
  public Held {
    serials = List.copyOf(serials);
  }

  /** Sold with no pieces by name. */
  public Held(String hold, int quantity, Instant expireTime, boolean pinned, long revision) {
    this(hold, quantity, expireTime, pinned, revision, List.of());
  }

  /** As it is when it is placed. */
  public Held(String hold, int quantity, Instant expireTime, boolean pinned) {
    this(hold, quantity, expireTime, pinned, 0);
  }

  /** With another end, unless that is asked too late; the later of two asked at once. */
  Held until(Instant end, long asked) {
    return asked < revision || (asked == revision && end.isBefore(expireTime))
        ? this
        : new Held(hold, quantity, end, pinned, asked, serials);
  }

  /** Kept from expiring, and these pieces from others. */
  Held pin(List<String> named) {
    return new Held(hold, quantity, expireTime, true, revision, named);
  }

  /** With what is left after a part was sold. */
  Held less(int sold) {
    return new Held(hold, quantity - sold, expireTime, false, revision);
  }

  /** True when it keeps pieces at this instant. */
  public boolean counts(Instant now) {
    return pinned || now.isBefore(expireTime);
  }
}
