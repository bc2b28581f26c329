package dev.filo.catalog.search;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import com.google.type.Money;
import dev.filo.catalog.domain.Gtin;
import dev.filo.catalog.search.SearchPage.After;
import dev.filo.catalog.search.SearchPage.Found;
import dev.filo.catalog.search.SearchPage.Result;
import dev.filo.catalog.store.Kept;
import dev.filo.proto.catalog.v1.AttributeRecord;
import dev.filo.proto.catalog.v1.LocalizedText;
import dev.filo.proto.catalog.v1.MediaRecord;
import dev.filo.proto.catalog.v1.ProductRecord;
import dev.filo.proto.catalog.v1.VariantRecord;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.apache.lucene.document.BinaryDocValuesField;
import org.apache.lucene.document.Document;
import org.apache.lucene.document.Field;
import org.apache.lucene.document.FieldType;
import org.apache.lucene.document.NumericDocValuesField;
import org.apache.lucene.document.SortedDocValuesField;
import org.apache.lucene.document.SortedSetDocValuesField;
import org.apache.lucene.document.StringField;
import org.apache.lucene.document.TextField;
import org.apache.lucene.index.DocValues;
import org.apache.lucene.index.IndexOptions;
import org.apache.lucene.index.IndexReader;
import org.apache.lucene.index.IndexWriter;
import org.apache.lucene.index.LeafReaderContext;
import org.apache.lucene.index.ReaderUtil;
import org.apache.lucene.index.Term;
import org.apache.lucene.search.CollectorManager;
import org.apache.lucene.search.IndexSearcher;
import org.apache.lucene.search.Query;
import org.apache.lucene.search.SearcherFactory;
import org.apache.lucene.search.SearcherManager;
import org.apache.lucene.store.ByteBuffersDirectory;
import org.apache.lucene.store.Directory;
import org.apache.lucene.store.FSDirectory;
import org.apache.lucene.util.BytesRef;

/**
 * This replica's index of the products that are sold. It holds no truth: it is made from the
 * database when the process starts and follows it. In a directory it takes over from the process
 * before it what is still as the database says, so that a start does not wait for all texts to be
 * taken apart again. Thread-safe.
 */
public final class ProductIndex implements AutoCloseable {
  /** The key the category is filtered and counted by. */
  public static final String CATEGORY = "category";

  private static final int SUGGESTIONS_SEEN = 24;
  private static final int BEGINNING_LENGTH = 200;
  // Of all pages that are remembered: some 10 MB.
  private static final int PAGES_WEIGHT = 100_000;
  private static final int ENTRY = 4;
  private static final int TEXT = 32;
  private static final FieldType TAGS = tags();

  private final Directory directory;
  private final boolean isKept;
  private final Map<String, Long> earlier = new HashMap<>();
  private final IndexWriter writer;
  private final SearcherManager searchers;
  private final Map<String, Card> cards = new ConcurrentHashMap<>();
  private final Map<String, LocalizedText> labels = new ConcurrentHashMap<>();
  private final Cache<Question, Found> pages =
      Caffeine.newBuilder().maximumWeight(PAGES_WEIGHT).weigher(ProductIndex::weight).build();

  private ProductIndex(Directory directory, boolean isKept) throws IOException {
    this.directory = directory;
    this.isKept = isKept;
    writer = EarlierIndex.open(directory, earlier);
    searchers = new SearcherManager(writer, new SearcherFactory());
  }

  /** An index that is gone with the process. */
  public static ProductIndex inMemory() {
    try {
      return new ProductIndex(new ByteBuffersDirectory(), false);
    } catch (IOException e) {
      throw new UncheckedIOException(e); // it is memory
    }
  }

  /** An index in a directory that nobody else writes. */
  public static ProductIndex in(Path directory) throws IOException {
    return new ProductIndex(FSDirectory.open(directory), true);
  }

  /** Words that count as being there or not, however often and among how many. */
  private static FieldType tags() {
    var type = new FieldType(TextField.TYPE_NOT_STORED);
    type.setIndexOptions(IndexOptions.DOCS);
    type.setOmitNorms(true);
    type.freeze();
    return type;
  }

