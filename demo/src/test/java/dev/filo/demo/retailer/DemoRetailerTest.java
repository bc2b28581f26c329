package dev.filo.demo.retailer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;

import java.time.DayOfWeek;
import java.time.LocalDate;
import java.time.LocalTime;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

final class DemoRetailerTest {

  private static final String SOFA = "DIV-LUC-VEL-VRD";

  private final DemoRetailer retailer = DemoRetailer.create();

  @Test
  void sample_keepsTheFirstProductsAndTheirStock() {
    DemoRetailer few = retailer.sample(20);
    assertThat(few.products()).isEqualTo(retailer.products().subList(0, 20));
    var skus =
        few.products().stream()
            .flatMap(product -> product.variants().stream())
            .map(Variant::sku)
            .toList();
    assertThat(few.stock())
        .isEqualTo(retailer.stock().stream().filter(item -> skus.contains(item.sku())).toList())
        .isNotEmpty();
    assertThat(retailer.sample(Integer.MAX_VALUE)).isEqualTo(retailer);
  }

  @Test
  void create_twice_isEqual() {
    assertThat(DemoRetailer.create()).isEqualTo(retailer);
  }

  @Test
  void create_isLargeEnough() {
    assertThat(retailer.categories()).hasSizeGreaterThanOrEqualTo(12);
    assertThat(retailer.products()).hasSizeGreaterThanOrEqualTo(300);
    assertThat(retailer.stores()).hasSizeGreaterThanOrEqualTo(40);
    assertThat(variants()).hasSizeGreaterThanOrEqualTo(900);
  }

  @Test
  void create_namesAreUnique() {
    assertThat(retailer.categories()).extracting(Category::id).doesNotHaveDuplicates();
    assertThat(retailer.products()).extracting(Product::id).doesNotHaveDuplicates();
    assertThat(retailer.products()).extracting(p -> p.title().it()).doesNotHaveDuplicates();
    assertThat(retailer.products()).extracting(p -> p.title().en()).doesNotHaveDuplicates();
    assertThat(retailer.products()).extracting(p -> p.description().it()).doesNotHaveDuplicates();
    assertThat(retailer.stores()).extracting(Store::id).doesNotHaveDuplicates();
    assertThat(retailer.stores()).extracting(Store::phone).doesNotHaveDuplicates();
    assertThat(variants()).extracting(Variant::sku).doesNotHaveDuplicates();
    assertThat(variants()).extracting(Variant::gtin).doesNotHaveDuplicates();
    assertThat(retailer.stock())
        .extracting(item -> item.sku() + "@" + item.locationId())
        .doesNotHaveDuplicates();
  }

  @Test
  void products_areWellFormed() {
    Set<String> categories =
        retailer.categories().stream().map(Category::id).collect(Collectors.toSet());
    for (Product product : retailer.products()) {
      assertThat(product.id()).matches("[a-z0-9]+(-[a-z0-9]+)*");
      assertThat(categories).contains(product.categoryId());
      assertThat(product.title().it() + product.title().en()).doesNotContain("{");
      assertThat(product.description().it()).hasSizeBetween(40, 280).endsWith(".");
      assertThat(product.description().en()).hasSizeBetween(40, 280).endsWith(".");
      assertThat(product.variants()).isNotEmpty();
      for (Variant variant : product.variants()) {
        assertThat(variant.sku()).matches("[A-Z0-9]{3}(-[A-Z0-9]{2,3}){3}(-\\d+)?");
        assertThat(Gtin.valid(variant.gtin())).as(variant.gtin()).isTrue();
        assertThat(variant.gtin()).startsWith("2");
        assertThat(variant.priceMinor()).isBetween(5_00L, 5_000_00L);
        assertThat(variant.colour().hex()).matches("#[0-9a-f]{6}");
        assertThat(variant.dimensions().widthCm()).isBetween(5, 400);
        assertThat(variant.dimensions().heightCm()).isBetween(1, 320);
      }
    }
  }

  @Test
  void sofa_isTheOnlyGreenVelvetThreeSeater() {
    Product sofa = product("divano-velluto-lucca");
    assertThat(sofa.title().it()).isEqualTo("Divano in velluto Lucca, 3 posti");
    assertThat(sofa.variants().getFirst().sku()).isEqualTo(SOFA);
    assertThat(retailer.products())
        .filteredOn(product -> product.categoryId().equals("divani"))
        .filteredOn(product -> product.material().key().equals("velluto"))
        .filteredOn(
            product ->
                product.variants().stream()
                    .anyMatch(variant -> variant.colour().text().it().startsWith("Verde")))
        .containsExactly(sofa);
  }

  @Test
  void sofa_isInTwoStoresOfMilan() {
    assertThat(retailer.stock())
        .filteredOn(item -> item.sku().equals(SOFA) && item.onHand() > item.safety())
        .filteredOn(item -> store(item).address().province().equals("MI"))
        .extracting(StockItem::locationId, StockItem::onHand, StockItem::safety)
        .containsExactlyInAnyOrder(
            tuple("milano-buenos-aires", 1, 0), tuple("milano-porta-genova", 2, 0));
  }

