package dev.filo.demo.art;

import static dev.filo.demo.art.Canvas.FLOOR;
import static dev.filo.demo.art.Canvas.MID;

/** Garden and terrace. */
final class Outdoors {

  private static final String PILLOW = "#f3ecdd";
  private static final String DARK = "#3f4241";

  private Outdoors() {}

  static void draw(Canvas c, Look k) {
    switch (k.kind()) {
      case "sofa" -> sofa(c, k, 2, Math.clamp(k.width() * 1.62, 240, 308), 124);
      case "chair" -> chair(c, k);
      case "lounger" -> lounger(c, k);
      case "table" -> table(c, k);
      case "bistro" -> bistro(c, k);
      case "parasol" -> parasol(c, k);
      case "deck" -> deck(c, k);
      case "lantern" -> lantern(c, k);
      default -> throw Picture.unknown("outdoor." + k.kind());
    }
  }

  private static boolean natural(Look k) {
    return k.main().base().equals(k.frame().base());
  }

  /** A frame of wood, metal or rope, with loose cushions. */
  private static void sofa(Canvas c, Look k, int n, double w, double h) {
    Tone f =
        k.wooden()
            ? k.frame()
            : k.of("rattan") ? k.main() : Tone.of(k.of("alluminio") ? k.main().base() : "#55514a");
    Tone soft = k.of("alluminio", "rattan") || natural(k) ? Tone.of(PILLOW) : k.main();
    double x = MID - w / 2;
    double top = FLOOR - h;
    c.shadow(MID, FLOOR, w);
    if (k.of("corda")) {
      c.rect(x + 2, top + 6, w - 4, 88, 26, "#77705f");
      Path rope = Path.at(x + 12, top + 22).down(top + 86);
      for (double at = x + 20; at < x + w - 8; at += 8) {
        rope.move(at, top + (at < x + 30 || at > x + w - 30 ? 20 : 11)).down(top + 86);
      }
      c.line(rope, "#a89f8b", 4.5);
      c.line(
          Path.at(x + 4, top + 92)
              .down(top + 32)
              .quad(x + 4, top + 6, x + 30, top + 6)
              .across(x + w - 30)
              .quad(x + w - 4, top + 6, x + w - 4, top + 32)
              .down(top + 92),
          f.base(),
          6);
    } else {
      Path slats = Path.at(x + 12, top + 14).across(x + w - 12);
      for (int i = 1; i < 5; i++) {
        slats.move(x + 12, top + 14 + i * 13).across(x + w - 12);
      }
      c.line(slats, f.shade(), 7);
    }
    c.leg(x + 12, top + 88, FLOOR, 12, k.of("corda") ? -4 : 0, f.base());
    c.leg(x + w - 12, top + 88, FLOOR, 12, k.of("corda") ? 4 : 0, f.base());
    double in = 20;
    double each = (w - 2 * in) / n;
    for (int i = 0; i < n; i++) {
      c.rect(x + in + i * each + 2, top + 6, each - 4, 62, 14, soft.base());
      c.line(
          Path.at(x + in + i * each + 16, top + 52)
              .quad(x + in + (i + 0.5) * each, top + 58, x + in + (i + 1) * each - 16, top + 52),
          soft.shade(),
          2);
    }
    for (int i = 0; i < n; i++) {
      c.rect(x + in + i * each + 1, top + 60, each - 2, 25, 9, soft.light());
      c.line(
          Path.at(x + in + i * each + 8, top + 76).across(x + in + (i + 1) * each - 8),
          soft.shade(),
          2,
          0.8);
    }
    c.rect(x + 8, top + 84, w - 16, 11, 3, f.base());
    if (!k.of("corda")) {
      for (double at : new double[] {x, x + w - 20}) {
        c.rect(at + 5, top + 46, 10, h - 48, 2, f.base());
        c.rect(at - 3, top + 42, 26, 10, 4, f.light());
      }
    }
  }

