package dev.filo.catalog.grpc;

import dev.filo.catalog.domain.Point;
import dev.filo.catalog.search.Order;
import dev.filo.catalog.search.ProductIndex;
import dev.filo.catalog.search.SearchPage;
import dev.filo.catalog.search.SearchPage.After;
import dev.filo.catalog.search.SearchPage.Found;
import dev.filo.catalog.search.SearchPage.Result;
import dev.filo.catalog.store.Kept;
import dev.filo.catalog.store.MongoProducts;
import dev.filo.platform.code.Ids;
import dev.filo.platform.grpc.PageTokens;
import dev.filo.platform.grpc.Statuses;
import dev.filo.proto.catalog.v1.Facet;
import dev.filo.proto.catalog.v1.FacetValue;
import dev.filo.proto.catalog.v1.LocalizedText;
import dev.filo.proto.catalog.v1.NearestStore;
import dev.filo.proto.catalog.v1.ProductRecord;
import dev.filo.proto.catalog.v1.SearchProductsRequest;
import dev.filo.proto.catalog.v1.SearchProductsResponse;
import dev.filo.proto.catalog.v1.SearchResult;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import reactor.core.publisher.Mono;

/** Answers a search: the index finds, inventory says where it is, the database has the rest. */
public final class ProductSearch {
  private static final Logger log = LoggerFactory.getLogger(ProductSearch.class);
  private static final int PAGE_SIZE = 24;
  private static final int RADIUS_METERS = 50_000;
  private static final int FACETS_MAX = 10;
  private static final int FACET_VALUES_MAX = 30;
  private static final List<String> FIRST_FACETS =
      List.of(ProductIndex.CATEGORY, "colour", "material");
  // In stock near: so many candidates are asked about at once, and so often before the page is
  // given as it is, with a token to go on.
  private static final int CANDIDATES = 50;
  private static final int SKUS_MAX = 200;
  private static final int SKUS_EACH_MAX = SKUS_MAX / CANDIDATES;
  private static final int ROUNDS_MAX = 20;

  private final ProductIndex index;
  private final MongoProducts products;
  private final NearestStock stock;

  /** A search over this index. */
  public ProductSearch(ProductIndex index, MongoProducts products, NearestStock stock) {
    this.index = index;
    this.products = products;
    this.stock = stock;
  }

  Mono<SearchProductsResponse> search(SearchProductsRequest request, CatalogTexts texts) {
    if (request.hasLatitude() != request.hasLongitude()) {
      return Mono.error(
          request.getInStockNear()
              ? CatalogTexts.pointMissing()
              : Statuses.field(
                  request.hasLatitude() ? "longitude" : "latitude",
                  "latitude and longitude come together"));
    }
    var point =
        request.hasLatitude() ? new Point(request.getLatitude(), request.getLongitude()) : null;
    if (request.getInStockNear()) {
      return point == null
          ? Mono.error(CatalogTexts.pointMissing())
          : inStockNear(request, point, texts);
    }
    return Mono.fromCallable(
            () -> index.search(page(request, PageTokens.size(request.getPageSize(), PAGE_SIZE))))
        .flatMap(found -> withNearest(request, found, point, texts));
  }

  private static SearchPage page(SearchProductsRequest request, int size) {
    return new SearchPage(
        request.getQuery(), filters(request), order(request), after(request), size);
  }

  private static Map<String, Set<String>> filters(SearchProductsRequest request) {
    var filters = new LinkedHashMap<String, Set<String>>();
    for (int i = 0; i < request.getFiltersCount(); i++) {
      var filter = request.getFilters(i);
      int colon = filter.indexOf(':');
      if (colon < 1 || colon == filter.length() - 1) {
        throw Statuses.field("filters[" + i + "]", "must be key:value_key");
      }
      filters
          .computeIfAbsent(filter.substring(0, colon), key -> new LinkedHashSet<>())
          .add(filter.substring(colon + 1));
    }
    return filters;
  }

  private static Order order(SearchProductsRequest request) {
    return switch (request.getOrderBy()) {
      case "price" -> Order.PRICE;
      case "price desc" -> Order.PRICE_DESCENDING;
      default -> Order.MATCH;
    };
  }

