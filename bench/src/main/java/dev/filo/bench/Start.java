package dev.filo.bench;

import dev.filo.suite.FreePorts;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import reactor.core.publisher.Mono;
import reactor.netty.http.client.HttpClient;
import reactor.util.retry.Retry;

/**
 * How soon the suite answers and what memory it takes, as a process of its own, started as an
 * operator does: first with an empty database, then with the demo retailer in it.
 */
final class Start {
  private static final Duration WAIT = Duration.ofMinutes(10);
  private static final double SECONDS_PROMISED = 5;
  private static final double MEGABYTES_PROMISED = 700;

  private Start() {}

  /**
   * Starts it several times.
   *
   * @param command what starts it, with its settings in the environment
   */
  static Table measure(Setting setting, List<String> command) throws InterruptedException {
    var prefix = setting.database() + "_start_";
    var data = folder();
    try {
      // What the command does once, building and preparing, is not measured.
      try (var prepared = new Running(setting, command, prefix, data)) {
        prepared.untilAnswer();
      }
      setting.drop(prefix);
      var lines = new ArrayList<Line>();
      try (var first = new Running(setting, command, prefix, data)) {
        lines.add(
            Line.of("an empty database: until the search answers", "s", first.untilAnswer())
                .below(SECONDS_PROMISED));
        lines.add(Line.of("the same: until the demo retailer is loaded", "s", first.untilReady()));
        lines.add(
            Line.of("resident memory then", "MB", first.megabytes()).below(MEGABYTES_PROMISED));
      }
      var seconds = new double[setting.rounds()];
      var megabytes = new double[setting.rounds()];
      for (int round = 0; round < setting.rounds(); round++) {
        try (var again = new Running(setting, command, prefix, data)) {
          seconds[round] = again.untilAnswer();
          again.untilReady();
          megabytes[round] = again.megabytes();
        }
      }
      lines.add(
          Line.of("the demo retailer there: until the search answers", "s", seconds)
              .below(SECONDS_PROMISED));
      lines.add(Line.of("resident memory when started", "MB", megabytes).below(MEGABYTES_PROMISED));
      return table(lines);
    } finally {
      setting.drop(prefix);
      Shop.delete(data);
    }
  }

  private static Path folder() {
    try {
      return Files.createTempDirectory("filo-bench");
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static Table table(List<Line> lines) {
    var head =
        String.format("| %-58s | %9s | %9s | promised |", "", "median", "worst")
            + "\n|---|---:|---:|---|\n";
    return new Table(
        lines.stream().map(Line::row).collect(Collectors.joining("\n", head, "")),
        lines.stream().allMatch(Line::kept));
  }

  /**
   * One line of the table.
   *
   * @param median not a number where it cannot be measured
   */
  private record Line(
      String what, String unit, double median, double worst, String promise, boolean kept) {
    static Line of(String what, String unit, double... values) {
      var sorted = values.clone();
      Arrays.sort(sorted);
      return new Line(
          what, unit, sorted[(sorted.length - 1) / 2], sorted[sorted.length - 1], "", true);
    }

    Line below(double most) {
      return Double.isNaN(median)
          ? this
          : new Line(what, unit, median, worst, "< %.0f %s".formatted(most, unit), median < most);
    }

    String row() {
      return String.format(
          Locale.ROOT,
          "| %-58s | %9s | %9s | %s |",
          what,
          shown(median),
          shown(worst),
          Table.said(promise, kept));
    }

    private String shown(double value) {
      if (Double.isNaN(value)) {
        return "not here";
      }
      return String.format(Locale.ROOT, unit.equals("s") ? "%.1f s" : "%.0f MB", value);
    }
  }

  /** The suite as a process, from its start to its end. */
  private static final class Running implements AutoCloseable {
    private static final Duration BETWEEN_LOOKS = Duration.ofMillis(20);
    private static final Duration ANSWER = Duration.ofSeconds(10);
    private static final int LAST_LINES = 20;

    private final Process process;
    private final long begun = System.nanoTime();
    private final Mono<Void> search;
    private final CountDownLatch ready = new CountDownLatch(1);
    private final ArrayDeque<String> said = new ArrayDeque<>();

    Running(Setting setting, List<String> command, String prefix, Path data) {
      int port = FreePorts.next();
      search =
          HttpClient.newConnection()
              .responseTimeout(ANSWER)
              .get()
              .uri("http://127.0.0.1:" + port + "/v1/products:search")
              .response()
              .flatMap(
                  response ->
                      response.status().code() == 200
                          ? Mono.<Void>empty()
                          : Mono.error(new IllegalStateException("it does not search yet")));
      var builder = new ProcessBuilder(command).redirectErrorStream(true);
      var environment = builder.environment();
      environment.put("FILO_PORT", Integer.toString(port));
      environment.put("FILO_GRPC_PORT", Integer.toString(FreePorts.next()));
      environment.put("FILO_MONGODB_URI", setting.uri());
      environment.put("FILO_MONGODB_PREFIX", prefix);
      environment.put("FILO_DATA", data.toString());
      try {
        process = builder.start();
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
      Thread.ofVirtual().start(this::listen);
    }

    private void listen() {
      process.inputReader().lines().forEach(this::heard);
    }

    private synchronized void heard(String line) {
      said.add(line);
      if (said.size() > LAST_LINES) {
        said.remove();
      }
      if (line.contains("Filo runs")) {
        ready.countDown();
      }
    }

    private double seconds() {
      return (System.nanoTime() - begun) / 1e9;
    }

    /** Seconds from the start until a search is answered. */
    double untilAnswer() {
      search
          .retryWhen(
              Retry.fixedDelay(Long.MAX_VALUE, BETWEEN_LOOKS)
                  .doBeforeRetry(refused -> requireRunning()))
          .block(WAIT);
      return seconds();
    }

    /** Seconds from the start until it says that it runs, all that is to be loaded loaded. */
    double untilReady() throws InterruptedException {
      while (!ready.await(1, TimeUnit.SECONDS)) {
        requireRunning();
      }
      return seconds();
    }

    private void requireRunning() {
      if (!process.isAlive() || seconds() > WAIT.toSeconds()) {
        synchronized (this) {
          throw new IllegalStateException("it did not start:\n" + String.join("\n", said));
        }
      }
    }

    /** Resident memory of the JVM; not a number where there is no /proc. */
    double megabytes() {
      var java =
          Stream.concat(Stream.of(process.toHandle()), process.descendants())
              .filter(one -> one.info().command().orElse("").endsWith("java"))
              .findFirst()
              .orElseThrow();
      var status = Path.of("/proc", Long.toString(java.pid()), "status");
      if (!Files.exists(status)) {
        return Double.NaN;
      }
      try (var lines = Files.lines(status)) {
        return lines
                .filter(line -> line.startsWith("VmRSS:"))
                .mapToLong(line -> Long.parseLong(line.replaceAll("[^0-9]", "")))
                .map(kibibytes -> kibibytes * 1024)
                .findFirst()
                .orElseThrow()
            / 1e6;
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }

    @Override
    public void close() {
      process.toHandle().destroy(); // by its handle: what it still says is read to the end
      process.onExit().completeOnTimeout(process, 1, TimeUnit.MINUTES).join();
      if (process.isAlive()) {
        process.descendants().forEach(ProcessHandle::destroyForcibly);
        process.destroyForcibly();
      }
    }
  }
}
