package dev.filo.demo.art;

import java.util.LinkedHashMap;
import java.util.Map;

/** The sheet a picture is drawn on: 400 by 300, paper-coloured, y downwards. */
final class Canvas {

  /** Where things stand. */
  static final double FLOOR = 250;

  /** The middle. */
  static final double MID = 200;

  static final String PAPER = "#efeae0";
  private static final String SHADOW = "#4a3f2c";

  private final Map<String, Path> blocks = new LinkedHashMap<>();
  private String closing = "</svg>";
  private final StringBuilder svg =
      new StringBuilder(
          "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 400 300\" role=\"img\""
              + " fill=\"none\" stroke-linecap=\"round\" stroke-linejoin=\"round\">"
              + "<path fill=\"#efeae0\" d=\"M0 0H400V300H0Z\"/>");

  /** Draws all that follows larger or smaller, and higher: the floor moves up by {@code lift}. */
  void frame(double scale, double lift) {
    svg.append("<g transform=\"translate(")
        .append(Path.number(MID * (1 - scale)))
        .append(' ')
        .append(Path.number(FLOOR * (1 - scale) - lift))
        .append(") scale(")
        .append(Math.round(scale * 100) / 100.0)
        .append(")\">");
    closing = "</g></svg>";
  }

  /** A plain box that is drawn together with all others of its colour, by {@link #flush}. */
  void block(double x, double y, double width, double height, String colour) {
    Path path = blocks.computeIfAbsent(colour, none -> Path.at(x, y));
    path.move(x, y).across(x + width).down(y + height).across(x).close();
  }

  /** Draws the blocks there are. */
  void flush() {
    blocks.forEach((colour, path) -> fill(path, colour));
    blocks.clear();
  }

  /** A soft shadow on the floor under something {@code width} wide. */
  void shadow(double x, double y, double width) {
    for (int i = 0; i < 5; i++) {
      tag("ellipse");
      attribute("cx", x);
      attribute("cy", y);
      attribute("rx", width * (0.55 - 0.028 * i));
      attribute("ry", Math.min(11, 4 + width / 28) * (1 - 0.17 * i));
      attribute("fill", SHADOW);
      attribute("opacity", ".05");
      end();
    }
  }

  /** The shadow of something flat or hanging: its own shape, a little lower. */
  void drop(Path path) {
    tag("path");
    attribute("fill", SHADOW);
    attribute("opacity", ".1");
    attribute("d", path.toString());
    attribute("transform", "translate(4 7)");
    end();
  }

  void fill(Path path, String colour) {
    tag("path");
    attribute("fill", colour);
    attribute("d", path.toString());
    end();
  }

  void veil(Path path, String colour, double opacity) {
    tag("path");
    attribute("fill", colour);
    opacity(opacity);
    attribute("d", path.toString());
    end();
  }

  void line(Path path, String colour, double width) {
    line(path, colour, width, 1);
  }

  void line(Path path, String colour, double width, double opacity) {
    tag("path");
    attribute("stroke", colour);
    attribute("stroke-width", width);
    opacity(opacity);
    attribute("d", path.toString());
    end();
  }

  /** A line of dashes; of dots when {@code dash} is 0. */
  void dashes(Path path, String colour, double width, double opacity, double dash, double gap) {
    tag("path");
    attribute("stroke", colour);
    attribute("stroke-width", width);
    opacity(opacity);
    attribute("stroke-dasharray", Path.number(dash) + " " + Path.number(gap));
    attribute("d", path.toString());
    end();
  }

  void rect(double x, double y, double width, double height, double radius, String colour) {
    tag("rect");
    attribute("x", x);
    attribute("y", y);
    attribute("width", width);
    attribute("height", height);
    if (radius > 0) {
      attribute("rx", Math.min(radius, Math.min(width, height) / 2));
    }
    attribute("fill", colour);
    end();
  }

  void ellipse(double cx, double cy, double rx, double ry, String colour) {
    ellipse(cx, cy, rx, ry, colour, 1);
  }

  void ellipse(double cx, double cy, double rx, double ry, String colour, double opacity) {
    tag("ellipse");
    attribute("cx", cx);
    attribute("cy", cy);
    attribute("rx", rx);
    attribute("ry", ry);
    attribute("fill", colour);
    opacity(opacity);
    end();
  }

  void ring(double cx, double cy, double rx, double ry, String colour, double width) {
    tag("ellipse");
    attribute("cx", cx);
    attribute("cy", cy);
    attribute("rx", rx);
    attribute("ry", ry);
    attribute("stroke", colour);
    attribute("stroke-width", width);
    end();
  }

  /** A leg that narrows downwards. */
  void leg(double x, double top, double bottom, double width, double lean, String colour) {
    fill(
        Path.at(x - width / 2, top)
            .across(x + width / 2)
            .to(x + lean + width * 0.28, bottom)
            .across(x + lean - width * 0.28)
            .close(),
        colour);
  }

  /** Light along an upper edge. */
  void gleam(double x1, double x2, double y) {
    line(Path.at(x1, y).across(x2), "#fff", 2, 0.18);
  }

  String done() {
    flush();
    return svg.append(closing).toString();
  }

  private void tag(String name) {
    svg.append('<').append(name);
  }

  private void attribute(String name, String value) {
    svg.append(' ').append(name).append("=\"").append(value).append('"');
  }

  private void attribute(String name, double value) {
    attribute(name, Path.number(value));
  }

  private void opacity(double opacity) {
    if (opacity < 1) {
      String hundredths = Long.toString(Math.round(opacity * 100));
      attribute("opacity", "." + (hundredths.length() < 2 ? "0" : "") + hundredths);
    }
  }

  private void end() {
    svg.append("/>");
  }
}
