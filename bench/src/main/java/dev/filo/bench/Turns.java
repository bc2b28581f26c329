package dev.filo.bench;

import java.lang.management.ManagementFactory;
import java.util.List;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Loads that are measured by turns, so that all meet the same neighbours. Each is warmed up before,
 * and none sends a number twice.
 */
final class Turns {
  private Turns() {}

  /** What each of them took, in the order given. */
  static List<Cost> measure(Setting setting, Load.Request... requests) throws InterruptedException {
    var sides = Stream.of(requests).map(request -> new Side(setting, request)).toList();
    for (Side side : sides) {
      Load.warmUp(setting, () -> side.run().result());
    }
    for (int round = 0; round < setting.rounds(); round++) {
      for (Side side : sides) {
        side.measure();
      }
    }
    return sides.stream().map(Side::cost).toList();
  }

  private static final class Side {
    private final Setting setting;
    private final Load.Request request;
    private int next;
    private @Nullable Cost cost;

    Side(Setting setting, Load.Request request) {
      this.setting = setting;
      this.request = request;
    }

    Cost cost() {
      if (cost == null) {
        throw new IllegalArgumentException("rounds: 0 (expected: > 0)");
      }
      return cost;
    }

    void measure() throws InterruptedException {
      var round = run();
      cost = cost == null ? round : cost.and(round);
    }

    Cost run() throws InterruptedException {
      int from = next;
      long begun = cpuNanos();
      var result =
          Load.run(
              setting.clients(),
              setting.round(),
              Integer.MAX_VALUE - from,
              (client, number) -> request.send(client, from + number));
      long used = cpuNanos() - begun;
      if (result.other() > 0) {
        throw new IllegalStateException(result.other() + " answers were not as expected");
      }
      next = from + result.done() + setting.clients();
      return new Cost(result, used / 1e3 / Math.max(1, result.done()));
    }
  }

  private static long cpuNanos() {
    return ManagementFactory.getPlatformMXBean(com.sun.management.OperatingSystemMXBean.class)
        .getProcessCpuTime();
  }
}
