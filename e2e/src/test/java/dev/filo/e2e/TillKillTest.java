package dev.filo.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import dev.filo.pos.command.Commands;
import dev.filo.pos.command.World;
import dev.filo.pos.journal.Journal;
import dev.filo.proto.inventory.v1.Movement;
import java.io.BufferedReader;
import java.io.PrintWriter;
import java.io.StringReader;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.InstantSource;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * A till that is killed with SIGKILL again and again, at any moment of its life, while it sells to
 * the real suite over a network that comes and goes. Afterwards the ledger has every sale the till
 * said «recorded» of, once, and nothing twice.
 */
class TillKillTest {
  private static final int KILLS = Integer.getInteger("filo.kills", 50);
  private static final int SALES_A_LIFE_MAX = 12;

  /** A life ends this long after its beginning at the latest; a JVM's start is a part of it. */
  private static final int LIFE_MILLIS_LEAST = 2_500;

  private static final int LIFE_MILLIS_MAX = 20_000; // on a busy machine

  @TempDir Path home;

  private Map<String, String> environment() {
    return Map.of(
        "FILO_POS_HOME",
        home.toString(),
        "FILO_POS_SECRET",
        TillSuite.SECRET,
        "FILO_POS_LANG",
        "en");
  }

  private String run(int wanted, String... words) {
    var out = new StringWriter();
    var world =
        new World(
            environment(),
            new BufferedReader(new StringReader("")),
            new PrintWriter(out),
            new PrintWriter(out),
            InstantSource.system(),
            ZoneId.of("Europe/Rome"),
            false);
    assertThat(Commands.run(world, words))
        .as(String.join(" ", words) + "\n" + out)
        .isEqualTo(wanted);
    return out.toString();
  }

