package dev.filo.demo.art;

import static dev.filo.demo.art.Canvas.FLOOR;
import static dev.filo.demo.art.Canvas.MID;

/** Lamps, lit. */
final class Lamps {

  private static final String GLOW = "#fff2cc";
  private static final String LINEN = "#fbf3e0";
  private static final String DARK = "#3b3834";
  private static final String CORD = "#6d675d";

  private Lamps() {}

  static void draw(Canvas c, Look k) {
    switch (k.kind()) {
      case "table" -> table(c, k);
      case "mushroom" -> mushroom(c, k);
      case "floor" -> floor(c, k);
      case "arc" -> arc(c, k);
      case "pendant" -> pendant(c, k);
      case "globe" -> globe(c, k);
      case "wall" -> wall(c, k);
      case "desk" -> desk(c, k);
      default -> throw Picture.unknown("lamp." + k.kind());
    }
  }

  private static void glow(Canvas c, double x, double y, double rx, double ry) {
    c.ellipse(x, y, rx, ry, GLOW, 0.26);
    c.ellipse(x, y, rx * 0.8, ry * 0.8, GLOW, 0.22);
    c.ellipse(x, y, rx * 0.58, ry * 0.58, GLOW, 0.22);
  }

  private static void shade(
      Canvas c, double x, double y, double top, double bottom, double h, Tone t) {
    c.fill(
        Path.at(x - top, y).across(x + top).to(x + bottom, y + h).across(x - bottom).close(),
        t.base());
    c.veil(
        Path.at(x + top * 0.42, y)
            .across(x + top)
            .to(x + bottom, y + h)
            .across(x + bottom * 0.46)
            .close(),
        "#e3d2ad",
        0.6);
    c.veil(
        Path.at(x - top, y)
            .across(x - top * 0.62)
            .to(x - bottom * 0.66, y + h)
            .across(x - bottom)
            .close(),
        "#e3d2ad",
        0.4);
    c.line(
        Path.at(x - top, y).across(x + top).move(x - bottom, y + h).across(x + bottom),
        "#dcc79c",
        2.5);
  }

  private static void table(Canvas c, Look k) {
    Tone t = k.main();
    double s = Math.clamp(k.height() / 48.0, 0.8, 1.1);
    double top = FLOOR - 196 * s;
    double base = top + 84 * s;
    glow(c, MID, top + 60 * s, 118 * s, 92 * s);
    c.shadow(MID, FLOOR, 90 * s);
    switch (k.material()) {
      case "marmo" -> {
        c.rect(MID - 19 * s, base - 4, 38 * s, FLOOR - base + 4, 4, t.base());
        c.rect(MID + 5 * s, base - 4, 14 * s, FLOOR - base + 4, 4, t.shade());
        Texture.veins(c, k, MID - 18 * s, base + 6, 36 * s, 90 * s);
      }
      case "rovere" -> {
        c.fill(
            Path.at(MID - 12 * s, base)
                .across(MID + 12 * s)
                .quad(MID + 14 * s, base + 46 * s, MID + 36 * s, FLOOR - 8)
                .quad(MID + 34 * s, FLOOR, MID, FLOOR)
                .quad(MID - 34 * s, FLOOR, MID - 36 * s, FLOOR - 8)
                .quad(MID - 14 * s, base + 46 * s, MID - 12 * s, base)
                .close(),
            t.base());
        Texture.grain(c, t, MID - 22 * s, base + 14, 44 * s, 96 * s);
      }
      case "vetro" -> {
        c.rect(MID - 5 * s, base - 6, 10 * s, 22 * s, 2, "#b8954f");
        c.ellipse(MID, FLOOR - 50 * s, 48 * s, 49 * s, t.base(), 0.85);
        c.ellipse(MID, FLOOR - 44 * s, 26 * s, 28 * s, GLOW, 0.5);
        c.line(
            Path.at(MID - 32 * s, FLOOR - 62 * s)
                .quad(MID - 28 * s, FLOOR - 82 * s, MID - 12 * s, FLOOR - 90 * s),
            "#fff",
            4,
            0.5);
      }
      default -> {
        boolean plain = k.is("minimal");
        double r = plain ? 38 : 46;
        c.fill(
            Path.at(MID - 9 * s, base)
                .across(MID + 9 * s)
                .cubic(
                    MID + 12 * s,
                    base + 26 * s,
                    MID + r * s,
                    base + 32 * s,
                    MID + r * s,
                    FLOOR - 44 * s)
                .cubic(MID + r * s, FLOOR - 12 * s, MID + 28 * s, FLOOR, MID, FLOOR)
                .cubic(
                    MID - 28 * s, FLOOR, MID - r * s, FLOOR - 12 * s, MID - r * s, FLOOR - 44 * s)
                .cubic(MID - r * s, base + 32 * s, MID - 12 * s, base + 26 * s, MID - 9 * s, base)
                .close(),
            t.base());
        c.line(
            Path.at(MID - (r - 14) * s, FLOOR - 40 * s)
                .quad(MID - (r - 14) * s, FLOOR - 66 * s, MID - 10 * s, FLOOR - 84 * s),
            "#fff",
            5,
            0.25);
        c.veil(
            Path.at(MID + 16 * s, FLOOR - 78 * s)
                .quad(MID + (r + 2) * s, FLOOR - 56 * s, MID + (r - 4) * s, FLOOR - 26 * s)
                .quad(MID + 26 * s, FLOOR, MID, FLOOR)
                .quad(MID + 36 * s, FLOOR - 30 * s, MID + 16 * s, FLOOR - 78 * s)
                .close(),
            t.shade(),
            0.8);
      }
    }
    shade(
        c,
        MID,
        top,
        (k.is("contemporaneo") ? 52 : 38) * s,
        (k.is("contemporaneo") ? 58 : 72) * s,
        88 * s,
        Tone.of(LINEN));
  }

