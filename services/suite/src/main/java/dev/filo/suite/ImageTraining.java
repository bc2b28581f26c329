package dev.filo.suite;

import dev.filo.embedded.EmbeddedMongo;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

/**
 * Makes the start-up cache of one service while its image is built: starts it on an embedded store
 * until it listens, then asks it to end. Run in the image, as a cache fits one JDK only.
 */
final class ImageTraining {
  // Of a machine that builds many things at once; no cache is made after that.
  private static final Duration MAX = Duration.ofMinutes(5);
  private static final Duration LOOK = Duration.ofMillis(100);

  private ImageTraining() {}

  /**
   * Trains {@code app.jar} of the working folder.
   *
   * @param args the port it listens on when it has started, then its JVM's flags
   */
  public static void main(String[] args) throws IOException, InterruptedException {
    int port = Integer.parseInt(args[0]);
    var command = new ArrayList<String>(List.of("java", "-XX:AOTCacheOutput=app.aot"));
    command.addAll(List.of(args).subList(1, args.length));
    command.addAll(List.of("-jar", "app.jar"));
    Path data = Files.createTempDirectory("filo-training");
    try (var store = EmbeddedMongo.start(data)) {
      var builder = new ProcessBuilder(command).inheritIO();
      var secret = new Secrets(data).get("training");
      builder.environment().put("SPRING_PROFILES_ACTIVE", "dev");
      builder.environment().put("FILO_MONGODB_URI", store.uri());
      builder.environment().put("FILO_CLIENT_SECRET", secret);
      builder.environment().put("FILO_IDENTITY_SERVICE_SECRET", secret);
      builder.environment().put("FILO_IDENTITY_KEY_SECRET", secret);
      builder.environment().put("FILO_CATALOG_INDEX_DIR", data.resolve("index").toString());
      var process = builder.start();
      long deadline = System.nanoTime() + MAX.toNanos();
      while (process.isAlive() && !listens(port) && System.nanoTime() < deadline) {
        LockSupport.parkNanos(LOOK.toNanos());
      }
      process.destroy(); // it ends in order, and the JVM writes the cache
      if (!process.waitFor(MAX.toSeconds(), TimeUnit.SECONDS)) {
        process.destroyForcibly();
      }
    }
    System.exit(0); // without a cache the service starts a little slower, no more
  }

  private static boolean listens(int port) {
    try (var socket = new Socket()) {
      socket.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), port), 1000);
      return true;
    } catch (IOException e) {
      return false;
    }
  }
}
