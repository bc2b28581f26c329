package dev.filo.fuzz;

import com.google.protobuf.ByteString;
import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.Message;
import dev.filo.gateway.problem.ProblemException;
import dev.filo.gateway.stream.OpenCursors;
import dev.filo.gateway.transcode.ApiMethod;
import dev.filo.gateway.transcode.ApiMethods;
import dev.filo.gateway.transcode.MessageJson;
import dev.filo.gateway.transcode.RequestBinder;
import dev.filo.gateway.transcode.Route;
import dev.filo.gateway.transcode.RouteTable;
import dev.filo.platform.grpc.FieldRules;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import tools.jackson.databind.json.JsonMapper;

/** What the gateway reads of a request, and what it writes of an answer. */
final class GatewayTargets {
  private static final ApiMethods METHODS = ApiMethods.load(true);
  private static final RouteTable ROUTES = RouteTable.of(METHODS.all());
  private static final MessageJson JSON = new MessageJson(METHODS.all());
  private static final FieldRules RULES = new FieldRules();
  private static final JsonMapper MAPPER = JsonMapper.builder().build();
  private static final List<String> TOPICS =
      List.of("customers/me/cart", "customers/me/conversation", "reservations/abc");

  private GatewayTargets() {}

  static List<Target> all() {
    return List.of(
        Target.ofBytes(
            "gateway-body",
            GatewayTargets::body,
            routed(
                "POST",
                "/v1/customers/me/cart:apply",
                "{\"operations\":[{\"id\":\"a\",\"add\":{\"sku\":\"S\",\"quantity\":1}}]}"),
            routed(
                "POST",
                "/v1/reservations",
                "{\"store\":\"stores/a\",\"lines\":[{\"sku\":\"S\",\"quantity\":2}],\"untilTime\":\"2026-11-28T19:00:00Z\",\"partial\":true}"),
            routed("POST", "/v1/signIns", "{\"email\":\"julia@example.com\"}"),
            routed(
                "POST",
                "/v1/touchpoints:batchCreate",
                "{\"touchpoints\":[{\"time\":\"2026-11-28T19:00:00.123Z\",\"channel\":\"WEB\",\"type\":\"view\"}]}"),
            routed(
                "POST",
                "/v1/stockMovements:batchCreate",
                "{\"movements\":[{\"id\":\"m\",\"sku\":\"S\",\"quantity\":\"-3\"}]}"),
            routed("POST", "/v1/signIns", "{\"email\":1e" + "9".repeat(300) + "}"),
            routed(
                "POST", "/v1/signIns", "{\"email\":1e5,\"phone\":null,\"x\":[1,2.5,-0,true,{}]}")),
        Target.ofBytes(
            "gateway-query",
            GatewayTargets::query,
            routed(
                "GET",
                "/v1/products:search",
                "query=divano%20verde&latitude=45.4&longitude=9.1&pageSize=20&pageToken=cDE6Mw"),
            routed("GET", "/v1/availability:nearby", "sku=A&sku=B&radiusMeters=30000&pageSize="),
            routed("GET", "/v1/stores", "latitude=1e2&longitude=-0.5")),
        Target.ofText(
            "gateway-path",
            GatewayTargets::path,
            "GET /v1/customers/me/cart",
            "POST /v1/reservations/abc:extend",
            "GET /v1/stockLevels/A%20B@milano/movements",
            "DELETE /v1/customers/a/sessions/b"),
        Target.ofText(
            "last-event-id",
            GatewayTargets::cursor,
            OpenCursors.write(TOPICS, new String[] {"12", "", "p3:9"}),
            OpenCursors.write(TOPICS, new String[] {"a", "b", "c"})),
        Target.ofText("if-match", RequestBinder::etag, "W/\"12\"", "\"abc\"", "*", "12"),
        Target.ofBytes("request-rules", GatewayTargets::rules, samples()),
        Target.ofBytes("answer-json", GatewayTargets::answer, samples()));
  }

  /** An input that begins with the number of a route, in two bytes. */
  private static byte[] routed(String verb, String path, String text) {
    int route = ROUTES.routes().indexOf(ROUTES.find(verb, path).route());
    byte[] rest = text.getBytes(StandardCharsets.UTF_8);
    byte[] input = new byte[rest.length + 2];
    input[0] = (byte) (route >> 8);
    input[1] = (byte) route;
    System.arraycopy(rest, 0, input, 2, rest.length);
    return input;
  }

