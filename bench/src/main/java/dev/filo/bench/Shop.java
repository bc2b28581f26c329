package dev.filo.bench;

import com.mongodb.reactivestreams.client.MongoDatabase;
import dev.filo.demo.retailer.DemoRetailer;
import dev.filo.demo.retailer.Variant;
import dev.filo.platform.auth.ServiceTokens;
import dev.filo.platform.grpc.Channels;
import dev.filo.suite.FreePorts;
import dev.filo.suite.Suite;
import io.grpc.CallCredentials;
import io.grpc.ManagedChannel;
import io.netty.buffer.Unpooled;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpMethod;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.Set;
import org.slf4j.bridge.SLF4JBridgeHandler;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.netty.http.client.HttpClient;
import reactor.netty.resources.ConnectionProvider;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * Identity, the gateway and what a call needs beside them, as {@code ./filo up} starts it, in this
 * process, on databases of its own; and guests.
 */
final class Shop implements AutoCloseable {
  /** What a cart's call needs; who follows the cart's feed is a process of its own elsewhere. */
  static final Set<String> CART = Set.of("catalog", "inventory", "cart");

  private static final Duration WAIT = Duration.ofMinutes(10);
  private static final JsonMapper JSON = new JsonMapper();
  private static final int CONNECTIONS = 2_000;

  private final Setting setting;
  private final String prefix;
  private final Path data;
  private final Suite suite;
  private final ConnectionProvider connections;
  private final HttpClient http;
  private final String url;

  /**
   * Somebody with a token of her own.
   *
   * @param customer her resource name
   */
  record Guest(String token, String customer) {}

