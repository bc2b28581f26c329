package dev.filo.e2e.chaos;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * What {@code ./filo chaos} runs, with thrice as many kills as a build: faults of all kinds, and
 * then replicas killed one soon after the other. {@code -Dfilo.chaos.periods=N} and {@code
 * -Dfilo.chaos.kills=N} set for how long, {@code -Dfilo.chaos.seed=N} which faults, {@code
 * -Dfilo.chaos.faults=kill-service,...} of which kinds, and no kills but those.
 */
@Tag("alone")
class ChaosTest {
  private static final int CLIENTS = Integer.getInteger("filo.chaos.clients", 64);
  private static final int PERIODS = Integer.getInteger("filo.chaos.periods", 20);
  private static final int KILLS = Integer.getInteger("filo.chaos.kills", 10);
  // Each build meets the same faults; ./filo chaos chooses others each time.
  private static final long SEED = Long.getLong("filo.chaos.seed", 5462885L);

  // In seconds of the epoch; 0: there is always time for it.
  private static final long BEGIN_BY =
      Long.parseLong(System.getenv().getOrDefault("FILO_CHAOS_BEGIN_BY", "0"));

  private static final String FAULTS = System.getProperty("filo.chaos.faults", "");

  @TempDir Path directory;

  @Test
  void suite_underFaultsAndKilledAgainAndAgain_keepsWhatItAcknowledged() throws Exception {
    if (BEGIN_BY > 0 && Instant.now().getEpochSecond() > BEGIN_BY) {
      var reason = "the build has no time left for it; ./filo chaos plays it";
      System.out.println("ChaosTest is skipped: " + reason);
      Assumptions.abort(reason);
    }
    var schedule = new ArrayList<>(Schedule.of(SEED, PERIODS, kinds()));
    if (FAULTS.isEmpty()) {
      schedule.addAll(Schedule.kills(SEED, KILLS, KILLS / 10));
    }
    var report = play(List.copyOf(schedule));
    // A run in which hardly anything was done would prove nothing.
    assertThat(report.operations()).isGreaterThan(schedule.size() * 15L);
    assertThat(report.acknowledged().values()).allMatch(count -> count > schedule.size());
    for (var kind : List.of(Fault.Kind.KILL_SERVICE, Fault.Kind.KILL_PRIMARY)) {
      long scheduled =
          schedule.stream().flatMap(List::stream).filter(fault -> fault.kind() == kind).count();
      assertThat((long) report.faults().getOrDefault(kind, 0)).as("%s", kind).isEqualTo(scheduled);
    }
  }

  private Report play(List<List<Fault>> schedule) throws Exception {
    var mongod = ReplicaSet.program();
    Assumptions.assumeTrue(
        mongod.isPresent() && Files.exists(Path.of("/proc/self")),
        "no mongod to break: set FILO_MONGOD or put one on the PATH (Linux)");
    var report =
        Chaos.play(
            new Chaos.Settings(SEED, schedule, CLIENTS, Set.of()),
            mongod.orElseThrow(),
            directory,
            Path.of("target", "chaos", "seed-" + SEED),
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
