package dev.filo.demo.art;

import static dev.filo.demo.art.Canvas.MID;

import java.util.LinkedHashMap;
import java.util.Map;

/** Rugs, seen from above. */
final class Rugs {

  private static final double Y = 150;

  private Rugs() {}

  static void draw(Canvas c, Look k) {
    if (k.kind().equals("round")) {
      round(c, k);
      return;
    }
    boolean runner = k.kind().equals("runner");
    double ratio = Math.clamp(k.size().depthCm() / (double) k.width(), 1.3, 3.4);
    double h = runner ? 92 : 196;
    double w = Math.min(runner ? 330 : h * ratio, 330);
    double x = MID - w / 2;
    double y = Y - h / 2;
    Tone t = k.main();
    c.drop(Path.at(x, y).across(x + w).down(y + h).across(x).close());
    boolean fringes =
        (k.of("lana") && !k.kind().equals("arches") && !k.is("japandi")) || k.is("mediterraneo");
    if (fringes) {
      Path fringe = Path.at(x - 8, y + 4).across(x + 2).move(x + w - 2, y + 4).across(x + w + 8);
      for (double at = y + 11; at < y + h - 2; at += 7) {
        fringe.move(x - 8, at).across(x + 2).move(x + w - 2, at).across(x + w + 8);
      }
      c.line(fringe, k.kind().equals("diamonds") ? t.light() : "#e6dcc6", 2.5);
    }
    c.rect(x, y, w, h, fringes ? 1 : 5, t.base());
    switch (k.kind()) {
      case "plain" -> plain(c, k, x, y, w, h);
      case "stripes" -> stripes(c, k, x, y, w, h);
      case "diamonds" -> diamonds(c, k, x, y, w, h);
      case "arches" -> arches(c, k, x, y, w, h);
      case "runner" -> runner(c, k, x, y, w, h);
      default -> throw Picture.unknown("rug." + k.kind());
    }
  }

  private static void frame(
      Canvas c, double x, double y, double w, double h, double in, String colour, double width) {
    c.line(
        Path.at(x + in, y + in).across(x + w - in).down(y + h - in).across(x + in).close(),
        colour,
        width);
  }

  private static void plain(Canvas c, Look k, double x, double y, double w, double h) {
    Tone t = k.main();
    switch (k.material()) {
      case "juta" -> {
        Texture.rope(c, t, x + 8, y + 8, w - 16, h - 16);
        frame(c, x, y, w, h, 5, "#efe6d3", 8);
      }
      case "lino" -> {
        c.rect(x, y + h * 0.3, w, h * 0.26, 0, t.light());
        c.rect(x, y + h * 0.56, w, h * 0.2, 0, t.shade());
        c.rect(x, y + h * 0.76, w, h * 0.24, 0, t.base());
        Path waves = Path.at(x + 10, y + h * 0.3);
        for (double f : new double[] {0.16, 0.3, 0.44, 0.56, 0.68, 0.76, 0.9}) {
          waves.move(x + 4, y + h * f).across(x + w - 4);
        }
        c.dashes(waves, "#fff", 3, 0.35, 16, 11);
      }
      case "cotone" -> {
        Path weave = Path.at(x + 10, y + 14).across(x + w - 8);
        for (double row = y + 28; row < y + h - 6; row += 14) {
          weave.move(x + 10 + row % 9, row).across(x + w - 8);
        }
        c.dashes(weave, t.shade(), 2, 0.8, 3, 9);
        frame(c, x, y, w, h, 9, t.light(), 3);
      }
      default -> {
        if (k.is("japandi")) {
          c.veil(
              Path.at(x + w * 0.1, y + h * 0.3)
                  .cubic(x + w * 0.2, y, x + w * 0.5, y + h * 0.1, x + w * 0.46, y + h * 0.4)
                  .cubic(
                      x + w * 0.42, y + h * 0.8, x + w * 0.1, y + h * 0.7, x + w * 0.1, y + h * 0.3)
                  .close(),
              t.shade(),
              0.6);
          c.veil(
              Path.at(x + w * 0.56, y + h * 0.7)
                  .cubic(
                      x + w * 0.6,
                      y + h * 0.4,
                      x + w * 0.94,
                      y + h * 0.3,
                      x + w * 0.9,
                      y + h * 0.64)
                  .cubic(
                      x + w * 0.86,
                      y + h * 0.98,
                      x + w * 0.54,
                      y + h * 0.96,
                      x + w * 0.56,
                      y + h * 0.7)
                  .close(),
              t.light(),
              0.8);
        } else {
          frame(c, x, y, w, h, 14, t.light(), 9);
          frame(c, x, y, w, h, 24, t.shade(), 2.5);
        }
        pile(c, t, x, y, w, h);
      }
    }
  }

