package dev.filo.demo.art;

/** Armchairs, wing chairs, tub chairs and rocking chairs. */
final class Armchairs {

  private static final double SCALE = 1.9;

  private Armchairs() {}

  static void draw(Canvas c, Look k) {
    double w = k.width() * SCALE;
    double h = k.height() * SCALE;
    switch (k.kind()) {
      case "lounge" -> Sofas.seat(c, k, w, h, 1);
      case "wing" -> wing(c, k, w * 1.02, h);
      case "tub" -> tub(c, k, w, h);
      case "rocking" -> rocking(c, k);
      default -> throw Picture.unknown("armchair." + k.kind());
    }
  }

  private static void wing(Canvas c, Look k, double w, double h) {
    Tone t = k.main();
    double floor = Canvas.FLOOR;
    double x = Canvas.MID - w / 2;
    double top = floor - h;
    double arm = 30;
    c.shadow(Canvas.MID, floor, w);
    c.leg(x + 18, floor - 30, floor, 10, -2, k.frame().shade());
    c.leg(x + w - 18, floor - 30, floor, 10, 2, k.frame().shade());
    for (int side = -1; side <= 1; side += 2) {
      double in = Canvas.MID + side * (w / 2 - 34);
      double out = Canvas.MID + side * (w / 2 - 6);
      c.fill(
          Path.at(in, top + 12)
              .quad(out + side * 2, top + 4, out, top + h * 0.22)
              .quad(out - side * 9, top + h * 0.42, out - side * 4, floor - h * 0.44)
              .across(in)
              .close(),
          t.shade());
    }
    double half = w / 2 - 24;
    c.fill(
        Path.at(Canvas.MID - half, floor - h * 0.2)
            .down(top + 26)
            .quad(Canvas.MID - half + 2, top + 5, Canvas.MID - half * 0.4, top + 2)
            .quad(Canvas.MID, top - 5, Canvas.MID + half * 0.4, top + 2)
            .quad(Canvas.MID + half - 2, top + 5, Canvas.MID + half, top + 26)
            .down(floor - h * 0.2)
            .close(),
        t.base());
    if (k.is("classico")) {
      Path buttons = Path.at(Canvas.MID - half * 0.5, top + h * 0.14);
      Path quilt = Path.at(Canvas.MID - half, top + h * 0.06);
      for (int row = 0; row < 3; row++) {
        for (int i = -1; i <= 1; i++) {
          double at = Canvas.MID + (i + (row % 2 == 0 ? 0 : 0.5)) * half * 0.62;
          if (row % 2 == 0 || i < 1) {
            double y = top + h * (0.13 + row * 0.12);
            buttons.move(at, y).across(at);
            quilt
                .move(at, y)
                .to(at - half * 0.31, y + h * 0.12)
                .move(at, y)
                .to(at + half * 0.31, y + h * 0.12);
          }
        }
      }
      c.line(quilt, t.shade(), 2);
      c.line(buttons, t.deep(), 4.5);
    } else {
      Texture.on(c, k, Canvas.MID - half, top + 10, 2 * half, h * 0.48);
    }
    c.rect(x + arm - 6, floor - h * 0.24, w - 2 * arm + 12, h * 0.24 - 20, 4, t.shade());
    c.rect(x + arm - 3, floor - h * 0.38, w - 2 * arm + 6, h * 0.16, 10, t.light());
    c.gleam(x + arm + 10, x + w - arm - 12, floor - h * 0.38 + 4);
    for (int side = -1; side <= 1; side += 2) {
      double at = Canvas.MID + side * (w / 2 - arm / 2);
      c.rect(at - arm * 0.36, floor - h * 0.46, arm * 0.72, h * 0.46 - 20, 6, t.base());
      c.ellipse(at, floor - h * 0.46, arm / 2, arm / 2.3, t.base());
      c.ring(at, floor - h * 0.46, arm / 4.4, arm / 5, t.shade(), 2.5);
      c.line(Path.at(at, floor - h * 0.36).down(floor - 27), t.shade(), 2);
    }
  }

