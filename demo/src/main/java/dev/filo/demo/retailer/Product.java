package dev.filo.demo.retailer;

import java.util.List;

/**
 * A product and the variants it is sold in.
 *
 * @param id a stable slug, {@code divano-velluto-lucca}
 * @param name the proper name alone, {@code Lucca}
 * @param line the house line it belongs to
 * @param dimensions those of its first variant
 * @param drawing which drawing its pictures follow, {@code sofa.three}
 * @param variants at least one; the first is the one to show
 */
public record Product(
    String id,
    String categoryId,
    String name,
    Text title,
    Text description,
    Label line,
    Label material,
    Label style,
    Dimensions dimensions,
    String drawing,
    List<Variant> variants) {

  /** Keeps its own copy of the variants. */
  public Product {
    variants = List.copyOf(variants);
  }
}
