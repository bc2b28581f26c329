package dev.filo.demo.art;

import static dev.filo.demo.art.Canvas.FLOOR;
import static dev.filo.demo.art.Canvas.MID;

/** Bookcases, shelves and coat stands, with a few things on them. */
final class Shelves {

  private static final String[] SPINES = {
    "#b5654a", "#8a9a8c", "#d8c7a5", "#47606b", "#c4963a", "#efe7d8", "#7a5236", "#a8b4b6"
  };
  private static final String DARK = "#3b3834";

  private Shelves() {}

  static void draw(Canvas c, Look k) {
    switch (k.kind()) {
      case "case" -> bookcase(c, k);
      case "ladder" -> ladder(c, k);
      case "cubes" -> cubes(c, k);
      case "wall" -> wall(c, k);
      case "rack" -> rack(c, k);
      case "coat" -> coat(c, k);
      default -> throw Picture.unknown("shelf." + k.kind());
    }
  }

  /** A few books standing on {@code y}. */
  private static void books(
      Canvas c, Look k, double x, double y, int count, double tall, int salt) {
    double at = x;
    for (int i = 0; i < count; i++) {
      int s = Math.floorMod(k.seed() / 11 + salt * 7 + i * 5, 64);
      double width = 6 + s % 4 * 1.5;
      double h = tall * (0.72 + s % 5 * 0.07);
      c.block(at, y - h, width, h, SPINES[s % SPINES.length]);
      at += width + 0.8;
    }
  }

  private static void pot(Canvas c, double x, double y, double s) {
    c.line(
        Path.at(x, y - 14 * s)
            .quad(x - 4 * s, y - 26 * s, x - 13 * s, y - 28 * s)
            .move(x, y - 14 * s)
            .quad(x + 1, y - 30 * s, x + 3 * s, y - 35 * s)
            .move(x, y - 14 * s)
            .quad(x + 5 * s, y - 24 * s, x + 13 * s, y - 27 * s),
        "#75876a",
        4 * s);
    c.fill(
        Path.at(x - 9 * s, y - 15 * s).across(x + 9 * s).to(x + 7 * s, y).across(x - 7 * s).close(),
        "#cf9d7c");
  }

  private static void vase(Canvas c, double x, double y, String colour) {
    c.fill(
        Path.at(x - 4, y - 22)
            .across(x + 4)
            .quad(x + 4, y - 17, x + 9, y - 11)
            .quad(x + 9, y, x, y)
            .quad(x - 9, y, x - 9, y - 11)
            .quad(x - 4, y - 17, x - 4, y - 22)
            .close(),
        colour);
  }

  private static void bookcase(Canvas c, Look k) {
    Tone t = k.main();
    double w = Math.clamp(k.width() * 1.3, 84, 210);
    double h = 216;
    double x = MID - w / 2;
    double y = FLOOR - h;
    c.shadow(MID, FLOOR, w);
    c.rect(x, y, w, h, 3, t.base());
    int rows = 5;
    int columns = w > 140 ? 2 : 1;
    double each = (w - 6) / columns;
    double tall = (h - 16) / rows;
    boolean arch = k.is("mediterraneo");
    String inside = Tone.mix(t.shade(), t.deep(), 0.5);
    for (int i = 0; i < rows; i++) {
      for (int j = 0; j < columns; j++) {
        double shift = k.is("japandi") ? (i % 2 == 0 ? 18 : -18) : 0;
        double left = x + 5 + j * each + (j > 0 ? shift : 0);
        double width = each - 4 + (columns > 1 ? (j > 0 ? -shift : shift) : 0);
        double top = y + 6 + i * tall;
        if (arch) {
          c.fill(
              Path.at(left, top + tall - 4)
                  .down(top + 15)
                  .quad(left, top, left + width / 2, top)
                  .quad(left + width, top, left + width, top + 15)
                  .down(top + tall - 4)
                  .close(),
              inside);
        } else {
          c.block(left, top, width, tall - 4, inside);
        }
      }
    }
    c.flush();
    for (int i = 0; i < rows; i++) {
      for (int j = 0; j < columns; j++) {
        double shift = k.is("japandi") ? (i % 2 == 0 ? 18 : -18) : 0;
        double left = x + 5 + j * each + (j > 0 ? shift : 0);
        double width = each - 4 + (columns > 1 ? (j > 0 ? -shift : shift) : 0);
        double base = y + 2 + (i + 1) * tall;
        switch (Math.floorMod(k.seed() / 5 + i * 3 + j * 2, 4)) {
          case 0 -> books(c, k, left + 7, base, width > 70 ? 6 : 4, tall - 16, i + j);
          case 1 -> {
            books(c, k, left + 6, base, 2, tall - 16, i);
            vase(c, left + width - 17, base, "#d9c3a4");
          }
          case 2 -> pot(c, left + width * 0.5, base, 0.72);
          default -> books(c, k, left + width - 40, base, 3, tall - 14, i + 2);
        }
      }
    }
    c.gleam(x + 4, x + w - 4, y + 3);
  }

