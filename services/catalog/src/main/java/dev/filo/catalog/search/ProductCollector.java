package dev.filo.catalog.search;

import dev.filo.catalog.search.SearchPage.After;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.PriorityQueue;
import java.util.Set;
import org.apache.lucene.index.DocValues;
import org.apache.lucene.index.LeafReaderContext;
import org.apache.lucene.index.NumericDocValues;
import org.apache.lucene.index.SortedDocValues;
import org.apache.lucene.index.SortedSetDocValues;
import org.apache.lucene.search.Collector;
import org.apache.lucene.search.LeafCollector;
import org.apache.lucene.search.Scorable;
import org.apache.lucene.search.ScoreMode;
import org.apache.lucene.util.BytesRef;
import org.jspecify.annotations.Nullable;

/**
 * Makes products of matching variants in one pass: filters, counts facets "sideways" (a key's
 * counts as if it were not filtered by), keeps the page. A product's variants are written as one
 * block and so lie side by side in one segment.
 */
final class ProductCollector implements Collector {
  // A variant this close to the best one is what was looked for as well.
  private static final float CLOSE = 0.75f;
  private static final int VARIANTS_MAX = 20;

  private final Map<String, Set<String>> filters;
  private final List<String> filterKeys;
  private final Order order;
  private final @Nullable After after;
  private final int size;
  private final Comparator<Candidate> best;
  private final PriorityQueue<Candidate> page;
  private final Map<String, Integer> facets = new HashMap<>();
  private int total;
  private boolean hasMore;

  ProductCollector(SearchPage asked) {
    this.filters = asked.filters();
    this.filterKeys = List.copyOf(asked.filters().keySet());
    this.order = asked.order();
    this.after = asked.after();
    this.size = asked.size();
    this.best =
        Comparator.comparingDouble((Candidate candidate) -> rank(candidate.key))
            .thenComparing(Candidate::product);
    this.page = new PriorityQueue<>(best.reversed());
  }

  /**
   * A product that is in the page so far.
   *
   * @param variants documents, the best first
   */
  record Candidate(String product, double key, List<Integer> variants) {}

  /** Of a key, smaller is better; of a rank, the key again. */
  private double rank(double key) {
    return order == Order.PRICE ? key : -key;
  }

  List<Candidate> page() {
    return page.stream().sorted(best).toList();
  }

  Map<String, Integer> facets() {
    return facets;
  }

  int total() {
    return total;
  }

  boolean hasMore() {
    return hasMore;
  }

  @Override
  public ScoreMode scoreMode() {
    return ScoreMode.COMPLETE;
  }

  @Override
  public LeafCollector getLeafCollector(LeafReaderContext leaf) throws IOException {
    return new Leaf(leaf);
  }

  private final class Leaf implements LeafCollector {
    private final int base;
    private final SortedDocValues products;
    private final SortedSetDocValues values;
    private final NumericDocValues prices;
    private final int[] counts;
    private final int[] countedFor; // the product a value was last counted for
    private final int[] keyOf; // the place in filterKeys of a value's key; -1 when not filtered by
    private final boolean[] isAllowed;
    private @Nullable Scorable scorer;

    private final @Nullable Place seen; // the last of the page before
    private final @Nullable Place limit; // the worst of a full page
    private final PriorityQueue<Mine> mine =
        new PriorityQueue<>(Comparator.comparing(Mine::place).reversed());

    private int product = -1; // the product whose variants are being collected
    private int[] own = new int[16];
    private int[] docs = new int[16];
    private float[] scores = new float[16];
    private long[] amounts = new long[16];
    private int count;

    Leaf(LeafReaderContext leaf) throws IOException {
      base = leaf.docBase;
      products = DocValues.getSorted(leaf.reader(), Fields.PRODUCT);
      values = DocValues.getSortedSet(leaf.reader(), Fields.FACET);
      prices = DocValues.getNumeric(leaf.reader(), Fields.PRICE);
      seen = after == null ? null : place(after.key(), after.product());
      var worst = page.size() < size ? null : page.peek();
      limit = worst == null ? null : place(worst.key, worst.product);
      int known = (int) values.getValueCount();
      counts = new int[known];
      countedFor = new int[known];
      Arrays.fill(countedFor, -1);
      keyOf = new int[known];
      isAllowed = new boolean[known];
      Arrays.fill(keyOf, -1);
      for (int key = 0; key < filterKeys.size(); key++) {
        mark(key);
      }
    }

    private Place place(double key, String id) throws IOException {
      int found = products.lookupTerm(new BytesRef(id));
      return new Place(rank(key), found < 0 ? -2 - found : found);
    }

