package dev.filo.e2e;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.mongodb.reactivestreams.client.MongoClient;
import java.io.IOException;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.UUID;
import java.util.regex.Pattern;
import org.bson.Document;
import org.bson.RawBsonDocument;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** People who use the shop over HTTP, and a look into its databases afterwards. */
abstract class ShopOverHttp {
  static final Duration PATIENCE = Duration.ofSeconds(90);
  static final String STORE = "stores/milano-buenos-aires";
  static final JsonMapper JSON = JsonMapper.builder().build();
  private static final Pattern CODE = Pattern.compile("\\b\\d{6}\\b");

  final HttpClient http = HttpClient.newHttpClient();
  final String run = UUID.randomUUID().toString().substring(0, 8);
  String target = "";

  /** Makes every follower read every feed from its start. */
  static void fromTheStart(MongoClient client, String prefix) {
    for (var database : databases(client, prefix)) {
      Mono.from(
              client
                  .getDatabase(database)
                  .getCollection("positions")
                  .updateMany(
                      new Document(),
                      new Document("$set", new Document("position", 0L).append("owner", "nobody"))))
          .block(PATIENCE);
    }
  }

  /** The time line's followers have read all there is. */
  static void assertRead(MongoClient client, String prefix) {
    for (var source : List.of("identity", "cart", "reservation", "conversation")) {
      var last =
          Mono.from(
                  client
                      .getDatabase(prefix + source)
                      .getCollection("feed")
                      .find()
                      .sort(new Document("_id", -1))
                      .first())
              .block(PATIENCE);
      var position =
          Mono.from(
                  client
                      .getDatabase(prefix + "journey")
                      .getCollection("positions")
                      .find(new Document("_id", "touchpoints-" + source))
                      .first())
              .block(PATIENCE);
      assertThat(position).isNotNull();
      assertThat(((Number) position.get("position")).longValue())
          .isGreaterThanOrEqualTo(last == null ? 0L : ((Number) last.get("last")).longValue());
    }
  }

  /**
   * The collections that texts stand in, packed bytes included, by text; what stands nowhere is not
   * in it. Every document is read once, however many texts are looked for.
   */
  static Map<String, Set<String>> mentions(
      MongoClient client, String prefix, Collection<String> texts) {
    var sought = new HashMap<String, String>();
    texts.forEach(text -> sought.put(text, bytes(ByteBuffer.wrap(text.getBytes(UTF_8)))));
    var found = new TreeMap<String, Set<String>>();
    for (var database : databases(client, prefix)) {
      var all = client.getDatabase(database);
      for (var collection :
          Flux.from(all.listCollectionNames())
              .filter(name -> !name.startsWith("system."))
              .collectList()
              .blockOptional(PATIENCE)
              .orElseThrow()) {
        var place = database.substring(prefix.length()) + "/" + collection;
        Flux.from(all.getCollection(collection, RawBsonDocument.class).find())
            .map(document -> bytes(document.getByteBuffer().asNIO()))
            .doOnNext(
                document ->
                    sought.forEach(
                        (text, bytes) -> {
                          if (document.contains(bytes)) {
                            found.computeIfAbsent(text, it -> new TreeSet<>()).add(place);
                          }
                        }))
            .blockLast(PATIENCE);
      }
    }
    return found;
  }

  /** A character each: strings, keys and packed bytes are all searched alike. */
  private static String bytes(ByteBuffer buffer) {
    return ISO_8859_1.decode(buffer).toString();
  }

  static List<String> databases(MongoClient client, String prefix) {
    return List.of(
            "identity", "catalog", "inventory", "cart", "reservation", "conversation", "journey")
        .stream()
        .map(name -> prefix + name)
        .toList();
  }

  // ---- HTTP

  record Answer(int status, JsonNode body) {
    String text(String field) {
      return body.path(field).asString("");
    }
  }

  record SignIn(String name, String code) {}

  String guest(String device) {
    return tokens("grant_type=urn:filo:oauth:guest&client_id=shop-web&device=" + encode(device));
  }

  String token(String email, String guest) {
    var signIn = signIn(email, guest);
    return tokens(
        "grant_type=urn:filo:oauth:code&client_id=shop-web&sign_in="
            + encode(signIn.name())
            + "&code="
            + signIn.code());
  }

  private final Map<String, String> staff = new HashMap<>();

  String staff(String email) {
    return staff.computeIfAbsent(
        email,
        who -> {
          var signIn = signIn(who);
          return tokens(
              "grant_type=urn:filo:oauth:code&client_id=desk-web&sign_in="
                  + encode(signIn.name())
                  + "&code="
                  + signIn.code());
        });
  }

