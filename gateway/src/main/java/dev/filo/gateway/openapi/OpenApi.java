package dev.filo.gateway.openapi;

import com.google.protobuf.Descriptors.Descriptor;
import com.google.protobuf.Descriptors.FieldDescriptor;
import dev.filo.gateway.transcode.ApiMethod;
import dev.filo.gateway.transcode.ApiMethods;
import dev.filo.gateway.transcode.PathTemplate;
import dev.filo.gateway.transcode.Route;
import dev.filo.gateway.transcode.RouteTable;
import dev.filo.proto.api.v1.HeaderField;
import dev.filo.proto.api.v1.RequestIds;
import dev.filo.proto.api.v1.Role;
import java.net.URI;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import tools.jackson.databind.json.JsonMapper;

/** Writes the OpenAPI 3.1 document of the route table: what is served is what is described. */
public final class OpenApi {
  private static final String PROBLEM = "#/components/schemas/Problem";
  private static final String SSE =
      """
      Server-sent events: first the state as it is, then each change. `id` is the cursor: give it back as \
      `Last-Event-ID` to resume. A cursor that is too old gives the event `reset`: read the state anew. A comment \
      line comes at once and as a heartbeat.""";

  private final Comments comments;
  private final Schemas schemas;
  private final Map<String, Integer> operations = new LinkedHashMap<>();

  private OpenApi(Comments comments) {
    this.comments = comments;
    this.schemas = new Schemas(comments);
  }

  /**
   * The document as JSON.
   *
   * @param publicUrl where the API is
   */
  public static byte[] write(ApiMethods methods, RouteTable routes, URI publicUrl) {
    return JsonMapper.shared()
        .writeValueAsBytes(new OpenApi(new Comments(methods.files())).document(routes, publicUrl));
  }

  private Map<String, Object> document(RouteTable routes, URI publicUrl) {
    Map<String, Object> paths = new LinkedHashMap<>();
    Map<String, String> tags = new LinkedHashMap<>();
    for (Route each : routes.routes()) {
      tags.putIfAbsent(
          tag(each), comments.of(each.method().descriptor().getService().getFullName()));
      operations(paths, path(each.path()))
          .put(each.verb().toLowerCase(Locale.ROOT), operation(each));
    }
    operations(paths, "/v1/watch").put("get", watch());
    Map<String, Object> document = new LinkedHashMap<>();
    document.put("openapi", "3.1.0");
    document.put(
        "info",
        Map.of(
            "title",
            "Filo",
            "version",
            "1",
            "description",
            "One customer, one cart, one stock, one conversation, whatever the channel. Errors are"
                + " problem documents (RFC 9457); their reasons are listed at /errors."));
    document.put("servers", List.of(Map.of("url", publicUrl.toString())));
    List<Map<String, Object>> tagList = new ArrayList<>();
    tags.forEach((name, text) -> tagList.add(Map.of("name", name, "description", text)));
    document.put("tags", tagList);
    document.put("paths", paths);
    Map<String, Object> components = new LinkedHashMap<>();
    schemas.components().put("Problem", problem());
    components.put("schemas", schemas.components());
    components.put("securitySchemes", security(publicUrl));
    document.put("components", components);
    return document;
  }

  @SuppressWarnings("unchecked") // Everything put into paths is such a map.
  private static Map<String, Object> operations(Map<String, Object> paths, String path) {
    return (Map<String, Object>)
        paths.computeIfAbsent(path, each -> new LinkedHashMap<String, Object>());
  }

  private static String tag(Route route) {
    return route.method().descriptor().getService().getName();
  }

  /**
   * The template with one parameter for each wildcard: {@code /v1/customers/{customer}/cart:apply}.
   */
  static String path(PathTemplate template) {
    StringBuilder path = new StringBuilder();
    for (int i = 0; i < template.segments().size(); i++) {
      String segment = template.segments().get(i);
      path.append('/');
      path.append(segment.startsWith("*") ? "{" + parameter(template, i) + "}" : segment);
    }
    return path + (template.verb() == null ? "" : ":" + template.verb());
  }

