package dev.filo.bench;

import com.google.protobuf.InvalidProtocolBufferException;
import dev.filo.platform.mongo.Docs;
import dev.filo.proto.catalog.v1.CatalogServiceGrpc;
import dev.filo.proto.catalog.v1.ImportProductsRequest;
import dev.filo.proto.catalog.v1.LocalizedText;
import dev.filo.proto.catalog.v1.ProductRecord;
import dev.filo.proto.catalog.v1.VariantRecord;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import reactor.core.publisher.Flux;

/**
 * A large catalogue made of the demo retailer's: each product is like one of its own, of a range
 * with a name of its own, in four colours.
 */
final class ManyProducts {
  /** In how many variants each comes. */
  static final int VARIANTS = 4;

  private static final Duration WAIT = Duration.ofMinutes(15);
  private static final Duration BETWEEN_LOOKS = Duration.ofMillis(200);
  private static final int BATCH = 500;
  private static final List<String> SYLLABLES =
      List.of(
          "ba", "ce", "di", "fo", "gu", "la", "me", "ni", "po", "ru", "sa", "te", "vi", "zo", "ca");

  private final Shop shop;
  private final List<ProductRecord> models;

  /** Made of what the shop's catalogue has now. */
  ManyProducts(Shop shop) {
    this.shop = shop;
    this.models =
        Flux.from(shop.database("catalog").getCollection("products").find())
            .map(document -> product(Docs.bytes(document, "content")))
            .collectList()
            .blockOptional(WAIT)
            .orElseThrow();
  }

  /** The retailer's own products. */
  List<ProductRecord> models() {
    return models;
  }

  private static ProductRecord product(byte[] content) {
    try {
      return ProductRecord.parseFrom(content);
    } catch (InvalidProtocolBufferException e) {
      throw new IllegalStateException(e);
    }
  }

  /** Imports so many and waits until the search finds them all. */
  void load(int count) {
    var channel = Shop.channel("catalog");
    try {
      var catalog = CatalogServiceGrpc.newBlockingStub(channel).withCallCredentials(shop.loader());
      for (int from = 0; from < count; from += BATCH) {
        var request = ImportProductsRequest.newBuilder();
        for (int number = from; number < Math.min(count, from + BATCH); number++) {
          request.addProducts(product(number));
        }
        var answer = catalog.withDeadlineAfter(2, TimeUnit.MINUTES).importProducts(request.build());
        if (answer.getRefusalsCount() > 0) {
          throw new IllegalStateException("refused: " + answer.getRefusals(0));
        }
      }
    } finally {
      channel.shutdownNow();
    }
    int all = models.size() + count;
    shop.call("GET", "/v1/products:search?pageSize=1", "", "")
        .map(answer -> answer.path("totalSize").asInt())
        .repeatWhen(looked -> looked.delayElements(BETWEEN_LOOKS))
        .filter(found -> found == all)
        .blockFirst(WAIT);
  }

  /** The name of the range that the product with this number belongs to. */
  String range(int number) {
    var name = new StringBuilder();
    for (int rest = SYLLABLES.size() + number / models.size(); rest > 0; rest /= SYLLABLES.size()) {
      name.append(SYLLABLES.get(rest % SYLLABLES.size()));
    }
    return name.toString();
  }

  private ProductRecord product(int number) {
    var model = model(number);
    var product =
        model.toBuilder()
            .setName(model.getName() + "-" + number)
            .setTitle(named(model.getTitle(), range(number)))
            .clearVariants();
    for (int i = 0; i < VARIANTS; i++) {
      product.addVariants(variant(number, i));
    }
    return product.build();
  }

  /** In the colour of another product's first variant. */
  private VariantRecord variant(int number, int place) {
    var own = model(number).getVariants(0);
    var other = model(number + place).getVariants(0);
    return other.toBuilder()
        .setSku("MANY-" + number + "-" + place)
        .clearGtin()
        .setPrice(own.getPrice().toBuilder().setUnits(own.getPrice().getUnits() + number % 97))
        .build();
  }

  private ProductRecord model(int number) {
    return models.get(number % models.size());
  }

  private static LocalizedText named(LocalizedText title, String range) {
    return LocalizedText.newBuilder()
        .setIt(title.getIt() + " " + range)
        .setEn(title.getEn() + " " + range)
        .build();
  }

  /**
   * What people type: a word of a title, a word and a colour, a whole title and a range; in either
   * language.
   */
  List<String> queries(int count) {
    var queries = new ArrayList<String>();
    for (int i = 0; i < count; i++) {
      var model = model(i * 7);
      var colour = model.getVariants(0).getTitle();
      var title = i % 2 == 0 ? model.getTitle().getIt() : model.getTitle().getEn();
      var shade = i % 2 == 0 ? colour.getIt() : colour.getEn();
      var word = title.split(" ")[0];
      queries.add(
          switch (i % 3) {
            case 0 -> word;
            case 1 -> word + " " + shade;
            default -> title + " " + range(i);
          });
    }
    return queries;
  }
}
