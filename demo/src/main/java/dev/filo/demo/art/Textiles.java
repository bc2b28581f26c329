package dev.filo.demo.art;

import static dev.filo.demo.art.Canvas.FLOOR;
import static dev.filo.demo.art.Canvas.MID;

/** Cushions, throws, curtains, linen. */
final class Textiles {

  private static final String WHITE = "#f8f5ee";

  private Textiles() {}

  static void draw(Canvas c, Look k) {
    switch (k.kind()) {
      case "cushion" -> cushion(c, k, false);
      case "striped" -> cushion(c, k, true);
      case "throw" -> folded(c, k);
      case "curtain" -> curtain(c, k);
      case "duvet" -> duvet(c, k);
      case "sheets" -> sheets(c, k);
      case "towels" -> towels(c, k);
      case "cloth" -> cloth(c, k);
      default -> throw Picture.unknown("textile." + k.kind());
    }
  }

  private static Path pillow(double w, double h) {
    double x = MID - w / 2;
    double y = FLOOR - 2 - h;
    double in = 13;
    return Path.at(x, y)
        .quad(MID, y + in, x + w, y)
        .quad(x + w - in, y + h / 2, x + w, y + h)
        .quad(MID, y + h - in * 0.4, x, y + h)
        .quad(x + in, y + h / 2, x, y)
        .close();
  }

  private static void cushion(Canvas c, Look k, boolean striped) {
    Tone t = k.main();
    double ratio = k.height() / (double) k.width();
    double w = ratio < 0.9 ? 244 : k.width() > 55 ? 206 : 184;
    double h = w * ratio;
    double x = MID - w / 2;
    double y = FLOOR - 2 - h;
    c.shadow(MID, FLOOR - 3, w * 0.92);
    c.fill(pillow(w, h), t.base());
    if (striped) {
      double step = k.is("nordico") ? 15 : k.is("rustico") ? 22 : 36;
      double stripe = k.is("nordico") ? 3 : k.is("rustico") ? 9 : 17;
      Path stripes = Path.at(MID, y + h / 2);
      for (double at = MID - step * Math.floor((w / 2 - 18) / step); at < x + w - 16; at += step) {
        double t1 = (at - x) / w;
        double sag = 26 * t1 * (1 - t1);
        stripes
            .move(at - stripe / 2, y + sag)
            .across(at + stripe / 2)
            .down(y + h - sag * 0.4)
            .across(at - stripe / 2)
            .close();
        if (k.is("rustico")) {
          stripes
              .move(at + step / 2 - 1, y + sag)
              .across(at + step / 2 + 1)
              .down(y + h - sag * 0.4)
              .across(at + step / 2 - 1)
              .close();
        }
      }
      c.fill(stripes, "#f6efe0");
    } else if (k.of("boucle")) {
      Texture.dots(c, k, x + 14, y + 12, w - 28, h - 22);
    } else if (k.of("lana")) {
      c.line(
          Path.at(MID, y + 8).down(y + h - 6).move(x + 9, y + h / 2).across(x + w - 9),
          t.light(),
          3.5);
      c.dashes(
          Path.at(MID, y + 8).down(y + h - 6).move(x + 9, y + h / 2).across(x + w - 9),
          t.deep(),
          1.5,
          0.6,
          5,
          6);
    } else if (k.of("velluto")) {
      Texture.velvet(c, x + 10, y + 14, w - 20, h - 26);
      c.line(
          Path.at(x + 5, y + 5)
              .quad(MID, y + 17, x + w - 5, y + 5)
              .quad(x + w - 17, y + h / 2, x + w - 5, y + h - 5)
              .quad(MID, y + h - 9, x + 5, y + h - 5)
              .quad(x + 17, y + h / 2, x + 5, y + 5)
              .close(),
          t.light(),
          2,
          0.8);
    } else {
      Texture.creases(c, k, x, y, w, h);
    }
    c.line(
        Path.at(x + 12, y + 16)
            .quad(x + 26, y + 26, x + 34, y + 46)
            .move(x + w - 12, y + 16)
            .quad(x + w - 26, y + 26, x + w - 34, y + 46)
            .move(x + 14, y + h - 12)
            .quad(x + 24, y + h - 20, x + 30, y + h - 34)
            .move(x + w - 14, y + h - 12)
            .quad(x + w - 24, y + h - 20, x + w - 30, y + h - 34),
        t.shade(),
        2.5,
        0.8);
  }