  private static void mushroom(Canvas c, Look k) {
    Tone t = k.main();
    double s = Math.clamp(k.height() / 32.0, 0.9, 1.14);
    double cap = FLOOR - 104 * s;
    glow(c, MID, cap + 4, 130 * s, 96 * s);
    c.shadow(MID, FLOOR, 106 * s);
    c.fill(
        Path.at(MID - 24 * s, cap)
            .quad(MID - 20 * s, FLOOR - 40 * s, MID - 48 * s, FLOOR - 5)
            .quad(MID, FLOOR + 10, MID + 48 * s, FLOOR - 5)
            .quad(MID + 20 * s, FLOOR - 40 * s, MID + 24 * s, cap)
            .close(),
        k.of("metallo") ? t.shade() : t.base());
    if (k.of("travertino")) {
      Texture.strata(c, t, MID - 26 * s, cap + 20, 52 * s, 76 * s);
    }
    Tone head = k.of("travertino") ? Tone.of(LINEN) : t;
    c.ellipse(MID, cap, 84 * s, 16 * s, "#fdf3d6");
    c.fill(
        Path.at(MID - 86 * s, cap)
            .cubic(MID - 84 * s, cap - 58 * s, MID - 44 * s, cap - 86 * s, MID, cap - 86 * s)
            .cubic(MID + 44 * s, cap - 86 * s, MID + 84 * s, cap - 58 * s, MID + 86 * s, cap)
            .quad(MID, cap + 18 * s, MID - 86 * s, cap)
            .close(),
        head.base());
    c.veil(
        Path.at(MID + 24 * s, cap - 82 * s)
            .cubic(MID + 62 * s, cap - 70 * s, MID + 84 * s, cap - 40 * s, MID + 86 * s, cap)
            .quad(MID + 70 * s, cap + 6 * s, MID + 48 * s, cap + 7 * s)
            .quad(MID + 60 * s, cap - 40 * s, MID + 24 * s, cap - 82 * s)
            .close(),
        head.shade(),
        0.7);
    c.line(
        Path.at(MID - 58 * s, cap - 34 * s)
            .quad(MID - 44 * s, cap - 62 * s, MID - 18 * s, cap - 70 * s),
        "#fff",
        5,
        0.35);
  }

