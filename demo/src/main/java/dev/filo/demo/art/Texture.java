package dev.filo.demo.art;

/** What a material's surface shows, laid over a box already filled. */
final class Texture {

  private Texture() {}

  /** The surface of a look's own material. */
  static void on(Canvas c, Look k, double x, double y, double w, double h) {
    switch (k.material()) {
      case "velluto" -> velvet(c, x, y, w, h);
      case "boucle" -> dots(c, k, x, y, w, h);
      case "lino", "cotone" -> creases(c, k, x, y, w, h);
      case "lana", "tessuto" -> weave(c, k, x, y, w, h);
      case "ciniglia" -> ribs(c, k.main(), x, y, w, h, 9);
      case "pelle" ->
          c.line(
              Path.at(x + w * 0.12, y + h * 0.3)
                  .quad(x + w * 0.5, y + h * 0.16, x + w * 0.88, y + h * 0.3),
              "#fff",
              3,
              0.14);
      case "rattan" -> cane(c, k.main(), x, y, w, h);
      case "marmo" -> veins(c, k, x, y, w, h);
      case "travertino" -> strata(c, k.main(), x, y, w, h);
      case "juta", "corda" -> rope(c, k.main(), x, y, w, h);
      case "vetro" ->
          c.line(Path.at(x + w * 0.2, y + h * 0.7).to(x + w * 0.36, y + h * 0.2), "#fff", 4, 0.4);
      default -> {
        if (k.wooden()) {
          grain(c, k.main(), x, y, w, h);
        }
      }
    }
  }

  static void velvet(Canvas c, double x, double y, double w, double h) {
    c.veil(
        Path.at(x + w * 0.07, y + h * 0.8)
            .cubic(x + w * 0.03, y + h * 0.2, x + w * 0.16, y + h * 0.1, x + w * 0.72, y + h * 0.11)
            .cubic(x + w * 0.34, y + h * 0.22, x + w * 0.2, y + h * 0.38, x + w * 0.07, y + h * 0.8)
            .close(),
        "#fff",
        0.08);
    c.veil(
        Path.at(x + w * 0.94, y + h * 0.26)
            .cubic(x + w * 0.97, y + h * 0.8, x + w * 0.88, y + h * 0.97, x + w * 0.3, y + h * 0.97)
            .cubic(
                x + w * 0.7, y + h * 0.86, x + w * 0.86, y + h * 0.66, x + w * 0.94, y + h * 0.26)
            .close(),
        "#000",
        0.07);
  }

  static void dots(Canvas c, Look k, double x, double y, double w, double h) {
    Path rows = Path.at(x + 6, y + 6).across(x + w - 5);
    for (double row = y + 14; row < y + h - 4; row += 8) {
      rows.move(x + 6 + row % 5, row).across(x + w - 5);
    }
    c.dashes(rows, k.main().luminance() > 0.6 ? k.main().shade() : "#fff", 3, 0.32, 0, 7);
  }

  static void creases(Canvas c, Look k, double x, double y, double w, double h) {
    c.line(
        Path.at(x + w * 0.18, y + h * 0.42)
            .quad(x + w * 0.3, y + h * 0.56, x + w * 0.46, y + h * 0.44)
            .move(x + w * 0.56, y + h * 0.7)
            .quad(x + w * 0.7, y + h * 0.6, x + w * 0.84, y + h * 0.72),
        k.main().shade(),
        2,
        0.6);
  }

  static void weave(Canvas c, Look k, double x, double y, double w, double h) {
    Path rows = Path.at(x + 7, y + h * 0.28).across(x + w - 6);
    rows.move(x + 11, y + h * 0.52).across(x + w - 6).move(x + 7, y + h * 0.76).across(x + w - 6);
    c.dashes(rows, k.main().shade(), 2, 0.6, 4, 9);
  }

  static void ribs(Canvas c, Tone tone, double x, double y, double w, double h, double step) {
    Path ribs = Path.at(x + step, y + 5).down(y + h - 5);
    for (double rib = x + 2 * step; rib < x + w - step * 0.4; rib += step) {
      ribs.move(rib, y + 5).down(y + h - 5);
    }
    c.line(ribs, tone.shade(), 1.5, 0.7);
  }

  static void grain(Canvas c, Tone tone, double x, double y, double w, double h) {
    if (h > w * 1.2) {
      c.line(
          Path.at(x + w * 0.3, y + h * 0.06)
              .quad(x + w * 0.4, y + h * 0.4, x + w * 0.3, y + h * 0.7)
              .move(x + w * 0.68, y + h * 0.3)
              .quad(x + w * 0.58, y + h * 0.6, x + w * 0.68, y + h * 0.94),
          tone.shade(),
          1.5,
          0.6);
    } else {
      c.line(
          Path.at(x + w * 0.06, y + h * 0.36)
              .quad(x + w * 0.3, y + h * 0.2, x + w * 0.52, y + h * 0.38)
              .move(x + w * 0.44, y + h * 0.72)
              .quad(x + w * 0.7, y + h * 0.56, x + w * 0.94, y + h * 0.7),
          tone.shade(),
          1.5,
          0.6);
    }
  }

  static void cane(Canvas c, Tone tone, double x, double y, double w, double h) {
    Path weave = Path.at(x + 2, y + 2);
    double step = Math.max(12, Math.max(w, h) / 8);
    for (double i = step; i < w + h; i += step) {
      double x1 = Math.min(i, w);
      double x2 = Math.max(0, i - h);
      weave.move(x + x1, y + i - x1).to(x + x2, y + i - x2);
      weave.move(x + w - x1, y + i - x1).to(x + w - x2, y + i - x2);
    }
    c.line(weave, tone.shade(), 1.5, 0.9);
  }

  static void veins(Canvas c, Look k, double x, double y, double w, double h) {
    c.line(
        Path.at(x + w * 0.08, y + h * 0.2)
            .quad(x + w * 0.24, y + h * 0.72, x + w * 0.42, y + h * 0.5)
            .to(x + w * 0.58, y + h * 0.86)
            .move(x + w * 0.56, y + h * 0.16)
            .quad(x + w * 0.72, y + h * 0.2, x + w * 0.9, y + h * 0.66),
        k.main().luminance() > 0.5 ? "#8f8d8a" : "#cfc8b8",
        1.5,
        0.5);
  }

  static void strata(Canvas c, Tone tone, double x, double y, double w, double h) {
    Path strata =
        Path.at(x + 8, y + h * 0.3)
            .across(x + w - 8)
            .move(x + 16, y + h * 0.54)
            .across(x + w - 14)
            .move(x + 8, y + h * 0.78)
            .across(x + w - 10);
    c.dashes(strata, tone.deep(), 2, 0.35, 9, 17);
  }

  static void rope(Canvas c, Tone tone, double x, double y, double w, double h) {
    Path rows = Path.at(x + 5, y + 7).across(x + w - 4);
    for (double row = y + 15; row < y + h - 3; row += 8) {
      rows.move(x + 5 + row % 4, row).across(x + w - 4);
    }
    c.dashes(rows, tone.shade(), 2, 0.9, 5, 5);
  }
}
