package dev.filo.demo.retailer;

import java.nio.charset.StandardCharsets;
import java.util.Locale;
import java.util.zip.CRC32;

/** GTIN-13 numbers of GS1's internal-use range (20 to 29), which no maker's goods carry. */
public final class Gtin {

  private static final String PREFIX = "20460";
  private static final int SERIALS = 10_000_000;

  private Gtin() {}

  /** The number of a SKU; the same SKU always gets the same one. */
  static String of(String sku) {
    CRC32 crc = new CRC32();
    crc.update(sku.getBytes(StandardCharsets.UTF_8));
    String digits = PREFIX + String.format(Locale.ROOT, "%07d", crc.getValue() % SERIALS);
    return digits + checkDigit(digits);
  }

  /** The thirteenth digit that belongs to twelve others (GS1 General Specifications 7.9). */
  static int checkDigit(String twelve) {
    int sum = 0;
    for (int i = 0; i < twelve.length(); i++) {
      int digit = Character.digit(twelve.charAt(i), 10);
      sum += i % 2 == 0 ? digit : 3 * digit;
    }
    return (10 - sum % 10) % 10;
  }

  /** Whether this is thirteen digits of which the last belongs to the others. */
  public static boolean valid(String gtin) {
    return gtin.matches("\\d{13}")
        && Character.digit(gtin.charAt(12), 10) == checkDigit(gtin.substring(0, 12));
  }
}
