package dev.filo.catalog.store;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.type.Money;
import com.mongodb.reactivestreams.client.MongoDatabase;
import dev.filo.catalog.Feeds;
import dev.filo.catalog.Goods;
import dev.filo.catalog.domain.Refusal;
import dev.filo.platform.feed.Outbox;
import dev.filo.proto.catalog.v1.ProductChanged;
import dev.filo.proto.catalog.v1.ProductRecord;
import dev.filo.proto.feed.v1.Actor;
import dev.filo.proto.feed.v1.Event;
import dev.filo.testkit.MutableClock;
import dev.filo.testkit.StoreTest;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.core.scheduler.Schedulers;

@StoreTest
class MongoProductsTest {
  private static final Duration LONG = Duration.ofSeconds(30);
  private static final Actor MANAGER =
      Actor.newBuilder().setPrincipal("staff/manager@filo.example").setRole("manager").build();

  private final MutableClock clock = MutableClock.standing();
  private final MongoDatabase database;
  private final MongoProducts products;

  MongoProductsTest(MongoDatabase database) {
    this.database = database;
    var relay = Feeds.standingRelay(database, clock);
    products = new MongoProducts(database, relay);
    products.prepare(relay);
  }

  private Imported<ProductRecord> take(ProductRecord... rows) {
    return products
        .importAll(List.of(rows), MANAGER, clock.instant())
        .blockOptional(LONG)
        .orElseThrow();
  }

  private List<Event> outbox(String id) {
    return Flux.from(database.getCollection("products").find(new org.bson.Document("_id", id)))
        .flatMapIterable(Outbox::events)
        .collectList()
        .blockOptional(LONG)
        .orElseThrow();
  }

  private Kept<ProductRecord> get(String id) {
    return products.get(id).blockOptional(LONG).orElseThrow();
  }

  private static ProductRecord one(String id, String... skus) {
    var product = Goods.product(id, "Sedia " + id, "Chair " + id, "chairs");
    for (String sku : skus) {
      product.addVariants(Goods.variant(sku, "", 100, "green", "verde", "green"));
    }
    return product.build();
  }

  @Test
  void importAll_new_isThereWithItsEvent() throws Exception {
    var imported = take(Goods.sofa());
    assertThat(imported.refusals()).isEmpty();
    assertThat(imported.changed()).containsExactly(new Kept<>("divano-lucca", 1, Goods.sofa()));
    assertThat(get("divano-lucca")).isEqualTo(new Kept<>("divano-lucca", 1, Goods.sofa()));
    var events = outbox("divano-lucca");
    assertThat(events).hasSize(1);
    assertThat(events.getFirst().getSubject()).isEqualTo("products/divano-lucca");
    assertThat(events.getFirst().getActor()).isEqualTo(MANAGER);
    assertThat(events.getFirst().getData().unpack(ProductChanged.class).getProduct())
        .isEqualTo(Goods.sofa());
  }

  @Test
  void importAll_sameAgain_changesNothing() {
    take(Goods.sofa());
    assertThat(take(Goods.sofa()).changed()).isEmpty();
    assertThat(get("divano-lucca").version()).isEqualTo(1);
    assertThat(outbox("divano-lucca")).hasSize(1);
  }

  @Test
  void importAll_otherContent_replaces() {
    take(Goods.sofa());
    var renamed = Goods.sofa().toBuilder().setTitle(Goods.text("Ottomana", "Ottoman")).build();
    assertThat(take(renamed).changed()).containsExactly(new Kept<>("divano-lucca", 2, renamed));
    assertThat(get("divano-lucca")).isEqualTo(new Kept<>("divano-lucca", 2, renamed));
    assertThat(outbox("divano-lucca")).hasSize(2);
  }

  @Test
  void importAll_sameProductTwice_lastCounts() {
    take(one("a", "A-1"), one("b", "B-1"), one("a", "A-2"));
    assertThat(get("a").version()).isEqualTo(2);
    assertThat(get("a").content().getVariants(0).getSku()).isEqualTo("A-2");
  }

  @Test
  void importAll_refusedRows_doNotStopOthers() {
    var badGtin =
        one("bad").toBuilder()
            .addVariants(Goods.variant("BAD-1", "4006381333930", 10, "green", "verde", "green"))
            .build();
    var badPrice = one("price", "PRI-1").toBuilder();
    badPrice.getVariantsBuilder(0).setPrice(Money.newBuilder().setCurrencyCode("EUR").setUnits(-1));
    var imported =
        take(one("a", "A-1"), badGtin, one("b", "B-1", "B-1"), badPrice.build(), one("c", "C-1"));
    assertThat(imported.changed()).extracting(Kept::id).containsExactlyInAnyOrder("a", "c");
    assertThat(imported.refusals())
        .hasSize(3)
        .containsEntry(1, new Refusal.GtinInvalid("4006381333930"))
        .containsEntry(2, new Refusal.NumberTaken("B-1", "products/b"))
        .containsEntry(3, new Refusal.PriceInvalid("PRI-1"));
    assertThat(products.get("bad").blockOptional(LONG)).isEmpty();
  }

