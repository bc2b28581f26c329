package dev.filo.demo.art;

/** Chairs and stools. */
final class Chairs {

  private static final double SCALE = 2.35;

  private Chairs() {}

  static void draw(Canvas c, Look k) {
    double w = k.width() * SCALE;
    double h = k.height() * SCALE;
    switch (k.kind()) {
      case "wood" -> wood(c, k, w, h);
      case "padded" -> padded(c, k, w, h);
      case "arms" -> arms(c, k, w, h);
      case "stool" -> stool(c, k);
      case "bar" -> bar(c, k);
      default -> throw Picture.unknown("chair." + k.kind());
    }
  }

  private static void legs(
      Canvas c, String front, String back, double w, double seat, double lean) {
    double floor = Canvas.FLOOR + 6;
    for (int side = -1; side <= 1; side += 2) {
      c.leg(Canvas.MID + side * (w / 2 - 20), seat, floor - 9, 8, side * lean * 0.4, back);
      c.leg(Canvas.MID + side * (w / 2 - 9), seat, floor, 10, side * lean, front);
    }
  }

  /** The seat, seen a little from above. */
  private static void seat(Canvas c, double w, double y, double deep, String top, String edge) {
    double x = Canvas.MID - w / 2;
    c.fill(
        Path.at(x + 8, y - deep)
            .across(x + w - 8)
            .quad(x + w, y - deep / 2, x + w, y)
            .quad(x + w, y + 8, x + w - 8, y + 8)
            .across(x + 8)
            .quad(x, y + 8, x, y)
            .quad(x, y - deep / 2, x + 8, y - deep)
            .close(),
        edge);
    c.fill(
        Path.at(x + 8, y - deep)
            .across(x + w - 8)
            .quad(x + w, y - deep / 2, x + w, y - 1)
            .quad(Canvas.MID, y + 4, x, y - 1)
            .quad(x, y - deep / 2, x + 8, y - deep)
            .close(),
        top);
  }

