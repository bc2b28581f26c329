package dev.filo.demo.art;

import static dev.filo.demo.art.Canvas.FLOOR;
import static dev.filo.demo.art.Canvas.MID;

/** Wardrobes, drawers, sideboards, cabinets. */
final class Cases {

  private static final String CANE = "#e6d3ab";

  private Cases() {}

  static void draw(Canvas c, Look k) {
    switch (k.kind()) {
      case "wardrobe" -> wardrobe(c, k);
      case "sliding" -> sliding(c, k);
      case "drawers" -> drawers(c, k);
      case "sideboard" -> sideboard(c, k);
      case "vitrine" -> vitrine(c, k);
      case "tv" -> tv(c, k);
      case "shoes" -> shoes(c, k);
      default -> throw Picture.unknown("case." + k.kind());
    }
  }

  /** Legs or a plinth, as the style has it. Returns how high the body stands. */
  private static double feet(Canvas c, Look k, double w, double high) {
    Tone t = k.main();
    double x = MID - w / 2;
    if (k.is("minimal") || k.is("rustico") || k.is("classico")) {
      c.rect(x + 5, FLOOR - 10, w - 10, 10, 1, t.deep());
      return 9;
    }
    String leg = k.is("industriale") || k.is("contemporaneo") ? "#3b3834" : t.shade();
    c.leg(x + 16, FLOOR - high - 2, FLOOR, 9, -3, leg);
    c.leg(x + w - 16, FLOOR - high - 2, FLOOR, 9, 3, leg);
    return high;
  }

  private static void wardrobe(Canvas c, Look k) {
    Tone t = k.main();
    double w = Math.clamp(k.width() * 1.16, 130, 250);
    double x = MID - w / 2;
    double y = 30;
    c.shadow(MID, FLOOR, w);
    double feet = feet(c, k, w, 16);
    double h = FLOOR - feet - y;
    c.rect(x, y, w, h, 4, t.edge());
    int doors = Math.clamp(Math.round(k.width() / 52.0), 2, 4);
    double each = (w - 8) / doors;
    double bottom = k.of("pino") ? h - 52 : h - 8;
    for (int i = 0; i < doors; i++) {
      double at = x + 4 + i * each;
      c.rect(at + 1.5, y + 5, each - 3, bottom - 4, 2, t.light());
      if (k.of("rattan")) {
        c.rect(at + 10, y + 16, each - 20, bottom - 26, 3, CANE);
        Texture.cane(c, Tone.of(CANE), at + 10, y + 16, each - 20, bottom - 26);
      } else if (k.is("classico")) {
        c.rect(at + 10, y + 18, each - 20, bottom * 0.5, 8, t.base());
        c.rect(at + 10, y + 26 + bottom * 0.5, each - 20, bottom * 0.5 - 40, 8, t.base());
      } else if (k.is("nordico")) {
        Path slats = Path.at(at + 8, y + 12).down(y + bottom - 6);
        for (double s = at + 15; s < at + each - 5; s += 7) {
          slats.move(s, y + 12).down(y + bottom - 6);
        }
        c.line(slats, t.shade(), 2);
      } else if (k.wooden()) {
        Texture.grain(c, t, at + 6, y + 8, each - 12, bottom - 8);
      }
      double knob = (i % 2 == 0 && i < doors - 1) || doors == 1 ? at + each - 9 : at + 9;
      c.line(Path.at(knob, y + h * 0.46).down(y + h * 0.54), t.deep(), 4);
    }
    if (k.of("pino")) {
      c.rect(x + 6, y + h - 44, w - 12, 38, 2, t.light());
      c.ellipse(MID - w * 0.25, y + h - 25, 5, 5, t.deep());
      c.ellipse(MID + w * 0.25, y + h - 25, 5, 5, t.deep());
    }
    if (k.is("classico")) {
      c.rect(x - 7, y - 9, w + 14, 12, 3, t.shade());
    }
  }