  private static void tub(Canvas c, Look k, double w, double h) {
    Tone t = k.main();
    double floor = Canvas.FLOOR;
    double x = Canvas.MID - w / 2;
    double top = floor - h;
    c.shadow(Canvas.MID, floor, w * 0.9);
    boolean swivel = k.of("boucle");
    if (swivel) {
      c.rect(Canvas.MID - w * 0.26, floor - 10, w * 0.52, 9, 4, Tone.darker(k.frame().base(), 0.6));
    } else {
      String legs = k.of("pelle") ? "#35322e" : k.frame().base();
      c.leg(x + w * 0.2, floor - 36, floor, 9, -8, legs);
      c.leg(x + w * 0.8, floor - 36, floor, 9, 8, legs);
    }
    double bottom = floor - (swivel ? 9 : 32);
    // The inside of the back, then the shell that embraces the seat.
    c.fill(
        Path.at(x + 8, floor - h * 0.36)
            .cubic(x + 2, top + h * 0.02, x + w * 0.26, top, Canvas.MID, top)
            .cubic(x + w * 0.74, top, x + w - 2, top + h * 0.02, x + w - 8, floor - h * 0.36)
            .close(),
        k.of("rattan") ? t.base() : t.shade());
    if (k.of("rattan")) {
      Texture.cane(c, t, x + 26, top + 14, w - 52, h * 0.42);
    } else if (k.of("velluto")) {
      Path petals = Path.at(Canvas.MID, floor - h * 0.3).down(top + 4);
      for (int i = 1; i <= 2; i++) {
        for (int side = -1; side <= 1; side += 2) {
          double at = Canvas.MID + side * i * w * 0.16;
          petals
              .move(Canvas.MID + side * i * w * 0.1, floor - h * 0.3)
              .quad(at, floor - h * 0.6, at, top + 4 + i * i * 2.6);
        }
      }
      c.line(petals, t.deep(), 2.5, 0.7);
    } else {
      Texture.on(c, k, x + 22, top + 12, w - 44, h * 0.4);
    }
    c.rect(
        x + w * 0.12,
        floor - h * 0.46,
        w * 0.76,
        h * 0.2,
        18,
        k.of("rattan") ? "#f1e9da" : t.light());
    c.gleam(x + w * 0.24, x + w * 0.76, floor - h * 0.46 + 5);
    c.fill(
        Path.at(x + 6, floor - h * 0.42)
            .quad(x - 1, floor - h * 0.66, x + 13, floor - h * 0.66)
            .quad(x + w * 0.19, floor - h * 0.64, x + w * 0.19, floor - h * 0.44)
            .quad(x + w * 0.22, floor - h * 0.3, Canvas.MID, floor - h * 0.3)
            .quad(x + w * 0.78, floor - h * 0.3, x + w * 0.81, floor - h * 0.44)
            .quad(x + w * 0.81, floor - h * 0.64, x + w - 13, floor - h * 0.66)
            .quad(x + w + 1, floor - h * 0.66, x + w - 6, floor - h * 0.42)
            .quad(x + w * 0.94, bottom, x + w * 0.8, bottom)
            .across(x + w * 0.2)
            .quad(x + w * 0.06, bottom, x + 6, floor - h * 0.42)
            .close(),
        t.base());
    if (k.of("rattan")) {
      Texture.cane(c, t, x + w * 0.2, floor - h * 0.28, w * 0.6, h * 0.28 - 38);
    } else if (k.of("boucle")) {
      Texture.dots(c, k, x + w * 0.14, floor - h * 0.28, w * 0.72, h * 0.16);
    }
  }

  /** From the side: a rocking chair is its runners. */
  private static void rocking(Canvas c, Look k) {
    Tone t = k.main();
    boolean fabric = k.of("lana");
    Tone f = fabric ? k.frame() : t;
    c.shadow(206, 252, 190);
    c.line(Path.at(108, 236).quad(196, 266, 306, 232), f.shade(), 9);
    c.line(Path.at(150, 246).to(142, 168), f.base(), 9);
    c.line(Path.at(246, 249).to(258, 176), f.base(), 9);
    c.line(Path.at(138, 142).quad(178, 134, 262, 146), f.base(), 10);
    c.line(Path.at(146, 190).to(140, 142), f.base(), 8);
    if (fabric) {
      c.fill(
          Path.at(236, 188)
              .quad(246, 120, 282, 62)
              .quad(292, 50, 306, 60)
              .quad(314, 68, 308, 80)
              .quad(282, 130, 270, 192)
              .close(),
          t.shade());
      c.fill(
          Path.at(228, 180)
              .quad(238, 116, 270, 62)
              .quad(280, 50, 292, 58)
              .quad(298, 66, 292, 78)
              .quad(266, 128, 256, 184)
              .close(),
          t.base());
      c.rect(130, 168, 128, 28, 12, t.light());
      c.gleam(146, 240, 173);
      Texture.weave(c, k, 134, 170, 116, 24);
      c.line(Path.at(148, 152).quad(186, 144, 250, 152), f.light(), 9);
    } else {
      c.line(Path.at(246, 184).quad(254, 122, 286, 60), f.base(), 10);
      c.line(Path.at(228, 182).quad(236, 122, 266, 58), f.light(), 8);
      Path slats = Path.at(232, 158).to(252, 158);
      for (int i = 1; i < 6; i++) {
        slats.move(233 + i * 5.5, 158 - i * 18).to(252 + i * 6, 158 - i * 18);
      }
      c.line(slats, f.shade(), 5);
      c.line(Path.at(262, 58).quad(274, 48, 290, 58), f.light(), 11);
      c.fill(
          Path.at(134, 176).quad(190, 190, 254, 178).to(256, 190).quad(192, 202, 134, 188).close(),
          f.light());
      if (k.of("rattan")) {
        c.rect(136, 164, 116, 17, 8, "#f1e9da");
        c.gleam(148, 240, 168);
      }
    }
  }
}