  SignIn signIn(String email) {
    return signIn(email, "");
  }

  SignIn signIn(String email, String guest) {
    var known = letters(email).size();
    var signIn = ok(call(guest, "POST", "/v1/signIns", json(Map.of("email", email))));
    await().atMost(PATIENCE).until(() -> letters(email).size() > known);
    var code = CODE.matcher(letters(email).path(0).path("text").asString(""));
    assertThat(code.find()).isTrue();
    return new SignIn(signIn.path("name").asString(""), code.group());
  }

  JsonNode letters(String email) {
    return get("", "/dev/mailbox?to=" + encode(email)).path("messages");
  }

  String tokens(String form) {
    var request =
        HttpRequest.newBuilder(URI.create(target + "/oauth2/token"))
            .header("Content-Type", "application/x-www-form-urlencoded")
            .POST(HttpRequest.BodyPublishers.ofString(form.replace("urn:filo", "urn%3Afilo")))
            .build();
    var answer = answer(send(request, HttpResponse.BodyHandlers.ofString()));
    assertThat(answer.status).as(answer.body.toString()).isEqualTo(200);
    return answer.text("access_token");
  }

  String sku(String token) {
    for (var result : get(token, "/v1/products:search?query=lampada&pageSize=20").path("results")) {
      for (var variant : result.path("product").path("variants")) {
        var sku = variant.path("sku").asString("");
        var near =
            get(
                token,
                "/v1/availability:nearby?sku="
                    + sku
                    + "&latitude=45.4642&longitude=9.19&radiusMeters=30000");
        for (var place : near.path("locations")) {
          if (place.path("store").asString("").equals(STORE)
              && place.path("available").asInt(0) >= 2) {
            return sku;
          }
        }
      }
    }
    throw new AssertionError("the demo retailer has no lamp in " + STORE);
  }

  JsonNode apply(String token, String kind, Map<String, Object> what, String id) {
    return ok(
        call(
            token,
            "POST",
            "/v1/customers/me/cart:apply",
            json(Map.of("operations", List.of(Map.of("id", id, kind, what))))));
  }

  void say(String token, String text) {
    ok(call(token, "POST", "/v1/customers/me/conversation/messages", json(Map.of("text", text))));
  }

  /** Orders what is in the cart, to be sent to somebody and paid at the provider. */
  Answer checkout(String token, String recipient) {
    return call(
        token,
        "POST",
        "/v1/customers/me/cart:checkout",
        json(
            Map.of(
                "payment",
                "PROVIDER",
                "returnPath",
                "/order",
                "address",
                Map.of(
                    "recipient", recipient,
                    "street", "Via Roma 1",
                    "postalCode", "20100",
                    "city", "Milano",
                    "regionCode", "IT"))));
  }

  JsonNode get(String token, String path) {
    return ok(call(token, "GET", path, null));
  }

  Answer call(
      String token, String method, String path, @org.jspecify.annotations.Nullable String body) {
    return answer(send(request(token, method, path, body), HttpResponse.BodyHandlers.ofString()));
  }

  HttpRequest request(
      String token, String method, String path, @org.jspecify.annotations.Nullable String body) {
    var request =
        HttpRequest.newBuilder(URI.create(target + path))
            .timeout(Duration.ofSeconds(30))
            .method(
                method,
                body == null
                    ? HttpRequest.BodyPublishers.noBody()
                    : HttpRequest.BodyPublishers.ofString(body));
    if (body != null) {
      request.header("Content-Type", "application/json");
      request.header("Idempotency-Key", UUID.randomUUID().toString());
    }
    if (!token.isEmpty()) {
      request.header("Authorization", "Bearer " + token);
    }
    return request.build();
  }

  <T> HttpResponse<T> send(HttpRequest request, HttpResponse.BodyHandler<T> handler) {
    try {
      return http.send(request, handler);
    } catch (IOException e) {
      throw new AssertionError(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new AssertionError(e);
    }
  }

  static HttpResponse.BodyHandler<byte[]> bytes() {
    return HttpResponse.BodyHandlers.ofByteArray();
  }

  static Answer answer(HttpResponse<String> response) {
    var json = response.headers().firstValue("content-type").orElse("").contains("json");
    return new Answer(
        response.statusCode(), json ? JSON.readTree(response.body()) : JSON.createObjectNode());
  }

  static JsonNode ok(Answer answer) {
    assertThat(answer.status).as(answer.body.toString()).isBetween(200, 299);
    return answer.body;
  }

  static String json(Map<String, ?> content) {
    return JSON.writeValueAsString(content);
  }

  static String encode(String text) {
    return URLEncoder.encode(text, UTF_8);
  }
}