  private static int number(byte[] input, int size) {
    return ((input[0] & 0xFF) << 8 | input[1] & 0xFF) % size;
  }

  private static Route.Match match(byte[] input) {
    return new Route.Match(ROUTES.routes().get(number(input, ROUTES.routes().size())), Map.of());
  }

  private static void requireRefusal(ProblemException refused) {
    int status = refused.problem().status();
    if (status < 400 || status > 499) {
      throw new IllegalStateException("refused with " + status);
    }
  }

  private static void body(byte[] input) {
    if (input.length < 2) {
      return;
    }
    var match = match(input);
    Message read;
    try {
      read = RequestBinder.bind(match, body(ByteString.copyFrom(input, 2, input.length - 2)));
    } catch (ProblemException refused) {
      requireRefusal(refused);
      return;
    }
    if (match.route().body().equals("*")) {
      var again = RequestBinder.bind(match, body(ByteString.copyFrom(JSON.bytes(read))));
      if (!again.toByteString().equals(read.toByteString())) {
        throw new IllegalStateException("written and read again it is another: " + again);
      }
    }
  }

  private static RequestBinder.Input body(ByteString body) {
    return new RequestBinder.Input(null, body, null, null, name -> null);
  }

  private static void query(byte[] input) {
    if (input.length < 2) {
      return;
    }
    var raw = new String(input, 2, input.length - 2, StandardCharsets.ISO_8859_1);
    try {
      RequestBinder.bind(match(input), RequestBinder.Input.of(raw));
    } catch (ProblemException refused) {
      requireRefusal(refused);
    }
  }

  private static void path(String text) {
    int space = text.indexOf(' ');
    var method = space < 0 ? "GET" : text.substring(0, space);
    var path = text.substring(space + 1);
    try {
      var found = ROUTES.find(method, path);
      RequestBinder.bind(found, body(ByteString.EMPTY));
    } catch (ProblemException refused) {
      requireRefusal(refused);
    }
    try {
      ROUTES.seek(method, path);
    } catch (ProblemException refused) {
      requireRefusal(refused);
    }
  }

  private static void cursor(String text) {
    var read = OpenCursors.read(TOPICS, text);
    if (read != null
        && !Arrays.equals(read, OpenCursors.read(TOPICS, OpenCursors.write(TOPICS, read)))) {
      throw new IllegalStateException("written and read again it is another");
    }
  }

  private static byte[][] samples() {
    var methods = METHODS.all();
    var samples = new byte[methods.size()][];
    for (int i = 0; i < samples.length; i++) {
      byte[] request = Samples.of(methods.get(i).requestPrototype()).toByteArray();
      samples[i] = new byte[request.length + 2];
      samples[i][0] = (byte) (i >> 8);
      samples[i][1] = (byte) i;
      System.arraycopy(request, 0, samples[i], 2, request.length);
    }
    return samples;
  }

  private static ApiMethod method(byte[] input) {
    return METHODS.all().get(number(input, METHODS.all().size()));
  }

  private static Message message(byte[] input, Message type) throws InvalidProtocolBufferException {
    return type.getParserForType().parseFrom(input, 2, input.length - 2);
  }

  /** What tills send, as it is on the wire. */
  private static void rules(byte[] input) {
    if (input.length < 2) {
      return;
    }
    try {
      RULES.check(message(input, method(input).requestPrototype()));
    } catch (InvalidProtocolBufferException e) {
      // It is no message.
    } catch (StatusRuntimeException refused) {
      if (refused.getStatus().getCode() != Status.Code.INVALID_ARGUMENT) {
        throw refused;
      }
    }
  }

  private static void answer(byte[] input) {
    if (input.length < 2) {
      return;
    }
    try {
      MAPPER.readTree(JSON.text(message(input, method(input).requestPrototype())));
    } catch (InvalidProtocolBufferException e) {
      // It is no message.
    } catch (IllegalStateException e) {
      if (!(e.getCause() instanceof InvalidProtocolBufferException)) {
        throw e; // else it holds an Any of a type nobody knows, which no service sends
      }
    }
  }
}