  private static String parameter(PathTemplate template, int index) {
    String before = index == 0 ? "*" : template.segments().get(index - 1);
    if (before.startsWith("*")) {
      return "id" + index;
    }
    return before.endsWith("ies")
        ? before.substring(0, before.length() - 3) + "y"
        : before.endsWith("s") ? before.substring(0, before.length() - 1) : before;
  }

  private Map<String, Object> operation(Route route) {
    ApiMethod method = route.method();
    String comment = comments.of(method.descriptor().getFullName());
    Map<String, Object> operation = new LinkedHashMap<>();
    operation.put("tags", List.of(tag(route)));
    operation.put("operationId", operationId(method));
    operation.put("summary", Comments.summary(comment));
    List<String> roles =
        method.rule().getRolesList().stream()
            .filter(role -> role != Role.ROLE_SERVICE)
            .map(
                role -> role.name().replace("ROLE_", "").toLowerCase(Locale.ROOT).replace('_', ' '))
            .toList();
    operation.put(
        "description",
        comment
            + (method.isServerStream() ? "\n\n" + SSE : "")
            + "\n\nWho may: "
            + String.join(", ", roles)
            + ". gRPC: `"
            + method.grpc().getFullMethodName()
            + "`.");
    Set<FieldDescriptor> bound = new LinkedHashSet<>();
    List<Map<String, Object>> parameters = pathParameters(route, bound);
    headers(route, parameters, bound);
    Descriptor input = method.descriptor().getInputType();
    if (route.body().equals("*")) {
      operation.put("parameters", parameters);
      operation.put("requestBody", body(schemas.object(input, bound)));
    } else {
      if (route.bodyField() != null) {
        bound.add(route.bodyField());
      }
      for (FieldDescriptor each : input.getFields()) {
        if (!bound.contains(each) && isTextual(each)) {
          parameters.add(query(each));
        }
      }
      operation.put("parameters", parameters);
      if (route.bodyField() != null) {
        operation.put(
            "requestBody",
            route.isRaw() ? raw() : body(schemas.reference(route.bodyField().getMessageType())));
      }
    }
    operation.put("responses", responses(method));
    operation.put(
        "security",
        method.isPublic()
            ? List.of(Map.of(), Map.of("bearer", List.of()))
            : List.of(Map.of("bearer", List.of()), Map.of("oauth2", List.of())));
    return operation;
  }

  private String operationId(ApiMethod method) {
    String name = method.descriptor().getService().getName() + "_" + method.descriptor().getName();
    int count = operations.merge(name, 1, Integer::sum);
    return count == 1 ? name : name + "_" + count;
  }

  private List<Map<String, Object>> pathParameters(Route route, Set<FieldDescriptor> bound) {
    List<Map<String, Object>> parameters = new ArrayList<>();
    PathTemplate template = route.path();
    for (PathTemplate.Variable each : template.variables()) {
      Descriptor input = route.method().descriptor().getInputType();
      FieldDescriptor top = input.findFieldByName(each.field().split("\\.")[0]);
      if (top != null && !each.field().contains(".")) {
        bound.add(top);
      }
      for (int i = each.from(); i < each.to(); i++) {
        if (!template.segments().get(i).startsWith("*")) {
          continue;
        }
        String name = parameter(template, i);
        Map<String, Object> parameter = new LinkedHashMap<>();
        parameter.put("name", name);
        parameter.put("in", "path");
        parameter.put("required", true);
        parameter.put(
            "description",
            top == null ? "" : "Of `" + each.field() + "`: " + comments.of(top.getFullName()));
        parameter.put("schema", Map.of("type", "string"));
        switch (name) {
          case "customer" -> parameter.put("example", "me");
          case "store" -> parameter.put("example", "milano-buenos-aires");
          default -> {}
        }
        parameters.add(parameter);
      }
    }
    return parameters;
  }

