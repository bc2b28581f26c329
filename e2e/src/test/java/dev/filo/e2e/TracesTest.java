package dev.filo.e2e;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.filo.e2e.TraceReceiver.Seen;
import dev.filo.proto.catalog.v1.CatalogServiceGrpc;
import dev.filo.proto.catalog.v1.ListStoresRequest;
import io.grpc.Metadata;
import io.grpc.netty.NettyChannelBuilder;
import io.grpc.stub.MetadataUtils;
import io.opentelemetry.proto.trace.v1.Span.SpanKind;
import java.net.URI;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.util.Base64;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ThreadLocalRandom;
import java.util.function.Predicate;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;

/**
 * What a browser's request leads to is one trace, down to the database, with nothing personal in
 * it. The suite itself samples nothing here, so that only what a caller decides is seen.
 */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class TracesTest extends ShopOverHttp {
  private static final String CART = "filo.cart.v1.CartService/";
  private static final String CATALOG = "filo.catalog.v1.CatalogService/";
  private static final Set<String> ATTRIBUTES =
      Set.of(
          "http.request.method",
          "http.route",
          "http.response.status_code",
          "rpc.system",
          "rpc.service",
          "rpc.method",
          "rpc.grpc.status_code",
          "db.system.name",
          "db.operation.name",
          "db.namespace",
          "db.collection.name");

  private final Set<String> wanted = ConcurrentHashMap.newKeySet();
  private final TraceReceiver receiver = TraceReceiver.start();
  private SuiteProcess suite;

  @BeforeAll
  void start(@TempDir Path data) {
    suite =
        SuiteProcess.start(
            data, Map.of("FILO_TRACES_ENDPOINT", receiver.endpoint(), "FILO_TRACES_RATIO", "0"));
    target = suite.target();
  }

  @AfterAll
  void stop() {
    suite.close();
    receiver.close();
  }

  @Test
  void cartChange_isOneTraceFromTheBrowserToTheDatabase() {
    var email = "traced-" + run + "@example.com";
    var token = token(email, "");
    var sku = Goods.next();
    var operation = UUID.randomUUID().toString();
    var change =
        json(
            Map.of(
                "operations",
                List.of(Map.of("id", operation, "add", Map.of("sku", sku, "quantity", 1)))));

    // One that says it is not to be traced, and one that says nothing.
    var unwanted = random(16);
    assertThat(get(token, "00-" + unwanted + "-" + random(8) + "-00", "/v1/customers/me/cart"))
        .isEqualTo(200);
    get(token, "/v1/customers/me/cart");

    var trace = wanted();
    var browser = random(8);
    var answer =
        send(
            HttpRequest.newBuilder(
                    request(token, "POST", "/v1/customers/me/cart:apply", change),
                    (name, value) -> true)
                .header("traceparent", "00-" + trace + "-" + browser + "-01")
                .header("tracestate", "shop=" + email.replace('@', '.'))
                .build(),
            HttpResponse.BodyHandlers.ofString());
    assertThat(answer.statusCode()).as(answer.body()).isEqualTo(200);

    await()
        .atMost(PATIENCE)
        .untilAsserted(
            () -> {
              var spans = receiver.of(trace);
              var edge =
                  only(
                      spans, SpanKind.SPAN_KIND_SERVER, "gateway", name -> name.startsWith("POST"));
              assertThat(edge.span().getName()).isEqualTo("POST /v1/{name=customers/*/cart}:apply");
              assertThat(edge.parent()).isEqualTo(browser);

              var asked = child(spans, edge, SpanKind.SPAN_KIND_CLIENT, "gateway", CART);
              var cart = child(spans, asked, SpanKind.SPAN_KIND_SERVER, "cart", CART);
              var asks = child(spans, cart, SpanKind.SPAN_KIND_CLIENT, "cart", CATALOG);
              var catalog = child(spans, asks, SpanKind.SPAN_KIND_SERVER, "catalog", CATALOG);
              assertThat(catalog.span().getEndTimeUnixNano())
                  .isGreaterThanOrEqualTo(catalog.span().getStartTimeUnixNano());

              var read = child(spans, cart, SpanKind.SPAN_KIND_CLIENT, "cart", "find carts");
              assertThat(read.attribute("db.operation.name")).isEqualTo("find");
              var stored = child(spans, cart, SpanKind.SPAN_KIND_CLIENT, "cart", "insert carts");
              assertThat(stored.attribute("db.collection.name")).isEqualTo("carts");
              assertThat(stored.attribute("db.system.name")).isEqualTo("mongodb");
            });

    assertThat(receiver.spans())
        .extracting(Seen::trace)
        .doesNotContain(unwanted)
        .isSubsetOf(wanted);
    assertImpersonal(receiver.of(trace), email, token, sku, operation);
  }

  @Test
  void watching_isInTheTraceAsLongAsItLasts() throws Exception {
    var token = guest("traced-" + run);
    var trace = wanted();
    var opened =
        http.send(
            HttpRequest.newBuilder(URI.create(target + "/v1/customers/me/cart:watch"))
                .header("Authorization", "Bearer " + token)
                .header("traceparent", "00-" + trace + "-" + random(8) + "-01")
                .build(),
            HttpResponse.BodyHandlers.ofInputStream());
    assertThat(opened.statusCode()).isEqualTo(200);
    try (var events = opened.body()) {
      assertThat(events.read()).isNotNegative();
    }
    await()
        .atMost(PATIENCE)
        .untilAsserted(
            () -> {
              var spans = receiver.of(trace);
              var edge =
                  only(spans, SpanKind.SPAN_KIND_SERVER, "gateway", name -> name.startsWith("GET"));
              var asked = child(spans, edge, SpanKind.SPAN_KIND_CLIENT, "gateway", CART);
              child(spans, asked, SpanKind.SPAN_KIND_SERVER, "cart", CART);
            });
    assertImpersonal(receiver.of(trace), token);
  }

  @Test
  void token_isInTheTraceOfWhoAskedForIt() {
    var trace = wanted();
    var browser = random(8);
    var answer =
        send(
            HttpRequest.newBuilder(URI.create(target + "/oauth2/token"))
                .header("Content-Type", "application/x-www-form-urlencoded")
                .header("traceparent", "00-" + trace + "-" + browser + "-01")
                .POST(
                    HttpRequest.BodyPublishers.ofString(
                        "grant_type=urn%3Afilo%3Aoauth%3Aguest&client_id=shop-web"))
                .build(),
            HttpResponse.BodyHandlers.ofString());
    assertThat(answer.statusCode()).as(answer.body()).isEqualTo(200);
    await()
        .atMost(PATIENCE)
        .untilAsserted(
            () -> {
              var spans = receiver.of(trace);
              var edge =
                  only(
                      spans, SpanKind.SPAN_KIND_SERVER, "gateway", name -> name.startsWith("POST"));
              assertThat(edge.parent()).isEqualTo(browser);
              var identity =
                  child(spans, edge, SpanKind.SPAN_KIND_SERVER, "identity", "POST /oauth2/token");
              assertThat(identity.attribute("http.route")).isEqualTo("/oauth2/token");
            });
    assertImpersonal(receiver.of(trace), answer.body());
  }

  @Test
  void tillsCall_isInTheTrace() {
    var trace = wanted();
    var till = random(8);
    var headers = new Metadata();
    headers.put(
        Metadata.Key.of("traceparent", Metadata.ASCII_STRING_MARSHALLER),
        "00-" + trace + "-" + till + "-01");
    var channel = NettyChannelBuilder.forTarget(suite.door()).usePlaintext().build();
    try {
      var stores =
          CatalogServiceGrpc.newBlockingStub(channel)
              .withInterceptors(MetadataUtils.newAttachHeadersInterceptor(headers))
              .listStores(ListStoresRequest.getDefaultInstance());
      assertThat(stores.getStoresCount()).isPositive();
    } finally {
      channel.shutdownNow();
    }
    await()
        .atMost(PATIENCE)
        .untilAsserted(
            () -> {
              var spans = receiver.of(trace);
              var edge =
                  only(
                      spans,
                      SpanKind.SPAN_KIND_SERVER,
                      "gateway",
                      name -> name.equals(CATALOG + "ListStores"));
              assertThat(edge.parent()).isEqualTo(till);
              var asked = child(spans, edge, SpanKind.SPAN_KIND_CLIENT, "gateway", CATALOG);
              child(spans, asked, SpanKind.SPAN_KIND_SERVER, "catalog", CATALOG);
            });
    assertImpersonal(receiver.of(trace));
  }

  /** Only what is known to be harmless is in any span, and nothing of what the test sent. */
  private static void assertImpersonal(List<Seen> spans, String... said) {
    for (var seen : spans) {
      assertThat(seen.span().getTraceState()).isEmpty();
      assertThat(seen.span().getEventsList()).isEmpty();
      assertThat(seen.span().getStatus().getMessage()).isEmpty();
      for (var attribute : seen.span().getAttributesList()) {
        assertThat(attribute.getKey()).isIn(ATTRIBUTES);
      }
      var text = seen.span().getName() + seen.span().getAttributesList();
      assertThat(text).doesNotContain("@", "customers/me", "127.0.0.1");
      for (var each : said) {
        assertThat(text).doesNotContain(each);
        if (each.startsWith("ey")) {
          assertThat(text).doesNotContain(subject(each));
        }
      }
    }
  }

  private static String subject(String token) {
    var claims = JSON.readTree(Base64.getUrlDecoder().decode(token.split("\\.")[1]));
    var subject = claims.path("sub").asString("");
    assertThat(subject).isNotEmpty();
    return subject.substring(subject.lastIndexOf('/') + 1);
  }

  private static Seen child(
      List<Seen> spans, Seen parent, SpanKind kind, String service, String name) {
    return only(
        spans.stream().filter(each -> each.parent().equals(parent.id())).toList(),
        kind,
        service,
        each -> each.startsWith(name));
  }

  private static Seen only(
      List<Seen> spans, SpanKind kind, String service, Predicate<String> name) {
    var found =
        spans.stream()
            .filter(each -> each.span().getKind() == kind)
            .filter(each -> each.service().equals(service))
            .filter(each -> name.test(each.span().getName()))
            .toList();
    assertThat(found).as("of %s", spans).isNotEmpty();
    return found.getFirst();
  }

  private int get(String token, String traceparent, String path) {
    return send(
            HttpRequest.newBuilder(URI.create(target + path))
                .header("Authorization", "Bearer " + token)
                .header("traceparent", traceparent)
                .build(),
            HttpResponse.BodyHandlers.discarding())
        .statusCode();
  }

  /** A trace that a browser wants; of all that come here none is another. */
  private String wanted() {
    var trace = random(16);
    wanted.add(trace);
    return trace;
  }

  private static String random(int bytes) {
    var id = new byte[bytes];
    ThreadLocalRandom.current().nextBytes(id);
    id[0] = (byte) (id[0] | 1); // all zeros are no id
    return HexFormat.of().formatHex(id);
  }
}
