package dev.filo.embedded;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/** An embedded store in a process of its own, which can be killed. */
final class StoreProcess implements AutoCloseable {

  private final Process process;
  private final String uri;

  private StoreProcess(Process process, String uri) {
    this.process = process;
    this.uri = uri;
  }

  /** What the process runs: it says its address and stays until it is killed. */
  public static void main(String[] arguments) throws Exception {
    var store = EmbeddedMongo.start(Path.of(arguments[0]));
    System.out.println(store.uri());
    new CountDownLatch(1).await();
  }

  static StoreProcess start(Path directory) throws IOException {
    Process process =
        new ProcessBuilder(
                List.of(
                    Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                    "-Xmx128m",
                    "-XX:TieredStopAtLevel=1",
                    "-XX:+UseSerialGC",
                    "-cp",
                    System.getProperty("java.class.path"),
                    StoreProcess.class.getName(),
                    directory.toString()))
            .redirectError(ProcessBuilder.Redirect.INHERIT)
            .start();
    var output = new BufferedReader(new InputStreamReader(process.getInputStream(), UTF_8));
    String line = output.readLine();
    while (line != null && !line.startsWith("mongodb://")) {
      line = output.readLine();
    }
    if (line == null) {
      throw new IOException("the store's process ended at once");
    }
    return new StoreProcess(process, line);
  }

  String uri() {
    return uri;
  }

  /** SIGKILL: the process gets no chance to write anything down. */
  void kill() throws InterruptedException {
    process.destroyForcibly();
    if (!process.waitFor(10, TimeUnit.SECONDS)) {
      throw new IllegalStateException("the store's process does not die");
    }
  }

  @Override
  public void close() {
    process.destroyForcibly();
  }
}