  private void headers(
      Route route, List<Map<String, Object>> parameters, Set<FieldDescriptor> bound) {
    ApiMethod method = route.method();
    FieldDescriptor requestId = method.requestString("request_id");
    if (requestId != null) {
      bound.add(requestId);
      boolean required = method.rule().getRequestIds() == RequestIds.REQUEST_IDS_REQUIRED;
      parameters.add(
          header(
              "Idempotency-Key",
              "An id of your own; the same again when you repeat the call. At most 128 characters.",
              required));
    }
    FieldDescriptor etag = method.requestString("etag");
    if (etag != null && !route.verb().equals("GET")) {
      bound.add(etag);
      parameters.add(
          header("If-Match", "Only if the thing's `ETag` is still this one; else 412.", false));
    }
    FieldDescriptor cursor = method.requestString("resume_cursor");
    if (cursor != null && method.isServerStream()) {
      bound.add(cursor);
      parameters.add(header("Last-Event-ID", "The `id` of the last event dealt with.", false));
    }
    for (HeaderField each : method.rule().getHeaderFieldsList()) {
      FieldDescriptor field = method.requestString(each.getField());
      if (field != null) {
        bound.add(field);
        parameters.add(header(each.getHeader(), comments.of(field.getFullName()), true));
      }
    }
  }

  private static Map<String, Object> header(String name, String description, boolean required) {
    Map<String, Object> header = new LinkedHashMap<>();
    header.put("name", name);
    header.put("in", "header");
    header.put("required", required);
    header.put("description", description);
    header.put("schema", Map.of("type", "string"));
    return header;
  }

  private static boolean isTextual(FieldDescriptor field) {
    return !field.isMapField()
        && (field.getJavaType() != FieldDescriptor.JavaType.MESSAGE
            || Set.of(
                    "google.protobuf.Timestamp",
                    "google.protobuf.Duration",
                    "google.protobuf.FieldMask")
                .contains(field.getMessageType().getFullName()));
  }

  private Map<String, Object> query(FieldDescriptor field) {
    Map<String, Object> schema = schemas.field(field);
    Map<String, Object> parameter = new LinkedHashMap<>();
    parameter.put("name", field.getJsonName());
    parameter.put("in", "query");
    parameter.put("required", Schemas.isRequired(field));
    parameter.put("description", comments.of(field.getFullName()));
    schema.remove("description");
    parameter.put("schema", schema);
    if (field.isRepeated()) {
      parameter.put("explode", true);
    }
    return parameter;
  }

  /** A body that passes as it came. */
  private static Map<String, Object> raw() {
    return Map.of(
        "required",
        true,
        "content",
        Map.of("*/*", Map.of("schema", Map.of("type", "string", "format", "binary"))));
  }

  private static Map<String, Object> body(Map<String, Object> schema) {
    Map<String, Object> body = new LinkedHashMap<>();
    body.put("required", true);
    body.put("content", Map.of("application/json", Map.of("schema", schema)));
    return body;
  }

  private Map<String, Object> responses(ApiMethod method) {
    Descriptor output = method.descriptor().getOutputType();
    Map<String, Object> ok = new LinkedHashMap<>();
    String comment = comments.of(output.getFullName());
    ok.put("description", comment.isEmpty() ? "Done." : comment);
    if (method.isServerStream()) {
      // What each event's data is; OpenAPI has no words for streams.
      schemas.reference(output);
      ok.put(
          "content",
          Map.of(
              "text/event-stream",
              Map.of(
                  "schema", Map.of("type", "string"), "x-event-data", schemas.reference(output))));
    } else if (output.getFullName().equals("google.api.HttpBody")) {
      ok.put("description", "The content itself, which never changes under its name.");
      ok.put(
          "content", Map.of("*/*", Map.of("schema", Map.of("type", "string", "format", "binary"))));
    } else {
      ok.put("content", Map.of("application/json", Map.of("schema", schemas.reference(output))));
      if (method.responseString("etag") != null) {
        ok.put(
            "headers",
            Map.of(
                "ETag",
                Map.of(
                    "description",
                    "Give it back in If-Match.",
                    "schema",
                    Map.of("type", "string"))));
      }
    }
    Map<String, Object> responses = new LinkedHashMap<>();
    responses.put("200", ok);
    responses.put("default", refused());
    return responses;
  }

  private static Map<String, Object> refused() {
    return Map.of(
        "description",
        "Refused or failed; the reasons are listed at /errors.",
        "content",
        Map.of("application/problem+json", Map.of("schema", Map.of("$ref", PROBLEM))));
  }

