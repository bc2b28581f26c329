package dev.filo.inventory.domain;

import java.util.ArrayList;
import java.util.List;

/**
 * Kits of one SKU in a hold, with what they were made of when it was placed.
 *
 * @param quantity how many kits
 * @param components what one of them is made of
 */
public record Kit(String sku, int quantity, List<Hold.Line> components) {
  /** Copies what can change. */
  public Kit {
    components = List.copyOf(components);
  }

  /** The same kits, so many. */
  public Kit times(int pieces) {
    return new Kit(sku, pieces, components);
  }

  /** The pieces in all of them. */
  public List<Hold.Line> pieces() {
    return components.stream()
        .map(line -> new Hold.Line(line.sku(), Math.multiplyExact(line.quantity(), quantity)))
        .toList();
  }

  /** Pieces with kits put together again: the pieces outside kits, then the kits. */
  static List<Hold.Line> together(List<Hold.Line> pieces, List<Kit> kits) {
    var lines = new ArrayList<Hold.Line>();
    for (Hold.Line line : pieces) {
      int inKits =
          kits.stream()
              .flatMap(kit -> kit.pieces().stream())
              .filter(piece -> piece.sku().equals(line.sku()))
              .mapToInt(Hold.Line::quantity)
              .sum();
      if (line.quantity() > inKits) {
        lines.add(new Hold.Line(line.sku(), line.quantity() - inKits));
      }
    }
    kits.forEach(kit -> lines.add(new Hold.Line(kit.sku(), kit.quantity())));
    return lines;
  }
}