  private static void chair(Canvas c, Look k) {
    Tone t = k.main();
    if (k.of("metallo")) {
      c.shadow(MID, FLOOR, 128);
      c.line(
          Path.at(MID - 46, FLOOR - 8)
              .to(MID - 38, 172)
              .move(MID + 46, FLOOR - 8)
              .to(MID + 38, 172),
          t.deep(),
          5);
      Path wires = Path.at(MID, 178).down(66);
      for (int i = 1; i <= 5; i++) {
        wires
            .move(MID - i * 9, 178)
            .cubic(MID - i * 12, 130, MID - i * 13, 96, MID - i * 9, 66 + i * i * 0.8);
        wires
            .move(MID + i * 9, 178)
            .cubic(MID + i * 12, 130, MID + i * 13, 96, MID + i * 9, 66 + i * i * 0.8);
      }
      c.line(wires, t.base(), 3.5);
      c.line(
          Path.at(MID - 54, 176)
              .cubic(MID - 78, 110, MID - 56, 64, MID, 64)
              .cubic(MID + 56, 64, MID + 78, 110, MID + 54, 176),
          t.base(),
          7);
      c.line(Path.at(MID - 56, 176).quad(MID, 196, MID + 56, 176), t.light(), 11);
      c.line(
          Path.at(MID - 70, 142)
              .quad(MID - 82, 154, MID - 62, FLOOR)
              .move(MID + 70, 142)
              .quad(MID + 82, 154, MID + 62, FLOOR),
          t.base(),
          6);
      c.line(
          Path.at(MID - 52, 186).to(MID - 60, FLOOR).move(MID + 52, 186).to(MID + 60, FLOOR),
          t.shade(),
          5);
      return;
    }
    if (k.of("rattan")) {
      c.shadow(MID, FLOOR, 140);
      c.line(
          Path.at(MID - 50, 200).to(MID - 62, FLOOR).move(MID + 50, 200).to(MID + 62, FLOOR),
          t.shade(),
          8);
      c.fill(
          Path.at(MID - 64, 196)
              .cubic(MID - 92, 96, MID - 56, 62, MID, 62)
              .cubic(MID + 56, 62, MID + 92, 96, MID + 64, 196)
              .close(),
          t.base());
      Texture.cane(c, t, MID - 48, 80, 96, 100);
      c.line(
          Path.at(MID - 64, 196)
              .cubic(MID - 92, 96, MID - 56, 62, MID, 62)
              .cubic(MID + 56, 62, MID + 92, 96, MID + 64, 196),
          t.shade(),
          7);
      c.rect(MID - 58, 164, 116, 28, 13, PILLOW);
      c.fill(
          Path.at(MID - 68, 190)
              .quad(MID, 214, MID + 68, 190)
              .to(MID + 60, 216)
              .quad(MID, 226, MID - 60, 216)
              .close(),
          t.light());
      return;
    }
    sofa(c, k, 1, 156, 138);
  }

  /** From the side: the tilted back says what it is. */
  private static void lounger(Canvas c, Look k) {
    Tone f = k.wooden() ? k.frame() : k.main();
    Tone soft =
        natural(k) || k.of("alluminio")
            ? Tone.of(k.of("alluminio") ? Tone.mix(k.main().base(), "#f3ecdd", 0.5) : PILLOW)
            : k.main();
    c.shadow(MID, FLOOR, 300);
    c.leg(110, 206, FLOOR, 11, 0, f.shade());
    c.leg(250, 206, FLOOR, 11, 0, f.shade());
    c.ellipse(322, FLOOR - 15, 15, 15, DARK);
    c.ellipse(322, FLOOR - 15, 6, 6, f.light());
    c.line(Path.at(206, 206).to(262, 168), f.shade(), 5);
    c.line(Path.at(64, 206).across(338), f.base(), 11);
    c.line(Path.at(196, 202).to(332, 118), f.base(), 9);
    c.line(Path.at(70, 190).across(192).to(322, 108), soft.base(), 20);
    c.line(Path.at(70, 184).across(188).to(316, 102), soft.light(), 5);
    c.line(
        Path.at(112, 182)
            .down(198)
            .move(152, 182)
            .down(198)
            .move(226, 160)
            .to(236, 174)
            .move(264, 136)
            .to(274, 150),
        soft.shade(),
        2.5);
    c.line(Path.at(296, 112).to(314, 101), soft.shade(), 17);
  }

