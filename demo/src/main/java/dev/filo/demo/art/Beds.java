package dev.filo.demo.art;

/** Beds, seen from their foot, and bedside tables. */
final class Beds {

  private static final String SHEET = "#f8f5ee";
  private static final String FOLD = "#e5dfd2";
  private static final String[] COVERS = {
    "#d9cdb8", "#c3cbbf", "#d8b9a6", "#b9c4c9", "#cbb994", "#c9bfc4"
  };

  private Beds() {}

  static void draw(Canvas c, Look k) {
    if (k.kind().equals("side")) {
      side(c, k);
      return;
    }
    double w = Math.clamp(k.width() * 1.62, 170, 304);
    switch (k.kind()) {
      case "padded" -> padded(c, k, w);
      case "wood" -> wood(c, k, w);
      case "canopy" -> canopy(c, k, w);
      case "storage" -> storage(c, k, w);
      default -> throw Picture.unknown("bed." + k.kind());
    }
  }

  /** Mattress, pillows and cover, between {@code top} and {@code bottom}. */
  private static void linen(Canvas c, Look k, double w, double top, double bottom) {
    Tone cover = Tone.of(COVERS[k.pick2(COVERS.length)]);
    double x = Canvas.MID - w / 2;
    boolean single = w < 190;
    double pillow = single ? w * 0.62 : w * 0.42;
    for (int i = 0; i < (single ? 1 : 2); i++) {
      double at = single ? Canvas.MID - pillow / 2 : x + w * 0.055 + i * (pillow + w * 0.05);
      c.rect(at, top - 30, pillow, 44, 16, SHEET);
      c.line(
          Path.at(at + 12, top - 6).quad(at + pillow / 2, top + 2, at + pillow - 12, top - 6),
          FOLD,
          2);
    }
    c.fill(
        Path.at(x + 8, top)
            .quad(Canvas.MID, top - 9, x + w - 8, top)
            .quad(x + w + 1, top + 16, x + w, bottom)
            .across(x)
            .quad(x - 1, top + 16, x + 8, top)
            .close(),
        cover.base());
    c.fill(
        Path.at(x + 8, top)
            .quad(Canvas.MID, top - 9, x + w - 8, top)
            .quad(x + w - 2, top + 6, x + w - 1, top + 17)
            .quad(Canvas.MID, top + 9, x + 1, top + 17)
            .quad(x + 2, top + 6, x + 8, top)
            .close(),
        SHEET);
    c.line(
        Path.at(x + w * 0.2, top + 26)
            .quad(x + w * 0.24, bottom - 14, x + w * 0.18, bottom - 3)
            .move(x + w * 0.5, top + 24)
            .quad(x + w * 0.47, bottom - 18, x + w * 0.52, bottom - 3)
            .move(x + w * 0.8, top + 26)
            .quad(x + w * 0.76, bottom - 14, x + w * 0.83, bottom - 3),
        cover.shade(),
        2.5,
        0.7);
  }

  private static void padded(Canvas c, Look k, double w) {
    Tone t = k.main();
    double floor = Canvas.FLOOR;
    double x = Canvas.MID - w / 2;
    double top = floor - Math.min(k.height() * 1.5, 178);
    c.shadow(Canvas.MID, floor, w);
    c.leg(x + 18, floor - 16, floor, 12, 0, k.frame().shade());
    c.leg(x + w - 18, floor - 16, floor, 12, 0, k.frame().shade());
    if (k.of("boucle")) {
      c.rect(x - 12, top, w + 24, floor - top - 20, 54, t.base());
      Texture.dots(c, k, x + 14, top + 8, w - 28, 42);
    } else if (k.is("classico")) {
      c.fill(
          Path.at(x - 6, floor - 30)
              .down(top + 34)
              .quad(x - 6, top + 18, x + 26, top + 18)
              .quad(x + w * 0.26, top, Canvas.MID, top)
              .quad(x + w * 0.74, top, x + w - 26, top + 18)
              .quad(x + w + 6, top + 18, x + w + 6, top + 34)
              .down(floor - 30)
              .close(),
          t.base());
      Path buttons = Path.at(Canvas.MID, top + 24).across(Canvas.MID);
      Path quilt = Path.at(x + 10, top + 34);
      for (int row = 0; row < 2; row++) {
        for (int i = 0; i < 7 - row; i++) {
          double at = x + w * (0.1 + (i + row * 0.5) * 0.133);
          double y = top + 40 + row * 26;
          buttons.move(at, y).across(at);
          quilt.move(at, y).to(at + w * 0.066, y + 26).move(at, y).to(at - w * 0.066, y + 26);
        }
      }
      c.line(quilt, t.shade(), 2);
      c.line(buttons, t.deep(), 4.5);
    } else if (k.of("lino")) {
      c.rect(x - 4, top + 8, w + 8, floor - top - 30, 6, t.shade());
      c.rect(x, top, w / 2 - 2, 84, 14, t.base());
      c.rect(Canvas.MID + 2, top, w / 2 - 2, 84, 14, t.base());
      Texture.creases(c, k, x, top, w / 2, 50);
      Texture.creases(c, k, Canvas.MID, top, w / 2, 50);
    } else {
      c.rect(x - 6, top, w + 12, floor - top - 20, 16, t.base());
      if (k.of("velluto")) {
        Path channels = Path.at(x + w / 12, top + 6).down(floor - 60);
        for (int i = 2; i < 12; i++) {
          channels.move(x + i * w / 12, top + 6).down(floor - 60);
        }
        c.line(channels, t.shade(), 3);
        c.gleam(x + 10, x + w - 10, top + 4);
      } else {
        Texture.weave(c, k, x, top, w, 60);
        c.gleam(x + 10, x + w - 10, top + 5);
      }
    }
    c.rect(x - 3, floor - 50, w + 6, 36, 8, t.base());
    linen(c, k, w - 12, floor - 96, floor - 40);
    c.rect(x - 3, floor - 44, w + 6, 30, 8, t.light());
    c.line(Path.at(x + 8, floor - 22).across(x + w - 8), t.shade(), 2.5);
  }

