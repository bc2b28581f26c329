package dev.filo.demo.art;

/** Sofas, sofa beds and daybeds; armchairs borrow their seat. */
final class Sofas {

  private static final double SCALE = 1.4;
  private static final double WIDEST = 314;

  private Sofas() {}

  static void draw(Canvas c, Look k) {
    double scale = Math.min(SCALE, WIDEST / k.width());
    double w = k.width() * scale;
    double h = k.height() * scale;
    switch (k.kind()) {
      case "three" -> seat(c, k, w, h, 3);
      case "two" -> seat(c, k, w, h, 2);
      case "corner" -> corner(c, k, w, Math.max(h, 108));
      case "bed" -> bed(c, k, w, h);
      case "daybed" -> daybed(c, k, w);
      default -> throw Picture.unknown("sofa." + k.kind());
    }
  }

  /** A seat for {@code n}, as its style has it. */
  static void seat(Canvas c, Look k, double w, double h, int n) {
    c.shadow(Canvas.MID, Canvas.FLOOR, w);
    if (k.of("boucle")) {
      curved(c, k, w, h, n);
    } else if (k.is("japandi")) {
      platform(c, k, w, h, n);
    } else if (k.is("nordico")) {
      wooden(c, k, w, h, n);
    } else if (k.is("classico")) {
      rolled(c, k, w, h, n);
    } else {
      boxed(c, k, w, h, n);
    }
  }

  /** Arms like upright boards, slim or full. */
  private static void boxed(Canvas c, Look k, double w, double h, int n) {
    Tone t = k.main();
    double floor = Canvas.FLOOR;
    double x = Canvas.MID - w / 2;
    boolean slim = k.is("contemporaneo") || k.is("anni-50");
    double arm = slim ? 17 : 27;
    double leg = slim ? h * 0.16 : h * 0.09;
    double armTop = floor - h * (slim ? 0.68 : 0.62);
    legs(c, k, x + arm * 0.7, w - arm * 1.4, leg);
    double inner = w - 2 * arm;
    c.rect(x + arm * 0.5, floor - h + 4, w - arm, h * 0.7, 16, t.shade());
    double each = inner / n;
    for (int i = 0; i < n; i++) {
      cushion(c, k, x + arm + i * each + 1, floor - h, each - 2, h * 0.56, 14, t.base());
    }
    c.rect(
        x + arm - 4,
        floor - h * 0.36,
        inner + 8,
        h * 0.36 - leg,
        5,
        Tone.mix(t.base(), t.shade(), 0.5));
    for (int i = 0; i < n; i++) {
      double at = x + arm + i * each + 1;
      c.rect(at, floor - h * 0.52, each - 2, h * 0.23, 9, t.light());
      c.gleam(at + 12, at + each - 14, floor - h * 0.52 + 4);
    }
    for (double at : new double[] {x, x + w - arm}) {
      c.rect(at, armTop, arm, floor - leg - armTop, slim ? 8 : 12, t.base());
      c.gleam(at + 6, at + arm - 6, armTop + 4);
      double inside = at < Canvas.MID ? at + arm - 4 : at + 4;
      c.line(Path.at(inside, armTop + 12).down(floor - leg - 8), t.shade(), 1.5);
    }
  }

