package dev.filo.cart;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;
import static org.awaitility.Awaitility.await;

import com.google.type.Money;
import com.mongodb.reactivestreams.client.MongoDatabase;
import com.sun.net.httpserver.HttpServer;
import dev.filo.platform.Services;
import dev.filo.platform.auth.Claims;
import dev.filo.platform.auth.MergeHandler;
import dev.filo.platform.auth.UnmergeHandler;
import dev.filo.platform.code.Ids;
import dev.filo.platform.feed.FeedStore;
import dev.filo.platform.grpc.Channels;
import dev.filo.platform.grpc.Statuses;
import dev.filo.proto.api.v1.Role;
import dev.filo.proto.cart.v1.AddLine;
import dev.filo.proto.cart.v1.AllowEditing;
import dev.filo.proto.cart.v1.AnswerProposal;
import dev.filo.proto.cart.v1.ApplyCartOperationsRequest;
import dev.filo.proto.cart.v1.AskToEdit;
import dev.filo.proto.cart.v1.Cart;
import dev.filo.proto.cart.v1.CartChanged;
import dev.filo.proto.cart.v1.CartLine;
import dev.filo.proto.cart.v1.CartLink;
import dev.filo.proto.cart.v1.CartOperation;
import dev.filo.proto.cart.v1.CartOperationResult;
import dev.filo.proto.cart.v1.CartServiceGrpc;
import dev.filo.proto.cart.v1.CartVoucher;
import dev.filo.proto.cart.v1.ChooseFulfilment;
import dev.filo.proto.cart.v1.CreateVoucherRequest;
import dev.filo.proto.cart.v1.EndEditing;
import dev.filo.proto.cart.v1.Fulfilment;
import dev.filo.proto.cart.v1.GetCartLinkRequest;
import dev.filo.proto.cart.v1.GetCartRequest;
import dev.filo.proto.cart.v1.LineAvailability;
import dev.filo.proto.cart.v1.ListCartLinksRequest;
import dev.filo.proto.cart.v1.ListVouchersRequest;
import dev.filo.proto.cart.v1.NoteLine;
import dev.filo.proto.cart.v1.Origin;
import dev.filo.proto.cart.v1.ProposeLine;
import dev.filo.proto.cart.v1.RemoveLine;
import dev.filo.proto.cart.v1.ReplayCartOperationsRequest;
import dev.filo.proto.cart.v1.RevokeCartLinkRequest;
import dev.filo.proto.cart.v1.SetQuantity;
import dev.filo.proto.cart.v1.ShareCartRequest;
import dev.filo.proto.cart.v1.TakeCartLinkRequest;
import dev.filo.proto.cart.v1.UndoMerge;
import dev.filo.proto.cart.v1.UseVoucher;
import dev.filo.proto.cart.v1.Voucher;
import dev.filo.proto.cart.v1.WatchCartRequest;
import dev.filo.proto.cart.v1.WithdrawVoucherRequest;
import dev.filo.proto.catalog.v1.BatchGetVariantsRequest;
import dev.filo.proto.catalog.v1.BatchGetVariantsResponse;
import dev.filo.proto.catalog.v1.CatalogServiceGrpc;
import dev.filo.proto.catalog.v1.GetStoreRequest;
import dev.filo.proto.catalog.v1.Media;
import dev.filo.proto.catalog.v1.Store;
import dev.filo.proto.catalog.v1.Variant;
import dev.filo.proto.catalog.v1.VariantItem;
import dev.filo.proto.identity.v1.Customer;
import dev.filo.proto.identity.v1.GetCustomerRequest;
import dev.filo.proto.identity.v1.IdentityServiceGrpc;
import dev.filo.proto.identity.v1.ListSigningKeysRequest;
import dev.filo.proto.identity.v1.ListSigningKeysResponse;
import dev.filo.proto.identity.v1.Place;
import dev.filo.proto.inventory.v1.BatchFindNearestRequest;
import dev.filo.proto.inventory.v1.BatchFindNearestResponse;
import dev.filo.proto.inventory.v1.InventoryServiceGrpc;
import dev.filo.proto.inventory.v1.LocationAvailability;
import dev.filo.proto.inventory.v1.NearestAvailability;
import dev.filo.testkit.TestMongo;
import dev.filo.testkit.TestTokens;
import io.grpc.BindableService;
import io.grpc.ManagedChannel;
import io.grpc.Metadata;
import io.grpc.Server;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.grpc.inprocess.InProcessServerBuilder;
import io.grpc.stub.ClientCallStreamObserver;
import io.grpc.stub.ClientResponseObserver;
import io.grpc.stub.MetadataUtils;
import io.grpc.stub.StreamObserver;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.springframework.context.ConfigurableApplicationContext;
import reactor.core.publisher.Mono;