  private static void folded(Canvas c, Look k) {
    Tone t = k.main();
    double x = 92;
    c.shadow(MID, FLOOR, 226);
    boolean chunky = k.is("bohemien");
    double h = chunky ? 42 : 30;
    for (int i = 0; i < 3; i++) {
      double y = FLOOR - (i + 1) * h;
      double in = i * 3;
      c.rect(x + in, y, 216 - 2 * in, h - 2, h / 2, i % 2 == 0 ? t.base() : t.light());
      c.line(Path.at(x + in + 12, y + h - 5).across(x + 204 - in), t.shade(), 2.5);
      if (chunky) {
        Path knit = Path.at(x + 16, y + 12);
        for (double at = x + 16; at < x + 190; at += 16) {
          knit.move(at, y + 10).to(at + 8, y + 24).to(at + 16, y + 10);
        }
        c.line(knit, t.shade(), 3.5, 0.7);
      } else if (k.of("cotone")) {
        c.dashes(
            Path.at(x + 16, y + 9).across(x + 198).move(x + 20, y + 18).across(x + 198),
            t.shade(),
            3,
            0.5,
            5,
            6);
      }
    }
    // One end hangs over the front, with its fringe.
    double top = FLOOR - 3 * h;
    c.fill(
        Path.at(x + 128, top + 2)
            .across(x + 196)
            .quad(x + 202, top + 40, x + 198, FLOOR - 12)
            .across(x + 130)
            .quad(x + 126, top + 40, x + 128, top + 2)
            .close(),
        t.base());
    if (k.of("lana") && !chunky) {
      c.line(
          Path.at(x + 130, top + 22).across(x + 198).move(x + 130, top + 30).across(x + 198),
          t.light(),
          3);
    }
    Path fringe = Path.at(x + 133, FLOOR - 12).down(FLOOR - 1);
    for (int i = 1; i < 9; i++) {
      fringe.move(x + 133 + i * 7.6, FLOOR - 12).down(FLOOR - 1);
    }
    c.line(fringe, t.shade(), 3);
    c.line(Path.at(x + 128, top + 6).down(FLOOR - 14), t.shade(), 2, 0.7);
  }

  private static void curtain(Canvas c, Look k) {
    Tone t = k.main();
    c.rect(118, 46, 164, 208, 2, "#f7f4ea");
    c.rect(118, 46, 164, 208, 2, "#dce6e4");
    c.line(Path.at(MID, 46).down(254).move(118, 150).across(282), "#f7f4ea", 7);
    boolean sheer = k.of("lino");
    for (int side = -1; side <= 1; side += 2) {
      double out = MID + side * 132;
      double in = MID + side * 34;
      Path panel =
          Path.at(out, 34)
              .to(in, 34)
              .quad(in + side * 8, 160, in - side * (sheer ? 4 : -10), 276)
              .to(out + side * 6, 276)
              .quad(out - side * 4, 160, out, 34)
              .close();
      c.veil(panel, t.base(), sheer ? 0.86 : 1);
      Path folds = Path.at(out - side * 16, 38).quad(out - side * 20, 160, out - side * 14, 274);
      for (int i = 2; i < 6; i++) {
        folds
            .move(out - side * i * 16.5, 38)
            .quad(out - side * (i * 16.5 + 3), 160, out - side * (i * 15 - 2), 274);
      }
      c.line(folds, t.shade(), k.of("velluto") ? 7 : 3.5, 0.75);
      Path light = Path.at(out - side * 25, 40).quad(out - side * 28, 160, out - side * 22, 272);
      light.move(out - side * 58, 40).quad(out - side * 61, 160, out - side * 54, 272);
      c.line(light, "#fff", 5, k.of("velluto") ? 0.1 : 0.3);
    }
    c.line(Path.at(46, 32).across(354), k.of("velluto") ? "#b8954f" : "#7d5339", 7);
    c.ellipse(44, 32, 7, 7, "#7d5339");
    c.ellipse(356, 32, 7, 7, "#7d5339");
  }