  private static void table(Canvas c, Look k) {
    Tone t = k.main();
    double w = Math.clamp(k.width() * 1.7, 230, 330);
    double x = MID - w / 2;
    double y = FLOOR - 124;
    c.shadow(MID, FLOOR, w);
    if (k.of("cemento")) {
      c.rect(x + 30, y, 30, FLOOR - y, 2, t.shade());
      c.rect(x + w - 60, y, 30, FLOOR - y, 2, t.shade());
      Tables.top(c, k, x, y, w, 16, 16);
      c.dashes(
          Path.at(x + 40, y - 8).across(x + w - 40).move(x + 12, y + 9).across(x + w - 12),
          t.shade(),
          2.5,
          0.8,
          0,
          31);
      return;
    }
    for (int side = -1; side <= 1; side += 2) {
      double at = MID + side * (w / 2 - 20);
      c.leg(at - side * 20, y, FLOOR - 12, 11, 0, t.deep());
      c.rect(at - 7, y, 14, FLOOR - y, 2, t.base());
    }
    c.rect(x + 24, y + 8, w - 48, 15, 2, t.shade());
    Tables.top(c, k, x, y, w, 16, 10);
    Path slats = Path.at(x + 18, y - 8).across(x + w - 18);
    for (int i = 1; i < 12; i++) {
      slats.move(x + 18 + i * (w - 36) / 12, y - 16).to(x + i * w / 12, y);
    }
    c.line(slats, t.shade(), 2);
  }

  private static void bistro(Canvas c, Look k) {
    Tone t = k.main();
    boolean wood = k.wooden();
    c.shadow(MID, FLOOR, 290);
    for (int side = -1; side <= 1; side += 2) {
      // A folding chair, seen from the side, on either hand.
      double at = MID + side * 108;
      double thick = wood ? 8 : 5.5;
      c.line(Path.at(at + side * 30, 110).to(at - side * 24, FLOOR), t.base(), thick);
      c.line(Path.at(at - side * 28, 186).to(at + side * 34, FLOOR), t.shade(), thick);
      c.line(Path.at(at - side * 30, 184).to(at + side * 14, 188), t.light(), wood ? 11 : 9);
      c.line(Path.at(at + side * 30, 112).to(at + side * 24, 134), t.light(), wood ? 11 : 9);
    }
    if (k.of("ferro")) {
      c.line(
          Path.at(MID, 146)
              .down(FLOOR - 12)
              .move(MID - 34, FLOOR)
              .quad(MID - 6, FLOOR - 14, MID, 190)
              .quad(MID + 6, FLOOR - 14, MID + 34, FLOOR),
          DARK,
          6);
      c.ellipse(MID, 148, 70, 14, DARK);
      c.ellipse(MID, 144, 70, 14, "#fbf7ee");
      c.dashes(
          Path.at(MID - 56, 144)
              .across(MID + 58)
              .move(MID - 44, 137)
              .across(MID + 46)
              .move(MID - 44, 151)
              .across(MID + 46),
          t.base(),
          6,
          1,
          5,
          8);
      return;
    }
    c.line(
        Path.at(MID - 28, 150).to(MID + 30, FLOOR).move(MID + 28, 150).to(MID - 30, FLOOR),
        t.shade(),
        wood ? 9 : 6);
    c.ellipse(MID, 150, 68, 14, t.shade());
    c.ellipse(MID, 145, 68, 14, t.light());
    if (wood) {
      c.line(
          Path.at(MID - 62, 141)
              .across(MID + 62)
              .move(MID - 66, 147)
              .across(MID + 66)
              .move(MID - 54, 153)
              .across(MID + 54),
          t.shade(),
          1.5);
    }
    c.rect(MID - 12, 116, 24, 28, 5, "#cf9d7c");
    c.line(
        Path.at(MID, 116)
            .quad(MID - 2, 98, MID - 14, 92)
            .move(MID, 116)
            .quad(MID + 3, 98, MID + 15, 95),
        "#75876a",
        3);
  }

