package dev.filo.demo.art;

/** Coffee tables, side tables and trolleys. */
final class LowTables {

  private static final String DARK = "#3b3834";
  private static final String BRASS = "#b8954f";

  private LowTables() {}

  static void draw(Canvas c, Look k) {
    switch (k.kind()) {
      case "slab" -> slab(c, k);
      case "round" -> round(c, k);
      case "nest" -> nest(c, k);
      case "side" -> side(c, k);
      case "trolley" -> trolley(c, k);
      default -> throw Picture.unknown("low." + k.kind());
    }
  }

  private static void slab(Canvas c, Look k) {
    Tone t = k.main();
    double w = k.width() * 2.5;
    double floor = Canvas.FLOOR - 6;
    double x = Canvas.MID - w / 2;
    double y = floor - k.height() * 2.3;
    c.shadow(Canvas.MID, floor, w);
    if (k.of("travertino")) {
      c.rect(x + 26, y, 54, floor - y, 3, t.shade());
      c.rect(x + w - 96, y, 70, floor - y, 3, t.shade());
      Tables.top(c, k, x, y, w, 24, 17);
      return;
    }
    if (k.of("vetro")) {
      c.line(
          Path.at(x + 26, floor - 14)
              .across(x + w - 26)
              .move(x + 26, y - 20)
              .down(floor - 14)
              .move(x + w - 26, y - 20)
              .down(floor - 14),
          "#6d6a64",
          5);
      c.line(Path.at(x + 8, y).down(floor).across(x + w - 8).down(y), DARK, 6);
      c.veil(
          Path.at(x + 26, y - 24).across(x + w - 26).to(x + w, y).across(x).close(), t.base(), 0.6);
      c.line(Path.at(x, y + 2).across(x + w), t.shade(), 5);
      c.line(
          Path.at(x + 70, y - 5).to(x + 96, y - 18).move(x + 88, y - 5).to(x + 112, y - 18),
          "#fff",
          3,
          0.5);
      return;
    }
    boolean iron = k.is("industriale");
    String leg = iron ? DARK : t.base();
    double in = iron ? 8 : 16;
    for (int side = -1; side <= 1; side += 2) {
      double at = Canvas.MID + side * (w / 2 - in);
      c.leg(at - side * 20, y, floor - 14, 11, side * 2, iron ? "#55524d" : t.shade());
    }
    if (!k.is("minimal")) {
      c.rect(x + in + 4, floor - 38, w - 2 * in - 8, 8, 2, t.shade());
      c.rect(x + w * 0.56, floor - 50, 62, 6, 2, "#8a9aa0");
      c.rect(x + w * 0.57, floor - 44, 56, 6, 2, "#c9b08f");
    }
    for (int side = -1; side <= 1; side += 2) {
      double at = Canvas.MID + side * (w / 2 - in);
      if (iron) {
        c.rect(at - 4, y, 8, floor - y, 1, leg);
      } else {
        c.leg(at, y, floor, 15, side * 3, leg);
      }
    }
    Tables.top(c, k, x, y, w, 24, iron ? 15 : 10);
  }

  private static void round(Canvas c, Look k) {
    Tone t = k.main();
    double w = Math.min(k.width() * 2.9, 262);
    double floor = Canvas.FLOOR;
    double y = floor - 102;
    c.shadow(Canvas.MID, floor, w * 0.86);
    if (k.of("rattan")) {
      c.rect(Canvas.MID - w * 0.45, y, w * 0.9, 104, 18, t.shade());
      Path reeds = Path.at(Canvas.MID, y + 30).down(floor - 4);
      for (int i = 1; i <= 6; i++) {
        reeds.move(Canvas.MID - i * w * 0.065, y + 26).down(floor - 4 - i * 0.4);
        reeds.move(Canvas.MID + i * w * 0.065, y + 26).down(floor - 4 - i * 0.4);
      }
      c.line(reeds, t.base(), 7);
      Tables.disc(c, k, y, w, 30, 8);
      return;
    }
    boolean stone = k.of("marmo");
    String leg = stone ? BRASS : t.base();
    String back = stone ? "#8e7039" : t.shade();
    if (k.is("contemporaneo") && !stone) {
      c.rect(Canvas.MID - w * 0.3, y, 22, 92, 8, back);
      c.rect(Canvas.MID + w * 0.3 - 22, y, 22, 92, 8, back);
      c.rect(Canvas.MID - 15, y, 30, 102, 10, leg);
    } else {
      c.leg(Canvas.MID + 8, y, floor - 16, 11, 6, back);
      c.leg(Canvas.MID - w * 0.32, y, floor, 13, -12, leg);
      c.leg(Canvas.MID + w * 0.32, y, floor, 13, 12, leg);
    }
    Tables.disc(c, k, y, w, 30, k.is("nordico") ? 14 : 8);
    if (k.is("nordico")) {
      c.ring(Canvas.MID, y, w / 2 - 4, 27, t.base(), 4);
    }
  }

