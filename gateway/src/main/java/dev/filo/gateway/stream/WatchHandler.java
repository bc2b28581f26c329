package dev.filo.gateway.stream;

import com.google.protobuf.Message;
import dev.filo.gateway.GatewayProperties;
import dev.filo.gateway.edge.Caller;
import dev.filo.gateway.edge.ClientAddress;
import dev.filo.gateway.edge.RateLimits;
import dev.filo.gateway.problem.Problem;
import dev.filo.gateway.problem.ProblemWriter;
import dev.filo.gateway.transcode.ApiMethod;
import dev.filo.gateway.transcode.CallHeaders;
import dev.filo.gateway.transcode.Channels;
import dev.filo.gateway.transcode.MessageJson;
import dev.filo.gateway.transcode.RequestBinder;
import dev.filo.gateway.transcode.Route;
import dev.filo.gateway.transcode.RouteTable;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;
import org.springframework.core.io.buffer.DataBuffer;
import org.springframework.http.HttpHeaders;
import org.springframework.http.HttpMethod;
import org.springframework.http.HttpStatus;
import org.springframework.http.server.reactive.ServerHttpRequest;
import org.springframework.http.server.reactive.ServerHttpResponse;
import org.springframework.stereotype.Component;
import org.springframework.web.server.ServerWebExchange;
import org.springframework.web.server.WebHandler;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.core.publisher.Sinks;
import tools.jackson.databind.json.JsonMapper;

/**
 * Server streams as server-sent events: one method's at its own path, or several topics at {@code
 * GET /v1/watch}. Demand goes from the client's socket to the service, so a slow reader holds a few
 * events and no more.
 */
@Component
public final class WatchHandler implements WebHandler {
  private static final String LAST_EVENT_ID = "Last-Event-ID";
  private static final String COMMENT = ": filo\n\n";
  private static final JsonMapper mapper = JsonMapper.shared();

  private final RouteTable routes;
  private final Channels channels;
  private final CallHeaders headers;
  private final MessageJson json;
  private final RateLimits rates;
  private final StreamLimits limits;
  private final ClientAddress addresses;
  private final GatewayProperties.Stream settings;
  private final Map<ApiMethod, EventShape> shapes = new ConcurrentHashMap<>();

  /** Streams over these channels. */
  public WatchHandler(
      RouteTable routes,
      Channels channels,
      CallHeaders headers,
      MessageJson json,
      RateLimits rates,
      StreamLimits limits,
      ClientAddress addresses,
      GatewayProperties properties) {
    this.routes = routes;
    this.channels = channels;
    this.headers = headers;
    this.json = json;
    this.rates = rates;
    this.limits = limits;
    this.addresses = addresses;
    this.settings = properties.stream();
    for (Route each : routes.routes()) {
      if (each.method().isServerStream()) {
        shapes.computeIfAbsent(each.method(), method -> new EventShape(method, json));
      }
    }
  }

  /** {@code GET /v1/watch?topic=…&topic=…}. */
  @Override
  public Mono<Void> handle(ServerWebExchange exchange) {
    if (!HttpMethod.GET.equals(exchange.getRequest().getMethod())) {
      throw Problem.of(405, "METHOD_NOT_ALLOWED", "A stream takes GET only.")
          .with("allow", "GET")
          .withHeader(HttpHeaders.ALLOW, "GET")
          .exception();
    }
    Caller caller = Caller.of(exchange);
    rates.caller(caller);
    return several(exchange, caller);
  }

  /** One method's stream at its own path. */
  public Mono<Void> single(ServerWebExchange exchange, Route.Match match, Caller caller) {
    ServerHttpRequest request = exchange.getRequest();
    String query = request.getURI().getRawQuery();
    String cursor = lastEventId(exchange);
    String rest = without(query, "lastEventId");
    Message message = RequestBinder.bind(match, RequestBinder.Input.of(rest));
    Opening opening = new Opening(1);
    TopicStream topic = topic(exchange, 0, match.route().method(), message, opening, cursor);
    return write(exchange, caller, opening, List.of(topic), WatchHandler::plain);
  }

