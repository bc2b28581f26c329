package dev.filo.catalog.domain;

/** Global trade item numbers (GS1 General Specifications, 7.9): GTIN-8, -12, -13 and -14. */
public final class Gtin {
  private static final int LENGTH_MAX = 14;

  private Gtin() {}

  /** True when the text has 8, 12, 13 or 14 digits, the last of which is the right check digit. */
  public static boolean isValid(String gtin) {
    int length = gtin.length();
    if (length != 8 && length != 12 && length != 13 && length != LENGTH_MAX) {
      return false;
    }
    int sum = 0;
    for (int i = 0; i < length; i++) {
      int digit = gtin.charAt(i) - '0';
      if (digit < 0 || digit > 9) {
        return false;
      }
      boolean isThird = (length - 1 - i) % 2 == 1; // counted from the check digit
      sum += isThird ? 3 * digit : digit;
    }
    return sum % 10 == 0;
  }

  /**
   * The number in 14 digits: the same goods have the same one however many leading zeros their
   * label shows. What is too long stays as it is.
   */
  public static String normal(String gtin) {
    return gtin.length() >= LENGTH_MAX ? gtin : "0".repeat(LENGTH_MAX - gtin.length()) + gtin;
  }
}
