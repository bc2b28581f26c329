package dev.filo.demo.art;

/** Poufs and benches. */
final class Poufs {

  private Poufs() {}

  static void draw(Canvas c, Look k) {
    switch (k.kind()) {
      case "round" -> round(c, k);
      case "square" -> square(c, k);
      case "bench" -> bench(c, k);
      case "padded" -> padded(c, k);
      default -> throw Picture.unknown("pouf." + k.kind());
    }
  }

  private static void round(Canvas c, Look k) {
    Tone t = k.main();
    double w = k.width() * 3.2;
    double h = Math.max(k.height() * 3.1, 104);
    double floor = Canvas.FLOOR;
    double x = Canvas.MID - w / 2;
    double top = floor - h;
    c.shadow(Canvas.MID, floor - 2, w * 0.92);
    boolean drum = k.of("velluto") && k.width() < 55;
    if (drum) {
      c.rect(x + 4, top + 20, w - 8, h - 22, 14, t.base());
      Texture.velvet(c, x, top + 34, w, h - 40);
      c.ellipse(Canvas.MID, top + 22, w / 2 - 3, 19, t.light());
      c.ring(Canvas.MID, top + 22, w / 2 - 3, 19, t.shade(), 2.5);
      c.rect(x + 12, floor - 10, w - 24, 8, 3, k.frame().base());
      return;
    }
    boolean stone = k.is("japandi");
    c.fill(
        Path.at(x, floor - h * 0.42)
            .cubic(
                x,
                top + h * 0.05,
                x + w * 0.24,
                top,
                Canvas.MID + (stone ? w * 0.1 : 0),
                top + (stone ? 5 : 0))
            .cubic(
                x + w * 0.84, top + (stone ? 12 : 0), x + w, top + h * 0.1, x + w, floor - h * 0.42)
            .cubic(x + w, floor - 2, x + w * 0.86, floor, Canvas.MID, floor)
            .cubic(x + w * 0.14, floor, x, floor - 2, x, floor - h * 0.42)
            .close(),
        t.base());
    c.veil(
        Path.at(x + w * 0.66, top + (stone ? h * 0.12 : h * 0.03))
            .cubic(x + w * 0.92, top + h * 0.08, x + w, top + h * 0.3, x + w, floor - h * 0.42)
            .cubic(x + w, floor - 2, x + w * 0.86, floor, Canvas.MID, floor)
            .cubic(
                x + w * 0.94,
                floor - h * 0.14,
                x + w * 0.92,
                top + h * 0.3,
                x + w * 0.66,
                top + (stone ? h * 0.12 : h * 0.03))
            .close(),
        t.shade(),
        0.55);
    if (stone) {
      Texture.dots(c, k, x + w * 0.12, top + h * 0.16, w * 0.72, h * 0.7);
      return;
    }
    if (k.of("cotone", "juta")) {
      knit(c, k, x, top, w, h);
      return;
    }
    Path wedges = Path.at(Canvas.MID, top + 16).down(floor - 4);
    for (int side = -1; side <= 1; side += 2) {
      wedges
          .move(Canvas.MID, top + 16)
          .cubic(
              Canvas.MID + side * w * 0.2,
              top + 18,
              Canvas.MID + side * w * 0.25,
              top + h * 0.5,
              Canvas.MID + side * w * 0.22,
              floor - 4);
      wedges
          .move(Canvas.MID, top + 16)
          .cubic(
              Canvas.MID + side * w * 0.34,
              top + 10,
              Canvas.MID + side * w * 0.47,
              top + h * 0.45,
              Canvas.MID + side * w * 0.4,
              floor - 9);
    }
    c.line(wedges, t.shade(), 2.5);
    c.ellipse(Canvas.MID, top + 15, 12, 6, t.deep());
    if (k.of("pelle")) {
      Path thread =
          Path.at(x + 10, floor - h * 0.36)
              .quad(Canvas.MID, floor - h * 0.22, x + w - 10, floor - h * 0.36);
      c.dashes(thread, "#fff", 2, 0.5, 3, 6);
    } else {
      Texture.velvet(c, x, top + 10, w, h * 0.8);
    }
  }

  private static void knit(Canvas c, Look k, double x, double top, double w, double h) {
    Path stitches = Path.at(x + 8, top + h * 0.6);
    double step = w / 8;
    for (int row = 0; row < 5; row++) {
      double y = top + h * (0.24 + row * 0.15);
      double in = w * (row == 0 ? 0.14 : row == 4 ? 0.08 : 0.03);
      stitches.move(x + in, y);
      for (double at = x + in; at + step * 0.9 < x + w - in; at += step) {
        stitches
            .quad(at + step * 0.25, y + 11, at + step * 0.5, y)
            .quad(at + step * 0.75, y + 11, at + step, y);
      }
    }
    c.line(stitches, k.main().shade(), 3, 0.8);
    c.ellipse(Canvas.MID, top + 9, 16, 5, k.main().shade());
  }

