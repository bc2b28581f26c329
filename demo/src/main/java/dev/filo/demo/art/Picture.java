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
    compose(canvas, drawing, family);
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

  /** Puts the goods into the middle of the sheet: what is low is shown larger and higher. */
  private static void compose(Canvas canvas, String drawing, String family) {
    switch (family) {
      case "sofa" -> canvas.frame(1.1, 26);
      case "armchair" -> canvas.frame(1.06, drawing.endsWith("wing") ? 4 : 14);
      case "pouf" -> canvas.frame(1.12, 30);
      case "chair" -> canvas.frame(1.08, drawing.endsWith("stool") ? 22 : 4);
      case "table" -> canvas.frame(1.06, 24);
      case "low" -> {
        if (drawing.endsWith("trolley") || drawing.endsWith("side")) {
          canvas.frame(1, 4);
        } else {
          canvas.frame(1.08, 20);
        }
      }
      case "bed" -> canvas.frame(1.06, drawing.endsWith("canopy") ? 6 : 18);
      case "case" -> {
        switch (drawing) {
          case "case.sideboard" -> canvas.frame(1.02, 20);
          case "case.tv", "case.drawers", "case.shoes" -> canvas.frame(1, 14);
          default -> canvas.frame(1, 4);
        }
      }
      case "lamp" -> {
        if (drawing.endsWith("table") || drawing.endsWith("mushroom")) {
          canvas.frame(1, 8);
        }
      }
      case "textile" -> {
        switch (drawing) {
          case "textile.cushion", "textile.striped" -> canvas.frame(1.02, 12);
          case "textile.curtain" -> {}
          default -> canvas.frame(1.1, 22);
        }
      }
      case "outdoor" -> {
        switch (drawing) {
          case "outdoor.parasol" -> {}
          case "outdoor.deck", "outdoor.chair" -> canvas.frame(1.04, 8);
          case "outdoor.lantern" -> canvas.frame(1.1, 14);
          default -> canvas.frame(1.06, 22);
        }
      }
      case "desk" -> canvas.frame(1.03, drawing.endsWith("chair") ? 4 : 10);
      case "kitchen" -> {
        switch (drawing) {
          case "kitchen.pan",
              "kitchen.board",
              "kitchen.cutlery",
              "kitchen.moka",
              "kitchen.plates",
              "kitchen.carafe" ->
              canvas.frame(1, 6);
          default -> canvas.frame(1.08, 26);
        }
      }
      case "accent" -> {
        if (drawing.endsWith("basket") || drawing.endsWith("tray")) {
          canvas.frame(1.06, 18);
        }
      }
      default -> {}
    }
  }

  static IllegalArgumentException unknown(String drawing) {
    return new IllegalArgumentException("nobody knows how to draw " + drawing);
  }
}
