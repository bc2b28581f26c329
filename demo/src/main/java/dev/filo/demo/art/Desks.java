package dev.filo.demo.art;

import static dev.filo.demo.art.Canvas.FLOOR;
import static dev.filo.demo.art.Canvas.MID;

/** Desks and what stands around them. */
final class Desks {

  private static final String DARK = "#3b3834";

  private Desks() {}

  static void draw(Canvas c, Look k) {
    switch (k.kind()) {
      case "legs" -> legs(c, k);
      case "drawers" -> drawers(c, k);
      case "bureau" -> bureau(c, k);
      case "chair" -> chair(c, k);
      case "pedestal" -> pedestal(c, k);
      case "tray" -> tray(c, k);
      default -> throw Picture.unknown("desk." + k.kind());
    }
  }

  private static void things(Canvas c, double x, double y) {
    c.rect(x, y - 7, 58, 7, 2, "#a8b8b0");
    c.rect(x + 5, y - 13, 48, 6, 2, "#d9a58c");
    c.rect(x + 76, y - 24, 19, 24, 3, "#cf9d7c");
    c.line(
        Path.at(x + 82, y - 24).to(x + 78, y - 46).move(x + 87, y - 24).to(x + 91, y - 43),
        "#7a5236",
        2.5);
  }

  private static void legs(Canvas c, Look k) {
    Tone t = k.main();
    double w = Math.clamp(k.width() * 2.05, 200, 320);
    double x = MID - w / 2;
    boolean standing = k.height() > 100;
    double y = FLOOR - (standing ? 164 : 134);
    c.shadow(MID, FLOOR, w);
    if (standing) {
      for (int side = -1; side <= 1; side += 2) {
        double at = MID + side * (w / 2 - 56);
        c.rect(at - 9, y + 76, 18, FLOOR - y - 80, 2, "#55524d");
        c.rect(at - 6, y, 12, 90, 2, "#77736c");
        c.rect(at - 40, FLOOR - 8, 80, 8, 3, DARK);
      }
      c.rect(x + 40, y + 8, w - 80, 8, 2, "#55524d");
    } else {
      boolean metal = k.is("industriale") || k.is("minimal");
      Tone leg = metal ? Tone.of(k.of("metallo") ? k.main().base() : DARK) : t;
      double lean = k.is("nordico") ? 8 : k.is("japandi") ? -5 : 0;
      double in = k.is("japandi") ? 36 : 16;
      for (int side = -1; side <= 1; side += 2) {
        double at = MID + side * (w / 2 - in);
        c.leg(at - side * 22, y, FLOOR - 12, metal ? 7 : 10, side * lean, leg.shade());
        if (metal) {
          c.rect(at - 4, y, 8, FLOOR - y, 1, leg.base());
        } else {
          c.leg(at, y, FLOOR, 13, side * lean, leg.base());
        }
      }
      if (k.is("industriale")) {
        c.line(Path.at(x + 16, FLOOR - 34).across(x + w - 16), leg.shade(), 6);
      } else if (k.is("nordico")) {
        c.rect(x + 22, y + 6, w - 44, 18, 2, t.shade());
      }
    }
    things(c, x + w * 0.58, y - 10);
    if (k.is("nordico")) {
      c.rect(x + 18, y - 30, w - 36, 17, 3, t.shade());
    }
    Tone top = k.of("metallo") ? Tone.of("#b58a5e") : t;
    Tables.top(
        c,
        new Look(
            k.kind(),
            k.of("metallo") ? "rovere" : k.material(),
            k.style(),
            top,
            k.frame(),
            k.size(),
            k.seed()),
        x,
        y,
        w,
        15,
        9);
    if (standing) {
      c.rect(x + w * 0.72, y + 10, 30, 6, 3, DARK);
    }
  }

  private static void drawers(Canvas c, Look k) {
    Tone t = k.main();
    double w = Math.clamp(k.width() * 2.0, 220, 310);
    double x = MID - w / 2;
    double y = FLOOR - 134;
    boolean pair = k.is("anni-50");
    double box = pair ? 74 : 86;
    c.shadow(MID, FLOOR, w);
    c.leg(x + 18, y, FLOOR, 12, pair ? -8 : 0, t.base());
    c.leg(x + w - 18, y, FLOOR, 12, pair ? 8 : 0, t.base());
    c.leg(x + 40, y, FLOOR - 12, 9, 0, t.shade());
    if (k.is("rustico")) {
      c.rect(x + 22, y + 6, w - 44, 26, 2, t.shade());
      c.rect(MID - 54, y + 9, 84, 19, 2, t.light());
      c.ellipse(MID - 12, y + 19, 4, 4, t.deep());
    }
    double h = pair ? 56 : 104;
    int rows = pair ? 2 : 3;
    for (int i = 0; i < (pair ? 2 : 1); i++) {
      double left = pair && i == 0 ? x + 14 : x + w - 14 - box;
      c.rect(left, y + 6, box, h, 3, t.shade());
      for (int row = 0; row < rows; row++) {
        double at = y + 10 + row * (h - 6) / rows;
        double high = (h - 6) / rows - 4;
        c.rect(left + 4, at, box - 8, high, 2, t.light());
        if (k.is("contemporaneo")) {
          Path flutes = Path.at(left + 10, at + 2).down(at + high - 2);
          for (double s = left + 16; s < left + box - 8; s += 6) {
            flutes.move(s, at + 2).down(at + high - 2);
          }
          c.line(flutes, t.shade(), 2);
        } else {
          c.ellipse(left + box / 2, at + high / 2, 4.5, 4.5, t.deep());
        }
      }
    }
    things(c, x + 44, y - 10);
    Tables.top(c, k, x, y, w, 15, 9);
  }

