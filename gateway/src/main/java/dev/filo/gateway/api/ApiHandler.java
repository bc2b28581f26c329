package dev.filo.gateway.api;

import com.google.api.HttpBody;
import com.google.protobuf.ByteString;
import com.google.protobuf.Descriptors.FieldDescriptor;
import com.google.protobuf.Message;
import com.google.protobuf.UnsafeByteOperations;
import dev.filo.gateway.GatewayProperties;
import dev.filo.gateway.edge.Caller;
import dev.filo.gateway.edge.RateLimits;
import dev.filo.gateway.problem.GrpcProblems;
import dev.filo.gateway.problem.Problem;
import dev.filo.gateway.problem.ProblemWriter;
import dev.filo.gateway.stream.WatchHandler;
import dev.filo.gateway.transcode.ApiMethod;
import dev.filo.gateway.transcode.CallHeaders;
import dev.filo.gateway.transcode.Channels;
import dev.filo.gateway.transcode.GrpcCalls;
import dev.filo.gateway.transcode.GrpcFailure;
import dev.filo.gateway.transcode.MessageJson;
import dev.filo.gateway.transcode.RequestBinder;
import dev.filo.gateway.transcode.Route;
import dev.filo.gateway.transcode.RouteTable;
import dev.filo.telemetry.trace.Traces;
import io.grpc.Status;
import java.time.Duration;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.core.io.buffer.DataBuffer;
import org.springframework.core.io.buffer.DataBufferUtils;
import org.springframework.http.HttpHeaders;
import org.springframework.http.HttpMethod;
import org.springframework.http.HttpStatus;
import org.springframework.http.MediaType;
import org.springframework.http.server.reactive.ServerHttpRequest;
import org.springframework.http.server.reactive.ServerHttpResponse;
import org.springframework.stereotype.Component;
import org.springframework.web.server.ServerWebExchange;
import org.springframework.web.server.WebHandler;
import reactor.core.publisher.Mono;

/** Answers every path of the route table by the call it is bound to. */
@Component
public final class ApiHandler implements WebHandler {
  private static final Logger log = LoggerFactory.getLogger(ApiHandler.class);
  // Long enough for the connection to the other replica; a third time is for the one being made.
  private static final int REPETITIONS = 3;
  private static final Duration PAUSE = Duration.ofMillis(50);
  private static final String SVG_POLICY = "sandbox; default-src 'none'; style-src 'unsafe-inline'";

  private final RouteTable routes;
  private final Channels channels;
  private final CallHeaders headers;
  private final MessageJson json;
  private final RateLimits limits;
  private final WatchHandler watches;
  private final GatewayProperties properties;

  /** Answers by these routes over these channels. */
  public ApiHandler(
      RouteTable routes,
      Channels channels,
      CallHeaders headers,
      MessageJson json,
      RateLimits limits,
      WatchHandler watches,
      GatewayProperties properties) {
    this.routes = routes;
    this.channels = channels;
    this.headers = headers;
    this.json = json;
    this.limits = limits;
    this.watches = watches;
    this.properties = properties;
  }

  @Override
  public Mono<Void> handle(ServerWebExchange exchange) {
    ServerHttpRequest request = exchange.getRequest();
    String path = request.getURI().getRawPath();
    HttpMethod verb = request.getMethod();
    if (HttpMethod.OPTIONS.equals(verb)) {
      return options(exchange, path);
    }
    Route.Match match =
        routes.find(HttpMethod.HEAD.equals(verb) ? HttpMethod.GET.name() : verb.name(), path);
    ApiMethod method = match.route().method();
    Caller caller = Caller.of(exchange);
    method.admit(caller);
    limits.caller(caller);
    if (method.isServerStream()) {
      if (HttpMethod.HEAD.equals(verb)) {
        throw Problem.of(405, "METHOD_NOT_ALLOWED", "A stream takes GET only.")
            .with("allow", "GET")
            .withHeader(HttpHeaders.ALLOW, "GET")
            .exception();
      }
      return watches.single(exchange, match, caller);
    }
    if (method.isDownload()) {
      return download(exchange, match);
    }
    return match.route().body().isEmpty()
        ? call(exchange, match, ByteString.EMPTY)
        : body(exchange, match.route()).flatMap(body -> call(exchange, match, body));
  }

