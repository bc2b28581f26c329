package dev.filo.catalog.grpc;

import com.google.api.HttpBody;
import com.google.protobuf.ByteString;
import dev.filo.catalog.domain.Gtin;
import dev.filo.catalog.domain.Point;
import dev.filo.catalog.media.MediaType;
import dev.filo.catalog.search.ProductIndex;
import dev.filo.catalog.search.StoreBook;
import dev.filo.catalog.store.Imported;
import dev.filo.catalog.store.Kept;
import dev.filo.catalog.store.MongoMedia;
import dev.filo.catalog.store.MongoProducts;
import dev.filo.catalog.store.MongoStores;
import dev.filo.platform.auth.Caller;
import dev.filo.platform.grpc.Answers;
import dev.filo.platform.grpc.PageTokens;
import dev.filo.platform.grpc.Statuses;
import dev.filo.proto.catalog.v1.BatchGetVariantsRequest;
import dev.filo.proto.catalog.v1.BatchGetVariantsResponse;
import dev.filo.proto.catalog.v1.CatalogServiceGrpc;
import dev.filo.proto.catalog.v1.CategorySummary;
import dev.filo.proto.catalog.v1.GetMediaRequest;
import dev.filo.proto.catalog.v1.GetProductRequest;
import dev.filo.proto.catalog.v1.GetStoreRequest;
import dev.filo.proto.catalog.v1.ImportMediaRequest;
import dev.filo.proto.catalog.v1.ImportMediaResponse;
import dev.filo.proto.catalog.v1.ImportProductsRequest;
import dev.filo.proto.catalog.v1.ImportProductsResponse;
import dev.filo.proto.catalog.v1.ImportRefusal;
import dev.filo.proto.catalog.v1.ImportStoresRequest;
import dev.filo.proto.catalog.v1.ImportStoresResponse;
import dev.filo.proto.catalog.v1.ListCategoriesRequest;
import dev.filo.proto.catalog.v1.ListCategoriesResponse;
import dev.filo.proto.catalog.v1.ListStoresRequest;
import dev.filo.proto.catalog.v1.ListStoresResponse;
import dev.filo.proto.catalog.v1.MediaContent;
import dev.filo.proto.catalog.v1.Product;
import dev.filo.proto.catalog.v1.ProductRecord;
import dev.filo.proto.catalog.v1.SearchProductsRequest;
import dev.filo.proto.catalog.v1.SearchProductsResponse;
import dev.filo.proto.catalog.v1.Store;
import dev.filo.proto.catalog.v1.SuggestProductsRequest;
import dev.filo.proto.catalog.v1.SuggestProductsResponse;
import dev.filo.proto.catalog.v1.Suggestion;
import dev.filo.proto.catalog.v1.VariantRecord;
import io.grpc.stub.StreamObserver;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import reactor.core.publisher.Mono;

/** The catalog over gRPC. */
public final class GrpcCatalogService extends CatalogServiceGrpc.CatalogServiceImplBase {
  private static final int STORES_PAGE = 100;
  private static final int SUGGESTIONS_MAX = 8;
  private static final int CATEGORIES_SUGGESTED_MAX = 2;
  private static final long MEDIA_BYTES_MAX = 3L * 1024 * 1024;
  private static final String MEDIA_PATH = "/v1/media/";

  private final MongoProducts products;
  private final MongoStores stores;
  private final MongoMedia media;
  private final ProductIndex index;
  private final StoreBook book;
  private final ProductSearch search;
  private final InstantSource clock;

  /** The service. */
  public GrpcCatalogService(
      MongoProducts products,
      MongoStores stores,
      MongoMedia media,
      ProductIndex index,
      StoreBook book,
      ProductSearch search,
      InstantSource clock) {
    this.products = products;
    this.stores = stores;
    this.media = media;
    this.index = index;
    this.book = book;
    this.search = search;
    this.clock = clock;
  }

  private static String id(String name) {
    return name.substring(name.indexOf('/') + 1);
  }

  private static CatalogTexts texts() {
    return new CatalogTexts(Caller.language());
  }

