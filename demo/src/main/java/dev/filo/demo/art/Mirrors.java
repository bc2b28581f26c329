package dev.filo.demo.art;

import static dev.filo.demo.art.Canvas.FLOOR;
import static dev.filo.demo.art.Canvas.MID;

/** Mirrors. */
final class Mirrors {

  private static final String GLASS = "#d5dfde";

  private Mirrors() {}

  static void draw(Canvas c, Look k) {
    switch (k.kind()) {
      case "square" -> square(c, k);
      case "round" -> round(c, k);
      case "arch" -> arch(c, k);
      case "pebble" -> pebble(c, k);
      case "standing" -> standing(c, k);
      default -> throw Picture.unknown("mirror." + k.kind());
    }
  }

  /** Light that falls across the glass. */
  private static void light(Canvas c, double x, double y, double w, double h) {
    c.line(
        Path.at(x + w * 0.22, y + h * 0.5).to(x + w * 0.5, y + h * 0.2),
        "#fff",
        Math.min(w, h) * 0.09,
        0.45);
    c.line(
        Path.at(x + w * 0.36, y + h * 0.56).to(x + w * 0.58, y + h * 0.32),
        "#fff",
        Math.min(w, h) * 0.04,
        0.45);
  }

  private static Path box(double x, double y, double w, double h) {
    return Path.at(x, y).across(x + w).down(y + h).across(x).close();
  }

  private static void square(Canvas c, Look k) {
    Tone t = k.main();
    double h = 226;
    double w = Math.max(h * k.width() / k.height(), 96);
    double x = MID - w / 2;
    double y = 34;
    double thick = k.is("minimal") ? 5 : k.is("nordico") ? 10 : 7;
    if (k.is("classico")) {
      c.rect(x + 4, y + 7, w, h, 30, "#dcd5c6");
      c.rect(x, y, w, h, 30, t.base());
      c.rect(x + 4, y + 4, w - 8, h - 8, 26, t.light());
      c.rect(x + thick, y + thick, w - 2 * thick, h - 2 * thick, 23, GLASS);
      light(c, x, y, w, h);
      return;
    }
    c.drop(box(x, y, w, h));
    c.rect(x, y, w, h, 2, t.base());
    c.rect(x + thick, y + thick, w - 2 * thick, h - 2 * thick, 1, GLASS);
    light(c, x, y, w, h);
    if (k.is("industriale")) {
      c.line(
          Path.at(MID, y + 4)
              .down(y + h - 4)
              .move(x + 4, y + h / 3)
              .across(x + w - 4)
              .move(x + 4, y + h * 2 / 3)
              .across(x + w - 4),
          t.base(),
          5);
    } else if (k.wooden()) {
      c.line(
          Path.at(x, y)
              .to(x + thick, y + thick)
              .move(x + w, y)
              .to(x + w - thick, y + thick)
              .move(x, y + h)
              .to(x + thick, y + h - thick)
              .move(x + w, y + h)
              .to(x + w - thick, y + h - thick),
          t.shade(),
          1.5);
    }
    c.line(
        Path.at(x + thick, y + h - thick).down(y + thick).across(x + w - thick), t.deep(), 2, 0.4);
  }

  private static void round(Canvas c, Look k) {
    Tone t = k.main();
    double r = Math.clamp(70 + k.width() * 0.42, 84, 112);
    double y = 150;
    if (k.of("pelle")) {
      y = 166;
      r = 88;
      c.line(Path.at(MID - 62, y - 64).to(MID, 40).to(MID + 62, y - 64), t.base(), 11);
      c.ellipse(MID, 38, 9, 9, "#b8954f");
      c.rect(MID + 26, 78, 17, 14, 3, "#b8954f");
    }
    if (k.is("bohemien")) {
      Path rays = Path.at(MID, y);
      for (int i = 0; i < 40; i++) {
        double angle = Math.PI * i / 20;
        double reach = i % 2 == 0 ? 122 : 106;
        rays.move(MID + 60 * Math.cos(angle), y + 60 * Math.sin(angle))
            .to(MID + reach * Math.cos(angle), y + reach * Math.sin(angle));
      }
      c.line(rays, t.base(), 5);
      c.ring(MID, y, 84, 84, t.shade(), 5);
      c.ellipse(MID, y, 66, 66, t.shade());
      c.ellipse(MID, y, 57, 57, GLASS);
      light(c, MID - 57, y - 57, 114, 114);
      return;
    }
    c.drop(Path.at(MID - r, y).arc(r, r, MID + r, y).arc(r, r, MID - r, y).close());
    double thick = k.wooden() ? 17 : k.of("pelle") ? 9 : 5;
    c.ellipse(MID, y, r, r, t.base());
    if (k.wooden()) {
      c.ring(MID, y, r - 5, r - 5, t.light(), 3);
      c.ring(MID, y, r - thick + 2, r - thick + 2, t.shade(), 5);
    }
    c.ellipse(MID, y, r - thick, r - thick, GLASS);
    light(c, MID - r, y - r, 2 * r, 2 * r);
  }

