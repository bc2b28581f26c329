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
  private static final int KILLED_MIN_MILLIS = 200;
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

  /**
   * Kills, one soon after the other.
   *
   * @param services how many replicas of services are killed, two in a period
   * @param primaries how often the database's primary is, in periods of their own
   */
  static List<List<Fault>> kills(long seed, int services, int primaries) {
    var random = new Random(seed);
    var all = new ArrayList<List<Fault>>();
    for (int i = 0; i < services; i += 2) {
      all.add(
          List.of(kill(Fault.Kind.KILL_SERVICE, random), kill(Fault.Kind.KILL_SERVICE, random)));
    }
    for (int i = 0; i < primaries; i++) {
      all.add(random.nextInt(all.size() + 1), List.of(kill(Fault.Kind.KILL_PRIMARY, random)));
    }
    return List.copyOf(all);
  }

  private static Fault kill(Fault.Kind kind, Random random) {
    var lasts = Duration.ofMillis(random.nextInt(KILLED_MIN_MILLIS, LASTS_MIN_MILLIS));
    return new Fault(kind, random.nextInt(1_000), lasts);
  }
}