  private static void bureau(Canvas c, Look k) {
    Tone t = k.main();
    if (k.is("minimal")) {
      double x = 100;
      c.drop(Path.at(x, 76).across(300).down(196).across(x).close());
      c.rect(x, 76, 200, 112, 5, t.edge());
      c.rect(x + 8, 84, 184, 96, 2, Tone.mix(t.shade(), t.deep(), 0.5));
      c.rect(x + 62, 84, 5, 96, 0, t.base());
      c.rect(x + 66, 130, 126, 5, 0, t.base());
      c.rect(x + 16, 140, 12, 40, 1, "#b5654a");
      c.rect(x + 29, 134, 10, 46, 1, "#d8c7a5");
      c.rect(x + 40, 144, 13, 36, 1, "#47606b");
      c.rect(x + 84, 110, 30, 20, 3, "#efe7d8");
      c.rect(x + 140, 116, 40, 14, 2, "#a8b8b0");
      c.fill(Path.at(x, 186).across(300).to(318, 212).across(82).close(), t.light());
      c.rect(82, 210, 236, 8, 2, t.base());
      c.line(Path.at(104, 204).to(x + 6, 176).move(296, 204).to(294, 176), t.shade(), 2.5);
      return;
    }
    double w = 196;
    double x = MID - w / 2;
    double y = FLOOR - 122;
    double top = y - 74;
    c.shadow(MID, FLOOR, w);
    double lean = k.is("nordico") ? 6 : 0;
    c.leg(x + 12, y, FLOOR, 13, -lean, t.base());
    c.leg(x + w - 12, y, FLOOR, 13, lean, t.base());
    c.rect(x + 8, top, w - 16, 78, 4, t.shade());
    c.rect(x + 14, top + 7, w - 28, 64, 1, Tone.mix(t.shade(), t.deep(), 0.6));
    for (int i = 1; i < 4; i++) {
      c.rect(x + 14 + i * (w - 28) / 4 - 2, top + 7, 4, i == 2 ? 64 : 36, 0, t.shade());
    }
    c.rect(x + 14, top + 41, w - 28, 4, 0, t.shade());
    c.rect(x + 22, top + 18, 8, 23, 1, "#f3ecdd");
    c.rect(x + 31, top + 22, 7, 19, 1, "#d9a58c");
    c.rect(x + 112, top + 16, 9, 25, 1, "#a8b8b0");
    c.rect(x + 28, top + 54, 46, 17, 2, "#c9a97a");
    c.rect(x + 118, top + 54, 18, 17, 3, "#efe7d8");
    c.fill(
        Path.at(x + 2, y - 4).across(x + w - 2).to(x + w + 14, y + 14).across(x - 14).close(),
        t.light());
    Texture.grain(c, t, x + 4, y - 4, w - 8, 18);
    c.rect(x - 14, y + 13, w + 28, 7, 2, t.base());
    c.rect(x + 10, y + 22, w - 20, k.is("nordico") ? 22 : 30, 2, t.base());
    c.ellipse(MID - 46, y + 35, 4, 4, t.deep());
    c.ellipse(MID + 46, y + 35, 4, 4, t.deep());
    c.line(Path.at(MID, y + 23).down(y + 44), t.shade(), 2.5);
  }