  /** Everything round, resting on a base nobody sees. */
  private static void curved(Canvas c, Look k, double w, double h, int n) {
    Tone t = k.main();
    double floor = Canvas.FLOOR;
    double x = Canvas.MID - w / 2;
    c.rect(x + w * 0.12, floor - 12, w * 0.76, 10, 4, Tone.darker(k.frame().base(), 0.6));
    c.rect(x + w * 0.03, floor - h, w * 0.94, h * 0.9, h * 0.46, t.shade());
    c.rect(x + w * 0.07, floor - h + 5, w * 0.86, h * 0.6, h * 0.36, t.base());
    Texture.dots(c, k, x + w * 0.16, floor - h + 8, w * 0.68, h * 0.36);
    double arm = Math.min(w * 0.2, 44);
    c.rect(x + arm * 0.5, floor - h * 0.56, w - arm, h * 0.5, 20, t.light());
    Path seams = Path.at(x + w / n, floor - h * 0.52).down(floor - 13);
    for (int i = 2; i < n; i++) {
      seams.move(x + i * w / n, floor - h * 0.52).down(floor - 13);
    }
    if (n > 1) {
      c.line(seams, t.shade(), 3);
    }
    c.rect(x, floor - h * 0.68, arm, h * 0.62, arm * 0.5, t.base());
    c.rect(x + w - arm, floor - h * 0.68, arm, h * 0.62, arm * 0.5, t.base());
    Texture.dots(c, k, x + 3, floor - h * 0.6, arm - 6, h * 0.46);
    Texture.dots(c, k, x + w - arm + 3, floor - h * 0.6, arm - 6, h * 0.46);
  }

  /** A low wooden platform with mattress cushions. */
  private static void platform(Canvas c, Look k, double w, double h, int n) {
    Tone t = k.main();
    Tone f = k.frame();
    double floor = Canvas.FLOOR;
    double x = Canvas.MID - w / 2;
    c.rect(x + 10, floor - 24, 12, 24, 2, f.shade());
    c.rect(x + w - 22, floor - 24, 12, 24, 2, f.shade());
    c.rect(x + 8, floor - h * 0.74, w - 16, h * 0.5, 5, f.shade());
    double each = (w - 28) / n;
    for (int i = 0; i < n; i++) {
      cushion(c, k, x + 14 + i * each + 1, floor - h, each - 2, h * 0.58, 12, t.base());
    }
    for (int i = 0; i < n; i++) {
      double at = x + 12 + i * (w - 24) / n;
      c.rect(at + 1, floor - h * 0.52, (w - 24) / n - 2, h * 0.28, 9, t.light());
      c.line(Path.at(at + 8, floor - h * 0.38).across(at + (w - 24) / n - 8), t.shade(), 1.5, 0.7);
    }
    c.rect(x, floor - h * 0.26, w, 13, 4, f.base());
    c.gleam(x + 8, x + w - 8, floor - h * 0.26 + 3);
  }

  /** Arms of bare wood. */
  private static void wooden(Canvas c, Look k, double w, double h, int n) {
    Tone t = k.main();
    Tone f = k.frame();
    double floor = Canvas.FLOOR;
    double x = Canvas.MID - w / 2;
    c.rect(x + 10, floor - h + 6, w - 20, h * 0.62, 8, f.shade());
    double each = (w - 36) / n;
    for (int i = 0; i < n; i++) {
      cushion(c, k, x + 18 + i * each + 1, floor - h, each - 2, h * 0.58, 12, t.base());
    }
    for (int i = 0; i < n; i++) {
      double at = x + 18 + i * each + 1;
      c.rect(at, floor - h * 0.52, each - 2, h * 0.22, 9, t.light());
      c.gleam(at + 12, at + each - 14, floor - h * 0.52 + 4);
    }
    c.rect(x + 12, floor - h * 0.3, w - 24, 9, 3, f.base());
    for (int side = -1; side <= 1; side += 2) {
      double edge = Canvas.MID + side * (w / 2 - 7);
      c.leg(edge, floor - h * 0.64, floor, 11, side * 3, f.base());
      c.line(
          Path.at(edge - side * 14, floor - h * 0.65)
              .quad(edge, floor - h * 0.7, edge + side * 8, floor - h * 0.63),
          f.light(),
          9);
    }
  }

