package dev.filo.demo.art;

import java.util.Locale;

/** A material's flat tones. */
record Tone(String base, String shade, String deep, String light) {

  private static final double SHADE = 0.82;
  private static final double DEEP = 0.64;
  private static final double LIGHT = 0.16;

  /** The tones of a colour {@code #rrggbb}: the same hue, darker twice and lighter once. */
  static Tone of(String hex) {
    return new Tone(hex, darker(hex, SHADE), darker(hex, DEEP), mix(hex, "#ffffff", LIGHT));
  }

  static String darker(String hex, double part) {
    // Warm rather than black shadows: red fades least.
    return hex(
        channel(hex, 1) * part, channel(hex, 3) * (part - 0.01), channel(hex, 5) * (part - 0.025));
  }

  static String mix(String hex, String other, double part) {
    return hex(
        channel(hex, 1) * (1 - part) + channel(other, 1) * part,
        channel(hex, 3) * (1 - part) + channel(other, 3) * part,
        channel(hex, 5) * (1 - part) + channel(other, 5) * part);
  }

  /** How bright the base is to the eye, 0 to 1. */
  double luminance() {
    return (0.299 * channel(base, 1) + 0.587 * channel(base, 3) + 0.114 * channel(base, 5)) / 255;
  }

  private static int channel(String hex, int at) {
    return Integer.parseInt(hex, at, at + 2, 16);
  }

  private static String hex(double red, double green, double blue) {
    return String.format(
        Locale.ROOT, "#%02x%02x%02x", clamp(red), clamp(green), clamp(blue));
  }

  private static int clamp(double channel) {
    return (int) Math.clamp(Math.round(channel), 0, 255);
  }
}
