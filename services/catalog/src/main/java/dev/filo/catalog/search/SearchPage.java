package dev.filo.catalog.search;

import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * What to look for.
 *
 * @param text what was typed; empty: everything
 * @param filters allowed values by key; keys narrow each other, values of one key are alternatives
 * @param after the last result seen; null: from the first
 * @param size results at most
 */
public record SearchPage(
    String text, Map<String, Set<String>> filters, Order order, @Nullable After after, int size) {

  /**
   * A place in the order.
   *
   * @param key the score, or the price in millionths
   * @param product the id that decides between equals
   */
  public record After(double key, String product) {}

  /**
   * What was found.
   *
   * @param results the page
   * @param hasMore true when results come after it
   * @param total products in all
   * @param facets products by {@code key:value_key}; a key that is filtered by counts as if it were
   *     not
   */
  public record Found(
      List<Result> results, boolean hasMore, int total, Map<String, Integer> facets) {}

  /**
   * A product found.
   *
   * @param skus its variants that match about as well as the best, the best first
   */
  public record Result(String product, List<String> skus, After place) {}
}