/** The whole service, as it runs, with a catalog and an inventory that speak gRPC. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class CartRpcTest {
  private static final Duration PATIENCE = Duration.ofSeconds(20);

  private final String suffix = "-" + Ids.random();
  private final TestTokens tokens = TestTokens.byTheSystemClock();
  private final Map<String, VariantItem> catalog = new ConcurrentHashMap<>();
  private final AtomicInteger catalogCalls = new AtomicInteger();
  private final AtomicInteger inventoryCalls = new AtomicInteger();
  private ConfigurableApplicationContext service;
  private ManagedChannel channel;
  private Server catalogServer;
  private Server inventoryServer;
  private Server identityServer;
  private HttpServer tokenServer;
  private String julia;

  @BeforeAll
  void start() throws IOException {
    sell("SOFA", "Divano", 999, false);
    sell("LAMP", "Lampada", 49, false);
    sell("OLD", "Vecchio", 1, true);
    catalogServer = serve("catalog", new FakeCatalog());
    inventoryServer = serve("inventory", new FakeInventory());
    identityServer = serve("identity", new FakeIdentity());
    tokenServer = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    tokenServer.createContext(
        "/oauth2/token",
        exchange -> {
          var answer =
              ("{\"access_token\":\""
                      + tokens.token(Role.ROLE_SERVICE, "services/cart")
                      + "\",\"expires_in\":600}")
                  .getBytes(StandardCharsets.UTF_8);
          exchange.sendResponseHeaders(200, answer.length);
          exchange.getResponseBody().write(answer);
          exchange.close();
        });
    tokenServer.start();
    service =
        Services.builder(CartApplication.class, "cart")
            .web(org.springframework.boot.WebApplicationType.NONE)
            .run(
                "--filo.mongodb.uri=" + TestMongo.embedded().uri(),
                "--filo.mongodb.prefix=test" + suffix + "_",
                "--filo.grpc.listen=in-process:cart" + suffix,
                "--filo.grpc.drain=100ms",
                "--filo.cart.goods-age=0",
                "--filo.cart.stock-age=0",
                "--filo.token-uri=http://localhost:"
                    + tokenServer.getAddress().getPort()
                    + "/oauth2/token",
                "--filo.targets.catalog=in-process:catalog" + suffix,
                "--filo.targets.inventory=in-process:inventory" + suffix,
                "--filo.targets.identity=in-process:identity" + suffix);
    channel = Channels.open("in-process:cart" + suffix);
  }

  @AfterAll
  void stop() {
    channel.shutdownNow();
    Mono.from(service.getBean(MongoDatabase.class).drop()).block(PATIENCE);
    service.close();
    catalogServer.shutdownNow();
    inventoryServer.shutdownNow();
    identityServer.shutdownNow();
    tokenServer.stop(0);
  }

  private Server serve(String name, BindableService fake) throws IOException {
    return InProcessServerBuilder.forName(name + suffix).addService(fake).build().start();
  }

  private void sell(String sku, String title, int price, boolean withdrawn) {
    catalog.put(
        sku,
        VariantItem.newBuilder()
            .setProduct("products/" + sku.toLowerCase(java.util.Locale.ROOT))
            .setTitle(title)
            .setVariant(
                Variant.newBuilder()
                    .setSku(sku)
                    .setPrice(Money.newBuilder().setCurrencyCode("EUR").setUnits(price)))
            .setMedia(Media.newBuilder().setUri("/media/" + sku))
            .setWithdrawn(withdrawn)
            .build());
  }

  /** Knows what {@link #catalog} has, and one store. */
  private final class FakeCatalog extends CatalogServiceGrpc.CatalogServiceImplBase {
    @Override
    public void getStore(GetStoreRequest request, StreamObserver<Store> observer) {
      if (request.getName().equals("stores/a")) {
        observer.onNext(Store.newBuilder().setName("stores/a").setPickup(true).build());
        observer.onCompleted();
      } else {
        observer.onError(Status.NOT_FOUND.asRuntimeException());
      }
    }

    @Override
    public void batchGetVariants(
        BatchGetVariantsRequest request, StreamObserver<BatchGetVariantsResponse> observer) {
      catalogCalls.incrementAndGet();
      var answer = BatchGetVariantsResponse.newBuilder();
      for (String sku : request.getSkusList()) {
        var item = catalog.get(sku);
        if (item == null) {
          answer.addUnknown(sku);
        } else {
          answer.addItems(item);
        }
      }
      observer.onNext(answer.build());
      observer.onCompleted();
    }
  }

  /** Has five sofas in one store, and a lamp to be delivered. */
  private final class FakeInventory extends InventoryServiceGrpc.InventoryServiceImplBase {
    @Override
    public void batchFindNearest(
        BatchFindNearestRequest request, StreamObserver<BatchFindNearestResponse> observer) {
      inventoryCalls.incrementAndGet();
      var answer =
          BatchFindNearestResponse.newBuilder()
              .setAsOfTime(com.google.protobuf.Timestamp.newBuilder().setSeconds(1_000));
      for (String sku : request.getSkusList()) {
        var item = NearestAvailability.newBuilder().setSku(sku);
        switch (sku) {
          case "SOFA" -> item.setStoreCount(1).setNearest(nearest(request));
          case "LAMP" -> item.setDeliverable(1);
          default -> {}
        }
        for (String store : request.getStoresList()) {
          item.addStores(
              LocationAvailability.newBuilder()
                  .setStore(store)
                  .setTitle(store.toUpperCase(java.util.Locale.ROOT))
                  .setAvailable(sku.equals("SOFA") && store.equals("stores/a") ? 5 : 0));
        }
        answer.addItems(item);
      }
      observer.onNext(answer.build());
      observer.onCompleted();
    }
  }

  private static LocationAvailability nearest(BatchFindNearestRequest request) {
    var nearest =
        LocationAvailability.newBuilder().setStore("stores/a").setTitle("Milano").setAvailable(5);
    if (request.hasLatitude() && request.getLatitude() == 45.4642) {
      nearest.setDistanceMeters(1200);
    }
    return nearest.build();
  }

  /** Whoever's name ends in «place» shops in Milan. */
  private static final class FakeIdentity extends IdentityServiceGrpc.IdentityServiceImplBase {
    @Override
    public void getCustomer(GetCustomerRequest request, StreamObserver<Customer> observer) {
      var customer = Customer.newBuilder().setName(request.getName());
      if (request.getName().endsWith("place")) {
        customer.setPlace(
            Place.newBuilder()
                .setTitle("Milano")
                .setStore("stores/hers")
                .setLocation(
                    com.google.type.LatLng.newBuilder().setLatitude(45.4642).setLongitude(9.19)));
      }
      observer.onNext(customer.build());
      observer.onCompleted();
    }

    @Override
    public void listSigningKeys(
        ListSigningKeysRequest request, StreamObserver<ListSigningKeysResponse> observer) {
      observer.onNext(ListSigningKeysResponse.newBuilder().setJwksJson(TestTokens.jwks()).build());
      observer.onCompleted();
    }
  }

  private CartServiceGrpc.CartServiceBlockingStub as(String token) {
    return CartServiceGrpc.newBlockingStub(channel)
        .withDeadlineAfter(PATIENCE.toSeconds(), TimeUnit.SECONDS)
        .withCallCredentials(TestTokens.bearer(token));
  }

  private CartServiceGrpc.CartServiceBlockingStub shopper(String customer) {
    return as(
        tokens.token(
            Role.ROLE_CUSTOMER, customer, claims -> claims.claim(Claims.DEVICE, "iPhone")));
  }

  private CartServiceGrpc.CartServiceBlockingStub agent() {
    return as(
        tokens.token(
            Role.ROLE_AGENT, "staff/anna", claims -> claims.claim(Claims.NAME, "Anna B.")));
  }

  private String newCustomer() {
    julia = "customers/" + Ids.random();
    return julia;
  }

  private static CartOperation add(String id, String sku, int quantity) {
    return CartOperation.newBuilder()
        .setId(id)
        .setAdd(AddLine.newBuilder().setSku(sku).setQuantity(quantity))
        .build();
  }

  private static CartOperation set(String id, String line, int quantity) {
    return CartOperation.newBuilder()
        .setId(id)
        .setSetQuantity(SetQuantity.newBuilder().setLine(line).setQuantity(quantity))
        .build();
  }

  private static ApplyCartOperationsRequest apply(CartOperation... operations) {
    return ApplyCartOperationsRequest.newBuilder()
        .setName("customers/me/cart")
        .addAllOperations(List.of(operations))
        .build();
  }

  private static GetCartRequest mine() {
    return GetCartRequest.newBuilder().setName("customers/me/cart").build();
  }

  private static void refused(
      org.assertj.core.api.ThrowableAssert.ThrowingCallable call, Status.Code code, String reason) {
    var error = catchThrowableOfType(StatusRuntimeException.class, call);
    assertThat(error).isNotNull();
    assertThat(error.getStatus().getCode()).isEqualTo(code);
    assertThat(Objects.requireNonNull(Statuses.errorInfo(error)).getReason()).isEqualTo(reason);
  }

  @Test
  void get_ofSomebodyNew_isEmpty() {
    var cart = shopper(newCustomer()).getCart(mine());
    assertThat(cart.getName()).isEqualTo(julia + "/cart");
    assertThat(cart.getLinesList()).isEmpty();
    assertThat(cart.getEtag()).isNotEmpty();
    assertThat(cart.hasUpdateTime()).isFalse();
  }

  @Test
  void apply_add_isAnsweredWithEverythingAboutTheLine() {
    var stub = shopper(newCustomer());
    var cart = stub.applyCartOperations(apply(add("1", "SOFA", 2), add("2", "LAMP", 3)));
    var sofa = cart.getLines(0);
    assertThat(sofa.getTitle()).isEqualTo("Divano");
    assertThat(sofa.getUnitPrice().getUnits()).isEqualTo(999);
    assertThat(sofa.hasAddedUnitPrice()).isFalse();
    assertThat(sofa.getOrigin().getChannel()).isEqualTo("web");
    assertThat(sofa.getOrigin().getDevice()).isEqualTo("iPhone");
    assertThat(sofa.getOrigin().getBy()).isEqualTo("customer");
    assertThat(sofa.getMediaUri()).isEqualTo("/media/SOFA");
    assertThat(sofa.getProduct()).isEqualTo("products/sofa");
    assertThat(sofa.getAvailability().getState()).isEqualTo(LineAvailability.State.AVAILABLE);
    assertThat(cart.getLines(1).getAvailability().getState()).isEqualTo(LineAvailability.State.LOW);
    assertThat(cart.getTotal().getUnits()).isEqualTo(2 * 999 + 3 * 49);
    assertThat(cart.getItemCount()).isEqualTo(5);
    assertThat(stub.getCart(mine())).isEqualTo(cart);
  }

  @Test
  void apply_twice_isOnce_andOtherContentIsRefused() {
    var stub = shopper(newCustomer());
    var first = stub.applyCartOperations(apply(add("1", "SOFA", 1)));
    assertThat(stub.applyCartOperations(apply(add("1", "SOFA", 1)))).isEqualTo(first);
    refused(
        () -> stub.applyCartOperations(apply(add("1", "SOFA", 2))),
        Status.Code.ALREADY_EXISTS,
        "OPERATION_DIFFERS");
  }

  @Test
  void apply_refusals() {
    var stub = shopper(newCustomer());
    refused(
        () -> stub.applyCartOperations(apply(add("1", "NONE", 1))),
        Status.Code.NOT_FOUND,
        "SKU_NOT_FOUND");
    refused(
        () -> stub.applyCartOperations(apply(add("1", "OLD", 1))),
        Status.Code.FAILED_PRECONDITION,
        "PRODUCT_WITHDRAWN");
    refused(
        () -> stub.applyCartOperations(apply(set("1", "none", 1))),
        Status.Code.NOT_FOUND,
        "LINE_NOT_FOUND");
    refused(
        () -> stub.applyCartOperations(apply(add("1", "SOFA", 999), add("2", "SOFA", 1))),
        Status.Code.RESOURCE_EXHAUSTED,
        "QUANTITY_LIMIT");
    assertThat(stub.getCart(mine()).getLinesList()).isEmpty();
  }

  @Test
  void apply_malformed_isRefused() {
    var stub = shopper(newCustomer());
    refused(
        () -> stub.applyCartOperations(apply()), Status.Code.INVALID_ARGUMENT, "FIELDS_INVALID");
    refused(
        () -> stub.applyCartOperations(apply(add("1", "SOFA", 0))),
        Status.Code.INVALID_ARGUMENT,
        "FIELDS_INVALID");
    refused(
        () -> stub.applyCartOperations(apply(CartOperation.newBuilder().setId("1").build())),
        Status.Code.INVALID_ARGUMENT,
        "FIELDS_INVALID");
  }

  @Test
  void apply_unauthorised_isRefused() {
    refused(
        () -> CartServiceGrpc.newBlockingStub(channel).getCart(mine()),
        Status.Code.UNAUTHENTICATED,
        "TOKEN_MISSING");
    refused(
        () ->
            as(tokens.token(Role.ROLE_STORE_STAFF, "staff/x", "stores/a"))
                .getCart(GetCartRequest.newBuilder().setName("customers/a/cart").build()),
        Status.Code.PERMISSION_DENIED,
        "ROLE_NOT_ALLOWED");
    refused(
        () ->
            shopper(newCustomer())
                .getCart(GetCartRequest.newBuilder().setName("customers/other/cart").build()),
        Status.Code.NOT_FOUND,
        "RESOURCE_NOT_FOUND");
  }

  @Test
  void apply_staleEtag_isRefused_butARepetitionIsNot() {
    var stub = shopper(newCustomer());
    var empty = stub.getCart(mine());
    var request = apply(add("1", "SOFA", 1)).toBuilder().setEtag(empty.getEtag()).build();
    var cart = stub.applyCartOperations(request);
    assertThat(stub.applyCartOperations(request)).isEqualTo(cart);
    refused(
        () ->
            stub.applyCartOperations(
                apply(add("2", "SOFA", 1)).toBuilder().setEtag(empty.getEtag()).build()),
        Status.Code.ABORTED,
        "ETAG_STALE");
  }

  @Test
  void agentProposes_customerAccepts() {
    var stub = shopper(newCustomer());
    var name = julia + "/cart";
    refused(
        () ->
            agent()
                .applyCartOperations(apply(add("1", "LAMP", 1)).toBuilder().setName(name).build()),
        Status.Code.PERMISSION_DENIED,
        "OPERATION_NOT_ALLOWED");
    var proposed =
        agent()
            .applyCartOperations(
                apply(
                        CartOperation.newBuilder()
                            .setId("p1")
                            .setPropose(
                                ProposeLine.newBuilder()
                                    .setSku("LAMP")
                                    .setQuantity(1)
                                    .setNote("goes with it"))
                            .build())
                    .toBuilder()
                    .setName(name)
                    .build());
    assertThat(proposed.getProposals(0).getOrigin().getBy()).isEqualTo("Anna B.");
    assertThat(proposed.getProposals(0).getTitle()).isEqualTo("Lampada");
    assertThat(proposed.hasTotal()).isFalse();
    var accepted =
        stub.applyCartOperations(
            apply(
                CartOperation.newBuilder()
                    .setId("a1")
                    .setAccept(
                        AnswerProposal.newBuilder().setProposal(proposed.getProposals(0).getId()))
                    .build()));
    assertThat(accepted.getProposalsList()).isEmpty();
    assertThat(accepted.getLines(0).getOrigin().getBy()).isEqualTo("Anna B.");
    assertThat(accepted.getLines(0).getOrigin().getChannel()).isEqualTo("desk");
  }

  @Test
  void price_thatChanged_isShownBesideTheOldOne() {
    sell("RUG", "Tappeto", 100, false);
    var stub = shopper(newCustomer());
    stub.applyCartOperations(apply(add("1", "RUG", 1)));
    sell("RUG", "Tappeto", 80, true);
    var cart = stub.getCart(mine());
    assertThat(cart.getLines(0).getUnitPrice().getUnits()).isEqualTo(80);
    assertThat(cart.getLines(0).getAddedUnitPrice().getUnits()).isEqualTo(100);
    assertThat(cart.getLines(0).getWithdrawn()).isTrue();
    assertThat(cart.getWarnings(0).getCode()).isEqualTo("PRODUCT_WITHDRAWN");
    assertThat(cart.getLines(0).getAvailability().getState())
        .isEqualTo(LineAvailability.State.UNAVAILABLE);
  }

  @Test
  void catalogAndInventoryDown_cartStaysUsable_exceptForAdding() throws Exception {
    var stub = shopper(newCustomer());
    var before = stub.applyCartOperations(apply(add("1", "SOFA", 1), add("2", "LAMP", 1)));
    catalogServer.shutdownNow().awaitTermination();
    inventoryServer.shutdownNow().awaitTermination();
    try {
      var cart =
          stub.applyCartOperations(
              apply(
                  CartOperation.newBuilder()
                      .setId("3")
                      .setRemove(RemoveLine.newBuilder().setLine(before.getLines(1).getId()))
                      .build()));
      assertThat(cart.getLinesList()).hasSize(1);
      assertThat(cart.getLines(0).getTitle()).isEqualTo("Divano");
      assertThat(cart.getTotal().getUnits()).isEqualTo(999);
      assertThat(cart.getLines(0).getAvailability().getState())
          .isEqualTo(LineAvailability.State.UNKNOWN);
      refused(
          () -> stub.applyCartOperations(apply(add("4", "SOFA", 1))),
          Status.Code.UNAVAILABLE,
          "UNAVAILABLE");
    } finally {
      catalogServer = serve("catalog", new FakeCatalog());
      inventoryServer = serve("inventory", new FakeInventory());
    }
    assertThat(stub.applyCartOperations(apply(add("4", "SOFA", 1))).getItemCount()).isEqualTo(2);
  }

  @Test
  void watch_sendsTheStateAndEachChange_andResumes() throws Exception {
    var stub = shopper(newCustomer());
    var seen = new LinkedBlockingQueue<Cart>();
    var stop = new Watch(seen);
    watch(stub, "", stop);
    var empty = next(seen);
    assertThat(empty.getLinesList()).isEmpty();
    var cart = stub.applyCartOperations(apply(add("1", "SOFA", 1)));
    assertThat(next(seen)).isEqualTo(cart);
    var resumed = new LinkedBlockingQueue<Cart>();
    watch(stub, cart.getEtag(), new Watch(resumed));
    var more = stub.applyCartOperations(apply(add("2", "LAMP", 1)));
    assertThat(next(seen)).isEqualTo(more);
    assertThat(next(resumed)).isEqualTo(more);
  }

  private void watch(
      CartServiceGrpc.CartServiceBlockingStub stub, String cursor, StreamObserver<Cart> observer) {
    CartServiceGrpc.newStub(channel)
        .withCallCredentials(Objects.requireNonNull(stub.getCallOptions().getCredentials()))
        .watchCart(
            WatchCartRequest.newBuilder()
                .setName("customers/me/cart")
                .setResumeCursor(cursor)
                .build(),
            observer);
  }

  private static Cart next(BlockingQueue<Cart> queue) throws InterruptedException {
    var cart = queue.poll(PATIENCE.toSeconds(), TimeUnit.SECONDS);
    assertThat(cart).isNotNull();
    return Objects.requireNonNull(cart);
  }

  private static final class Watch implements StreamObserver<Cart> {
    private final BlockingQueue<Cart> seen;
    private final CountDownLatch ended = new CountDownLatch(1);

    Watch(BlockingQueue<Cart> seen) {
      this.seen = seen;
    }

    @Override
    public void onNext(Cart cart) {
      seen.add(cart);
    }

    @Override
    public void onError(Throwable error) {
      ended.countDown();
    }

    @Override
    public void onCompleted() {
      ended.countDown();
    }
  }

  @Test
  void signIn_bringsTheGuestsLines_beforeAnythingIsAnswered() throws Exception {
    var guest = newCustomer();
    var guestStub =
        as(tokens.token(Role.ROLE_GUEST, guest, claims -> claims.claim(Claims.DEVICE, "PC")));
    guestStub.applyCartOperations(apply(add("1", "SOFA", 1), add("2", "LAMP", 1)));
    var watched = new LinkedBlockingQueue<Cart>();
    var watch = new Watch(watched);
    watch(guestStub, "", watch);
    next(watched);
    var customer = newCustomer();
    var signedIn =
        as(
            tokens.token(
                Role.ROLE_CUSTOMER,
                customer,
                claims -> claims.claim(Claims.FORMER, guest).claim(Claims.DEVICE, "PC")));
    var cart = signedIn.getCart(mine());
    assertThat(cart.getLinesList()).hasSize(2);
    assertThat(cart.getWarnings(0).getCode()).isEqualTo("LINES_MERGED");
    assertThat(cart.getWarnings(0).getText()).isEqualTo("2 righe vengono da PC");
    var headers = new Metadata();
    headers.put(Metadata.Key.of("accept-language", Metadata.ASCII_STRING_MARSHALLER), "en");
    var english = signedIn.withInterceptors(MetadataUtils.newAttachHeadersInterceptor(headers));
    assertThat(english.getCart(mine()).getWarnings(0).getText()).isEqualTo("2 lines come from PC");
    // Whoever watched the guest's cart sees the new one, and goes on with it.
    assertThat(next(watched).getName()).isEqualTo(customer + "/cart");
    signedIn.applyCartOperations(apply(op("3").setAdd(add("3", "LAMP", 1).getAdd()).build()));
    assertThat(next(watched).getItemCount()).isEqualTo(3);
    assertThat(watch.ended.getCount()).isOne();
    // Identity's event comes later and changes nothing.
    service.getBean("cartMerge", MergeHandler.class).merged(customer, guest).block(PATIENCE);
    assertThat(signedIn.getCart(mine()).getItemCount()).isEqualTo(3);
    assertThat(guestStub.getCart(mine()).getItemCount()).isEqualTo(3);
  }

  @Test
  void events_tellWhatEachOperationWasAbout() {
    var stub = shopper(newCustomer());
    var cart = stub.applyCartOperations(apply(add("1", "SOFA", 1)));
    stub.applyCartOperations(
        apply(
            CartOperation.newBuilder()
                .setId("2")
                .setRemove(RemoveLine.newBuilder().setLine(cart.getLines(0).getId()))
                .build()));
    var feed = service.getBean(FeedStore.class);
    await()
        .atMost(PATIENCE)
        .untilAsserted(
            () -> {
              var mine =
                  Objects.requireNonNull(feed.after(0, 10_000).block(PATIENCE)).stream()
                      .map(FeedStore.Positioned::event)
                      .filter(event -> event.getSubject().equals(julia + "/cart"))
                      .toList();
              assertThat(mine).hasSize(2);
              assertThat(mine.getFirst().getActor().getDevice()).isEqualTo("iPhone");
              var removed = mine.getLast().getData().unpack(CartChanged.class);
              assertThat(removed.getVersion()).isEqualTo(2);
              assertThat(removed.getItems(0).getTitle()).isEqualTo("Divano");
              assertThat(removed.getTitlesMap()).containsEntry("SOFA", "Divano");
            });
  }

  private static CartOperation.Builder op(String id) {
    return CartOperation.newBuilder().setId(id);
  }

  @Test
  void aLineSaysWhatHerStoresHave_hersAndWhereShePicksUp() {
    julia = "customers/" + Ids.random() + "place";
    var cart = shopper(julia).applyCartOperations(apply(add("a", "SOFA", 2), add("b", "LAMP", 1)));
    assertThat(stores(cart.getLines(0))).containsExactly("stores/hers 0");
    inventoryCalls.set(0);
    var chosen =
        shopper(julia)
            .applyCartOperations(
                apply(
                    CartOperation.newBuilder()
                        .setId("c")
                        .setChooseFulfilment(
                            ChooseFulfilment.newBuilder()
                                .setLine(cart.getLines(0).getId())
                                .setFulfilment(
                                    Fulfilment.newBuilder()
                                        .setKind(Fulfilment.Kind.PICKUP)
                                        .setStore("stores/a")))
                        .build()));
    assertThat(stores(chosen.getLines(0))).containsExactly("stores/hers 0", "stores/a 5");
    assertThat(stores(chosen.getLines(1))).containsExactly("stores/hers 0", "stores/a 0");
    assertThat(chosen.getLines(0).getAvailability().getStores(1).getTitle()).isEqualTo("STORES/A");
    assertThat(inventoryCalls).hasValue(1);
  }

  private static List<String> stores(CartLine line) {
    return line.getAvailability().getStoresList().stream()
        .map(at -> at.getStore() + " " + at.getAvailable())
        .toList();
  }

  @Test
  void aCartOf200Lines_isOneCallToCatalog_andOneToInventory() {
    for (int i = 0; i < 200; i++) {
      sell("MANY" + i, "Cosa " + i, 1, false);
    }
    var stub = shopper(newCustomer());
    for (int batch = 0; batch < 2; batch++) {
      var operations = new CartOperation[100];
      for (int i = 0; i < 100; i++) {
        operations[i] = add("m" + batch + "-" + i, "MANY" + (batch * 100 + i), 1);
      }
      stub.applyCartOperations(apply(operations));
    }
    catalogCalls.set(0);
    inventoryCalls.set(0);
    var cart = stub.getCart(mine());
    assertThat(cart.getLinesCount()).isEqualTo(200);
    assertThat(catalogCalls).hasValue(1);
    assertThat(inventoryCalls).hasValue(1);
    refused(
        () -> stub.applyCartOperations(apply(add("one more", "SOFA", 1))),
        Status.Code.RESOURCE_EXHAUSTED,
        "CART_FULL");
  }

  @Test
  void apply_101Operations_isRefused() {
    var stub = shopper(newCustomer());
    var operations = new CartOperation[101];
    for (int i = 0; i < 101; i++) {
      operations[i] = add("o" + i, "SOFA", 1);
    }
    refused(
        () -> stub.applyCartOperations(apply(operations)),
        Status.Code.INVALID_ARGUMENT,
        "FIELDS_INVALID");
    refused(
        () -> stub.applyCartOperations(apply(add("1", "SOFA", 1000))),
        Status.Code.INVALID_ARGUMENT,
        "FIELDS_INVALID");
  }

  @Test
  void replay_answersPerOperation() {
    var stub = shopper(newCustomer());
    var cart = stub.applyCartOperations(apply(add("1", "SOFA", 1)));
    var line = cart.getLines(0).getId();
    var answer =
        stub.replayCartOperations(
            ReplayCartOperationsRequest.newBuilder()
                .setName("customers/me/cart")
                .addOperations(add("1", "SOFA", 1))
                .addOperations(add("2", "OLD", 1))
                .addOperations(add("3", "LAMP", 1))
                .addOperations(
                    op("4")
                        .setSetQuantity(
                            SetQuantity.newBuilder()
                                .setLine(line)
                                .setQuantity(4)
                                .setSeenQuantity(3)))
                .addOperations(
                    op("5").setNote(NoteLine.newBuilder().setLine("op:3").setNote("per zia")))
                .build());
    assertThat(answer.getResultsList())
        .extracting(CartOperationResult::getOutcome)
        .containsExactly(
            CartOperationResult.Outcome.REPEATED,
            CartOperationResult.Outcome.REFUSED,
            CartOperationResult.Outcome.APPLIED,
            CartOperationResult.Outcome.APPLIED,
            CartOperationResult.Outcome.APPLIED);
    assertThat(answer.getResults(1).getReason()).isEqualTo("PRODUCT_WITHDRAWN");
    assertThat(answer.getResults(1).getDetail()).isNotEmpty();
    assertThat(answer.getResults(3).getOverwroteQuantity()).isEqualTo(1);
    assertThat(answer.getResults(2).getLine()).isEqualTo(answer.getCart().getLines(1).getId());
    assertThat(answer.getCart().getLines(1).getNote()).isEqualTo("per zia");
    assertThat(answer.getCart()).isEqualTo(stub.getCart(mine()));
  }

  @Test
  void fulfilment_atAStore_andNearestStore() {
    var stub = shopper("customers/" + Ids.random() + "-place");
    var cart =
        stub.applyCartOperations(
            apply(
                add("1", "SOFA", 1),
                op("2")
                    .setChooseFulfilment(
                        ChooseFulfilment.newBuilder()
                            .setLine("op:1")
                            .setFulfilment(
                                Fulfilment.newBuilder()
                                    .setKind(Fulfilment.Kind.PICKUP)
                                    .setStore("stores/a")))
                    .build()));
    assertThat(cart.getLines(0).getFulfilment().getStore()).isEqualTo("stores/a");
    var availability = cart.getLines(0).getAvailability();
    assertThat(availability.getNearestStore()).isEqualTo("stores/a");
    assertThat(availability.getNearestStoreTitle()).isEqualTo("Milano");
    assertThat(availability.getNearestDistanceMeters()).isEqualTo(1200);
    assertThat(availability.getNearestAvailable()).isEqualTo(5);
    refused(
        () ->
            stub.applyCartOperations(
                apply(
                    op("3")
                        .setChooseFulfilment(
                            ChooseFulfilment.newBuilder()
                                .setLine(cart.getLines(0).getId())
                                .setFulfilment(
                                    Fulfilment.newBuilder()
                                        .setKind(Fulfilment.Kind.PICKUP)
                                        .setStore("stores/none")))
                        .build())),
        Status.Code.NOT_FOUND,
        "STORE_NOT_FOUND");
    // Without a place no store is nearest.
    var elsewhere = shopper(newCustomer());
    assertThat(
            elsewhere
                .applyCartOperations(apply(add("1", "SOFA", 1)))
                .getLines(0)
                .getAvailability()
                .getNearestStore())
        .isEmpty();
  }

  @Test
  void voucher_takesOff_andSaysWhyNot() {
    var manager = as(tokens.token(Role.ROLE_MANAGER, "staff/capo"));
    var code = "T" + Ids.random().substring(0, 8);
    var voucher =
        Voucher.newBuilder()
            .setName("vouchers/" + code)
            .setTitle("Dieci per cento")
            .setPercent(10)
            .setMinimum(Money.newBuilder().setCurrencyCode("EUR").setUnits(100))
            .build();
    var kept = manager.createVoucher(CreateVoucherRequest.newBuilder().setVoucher(voucher).build());
    assertThat(kept.getName()).isEqualTo("vouchers/" + code.toUpperCase(java.util.Locale.ROOT));
    refused(
        () ->
            manager.createVoucher(
                CreateVoucherRequest.newBuilder()
                    .setVoucher(voucher.toBuilder().setPercent(20))
                    .build()),
        Status.Code.ALREADY_EXISTS,
        "VOUCHER_EXISTS");
    refused(
        () ->
            manager.createVoucher(
                CreateVoucherRequest.newBuilder()
                    .setVoucher(
                        voucher.toBuilder()
                            .setAmount(Money.newBuilder().setCurrencyCode("EUR").setUnits(-1)))
                    .build()),
        Status.Code.INVALID_ARGUMENT,
        "FIELDS_INVALID");
    assertThat(
            manager
                .listVouchers(ListVouchersRequest.newBuilder().setPageSize(1).build())
                .getVouchersCount())
        .isEqualTo(1);
    var stub = shopper(newCustomer());
    refused(
        () -> stub.createVoucher(CreateVoucherRequest.newBuilder().setVoucher(voucher).build()),
        Status.Code.PERMISSION_DENIED,
        "ROLE_NOT_ALLOWED");
    var low =
        stub.applyCartOperations(
            apply(
                add("1", "LAMP", 2),
                op("2").setApplyVoucher(UseVoucher.newBuilder().setCode(code)).build()));
    assertThat(low.getVoucher().getProblem()).isEqualTo(CartVoucher.Problem.BELOW_MINIMUM);
    assertThat(low.getTotal().getUnits()).isEqualTo(98);
    var enough = stub.applyCartOperations(apply(add("3", "LAMP", 1)));
    assertThat(enough.getSubtotal().getUnits()).isEqualTo(147);
    assertThat(enough.getVoucher().getDiscount())
        .isEqualTo(
            Money.newBuilder().setCurrencyCode("EUR").setUnits(14).setNanos(700_000_000).build());
    assertThat(enough.getTotal())
        .isEqualTo(
            Money.newBuilder().setCurrencyCode("EUR").setUnits(132).setNanos(300_000_000).build());
    refused(
        () ->
            stub.applyCartOperations(
                apply(op("4").setApplyVoucher(UseVoucher.newBuilder().setCode("NONE")).build())),
        Status.Code.NOT_FOUND,
        "VOUCHER_NOT_FOUND");
    manager.withdrawVoucher(
        WithdrawVoucherRequest.newBuilder().setName("vouchers/" + code).build());
    assertThat(stub.getCart(mine()).getVoucher().getProblem())
        .isEqualTo(CartVoucher.Problem.EXPIRED);
  }

  @Test
  void link_isShared_taken_andRevoked_forgedIsRefused() {
    var stub = shopper(newCustomer());
    refused(
        () ->
            stub.shareCart(
                ShareCartRequest.newBuilder()
                    .setName("customers/me/cart")
                    .setRequestId("r0")
                    .build()),
        Status.Code.FAILED_PRECONDITION,
        "CART_EMPTY");
    stub.applyCartOperations(apply(add("1", "SOFA", 2)));
    var link =
        stub.shareCart(
            ShareCartRequest.newBuilder().setName("customers/me/cart").setRequestId("r").build());
    assertThat(link.getPath()).startsWith("/l/");
    // Anybody who has it sees what is in it, and nothing of whose it is.
    var anybody = CartServiceGrpc.newBlockingStub(channel);
    var seen = anybody.getCartLink(GetCartLinkRequest.newBuilder().setName(link.getName()).build());
    assertThat(seen.getLines(0).getTitle()).isEqualTo("Divano");
    assertThat(seen.toString()).doesNotContain(julia.substring("customers/".length()));
    var other = shopper(newCustomer());
    var taken =
        other.takeCartLink(
            TakeCartLinkRequest.newBuilder()
                .setName("customers/me/cart")
                .setLink(link.getName())
                .build());
    assertThat(taken.getCart().getItemCount()).isEqualTo(2);
    assertThat(taken.getCart().getLines(0).getOrigin().getWay()).isEqualTo(Origin.Way.LINK);
    assertThat(taken.getResults(0).getOutcome()).isEqualTo(CartOperationResult.Outcome.APPLIED);
    refused(
        () ->
            other.revokeCartLink(
                RevokeCartLinkRequest.newBuilder()
                    .setParent("customers/me/cart")
                    .setLink(link.getName())
                    .build()),
        Status.Code.NOT_FOUND,
        "LINK_NOT_FOUND");
    assertThat(
            stub.listCartLinks(
                    ListCartLinksRequest.newBuilder().setParent("customers/me/cart").build())
                .getLinksList())
        .extracting(CartLink::getName)
        .containsExactly(link.getName());
    stub.revokeCartLink(
        RevokeCartLinkRequest.newBuilder()
            .setParent("customers/me/cart")
            .setLink(link.getName())
            .build());
    refused(
        () -> anybody.getCartLink(GetCartLinkRequest.newBuilder().setName(link.getName()).build()),
        Status.Code.NOT_FOUND,
        "LINK_NOT_FOUND");
    refused(
        () ->
            anybody.getCartLink(
                GetCartLinkRequest.newBuilder().setName("cartLinks/forged").build()),
        Status.Code.NOT_FOUND,
        "LINK_NOT_FOUND");
  }

  @Test
  void grant_isAsked_given_seen_andTakenBack_live() throws Exception {
    var stub = shopper(newCustomer());
    var name = julia + "/cart";
    var seen = new LinkedBlockingQueue<Cart>();
    watch(stub, "", new Watch(seen));
    assertThat(next(seen).hasEditGrant()).isFalse();
    agent()
        .applyCartOperations(
            apply(op("1").setAskToEdit(AskToEdit.getDefaultInstance()).build()).toBuilder()
                .setName(name)
                .build());
    var asked = next(seen);
    assertThat(asked.getEditGrant().getAskedBy()).isEqualTo("Anna B.");
    assertThat(asked.getEditGrant().hasExpireTime()).isFalse();
    stub.applyCartOperations(
        apply(op("2").setAllowEditing(AllowEditing.getDefaultInstance()).build()));
    assertThat(next(seen).getEditGrant().hasExpireTime()).isTrue();
    agent().applyCartOperations(apply(add("3", "SOFA", 1)).toBuilder().setName(name).build());
    var edited = next(seen);
    assertThat(edited.getLines(0).getOrigin().getWay()).isEqualTo(Origin.Way.BY_AGENT);
    assertThat(edited.getLines(0).getOrigin().getBy()).isEqualTo("Anna B.");
    stub.applyCartOperations(apply(op("4").setEndEditing(EndEditing.getDefaultInstance()).build()));
    assertThat(next(seen).hasEditGrant()).isFalse();
    refused(
        () ->
            agent()
                .applyCartOperations(apply(add("5", "SOFA", 1)).toBuilder().setName(name).build()),
        Status.Code.PERMISSION_DENIED,
        "OPERATION_NOT_ALLOWED");
  }

  /** A merge while somebody watches, and back again: streams go on, carts are where they were. */
  @Test
  void fixture15_mergeWhileAGuestWatches_thenUnmerge_putsEverythingBack() throws Exception {
    var guest = newCustomer();
    var guestStub = as(tokens.token(Role.ROLE_GUEST, guest));
    var before = guestStub.applyCartOperations(apply(add("1", "SOFA", 2)));
    var watched = new LinkedBlockingQueue<Cart>();
    watch(guestStub, "", new Watch(watched));
    assertThat(next(watched)).isEqualTo(before);
    var customer = newCustomer();
    var stub = shopper(customer);
    stub.applyCartOperations(apply(add("2", "LAMP", 1)));
    service.getBean("cartMerge", MergeHandler.class).merged(customer, guest).block(PATIENCE);
    assertThat(next(watched).getName()).isEqualTo(customer + "/cart");
    var merged = stub.getCart(mine());
    assertThat(merged.getMerges(0).getLineCount()).isEqualTo(1);
    // The guest's other device goes on with what is put in by hers, from where it was.
    stub.applyCartOperations(apply(add("3", "LAMP", 1)));
    assertThat(next(watched).getItemCount()).isEqualTo(4);
    var resumed = new LinkedBlockingQueue<Cart>();
    watch(guestStub, merged.getEtag(), new Watch(resumed));
    assertThat(next(resumed).getItemCount()).isEqualTo(4);
    var hers = new LinkedBlockingQueue<Cart>();
    watch(stub, stub.getCart(mine()).getEtag(), new Watch(hers));
    service
        .getBean("cartUnmerge", UnmergeHandler.class)
        .unmerged(customer, guest, java.util.Set.of(guest))
        .block(PATIENCE);
    var rest = next(hers);
    assertThat(rest.getLinesList()).extracting(line -> line.getSku()).containsExactly("LAMP");
    assertThat(rest.getWarningsList())
        .extracting(warning -> warning.getCode())
        .contains("LINES_RETURNED");
    var back = guestStub.getCart(mine());
    assertThat(back.getLinesList())
        .extracting(line -> line.getSku(), line -> line.getQuantity())
        .containsExactly(org.assertj.core.groups.Tuple.tuple("SOFA", 2));
    assertThat(back.getName()).isEqualTo(guest + "/cart");
    // And with the guest's own cart when it is back.
    guestStub.applyCartOperations(apply(add("4", "SOFA", 1)));
    for (var queue : List.of(watched, resumed)) {
      var seen = next(queue);
      while (seen.getItemCount() != 3 || !seen.getName().equals(guest + "/cart")) {
        seen = next(queue);
      }
    }
  }

  @Test
  void undoMerge_overTheApi() {
    var guest = newCustomer();
    as(tokens.token(Role.ROLE_GUEST, guest)).applyCartOperations(apply(add("1", "SOFA", 2)));
    var customer = newCustomer();
    shopper(customer).applyCartOperations(apply(add("2", "SOFA", 1)));
    var signedIn =
        as(
            tokens.token(
                Role.ROLE_CUSTOMER, customer, claims -> claims.claim(Claims.FORMER, guest)));
    var merged = signedIn.getCart(mine());
    assertThat(merged.getItemCount()).isEqualTo(3);
    var undone =
        signedIn.applyCartOperations(
            apply(
                op("3")
                    .setUndoMerge(UndoMerge.newBuilder().setMerge(merged.getMerges(0).getId()))
                    .build()));
    assertThat(undone.getItemCount()).isEqualTo(1);
    assertThat(undone.getMergesList()).isEmpty();
    assertThat(undone.getWarningsList()).isEmpty();
  }

  /** Somebody watches and does not read: whoever writes does not wait, and the last state comes. */
  @Test
  void slowReader_neverSlowsAWriter() throws Exception {
    var stub = shopper(newCustomer());
    var seen = new LinkedBlockingQueue<Cart>();
    var slow = new Slow(seen);
    watch(stub, "", slow);
    next(seen);
    Cart last = Cart.getDefaultInstance();
    for (int i = 0; i < 100; i++) {
      last = stub.applyCartOperations(apply(add("w" + i, "SOFA", 1)));
    }
    assertThat(seen).isEmpty();
    for (int states = 1; ; states++) {
      slow.read();
      if (next(seen).equals(last)) {
        // What changed while nobody read came as one, but for what was on its way.
        assertThat(states).isLessThan(50);
        break;
      }
    }
  }

  private static final class Slow implements ClientResponseObserver<WatchCartRequest, Cart> {
    private final BlockingQueue<Cart> seen;
    private @org.jspecify.annotations.Nullable ClientCallStreamObserver<WatchCartRequest> call;

    Slow(BlockingQueue<Cart> seen) {
      this.seen = seen;
    }

    void read() {
      Objects.requireNonNull(call).request(1);
    }

    @Override
    public void beforeStart(ClientCallStreamObserver<WatchCartRequest> starting) {
      call = starting;
      starting.disableAutoRequestWithInitial(1);
    }

    @Override
    public void onNext(Cart cart) {
      seen.add(cart);
    }

    @Override
    public void onError(Throwable error) {}

    @Override
    public void onCompleted() {}
  }

  /** Each of 500 customers on two devices: how long a change takes to the other device. */
  @Test
  void watch_1000Devices_eachHearsOfItsOwnChanges() throws Exception {
    var stubs = new java.util.ArrayList<CartServiceGrpc.CartServiceBlockingStub>();
    var queues = new java.util.ArrayList<BlockingQueue<Map.Entry<String, Long>>>();
    for (int i = 0; i < 500; i++) {
      var token = tokens.token(Role.ROLE_CUSTOMER, "customers/" + Ids.random(), claims -> {});
      stubs.add(
          CartServiceGrpc.newBlockingStub(channel).withCallCredentials(TestTokens.bearer(token)));
      for (int device = 0; device < 2; device++) {
        var queue = new LinkedBlockingQueue<Map.Entry<String, Long>>();
        queues.add(queue);
        watch(stubs.get(i), "", new Timed(queue));
      }
    }
    for (var queue : queues) {
      assertThat(queue.poll(PATIENCE.toSeconds(), TimeUnit.SECONDS)).isNotNull();
    }
    var millis = new java.util.ArrayList<Double>();
    for (int i = 0; i < 600; i++) {
      int who = i * 7 % 500;
      var cart =
          stubs
              .get(who)
              .withDeadlineAfter(PATIENCE.toSeconds(), TimeUnit.SECONDS)
              .applyCartOperations(apply(add("n" + i, "SOFA", 1)));
      long answered = System.nanoTime();
      for (int device = 0; device < 2; device++) {
        var heard = queues.get(who * 2 + device).poll(PATIENCE.toSeconds(), TimeUnit.SECONDS);
        assertThat(Objects.requireNonNull(heard).getKey()).isEqualTo(cart.getEtag());
        millis.add(Math.max(0, heard.getValue() - answered) / 1e6);
      }
    }
    millis.sort(null);
    System.out.printf(
        "1000 watchers, from the answer of a change to its event: p50 %.1f ms, p99 %.1f ms%n",
        millis.get(millis.size() / 2), millis.get(millis.size() * 99 / 100));
  }

  private record Timed(BlockingQueue<Map.Entry<String, Long>> seen)
      implements StreamObserver<Cart> {
    @Override
    public void onNext(Cart cart) {
      seen.add(Map.entry(cart.getEtag(), System.nanoTime()));
    }

    @Override
    public void onError(Throwable error) {}

    @Override
    public void onCompleted() {}
  }
}
