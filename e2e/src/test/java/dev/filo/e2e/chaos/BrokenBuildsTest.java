package dev.filo.e2e.chaos;

import static org.assertj.core.api.Assertions.assertThat;

import dev.filo.e2e.chaos.Fault.Kind;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * Services that are broken on purpose, each in one way: the checker sees it. A checker that does
 * not would prove nothing by finding nothing.
 */
class BrokenBuildsTest {
  private static final int TRIES = 3;

  @TempDir Path directory;

  @ParameterizedTest
  @EnumSource(mode = EnumSource.Mode.EXCLUDE, names = "NONE")
  void checker_brokenBuild_isFound(Flaw flaw) throws Exception {
    var mongod = ReplicaSet.program();
    Assumptions.assumeTrue(
        mongod.isPresent() && Files.exists(Path.of("/proc/self")),
        "no mongod to break: set FILO_MONGOD or put one on the PATH (Linux)");
    var found = new TreeSet<String>();
    // What a lost write or event does is seen when somebody needed it: hardly ever not at once.
    for (int seed = 1; seed <= TRIES && found.isEmpty(); seed++) {
      var report =
          Chaos.play(
              new Chaos.Settings(seed, 6, 24, faults(flaw), flaw),
              mongod.orElseThrow(),
              directory.resolve("try-" + seed),
              Path.of("target", "chaos", flaw.name() + "-" + seed),
              System.out::println);
      System.out.println(report.text());
      found.addAll(report.violations());
    }
    assertThat(found).as("what the checker says of %s", flaw).isNotEmpty();
  }

  /** What makes the flaw bite. */
  private static Set<Kind> faults(Flaw flaw) {
    return switch (flaw) {
      case NONE -> Set.of();
      case UNCHECKED_VERSION, LOST_EVENT -> Set.of(Kind.KILL_SERVICE);
      case EARLY_ANSWER -> Set.of(Kind.ISOLATE_PRIMARY, Kind.DESERT_PRIMARY);
      case FORGOTTEN_OPERATIONS -> Set.of(Kind.LOSE_ANSWERS, Kind.KILL_SERVICE);
      case LOST_LINE, LOST_LINK -> Set.of(Kind.KILL_SERVICE, Kind.KILL_PRIMARY);
    };
  }
}