  @Test
  void importAll_numberOfAnother_isRefused_andGivesBackTheRest() {
    take(one("a", "A-1"));
    var imported = take(one("b", "B-1", "A-1"));
    assertThat(imported.refusals()).containsEntry(0, new Refusal.NumberTaken("A-1", "products/a"));
    // B-1 was claimed for the refused product and is free again.
    assertThat(take(one("c", "B-1")).refusals()).isEmpty();
  }

  @Test
  void importAll_numberTwiceInOneImport_firstHasIt() {
    var imported = take(one("a", "A-1"), one("b", "A-1"));
    assertThat(imported.changed()).extracting(Kept::id).containsExactly("a");
    assertThat(imported.refusals()).containsEntry(1, new Refusal.NumberTaken("A-1", "products/a"));
  }

  @Test
  void importAll_gtinWithMoreZeros_isTheSame() {
    var first =
        one("a").toBuilder()
            .addVariants(Goods.variant("A-1", "036000291452", 10, "green", "verde", "green"))
            .build();
    var second =
        one("b").toBuilder()
            .addVariants(Goods.variant("B-1", "0036000291452", 10, "green", "verde", "green"))
            .build();
    take(first);
    assertThat(take(second).refusals()).hasSize(1);
  }

  @Test
  void importAll_numberGivenUp_canBeTakenOver() {
    take(one("a", "A-1", "A-2"));
    take(one("a", "A-1"));
    assertThat(take(one("b", "A-2")).refusals()).isEmpty();
    // and is not the first one's any more
    assertThat(take(one("a", "A-1", "A-2")).refusals())
        .containsEntry(0, new Refusal.NumberTaken("A-2", "products/b"));
    // nor does a refused import of its new owner give it away
    assertThat(take(one("b", "A-2", "A-1")).refusals()).hasSize(1);
    assertThat(take(one("c", "A-2")).refusals()).hasSize(1);
  }

  @Test
  void importAll_racingForOneNumber_oneHasIt() {
    var racers =
        IntStream.range(0, 12).mapToObj(i -> one("racer-" + i, "RACE", "OWN-" + i)).toList();
    var all =
        Flux.fromIterable(racers)
            .flatMap(
                racer ->
                    products
                        .importAll(List.of(racer), MANAGER, clock.instant())
                        .subscribeOn(Schedulers.boundedElastic()),
                12)
            .collectList()
            .blockOptional(LONG)
            .orElseThrow();
    assertThat(all.stream().filter(one -> one.refusals().isEmpty())).hasSize(1);
    var owners = products.byNumbers(List.of("RACE"), List.of()).collectList().block(LONG);
    assertThat(owners).hasSize(1);
  }

  @Test
  void importAll_racingForOneProduct_allEndUpInIt_andNumbersStayUnique() {
    var racers = new ArrayList<ProductRecord>();
    for (int i = 0; i < 8; i++) {
      racers.add(one("same", "S-" + i % 4));
      racers.add(one("other", "S-" + (i + 1) % 4));
    }
    Flux.fromIterable(racers)
        .flatMap(
            racer ->
                products
                    .importAll(List.of(racer), MANAGER, clock.instant())
                    .subscribeOn(Schedulers.boundedElastic()),
            16)
        .then()
        .onErrorComplete(dev.filo.platform.mongo.StaleVersionException.class::isInstance)
        .block(LONG);
    for (int i = 0; i < 4; i++) {
      var owners = products.byNumbers(List.of("S-" + i), List.of()).collectList().block(LONG);
      assertThat(owners).as("owners of S-%s", i).hasSizeLessThanOrEqualTo(1);
    }
  }

  @Test
  void importAll_hundreds_inOneGo() {
    var many = IntStream.range(0, 300).mapToObj(i -> one("p-" + i, "P-" + i, "Q-" + i)).toList();
    var imported =
        products.importAll(many, MANAGER, clock.instant()).blockOptional(LONG).orElseThrow();
    assertThat(imported.changed()).hasSize(300);
    assertThat(products.all().count().block(LONG)).isEqualTo(300);
    var dearer = many.stream().map(p -> p.toBuilder().addKeywords("nuovo").build()).toList();
    assertThat(
            products
                .importAll(dearer, MANAGER, clock.instant())
                .blockOptional(LONG)
                .orElseThrow()
                .changed())
        .hasSize(300);
    assertThat(get("p-17").version()).isEqualTo(2);
  }

  @Test
  void byNumbers_findsBySkuAndGtin() {
    take(Goods.sofa(), one("a", "A-1"), one("b", "B-1"));
    var found =
        products
            .byNumbers(List.of("A-1", "NONE"), List.of("04006381333931"))
            .collectList()
            .blockOptional(LONG)
            .orElseThrow();
    assertThat(found.stream().map(Kept::id).collect(Collectors.toSet()))
        .isEqualTo(Set.of("a", "divano-lucca"));
    assertThat(products.byNumbers(List.of(), List.of()).count().block(LONG)).isZero();
  }

  @Test
  void get_unknown_isEmpty() {
    assertThat(products.get("none").blockOptional(LONG)).isEmpty();
    assertThat(Mono.from(products.byIds(List.of())).blockOptional(LONG)).isEmpty();
  }
}
