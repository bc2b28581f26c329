package dev.filo.e2e;

import dev.filo.proto.inventory.v1.GetStockLevelRequest;
import dev.filo.proto.inventory.v1.InventoryServiceGrpc;
import dev.filo.proto.inventory.v1.ListMovementsRequest;
import dev.filo.proto.inventory.v1.Movement;
import dev.filo.proto.inventory.v1.StockLevel;
import io.grpc.ManagedChannel;
import io.grpc.Metadata;
import io.grpc.netty.NettyChannelBuilder;
import io.grpc.stub.MetadataUtils;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Base64;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.TimeUnit;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** The whole suite with the demo retailer, as tills see it; one for all their tests. */
public final class TillSuite {
  /** The till's store. */
  public static final String STORE = "stores/milano-buenos-aires";

  /** A till of that store. */
  public static final String CLIENT = "till-milano-1";

  public static final String SECRET = "till-secret";

  private static final String MANAGER = "manager@filo.example";
  private static final Pattern CODE = Pattern.compile("\\b\\d{6}\\b");

  private static TillSuite one;

  private String manager = "";

  private final SuiteProcess suite;
  private final HttpClient http = HttpClient.newHttpClient();
  private final ManagedChannel channel;

  /** The running suite. */
  public static synchronized TillSuite get() {
    if (one == null) {
      one = new TillSuite();
    }
    return one;
  }