  private Mono<Void> options(ServerWebExchange exchange, String path) {
    Set<String> allowed = routes.allowed(path);
    if (allowed.isEmpty()) {
      throw Problem.of(404, "PATH_UNKNOWN", "Nothing is at this path. /api lists what there is.")
          .exception();
    }
    exchange.getResponse().setStatusCode(HttpStatus.NO_CONTENT);
    exchange.getResponse().getHeaders().set(HttpHeaders.ALLOW, String.join(", ", allowed));
    return exchange.getResponse().setComplete();
  }

  private Mono<ByteString> body(ServerWebExchange exchange, Route route) {
    ServerHttpRequest request = exchange.getRequest();
    // What passes as it came has whatever type it has.
    @Nullable MediaType type = route.isRaw() ? null : contentType(request);
    return DataBufferUtils.join(request.getBody(), (int) properties.maxBody().toBytes())
        .map(
            buffer -> {
              byte[] read = new byte[buffer.readableByteCount()];
              buffer.read(read);
              DataBufferUtils.release(buffer);
              ByteString bytes = UnsafeByteOperations.unsafeWrap(read);
              return bytes;
            })
        .defaultIfEmpty(ByteString.EMPTY)
        .doOnNext(
            bytes -> {
              if (!route.isRaw() && !bytes.isEmpty() && !isJson(type)) {
                throw Problem.of(415, "MEDIA_TYPE_UNSUPPORTED", "Send application/json.")
                    .exception();
              }
            });
  }

  private static @Nullable MediaType contentType(ServerHttpRequest request) {
    try {
      return request.getHeaders().getContentType();
    } catch (RuntimeException damaged) {
      throw Problem.of(415, "MEDIA_TYPE_UNSUPPORTED", "Send application/json.").exception();
    }
  }

  private static boolean isJson(@Nullable MediaType type) {
    return type != null
        && type.getType().equals("application")
        && (type.getSubtype().equals("json") || type.getSubtype().endsWith("+json"))
        && (type.getCharset() == null || type.getCharset().name().equalsIgnoreCase("UTF-8"));
  }

  private Mono<Void> call(ServerWebExchange exchange, Route.Match match, ByteString body) {
    HttpHeaders given = exchange.getRequest().getHeaders();
    String ifMatch = given.getFirst(HttpHeaders.IF_MATCH);
    ApiMethod method = match.route().method();
    Message request =
        RequestBinder.bind(
            match,
            new RequestBinder.Input(
                exchange.getRequest().getURI().getRawQuery(),
                body,
                given.getFirst("Idempotency-Key"),
                ifMatch,
                given::getFirst));
    boolean repeatable =
        HttpMethod.GET.equals(exchange.getRequest().getMethod()) || method.isRepeatable(request);
    long end = System.nanoTime() + properties.deadline().toNanos();
    return ask(exchange, method, request, end, repeatable ? REPETITIONS : 0)
        .onErrorMap(
            GrpcFailure.class, failure -> refused(failure, method, exchange, ifMatch != null))
        .flatMap(response -> answer(exchange, method, response));
  }

  /**
   * Asks, and again another replica when the connection broke: one that is ended or dies breaks
   * what it has not answered. Only what may be done twice, so many times, until the end.
   */
  private Mono<Message> ask(
      ServerWebExchange exchange, ApiMethod method, Message request, long end, int repetitions) {
    return GrpcCalls.unary(
            channels.get(method.target()),
            method,
            request,
            headers.of(exchange),
            Duration.ofNanos(end - System.nanoTime()))
        .onErrorResume(
            GrpcFailure.class,
            failure ->
                repetitions > 0 && failure.isBrokenOff()
                    ? Mono.delay(PAUSE.multipliedBy(REPETITIONS - repetitions + 1L))
                        .then(
                            Mono.defer(() -> ask(exchange, method, request, end, repetitions - 1)))
                    : Mono.error(failure));
  }