    /** Marks the values of a key that is filtered by: values are in order, a key's side by side. */
    private void mark(int key) throws IOException {
      var prefix = filterKeys.get(key) + ":";
      long first = values.lookupTerm(new BytesRef(prefix));
      for (int i = (int) (first < 0 ? -1 - first : first); i < keyOf.length; i++) {
        var value = values.lookupOrd(i).utf8ToString();
        if (!value.startsWith(prefix)) {
          return;
        }
        keyOf[i] = key;
        isAllowed[i] =
            filters
                .getOrDefault(filterKeys.get(key), Set.of())
                .contains(value.substring(prefix.length()));
      }
    }

    @Override
    public void setScorer(Scorable scorable) {
      scorer = scorable;
    }

    @Override
    public void collect(int doc) throws IOException {
      if (!products.advanceExact(doc)) {
        throw new IllegalStateException("a variant without a product");
      }
      if (products.ordValue() != product) {
        flush();
        product = products.ordValue();
      }
      int found = read(doc);
      int passed = 0;
      for (int i = 0; i < found; i++) {
        passed |= isAllowed[own[i]] ? 1 << keyOf[own[i]] : 0;
      }
      int missing = ((1 << filterKeys.size()) - 1) & ~passed;
      if (missing == 0) {
        add(doc);
      }
      if (Integer.bitCount(missing) <= 1) {
        int only = missing == 0 ? -1 : Integer.numberOfTrailingZeros(missing);
        for (int i = 0; i < found; i++) {
          int value = own[i];
          if ((missing == 0 || keyOf[value] == only) && countedFor[value] != product) {
            countedFor[value] = product;
            counts[value]++;
          }
        }
      }
    }

    /** Reads a variant's values into {@link #own}; how many they are. */
    private int read(int doc) throws IOException {
      if (!values.advanceExact(doc)) {
        return 0;
      }
      int found = values.docValueCount();
      if (found > own.length) {
        own = new int[2 * found];
      }
      for (int i = 0; i < found; i++) {
        own[i] = (int) values.nextOrd();
      }
      return found;
    }

    private void add(int doc) throws IOException {
      if (count == docs.length) {
        docs = Arrays.copyOf(docs, 2 * count);
        scores = Arrays.copyOf(scores, 2 * count);
        amounts = Arrays.copyOf(amounts, 2 * count);
      }
      docs[count] = base + doc;
      var current = scorer;
      scores[count] = current == null ? 0 : current.score();
      amounts[count] = prices.advanceExact(doc) ? prices.longValue() : 0;
      count++;
    }

    @Override
    public void finish() throws IOException {
      flush();
      join();
      for (int i = 0; i < counts.length; i++) {
        if (counts[i] > 0) {
          facets.merge(values.lookupOrd(i).utf8ToString(), counts[i], Integer::sum);
        }
      }
    }

    private void flush() throws IOException {
      if (count == 0) {
        return;
      }
      total++;
      float top = 0;
      long cheapest = Long.MAX_VALUE;
      for (int i = 0; i < count; i++) {
        top = Math.max(top, scores[i]);
        cheapest = Math.min(cheapest, amounts[i]);
      }
      offer(new Place(rank(order == Order.MATCH ? top : cheapest), product), top);
      count = 0;
    }

    /** Decides by the product's ordinal, which is in the order of ids: an id is not read for it. */
    private void offer(Place place, float top) {
      if (seen != null && place.compareTo(seen) <= 0) {
        return; // on an earlier page
      }
      var worst = mine.size() < size ? limit : mine.element().place;
      if (worst != null && place.compareTo(worst) > 0) {
        hasMore = true;
        return;
      }
      mine.add(new Mine(place, closest(top)));
      if (mine.size() > size) {
        mine.remove();
        hasMore = true;
      }
    }

    /** The variants that match about as well as the best, the best first. */
    private List<Integer> closest(float top) {
      var places = new ArrayList<Integer>(count);
      for (int i = 0; i < count; i++) {
        if (scores[i] >= CLOSE * top) {
          places.add(i);
        }
      }
      if (places.size() > 1) {
        places.sort(
            order == Order.MATCH
                ? Comparator.comparingDouble(i -> -scores[i])
                : Comparator.comparingLong(i -> amounts[i]));
      }
      return places.stream().limit(VARIANTS_MAX).map(i -> docs[i]).toList();
    }

    /** What is in the page by this segment alone, into the page of all. */
    private void join() throws IOException {
      for (Mine one : mine) {
        var id = products.lookupOrd(one.place.product).utf8ToString();
        page.add(new Candidate(id, rank(one.place.rank), one.variants));
        if (page.size() > size) {
          page.remove();
          hasMore = true;
        }
      }
    }
  }

  /**
   * Where a product of a segment stands.
   *
   * @param product its ordinal there; of another segment's product, that of the last before it
   */
  private record Place(double rank, int product) implements Comparable<Place> {
    @Override
    public int compareTo(Place other) {
      int byRank = Double.compare(rank, other.rank);
      return byRank == 0 ? Integer.compare(product, other.product) : byRank;
    }
  }

  private record Mine(Place place, List<Integer> variants) {}

  static BytesRef facet(String key, String value) {
    return new BytesRef(key + ":" + value);
  }
}