  private static void sliding(Canvas c, Look k) {
    Tone t = k.main();
    double w = Math.clamp(k.width() * 1.25, 240, 310);
    double x = MID - w / 2;
    double y = 30;
    double h = FLOOR - y;
    c.shadow(MID, FLOOR, w);
    Tone body = k.of("vetro") ? Tone.of("#5b4739") : t;
    c.rect(x, y, w, h, 3, body.shade());
    double half = w / 2 - 5;
    c.rect(x + 6, y + 9, half + 6, h - 17, 2, body.light());
    c.rect(MID - 3, y + 7, half + 3, h - 13, 2, k.of("vetro") ? t.light() : body.base());
    if (k.of("vetro")) {
      c.line(
          Path.at(MID + 24, y + 130)
              .to(MID + 78, y + 40)
              .move(MID + 48, y + 140)
              .to(MID + 92, y + 66),
          "#fff",
          7,
          0.4);
      Texture.grain(c, body, x + 14, y + 20, half - 20, h - 44);
    } else {
      c.line(
          Path.at(x + 12, y + h * 0.34)
              .across(MID - 10)
              .move(x + 12, y + h * 0.67)
              .across(MID - 10)
              .move(MID + 4, y + h * 0.34)
              .across(x + w - 8)
              .move(MID + 4, y + h * 0.67)
              .across(x + w - 8),
          body.shade(),
          2,
          0.6);
    }
    c.rect(MID + 3, y + h * 0.4, 6, h * 0.2, 3, body.deep());
    c.rect(x + 12, y + h * 0.4, 6, h * 0.2, 3, body.deep());
    c.rect(x, y - 2, w, 9, 2, body.deep());
  }

  private static void drawers(Canvas c, Look k) {
    Tone t = k.main();
    double scale = Math.min(2.1, 190.0 / k.height());
    double w = Math.max(k.width() * scale, 104);
    double x = MID - w / 2;
    double h0 = k.height() * scale;
    double y = FLOOR - h0;
    c.shadow(MID, FLOOR, w);
    double feet = feet(c, k, w, 26);
    double h = h0 - feet;
    c.rect(x, y, w, h, 4, t.edge());
    c.rect(x - 3, y - 3, w + 6, 9, 3, t.light());
    int rows = k.height() > 110 ? 7 : k.height() > 90 ? 4 : 3;
    boolean pairs = w > 190;
    double each = (h - 14) / rows;
    for (int i = 0; i < rows; i++) {
      double at = y + 9 + i * each;
      for (int j = 0; j < (pairs ? 2 : 1); j++) {
        double width = (w - 14) / (pairs ? 2 : 1);
        double left = x + 7 + j * width;
        c.rect(left, at, width - (pairs ? 3 : 0), each - 4, 2.5, t.light());
        if (k.is("contemporaneo")) {
          Path flutes = Path.at(left + 6, at + 2).down(at + each - 6);
          for (double s = left + 12; s < left + width - 4; s += 6) {
            flutes.move(s, at + 2).down(at + each - 6);
          }
          c.line(flutes, t.shade(), 2);
        } else if (k.is("minimal")) {
          c.line(Path.at(left + 4, at + 1).across(left + width - 4), t.deep(), 2.5, 0.7);
        } else if (k.is("classico")) {
          c.ellipse(left + width * 0.26, at + each / 2 - 2, 4, 4, "#b8954f");
          c.ellipse(left + width * 0.74, at + each / 2 - 2, 4, 4, "#b8954f");
        } else {
          c.line(
              Path.at(left + width / 2 - 15, at + each / 2 - 2).across(left + width / 2 + 15),
              t.deep(),
              4);
        }
      }
    }
  }

