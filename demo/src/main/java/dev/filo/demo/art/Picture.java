package dev.filo.demo.art;

import dev.filo.demo.retailer.Product;
import dev.filo.demo.retailer.Variant;

/** A variant's picture. */
public final class Picture {

  private Picture() {}

  /**
   * Draws a variant: SVG of 400 by 300, at most 3 KB, without text, scripts, identifiers or links,
   * so that it can be served as a file or put into a page.
   */
  public static String svg(Product product, Variant variant) {
    Look look = Look.of(product, variant);
    Canvas canvas = new Canvas();
    String drawing = product.drawing();
    String family = drawing.substring(0, drawing.indexOf('.'));
    switch (family) {
      case "sofa" -> Sofas.draw(canvas, look);
      case "armchair" -> Armchairs.draw(canvas, look);
      case "pouf" -> Poufs.draw(canvas, look);
      case "chair" -> Chairs.draw(canvas, look);
      case "table" -> Tables.draw(canvas, look);
      case "low" -> LowTables.draw(canvas, look);
      case "bed" -> Beds.draw(canvas, look);
      case "case" -> Cases.draw(canvas, look);
      case "shelf" -> Shelves.draw(canvas, look);
      case "lamp" -> Lamps.draw(canvas, look);
      case "rug" -> Rugs.draw(canvas, look);
      case "textile" -> Textiles.draw(canvas, look);
      case "mirror" -> Mirrors.draw(canvas, look);
      case "outdoor" -> Outdoors.draw(canvas, look);
      case "desk" -> Desks.draw(canvas, look);
      case "kitchen" -> Kitchens.draw(canvas, look);
      case "accent" -> Accents.draw(canvas, look);
      default -> throw unknown(drawing);
    }
    return canvas.done();
  }

  static IllegalArgumentException unknown(String drawing) {
    return new IllegalArgumentException("nobody knows how to draw " + drawing);
  }
}
