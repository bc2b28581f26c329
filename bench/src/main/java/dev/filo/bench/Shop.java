package dev.filo.bench;

import com.mongodb.reactivestreams.client.MongoDatabase;
import dev.filo.demo.retailer.DemoRetailer;
import dev.filo.demo.retailer.Variant;
import dev.filo.suite.Suite;
import io.netty.buffer.Unpooled;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpMethod;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.slf4j.bridge.SLF4JBridgeHandler;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.netty.http.client.HttpClient;
import reactor.netty.resources.ConnectionProvider;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * What a cart's call needs, as {@code ./filo up} starts it, in this process: identity, catalog,
 * inventory, cart and the gateway, with the demo retailer, on databases of its own; and guests.
 */
final class Shop implements AutoCloseable {
  private static final Duration WAIT = Duration.ofMinutes(2);
  private static final JsonMapper JSON = new JsonMapper();
  // What a cart's call needs; who follows the cart's feed is a process of its own elsewhere.
  private static final Set<String> SERVICES = Set.of("catalog", "inventory", "cart");
  private static final int CONNECTIONS = 2_000;

  private final Setting setting;
  private final String prefix;
  private final Path data;
  private final Suite suite;
  private final ConnectionProvider connections;
  private final HttpClient http;

  /**
   * Somebody with a token of her own.
   *
   * @param customer her resource name
   */
  record Guest(String token, String customer) {}

  /** Starts it; a minute, most of which is the retailer's. */
  Shop(Setting setting) {
    this.setting = setting;
    this.prefix = setting.database() + "_shop_";
    System.setProperty("org.springframework.boot.logging.LoggingSystem", "none");
    SLF4JBridgeHandler.removeHandlersForRootLogger();
    SLF4JBridgeHandler.install();
    int port = freePort();
    try {
      data = Files.createTempDirectory("filo-bench");
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    var environment = new HashMap<String, String>();
    environment.put("FILO_PORT", Integer.toString(port));
    environment.put("FILO_GRPC_PORT", Integer.toString(freePort()));
    environment.put("FILO_MONGODB_URI", setting.uri());
    environment.put("FILO_DATA", data.toString());
    // Limits of one caller are another matter: all clients here share one address.
    var properties =
        Map.of(
            "filo.mongodb.prefix", prefix,
            "filo.gateway.rate.per-address", "1000000",
            "filo.gateway.rate.per-address-burst", "1000000",
            "filo.gateway.rate.per-subject", "1000000",
            "filo.gateway.rate.per-subject-burst", "1000000",
            "filo.identity.access-life", "2h");
    suite = Suite.start(environment, properties, SERVICES, line -> {});
    connections = ConnectionProvider.create("bench", CONNECTIONS);
    http =
        HttpClient.create(connections)
            .baseUrl("http://127.0.0.1:" + port)
            .responseTimeout(Duration.ofSeconds(30));
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
    return with(token)
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

  private HttpClient with(String token) {
    return http.headers(
        headers ->
            headers
                .set(HttpHeaderNames.AUTHORIZATION, "Bearer " + token)
                .set(HttpHeaderNames.CONTENT_TYPE, "application/json"));
  }

  /** A client of another server, of the same kind as this one's. */
  HttpClient client(int port) {
    return HttpClient.create(connections).baseUrl("http://127.0.0.1:" + port);
  }

  private static int freePort() {
    try (var socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      return socket.getLocalPort();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @Override
  public void close() {
    suite.close();
    connections.disposeLater().block(WAIT);
    Flux.from(setting.mongo().listDatabaseNames())
        .filter(name -> name.startsWith(prefix))
        .concatMap(name -> setting.mongo().getDatabase(name).drop())
        .then()
        .block(WAIT);
    try (var files = Files.walk(data)) {
      for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
        Files.delete(file);
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
