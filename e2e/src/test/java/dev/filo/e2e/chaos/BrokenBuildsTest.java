package dev.filo.e2e.chaos;

import static org.assertj.core.api.Assertions.assertThat;

import dev.filo.e2e.chaos.Fault.Kind;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Services that are broken on purpose, each in one way: the checker sees it. A checker that does
 * not would prove nothing by finding nothing. Ten minutes: only where it is asked for, {@code
 * ./filo chaos --broken}.
 */
@Tag("alone")
@EnabledIfSystemProperty(named = "filo.chaos.broken", matches = "true")
class BrokenBuildsTest {
  private static final int TRIES = 3;
  private static final int PERIODS = 5;
  private static final int CLIENTS = 24;
  private static final Duration ELECTED = Duration.ofSeconds(12);

  @TempDir Path directory;

  /** All flaws, in as few suites as they fit in: each service has one of them. */
  static Stream<Set<Flaw>> flaws() {
    return Stream.of(
        EnumSet.of(Flaw.UNCHECKED_VERSION, Flaw.FORGOTTEN_OPERATIONS, Flaw.LOST_LINK),
        EnumSet.of(Flaw.EARLY_ANSWER, Flaw.LOST_EVENT, Flaw.LOST_LINE));
  }

  @ParameterizedTest
  @MethodSource("flaws")
  void checker_brokenBuilds_areFound(Set<Flaw> flaws) throws Exception {
    var mongod = ReplicaSet.program();
    Assumptions.assumeTrue(
        mongod.isPresent() && Files.exists(Path.of("/proc/self")),
        "no mongod to break: set FILO_MONGOD or put one on the PATH (Linux)");
    var notFound = EnumSet.copyOf(flaws);
    // What a flaw breaks is seen when somebody needed it: nearly always at the first try.
    for (int seed = 1; seed <= TRIES && !notFound.isEmpty(); seed++) {
      var report =
          Chaos.play(
              new Chaos.Settings(seed, schedule(seed), CLIENTS, Set.copyOf(flaws)),
              mongod.orElseThrow(),
              directory.resolve("try-" + seed),
              Path.of("target", "chaos", "broken-" + notFound + "-" + seed),
              System.out::println);
      System.out.println(report.text());
      for (Flaw flaw : flaws) {
        var said = flaw.in(report.violations());
        System.out.printf("  %s: %d violations%n", flaw, said.size());
        if (!said.isEmpty()) {
          notFound.remove(flaw);
        }
      }
    }
    assertThat(notFound).as("flaws the checker does not find").isEmpty();
  }

  /** Some faults, and a primary that is left alone until the others have elected another one. */
  private static List<List<Fault>> schedule(long seed) {
    var periods = new ArrayList<>(Schedule.of(seed, PERIODS, faults()));
    periods.add(List.of(new Fault(Kind.DESERT_PRIMARY, 0, ELECTED)));
    return List.copyOf(periods);
  }

  /** What makes them bite: lost answers are asked for again, and what only one had is lost. */
  private static Set<Kind> faults() {
    return EnumSet.of(
        Kind.LOSE_ANSWERS, Kind.KILL_SERVICE, Kind.ISOLATE_PRIMARY, Kind.DESERT_PRIMARY);
  }
}
