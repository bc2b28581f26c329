package dev.filo.demo.journey;

import java.net.URI;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.function.Predicate;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/** A stream of server-sent events, read in the background. */
final class Live implements AutoCloseable {
  /** One event. */
  record Event(String kind, String id, JsonNode data) {}

  private final LinkedBlockingQueue<Event> events = new LinkedBlockingQueue<>();
  private final CompletableFuture<Void> opening;
  private volatile @Nullable Stream<String> lines;

  /** Opens {@code path} as this person. */
  Live(Shopfront who, String path) {
    var request =
        HttpRequest.newBuilder(URI.create(who.target() + path))
            .header("Authorization", "Bearer " + who.accessToken())
            .header("Accept", "text/event-stream")
            .header("Accept-Language", "it")
            .build();
    opening =
        who.http().sendAsync(request, HttpResponse.BodyHandlers.ofLines()).thenAccept(this::open);
  }

  private void open(HttpResponse<Stream<String>> answer) {
    if (answer.statusCode() == 200) {
      lines = answer.body();
      Thread.ofVirtual().start(() -> read(answer.body()));
    } else {
      events.add(
          new Event("status-" + answer.statusCode(), "", Shopfront.json().createObjectNode()));
    }
  }

  private void read(Stream<String> body) {
    var kind = new StringBuilder();
    var id = new StringBuilder();
    var data = new StringBuilder();
    try (body) {
      body.forEach(
          line -> {
            if (line.isEmpty()) {
              if (!data.isEmpty()) {
                events.add(
                    new Event(
                        kind.toString(),
                        id.toString(),
                        Shopfront.json().readTree(data.toString())));
              }
              kind.setLength(0);
              data.setLength(0);
            } else if (line.startsWith("event:")) {
              kind.append(line.substring(6).trim());
            } else if (line.startsWith("id:")) {
              id.setLength(0);
              id.append(line.substring(3).trim());
            } else if (line.startsWith("data:")) {
              data.append(line.substring(5).trim());
            }
          });
    } catch (java.io.UncheckedIOException e) {
      events.add(new Event("closed", "", Shopfront.json().createObjectNode()));
    }
  }

  /** The next event that fits; stops the journey when none comes in time. */
  Event await(Duration limit, String promise, Predicate<Event> fits) {
    long end = System.nanoTime() + limit.toNanos();
    var seen = new StringBuilder();
    while (true) {
      try {
        var event = events.poll(end - System.nanoTime(), TimeUnit.NANOSECONDS);
        if (event == null) {
          throw new Broken("%s within %d ms; seen:%s".formatted(promise, limit.toMillis(), seen));
        }
        if (fits.test(event)) {
          return event;
        }
        seen.append(' ').append(event.kind());
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        throw new Broken("interrupted");
      }
    }
  }

  @Override
  public void close() {
    opening.cancel(true);
    var open = lines;
    if (open != null) {
      open.close();
    }
  }
}
