package dev.filo.bench;

import com.mongodb.reactivestreams.client.MongoClient;
import dev.filo.platform.mongo.Mongo;
import dev.filo.testkit.TestMongo;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import java.util.concurrent.ThreadLocalRandom;
import org.bson.Document;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/**
 * Measures what Filo claims about its speed and prints a table; exit code 1 when one is not kept.
 */
@Command(
    name = "filo bench",
    mixinStandardHelpOptions = true,
    description = "Measures Filo's claims, each as a ratio to a baseline of the same run.")
public final class Bench implements Callable<Integer> {
  /** What can be measured. */
  public enum What {
    /** Holds on one SKU. */
    HOT,
    /** Availability near a point. */
    NEARBY,
    /** Holds on many SKUs. */
    SPREAD,
    /** Rows of an import. */
    IMPORT,
    /** A cart's changes, reads and watchers through the gateway. */
    CART,
    /** The search in a large catalogue. */
    SEARCH,
    /** Messages of a conversation. */
    MESSAGES,
    /** The same calls by one client and by sixteen. */
    FEW,
    /** The same calls where there is ten times as much. */
    GROWTH,
    /** How soon the suite answers, and its memory. */
    START
  }

  @Parameters(
      arity = "0..*",
      description = "What to measure: ${COMPLETION-CANDIDATES}; nothing: all.")
  private List<What> what = new ArrayList<>();

  @Option(
      names = "--mongodb-uri",
      description =
          "A MongoDB replica set; else FILO_TEST_MONGODB_URI, Docker, the embedded store.")
  private @Nullable String uri;

  @Option(names = "--clients", defaultValue = "64", description = "1 to 1000 (${DEFAULT-VALUE}).")
  private int clients;

  @Option(
      names = "--seconds",
      defaultValue = "4",
      description =
          "Of each side of a comparison before the other's turn, 1 to 60 (${DEFAULT-VALUE}).")
  private int seconds;

  @Option(names = "--rounds", defaultValue = "3", description = "1 to 20 (${DEFAULT-VALUE}).")
  private int rounds;

  @Option(
      names = "--rows",
      defaultValue = "40000",
      description = "Of an import, 1000 to 10000000 (${DEFAULT-VALUE}).")
  private int rows;

  @Option(
      names = "--variants",
      defaultValue = "100000",
      description = "Of the catalogue that is searched, 1000 to 1000000 (${DEFAULT-VALUE}).")
  private int variants;

  @Option(names = "--update", description = "Put the tables into this page: docs/performance.md.")
  private @Nullable Path page;

  @Spec private @Nullable CommandSpec spec;

  private Bench() {}

  /** Runs the command. */
  public static void main(String[] arguments) {
    System.exit(command().execute(arguments));
  }

  /** The command, for a test of it. */
  static CommandLine command() {
    return new CommandLine(new Bench()).setCaseInsensitiveEnumValuesAllowed(true);
  }

  @Override
  public Integer call() throws InterruptedException, IOException {
    range("--clients", clients, 1, 1000);
    range("--seconds", seconds, 1, 60);
    range("--rounds", rounds, 1, 20);
    range("--rows", rows, 1_000, 10_000_000);
    range("--variants", variants, 1_000, 1_000_000);
    var out = commandSpec().commandLine().getOut();
    MongoClient given = uri == null ? null : Mongo.client(uri, "bench");
    try {
      if (given != null && uri != null) {
        return measure(given, uri, out);
      }
      var engine = TestMongo.engines().getLast();
      return measure(engine.client(), engine.uri(), out);
    } finally {
      if (given != null) {
        given.close();
      }
    }
  }

  private int measure(MongoClient mongo, String at, PrintWriter out)
      throws InterruptedException, IOException {
    var setting =
        new Setting(
            mongo,
            at,
            "bench_" + Integer.toHexString(ThreadLocalRandom.current().nextInt()),
            clients,
            Duration.ofSeconds(seconds),
            rounds);
    var machine = machine(mongo);
    out.println(machine);
    boolean kept = true;
    for (What one : what.isEmpty() ? List.of(What.values()) : new LinkedHashSet<>(what)) {
      var table = table(one, setting);
      kept &= table.kept();
      out.println();
      out.println(table.text());
      out.flush();
      if (page != null) {
        update(page, one, machine + "\n\n" + table.text());
      }
    }
    return kept ? 0 : 1;
  }

  private Table table(What one, Setting setting) throws InterruptedException {
    return switch (one) {
      case HOT -> Figure.table(Contention.hot(setting));
      case NEARBY -> Figure.table(Nearby.measure(setting));
      case SPREAD -> Figure.table(Contention.spread(setting));
      case IMPORT -> Figure.table(Import.measure(setting, rows));
      case CART -> Figure.table(CartCalls.measure(setting));
      case SEARCH -> Figure.table(Search.measure(setting, variants));
      case MESSAGES -> Figure.table(Messages.measure(setting));
      case FEW -> Figure.table(FewClients.measure(setting));
      case GROWTH -> Figure.table(Growth.measure(setting));
      case START -> Start.measure(setting, List.of("./filo", "up"));
    };
  }

  /** Puts a table between the two comments that mark its place. */
  static void update(Path page, What what, String text) throws IOException {
    var name = what.name().toLowerCase(Locale.ROOT);
    var begin = "<!-- figures: " + name + " -->\n";
    var end = "<!-- end: " + name + " -->";
    var content = Files.readString(page);
    int from = content.indexOf(begin);
    int to = content.indexOf(end);
    if (from < 0 || to < from) {
      throw new IllegalArgumentException(page + " has no place for " + name + ": " + begin + end);
    }
    Files.writeString(
        page, content.substring(0, from + begin.length()) + text + "\n" + content.substring(to));
  }

  private String machine(MongoClient mongo) {
    var info =
        reactor.core.publisher.Mono.from(
                mongo.getDatabase("admin").runCommand(new Document("buildInfo", 1)))
            .block(Duration.ofSeconds(30));
    var bean = java.lang.management.ManagementFactory.getOperatingSystemMXBean();
    return String.format(
        Locale.ROOT,
        "%d cores (load %.1f at the start), heap %d MiB, JDK %s, MongoDB %s; %d clients, %d × %d s"
            + " a side.",
        Runtime.getRuntime().availableProcessors(),
        bean.getSystemLoadAverage(),
        Runtime.getRuntime().maxMemory() >> 20,
        Runtime.version().feature(),
        info == null ? "?" : info.getString("version"),
        clients,
        rounds,
        seconds);
  }

  private void range(String option, int value, int least, int most) {
    if (value < least || value > most) {
      throw new CommandLine.ParameterException(
          commandSpec().commandLine(),
          option + " wants a number from " + least + " to " + most + ", not " + value);
    }
  }

  private CommandSpec commandSpec() {
    if (spec == null) {
      throw new IllegalStateException("run by picocli only");
    }
    return spec;
  }
}
