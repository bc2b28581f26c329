package dev.filo.demo.art;

import static dev.filo.demo.art.Canvas.FLOOR;
import static dev.filo.demo.art.Canvas.MID;

/** Vases, pots, candles, baskets, clocks, frames and trays. */
final class Accents {

  private static final String DARK = "#3b3834";
  private static final String LEAF = "#75876a";

  private Accents() {}

  static void draw(Canvas c, Look k) {
    switch (k.kind()) {
      case "vase" -> vase(c, k);
      case "bottle" -> bottle(c, k);
      case "planter" -> planter(c, k);
      case "candle" -> candle(c, k);
      case "basket" -> basket(c, k);
      case "clock" -> clock(c, k);
      case "frame" -> frame(c, k);
      case "tray" -> tray(c, k);
      default -> throw Picture.unknown("accent." + k.kind());
    }
  }

  private static void body(Canvas c, Look k, Path shape) {
    if (k.of("vetro")) {
      c.veil(shape, k.main().base(), 0.75);
    } else {
      c.fill(shape, k.main().base());
    }
  }

  private static void twigs(Canvas c, double y) {
    c.line(
        Path.at(MID - 3, y)
            .quad(MID - 8, y - 44, MID - 40, y - 70)
            .move(MID + 2, y)
            .quad(MID + 6, y - 50, MID + 34, y - 78)
            .move(MID, y)
            .quad(MID - 3, y - 52, MID + 2, y - 88),
        "#8a7a5c",
        2.5);
    c.dashes(
        Path.at(MID - 11, y - 34)
            .quad(MID - 22, y - 58, MID - 44, y - 72)
            .move(MID + 9, y - 36)
            .quad(MID + 16, y - 62, MID + 38, y - 80)
            .move(MID - 1, y - 46)
            .down(y - 90),
        LEAF,
        11,
        1,
        0,
        16);
  }

