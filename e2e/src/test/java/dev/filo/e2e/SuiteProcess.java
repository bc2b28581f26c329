package dev.filo.e2e;

import dev.filo.suite.FreePorts;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/**
 * The suite's executable jar as a process of its own, on free ports, with data that go with the
 * test.
 */
public final class SuiteProcess implements AutoCloseable {
  /** Where in its data what it says goes. */
  static final String CONSOLE = "console.txt";

  private static final Duration START = Duration.ofMinutes(4);
  private static final Duration END = Duration.ofSeconds(20);
  private static final Duration CACHING = Duration.ofMinutes(3);

  private final Path data;
  private final List<String> command;
  private final Map<String, String> environment;
  private final int port = FreePorts.next();
  private final int grpcPort = FreePorts.next();
  private @Nullable Process process;

  private SuiteProcess(Path data, List<String> command, Map<String, String> environment) {
    this.data = data;
    this.command = command;
    this.environment = environment;
  }

  /** Starts a suite that finds the retailer loaded, and waits until it answers. */
  public static SuiteProcess start(Path data, Map<String, String> environment) {
    var prepared = PreparedSuite.get();
    prepared.copyData(data);
    var uri = environment.get("FILO_MONGODB_URI");
    if (uri != null) {
      prepared.copyInto(
          data, uri, environment.getOrDefault("FILO_MONGODB_PREFIX", PreparedSuite.PREFIX));
    }
    return startAsIs(data, environment);
  }

  /** Starts a suite on what is there: where nothing is, it loads the retailer. */
  static SuiteProcess startAsIs(Path data, Map<String, String> environment) {
    var suite = new SuiteProcess(data, PreparedSuite.get().command(), environment);
    suite.launch();
    return suite;
  }

  /** A suite's first start, until the retailer is loaded, and its end. */
  static void load(Path data, List<String> command) {
    var suite = new SuiteProcess(data, command, Map.of());
    suite.launch();
    suite.end(CACHING);
  }

  /** Where its pages and its API are. */
  public String target() {
    return "http://localhost:" + port;
  }

  /** Where its gRPC is. */
  public String door() {
    return "localhost:" + grpcPort;
  }

  /** The process's number. */
  public long pid() {
    var running = process;
    if (running == null) {
      throw new IllegalStateException("the suite does not run");
    }
    return running.pid();
  }

  /** Ends it with SIGKILL and starts it again on the same data and ports. */
  void killAndRestart() {
    var running = process;
    if (running != null) {
      running.destroyForcibly();
      running.onExit().join();
    }
    launch();
  }

  /** Ends it, does something to its data, and starts it again on the same data and ports. */
  void whileStopped(Runnable work) {
    close();
    work.run();
    launch();
  }

  private void launch() {
    var builder = new ProcessBuilder(command);
    builder.environment().remove("FILO_MONGODB_URI");
    builder.environment().putAll(environment);
    builder.environment().put("FILO_PORT", Integer.toString(port));
    builder.environment().put("FILO_GRPC_PORT", Integer.toString(grpcPort));
    builder.environment().put("FILO_DATA", data.toString());
    builder.redirectErrorStream(true);
    builder.redirectOutput(ProcessBuilder.Redirect.appendTo(data.resolve(CONSOLE).toFile()));
    try {
      Files.createDirectories(data);
      var started = builder.start();
      process = started;
      awaitLoaded(started);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private void awaitLoaded(Process started) throws IOException {
    long end = System.nanoTime() + START.toNanos();
    try (var http = HttpClient.newHttpClient()) {
      while (System.nanoTime() < end) {
        if (!started.isAlive()) {
          throw new IllegalStateException("the suite ended:\n" + console());
        }
        if (console().contains("Filo runs") && healthy(http)) {
          return;
        }
        LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(100));
      }
    }
    throw new IllegalStateException("the suite does not answer:\n" + console());
  }

  private boolean healthy(HttpClient http) {
    try {
      return http.send(
                  HttpRequest.newBuilder(URI.create(target() + "/healthz"))
                      .timeout(Duration.ofSeconds(3))
                      .build(),
                  HttpResponse.BodyHandlers.discarding())
              .statusCode()
          == 200;
    } catch (IOException e) {
      return false;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return false;
    }
  }

  private String console() throws IOException {
    var file = data.resolve(CONSOLE);
    return Files.exists(file) ? Files.readString(file) : "";
  }

  @Override
  public void close() {
    end(END);
  }

  private void end(Duration patience) {
    var running = process;
    if (running != null) {
      running.destroy();
      try {
        if (!running.waitFor(patience)) {
          running.destroyForcibly();
        }
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        running.destroyForcibly();
      }
    }
  }
}