  private static void ladder(Canvas c, Look k) {
    Tone t = k.main();
    double y = 34;
    c.shadow(MID, FLOOR, 130);
    Tone shelf = k.of("metallo") ? Tone.of("#7d5339") : t;
    for (int i = 0; i < 5; i++) {
      double at = y + 34 + i * 43;
      double half = 34 + i * 7.5;
      double base = at;
      if (i == 0) {
        pot(c, MID, base, 0.8);
      } else if (i == 1) {
        books(c, k, MID - half + 14, base, 3, 26, 1);
        vase(c, MID + half - 20, base, "#d9c3a4");
      } else if (i == 2) {
        pot(c, MID + 18, base, 0.85);
      } else if (i == 3) {
        books(c, k, MID - half + 16, base, 6, 28, 4);
      } else {
        c.rect(MID - 34, base - 24, 60, 24, 5, "#c9a97a");
        c.dashes(
            Path.at(MID - 28, base - 16).across(MID + 22).move(MID - 28, base - 8).across(MID + 22),
            "#a3835a",
            2,
            1,
            5,
            4);
      }
      c.rect(MID - half, at, half * 2, 8, 2, shelf.base());
      c.line(Path.at(MID - half + 4, at + 8).across(MID + half - 4), shelf.shade(), 2);
    }
    double thick = k.of("metallo") ? 5 : 8;
    c.line(
        Path.at(MID - 28, y).to(MID - 71, FLOOR).move(MID + 28, y).to(MID + 71, FLOOR),
        t.base(),
        thick);
  }

  private static void cubes(Canvas c, Look k) {
    Tone t = k.main();
    int columns = k.width() < 100 ? 2 : 4;
    int rows = 4;
    double cell = 52;
    double w = columns * cell + 6;
    double h = rows * cell + 6;
    double x = MID - w / 2;
    double y = FLOOR - h;
    c.shadow(MID, FLOOR, w);
    c.rect(x, y, w, h, 3, t.base());
    String inside = Tone.mix(t.shade(), t.deep(), 0.5);
    String[] pops = {"#d9a441", "#2a5c68", "#d27d66", "#e9e0cf"};
    // First the bays, then what stands in them.
    for (int pass = 0; pass < 2; pass++) {
      for (int i = 0; i < rows; i++) {
        for (int j = 0; j < columns; j++) {
          double left = x + 5 + j * cell;
          double top = y + 5 + i * cell;
          int what = Math.floorMod(k.seed() / 3 + i * 5 + j * 3 + i * j, 6);
          boolean board = k.is("contemporaneo") && k.wooden() && (i + j) % 2 == 0;
          boolean pop = k.is("anni-50") && what < 2;
          if (pass == 0) {
            c.block(
                left,
                top,
                cell - 4,
                cell - 4,
                board ? t.light() : pop ? pops[(i * 3 + j) % pops.length] : inside);
          } else if (board) {
            c.ellipse(left + cell - 13, top + 24, 3, 3, t.deep());
          } else if (!pop) {
            thing(c, k, what, left, top + cell - 4, i + j);
          }
        }
      }
      c.flush();
    }
  }