  private static void duvet(Canvas c, Look k) {
    Tone t = k.main();
    c.shadow(MID, FLOOR, 270);
    c.rect(70, 186, 260, 62, 16, Tone.darker("#efe9dc", 0.94));
    c.rect(92, 96, 106, 66, 22, t.light());
    c.rect(202, 96, 106, 66, 22, t.light());
    c.line(
        Path.at(104, 134).quad(144, 144, 186, 134).move(214, 134).quad(254, 144, 296, 134),
        t.shade(),
        2);
    c.fill(
        Path.at(76, 150)
            .quad(MID, 132, 324, 150)
            .quad(338, 196, 332, 240)
            .quad(MID, 250, 68, 240)
            .quad(62, 196, 76, 150)
            .close(),
        t.base());
    c.fill(
        Path.at(76, 150)
            .quad(MID, 132, 324, 150)
            .quad(330, 162, 332, 178)
            .quad(MID, 160, 68, 178)
            .quad(70, 162, 76, 150)
            .close(),
        k.is("minimal") ? t.shade() : t.light());
    c.line(
        Path.at(120, 180)
            .quad(132, 214, 116, 242)
            .move(196, 176)
            .quad(188, 210, 202, 244)
            .move(276, 180)
            .quad(266, 214, 284, 242),
        t.shade(),
        3,
        0.7);
    if (k.is("mediterraneo")) {
      c.dashes(Path.at(76, 171).quad(MID, 153, 324, 171), t.deep(), 5, 0.6, 0, 30);
    }
  }

  private static void sheets(Canvas c, Look k) {
    Tone t = k.main();
    double x = 96;
    c.shadow(MID, FLOOR, 218);
    double[] heights = {34, 30, 26, 24};
    double y = FLOOR;
    for (int i = 0; i < heights.length; i++) {
      y -= heights[i];
      double in = i * 5;
      c.rect(x + in, y, 208 - 2 * in, heights[i] - 1.5, 9, i % 2 == 0 ? t.base() : t.light());
      c.line(
          Path.at(x + in + 8, y + heights[i] * 0.36)
              .across(x + 200 - in)
              .move(x + in + 8, y + heights[i] * 0.66)
              .across(x + 200 - in),
          t.shade(),
          2,
          0.8);
    }
    if (k.is("classico")) {
      c.dashes(Path.at(x + 24, y + 5).across(x + 184), t.deep(), 2, 0.4, 2, 5);
    }
    // Tied with a ribbon.
    c.rect(MID - 8, y, 16, FLOOR - y - 2, 1, "#cdb48f");
    c.fill(
        Path.at(MID, y + 2)
            .quad(MID - 36, y - 22, MID - 38, y + 2)
            .quad(MID - 34, y + 14, MID, y + 2)
            .quad(MID + 34, y + 14, MID + 38, y + 2)
            .quad(MID + 36, y - 22, MID, y + 2)
            .close(),
        "#cdb48f");
    c.ellipse(MID, y + 2, 7, 6, "#a98f68");
  }