  private static void wood(Canvas c, Look k, double w, double h) {
    Tone t = k.main();
    double floor = Canvas.FLOOR + 6;
    double top = floor - h;
    double seat = floor - 46 * SCALE;
    c.shadow(Canvas.MID, floor, w);
    double half = w / 2 - 10;
    if (k.of("metallo")) {
      legs(c, t.base(), t.shade(), w, seat, 5);
      c.line(
          Path.at(Canvas.MID - half, seat)
              .quad(Canvas.MID - half - 2, top, Canvas.MID - half + 16, top)
              .across(Canvas.MID + half - 16)
              .quad(Canvas.MID + half + 2, top, Canvas.MID + half, seat),
          t.base(),
          7);
      c.rect(Canvas.MID - 15, top, 30, seat - top, 4, t.light());
      c.line(Path.at(Canvas.MID, top + 14).down(seat - 22), t.shade(), 2);
      seat(c, w, seat, 12, t.light(), t.shade());
      c.line(
          Path.at(Canvas.MID - half + 10, floor - 40)
              .quad(Canvas.MID, floor - 66, Canvas.MID + half - 10, floor - 40),
          t.shade(),
          3);
      return;
    }
    if (k.of("laminato")) {
      legs(c, "#4a4743", "#5c5853", w, seat, 4);
      c.line(
          Path.at(Canvas.MID - half + 4, seat)
              .to(Canvas.MID - half + 12, top + 20)
              .move(Canvas.MID + half - 4, seat)
              .to(Canvas.MID + half - 12, top + 20),
          "#4a4743",
          6);
      c.fill(
          Path.at(Canvas.MID - half + 2, top + 8)
              .quad(Canvas.MID, top - 4, Canvas.MID + half - 2, top + 8)
              .quad(Canvas.MID + half + 4, top + 34, Canvas.MID + half - 8, top + 46)
              .quad(Canvas.MID, top + 38, Canvas.MID - half + 8, top + 46)
              .quad(Canvas.MID - half - 4, top + 34, Canvas.MID - half + 2, top + 8)
              .close(),
          t.base());
      c.gleam(Canvas.MID - half + 14, Canvas.MID + half - 14, top + 10);
      seat(c, w - 4, seat, 14, t.light(), t.shade());
      return;
    }
    legs(c, t.base(), t.shade(), w, seat, 6);
    c.line(Path.at(Canvas.MID - half + 6, floor - 44).across(Canvas.MID + half - 6), t.shade(), 4);
    c.line(
        Path.at(Canvas.MID - half + 4, seat)
            .to(Canvas.MID - half, top + 8)
            .move(Canvas.MID + half - 4, seat)
            .to(Canvas.MID + half, top + 8),
        t.base(),
        8);
    if (k.of("rattan")) {
      c.rect(Canvas.MID - half + 2, top + 4, 2 * half - 4, (seat - top) * 0.66, 14, "#e9d9b8");
      Texture.cane(
          c, Tone.of("#d9c49b"), Canvas.MID - half + 4, top + 8, 2 * half - 8, (seat - top) * 0.6);
      c.line(
          Path.at(Canvas.MID - half, top + 16)
              .quad(Canvas.MID - half, top + 2, Canvas.MID - half + 16, top + 2)
              .across(Canvas.MID + half - 16)
              .quad(Canvas.MID + half, top + 2, Canvas.MID + half, top + 16)
              .move(Canvas.MID - half, top + (seat - top) * 0.7)
              .across(Canvas.MID + half),
          t.base(),
          8);
      seat(c, w, seat, 14, "#e9d9b8", t.shade());
      return;
    }
    boolean spindles = k.is("nordico") || (k.of("faggio") && k.pick(2) == 0);
    if (spindles) {
      Path rods = Path.at(Canvas.MID, seat - 6).down(top + 8);
      for (int i = 1; i <= 2; i++) {
        rods.move(Canvas.MID - i * half * 0.3, seat - 6).to(Canvas.MID - i * half * 0.33, top + 8);
        rods.move(Canvas.MID + i * half * 0.3, seat - 6).to(Canvas.MID + i * half * 0.33, top + 8);
      }
      c.line(rods, t.shade(), 3.5);
      c.line(
          Path.at(Canvas.MID - half - 2, top + 10)
              .quad(Canvas.MID, top - 8, Canvas.MID + half + 2, top + 10),
          t.light(),
          14);
    } else if (k.is("classico")) {
      c.line(
          Path.at(Canvas.MID - half, top + 26)
              .quad(Canvas.MID - half, top, Canvas.MID, top)
              .quad(Canvas.MID + half, top, Canvas.MID + half, top + 26),
          t.base(),
          8);
      c.line(
          Path.at(Canvas.MID - half * 0.5, seat - 6)
              .quad(Canvas.MID - half * 0.56, top + 18, Canvas.MID, top + 18)
              .quad(Canvas.MID + half * 0.56, top + 18, Canvas.MID + half * 0.5, seat - 6),
          t.shade(),
          5);
    } else {
      c.fill(
          Path.at(Canvas.MID - half - 4, top + 4)
              .quad(Canvas.MID, top - 7, Canvas.MID + half + 4, top + 4)
              .to(Canvas.MID + half + 2, top + 34)
              .quad(Canvas.MID, top + 24, Canvas.MID - half - 2, top + 34)
              .close(),
          t.light());
      Texture.grain(c, t, Canvas.MID - half, top, 2 * half, 32);
    }
    seat(c, w, seat, 14, t.light(), t.shade());
  }

  private static void padded(Canvas c, Look k, double w, double h) {
    Tone t = k.main();
    double floor = Canvas.FLOOR + 6;
    double top = floor - h;
    double seat = floor - 47 * SCALE;
    c.shadow(Canvas.MID, floor, w);
    boolean metal = k.is("contemporaneo") && k.of("tessuto");
    String leg = metal ? "#3b3834" : k.frame().base();
    String back = metal ? "#4d4a45" : k.frame().shade();
    if (k.of("lino")) {
      // Dressed down to the floor.
      c.fill(
          Path.at(Canvas.MID - w / 2 + 2, seat)
              .across(Canvas.MID + w / 2 - 2)
              .to(Canvas.MID + w / 2 + 2, floor - 2)
              .quad(Canvas.MID, floor + 4, Canvas.MID - w / 2 - 2, floor - 2)
              .close(),
          t.shade());
      c.line(
          Path.at(Canvas.MID - 18, seat + 14)
              .to(Canvas.MID - 20, floor - 3)
              .move(Canvas.MID + 18, seat + 14)
              .to(Canvas.MID + 20, floor - 3),
          t.deep(),
          1.5,
          0.5);
    } else {
      legs(c, leg, back, w, seat, metal ? 7 : 5);
    }
    double half = w / 2 - 5;
    double r = k.of("boucle") ? 46 : k.of("pelle") ? 8 : 18;
    double low = k.of("boucle") ? top + (seat - top) * 0.86 : seat - 12;
    c.rect(Canvas.MID - half, top, 2 * half, low - top, r, t.base());
    if (k.of("velluto")) {
      Path channels = Path.at(Canvas.MID, top + 7).down(low - 6);
      for (int i = 1; i <= 2; i++) {
        channels.move(Canvas.MID - i * half * 0.38, top + 8).down(low - 6);
        channels.move(Canvas.MID + i * half * 0.38, top + 8).down(low - 6);
      }
      c.line(channels, t.shade(), 2.5);
    } else if (k.of("pelle")) {
      c.dashes(
          Path.at(Canvas.MID - half + 6, top + 7)
              .across(Canvas.MID + half - 6)
              .down(low - 8)
              .across(Canvas.MID - half + 6)
              .close(),
          "#fff",
          1.5,
          0.5,
          3,
          5);
    } else {
      Texture.on(c, k, Canvas.MID - half + 4, top + 8, 2 * half - 8, (low - top) * 0.8);
    }
    c.gleam(Canvas.MID - half + r, Canvas.MID + half - r, top + 4);
    c.rect(Canvas.MID - w / 2, seat - 14, w, 26, 11, t.light());
    c.line(
        Path.at(Canvas.MID - w / 2 + 8, seat + 5).across(Canvas.MID + w / 2 - 8), t.shade(), 2.5);
  }

