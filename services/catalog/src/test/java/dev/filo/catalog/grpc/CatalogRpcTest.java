package dev.filo.catalog.grpc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import com.google.protobuf.ByteString;
import dev.filo.catalog.CatalogApplication;
import dev.filo.catalog.Goods;
import dev.filo.catalog.Inventory;
import dev.filo.catalog.Shops;
import dev.filo.embedded.EmbeddedMongo;
import dev.filo.platform.Services;
import dev.filo.platform.auth.JwksSource;
import dev.filo.platform.grpc.Channels;
import dev.filo.platform.grpc.Statuses;
import dev.filo.proto.api.v1.Role;
import dev.filo.proto.catalog.v1.BatchGetVariantsRequest;
import dev.filo.proto.catalog.v1.CatalogServiceGrpc;
import dev.filo.proto.catalog.v1.CatalogServiceGrpc.CatalogServiceBlockingStub;
import dev.filo.proto.catalog.v1.Facet;
import dev.filo.proto.catalog.v1.FacetValue;
import dev.filo.proto.catalog.v1.GetMediaRequest;
import dev.filo.proto.catalog.v1.GetProductRequest;
import dev.filo.proto.catalog.v1.GetStoreRequest;
import dev.filo.proto.catalog.v1.ImportMediaRequest;
import dev.filo.proto.catalog.v1.ImportProductsRequest;
import dev.filo.proto.catalog.v1.ImportStoresRequest;
import dev.filo.proto.catalog.v1.ListCategoriesRequest;
import dev.filo.proto.catalog.v1.ListStoresRequest;
import dev.filo.proto.catalog.v1.MediaContent;
import dev.filo.proto.catalog.v1.SearchProductsRequest;
import dev.filo.proto.catalog.v1.SearchResult;
import dev.filo.proto.catalog.v1.Store;
import dev.filo.proto.catalog.v1.SuggestProductsRequest;
import dev.filo.proto.catalog.v1.Suggestion;
import dev.filo.proto.catalog.v1.VariantItem;
import dev.filo.testkit.TestTokens;
import io.grpc.ManagedChannel;
import io.grpc.Server;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.TestInstance;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.support.GenericApplicationContext;
import reactor.core.publisher.Mono;

