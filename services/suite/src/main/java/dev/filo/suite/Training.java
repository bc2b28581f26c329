package dev.filo.suite;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;

/**
 * A run that ends by itself, from which the JVM makes its start-up cache ({@code
 * -XX:AOTCacheOutput}, JEP 514): the start, a few products loaded, the first things people ask for.
 * What it does is what later starts do faster.
 */
final class Training {
  // A slow machine under load; longer is a fault, and no cache is made.
  private static final Duration MAX = Duration.ofMinutes(5);
  private static final Duration ANSWER = Duration.ofSeconds(20);
  private static final int ROUNDS = 20;
  private static final List<String> PATHS =
      List.of(
          "/",
          "/v1/products:search?query=divano%20in%20velluto%20verde&latitude=45.46&longitude=9.19",
          "/v1/stores?latitude=45.46&longitude=9.19");

  private Training() {}

  /**
   * Starts the suite on free ports, uses it and returns.
   *
   * @param data a folder for this run alone
   */
  static void run(Path data, Consumer<String> tell) {
    CompletableFuture.delayedExecutor(MAX.toSeconds(), TimeUnit.SECONDS)
        .execute(() -> Runtime.getRuntime().halt(1));
    int port = FreePorts.next();
    var url = "http://localhost:" + port;
    var settings =
        new Settings(port, FreePorts.next(), Optional.empty(), "", data, url, Settings.Demo.SAMPLE);
    // Not closed: the process ends with it, and nobody needs what it wrote.
    Suite.start(settings, tell);
    try (var client = HttpClient.newHttpClient()) {
      for (int round = 0; round < ROUNDS; round++) {
        for (String path : PATHS) {
          get(client, url + path);
        }
      }
    } catch (IOException e) {
      tell.accept("not asked to the end: " + e.getMessage());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private static void get(HttpClient client, String address)
      throws IOException, InterruptedException {
    var request = HttpRequest.newBuilder(URI.create(address)).timeout(ANSWER).build();
    client.send(request, HttpResponse.BodyHandlers.discarding());
  }
}
