package dev.filo.cart.order.domain;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.TreeMap;

/**
 * The VAT of one rate in an order. Prices contain it: it is taken out of what all lines of the rate
 * cost together, once, rounded to the nearest cent and half a cent up; what is left is net. So net
 * and VAT are exactly what is paid.
 *
 * @param basisPoints the rate in hundredths of a per cent, 0..10,000
 * @param gross what is taxed with VAT, in cents
 * @param vat in cents
 */
public record Tax(int basisPoints, long gross, long vat) {
  private static final int WHOLE = 10_000;

  /** Without VAT, in cents. */
  public long net() {
    return gross - vat;
  }

  /** The VAT of one rate in an amount of cents. */
  public static Tax in(long gross, int basisPoints) {
    long divisor = (long) WHOLE + basisPoints;
    long vat = Math.floorDiv(2 * Math.multiplyExact(gross, basisPoints) + divisor, 2 * divisor);
    return new Tax(basisPoints, gross, vat);
  }

  /** The VAT in lines, one for each rate, the highest first. */
  public static List<Tax> in(List<Order.Line> lines) {
    var gross = new TreeMap<Integer, Long>(Comparator.reverseOrder());
    lines.forEach(line -> gross.merge(line.vatBasisPoints(), line.total(), Math::addExact));
    var taxes = new ArrayList<Tax>();
    gross.forEach((rate, sum) -> taxes.add(in(sum, rate)));
    return List.copyOf(taxes);
  }
}
