package dev.filo.gateway.web;

import dev.filo.gateway.GatewayProperties;
import dev.filo.gateway.edge.Caller;
import dev.filo.gateway.edge.RateLimits;
import dev.filo.gateway.problem.GrpcProblems;
import dev.filo.gateway.problem.Problem;
import dev.filo.gateway.problem.ProblemWriter;
import dev.filo.gateway.transcode.ApiMethod;
import dev.filo.gateway.transcode.ApiMethods;
import dev.filo.gateway.transcode.CallHeaders;
import dev.filo.gateway.transcode.Channels;
import dev.filo.gateway.transcode.GrpcCalls;
import dev.filo.gateway.transcode.GrpcFailure;
import dev.filo.gateway.transcode.MessageJson;
import dev.filo.proto.operation.v1.DiagnoseRequest;
import dev.filo.proto.operation.v1.DiagnoseResponse;
import dev.filo.proto.operation.v1.OperationServiceGrpc;
import dev.filo.telemetry.Build;
import io.grpc.Status;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import org.springframework.beans.factory.annotation.Value;
import org.springframework.http.HttpHeaders;
import org.springframework.http.HttpMethod;
import org.springframework.http.HttpStatus;
import org.springframework.http.MediaType;
import org.springframework.http.server.reactive.ServerHttpResponse;
import org.springframework.stereotype.Component;
import org.springframework.web.server.ServerWebExchange;
import org.springframework.web.server.WebHandler;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import tools.jackson.databind.json.JsonMapper;

/**
 * {@code GET /v1/diagnosis}, for operators: asks every service how it is and answers with what each
 * says, or why one does not. Who may know is decided by the services ({@code
 * filo.operation.v1.OperationService}).
 */
@Component
public final class DiagnosisHandler implements WebHandler {
  private static final Duration PATIENCE = Duration.ofSeconds(8); // Longer than a service takes.

  private final Channels channels;
  private final CallHeaders headers;
  private final RateLimits limits;
  private final Build build;
  private final String publicUrl;
  private final InstantSource clock = InstantSource.system();
  private final ApiMethod method = ApiMethods.method(OperationServiceGrpc.getDiagnoseMethod(), "");
  private final MessageJson json = new MessageJson(List.of(method));

  /** Asks over these channels. */
  public DiagnosisHandler(
      Channels channels,
      CallHeaders headers,
      RateLimits limits,
      GatewayProperties properties,
      @Value("${filo.revision:}") String revision) {
    this.channels = channels;
    this.headers = headers;
    this.limits = limits;
    this.build = Build.of(revision);
    this.publicUrl = properties.publicUrl().toString();
  }

  private record Part(String name, Map<String, Object> says, Status.@Nullable Code refused) {}

  @Override
  public Mono<Void> handle(ServerWebExchange exchange) {
    if (!HttpMethod.GET.equals(exchange.getRequest().getMethod())) {
      throw Problem.of(405, "METHOD_NOT_ALLOWED", "A diagnosis takes GET only.")
          .with("allow", "GET")
          .withHeader(HttpHeaders.ALLOW, "GET")
          .exception();
    }
    Caller caller = Caller.of(exchange);
    method.admit(caller);
    limits.caller(caller);
    return Flux.fromIterable(channels.all().keySet())
        .flatMap(name -> ask(exchange, name))
        .collectList()
        .flatMap(parts -> answer(exchange, parts));
  }

  private Mono<Part> ask(ServerWebExchange exchange, String name) {
    return Mono.defer(
        () -> {
          Instant asked = clock.instant();
          return GrpcCalls.unary(
                  channels.get(name),
                  method,
                  DiagnoseRequest.getDefaultInstance(),
                  headers.of(exchange),
                  PATIENCE)
              .cast(DiagnoseResponse.class)
              .map(says -> part(name, says, asked, clock.instant()))
              .onErrorResume(
                  GrpcFailure.class, failure -> Mono.just(failed(exchange, name, failure)));
        });
  }

  private Part part(String name, DiagnoseResponse says, Instant asked, Instant answered) {
    Duration took = Duration.between(asked, answered);
    Instant its = Instant.ofEpochSecond(says.getTime().getSeconds(), says.getTime().getNanos());
    Map<String, Object> part = new LinkedHashMap<>();
    part.put("diagnosis", JsonMapper.shared().readTree(json.bytes(says)));
    part.put("tookMillis", took.toMillis());
    part.put("skewMillis", Duration.between(asked.plus(took.dividedBy(2)), its).toMillis());
    return new Part(name, part, null);
  }

  private static Part failed(ServerWebExchange exchange, String name, GrpcFailure failure) {
    Problem problem =
        GrpcProblems.of(
            failure.status(), failure.trailers(), ProblemWriter.requestId(exchange), false);
    Map<String, Object> part = new LinkedHashMap<>();
    part.put("error", Map.of("reason", problem.reason(), "detail", problem.detail()));
    return new Part(name, part, failure.status().getCode());
  }

  private Mono<Void> answer(ServerWebExchange exchange, List<Part> parts) {
    for (Part each : parts) {
      if (each.refused == Status.Code.PERMISSION_DENIED) {
        throw Problem.of(403, "ROLE_NOT_ALLOWED", "This is for managers and services.").exception();
      }
    }
    Map<String, Object> gateway = new LinkedHashMap<>();
    gateway.put("version", build.version());
    gateway.put("revision", build.revision());
    gateway.put("time", clock.instant().toString());
    gateway.put("publicUrl", publicUrl);
    Map<String, Object> said = new TreeMap<>();
    parts.forEach(each -> said.put(each.name, each.says));
    Map<String, Object> answer = new LinkedHashMap<>();
    answer.put("gateway", gateway);
    answer.put("parts", said);
    ServerHttpResponse response = exchange.getResponse();
    response.setStatusCode(HttpStatus.OK);
    response.getHeaders().setContentType(MediaType.APPLICATION_JSON);
    response.getHeaders().setCacheControl("no-store");
    byte[] bytes = JsonMapper.shared().writeValueAsBytes(answer);
    return response.writeWith(Mono.just(response.bufferFactory().wrap(bytes)));
  }
}
