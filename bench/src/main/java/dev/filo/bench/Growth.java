package dev.filo.bench;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/**
 * The same calls where there is ten times as much: what they cost must not grow with it. Small and
 * large are measured by turns.
 */
final class Growth {
  private static final int TIMES = 10;
  private static final int STORES = Inventory.STORES / TIMES;
  private static final int NEAREST = 20;
  private static final int SKUS = 1_000;
  private static final int CARTS = 1_000;
  private static final int LINES = 5;
  private static final int WATCHED = 25;
  private static final double PROMISED = 1.2;

  private Growth() {}

  static List<Figure> measure(Setting setting) throws InterruptedException {
    var figures = new ArrayList<Figure>();
    try (var few = new Nearby(setting, STORES);
        var many = new Nearby(setting, TIMES * STORES)) {
      var costs =
          Turns.measure(
              setting,
              (client, number) -> few.find(number, NEAREST),
              (client, number) -> many.find(number, NEAREST));
      figures.addAll(
          figures(
              "the 20 nearest of %,d stores",
              STORES, costs.getFirst().result(), costs.getLast().result()));
    }
    int skus = Math.min(SKUS, 16 * setting.clients());
    try (var few = Contention.over(setting, skus);
        var many = Contention.over(setting, TIMES * skus)) {
      var costs =
          Turns.measure(
              setting,
              (client, number) -> few.hold(skus, number),
              (client, number) -> many.hold(TIMES * skus, number));
      figures.addAll(
          figures("holds on %,d SKUs", skus, costs.getFirst().result(), costs.getLast().result()));
    }
    try (var shop = new Shop(setting, Shop.CART)) {
      int count = Math.min(CARTS, 16 * setting.clients());
      var many = FilledCarts.of(shop, TIMES * count, Shop.skus(LINES));
      var few = many.first(count);
      var costs =
          Turns.measure(
              setting, (client, number) -> few.read(number), (client, number) -> many.read(number));
      figures.addAll(
          figures(
              "a cart's read among %,d carts",
              count, costs.getFirst().result(), costs.getLast().result()));
      figures.addAll(watchers(setting, many));
    }
    return figures;
  }

  private static List<Figure> watchers(Setting setting, FilledCarts carts)
      throws InterruptedException {
    var few = carts.first(WATCHED);
    var small = watched(setting, few);
    var large = watched(setting, carts.first(TIMES * few.count()));
    for (int round = 1; round < setting.rounds(); round++) {
      small = small.and(watched(setting, few));
      large = large.and(watched(setting, carts.first(TIMES * few.count())));
    }
    return figures(
        "from a cart's change to its watchers, of %,d",
        few.count() * Watchers.DEVICES, small, large);
  }

  private static Load.Result watched(Setting setting, FilledCarts carts)
      throws InterruptedException {
    try (var watchers = new Watchers(carts)) {
      return watchers.run(setting.round());
    }
  }

  private static List<Figure> figures(String what, int few, Load.Result small, Load.Result large) {
    var name = String.format(Locale.ROOT, what, TIMES * few);
    double tail = large.millis(0.99) / small.millis(0.99);
    return List.of(
        Figure.baseline(String.format(Locale.ROOT, what, few), small),
        Figure.p50(String.format(Locale.ROOT, "%s; p99 %.2f×", name, tail), large, small)
            .atMost(PROMISED));
  }
}