  private static void sideboard(Canvas c, Look k) {
    Tone t = k.main();
    double w = Math.clamp(k.width() * 1.75, 220, 330);
    double x = MID - w / 2;
    double high = k.is("anni-50") ? 42 : 30;
    double h = 112;
    double y = FLOOR - high - h;
    c.shadow(MID, FLOOR, w);
    c.leg(x + 26, FLOOR - high - 2, FLOOR, 10, -4, t.shade());
    c.leg(x + w - 26, FLOOR - high - 2, FLOOR, 10, 4, t.shade());
    c.rect(x, y, w, h, k.is("contemporaneo") ? 12 : 4, t.edge());
    // Something to look at on top.
    c.fill(
        Path.at(x + w * 0.74, y)
            .quad(x + w * 0.7, y - 22, x + w * 0.765, y - 32)
            .across(x + w * 0.795)
            .quad(x + w * 0.86, y - 22, x + w * 0.82, y)
            .close(),
        "#b7a48c");
    c.line(
        Path.at(x + w * 0.78, y - 32)
            .quad(x + w * 0.77, y - 58, x + w * 0.74, y - 66)
            .move(x + w * 0.78, y - 32)
            .quad(x + w * 0.8, y - 56, x + w * 0.83, y - 60),
        "#7c8a6b",
        2.5);
    int doors = k.of("rattan") || k.is("mediterraneo") ? 3 : 4;
    double each = (w - 12) / doors;
    boolean slats = k.is("contemporaneo") && k.width() > 165;
    if (slats || k.is("contemporaneo")) {
      Path flutes = Path.at(x + 10, y + 7).down(y + h - 7);
      for (double s = x + 10; s < x + w - 6; s += slats ? 5.5 : 11) {
        flutes.move(s, y + 7).down(y + h - 7);
      }
      c.line(flutes, slats ? t.shade() : t.light(), slats ? 2.5 : 6, slats ? 1 : 0.8);
      c.line(Path.at(MID, y + 5).down(y + h - 5), t.deep(), 2.5);
      return;
    }
    for (int i = 0; i < doors; i++) {
      double at = x + 6 + i * each;
      if (k.is("mediterraneo")) {
        c.fill(
            Path.at(at + 8, y + h - 8)
                .down(y + 42)
                .quad(at + 8, y + 12, at + each / 2, y + 12)
                .quad(at + each - 8, y + 12, at + each - 8, y + 42)
                .down(y + h - 8)
                .close(),
            i == 1 ? Tone.mix(t.shade(), t.deep(), 0.6) : t.light());
        c.ellipse(at + each - 18, y + 66, 3.5, 3.5, t.deep());
        continue;
      }
      c.rect(at + 2, y + 7, each - 4, h - 14, 3, t.light());
      if (k.of("rattan")) {
        c.rect(at + 11, y + 16, each - 22, h - 32, 3, CANE);
        Texture.cane(c, Tone.of(CANE), at + 11, y + 16, each - 22, h - 32);
      } else {
        Texture.grain(c, t, at + 4, y + 10, each - 8, h - 20);
        c.ellipse(at + (i % 2 == 0 ? each - 14 : 14), y + h / 2, 5, 9, t.deep());
      }
    }
  }

  private static void vitrine(Canvas c, Look k) {
    Tone t = k.main();
    double w = k.width() * 1.55;
    double x = MID - w / 2;
    double y = 34;
    c.shadow(MID, FLOOR, w);
    double feet = feet(c, k, w, 18);
    double h = FLOOR - feet - y;
    boolean arch = k.is("contemporaneo");
    boolean half = k.is("mediterraneo");
    Path body =
        arch
            ? Path.at(x, y + h)
                .down(y + 40)
                .quad(x, y - 6, MID, y - 6)
                .quad(x + w, y - 6, x + w, y + 40)
                .down(y + h)
                .close()
            : Path.at(x, y).across(x + w).down(y + h).across(x).close();
    c.fill(body, t.base());
    double glass = half ? h * 0.6 : h - 16;
    Path pane =
        arch
            ? Path.at(x + 9, y + h - 9)
                .down(y + 42)
                .quad(x + 9, y + 4, MID, y + 4)
                .quad(x + w - 9, y + 4, x + w - 9, y + 42)
                .down(y + h - 9)
                .close()
            : Path.at(x + 9, y + 9).across(x + w - 9).down(y + glass).across(x + 9).close();
    c.fill(pane, arch ? "#f1e6cf" : "#dfe5e1");
    int shelves = half ? 3 : 4;
    for (int i = 1; i <= shelves; i++) {
      double at = y + 6 + i * (glass - (half ? 6 : 2)) / shelves;
      for (int j = 0; j < 4; j++) {
        double left = x + 17 + j * (w - 34) / 4;
        double tall = 12 + Math.floorMod(k.seed() / 7 + i * 5 + j * 3, 4) * 4;
        c.block(
            left + 3,
            at - tall,
            13,
            tall,
            new String[] {"#c7b79c", "#a8b8b0", "#d9a58c", "#f7f3ea"}[(i + j) % 4]);
      }
      if (i < shelves || half) {
        c.line(Path.at(x + 11, at).across(x + w - 11), t.shade(), 3);
      }
    }
    c.flush();
    c.line(Path.at(MID, arch ? y + 4 : y + 9).down(y + glass), t.base(), 5);
    c.line(Path.at(x + 22, y + 74).to(x + 44, y + 34), "#fff", 5, 0.5);
    if (half) {
      c.rect(x + 8, y + glass + 8, w / 2 - 10, h - glass - 16, 2, t.light());
      c.rect(MID + 2, y + glass + 8, w / 2 - 10, h - glass - 16, 2, t.light());
      c.ellipse(MID - 10, y + glass + 40, 4, 4, t.deep());
      c.ellipse(MID + 10, y + glass + 40, 4, 4, t.deep());
    }
  }