  private static void arms(Canvas c, Look k, double w, double h) {
    Tone t = k.main();
    double floor = Canvas.FLOOR + 4;
    double top = floor - h;
    double seat = floor - 45 * SCALE;
    double half = w / 2 - 8;
    c.shadow(Canvas.MID, floor, w);
    legs(c, t.base(), t.shade(), w, seat - 46, 5);
    if (k.of("rattan")) {
      c.fill(
          Path.at(Canvas.MID - half, seat)
              .quad(Canvas.MID - half - 8, top, Canvas.MID, top)
              .quad(Canvas.MID + half + 8, top, Canvas.MID + half, seat)
              .close(),
          t.base());
      Texture.cane(c, t, Canvas.MID - half + 16, top + 20, 2 * half - 32, seat - top - 20);
      c.line(
          Path.at(Canvas.MID - half, seat)
              .quad(Canvas.MID - half - 8, top, Canvas.MID, top)
              .quad(Canvas.MID + half + 8, top, Canvas.MID + half, seat),
          t.shade(),
          6);
      c.rect(Canvas.MID - half + 4, seat - 18, 2 * half - 8, 18, 9, "#f1e9da");
      seat(c, w, seat + 6, 8, t.light(), t.shade());
      return;
    }
    boolean bow = k.is("nordico");
    if (bow) {
      c.line(
          Path.at(Canvas.MID - 30, seat - 8)
              .to(Canvas.MID - 36, top + 12)
              .move(Canvas.MID, seat - 8)
              .down(top + 10)
              .move(Canvas.MID + 30, seat - 8)
              .to(Canvas.MID + 36, top + 12),
          t.shade(),
          6);
      c.line(
          Path.at(Canvas.MID - half - 4, seat - 52)
              .cubic(
                  Canvas.MID - half, top + 4, Canvas.MID - half * 0.4, top + 6, Canvas.MID, top + 6)
              .cubic(
                  Canvas.MID + half * 0.4,
                  top + 6,
                  Canvas.MID + half,
                  top + 4,
                  Canvas.MID + half + 4,
                  seat - 52),
          t.light(),
          13);
    } else {
      c.line(
          Path.at(Canvas.MID - half + 10, seat)
              .to(Canvas.MID - half + 6, top + 8)
              .move(Canvas.MID + half - 10, seat)
              .to(Canvas.MID + half - 6, top + 8),
          t.base(),
          8);
      c.line(
          Path.at(Canvas.MID - half * 0.4, seat - 6)
              .down(top + 10)
              .move(Canvas.MID, seat - 6)
              .down(top + 8)
              .move(Canvas.MID + half * 0.4, seat - 6)
              .down(top + 10),
          t.shade(),
          5);
      c.line(
          Path.at(Canvas.MID - half, top + 8).quad(Canvas.MID, top - 8, Canvas.MID + half, top + 8),
          t.light(),
          15);
      for (int side = -1; side <= 1; side += 2) {
        c.line(
            Path.at(Canvas.MID + side * (half - 9), seat - 46)
                .quad(
                    Canvas.MID + side * half,
                    seat - 56,
                    Canvas.MID + side * (half + 10),
                    seat - 46),
            t.light(),
            8);
      }
    }
    seat(c, w - 10, seat, 16, t.light(), t.shade());
  }

