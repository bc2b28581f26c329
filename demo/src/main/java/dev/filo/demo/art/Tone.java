package dev.filo.demo.art;

import java.util.Locale;

/** A material's flat tones. */
record Tone(String base, String shade, String deep, String light) {

  private static final double SHADE = 0.82;
  private static final double DEEP = 0.64;

  /** From here on a colour is a white, whose shadows are pale too. */
  private static final double WHITE = 0.86;

  /** The tones of a colour {@code #rrggbb}: the same hue, darker twice and lighter once. */
  static Tone of(String hex) {
    // White dulls a dark colour and suits a pale one.
    double more = 1.16 - 0.18 * bright(hex);
    String light =
        mix(
            hex(channel(hex, 1) * more, channel(hex, 3) * more, channel(hex, 5) * more),
            "#ffffff",
            0.02 + 0.17 * bright(hex));
    return bright(hex) > WHITE
        ? new Tone(hex, darker(hex, 0.86), darker(hex, 0.72), mix(hex, "#ffffff", 0.4))
        : new Tone(hex, darker(hex, SHADE), darker(hex, DEEP), light);
  }

  /** What a front is framed by: the base, or the shade where base and paper look alike. */
  String edge() {
    return luminance() > WHITE ? shade : base;
  }

  static String darker(String hex, double part) {
    // Warm rather than black shadows: red fades least.
    return hex(
        channel(hex, 1) * part, channel(hex, 3) * (part - 0.012), channel(hex, 5) * (part - 0.035));
  }

  static String mix(String hex, String other, double part) {
    return hex(
        channel(hex, 1) * (1 - part) + channel(other, 1) * part,
        channel(hex, 3) * (1 - part) + channel(other, 3) * part,
        channel(hex, 5) * (1 - part) + channel(other, 5) * part);
  }

  /** How bright the base is to the eye, 0 to 1. */
  double luminance() {
    return bright(base);
  }

  private static double bright(String hex) {
    return (0.299 * channel(hex, 1) + 0.587 * channel(hex, 3) + 0.114 * channel(hex, 5)) / 255;
  }

  private static int channel(String hex, int at) {
    return Integer.parseInt(hex, at, at + 2, 16);
  }

  private static String hex(double red, double green, double blue) {
    return String.format(Locale.ROOT, "#%02x%02x%02x", clamp(red), clamp(green), clamp(blue));
  }

  private static int clamp(double channel) {
    return Math.clamp(Math.round(channel), 0, 255);
  }
}
