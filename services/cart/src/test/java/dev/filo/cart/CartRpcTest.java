package dev.filo.cart;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;
import static org.awaitility.Awaitility.await;

import com.google.type.Money;
import com.mongodb.reactivestreams.client.MongoDatabase;
import dev.filo.platform.Services;
import dev.filo.platform.auth.Claims;
import dev.filo.platform.auth.MergeHandler;
import dev.filo.platform.code.Ids;
import dev.filo.platform.feed.FeedStore;
import dev.filo.platform.grpc.Channels;
import dev.filo.platform.grpc.Statuses;
import dev.filo.proto.api.v1.Role;
import dev.filo.proto.cart.v1.AddLine;
import dev.filo.proto.cart.v1.AnswerProposal;
import dev.filo.proto.cart.v1.ApplyCartOperationsRequest;
import dev.filo.proto.cart.v1.Cart;
import dev.filo.proto.cart.v1.CartChanged;
import dev.filo.proto.cart.v1.CartOperation;
import dev.filo.proto.cart.v1.CartServiceGrpc;
import dev.filo.proto.cart.v1.GetCartRequest;
import dev.filo.proto.cart.v1.LineAvailability;
import dev.filo.proto.cart.v1.ProposeLine;
import dev.filo.proto.cart.v1.RemoveLine;
import dev.filo.proto.cart.v1.SetQuantity;
import dev.filo.proto.cart.v1.WatchCartRequest;
import dev.filo.proto.catalog.v1.BatchGetVariantsRequest;
import dev.filo.proto.catalog.v1.BatchGetVariantsResponse;
import dev.filo.proto.catalog.v1.CatalogServiceGrpc;
import dev.filo.proto.catalog.v1.Media;
import dev.filo.proto.catalog.v1.Variant;
import dev.filo.proto.catalog.v1.VariantItem;
import dev.filo.proto.identity.v1.IdentityServiceGrpc;
import dev.filo.proto.identity.v1.ListSigningKeysRequest;
import dev.filo.proto.identity.v1.ListSigningKeysResponse;
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
import io.grpc.stub.MetadataUtils;
import io.grpc.stub.StreamObserver;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
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
  private ConfigurableApplicationContext service;
  private ManagedChannel channel;
  private Server catalogServer;
  private Server inventoryServer;
  private Server identityServer;
  private String julia;

  @BeforeAll
  void start() throws IOException {
    sell("SOFA", "Divano", 999, false);
    sell("LAMP", "Lampada", 49, false);
    sell("OLD", "Vecchio", 1, true);
    catalogServer = serve("catalog", new FakeCatalog());
    inventoryServer = serve("inventory", new FakeInventory());
    identityServer = serve("identity", new FakeIdentity());
    service =
        Services.builder(CartApplication.class, "cart")
            .web(org.springframework.boot.WebApplicationType.NONE)
            .run(
                "--filo.mongodb.uri=" + TestMongo.embedded().uri(),
                "--filo.mongodb.prefix=test" + suffix + "_",
                "--filo.grpc.listen=in-process:cart" + suffix,
                "--filo.grpc.drain=100ms",
                "--filo.token-uri=http://localhost:1/none",
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

  /** Knows what {@link #catalog} has; in English everything is called otherwise. */
  private final class FakeCatalog extends CatalogServiceGrpc.CatalogServiceImplBase {
    @Override
    public void batchGetVariants(
        BatchGetVariantsRequest request, StreamObserver<BatchGetVariantsResponse> observer) {
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
  private static final class FakeInventory extends InventoryServiceGrpc.InventoryServiceImplBase {
    @Override
    public void batchFindNearest(
        BatchFindNearestRequest request, StreamObserver<BatchFindNearestResponse> observer) {
      var answer =
          BatchFindNearestResponse.newBuilder()
              .setAsOfTime(com.google.protobuf.Timestamp.newBuilder().setSeconds(1_000));
      for (String sku : request.getSkusList()) {
        var item = NearestAvailability.newBuilder().setSku(sku);
        switch (sku) {
          case "SOFA" ->
              item.setStoreCount(1)
                  .setNearest(
                      LocationAvailability.newBuilder().setStore("stores/a").setAvailable(5));
          case "LAMP" -> item.setDeliverable(1);
          default -> {}
        }
        answer.addItems(item);
      }
      observer.onNext(answer.build());
      observer.onCompleted();
    }
  }

  private static final class FakeIdentity extends IdentityServiceGrpc.IdentityServiceImplBase {
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
    // Whoever watched the guest's cart sees the new one, and is let go.
    assertThat(next(watched).getName()).isEqualTo(customer + "/cart");
    assertThat(watch.ended.await(PATIENCE.toSeconds(), TimeUnit.SECONDS)).isTrue();
    // Identity's event comes later and changes nothing.
    service.getBean(MergeHandler.class).merged(customer, guest).block(PATIENCE);
    assertThat(signedIn.getCart(mine()).getItemCount()).isEqualTo(2);
    assertThat(guestStub.getCart(mine()).getItemCount()).isEqualTo(2);
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
}
