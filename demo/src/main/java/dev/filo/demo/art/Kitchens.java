package dev.filo.demo.art;

import static dev.filo.demo.art.Canvas.FLOOR;
import static dev.filo.demo.art.Canvas.MID;

/** Kitchen and table. */
final class Kitchens {

  private static final String DARK = "#3b3834";

  private Kitchens() {}

  static void draw(Canvas c, Look k) {
    switch (k.kind()) {
      case "plates" -> plates(c, k);
      case "mugs" -> mugs(c, k);
      case "bowl" -> bowl(c, k);
      case "pot" -> pot(c, k);
      case "pan" -> pan(c, k);
      case "glasses" -> glasses(c, k);
      case "carafe" -> carafe(c, k);
      case "board" -> board(c, k);
      case "teapot" -> teapot(c, k);
      case "cutlery" -> cutlery(c, k);
      case "moka" -> moka(c, k);
      default -> throw Picture.unknown("kitchen." + k.kind());
    }
  }

  private static void plates(Canvas c, Look k) {
    Tone t = k.main();
    boolean rim = k.is("mediterraneo");
    Tone body = rim ? Tone.of("#f6f3ec") : t;
    c.shadow(MID, FLOOR, 250);
    // One plate stands behind the pile.
    c.ellipse(MID + 52, 138, 88, 88, body.shade());
    c.ellipse(MID + 50, 136, 88, 88, body.base());
    c.ring(
        MID + 50, 136, rim ? 80 : 58, rim ? 80 : 58, rim ? t.base() : body.shade(), rim ? 5 : 2.5);
    c.ellipse(MID + 50, 136, 56, 56, body.light());
    if (rim) {
      c.ring(MID + 50, 136, 71, 71, t.base(), 1.5);
    }
    for (int i = 0; i < 4; i++) {
      double y = FLOOR - 10 - i * 10;
      stacked(c, body, rim ? t.base() : body.light(), 168, y, 104, 10);
    }
    for (int i = 0; i < 3; i++) {
      double y = FLOOR - 57 - i * 13;
      c.fill(
          Path.at(96, y)
              .across(240)
              .quad(232, y + 17, 206, y + 17)
              .across(130)
              .quad(104, y + 17, 96, y)
              .close(),
          i % 2 == 0 ? body.base() : body.shade());
      c.line(Path.at(96, y).across(240), rim ? t.base() : body.light(), 3);
    }
    c.ellipse(168, FLOOR - 83, 72, 8, body.light());
    c.ellipse(168, FLOOR - 82, 56, 5, body.shade());
  }

  private static void stacked(
      Canvas c, Tone body, String edge, double x, double y, double half, double h) {
    c.rect(x - half, y, half * 2, h, h / 2, body.base());
    c.line(Path.at(x - half + 16, y + h - 1).across(x + half - 16), body.shade(), 2.5);
    c.line(Path.at(x - half + 5, y + 1.5).across(x + half - 5), edge, 3);
  }

  private static void mugs(Canvas c, Look k) {
    Tone t = k.main();
    c.shadow(MID, FLOOR, 260);
    mug(c, k, Tone.of(t.shade()), 196, FLOOR - 14, 0.86);
    mug(c, k, t, 142, FLOOR - 4, 1);
    mug(c, k, t, 262, FLOOR, 1);
  }