  private static void vase(Canvas c, Look k) {
    Tone t = k.main();
    c.shadow(MID, FLOOR, 120);
    if (k.is("mediterraneo")) {
      twigs(c, 112);
      c.line(
          Path.at(MID - 22, 122)
              .cubic(MID - 68, 112, MID - 72, 158, MID - 52, 168)
              .move(MID + 22, 122)
              .cubic(MID + 68, 112, MID + 72, 158, MID + 52, 168),
          t.shade(),
          9);
      body(
          c,
          k,
          Path.at(MID - 26, 104)
              .across(MID + 26)
              .quad(MID + 17, 124, MID + 30, 142)
              .cubic(MID + 78, 164, MID + 66, 226, MID + 32, FLOOR)
              .across(MID - 32)
              .cubic(MID - 66, 226, MID - 78, 164, MID - 30, 142)
              .quad(MID - 17, 124, MID - 26, 104)
              .close());
    } else if (k.of("vetro")) {
      c.line(
          Path.at(MID, 220)
              .quad(MID - 2, 130, MID - 30, 66)
              .move(MID + 4, 220)
              .quad(MID + 12, 136, MID + 34, 82),
          LEAF,
          3);
      c.ellipse(MID - 32, 60, 15, 17, "#e4c1b3");
      c.ellipse(MID + 37, 76, 13, 15, "#f3e3d3");
      body(
          c,
          k,
          Path.at(MID - 24, 126)
              .across(MID + 24)
              .quad(MID + 18, 142, MID + 32, 152)
              .cubic(MID + 82, 176, MID + 66, FLOOR, MID + 26, FLOOR)
              .across(MID - 26)
              .cubic(MID - 66, FLOOR, MID - 82, 176, MID - 32, 152)
              .quad(MID - 18, 142, MID - 24, 126)
              .close());
      c.ring(MID, 126, 24, 5, t.shade(), 2.5);
    } else if (k.of("gres")) {
      twigs(c, 128);
      body(
          c,
          k,
          Path.at(MID - 34, 120)
              .across(MID + 34)
              .cubic(MID + 76, 140, MID + 72, 214, MID + 46, FLOOR)
              .across(MID - 46)
              .cubic(MID - 72, 214, MID - 76, 140, MID - 34, 120)
              .close());
      Path comb = Path.at(MID - 50, 140).quad(MID, 148, MID + 50, 140);
      for (int i = 1; i < 8; i++) {
        double reach = 50 + 13 * Math.sin(Math.PI * i / 8);
        comb.move(MID - reach, 140 + i * 13).quad(MID, 148 + i * 13, MID + reach, 140 + i * 13);
      }
      c.line(comb, t.shade(), 3);
    } else {
      c.line(
          Path.at(MID - 4, 150)
              .quad(MID - 6, 104, MID - 38, 84)
              .move(MID, 150)
              .down(70)
              .move(MID + 4, 150)
              .quad(MID + 6, 106, MID + 40, 88),
          LEAF,
          3);
      c.ellipse(MID - 42, 78, 17, 16, "#d9a58c");
      c.ellipse(MID, 60, 19, 18, "#e9cfa8");
      c.ellipse(MID + 44, 82, 17, 16, "#c98f8f");
      body(
          c,
          k,
          Path.at(MID - 38, 140)
              .across(MID + 38)
              .quad(MID + 30, 156, MID + 44, 180)
              .cubic(MID + 56, 216, MID + 44, FLOOR, MID + 24, FLOOR)
              .across(MID - 24)
              .cubic(MID - 44, FLOOR, MID - 56, 216, MID - 44, 180)
              .quad(MID - 30, 156, MID - 38, 140)
              .close());
    }
    double side = k.is("minimal") ? 12 : 0;
    c.line(
        Path.at(MID - 46 + side, 172).quad(MID - 56 + side, 194, MID - 44 + side, 218),
        "#fff",
        6,
        k.of("vetro") ? 0.6 : 0.28);
    c.line(
        Path.at(MID + 46 - side, 170).quad(MID + 60 - side, 202, MID + 36 - side, 238),
        t.deep(),
        8,
        0.14);
  }

  private static void bottle(Canvas c, Look k) {
    Tone t = k.main();
    c.shadow(MID, FLOOR, 96);
    if (k.of("vetro")) {
      c.line(Path.at(MID, 230).quad(MID - 4, 110, MID + 20, 40), LEAF, 3);
      c.ellipse(MID + 9, 84, 15, 7, LEAF);
      c.ellipse(MID + 2, 66, 14, 7, LEAF);
      c.ellipse(MID + 24, 36, 15, 15, "#e4c1b3");
      body(
          c,
          k,
          Path.at(MID - 21, 104)
              .across(MID + 21)
              .to(MID + 26, 236)
              .quad(MID + 26, FLOOR, MID + 12, FLOOR)
              .across(MID - 12)
              .quad(MID - 26, FLOOR, MID - 26, 236)
              .close());
      c.ring(MID, 104, 21, 4, t.shade(), 2.5);
      c.line(Path.at(MID - 12, 120).to(MID - 15, 222), "#fff", 5, 0.6);
      return;
    }
    boolean tower = k.of("ceramica");
    c.line(
        Path.at(MID - 3, 92)
            .quad(MID - 8, 60, MID - 34, 44)
            .move(MID, 92)
            .quad(MID, 54, MID + 4, 26)
            .move(MID + 3, 92)
            .quad(MID + 10, 60, MID + 38, 46),
        "#cdb48a",
        2.5);
    c.line(
        Path.at(MID - 18, 56)
            .to(MID - 38, 40)
            .move(MID + 3, 48)
            .down(18)
            .move(MID + 22, 58)
            .to(MID + 42, 42),
        "#e0cda6",
        11);
    body(
        c,
        k,
        tower
            ? Path.at(MID - 16, 84)
                .across(MID + 16)
                .quad(MID + 12, 116, MID + 34, 136)
                .quad(MID + 50, 156, MID + 46, 200)
                .quad(MID + 44, FLOOR, MID + 28, FLOOR)
                .across(MID - 28)
                .quad(MID - 44, FLOOR, MID - 46, 200)
                .quad(MID - 50, 156, MID - 34, 136)
                .quad(MID - 12, 116, MID - 16, 84)
                .close()
            : Path.at(MID - 15, 84)
                .across(MID + 15)
                .down(132)
                .cubic(MID + 20, 156, MID + 62, 168, MID + 60, 212)
                .cubic(MID + 58, 246, MID + 42, FLOOR, MID + 30, FLOOR)
                .across(MID - 30)
                .cubic(MID - 42, FLOOR, MID - 58, 246, MID - 60, 212)
                .cubic(MID - 62, 168, MID - 20, 156, MID - 15, 132)
                .close());
    if (!tower) {
      c.fill(
          Path.at(MID - 60, 208)
              .quad(MID - 20, 220, MID, 210)
              .quad(MID + 24, 200, MID + 60, 214)
              .cubic(MID + 58, 246, MID + 42, FLOOR, MID + 30, FLOOR)
              .across(MID - 30)
              .cubic(MID - 42, FLOOR, MID - 58, 246, MID - 60, 208)
              .close(),
          "#d2b691");
      c.rect(MID - 19, 80, 38, 9, 4, t.shade());
    }
    c.line(Path.at(MID - 34, 160).quad(MID - 40, 180, MID - 36, 206), "#fff", 6, 0.26);
    c.line(Path.at(MID + 32, 150).quad(MID + 44, 190, MID + 34, 232), t.deep(), 8, 0.16);
  }