  @Override
  public void searchProducts(
      SearchProductsRequest request, StreamObserver<SearchProductsResponse> observer) {
    var texts = texts();
    Answers.unary(observer, Mono.defer(() -> search.search(request, texts)));
  }

  @Override
  public void suggestProducts(
      SuggestProductsRequest request, StreamObserver<SuggestProductsResponse> observer) {
    var texts = texts();
    Answers.unary(observer, Mono.fromCallable(() -> suggest(request.getQuery(), texts)));
  }

  private SuggestProductsResponse suggest(String query, CatalogTexts texts) {
    var typed = ProductIndex.folded(query);
    var byText = new LinkedHashMap<String, Suggestion>();
    if (!typed.isEmpty()) {
      index.categories().stream()
          .map(category -> texts.text(category.label()))
          .filter(label -> (" " + ProductIndex.folded(label)).contains(" " + typed))
          .limit(CATEGORIES_SUGGESTED_MAX)
          .forEach(label -> byText.put(label, Suggestion.newBuilder().setText(label).build()));
    }
    for (var card : index.suggest(query)) {
      var title = texts.text(card.title());
      var known = byText.get(title);
      byText.put(
          title,
          Suggestion.newBuilder()
              .setText(title)
              .setProduct(known == null ? "products/" + card.id() : "")
              .build());
    }
    return SuggestProductsResponse.newBuilder()
        .addAllSuggestions(byText.values().stream().limit(SUGGESTIONS_MAX).toList())
        .build();
  }

  @Override
  public void getProduct(GetProductRequest request, StreamObserver<Product> observer) {
    var texts = texts();
    Answers.unary(
        observer,
        products
            .get(id(request.getName()))
            .map(product -> texts.product(product.content(), ""))
            .switchIfEmpty(Mono.error(() -> CatalogTexts.productNotFound(request.getName()))));
  }

  @Override
  public void batchGetVariants(
      BatchGetVariantsRequest request, StreamObserver<BatchGetVariantsResponse> observer) {
    var texts = texts();
    var skus = new LinkedHashSet<>(request.getSkusList());
    Map<String, String> gtins = new LinkedHashMap<>(); // as asked for, by what they mean
    request.getGtinsList().forEach(gtin -> gtins.put(Gtin.normal(gtin), gtin));
    Answers.unary(
        observer,
        products
            .byNumbers(skus, gtins.keySet())
            .collectList()
            .map(
                found -> {
                  var response = BatchGetVariantsResponse.newBuilder();
                  for (Kept<ProductRecord> product : found) {
                    for (VariantRecord variant : product.content().getVariantsList()) {
                      var gtin = variant.getGtin().isEmpty() ? "" : Gtin.normal(variant.getGtin());
                      boolean bySku = skus.remove(variant.getSku());
                      boolean byGtin = gtins.remove(gtin) != null;
                      if (bySku || byGtin) {
                        response.addItems(texts.item(product.content(), variant));
                      }
                    }
                  }
                  return response.addAllUnknown(skus).addAllUnknown(gtins.values()).build();
                }));
  }

  @Override
  public void listCategories(
      ListCategoriesRequest request, StreamObserver<ListCategoriesResponse> observer) {
    var texts = texts();
    Answers.unary(
        observer,
        Mono.fromCallable(
            () -> {
              var response = ListCategoriesResponse.newBuilder();
              for (var category : index.categories()) {
                var summary =
                    CategorySummary.newBuilder()
                        .setCategory(texts.category(category.key(), category.label()))
                        .setProductCount(category.products());
                if (!category.example().media().getUri().isEmpty()) {
                  summary.setMedia(texts.media(category.example().media()));
                }
                response.addCategories(summary);
              }
              return response.build();
            }));
  }

  @Override
  public void listStores(ListStoresRequest request, StreamObserver<ListStoresResponse> observer) {
    Answers.unary(observer, Mono.fromCallable(() -> list(request)));
  }

