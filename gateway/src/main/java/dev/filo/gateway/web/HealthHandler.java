package dev.filo.gateway.web;

import dev.filo.gateway.transcode.Channels;
import io.grpc.Channel;
import io.grpc.Status;
import io.grpc.health.v1.HealthCheckRequest;
import io.grpc.health.v1.HealthCheckResponse;
import io.grpc.health.v1.HealthGrpc;
import io.grpc.stub.StreamObserver;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import org.springframework.http.HttpStatus;
import org.springframework.http.MediaType;
import org.springframework.http.server.reactive.ServerHttpResponse;
import org.springframework.stereotype.Component;
import org.springframework.web.server.ServerWebExchange;
import org.springframework.web.server.WebHandler;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import tools.jackson.databind.json.JsonMapper;

/** {@code GET /healthz}: asks every service whether it serves, and names those that do not. */
@Component
public final class HealthHandler implements WebHandler {
  private static final Duration PATIENCE = Duration.ofSeconds(2); // Probes wait a little longer.
  private static final String UP = "up";

  private final Channels channels;
  private final Mono<Map<String, String>> parts;

  /** Asks over these channels. */
  public HealthHandler(Channels channels) {
    this.channels = channels;
    // Many may ask at once; the services are asked once a second.
    this.parts = Mono.defer(this::ask).cache(Duration.ofSeconds(1));
  }

  @Override
  public Mono<Void> handle(ServerWebExchange exchange) {
    return parts.flatMap(
        found -> {
          boolean up = found.values().stream().allMatch(UP::equals);
          Map<String, Object> answer = new LinkedHashMap<>();
          answer.put("status", up ? UP : "down");
          answer.put("parts", found);
          List<String> down =
              found.entrySet().stream()
                  .filter(each -> !each.getValue().equals(UP))
                  .map(Map.Entry::getKey)
                  .toList();
          if (!up) {
            answer.put("detail", "Not reachable: " + String.join(", ", down) + ".");
          }
          ServerHttpResponse response = exchange.getResponse();
          response.setStatusCode(up ? HttpStatus.OK : HttpStatus.SERVICE_UNAVAILABLE);
          response.getHeaders().setContentType(MediaType.APPLICATION_JSON);
          response.getHeaders().setCacheControl("no-store");
          byte[] bytes = JsonMapper.shared().writeValueAsBytes(answer);
          return response.writeWith(Mono.just(response.bufferFactory().wrap(bytes)));
        });
  }

  /** {@code GET /livez}: this process answers, whatever the services do. */
  public static Mono<Void> alive(ServerWebExchange exchange) {
    exchange.getResponse().setStatusCode(HttpStatus.NO_CONTENT);
    return exchange.getResponse().setComplete();
  }

  private Mono<Map<String, String>> ask() {
    return Flux.fromIterable(channels.all().entrySet())
        .flatMap(each -> check(each.getValue()).map(state -> Map.entry(each.getKey(), state)))
        .collectMap(Map.Entry::getKey, Map.Entry::getValue, TreeMap::new);
  }

  private static Mono<String> check(Channel channel) {
    return Mono.create(
        sink ->
            HealthGrpc.newStub(channel)
                .withDeadlineAfter(PATIENCE.toMillis(), TimeUnit.MILLISECONDS)
                .check(
                    HealthCheckRequest.getDefaultInstance(),
                    new StreamObserver<HealthCheckResponse>() {
                      @Override
                      public void onNext(HealthCheckResponse response) {
                        sink.success(
                            response.getStatus() == HealthCheckResponse.ServingStatus.SERVING
                                ? UP
                                : "not serving");
                      }

                      @Override
                      public void onError(Throwable error) {
                        sink.success(
                            switch (Status.fromThrowable(error).getCode()) {
                              case UNIMPLEMENTED -> UP; // It answers, and has no health service.
                              case DEADLINE_EXCEEDED -> "no answer";
                              default -> "unreachable";
                            });
                      }

                      @Override
                      public void onCompleted() {
                        sink.success();
                      }
                    }));
  }
}