  private static void planter(Canvas c, Look k) {
    Tone t = k.main();
    double s = Math.clamp(0.84 + k.width() / 160.0, 0.9, 1.1);
    double half = 62 * s;
    double y = FLOOR - 104 * s;
    c.shadow(MID, FLOOR, half * 2);
    plant(c, k.pick2(3), y + 8);
    switch (k.material()) {
      case "cotto" -> {
        c.rect(MID - half * 0.8, FLOOR - 12, half * 1.6, 12, 4, t.shade());
        c.fill(
            Path.at(MID - half * 0.9, y + 20)
                .across(MID + half * 0.9)
                .to(MID + half * 0.62, FLOOR - 10)
                .across(MID - half * 0.62)
                .close(),
            t.base());
        c.rect(MID - half, y, half * 2, 28, 4, t.light());
        c.line(Path.at(MID - half + 3, y + 29).across(MID + half - 3), t.shade(), 3);
      }
      case "ceramica" -> {
        c.leg(MID - 34, FLOOR - 34, FLOOR, 11, -5, "#c9a273");
        c.leg(MID + 34, FLOOR - 34, FLOOR, 11, 5, "#c9a273");
        c.leg(MID, FLOOR - 34, FLOOR - 6, 11, 0, "#a5855e");
        c.rect(MID - half, y, half * 2, 84 * s, 24, t.base());
        c.rect(MID - half, y, half * 2, 30, 4, t.base());
        c.line(Path.at(MID - half + 14, y + 16).down(y + 54), "#fff", 6, 0.3);
      }
      case "cemento" -> {
        c.fill(
            Path.at(MID - half, y)
                .across(MID + half)
                .to(MID + half * 0.84, FLOOR)
                .across(MID - half * 0.84)
                .close(),
            t.base());
        c.fill(
            Path.at(MID + half * 0.3, y)
                .across(MID + half)
                .to(MID + half * 0.84, FLOOR)
                .across(MID + half * 0.3)
                .close(),
            t.shade());
        c.dashes(
            Path.at(MID - half + 16, y + 26)
                .across(MID + half - 10)
                .move(MID - half + 26, y + 58)
                .across(MID + half - 12)
                .move(MID - half + 18, y + 84)
                .across(MID + half - 16),
            t.deep(),
            2.5,
            0.3,
            0,
            23);
      }
      default -> {
        c.fill(
            Path.at(MID - half, y)
                .across(MID + half)
                .quad(MID + half + 6, FLOOR - 30, MID + half * 0.76, FLOOR)
                .across(MID - half * 0.76)
                .quad(MID - half - 6, FLOOR - 30, MID - half, y)
                .close(),
            t.base());
        Texture.rope(c, t, MID - half + 4, y + 8, half * 2 - 8, 88 * s);
        c.line(Path.at(MID - half, y + 2).across(MID + half), t.light(), 8);
      }
    }
  }

