package dev.filo.bench;

import com.google.protobuf.InvalidProtocolBufferException;
import com.mongodb.client.model.Filters;
import com.mongodb.reactivestreams.client.MongoCollection;
import dev.filo.platform.grpc.Answers;
import dev.filo.platform.mongo.Docs;
import dev.filo.proto.api.v1.Role;
import dev.filo.proto.cart.v1.Cart;
import dev.filo.proto.cart.v1.CartLine;
import dev.filo.proto.cart.v1.CartServiceGrpc;
import dev.filo.proto.cart.v1.GetCartRequest;
import dev.filo.proto.inventory.v1.FindNearbyRequest;
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
 * Availability near a point among 500 stores; against reading a cart, which is one document, by the
 * same server, with the same checks of token and fields.
 */
final class Nearby {
  private static final Duration WAIT = Duration.ofMinutes(2);
  private static final int SKUS = 20;
  private static final int CARTS = 1_000;
  private static final int LINES = 5;

  private Nearby() {}

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

  static List<Figure> measure(Setting setting) throws InterruptedException {
    var database = setting.mongo().getDatabase(setting.database() + "_nearby");
    var carts = new Carts(database.getCollection("carts"));
    try (var inventory = new Inventory(database, database.getName(), carts)) {
      carts.fill();
      var everywhere = IntStream.range(0, Inventory.STORES).mapToObj(Inventory::store).toList();
      for (int i = 0; i < SKUS; i++) {
        inventory.receive(List.of("NEAR-" + i), everywhere, 1 + i % 3);
      }
      return measure(setting, inventory);
    } finally {
      Mono.from(database.drop()).block(WAIT);
    }
  }

  private static List<Figure> measure(Setting setting, Inventory inventory)
      throws InterruptedException {
    var cartStub =
        CartServiceGrpc.newBlockingStub(inventory.channel())
            .withCallCredentials(
                TestTokens.bearer(inventory.tokens().token(Role.ROLE_AGENT, "staff/agent")));
    var stub = inventory.as(Role.ROLE_AGENT, "staff/agent");
    Load.Request readCart =
        (client, number) ->
            cartStub
                    .withDeadlineAfter(30, TimeUnit.SECONDS)
                    .getCart(
                        GetCartRequest.newBuilder().setName(Carts.name(number % CARTS)).build())
                    .getLinesCount()
                == LINES;
    Load.Request near = (client, number) -> stores(stub, number, 20) == 20;
    Load.Request wide = (client, number) -> stores(stub, number, 50) == 50;
    run(setting, readCart);
    run(setting, near);
    Load.Result read = null;
    Load.Result twenty = null;
    Load.Result fifty = null;
    for (int round = 0; round < setting.rounds(); round++) {
      var a = run(setting, readCart);
      var b = run(setting, near);
      var c = run(setting, wide);
      read = read == null ? a : read.and(a);
      twenty = twenty == null ? b : twenty.and(b);
      fifty = fifty == null ? c : fifty.and(c);
    }
    if (read == null || twenty == null || fifty == null) {
      throw new IllegalArgumentException("rounds: 0 (expected: > 0)");
    }
    return List.of(
        Figure.baseline("a cart's read: one document by its id", read),
        Figure.p99("the 20 nearest of 500 stores for a SKU", twenty, read).atMost(2),
        Figure.p99("the 50 nearest of 500 stores for a SKU", fifty, read));
  }

  private static int stores(
      dev.filo.proto.inventory.v1.InventoryServiceGrpc.InventoryServiceBlockingStub stub,
      int number,
      int limit) {
    return stub.withDeadlineAfter(30, TimeUnit.SECONDS)
        .findNearby(
            FindNearbyRequest.newBuilder()
                .addSku("NEAR-" + number % SKUS)
                .setLatitude(45.12)
                .setLongitude(9.1)
                .setRadiusMeters(50_000)
                .setPageSize(limit)
                .build())
        .getLocationsCount();
  }

  private static Load.Result run(Setting setting, Load.Request request)
      throws InterruptedException {
    var result = Load.run(setting.clients(), setting.round(), Integer.MAX_VALUE, request);
    if (result.other() > 0) {
      throw new IllegalStateException(result.other() + " answers were not as expected");
    }
    return result;
  }
}