  private static void floor(Canvas c, Look k) {
    Tone t = k.main();
    double floor = FLOOR + 18;
    if (k.of("carta")) {
      glow(c, MID, 150, 120, 136);
      c.shadow(MID, floor, 86);
      c.rect(MID - 40, 30, 80, floor - 36, 14, "#faf3e2");
      Path ribs = Path.at(MID - 36, 50).across(MID + 36);
      for (int y = 64; y < floor - 14; y += 14) {
        ribs.move(MID - 38, y).across(MID + 38);
      }
      c.line(ribs, "#ddcfb2", 2);
      c.ellipse(MID, 150, 22, 92, GLOW, 0.6);
      c.rect(MID - 42, 26, 84, 7, 3, "#8a6a4d");
      c.rect(MID - 42, floor - 9, 84, 8, 3, "#8a6a4d");
      return;
    }
    c.shadow(MID, floor, k.wooden() ? 130 : 88);
    if (k.wooden()) {
      glow(c, MID, 92, 132, 84);
      c.leg(MID + 3, 108, floor - 12, 8, 8, t.shade());
      c.line(
          Path.at(MID - 6, 110).to(MID - 54, floor).move(MID + 6, 110).to(MID + 54, floor),
          t.base(),
          8);
      c.ellipse(MID, 114, 13, 7, t.shade());
      shade(c, MID, 30, 48, 78, 80, Tone.of(LINEN));
      return;
    }
    c.fill(
        Path.at(MID - 44, floor)
            .quad(MID - 44, floor - 10, MID, floor - 10)
            .quad(MID + 44, floor - 10, MID + 44, floor)
            .close(),
        t.base());
    if (k.is("minimal")) {
      glow(c, MID + 54, 84, 84, 74);
      c.line(
          Path.at(MID - 8, floor - 8).down(46).quad(MID - 8, 34, MID + 6, 36).to(MID + 36, 48),
          t.base(),
          5);
      c.fill(
          Path.at(MID + 26, 36)
              .to(MID + 50, 38)
              .quad(MID + 80, 52, MID + 82, 80)
              .to(MID + 22, 72)
              .quad(MID + 18, 50, MID + 26, 36)
              .close(),
          t.base());
      c.line(Path.at(MID + 26, 74).to(MID + 78, 80), GLOW, 5);
      return;
    }
    glow(c, MID, 90, 128, 86);
    c.rect(MID - 3.5, 100, 7, floor - 106, 3, t.base());
    c.ellipse(MID, 150, 7, 5, t.shade());
    shade(c, MID, 34, 42, 74, 76, Tone.of("#f1e2c8"));
    Path pleats = Path.at(MID, 35).down(109);
    for (int i = 1; i <= 5; i++) {
      pleats
          .move(MID - i * 8, 35)
          .to(MID - i * 14, 109)
          .move(MID + i * 8, 35)
          .to(MID + i * 14, 109);
    }
    c.line(pleats, "#cdb994", 1.5, 0.7);
    c.line(Path.at(MID + 22, 112).down(136), t.shade(), 1.5);
    c.ellipse(MID + 22, 139, 3, 3, t.base());
  }

  private static void arc(Canvas c, Look k) {
    Tone t = k.main();
    double floor = FLOOR + 14;
    boolean stone = k.of("marmo");
    Tone rod = stone ? Tone.of("#aab0b2") : t;
    glow(c, 296, 150, 96, 84);
    c.shadow(108, floor, 110);
    c.line(
        Path.at(106, floor - 14).down(110).quad(110, 34, 204, 32).quad(286, 34, 296, 96),
        rod.base(),
        5);
    if (stone) {
      c.rect(66, floor - 44, 82, 44, 4, t.base());
      c.rect(124, floor - 44, 24, 44, 4, t.shade());
      Texture.veins(c, k, 68, floor - 42, 78, 40);
    } else {
      c.fill(
          Path.at(58, floor)
              .quad(58, floor - 14, 106, floor - 14)
              .quad(154, floor - 14, 154, floor)
              .close(),
          t.shade());
    }
    Tone cap = stone ? rod : t;
    c.ellipse(296, 138, 49, 9, "#fdf3d6");
    c.fill(
        Path.at(246, 138)
            .cubic(246, 106, 268, 92, 296, 92)
            .cubic(324, 92, 346, 106, 346, 138)
            .quad(296, 150, 246, 138)
            .close(),
        cap.base());
    c.veil(
        Path.at(310, 94)
            .cubic(334, 102, 346, 118, 346, 138)
            .quad(336, 141, 322, 142)
            .quad(332, 114, 310, 94)
            .close(),
        cap.shade(),
        0.8);
    c.line(Path.at(262, 120).quad(268, 106, 284, 101), "#fff", 4, 0.3);
  }