  private static void parasol(Canvas c, Look k) {
    Tone t = k.main();
    Tone pole = Tone.of(k.of("alluminio") ? "#6d6f6d" : "#b8854f");
    double floor = FLOOR + 22;
    if (k.of("alluminio")) {
      c.shadow(320, floor, 110);
      c.line(Path.at(322, floor - 8).down(64).quad(320, 30, 286, 26).to(176, 22), pole.base(), 8);
      c.line(Path.at(176, 22).down(48), pole.base(), 5);
      c.rect(276, floor - 12, 92, 12, 4, pole.shade());
      canopy(c, t, 176, 44, 142, 54);
      return;
    }
    c.shadow(MID, floor, 110);
    c.rect(MID - 4.5, 36, 9, floor - 48, 3, pole.base());
    c.fill(
        Path.at(MID - 46, floor)
            .quad(MID - 44, floor - 16, MID, floor - 16)
            .quad(MID + 44, floor - 16, MID + 46, floor)
            .close(),
        "#b9b2a4");
    canopy(c, t, MID, 34, 148, 74);
    if (k.of("cotone")) {
      Path fringe = Path.at(MID - 144, 114).down(124);
      for (double at = MID - 136; at < MID + 146; at += 8) {
        fringe.move(at, 114).down(124);
      }
      c.line(fringe, "#f6efe0", 3);
      c.line(Path.at(MID - 146, 110).across(MID + 146), "#f6efe0", 5);
    }
  }

  private static void canopy(Canvas c, Tone t, double x, double y, double half, double h) {
    c.fill(
        Path.at(x, y - 4)
            .quad(x + half * 0.6, y + h * 0.24, x + half, y + h)
            .to(x - half, y + h)
            .quad(x - half * 0.6, y + h * 0.24, x, y - 4)
            .close(),
        t.base());
    c.fill(
        Path.at(x, y - 4)
            .quad(x + half * 0.2, y + h * 0.4, x + half * 0.3, y + h)
            .to(x - half * 0.3, y + h)
            .quad(x - half * 0.2, y + h * 0.4, x, y - 4)
            .close(),
        t.light());
    c.fill(
        Path.at(x, y - 4)
            .quad(x + half * 0.6, y + h * 0.24, x + half, y + h)
            .to(x + half * 0.66, y + h)
            .quad(x + half * 0.42, y + h * 0.34, x, y - 4)
            .close(),
        t.shade());
    c.rect(x - half, y + h - 1, half * 2, 11, 2, t.shade());
    c.ellipse(x, y - 7, 5, 5, t.deep());
  }

  private static void deck(Canvas c, Look k) {
    Tone t = k.main();
    Tone f = k.wooden() ? k.frame() : Tone.of("#9aa0a0");
    c.shadow(MID, FLOOR, 230);
    c.line(Path.at(112, FLOOR - 2).to(292, 60), f.shade(), 8);
    c.line(Path.at(300, FLOOR - 2).to(190, 128), f.shade(), 8);
    // The cloth sags between its two rails.
    Path cloth = Path.at(284, 62).quad(246, 196, 132, 208);
    c.line(cloth, t.base(), 26);
    if (k.wooden()) {
      c.line(Path.at(278, 60).quad(240, 190, 130, 201), "#f6efe0", 5);
      c.line(Path.at(291, 66).quad(252, 204, 133, 216), "#f6efe0", 5);
    } else {
      c.line(Path.at(278, 60).quad(240, 190, 130, 201), t.light(), 5);
      c.line(Path.at(286, 68).quad(284, 80, 276, 96), t.shade(), 26);
    }
    c.line(Path.at(100, 204).to(318, FLOOR - 2), f.base(), 8);
    c.line(Path.at(126, FLOOR - 2).to(302, 60), f.base(), 8);
    c.line(Path.at(158, 166).to(222, 158), f.light(), 8);
  }

