package dev.filo.gateway.edge;

/** What may pass in headers. */
public final class Ascii {
  private Ascii() {}

  /** Whether a text has nothing but printable characters of ASCII, blanks included. */
  public static boolean isPrintable(String text) {
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      if (c < ' ' || c > '~') {
        return false;
      }
    }
    return true;
  }
}