  private static void nest(Canvas c, Look k) {
    Tone t = k.main();
    double floor = Canvas.FLOOR;
    c.shadow(Canvas.MID - 30, floor - 6, 170);
    c.shadow(Canvas.MID + 62, floor + 6, 120);
    stand(c, k, Canvas.MID - 34, floor - 8, 172, 112, t);
    stand(c, k, Canvas.MID + 62, floor + 4, 122, 78, Tone.of(t.light()));
  }

  private static void stand(
      Canvas c, Look k, double mid, double floor, double w, double h, Tone t) {
    boolean metal = k.of("metallo");
    String leg = metal ? t.shade() : t.base();
    c.leg(mid, floor - h, floor - 12, metal ? 6 : 10, 0, t.deep());
    c.leg(mid - w * 0.36, floor - h, floor, metal ? 7 : 12, -8, leg);
    c.leg(mid + w * 0.36, floor - h, floor, metal ? 7 : 12, 8, leg);
    c.ellipse(mid, floor - h + 7, w / 2, 19, t.shade());
    c.ellipse(mid, floor - h, w / 2, 19, t.light());
    if (k.wooden()) {
      Texture.grain(c, t, mid - w * 0.34, floor - h - 12, w * 0.68, 24);
    }
  }

  private static void side(Canvas c, Look k) {
    Tone t = k.main();
    double floor = Canvas.FLOOR;
    double h = k.height() * 3.1;
    double w = k.width() * 3.2;
    double y = floor - h;
    c.shadow(Canvas.MID, floor, w * 0.9);
    switch (k.material()) {
      case "metallo" -> {
        c.ellipse(Canvas.MID, floor - 6, w * 0.4, 13, t.shade());
        c.ellipse(Canvas.MID, floor - 10, w * 0.4, 13, t.base());
        c.rect(Canvas.MID - 4, y - 26, 8, h + 14, 4, t.shade());
        c.ellipse(Canvas.MID, y + 14, w / 2, 17, t.shade());
        c.ellipse(Canvas.MID, y + 8, w / 2, 17, t.base());
        c.ellipse(Canvas.MID, y + 9, w / 2 - 6, 13, t.light());
        c.line(Path.at(Canvas.MID, y + 8).down(y - 20), t.shade(), 8);
        c.ring(Canvas.MID, y - 32, 12, 12, t.shade(), 6);
      }
      case "marmo" -> {
        c.fill(
            Path.at(Canvas.MID - w / 2, y)
                .quad(Canvas.MID - w * 0.16, y + h / 2, Canvas.MID - w / 2, floor - 4)
                .quad(Canvas.MID, floor + 12, Canvas.MID + w / 2, floor - 4)
                .quad(Canvas.MID + w * 0.16, y + h / 2, Canvas.MID + w / 2, y)
                .close(),
            t.base());
        c.veil(
            Path.at(Canvas.MID + w * 0.1, y)
                .quad(Canvas.MID + w * 0.02, y + h / 2, Canvas.MID + w * 0.12, floor + 3)
                .quad(Canvas.MID + w * 0.36, floor + 2, Canvas.MID + w / 2, floor - 4)
                .quad(Canvas.MID + w * 0.16, y + h / 2, Canvas.MID + w / 2, y)
                .close(),
            t.shade(),
            0.8);
        c.ellipse(Canvas.MID, y, w / 2, 16, t.light());
        Texture.veins(c, k, Canvas.MID - 46, y - 10, 92, 22);
      }
      case "vetro" -> {
        c.veil(
            Path.at(Canvas.MID - w * 0.42, y)
                .down(floor - 4)
                .quad(Canvas.MID, floor + 14, Canvas.MID + w * 0.42, floor - 4)
                .down(y)
                .close(),
            t.base(),
            0.7);
        Path flutes = Path.at(Canvas.MID, y + 14).down(floor + 2);
        for (int i = 1; i <= 4; i++) {
          flutes.move(Canvas.MID - i * w * 0.09, y + 13).down(floor + 2 - i);
          flutes.move(Canvas.MID + i * w * 0.09, y + 13).down(floor + 2 - i);
        }
        c.line(flutes, "#fff", 4, 0.3);
        c.ellipse(Canvas.MID, y, w * 0.42, 15, t.light(), 0.9);
        c.ring(Canvas.MID, y, w * 0.42, 15, t.shade(), 2.5);
      }
      default -> {
        c.fill(
            Path.at(Canvas.MID - w / 2, y)
                .quad(Canvas.MID - w * 0.44, y + h / 2, Canvas.MID - w * 0.47, floor - 5)
                .quad(Canvas.MID, floor + 13, Canvas.MID + w * 0.47, floor - 5)
                .quad(Canvas.MID + w * 0.44, y + h / 2, Canvas.MID + w / 2, y)
                .close(),
            t.base());
        Texture.grain(c, t, Canvas.MID - w * 0.36, y + 16, w * 0.72, h - 24);
        c.ellipse(Canvas.MID, y, w / 2, 17, t.light());
        c.ring(Canvas.MID, y, w * 0.34, 11, t.shade(), 1.5);
        c.ring(Canvas.MID, y, w * 0.17, 5, t.shade(), 1.5);
        c.line(Path.at(Canvas.MID + 4, y).to(Canvas.MID + w * 0.46, y + 3), t.deep(), 1.5);
      }
    }
  }

