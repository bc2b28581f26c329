package dev.filo.fuzz;

import java.util.List;
import java.util.stream.Stream;

/** All parsers of what comes from outside. */
final class Targets {
  private Targets() {}

  static List<Target> all() {
    return Stream.of(GatewayTargets.all(), ServiceTargets.all(), ToolTargets.all())
        .flatMap(List::stream)
        .toList();
  }
}