  private static void pile(Canvas c, Tone t, double x, double y, double w, double h) {
    Path pile = Path.at(x + 16, y + 18).across(x + w - 14);
    for (double row = y + 34; row < y + h - 8; row += 16) {
      pile.move(x + 16 + row % 11, row).across(x + w - 14);
    }
    c.dashes(pile, t.deep(), 2.5, 0.22, 0, 13);
  }

  private static void stripes(Canvas c, Look k, double x, double y, double w, double h) {
    Tone t = k.main();
    if (k.is("nordico")) {
      Path lines = Path.at(x + w * 0.16, y + 5).down(y + h - 5);
      for (double f : new double[] {0.33, 0.5, 0.67, 0.84}) {
        lines.move(x + w * f, y + 5).down(y + h - 5);
      }
      c.line(lines, "#f3ecdd", 3);
      pile(c, t, x, y, w, h);
      return;
    }
    if (k.is("bohemien")) {
      String[] bands = {
        t.deep(), "#e8dcc2", t.light(), "#c98f5a", t.shade(), "#e8dcc2", t.deep(), "#b5654a"
      };
      double at = x;
      for (int i = 0; at < x + w - 24; i++) {
        double width = 10 + Math.floorMod(k.seed() / 3 + i * 7, 4) * 8;
        at += 12 + i % 3 * 6;
        c.rect(at, y, Math.min(width, x + w - at), h, 0, bands[i % bands.length]);
        at += width;
      }
      return;
    }
    for (double at = x + w / 18; at < x + w - 6; at += w / 9) {
      c.rect(at, y, w / 18, h, 0, "#f6efe0");
    }
    c.line(
        Path.at(x + 3, y + 10).across(x + w - 3).move(x + 3, y + h - 10).across(x + w - 3),
        "#fff",
        1.5,
        0.3);
  }

  private static void diamonds(Canvas c, Look k, double x, double y, double w, double h) {
    Tone t = k.main();
    if (k.is("anni-50")) {
      String[] tones = {"#d27d66", "#e9e0cf", "#47606b", t.light(), "#c4963a", t.deep()};
      int columns = 7;
      Map<String, Path> lozenges = new LinkedHashMap<>();
      double dx = w / columns;
      for (int i = 0; i < columns; i++) {
        for (int j = 0; j < 4; j++) {
          double cx = x + dx * (i + 0.5);
          double cy = y + h / 4 * (j + 0.5);
          Path lozenge =
              lozenges.computeIfAbsent(
                  tones[(i * 2 + j * 3 + j / 2) % tones.length], tone -> Path.at(x, y));
          lozenge
              .move(cx, cy - h / 8)
              .to(cx + dx / 2, cy)
              .to(cx, cy + h / 8)
              .to(cx - dx / 2, cy)
              .close();
        }
      }
      lozenges.forEach((tone, path) -> c.fill(path, tone));
      return;
    }
    boolean tiles = k.of("cotone");
    String ink = tiles ? "#f3ecdd" : t.luminance() > 0.55 ? "#4a443b" : "#f3ecdd";
    int columns = tiles ? 8 : 6;
    double dx = w / columns;
    double dy = h / (tiles ? 5 : 3);
    Path net = Path.at(x, y);
    Path hearts = Path.at(x, y);
    int rows = (int) Math.round(h / dy);
    for (int j = 0; j < rows; j++) {
      hearts.move(x + dx / 2, y + dy * (j + 0.5)).across(x + w);
    }
    for (int i = 0; i < columns; i++) {
      for (int j = i % 2; j < rows; j += 2) {
        double cx = x + dx * (i + 0.5);
        double cy = y + dy * (j + 0.5);
        net.move(cx, cy - dy / 2)
            .to(cx + dx / 2, cy)
            .to(cx, cy + dy / 2)
            .to(cx - dx / 2, cy)
            .close();
      }
    }
    c.line(net, ink, tiles ? 2 : 3, tiles ? 0.8 : 0.75);
    if (tiles) {
      c.dashes(hearts, ink, 9, 1, 0, dx);
      frame(c, x, y, w, h, 4, t.shade(), 8);
    } else {
      pile(c, t, x, y, w, h);
    }
  }

