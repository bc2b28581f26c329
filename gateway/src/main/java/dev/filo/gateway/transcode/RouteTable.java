package dev.filo.gateway.transcode;

import com.google.api.AnnotationsProto;
import com.google.api.HttpRule;
import com.google.protobuf.Descriptors.FieldDescriptor;
import dev.filo.gateway.problem.Problem;
import dev.filo.gateway.transcode.Route.Match;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/** All HTTP bindings of all methods; finds the one a request means. Immutable. */
public final class RouteTable {
  private final List<Route> routes;
  private final Map<String, List<Route>> byVerb;

  private RouteTable(List<Route> routes) {
    this.routes = List.copyOf(routes);
    Map<String, List<Route>> sorted = new HashMap<>();
    for (Route each : routes) {
      sorted.computeIfAbsent(key(each.path().verb()), k -> new ArrayList<>()).add(each);
    }
    // A literal is meant before a wildcard: '*' sorts before letters, so the order is reversed.
    sorted.values().forEach(list -> list.sort(Comparator.comparing(RouteTable::rank)));
    this.byVerb = sorted;
  }

  /**
   * Reads the bindings of the methods.
   *
   * @throws IllegalStateException when a binding is damaged, names a field that is not there, says
   *     the same as another or is a method's that takes a stream of requests; its message is a
   *     sentence for whoever changed the proto
   */
  public static RouteTable of(List<ApiMethod> methods) {
    List<Route> routes = new ArrayList<>();
    Map<String, Route> shapes = new LinkedHashMap<>();
    for (ApiMethod method : methods) {
      if (!method.descriptor().getOptions().hasExtension(AnnotationsProto.http)) {
        continue;
      }
      if (!method.grpc().getType().clientSendsOneMessage()) {
        throw new IllegalStateException(
            "Method "
                + method.descriptor().getFullName()
                + " takes a stream of requests; HTTP has one. Bind a method of one request.");
      }
      HttpRule rule = method.descriptor().getOptions().getExtension(AnnotationsProto.http);
      List<HttpRule> rules = new ArrayList<>();
      rules.add(rule);
      rules.addAll(rule.getAdditionalBindingsList());
      for (HttpRule each : rules) {
        Route route = route(method, each);
        Route same = shapes.putIfAbsent(route.verb() + " " + route.path().shape(), route);
        if (same != null) {
          throw new IllegalStateException(
              "Two bindings take the same requests: " + same + " and " + route + ".");
        }
        routes.add(route);
      }
    }
    return new RouteTable(routes);
  }

  /** Every route, in the order of the files. */
  public List<Route> routes() {
    return routes;
  }

  /**
   * Finds the route for a request.
   *
   * @param rawPath the path as it came, percent-encoded
   * @throws dev.filo.gateway.problem.ProblemException PATH_UNKNOWN, or METHOD_NOT_ALLOWED when the
   *     path is known with other HTTP methods
   */
  public Match find(String httpMethod, String rawPath) {
    Match match = seek(httpMethod, rawPath);
    if (match != null) {
      return match;
    }
    Set<String> allowed = allowed(rawPath);
    if (allowed.isEmpty()) {
      throw Problem.of(404, "PATH_UNKNOWN", "Nothing is at this path. /api lists what there is.")
          .exception();
    }
    String allow = String.join(", ", allowed);
    throw Problem.of(405, "METHOD_NOT_ALLOWED", "This path takes other methods: " + allow + ".")
        .with("allow", allow)
        .withHeader("Allow", allow)
        .exception();
  }

  /** Finds the route for a request; nothing when there is none. */
  public @Nullable Match seek(String httpMethod, String rawPath) {
    Parts parts = Parts.of(rawPath);
    for (Route each : byVerb.getOrDefault(key(parts.verb), List.of())) {
      if (each.verb().equals(httpMethod)) {
        Map<String, String> variables = new HashMap<>();
        if (each.path().match(parts.segments, parts.verb, variables)) {
          return new Match(each, variables);
        }
      }
    }
    return null;
  }