  /** Rolled arms and a buttoned back. */
  private static void rolled(Canvas c, Look k, double w, double h, int n) {
    Tone t = k.main();
    double floor = Canvas.FLOOR;
    double x = Canvas.MID - w / 2;
    double arm = 36;
    double leg = h * 0.11;
    for (int side = -1; side <= 1; side += 2) {
      double at = Canvas.MID + side * (w / 2 - 24);
      c.leg(at, floor - leg - 2, floor, 12, 0, k.frame().shade());
    }
    double top = floor - h;
    c.fill(
        Path.at(x + 16, floor - h * 0.3)
            .down(top + 18)
            .quad(x + 22, top + 6, x + 44, top + 7)
            .quad(Canvas.MID, top - 9, x + w - 44, top + 7)
            .quad(x + w - 22, top + 6, x + w - 16, top + 18)
            .down(floor - h * 0.3)
            .close(),
        t.base());
    Path quilt = Path.at(x + arm, top + 14);
    Path buttons = Path.at(x + arm, top + 14);
    int columns = n * 2 + 1;
    double step = (w - 2 * arm) / columns;
    for (int i = 0; i <= columns; i++) {
      double at = x + arm + i * step;
      buttons.move(at, top + h * 0.26).across(at);
      if (i < columns) {
        quilt
            .move(at, top + h * 0.26)
            .to(at + step / 2, top + h * 0.44)
            .to(at + step, top + h * 0.26);
        quilt.move(at + step / 2, top + h * 0.1).to(at, top + h * 0.26);
        quilt.move(at + step / 2, top + h * 0.1).to(at + step, top + h * 0.26);
      }
    }
    c.line(quilt, t.shade(), 2);
    c.line(buttons, t.deep(), 5);
    c.rect(x + arm - 8, floor - h * 0.36, w - 2 * arm + 16, h * 0.36 - leg, 4, t.shade());
    double each = (w - 2 * arm) / n;
    for (int i = 0; i < n; i++) {
      double at = x + arm + i * each + 1;
      c.rect(at, floor - h * 0.5, each - 2, h * 0.22, 9, t.light());
      c.gleam(at + 10, at + each - 12, floor - h * 0.5 + 4);
    }
    for (int side = -1; side <= 1; side += 2) {
      double at = Canvas.MID + side * (w / 2 - arm / 2);
      c.rect(at - arm * 0.36, floor - h * 0.56, arm * 0.72, h * 0.56 - leg, 6, t.base());
      c.ellipse(at, floor - h * 0.56, arm / 2, arm / 2.2, t.base());
      c.ring(at, floor - h * 0.56, arm / 4.2, arm / 4.8, t.shade(), 2.5);
      c.line(Path.at(at, floor - h * 0.42).down(floor - leg - 7), t.shade(), 2);
    }
  }

  private static void corner(Canvas c, Look k, double w, double h) {
    Tone t = k.main();
    double floor = Canvas.FLOOR - 8;
    double x = Canvas.MID - w / 2;
    double chaise = w * 0.36;
    boolean left = k.pick(2) == 0;
    double cx = left ? x : x + w - chaise;
    double bx = left ? x + chaise : x;
    double rest = w - chaise;
    double arm = 24;
    double ax = left ? x + w - arm : x;
    c.shadow(Canvas.MID, floor + 2, w);
    c.shadow(cx + chaise / 2, floor + 16, chaise * 0.9);
    legs(c, k, left ? bx + 10 : bx + 16, rest - 26, 9);
    c.rect(x + 6, floor - h + 5, w - 12, h * 0.7, 16, t.shade());
    double each = (rest - arm + chaise - 8) / 3;
    for (int i = 0; i < 3; i++) {
      double at = (left ? x + 8 : x + arm) + i * each;
      cushion(c, k, at + 1, floor - h, each - 2, h * 0.56, 14, t.base());
    }
    c.rect(bx, floor - h * 0.36, rest, h * 0.36 - 9, 4, t.shade());
    double seat = (rest - arm) / 2;
    for (int i = 0; i < 2; i++) {
      double at = (left ? bx : bx + arm) + i * seat + 1;
      c.rect(at, floor - h * 0.52, seat - 2, h * 0.22, 9, t.light());
      c.gleam(at + 10, at + seat - 12, floor - h * 0.52 + 4);
    }
    c.rect(ax, floor - h * 0.64, arm, h * 0.64 - 9, 10, t.base());
    // The chaise comes towards us: its top is seen, and its front stands lower.
    c.leg(cx + 14, floor, floor + 16, 8, 0, k.frame().shade());
    c.leg(cx + chaise - 14, floor, floor + 16, 8, 0, k.frame().shade());
    c.fill(
        Path.at(cx + 6, floor - h * 0.5)
            .across(cx + chaise - 6)
            .to(cx + chaise, floor - h * 0.22)
            .across(cx)
            .close(),
        t.light());
    c.rect(cx, floor - h * 0.24, chaise, h * 0.2, 8, t.base());
    c.gleam(cx + 10, cx + chaise - 10, floor - h * 0.24 + 4);
    c.rect(cx + 2, floor - h * 0.06, chaise - 4, 14, 4, t.shade());
  }