  @Test
  void stores_areInItaly() {
    for (Store store : retailer.stores()) {
      assertThat(store.latitude()).as(store.id()).isBetween(36.6, 47.1);
      assertThat(store.longitude()).as(store.id()).isBetween(6.6, 18.6);
      assertThat(store.phone()).matches("\\+390\\d{8,10}");
      assertThat(store.address().postalCode()).matches("\\d{5}");
      assertThat(store.weeklyHours()).containsOnlyKeys(DayOfWeek.values());
      assertThat(store.pickup()).isEqualTo(store.pickupReadyIn().isPositive());
    }
    assertThat(retailer.stores()).extracting(Store::id).contains("milano-buenos-aires", "monza");
    assertThat(retailer.stores()).anyMatch(store -> !store.pickup());
  }

  @Test
  void stores_openBeforeTheyClose() {
    for (Store store : retailer.stores()) {
      store.weeklyHours().values().forEach(DemoRetailerTest::assertOrdered);
      store.specialDays().forEach(day -> assertOrdered(day.intervals()));
      assertThat(store.specialDays()).extracting(SpecialDay::date).isSorted();
      assertThat(store.specialDays()).extracting(SpecialDay::date).doesNotHaveDuplicates();
    }
  }

  @Test
  void milan_isOpenOnSaturdayUntilEight() {
    Store milan = store("milano-buenos-aires");
    assertThat(milan.weeklyHours().get(DayOfWeek.SATURDAY))
        .containsExactly(new OpenInterval(LocalTime.of(10, 0), LocalTime.of(20, 0)));
    assertThat(milan.specialDays())
        .anyMatch(
            day ->
                day.date().equals(LocalDate.of(2026, 12, 7))
                    && day.reason().it().equals("Sant'Ambrogio"))
        .anyMatch(day -> day.date().equals(LocalDate.of(2026, 12, 25)) && day.closed());
  }

  @ParameterizedTest
  @CsvSource({
    "2024,2024-03-31",
    "2025,2025-04-20",
    "2026,2026-04-05",
    "2027,2027-03-28",
    "2038,2038-04-25",
  })
  void easter_isKnown(int year, LocalDate easter) {
    assertThat(Feasts.easter(year)).isEqualTo(easter);
  }

  @Test
  void movableDays_areKnown() {
    assertThat(Feasts.dates("easter+50", 2026)).containsExactly(LocalDate.of(2026, 5, 25));
    assertThat(Feasts.dates("black-friday", 2026)).containsExactly(LocalDate.of(2026, 11, 27));
    assertThat(Feasts.dates("advent-sunday", 2026))
        .containsExactly(
            LocalDate.of(2026, 12, 6), LocalDate.of(2026, 12, 13), LocalDate.of(2026, 12, 20));
    assertThat(Feasts.dates("08-10..08-22", 2027)).hasSize(13);
  }

  @Test
  void stock_isRealistic() {
    Set<String> skus = variants().stream().map(Variant::sku).collect(Collectors.toSet());
    for (StockItem item : retailer.stock()) {
      assertThat(skus).contains(item.sku());
      assertThat(item.onHand()).isNotNegative();
      assertThat(item.safety()).isNotNegative();
      assertThat(item.incoming()).allMatch(next -> next.quantity() > 0 && next.inDays() > 0);
    }
    Set<String> available =
        retailer.stock().stream()
            .filter(item -> item.onHand() > item.safety())
            .map(StockItem::sku)
            .collect(Collectors.toSet());
    assertThat(skus.size() - available.size()).as("sold out").isBetween(10, 100);
    assertThat(retailer.stock()).anyMatch(item -> !item.incoming().isEmpty());
    assertThat(retailer.stock()).hasSizeBetween(8_000, 30_000);
    for (Store store : retailer.stores()) {
      assertThat(retailer.stock()).as(store.id()).anyMatch(i -> i.locationId().equals(store.id()));
    }
  }

  @ParameterizedTest
  @CsvSource({"4006381333931,true", "4006381333930,false", "400638133393,false", "abc,false"})
  void gtin_isChecked(String gtin, boolean valid) {
    assertThat(Gtin.valid(gtin)).isEqualTo(valid);
  }

  private static void assertOrdered(List<OpenInterval> intervals) {
    for (int i = 0; i < intervals.size(); i++) {
      assertThat(intervals.get(i).opens()).isBefore(intervals.get(i).closes());
      if (i > 0) {
        assertThat(intervals.get(i - 1).closes()).isBefore(intervals.get(i).opens());
      }
    }
  }

  private List<Variant> variants() {
    return retailer.products().stream().flatMap(product -> product.variants().stream()).toList();
  }

  private Product product(String id) {
    return retailer.products().stream().filter(p -> p.id().equals(id)).findFirst().orElseThrow();
  }

  private Store store(StockItem item) {
    return item.locationId().equals(retailer.warehouse().id())
        ? retailer.warehouse()
        : store(item.locationId());
  }

  private Store store(String id) {
    return retailer.stores().stream()
        .filter(store -> store.id().equals(id.toLowerCase(Locale.ROOT)))
        .findFirst()
        .orElseThrow();
  }
}
