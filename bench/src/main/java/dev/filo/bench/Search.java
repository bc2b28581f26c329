package dev.filo.bench;

import com.mongodb.client.model.Filters;
import com.mongodb.reactivestreams.client.MongoCollection;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.stream.Collectors;
import org.bson.Document;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/**
 * A page of results of the search through the gateway, over HTTP; against a handler of Reactor
 * Netty that reads the products of the same page by their ids, in one find.
 */
final class Search {
  private static final Duration WAIT = Duration.ofMinutes(5);
  private static final int QUERIES = 300;
  private static final int AT_ONCE = 4;

  private Search() {}

  /**
   * What is asked and what comes of it.
   *
   * @param ids of the products on the page, with commas between
   */
  private record Page(String path, String ids, int size) {}

  /** In a catalogue of the demo retailer and so many variants more. */
  static List<Figure> measure(Setting setting, int variants) throws InterruptedException {
    try (var shop = new Shop(setting, Set.of("catalog", "inventory"))) {
      var products = new ManyProducts(shop);
      products.load(variants / ManyProducts.VARIANTS);
      var pages =
          Flux.fromIterable(products.queries(QUERIES))
              .flatMapSequential(query -> page(shop, query), AT_ONCE)
              .filter(page -> page.size > 0)
              .collectList()
              .blockOptional(WAIT)
              .orElseThrow();
      var kept = shop.database("catalog").getCollection("products");
      try (var bare =
          new Bare(
              shop, routes -> routes.get("/products/{id}", Bare.reading(ids -> read(kept, ids))))) {
        var both =
            Turns.measure(
                setting,
                (client, number) -> bare.get("/products/" + page(pages, number).ids),
                (client, number) -> shop.isDone("GET", page(pages, number).path, "", ""));
        var size = pages.stream().mapToInt(Page::size).average().orElseThrow();
        return List.of(
            Figure.baseline(
                String.format(Locale.ROOT, "bare: find of %.0f products by their ids", size),
                both.getFirst()),
            Figure.rate(
                String.format(Locale.ROOT, "gateway: search in %,d variants", variants),
                both.getLast(),
                both.getFirst()));
      }
    }
  }

  private static Page page(List<Page> pages, int number) {
    return pages.get(number % pages.size());
  }

  private static Mono<Page> page(Shop shop, String query) {
    var path = "/v1/products:search?query=" + URLEncoder.encode(query, StandardCharsets.UTF_8);
    return shop.call("GET", path, "", "")
        .map(
            answer -> {
              var ids =
                  answer
                      .path("results")
                      .valueStream()
                      .map(result -> result.path("product").path("name").asString(""))
                      .map(name -> name.substring(name.indexOf('/') + 1))
                      .toList();
              return new Page(path, String.join(",", ids), ids.size());
            });
  }

  private static Mono<String> read(MongoCollection<Document> products, String ids) {
    return Flux.from(products.find(Filters.in("_id", ids.split(","))))
        .map(Document::toJson)
        .collect(Collectors.joining(",", "[", "]"));
  }
}