  private static void thing(Canvas c, Look k, int what, double left, double base, int salt) {
    switch (what) {
      case 0, 3 -> books(c, k, left + 6, base, 4, 38, salt);
      case 1 -> {
        c.rect(left + 4, base - 34, 40, 34, 4, "#cbb48c");
        c.line(Path.at(left + 20, base - 22).across(left + 28), "#8f7a57", 4);
      }
      case 2 -> pot(c, left + 24, base, 0.85);
      case 4 -> vase(c, left + 24, base, "#d9c3a4");
      default -> {}
    }
  }

  private static void wall(Canvas c, Look k) {
    Tone t = k.main();
    double w = Math.clamp(k.width() * 2.4, 170, 300);
    double x = MID - w / 2;
    double y = 176;
    if (k.is("contemporaneo")) {
      c.drop(Path.at(x, y).across(x + w).down(y + 7).across(x).close());
      books(c, k, MID - 50, y, 6, 52, 2);
      vase(c, MID + 36, y, "#d9a58c");
      c.line(
          Path.at(x + 8, y)
              .quad(x + 8, y - 82, x + 64, y - 82)
              .across(x + w - 64)
              .quad(x + w - 8, y - 82, x + w - 8, y),
          t.base(),
          6);
      c.rect(x, y, w, 8, 4, t.base());
      return;
    }
    if (k.is("rustico")) {
      c.drop(Path.at(x, y).across(x + w).down(y + 10).across(x).close());
      c.rect(x + 4, y - 84, 10, 112, 2, t.shade());
      c.rect(x + w - 14, y - 84, 10, 112, 2, t.shade());
      for (int i = 0; i < 5; i++) {
        c.rect(
            MID - 62 + i * 26,
            y - 30,
            17,
            30,
            5,
            new String[] {"#b98552", "#8c9c7c", "#c9b8a0"}[i % 3]);
        c.rect(MID - 60 + i * 26, y - 36, 13, 7, 2, "#e9e0cf");
      }
      pot(c, MID - 30, y - 56, 0.7);
      c.rect(x, y - 56, w, 8, 2, t.base());
      c.rect(x, y, w, 10, 2, t.base());
      for (int i = 0; i < 4; i++) {
        c.line(Path.at(x + 30 + i * (w - 60) / 3, y + 10).down(y + 24), t.shade(), 7);
      }
      return;
    }
    boolean ledge = k.is("nordico");
    c.drop(Path.at(x, y).across(x + w).down(y + 10).across(x).close());
    if (ledge) {
      c.rect(x + 22, y - 98, 74, 98, 2, t.deep());
      c.rect(x + 28, y - 92, 62, 86, 1, "#f7f3ea");
      c.ellipse(x + 59, y - 48, 17, 24, "#c98f6f");
      c.rect(x + 84, y - 62, 52, 62, 2, "#8a6a4d");
      c.rect(x + 89, y - 57, 42, 52, 1, "#e9e2d2");
      c.line(Path.at(x + 98, y - 18).quad(x + 110, y - 52, x + 122, y - 18), "#75876a", 5);
    } else {
      books(c, k, x + 24, y, 5, 58, 1);
      vase(c, MID + 6, y, "#c98f6f");
      pot(c, x + w - 46, y, 1.15);
    }
    c.rect(x, y, w, ledge ? 14 : 11, 3, t.base());
    Texture.on(c, k, x, y, w, 11);
    c.line(Path.at(x + 4, y + (ledge ? 13 : 10)).across(x + w - 4), t.shade(), 2);
  }

