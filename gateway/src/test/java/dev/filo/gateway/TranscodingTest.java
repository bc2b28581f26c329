package dev.filo.gateway;

import static dev.filo.gateway.FakeServices.refusal;
import static dev.filo.gateway.RunningGateway.json;
import static dev.filo.gateway.RunningGateway.reason;
import static dev.filo.gateway.RunningGateway.take;
import static org.assertj.core.api.Assertions.assertThat;

import com.google.api.HttpBody;
import com.google.protobuf.ByteString;
import com.google.protobuf.Duration;
import com.google.rpc.BadRequest;
import com.google.rpc.RetryInfo;
import dev.filo.gateway.FakeServices.Call;
import dev.filo.proto.cart.v1.ApplyCartOperationsRequest;
import dev.filo.proto.cart.v1.Cart;
import dev.filo.proto.cart.v1.GetCartRequest;
import dev.filo.proto.catalog.v1.ListStoresRequest;
import dev.filo.proto.catalog.v1.ListStoresResponse;
import dev.filo.proto.catalog.v1.SearchProductsRequest;
import dev.filo.proto.catalog.v1.SearchProductsResponse;
import dev.filo.proto.identity.v1.Customer;
import dev.filo.proto.identity.v1.UpdateCustomerRequest;
import dev.filo.proto.reservation.v1.CreateReservationRequest;
import dev.filo.proto.reservation.v1.ListReservationsRequest;
import dev.filo.proto.reservation.v1.ListReservationsResponse;
import dev.filo.proto.reservation.v1.Reservation;
import io.grpc.Status;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

@Timeout(60)
class TranscodingTest {
  private static final String CART = "/v1/customers/me/cart";
  private static final String APPLY = CART + ":apply";

  private RunningGateway gateway;
  private FakeServices services;

  @BeforeEach
  void forget() {
    gateway = RunningGateway.get();
    services = gateway.services;
    services.answer = request -> Cart.newBuilder().setEtag("9").build();
  }

  @AfterEach
  void release() {
    services.hanging = new CountDownLatch(0);
  }

  @Test
  void get_pathVariable_andEmptyFieldsInAnswer() {
    HttpResponse<String> response =
        gateway.send(
            gateway
                .mine(CART)
                .header("Accept-Language", "it")
                .header("x-filo-client-address", "6.6.6.6")
                .header("X-Request-Id", "req-1"));
    assertThat(response.statusCode()).isEqualTo(200);
    assertThat(json(response).path("lines").isArray()).isTrue();
    assertThat(json(response).path("itemCount").asInt(-1)).isZero();
    assertThat(json(response).has("total")).isFalse();
    assertThat(response.headers().firstValue("etag")).hasValue("\"9\"");
    assertThat(response.headers().firstValue("x-request-id")).hasValue("req-1");
    assertThat(response.headers().firstValue("x-content-type-options")).hasValue("nosniff");
    Call call = take(services.calls);
    assertThat(((GetCartRequest) call.request()).getName()).isEqualTo("customers/me/cart");
    assertThat(call.header("authorization")).startsWith("Bearer ");
    assertThat(call.header("accept-language")).isEqualTo("it");
    assertThat(call.header("x-request-id")).isEqualTo("req-1");
    assertThat(call.header("x-filo-client-address")).isIn("127.0.0.1", "0:0:0:0:0:0:0:1");
  }

  @Test
  void get_knownEtag_isNotModified() {
    HttpResponse<String> response =
        gateway.send(gateway.mine(CART).header("If-None-Match", "\"9\""));
    assertThat(response.statusCode()).isEqualTo(304);
    assertThat(response.body()).isEmpty();
  }

  /** Two people's carts have one address and, now and then, one etag. */
  @Test
  void get_forOneCaller_isKeptByNoBrowser() {
    HttpResponse<String> response = gateway.send(gateway.mine(CART));
    assertThat(response.headers().firstValue("etag")).hasValue("\"9\"");
    assertThat(response.headers().allValues("cache-control")).containsExactly("no-store");
  }

  @Test
  void head_isGetWithoutBody() {
    HttpResponse<String> response =
        gateway.send(gateway.mine(CART).method("HEAD", BodyPublishers.noBody()));
    assertThat(response.statusCode()).isEqualTo(200);
    assertThat(response.headers().firstValue("etag")).hasValue("\"9\"");
    assertThat(response.body()).isEmpty();
  }