  /** The HTTP methods a path takes, sorted; empty when the path is unknown. */
  public Set<String> allowed(String rawPath) {
    Parts parts = Parts.of(rawPath);
    Set<String> allowed = new TreeSet<>();
    for (Route each : byVerb.getOrDefault(key(parts.verb), List.of())) {
      if (each.path().match(parts.segments, parts.verb, new HashMap<>())) {
        allowed.add(each.verb());
        if (each.verb().equals("GET")) {
          allowed.add("HEAD");
        }
      }
    }
    return allowed;
  }

  private record Parts(List<String> segments, @Nullable String verb) {
    static Parts of(String rawPath) {
      String path = rawPath.startsWith("/") ? rawPath.substring(1) : rawPath;
      int colon = path.lastIndexOf(':');
      String verb = null;
      if (colon > path.lastIndexOf('/')) {
        verb = path.substring(colon + 1);
        path = path.substring(0, colon);
      }
      return new Parts(List.of(path.split("/", -1)), verb);
    }
  }

  private static String key(@Nullable String verb) {
    return verb == null ? "" : verb;
  }

  private static String rank(Route route) {
    StringBuilder rank = new StringBuilder();
    for (String each : route.path().segments()) {
      rank.append(each.equals("**") ? '3' : each.equals("*") ? '2' : '1').append(each).append('/');
    }
    return rank.toString();
  }

  private static Route route(ApiMethod method, HttpRule rule) {
    String name = method.descriptor().getFullName();
    String verb;
    String source;
    switch (rule.getPatternCase()) {
      case GET -> {
        verb = "GET";
        source = rule.getGet();
      }
      case PUT -> {
        verb = "PUT";
        source = rule.getPut();
      }
      case POST -> {
        verb = "POST";
        source = rule.getPost();
      }
      case DELETE -> {
        verb = "DELETE";
        source = rule.getDelete();
      }
      case PATCH -> {
        verb = "PATCH";
        source = rule.getPatch();
      }
      case CUSTOM -> {
        verb = rule.getCustom().getKind().toUpperCase(java.util.Locale.ROOT);
        source = rule.getCustom().getPath();
      }
      default -> throw new IllegalStateException("The binding of " + name + " has no path.");
    }
    PathTemplate path;
    try {
      path = PathTemplate.parse(source);
    } catch (IllegalArgumentException e) {
      throw new IllegalStateException("The binding of " + name + ": " + e.getMessage() + ".", e);
    }
    Set<String> bound = new LinkedHashSet<>();
    for (PathTemplate.Variable each : path.variables()) {
      if (!bound.add(each.field())) {
        throw new IllegalStateException(
            "The binding of " + name + " names " + each.field() + " twice.");
      }
      FieldDescriptor field = Fields.resolve(method.descriptor().getInputType(), each.field());
      if (field == null
          || field.isRepeated()
          || field.getJavaType() == FieldDescriptor.JavaType.MESSAGE) {
        throw new IllegalStateException(
            "The binding of "
                + name
                + " names "
                + each.field()
                + ", which is no single plain field of "
                + method.descriptor().getInputType().getFullName()
                + ".");
      }
    }
    if (!rule.getResponseBody().isEmpty()) {
      throw new IllegalStateException(
          "The binding of " + name + " has a response_body, which the gateway does not do.");
    }
    FieldDescriptor bodyField = null;
    String body = rule.getBody();
    if (!body.isEmpty() && (verb.equals("GET") || verb.equals("DELETE"))) {
      throw new IllegalStateException(
          "The binding of " + name + " gives a body to " + verb + ", which carries none.");
    }
    if (!body.isEmpty() && !body.equals("*")) {
      bodyField = method.descriptor().getInputType().findFieldByName(body);
      if (bodyField == null
          || bodyField.isRepeated()
          || bodyField.getJavaType() != FieldDescriptor.JavaType.MESSAGE) {
        throw new IllegalStateException(
            "The binding of " + name + " has body " + body + ", which is no message field.");
      }
    }
    if (method.grpc().getType().clientSendsOneMessage()) {
      return new Route(verb, path, method, body, bodyField);
    }
    throw new IllegalStateException(
        "The binding of " + name + " is for a client stream, which HTTP/JSON cannot carry.");
  }
}