  private static void plant(Canvas c, int kind, double y) {
    switch (kind) {
      case 0 -> {
        for (int i = -3; i <= 3; i++) {
          double tip = MID + i * 30;
          double top = y - 108 + Math.abs(i) * 17;
          c.fill(
              Path.at(MID + i * 6 - 5, y)
                  .quad(MID + i * 16 - 13, (y + top) / 2, tip, top)
                  .quad(MID + i * 16 + 13, (y + top) / 2, MID + i * 6 + 5, y)
                  .close(),
              i % 2 == 0 ? "#6f8566" : "#89a07c");
        }
      }
      case 1 -> {
        c.line(
            Path.at(MID, y)
                .quad(MID - 4, y - 40, MID - 34, y - 72)
                .move(MID, y)
                .quad(MID + 2, y - 50, MID + 6, y - 92)
                .move(MID, y)
                .quad(MID + 8, y - 36, MID + 40, y - 58),
            "#6f8566",
            4);
        c.ellipse(MID - 40, y - 76, 24, 19, "#7d9372");
        c.ellipse(MID + 6, y - 96, 25, 21, "#6f8566");
        c.ellipse(MID + 46, y - 62, 23, 18, "#89a07c");
        c.ellipse(MID - 18, y - 36, 19, 15, "#89a07c");
        c.ellipse(MID + 20, y - 34, 18, 14, "#7d9372");
      }
      default -> {
        c.rect(MID - 4, y - 58, 8, 62, 2, "#8a6a4d");
        c.ellipse(MID, y - 78, 54, 46, "#6f8566");
        c.ellipse(MID - 16, y - 88, 30, 26, "#839a76");
        c.dashes(
            Path.at(MID - 34, y - 66).across(MID + 44).move(MID - 20, y - 92).across(MID + 36),
            "#e1b74c",
            10,
            1,
            0,
            25);
      }
    }
  }

  private static void flame(Canvas c, double x, double y) {
    c.ellipse(x, y - 12, 34, 34, "#fff2cc", 0.55);
    c.fill(
        Path.at(x, y - 28).quad(x + 10, y - 10, x, y - 3).quad(x - 10, y - 10, x, y - 28).close(),
        "#e7a94a");
  }

  private static void candle(Canvas c, Look k) {
    Tone t = k.main();
    c.shadow(MID, FLOOR, k.of("metallo") ? 190 : 110);
    if (k.of("travertino")) {
      flame(c, MID, 118);
      c.rect(MID - 16, 118, 32, 50, 3, "#f8f5ee");
      c.rect(MID - 54, 152, 108, 98, 4, t.base());
      c.rect(MID + 22, 152, 32, 98, 4, t.shade());
      Texture.strata(c, t, MID - 52, 158, 100, 88);
      return;
    }
    int count = k.of("metallo") ? 3 : 1;
    double[] heights =
        count == 3
            ? new double[] {56, 96, 76}
            : new double[] {110 * Math.clamp(k.height() / 24.0, 0.8, 1)};
    if (count == 3) {
      c.rect(MID - 96, FLOOR - 9, 192, 9, 4, t.shade());
    }
    for (int i = 0; i < count; i++) {
      double x = count == 3 ? MID + (i - 1) * 64 : MID;
      double y = FLOOR - heights[i];
      flame(c, x, y - 62);
      c.rect(x - 9, y - 62, 18, 66, 3, "#f8f5ee");
      c.rect(x - 4, y, 8, heights[i] - 6, 3, t.base());
      c.ellipse(x, y + 2, 23, 6, t.light());
      c.rect(x - 12, y - 10, 24, 13, 3, t.base());
      if (count == 1) {
        c.ellipse(x, FLOOR - 4, 48, 9, t.shade());
        c.ellipse(x, FLOOR - 7, 48, 9, t.base());
        c.line(Path.at(x, FLOOR - 8).down(y + 4), t.base(), 8);
      }
    }
  }