  private static void wood(Canvas c, Look k, double w) {
    Tone t = k.main();
    double floor = Canvas.FLOOR;
    double x = Canvas.MID - w / 2;
    double top = floor - Math.clamp(k.height() * 1.55, 116, 176);
    c.shadow(Canvas.MID, floor, w);
    boolean metal = k.of("metallo", "ferro");
    if (metal) {
      bars(c, k, x, w, top);
    } else if (k.is("nordico") || k.is("rustico")) {
      c.rect(x - 2, top, w + 4, k.is("rustico") ? 26 : 13, 6, t.light());
      c.rect(x - 2, floor - 92, w + 4, 12, 3, t.shade());
      Path rods = Path.at(x + w / 14, top + 14).down(floor - 84);
      int count = k.is("rustico") ? 7 : 14;
      for (int i = 1; i < count; i++) {
        rods.move(x + i * w / count, top + 14).down(floor - 84);
      }
      c.line(rods, t.base(), k.is("rustico") ? 16 : 5);
      c.leg(x + 3, top + 4, floor, 11, 0, t.base());
      c.leg(x + w - 3, top + 4, floor, 11, 0, t.base());
    } else {
      c.rect(
          x - (k.of("rovere") ? 18 : 2),
          top,
          w + (k.of("rovere") ? 36 : 4),
          floor - top - 40,
          8,
          t.base());
      Texture.grain(c, t, x, top, w, 46);
      c.gleam(x + 8, x + w - 8, top + 4);
    }
    double out = k.is("japandi") && k.of("rovere") ? 20 : 2;
    if (!metal) {
      c.leg(x + 12, floor - 20, floor, 14, 0, t.shade());
      c.leg(x + w - 12, floor - 20, floor, 14, 0, t.shade());
    }
    linen(c, k, w - 14, floor - 92, floor - 36);
    c.rect(x - out, floor - 40, w + 2 * out, metal ? 9 : 22, 4, metal ? t.base() : t.light());
    if (!metal) {
      Texture.grain(c, t, x + 4, floor - 40, w - 8, 22);
    }
  }

  private static void bars(Canvas c, Look k, double x, double w, double top) {
    Tone t = k.main();
    double floor = Canvas.FLOOR;
    Path frame = Path.at(x, floor).down(top + 24);
    if (k.of("ferro")) {
      frame.quad(Canvas.MID, top - 26, x + w, top + 24);
    } else {
      frame.quad(x, top, x + 24, top).across(x + w - 24).quad(x + w, top, x + w, top + 24);
    }
    frame.down(floor);
    Path rods = Path.at(x, floor - 84).across(x + w);
    for (int i = 1; i < 8; i++) {
      double rise = k.of("ferro") ? 24 - 100 * (i / 8.0) * (1 - i / 8.0) : 2;
      rods.move(x + i * w / 8, floor - 84).down(top + rise);
    }
    c.line(rods, t.shade(), 3.5);
    c.line(frame, t.base(), 7);
    if (k.of("ferro")) {
      c.ellipse(x, top + 16, 7, 7, "#b8954f");
      c.ellipse(x + w, top + 16, 7, 7, "#b8954f");
    }
  }

