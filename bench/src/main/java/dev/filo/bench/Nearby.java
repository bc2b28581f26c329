package dev.filo.bench;

import com.google.protobuf.InvalidProtocolBufferException;
import com.mongodb.client.model.Filters;
import com.mongodb.reactivestreams.client.MongoCollection;
import com.mongodb.reactivestreams.client.MongoDatabase;
import dev.filo.platform.grpc.Answers;
import dev.filo.platform.mongo.Docs;
import dev.filo.proto.api.v1.Role;
import dev.filo.proto.cart.v1.Cart;
import dev.filo.proto.cart.v1.CartLine;
import dev.filo.proto.cart.v1.CartServiceGrpc;
import dev.filo.proto.cart.v1.CartServiceGrpc.CartServiceBlockingStub;
import dev.filo.proto.cart.v1.GetCartRequest;
import dev.filo.proto.inventory.v1.BatchFindNearestRequest;
import dev.filo.proto.inventory.v1.FindNearbyRequest;
import dev.filo.proto.inventory.v1.InventoryServiceGrpc.InventoryServiceBlockingStub;
import dev.filo.testkit.TestTokens;
import io.grpc.stub.StreamObserver;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.bson.Document;
import org.bson.types.Binary;
import reactor.core.publisher.Mono;

/**
 * Availability near a point among many stores; against reading a cart, which is one document, by
 * the same server, with the same checks of token and fields.
 */
final class Nearby implements AutoCloseable {
  private static final Duration WAIT = Duration.ofMinutes(2);
  private static final int SKUS = 24;
  private static final int BASKET = 3;
  private static final int PAGE = 24;
  private static final int CARTS = 1_000;
  private static final int LINES = 5;

  private final MongoDatabase database;
  private final Inventory inventory;
  private final InventoryServiceBlockingStub stub;
  private final CartServiceBlockingStub cartStub;

  /** A cart's read and nothing else: one document by its id, with one message in it. */
  private static final class Carts extends CartServiceGrpc.CartServiceImplBase {
    private final MongoCollection<Document> carts;

    Carts(MongoCollection<Document> carts) {
      this.carts = carts;
    }

    @Override
    public void getCart(GetCartRequest request, StreamObserver<Cart> observer) {
      Answers.unary(
          observer,
          Mono.from(carts.find(Filters.eq("_id", request.getName())).first()).map(Carts::cart));
    }

    private static Cart cart(Document document) {
      try {
        return Cart.parseFrom(Docs.bytes(document, "cart"));
      } catch (InvalidProtocolBufferException e) {
        throw new IllegalStateException(e);
      }
    }

    void fill() {
      var documents = new ArrayList<Document>();
      for (int i = 0; i < CARTS; i++) {
        var cart = Cart.newBuilder().setName(name(i)).setEtag("1");
        for (int line = 0; line < LINES; line++) {
          cart.addLines(CartLine.newBuilder().setId("line-" + line).setSku("SKU-" + line));
        }
        documents.add(
            new Document("_id", name(i)).append("cart", new Binary(cart.build().toByteArray())));
      }
      Mono.from(carts.insertMany(documents)).block(WAIT);
    }

    static String name(int number) {
      return "customers/c" + number + "/cart";
    }
  }

  /** Starts inventory with so many stores, each of which has each of the SKUs. */
  Nearby(Setting setting, int stores) {
    database = setting.mongo().getDatabase(setting.database() + "_nearby_" + stores);
    var carts = new Carts(database.getCollection("carts"));
    carts.fill();
    inventory = new Inventory(database, database.getName(), stores, carts);
    var everywhere = IntStream.range(0, stores).mapToObj(Inventory::store).toList();
    for (int i = 0; i < SKUS; i++) {
      inventory.receive(List.of("NEAR-" + i), everywhere, 1 + i % 3);
    }
    stub = inventory.as(Role.ROLE_AGENT, "staff/agent");
    cartStub =
        CartServiceGrpc.newBlockingStub(inventory.channel())
            .withCallCredentials(
                TestTokens.bearer(inventory.tokens().token(Role.ROLE_AGENT, "staff/agent")));
  }

  static List<Figure> measure(Setting setting) throws InterruptedException {
    try (var nearby = new Nearby(setting, Inventory.STORES)) {
      var costs =
          Turns.measure(
              setting,
              (client, number) -> nearby.readCart(number),
              (client, number) -> nearby.find(number, 20),
              (client, number) -> nearby.find(number, 50),
              (client, number) -> nearby.findBasket(number),
              (client, number) -> nearby.findPage(number));
      var read = costs.getFirst().result();
      var figures = new ArrayList<>(ofOneSku(read, costs.get(1).result()));
      figures.add(
          Figure.p99("the 50 nearest of 500 stores for a SKU", costs.get(2).result(), read));
      figures.add(
          Figure.p99(
                  "the 20 of 500 stores with most of %d SKUs".formatted(BASKET),
                  costs.get(3).result(),
                  read)
              .atMost(2));
      figures.add(
          Figure.p99(
                  "the nearest of 500 stores for each of %d SKUs".formatted(PAGE),
                  costs.get(4).result(),
                  read)
              .atMost(2));
      return figures;
    }
  }

  /** Only the 20 nearest stores for a SKU. */
  static List<Figure> ofOneSku(Setting setting) throws InterruptedException {
    try (var nearby = new Nearby(setting, Inventory.STORES)) {
      var costs =
          Turns.measure(
              setting,
              (client, number) -> nearby.readCart(number),
              (client, number) -> nearby.find(number, 20));
      return ofOneSku(costs.getFirst().result(), costs.get(1).result());
    }
  }

  private static List<Figure> ofOneSku(Load.Result read, Load.Result found) {
    return List.of(
        Figure.baseline("a cart's read: one document by its id", read),
        Figure.p99("the 20 nearest of 500 stores for a SKU", found, read).atMost(2));
  }

  private boolean readCart(int number) {
    return cartStub
            .withDeadlineAfter(30, TimeUnit.SECONDS)
            .getCart(GetCartRequest.newBuilder().setName(Carts.name(number % CARTS)).build())
            .getLinesCount()
        == LINES;
  }

  /** True when as many stores as wanted were found. */
  boolean find(int number, int wanted) {
    return find(skus(number, 1), wanted);
  }

  private boolean findBasket(int number) {
    return find(skus(number, BASKET), 20);
  }

  /** As a page of products asks it. */
  private boolean findPage(int number) {
    return stub.withDeadlineAfter(30, TimeUnit.SECONDS)
            .batchFindNearest(
                BatchFindNearestRequest.newBuilder()
                    .addAllSkus(skus(number, PAGE))
                    .setLatitude(45.12)
                    .setLongitude(9.1)
                    .build())
            .getItemsCount()
        == PAGE;
  }

  private static List<String> skus(int number, int count) {
    return IntStream.range(number, number + count).mapToObj(i -> "NEAR-" + i % SKUS).toList();
  }

  private boolean find(List<String> skus, int wanted) {
    return stub.withDeadlineAfter(30, TimeUnit.SECONDS)
            .findNearby(
                FindNearbyRequest.newBuilder()
                    .addAllSku(skus)
                    .setLatitude(45.12)
                    .setLongitude(9.1)
                    .setRadiusMeters(50_000)
                    .setPageSize(wanted)
                    .build())
            .getLocationsCount()
        == wanted;
  }

  @Override
  public void close() {
    inventory.close();
    Mono.from(database.drop()).block(WAIT);
  }
}