  /** A file as it comes and as fast as it is read; a refusal only instead of its first piece. */
  private Mono<Void> download(ServerWebExchange exchange, Route.Match match) {
    ApiMethod method = match.route().method();
    ServerHttpResponse response = exchange.getResponse();
    Message request =
        RequestBinder.bind(
            match, RequestBinder.Input.of(exchange.getRequest().getURI().getRawQuery()));
    return GrpcCalls.stream(
            channels.get(method.target()), method, request, headers.of(exchange), () -> {})
        .onErrorMap(GrpcFailure.class, failure -> refused(failure, method, exchange, false))
        .cast(HttpBody.class)
        .switchOnFirst(
            (first, pieces) -> {
              HttpBody begin = first.get();
              if (begin == null) {
                return pieces.then();
              }
              response.setStatusCode(HttpStatus.OK);
              HttpHeaders to = response.getHeaders();
              to.set(HttpHeaders.CONTENT_TYPE, begin.getContentType());
              to.set(HttpHeaders.CACHE_CONTROL, "no-store");
              to.set(HttpHeaders.CONTENT_DISPOSITION, "attachment");
              return response.writeWith(
                  pieces.map(
                      piece -> response.bufferFactory().wrap(piece.getData().toByteArray())));
            })
        .then();
  }

  private static RuntimeException refused(
      GrpcFailure failure, ApiMethod method, ServerWebExchange exchange, boolean conditional) {
    String incident = ProblemWriter.requestId(exchange);
    Problem problem = GrpcProblems.of(failure.status(), failure.trailers(), incident, conditional);
    Status.Code code = failure.status().getCode();
    if (problem.status() >= 500) {
      Traces.logging(
          exchange.getAttribute(Traces.ATTRIBUTE),
          () ->
              log.warn(
                  "{} ended {}, incident {}", method.descriptor().getFullName(), code, incident));
    }
    return problem.exception();
  }

  private Mono<Void> answer(ServerWebExchange exchange, ApiMethod method, Message message) {
    ServerHttpResponse response = exchange.getResponse();
    HttpHeaders to = response.getHeaders();
    byte[] bytes;
    if (message instanceof HttpBody raw) {
      bytes = raw.getData().toByteArray();
      to.set(HttpHeaders.CONTENT_TYPE, raw.getContentType());
      to.set(
          HttpHeaders.CACHE_CONTROL,
          method.isPublic() ? "public, max-age=31536000, immutable" : "no-store");
      if (raw.getContentType().startsWith("image/svg")) {
        to.set("Content-Security-Policy", SVG_POLICY);
      }
    } else {
      // What is for one caller no browser keeps: it would ask about it with another caller's token
      // (RFC 9111, 4.3.1), and etags, counted up for each person, are alike.
      to.set(HttpHeaders.CACHE_CONTROL, method.isPublic() ? "no-cache" : "no-store");
      to.add(HttpHeaders.VARY, HttpHeaders.ACCEPT_LANGUAGE);
      if (!method.isPublic()) {
        to.add(HttpHeaders.VARY, HttpHeaders.AUTHORIZATION);
      }
      FieldDescriptor etagField = method.responseString("etag");
      String etag = etagField == null ? "" : (String) message.getField(etagField);
      if (!etag.isEmpty() && etag.chars().allMatch(c -> c > 0x20 && c < 0x7f && c != '"')) {
        to.set(HttpHeaders.ETAG, "\"" + etag + "\"");
        if (isKnown(exchange.getRequest(), etag)) {
          response.setStatusCode(HttpStatus.NOT_MODIFIED);
          return response.setComplete();
        }
      }
      to.set(HttpHeaders.CONTENT_TYPE, "application/json");
      bytes = json.bytes(message);
    }
    response.setStatusCode(HttpStatus.OK);
    to.setContentLength(bytes.length);
    if (HttpMethod.HEAD.equals(exchange.getRequest().getMethod())) {
      return response.setComplete();
    }
    DataBuffer buffer = response.bufferFactory().wrap(bytes);
    return response.writeWith(Mono.just(buffer));
  }

  private static boolean isKnown(ServerHttpRequest request, String etag) {
    HttpMethod verb = request.getMethod();
    if (!HttpMethod.GET.equals(verb) && !HttpMethod.HEAD.equals(verb)) {
      return false;
    }
    for (String line : request.getHeaders().getOrEmpty(HttpHeaders.IF_NONE_MATCH)) {
      for (String each : line.split(",")) {
        if (RequestBinder.etag(each).equals(etag)) {
          return true;
        }
      }
    }
    return false;
  }
}