  private static void mug(Canvas c, Look k, Tone t, double x, double floor, double s) {
    double half = 41 * s;
    double h = (k.of("porcellana") ? 100 : 88) * s;
    double y = floor - h;
    c.line(
        Path.at(x + half - 2, y + 20 * s)
            .cubic(
                x + half + 38 * s,
                y + 14 * s,
                x + half + 34 * s,
                y + h - 14 * s,
                x + half - 6,
                y + h - 24 * s),
        t.shade(),
        10 * s);
    c.fill(
        Path.at(x - half, y)
            .down(floor - 20 * s)
            .quad(x - half + 2, floor, x - half + 22 * s, floor)
            .across(x + half - 22 * s)
            .quad(x + half - 2, floor, x + half, floor - 20 * s)
            .down(y)
            .close(),
        t.base());
    if (k.of("ceramica")) {
      c.fill(
          Path.at(x - half, floor - 40 * s)
              .quad(x, floor - 32 * s, x + half, floor - 40 * s)
              .down(floor - 20 * s)
              .quad(x + half - 2, floor, x + half - 22 * s, floor)
              .across(x - half + 22 * s)
              .quad(x - half + 2, floor, x - half, floor - 20 * s)
              .close(),
          "#d9b996");
    }
    c.ellipse(x, y, half, 8 * s, t.light());
    c.ellipse(x, y + 1, half - 5, 5.5 * s, t.deep());
    c.line(Path.at(x - half + 11, y + 22 * s).down(floor - 26 * s), "#fff", 5, 0.25);
  }

  private static void bowl(Canvas c, Look k) {
    Tone t = k.main();
    boolean rim = k.is("mediterraneo");
    Tone body = rim ? Tone.of("#f6f3ec") : t;
    double half = Math.clamp(k.width() * 4.4, 104, 128);
    double y = 152;
    c.shadow(MID, FLOOR, half * 1.3);
    c.rect(MID - 38, FLOOR - 12, 76, 12, 4, body.shade());
    if (k.wooden()) {
      c.ellipse(MID - 46, y - 10, 34, 32, "#b5654a");
      c.ellipse(MID + 14, y - 16, 36, 34, "#c9a23f");
      c.ellipse(MID + 62, y - 6, 30, 28, "#7d9163");
    }
    c.fill(
        Path.at(MID - half, y)
            .across(MID + half)
            .cubic(MID + half - 6, y + 62, MID + 58, FLOOR - 6, MID + 34, FLOOR - 6)
            .across(MID - 34)
            .cubic(MID - 58, FLOOR - 6, MID - half + 6, y + 62, MID - half, y)
            .close(),
        body.base());
    if (!k.wooden()) {
      c.ellipse(MID, y, half, 20, body.light());
      c.ellipse(MID, y + 2, half - 7, 15, body.shade());
    }
    if (rim) {
      c.ring(MID, y, half - 2, 19, t.base(), 4);
      Path leaves = Path.at(MID - 78, y + 40).quad(MID, y + 66, MID + 78, y + 40);
      c.line(leaves, t.base(), 3);
      c.dashes(
          Path.at(MID - 84, y + 30).quad(MID, y + 56, MID + 84, y + 30), t.base(), 8, 1, 0, 24);
    } else if (k.wooden()) {
      Texture.grain(c, t, MID - half + 16, y + 6, 2 * half - 32, 70);
    } else {
      c.line(
          Path.at(MID - half + 22, y + 34).quad(MID - half + 34, y + 58, MID - 52, y + 72),
          "#fff",
          5,
          0.25);
    }
  }