  private static void canopy(Canvas c, Look k, double width) {
    Tone t = k.main();
    double w = Math.min(width, 270);
    double floor = Canvas.FLOOR + 12;
    double x = Canvas.MID - w / 2;
    c.shadow(Canvas.MID, floor, w);
    double thick = k.of("metallo") ? 6 : 11;
    c.line(
        Path.at(x + 26, floor - 40).down(56).across(x + w - 26).down(floor - 40),
        t.shade(),
        thick * 0.8);
    c.line(
        Path.at(x, 34).to(x + 26, 56).move(x + w, 34).to(x + w - 26, 56), t.shade(), thick * 0.7);
    if (!k.of("metallo")) {
      c.veil(
          Path.at(x + 26, 56).quad(Canvas.MID, 84, x + w - 26, 56).across(x + 26).close(),
          "#fbf8f1",
          0.9);
      c.veil(
          Path.at(x + 4, 36).quad(x + 36, 120, x + 14, floor - 24).across(x + 4).close(),
          "#fbf8f1",
          0.85);
      c.veil(
          Path.at(x + w - 4, 36)
              .quad(x + w - 36, 120, x + w - 14, floor - 24)
              .across(x + w - 4)
              .close(),
          "#fbf8f1",
          0.85);
    }
    c.rect(x + 26, floor - 132, w - 52, 60, 4, t.shade());
    linen(c, k, w - 22, floor - 92, floor - 36);
    c.rect(x, floor - 40, w, 14, 3, t.base());
    c.line(Path.at(x, floor - 2).down(34).across(x + w).down(floor - 2), t.base(), thick);
    c.line(Path.at(x, 32).across(x + w), "#fff", 2, 0.18);
  }

  private static void storage(Canvas c, Look k, double w) {
    Tone t = k.main();
    double floor = Canvas.FLOOR;
    double x = Canvas.MID - w / 2;
    double top = floor - 156;
    c.shadow(Canvas.MID, floor, w);
    c.rect(x - 5, top, w + 10, 130, k.wooden() ? 5 : 14, t.shade());
    c.rect(x - 5, top, w + 10, 126, k.wooden() ? 5 : 14, t.base());
    Texture.on(c, k, x, top + 2, w, 52);
    c.gleam(x + 10, x + w - 10, top + 5);
    linen(c, k, w - 10, floor - 108, floor - 60);
    c.rect(x - 3, floor - 66, w + 6, 64, 5, t.light());
    if (k.wooden()) {
      for (int i = 0; i < 2; i++) {
        double at = x + 8 + i * (w / 2);
        c.rect(at, floor - 56, w / 2 - 16, 46, 3, t.base());
        c.line(Path.at(at + w / 4 - 22, floor - 44).across(at + w / 4 + 6), t.deep(), 4);
      }
    } else {
      c.line(Path.at(x + 6, floor - 50).across(x + w - 6), t.shade(), 3);
      c.rect(Canvas.MID - 16, floor - 58, 32, 9, 4, t.deep());
    }
  }

  private static void side(Canvas c, Look k) {
    Tone t = k.main();
    double w = k.width() * 3.4;
    double h = k.height() * 3.1;
    double floor = Canvas.FLOOR;
    double x = Canvas.MID - w / 2;
    double y = floor - h;
    c.shadow(Canvas.MID, floor, w);
    // A lamp and a book make it a bedside.
    c.rect(x + 20, y - 15, 46, 7, 2, "#9fb0ab");
    c.rect(x + 24, y - 8, 42, 8, 2, "#c98f6f");
    if (k.of("metallo")) {
      c.rect(x, y + 8, w, h - 8, 22, t.base());
      c.rect(x + w * 0.74, y + 20, w * 0.26, h - 24, 16, t.shade());
      c.rect(x + w * 0.6, y + 20, w * 0.3, h - 20, 12, t.base());
      c.line(Path.at(Canvas.MID, y + 26).down(floor - 8), t.shade(), 2.5);
      c.ellipse(Canvas.MID, y + 10, w / 2, 15, t.light());
      c.ellipse(Canvas.MID - 12, y + h * 0.5, 5, 5, t.deep());
      return;
    }
    double leg = k.is("japandi") ? 14 : k.is("nordico") ? h * 0.34 : 18;
    c.leg(x + 12, floor - leg, floor, 12, k.is("nordico") ? -4 : 0, t.shade());
    c.leg(x + w - 12, floor - leg, floor, 12, k.is("nordico") ? 4 : 0, t.shade());
    c.rect(x, y, w, h - leg, 5, t.edge());
    double drawer = (h - leg) * (k.of("noce") ? 0.44 : 0.36);
    c.rect(
        x + 8,
        y + 10 + drawer,
        w - 16,
        h - leg - drawer - 18,
        3,
        k.of("rovere", "frassino") ? t.deep() : t.light());
    if (!(k.of("rovere") && k.is("japandi"))) {
      c.rect(x + 8, y + 8, w - 16, drawer - 4, 3, t.light());
      Texture.grain(c, t, x + 8, y + 8, w - 16, drawer - 4);
      if (!k.of("noce")) {
        c.ellipse(Canvas.MID, y + 6 + drawer / 2, 5, 5, t.deep());
      }
    }
    if (k.of("pino")) {
      c.ellipse(x + w - 26, y + drawer + 40, 5, 5, t.deep());
    }
    c.gleam(x + 6, x + w - 6, y + 3);
  }
}
