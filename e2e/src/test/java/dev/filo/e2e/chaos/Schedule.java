package dev.filo.e2e.chaos;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.TreeSet;

/**
 * Faults in an order that a seed gives: a quarter of the periods is calm, some have two faults at
 * once, and every kind has its turn before one comes again.
 */
final class Schedule {
  private static final int LASTS_MIN_MILLIS = 1_000;
  private static final int LASTS_MAX_MILLIS = 6_000;
  private static final int CALM_OF = 4;
  private static final int TWO_OF = 5;

  private Schedule() {}

  /** Periods, each with the faults that begin in it together. */
  static List<List<Fault>> of(long seed, int periods, Set<Fault.Kind> kinds) {
    var random = new Random(seed);
    var order = new ArrayList<Fault.Kind>();
    var all = new ArrayList<List<Fault>>();
    while (all.size() < periods) {
      var now = new ArrayList<Fault>();
      if (random.nextInt(CALM_OF) > 0) {
        int count = random.nextInt(TWO_OF) == 0 ? 2 : 1;
        for (int i = 0; i < count; i++) {
          if (order.isEmpty()) {
            order.addAll(new TreeSet<>(kinds));
            Collections.shuffle(order, random);
          }
          var lasts = Duration.ofMillis(random.nextInt(LASTS_MIN_MILLIS, LASTS_MAX_MILLIS));
          now.add(new Fault(order.removeLast(), random.nextInt(1_000), lasts));
        }
      }
      all.add(List.copyOf(now));
    }
    return List.copyOf(all);
  }
}