  private static void pot(Canvas c, Look k) {
    Tone t = k.main();
    double half = Math.clamp(k.width() * 3.8, 86, 104);
    double y = 158;
    c.shadow(MID, FLOOR, half * 2);
    boolean iron = k.of("ghisa");
    String handle = iron ? t.shade() : k.of("rame") ? "#b8954f" : t.deep();
    c.line(
        Path.at(MID - half, y + 20)
            .quad(MID - half - 30, y + 18, MID - half - 26, y + 34)
            .quad(MID - half - 20, y + 40, MID - half, y + 40)
            .move(MID + half, y + 20)
            .quad(MID + half + 30, y + 18, MID + half + 26, y + 34)
            .quad(MID + half + 20, y + 40, MID + half, y + 40),
        handle,
        iron ? 10 : 7);
    c.rect(MID - half, y, half * 2, FLOOR - y, iron ? 26 : 12, t.base());
    c.rect(MID - half, y, half * 2, 30, 2, t.base());
    c.veil(
        Path.at(MID + half * 0.44, y)
            .across(MID + half)
            .down(FLOOR - 24)
            .quad(MID + half, FLOOR, MID + half - 24, FLOOR)
            .across(MID + half * 0.3)
            .quad(MID + half * 0.5, y + 60, MID + half * 0.44, y)
            .close(),
        t.shade(),
        0.7);
    c.line(Path.at(MID - half + 18, y + 22).down(FLOOR - 26), "#fff", 7, 0.25);
    if (k.of("rame")) {
      Path hammer =
          Path.at(MID - half + 14, y + 18)
              .across(MID + half - 12)
              .move(MID - half + 20, y + 36)
              .across(MID + half - 12)
              .move(MID - half + 14, y + 54)
              .across(MID + half - 12)
              .move(MID - half + 20, y + 72)
              .across(MID + half - 14);
      c.dashes(hammer, t.shade(), 6, 0.5, 0, 15);
    }
    c.fill(
        Path.at(MID - half - 5, y + 1)
            .quad(MID - half + 8, y - 28, MID - 20, y - 32)
            .across(MID + 20)
            .quad(MID + half - 8, y - 28, MID + half + 5, y + 1)
            .close(),
        t.light());
    c.rect(MID - half - 6, y - 4, half * 2 + 12, 9, 4, t.shade());
    c.rect(MID - 8, y - 42, 16, 12, 3, handle);
    c.rect(MID - 21, y - 50, 42, 12, 6, iron ? "#b8954f" : handle);
  }

  private static void pan(Canvas c, Look k) {
    Tone t = k.main();
    Tone body = k.of("ghisa") ? Tone.of("#3d3b39") : t;
    // Seen from above, hanging to the right.
    c.drop(Path.at(52, 158).arc(96, 96, 244, 158).arc(96, 96, 52, 158).close());
    c.line(Path.at(238, 138).to(352, 98), k.of("alluminio") ? "#b58a5e" : body.base(), 19);
    c.line(Path.at(250, 130).to(344, 97), "#fff", 3, 0.2);
    c.ellipse(350, 99, 4.5, 4.5, Canvas.PAPER);
    c.ellipse(148, 158, 97, 97, body.base());
    c.ellipse(148, 158, 89, 89, body.shade());
    c.ellipse(148, 160, 74, 74, k.of("alluminio") ? "#4b4845" : body.base());
    c.ring(148, 160, 50, 50, k.of("alluminio") ? "#5a5652" : body.shade(), 2);
    c.line(Path.at(88, 132).quad(104, 100, 138, 90), "#fff", 6, k.of("acciaio") ? 0.5 : 0.16);
  }

  private static void glasses(Canvas c, Look k) {
    Tone t = k.main();
    double h = k.height() * 9.6;
    double half = k.width() * 4.6;
    c.shadow(MID, FLOOR, 250);
    double[] at = {118, MID + 4, 286};
    for (int i = 0; i < 3; i++) {
      double x = at[i];
      double floor = FLOOR - (i == 1 ? 12 : 2);
      double y = floor - h;
      c.veil(
          Path.at(x - half, y).to(x - half + 6, floor).across(x + half - 6).to(x + half, y).close(),
          t.base(),
          0.7);
      c.veil(
          Path.at(x - half + 3, y + h * 0.42)
              .to(x - half + 8, floor - 9)
              .across(x + half - 8)
              .to(x + half - 3, y + h * 0.42)
              .close(),
          t.light(),
          0.6);
      c.rect(x - half + 6, floor - 9, 2 * half - 12, 9, 3, t.shade());
      c.ellipse(x, y, half, 7, t.light(), 0.9);
      c.ring(x, y, half, 7, t.shade(), 2);
      if (k.is("contemporaneo")) {
        Path flutes = Path.at(x, y + 12).down(floor - 12);
        for (int j = 1; j < 3; j++) {
          flutes
              .move(x - j * 11, y + 11)
              .to(x - j * 9.4, floor - 12)
              .move(x + j * 11, y + 11)
              .to(x + j * 9.4, floor - 12);
        }
        c.line(flutes, "#fff", 3.5, 0.4);
      } else if (k.is("mediterraneo")) {
        c.dashes(
            Path.at(x - 20, y + 40)
                .to(x + 14, floor - 22)
                .move(x + 18, y + 28)
                .to(x - 6, floor - 40),
            "#fff",
            4,
            0.5,
            0,
            17);
      } else {
        c.line(Path.at(x - half + 12, y + 18).to(x - half + 15, floor - 22), "#fff", 5, 0.6);
      }
    }
  }