  private static void pendant(Canvas c, Look k) {
    Tone t = k.main();
    double w = Math.clamp(k.width() * 3.2, 112, 210);
    double half = w / 2;
    double y = 92;
    double h = Math.clamp(k.height() * 3.0, 80, 150);
    glow(c, MID, y + h + 20, half * 1.25, 90);
    c.line(Path.at(MID, 0).down(y), CORD, 2.5);
    switch (k.material()) {
      case "rattan" -> {
        c.fill(
            Path.at(MID - 16, y)
                .across(MID + 16)
                .cubic(MID + half, y + h * 0.1, MID + half, y + h * 0.7, MID + half * 0.66, y + h)
                .across(MID - half * 0.66)
                .cubic(MID - half, y + h * 0.7, MID - half, y + h * 0.1, MID - 16, y)
                .close(),
            t.light());
        c.ellipse(MID, y + h * 0.6, half * 0.4, h * 0.3, GLOW, 0.7);
        Path weave = Path.at(MID, y).down(y + h);
        for (int i = 1; i <= 3; i++) {
          double f = i / 3.4;
          weave
              .move(MID - 4 * i, y)
              .cubic(
                  MID - half * f,
                  y + h * 0.1,
                  MID - half * f,
                  y + h * 0.7,
                  MID - half * 0.66 * f,
                  y + h);
          weave
              .move(MID + 4 * i, y)
              .cubic(
                  MID + half * f,
                  y + h * 0.1,
                  MID + half * f,
                  y + h * 0.7,
                  MID + half * 0.66 * f,
                  y + h);
        }
        for (double f : new double[] {0.2, 0.4, 0.6, 0.8}) {
          double reach = half * (0.5 + 0.42 * Math.sin(Math.PI * (0.12 + f * 0.76)));
          weave.move(MID - reach, y + h * f).quad(MID, y + h * f + 12, MID + reach, y + h * f);
        }
        c.line(weave, t.shade(), 2.5);
        c.line(Path.at(MID - half * 0.66, y + h).across(MID + half * 0.66), t.base(), 6);
      }
      case "lana" -> {
        c.ellipse(MID, y + 66, half - 4, 12, "#fdf3d6");
        c.fill(
            Path.at(MID - 20, y)
                .across(MID + 20)
                .quad(MID + half * 0.8, y + 18, MID + half, y + 66)
                .quad(MID, y + 86, MID - half, y + 66)
                .quad(MID - half * 0.8, y + 18, MID - 20, y)
                .close(),
            t.base());
        c.dashes(
            Path.at(MID - half + 8, y + 58).quad(MID, y + 76, MID + half - 8, y + 58),
            "#fff",
            2,
            0.5,
            4,
            5);
        c.line(
            Path.at(MID - half * 0.5, y + 26)
                .quad(MID - half * 0.7, y + 38, MID - half * 0.78, y + 52),
            "#fff",
            5,
            0.2);
      }
      case "ottone" -> {
        c.ellipse(MID, y + h - 2, half, 13, "#fdf3d6");
        c.fill(
            Path.at(MID - 14, y)
                .across(MID + 14)
                .quad(MID + 16, y + h * 0.3, MID + half * 0.66, y + h * 0.5)
                .quad(MID + half, y + h * 0.64, MID + half, y + h)
                .quad(MID, y + h + 16, MID - half, y + h)
                .quad(MID - half, y + h * 0.64, MID - half * 0.66, y + h * 0.5)
                .quad(MID - 16, y + h * 0.3, MID - 14, y)
                .close(),
            t.base());
        c.veil(
            Path.at(MID + 10, y + h * 0.4)
                .quad(MID + half, y + h * 0.6, MID + half, y + h)
                .quad(MID + half * 0.8, y + h + 5, MID + half * 0.5, y + h + 7)
                .quad(MID + half * 0.5, y + h * 0.6, MID + 10, y + h * 0.4)
                .close(),
            t.shade(),
            0.8);
        c.line(
            Path.at(MID - half + 14, y + h - 10)
                .quad(MID - half + 16, y + h * 0.66, MID - half * 0.5, y + h * 0.56),
            "#fff",
            5,
            0.35);
      }
      default -> {
        c.rect(MID - 13, y - 8, 26, 22, 4, t.shade());
        c.ellipse(MID, y + h - 2, half + 6, 14, "#fdf3d6");
        c.fill(
            Path.at(MID - 18, y + 8)
                .across(MID + 18)
                .cubic(MID + half * 0.8, y + 14, MID + half, y + h * 0.5, MID + half + 8, y + h)
                .quad(MID, y + h + 20, MID - half - 8, y + h)
                .cubic(MID - half, y + h * 0.5, MID - half * 0.8, y + 14, MID - 18, y + 8)
                .close(),
            t.base());
        c.veil(
            Path.at(MID + 22, y + 14)
                .cubic(MID + half * 0.8, y + 22, MID + half, y + h * 0.5, MID + half + 8, y + h)
                .quad(MID + half * 0.7, y + h + 7, MID + half * 0.5, y + h + 9)
                .quad(MID + half * 0.56, y + 50, MID + 22, y + 14)
                .close(),
            t.shade(),
            0.7);
        c.line(
            Path.at(MID - half + 8, y + h - 14)
                .quad(MID - half + 14, y + 46, MID - half * 0.42, y + 30),
            "#fff",
            5,
            0.3);
      }
    }
  }