  private static void basket(Canvas c, Look k) {
    Tone t = k.main();
    boolean tall = k.height() > 44 && !k.of("rattan");
    double half = k.of("corda") ? 74 : tall ? 66 : 92;
    double h = tall ? 158 : k.of("corda") ? 118 : 126;
    double y = FLOOR - h;
    c.shadow(MID, FLOOR, half * 2);
    if (k.of("rattan")) {
      c.fill(
          Path.at(MID - 70, y + 4)
              .quad(MID - 40, y - 34, MID, y - 20)
              .quad(MID + 40, y - 40, MID + 72, y + 4)
              .close(),
          "#d9cbb0");
      c.line(
          Path.at(MID - 20, y - 22)
              .quad(MID - 26, y - 8, MID - 24, y + 4)
              .move(MID + 30, y - 22)
              .quad(MID + 24, y - 8, MID + 28, y + 4),
          "#bba98a",
          2.5);
    }
    if (!tall) {
      c.line(
          Path.at(MID - half + 6, y + 14)
              .cubic(MID - half - 30, y - 8, MID - half - 26, y + 50, MID - half + 6, y + 42)
              .move(MID + half - 6, y + 14)
              .cubic(MID + half + 30, y - 8, MID + half + 26, y + 50, MID + half - 6, y + 42),
          k.of("corda") ? "#9c5f36" : t.shade(),
          8);
    }
    Path shape =
        Path.at(MID - half, y)
            .across(MID + half)
            .quad(MID + half + 4, FLOOR - 30, MID + half * 0.8, FLOOR)
            .across(MID - half * 0.8)
            .quad(MID - half - 4, FLOOR - 30, MID - half, y)
            .close();
    boolean band = k.of("corda");
    c.fill(shape, band ? "#e6dac1" : t.base());
    if (band) {
      c.fill(
          Path.at(MID - half - 1, y + h * 0.46)
              .across(MID + half + 1)
              .quad(MID + half + 3, FLOOR - 26, MID + half * 0.8, FLOOR)
              .across(MID - half * 0.8)
              .quad(MID - half - 3, FLOOR - 26, MID - half - 1, y + h * 0.46)
              .close(),
          k.main().luminance() > 0.8 ? "#cdbd9d" : t.base());
      Path coils = Path.at(MID - half, y + 12).across(MID + half);
      for (double at = y + 24; at < FLOOR - 6; at += 12) {
        double in = at > FLOOR - 40 ? (at - FLOOR + 40) * 0.3 : 0;
        coils.move(MID - half + in, at).across(MID + half - in);
      }
      c.line(coils, "#4a3f2c", 2, 0.18);
    } else {
      Texture.rope(c, t, MID - half * 0.92, y + 10, half * 1.84, h - 14);
    }
    c.line(Path.at(MID - half, y + 2).across(MID + half), band ? "#f1e8d5" : t.light(), 9);
    if (tall) {
      c.fill(
          Path.at(MID - half + 4, y)
              .quad(MID - half * 0.4, y - 30, MID, y - 26)
              .quad(MID + half * 0.4, y - 30, MID + half - 4, y)
              .close(),
          "#f3ecdd");
      c.line(
          Path.at(MID - 5, y - 27)
              .quad(MID - 16, y - 48, MID - 26, y - 40)
              .move(MID + 5, y - 27)
              .quad(MID + 16, y - 48, MID + 26, y - 40),
          "#c6ab7d",
          4);
    }
  }