  private Mono<Void> several(ServerWebExchange exchange, Caller caller) {
    List<String> names = topics(exchange);
    List<Route.Match> matches = new ArrayList<>();
    List<Message> requests = new ArrayList<>();
    for (String name : names) {
      int question = name.indexOf('?');
      String path = "/v1/" + (question < 0 ? name : name.substring(0, question)) + ":watch";
      Route.Match match = routes.seek("GET", path);
      if (match == null || !match.route().method().isServerStream()) {
        throw Problem.field("topic", "«" + shown(name) + "» is not something to watch").exception();
      }
      match.route().method().admit(caller);
      matches.add(match);
      String query = question < 0 ? null : name.substring(question + 1);
      requests.add(RequestBinder.bind(match, RequestBinder.Input.of(query)));
    }
    String last = lastEventId(exchange);
    String[] known = last.isEmpty() ? null : Cursors.read(names, last);
    boolean damaged = !last.isEmpty() && known == null;
    String[] cursors = known == null ? none(names.size()) : known;
    Opening opening = new Opening(names.size());
    List<TopicStream> streams = new ArrayList<>();
    for (int i = 0; i < names.size(); i++) {
      streams.add(
          topic(
              exchange, i, matches.get(i).route().method(), requests.get(i), opening, cursors[i]));
    }
    Writer several = several(names, cursors);
    Writer writer = damaged ? afterReset(names.size(), several) : several;
    return write(exchange, caller, opening, streams, writer);
  }

  /** A cursor that is not one of ours is as good as one too old. */
  private static Writer afterReset(int topics, Writer writer) {
    boolean[] told = new boolean[1];
    return event -> {
      if (told[0]) {
        return writer.write(event);
      }
      told[0] = true;
      StringBuilder all = new StringBuilder();
      for (int i = 0; i < topics; i++) {
        all.append(writer.write(new Event(i, Event.RESET, "{}", "")));
      }
      return all.append(writer.write(event)).toString();
    };
  }

  private TopicStream topic(
      ServerWebExchange exchange,
      int index,
      ApiMethod method,
      Message request,
      Opening opening,
      String cursor) {
    String requestId = ProblemWriter.requestId(exchange);
    EventShape shape = shapes.computeIfAbsent(method, each -> new EventShape(each, json));
    return new TopicStream(
        index,
        channels.get(method.target()),
        method,
        request,
        () -> headers.of(exchange),
        shape,
        opening,
        requestId,
        problem -> mapper.writeValueAsString(problem.toJson(requestId)),
        cursor);
  }

  /** Writes an event as text; called serially. */
  private interface Writer {
    String write(Event event);
  }

  private static String plain(Event event) {
    StringBuilder text = new StringBuilder();
    String data =
        Event.REFUSED.equals(event.kind()) ? "{\"problem\":" + event.data() + "}" : event.data();
    return append(text, event.kind(), event.cursor(), data).toString();
  }

  private static Writer several(List<String> names, String[] start) {
    String[] cursors = start.clone();
    List<String> quoted = names.stream().map(mapper::writeValueAsString).toList();
    return event -> {
      String id = null;
      if (event.cursor() != null) {
        cursors[event.topic()] = event.cursor();
        id = Cursors.write(names, cursors);
      }
      String topic = quoted.get(event.topic());
      String data =
          switch (event.kind()) {
            case null -> "";
            case Event.RESET -> "{\"topic\":" + topic + "}";
            case Event.REFUSED -> "{\"topic\":" + topic + ",\"problem\":" + event.data() + "}";
            default -> "{\"topic\":" + topic + ",\"" + event.kind() + "\":" + event.data() + "}";
          };
      return append(new StringBuilder(), event.kind(), id, data).toString();
    };
  }

  private static StringBuilder append(
      StringBuilder text, @Nullable String kind, @Nullable String id, String data) {
    if (id == null && kind == null) {
      return text;
    }
    if (id != null) {
      text.append("id: ").append(id).append('\n');
    }
    if (kind != null) {
      text.append("event: ").append(kind).append('\n');
      text.append("data: ").append(data).append('\n');
    }
    return text.append('\n');
  }

