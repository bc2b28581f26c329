package dev.filo.demo.art;

/** Dining tables; other families borrow the tops. */
final class Tables {

  private static final String DARK = "#3b3834";

  private Tables() {}

  static void draw(Canvas c, Look k) {
    double w = Math.clamp(k.width() * 1.62, 170, 336);
    switch (k.kind()) {
      case "legs" -> legs(c, k, w);
      case "extending" -> extending(c, k, w);
      case "trestle" -> trestle(c, k, w);
      case "pedestal" -> round(c, k, Math.clamp(k.width() * 1.9, 170, 270));
      default -> throw Picture.unknown("table." + k.kind());
    }
  }

  /** A straight top, seen a little from above: {@code y} is its front edge. */
  static void top(Canvas c, Look k, double x, double y, double w, double deep, double thick) {
    Tone t = k.main();
    c.fill(
        Path.at(x + deep * 1.1, y - deep).across(x + w - deep * 1.1).to(x + w, y).across(x).close(),
        t.light());
    Texture.on(c, k, x + deep, y - deep, w - 2 * deep, deep);
    c.rect(x, y, w, thick, 2.5, t.base());
    c.line(Path.at(x + 5, y + thick - 1).across(x + w - 5), t.shade(), 2);
  }

  /** A round top. */
  static void disc(Canvas c, Look k, double y, double w, double deep, double thick) {
    Tone t = k.main();
    double x = Canvas.MID - w / 2;
    c.fill(
        Path.at(x, y)
            .down(y + thick)
            .quad(x + 2, y + thick + deep, Canvas.MID, y + thick + deep)
            .quad(x + w - 2, y + thick + deep, x + w, y + thick)
            .down(y)
            .close(),
        t.shade());
    c.ellipse(Canvas.MID, y, w / 2, deep, t.light());
    Texture.on(c, k, x + w * 0.16, y - deep * 0.7, w * 0.68, deep * 1.4);
  }

  private static void legs(Canvas c, Look k, double w) {
    Tone t = k.main();
    double floor = Canvas.FLOOR;
    double x = Canvas.MID - w / 2;
    double y = floor - 126;
    boolean stone = k.of("marmo");
    String front = stone ? DARK : t.base();
    String back = stone ? "#4d4a45" : t.shade();
    c.shadow(Canvas.MID, floor, w);
    double lean = k.is("nordico") ? 7 : k.is("japandi") ? -4 : 0;
    double in = k.is("japandi") ? 34 : k.is("minimal") ? 8 : 18;
    double thick = k.is("rustico") ? 17 : stone ? 11 : 9;
    double leg = k.is("rustico") ? 20 : k.is("minimal") ? 11 : 14;
    for (int side = -1; side <= 1; side += 2) {
      double at = Canvas.MID + side * (w / 2 - in);
      c.leg(at - side * 20, y, floor - 12, leg * 0.8, side * lean, back);
      if (k.is("rustico") || k.is("minimal")) {
        c.rect(at - leg / 2, y, leg, floor - y, 2, front);
      } else {
        c.leg(at, y, floor, leg, side * lean, front);
      }
    }
    if (!stone && !k.is("japandi")) {
      c.rect(x + in, y + 6, w - 2 * in, k.of("pino") ? 30 : 20, 2, back);
    }
    if (k.of("pino")) {
      c.rect(Canvas.MID - 42, y + 14, 84, 19, 2, t.base());
      c.ellipse(Canvas.MID, y + 24, 5, 4, t.deep());
    }
    top(c, k, x, y, w, 15, thick);
  }

  private static void extending(Canvas c, Look k, double w) {
    Tone t = k.main();
    double floor = Canvas.FLOOR;
    double wide = Math.min(w + 44, 340);
    double x = Canvas.MID - wide / 2;
    double y = floor - 126;
    c.shadow(Canvas.MID, floor, wide);
    for (int side = -1; side <= 1; side += 2) {
      double at = Canvas.MID + side * (w / 2 - 26);
      c.leg(at - side * 18, y, floor - 12, 11, side * 3, t.shade());
      c.leg(at, y, floor, 15, side * 3, t.base());
    }
    c.rect(x + 46, y + 6, wide - 92, 19, 2, t.shade());
    top(c, k, x, y, wide, 15, 9);
    c.line(
        Path.at(x + wide * 0.24, y - 15)
            .to(x + wide * 0.2, y)
            .down(y + 8)
            .move(x + wide * 0.76, y - 15)
            .to(x + wide * 0.8, y)
            .down(y + 8),
        t.deep(),
        2,
        0.7);
  }