  private static void carafe(Canvas c, Look k) {
    Tone t = k.main();
    c.shadow(MID, FLOOR, 118);
    if (k.of("ceramica")) {
      c.line(
          Path.at(MID + 34, 112).cubic(MID + 98, 100, MID + 98, 186, MID + 56, 196), t.shade(), 13);
      c.fill(
          Path.at(MID - 46, 72)
              .across(MID + 30)
              .to(MID + 32, 92)
              .quad(MID + 30, 118, MID + 60, 156)
              .cubic(MID + 78, 196, MID + 64, FLOOR, MID + 34, FLOOR)
              .across(MID - 34)
              .cubic(MID - 64, FLOOR, MID - 78, 196, MID - 60, 156)
              .quad(MID - 28, 118, MID - 30, 92)
              .to(MID - 58, 78)
              .close(),
          t.base());
      c.veil(
          Path.at(MID + 20, 120)
              .quad(MID + 70, 180, MID + 30, FLOOR)
              .across(MID + 34)
              .cubic(MID + 64, FLOOR, MID + 78, 196, MID + 60, 156)
              .quad(MID + 30, 118, MID + 32, 92)
              .close(),
          t.shade(),
          0.7);
      c.line(
          Path.at(MID - 58, 196)
              .quad(MID, 212, MID + 60, 196)
              .move(MID - 56, 206)
              .quad(MID, 222, MID + 58, 206),
          t.luminance() > 0.7 ? "#47606b" : "#f6efe0",
          4,
          0.8);
      c.line(Path.at(MID - 42, 160).quad(MID - 54, 184, MID - 48, 214), "#fff", 6, 0.25);
      return;
    }
    c.veil(
        Path.at(MID - 38, 58)
            .quad(MID - 16, 74, MID - 18, 108)
            .quad(MID - 26, 140, MID - 58, 182)
            .cubic(MID - 74, 214, MID - 62, FLOOR, MID - 36, FLOOR)
            .across(MID + 36)
            .cubic(MID + 62, FLOOR, MID + 74, 214, MID + 58, 182)
            .quad(MID + 26, 140, MID + 18, 108)
            .quad(MID + 16, 74, MID + 30, 58)
            .close(),
        t.base(),
        0.75);
    c.veil(
        Path.at(MID - 57, 184)
            .quad(MID, 196, MID + 57, 184)
            .cubic(MID + 72, 214, MID + 60, FLOOR - 5, MID + 34, FLOOR - 5)
            .across(MID - 34)
            .cubic(MID - 60, FLOOR - 5, MID - 72, 214, MID - 57, 184)
            .close(),
        t.shade(),
        0.7);
    c.ellipse(MID - 4, 58, 34, 6, t.light(), 0.9);
    c.ring(MID - 4, 58, 34, 6, t.shade(), 2);
    c.line(Path.at(MID - 24, 150).quad(MID - 52, 186, MID - 50, 218), "#fff", 6, 0.55);
    c.line(Path.at(MID - 9, 76).down(112), "#fff", 4, 0.5);
  }

