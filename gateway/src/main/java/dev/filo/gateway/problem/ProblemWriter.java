package dev.filo.gateway.problem;

import dev.filo.telemetry.trace.Traces;
import java.util.UUID;
import java.util.regex.Pattern;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.core.io.buffer.DataBuffer;
import org.springframework.core.io.buffer.DataBufferLimitException;
import org.springframework.http.HttpHeaders;
import org.springframework.http.HttpMethod;
import org.springframework.http.HttpStatusCode;
import org.springframework.http.server.reactive.ServerHttpResponse;
import org.springframework.stereotype.Component;
import org.springframework.web.server.MethodNotAllowedException;
import org.springframework.web.server.ResponseStatusException;
import org.springframework.web.server.ServerWebExchange;
import org.springframework.web.server.UnsupportedMediaTypeStatusException;
import reactor.core.publisher.Mono;
import reactor.netty.http.client.PrematureCloseException;
import tools.jackson.databind.json.JsonMapper;

/** Answers with a problem document. Thread-safe. */
@Component
public final class ProblemWriter {
  /** The exchange attribute and header that name a request. */
  public static final String REQUEST_ID = "x-request-id";

  private static final Logger log = LoggerFactory.getLogger(ProblemWriter.class);
  private static final Pattern REQUEST_ID_PATTERN = Pattern.compile("[A-Za-z0-9._-]{1,128}");
  private static final JsonMapper json = JsonMapper.shared();

  /**
   * The request's id: the caller's when it is one, else a new one. Always the same for one
   * exchange.
   */
  public static String requestId(ServerWebExchange exchange) {
    String known = exchange.getAttribute(REQUEST_ID);
    if (known != null) {
      return known;
    }
    String given = exchange.getRequest().getHeaders().getFirst(REQUEST_ID);
    String id =
        given != null && REQUEST_ID_PATTERN.matcher(given).matches()
            ? given
            : UUID.randomUUID().toString();
    exchange.getAttributes().put(REQUEST_ID, id);
    return id;
  }

  /** The problem's JSON document. */
  public byte[] bytes(Problem problem, String requestId) {
    return json.writeValueAsBytes(problem.toJson(requestId));
  }

  /** Ends the exchange with the problem, completing when it is written. */
  public Mono<Void> write(ServerWebExchange exchange, Problem problem) {
    ServerHttpResponse response = exchange.getResponse();
    if (response.isCommitted()) {
      return Mono.empty();
    }
    if (!hasBody(exchange)) {
      return answer(exchange, problem);
    }
    // Who waits to be told to send the body (Expect: 100-continue) need not send it.
    boolean waits = exchange.getRequest().getHeaders().getFirst(HttpHeaders.EXPECT) != null;
    return (waits ? Mono.just(false) : RequestBody.finished(exchange))
        .flatMap(
            finished -> {
              if (response.isCommitted()) {
                return Mono.empty();
              }
              if (!finished) {
                response.getHeaders().set(HttpHeaders.CONNECTION, "close");
              }
              return answer(exchange, problem);
            });
  }

  private Mono<Void> answer(ServerWebExchange exchange, Problem problem) {
    ServerHttpResponse response = exchange.getResponse();
    response.setStatusCode(HttpStatusCode.valueOf(problem.status()));
    HttpHeaders headers = response.getHeaders();
    headers.remove(HttpHeaders.ETAG);
    headers.set(HttpHeaders.CONTENT_TYPE, "application/problem+json");
    headers.set(HttpHeaders.CACHE_CONTROL, "no-store");
    problem.headers().forEach(headers::set);
    if (problem.retryAfterSeconds() != null) {
      headers.set(HttpHeaders.RETRY_AFTER, Long.toString(problem.retryAfterSeconds()));
    }
    byte[] body = bytes(problem, requestId(exchange));
    headers.setContentLength(body.length);
    if (HttpMethod.HEAD.equals(exchange.getRequest().getMethod())) {
      return response.setComplete();
    }
    DataBuffer buffer = response.bufferFactory().wrap(body);
    return response.writeWith(Mono.just(buffer));
  }

  /**
   * The problem that an exception means; one that means nothing to us is a fault, and is logged.
   */
  public Problem problemOf(Throwable error, ServerWebExchange exchange) {
    return switch (error) {
      case ProblemException known -> known.problem();
      case MethodNotAllowedException method -> {
        String allow =
            String.join(
                ", ",
                method.getSupportedMethods().stream().map(HttpMethod::name).sorted().toList());
        yield Problem.of(405, "METHOD_NOT_ALLOWED", "This path takes other methods: " + allow + ".")
            .with("allow", allow)
            .withHeader(HttpHeaders.ALLOW, allow);
      }
      case UnsupportedMediaTypeStatusException media ->
          Problem.of(415, "MEDIA_TYPE_UNSUPPORTED", "Send application/json.");
      case DataBufferLimitException large ->
          Problem.of(413, "BODY_TOO_LARGE", "The body is larger than is taken.");
      case ResponseStatusException status ->
          ofStatus(status.getStatusCode().value(), error, exchange);
      default -> fault(error, exchange);
    };
  }

  private Problem ofStatus(int status, Throwable error, ServerWebExchange exchange) {
    return switch (status) {
      case 404 -> Problem.of(404, "PATH_UNKNOWN", "Nothing is at this path.");
      case 400 -> Problem.of(400, "FIELDS_INVALID", "The request could not be read.");
      case 413 -> Problem.of(413, "BODY_TOO_LARGE", "The body is larger than is taken.");
      case 503 ->
          Problem.of(503, "UNAVAILABLE", "A part of the suite cannot be reached now.")
              .retryAfter(1);
      case 504 -> Problem.of(504, "DEADLINE_EXCEEDED", "No answer in time.");
      default -> fault(error, exchange);
    };
  }

  private Problem fault(Throwable error, ServerWebExchange exchange) {
    for (Throwable cause = error; cause != null; cause = cause.getCause()) {
      if (cause instanceof java.net.ConnectException
          || cause instanceof java.net.UnknownHostException
          || cause instanceof PrematureCloseException) {
        return Problem.of(503, "UNAVAILABLE", "A part of the suite cannot be reached now.")
            .retryAfter(1);
      }
    }
    String incident = requestId(exchange);
    Traces.logging(
        exchange.getAttribute(Traces.ATTRIBUTE),
        () -> log.error("A request failed, incident {}", incident, error));
    return GrpcProblems.fault(incident);
  }

  private static boolean hasBody(ServerWebExchange exchange) {
    HttpHeaders asked = exchange.getRequest().getHeaders();
    return asked.getContentLength() > 0 || asked.getFirst(HttpHeaders.TRANSFER_ENCODING) != null;
  }
}