  private static void clock(Canvas c, Look k) {
    Tone t = k.main();
    double y = 148;
    double r = 96;
    if (k.is("anni-50")) {
      Path rays = Path.at(MID, y);
      Path tips = Path.at(MID, y);
      for (int i = 0; i < 24; i++) {
        double angle = Math.PI * i / 12;
        double reach = i % 2 == 0 ? 116 : 90;
        rays.move(MID + 44 * Math.cos(angle), y + 44 * Math.sin(angle))
            .to(MID + reach * Math.cos(angle), y + reach * Math.sin(angle));
        if (i % 2 == 0) {
          tips.move(MID + 119 * Math.cos(angle), y + 119 * Math.sin(angle))
              .to(MID + 119 * Math.cos(angle), y + 119.1 * Math.sin(angle));
        }
      }
      c.line(rays, t.base(), 4);
      c.line(tips, t.shade(), 10);
      c.ellipse(MID, y, 50, 50, t.shade());
      c.ellipse(MID, y, 44, 44, "#f8f5ee");
      c.line(Path.at(MID, y).down(y - 30).move(MID, y).to(MID + 20, y + 10), DARK, 5);
      c.ellipse(MID, y, 4.5, 4.5, DARK);
      return;
    }
    c.drop(Path.at(MID - r, y).arc(r, r, MID + r, y).arc(r, r, MID - r, y).close());
    c.ellipse(MID, y, r, r, t.base());
    boolean wood = k.wooden();
    if (wood) {
      c.ring(MID, y, r - 6, r - 6, t.light(), 4);
      Texture.grain(c, t, MID - 70, y - 60, 140, 60);
      Texture.grain(c, t, MID - 70, y + 4, 140, 60);
    } else {
      c.ellipse(MID, y, r - 10, r - 10, "#f8f5ee");
    }
    Path marks = Path.at(MID, y);
    for (int i = 0; i < 12; i++) {
      double angle = Math.PI * i / 6;
      double from = i % 3 == 0 ? 66 : 72;
      if (!wood || i % 3 == 0) {
        marks
            .move(MID + from * Math.sin(angle), y - from * Math.cos(angle))
            .to(MID + 78 * Math.sin(angle), y - 78 * Math.cos(angle));
      }
    }
    String ink = wood && t.luminance() < 0.5 ? "#f3e9d6" : DARK;
    c.line(marks, wood ? t.deep() : ink, 5);
    c.line(
        Path.at(MID + 4, y + 7).to(MID - 30, y - 34).move(MID - 5, y + 9).to(MID + 44, y - 46),
        ink,
        6);
    c.ellipse(MID, y, 7, 7, ink);
  }

