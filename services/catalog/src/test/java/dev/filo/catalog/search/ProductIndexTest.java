package dev.filo.catalog.search;

import static org.assertj.core.api.Assertions.assertThat;

import dev.filo.catalog.Goods;
import dev.filo.catalog.search.SearchPage.Found;
import dev.filo.catalog.search.SearchPage.Result;
import dev.filo.catalog.store.Kept;
import dev.filo.proto.catalog.v1.ProductRecord;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeSet;
import java.util.zip.CRC32;
import org.apache.lucene.index.DirectoryReader;
import org.apache.lucene.index.FieldInfos;
import org.apache.lucene.index.MultiTerms;
import org.apache.lucene.index.SegmentInfos;
import org.apache.lucene.store.FSDirectory;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class ProductIndexTest {
  private final ProductIndex index = ProductIndex.inMemory();

  @BeforeAll
  void fill() {
    index.apply(Goods.all().stream().map(product -> kept(product, 1)).toList());
  }

  @AfterAll
  void close() {
    index.close();
  }

  private static Kept<ProductRecord> kept(ProductRecord product, long version) {
    return new Kept<>(product.getName().substring("products/".length()), version, product);
  }

  private Found search(String text) {
    return search(text, Map.of(), Order.MATCH, null, 50);
  }

  private Found search(
      String text,
      Map<String, Set<String>> filters,
      Order order,
      SearchPage.@Nullable After after,
      int size) {
    return index.search(new SearchPage(text, filters, order, after, size));
  }

  private static List<String> products(Found found) {
    return found.results().stream().map(Result::product).toList();
  }

  @ParameterizedTest
  @CsvSource({
    // what is typed, the product that must be first, its variant that must be first
    "divano in velluto verde, divano-lucca, DIV-LUC-VRD",
    "DIVANO VELLUTO VERDE, divano-lucca, DIV-LUC-VRD",
    "velluto verde divano, divano-lucca, DIV-LUC-VRD",
    "un divano verde di velluto, divano-lucca, DIV-LUC-VRD",
    "divani in velluto verdi, divano-lucca, DIV-LUC-VRD",
    "divan veluto verde, divano-lucca, DIV-LUC-VRD",
    "divno in vellutto vrede, divano-lucca, DIV-LUC-VRD",
    "green velvet sofa, divano-lucca, DIV-LUC-VRD",
    "green velvet sofas, divano-lucca, DIV-LUC-VRD",
    "grene velvt sofa, divano-lucca, DIV-LUC-VRD",
    "couch, divano-lucca, DIV-LUC-VRD",
    "divano velluto blu, divano-lucca, DIV-LUC-BLU",
    "blue velvet sofa, divano-lucca, DIV-LUC-BLU",
    "divano verde lino, divano-siena, DIV-SIE-VRD",
    "divano velluto ver, divano-lucca, DIV-LUC-VRD",
    "poltrona velluto verde, poltrona-pisa, POL-PIS-VRD",
    "poltrone rosse, poltrona-pisa, POL-PIS-ROS",
    "cuscino velluto verde, cuscino-elba, CUS-ELB-VRD",
    "sedie verdi, sedia-lodi, SED-LOD-VRD",
    "green chairs, sedia-lodi, SED-LOD-VRD",
    "shelf, libreria-asti, LIB-AST-BIA",
    "angolo, divano-angolo, DIV-MON-NER",
    "divano dell'angolo, divano-angolo, DIV-MON-NER",
    "divano d’angolo, divano-angolo, DIV-MON-NER",
    "comodita, divano-lucca, DIV-LUC-VRD",
    "tavlo, tavolo-noce, TAV-ARE-NOC",
    "DIV-LUC-BLU, divano-lucca, DIV-LUC-BLU",
    "div-luc-blu, divano-lucca, DIV-LUC-BLU",
    "lib-ast, libreria-asti, LIB-AST-BIA",
    "4006381333931, divano-lucca, DIV-LUC-VRD",
    "04006381333931, divano-lucca, DIV-LUC-VRD",
  })
  void search_findsFirst(String typed, String product, String sku) {
    var found = search(typed);
    assertThat(products(found)).isNotEmpty();
    assertThat(products(found).getFirst()).isEqualTo(product);
    assertThat(found.results().getFirst().skus().getFirst()).isEqualTo(sku);
  }

  @Test
  void search_moreWords_narrow() {
    assertThat(products(search("divano")))
        .containsExactlyInAnyOrder("divano-lucca", "divano-siena", "divano-angolo", "cuscino-elba");
    assertThat(products(search("divano lino"))).containsExactly("divano-siena");
    assertThat(products(search("divano velluto verde")))
        .startsWith("divano-lucca")
        .contains("poltrona-pisa", "cuscino-elba")
        .doesNotContain("tavolo-noce", "letto-como", "divano-angolo");
  }

  @Test
  void search_nothingHasAllWords_findsWhatHasSome() {
    assertThat(products(search("lampada velluto"))).contains("lampada-capri");
  }

  @ParameterizedTest
  @CsvSource({"xyzzy", "'!!!'", "00000000"})
  void search_unknown_findsNothing(String typed) {
    assertThat(search(typed).total()).isZero();
  }

  @ParameterizedTest
  @CsvSource({"'('", "'\"'", "'a AND'", "'*'", "'[a TO'", "'di'", "'\\'", "'~~~'", "'+-'"})
  void search_signs_areNoSyntax(String typed) {
    assertThat(search(typed).total()).isGreaterThanOrEqualTo(0);
  }

  @Test
  void search_manyMisspeltWords_isAnswered() {
    var words =
        "divno vellutto vrede poltorna cuscno tavlo sedai lettto libreira lampda noec rover ";
    assertThat(search(words.repeat(3)).total()).isPositive();
    assertThat(index.suggest(words.repeat(3))).isEmpty();
    var codes = "div-luc- tav-are- sed-lod- let-com- lib-ast- lam-cap- div-mon- pol-pis- cus-elb- ";
    assertThat(search(codes.repeat(3)).total()).isPositive();
  }

  @Test
  void search_slipThatStemsToNothing_isUnderstood() {
    // The stem of «veluto» is «vel», which says nothing about what was meant.
    assertThat(products(search("divan veluto verde"))).contains("poltrona-pisa");
  }

  @Test
  void search_empty_findsEverything() {
    var found = search("");
    assertThat(found.total()).isEqualTo(Goods.all().size());
    assertThat(found.facets()).containsEntry("category:sofas", 3).containsEntry("colour:green", 5);
  }

  @Test
  void search_filters_narrowByKeyAndWidenByValue() {
    var green = Map.of("colour", Set.of("green"));
    assertThat(search("", green, Order.MATCH, null, 50).total()).isEqualTo(5);
    var greenOrBlack = Map.of("colour", Set.of("green", "black"));
    assertThat(search("", greenOrBlack, Order.MATCH, null, 50).total()).isEqualTo(6);
    var greenVelvet = Map.of("colour", Set.of("green"), "material", Set.of("velvet"));
    assertThat(products(search("", greenVelvet, Order.MATCH, null, 50)))
        .containsExactlyInAnyOrder("divano-lucca", "poltrona-pisa", "cuscino-elba");
  }

  @Test
  void search_filter_mustHoldOfOneVariant() {
    var blueVelvet = Map.of("colour", Set.of("blue"), "material", Set.of("velvet"));
    var found = search("", blueVelvet, Order.MATCH, null, 50);
    assertThat(products(found)).containsExactly("divano-lucca");
    assertThat(found.results().getFirst().skus()).containsExactly("DIV-LUC-BLU");
  }

  @Test
  void search_facets_ignoreTheirOwnFilter() {
    var found =
        search(
            "",
            Map.of("colour", Set.of("green"), "material", Set.of("velvet")),
            Order.MATCH,
            null,
            50);
    assertThat(found.facets())
        .containsEntry("colour:green", 3)
        .containsEntry("colour:blue", 1) // of velvet
        .containsEntry("material:velvet", 3)
        .containsEntry("material:linen", 1) // of green
        .containsEntry("category:sofas", 1)
        .doesNotContainKey("colour:black");
  }

  @Test
  void search_pages_joinToTheWhole() {
    for (Order order : Order.values()) {
      for (String text : List.of("", "velluto", "divano velluto verde")) {
        var whole = products(search(text, Map.of(), order, null, 50));
        var joined = new ArrayList<String>();
        SearchPage.@Nullable After after = null;
        while (true) {
          var page = search(text, Map.of(), order, after, 2);
          assertThat(page.total()).isEqualTo(whole.size());
          joined.addAll(products(page));
          if (!page.hasMore()) {
            break;
          }
          assertThat(page.results()).hasSize(2);
          after = page.results().getLast().place();
        }
        assertThat(joined).as("%s %s", order, text).isEqualTo(whole);
      }
    }
  }

  /** Equal products that come two by two; after thirteen times they lie in several segments. */
  @Test
  void search_pagesOfManySegments_joinToTheWhole() {
    var wanted = new ArrayList<String>();
    try (var own = ProductIndex.inMemory()) {
      for (int i = 0; i < 13; i++) {
        int place = i * 7 % 13;
        var twins =
            List.of("sofa-" + place + "-a", "sofa-" + place + "-b").stream()
                .map(id -> kept(Goods.sofa().toBuilder().setName("products/" + id).build(), 1))
                .toList();
        own.apply(twins);
        twins.forEach(twin -> wanted.add(twin.id()));
      }
      wanted.sort(Comparator.naturalOrder());
      for (Order order : Order.values()) {
        for (int size : List.of(1, 2, 5, 25, 26, 27)) {
          var joined = new ArrayList<String>();
          SearchPage.@Nullable After after = null;
          boolean hasMore = true;
          while (hasMore) {
            var page = own.search(new SearchPage("divano", Map.of(), order, after, size));
            assertThat(page.total()).isEqualTo(wanted.size());
            assertThat(page.facets()).containsEntry("category:sofas", wanted.size());
            joined.addAll(products(page));
            hasMore = page.hasMore();
            after = page.results().getLast().place();
          }
          assertThat(joined).as("%s by %d", order, size).isEqualTo(wanted);
        }
      }
    }
  }

  @Test
  void search_askedAgain_isNotLookedForAgain_untilSomethingChanges() {
    try (var own = ProductIndex.inMemory()) {
      own.apply(List.of(kept(Goods.sofa(), 1)));
      var asked = new SearchPage("divano", Map.of(), Order.MATCH, null, 10);
      var found = own.search(asked);
      assertThat(own.search(new SearchPage("divano", Map.of(), Order.MATCH, null, 10)))
          .isSameAs(found);
      own.apply(List.of(kept(Goods.sofa(), 1)));
      assertThat(own.search(asked)).as("nothing new").isSameAs(found);
      own.apply(List.of(kept(Goods.sofa().toBuilder().setWithdrawn(true).build(), 2)));
      assertThat(own.search(asked).results()).isEmpty();
    }
  }

  @Test
  void search_byPrice() {
    assertThat(products(search("divano", Map.of(), Order.PRICE, null, 50)))
        .containsExactly("cuscino-elba", "divano-siena", "divano-lucca", "divano-angolo");
    var dearest = search("divano", Map.of(), Order.PRICE_DESCENDING, null, 50);
    assertThat(products(dearest))
        .containsExactly("divano-angolo", "divano-lucca", "divano-siena", "cuscino-elba");
    assertThat(dearest.results().get(1).skus().getFirst()).isEqualTo("DIV-LUC-GRG");
  }

  @ParameterizedTest
  @CsvSource({
    "div, divano-lucca",
    "divano in vel, divano-lucca",
    "Velluto, divano-lucca",
    "poltorna, poltrona-pisa",
    "libr, libreria-asti",
    "shel, libreria-asti",
    "velluot lu, divano-lucca",
    "divano verde, divano-lucca",
    "poltrona in velluto p, poltrona-pisa",
  })
  void suggest_findsTitles(String typed, String product) {
    assertThat(index.suggest(typed)).extracting(ProductIndex.Card::id).contains(product);
  }

  @Test
  void suggest_allWordsCount() {
    assertThat(index.suggest("divano vel"))
        .extracting(ProductIndex.Card::id)
        .containsExactlyInAnyOrder("divano-lucca", "cuscino-elba");
    assertThat(index.suggest("xyz")).isEmpty();
  }

  @Test
  void suggest_titleThatBeginsSo_isFirst() {
    assertThat(index.suggest("lett").getFirst().id()).isEqualTo("letto-como");
    assertThat(index.suggest("divano in").stream().limit(2))
        .extracting(ProductIndex.Card::id)
        .containsExactlyInAnyOrder("divano-lucca", "divano-siena");
  }

  @Test
  void inADirectory_whatIsStillTrueIsTakenOver(@TempDir Path directory) throws IOException {
    var sofa = Goods.sofa();
    var other = sofa.toBuilder().setName("products/other").build();
    try (var own = ProductIndex.in(directory)) {
      own.apply(List.of(kept(sofa, 1), kept(other, 1)));
      own.settle();
    }
    long written = modified(directory);
    try (var own = ProductIndex.in(directory)) {
      own.apply(List.of(kept(sofa, 1), kept(other, 1)));
      own.settle();
      assertThat(found(own, "divano verde")).isEqualTo(2);
      assertThat(own.categories().getFirst().products()).isEqualTo(2);
      assertThat(own.suggest("divano")).hasSize(2);
    }
    assertThat(modified(directory)).as("nothing was written").isEqualTo(written);
    var renamed = sofa.toBuilder().setTitle(Goods.text("Ottomana Lucca", "Lucca ottoman")).build();
    try (var own = ProductIndex.in(directory)) { // with another database: the same version
      own.apply(List.of(kept(renamed, 1)));
      assertThat(found(own, "ottomana")).isEqualTo(1);
      own.settle();
      assertThat(found(own, "")).as("what is in the database").isEqualTo(1);
    }
  }

  @Test
  void inADirectory_keptAndKilled_isTakenOver_andDamagedIsMadeAnew(@TempDir Path directory)
      throws IOException {
    var copy = directory.resolve("copy");
    try (var own = ProductIndex.in(directory.resolve("one"))) {
      own.apply(List.of(kept(Goods.sofa(), 1)));
      own.keep();
      Files.createDirectory(copy);
      try (var files = Files.list(directory.resolve("one"))) {
        for (var file : files.toList()) {
          Files.copy(file, copy.resolve(file.getFileName()));
        }
      }
    }
    try (var own = ProductIndex.in(copy)) {
      assertThat(found(own, "divano verde")).isEqualTo(1);
    }
    try (var files = Files.list(copy)) {
      for (var file : files.filter(one -> one.getFileName().toString().startsWith("_")).toList()) {
        Files.write(file, new byte[] {1, 2, 3});
      }
    }
    try (var own = ProductIndex.in(copy)) {
      assertThat(found(own, "")).isZero();
      own.apply(List.of(kept(Goods.sofa(), 1)));
      assertThat(found(own, "divano verde")).isEqualTo(1);
    }
  }

  private static long modified(Path directory) throws IOException {
    return SegmentInfos.readLatestCommit(FSDirectory.open(directory)).getGeneration();
  }

  /** An index of another format would be taken over and not find what is sold. */
  @Test
  void format_isRaised_whenProductsBecomeOtherDocuments(@TempDir Path directory)
      throws IOException {
    try (var own = ProductIndex.in(directory)) {
      own.apply(Goods.all().stream().map(product -> kept(product, 1)).toList());
    }
    var checksum = new CRC32();
    try (var files = FSDirectory.open(directory);
        var reader = DirectoryReader.open(files)) {
      for (var field : FieldInfos.getMergedFieldInfos(reader)) {
        var line = "%s %s%n".formatted(field.getName(), field.getDocValuesType());
        checksum.update(line.getBytes(StandardCharsets.UTF_8));
      }
      for (var field : new TreeSet<>(FieldInfos.getIndexedFields(reader))) {
        var terms = Objects.requireNonNull(MultiTerms.getTerms(reader, field)).iterator();
        for (var term = terms.next(); term != null; term = terms.next()) {
          var line = "%s %s %d%n".formatted(field, term.utf8ToString(), terms.docFreq());
          checksum.update(line.getBytes(StandardCharsets.UTF_8));
        }
      }
    }
    assertThat(checksum.getValue())
        .as("documents are others now: raise EarlierIndex.FORMAT, and put this here")
        .isEqualTo(3_877_055_454L);
  }

  @Test
  void categories_countWhatIsSold() {
    var categories = index.categories();
    assertThat(categories.getFirst().key()).isEqualTo("sofas");
    assertThat(categories.getFirst().products()).isEqualTo(3);
    assertThat(categories).hasSize(8);
  }

  @Test
  void apply_olderState_isPassedOver_andWithdrawnIsNotFound() {
    try (var own = ProductIndex.inMemory()) {
      var sofa = Goods.sofa();
      var renamed =
          sofa.toBuilder().setTitle(Goods.text("Ottomana Lucca", "Lucca ottoman")).build();
      own.apply(List.of(kept(renamed, 2)));
      own.apply(List.of(kept(sofa, 1)));
      assertThat(found(own, "ottomana")).isEqualTo(1);
      own.apply(List.of(kept(sofa.toBuilder().setWithdrawn(true).build(), 3)));
      assertThat(found(own, "")).isZero();
      assertThat(own.categories()).isEmpty();
      own.apply(List.of(kept(sofa, 4)));
      assertThat(found(own, "")).isEqualTo(1);
    }
  }

  private static int found(ProductIndex index, String text) {
    return index.search(new SearchPage(text, Map.of(), Order.MATCH, null, 10)).total();
  }
}
