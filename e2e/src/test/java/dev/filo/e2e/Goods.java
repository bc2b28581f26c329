package dev.filo.e2e;

import dev.filo.demo.retailer.DemoRetailer;
import dev.filo.demo.retailer.StockItem;
import dev.filo.demo.retailer.Variant;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.stream.Collectors;

/** Articles of the demo retailer, a fresh one for each test. */
public final class Goods {
  private static final DemoRetailer RETAILER = DemoRetailer.create();
  // Of these a store promises all it has but the last piece.
  private static final Set<String> KEPT_BACK =
      RETAILER.stock().stream()
          .filter(item -> item.safety() > 0 && !item.locationId().equals(RETAILER.warehouse().id()))
          .map(StockItem::sku)
          .collect(Collectors.toSet());
  private static final Map<String, String> GTINS =
      RETAILER.products().stream()
          .flatMap(product -> product.variants().stream())
          .filter(variant -> !variant.sku().startsWith("DIV-LUC"))
          .collect(Collectors.toMap(Variant::sku, Variant::gtin));
  private static final Iterator<String> SKUS =
      GTINS.keySet().stream().filter(sku -> !KEPT_BACK.contains(sku)).sorted().iterator();

  private Goods() {}

  /** The SKU of an article that no test had before, and of which stores keep no safety stock. */
  public static synchronized String next() {
    return SKUS.next();
  }

  /** A movement of so many pieces of it at a store, as a call's body has it. */
  static Map<String, Object> movement(String kind, String sku, String store, int quantity) {
    return Map.of(
        "id",
        UUID.randomUUID().toString(),
        "kind",
        kind,
        "sku",
        sku,
        "location",
        store,
        "quantity",
        quantity);
  }

  /** A reservation of one piece of it for so long, as a call's body has it. */
  static Map<String, Object> reservation(String sku, String store, String duration) {
    return Map.of(
        "store",
        store,
        "lines",
        List.of(Map.of("sku", sku, "quantity", 1)),
        "untilDuration",
        duration);
  }

  /** Its barcode. */
  public static String gtin(String sku) {
    return GTINS.getOrDefault(sku, "");
  }
}
