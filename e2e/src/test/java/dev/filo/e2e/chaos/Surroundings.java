package dev.filo.e2e.chaos;

import com.google.type.DayOfWeek;
import com.google.type.LatLng;
import com.google.type.Money;
import com.google.type.TimeOfDay;
import com.sun.net.httpserver.HttpServer;
import dev.filo.proto.api.v1.Role;
import dev.filo.proto.catalog.v1.BatchGetVariantsRequest;
import dev.filo.proto.catalog.v1.BatchGetVariantsResponse;
import dev.filo.proto.catalog.v1.CatalogServiceGrpc;
import dev.filo.proto.catalog.v1.GetStoreRequest;
import dev.filo.proto.catalog.v1.OpeningPeriod;
import dev.filo.proto.catalog.v1.Store;
import dev.filo.proto.catalog.v1.Variant;
import dev.filo.proto.catalog.v1.VariantItem;
import dev.filo.proto.feed.v1.FeedServiceGrpc;
import dev.filo.proto.feed.v1.FeedServiceGrpc.FeedServiceStub;
import dev.filo.proto.feed.v1.WatchRequest;
import dev.filo.proto.feed.v1.WatchResponse;
import dev.filo.proto.identity.v1.Customer;
import dev.filo.proto.identity.v1.GetCustomerRequest;
import dev.filo.proto.identity.v1.IdentityServiceGrpc;
import dev.filo.proto.identity.v1.ListSigningKeysRequest;
import dev.filo.proto.identity.v1.ListSigningKeysResponse;
import dev.filo.testkit.TestTokens;
import io.grpc.BindableService;
import io.grpc.Server;
import io.grpc.netty.NettyServerBuilder;
import io.grpc.stub.StreamObserver;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * What services need around them and what is not under test here: a catalog whose stores are open
 * around the clock, and tokens, in this JVM, over the network. Whose cart becomes whose is told by
 * the identity under test.
 */
final class Surroundings implements AutoCloseable {
  /** The stores there are. */
  static final List<String> STORES = List.of("stores/alba", "stores/brera", "stores/como");

  private final TestTokens tokens = TestTokens.byTheSystemClock();
  private final Server catalog;
  private final Server identity;
  private final HttpServer http;
  private volatile @Nullable Supplier<FeedServiceStub> realIdentity;

  Surroundings() throws IOException {
    catalog = serve(new Catalog(), new QuietFeed());
    identity = serve(new Identity(), new IdentityFeed());
    http = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    http.createContext(
        "/oauth2/token",
        exchange -> {
          var body =
              ("{\"access_token\":\"%s\",\"token_type\":\"Bearer\",\"expires_in\":540}"
                      .formatted(tokens.token(Role.ROLE_SERVICE, "services/reservation")))
                  .getBytes(StandardCharsets.UTF_8);
          exchange.getResponseHeaders().add("Content-Type", "application/json");
          exchange.sendResponseHeaders(200, body.length);
          try (var out = exchange.getResponseBody()) {
            out.write(body);
          }
        });
    http.start();
  }

  private static Server serve(BindableService... services) throws IOException {
    return NettyServerBuilder.forAddress(new InetSocketAddress("127.0.0.1", 0))
        .addServices(Stream.of(services).map(BindableService::bindService).toList())
        .permitKeepAliveTime(5, TimeUnit.SECONDS)
        .permitKeepAliveWithoutCalls(true)
        .executor(Executors.newVirtualThreadPerTaskExecutor())
        .build()
        .start();
  }

  /** The port of the catalog. */
  int catalogPort() {
    return catalog.getPort();
  }

  /** The port of what services take for identity. */
  int identityPort() {
    return identity.getPort();
  }

  /** The feed of the identity that is under test, at any of its replicas. */
  void identityFeed(Supplier<FeedServiceStub> feed) {
    realIdentity = feed;
  }

  /** Where services get their tokens. */
  String tokenUri() {
    return "http://127.0.0.1:" + http.getAddress().getPort() + "/oauth2/token";
  }

  /** Tokens for callers. */
  TestTokens tokens() {
    return tokens;
  }

  @Override
  public void close() {
    catalog.shutdownNow();
    identity.shutdownNow();
    http.stop(0);
  }

  private static final class Catalog extends CatalogServiceGrpc.CatalogServiceImplBase {
    @Override
    public void getStore(GetStoreRequest request, StreamObserver<Store> observer) {
      int place = STORES.indexOf(request.getName());
      if (place < 0) {
        observer.onError(io.grpc.Status.NOT_FOUND.asRuntimeException());
        return;
      }
      var store =
          Store.newBuilder()
              .setName(request.getName())
              .setTitle(request.getName())
              .setTimeZone("Europe/Rome")
              .setLocation(LatLng.newBuilder().setLatitude(45 + place / 10.0).setLongitude(9))
              .setPickup(true);
      IntStream.rangeClosed(1, 7)
          .forEach(
              day ->
                  store.addOpeningHours(
                      OpeningPeriod.newBuilder()
                          .setDay(DayOfWeek.forNumber(day))
                          .setOpenTime(TimeOfDay.newBuilder().setHours(0))
                          .setCloseTime(TimeOfDay.newBuilder().setHours(24))));
      observer.onNext(store.build());
      observer.onCompleted();
    }

    @Override
    public void batchGetVariants(
        BatchGetVariantsRequest request, StreamObserver<BatchGetVariantsResponse> observer) {
      var answer = BatchGetVariantsResponse.newBuilder();
      for (String sku : request.getSkusList()) {
        answer.addItems(
            VariantItem.newBuilder()
                .setProduct("products/" + sku.toLowerCase(java.util.Locale.ROOT))
                .setTitle(sku)
                .setVariant(
                    Variant.newBuilder()
                        .setSku(sku)
                        .setPrice(Money.newBuilder().setCurrencyCode("EUR").setUnits(10))));
      }
      observer.onNext(answer.build());
      observer.onCompleted();
    }
  }

  private final class Identity extends IdentityServiceGrpc.IdentityServiceImplBase {
    @Override
    public void getCustomer(GetCustomerRequest request, StreamObserver<Customer> observer) {
      observer.onNext(Customer.newBuilder().setName(request.getName()).build()); // anybody
      observer.onCompleted();
    }

    @Override
    public void listSigningKeys(
        ListSigningKeysRequest request, StreamObserver<ListSigningKeysResponse> observer) {
      observer.onNext(ListSigningKeysResponse.newBuilder().setJwksJson(TestTokens.jwks()).build());
      observer.onCompleted();
    }
  }

  /** The feed of the identity under test, passed on. */
  private final class IdentityFeed extends FeedServiceGrpc.FeedServiceImplBase {
    @Override
    public void watch(WatchRequest request, StreamObserver<WatchResponse> observer) {
      var feed = realIdentity;
      if (feed == null) {
        observer.onError(io.grpc.Status.UNAVAILABLE.asRuntimeException());
        return;
      }
      // With the caller's context: when it has left, so has this call.
      feed.get().watch(request, observer);
    }
  }

  /** A feed in which nothing happens. */
  private static final class QuietFeed extends FeedServiceGrpc.FeedServiceImplBase {
    @Override
    public void watch(WatchRequest request, StreamObserver<WatchResponse> observer) {
      observer.onNext(WatchResponse.newBuilder().setPosition(request.getAfterPosition()).build());
    }
  }
}
