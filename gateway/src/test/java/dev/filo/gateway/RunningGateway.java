package dev.filo.gateway;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.springframework.boot.web.server.reactive.context.ReactiveWebServerApplicationContext;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * The gateway as it is, before fake services; one for all tests, as starting it is what takes time.
 */
final class RunningGateway {
  private static final Duration PATIENCE = Duration.ofSeconds(20); // Two cores, much to do.
  private static RunningGateway one;

  final FakeServices services;
  final FakeIdentity identity;
  final HttpClient http = HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();
  final ReactiveWebServerApplicationContext context;

  /** How often identity's keys had been asked for when the doors opened. */
  final int keysReadBefore;

  /** The running gateway, with everything the tests before left behind forgotten. */
  static synchronized RunningGateway get() {
    try {
      if (one == null) {
        one = new RunningGateway();
      }
    } catch (Exception e) {
      throw new IllegalStateException(e);
    }
    one.services.calls.clear();
    one.services.carts.clear();
    one.services.conversations.clear();
    one.services.cartRefusals = new io.grpc.StatusRuntimeException[0];
    one.identity.seen.clear();
    return one;
  }

  private RunningGateway() throws Exception {
    services = new FakeServices();
    identity = new FakeIdentity();
    Map<String, Object> properties = new LinkedHashMap<>();
    services.targets().forEach((name, to) -> properties.put("filo.gateway.targets." + name, to));
    properties.put("server.port", "0");
    properties.put("filo.public-url", "https://shop.example");
    properties.put("filo.gateway.identity-uri", identity.uri().toString());
    properties.put("filo.gateway.grpc.port", "0");
    properties.put("filo.gateway.deadline", "4s");
    properties.put("filo.gateway.max-body", "64KB");
    properties.put("filo.gateway.stream.heartbeat", "300ms");
    properties.put("filo.gateway.stream.topics-max", "5");
    properties.put("spring.profiles.active", "dev");
    context =
        (ReactiveWebServerApplicationContext)
            GatewayApplication.builder()
                .run(
                    properties.entrySet().stream()
                        .map(each -> "--" + each.getKey() + "=" + each.getValue())
                        .toArray(String[]::new));
    keysReadBefore = identity.keysRead.get();
  }

  URI uri(String path) {
    return URI.create("http://localhost:" + context.getWebServer().getPort() + path);
  }

  /** A token of somebody, good for an hour. */
  String token(String subject) {
    return identity.token(subject, Instant.now().plusSeconds(3600));
  }

  HttpRequest.Builder request(String path) {
    return HttpRequest.newBuilder(uri(path)).timeout(PATIENCE);
  }

  /** A request with a customer's token. */
  HttpRequest.Builder mine(String path) {
    return request(path).header("Authorization", "Bearer " + token("customers/julia"));
  }

  HttpResponse<String> send(HttpRequest.Builder request) {
    try {
      return http.send(request.build(), HttpResponse.BodyHandlers.ofString());
    } catch (IOException e) {
      throw new IllegalStateException(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException(e);
    }
  }

  HttpResponse<String> post(HttpRequest.Builder request, String json) {
    return send(
        request
            .header("Content-Type", "application/json")
            .POST(HttpRequest.BodyPublishers.ofString(json)));
  }

  static JsonNode json(HttpResponse<String> response) {
    return JsonMapper.shared().readTree(response.body());
  }

  static JsonNode json(String text) {
    return JsonMapper.shared().readTree(text);
  }

  /** The reason of a problem answer. */
  static String reason(HttpResponse<String> response) {
    return json(response).path("reason").asString();
  }

  static <T> T take(BlockingQueue<T> queue) {
    try {
      T next = queue.poll(PATIENCE.toSeconds(), TimeUnit.SECONDS);
      if (next == null) {
        throw new AssertionError("nothing came");
      }
      return next;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException(e);
    }
  }

  /** One event or comment that came. */
  record Sse(String event, String id, String data, String comment) {}

  /** An open stream of events. */
  final class Events implements AutoCloseable {
    final HttpResponse<InputStream> response;
    private final LinkedBlockingQueue<Sse> events = new LinkedBlockingQueue<>();
    final LinkedBlockingQueue<String> comments = new LinkedBlockingQueue<>();
    final LinkedBlockingQueue<String> end = new LinkedBlockingQueue<>();

    Events(HttpRequest.Builder request) {
      try {
        response = http.send(request.build(), HttpResponse.BodyHandlers.ofInputStream());
      } catch (IOException e) {
        throw new IllegalStateException(e);
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        throw new IllegalStateException(e);
      }
      Thread.ofVirtual().start(this::read);
    }

    private void read() {
      try (BufferedReader reader =
          new BufferedReader(new InputStreamReader(response.body(), StandardCharsets.UTF_8))) {
        String event = "";
        String id = "";
        String data = "";
        for (String line = reader.readLine(); line != null; line = reader.readLine()) {
          if (line.startsWith(":")) {
            comments.add(line);
          } else if (line.isEmpty()) {
            if (!event.isEmpty()) {
              events.add(new Sse(event, id, data, ""));
            }
            event = "";
            data = "";
          } else if (line.startsWith("event: ")) {
            event = line.substring(7);
          } else if (line.startsWith("id:")) {
            id = line.substring(3).strip();
          } else if (line.startsWith("data: ")) {
            data = line.substring(6);
          }
        }
        end.add("ended");
      } catch (IOException e) {
        end.add("broken");
      }
    }

    Sse next() {
      return take(events);
    }

    boolean isEmpty() {
      return events.isEmpty();
    }

    @Override
    public void close() throws IOException {
      response.body().close();
    }
  }

  Events events(HttpRequest.Builder request) {
    return new Events(request);
  }
}