  private static void chair(Canvas c, Look k) {
    Tone t = k.main();
    double floor = FLOOR + 6;
    boolean shell = k.is("nordico");
    boolean bright = k.is("anni-50");
    String metal = bright ? "#aab0b2" : shell ? "#d0a57a" : DARK;
    c.shadow(MID, floor, 132);
    if (shell) {
      c.line(
          Path.at(MID, 200)
              .to(MID - 52, floor)
              .move(MID, 200)
              .to(MID + 52, floor)
              .move(MID, 206)
              .down(floor - 8),
          metal,
          8);
    } else {
      c.line(
          Path.at(MID - 58, floor - 12)
              .quad(MID - 20, floor - 26, MID, floor - 28)
              .quad(MID + 20, floor - 26, MID + 58, floor - 12)
              .move(MID, floor - 28)
              .down(floor - 10),
          metal,
          8);
      for (double at : new double[] {MID - 58, MID, MID + 58}) {
        c.ellipse(at, floor - 5, 7, 7, DARK);
      }
      c.rect(MID - 6, 186, 12, floor - 210, 2, metal);
    }
    double top = k.is("minimal") ? 52 : bright ? 62 : 74;
    if (k.is("minimal")) {
      c.rect(MID - 28, 34, 56, 26, 11, t.shade());
      c.rect(MID - 5, 56, 10, 20, 2, DARK);
    }
    double half = shell ? 60 : 52;
    c.rect(
        MID - half,
        top + (k.is("minimal") ? 16 : 0),
        2 * half,
        168 - top - (k.is("minimal") ? 16 : 0),
        shell ? 46 : bright ? 9 : 26,
        t.base());
    if (bright) {
      Path ribs = Path.at(MID - half + 4, top + 18).across(MID + half - 4);
      for (double y = top + 36; y < 160; y += 18) {
        ribs.move(MID - half + 4, y).across(MID + half - 4);
      }
      c.line(ribs, t.shade(), 3);
    } else if (k.is("minimal")) {
      Path mesh = Path.at(MID - 36, 84).across(MID + 40);
      for (double y = 92; y < 150; y += 8) {
        mesh.move(MID - 42 + y % 5, y).across(MID + 44);
      }
      c.dashes(mesh, t.light(), 2, 0.7, 0, 6);
      c.rect(MID - 40, 132, 80, 13, 6, t.shade());
    } else {
      Texture.weave(c, k, MID - half + 6, top + 10, 2 * half - 12, 70);
    }
    if (!shell) {
      for (int side = -1; side <= 1; side += 2) {
        c.line(
            Path.at(MID + side * 56, 184).quad(MID + side * 76, 178, MID + side * 74, 146),
            metal,
            5);
        c.line(Path.at(MID + side * 64, 143).across(MID + side * 80), bright ? t.base() : DARK, 9);
      }
    }
    c.rect(MID - 64, 164, 128, 26, 12, t.light());
    c.line(Path.at(MID - 54, 182).across(MID + 54), t.shade(), 2.5);
  }

  private static void pedestal(Canvas c, Look k) {
    Tone t = k.main();
    double w = 136;
    double x = MID - w / 2;
    double y = FLOOR - 178;
    boolean metal = k.of("metallo");
    c.shadow(MID, FLOOR, w);
    if (metal) {
      c.ellipse(x + 20, FLOOR - 7, 8, 8, DARK);
      c.ellipse(x + w - 20, FLOOR - 7, 8, 8, DARK);
    } else {
      c.rect(x + 6, FLOOR - 12, w - 12, 12, 1, t.deep());
    }
    c.rect(x, y, w, 166, metal ? 7 : 4, t.edge());
    int rows = metal || k.is("nordico") ? 3 : 2;
    double[] parts = rows == 3 ? new double[] {0.25, 0.25, 0.5} : new double[] {0.36, 0.64};
    double at = y + 7;
    for (double part : parts) {
      double high = 152 * part;
      c.rect(x + 7, at, w - 14, high - 5, 3, t.light());
      if (k.is("contemporaneo")) {
        Path flutes = Path.at(x + 14, at + 3).down(at + high - 8);
        for (double s = x + 21; s < x + w - 8; s += 7) {
          flutes.move(s, at + 3).down(at + high - 8);
        }
        c.line(flutes, t.shade(), 2);
      } else if (metal) {
        c.rect(MID - 18, at + 7, 36, 7, 3.5, t.deep());
      } else {
        c.ellipse(MID, at + high / 2 - 3, 5, 5, t.deep());
      }
      at += high;
    }
    if (metal) {
      c.ellipse(x + w - 19, y + 19, 3.5, 3.5, "#b8b4aa");
    }
    c.gleam(x + 8, x + w - 8, y + 3);
  }

  private static void tray(Canvas c, Look k) {
    Tone t = k.main();
    double x = 96;
    c.shadow(MID, FLOOR, 220);
    for (int i = 0; i < 2; i++) {
      double y = FLOOR - 26 - i * 68;
      c.fill(Path.at(x + 24, y - 38).across(280).to(304, y).across(x).close(), t.shade());
      c.fill(Path.at(x + 40, y - 32).across(262).to(278, y - 7).across(x + 26).close(), "#fbf8f1");
      c.line(Path.at(x + 58, y - 24).across(220).move(x + 52, y - 16).across(238), "#cfc7b8", 2);
      if (k.of("metallo")) {
        c.rect(x, y - 2, 208, 24, 4, t.base());
        c.dashes(Path.at(x + 14, y + 10).across(x + 198), t.deep(), 7, 0.55, 0, 15);
      } else {
        c.rect(x, y - 2, 208, 24, 3, t.base());
        c.fill(
            Path.at(MID - 28, y - 2)
                .across(MID + 28)
                .quad(MID + 22, y + 9, MID, y + 9)
                .quad(MID - 22, y + 9, MID - 28, y - 2)
                .close(),
            t.deep());
        Texture.grain(c, t, x + 4, y + 4, 200, 18);
      }
      if (i == 0) {
        c.line(Path.at(x + 10, y).down(y - 46).move(x + 198, y).down(y - 46), t.shade(), 7);
      }
    }
  }
}