  /**
   * What is known of a product without asking the database.
   *
   * @param isSold false: it is not in the index
   * @param media one picture; the default instance when it has none
   */
  public record Card(
      String id,
      long version,
      boolean isSold,
      String category,
      LocalizedText categoryLabel,
      LocalizedText title,
      MediaRecord media) {}

  /** Takes products in as they are now; older states than it knows are passed over. */
  public synchronized void apply(Collection<Kept<ProductRecord>> products) {
    try {
      for (var product : products) {
        var known = cards.get(product.id());
        if (known == null || known.version < product.version()) {
          long state = EarlierIndex.state(product);
          if (!Long.valueOf(state).equals(earlier.remove(product.id()))) {
            write(product, state);
          }
          keepCard(product);
        }
      }
      searchers.maybeRefreshBlocking();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** All products there are have been applied: what else the process before it has left goes. */
  public synchronized void settle() {
    try {
      for (String id : earlier.keySet()) {
        writer.deleteDocuments(new Term(Fields.PRODUCT, id));
      }
      earlier.clear();
      searchers.maybeRefreshBlocking();
      keep();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Has what it knows taken over by the next process, also if this one is killed. */
  public void keep() {
    try {
      if (isKept && writer.hasUncommittedChanges()) {
        EarlierIndex.commit(writer);
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private void write(Kept<ProductRecord> product, long state) throws IOException {
    var record = product.content();
    var key = new Term(Fields.PRODUCT, product.id());
    if (record.getWithdrawn()) {
      writer.deleteDocuments(key);
    } else {
      writer.updateDocuments(
          key,
          record.getVariantsList().stream()
              .map(variant -> document(product.id(), record, variant, state))
              .toList());
    }
  }

  private void keepCard(Kept<ProductRecord> product) {
    var record = product.content();
    cards.put(
        product.id(),
        new Card(
            product.id(),
            product.version(),
            !record.getWithdrawn(),
            record.getCategory(),
            record.getCategoryLabel(),
            record.getTitle(),
            record.getVariantsList().stream()
                .flatMap(variant -> variant.getMediaList().stream())
                .findFirst()
                .orElse(MediaRecord.getDefaultInstance())));
    labels.put(CATEGORY + ":" + record.getCategory(), record.getCategoryLabel());
    record.getAttributesList().forEach(this::keepLabels);
    record.getVariantsList().forEach(v -> v.getAttributesList().forEach(this::keepLabels));
  }

  private void keepLabels(AttributeRecord attribute) {
    labels.put(attribute.getKey(), attribute.getLabel());
    labels.put(attribute.getKey() + ":" + attribute.getValueKey(), attribute.getValue());
  }

  private static Document document(
      String id, ProductRecord product, VariantRecord variant, long state) {
    var document = new Document();
    document.add(new StringField(Fields.PRODUCT, id, Field.Store.NO));
    document.add(new SortedDocValuesField(Fields.PRODUCT, new BytesRef(id)));
    document.add(new NumericDocValuesField(Fields.STATE, state));
    document.add(new BinaryDocValuesField(Fields.SKU, new BytesRef(variant.getSku())));
    code(document, variant.getSku());
    if (!variant.getGtin().isEmpty()) {
      code(document, variant.getGtin());
      code(document, Gtin.normal(variant.getGtin()));
    }
    document.add(new NumericDocValuesField(Fields.PRICE, millionths(variant.getPrice())));

    var facets = new LinkedHashSet<BytesRef>();
    facets.add(ProductCollector.facet(CATEGORY, product.getCategory()));
    var all = new Texts();
    text(document, all, Fields.TITLE, product.getTitle());
    text(document, all, Fields.VARIANT, variant.getTitle());
    tags(document, all, Fields.CATEGORY, product.getCategoryLabel());
    for (var attributes : List.of(product.getAttributesList(), variant.getAttributesList())) {
      for (AttributeRecord attribute : attributes) {
        facets.add(ProductCollector.facet(attribute.getKey(), attribute.getValueKey()));
        tags(document, all, Fields.ATTRIBUTES, attribute.getValue());
      }
    }
    for (String keyword : product.getKeywordsList()) {
      tags(document, all, Fields.KEYWORDS, LocalizedText.newBuilder().setIt(keyword).build());
    }
    text(document, new Texts(), Fields.DESCRIPTION, product.getDescription());
    facets.forEach(facet -> document.add(new SortedSetDocValuesField(Fields.FACET, facet)));
    for (String text : all.italian) {
      document.add(new Field(Fields.ALL + Fields.IT, text, TAGS));
      document.add(new Field(Fields.WORDS, text, TAGS));
    }
    for (String text : all.english) {
      document.add(new Field(Fields.ALL + Fields.EN, text, TAGS));
      document.add(new Field(Fields.WORDS, text, TAGS));
    }
    for (String title : List.of(product.getTitle().getIt(), english(product.getTitle()))) {
      document.add(new Field(Fields.TITLE_WORDS, title, TAGS));
      document.add(new StringField(Fields.TITLE_BEGINNING, beginning(title), Field.Store.NO));
    }
    return document;
  }

  /** A folded title, cut to what a term can hold many times over. */
  private static String beginning(String title) {
    var folded = Analysis.folded(title);
    return folded.substring(0, Math.min(folded.length(), BEGINNING_LENGTH));
  }

  private static final class Texts {
    private final Set<String> italian = new LinkedHashSet<>();
    private final Set<String> english = new LinkedHashSet<>();
  }

  private static void code(Document document, String code) {
    document.add(new StringField(Fields.CODE, code.toLowerCase(Locale.ROOT), Field.Store.NO));
  }

  private static void text(Document document, Texts all, String field, LocalizedText text) {
    document.add(new TextField(field + Fields.IT, text.getIt(), Field.Store.NO));
    document.add(new TextField(field + Fields.EN, english(text), Field.Store.NO));
    all.italian.add(text.getIt());
    all.english.add(english(text));
  }

  private static void tags(Document document, Texts all, String field, LocalizedText text) {
    document.add(new Field(field + Fields.IT, text.getIt(), TAGS));
    document.add(new Field(field + Fields.EN, english(text), TAGS));
    all.italian.add(text.getIt());
    all.english.add(english(text));
  }

  private static String english(LocalizedText text) {
    return text.getEn().isEmpty() ? text.getIt() : text.getEn();
  }

  private static long millionths(Money price) {
    return Math.addExact(
        Math.multiplyExact(price.getUnits(), 1_000_000L), price.getNanos() / 1_000);
  }

  /** A page of what matches; when nothing has enough of the words, what has any of them. */
  public Found search(SearchPage asked) {
    return read(
        searcher -> {
          var question =
              new Question(searcher.getIndexReader().getReaderCacheHelper().getKey(), asked);
          var before = pages.getIfPresent(question);
          if (before != null) {
            return before;
          }
          var found = find(searcher, asked);
          pages.put(question, found);
          return found;
        });
  }

  private static Found find(IndexSearcher searcher, SearchPage asked) throws IOException {
    var queries = new ProductQueries(searcher.getIndexReader());
    var found = collect(searcher, queries.of(asked.text(), false), asked);
    boolean isNone = found.total() == 0 && found.facets().isEmpty();
    return isNone && !asked.text().isBlank()
        ? collect(searcher, queries.of(asked.text(), true), asked)
        : found;
  }

  /**
   * What was asked of the index as it is at one moment.
   *
   * @param state another one after each change
   */
  private record Question(IndexReader.CacheKey state, SearchPage asked) {}

  /**
   * In texts of some thirty letters; whoever asks for much and finds nothing takes room as well.
   */
  private static int weight(Question question, Found found) {
    int skus = found.results().stream().mapToInt(result -> result.skus().size()).sum();
    return ENTRY
        + question.asked.toString().length() / TEXT
        + 3 * found.results().size()
        + skus
        + found.facets().size();
  }

  private static Found collect(IndexSearcher searcher, Query query, SearchPage asked)
      throws IOException {
    var collector = searcher.search(query, new Single(asked));
    var leaves = searcher.getIndexReader().leaves();
    var results = new ArrayList<Result>();
    for (var candidate : collector.page()) {
      var skus = new ArrayList<String>();
      for (int document : candidate.variants()) {
        skus.add(sku(leaves.get(ReaderUtil.subIndex(document, leaves)), document));
      }
      results.add(
          new Result(
              candidate.product(),
              List.copyOf(skus),
              new After(candidate.key(), candidate.product())));
    }
    return new Found(
        List.copyOf(results),
        collector.hasMore(),
        collector.total(),
        Map.copyOf(collector.facets()));
  }

  private static String sku(LeafReaderContext leaf, int document) throws IOException {
    var skus = DocValues.getBinary(leaf.reader(), Fields.SKU);
    if (!skus.advanceExact(document - leaf.docBase)) {
      throw new IllegalStateException("a variant without a SKU");
    }
    return skus.binaryValue().utf8ToString();
  }

  /** One collector: the searchers have no executor and go through segments one by one. */
  private record Single(SearchPage asked)
      implements CollectorManager<ProductCollector, ProductCollector> {
    @Override
    public ProductCollector newCollector() {
      return new ProductCollector(asked);
    }

    @Override
    public ProductCollector reduce(Collection<ProductCollector> collectors) {
      return collectors.isEmpty() ? newCollector() : collectors.iterator().next();
    }
  }

  /** Products whose titles begin with, contain or resemble what was typed, best first. */
  public List<Card> suggest(String text) {
    return read(
        searcher -> {
          var query = new ProductQueries(searcher.getIndexReader()).suggestions(text);
          var asked = new SearchPage(text, Map.of(), Order.MATCH, null, SUGGESTIONS_SEEN);
          return collect(searcher, query, asked).results().stream()
              .map(result -> Optional.ofNullable(cards.get(result.product())))
              .flatMap(Optional::stream)
              .toList();
        });
  }

  /** The categories of what is sold, most products first. */
  public List<CategoryCount> categories() {
    var counts = new HashMap<String, CategoryCount>();
    for (Card card : cards.values()) {
      if (card.isSold) {
        counts.merge(
            card.category,
            new CategoryCount(card.category, card.categoryLabel, 1, card),
            CategoryCount::plus);
      }
    }
    return counts.values().stream().sorted().toList();
  }

  /**
   * A category.
   *
   * @param example the product that stands for it: the first by id with a picture
   */
  public record CategoryCount(String key, LocalizedText label, int products, Card example)
      implements Comparable<CategoryCount> {
    private CategoryCount plus(CategoryCount other) {
      return new CategoryCount(
          key, label, products + other.products, better(example, other.example));
    }

    private static Card better(Card one, Card other) {
      boolean oneShows = !one.media.getUri().isEmpty();
      boolean otherShows = !other.media.getUri().isEmpty();
      if (oneShows != otherShows) {
        return oneShows ? one : other;
      }
      return one.id.compareTo(other.id) <= 0 ? one : other;
    }

    @Override
    public int compareTo(CategoryCount other) {
      return products == other.products
          ? key.compareTo(other.key)
          : Integer.compare(other.products, products);
    }
  }

  /** The words for an attribute's key, or for {@code key:value_key}; empty when not known. */
  public Optional<LocalizedText> label(String key) {
    return Optional.ofNullable(labels.get(key));
  }

  /** A text as it is compared when somebody types: words without case and accents. */
  public static String folded(String text) {
    return Analysis.folded(text);
  }

  @FunctionalInterface
  private interface Reading<T> {
    T read(IndexSearcher searcher) throws IOException;
  }

  private <T> T read(Reading<T> reading) {
    try {
      var searcher = searchers.acquire();
      try {
        return reading.read(searcher);
      } finally {
        searchers.release(searcher);
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @Override
  public void close() {
    try (directory;
        writer;
        searchers) {
      keep(); // then they are closed in reverse order
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
