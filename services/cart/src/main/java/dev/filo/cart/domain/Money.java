package dev.filo.cart.domain;

/**
 * An amount with VAT, in whole units and billionths, never floating point.
 *
 * @param currency ISO 4217
 * @param nanos 0..999,999,999, of the same sign as {@code units}
 */
public record Money(String currency, long units, int nanos) {
  private static final long NANOS = 1_000_000_000L;
  private static final int NANOS_A_CENT = 10_000_000;

  /** This, {@code count} times. */
  public Money times(int count) {
    return of(currency, Math.multiplyExact(units, (long) count), (long) nanos * count);
  }

  /** An amount of whole cents; not less than nothing. */
  public static Money ofCents(String currency, long cents) {
    return new Money(currency, cents / 100, (int) (cents % 100) * NANOS_A_CENT);
  }

  /** Whole cents, rounded down. */
  public long cents() {
    return Math.addExact(Math.multiplyExact(units, 100L), nanos / NANOS_A_CENT);
  }

  /** This less another; of the same currency. */
  public Money minus(Money other) {
    return plus(new Money(other.currency, -other.units, -other.nanos));
  }

  /** Both together; of the same currency. */
  public Money plus(Money other) {
    if (!currency.equals(other.currency)) {
      throw new IllegalArgumentException("amounts of different currencies have no sum");
    }
    return of(currency, Math.addExact(units, other.units), (long) nanos + other.nanos);
  }

  private static Money of(String currency, long units, long nanos) {
    long whole = Math.addExact(units, nanos / NANOS);
    long rest = nanos % NANOS;
    // Both of one sign.
    if (whole > 0 && rest < 0) {
      return new Money(currency, whole - 1, (int) (rest + NANOS));
    }
    if (whole < 0 && rest > 0) {
      return new Money(currency, whole + 1, (int) (rest - NANOS));
    }
    return new Money(currency, whole, (int) rest);
  }
}
