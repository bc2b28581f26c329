package dev.filo.catalog.media;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Optional;

/** The types of pictures that are kept. */
public enum MediaType {
  /** Vector drawings. */
  SVG("image/svg+xml", "svg"),
  /** Portable network graphics. */
  PNG("image/png", "png"),
  /** Photographs. */
  JPEG("image/jpeg", "jpg"),
  /** Photographs, smaller. */
  WEBP("image/webp", "webp");

  private static final byte[] PNG_SIGNATURE = {(byte) 0x89, 'P', 'N', 'G', '\r', '\n', 0x1a, '\n'};

  private final String contentType;
  private final String extension;

  MediaType(String contentType, String extension) {
    this.contentType = contentType;
    this.extension = extension;
  }

  /** The media type: {@code image/png}. */
  public String contentType() {
    return contentType;
  }

  /** How names of such files end: {@code png}. */
  public String extension() {
    return extension;
  }

  /** The type of this media type; empty when such pictures are not kept. */
  public static Optional<MediaType> of(String contentType) {
    return Arrays.stream(values()).filter(type -> type.contentType.equals(contentType)).findFirst();
  }

  /** True when the bytes are such a picture, and one that only shows something. */
  public boolean accepts(byte[] data) {
    return switch (this) {
      case SVG -> SvgDrawing.isHarmless(data);
      case PNG -> startsWith(data, 0, PNG_SIGNATURE);
      case JPEG -> startsWith(data, 0, new byte[] {(byte) 0xff, (byte) 0xd8, (byte) 0xff});
      case WEBP -> startsWith(data, 0, ascii("RIFF")) && startsWith(data, 8, ascii("WEBP"));
    };
  }

  private static byte[] ascii(String text) {
    return text.getBytes(StandardCharsets.US_ASCII);
  }

  private static boolean startsWith(byte[] data, int from, byte[] signature) {
    return data.length >= from + signature.length
        && Arrays.equals(data, from, from + signature.length, signature, 0, signature.length);
  }
}