  private static void board(Canvas c, Look k) {
    Tone t = k.main();
    boolean stone = k.of("marmo");
    Path shape =
        stone
            ? Path.at(70, 90)
                .across(330)
                .quad(336, 90, 336, 96)
                .down(212)
                .quad(336, 218, 330, 218)
                .across(70)
                .quad(64, 218, 64, 212)
                .down(96)
                .quad(64, 90, 70, 90)
                .close()
            : Path.at(74, 92)
                .across(272)
                .quad(286, 92, 290, 112)
                .quad(292, 132, 306, 134)
                .across(338)
                .quad(354, 138, 354, 154)
                .quad(354, 170, 338, 174)
                .across(306)
                .quad(292, 176, 290, 196)
                .quad(286, 216, 272, 216)
                .across(74)
                .quad(52, 216, 52, 194)
                .down(114)
                .quad(52, 92, 74, 92)
                .close();
    c.drop(shape);
    c.fill(shape, t.base());
    if (stone) {
      Texture.veins(c, k, 74, 94, 250, 116);
      c.line(Path.at(300, 104).down(132), "#b8954f", 5);
      return;
    }
    Texture.grain(c, t, 66, 96, 214, 60);
    Texture.grain(c, t, 74, 150, 206, 60);
    c.ellipse(334, 154, 7, 7, Canvas.PAPER);
    if (k.is("rustico")) {
      c.line(
          Path.at(84, 106)
              .across(262)
              .quad(274, 106, 274, 118)
              .down(190)
              .quad(274, 202, 262, 202)
              .across(84)
              .quad(68, 202, 68, 190)
              .down(118)
              .quad(68, 106, 84, 106)
              .close(),
          t.shade(),
          4);
    } else {
      c.line(
          Path.at(56, 124).across(290).move(54, 154).across(306).move(56, 184).across(291),
          t.shade(),
          2);
    }
  }

  private static void teapot(Canvas c, Look k) {
    Tone t = k.main();
    c.shadow(MID, FLOOR, 190);
    boolean east = k.is("japandi");
    double y = 150;
    if (east) {
      c.line(
          Path.at(MID - 62, y + 2).cubic(MID - 72, 62, MID + 72, 62, MID + 62, y + 2),
          "#b8854f",
          9);
      c.line(Path.at(MID - 58, 96).quad(MID, 66, MID + 58, 96), "#cfa06a", 4, 0.6);
    } else {
      c.line(
          Path.at(MID + 70, y + 16).cubic(MID + 132, y - 10, MID + 134, y + 78, MID + 74, y + 76),
          t.shade(),
          12);
    }
    c.fill(
        Path.at(MID - 70, y + 52)
            .quad(MID - 98, y + 46, MID - 108, y + 8)
            .quad(MID - 112, y - 4, MID - 128, y - 6)
            .quad(MID - 118, y - 16, MID - 98, y - 4)
            .quad(MID - 88, y + 14, MID - 66, y + 18)
            .close(),
        t.shade());
    c.fill(
        Path.at(MID - 46, y)
            .across(MID + 46)
            .cubic(MID + 88, y + 12, MID + (east ? 98 : 92), y + 74, MID + 56, FLOOR - 4)
            .quad(MID, FLOOR + 4, MID - 56, FLOOR - 4)
            .cubic(MID - (east ? 98 : 92), y + 74, MID - 88, y + 12, MID - 46, y)
            .close(),
        t.base());
    c.veil(
        Path.at(MID + 34, y)
            .across(MID + 46)
            .cubic(MID + 88, y + 12, MID + 92, y + 74, MID + 56, FLOOR - 4)
            .quad(MID + 40, FLOOR, MID + 24, FLOOR - 1)
            .quad(MID + 78, y + 56, MID + 34, y)
            .close(),
        t.shade(),
        0.8);
    c.fill(
        Path.at(MID - 48, y + 2)
            .quad(MID - 40, y - 20, MID, y - 20)
            .quad(MID + 40, y - 20, MID + 48, y + 2)
            .quad(MID, y + 9, MID - 48, y + 2)
            .close(),
        t.light());
    c.ellipse(MID, y - 25, 9, 9, east ? "#b8854f" : t.base());
    c.line(Path.at(MID - 60, y + 22).quad(MID - 78, y + 46, MID - 66, y + 70), "#fff", 6, 0.3);
    if (east) {
      c.line(Path.at(MID - 76, y + 66).quad(MID, y + 78, MID + 76, y + 66), t.shade(), 2.5, 0.7);
    }
  }