  private static void tv(Canvas c, Look k) {
    Tone t = k.main();
    double w = Math.clamp(k.width() * 1.8, 260, 340);
    double x = MID - w / 2;
    double h = k.is("japandi") ? 52 : 66;
    double feet = k.is("japandi") ? 12 : 20;
    double y = FLOOR - feet - h;
    c.shadow(MID, FLOOR, w);
    c.rect(MID - 92, y - 118, 184, 106, 5, "#4b4d4c");
    c.rect(MID - 87, y - 113, 174, 96, 3, "#5d605f");
    c.line(Path.at(MID - 60, y - 40).to(MID - 10, y - 104), "#fff", 10, 0.06);
    c.rect(MID - 30, y - 6, 60, 6, 2, "#4b4d4c");
    c.rect(MID - 5, y - 14, 10, 10, 1, "#4b4d4c");
    c.rect(
        x + 20,
        FLOOR - feet - 2,
        w - 40,
        feet + 2,
        2,
        k.is("contemporaneo") && k.of("laminato") ? "#3b3834" : t.deep());
    c.rect(x, y, w, h, 4, t.edge());
    double third = (w - 12) / 3;
    c.rect(x + 6 + third + 3, y + 7, third - 6, h - 14, 2, k.is("japandi") ? t.light() : t.deep());
    for (int i = 0; i < 3; i += 2) {
      double at = x + 6 + i * third;
      c.rect(at, y + 7, third, h - 14, 2, t.light());
      if (k.of("rovere") && k.is("contemporaneo")) {
        Path slats = Path.at(at + 5, y + 9).down(y + h - 9);
        for (double s = at + 11; s < at + third - 2; s += 6) {
          slats.move(s, y + 9).down(y + h - 9);
        }
        c.line(slats, t.shade(), 2.5);
      } else {
        Texture.grain(c, t, at + 4, y + 7, third - 8, h - 14);
      }
    }
    if (!k.is("japandi")) {
      c.line(Path.at(MID - third / 2 + 6, y + h / 2).across(MID + third / 2 - 6), t.base(), 3);
    }
    c.gleam(x + 6, x + w - 6, y + 3);
  }

  private static void shoes(Canvas c, Look k) {
    Tone t = k.main();
    double w = k.width() * 1.8 + 20;
    double x = MID - w / 2;
    double h0 = k.height() * 1.55;
    double y = FLOOR - h0;
    c.shadow(MID, FLOOR, w);
    double feet = feet(c, k, w, 18);
    double h = h0 - feet;
    c.rect(x, y, w, h, 4, t.edge());
    c.rect(x - 3, y - 3, w + 6, 8, 3, t.light());
    c.rect(x + 16, y - 9, 34, 6, 3, "#a8b8b0");
    int rows = k.height() > 100 ? 3 : 1;
    if (rows == 1) {
      for (int j = 0; j < 2; j++) {
        double at = x + 6 + j * (w - 12) / 2;
        c.rect(at + 2, y + 9, (w - 12) / 2 - 4, h - 16, 2, t.light());
        Path slats = Path.at(at + 10, y + 20).across(at + (w - 12) / 2 - 10);
        for (double s = y + 29; s < y + h - 14; s += 9) {
          slats.move(at + 10, s).across(at + (w - 12) / 2 - 10);
        }
        c.line(slats, t.shade(), 3);
      }
      return;
    }
    for (int i = 0; i < rows; i++) {
      double at = y + 9 + i * (h - 14) / rows;
      c.rect(x + 7, at, w - 14, (h - 14) / rows - 5, 3, t.light());
      c.rect(MID - 22, at + 7, 44, 7, 3.5, t.deep());
    }
  }
}