/** The whole service, as it starts, called through its server. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class CatalogRpcTest {
  private static final double MILAN_LATITUDE = 45.47;
  private static final double MILAN_LONGITUDE = 9.18;

  private final TestTokens tokens = TestTokens.byTheSystemClock();
  private final Inventory inventory = new Inventory();
  private EmbeddedMongo mongo;
  private Server inventoryServer;
  private ConfigurableApplicationContext service;
  private ManagedChannel channel;

  @BeforeAll
  void start() throws IOException {
    mongo = EmbeddedMongo.inMemory();
    inventoryServer = inventory.start("catalog-rpc-inventory");
    service = service("catalog-rpc");
    channel = Channels.open("in-process:catalog-rpc");
    var manager = as(Role.ROLE_MANAGER, "staff/manager@filo.example");
    var products = ImportProductsRequest.newBuilder().addAllProducts(Goods.all()).build();
    assertThat(manager.importProducts(products).getChangedCount()).isEqualTo(Goods.all().size());
    var stores =
        ImportStoresRequest.newBuilder()
            .addStores(Shops.milan())
            .addStores(Shops.rome())
            .addStores(Shops.warehouse())
            .build();
    assertThat(manager.importStores(stores).getChangedCount()).isEqualTo(3);
  }

  private ConfigurableApplicationContext service(String name) {
    return service(name, mongo);
  }

  private static ConfigurableApplicationContext service(String name, EmbeddedMongo mongo) {
    return Services.builder(CatalogApplication.class, "catalog")
        .web(org.springframework.boot.WebApplicationType.NONE)
        .initializers(
            (GenericApplicationContext context) ->
                context.registerBean(JwksSource.class, () -> () -> Mono.just(TestTokens.jwks())))
        .run(
            "--filo.mongodb.uri=" + mongo.uri(),
            "--filo.grpc.listen=in-process:" + name,
            "--filo.grpc.drain=1s",
            "--filo.issuer=" + TestTokens.ISSUER,
            "--filo.targets.identity=in-process:nobody",
            "--filo.targets.inventory=in-process:catalog-rpc-inventory");
  }

  @AfterAll
  void stop() {
    channel.shutdownNow();
    service.close();
    inventoryServer.shutdownNow();
    mongo.close();
  }

  @BeforeEach
  void forget() {
    inventory.be(Inventory.Mood.ANSWERS);
    inventory.inMilan.clear();
    inventory.asked.clear();
  }

  private CatalogServiceBlockingStub anybody() {
    return CatalogServiceGrpc.newBlockingStub(channel);
  }

  private CatalogServiceBlockingStub inEnglish() {
    return Channels.inLanguage(anybody(), "en");
  }

  private CatalogServiceBlockingStub as(Role role, String principal) {
    return anybody().withCallCredentials(tokens.bearer(role, principal));
  }

  private static SearchProductsRequest.Builder query(String text) {
    return SearchProductsRequest.newBuilder().setQuery(text);
  }

  private static SearchProductsRequest.Builder nearMilan(String text) {
    return query(text).setLatitude(MILAN_LATITUDE).setLongitude(MILAN_LONGITUDE);
  }

  private static void refused(Status.Code code, String reason, ThrowingCallable call) {
    assertThatThrownBy(call)
        .isInstanceOfSatisfying(
            StatusRuntimeException.class,
            error -> {
              assertThat(error.getStatus().getCode()).isEqualTo(code);
              var info = Statuses.errorInfo(error);
              assertThat(info).isNotNull();
              assertThat(info.getReason()).isEqualTo(reason);
            });
  }

  @Test
  void searchProducts_greenVelvetSofa_isFirstWithItsNearestStore() {
    inventory.inMilan.put("DIV-LUC-VRD", 2);
    var found = anybody().searchProducts(nearMilan("divano in velluto verde").build());
    var first = found.getResults(0);
    assertThat(first.getProduct().getName()).isEqualTo("products/divano-lucca");
    assertThat(first.getProduct().getTitle()).isEqualTo("Divano in velluto Lucca");
    assertThat(first.getProduct().getUri()).isEqualTo("/products/divano-lucca");
    assertThat(first.getProduct().getVariants(0).getSku()).isEqualTo("DIV-LUC-VRD");
    assertThat(first.getProduct().getVariantsCount()).isEqualTo(3);
    assertThat(first.getProduct().getMedia(0).getUri()).isEqualTo("/v1/media/div-luc-vrd.svg");
    assertThat(first.getNearest().getStore()).isEqualTo("stores/milano");
    assertThat(first.getNearest().getTitle()).isEqualTo("Milano");
    assertThat(first.getNearest().getSku()).isEqualTo("DIV-LUC-VRD");
    assertThat(first.getNearest().getAvailable()).isEqualTo(2);
    assertThat(first.getNearest().getDistanceMeters()).isEqualTo(1200);
    assertThat(found.getResults(1).hasNearest()).isFalse();
    assertThat(found.getStockUnknown()).isFalse();
    assertThat(inventory.asked).hasSize(1); // one call for the page
  }

  @Test
  void searchProducts_inEnglish_saysEnglishWords() {
    var found = inEnglish().searchProducts(query("green velvet sofa").build());
    var first = found.getResults(0).getProduct();
    assertThat(first.getTitle()).isEqualTo("Lucca velvet sofa");
    assertThat(first.getCategory().getLabel()).isEqualTo("Sofas");
    assertThat(first.getVariants(0).getTitle()).isEqualTo("forest green");
    assertThat(found.getFacetsList())
        .filteredOn(facet -> facet.getKey().equals("colour"))
        .singleElement()
        .satisfies(
            facet -> {
              assertThat(facet.getLabel()).isEqualTo("Colour");
              assertThat(facet.getValuesList()).extracting(FacetValue::getValue).contains("green");
            });
  }

  @Test
  void searchProducts_facets_comeInOrderAndFilter() {
    var all = anybody().searchProducts(query("").build());
    assertThat(all.getTotalSize()).isEqualTo(10);
    assertThat(all.getFacetsList())
        .extracting(Facet::getKey)
        .containsExactly("category", "colour", "material");
    assertThat(all.getFacets(0).getLabel()).isEqualTo("Categoria");
    assertThat(all.getFacets(0).getValues(0).getValueKey()).isEqualTo("sofas");
    assertThat(all.getFacets(0).getValues(0).getValue()).isEqualTo("Divani");
    var green =
        anybody()
            .searchProducts(
                query("").addFilters("colour:green").addFilters("category:sofas").build());
    assertThat(green.getResultsList())
        .extracting(result -> result.getProduct().getName())
        .containsExactlyInAnyOrder("products/divano-lucca", "products/divano-siena");
    assertThat(green.getResults(0).getProduct().getVariants(0).getAttributesList())
        .anyMatch(attribute -> attribute.getValueKey().equals("green"));
  }

  @Test
  void searchProducts_pages_joinToTheWhole() {
    var names = new ArrayList<String>();
    var request = query("").setPageSize(3).setOrderBy("price").build();
    var first = request;
    while (true) {
      var page = anybody().searchProducts(request);
      page.getResultsList().forEach(result -> names.add(result.getProduct().getName()));
      if (page.getNextPageToken().isEmpty()) {
        break;
      }
      request = first.toBuilder().setPageToken(page.getNextPageToken()).build();
    }
    assertThat(names).hasSize(10).doesNotHaveDuplicates().startsWith("products/cuscino-elba");
  }

  @Test
  void searchProducts_tokenOfAnotherSearch_isRefused() {
    var token = anybody().searchProducts(query("").setPageSize(1).build()).getNextPageToken();
    refused(
        Status.Code.INVALID_ARGUMENT,
        "PAGE_TOKEN_INVALID",
        () -> anybody().searchProducts(query("divano").setPageToken(token).build()));
    refused(
        Status.Code.INVALID_ARGUMENT,
        "PAGE_TOKEN_INVALID",
        () -> anybody().searchProducts(query("").setPageToken("made-up").build()));
  }

  @Test
  void searchProducts_malformed_isRefused() {
    refused(
        Status.Code.INVALID_ARGUMENT,
        "FIELDS_INVALID",
        () -> anybody().searchProducts(query("").setLatitude(91).setLongitude(0).build()));
    refused(
        Status.Code.INVALID_ARGUMENT,
        "FIELDS_INVALID",
        () -> anybody().searchProducts(query("").setLatitude(45).build()));
    refused(
        Status.Code.INVALID_ARGUMENT,
        "FIELDS_INVALID",
        () -> anybody().searchProducts(query("").addFilters("green").build()));
    refused(
        Status.Code.INVALID_ARGUMENT,
        "FIELDS_INVALID",
        () -> anybody().searchProducts(query("").setOrderBy("taste").build()));
    refused(
        Status.Code.INVALID_ARGUMENT,
        "POINT_MISSING",
        () -> anybody().searchProducts(query("").setInStockNear(true).build()));
  }

  @Test
  void searchProducts_inventoryAway_saysSo() {
    for (var mood : List.of(Inventory.Mood.FAILS, Inventory.Mood.HANGS)) {
      inventory.be(mood);
      var found = anybody().searchProducts(nearMilan("divano").build());
      assertThat(found.getStockUnknown()).isTrue();
      assertThat(found.getResultsList()).isNotEmpty().noneMatch(SearchResult::hasNearest);
      refused(
          Status.Code.UNAVAILABLE,
          "UNAVAILABLE",
          () -> anybody().searchProducts(nearMilan("divano").setInStockNear(true).build()));
    }
  }

  @Test
  void searchProducts_inStockNear_hasOnlyWhatIsThere() {
    inventory.inMilan.put("DIV-LUC-BLU", 1);
    inventory.inMilan.put("CUS-ELB-GIA", 4);
    var found = anybody().searchProducts(nearMilan("divano").setInStockNear(true).build());
    assertThat(found.getResultsList())
        .extracting(result -> result.getProduct().getName())
        .containsExactlyInAnyOrder("products/divano-lucca", "products/cuscino-elba");
    assertThat(found.getTotalSize()).isEqualTo(4);
    assertThat(found.getNextPageToken()).isEmpty();
    assertThat(inventory.asked.getFirst().getRadiusMeters()).isEqualTo(50_000);
    // The colour that is there is the one shown.
    assertThat(found.getResultsList())
        .filteredOn(result -> result.getProduct().getName().equals("products/divano-lucca"))
        .singleElement()
        .satisfies(
            result -> {
              assertThat(result.getNearest().getSku()).isEqualTo("DIV-LUC-BLU");
              assertThat(result.getProduct().getVariants(0).getSku()).isEqualTo("DIV-LUC-BLU");
            });
  }

  @Test
  void searchProducts_inStockNear_pagesToTheEnd() {
    Goods.all().forEach(product -> inventory.inMilan.put(product.getVariants(0).getSku(), 1));
    inventory.inMilan.remove("TAV-ARE-NOC");
    var names = new ArrayList<String>();
    var first = nearMilan("").setInStockNear(true).setPageSize(2).build();
    var request = first;
    while (true) {
      var page = anybody().searchProducts(request);
      page.getResultsList().forEach(result -> names.add(result.getProduct().getName()));
      if (page.getNextPageToken().isEmpty()) {
        break;
      }
      request = first.toBuilder().setPageToken(page.getNextPageToken()).build();
    }
    assertThat(names).hasSize(9).doesNotHaveDuplicates().doesNotContain("products/tavolo-noce");
  }

  @Test
  void suggestProducts_completes() {
    var suggestions =
        anybody()
            .suggestProducts(SuggestProductsRequest.newBuilder().setQuery("diva").build())
            .getSuggestionsList();
    assertThat(suggestions)
        .extracting(Suggestion::getText)
        .contains("Divani", "Divano in velluto Lucca");
    assertThat(suggestions)
        .contains(
            Suggestion.newBuilder()
                .setText("Divano in velluto Lucca")
                .setProduct("products/divano-lucca")
                .build());
    assertThat(
            inEnglish()
                .suggestProducts(SuggestProductsRequest.newBuilder().setQuery("velvet so").build())
                .getSuggestionsList())
        .extracting(Suggestion::getText)
        .contains("Lucca velvet sofa");
    refused(
        Status.Code.INVALID_ARGUMENT,
        "FIELDS_INVALID",
        () -> anybody().suggestProducts(SuggestProductsRequest.getDefaultInstance()));
  }

  @Test
  void getProduct_isThere_orNot() {
    var product =
        anybody()
            .getProduct(GetProductRequest.newBuilder().setName("products/divano-lucca").build());
    assertThat(product.getVariantsCount()).isEqualTo(3);
    assertThat(product.getVariants(0).getPrice().getUnits()).isEqualTo(1290);
    assertThat(product.getAttributes(0).getValue()).isEqualTo("velluto");
    assertThat(product.getMediaCount()).isEqualTo(3);
    refused(
        Status.Code.NOT_FOUND,
        "PRODUCT_NOT_FOUND",
        () ->
            anybody().getProduct(GetProductRequest.newBuilder().setName("products/none").build()));
    refused(
        Status.Code.INVALID_ARGUMENT,
        "FIELDS_INVALID",
        () -> anybody().getProduct(GetProductRequest.newBuilder().setName("divano").build()));
  }

  @Test
  void batchGetVariants_namesTheUnknown() {
    var answer =
        anybody()
            .batchGetVariants(
                BatchGetVariantsRequest.newBuilder()
                    .addSkus("DIV-LUC-BLU")
                    .addSkus("LET-COM-160")
                    .addSkus("NONE")
                    .addGtins("04006381333931")
                    .addGtins("4006381333930")
                    .build());
    assertThat(answer.getItemsList())
        .extracting(VariantItem::getTitle)
        .containsExactlyInAnyOrder(
            "Divano in velluto Lucca, blu notte",
            "Divano in velluto Lucca, verde bosco",
            "Letto contenitore Como");
    assertThat(answer.getUnknownList()).containsExactly("NONE", "4006381333930");
    assertThat(answer.getItems(0).getMedia().getUri()).startsWith("/v1/media/");
  }

  @Test
  void listCategories_haveCountAndPicture() {
    var categories =
        inEnglish().listCategories(ListCategoriesRequest.getDefaultInstance()).getCategoriesList();
    assertThat(categories.getFirst().getCategory().getLabel()).isEqualTo("Sofas");
    assertThat(categories.getFirst().getProductCount()).isEqualTo(3);
    assertThat(categories).allMatch(category -> !category.getMedia().getUri().isEmpty());
  }

  @Test
  void listStores_byDistance_withoutWarehouses() {
    var near =
        anybody()
            .listStores(ListStoresRequest.newBuilder().setLatitude(41.9).setLongitude(12.5).build())
            .getStoresList();
    assertThat(near).extracting(Store::getName).containsExactly("stores/roma", "stores/milano");
    assertThat(near.getFirst().getDistanceMeters()).isLessThan(1000);
    assertThat(near.getLast().getDistanceMeters()).isBetween(470_000.0, 480_000.0);
    var first = anybody().listStores(ListStoresRequest.newBuilder().setPageSize(1).build());
    assertThat(first.getStoresList()).extracting(Store::getName).containsExactly("stores/milano");
    assertThat(first.getStores(0).hasDistanceMeters()).isFalse();
    var second =
        anybody()
            .listStores(
                ListStoresRequest.newBuilder()
                    .setPageSize(1)
                    .setPageToken(first.getNextPageToken())
                    .build());
    assertThat(second.getStoresList()).extracting(Store::getName).containsExactly("stores/roma");
    assertThat(second.getNextPageToken()).isEmpty();
  }

  @Test
  void getStore_isThere_orNot() {
    assertThat(anybody().getStore(GetStoreRequest.newBuilder().setName("stores/magazzino").build()))
        .isEqualTo(Shops.warehouse());
    refused(
        Status.Code.NOT_FOUND,
        "STORE_NOT_FOUND",
        () -> anybody().getStore(GetStoreRequest.newBuilder().setName("stores/none").build()));
  }

  private static ImportMediaRequest media(String type, String... contents) {
    var request = ImportMediaRequest.newBuilder();
    for (String content : contents) {
      request.addMedia(
          MediaContent.newBuilder().setContentType(type).setData(ByteString.copyFromUtf8(content)));
    }
    return request.build();
  }

  @Test
  void media_areKeptOnceAndGivenBack() {
    var service = as(Role.ROLE_SERVICE, "services/demo");
    var svg = "<svg xmlns='http://www.w3.org/2000/svg'><path d='M0 0'/></svg>";
    var uris = service.importMedia(media("image/svg+xml", svg, svg)).getUrisList();
    assertThat(uris).hasSize(2);
    assertThat(uris.getFirst()).isEqualTo(uris.getLast()).matches("/v1/media/[0-9a-f]{32}\\.svg");
    assertThat(service.importMedia(media("image/svg+xml", svg)).getUris(0))
        .isEqualTo(uris.getFirst());
    for (int i = 0; i < 2; i++) {
      var body =
          anybody()
              .getMedia(
                  GetMediaRequest.newBuilder()
                      .setName(uris.getFirst().substring("/v1/".length()))
                      .build());
      assertThat(body.getContentType()).isEqualTo("image/svg+xml");
      assertThat(body.getData().toStringUtf8()).isEqualTo(svg);
    }
    refused(
        Status.Code.NOT_FOUND,
        "MEDIA_NOT_FOUND",
        () -> anybody().getMedia(GetMediaRequest.newBuilder().setName("media/none").build()));
  }

  @Test
  void importMedia_withScript_orTooMuch_isRefused() {
    var service = as(Role.ROLE_SERVICE, "services/demo");
    refused(
        Status.Code.INVALID_ARGUMENT,
        "MEDIA_INVALID",
        () ->
            service.importMedia(
                media(
                    "image/svg+xml",
                    "<svg xmlns='http://www.w3.org/2000/svg'><script>1</script></svg>")));
    refused(
        Status.Code.INVALID_ARGUMENT,
        "MEDIA_INVALID",
        () -> service.importMedia(media("image/png", "GIF89a")));
    refused(
        Status.Code.INVALID_ARGUMENT,
        "FIELDS_INVALID",
        () -> service.importMedia(media("image/gif", "GIF89a")));
    var large = "RIFF0000WEBP" + "x".repeat(1_000_000);
    refused(
        Status.Code.INVALID_ARGUMENT,
        "FIELDS_INVALID",
        () -> service.importMedia(media("image/webp", large, large, large, large)));
  }

  @Test
  void imports_tellRefusedRows() {
    var service = as(Role.ROLE_SERVICE, "services/demo");
    var taken =
        Goods.product("altro", "Altro", "Other", "sofas")
            .addVariants(Goods.variant("DIV-LUC-VRD", "", 10, "green", "verde", "green"))
            .build();
    var products =
        service.importProducts(
            ImportProductsRequest.newBuilder()
                .addProducts(Goods.sofa())
                .addProducts(taken)
                .build());
    assertThat(products.getChangedCount()).isZero();
    assertThat(products.getRefusalsList())
        .singleElement()
        .satisfies(
            refusal -> {
              assertThat(refusal.getIndex()).isEqualTo(1);
              assertThat(refusal.getReason()).isEqualTo("SKU_TAKEN");
            });
    var stores =
        service.importStores(
            ImportStoresRequest.newBuilder()
                .addStores(Shops.milan().toBuilder().setTimeZone("Mars/Olympus"))
                .build());
    assertThat(stores.getRefusals(0).getReason()).isEqualTo("CALENDAR_INVALID");
    refused(
        Status.Code.INVALID_ARGUMENT,
        "FIELDS_INVALID",
        () -> service.importProducts(ImportProductsRequest.getDefaultInstance()));
  }

  @TestFactory
  Stream<DynamicTest> imports_areForManagersAndServicesOnly() {
    var products = ImportProductsRequest.newBuilder().addProducts(Goods.sofa()).build();
    var stores = ImportStoresRequest.newBuilder().addStores(Shops.milan()).build();
    var media = media("image/svg+xml", "<svg xmlns='http://www.w3.org/2000/svg'/>");
    record Who(String name, CatalogServiceBlockingStub stub, Status.Code code, String reason) {}
    return Stream.of(
            new Who("anybody", anybody(), Status.Code.UNAUTHENTICATED, "TOKEN_MISSING"),
            new Who(
                "a customer",
                as(Role.ROLE_CUSTOMER, "customers/c"),
                Status.Code.PERMISSION_DENIED,
                "ROLE_NOT_ALLOWED"),
            new Who(
                "an agent",
                as(Role.ROLE_AGENT, "staff/agent@filo.example"),
                Status.Code.PERMISSION_DENIED,
                "ROLE_NOT_ALLOWED"),
            new Who(
                "a till",
                as(Role.ROLE_DEVICE, "devices/till"),
                Status.Code.PERMISSION_DENIED,
                "ROLE_NOT_ALLOWED"))
        .map(
            who ->
                DynamicTest.dynamicTest(
                    who.name,
                    () -> {
                      refused(who.code, who.reason, () -> who.stub.importProducts(products));
                      refused(who.code, who.reason, () -> who.stub.importStores(stores));
                      refused(who.code, who.reason, () -> who.stub.importMedia(media));
                    }));
  }

  @Test
  void anotherReplica_startsWithEverything_andFollows() {
    var other = service("catalog-rpc-other");
    var toOther = Channels.open("in-process:catalog-rpc-other");
    try {
      var stub = CatalogServiceGrpc.newBlockingStub(toOther);
      assertThat(
              stub.searchProducts(query("divano in velluto verde").build())
                  .getResults(0)
                  .getProduct()
                  .getName())
          .isEqualTo("products/divano-lucca");
      var hammock =
          Goods.product("amaca", "Amaca da giardino", "Garden hammock", "chairs")
              .addVariants(Goods.variant("AMA-1", "", 80, "white", "bianco", "white"));
      var manager = as(Role.ROLE_MANAGER, "staff/manager@filo.example");
      manager.importProducts(ImportProductsRequest.newBuilder().addProducts(hammock).build());
      assertThat(anybody().searchProducts(query("amaca").build()).getTotalSize()).isEqualTo(1);
      await()
          .atMost(Duration.ofSeconds(20))
          .until(() -> stub.searchProducts(query("amaca").build()).getTotalSize() == 1);
      manager.importProducts(
          ImportProductsRequest.newBuilder().addProducts(hammock.setWithdrawn(true)).build());
      assertThat(anybody().searchProducts(query("amaca").build()).getTotalSize()).isZero();
      await()
          .atMost(Duration.ofSeconds(20))
          .until(() -> stub.searchProducts(query("amaca").build()).getTotalSize() == 0);
      assertThat(
              stub.getProduct(GetProductRequest.newBuilder().setName("products/amaca").build())
                  .getWithdrawn())
          .isTrue();
    } finally {
      toOther.shutdownNow();
      other.close();
    }
  }

  @Test
  void databaseAway_isSaid_andWhatIsInMemoryIsStillAnswered() {
    var own = EmbeddedMongo.inMemory();
    var alone = service("catalog-rpc-alone", own);
    var toAlone = Channels.open("in-process:catalog-rpc-alone");
    try {
      var stub = CatalogServiceGrpc.newBlockingStub(toAlone);
      var manager =
          stub.withCallCredentials(tokens.bearer(Role.ROLE_MANAGER, "staff/m@filo.example"));
      manager.importProducts(ImportProductsRequest.newBuilder().addProducts(Goods.sofa()).build());
      manager.importStores(ImportStoresRequest.newBuilder().addStores(Shops.milan()).build());
      own.close();
      refused(
          Status.Code.UNAVAILABLE,
          "UNAVAILABLE",
          () ->
              stub.getProduct(
                  GetProductRequest.newBuilder().setName("products/divano-lucca").build()));
      refused(
          Status.Code.UNAVAILABLE,
          "UNAVAILABLE",
          () -> stub.searchProducts(query("divano").build()));
      assertThat(
              stub.suggestProducts(SuggestProductsRequest.newBuilder().setQuery("div").build())
                  .getSuggestionsList())
          .isNotEmpty();
      assertThat(stub.listStores(ListStoresRequest.getDefaultInstance()).getStoresList())
          .hasSize(1);
    } finally {
      toAlone.shutdownNow();
      alone.close();
    }
  }
}
