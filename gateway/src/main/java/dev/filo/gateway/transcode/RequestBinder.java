package dev.filo.gateway.transcode;

import com.google.api.HttpBody;
import com.google.protobuf.ByteString;
import com.google.protobuf.Descriptors.FieldDescriptor;
import com.google.protobuf.Message;
import dev.filo.gateway.problem.Problem;
import dev.filo.gateway.problem.Problem.Violation;
import dev.filo.gateway.transcode.Fields.BadValue;
import dev.filo.proto.api.v1.HeaderField;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** Makes the gRPC request of an HTTP request: body, then query, then path, then headers. */
public final class RequestBinder {
  private static final String REQUEST_ID = "request_id";

  private RequestBinder() {}

  /**
   * What of an HTTP request goes into a message.
   *
   * @param rawQuery the query as it came; absent when there is none
   * @param body the body; empty when there is none
   * @param idempotencyKey the header {@code Idempotency-Key}
   * @param ifMatch the header {@code If-Match}
   * @param headers any header's first value, by its name
   */
  public record Input(
      @Nullable String rawQuery,
      ByteString body,
      @Nullable String idempotencyKey,
      @Nullable String ifMatch,
      Function<String, @Nullable String> headers) {
    /** Without a body and headers: what a stream is asked for by. */
    public static Input of(@Nullable String rawQuery) {
      return new Input(rawQuery, ByteString.EMPTY, null, null, name -> null);
    }
  }

  /**
   * Binds a request.
   *
   * @throws dev.filo.gateway.problem.ProblemException JSON_INVALID, FIELDS_INVALID,
   *     PARAMETER_UNKNOWN or REQUEST_ID_MISSING
   */
  public static Message bind(Route.Match match, Input input) {
    Route route = match.route();
    Message.Builder request = route.method().requestPrototype().newBuilderForType();
    if (route.body().equals("*")) {
      JsonBody.read(input.body(), request, "");
    } else if (route.bodyField() != null && route.isRaw()) {
      String type = input.headers().apply("Content-Type");
      request.setField(
          route.bodyField(),
          HttpBody.newBuilder()
              .setContentType(type == null ? "" : type)
              .setData(input.body())
              .build());
    } else if (route.bodyField() != null) {
      FieldDescriptor field = route.bodyField();
      JsonBody.read(input.body(), request.getFieldBuilder(field), field.getJsonName());
    }
    query(match, input.rawQuery(), request);
    path(match, request);
    idempotency(route, input.idempotencyKey(), request);
    condition(route, input.ifMatch(), request);
    headers(route, input.headers(), request);
    return request.build();
  }

  private static void path(Route.Match match, Message.Builder request) {
    match
        .variables()
        .forEach(
            (path, text) -> {
              FieldDescriptor field =
                  java.util.Objects.requireNonNull(
                      Fields.resolve(request.getDescriptorForType(), path));
              Message.Builder owner = Fields.owner(request, path);
              try {
                owner.setField(field, Fields.parse(field, text, owner));
              } catch (BadValue e) {
                throw Problem.field(
                        Fields.jsonPath(request.getDescriptorForType(), path),
                        String.valueOf(e.getMessage()))
                    .exception();
              }
            });
  }

  private static void query(Route.Match match, @Nullable String rawQuery, Message.Builder request) {
    if (rawQuery == null || rawQuery.isEmpty()) {
      return;
    }
    List<Violation> violations = new ArrayList<>();
    for (String pair : rawQuery.split("&", -1)) {
      if (pair.isEmpty()) {
        continue;
      }
      int equals = pair.indexOf('=');
      String name = Percent.decodeQuery(equals < 0 ? pair : pair.substring(0, equals));
      String text = equals < 0 ? "" : Percent.decodeQuery(pair.substring(equals + 1));
      FieldDescriptor field = parameter(match, name, request);
      String json = Fields.jsonPath(request.getDescriptorForType(), name);
      Message.Builder owner = Fields.owner(request, name);
      // `?latitude=` is how a form says that it knows nothing.
      boolean unsaid = text.isEmpty() && field.getJavaType() != FieldDescriptor.JavaType.STRING;
      if (!unsaid || field.isRepeated()) {
        String wrong = set(field, text, owner);
        if (wrong != null) {
          violations.add(new Violation(json, wrong));
        }
      }
    }
    if (!violations.isEmpty()) {
      throw Problem.fields(violations).exception();
    }
  }

