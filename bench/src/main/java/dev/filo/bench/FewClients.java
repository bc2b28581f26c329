package dev.filo.bench;

import java.util.ArrayList;
import java.util.List;

/**
 * The same calls by one client and by sixteen, where nobody is in another's way: what a call takes
 * by itself, and how much of it overlaps with others.
 */
final class FewClients {
  private static final List<Integer> COUNTS = List.of(1, 16);

  private FewClients() {}

  static List<Figure> measure(Setting setting) throws InterruptedException {
    var figures = new ArrayList<Figure>();
    for (int count : COUNTS) {
      var few = setting.by(count);
      var of = new ArrayList<Figure>();
      of.addAll(CartCalls.ofFiveLines(few));
      of.addAll(Nearby.ofOneSku(few));
      of.addAll(Contention.spread(few));
      of.addAll(Messages.measure(few));
      of.forEach(figure -> figures.add(figure.by(count)));
    }
    return figures;
  }
}