  private static void stool(Canvas c, Look k) {
    Tone t = k.main();
    double floor = Canvas.FLOOR;
    double w = 118;
    double top = floor - 132;
    c.shadow(Canvas.MID, floor, w);
    if (k.of("bambu")) {
      c.rect(Canvas.MID - 58, top + 12, 12, 120, 3, t.base());
      c.rect(Canvas.MID + 46, top + 12, 12, 120, 3, t.base());
      c.rect(Canvas.MID - 48, floor - 52, 96, 8, 2, t.shade());
      Path slats = Path.at(Canvas.MID - 58, top + 12).across(Canvas.MID + 58);
      c.rect(Canvas.MID - 68, top, 136, 14, 4, t.light());
      slats
          .move(Canvas.MID - 40, top + 2)
          .down(top + 11)
          .move(Canvas.MID, top + 2)
          .down(top + 11)
          .move(Canvas.MID + 40, top + 2)
          .down(top + 11);
      c.line(slats, t.shade(), 2);
      return;
    }
    boolean metal = k.of("metallo");
    double lean = metal ? 4 : 16;
    c.leg(Canvas.MID, top + 16, floor - 8, 10, 0, t.deep());
    c.leg(Canvas.MID - 38, top + 14, floor, 12, -lean, t.shade());
    c.leg(Canvas.MID + 38, top + 14, floor, 12, lean, t.shade());
    if (metal) {
      c.line(Path.at(Canvas.MID - 40, floor - 44).across(Canvas.MID + 40), t.shade(), 4);
    }
    c.fill(
        Path.at(Canvas.MID - w / 2, top + 8)
            .down(top + 18)
            .quad(Canvas.MID, top + 34, Canvas.MID + w / 2, top + 18)
            .down(top + 8)
            .close(),
        t.base());
    c.ellipse(Canvas.MID, top + 8, w / 2, 12, t.light());
    c.ellipse(Canvas.MID, top + 9, w * 0.34, 6, t.base());
  }

  private static void bar(Canvas c, Look k) {
    Tone t = k.main();
    double floor = Canvas.FLOOR + 14;
    double seat = 112;
    c.shadow(Canvas.MID, floor, 104);
    boolean soft = k.of("velluto");
    String leg = soft ? "#b8954f" : t.shade();
    String back = soft ? "#8e7039" : t.deep();
    c.leg(Canvas.MID - 30, seat, floor - 8, 8, -10, back);
    c.leg(Canvas.MID + 30, seat, floor - 8, 8, 10, back);
    c.leg(Canvas.MID - 40, seat, floor, 10, -14, leg);
    c.leg(Canvas.MID + 40, seat, floor, 10, 14, leg);
    c.line(
        Path.at(Canvas.MID - 49, floor - 52).across(Canvas.MID + 49),
        k.of("metallo") ? t.base() : "#b8954f",
        5);
    if (soft) {
      c.fill(
          Path.at(Canvas.MID - 54, seat)
              .quad(Canvas.MID - 58, 48, Canvas.MID, 46)
              .quad(Canvas.MID + 58, 48, Canvas.MID + 54, seat)
              .close(),
          t.base());
      Texture.velvet(c, Canvas.MID - 48, 54, 96, 50);
      c.line(
          Path.at(Canvas.MID - 20, 54).down(seat - 18).move(Canvas.MID + 20, 54).down(seat - 18),
          t.shade(),
          2.5);
      c.rect(Canvas.MID - 57, seat - 18, 114, 28, 12, t.light());
      c.line(Path.at(Canvas.MID - 48, seat + 2).across(Canvas.MID + 48), t.shade(), 2.5);
    } else {
      if (k.of("metallo")) {
        c.line(Path.at(Canvas.MID - 46, seat + 56).across(Canvas.MID + 46), t.shade(), 4);
      }
      c.fill(
          Path.at(Canvas.MID - 56, seat - 4)
              .quad(Canvas.MID, seat + 12, Canvas.MID + 56, seat - 4)
              .down(seat + 6)
              .quad(Canvas.MID, seat + 24, Canvas.MID - 56, seat + 6)
              .close(),
          t.base());
      c.fill(
          Path.at(Canvas.MID - 56, seat - 4)
              .quad(Canvas.MID, seat - 22, Canvas.MID + 56, seat - 4)
              .quad(Canvas.MID, seat + 12, Canvas.MID - 56, seat - 4)
              .close(),
          t.light());
    }
  }
}