  private static Path vault(double x, double y, double w, double h) {
    double r = w / 2;
    return Path.at(x, y + h).down(y + r).arc(r, r, x + w, y + r).down(y + h).close();
  }

  private static void arch(Canvas c, Look k) {
    Tone t = k.main();
    boolean tall = k.height() > 120;
    double h = tall ? 226 : 204;
    double w = Math.max(h * k.width() / k.height(), tall ? 104 : 116);
    double x = MID - w / 2;
    double y = tall ? 26 : 40;
    double thick = k.wooden() ? 11 : 6;
    if (tall) {
      c.shadow(MID, y + h + 1, w);
    } else {
      c.drop(vault(x, y, w, h));
    }
    c.fill(vault(x, y, w, h), t.base());
    c.fill(vault(x + thick, y + thick, w - 2 * thick, h - 2 * thick), GLASS);
    light(c, x, y + 16, w, h - 16);
    if (k.is("nordico")) {
      c.rect(x - 9, y + h - 10, w + 18, 12, 3, t.light());
      c.rect(x - 9, y + h, w + 18, 4, 2, t.shade());
    }
  }

  private static Path blob(double f, int kind) {
    double x = MID;
    double y = 148;
    return switch (kind) {
      case 0 ->
          Path.at(x - 88 * f, y + 20 * f)
              .cubic(x - 104 * f, y - 50 * f, x - 60 * f, y - 112 * f, x + 4 * f, y - 108 * f)
              .cubic(x + 66 * f, y - 104 * f, x + 62 * f, y - 56 * f, x + 84 * f, y - 18 * f)
              .cubic(x + 108 * f, y + 28 * f, x + 70 * f, y + 108 * f, x - 2 * f, y + 106 * f)
              .cubic(x - 60 * f, y + 104 * f, x - 78 * f, y + 66 * f, x - 88 * f, y + 20 * f)
              .close();
      case 1 ->
          Path.at(x - 84 * f, y - 6 * f)
              .cubic(x - 86 * f, y - 78 * f, x - 30 * f, y - 106 * f, x + 22 * f, y - 102 * f)
              .cubic(x + 84 * f, y - 96 * f, x + 100 * f, y - 30 * f, x + 90 * f, y + 28 * f)
              .cubic(x + 78 * f, y + 90 * f, x + 10 * f, y + 112 * f, x - 34 * f, y + 98 * f)
              .cubic(x - 76 * f, y + 84 * f, x - 82 * f, y + 44 * f, x - 84 * f, y - 6 * f)
              .close();
      default ->
          Path.at(x + 10 * f, y - 112 * f)
              .cubic(x + 30 * f, y - 40 * f, x + 84 * f, y - 12 * f, x + 82 * f, y + 42 * f)
              .cubic(x + 80 * f, y + 90 * f, x + 42 * f, y + 110 * f, x - 2 * f, y + 110 * f)
              .cubic(x - 50 * f, y + 110 * f, x - 84 * f, y + 80 * f, x - 80 * f, y + 34 * f)
              .cubic(x - 76 * f, y - 22 * f, x - 14 * f, y - 46 * f, x + 10 * f, y - 112 * f)
              .close();
    };
  }

  private static void pebble(Canvas c, Look k) {
    int kind = k.of("ottone") ? 0 : k.wooden() ? 1 : 2;
    c.drop(blob(1, kind));
    c.fill(blob(1, kind), k.main().base());
    c.fill(blob(k.wooden() ? 0.9 : 0.94, kind), GLASS);
    light(c, MID - 80, 58, 160, 190);
  }

  private static void standing(Canvas c, Look k) {
    Tone t = k.main();
    double w = 104;
    double x = MID - w / 2;
    double y = 28;
    double h = 196;
    c.shadow(MID, FLOOR, 150);
    if (k.of("metallo")) {
      c.line(Path.at(MID - 58, FLOOR).across(MID + 58), t.shade(), 7);
      c.line(Path.at(MID, FLOOR).down(220), t.shade(), 6);
      c.fill(vault(x, y, w, h), t.base());
      c.fill(vault(x + 5, y + 5, w - 10, h - 10), GLASS);
    } else {
      c.leg(x - 9, y + 30, FLOOR, 10, -10, t.shade());
      c.leg(x + w + 9, y + 30, FLOOR, 10, 10, t.shade());
      if (k.is("nordico")) {
        c.line(Path.at(x - 12, y + 4).across(x + w + 12), t.base(), 7);
        c.line(Path.at(x - 8, y + 4).down(y + 36).move(x + w + 8, y + 4).down(y + 36), t.base(), 7);
      }
      c.line(Path.at(x - 14, FLOOR - 30).across(x + w + 14), t.shade(), 6);
      c.rect(x, y + 12, w, h, k.is("classico") ? 22 : 5, t.base());
      c.rect(x + 8, y + 20, w - 16, h - 16, k.is("classico") ? 16 : 2, GLASS);
      c.ellipse(x - 5, y + h * 0.55, 5, 5, t.deep());
      c.ellipse(x + w + 5, y + h * 0.55, 5, 5, t.deep());
    }
    light(c, x, y + 20, w, h - 30);
  }
}