  /**
   * Starts it. With a catalog and an inventory they have the demo retailer, which takes most of a
   * minute.
   *
   * @param services by their short names
   */
  Shop(Setting setting, Set<String> services) {
    this.setting = setting;
    this.prefix = setting.database() + "_shop_";
    System.setProperty("org.springframework.boot.logging.LoggingSystem", "none");
    SLF4JBridgeHandler.removeHandlersForRootLogger();
    SLF4JBridgeHandler.install();
    int port = FreePorts.next();
    url = "http://127.0.0.1:" + port;
    try {
      data = Files.createTempDirectory("filo-bench");
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    var environment = new HashMap<String, String>();
    environment.put("FILO_PORT", Integer.toString(port));
    environment.put("FILO_GRPC_PORT", Integer.toString(FreePorts.next()));
    environment.put("FILO_MONGODB_URI", setting.uri());
    environment.put("FILO_DATA", data.toString());
    boolean hasGoods = services.containsAll(Set.of("catalog", "inventory"));
    environment.put("FILO_DEMO", Boolean.toString(hasGoods));
    // Limits of one caller are another matter: all clients here share one address.
    var properties =
        Map.of(
            "filo.mongodb.prefix", prefix,
            "filo.gateway.rate.per-address", "1000000",
            "filo.gateway.rate.per-address-burst", "1000000",
            "filo.gateway.rate.per-subject", "1000000",
            "filo.gateway.rate.per-subject-burst", "1000000",
            "filo.identity.access-life", "2h");
    suite = Suite.start(environment, properties, services, line -> {});
    connections = ConnectionProvider.create("bench", CONNECTIONS);
    http = HttpClient.create(connections).baseUrl(url).responseTimeout(Duration.ofSeconds(30));
  }

  /** The database of one of its services. */
  MongoDatabase database(String service) {
    return setting.mongo().getDatabase(prefix + service);
  }

  /** Some SKUs it sells. */
  static List<String> skus(int count) {
    return DemoRetailer.create().products().stream()
        .flatMap(product -> product.variants().stream())
        .map(Variant::sku)
        .limit(count)
        .toList();
  }

  /** New guests. */
  List<Guest> guests(int count) {
    return Flux.range(0, count)
        .flatMapSequential(
            number ->
                http.headers(
                        headers ->
                            headers.set(
                                HttpHeaderNames.CONTENT_TYPE, "application/x-www-form-urlencoded"))
                    .post()
                    .uri("/oauth2/token")
                    .send(
                        Mono.just(
                            Unpooled.copiedBuffer(
                                "grant_type=urn:filo:oauth:guest&client_id=shop-web&device=PC",
                                StandardCharsets.UTF_8)))
                    .responseContent()
                    .aggregate()
                    .asString()
                    .map(JSON::readTree)
                    .map(answer -> answer.path("access_token").asString(""))
                    .flatMap(
                        token ->
                            call("GET", "/v1/customers/me/cart", token, "")
                                .retry(5)
                                .map(cart -> new Guest(token, customer(cart)))),
            4)
        .collectList()
        .blockOptional(WAIT)
        .orElseThrow();
  }

  private static String customer(JsonNode cart) {
    var name = cart.path("name").asString("");
    return name.substring(0, name.lastIndexOf('/'));
  }

  /** One call; an error unless it is answered with 200. */
  Mono<String> text(String method, String path, String token, String body) {
    return text(with(token), method, path, body);
  }

  private static Mono<String> text(HttpClient client, String method, String path, String body) {
    return client
        .request(HttpMethod.valueOf(method))
        .uri(path)
        .send(
            body.isEmpty()
                ? Mono.empty()
                : Mono.fromSupplier(() -> Unpooled.copiedBuffer(body, StandardCharsets.UTF_8)))
        .responseSingle(
            (response, content) ->
                content
                    .asString()
                    .defaultIfEmpty("")
                    .map(
                        text -> {
                          if (response.status().code() != 200) {
                            throw new IllegalStateException(
                                method + " " + path + ": " + response.status() + " " + text);
                          }
                          return text;
                        }));
  }

  /** True when the call was answered with something. */
  boolean isDone(String method, String path, String token, String body) {
    return !text(method, path, token, body).blockOptional(WAIT).orElse("").isEmpty();
  }

  /** The same of a command that is recognised by its key when it is repeated. */
  boolean isDoneOnce(String key, String path, String token, String body) {
    var client = with(token).headers(headers -> headers.set("Idempotency-Key", key));
    return !text(client, "POST", path, body).blockOptional(WAIT).orElse("").isEmpty();
  }

  /** The same, as JSON. */
  Mono<JsonNode> call(String method, String path, String token, String body) {
    return text(method, path, token, body).map(JSON::readTree);
  }

  /** A watch's text as it comes, without end. */
  Flux<String> watch(String path, String token) {
    return with(token)
        .headers(headers -> headers.set(HttpHeaderNames.ACCEPT, "text/event-stream"))
        .responseTimeout(Duration.ofMinutes(10))
        .get()
        .uri(path)
        .responseContent()
        .asString();
  }

  /** A client with this token; without one when it is empty. */
  private HttpClient with(String token) {
    return http.headers(
        headers -> {
          headers.set(HttpHeaderNames.CONTENT_TYPE, "application/json");
          if (!token.isEmpty()) {
            headers.set(HttpHeaderNames.AUTHORIZATION, "Bearer " + token);
          }
        });
  }

  /** A client of another server, of the same kind as this one's. */
  HttpClient client(int port) {
    return HttpClient.create(connections).baseUrl("http://127.0.0.1:" + port);
  }

  /** A channel to one of its services; the caller shuts it down. */
  static ManagedChannel channel(String service) {
    return Channels.open(Channels.IN_PROCESS + service);
  }

  /** The token of a service that loads goods. */
  CallCredentials loader() {
    var secrets = new Properties();
    try (var reader = Files.newBufferedReader(data.resolve("secrets.properties"))) {
      secrets.load(reader);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return new ServiceTokens(
        URI.create(url + "/oauth2/token"),
        "service-demo",
        secrets.getProperty("service"),
        InstantSource.system());
  }

  @Override
  public void close() {
    suite.close();
    connections.disposeLater().block(WAIT);
    setting.drop(prefix);
    delete(data);
  }

  /** Deletes a folder and what is in it. */
  static void delete(Path folder) {
    try (var files = Files.walk(folder)) {
      for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
        Files.delete(file);
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