  private static Map<String, Object> watch() {
    Map<String, Object> topic = new LinkedHashMap<>();
    topic.put("name", "topic");
    topic.put("in", "query");
    topic.put("required", true);
    topic.put("explode", true);
    topic.put(
        "description",
        "What to watch: T stands for the path `/v1/T:watch`. 1 to 20, each given as `topic=T`.");
    topic.put(
        "schema",
        Map.of("type", "array", "items", Map.of("type", "string"), "minItems", 1, "maxItems", 20));
    topic.put("example", List.of("customers/me/cart"));
    Map<String, Object> operation = new LinkedHashMap<>();
    operation.put("tags", List.of("Watch"));
    operation.put("operationId", "Watch");
    operation.put("summary", "Several streams as one");
    operation.put(
        "description",
        SSE
            + " `data` is `{\"topic\": T, \"<event>\": …}`. A topic that is refused gives the event `refused` with"
            + " `{\"topic\", \"problem\"}` while the others go on.");
    operation.put(
        "parameters",
        List.of(topic, header("Last-Event-ID", "The `id` of the last event dealt with.", false)));
    operation.put(
        "responses",
        Map.of(
            "200",
            Map.of(
                "description",
                "The events.",
                "content",
                Map.of("text/event-stream", Map.of("schema", Map.of("type", "string")))),
            "default",
            refused()));
    operation.put("security", List.of(Map.of("bearer", List.of())));
    return operation;
  }

  private static Map<String, Object> problem() {
    Map<String, Object> properties = new LinkedHashMap<>();
    properties.put("type", text("Where the reason is explained: `/errors#REASON`."));
    properties.put("title", text("The reason in words."));
    properties.put("status", Map.of("type", "integer", "description", "The HTTP status."));
    properties.put("detail", text("One sentence for people."));
    properties.put("reason", text("One of the reasons at /errors."));
    properties.put("domain", text("Who says so: `cart.filo`."));
    properties.put(
        "metadata",
        Map.of(
            "type",
            "object",
            "additionalProperties",
            Map.of("type", "string"),
            "description",
            "What the reason promises."));
    properties.put(
        "violations",
        Map.of(
            "type",
            "array",
            "description",
            "The fields that break their rules.",
            "items",
            Map.of(
                "type",
                "object",
                "properties",
                Map.of(
                    "field", text("The field's path."), "description", text("What is wrong.")))));
    properties.put("instance", text("The request's id."));
    Map<String, Object> schema = new LinkedHashMap<>();
    schema.put("type", "object");
    schema.put("description", "Why a call was refused (RFC 9457).");
    schema.put("properties", properties);
    schema.put(
        "examples",
        List.of(
            Map.of(
                "type",
                "/errors#ETAG_STALE",
                "title",
                "Etag stale",
                "status",
                412,
                "detail",
                "The cart has changed.",
                "reason",
                "ETAG_STALE",
                "domain",
                "api.filo",
                "metadata",
                Map.of("etag", "18"),
                "violations",
                List.of(),
                "instance",
                "5f1c")));
    return schema;
  }

  private static Map<String, Object> text(String description) {
    return Map.of("type", "string", "description", description);
  }

  private static Map<String, Object> security(URI publicUrl) {
    Map<String, Object> schemes = new LinkedHashMap<>();
    schemes.put(
        "bearer",
        Map.of(
            "type",
            "http",
            "scheme",
            "bearer",
            "bearerFormat",
            "JWT",
            "description",
            "A token from `POST /oauth2/token`."));
    String token = publicUrl.resolve("/oauth2/token").toString();
    schemes.put(
        "oauth2",
        Map.of(
            "type",
            "oauth2",
            "flows",
            Map.of(
                "authorizationCode",
                Map.of(
                    "authorizationUrl",
                    publicUrl.resolve("/oauth2/authorize").toString(),
                    "tokenUrl",
                    token,
                    "refreshUrl",
                    token,
                    "scopes",
                    Map.of()),
                "clientCredentials",
                Map.of("tokenUrl", token, "scopes", Map.of()))));
    return schemes;
  }
}
