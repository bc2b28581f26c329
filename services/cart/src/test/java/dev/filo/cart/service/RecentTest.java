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
import org.junit.jupiter.api.Test;
import reactor.core.publisher.Mono;

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
}
