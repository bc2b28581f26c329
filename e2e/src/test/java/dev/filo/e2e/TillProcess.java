package dev.filo.e2e;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.io.Writer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** A till as a process of its own, which reads commands from a pipe and answers in JSON. */
public final class TillProcess {
  private final Process process;
  private final Writer commands;
  private final BlockingQueue<String> answers = new LinkedBlockingQueue<>();
  private final CompletableFuture<Void> firstWord = new CompletableFuture<>();
  private final Thread reading;

  private TillProcess(Process process) {
    this.process = process;
    this.commands = process.outputWriter(StandardCharsets.UTF_8);
    this.reading = Thread.ofVirtual().start(this::read);
  }

  /** The command line of a till: its JVM, with more flags or none, and its own words. */
  static List<String> command(List<String> flags, String... own) {
    var words =
        new ArrayList<>(
            List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Xmx64m",
                "-XX:+UseSerialGC",
                "-XX:TieredStopAtLevel=1",
                "-XX:-UsePerfData",
                "--enable-native-access=ALL-UNNAMED",
                "--sun-misc-unsafe-memory-access=allow"));
    words.addAll(flags);
    words.addAll(List.of("-cp", classPath(), "dev.filo.pos.FiloPos"));
    words.addAll(Arrays.asList(own));
    return words;
  }

  /** Only what the till needs: the suite's hundred jars would make each start slower. */
  private static String classPath() {
    var all = System.getProperty("java.class.path").split(java.io.File.pathSeparator);
    return Arrays.stream(all)
        .filter(
            each ->
                each.contains("pos" + java.io.File.separator + "target")
                    || each.matches(
                        ".*(filo-pos|filo-proto|proto.target|grpc|netty|protobuf|proto-google|guava|failureaccess"
                            + "|perfmark|picocli|jline|jackson|jspecify|protovalidate|gson|annotations).*"))
        .collect(java.util.stream.Collectors.joining(java.io.File.pathSeparator));
  }

  /** Starts one, with more flags for its JVM or none. */
  static TillProcess start(Path home, String... flags) {
    var builder = new ProcessBuilder(command(List.of(flags), "--json", "--patience", "2"));
    builder.environment().put("FILO_POS_HOME", home.toString());
    builder.environment().put("FILO_POS_SECRET", TillSuite.SECRET);
    builder.redirectError(home.resolve("errors.txt").toFile());
    try {
      return new TillProcess(builder.start());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private void read() {
    try (BufferedReader reader = process.inputReader(StandardCharsets.UTF_8)) {
      for (var line = reader.readLine(); line != null; line = reader.readLine()) {
        answers.add(line);
        firstWord.complete(null);
      }
    } catch (IOException e) {
      // It was killed.
    } finally {
      firstWord.complete(null);
    }
  }

  /** Types a command; false when nobody is there any more. */
  public boolean type(String command) {
    try {
      commands.write(command + "\n");
      commands.flush();
      return true;
    } catch (IOException e) {
      return false;
    }
  }

  /** Done when it has answered for the first time, or has ended without. */
  CompletableFuture<Void> firstWord() {
    return firstWord;
  }

  /** SIGKILL. What was answered before can still be read. */
  public void kill() {
    process.destroyForcibly();
  }

  /** Waits for its end. */
  public void awaitEnd() {
    try {
      if (!process.waitFor(120, TimeUnit.SECONDS)) {
        throw new AssertionError("the till does not end");
      }
      reading.join(TimeUnit.SECONDS.toMillis(60));
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException(e);
    }
  }

  /** Everything it has answered that is whole. */
  public List<JsonNode> answers() {
    var whole = new ArrayList<JsonNode>();
    for (var line : answers) {
      if (line.endsWith("}")) {
        try {
          whole.add(JsonMapper.shared().readTree(line));
        } catch (tools.jackson.core.JacksonException e) {
          // Cut by the kill: it was not said.
        }
      }
    }
    return whole;
  }

  /** How it ended. */
  public int exit() {
    return process.exitValue();
  }
}