  // A token is bound to what was asked: score or price, the product, a hash of the question.
  private static @Nullable After after(SearchProductsRequest request) {
    var position = PageTokens.position(request.getPageToken());
    if (position.isEmpty()) {
      return null;
    }
    var parts = position.split("\\|", -1);
    try {
      if (parts.length == 3 && parts[2].equals(question(request))) {
        return new After(Double.longBitsToDouble(Long.parseLong(parts[0], 16)), parts[1]);
      }
    } catch (NumberFormatException e) {
      throw Statuses.pageTokenInvalid();
    }
    throw Statuses.pageTokenInvalid();
  }

  private static String token(SearchProductsRequest request, After after) {
    return PageTokens.token(
        Long.toString(Double.doubleToLongBits(after.key()), 16)
            + "|"
            + after.product()
            + "|"
            + question(request));
  }

  private static String question(SearchProductsRequest request) {
    var asked = request.toBuilder().clearPageToken().clearPageSize().build();
    return Ids.derived(java.util.HexFormat.of().formatHex(asked.toByteArray())).substring(0, 12);
  }

  private Mono<SearchProductsResponse> withNearest(
      SearchProductsRequest request, Found found, @Nullable Point point, CatalogTexts texts) {
    var response =
        SearchProductsResponse.newBuilder()
            .setTotalSize(found.total())
            .addAllFacets(facets(found.facets(), request, texts));
    if (found.hasMore()) {
      response.setNextPageToken(token(request, found.results().getLast().place()));
    }
    var best = found.results().stream().map(result -> result.skus().getFirst()).toList();
    var nearest =
        stock
            .of(best, point, request.getRadiusMeters())
            .onErrorResume(
                error -> {
                  log.debug("searching without stock: {}", error.toString());
                  response.setStockUnknown(true);
                  return Mono.just(Map.of());
                });
    return Mono.zip(records(found.results()), nearest)
        .map(
            both -> {
              for (Result result : found.results()) {
                add(response, result, result.skus().getFirst(), both.getT1(), both.getT2(), texts);
              }
              return response.build();
            });
  }

  private Mono<Map<String, ProductRecord>> records(List<Result> results) {
    return products
        .byIds(results.stream().map(Result::product).toList())
        .collectMap(Kept::id, Kept::content);
  }

  private static void add(
      SearchProductsResponse.Builder response,
      Result result,
      String sku,
      Map<String, ProductRecord> records,
      Map<String, NearestStore> nearest,
      CatalogTexts texts) {
    var record = records.get(result.product());
    if (record == null) {
      return; // gone since the index was made
    }
    var found = SearchResult.newBuilder().setProduct(texts.product(record, sku));
    var store = nearest.get(sku);
    if (store != null) {
      found.setNearest(store);
    }
    response.addResults(found);
  }

  private Mono<SearchProductsResponse> inStockNear(
      SearchProductsRequest request, Point point, CatalogTexts texts) {
    int size = PageTokens.size(request.getPageSize(), PAGE_SIZE);
    return Mono.defer(
        () -> {
          var walk = new Walk(size);
          return walk(request, page(request, CANDIDATES), point, walk, 0)
              .then(Mono.defer(() -> records(walk.results)))
              .map(
                  records -> {
                    var response =
                        SearchProductsResponse.newBuilder()
                            .setTotalSize(walk.total)
                            .addAllFacets(facets(walk.facets, request, texts));
                    if (walk.last != null) {
                      response.setNextPageToken(token(request, walk.last));
                    }
                    for (int i = 0; i < walk.results.size(); i++) {
                      add(
                          response,
                          walk.results.get(i),
                          walk.nearest.get(i).getSku(),
                          records,
                          Map.of(walk.nearest.get(i).getSku(), walk.nearest.get(i)),
                          texts);
                    }
                    return response.build();
                  });
        });
  }

  /** What a walk over candidates has found so far; its steps come one after the other. */
  private static final class Walk {
    private final int size;
    private final List<Result> results = new ArrayList<>();
    private final List<NearestStore> nearest = new ArrayList<>(); // of each result
    private Map<String, Integer> facets = Map.of();
    private int total;
    private @Nullable After last; // null: there is nothing after

    Walk(int size) {
      this.size = size;
    }
  }

