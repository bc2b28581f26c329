package dev.filo.e2e;

import dev.filo.demo.retailer.DemoRetailer;
import dev.filo.demo.retailer.Variant;
import java.util.Iterator;
import java.util.Map;
import java.util.stream.Collectors;

/** Articles of the demo retailer, a fresh one for each test. */
public final class Goods {
  private static final Map<String, String> GTINS =
      DemoRetailer.create().products().stream()
          .flatMap(product -> product.variants().stream())
          .filter(variant -> !variant.sku().startsWith("DIV-LUC"))
          .collect(Collectors.toMap(Variant::sku, Variant::gtin));
  private static final Iterator<String> SKUS = GTINS.keySet().stream().sorted().iterator();

  private Goods() {}

  /** The SKU of an article that no test had before. */
  public static synchronized String next() {
    return SKUS.next();
  }

  /** Its barcode. */
  public static String gtin(String sku) {
    return GTINS.getOrDefault(sku, "");
  }
}