  private TillSuite() {
    try {
      var data = Files.createTempDirectory("filo-pos-suite");
      suite = SuiteProcess.start(data, Map.of());
      channel = NettyChannelBuilder.forTarget(grpc()).usePlaintext().build();
      Runtime.getRuntime()
          .addShutdownHook(
              new Thread(
                  () -> {
                    channel.shutdownNow();
                    suite.close();
                    delete(data);
                  }));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** The gateway's HTTP address. */
  public String target() {
    return suite.target();
  }

  /** The gateway's gRPC door. */
  public String grpc() {
    return suite.door();
  }

  /** The door's port. */
  public int grpcPort() {
    return Integer.parseInt(grpc().substring(grpc().indexOf(':') + 1));
  }

  /** A level of the till's store. */
  public StockLevel level(String sku) {
    return inventory()
        .getStockLevel(GetStockLevelRequest.newBuilder().setName(levelName(sku)).build());
  }

  /** The whole ledger of a level of the till's store. */
  public List<Movement> ledger(String sku) {
    var movements = new ArrayList<Movement>();
    var token = "";
    do {
      var page =
          inventory()
              .listMovements(
                  ListMovementsRequest.newBuilder()
                      .setParent(levelName(sku))
                      .setPageSize(500)
                      .setPageToken(token)
                      .build());
      movements.addAll(page.getMovementsList());
      token = page.getNextPageToken();
    } while (!token.isEmpty());
    return movements;
  }

  private static String levelName(String sku) {
    return "stockLevels/" + sku + "@" + STORE.substring("stores/".length());
  }

  private InventoryServiceGrpc.InventoryServiceBlockingStub inventory() {
    var headers = new Metadata();
    headers.put(
        Metadata.Key.of("authorization", Metadata.ASCII_STRING_MARSHALLER),
        "Bearer " + token("grant_type=client_credentials", basic()));
    return InventoryServiceGrpc.newBlockingStub(channel)
        .withInterceptors(MetadataUtils.newAttachHeadersInterceptor(headers));
  }

  private static String basic() {
    return "Basic "
        + Base64.getEncoder()
            .encodeToString((CLIENT + ":" + SECRET).getBytes(StandardCharsets.UTF_8));
  }

  private String token(String form, String authorization) {
    var request =
        HttpRequest.newBuilder(URI.create(target() + "/oauth2/token"))
            .timeout(Duration.ofSeconds(60))
            .header("Content-Type", "application/x-www-form-urlencoded")
            .POST(HttpRequest.BodyPublishers.ofString(form));
    if (!authorization.isEmpty()) {
      request.header("Authorization", authorization);
    }
    return send(request.build()).path("access_token").asString("");
  }

  /** Somebody reserves; gives the reservation with its pickup code. */
  public JsonNode reserve(String sku, int quantity) {
    var token = token("grant_type=urn:filo:oauth:guest&client_id=shop-web", "");
    var body =
        "{\"store\":\"%s\",\"lines\":[{\"sku\":\"%s\",\"quantity\":%d}]}"
            .formatted(STORE, sku, quantity);
    return send(
        HttpRequest.newBuilder(URI.create(target() + "/v1/reservations"))
            .timeout(Duration.ofSeconds(60))
            .header("Content-Type", "application/json")
            .header("Authorization", "Bearer " + token)
            .header("Idempotency-Key", UUID.randomUUID().toString())
            .POST(HttpRequest.BodyPublishers.ofString(body))
            .build());
  }

  /** A manager counts that a SKU is nowhere. */
  public void countedToNothing(String sku) {
    var counts = new ArrayList<String>();
    for (boolean warehouses : new boolean[] {false, true}) {
      var places =
          send(
              HttpRequest.newBuilder(
                      URI.create(target() + "/v1/stores?pageSize=100&warehouses=" + warehouses))
                  .timeout(Duration.ofSeconds(60))
                  .build());
      for (JsonNode place : places.path("stores")) {
        counts.add(
            "{\"id\":\"%s\",\"kind\":\"COUNT\",\"sku\":\"%s\",\"location\":\"%s\",\"quantity\":0}"
                .formatted(UUID.randomUUID(), sku, place.path("name").asString("")));
      }
    }
    send(
        HttpRequest.newBuilder(URI.create(target() + "/v1/stockMovements:batchCreate"))
            .timeout(Duration.ofSeconds(60))
            .header("Content-Type", "application/json")
            .header("Authorization", "Bearer " + manager())
            .header("Idempotency-Key", UUID.randomUUID().toString())
            .POST(
                HttpRequest.BodyPublishers.ofString(
                    "{\"movements\":[" + String.join(",", counts) + "]}"))
            .build());
  }

  /** A manager says that each piece of a SKU has a serial number. */
  public void serialize(String sku) {
    change(sku, "{\"serialized\":true}", "serialized");
  }

  /** A manager says what a kit is made of: one piece of each SKU. */
  public void kit(String sku, String... parts) {
    var components =
        Arrays.stream(parts)
            .map(part -> "{\"sku\":\"%s\",\"quantity\":1}".formatted(part))
            .collect(Collectors.joining(",", "[", "]"));
    change(sku, "{\"components\":" + components + "}", "components");
  }

  private void change(String sku, String item, String field) {
    send(
        HttpRequest.newBuilder(
                URI.create(target() + "/v1/stockItems/" + sku + "?updateMask=" + field))
            .timeout(Duration.ofSeconds(60))
            .header("Content-Type", "application/json")
            .header("Authorization", "Bearer " + manager())
            .header("Idempotency-Key", UUID.randomUUID().toString())
            .method("PATCH", HttpRequest.BodyPublishers.ofString(item))
            .build());
  }

  private synchronized String manager() {
    if (manager.isEmpty()) {
      var before = newest();
      var signIn =
          send(HttpRequest.newBuilder(URI.create(target() + "/v1/signIns"))
                  .timeout(Duration.ofSeconds(60))
                  .header("Content-Type", "application/json")
                  .POST(HttpRequest.BodyPublishers.ofString("{\"email\":\"" + MANAGER + "\"}"))
                  .build())
              .path("name")
              .asString("");
      manager =
          token(
              "grant_type=urn:filo:oauth:code&client_id=desk-web&sign_in="
                  + signIn
                  + "&code="
                  + code(before),
              "");
    }
    return manager;
  }

  /** The code of the first mail to the manager that is newer than {@code before}. */
  private String code(String before) {
    long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(60);
    for (var mail = newest(); System.nanoTime() < end; mail = newest()) {
      var digits = CODE.matcher(mail);
      if (mail.compareTo(before) > 0 && digits.find()) {
        return digits.group();
      }
      Thread.onSpinWait();
    }
    throw new AssertionError("no code came by mail");
  }

  /** Time and text of the newest mail to the manager; empty when there is none. */
  private String newest() {
    var box =
        send(
            HttpRequest.newBuilder(URI.create(target() + "/dev/mailbox?to=" + MANAGER))
                .timeout(Duration.ofSeconds(60))
                .build());
    var newest = "";
    for (JsonNode mail : box.path("messages")) {
      var text = mail.path("createTime").asString("") + " " + mail.path("text").asString("");
      newest = text.compareTo(newest) > 0 ? text : newest;
    }
    return newest;
  }

  private JsonNode send(HttpRequest request) {
    try {
      var answer = http.send(request, HttpResponse.BodyHandlers.ofString());
      if (answer.statusCode() != 200) {
        throw new AssertionError(request.uri() + " answers " + answer.body());
      }
      return JsonMapper.shared().readTree(answer.body());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException(e);
    }
  }

  private static void delete(Path folder) {
    try (Stream<Path> files = Files.walk(folder)) {
      files.sorted(Comparator.reverseOrder()).forEach(path -> path.toFile().delete());
    } catch (IOException e) {
      // It is temporary.
    }
  }
}
