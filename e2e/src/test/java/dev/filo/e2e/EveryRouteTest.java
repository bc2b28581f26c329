package dev.filo.e2e;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.DynamicTest.dynamicTest;

import com.google.api.AnnotationsProto;
import com.google.api.HttpRule;
import com.google.protobuf.DescriptorProtos.FileDescriptorSet;
import com.google.protobuf.ExtensionRegistry;
import dev.filo.proto.api.v1.MethodRule;
import dev.filo.proto.api.v1.Role;
import dev.filo.proto.api.v1.Rule;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Properties;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;

/**
 * Every route of the API, from its descriptors, called over HTTP by every role with real tokens:
 * whom its rule does not name is refused; and what is somebody else's is, for shoppers and stores,
 * as if it were not there. A new RPC is walked by itself.
 */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class EveryRouteTest extends ShopOverHttp {
  private static final Pattern VARIABLE = Pattern.compile("\\{([a-z_.]+)(?:=([^}]+))?}");
  private static final String NOBODYS = "nosuchthing000000000";
  private static final List<Route> ROUTES = routes();

  private final Map<Role, String> tokens = new EnumMap<>(Role.class);
  // What is somebody else's, by the collection it is in.
  private final Map<String, String> foreign = new java.util.TreeMap<>();
  private String otherStores = "";
  private SuiteProcess suite;

  /** A route as it is declared. */
  private record Route(String verb, String path, String method, MethodRule rule) {
    boolean isPublic() {
      return rule.getRolesList().contains(Role.ROLE_PUBLIC);
    }

    /** Each thing the path names by its pattern, {@code customers/*}, filled in. */
    String filled(java.util.function.UnaryOperator<String> names) {
      return VARIABLE
          .matcher(path)
          .replaceAll(found -> names.apply(found.group(2) == null ? "*" : found.group(2)));
    }

    @Override
    public String toString() {
      return verb + " " + path;
    }
  }

  private static List<Route> routes() {
    var known = ExtensionRegistry.newInstance();
    Rule.registerAllExtensions(known);
    AnnotationsProto.registerAllExtensions(known);
    var routes = new ArrayList<Route>();
    try (InputStream in = EveryRouteTest.class.getResourceAsStream("/filo/descriptors.binpb")) {
      for (var file : FileDescriptorSet.parseFrom(in, known).getFileList()) {
        for (var service : file.getServiceList()) {
          for (var method : service.getMethodList()) {
            var http = method.getOptions().getExtension(AnnotationsProto.http);
            var rule = method.getOptions().getExtension(Rule.rule);
            Stream.concat(Stream.of(http), http.getAdditionalBindingsList().stream())
                .filter(binding -> binding.getPatternCase() != HttpRule.PatternCase.PATTERN_NOT_SET)
                .forEach(binding -> routes.add(route(binding, method.getName(), rule)));
          }
        }
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return routes;
  }

  private static Route route(HttpRule binding, String method, MethodRule rule) {
    return switch (binding.getPatternCase()) {
      case GET -> new Route("GET", binding.getGet(), method, rule);
      case POST -> new Route("POST", binding.getPost(), method, rule);
      case PATCH -> new Route("PATCH", binding.getPatch(), method, rule);
      case PUT -> new Route("PUT", binding.getPut(), method, rule);
      case DELETE -> new Route("DELETE", binding.getDelete(), method, rule);
      case CUSTOM, PATTERN_NOT_SET -> throw new IllegalStateException(method);
    };
  }

  @BeforeAll
  void start(@TempDir Path data) throws IOException {
    suite =
        SuiteProcess.start(
            data,
            Map.of(
                "FILO_GATEWAY_RATE_PERADDRESS", "100000",
                "FILO_GATEWAY_RATE_PERADDRESSBURST", "100000",
                "FILO_GATEWAY_RATE_PERSUBJECT", "100000",
                "FILO_GATEWAY_RATE_PERSUBJECTBURST", "100000"));
    target = suite.target();
    var secrets = new Properties();
    try (var reader = Files.newBufferedReader(data.resolve("secrets.properties"))) {
      secrets.load(reader);
    }
    tokens.put(Role.ROLE_GUEST, guest("walker"));
    tokens.put(Role.ROLE_CUSTOMER, token("walker-" + run + "@example.com", ""));
    tokens.put(Role.ROLE_AGENT, staff("agent@filo.example"));
    tokens.put(Role.ROLE_STORE_STAFF, staff("milano@filo.example"));
    tokens.put(Role.ROLE_MANAGER, staff("manager@filo.example"));
    tokens.put(Role.ROLE_DEVICE, machine("till-milano-1", "till-secret"));
    tokens.put(
        Role.ROLE_SERVICE,
        machine("service-cart", Objects.requireNonNull(secrets.getProperty("service"))));
    live();
  }

  @AfterAll
  void stop() {
    suite.close();
  }

  private String machine(String client, String secret) {
    return tokens(
        "grant_type=client_credentials&client_id=" + client + "&client_secret=" + encode(secret));
  }

  /** Somebody else, with one of everything. */
  private void live() {
    var token = token("owner-" + run + "@example.com", "");
    var name = get(token, "/v1/customers/me").path("name").asString("");
    foreign.put("customers/*", name);
    foreign.put("customers/*/cart", name + "/cart");
    foreign.put("customers/*/consents", name + "/consents");
    foreign.put("customers/*/conversation", name + "/conversation");
    say(token, "Good morning");
    foreign.put("conversations/*", "conversations/" + name.substring(name.indexOf('/') + 1));
    foreign.put(
        "customers/*/sessions/*",
        get(token, "/v1/customers/me/sessions")
            .path("sessions")
            .path(0)
            .path("name")
            .asString("")
            .replace("customers/me", name));
    foreign.put("customers/*/exports/*", name + "/exports/" + NOBODYS);
    foreign.put("reservations/*", reserved(name, STORE));
    otherStores = elsewhere(name);
    foreign.put(
        "handoffs/*",
        ok(call(token, "POST", "/v1/handoffs", "{\"confirm\":true}")).path("name").asString(""));
    foreign.put(
        "waitlistEntries/*",
        ok(call(
                token,
                "POST",
                "/v1/waitlistEntries",
                json(Map.of("store", STORE, "sku", soldOut(), "quantity", 1))))
            .path("name")
            .asString(""));
    foreign.put("orders/*", ordered(token));
    assertThat(foreign.values()).doesNotContain("");
  }

  /** A reservation at a store, made by an agent; empty when the store has nothing. */
  private String reserved(String customer, String store) {
    for (int i = 0; i < 50; i++) {
      var answer =
          call(
              staff("agent@filo.example"),
              "POST",
              "/v1/reservations",
              json(
                  Map.of(
                      "customer",
                      customer,
                      "store",
                      store,
                      "lines",
                      List.of(Map.of("sku", Goods.next(), "quantity", 1)))));
      if (answer.status() == 200) {
        return answer.text("name");
      }
    }
    return "";
  }

  private String elsewhere(String customer) {
    for (var store : get("", "/v1/stores?pageSize=50").path("stores")) {
      var name = store.path("name").asString("");
      if (!name.equals(STORE) && store.path("pickup").asBoolean(false)) {
        var reservation = reserved(customer, name);
        if (!reservation.isEmpty()) {
          return reservation;
        }
      }
    }
    throw new AssertionError("no other store has anything");
  }

  /** Something the store has none of. */
  private String soldOut() {
    for (int i = 0; i < 200; i++) {
      var sku = Goods.next();
      var near =
          get(
              "",
              "/v1/availability:nearby?pageSize=100&latitude=45.4642&longitude=9.19&sku=" + sku);
      for (var place : near.path("locations")) {
        if (place.path("store").asString("").equals(STORE)
            && place.path("available").asInt(0) == 0) {
          return sku;
        }
      }
    }
    throw new AssertionError(STORE + " has everything");
  }

  private String ordered(String token) {
    for (int i = 0; i < 50; i++) {
      var id = "order" + i;
      var cart = apply(token, "add", Map.of("sku", Goods.next(), "quantity", 1), id);
      var line = cart.path("lines").path(0).path("id").asString("");
      apply(
          token,
          "chooseFulfilment",
          Map.of("line", line, "fulfilment", Map.of("kind", "SHIP")),
          id + "-way");
      var answer = checkout(token, "R");
      if (answer.status() == 200) {
        return answer.text("name");
      }
      apply(token, "remove", Map.of("line", line), id + "-out");
    }
    throw new AssertionError("nothing can be sent");
  }

  // ---- the walk

  /** What became of a call: nothing more is read of a stream than that it began. */
  private Answer walk(@Nullable String token, Route route, String path) {
    var request =
        request(token == null ? "" : token, route.verb, path, hasBody(route) ? "{}" : null);
    HttpResponse<InputStream> response = send(request, HttpResponse.BodyHandlers.ofInputStream());
    try (var body = response.body()) {
      boolean isProblem =
          response.headers().firstValue("content-type").orElse("").contains("problem+json");
      return new Answer(
          response.statusCode(),
          isProblem
              ? JSON.readTree(new String(body.readAllBytes(), StandardCharsets.UTF_8))
              : JSON.createObjectNode());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static boolean hasBody(Route route) {
    return !route.verb.equals("GET") && !route.verb.equals("DELETE");
  }

  private static String nobodys(String pattern) {
    return pattern.startsWith("stores/")
        ? pattern.replaceFirst("stores/\\*", STORE)
        : pattern.replace("*", NOBODYS);
  }

  private static boolean isRefused(Answer answer) {
    return answer.status() == 401
        || (answer.status() == 403 && answer.text("reason").equals("ROLE_NOT_ALLOWED"));
  }

  @Test
  void thereAreAllRoutes() {
    assertThat(ROUTES).hasSizeGreaterThan(90);
    assertThat(ROUTES)
        .allSatisfy(route -> assertThat(route.rule.getRolesList()).as("%s", route).isNotEmpty());
  }

  @TestFactory
  Stream<DynamicTest> letsInWhomItsRuleNamesAndNobodyElse() {
    return ROUTES.stream()
        .map(
            route ->
                dynamicTest(
                    route.toString(),
                    () -> {
                      var path = route.filled(EveryRouteTest::nobodys);
                      var nobody = walk(null, route, path);
                      if (route.isPublic()) {
                        assertThat(isRefused(nobody)).as("nobody: %s", nobody).isFalse();
                      } else {
                        assertThat(nobody.status()).as("nobody: %s", nobody).isEqualTo(401);
                        assertThat(nobody.text("reason")).isEqualTo("TOKEN_MISSING");
                      }
                      for (var role : tokens.keySet()) {
                        var answer = walk(tokens.get(role), route, path);
                        boolean allowed =
                            route.isPublic() || route.rule.getRolesList().contains(role);
                        assertThat(isRefused(answer))
                            .as("%s is refused: %s", role, answer)
                            .isEqualTo(!allowed);
                        assertThat(answer.status()).as("%s: %s", role, answer).isLessThan(500);
                      }
                    }));
  }

  @TestFactory
  Stream<DynamicTest> whatIsSomebodyElses_isAsIfItWereNotThere() {
    return ROUTES.stream()
        .filter(route -> !route.isPublic())
        .filter(route -> foreign.containsKey(pattern(route)))
        .map(
            route ->
                dynamicTest(
                    route.toString(),
                    () -> {
                      var theirs = Objects.requireNonNull(foreign.get(pattern(route)));
                      for (var role : List.of(Role.ROLE_GUEST, Role.ROLE_CUSTOMER)) {
                        if (route.rule.getRolesList().contains(role)) {
                          assertAsMissing(role, route, theirs);
                        }
                      }
                      for (var role : List.of(Role.ROLE_STORE_STAFF, Role.ROLE_DEVICE)) {
                        if (route.rule.getRolesList().contains(role)
                            && pattern(route).equals("reservations/*")) {
                          assertAsMissing(role, route, otherStores);
                        }
                      }
                    }));
  }

  private void assertAsMissing(Role role, Route route, String theirs) {
    var missing = missing(theirs);
    var one = walk(tokens.get(role), route, route.filled(pattern -> theirs));
    var other = walk(tokens.get(role), route, route.filled(pattern -> missing));
    assertThat(one.status()).as("%s: %s", role, one).isBetween(400, 499);
    if (!hasBody(route)) { // else the empty body may be what is wrong with both
      assertThat(one.status()).as("%s: %s", role, one).isEqualTo(404);
    }
    assertThat(one.status()).as("%s: %s", role, one).isEqualTo(other.status());
    assertThat(said(one, theirs)).as("%s", role).isEqualTo(said(other, missing));
    assertThat(isRefused(one)).as("%s would be told that it is there: %s", role, one).isFalse();
  }

  /** The problem without the name and the number of the incident. */
  private static String said(Answer answer, String name) {
    var problem = (tools.jackson.databind.node.ObjectNode) answer.body().deepCopy();
    problem.remove(List.of("instance", "requestId", "incident"));
    var id = name.split("/")[1];
    return problem.toString().replace(name, "NAME").replace(id, "ID");
  }

  /** A name of the same shape that nothing has. */
  private static String missing(String name) {
    var parts = name.split("/");
    parts[1] = new StringBuilder(parts[1]).reverse().toString();
    return String.join("/", parts);
  }

  private static String pattern(Route route) {
    var found = VARIABLE.matcher(route.path);
    return found.find() && found.group(2) != null ? found.group(2) : "";
  }
}