  private ListStoresResponse list(ListStoresRequest request) {
    if (request.hasLatitude() != request.hasLongitude()) {
      throw Statuses.field(
          request.hasLatitude() ? "longitude" : "latitude", "latitude and longitude come together");
    }
    var point =
        request.hasLatitude() ? new Point(request.getLatitude(), request.getLongitude()) : null;
    var all = request.getWarehouses() ? book.warehouses(point) : book.visited(point);
    var last = PageTokens.position(request.getPageToken());
    int from = 0;
    if (!last.isEmpty()) {
      while (from < all.size() && !all.get(from).getName().equals(last)) {
        from++;
      }
      if (from == all.size()) {
        throw Statuses.pageTokenInvalid();
      }
      from++;
    }
    int to = Math.min(all.size(), from + PageTokens.size(request.getPageSize(), STORES_PAGE));
    var response = ListStoresResponse.newBuilder().addAllStores(all.subList(from, to));
    if (to < all.size()) {
      response.setNextPageToken(PageTokens.token(all.get(to - 1).getName()));
    }
    return response.build();
  }

  @Override
  public void getStore(GetStoreRequest request, StreamObserver<Store> observer) {
    Answers.unary(
        observer,
        stores
            .get(id(request.getName()))
            .switchIfEmpty(Mono.error(() -> CatalogTexts.storeNotFound(request.getName()))));
  }

  @Override
  public void getMedia(GetMediaRequest request, StreamObserver<HttpBody> observer) {
    Answers.unary(
        observer,
        media
            .get(id(request.getName()))
            .map(
                picture ->
                    HttpBody.newBuilder()
                        .setContentType(picture.contentType())
                        .setData(ByteString.copyFrom(picture.data()))
                        .build())
            .switchIfEmpty(Mono.error(() -> CatalogTexts.mediaNotFound(request.getName()))));
  }

  @Override
  public void importProducts(
      ImportProductsRequest request, StreamObserver<ImportProductsResponse> observer) {
    var actor = Caller.current().actor();
    Answers.unary(
        observer,
        products
            .importAll(request.getProductsList(), actor, clock.instant())
            .doOnNext(imported -> index.apply(imported.changed()))
            .map(
                imported ->
                    ImportProductsResponse.newBuilder()
                        .setChangedCount(imported.changed().size())
                        .addAllRefusals(refusals(imported))
                        .build()));
  }

  @Override
  public void importStores(
      ImportStoresRequest request, StreamObserver<ImportStoresResponse> observer) {
    var actor = Caller.current().actor();
    Answers.unary(
        observer,
        stores
            .importAll(request.getStoresList(), actor, clock.instant())
            .doOnNext(imported -> book.apply(imported.changed()))
            .map(
                imported ->
                    ImportStoresResponse.newBuilder()
                        .setChangedCount(imported.changed().size())
                        .addAllRefusals(refusals(imported))
                        .build()));
  }

  private static List<ImportRefusal> refusals(Imported<?> imported) {
    return imported.refusals().entrySet().stream()
        .sorted(Map.Entry.comparingByKey())
        .map(entry -> CatalogTexts.refusal(entry.getKey(), entry.getValue()))
        .toList();
  }

  @Override
  public void importMedia(
      ImportMediaRequest request, StreamObserver<ImportMediaResponse> observer) {
    Answers.unary(observer, Mono.defer(() -> keep(request.getMediaList())));
  }

  private Mono<ImportMediaResponse> keep(List<MediaContent> contents) {
    if (contents.stream().mapToLong(content -> content.getData().size()).sum() > MEDIA_BYTES_MAX) {
      throw Statuses.field("media", "together at most " + MEDIA_BYTES_MAX + " bytes");
    }
    var pictures = new LinkedHashMap<String, MongoMedia.Picture>();
    var uris = new ArrayList<String>();
    for (int i = 0; i < contents.size(); i++) {
      int place = i;
      var content = contents.get(i);
      var data = content.getData().toByteArray();
      var type =
          MediaType.of(content.getContentType())
              .filter(known -> known.accepts(data))
              .orElseThrow(() -> CatalogTexts.mediaInvalid(place));
      var id = MongoMedia.id(data, type.extension());
      pictures.put(id, new MongoMedia.Picture(type.contentType(), data));
      uris.add(MEDIA_PATH + id);
    }
    return media
        .put(pictures, clock.instant())
        .thenReturn(ImportMediaResponse.newBuilder().addAllUris(uris).build());
  }
}