  private static void frame(Canvas c, Look k) {
    Tone t = k.main();
    boolean desk = k.is("classico");
    double h = desk ? 168 : 218;
    double w = h * k.width() / k.height();
    double x = MID - w / 2;
    double y = desk ? FLOOR - h : 40;
    double thick = desk ? 12 : k.is("nordico") ? 7 : 9;
    if (desk) {
      c.shadow(MID, FLOOR, w);
      c.fill(Path.at(MID + 10, y + 30).to(MID + w * 0.66, FLOOR).across(MID).close(), t.deep());
    } else {
      c.drop(Path.at(x, y).across(x + w).down(y + h).across(x).close());
    }
    c.rect(x, y, w, h, desk ? 6 : 1.5, t.base());
    if (k.is("nordico")) {
      c.rect(x + thick, y + thick, w - 2 * thick, h - 2 * thick, 0, "#e6e3da");
      c.line(Path.at(MID, y + h - 34).quad(MID - 6, y + 110, MID + 4, y + 40), "#6f8566", 3.5);
      for (int i = 0; i < 6; i++) {
        double at = y + 60 + i * 20;
        c.ellipse(MID + (i % 2 == 0 ? -20 : 21), at, 18, 7.5, i % 2 == 0 ? "#7d9372" : "#6f8566");
      }
      c.ellipse(MID + 4, y + 38, 8, 15, "#89a07c");
      return;
    }
    double mount = desk ? 0 : w * 0.13;
    c.rect(x + thick, y + thick, w - 2 * thick, h - 2 * thick, 0, "#fbf9f3");
    double ix = x + thick + mount;
    double iy = y + thick + mount;
    double iw = w - 2 * (thick + mount);
    double ih = h - 2 * (thick + mount);
    c.rect(ix, iy, iw, ih, 0, "#e9d8bf");
    c.ellipse(ix + iw * 0.66, iy + ih * 0.3, iw * 0.15, iw * 0.15, "#d58a62");
    c.fill(
        Path.at(ix, iy + ih)
            .down(iy + ih * 0.56)
            .quad(ix + iw * 0.3, iy + ih * 0.4, ix + iw * 0.6, iy + ih * 0.6)
            .quad(ix + iw * 0.82, iy + ih * 0.72, ix + iw, iy + ih * 0.6)
            .down(iy + ih)
            .close(),
        "#8a9a8c");
    c.fill(
        Path.at(ix, iy + ih)
            .down(iy + ih * 0.8)
            .quad(ix + iw * 0.5, iy + ih * 0.6, ix + iw, iy + ih * 0.86)
            .down(iy + ih)
            .close(),
        "#47606b");
    c.line(Path.at(x + w * 0.2, y + h * 0.4).to(x + w * 0.42, y + h * 0.16), "#fff", 9, 0.22);
  }

  private static void tray(Canvas c, Look k) {
    Tone t = k.main();
    double y = 212;
    c.shadow(MID, y + 28, 280);
    if (k.of("ottone")) {
      c.ellipse(MID, y + 12, 140, 26, t.shade());
      c.ellipse(MID, y + 6, 140, 26, t.base());
      c.ellipse(MID, y + 7, 128, 20, t.light());
      c.rect(MID - 60, y - 96, 36, 98, 8, "#6f8f7a");
      c.rect(MID - 49, y - 122, 14, 32, 4, "#6f8f7a");
      c.veil(
          Path.at(MID + 2, y - 46).across(MID + 40).to(MID + 36, y + 6).across(MID + 6).close(),
          "#d8c08a",
          0.8);
      c.veil(
          Path.at(MID + 52, y - 40).across(MID + 90).to(MID + 86, y + 10).across(MID + 56).close(),
          "#d3e0de",
          0.9);
      c.line(Path.at(MID - 52, y - 82).down(y - 24), "#fff", 5, 0.3);
      return;
    }
    c.fill(Path.at(84, y - 26).across(316).to(340, y + 6).across(60).close(), t.shade());
    c.fill(Path.at(92, y - 20).across(308).to(326, y + 2).across(74).close(), t.light());
    Texture.grain(c, t, 96, y - 22, 208, 24);
    c.rect(128, y - 62, 50, 54, 9, "#b9c4bd");
    c.line(Path.at(176, y - 50).cubic(200, y - 54, 200, y - 22, 176, y - 24), "#9caaa2", 7);
    c.ellipse(153, y - 62, 25, 5, "#b58f6f");
    c.rect(222, y - 22, 62, 10, 3, "#a8b8b0");
    c.rect(228, y - 31, 52, 9, 3, "#d9a58c");
    c.rect(56, y + 2, 288, 28, 6, t.base());
    c.rect(MID - 28, y + 9, 56, 11, 5.5, t.deep());
    c.gleam(66, 334, y + 6);
  }
}
