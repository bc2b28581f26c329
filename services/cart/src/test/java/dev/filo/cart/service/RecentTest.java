package dev.filo.cart.service;

import static org.assertj.core.api.Assertions.assertThat;

import dev.filo.cart.domain.Goods;
import dev.filo.cart.domain.Money;
import dev.filo.testkit.MutableClock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentHashMap;
import org.junit.jupiter.api.Test;
import reactor.core.publisher.Mono;
import reactor.core.publisher.MonoSink;

/** What others answered is used again, for as long as is said and no longer. */
class RecentTest {
  private static final Duration AGE = Duration.ofSeconds(1);
  private static final Optional<Stock.Point> MILAN = Optional.of(new Stock.Point(45.4642, 9.19));

  private final MutableClock clock = MutableClock.standing();
  private final List<Set<String>> asked = new ArrayList<>();
  private final Map<String, Integer> pieces = new HashMap<>(Map.of("SOFA", 3, "LAMP", 5));

  private final Stock stock =
      new RecentStock(
          (skus, near, stores) -> {
            asked.add(new TreeSet<>(skus));
            var levels = new HashMap<String, Stock.Level>();
            skus.forEach(
                sku -> levels.put(sku, new Stock.Level(pieces.get(sku), 0, 0, null, List.of())));
            return Mono.just(new Stock.Levels(clock.instant(), levels));
          },
          AGE,
          clock);

  private Stock.Levels levels(Optional<Stock.Point> near, List<String> stores, String... skus) {
    return stock.levels(Set.of(skus), near, stores).blockOptional().orElseThrow();
  }

  @Test
  void stock_ofTheSameGoods_isAskedOnceWithinItsAge() {
    Instant begun = clock.instant();
    assertThat(levels(MILAN, List.of(), "SOFA").bySku().get("SOFA").deliverable()).isEqualTo(3);
    pieces.put("SOFA", 2);
    clock.advance(AGE.minusMillis(1));
    var again = levels(MILAN, List.of(), "SOFA", "LAMP");
    assertThat(again.bySku().get("SOFA").deliverable()).isEqualTo(3);
    assertThat(again.bySku().get("LAMP").deliverable()).isEqualTo(5);
    assertThat(again.asOf()).isEqualTo(begun); // the oldest of what it says
    assertThat(asked).containsExactly(Set.of("SOFA"), Set.of("LAMP"));
    clock.advance(Duration.ofMillis(1));
    var later = levels(MILAN, List.of(), "SOFA");
    assertThat(later.bySku().get("SOFA").deliverable()).isEqualTo(2);
    assertThat(later.asOf()).isEqualTo(clock.instant());
  }

  @Test
  void stock_seenFromElsewhere_isAnotherQuestion() {
    levels(MILAN, List.of(), "SOFA");
    levels(Optional.empty(), List.of(), "SOFA");
    levels(MILAN, List.of("stores/a"), "SOFA");
    levels(MILAN, List.of("stores/a"), "SOFA");
    assertThat(asked).hasSize(3);
  }

  @Test
  void goods_areAskedOnceWithinTheirAge_unknownOnesEachTime() {
    var catalog =
        new RecentCatalog(
            (skus, language) -> {
              asked.add(new TreeSet<>(skus));
              var goods = new HashMap<String, Goods>();
              skus.stream()
                  .filter(pieces::containsKey)
                  .forEach(
                      sku ->
                          goods.put(
                              sku,
                              new Goods(sku, "", language, "", new Money("EUR", 1, 0), false)));
              return Mono.just(goods);
            },
            AGE,
            clock);
    catalog.goods(Set.of("SOFA", "NEW"), "it").block();
    pieces.put("NEW", 1);
    var both = catalog.goods(Set.of("SOFA", "NEW"), "it").blockOptional().orElseThrow();
    assertThat(both).containsOnlyKeys("SOFA", "NEW");
    assertThat(asked).containsExactly(Set.of("SOFA", "NEW"), Set.of("NEW"));
    var english = catalog.goods(Set.of("SOFA"), "en").blockOptional().orElseThrow();
    assertThat(english.values()).extracting(Goods::title).containsExactly("en");
    clock.advance(AGE);
    catalog.goods(Set.of("SOFA"), "it").block();
    assertThat(asked).hasSize(4);
  }

