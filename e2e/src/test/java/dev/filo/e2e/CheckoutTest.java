package dev.filo.e2e;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * Checkout through the whole suite over HTTP, with the trial provider of its dev profile. {@code
 * -Dfilo.target=http://localhost:8080} plays it against a suite that runs already.
 */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class CheckoutTest {
  private static final JsonMapper JSON = JsonMapper.builder().build();
  private static final Duration PATIENCE = Duration.ofSeconds(60);
  private static final long UNPAID_MOST_CENTS = 500_000;
  private static final String MILANO = "latitude=45.4642&longitude=9.19&radiusMeters=300000";

  private final HttpClient http =
      HttpClient.newBuilder()
          .connectTimeout(Duration.ofSeconds(5))
          .followRedirects(HttpClient.Redirect.NEVER)
          .build();
  private @Nullable SuiteProcess suite;
  private String target = "";

  @BeforeAll
  void start(@TempDir Path data) {
    target = System.getProperty("filo.target", "");
    if (target.isEmpty()) {
      suite = SuiteProcess.start(data, Map.of());
      target = suite.target();
    }
  }

  @AfterAll
  void stop() {
    if (suite != null) {
      suite.close();
    }
  }

  private record Answer(int status, JsonNode body, String location) {
    String reason() {
      return body.path("reason").asString("");
    }
  }

  private Answer send(HttpRequest.Builder request) {
    try {
      var answer =
          http.send(
              request.timeout(Duration.ofSeconds(30)).build(),
              HttpResponse.BodyHandlers.ofString());
      var type = answer.headers().firstValue("content-type").orElse("");
      return new Answer(
          answer.statusCode(),
          type.contains("json") ? JSON.readTree(answer.body()) : JSON.createObjectNode(),
          answer.headers().firstValue("location").orElse(""));
    } catch (IOException e) {
      throw new java.io.UncheckedIOException(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException(e);
    }
  }

  private Answer get(String token, String path) {
    return send(
        HttpRequest.newBuilder(URI.create(target + path))
            .header("Authorization", "Bearer " + token));
  }

  private Answer post(String token, String path, String key, String body) {
    return send(
        HttpRequest.newBuilder(URI.create(target + path))
            .header("Authorization", "Bearer " + token)
            .header("Content-Type", "application/json")
            .header("Idempotency-Key", key)
            .POST(HttpRequest.BodyPublishers.ofString(body)));
  }

  private String guest() {
    var answer =
        send(
            HttpRequest.newBuilder(URI.create(target + "/oauth2/token"))
                .header("Content-Type", "application/x-www-form-urlencoded")
                .POST(
                    HttpRequest.BodyPublishers.ofString(
                        "grant_type=urn%3Afilo%3Aoauth%3Aguest&client_id=shop-web")));
    return answer.body.path("access_token").asString("");
  }

  /** The nearest store that has two pieces of a SKU no other test takes. */
  private record Place(String sku, String store) {}

  private Place somewhere() {
    for (int i = 0; i < 200; i++) {
      var sku = Goods.next();
      var found =
          send(
              HttpRequest.newBuilder(
                  URI.create(target + "/v1/availability:nearby?sku=" + sku + "&" + MILANO)));
      for (var location : found.body.path("locations")) {
        if (location.path("available").asInt(0) >= 3 && location.has("pickupReadyTime")) {
          return new Place(sku, location.path("store").asString(""));
        }
      }
    }
    throw new IllegalStateException("no store has anything");
  }

  private String deliverable() {
    for (int i = 0; i < 200; i++) {
      var sku = Goods.next();
      var found =
          send(HttpRequest.newBuilder(URI.create(target + "/v1/availability:nearest?skus=" + sku)));
      if (found.body.path("items").path(0).path("deliverable").asInt(0) >= 3) {
        return sku;
      }
    }
    throw new IllegalStateException("nothing can be sent");
  }

  private void put(String token, String sku, int quantity, String way) {
    var id = UUID.randomUUID().toString();
    var answer =
        post(
            token,
            "/v1/customers/me/cart:apply",
            id,
            """
            {"operations":[{"id":"%s","add":{"sku":"%s","quantity":%d}},
            {"id":"%s-way","chooseFulfilment":{"line":"op:%s","fulfilment":%s}}]}"""
                .formatted(id, sku, quantity, id, id, way));
    assertThat(answer.status).as(answer.body.toString()).isEqualTo(200);
  }

  private static String pickup(String store) {
    return "{\"kind\":\"PICKUP\",\"store\":\"" + store + "\"}";
  }

  private int available(Place place) {
    var found =
        send(
            HttpRequest.newBuilder(
                URI.create(
                    target
                        + "/v1/availability:nearby?pageSize=100&sku="
                        + place.sku
                        + "&"
                        + MILANO)));
    for (var location : found.body.path("locations")) {
      if (location.path("store").asString("").equals(place.store)) {
        return location.path("available").asInt(0);
      }
    }
    return 0;
  }

  private int items(String token) {
    return get(token, "/v1/customers/me/cart").body.path("itemCount").asInt(0);
  }

  private JsonNode order(String token, String name) {
    return get(token, "/v1/" + name).body;
  }

  private static long cents(JsonNode money) {
    return money.path("units").asLong(0) * 100 + money.path("nanos").asLong(0) / 10_000_000;
  }

  @Test
  void pickup_paidInTheStore_isReservedAndTheCartIsEmpty_cancelledItIsFree() {
    var token = guest();
    var place = somewhere();
    put(token, place.sku, 2, pickup(place.store));
    int before = available(place);
    var quote = get(token, "/v1/customers/me/cart:quote").body;
    assertThat(quote.path("payments").toString()).contains("PAY_IN_STORE").contains("PROVIDER");
    assertThat(quote.path("problems")).isEmpty();
    var tax = quote.path("taxes").path(0);
    assertThat(tax.path("vatBasisPoints").asInt()).isEqualTo(2200);
    assertThat(cents(tax.path("net")) + cents(tax.path("vat")))
        .isEqualTo(cents(quote.path("total")));

    var key = UUID.randomUUID().toString();
    var body =
        "{\"payment\":\"PAY_IN_STORE\",\"etag\":\""
            + quote.path("etag").asString("")
            + "\",\"expectedTotal\":"
            + quote.path("total")
            + "}";
    assertThat(
            post(
                    token,
                    "/v1/customers/me/cart:checkout",
                    key,
                    body.replace("units\":\"", "units\":\"9"))
                .reason())
        .isEqualTo("TOTAL_CHANGED");
    var made = post(token, "/v1/customers/me/cart:checkout", key, body);
    assertThat(made.status).as(made.body.toString()).isEqualTo(200);
    assertThat(made.body.path("state").asString("")).isEqualTo("PLACED");
    var parcel = made.body.path("parcels").path(0);
    assertThat(parcel.path("state").asString("")).isEqualTo("SECURED");
    assertThat(parcel.path("storeTitle").asString("")).isNotEmpty();
    var reservation = get(token, "/v1/" + parcel.path("reservation").asString("")).body;
    assertThat(reservation.path("state").asString("")).isEqualTo("HELD");
    assertThat(reservation.path("pickupCode").asString("")).isNotEmpty();
    assertThat(items(token)).isZero();
    assertThat(available(place)).isEqualTo(before - 2);

    // Again: the same order, nothing more is kept.
    var again = post(token, "/v1/customers/me/cart:checkout", key, body);
    assertThat(again.body.path("name")).isEqualTo(made.body.path("name"));
    assertThat(available(place)).isEqualTo(before - 2);
    var name = made.body.path("name").asString("");
    assertThat(get(token, "/v1/customers/me/orders").body.path("orders").path(0).path("name"))
        .isEqualTo(made.body.path("name"));
    // A stranger's is as good as missing.
    assertThat(get(guest(), "/v1/" + name).status).isEqualTo(404);
    assertThat(post(guest(), "/v1/" + name + ":cancel", "c", "{}").reason())
        .isEqualTo("ORDER_NOT_FOUND");

    var cancelled = post(token, "/v1/" + name + ":cancel", UUID.randomUUID().toString(), "{}");
    assertThat(cancelled.body.path("state").asString("")).isEqualTo("CANCELLED");
    assertThat(available(place)).isEqualTo(before);
  }

  @Test
  void reservationCancelled_theOrderFollows() {
    var token = guest();
    var place = somewhere();
    put(token, place.sku, 1, pickup(place.store));
    var made =
        post(
            token,
            "/v1/customers/me/cart:checkout",
            UUID.randomUUID().toString(),
            "{\"payment\":\"PAY_IN_STORE\"}");
    assertThat(made.status).as(made.body.toString()).isEqualTo(200);
    var reservation = made.body.path("parcels").path(0).path("reservation").asString("");
    assertThat(
            post(token, "/v1/" + reservation + ":cancel", UUID.randomUUID().toString(), "{}")
                .status)
        .isEqualTo(200);
    var name = made.body.path("name").asString("");
    await()
        .atMost(PATIENCE)
        .untilAsserted(
            () -> {
              var now = order(token, name);
              assertThat(now.path("state").asString("")).isEqualTo("CANCELLED");
              assertThat(now.path("cancelCause").asString("")).isEqualTo("NOT_KEPT");
            });
  }

  @Test
  void moreThanThereIs_isRefused_saysHowMany_andKeepsNothing() {
    String token;
    Place place;
    int before;
    do { // so much of it that the store has too little, not so much that nobody keeps it unpaid
      token = guest();
      place = somewhere();
      before = available(place);
      put(token, place.sku, before + 1, pickup(place.store));
    } while (cents(get(token, "/v1/customers/me/cart").body.path("total")) > UNPAID_MOST_CENTS);
    var refused =
        post(
            token,
            "/v1/customers/me/cart:checkout",
            UUID.randomUUID().toString(),
            "{\"payment\":\"PAY_IN_STORE\"}");
    assertThat(refused.reason()).as(refused.body.toString()).isEqualTo("STOCK_INSUFFICIENT");
    assertThat(refused.body.path("metadata").path("sku." + place.sku).asString(""))
        .isEqualTo(Integer.toString(before));
    assertThat(available(place)).isEqualTo(before);
    assertThat(items(token)).isEqualTo(before + 1);
    assertThat(get(token, "/v1/customers/me/orders").body.path("orders")).isEmpty();
  }

  @Test
  void sentAndFetched_paidAtTheProvider_isPlacedByItsWebhook() {
    var token = guest();
    var place = somewhere();
    var sent = deliverable();
    put(token, place.sku, 1, pickup(place.store));
    put(token, sent, 1, "{\"kind\":\"SHIP\"}");
    var inStore =
        post(
            token,
            "/v1/customers/me/cart:checkout",
            UUID.randomUUID().toString(),
            "{\"payment\":\"PAY_IN_STORE\"}");
    assertThat(inStore.reason()).isEqualTo("PAYMENT_NOT_OFFERED");
    var nowhere =
        post(
            token,
            "/v1/customers/me/cart:checkout",
            UUID.randomUUID().toString(),
            "{\"payment\":\"PROVIDER\"}");
    assertThat(nowhere.reason()).isEqualTo("ADDRESS_MISSING");
    var made =
        post(
            token,
            "/v1/customers/me/cart:checkout",
            UUID.randomUUID().toString(),
            """
            {"payment":"PROVIDER","returnPath":"/order","address":{"recipient":"Julia Rossi",
            "street":"Via Roma 1","postalCode":"20100","city":"Milano","regionCode":"IT"}}""");
    assertThat(made.status).as(made.body.toString()).isEqualTo(200);
    assertThat(made.body.path("state").asString("")).isEqualTo("AWAITING_PAYMENT");
    assertThat(items(token)).isEqualTo(2);
    // She puts in one more while she pays.
    put(token, place.sku, 1, pickup(place.store));
    var paid = page(made, "pay");
    assertThat(paid.status).isEqualTo(303);
    var name = made.body.path("name").asString("");
    assertThat(paid.location)
        .isEqualTo(target + "/order?order=" + name.substring("orders/".length()));
    await()
        .atMost(PATIENCE)
        .untilAsserted(
            () -> assertThat(order(token, name).path("state").asString("")).isEqualTo("PLACED"));
    var placed = order(token, name);
    assertThat(placed.path("payment").path("state").asString("")).isEqualTo("PAID");
    assertThat(placed.path("payment").path("paid")).isEqualTo(placed.path("total"));
    assertThat(items(token)).isEqualTo(1);

    var cancelled = post(token, "/v1/" + name + ":cancel", UUID.randomUUID().toString(), "{}");
    assertThat(cancelled.body.path("state").asString("")).isEqualTo("CANCELLED");
    assertThat(cancelled.body.path("payment").path("state").asString("")).isEqualTo("REFUNDED");
    assertThat(cancelled.body.path("payment").path("refunded")).isEqualTo(placed.path("total"));
  }

  private Answer page(Answer made, String act) {
    return send(
        HttpRequest.newBuilder(
                URI.create(made.body.path("payment").path("redirectUri").asString("")))
            .header("Content-Type", "application/x-www-form-urlencoded")
            .POST(HttpRequest.BodyPublishers.ofString("act=" + act)));
  }

  @Test
  void paymentLeft_freesTheGoods_theCartStays() {
    var token = guest();
    var place = somewhere();
    int before = available(place);
    put(token, place.sku, 1, pickup(place.store));
    var made =
        post(
            token,
            "/v1/customers/me/cart:checkout",
            UUID.randomUUID().toString(),
            "{\"payment\":\"PROVIDER\",\"returnPath\":\"/order\"}");
    assertThat(available(place)).isEqualTo(before - 1);
    assertThat(page(made, "leave").status).isEqualTo(303);
    var name = made.body.path("name").asString("");
    await()
        .atMost(PATIENCE)
        .untilAsserted(
            () -> assertThat(order(token, name).path("state").asString("")).isEqualTo("CANCELLED"));
    assertThat(order(token, name).path("cancelCause").asString("")).isEqualTo("NOT_PAID");
    assertThat(available(place)).isEqualTo(before);
    assertThat(items(token)).isEqualTo(1);
  }

  @Test
  void webhook_forgedOrUnsignedOrOfNobody_isRefused() {
    var forged = "t=" + java.time.Instant.now().getEpochSecond() + ",v1=" + "00".repeat(32);
    assertThat(webhook("trial", forged).status).isEqualTo(401);
    assertThat(webhook("trial", forged).reason()).isEqualTo("SIGNATURE_INVALID");
    assertThat(webhook("trial", null).status).isEqualTo(401);
    assertThat(webhook("nobody", forged).status).isEqualTo(404);
    assertThat(send(HttpRequest.newBuilder(URI.create(target + "/webhooks/whatsapp/1"))).reason())
        .isEqualTo("PATH_UNKNOWN");
  }

  private Answer webhook(String account, @Nullable String signature) {
    var request =
        HttpRequest.newBuilder(URI.create(target + "/webhooks/payments/" + account))
            // Whatever type a provider gives: the bytes pass as they are.
            .header("Content-Type", "application/octet-stream")
            .POST(HttpRequest.BodyPublishers.ofString("{\"id\":\"evt_1\"}"));
    return send(signature == null ? request : request.header("Payment-Signature", signature));
  }
}