  private static void bed(Canvas c, Look k, double w, double h) {
    seat(c, k, w, h, 2);
    // The mattress shows under the seat.
    double x = Canvas.MID - w / 2;
    double in = k.is("classico") ? 38 : 30;
    c.rect(x + in, Canvas.FLOOR - h * 0.31, w - 2 * in, h * 0.08, 4, "#f5f1e8");
    c.rect(x + in, Canvas.FLOOR - h * 0.235, w - 2 * in, 2.5, 1, "#d8d0c0");
    c.line(
        Path.at(Canvas.MID - 14, Canvas.FLOOR - h * 0.17).across(Canvas.MID + 14),
        k.main().deep(),
        3);
  }

  private static void daybed(Canvas c, Look k, double w) {
    Tone t = k.main();
    Tone f = k.frame();
    double floor = Canvas.FLOOR;
    double x = Canvas.MID - w / 2;
    c.shadow(Canvas.MID, floor, w);
    c.leg(x + 24, floor - 46, floor, 11, -6, f.base());
    c.leg(x + w - 24, floor - 46, floor, 11, 6, f.base());
    if (k.of("lino")) {
      c.rect(x, floor - 92, 10, 50, 4, f.base());
      c.rect(x + w - 10, floor - 92, 10, 50, 4, f.base());
    }
    c.rect(x, floor - 52, w, 12, 4, f.base());
    c.gleam(x + 6, x + w - 6, floor - 49);
    c.rect(x + 8, floor - 80, w - 16, 30, 9, t.base());
    Path seams = Path.at(x + w * 0.25, floor - 77).down(floor - 54);
    for (int i = 2; i < 4; i++) {
      seams.move(x + w * 0.25 * i, floor - 77).down(floor - 54);
    }
    c.line(seams, t.shade(), 2.5);
    c.gleam(x + 18, x + w - 18, floor - 76);
    c.rect(x + 10, floor - 106, 74, 28, 14, t.light());
    c.ellipse(x + 24, floor - 92, 13, 13, t.shade());
    c.ellipse(x + 24, floor - 92, 5, 5, t.base());
    if (k.of("lino")) {
      c.rect(x + w - 86, floor - 118, 70, 42, 12, t.light());
      Texture.on(c, k, x + w - 86, floor - 118, 70, 42);
    }
  }

  private static void cushion(
      Canvas c, Look k, double x, double y, double w, double h, double r, String colour) {
    c.rect(x, y, w, h, r, colour);
    c.gleam(x + r, x + w - r, y + 4);
    Texture.on(c, k, x, y, w, h * 0.86);
  }

  private static void legs(Canvas c, Look k, double x, double w, double height) {
    String colour = k.of("pelle") ? k.frame().shade() : k.frame().base();
    double top = Canvas.FLOOR - height - 3;
    c.leg(x, top, Canvas.FLOOR, 10, -2, colour);
    c.leg(x + w, top, Canvas.FLOOR, 10, 2, colour);
  }
}
