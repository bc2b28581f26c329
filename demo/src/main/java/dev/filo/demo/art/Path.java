package dev.filo.demo.art;

/** An SVG path in absolute coordinates, built step by step. */
final class Path {

  private final StringBuilder d = new StringBuilder();

  private Path() {}

  static Path at(double x, double y) {
    return new Path().move(x, y);
  }

  Path move(double x, double y) {
    return add('M', x, y);
  }

  Path to(double x, double y) {
    return add('L', x, y);
  }

  Path across(double x) {
    return add('H', x);
  }

  Path down(double y) {
    return add('V', y);
  }

  Path quad(double cx, double cy, double x, double y) {
    return add('Q', cx, cy, x, y);
  }

  Path cubic(double ax, double ay, double bx, double by, double x, double y) {
    return add('C', ax, ay, bx, by, x, y);
  }

  /** An arc of an ellipse, the short way round, clockwise. */
  Path arc(double rx, double ry, double x, double y) {
    return add('A', rx, ry, 0, 0, 1, x, y);
  }

  Path close() {
    d.append('Z');
    return this;
  }

  private Path add(char command, double... numbers) {
    d.append(command);
    for (int i = 0; i < numbers.length; i++) {
      String number = number(numbers[i]);
      if (i > 0 && !number.startsWith("-")) {
        d.append(' ');
      }
      d.append(number);
    }
    return this;
  }

  /** One decimal at most: a tenth of a unit is finer than any screen shows. */
  static String number(double value) {
    long tenths = Math.round(value * 10);
    if (tenths % 10 == 0) {
      return Long.toString(tenths / 10);
    }
    String sign = tenths < 0 ? "-" : "";
    long size = Math.abs(tenths);
    return sign + (size < 10 ? "" : size / 10) + "." + size % 10;
  }

  @Override
  public String toString() {
    return d.toString();
  }
}