  @Test
  void goods_askedForWhileTheyAreAsked_areAskedOnce() {
    var answers = new ArrayList<MonoSink<Map<String, Goods>>>();
    var catalog =
        new RecentCatalog(
            (skus, language) -> {
              asked.add(new TreeSet<>(skus));
              return Mono.create(answers::add);
            },
            AGE,
            clock);
    var goods = new ConcurrentHashMap<Integer, Map<String, Goods>>();
    for (int reader = 0; reader < 64; reader++) {
      int number = reader;
      catalog.goods(Set.of("SOFA"), "it").subscribe(found -> goods.put(number, found));
    }
    var gone = catalog.goods(Set.of("SOFA", "LAMP"), "it").subscribe();
    catalog.goods(Set.of("LAMP"), "it").subscribe(found -> goods.put(64, found));
    gone.dispose(); // another waits for what it asked for
    assertThat(asked).containsExactly(Set.of("SOFA"), Set.of("LAMP"));
    assertThat(goods).isEmpty();
    var sofa = new Goods("SOFA", "", "sofa", "", new Money("EUR", 1, 0), false);
    var lamp = new Goods("LAMP", "", "lamp", "", new Money("EUR", 1, 0), false);
    answers.get(0).success(Map.of("SOFA", sofa));
    answers.get(1).success(Map.of("LAMP", lamp));
    assertThat(goods).hasSize(65).containsEntry(64, Map.of("LAMP", lamp));
    goods.remove(64);
    assertThat(goods.values()).containsOnly(Map.of("SOFA", sofa));
  }

  @Test
  void stock_askedForWhileItIsAsked_isAskedOnce_andSaysItsTime() {
    var answers = new ArrayList<MonoSink<Stock.Levels>>();
    var slow =
        new RecentStock(
            (skus, near, stores) -> {
              asked.add(new TreeSet<>(skus));
              return Mono.create(answers::add);
            },
            AGE,
            clock);
    var found = new ArrayList<Stock.Levels>();
    var errors = new ArrayList<Throwable>();
    slow.levels(Set.of("SOFA"), MILAN, List.of()).subscribe(found::add, errors::add);
    slow.levels(Set.of("SOFA", "LAMP"), MILAN, List.of()).subscribe(found::add, errors::add);
    assertThat(asked).containsExactly(Set.of("SOFA"), Set.of("LAMP"));
    Instant earlier = clock.instant().minusMillis(40);
    var level = new Stock.Level(1, 0, 0, null, List.of());
    answers.get(1).success(new Stock.Levels(clock.instant(), Map.of("LAMP", level)));
    answers.get(0).success(new Stock.Levels(earlier, Map.of("SOFA", level)));
    assertThat(found)
        .extracting(levels -> levels.bySku().keySet())
        .containsExactlyInAnyOrder(Set.of("SOFA"), Set.of("SOFA", "LAMP"));
    assertThat(found).extracting(Stock.Levels::asOf).containsOnly(earlier); // the oldest
    assertThat(errors).isEmpty();

    // Who waits is told of an outage too; who comes later asks again.
    clock.advance(AGE);
    slow.levels(Set.of("SOFA"), MILAN, List.of()).subscribe(found::add, errors::add);
    slow.levels(Set.of("SOFA"), MILAN, List.of()).subscribe(found::add, errors::add);
    answers.get(2).error(new IllegalStateException("inventory is away"));
    assertThat(errors).hasSize(2);
    slow.levels(Set.of("SOFA"), MILAN, List.of()).subscribe(found::add, errors::add);
    assertThat(asked).hasSize(4);
  }
}