  private static void globe(Canvas c, Look k) {
    Tone t = k.main();
    double r = Math.clamp(k.width() * 1.1 + 38, 64, 108);
    double y = 56 + r;
    c.line(Path.at(MID, 0).down(y - r), CORD, 2.5);
    glow(c, MID, y, r * 1.55, r * 1.4);
    if (k.of("carta")) {
      c.ellipse(MID, y, r, r * 0.94, "#faf3e2");
      Path ribs = Path.at(MID - r, y).quad(MID, y + 6, MID + r, y);
      for (int i = 1; i <= 4; i++) {
        double dy = i * r * 0.21;
        double dx = r * Math.sqrt(1 - Math.pow(i * 0.22, 2));
        ribs.move(MID - dx, y - dy)
            .quad(MID, y - dy - 5, MID + dx, y - dy)
            .move(MID - dx, y + dy)
            .quad(MID, y + dy + 9, MID + dx, y + dy);
      }
      c.line(ribs, "#ddcfb2", 2);
      c.ellipse(MID, y, r * 0.5, r * 0.5, GLOW, 0.7);
      return;
    }
    c.rect(MID - 9, y - r - 12, 18, 16, 3, k.of("vetro") ? "#b8954f" : t.shade());
    if (k.of("vetro")) {
      c.ellipse(MID, y, r, r, t.base(), 0.8);
      c.ellipse(MID, y + r * 0.06, r * 0.42, r * 0.42, GLOW, 0.8);
      c.line(
          Path.at(MID - r * 0.72, y + r * 0.1)
              .quad(MID - r * 0.74, y - r * 0.5, MID - r * 0.24, y - r * 0.74),
          "#fff",
          6,
          0.5);
      return;
    }
    c.ellipse(MID, y, r, r * 0.96, t.base());
    Path seeds = Path.at(MID, y);
    for (int row = -3; row <= 3; row++) {
      double reach = Math.sqrt(1 - Math.pow(row / 4.2, 2)) * r * 0.86;
      seeds.move(MID - reach + (row % 2 == 0 ? 0 : 8), y + row * r * 0.22).across(MID + reach);
    }
    c.dashes(seeds, "#fff0c4", 6, 1, 0, 17);
    c.veil(
        Path.at(MID + r * 0.4, y - r * 0.88)
            .quad(MID + r * 1.2, y - r * 0.3, MID + r * 0.86, y + r * 0.5)
            .quad(MID + r * 0.4, y + r, MID, y + r * 0.96)
            .quad(MID + r * 0.9, y + r * 0.2, MID + r * 0.4, y - r * 0.88)
            .close(),
        t.shade(),
        0.6);
  }