  /** Sets a value; what is wrong with it if it cannot. */
  private static @Nullable String set(FieldDescriptor field, String text, Message.Builder owner) {
    try {
      Object value = Fields.parse(field, text, owner);
      if (field.isRepeated()) {
        owner.addRepeatedField(field, value);
      } else if (isSet(owner, field)) {
        return "may be given once";
      } else if (field.getRealContainingOneof() != null
          && owner.getOneofFieldDescriptor(field.getRealContainingOneof()) != null) {
        return "only one of the alternatives may be given";
      } else {
        owner.setField(field, value);
      }
      return null;
    } catch (BadValue e) {
      return e.getMessage();
    }
  }

  private static boolean isSet(Message.Builder owner, FieldDescriptor field) {
    return field.hasPresence()
        ? owner.hasField(field)
        : !owner.getField(field).equals(field.getDefaultValue());
  }

  private static FieldDescriptor parameter(
      Route.Match match, String name, Message.Builder request) {
    Route route = match.route();
    FieldDescriptor field =
        route.body().equals("*") ? null : Fields.resolve(request.getDescriptorForType(), name);
    FieldDescriptor first =
        field == null ? null : Fields.named(request.getDescriptorForType(), name.split("\\.")[0]);
    boolean inBody = first != null && first.equals(route.bodyField());
    boolean inPath =
        field != null
            && match.variables().keySet().stream()
                .anyMatch(
                    each -> field.equals(Fields.resolve(request.getDescriptorForType(), each)));
    if (field == null || inBody || inPath || !Fields.isTextual(field) || field.isMapField()) {
      String shown = name.length() > 100 ? name.substring(0, 100) : name;
      throw Problem.of(400, "PARAMETER_UNKNOWN", "This method knows no parameter «" + shown + "».")
          .with("parameter", shown)
          .exception();
    }
    return field;
  }

  private static void idempotency(Route route, @Nullable String key, Message.Builder request) {
    FieldDescriptor field = route.method().requestString(REQUEST_ID);
    if (field == null) {
      return;
    }
    String given = (String) request.getField(field);
    if (key != null && !key.isBlank()) {
      String unquoted = unquote(key.strip());
      if (!given.isEmpty() && !given.equals(unquoted)) {
        throw Problem.field("requestId", "differs from the header Idempotency-Key").exception();
      }
      request.setField(field, unquoted);
    } else if (given.isEmpty() && route.method().requiresRequestId()) {
      throw Problem.of(
              400,
              "REQUEST_ID_MISSING",
              "Send the header Idempotency-Key with an id of your own, and the same again when you repeat the call.")
          .exception();
    }
  }

  private static void headers(
      Route route, Function<String, @Nullable String> headers, Message.Builder request) {
    for (HeaderField each : route.method().rule().getHeaderFieldsList()) {
      FieldDescriptor field = route.method().requestString(each.getField());
      String value = headers.apply(each.getHeader());
      if (field != null && value != null) {
        request.setField(field, value);
      }
    }
  }

  private static void condition(Route route, @Nullable String ifMatch, Message.Builder request) {
    FieldDescriptor field = route.method().requestString("etag");
    if (field == null || ifMatch == null || ifMatch.isBlank() || ifMatch.strip().equals("*")) {
      return;
    }
    request.setField(field, etag(ifMatch));
  }

  /**
   * The etag of an {@code If-Match} or {@code If-None-Match} header, without quotes and weakness.
   */
  public static String etag(String header) {
    String text = header.strip();
    if (text.toUpperCase(Locale.ROOT).startsWith("W/")) {
      text = text.substring(2);
    }
    return unquote(text);
  }

  private static String unquote(String text) {
    return text.length() >= 2 && text.startsWith("\"") && text.endsWith("\"")
        ? text.substring(1, text.length() - 1)
        : text;
  }
}
