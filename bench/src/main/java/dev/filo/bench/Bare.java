package dev.filo.bench;

import io.netty.buffer.Unpooled;
import io.netty.handler.codec.http.HttpHeaderNames;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.function.BiFunction;
import java.util.function.Consumer;
import java.util.function.Function;
import org.reactivestreams.Publisher;
import reactor.core.publisher.Mono;
import reactor.netty.DisposableServer;
import reactor.netty.http.client.HttpClient;
import reactor.netty.http.server.HttpServer;
import reactor.netty.http.server.HttpServerRequest;
import reactor.netty.http.server.HttpServerResponse;
import reactor.netty.http.server.HttpServerRoutes;

/** The least a call over HTTP can be: a handler of Reactor Netty and nothing around it. */
final class Bare implements AutoCloseable {
  private static final Duration WAIT = Duration.ofMinutes(2);

  private final DisposableServer server;
  private final HttpClient client;

  /**
   * Starts it.
   *
   * @param shop whose client asks it, as it asks the gateway
   * @param routes the handlers, each with {@code {id}} in its path
   */
  Bare(Shop shop, Consumer<HttpServerRoutes> routes) {
    server = HttpServer.create().host("127.0.0.1").port(0).route(routes).bindNow();
    client = shop.client(server.port());
  }

  /** Answers with the JSON found for the id in the path. */
  static BiFunction<HttpServerRequest, HttpServerResponse, Publisher<Void>> reading(
      Function<String, Mono<String>> found) {
    return (request, response) -> answer(response, found.apply(id(request)));
  }

  /** Answers with the JSON that the body made of what has the id in the path. */
  static BiFunction<HttpServerRequest, HttpServerResponse, Publisher<Void>> writing(
      BiFunction<String, String, Mono<String>> written) {
    return (request, response) ->
        answer(
            response,
            request
                .receive()
                .aggregate()
                .asString()
                .flatMap(body -> written.apply(id(request), body)));
  }

  private static String id(HttpServerRequest request) {
    return String.valueOf(request.param("id"));
  }

  private static Publisher<Void> answer(HttpServerResponse response, Mono<String> json) {
    return response.header(HttpHeaderNames.CONTENT_TYPE, "application/json").sendString(json);
  }

  /** True when something was found. */
  boolean get(String path) {
    return isAnswered(
        client.get().uri(path).responseSingle((response, content) -> content.asString()));
  }

  /** True when something was answered. */
  boolean post(String path, String body) {
    return isAnswered(
        client
            .post()
            .uri(path)
            .send(Mono.fromSupplier(() -> Unpooled.copiedBuffer(body, StandardCharsets.UTF_8)))
            .responseSingle((response, content) -> content.asString()));
  }

  private static boolean isAnswered(Mono<String> call) {
    return !call.blockOptional(WAIT).orElse("").isEmpty();
  }

  @Override
  public void close() {
    server.disposeNow(WAIT);
  }
}