  @Test
  void query_typedValues_inBothSpellings() {
    services.answer = request -> SearchProductsResponse.getDefaultInstance();
    HttpResponse<String> response =
        gateway.send(
            gateway.request(
                "/v1/products:search?query=divano+verde%20%C3%A8&latitude=45.4&in_stock_near=true"
                    + "&pageSize=7&filters=a&filters=b&longitude="));
    assertThat(response.statusCode()).isEqualTo(200);
    assertThat(json(response).path("results").isArray()).isTrue();
    SearchProductsRequest request = (SearchProductsRequest) take(services.calls).request();
    assertThat(request.getQuery()).isEqualTo("divano verde è");
    assertThat(request.getLatitude()).isEqualTo(45.4);
    assertThat(request.hasLongitude()).isFalse();
    assertThat(request.getInStockNear()).isTrue();
    assertThat(request.getPageSize()).isEqualTo(7);
    assertThat(request.getFiltersList()).containsExactly("a", "b");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "pageSize=abc | FIELDS_INVALID",
        "pageSize=1.5 | FIELDS_INVALID",
        "pageSize=3000000000 | FIELDS_INVALID",
        "inStockNear=yes | FIELDS_INVALID",
        "latitude=1e999 | FIELDS_INVALID",
        "latitude=0x10 | FIELDS_INVALID",
        "pageSize=1&pageSize=2 | FIELDS_INVALID",
        "nothing=1 | PARAMETER_UNKNOWN",
        "query.x=1 | PARAMETER_UNKNOWN",
        "query=%ff | FIELDS_INVALID",
      })
  void query_damaged_isRefused(String query, String reason) {
    HttpResponse<String> response = gateway.send(gateway.request("/v1/products:search?" + query));
    assertThat(response.statusCode()).isEqualTo(400);
    assertThat(response.headers().firstValue("content-type")).hasValue("application/problem+json");
    assertThat(reason(response)).isEqualTo(reason);
    assertThat(services.calls).isEmpty();
  }

  @Test
  void query_enumsAndAdditionalBinding() {
    services.answer = request -> ListReservationsResponse.getDefaultInstance();
    gateway.send(gateway.mine("/v1/customers/me/reservations?states=HELD&states=COLLECTED"));
    ListReservationsRequest request = (ListReservationsRequest) take(services.calls).request();
    assertThat(request.getCustomer()).isEqualTo("customers/me");
    assertThat(request.getStatesList())
        .containsExactly(Reservation.State.HELD, Reservation.State.COLLECTED);
    HttpResponse<String> bad = gateway.send(gateway.mine("/v1/reservations?states=NO"));
    assertThat(json(bad).path("violations").get(0).path("field").asString()).isEqualTo("states");
  }

  @Test
  void post_body_withKeyAndCondition() {
    HttpResponse<String> response =
        gateway.post(
            gateway.mine(APPLY).header("Idempotency-Key", "k1").header("If-Match", "W/\"8\""),
            "{\"operations\":[{\"id\":\"a\",\"add\":{\"sku\":\"S-1\",\"quantity\":2}}]}");
    assertThat(response.statusCode()).isEqualTo(200);
    ApplyCartOperationsRequest request =
        (ApplyCartOperationsRequest) take(services.calls).request();
    assertThat(request.getName()).isEqualTo("customers/me/cart");
    assertThat(request.getRequestId()).isEqualTo("k1");
    assertThat(request.getEtag()).isEqualTo("8");
    assertThat(request.getOperations(0).getAdd().getQuantity()).isEqualTo(2);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "{ | JSON_INVALID | at line",
        "[] | JSON_INVALID | object",
        "{\"operations\":[]}x | JSON_INVALID | at line",
        "{'operations':[]} | JSON_INVALID | at line",
        "{\"operations\":[],\"operations\":[]} | JSON_INVALID | at line",
        "{\"operatoins\":[]} | JSON_INVALID | operatoins",
        "{\"operations\":[{\"add\":{\"skew\":1}}]} | JSON_INVALID | operations[0].add.skew",
        "{\"operations\":[{\"add\":{\"quantity\":\"x\"}}]} | FIELDS_INVALID | operations[0].add.quantity",
        "{\"operations\":[{\"add\":{\"quantity\":true}}]} | FIELDS_INVALID | must be a number",
        "{\"operations\":[{\"id\":5}]} | FIELDS_INVALID | must be a string",
        "{\"operations\":{}} | FIELDS_INVALID | must be an array",
        "{\"operations\":[{\"add\":{},\"remove\":{}}]} | FIELDS_INVALID | only one",
        "{\"requestId\":\"other\"} | FIELDS_INVALID | Idempotency-Key",
      })
  void post_damagedBody_isRefused(String body, String reason, String says) {
    HttpResponse<String> response =
        gateway.post(gateway.mine(APPLY).header("Idempotency-Key", "k"), body);
    assertThat(response.statusCode()).isEqualTo(400);
    assertThat(reason(response)).isEqualTo(reason);
    assertThat(json(response).path("detail").asString()).contains(says);
    assertThat(services.calls).isEmpty();
  }

  @Test
  void post_otherBodies_areRefused() {
    String deep = "{\"operations\":" + "[".repeat(200) + "]".repeat(200) + "}";
    assertThat(reason(gateway.post(gateway.mine(APPLY), deep))).isEqualTo("JSON_INVALID");
    HttpResponse<String> form =
        gateway.send(
            gateway
                .mine(APPLY)
                .header("Content-Type", "application/x-www-form-urlencoded")
                .POST(BodyPublishers.ofString("a=b")));
    assertThat(form.statusCode()).isEqualTo(415);
    assertThat(reason(form)).isEqualTo("MEDIA_TYPE_UNSUPPORTED");
    HttpResponse<String> large = gateway.post(gateway.mine(APPLY), "x".repeat(70_000));
    assertThat(large.statusCode()).isEqualTo(413);
    assertThat(reason(large)).isEqualTo("BODY_TOO_LARGE");
    HttpResponse<String> chunked =
        gateway.send(
            gateway
                .mine(APPLY)
                .header("Content-Type", "application/json")
                .POST(
                    BodyPublishers.ofInputStream(
                        () -> new java.io.ByteArrayInputStream(new byte[70_000]))));
    assertThat(chunked.statusCode()).isEqualTo(413);
    assertThat(json(chunked).path("metadata").path("limitBytes").asString()).isEqualTo("65536");
  }

  @Test
  void post_requiredKeyMissing_isRefusedBeforeTheCall() {
    services.answer = request -> Reservation.getDefaultInstance();
    String body = "{\"store\":\"stores/a\",\"untilTime\":\"2026-11-28T19:00:00Z\"}";
    HttpResponse<String> missing = gateway.post(gateway.mine("/v1/reservations"), body);
    assertThat(missing.statusCode()).isEqualTo(400);
    assertThat(reason(missing)).isEqualTo("REQUEST_ID_MISSING");
    assertThat(services.calls).isEmpty();
    gateway.post(gateway.mine("/v1/reservations").header("Idempotency-Key", "\"k\""), body);
    CreateReservationRequest request = (CreateReservationRequest) take(services.calls).request();
    assertThat(request.getRequestId()).isEqualTo("k");
    assertThat(request.getUntilTime().getSeconds()).isEqualTo(1_795_892_400L);
    HttpResponse<String> badTime =
        gateway.post(
            gateway.mine("/v1/reservations").header("Idempotency-Key", "k"),
            "{\"untilTime\":\"tomorrow\"}");
    assertThat(json(badTime).path("violations").get(0).path("field").asString())
        .isEqualTo("untilTime");
  }

  @Test
  void patch_bodyField_nestedPathAndMaskInQuery() {
    services.answer = request -> ((UpdateCustomerRequest) request).getCustomer();
    HttpResponse<String> response =
        gateway.send(
            gateway
                .mine("/v1/customers/me?updateMask=givenName,familyName")
                .header("Content-Type", "application/json")
                .method("PATCH", BodyPublishers.ofString("{\"givenName\":\"Julia\"}")));
    assertThat(response.statusCode()).isEqualTo(200);
    UpdateCustomerRequest request = (UpdateCustomerRequest) take(services.calls).request();
    assertThat(request.getCustomer())
        .isEqualTo(Customer.newBuilder().setName("customers/me").setGivenName("Julia").build());
    assertThat(request.getUpdateMask().getPathsList()).containsExactly("given_name", "family_name");
  }

  @Test
  void httpBody_isRawAndKeptForEver() {
    services.answer =
        request ->
            HttpBody.newBuilder()
                .setContentType("image/svg+xml")
                .setData(ByteString.copyFromUtf8("<svg/>"))
                .build();
    HttpResponse<String> response = gateway.send(gateway.request("/v1/media/abc.svg"));
    assertThat(response.body()).isEqualTo("<svg/>");
    assertThat(response.headers().firstValue("content-type")).hasValue("image/svg+xml");
    assertThat(response.headers().firstValue("cache-control"))
        .hasValue("public, max-age=31536000, immutable");
    assertThat(response.headers().firstValue("content-security-policy").orElse(""))
        .startsWith("sandbox;");
  }

  @ParameterizedTest
  @CsvSource({
    "INVALID_ARGUMENT, FIELDS_INVALID, 400",
    "UNAUTHENTICATED, TOKEN_EXPIRED, 401",
    "PERMISSION_DENIED, ROLE_NOT_ALLOWED, 403",
    "NOT_FOUND, SKU_NOT_FOUND, 404",
    "ALREADY_EXISTS, REQUEST_ID_REUSED, 409",
    "ABORTED, ETAG_STALE, 409",
    "FAILED_PRECONDITION, PRODUCT_WITHDRAWN, 400",
    "OUT_OF_RANGE, CURSOR_TOO_OLD, 400",
    "RESOURCE_EXHAUSTED, CART_FULL, 429",
    "INTERNAL, INTERNAL, 500",
    "UNAVAILABLE, UNAVAILABLE, 503",
    "DEADLINE_EXCEEDED, DEADLINE_EXCEEDED, 504",
  })
  void refusal_hasStatusAndReason(Status.Code code, String reason, int status) {
    services.answer =
        request -> {
          throw refusal(code, reason, "cart.filo", "So it is.");
        };
    HttpResponse<String> response = gateway.send(gateway.mine(CART));
    assertThat(response.statusCode()).isEqualTo(status);
    assertThat(reason(response)).isEqualTo(reason);
    assertThat(json(response).path("type").asString()).isEqualTo("/errors#" + reason);
    assertThat(json(response).path("domain").asString()).isEqualTo("cart.filo");
    assertThat(json(response).path("detail").asString()).isEqualTo("So it is.");
    assertThat(response.headers().firstValue("www-authenticate").isPresent())
        .isEqualTo(status == 401);
  }

  @Test
  void refusal_details_areShown() {
    services.answer =
        request -> {
          throw refusal(
              Status.Code.INVALID_ARGUMENT,
              "FIELDS_INVALID",
              "api.filo",
              "Fields.",
              BadRequest.newBuilder()
                  .addFieldViolations(
                      BadRequest.FieldViolation.newBuilder()
                          .setField("operations[0].set_quantity.line")
                          .setDescription("too long"))
                  .build(),
              RetryInfo.newBuilder().setRetryDelay(Duration.newBuilder().setNanos(1)).build());
        };
    HttpResponse<String> response = gateway.send(gateway.mine(CART));
    assertThat(json(response).path("violations").get(0).path("field").asString())
        .isEqualTo("operations[0].setQuantity.line");
    assertThat(response.headers().firstValue("retry-after")).hasValue("1");
  }

  @Test
  void staleEtag_withIfMatch_isPreconditionFailed() {
    services.answer =
        request -> {
          throw refusal(Status.Code.ABORTED, "ETAG_STALE", "api.filo", "Changed.");
        };
    assertThat(gateway.post(gateway.mine(APPLY).header("If-Match", "\"1\""), "{}").statusCode())
        .isEqualTo(412);
    assertThat(gateway.post(gateway.mine(APPLY), "{\"etag\":\"1\"}").statusCode()).isEqualTo(409);
  }

  @Test
  void fault_textNeverLeaks() {
    services.answer =
        request -> {
          throw Status.INTERNAL
              .withDescription("julia@example.com at Foo.java:7")
              .asRuntimeException();
        };
    HttpResponse<String> response = gateway.send(gateway.mine(CART));
    assertThat(response.statusCode()).isEqualTo(500);
    assertThat(response.body()).doesNotContain("julia").doesNotContain("java");
    assertThat(json(response).path("metadata").path("incident").asString())
        .isEqualTo(response.headers().firstValue("x-request-id").orElseThrow());
  }

  @Test
  void serviceNotThere_isUnavailable() {
    for (String path :
        new String[] {"/v1/availability:nearby?sku=a", "/v1/customers/me/timeline"}) {
      HttpResponse<String> response = gateway.send(gateway.mine(path));
      assertThat(response.statusCode()).isEqualTo(503);
      assertThat(reason(response)).isEqualTo("UNAVAILABLE");
      assertThat(response.headers().firstValue("retry-after")).isPresent();
      assertThat(response.body()).doesNotContain("localhost").doesNotContain("nobody");
    }
  }

  @Test
  void brokenConnection_isAskedAgain_whatMayBeDoneTwice() {
    AtomicInteger breaks = new AtomicInteger();
    services.answer =
        request -> {
          if (breaks.getAndDecrement() > 0) {
            throw Status.UNAVAILABLE.asRuntimeException();
          }
          return Cart.getDefaultInstance();
        };
    breaks.set(2);
    assertThat(gateway.send(gateway.mine(CART)).statusCode()).as("read").isEqualTo(200);
    breaks.set(1);
    String change = "{\"operations\":[{\"id\":\"a\",\"add\":{\"sku\":\"S-1\",\"quantity\":2}}]}";
    assertThat(
            gateway.post(gateway.mine(APPLY).header("Idempotency-Key", "k"), change).statusCode())
        .as("change with an id")
        .isEqualTo(200);
    services.calls.clear();
    breaks.set(1);
    assertThat(gateway.post(gateway.mine(APPLY), change).statusCode())
        .as("change without one")
        .isEqualTo(503);
    assertThat(services.calls).hasSize(1);
  }

  @Test
  void outageAService_saysItself_isNotAskedAgain() {
    services.answer =
        request -> {
          throw refusal(Status.Code.UNAVAILABLE, "UNAVAILABLE", "cart.filo", "No database.");
        };
    assertThat(gateway.send(gateway.mine(CART)).statusCode()).isEqualTo(503);
    assertThat(services.calls).hasSize(1);
  }

  @Test
  void noAnswer_isDeadlineExceeded() {
    services.hanging = new CountDownLatch(1);
    HttpResponse<String> response = gateway.send(gateway.mine(CART));
    assertThat(response.statusCode()).isEqualTo(504);
    assertThat(reason(response)).isEqualTo("DEADLINE_EXCEEDED");
  }

  @Test
  void clientLeaves_cancelsCall() throws Exception {
    CountDownLatch cancelled = new CountDownLatch(1);
    services.hanging = cancelled;
    // A socket of our own: what leaves is the connection, not only the wish for an answer.
    try (java.net.Socket socket =
        new java.net.Socket("localhost", gateway.context.getWebServer().getPort())) {
      String head =
          "GET "
              + CART
              + " HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer "
              + gateway.token("customers/julia")
              + "\r\n\r\n";
      socket.getOutputStream().write(head.getBytes(java.nio.charset.StandardCharsets.US_ASCII));
      take(services.calls);
    }
    long start = System.nanoTime();
    assertThat(cancelled.await(20, TimeUnit.SECONDS)).isTrue();
    assertThat(System.nanoTime() - start).as("sooner than the deadline").isLessThan(3_900_000_000L);
  }

  @Test
  void path_unknownOrOtherMethod_isTyped() {
    HttpResponse<String> unknown = gateway.send(gateway.mine("/v1/unicorns"));
    assertThat(unknown.statusCode()).isEqualTo(404);
    assertThat(reason(unknown)).isEqualTo("PATH_UNKNOWN");
    assertThat(reason(gateway.send(gateway.mine("/v1/customers/me/cart:fly"))))
        .isEqualTo("PATH_UNKNOWN");
    assertThat(reason(gateway.send(gateway.mine("/v1/customers/a%2Fb/cart"))))
        .isEqualTo("FIELDS_INVALID");
    HttpResponse<String> other = gateway.send(gateway.mine(CART).DELETE());
    assertThat(other.statusCode()).isEqualTo(405);
    assertThat(reason(other)).isEqualTo("METHOD_NOT_ALLOWED");
    assertThat(other.headers().firstValue("allow")).hasValue("GET, HEAD");
    HttpResponse<String> options =
        gateway.send(gateway.request(APPLY).method("OPTIONS", BodyPublishers.noBody()));
    assertThat(options.headers().firstValue("allow")).hasValue("POST");
    assertThat(reason(gateway.send(gateway.request("/webhooks/whatsapp/1"))))
        .isEqualTo("PATH_UNKNOWN");
  }

  @Test
  void url_damagedEncoding_is400() throws Exception {
    services.answer = request -> ListStoresResponse.getDefaultInstance();
    try (java.net.Socket socket =
        new java.net.Socket("localhost", gateway.context.getWebServer().getPort())) {
      socket.setSoTimeout(20_000);
      socket
          .getOutputStream()
          .write(
              "GET /v1/stores?pageToken=%zz HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n"
                  .getBytes(java.nio.charset.StandardCharsets.US_ASCII));
      String answer = new String(socket.getInputStream().readAllBytes());
      assertThat(answer).startsWith("HTTP/1.1 400").contains("application/problem+json");
    }
    gateway.send(gateway.request("/v1/stores?pageToken=%25zz"));
    assertThat(((ListStoresRequest) take(services.calls).request()).getPageToken())
        .isEqualTo("%zz");
  }
}