  private static void rack(Canvas c, Look k) {
    Tone t = k.main();
    double w = k.width() * 1.75;
    double h = 210;
    double x = MID - w / 2;
    double y = FLOOR - h;
    c.shadow(MID, FLOOR, w);
    boolean metal = k.of("metallo");
    c.line(
        Path.at(x + 12, FLOOR - 8).down(y + 8).move(x + w - 12, FLOOR - 8).down(y + 8),
        t.deep(),
        metal ? 4 : 6);
    if (metal) {
      c.line(
          Path.at(x + 12, FLOOR - 12)
              .to(x + w - 12, y + 12)
              .move(x + w - 12, FLOOR - 12)
              .to(x + 12, y + 12),
          t.shade(),
          2);
    }
    int rows = k.of("rattan") ? 3 : 4;
    for (int i = 0; i < rows; i++) {
      double at = y + 46 + i * (h - 62) / (rows - 1);
      switch (i) {
        case 0 -> {
          pot(c, x + w - 44, at, 0.95);
          books(c, k, x + 18, at, 4, 34, 2);
        }
        case 1 -> {
          c.rect(x + 18, at - 30, 54, 30, 4, "#c9a97a");
          c.dashes(
              Path.at(x + 24, at - 20).across(x + 68).move(x + 24, at - 10).across(x + 68),
              "#a3835a",
              2,
              1,
              5,
              4);
          vase(c, x + w - 38, at, "#8fa39a");
        }
        case 2 -> books(c, k, x + w - 74, at, 5, 34, 5);
        default -> c.rect(x + 22, at - 26, 60, 26, 4, "#b9b3a6");
      }
      c.rect(x + 2, at, w - 4, 8, 2, metal ? t.base() : t.light());
      if (k.of("rattan")) {
        c.dashes(Path.at(x + 8, at + 4).across(x + w - 8), t.shade(), 3, 1, 4, 5);
      }
    }
    c.line(Path.at(x + 4, FLOOR).down(y).move(x + w - 4, FLOOR).down(y), t.base(), metal ? 6 : 9);
    if (k.of("rattan")) {
      c.line(
          Path.at(x + 4, y + 20)
              .quad(x + 4, y - 8, MID, y - 8)
              .quad(x + w - 4, y - 8, x + w - 4, y + 20),
          t.base(),
          9);
    }
  }

  private static void coat(Canvas c, Look k) {
    Tone t = k.main();
    c.shadow(MID, FLOOR, 120);
    if (k.of("metallo")) {
      c.line(
          Path.at(MID - 44, FLOOR).quad(MID - 44, 60, MID, 60).quad(MID + 44, 60, MID + 44, FLOOR),
          t.base(),
          7);
      c.line(Path.at(MID - 54, FLOOR).across(MID + 54), t.shade(), 7);
      c.line(
          Path.at(MID - 40, 108)
              .to(MID - 62, 94)
              .move(MID + 40, 108)
              .to(MID + 62, 94)
              .move(MID - 42, 152)
              .to(MID - 62, 140)
              .move(MID + 42, 152)
              .to(MID + 62, 140),
          t.base(),
          6);
      c.line(Path.at(MID - 42, 208).across(MID + 42), t.shade(), 5);
      c.fill(
          Path.at(MID - 62, 96)
              .quad(MID - 40, 120, MID - 42, 190)
              .quad(MID - 66, 200, MID - 84, 188)
              .quad(MID - 80, 120, MID - 62, 96)
              .close(),
          "#b9a58c");
      return;
    }
    c.leg(MID, 190, FLOOR - 4, 9, 0, t.shade());
    c.line(Path.at(MID, 206).to(MID - 46, FLOOR).move(MID, 206).to(MID + 46, FLOOR), t.base(), 9);
    c.line(Path.at(MID, 210).down(38), t.base(), 10);
    c.line(Path.at(MID, 84).to(MID - 42, 50).move(MID, 84).to(MID + 42, 50), t.light(), 8);
    c.line(
        Path.at(MID, 116)
            .to(MID - 36, 88)
            .move(MID, 116)
            .to(MID + 36, 88)
            .move(MID, 158)
            .to(MID - 26, 138)
            .move(MID, 158)
            .to(MID + 26, 138),
        t.base(),
        7);
    c.fill(
        Path.at(MID + 42, 52)
            .quad(MID + 66, 80, MID + 62, 176)
            .quad(MID + 42, 186, MID + 22, 174)
            .quad(MID + 24, 84, MID + 42, 52)
            .close(),
        "#8a9a8c");
    c.line(Path.at(MID + 42, 70).down(168), DARK, 1.5, 0.25);
  }
}