  private static void wall(Canvas c, Look k) {
    Tone t = k.main();
    if (k.is("anni-50")) {
      glow(c, 262, 176, 92, 74);
      c.rect(104, 96, 26, 86, 10, t.shade());
      c.line(Path.at(118, 138).to(188, 92).to(250, 130), t.base(), 6);
      c.ellipse(188, 92, 8, 8, t.shade());
      c.fill(
          Path.at(238, 112)
              .to(262, 118)
              .quad(302, 134, 304, 172)
              .to(222, 156)
              .quad(222, 128, 238, 112)
              .close(),
          t.base());
      c.line(Path.at(226, 158).to(300, 172), GLOW, 6);
      return;
    }
    if (k.of("ottone")) {
      glow(c, MID, 146, 136, 128);
      c.drop(Path.at(MID - 84, 146).arc(84, 84, MID + 84, 146).arc(84, 84, MID - 84, 146).close());
      c.ellipse(MID, 146, 84, 84, t.base());
      c.veil(
          Path.at(MID + 30, 68)
              .arc(84, 84, MID + 20, 227)
              .quad(MID + 74, 146, MID + 30, 68)
              .close(),
          t.shade(),
          0.7);
      c.ring(MID, 146, 56, 56, t.light(), 2);
      c.ellipse(MID, 146, 14, 14, t.deep());
      c.line(Path.at(MID - 58, 118).quad(MID - 44, 88, MID - 14, 80), "#fff", 6, 0.35);
      return;
    }
    glow(c, MID, 96, 132, 96);
    Path shell =
        Path.at(MID - 92, 134)
            .quad(MID, 112, MID + 92, 134)
            .cubic(MID + 84, 188, MID + 46, 216, MID, 222)
            .cubic(MID - 46, 216, MID - 84, 188, MID - 92, 134)
            .close();
    c.drop(shell);
    c.ellipse(MID, 132, 88, 13, "#fdf3d6");
    c.fill(shell, t.base());
    Path ribs = Path.at(MID, 126).down(218);
    for (int i = 1; i <= 3; i++) {
      ribs.move(MID - i * 24, 128)
          .quad(MID - i * 22, 180, MID - i * 5, 218)
          .move(MID + i * 24, 128)
          .quad(MID + i * 22, 180, MID + i * 5, 218);
    }
    c.line(ribs, t.shade(), 3);
    c.line(Path.at(MID - 84, 135).quad(MID, 116, MID + 84, 135), "#fff", 4, 0.5);
  }

  private static void desk(Canvas c, Look k) {
    Tone t = k.main();
    double floor = FLOOR;
    c.shadow(MID, floor, 116);
    if (k.is("classico")) {
      glow(c, MID, 150, 118, 84);
      c.fill(
          Path.at(MID - 54, floor)
              .quad(MID - 50, floor - 14, MID, floor - 14)
              .quad(MID + 50, floor - 14, MID + 54, floor)
              .close(),
          t.shade());
      c.rect(MID - 5, 112, 10, floor - 124, 3, t.base());
      c.ellipse(MID, 190, 9, 6, t.shade());
      c.rect(MID - 70, 110, 140, 9, 4, t.base());
      c.fill(
          Path.at(MID - 88, 122)
              .quad(MID - 84, 78, MID - 46, 76)
              .across(MID + 46)
              .quad(MID + 84, 78, MID + 88, 122)
              .close(),
          "#2f5d48");
      c.line(Path.at(MID - 66, 92).quad(MID - 58, 84, MID - 30, 83), "#fff", 5, 0.25);
      c.line(Path.at(MID - 84, 123).across(MID + 84), GLOW, 4);
      c.line(Path.at(MID + 36, 126).down(156), t.shade(), 1.5);
      c.ellipse(MID + 36, 159, 3.5, 3.5, t.base());
      return;
    }
    glow(c, 258, 168, 84, 70);
    c.fill(
        Path.at(118, floor)
            .quad(118, floor - 14, 164, floor - 14)
            .quad(210, floor - 14, 210, floor)
            .close(),
        t.shade());
    c.line(Path.at(164, floor - 14).to(136, 142).to(232, 76), t.base(), 6);
    c.line(Path.at(172, floor - 20).to(146, 146), DARK, 1.5, 0.5);
    c.ellipse(136, 142, 9, 9, t.shade());
    c.ellipse(232, 76, 7, 7, t.shade());
    c.fill(
        Path.at(222, 70)
            .to(244, 72)
            .quad(292, 92, 298, 140)
            .to(208, 124)
            .quad(204, 88, 222, 70)
            .close(),
        t.base());
    c.veil(
        Path.at(244, 72).quad(292, 92, 298, 140).to(268, 135).quad(268, 98, 244, 72).close(),
        t.shade(),
        0.7);
    c.line(Path.at(213, 126).to(293, 140), GLOW, 6);
  }
}
