package dev.filo.demo.art;

import dev.filo.demo.retailer.Dimensions;
import dev.filo.demo.retailer.Product;
import dev.filo.demo.retailer.Variant;
import java.util.Map;

/**
 * What a drawing needs to know.
 *
 * @param kind the shape within its family, {@code three}
 * @param main the tones of the variant's colour
 * @param frame the tones of legs and frames
 * @param seed the same for all variants of a product, so that only the colour differs
 */
record Look(
    String kind, String material, String style, Tone main, Tone frame, Dimensions size, int seed) {

  /** What untreated materials look like. */
  private static final Map<String, String> NATURAL =
      Map.ofEntries(
          Map.entry("rovere", "#c9a273"),
          Map.entry("noce", "#7d5339"),
          Map.entry("frassino", "#d9bf94"),
          Map.entry("faggio", "#d0a57a"),
          Map.entry("pino", "#e0bd87"),
          Map.entry("teak", "#b8854f"),
          Map.entry("acacia", "#a46d3f"),
          Map.entry("bambu", "#d4b474"),
          Map.entry("rattan", "#cba169"),
          Map.entry("juta", "#c6ab7d"),
          Map.entry("laminato", "#d2b48a"));

  private static final String BRASS = "#b8954f";
  private static final String BLACK = "#35322e";

  static Look of(Product product, Variant variant) {
    String drawing = product.drawing();
    String material = product.material().key();
    String natural = NATURAL.getOrDefault(material, "#c9a273");
    String colour = variant.colour().key();
    String main = colour.equals("naturale") ? natural : variant.colour().hex();
    return new Look(
        drawing.substring(drawing.indexOf('.') + 1),
        material,
        product.style().key(),
        Tone.of(main),
        Tone.of(frame(material, product.style().key(), natural)),
        variant.dimensions(),
        product.id().hashCode());
  }

  private static String frame(String material, String style, String natural) {
    if (NATURAL.containsKey(material) && !material.equals("laminato")) {
      return natural;
    }
    return switch (style) {
      case "nordico", "minimal" -> "#d9bf94";
      case "anni-50", "classico" -> "#7d5339";
      case "industriale" -> BLACK;
      case "mediterraneo", "bohemien" -> "#d2b07e";
      default -> material.equals("metallo") || material.equals("marmo") ? BRASS : "#c9a273";
    };
  }

  /** One of {@code choices}, the same for all variants of the product. */
  int pick(int choices) {
    return Math.floorMod(seed * 31 + (seed >>> 15), choices);
  }

  /** Another pick, independent of the first. */
  int pick2(int choices) {
    return Math.floorMod((seed >>> 7) * 17 + seed % 101, choices);
  }

  boolean is(String otherStyle) {
    return style.equals(otherStyle);
  }

  boolean of(String... materials) {
    for (String each : materials) {
      if (each.equals(material)) {
        return true;
      }
    }
    return false;
  }

  boolean wooden() {
    return of("rovere", "noce", "frassino", "faggio", "pino", "teak", "acacia", "bambu");
  }

  int width() {
    return size.widthCm();
  }

  int height() {
    return size.heightCm();
  }
}