  private Mono<Void> walk(
      SearchProductsRequest request, SearchPage page, Point point, Walk walk, int round) {
    var found = index.search(page);
    if (round == 0) {
      walk.total = found.total();
      walk.facets = found.facets();
    }
    var skus = new LinkedHashSet<String>();
    found
        .results()
        .forEach(result -> result.skus().stream().limit(SKUS_EACH_MAX).forEach(skus::add));
    int radius = request.getRadiusMeters() == 0 ? RADIUS_METERS : request.getRadiusMeters();
    return stock
        .of(skus, point, radius)
        .onErrorMap(
            error -> {
              log.debug("stock cannot be asked: {}", error.toString());
              return Statuses.unavailable("Inventory");
            })
        .flatMap(
            nearest -> {
              int seen = 0;
              for (Result result : found.results()) {
                seen++;
                walk.last = result.place();
                result.skus().stream()
                    .limit(SKUS_EACH_MAX)
                    .map(sku -> java.util.Optional.ofNullable(nearest.get(sku)))
                    .flatMap(java.util.Optional::stream)
                    .findFirst()
                    .ifPresent(
                        store -> {
                          walk.results.add(result);
                          walk.nearest.add(store);
                        });
                if (walk.results.size() == walk.size) {
                  break;
                }
              }
              boolean hasMore = seen < found.results().size() || found.hasMore();
              if (!hasMore) {
                walk.last = null;
                return Mono.empty();
              }
              if (walk.results.size() == walk.size || round + 1 == ROUNDS_MAX) {
                return Mono.empty();
              }
              var next =
                  new SearchPage(page.text(), page.filters(), page.order(), walk.last, CANDIDATES);
              return walk(request, next, point, walk, round + 1);
            });
  }

  private List<Facet> facets(
      Map<String, Integer> counts, SearchProductsRequest request, CatalogTexts texts) {
    var byKey = new HashMap<String, List<FacetValue>>();
    var coverage = new HashMap<String, Integer>();
    counts.forEach(
        (facet, count) -> {
          int colon = facet.indexOf(':');
          var key = facet.substring(0, colon);
          var value = facet.substring(colon + 1);
          coverage.merge(key, count, Integer::sum);
          byKey
              .computeIfAbsent(key, k -> new ArrayList<>())
              .add(
                  FacetValue.newBuilder()
                      .setValueKey(value)
                      .setValue(index.label(facet).map(texts::text).orElse(value))
                      .setCount(count)
                      .build());
        });
    var filtered = filters(request).keySet();
    return byKey.entrySet().stream()
        .filter(
            entry ->
                filtered.contains(entry.getKey())
                    || divides(
                        entry.getKey(),
                        entry.getValue().size(),
                        coverage.getOrDefault(entry.getKey(), 0)))
        .sorted(
            Comparator.comparingInt(
                    (Map.Entry<String, List<FacetValue>> entry) -> place(entry.getKey()))
                .thenComparingInt(entry -> -coverage.getOrDefault(entry.getKey(), 0))
                .thenComparing(Map.Entry::getKey))
        .limit(FACETS_MAX)
        .map(
            entry ->
                Facet.newBuilder()
                    .setKey(entry.getKey())
                    .setLabel(label(entry.getKey(), texts))
                    .addAllValues(
                        entry.getValue().stream()
                            .sorted(
                                Comparator.comparingInt(FacetValue::getCount)
                                    .reversed()
                                    .thenComparing(FacetValue::getValue))
                            .limit(FACET_VALUES_MAX)
                            .toList())
                    .build())
        .toList();
  }

  /**
   * Whether choosing by a key helps: not where everything found is the same, nor where nearly
   * everything is different, as with dimensions.
   */
  private static boolean divides(String key, int values, int products) {
    boolean isFirst = FIRST_FACETS.contains(key);
    return values > 1 && (isFirst || (values <= FACET_VALUES_MAX && products >= 2 * values));
  }

  private static final LocalizedText CATEGORY_LABEL =
      LocalizedText.newBuilder().setIt("Categoria").setEn("Category").build();

  private String label(String key, CatalogTexts texts) {
    return key.equals(ProductIndex.CATEGORY)
        ? texts.text(CATEGORY_LABEL)
        : index.label(key).map(texts::text).orElse(key);
  }

  private static int place(String key) {
    int place = FIRST_FACETS.indexOf(key);
    return place < 0 ? FIRST_FACETS.size() : place;
  }
}