  private static void lantern(Canvas c, Look k) {
    Tone t = k.main();
    double s = Math.clamp(k.height() / 40.0, 0.9, 1.12);
    double w = 112 * s;
    double h = 138 * s;
    double x = MID - w / 2;
    double y = FLOOR - h - 8;
    c.ellipse(MID, y + h * 0.6, 130 * s, 104 * s, "#fff2cc", 0.4);
    c.shadow(MID, FLOOR, w);
    if (k.of("bambu")) {
      c.fill(
          Path.at(x, y + h * 0.5)
              .cubic(x, y, x + w * 0.3, y - 6, MID, y - 6)
              .cubic(x + w * 0.7, y - 6, x + w, y, x + w, y + h * 0.5)
              .cubic(x + w, y + h, x + w * 0.72, FLOOR, MID, FLOOR)
              .cubic(x + w * 0.28, FLOOR, x, y + h, x, y + h * 0.5)
              .close(),
          "#fdf0cf");
      c.rect(MID - 13, FLOOR - 58, 26, 50, 4, "#f8f5ee");
      c.fill(
          Path.at(MID, FLOOR - 88)
              .quad(MID + 11, FLOOR - 68, MID, FLOOR - 61)
              .quad(MID - 11, FLOOR - 68, MID, FLOOR - 88)
              .close(),
          "#e7a94a");
      Path reeds = Path.at(MID, y - 6).down(FLOOR);
      for (int i = 1; i <= 4; i++) {
        double f = i / 4.0;
        reeds
            .move(MID - 5 * i, y - 5)
            .cubic(MID - w * 0.56 * f, y, MID - w * 0.56 * f, FLOOR, MID - 7 * i, FLOOR - 1);
        reeds
            .move(MID + 5 * i, y - 5)
            .cubic(MID + w * 0.56 * f, y, MID + w * 0.56 * f, FLOOR, MID + 7 * i, FLOOR - 1);
      }
      c.line(reeds, t.base(), 3.5);
      c.line(Path.at(MID - 22, y - 6).quad(MID, y - 64, MID + 22, y - 6), t.shade(), 4);
      return;
    }
    c.line(Path.at(MID - 18, y - 26).quad(MID, y - 68, MID + 18, y - 26), t.shade(), 5);
    c.rect(x + 5, y, w - 10, h, 2, "#fdf3da");
    c.rect(MID - 17, FLOOR - 74 * s, 34, 66 * s, 4, "#f8f5ee");
    c.ellipse(MID, FLOOR - 74 * s, 17, 4, "#ece5d6");
    c.fill(
        Path.at(MID, FLOOR - 106 * s)
            .quad(MID + 12, FLOOR - 84 * s, MID, FLOOR - 77 * s)
            .quad(MID - 12, FLOOR - 84 * s, MID, FLOOR - 106 * s)
            .close(),
        "#e7a94a");
    c.line(Path.at(x + 22, y + h * 0.5).to(x + 40, y + h * 0.16), "#fff", 6, 0.6);
    c.line(Path.at(x + 6, y).down(FLOOR - 8).move(x + w - 6, y).down(FLOOR - 8), t.base(), 8);
    c.fill(
        Path.at(x - 3, y + 5).to(MID - 26, y - 26).across(MID + 26).to(x + w + 3, y + 5).close(),
        t.shade());
    c.rect(x - 2, FLOOR - 12, w + 4, 12, 3, t.base());
  }
}
