package dev.filo.cart.domain;

import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * What a customer may put on her cart to pay less.
 *
 * @param code in capitals
 * @param titleEn empty: as in Italian
 * @param percent 1..100; 0 when it takes an amount off
 * @param amount null when it takes a part off
 * @param minimum what the subtotal must reach; null: anything
 * @param start from when it may be used; null: at once
 * @param end from when it no longer counts; null: never
 */
public record Voucher(
    String code,
    String title,
    String titleEn,
    int percent,
    @Nullable Money amount,
    @Nullable Money minimum,
    @Nullable Instant start,
    @Nullable Instant end,
    boolean withdrawn) {
  /** Why one on a cart does not count. */
  public enum Problem {
    /** Its time is over, or it was withdrawn. */
    EXPIRED,
    /** The lines do not reach its minimum. */
    BELOW_MINIMUM,
    /** It is in another currency. */
    OTHER_CURRENCY
  }

  /**
   * What it is worth.
   *
   * @param discount null when it does not count
   * @param problem null when it does
   */
  public record Worth(@Nullable Money discount, @Nullable Problem problem) {}

  /** True while it may be used. */
  public boolean isValid(Instant now) {
    return !withdrawn
        && (start == null || !now.isBefore(start))
        && (end == null || now.isBefore(end));
  }

  /** What it takes off a subtotal now: never more than that, and whole cents. */
  public Worth worth(Money subtotal, Instant now) {
    if (!isValid(now)) {
      return new Worth(null, Problem.EXPIRED);
    }
    var currency = subtotal.currency();
    if ((amount != null && !amount.currency().equals(currency))
        || (minimum != null && !minimum.currency().equals(currency))) {
      return new Worth(null, Problem.OTHER_CURRENCY);
    }
    if (minimum != null && subtotal.cents() < minimum.cents()) {
      return new Worth(null, Problem.BELOW_MINIMUM);
    }
    long off =
        amount == null
            ? Math.multiplyExact(subtotal.cents(), (long) percent) / 100
            : Math.min(amount.cents(), subtotal.cents());
    return new Worth(Money.ofCents(currency, off), null);
  }
}
