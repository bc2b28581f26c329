package dev.filo.pos.sync;

import dev.filo.pos.gateway.Gateway;
import dev.filo.proto.catalog.v1.VariantItem;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;

/** What clerks type and scanners read: SKUs and GTIN barcodes. */
public final class Codes {
  /** A SKU as the API takes it. */
  private static final Pattern SKU = Pattern.compile("[A-Za-z0-9._-]{1,64}");

  private static final Pattern DIGITS = Pattern.compile("[0-9]+");

  private Codes() {}

  /** True when it can be a SKU or a barcode at all. */
  public static boolean isCode(String text) {
    return SKU.matcher(text).matches();
  }

  /**
   * True for 8, 12, 13 or 14 digits with the right check digit (GS1 General Specifications, 7.9).
   * It may be a SKU all the same; the catalog knows.
   */
  public static boolean isGtin(String text) {
    int length = text.length();
    if (!DIGITS.matcher(text).matches()
        || (length != 8 && length != 12 && length != 13 && length != 14)) {
      return false;
    }
    int sum = 0;
    for (int i = 0; i < length; i++) {
      int digit = text.charAt(i) - '0';
      sum += (length - 1 - i) % 2 == 1 ? 3 * digit : digit;
    }
    return sum % 10 == 0;
  }

  /** The codes as 14 digits, so that the leading zeros a scanner leaves out do not matter. */
  private static String fourteen(String gtin) {
    return "0".repeat(Math.max(0, 14 - gtin.length())) + gtin;
  }

  /**
   * Asks the catalog what codes mean: of each known one its variant. A SKU comes before a barcode
   * of the same digits. One call.
   */
  public static Map<String, VariantItem> lookUp(
      Gateway gateway, Collection<String> codes, Duration deadline) {
    var distinct = List.copyOf(new java.util.LinkedHashSet<>(codes));
    var found = new HashMap<String, VariantItem>();
    if (distinct.isEmpty()) {
      return found;
    }
    var gtins = distinct.stream().filter(Codes::isGtin).toList();
    var items = gateway.variants(distinct, gtins, deadline).getItemsList();
    var bySku = new HashMap<String, VariantItem>();
    var byGtin = new HashMap<String, VariantItem>();
    for (var item : items) {
      bySku.put(item.getVariant().getSku(), item);
      if (!item.getVariant().getGtin().isEmpty()) {
        byGtin.put(fourteen(item.getVariant().getGtin()), item);
      }
    }
    for (var code : distinct) {
      Optional.ofNullable(bySku.get(code))
          .or(
              () ->
                  isGtin(code) ? Optional.ofNullable(byGtin.get(fourteen(code))) : Optional.empty())
          .ifPresent(item -> found.put(code, item));
    }
    return found;
  }

  /** The codes nobody knows. */
  public static List<String> unknown(Collection<String> codes, Map<String, VariantItem> found) {
    var unknown = new ArrayList<>(new java.util.LinkedHashSet<>(codes));
    unknown.removeAll(found.keySet());
    return unknown;
  }
}