  private static void trestle(Canvas c, Look k, double w) {
    Tone t = k.main();
    double floor = Canvas.FLOOR;
    double x = Canvas.MID - w / 2;
    double y = floor - 126;
    boolean metal = k.is("industriale");
    Tone legs = metal ? Tone.of(DARK) : t;
    c.shadow(Canvas.MID, floor, w);
    for (int side = -1; side <= 1; side += 2) {
      double at = Canvas.MID + side * (w / 2 - 58);
      double width = metal ? 6 : 9;
      c.line(
          Path.at(at - 9, y + 10)
              .to(at - 26, floor - 12)
              .move(at + 9, y + 10)
              .to(at + 26, floor - 12),
          legs.shade(),
          width);
      c.line(
          Path.at(at - 12, y + 10)
              .to(at - 34, floor - 2)
              .move(at + 12, y + 10)
              .to(at + 34, floor - 2),
          legs.base(),
          width);
      c.line(Path.at(at - 25, floor - 44).across(at + 25), legs.shade(), width * 0.7);
    }
    top(c, k, x, y, w, 15, k.is("nordico") ? 8 : 13);
    if (!k.is("nordico")) {
      c.line(
          Path.at(x + 16, y - 6).across(x + w - 16).move(x + 9, y + 6).across(x + w - 9),
          t.deep(),
          1.2,
          0.4);
    }
  }

  private static void round(Canvas c, Look k, double w) {
    Tone t = k.main();
    double floor = Canvas.FLOOR;
    double y = floor - 132;
    c.shadow(Canvas.MID, floor + 2, w * 0.66);
    if (k.of("vetro")) {
      c.line(
          Path.at(Canvas.MID - 62, floor)
              .to(Canvas.MID + 46, y)
              .move(Canvas.MID + 62, floor)
              .to(Canvas.MID - 46, y)
              .move(Canvas.MID, floor - 8)
              .down(y),
          "#7d5339",
          9);
      c.ellipse(Canvas.MID, y, w / 2, 24, t.base(), 0.55);
      c.ring(Canvas.MID, y, w / 2, 24, t.shade(), 2.5);
      Texture.on(c, k, Canvas.MID - 100, y - 20, 120, 40);
      return;
    }
    if (k.of("travertino")) {
      c.rect(Canvas.MID - w * 0.2, y, w * 0.4, floor - y + 2, 6, t.base());
      c.rect(Canvas.MID + w * 0.06, y, w * 0.14, floor - y + 2, 6, t.shade());
      Texture.strata(c, t, Canvas.MID - w * 0.2, y + 30, w * 0.4, 90);
      disc(c, k, y, w, 22, 14);
      return;
    }
    if (k.is("anni-50")) {
      Tone foot = Tone.of("#f2efe8");
      c.fill(
          Path.at(Canvas.MID - 26, y + 10)
              .cubic(Canvas.MID - 8, y + 40, Canvas.MID - 9, floor - 40, Canvas.MID - 66, floor)
              .quad(Canvas.MID, floor + 14, Canvas.MID + 66, floor)
              .cubic(Canvas.MID + 9, floor - 40, Canvas.MID + 8, y + 40, Canvas.MID + 26, y + 10)
              .close(),
          foot.base());
      c.fill(
          Path.at(Canvas.MID + 4, y + 10)
              .cubic(Canvas.MID + 2, y + 40, Canvas.MID + 4, floor - 40, Canvas.MID + 22, floor + 6)
              .quad(Canvas.MID + 50, floor + 5, Canvas.MID + 66, floor)
              .cubic(Canvas.MID + 9, floor - 40, Canvas.MID + 8, y + 40, Canvas.MID + 26, y + 10)
              .close(),
          "#dcd6c9");
      disc(c, k, y, w, 22, 6);
      return;
    }
    if (k.of("laminato")) {
      c.rect(Canvas.MID - 6, y, 12, floor - y - 8, 2, DARK);
      c.line(
          Path.at(Canvas.MID - 56, floor)
              .quad(Canvas.MID - 20, floor - 16, Canvas.MID, floor - 14)
              .quad(Canvas.MID + 20, floor - 16, Canvas.MID + 56, floor),
          DARK,
          8);
    } else {
      c.leg(Canvas.MID - 50, y, floor - 10, 14, 14, t.shade());
      c.leg(Canvas.MID + 50, y, floor - 10, 14, -14, t.shade());
      c.leg(Canvas.MID - 64, y, floor + 2, 17, 6, t.base());
      c.leg(Canvas.MID + 64, y, floor + 2, 17, -6, t.base());
    }
    disc(c, k, y, w, 22, 8);
  }
}
