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
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Predicate;
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

  private static final Set<Role> SHOPPERS = Set.of(Role.ROLE_GUEST, Role.ROLE_CUSTOMER);
  private static final Set<Role> STORES = Set.of(Role.ROLE_STORE_STAFF, Role.ROLE_DEVICE);
  // Every store knows customers, and what any other store has.
  private static final Set<String> OF_ALL_STORES =
      Set.of("customers/*", "stockLevels/*", "stockItems/*");
  // What a call needs to get as far as whose the thing is; others need nothing.
  private static final Map<String, Map<String, ?>> BODIES =
      Map.ofEntries(
          Map.entry("ApplyCartOperations", operations()),
          Map.entry("ReplayCartOperations", operations()),
          Map.entry("RevokeCartLink", Map.of("link", "cartLinks/" + NOBODYS)),
          Map.entry("TakeCartLink", Map.of("link", "cartLinks/" + NOBODYS)),
          Map.entry("CheckoutCart", Map.of("payment", "PAY_IN_STORE")),
          Map.entry("SendMessage", Map.of("text", "Good morning")),
          Map.entry("UpdateCustomer", Map.of("givenName", "Ada")),
          Map.entry(
              "UpdateConsent",
              Map.of(
                  "purpose",
                  "PURPOSE_OFFERS",
                  "channel",
                  "CHANNEL_EMAIL",
                  "granted",
                  true,
                  "proof",
                  "asked")),
          Map.entry("CreatePasskey", Map.of("registration", NOBODYS, "credentialJson", "{}")),
          Map.entry("ExtendReservation", Map.of("untilDuration", "3600s")),
          Map.entry("RefuseReservation", Map.of("reason", "It is not there")),
          Map.entry("CollectPickup", Map.of("pickupCode", "NOSUCH")),
          Map.entry("CompletePutBack", Map.of("reservation", "reservations/" + NOBODYS)));

  private static Map<String, ?> operations() {
    return Map.of(
        "operations",
        List.of(Map.of("id", "walk", "add", Map.of("sku", "NOSUCHTHING", "quantity", 1))));
  }

  private final Map<Role, String> tokens = new EnumMap<>(Role.class);
  // What is somebody else's, and what is another store's, by the collection it is in.
  private final Map<String, String> foreign = new TreeMap<>();
  private final Map<String, String> otherStores = new TreeMap<>();
  private String link = "";
  private SuiteProcess suite;

  /** A route as it is declared. */
  private record Route(String verb, String path, String method, MethodRule rule) {
    /** True when it names a thing, and some may name only their own. */
    boolean isOfSomebody() {
      return path.contains("{")
          && !isPublic()
          && rule.getRolesList().stream()
              .anyMatch(role -> SHOPPERS.contains(role) || STORES.contains(role));
    }

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
    foreign.put("customers/*/passkeys/*", name + "/passkeys/" + NOBODYS);
    foreign.put("reservations/*", reserved(name, STORE));
    var elsewhere = elsewhere(name);
    otherStores.put("reservations/*", elsewhere.getValue());
    otherStores.put("stores/*", elsewhere.getKey());
    otherStores.put("stores/*/pickList", elsewhere.getKey() + "/pickList");
    otherStores.put("stores/*/putBackList", elsewhere.getKey() + "/putBackList");
    foreign.put(
        "handoffs/*",
        ok(call(token, "POST", "/v1/handoffs", "{\"confirm\":true}")).path("name").asString(""));
    foreign.put("waitlistEntries/*", waiting(token, STORE::equals));
    otherStores.put("waitlistEntries/*", waiting(token, store -> !store.equals(STORE)));
    apply(token, "add", Map.of("sku", Goods.next(), "quantity", 1), "shared");
    link = ok(call(token, "POST", "/v1/customers/me/cart:share", "{}")).path("name").asString("");
    apply(token, "remove", Map.of("line", line(token)), "unshared");
    foreign.put("orders/*", ordered(token));
    assertThat(foreign.values()).doesNotContain("");
    assertThat(otherStores.values()).doesNotContain("");
    assertThat(link).isNotEmpty();
  }

  private String line(String token) {
    return get(token, "/v1/customers/me/cart").path("lines").path(0).path("id").asString("");
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

  /** Another store, and a reservation there. */
  private Map.Entry<String, String> elsewhere(String customer) {
    for (var store : get("", "/v1/stores?pageSize=50").path("stores")) {
      var name = store.path("name").asString("");
      if (!name.equals(STORE) && store.path("pickup").asBoolean(false)) {
        var reservation = reserved(customer, name);
        if (!reservation.isEmpty()) {
          return Map.entry(name, reservation);
        }
      }
    }
    throw new AssertionError("no other store has anything");
  }

  /** A place in the line for something that a store has none of. */
  private String waiting(String token, Predicate<String> where) {
    for (int i = 0; i < 200; i++) {
      var sku = Goods.next();
      var near =
          get(
              "",
              "/v1/availability:nearby?pageSize=100&latitude=45.4642&longitude=9.19&sku=" + sku);
      for (var place : near.path("locations")) {
        var store = place.path("store").asString("");
        if (!store.isEmpty() && where.test(store) && place.path("available").asInt(0) == 0) {
          var asked = json(Map.of("store", store, "sku", sku, "quantity", 1));
          var answer = call(token, "POST", "/v1/waitlistEntries", asked);
          if (answer.status() == 200) {
            return answer.text("name");
          }
        }
      }
    }
    throw new AssertionError("everything is there");
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
  private Answer walk(@Nullable String token, Route route, String path, String content) {
    var request =
        request(token == null ? "" : token, route.verb, path, hasBody(route) ? content : null);
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
                      var nobody = walk(null, route, path, "{}");
                      if (route.isPublic()) {
                        assertThat(isRefused(nobody)).as("nobody: %s", nobody).isFalse();
                      } else {
                        assertThat(nobody.status()).as("nobody: %s", nobody).isEqualTo(401);
                        assertThat(nobody.text("reason")).isEqualTo("TOKEN_MISSING");
                      }
                      for (var role : tokens.keySet()) {
                        var answer = walk(tokens.get(role), route, path, "{}");
                        boolean allowed =
                            route.isPublic() || route.rule.getRolesList().contains(role);
                        assertThat(isRefused(answer))
                            .as("%s is refused: %s", role, answer)
                            .isEqualTo(!allowed);
                        assertThat(answer.status()).as("%s: %s", role, answer).isLessThan(500);
                      }
                    }));
  }

  /** A thing nobody has here fails: say in {@link #live} what is somebody else's. */
  @TestFactory
  Stream<DynamicTest> whatIsSomebodyElses_isAsIfItWereNotThere() {
    return ROUTES.stream()
        .filter(Route::isOfSomebody)
        .map(
            route ->
                dynamicTest(
                    route.toString(),
                    () -> {
                      for (var role : route.rule.getRolesList()) {
                        if (SHOPPERS.contains(role)) {
                          assertNotHers(role, route);
                        } else if (STORES.contains(role)) {
                          assertNotTheStores(role, route);
                        }
                      }
                    }));
  }

  private void assertNotHers(Role role, Route route) {
    var theirs = foreign.get(pattern(route));
    assertThat(theirs).as("somebody else's %s", pattern(route)).isNotNull();
    assertAsMissing(role, route, Objects.requireNonNull(theirs));
    if (theirs.matches("customers/[^/]+/[^/]+/[^/]+")) { // nor as if it were one of her own
      assertAsMissing(role, route, theirs.replaceFirst("customers/[^/]+", "customers/me"));
    }
  }

  private void assertNotTheStores(Role role, Route route) {
    var pattern = pattern(route);
    if (OF_ALL_STORES.contains(pattern)) {
      return;
    }
    var theirs = otherStores.get(pattern);
    assertThat(theirs).as("another store's %s", pattern).isNotNull();
    if (pattern.startsWith("stores/")) { // everybody knows which stores there are
      var answer = walk(tokens.get(role), route, route.filled(all -> theirs), body(route));
      assertThat(isRefused(answer)).as("%s: %s", role, answer).isTrue();
    } else {
      assertAsMissing(role, route, Objects.requireNonNull(theirs));
    }
  }

  private static String body(Route route) {
    return json(BODIES.getOrDefault(route.method, Map.of()));
  }

  private void assertAsMissing(Role role, Route route, String theirs) {
    var missing = missing(theirs);
    var one = walk(tokens.get(role), route, route.filled(pattern -> theirs), body(route));
    var other = walk(tokens.get(role), route, route.filled(pattern -> missing), body(route));
    assertThat(one.status()).as("%s: %s", role, one).isEqualTo(404);
    assertThat(other.status()).as("%s: %s", role, other).isEqualTo(404);
    assertThat(said(one, theirs)).as("%s", role).isEqualTo(said(other, missing));
  }

  @Test
  void aLinkOfSomebodyElses_endsForNobodyElse() {
    var walker = Objects.requireNonNull(tokens.get(Role.ROLE_CUSTOMER));
    var missing = missing(link);
    var one = revoke(walker, link);
    var other = revoke(walker, missing);
    assertThat(one.status()).as("%s", one).isEqualTo(404);
    assertThat(said(one, link)).isEqualTo(said(other, missing));
    assertThat(get("", "/v1/" + link).path("name").asString("")).isEqualTo(link);
  }

  private Answer revoke(String token, String name) {
    return call(token, "POST", "/v1/customers/me/cart/links:revoke", json(Map.of("link", name)));
  }

  /** The problem without the name and the number of the incident. */
  private static String said(Answer answer, String name) {
    var problem = (tools.jackson.databind.node.ObjectNode) answer.body().deepCopy();
    problem.remove(List.of("instance", "requestId", "incident"));
    var parts = name.split("/");
    var id = parts[place(parts)];
    return problem.toString().replace(name, "NAME").replace(id, "ID");
  }

  /** A name of the same shape that nothing has. */
  private static String missing(String name) {
    var parts = name.split("/");
    parts[place(parts)] = new StringBuilder(parts[place(parts)]).reverse().toString();
    return String.join("/", parts);
  }

  /** Where in a name it is said whose a thing is, or, of one's own, which. */
  private static int place(String[] parts) {
    return parts[1].equals("me") ? parts.length - 1 : 1;
  }

  private static String pattern(Route route) {
    var found = VARIABLE.matcher(route.path);
    return found.find() && found.group(2) != null ? found.group(2) : "";
  }
}
