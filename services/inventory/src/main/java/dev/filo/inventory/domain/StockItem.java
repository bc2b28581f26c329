package dev.filo.inventory.domain;

import java.util.List;
import java.util.TreeMap;

/**
 * What inventory knows of a SKU. Immutable.
 *
 * @param serialized each piece has a serial number
 * @param components what a kit is made of, each SKU once; empty for what is no kit
 * @param category what safety rules name; empty: the catalog's
 * @param catalogCategory the category of its product; empty when catalog has not said
 * @param version rises with every change; 0 when nothing was ever said
 */
public record StockItem(
    String sku,
    boolean serialized,
    List<Hold.Line> components,
    String category,
    String catalogCategory,
    long version) {
  /** How many components a kit can have. */
  public static final int COMPONENTS_MAX = 20;

  /** Copies what can change. */
  public StockItem {
    components = List.copyOf(components);
  }

  /** A SKU of which catalog has said nothing. */
  public StockItem(
      String sku, boolean serialized, List<Hold.Line> components, String category, long version) {
    this(sku, serialized, components, category, "", version);
  }

  /** The same after catalog has said its category. */
  public StockItem of(String catalogs) {
    return new StockItem(sku, serialized, components, category, catalogs, version + 1);
  }

  /** The category that counts: its own, else catalog's. */
  public String ruledCategory() {
    return category.isEmpty() ? catalogCategory : category;
  }

  /** A SKU of which nothing was said. */
  public static StockItem plain(String sku) {
    return new StockItem(sku, false, List.of(), "", 0);
  }

  /** True when it is made of other SKUs. */
  public boolean isKit() {
    return !components.isEmpty();
  }

  /** Lines with several on one SKU summed, by SKU. */
  public static List<Hold.Line> sum(List<Hold.Line> lines) {
    var pieces = new TreeMap<String, Integer>();
    lines.forEach(line -> pieces.merge(line.sku(), line.quantity(), Math::addExact));
    return pieces.entrySet().stream()
        .map(entry -> new Hold.Line(entry.getKey(), entry.getValue()))
        .toList();
  }
}
