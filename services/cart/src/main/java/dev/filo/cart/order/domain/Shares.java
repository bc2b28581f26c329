package dev.filo.cart.order.domain;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/** Spreads an amount over others so that not a cent is lost. */
public final class Shares {
  private Shares() {}

  /**
   * An amount's shares in proportion to weights, by the largest remainder: each is its exact share
   * rounded down, and the cents left over go one by one to those that lost most, the first of them
   * first. They add up to the amount.
   *
   * @param amount in cents, not negative
   * @param weights not negative; with none above 0 only an amount of 0 can be spread
   */
  public static List<Long> of(long amount, List<Long> weights) {
    long whole = weights.stream().mapToLong(Long::longValue).sum();
    if (amount < 0 || weights.stream().anyMatch(weight -> weight < 0)) {
      throw new IllegalArgumentException("shares are of amounts that are not negative");
    }
    if (whole == 0) {
      if (amount != 0) {
        throw new IllegalArgumentException("nothing to spread it over");
      }
      return weights.stream().map(weight -> 0L).toList();
    }
    var shares = new ArrayList<Long>();
    var order = new ArrayList<Integer>();
    var lost = new ArrayList<Long>();
    long given = 0;
    for (int i = 0; i < weights.size(); i++) {
      long product = Math.multiplyExact(amount, weights.get(i));
      shares.add(product / whole);
      lost.add(product % whole);
      order.add(i);
      given += product / whole;
    }
    order.sort(Comparator.comparing(lost::get, Comparator.reverseOrder()));
    for (int i = 0; i < amount - given; i++) {
      int at = order.get(i);
      shares.set(at, shares.get(at) + 1);
    }
    return List.copyOf(shares);
  }
}