  private static void arches(Canvas c, Look k, double x, double y, double w, double h) {
    Tone t = k.main();
    if (k.is("nordico")) {
      c.fill(
          Path.at(x, y + h)
              .down(y + h * 0.42)
              .quad(x + w * 0.26, y + h * 0.06, x + w * 0.6, y + h * 0.52)
              .quad(x + w * 0.84, y + h * 0.24, x + w, y + h * 0.42)
              .down(y + h)
              .close(),
          t.light());
      c.fill(
          Path.at(x, y + h)
              .down(y + h * 0.76)
              .quad(x + w * 0.4, y + h * 0.3, x + w, y + h * 0.72)
              .down(y + h)
              .close(),
          t.shade());
      c.fill(
          Path.at(x, y + h)
              .down(y + h * 0.94)
              .quad(x + w * 0.3, y + h * 0.64, x + w * 0.76, y + h)
              .close(),
          t.deep());
      pile(c, t, x, y, w, h);
      return;
    }
    if (k.is("minimal")) {
      double r = h * 0.56;
      c.fill(Path.at(MID - r, y + h - 8).arc(r, r, MID + r, y + h - 8).close(), t.light());
      c.fill(
          Path.at(MID - r * 0.7, y + h - 8).arc(r * 0.7, r * 0.7, MID + r * 0.7, y + h - 8).close(),
          "#f6e9d2");
      c.fill(
          Path.at(MID - r * 0.4, y + h - 8).arc(r * 0.4, r * 0.4, MID + r * 0.4, y + h - 8).close(),
          t.shade());
      c.line(Path.at(x + 8, y + h - 7).across(x + w - 8), t.shade(), 3);
      return;
    }
    int columns = 4;
    double dx = (w - 24) / columns;
    for (int i = 0; i < columns; i++) {
      double cx = x + 12 + dx * (i + 0.5);
      double[] radius = {0.42, 0.29, 0.16};
      String[] tones = {"#f0e4cd", t.shade(), "#d9b58f"};
      for (int j = 0; j < 3; j++) {
        double r = dx * radius[j];
        c.fill(
            Path.at(cx - r, y + h - 14)
                .down(y + 20 + dx * 0.46)
                .arc(r, r, cx + r, y + 20 + dx * 0.46)
                .down(y + h - 14)
                .close(),
            tones[j]);
      }
    }
  }

  private static void runner(Canvas c, Look k, double x, double y, double w, double h) {
    Tone t = k.main();
    if (k.of("juta")) {
      Texture.rope(c, t, x + 6, y + 6, w - 12, h - 12);
      frame(c, x, y, w, h, 4, "#efe6d3", 6);
    } else if (k.of("cotone")) {
      stripes(c, k, x, y, w, h);
    } else {
      frame(c, x, y, w, h, 9, t.light(), 3);
      frame(c, x, y, w, h, 16, "#d9b58f", 2.5);
      Path chain = Path.at(x + 26, Y);
      for (int i = 0; i < 9; i++) {
        double cx = x + 34 + i * (w - 68) / 8;
        chain.move(cx, Y - 18).to(cx + 14, Y).to(cx, Y + 18).to(cx - 14, Y).close();
      }
      c.line(chain, "#d9b58f", 2.5);
      pile(c, t, x, y, w, h);
    }
  }

  private static void round(Canvas c, Look k) {
    Tone t = k.main();
    double r = 118;
    c.drop(Path.at(MID - r, Y).arc(r, r, MID + r, Y).arc(r, r, MID - r, Y).close());
    c.ellipse(MID, Y, r, r, t.base());
    if (k.of("juta")) {
      for (int i = 1; i <= 6; i++) {
        c.ring(MID, Y, r - i * 18 + 6, r - i * 18 + 6, i % 2 == 0 ? t.light() : t.shade(), 3);
      }
      Path braid =
          Path.at(MID - r + 10, Y)
              .arc(r - 10, r - 10, MID + r - 10, Y)
              .arc(r - 10, r - 10, MID - r + 10, Y);
      c.dashes(braid, t.deep(), 3, 0.4, 6, 7);
    } else if (k.of("lana")) {
      c.ellipse(MID + 10, Y - 8, r * 0.76, r * 0.76, t.light(), 0.6);
      c.ellipse(MID + 20, Y - 16, r * 0.48, r * 0.48, "#fff", 0.25);
      pile(c, t, MID - r * 0.66, Y - r * 0.66, r * 1.32, r * 1.32);
    } else {
      c.ellipse(MID, Y, r * 0.76, r * 0.76, "#f3e9d6");
      c.ellipse(MID, Y, r * 0.52, r * 0.52, t.light());
      c.ellipse(MID, Y, r * 0.28, r * 0.28, t.deep());
    }
  }
}