  private static void cutlery(Canvas c, Look k) {
    Tone t = k.main();
    c.rect(84, 52, 232, 202, 4, "#e4dccb");
    c.line(Path.at(96, 62).across(304).move(96, 244).across(304), "#d3c8b2", 2);
    double[] at = {124, 166, 208, 250, 286};
    double end = 236;
    for (int i = 0; i < 5; i++) {
      double x = at[i];
      double top = i > 2 ? 104 : 70;
      c.line(Path.at(x + 3, top + 64).down(end), "#4a3f2c", 7, 0.1);
      c.fill(
          Path.at(x - 3, top + 58)
              .across(x + 3)
              .to(x + (k.is("classico") ? 7 : 5), end - 6)
              .quad(x, end + 6, x - (k.is("classico") ? 7 : 5), end - 6)
              .close(),
          k.material().equals("acciaio") ? t.base() : t.shade());
      switch (i) {
        case 0, 3 -> {
          c.line(
              Path.at(x - 10, top)
                  .down(top + 32)
                  .quad(x - 10, top + 52, x, top + 54)
                  .quad(x + 10, top + 52, x + 10, top + 32)
                  .down(top)
                  .move(x - 3.4, top)
                  .down(top + 42)
                  .move(x + 3.4, top)
                  .down(top + 42),
              t.base(),
              4);
          c.line(Path.at(x, top + 50).down(top + 62), t.base(), 6);
        }
        case 1 ->
            c.fill(
                Path.at(x - 6, top + 64)
                    .down(top + 4)
                    .quad(x + 12, top + 8, x + 9, top + 64)
                    .close(),
                t.light());
        default -> {
          c.ellipse(x, top + 26, 13, 26, t.base());
          c.ellipse(x, top + 24, 8, 19, t.light());
        }
      }
    }
  }

  private static void moka(Canvas c, Look k) {
    Tone t = k.main();
    Tone base = Tone.of("#b5babb");
    c.shadow(MID, FLOOR, 120);
    c.fill(
        Path.at(MID - 62, FLOOR).to(MID - 44, 176).across(MID + 44).to(MID + 62, FLOOR).close(),
        base.base());
    c.fill(
        Path.at(MID + 14, FLOOR).to(MID + 10, 176).across(MID + 44).to(MID + 62, FLOOR).close(),
        base.shade());
    c.fill(
        Path.at(MID - 62, FLOOR).to(MID - 44, 176).across(MID - 26).to(MID - 34, FLOOR).close(),
        base.light());
    c.rect(MID - 48, 164, 96, 14, 3, base.shade());
    c.fill(
        Path.at(MID - 42, 164)
            .to(MID - 58, 84)
            .to(MID - 74, 76)
            .to(MID - 50, 72)
            .across(MID + 56)
            .to(MID + 42, 164)
            .close(),
        t.base());
    c.fill(
        Path.at(MID + 12, 164).to(MID + 16, 72).across(MID + 56).to(MID + 42, 164).close(),
        t.shade());
    c.fill(
        Path.at(MID - 42, 164).to(MID - 56, 88).to(MID - 30, 76).to(MID - 22, 164).close(),
        t.light());
    c.line(
        Path.at(MID + 54, 84).across(MID + 88).quad(MID + 96, 86, MID + 92, 100).to(MID + 80, 150),
        DARK,
        12);
    c.fill(
        Path.at(MID - 54, 72).to(MID - 8, 50).across(MID + 8).to(MID + 58, 72).close(), t.base());
    c.fill(
        Path.at(MID + 2, 50).across(MID + 8).to(MID + 58, 72).across(MID + 14).close(), t.shade());
    c.rect(MID - 8, 34, 16, 18, 5, DARK);
    c.ellipse(MID - 34, 204, 4, 4, "#8a8f90");
  }
}