  private static void towels(Canvas c, Look k) {
    Tone t = k.main();
    c.shadow(MID, FLOOR, 236);
    for (int i = 0; i < 2; i++) {
      double y = FLOOR - 44 * (i + 1);
      c.rect(92, y, 150, 42, 14, i == 0 ? t.base() : t.light());
      c.line(Path.at(106, y + 21).across(230), t.shade(), 2.5);
      if (k.is("mediterraneo")) {
        c.dashes(
            Path.at(108, y + 11).across(230).move(112, y + 31).across(230),
            t.shade(),
            3,
            0.5,
            4,
            6);
      } else {
        c.line(Path.at(210, y + 4).down(y + 38).move(218, y + 4).down(y + 38), t.shade(), 3, 0.6);
      }
    }
    for (double[] roll : new double[][] {{274, 29}, {167, 24}}) {
      double r = roll[1];
      double cy = roll[0] > 200 ? FLOOR - r - 1 : FLOOR - 88 - r;
      c.ellipse(roll[0], cy, r, r, roll[0] > 200 ? t.base() : Tone.mix(t.base(), "#ffffff", 0.3));
      c.line(
          Path.at(roll[0], cy)
              .quad(roll[0] + 7, cy - 9, roll[0] + r * 0.46, cy)
              .quad(roll[0] + r * 0.4, cy + r * 0.56, roll[0] - 2, cy + r * 0.5)
              .quad(roll[0] - r * 0.7, cy + r * 0.4, roll[0] - r * 0.66, cy - 2)
              .quad(roll[0] - r * 0.5, cy - r * 0.74, roll[0] + 4, cy - r * 0.7),
          t.shade(),
          3);
    }
  }

  private static void cloth(Canvas c, Look k) {
    Tone t = k.main();
    double y = 128;
    c.shadow(MID, FLOOR + 4, 250);
    c.rect(96, 180, 12, FLOOR - 178, 2, "#a97f55");
    c.rect(292, 180, 12, FLOOR - 178, 2, "#a97f55");
    c.fill(Path.at(84, y).across(316).to(344, y + 22).across(56).close(), t.light());
    Path drop = Path.at(56, y + 22).across(344).to(348, y + 84);
    for (int i = 0; i < 6; i++) {
      double from = 348 - i * 49.3;
      drop.quad(from - 24, y + (i % 2 == 0 ? 96 : 74), from - 49.3, y + 84);
    }
    c.fill(drop.close(), t.base());
    c.line(
        Path.at(104, y + 26)
            .quad(100, y + 60, 104, y + 84)
            .move(152, y + 26)
            .quad(154, y + 60, 150, y + 80)
            .move(MID, y + 26)
            .quad(198, y + 60, 202, y + 84)
            .move(250, y + 26)
            .quad(252, y + 60, 249, y + 80)
            .move(298, y + 26)
            .quad(296, y + 60, 300, y + 84),
        t.shade(),
        2.5,
        0.7);
    if (k.is("rustico")) {
      String line = t.luminance() > 0.6 ? "#9d4f3c" : WHITE;
      c.line(Path.at(58, y + 70).quad(MID, y + 74, 345, y + 70), line, 5, 0.8);
    } else {
      String check = t.luminance() > 0.8 ? "#c9bfae" : WHITE;
      Path grid =
          Path.at(57, y + 40).across(345).move(56, y + 60).across(346).move(70, y + 11).across(330);
      for (int i = 1; i < 12; i++) {
        grid.move(84 + i * 19.3, y).to(56 + i * 24, y + 22).down(y + 80);
      }
      c.line(grid, check, 5, 0.45);
    }
    c.fill(
        Path.at(184, y + 4)
            .quad(176, y - 24, 192, y - 30)
            .across(204)
            .quad(220, y - 24, 212, y + 4)
            .quad(198, y + 9, 184, y + 4)
            .close(),
        "#c98f6f");
    c.line(
        Path.at(196, y - 30)
            .quad(190, y - 60, 176, y - 70)
            .move(199, y - 30)
            .down(y - 76)
            .move(202, y - 30)
            .quad(208, y - 56, 222, y - 64),
        "#75876a",
        3);
  }
}
