package dev.filo.e2e.chaos;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * What {@code ./filo chaos} runs, with thrice as many kills as a build. {@code
 * -Dfilo.chaos.periods=N} and {@code -Dfilo.chaos.kills=N} set for how long, {@code
 * -Dfilo.chaos.seed=N} which faults, {@code -Dfilo.chaos.faults=kill-service,...} of which kinds.
 */
@Tag("alone")
class ChaosTest {
  private static final int CLIENTS = Integer.getInteger("filo.chaos.clients", 48);
  private static final int PERIODS = Integer.getInteger("filo.chaos.periods", 20);
  private static final int KILLS = Integer.getInteger("filo.chaos.kills", 10);
  // Each build meets the same faults; ./filo chaos chooses others each time.
  private static final long SEED = Long.getLong("filo.chaos.seed", 5462885L);

  private static final String FAULTS = System.getProperty("filo.chaos.faults", "");

  @TempDir Path directory;

  @Test
  void suite_underFaults_keepsWhatItAcknowledged() throws Exception {
    var report = play(Schedule.of(SEED, PERIODS, kinds()), CLIENTS, "seed-" + SEED);
    // A run in which hardly anything was done would prove nothing.
    assertThat(report.operations()).isGreaterThan(PERIODS * 15L);
    assertThat(report.acknowledged().values()).allMatch(count -> count > PERIODS);
  }

  /** Not when the faults are chosen: then it is about those. */
  @Test
  void suite_killedAgainAndAgain_keepsWhatItAcknowledged() throws Exception {
    Assumptions.assumeTrue(FAULTS.isEmpty(), "other faults are asked for");
    var report = play(Schedule.kills(SEED, KILLS, KILLS / 10), 64, "kills-" + SEED);
    assertThat(report.faults().get(Fault.Kind.KILL_SERVICE)).isGreaterThanOrEqualTo(KILLS);
    assertThat(report.faults().get(Fault.Kind.KILL_PRIMARY)).isEqualTo(KILLS / 10);
    assertThat(report.acknowledged().values()).allMatch(count -> count > KILLS);
  }

  private Report play(List<List<Fault>> schedule, int clients, String name) throws Exception {
    var mongod = ReplicaSet.program();
    Assumptions.assumeTrue(
        mongod.isPresent() && Files.exists(Path.of("/proc/self")),
        "no mongod to break: set FILO_MONGOD or put one on the PATH (Linux)");
    var report =
        Chaos.play(
            new Chaos.Settings(SEED, schedule, clients, Set.of()),
            mongod.orElseThrow(),
            directory,
            Path.of("target", "chaos", name),
            System.out::println);
    System.out.println(report.text());
    assertThat(report.violations()).as("promises not kept, seed %d", report.seed()).isEmpty();
    return report;
  }

  private static Set<Fault.Kind> kinds() {
    var kinds = EnumSet.noneOf(Fault.Kind.class);
    Arrays.stream(FAULTS.split(",", -1))
        .filter(text -> !text.isEmpty())
        .map(Fault.Kind::of)
        .forEach(kinds::add);
    return kinds.isEmpty() ? EnumSet.allOf(Fault.Kind.class) : kinds;
  }
}
