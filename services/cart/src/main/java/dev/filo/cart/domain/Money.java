package dev.filo.cart.domain;

/**
 * An amount with VAT, in whole units and billionths, never floating point.
 *
 * @param currency ISO 4217
 * @param nanos 0..999,999,999, of the same sign as {@code units}
 */
public record Money(String currency, long units, int nanos) {
  private static final long NANOS = 1_000_000_000L;

  /** This, {@code count} times. */
  public Money times(int count) {
    return of(currency, Math.multiplyExact(units, (long) count), (long) nanos * count);
  }

  /** Both together; of the same currency. */
  public Money plus(Money other) {
    if (!currency.equals(other.currency)) {
      throw new IllegalArgumentException("amounts of different currencies have no sum");
    }
    return of(currency, Math.addExact(units, other.units), (long) nanos + other.nanos);
  }

  private static Money of(String currency, long units, long nanos) {
    return new Money(currency, Math.addExact(units, nanos / NANOS), (int) (nanos % NANOS));
  }
}