  @Test
  @Timeout(1500)
  void killedAtAnyMoment_neitherLosesNorDoublesASale() throws Exception {
    long seed = Long.getLong("filo.seed", System.nanoTime());
    System.out.println("till killed " + KILLS + " times; repeat with -Dfilo.seed=" + seed);
    var random = new Random(seed);
    var suite = TillSuite.get();
    var sku = Goods.next();
    int before = suite.level(sku).getOnHand();
    int asked = 0;
    int torn = 0;
    int diedUnheard = 0;
    Set<String> acknowledged = new HashSet<>(); // the causes of sales the till said it has
    try (var wire = new Wire(suite.grpcPort())) {
      run(
          0,
          "login",
          "--client",
          TillSuite.CLIENT,
          "--target",
          suite.target(),
          "--grpc",
          wire.address(),
          "--patience",
          "30");
      // A start-up cache (JEP 514) of a whole life, so that lives are more than starts.
      var cache = home.resolve("till.aot");
      wholeLife(sku, asked++, acknowledged, "-XX:AOTCacheOutput=" + cache);
      assertThat(cache).exists();
      var cached = "-XX:AOTCache=" + cache;
      // What one whole life takes here, so that kills fall on all parts of it on any machine.
      long began = System.nanoTime();
      wholeLife(sku, asked++, acknowledged, cached);
      long whole = TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - began);
      int life = Math.clamp(2 * whole, LIFE_MILLIS_LEAST, LIFE_MILLIS_MAX);
      for (int kill = 0; kill < KILLS; kill++) {
        if (random.nextInt(4) == 0) {
          wire.cut();
        } else {
          wire.mend();
        }
        if (random.nextInt(6) == 0) {
          wire.loseAnswers();
        }
        var till = TillProcess.start(home, cached);
        // Half of them anywhere in a life, half soon after its first word, however long that takes.
        boolean heard = random.nextBoolean();
        var begun = heard ? till.firstWord() : CompletableFuture.<Void>completedFuture(null);
        int after = random.nextInt(heard ? life / 4 : life);
        var death =
            begun.thenRunAsync(
                till::kill, CompletableFuture.delayedExecutor(after, TimeUnit.MILLISECONDS));
        for (int n = 1 + random.nextInt(SALES_A_LIFE_MAX); n > 0; n--) {
          till.type("sale %s --cause sale-%d".formatted(sku, asked++));
        }
        till.awaitEnd();
        death.get();
        if (!note(till, acknowledged)) {
          diedUnheard++;
        }
        torn += Files.readString(home.resolve("errors.txt")).contains("torn") ? 1 : 0;
      }
      wire.cut();
      wire.mend();
      run(0, "queue", "flush", "--patience", "60");
    }
    assertThat(Journal.peek(home)).isEmpty();
    var times = new HashMap<String, Integer>();
    var ledger = new ArrayList<String>();
    for (var movement : suite.ledger(sku)) {
      if (movement.getKind() == Movement.Kind.SALE) {
        times.merge(movement.getCause(), 1, Integer::sum);
        ledger.add(movement.getCause());
      }
    }
    System.out.printf(
        "  %d sales entered, %d acknowledged, %d in the ledger, %d lives ended before a word, %d"
            + " torn lines%n",
        asked, acknowledged.size(), ledger.size(), diedUnheard, torn);
    assertThat(times).as("doubled").allSatisfy((cause, n) -> assertThat(n).isEqualTo(1));
    assertThat(ledger).as("lost").containsAll(acknowledged);
    assertThat(suite.level(sku).getOnHand()).isEqualTo(before - ledger.size());
    assertThat(acknowledged).as("the test tries something").hasSizeGreaterThan(KILLS / 4);
    assertThat(ledger.size()).isLessThanOrEqualTo(asked);
  }

  private void wholeLife(String sku, int number, Set<String> acknowledged, String flag) {
    var till = TillProcess.start(home, flag);
    till.type("sale %s --cause sale-%d".formatted(sku, number));
    till.type("exit");
    till.awaitEnd();
    note(till, acknowledged);
  }

  /** Notes the sales a till said it has; false when it said nothing. */
  private static boolean note(TillProcess till, Set<String> acknowledged) {
    var answers = till.answers();
    for (var answer : answers) {
      var result = answer.path("result").asString("");
      if (answer.path("command").asString("").equals("sale")
          && List.of("done", "queued").contains(result)) {
        acknowledged.add(answer.path("cause").asString());
      }
    }
    return !answers.isEmpty();
  }

  @Test
  @Timeout(300)
  void twoTillsOnOneJournal_theSecondIsToldAndChangesNothing() {
    run(
        0,
        "login",
        "--client",
        TillSuite.CLIENT,
        "--target",
        TillSuite.get().target(),
        "--grpc",
        TillSuite.get().grpc(),
        "--patience",
        "30");
    var sku = Goods.next();
    try (var journal = Journal.open(home, InstantSource.system(), java.time.Duration.ZERO)) {
      var second = TillProcess.start(home);
      second.type("sale " + sku);
      second.type("queue"); // to look is allowed
      second.type("exit");
      second.awaitEnd();
      assertThat(second.answers()).hasSizeGreaterThanOrEqualTo(1);
      assertThat(second.answers().getFirst().path("reason").asString()).isEqualTo("JOURNAL_IN_USE");
      assertThat(second.answers().getFirst().path("message").asString())
          .contains(Long.toString(ProcessHandle.current().pid()));
      assertThat(journal.openItems()).isEmpty();
    }
    assertThat(TillSuite.get().ledger(sku))
        .noneMatch(movement -> movement.getKind() == Movement.Kind.SALE);
  }

  /** A real limit of the system: no file may grow beyond two kilobytes. */
  @Test
  @Timeout(300)
  void diskFull_isSaidAndOnlyWhatWasSaidIsThere() throws Exception {
    run(
        0,
        "login",
        "--client",
        TillSuite.CLIENT,
        "--target",
        TillSuite.get().target(),
        "--grpc",
        TillSuite.get().grpc(),
        "--patience",
        "30");
    var commands = home.resolve("commands.txt");
    var lines = new ArrayList<String>();
    for (int n = 0; n < 20; n++) {
      lines.add("sale DIV-LUC-VEL-VRD --cause full-" + n);
    }
    Files.write(commands, lines);
    Files.write(
        home.resolve("till.json"),
        Files.readString(home.resolve("till.json"))
            .replace(TillSuite.get().grpc(), "localhost:1")
            .getBytes(java.nio.charset.StandardCharsets.UTF_8));
    var words = new ArrayList<>(List.of("sh", "-c", "ulimit -f 4; exec \"$@\"", "sh"));
    words.addAll(TillProcess.command(List.of(), "--json", "--patience", "0"));
    var builder = new ProcessBuilder(words);
    builder.environment().putAll(environment());
    var process =
        builder
            .redirectInput(commands.toFile())
            .redirectError(ProcessBuilder.Redirect.DISCARD)
            .start();
    var answers =
        new String(process.getInputStream().readAllBytes(), java.nio.charset.StandardCharsets.UTF_8)
            .lines()
            .map(line -> tools.jackson.databind.json.JsonMapper.shared().readTree(line))
            .toList();
    assertThat(process.waitFor(60, TimeUnit.SECONDS)).isTrue();
    var queued =
        answers.stream()
            .filter(answer -> answer.path("result").asString().equals("queued"))
            .map(answer -> answer.path("number").asInt())
            .toList();
    assertThat(queued).isNotEmpty().hasSizeLessThan(20);
    assertThat(answers.stream().map(answer -> answer.path("reason").asString()))
        .contains("JOURNAL_DISK_FULL");
    assertThat(process.exitValue()).isEqualTo(5);
    assertThat(Journal.peek(home))
        .extracting(dev.filo.pos.journal.Item::number)
        .containsExactlyElementsOf(queued);
  }
}
