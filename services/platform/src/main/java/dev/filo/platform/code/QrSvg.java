package dev.filo.platform.code;

import io.nayuki.qrcodegen.QrCode;

/** Draws QR codes as SVG documents, dark on white with the quiet zone the standard asks for. */
public final class QrSvg {
  // ISO/IEC 18004: four modules of quiet zone.
  private static final int QUIET = 4;

  private QrSvg() {}

  /** A QR code of {@code text}, error correction level M. */
  public static String of(String text) {
    var qr = QrCode.encodeText(text, QrCode.Ecc.MEDIUM);
    int side = qr.size + 2 * QUIET;
    var path = new StringBuilder();
    for (int y = 0; y < qr.size; y++) {
      for (int x = 0; x < qr.size; x++) {
        if (qr.getModule(x, y)) {
          path.append('M').append(x + QUIET).append(',').append(y + QUIET).append("h1v1h-1z");
        }
      }
    }
    return "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 %d %d\" shape-rendering=\"crispEdges\">"
            .formatted(side, side)
        + "<rect width=\"100%\" height=\"100%\" fill=\"#fff\"/><path fill=\"#1d2421\" d=\""
        + path
        + "\"/></svg>";
  }
}
