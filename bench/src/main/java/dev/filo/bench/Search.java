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
  private record Page(String query, String ids, int size) {
    String path() {
      return path(query);
    }

    /** The same question as nobody has asked it: the letters' cases are a number's bits. */
    String path(int number) {
      var written = new StringBuilder(query);
      for (int at = 0, rest = number; rest > 0 && at < query.length(); at++, rest >>= 1) {
        char letter = query.charAt(at);
        boolean isCapital = (rest & 1) == 1 ^ Character.isUpperCase(letter);
        written.setCharAt(
            at, isCapital ? Character.toUpperCase(letter) : Character.toLowerCase(letter));
      }
      return path(written.toString());
    }

    static String path(String query) {
      return "/v1/products:search?query=" + URLEncoder.encode(query, StandardCharsets.UTF_8);
    }
  }

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
        var sides =
            Turns.measure(
                setting,
                (client, number) -> bare.get("/products/" + page(pages, number).ids),
                (client, number) ->
                    shop.isDone("GET", page(pages, number).path(1 + number / pages.size()), "", ""),
                (client, number) -> shop.isDone("GET", page(pages, number).path(), "", ""));
        var size = pages.stream().mapToInt(Page::size).average().orElseThrow();
        return List.of(
            Figure.baseline(
                String.format(Locale.ROOT, "bare: find of %.0f products by their ids", size),
                sides.getFirst()),
            Figure.rate(
                String.format(
                    Locale.ROOT, "gateway: search in %,d variants, never asked before", variants),
                sides.get(1),
                sides.getFirst()),
            Figure.rate("gateway: the same, asked again", sides.getLast(), sides.getFirst()));
      }
    }
  }

  private static Page page(List<Page> pages, int number) {
    return pages.get(number % pages.size());
  }

  private static Mono<Page> page(Shop shop, String query) {
    return shop.call("GET", Page.path(query), "", "")
        .map(
            answer -> {
              var ids =
                  answer
                      .path("results")
                      .valueStream()
                      .map(result -> result.path("product").path("name").asString(""))
                      .map(name -> name.substring(name.indexOf('/') + 1))
                      .toList();
              return new Page(query, String.join(",", ids), ids.size());
            });
  }

  private static Mono<String> read(MongoCollection<Document> products, String ids) {
    return Flux.from(products.find(Filters.in("_id", ids.split(","))))
        .map(Document::toJson)
        .collect(Collectors.joining(",", "[", "]"));
  }
}