  private Mono<Void> write(
      ServerWebExchange exchange,
      Caller caller,
      Opening opening,
      List<TopicStream> topics,
      Writer writer) {
    ServerHttpResponse response = exchange.getResponse();
    response.setStatusCode(HttpStatus.OK);
    HttpHeaders to = response.getHeaders();
    to.set(HttpHeaders.CONTENT_TYPE, "text/event-stream");
    to.set(HttpHeaders.CACHE_CONTROL, "no-store");
    to.set("X-Accel-Buffering", "no");
    Sinks.Empty<Void> over = Sinks.empty();
    List<Flux<Event>> sources = new ArrayList<>();
    sources.add(opening.begin(settings.decide()));
    topics.forEach(topic -> sources.add(topic.events()));
    Flux<String> events =
        Flux.merge(Flux.fromIterable(sources), sources.size(), 1)
            .doOnTerminate(over::tryEmitEmpty)
            .map(writer::write);
    Flux<String> beats =
        Flux.interval(settings.heartbeat())
            .onBackpressureDrop()
            .map(beat -> COMMENT)
            .takeUntilOther(over.asMono());
    boolean[] begun = new boolean[1];
    AtomicReference<StreamLimits.@Nullable End> end = new AtomicReference<>();
    Flux<DataBuffer> body =
        limits
            .hold(
                caller,
                addresses.of(exchange.getRequest()),
                Flux.merge(Flux.just(events, beats), 2, 1))
            .takeUntilOther(limits.end(caller).doOnNext(end::set))
            .concatWith(Flux.defer(() -> farewell(end.get(), topics.size(), exchange, writer)))
            .map(
                text -> {
                  String chunk = begun[0] ? text : COMMENT + text;
                  begun[0] = true;
                  return chunk;
                })
            .filter(text -> !text.isEmpty())
            .map(text -> response.bufferFactory().wrap(text.getBytes(StandardCharsets.UTF_8)));
    return response.writeAndFlushWith(body.map(Mono::just));
  }

  /** Each topic is refused once more when the token is over: who listens comes with a new one. */
  private static Flux<String> farewell(
      StreamLimits.@Nullable End end, int topics, ServerWebExchange exchange, Writer writer) {
    if (end != StreamLimits.End.EXPIRED) {
      return Flux.empty();
    }
    String problem =
        mapper.writeValueAsString(
            Problem.of(401, "TOKEN_EXPIRED", "The token has expired. Refresh it at /oauth2/token.")
                .toJson(ProblemWriter.requestId(exchange)));
    return Flux.range(0, topics)
        .map(topic -> writer.write(new Event(topic, Event.REFUSED, problem, null)));
  }

  private List<String> topics(ServerWebExchange exchange) {
    Set<String> topics = new LinkedHashSet<>();
    for (Map.Entry<String, List<String>> each : exchange.getRequest().getQueryParams().entrySet()) {
      if (each.getKey().equals("topic")) {
        each.getValue().stream()
            .filter(name -> name != null && !name.isBlank())
            .forEach(topics::add);
      } else if (!each.getKey().equals("lastEventId")) {
        throw Problem.of(
                400,
                "PARAMETER_UNKNOWN",
                "This method knows no parameter «" + shown(each.getKey()) + "».")
            .with("parameter", shown(each.getKey()))
            .exception();
      }
    }
    if (topics.isEmpty()) {
      throw Problem.field("topic", "say what to watch, such as topic=customers/me/cart")
          .exception();
    }
    if (topics.size() > settings.topicsMax()) {
      throw Problem.field("topic", "at most " + settings.topicsMax() + " on one stream")
          .exception();
    }
    return List.copyOf(topics);
  }

  private static String lastEventId(ServerWebExchange exchange) {
    String header = exchange.getRequest().getHeaders().getFirst(LAST_EVENT_ID);
    if (header == null) {
      header = exchange.getRequest().getQueryParams().getFirst("lastEventId");
    }
    return header == null ? "" : header.strip();
  }

  private static @Nullable String without(@Nullable String rawQuery, String name) {
    if (rawQuery == null) {
      return null;
    }
    return String.join(
        "&",
        Arrays.stream(rawQuery.split("&"))
            .filter(pair -> !pair.equals(name) && !pair.startsWith(name + "="))
            .toList());
  }

  private static String[] none(int size) {
    String[] cursors = new String[size];
    Arrays.fill(cursors, "");
    return cursors;
  }

  private static String shown(String text) {
    return text.length() > 100 ? text.substring(0, 100) : text;
  }
}