  private static void square(Canvas c, Look k) {
    Tone t = k.main();
    double w = k.width() * 2.6 + 20;
    double h = k.height() * 2.5;
    double floor = Canvas.FLOOR;
    double x = Canvas.MID - w / 2;
    double top = floor - h;
    c.shadow(Canvas.MID, floor, w);
    c.leg(x + 16, floor - 12, floor, 10, 0, k.frame().shade());
    c.leg(x + w - 16, floor - 12, floor, 10, 0, k.frame().shade());
    c.rect(x, top + h * 0.2, w, h * 0.8 - 8, 7, t.base());
    Texture.on(c, k, x + 4, top + h * 0.36, w - 8, h * 0.5);
    c.fill(
        Path.at(x + 14, top)
            .across(x + w - 14)
            .quad(x + w - 6, top, x + w - 3, top + 10)
            .to(x + w, top + h * 0.26)
            .across(x)
            .to(x + 3, top + 10)
            .quad(x + 6, top, x + 14, top)
            .close(),
        t.light());
    c.line(Path.at(x + 3, top + h * 0.3).across(x + w - 3), t.shade(), 3);
  }

  private static void bench(Canvas c, Look k) {
    Tone t = k.main();
    double w = Math.min(k.width() * 2.1, 320);
    double h = 100;
    double floor = Canvas.FLOOR - 4;
    double x = Canvas.MID - w / 2;
    double top = floor - h;
    c.shadow(Canvas.MID, floor, w);
    if (k.of("metallo")) {
      c.line(
          Path.at(x + 26, floor).down(top + 10).move(x + w - 26, floor).down(top + 10),
          t.shade(),
          7);
      c.line(
          Path.at(x + 26, floor).across(x + 50).move(x + w - 26, floor).across(x + w - 50),
          t.shade(),
          7);
      c.rect(x, top, w, 14, 7, t.base());
      c.dashes(Path.at(x + 14, top + 7).across(x + w - 12), t.deep(), 4, 0.7, 0, 12);
      return;
    }
    if (k.is("japandi")) {
      c.leg(x + 32, top + 14, floor, 13, -6, t.shade());
      c.leg(x + w - 32, top + 14, floor, 13, 6, t.shade());
      c.line(Path.at(x + 32, floor - 34).across(x + w - 32), t.shade(), 6);
      c.rect(x, top, w, 15, 3, t.base());
      Path slats =
          Path.at(x + 6, top + 5).across(x + w - 6).move(x + 6, top + 10).across(x + w - 6);
      c.line(slats, t.shade(), 1.5);
      return;
    }
    boolean box = k.of("pino");
    c.rect(x + 24, top + 16, 20, h - 16, 2, t.shade());
    c.rect(x + w - 44, top + 16, 20, h - 16, 2, t.shade());
    c.rect(x + 44, box ? floor - 34 : top + 18, w - 88, box ? 12 : 10, 2, t.deep());
    c.rect(x, top, w, 19, 4, t.base());
    Texture.grain(c, t, x + 6, top, w - 12, 19);
    c.gleam(x + 6, x + w - 6, top + 3);
  }

  private static void padded(Canvas c, Look k) {
    Tone t = k.main();
    double w = k.width() * 2.35;
    double floor = Canvas.FLOOR - 4;
    double x = Canvas.MID - w / 2;
    double top = floor - 106;
    c.shadow(Canvas.MID, floor, w);
    for (int side = -1; side <= 1; side += 2) {
      c.leg(Canvas.MID + side * (w / 2 - 22), floor - 66, floor, 11, side * 6, k.frame().base());
    }
    c.rect(x + 8, floor - 72, w - 16, 12, 3, k.frame().shade());
    c.rect(x, top, w, 42, k.of("pelle") ? 7 : 16, t.base());
    Path seams = Path.at(x + w / 6, top + 4).down(top + 38);
    for (int i = 2; i < 6; i++) {
      seams.move(x + i * w / 6, top + 4).down(top + 38);
    }
    if (k.of("pelle")) {
      seams.move(x + 4, top + 21).across(x + w - 4);
    }
    if (!k.of("lino")) {
      c.line(seams, t.shade(), 2.5);
    } else {
      Texture.creases(c, k, x, top, w, 42);
      c.line(Path.at(x + 6, top + 31).across(x + w - 6), t.shade(), 2);
    }
    c.gleam(x + 16, x + w - 16, top + 5);
  }
}