  private static void trolley(Canvas c, Look k) {
    Tone t = k.main();
    double w = k.width() * 2.7 + 20;
    double floor = Canvas.FLOOR;
    double x = Canvas.MID - w / 2;
    double y = floor - 172;
    c.shadow(Canvas.MID, floor, w);
    for (double at : new double[] {x + 14, x + w - 14}) {
      c.ellipse(at, floor - 8, 9, 9, DARK);
      c.ellipse(at, floor - 8, 3.5, 3.5, t.light());
    }
    boolean bar = k.is("anni-50");
    int levels = bar ? 2 : 3;
    c.line(Path.at(x + 14, floor - 18).down(y).move(x + w - 14, floor - 18).down(y), t.base(), 6);
    if (bar) {
      c.line(
          Path.at(x + 14, y)
              .quad(x + 14, y - 12, x + 2, y - 12)
              .move(x + w - 14, y)
              .quad(x + w - 14, y - 12, x + w - 2, y - 12),
          t.base(),
          6);
      c.rect(x + w * 0.3, y - 46, 20, 56, 5, "#6f8f7a");
      c.rect(x + w * 0.3 + 6, y - 62, 8, 20, 3, "#6f8f7a");
      c.rect(x + w * 0.5, y - 26, 16, 36, 3, "#d3e0de");
      c.rect(x + w * 0.5 + 22, y - 26, 16, 36, 3, "#d3e0de");
    }
    for (int i = 0; i < levels; i++) {
      double at = y + 8 + i * (bar ? 92 : 58);
      c.rect(x + 8, at, w - 16, bar ? 8 : 24, bar ? 3 : 6, i % 2 == 0 ? t.base() : t.shade());
      c.gleam(x + 16, x + w - 16, at + 4);
    }
  }
}
